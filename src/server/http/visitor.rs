//! Who a request belongs to, worked out once per request: session (from cookie or header), address, account.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use tokio::sync::OnceCell;

use crate::{
    domain::id::SessionId,
    error::AppError,
    server::{
        auth::{
            self, Proven,
            address::client_address,
            caller::{Caller, Visit},
            cookie,
            session::SESSION_SECONDS,
        },
        state::AppState,
    },
};

/// Where a client without cookies says its session: the signed one, as `registered` told it.
const SESSION_HEADER: &str = "x-session-id";

/// The visitor behind a request, and the account once somebody asked for it.
#[derive(Clone)]
pub struct Visitor {
    session: SessionId,
    visit: Visit,
    address: IpAddr,
    /// Filled by the first who asks, so that the many server functions of one page ask the database once.
    proven: Arc<OnceCell<Option<Proven>>>,
}

impl Visitor {
    /// Reads session and address of a request.
    pub fn of(state: &AppState, parts: &Parts) -> Self {
        let cookie = cookie::get(&parts.headers, cookie::SESSION);
        let header = || parts.headers.get(SESSION_HEADER)?.to_str().ok().and_then(|text| state.sessions.verify(text));
        let (session, visit) = match cookie.and_then(|text| state.sessions.verify(&text)).or_else(header) {
            Some(session) => (session, Visit::Returning),
            None => (state.sessions.issue(), Visit::New),
        };
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
        let address = client_address(peer, &state.config.trusted_proxies, &parts.headers);
        Self { session, visit, address, proven: Arc::default() }
    }
}

/// The token of a request: a Bearer header, else the cookie. A Bearer header that holds nothing is not forgiven by a cookie.
pub fn token(headers: &HeaderMap) -> Option<String> {
    bearer(headers).or_else(|| cookie::get(headers, cookie::TOKEN))
}

/// What the Bearer header holds: nothing, where it is of another scheme; `None` where there is no such header.
pub fn bearer(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { String::new() })
}

/// The caller behind a visitor.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn caller(state: &AppState, headers: &HeaderMap, visitor: &Visitor) -> Result<Caller, AppError> {
    let prove = async || match token(headers) {
        Some(token) => auth::prove(state, &token).await,
        None => Ok(None),
    };
    let proven = visitor.proven.get_or_try_init(prove).await?.clone();
    let (user, claims) = proven.map(|proven| (proven.user, proven.claims)).unzip();
    Ok(Caller { session: visitor.session.clone(), visit: visitor.visit, address: visitor.address, user, claims })
}

/// The layer: puts the [`Visitor`] into the request, and gives a new one their cookie. What says nothing about caches
/// depends on who asks, and is kept by none of them; what others may keep carries nobody's session.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::of(&state, &parts);
    let fresh = (visitor.visit == Visit::New).then(|| state.sessions.sign(&visitor.session));
    parts.extensions.insert(visitor);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    let caching = headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    let is_private = caching.to_str().is_ok_and(|caching| caching.contains("private") || caching.contains("no-store"));
    if let Some(signed) = fresh.filter(|_| is_private) {
        headers.append(header::SET_COOKIE, cookie::set(cookie::SESSION, signed, SESSION_SECONDS, state.transport()));
    }
    response
}
