//! A show as moderators see it: as everybody does, with the tools of the chat and nothing else.

use leptos::prelude::*;

use super::{
    desk::{Desk, Power},
    guard::ModeratorsOnly,
};
use crate::{
    api::livestreams::get_livestream,
    domain::{id::LivestreamId, user::User},
    ui::{
        components::{failure::Failure, skeleton::PageSkeleton},
        customer::{route_id::use_route_id, watch::watch_room::WatchRoom},
    },
};

/// The page of one show for those who keep order in it.
#[component]
pub fn ModeratePage() -> impl IntoView {
    view! { <ModeratorsOnly view=|user| view! { <ModeratedShow user /> }.into_any() /> }
}

#[component]
fn ModeratedShow(user: User) -> impl IntoView {
    let power = if user.is_admin() { Power::Admin } else { Power::Moderator };
    let id = use_route_id::<LivestreamId>("show");
    let show = Resource::new_blocking(move || id.get(), |id| async move { get_livestream(id?).await });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok(show) => {
                        let desk = Desk::new(Signal::stored(Some(show.id)), power);
                        view! { <WatchRoom show desk=Some(desk.in_chat()) /> }.into_any()
                    }
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}
