//! `/cart`: the cart of the session that asks. At the bare path there is a page of this name too, for who asks for a page.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;

use super::{
    extract::{JsonBody, keyed},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{
        cart::{Cart, CartInput},
        id::{LivestreamId, ProductId},
    },
    server::{
        auth::caller::Caller,
        service::{carts, holds, interest},
        state::AppState,
    },
};

/// The routes that change carts.
pub fn routes() -> Routes {
    Routes::new().route("/cart", put(replace).delete(clear)).route("/cart/items", post(add)).route("/cart/hold", post(hold).delete(release))
}

/// The route that reads carts, for where no page has its path.
pub fn reading() -> Routes {
    Routes::new().route("/cart", get(read))
}

/// The layer that reads the cart at the bare path, unless a browser asks for the page.
pub async fn beside_page(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path() != "/cart" || !matches!(*request.method(), Method::GET | Method::HEAD) || wants_page(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    match Caller::from_request_parts(&mut parts, &state).await {
        Ok(caller) => read(State(state), caller).await.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

// Browsers name HTML when they go to an address; programs do not.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

async fn read(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    Ok(answer(&carts::get(&state, &caller).await?))
}

async fn replace(State(state): State<AppState>, caller: Caller, JsonBody(input): JsonBody<CartInput>) -> Reply<impl IntoResponse> {
    Ok(answer(&carts::replace(&state, &caller, input).await?))
}

async fn clear(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    Ok(answer(&carts::clear(&state, &caller).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddBody {
    product_id: ProductId,
    quantity: u32,
    /// The show in which it was put in, if it was.
    stream_id: Option<LivestreamId>,
}

async fn add(State(state): State<AppState>, caller: Caller, JsonBody(line): JsonBody<AddBody>) -> Reply<impl IntoResponse> {
    let cart = carts::add(&state, &caller, line.product_id, line.quantity).await?;
    if let Some(show) = line.stream_id {
        interest::carted(&state, &caller, show, line.product_id).await;
    }
    Ok(answer(&cart))
}

async fn hold(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let hold = holds::begin(&state, &caller, &who).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], keyed("hold", &hold)))
}

async fn release(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    holds::release(&state, &caller.signed_in()?, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(cart: &Cart) -> impl IntoResponse + use<> {
    ([(header::CACHE_CONTROL, "no-store")], keyed("cart", cart))
}
