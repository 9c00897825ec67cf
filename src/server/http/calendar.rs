//! `/livestreams/calendar.ics` and `/livestreams/:id/calendar.ics`: shows for people's calendars.

use axum::{
    extract::State,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{extract::PathId, files, reply::Reply, routes::Routes};
use crate::{
    domain::id::LivestreamId,
    server::{auth::shop_origin, service::calendar, state::AppState},
};

/// The routes of calendars.
pub fn routes() -> Routes {
    Routes::new().route("/livestreams/calendar.ics", get(all)).route("/livestreams/{id}/calendar.ics", get(one))
}

async fn one(State(state): State<AppState>, PathId(id): PathId<LivestreamId>, request: Parts) -> Reply<Response> {
    let origin = shop_origin::of(&state.config, &request);
    let text = calendar::of_show(&state, origin.as_deref(), id).await?;
    Ok(answer(&request.headers, &format!("attachment; filename=\"show-{id}.ics\""), text))
}

async fn all(State(state): State<AppState>, request: Parts) -> Reply<Response> {
    let origin = shop_origin::of(&state.config, &request);
    let text = calendar::of_all(&state, origin.as_deref()).await?;
    Ok(answer(&request.headers, "inline; filename=\"shows.ics\"", text))
}

// Calendars ask again and again, mostly for what they have.
fn answer(headers: &HeaderMap, disposition: &str, text: String) -> Response {
    let tag = files::content_tag(text.as_bytes());
    let kind = "text/calendar; charset=utf-8".to_owned();
    let response =
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.to_owned()), (header::CACHE_CONTROL, "public, no-cache".to_owned())], text);
    files::validated(response.into_response(), headers, &tag)
}
