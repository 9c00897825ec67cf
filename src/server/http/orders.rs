//! `/orders`.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{get, post, put},
};
use serde::Deserialize;

use super::{
    extract::{JsonBody, Page, PathId, QueryOf, keyed},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{
        id::{LivestreamId, OrderId},
        order::{NewOrder, Order, OrderStatus},
        validate::Fields,
    },
    error::AppError,
    server::{
        auth::caller::Caller,
        service::orders::{self, Placed},
        state::AppState,
    },
};

/// The header by which a client marks a request that it may have to send again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The routes of orders.
pub fn routes() -> Routes {
    Routes::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(read))
        .route("/orders/{id}/status", put(set_status))
        .route("/orders/{id}/pay", post(pay))
        .route("/livestreams/{id}/orders", get(of_show))
}

#[derive(Deserialize)]
struct ListQuery {
    status: Option<OrderStatus>,
    limit: Option<u32>,
    skip: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusBody {
    status: OrderStatus,
}

async fn place(State(state): State<AppState>, caller: Caller, headers: HeaderMap, body: Reply<JsonBody<NewOrder>>) -> Reply<impl IntoResponse> {
    orders::may_order(&caller)?;
    let JsonBody(order) = body?;
    let unreadable = || AppError::from(Fields::one("idempotencyKey", "This header cannot be read."));
    let key = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().map_err(|_| unreadable())).transpose()?;
    let placed = orders::place(&state, &caller, order, key).await?;
    let status = if matches!(placed, Placed::New(_)) { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, answer(&placed.into_order())))
}

async fn list(State(state): State<AppState>, caller: Caller, query: Reply<QueryOf<ListQuery>>) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let QueryOf(query) = query?;
    let page = Page::checked(query.limit, query.skip, 50)?;
    let orders = match caller.admin() {
        Ok(admin) => orders::list(&state, &admin, query.status, page).await?,
        Err(_) => orders::mine(&state, &who, query.status, page).await?,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(orders)))
}

async fn read(State(state): State<AppState>, caller: Caller, id: Reply<PathId<OrderId>>) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let PathId(id) = id?;
    Ok(answer(&orders::get(&state, &who, id).await?))
}

async fn set_status(State(state): State<AppState>, caller: Caller, id: Reply<PathId<OrderId>>, body: Reply<JsonBody<StatusBody>>) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let PathId(id) = id?;
    let JsonBody(StatusBody { status }) = body?;
    Ok(answer(&orders::set_status(&state, &who, id, status).await?))
}

async fn pay(State(state): State<AppState>, caller: Caller, id: Reply<PathId<OrderId>>) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let PathId(id) = id?;
    Ok(answer(&orders::pay(&state, &caller, &who, id).await?))
}

async fn of_show(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(id) = id?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(orders::of_show(&state, &admin, id).await?)))
}

fn answer(order: &Order) -> impl IntoResponse + use<> {
    ([(header::CACHE_CONTROL, "no-store")], keyed("order", order))
}
