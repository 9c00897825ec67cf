//! `/products`.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde::Deserialize;
use serde_json::json;

use super::{
    extract::{JsonBody, Page, PathId, QueryOf, keyed},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{id::ProductId, product::ProductInput},
    server::{auth::caller::Caller, service::products, state::AppState},
};

/// The routes of products.
pub fn routes() -> Routes {
    Routes::new().route("/products", get(list).post(create)).route("/products/{id}", get(read).put(update).delete(delete))
}

#[derive(Deserialize)]
struct ListQuery {
    search: Option<String>,
    limit: Option<u32>,
    skip: Option<u64>,
}

async fn list(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<ListQuery>) -> Reply<impl IntoResponse> {
    let page = Page::checked(query.limit, query.skip, 50)?;
    Ok(Json(products::list(&state, &caller, query.search, page).await?))
}

async fn read(State(state): State<AppState>, caller: Caller, PathId(id): PathId<ProductId>) -> Reply<impl IntoResponse> {
    Ok(keyed("product", &products::get(&state, &caller, id).await?))
}

async fn create(State(state): State<AppState>, caller: Caller, body: Reply<JsonBody<ProductInput>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(input) = body?;
    Ok((StatusCode::CREATED, keyed("product", &products::create(&state, &admin, input).await?)))
}

async fn update(State(state): State<AppState>, caller: Caller, PathId(id): PathId<ProductId>, body: Reply<JsonBody<ProductInput>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(input) = body?;
    Ok(keyed("product", &products::update(&state, &admin, id, input).await?))
}

async fn delete(State(state): State<AppState>, caller: Caller, PathId(id): PathId<ProductId>) -> Reply<impl IntoResponse> {
    products::delete(&state, &caller.admin()?, id).await?;
    Ok(Json(json!({ "deleted": true })))
}
