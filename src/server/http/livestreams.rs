//! `/livestreams`: shows, with their chat, hearts and shelves.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete as delete_route, get, post, put},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    extract::{JsonBody, OptionalJsonBody, Page, PathId, QueryOf, keyed},
    reply::{self, Reply},
    routes::Routes,
};
use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        livestream::{LivestreamStatus, LivestreamUpdate, NewLivestream},
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        hub::room::LikeWish,
        service::{
            chat::{self, NewMessage},
            likes,
            livestreams::{self, Deleted},
            pins,
        },
        state::AppState,
    },
};

/// The routes of shows.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams", get(list).post(create))
        .route("/livestreams/active", get(active))
        .route("/livestreams/past", get(past))
        .route("/livestreams/cleanup", post(cleanup))
        .route("/livestreams/{id}", get(read).put(update).delete(delete))
        .route("/livestreams/{id}/start", post(start))
        .route("/livestreams/{id}/stop", post(stop))
        .route("/livestreams/{id}/view", post(view))
        .route("/livestreams/{id}/like", post(like))
        .route("/livestreams/{id}/chat", get(messages).post(say))
        .route("/livestreams/{id}/pin-product", post(pin))
        .route("/livestreams/{id}/products", post(pin))
        .route("/livestreams/{id}/pin-product/{product}", delete_route(unpin_by_path))
        .route("/livestreams/{id}/unpin-product", post(unpin))
        .route("/livestreams/{id}/pinned-products", get(shelf))
        .route("/livestreams/{id}/pinned-products/order", put(reorder))
}

#[derive(Deserialize)]
struct ListQuery {
    status: Option<LivestreamStatus>,
    search: Option<String>,
    limit: Option<u32>,
    skip: Option<u64>,
}

async fn list(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<ListQuery>) -> Reply<impl IntoResponse> {
    let page = Page::checked(query.limit, query.skip, 50)?;
    Ok(Json(livestreams::list(&state, &caller, query.status, page).await?))
}

async fn past(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<ListQuery>) -> Reply<impl IntoResponse> {
    let page = Page::checked(query.limit, query.skip, 20)?;
    Ok(Json(livestreams::past(&state, &caller, query.search, page).await?))
}

async fn active(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    let livestreams = livestreams::active(&state, &caller).await?;
    Ok(Json(json!({ "livestream": livestreams.first(), "livestreams": livestreams })))
}

async fn read(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("livestream", &livestreams::get(&state, &caller, id).await?))
}

async fn create(State(state): State<AppState>, caller: Caller, body: Reply<JsonBody<NewLivestream>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(input) = body?;
    Ok((StatusCode::CREATED, keyed("livestream", &livestreams::create(&state, &admin, &caller, input).await?)))
}

async fn update(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    body: Reply<JsonBody<LivestreamUpdate>>,
) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(input) = body?;
    Ok(keyed("livestream", &livestreams::update(&state, &admin, &caller, id, input).await?))
}

async fn start(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("livestream", &livestreams::start(&state, &caller.admin()?, &caller, id).await?))
}

// What clients count themselves (`maxViewers`, `viewCount`, `likes`) is not even read.
async fn stop(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("livestream", &livestreams::stop(&state, &caller.admin()?, &caller, id).await?))
}

async fn delete(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<Response> {
    Ok(match livestreams::delete(&state, &caller.admin()?, &caller, id).await? {
        Deleted::Stopped(livestream) => keyed("livestream", &livestream).into_response(),
        Deleted::Gone => Json(json!({ "deleted": true })).into_response(),
    })
}

async fn cleanup(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    let cleaned = livestreams::cleanup(&state, &caller.admin()?, &caller).await?;
    Ok(Json(json!({ "cleaned": cleaned.len(), "livestreams": cleaned })))
}

async fn view(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("viewCount", &livestreams::view(&state, &caller, id).await?))
}

#[derive(Default, Deserialize)]
struct LikeBody {
    liked: Option<bool>,
}

async fn like(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    OptionalJsonBody(body): OptionalJsonBody<LikeBody>,
) -> Reply<impl IntoResponse> {
    let wish = match body.liked {
        None => LikeWish::Toggle,
        Some(true) => LikeWish::Like,
        Some(false) => LikeWish::Unlike,
    };
    Ok(Json(likes::like(&state, &caller, id, wish).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatBody {
    message: String,
    username: Option<String>,
    client_id: Option<String>,
}

async fn say(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>, JsonBody(body): JsonBody<ChatBody>) -> Reply<impl IntoResponse> {
    let message = NewMessage { text: body.message, username: body.username, client_id: body.client_id };
    Ok((StatusCode::CREATED, keyed("chatMessage", &chat::post(&state, &caller, id, message).await?)))
}

#[derive(Deserialize)]
struct ChatQuery {
    before: Option<u64>,
    limit: Option<u32>,
}

async fn messages(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    QueryOf(query): QueryOf<ChatQuery>,
) -> Reply<impl IntoResponse> {
    let page = Page::checked(query.limit, None, 100)?;
    let found = chat::list(&state, &caller, id, query.before, page.limit).await?;
    Ok(Json(json!({ "messages": found.messages, "chatMessages": found.messages, "hasMore": found.has_more })))
}

async fn shelf(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("pinnedProducts", &pins::list(&state, &caller, id).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PinBody {
    product_id: Option<ProductId>,
    product_ids: Option<Vec<ProductId>>,
}

impl PinBody {
    fn products(self) -> Result<Vec<ProductId>, AppError> {
        let products: Vec<ProductId> = self.product_id.into_iter().chain(self.product_ids.into_iter().flatten()).collect();
        if products.is_empty() { Err(Fields::one("productId", "Name a product.").into()) } else { Ok(products) }
    }
}

async fn pin(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>, body: Reply<JsonBody<PinBody>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(body) = body?;
    Ok(keyed("pinnedProducts", &pins::pin(&state, &admin, id, &body.products()?).await?))
}

async fn unpin(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>, body: Reply<JsonBody<PinBody>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(body) = body?;
    let mut shelf = Vec::new();
    for product in body.products()? {
        shelf = pins::unpin(&state, &admin, id, product).await?;
    }
    Ok(keyed("pinnedProducts", &shelf))
}

async fn unpin_by_path(
    State(state): State<AppState>,
    caller: Caller,
    path: Result<Path<(LivestreamId, ProductId)>, axum::extract::rejection::PathRejection>,
) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let Path((id, product)) = path.map_err(|_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits."))?;
    Ok(keyed("pinnedProducts", &pins::unpin(&state, &admin, id, product).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody {
    product_ids: Vec<ProductId>,
}

async fn reorder(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>, body: Reply<JsonBody<OrderBody>>) -> Reply<Response> {
    let admin = caller.admin()?;
    let JsonBody(body) = body?;
    match pins::reorder(&state, &admin, id, &body.product_ids).await {
        Ok(shelf) => Ok(keyed("pinnedProducts", &shelf).into_response()),
        // Whoever orders an old shelf is shown the new one.
        Err(error) if error.code == pins::ORDER_CONFLICT => {
            let mut answer = reply::error_body(&error);
            answer["pinnedProducts"] = json!(pins::list(&state, &caller, id).await?);
            Ok((reply::status(&error), Json(answer)).into_response())
        }
        Err(error) => Err(error),
    }
}
