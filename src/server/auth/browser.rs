//! Signing a browser in and out: its cookie. And where a browser goes next.

use axum::http::{HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{cookie, next::safe_next, token::TOKEN_SECONDS};
use crate::{domain::user::User, server::state::AppState};

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

/// Signs the browser of a server function's caller out, and leads it home.
pub fn leave(state: &AppState) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.append_header(header::SET_COOKIE, forget_token(state));
    }
    leptos_axum::redirect("/");
}
