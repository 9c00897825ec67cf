//! `/livestreams/{id}/analytics`: the numbers of a show, and what they are counted from that only a page can see.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    extract::{JsonBody, PathId, QueryOf},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::id::{LivestreamId, ProductId},
    server::{
        auth::caller::Caller,
        service::{
            analytics::{self, Table},
            interest,
        },
        state::AppState,
    },
};

/// The routes of numbers.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/analytics", get(read))
        .route("/livestreams/{id}/analytics.csv", get(table))
        .route("/livestreams/{id}/clicks", post(click))
}

async fn read(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    Ok(Json(analytics::get(&state, &admin, id).await?))
}

#[derive(Deserialize)]
struct TableQuery {
    #[serde(default)]
    table: Table,
}

async fn table(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    QueryOf(TableQuery { table }): QueryOf<TableQuery>,
) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let text = analytics::table(&state, &admin, id, table).await?;
    let name = format!("attachment; filename=\"show-{id}-{}.csv\"", table.as_str());
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], text))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClickBody {
    product_id: ProductId,
}

async fn click(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>, body: Reply<JsonBody<ClickBody>>) -> Reply<StatusCode> {
    let JsonBody(body) = body?;
    interest::click(&state, &caller, id, body.product_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
