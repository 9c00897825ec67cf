//! The address of one show.

use leptos::prelude::*;

use super::watch_room::WatchRoom;
use crate::{
    api::livestreams::get_livestream,
    domain::id::LivestreamId,
    ui::{
        components::{failure::Failure, skeleton::PageSkeleton},
        customer::route_id::use_route_id,
    },
};

/// The page of one show, before, during and right after it.
#[component]
pub fn WatchPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("show");
    let show = Resource::new_blocking(move || id.get(), |id| async move { get_livestream(id?).await });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok(show) => view! { <WatchRoom show /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}
