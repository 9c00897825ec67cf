//! The address of a plan: a show to be planned, or one that is.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::plan_form::PlanForm;
use crate::{
    api::livestreams::get_livestream,
    domain::livestream::{Livestream, LivestreamStatus},
    error::AppError,
    ui::components::{empty::Empty, failure::Failure, icon::Glyph, skeleton::PageSkeleton},
};

/// The plan that the address asks for.
#[component]
pub fn PlanPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let show = Resource::new(move || id.get(), load);
    view! {
        <Title text="Plan a show" />
        <Suspense fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok(Some(show)) if show.status != LivestreamStatus::Scheduled => view! { <Begun show /> }.into_any(),
                    Ok(show) => view! { <PlanForm show /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Begun(show: Livestream) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{show.title.clone()}</h1>
            <Empty glyph=Glyph::Clock title="This show has begun" text="A plan can be changed until the show is on air.">
                <a class="btn btn-primary" href=format!("/admin/studio/{}", show.id)>
                    "Open its studio"
                </a>
            </Empty>
        </div>
    }
}

async fn load(id: Option<String>) -> Result<Option<Livestream>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let id = id.parse().map_err(|_| AppError::not_found("show"))?;
    get_livestream(id).await.map(Some)
}
