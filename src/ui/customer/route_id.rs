//! The id in a page's address.

use std::str::FromStr;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::error::AppError;

/// The `:id` of the route as a typed id; what is not one is not found. `what` as in "livestream".
pub fn use_route_id<T>(what: &'static str) -> Memo<Result<T, AppError>>
where
    T: FromStr + PartialEq + Clone + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse().ok()).ok_or_else(|| AppError::not_found(what)))
}
