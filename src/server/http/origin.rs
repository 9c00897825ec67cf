//! The gate before everything that changes something: a page of another site cannot use a visitor's cookies.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::{AppError, ErrorKind},
    server::{
        auth::cookie,
        config::{Config, origin::Origin},
        state::AppState,
    },
};

/// The layer: refuses state changes, server functions and sockets that pages of other sites ask for.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    match check(&state.config, peer, &request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check(config: &Config, peer: Option<IpAddr>, request: &Request) -> Result<(), AppError> {
    let headers = request.headers();
    let upgrade = is_upgrade(headers);
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) && !request.uri().path().starts_with("/fn/");
    if harmless && !upgrade {
        return Ok(());
    }
    let refusal = || AppError::new(ErrorKind::Forbidden, "This request came from another site.").coded("cross_origin");
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    let origin = match text(header::ORIGIN) {
        None => None,
        Some(origin) => Some(Origin::parse(origin).ok_or_else(refusal)?),
    };
    if let Some(origin) = &origin {
        if config.allowed_origins.contains(origin) {
            return Ok(());
        }
        if !is_ours(config, peer, headers, origin) {
            return Err(refusal());
        }
    }
    match headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default()) {
        Some("same-origin" | "none") => return Ok(()),
        // Some proxies serve one shop under two ports; where the Origin was checked above, that decides.
        Some(_) => return Err(refusal()),
        None => {}
    }
    // Browsers always name the origin of a socket. A cookie without one is not a browser's page, but something that uses its jar.
    if upgrade && origin.is_none() && cookie::get(headers, cookie::TOKEN).is_some() {
        return Err(refusal());
    }
    Ok(())
}

// The page came from where the request goes. A page over TLS is taken where we see plain HTTP (a proxy in front that is not
// told to us); never the other way round.
fn is_ours(config: &Config, peer: Option<IpAddr>, headers: &HeaderMap, origin: &Origin) -> bool {
    if config.public_url.as_ref() == Some(origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let from_proxy = peer.is_some_and(|peer| config.trusted_proxies.contains(&peer.to_canonical()));
    let tls = config.is_https() || (from_proxy && headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https"));
    let is = |scheme: &str| Origin::parse(&format!("{scheme}://{host}")).as_ref() == Some(origin);
    is("https") || (!tls && is("http"))
}

/// Whether a request asks for a WebSocket.
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Settings;

    #[test]
    fn pages_of_other_sites_are_refused() {
        let mut config = Config::read(Settings::default()).unwrap();
        config.allowed_origins = vec![Origin::parse("https://partner.example").unwrap()];
        let ok = |method: &str, path: &str, headers: &[(&'static str, &str)]| {
            let mut request = Request::builder().method(method).uri(path).header("host", "shop.example:3000");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            check(&config, None, &request.body(axum::body::Body::empty()).unwrap()).is_ok()
        };
        for (expected, method, path, headers) in [
            (true, "POST", "/products", &[][..]),
            (true, "POST", "/products", &[("authorization", "Bearer x")]),
            (true, "POST", "/products", &[("origin", "http://shop.example:3000"), ("sec-fetch-site", "same-origin")]),
            (true, "POST", "/products", &[("origin", "https://shop.example:3000")]),
            (true, "POST", "/products", &[("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")]),
            (true, "GET", "/products", &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]),
            (false, "POST", "/products", &[("sec-fetch-site", "cross-site")]),
            (false, "POST", "/products", &[("sec-fetch-site", "same-site")]),
            (false, "POST", "/products", &[("sec-fetch-site", "SAME-ORIGIN")]),
            (false, "POST", "/products", &[("origin", "null")]),
            (false, "POST", "/products", &[("origin", "https://evil.example")]),
            (false, "POST", "/products", &[("origin", "http://shop.example")]),
            (false, "POST", "/products", &[("origin", "http://shop.example:3000.evil.example")]),
            (false, "POST", "/products", &[("origin", "https://partner.example.evil.example")]),
            (false, "DELETE", "/products/1", &[("origin", "https://www.shop.example")]),
            (false, "GET", "/fn/list_products", &[("sec-fetch-site", "cross-site")]),
            (false, "GET", "/ws", &[("upgrade", "websocket"), ("origin", "https://evil.example")]),
            (false, "GET", "/ws", &[("upgrade", "WebSocket"), ("origin", "http://shop.example:3001")]),
            (false, "GET", "/", &[("upgrade", "websocket"), ("cookie", "wrencos_token=x")]),
            (true, "GET", "/", &[("upgrade", "websocket")]),
            (true, "GET", "/ws", &[("upgrade", "websocket"), ("origin", "http://shop.example:3000"), ("cookie", "wrencos_token=x")]),
        ] {
            assert_eq!(ok(method, path, headers), expected, "{method} {path} {headers:?}");
        }
        config.public_url = Origin::parse("https://shop.example");
        let request = |origin| Request::post("/").header("host", "10.0.0.5:3000").header("origin", origin).body(axum::body::Body::empty()).unwrap();
        assert!(check(&config, None, &request("https://shop.example")).is_ok());
        assert!(check(&config, None, &request("http://10.0.0.5:3000")).is_err(), "plain HTTP while the shop is served over TLS");
    }
}
