//! Shows: the twin of `/livestreams`. Owns no rule; the rules are the service's.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamPage, LivestreamUpdate, Quality, ShowPlan},
        time::Timestamp,
    },
    error::AppError,
};

/// Shows, newest first: all for an admin, live and scheduled ones for others.
#[server(prefix = "/fn", endpoint = "list_livestreams", input = GetUrl)]
pub async fn list_livestreams() -> Result<LivestreamPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::livestreams,
    };

    let (state, caller) = caller().await?;
    livestreams::list(&state, &caller, None, Page::checked(None, None, 200)?).await
}

/// The newest live show, if there is one.
#[server(prefix = "/fn", endpoint = "active_livestream", input = GetUrl)]
pub async fn active_livestream() -> Result<Option<Livestream>, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    Ok(livestreams::active(&state, &caller).await?.into_iter().next())
}

/// Ended shows, newest first: all, or those with a text in their title or description. `total` counts all of these.
#[server(prefix = "/fn", endpoint = "past_livestreams", input = GetUrl)]
pub async fn past_livestreams(search: Option<String>, limit: u32, skip: u64) -> Result<LivestreamPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::livestreams,
    };

    let (state, caller) = caller().await?;
    livestreams::past(&state, &caller, search, Page::checked(Some(limit), Some(skip), 20)?).await
}

/// One show, with its last messages and its shelf.
#[server(prefix = "/fn", endpoint = "get_livestream", input = GetUrl)]
pub async fn get_livestream(id: LivestreamId) -> Result<Livestream, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::get(&state, &caller, id).await
}

/// Creates a show that is live at once. Needs an admin. Malformed with the code `livestream_active` while another is live.
#[server(prefix = "/fn", endpoint = "create_livestream")]
pub async fn create_livestream(title: String, #[server(default)] description: String, #[server(default)] quality: Quality) -> Result<Livestream, AppError> {
    use crate::{
        domain::livestream::NewLivestream,
        server::{http::extract::caller, service::livestreams},
    };

    let (state, caller) = caller().await?;
    let input = NewLivestream { title, description, quality, scheduled_at: None };
    livestreams::create(&state, &caller.admin()?, &caller, input).await
}

/// Plans a show, or changes the plan with this id, and leads to the list of shows. Works as a plain form post, with fields
/// like `plan[title]`. Needs an admin.
///
/// Invalid names the fields `title`, `description`, `scheduledAt`; Conflict `not_scheduled` where the show has begun.
#[server(prefix = "/fn", endpoint = "plan_livestream")]
pub async fn plan_livestream(id: Option<LivestreamId>, #[server(default)] plan: ShowPlan) -> Result<Livestream, AppError> {
    use crate::server::{auth::browser::lead_to, http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    let show = livestreams::plan(&state, &caller.admin()?, &caller, id, plan).await?;
    lead_to("/admin/shows");
    Ok(show)
}

/// The server's time, by which shows begin.
#[server(prefix = "/fn", endpoint = "server_time", input = GetUrl)]
pub async fn server_time() -> Result<Timestamp, AppError> {
    let (state, _) = crate::server::http::extract::caller().await?;
    Ok(state.clock.now())
}

/// Changes what is given of a show. Needs an admin.
#[server(prefix = "/fn", endpoint = "update_livestream")]
pub async fn update_livestream(id: LivestreamId, #[server(default)] update: LivestreamUpdate) -> Result<Livestream, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::update(&state, &caller.admin()?, &caller, id, update).await
}

/// Gives a show another title and description. Works as a plain form post. Needs an admin.
///
/// Invalid names the fields `title`, `description`.
#[server(prefix = "/fn", endpoint = "rename_livestream")]
pub async fn rename_livestream(id: LivestreamId, title: String, #[server(default)] description: String) -> Result<Livestream, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    let update = LivestreamUpdate { title: Some(title), description: Some(description), ..LivestreamUpdate::default() };
    livestreams::update(&state, &caller.admin()?, &caller, id, update).await
}

/// Makes a scheduled show live; a live one stays so. Needs an admin.
#[server(prefix = "/fn", endpoint = "start_livestream")]
pub async fn start_livestream(id: LivestreamId) -> Result<Livestream, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::start(&state, &caller.admin()?, &caller, id).await
}

/// Ends a show; an ended one stays so. Needs an admin.
#[server(prefix = "/fn", endpoint = "stop_livestream")]
pub async fn stop_livestream(id: LivestreamId) -> Result<Livestream, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::stop(&state, &caller.admin()?, &caller, id).await
}

/// Deletes a show with all that was said in it; a live one is ended and stays. Needs an admin.
#[server(prefix = "/fn", endpoint = "delete_livestream")]
pub async fn delete_livestream(id: LivestreamId) -> Result<(), AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::delete(&state, &caller.admin()?, &caller, id).await.map(drop)
}

/// Ends the live shows whose broadcaster is gone, and gives them. Needs an admin.
#[server(prefix = "/fn", endpoint = "cleanup_livestreams")]
pub async fn cleanup_livestreams() -> Result<Vec<Livestream>, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::cleanup(&state, &caller.admin()?, &caller).await
}

/// Counts this visitor as a viewer of a show, once. The number of viewers so far.
#[server(prefix = "/fn", endpoint = "record_view")]
pub async fn record_view(id: LivestreamId) -> Result<u64, AppError> {
    use crate::server::{http::extract::caller, service::livestreams};

    let (state, caller) = caller().await?;
    livestreams::view(&state, &caller, id).await
}
