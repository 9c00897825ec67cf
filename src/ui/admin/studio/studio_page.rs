//! The address of a studio: a new show, or one that exists.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use super::studio_room::StudioRoom;
use crate::{
    api::livestreams::get_livestream,
    domain::{id::LivestreamId, livestream::Livestream},
    error::AppError,
    ui::components::{failure::Failure, skeleton::PageSkeleton},
};

/// The studio that the address asks for.
///
/// When a new show comes into being its id goes into the address, so that a reload finds it. That must not build the
/// studio again, for the camera is on: the studio changes only when the address changes by anybody else's hand.
#[component]
pub fn StudioPage() -> impl IntoView {
    let params = use_params_map();
    let created = RwSignal::new(None::<String>);
    let visit = Memo::new(move |before: Option<&(u32, Option<String>)>| {
        let id = params.with(|params| params.get("id"));
        match before {
            None => (0, id),
            Some((count, was)) if *was == id || (was.is_none() && id == created.get_untracked()) => (*count, id),
            Some((count, _)) => (count + 1, id),
        }
    });
    let count = Memo::new(move |_| visit.with(|(count, _)| *count));
    let navigate = use_navigate();
    let on_open = Callback::new({
        let navigate = navigate.clone();
        move |id: LivestreamId| navigate(&format!("/admin/studio/{id}"), NavigateOptions::default())
    });
    let on_created = Callback::new(move |id: LivestreamId| {
        created.set(Some(id.to_string()));
        navigate(&format!("/admin/studio/{id}"), NavigateOptions { replace: true, scroll: false, ..Default::default() });
    });
    let show = Resource::new(
        move || count.get(),
        move |_| {
            let id = visit.with_untracked(|(_, id)| id.clone());
            async move { load(id).await }
        },
    );
    view! {
        <Title text="Studio" />
        <Suspense fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok(show) => view! { <StudioRoom show on_created on_open /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

async fn load(id: Option<String>) -> Result<Option<Livestream>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let id = id.parse().map_err(|_| AppError::not_found("show"))?;
    get_livestream(id).await.map(Some)
}
