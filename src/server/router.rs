//! The whole router, built without binding anything: routes, and the layers in front of them.

use axum::{Router, body::Body, extract::Request, middleware};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use super::{
    http::{self, carts, cors, framing, functions, health, origin, patience, reply, safety, socket, visitor},
    state::AppState,
};

mod pages;
mod worker;

/// The server as one service: REST at the root and under `/api`, server functions, pages, files.
pub fn router(state: AppState) -> Router {
    let (for_pages, options) = (state.clone(), state.leptos.clone());
    let dynamic = Router::new()
        .merge(http::rest().into_router())
        .merge(http::at_root().into_router())
        .merge(worker::routes().into_router())
        .nest("/api", http::rest().merge(carts::reading()).into_router().fallback(reply::no_such_path))
        // Server functions are routed with the pages.
        .leptos_routes_with_context(
            &state,
            generate_route_list(crate::app::App),
            move || pages::context(&for_pages),
            move || crate::app::shell(options.clone()),
        )
        .method_not_allowed_fallback(reply::method_not_allowed)
        .fallback(pages::file_or_missing)
        .layer(middleware::from_fn(patience::layer))
        .layer(middleware::from_fn_with_state(state.clone(), socket::at_root))
        .layer(middleware::from_fn_with_state(state.clone(), carts::beside_page))
        .layer(middleware::from_fn(functions::layer))
        .layer(middleware::from_fn_with_state(state.clone(), visitor::layer))
        .layer(middleware::from_fn_with_state(state.clone(), origin::layer))
        .layer(middleware::from_fn_with_state(state.clone(), cors::layer));
    // Sockets, pictures and the films in archives are compressed already; small answers are not worth it.
    let worth_it = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("application/x-tar"))
        .and(NotForContentType::const_new("application/wasm"));
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request<Body>| safety::span(request))
                .on_request(())
                .on_response(safety::answered)
                .on_failure(()),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(middleware::from_fn(safety::headers))
        .layer(middleware::from_fn(framing::layer))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(CatchPanicLayer::custom(safety::panicked));
    Router::new().merge(health::routes().into_router()).merge(dynamic).layer(layers).with_state(state)
}
