//! The address of one show.

use leptos::prelude::*;

use super::{coming_up::MadeAt, watch_room::WatchRoom};
use crate::{
    api::livestreams::{get_livestream, server_time},
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus},
        time::Timestamp,
    },
    error::AppError,
    ui::{
        components::{failure::Failure, skeleton::PageSkeleton},
        customer::route_id::use_route_id,
    },
};

/// The page of one show, before, during and right after it.
#[component]
pub fn WatchPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("show");
    let show = Resource::new_blocking(move || id.get(), |id| async move { load(id?).await });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok((show, now)) => {
                        if let Some(now) = now {
                            provide_context(MadeAt(now));
                        }
                        view! { <WatchRoom show /> }.into_any()
                    }
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

// A show that has not begun comes with the time, to count from.
async fn load(id: LivestreamId) -> Result<(Livestream, Option<Timestamp>), AppError> {
    let show = get_livestream(id).await?;
    let now = if show.status == LivestreamStatus::Scheduled { Some(server_time().await?) } else { None };
    Ok((show, now))
}
