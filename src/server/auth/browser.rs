//! Signing a browser in and out: its cookie. And where a browser goes next.

use axum::http::{HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{cookie, next::safe_next, token::TOKEN_SECONDS};
use crate::{
    domain::{order::Order, user::User},
    server::state::AppState,
};

/// The cookie that signs a browser in.
pub fn token_cookie(state: &AppState, token: &str) -> HeaderValue {
    cookie::set(cookie::TOKEN, token.to_owned(), TOKEN_SECONDS, state.transport())
}

/// The cookie that signs a browser out.
pub fn forget_token(state: &AppState) -> HeaderValue {
    cookie::clear(cookie::TOKEN, state.transport())
}

/// Signs the browser of a server function's caller in, and leads it on: to `next`, else to where the account is at home.
pub fn enter(state: &AppState, user: &User, token: &str, next: Option<&str>) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.append_header(header::SET_COOKIE, token_cookie(state, token));
    }
    let home = if user.is_admin() { "/admin" } else { "/" };
    leptos_axum::redirect(safe_next(next, home));
}

/// Leads the browser of a server function's caller on, to a path of this shop.
pub fn lead_to(path: &str) {
    leptos_axum::redirect(path);
}

/// Leads the browser of a server function's caller on: to the page where this order is paid, else to a path of this shop.
/// A plain form may not lead to another site (our own policy for forms says so); from the path a link goes on.
pub fn lead_to_pay(order: &Order, path: &str) {
    let is_plain_form = use_context::<Parts>()
        .is_some_and(|parts| parts.headers.get(header::ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html"))));
    let page = order.payment.as_ref().and_then(|payment| payment.url.as_deref()).filter(|_| !is_plain_form);
    leptos_axum::redirect(page.unwrap_or(path));
}

/// Signs the browser of a server function's caller out, and leads it home.
pub fn leave(state: &AppState) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.append_header(header::SET_COOKIE, forget_token(state));
    }
    leptos_axum::redirect("/");
}
