//! The two cookies: a token for accounts, a session for visitors. No script can read either.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

/// Carries the token of a signed-in account.
pub const TOKEN: &str = "wrencos_token";
/// Carries the signed session of a visitor.
pub const SESSION: &str = "wrencos_session";

/// Whether the browser may send a cookie over plain HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// The shop is served over TLS: never without it.
    TlsOnly,
    Any,
}

/// The value of a cookie of a request.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

/// A `Set-Cookie` header that keeps `value` for `seconds`.
pub fn set(name: &'static str, value: String, seconds: i64, transport: Transport) -> HeaderValue {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(transport == Transport::TlsOnly)
        .max_age(Duration::seconds(seconds))
        .build();
    HeaderValue::from_str(&cookie.to_string()).expect("our cookies are hexadecimal or base64url, which headers can carry")
}

/// A `Set-Cookie` header that makes the browser forget a cookie.
pub fn clear(name: &'static str, transport: Transport) -> HeaderValue {
    set(name, String::new(), 0, transport)
}
