//! The table of routes. Everything that is mounted goes through it, so that what is served can be compared with what is
//! described. It knows nothing of what a route does.

use axum::{Router, routing::MethodRouter};

use super::reply;
use crate::server::state::AppState;

/// Routes, and the paths they have. Used like axum's own router.
#[derive(Default)]
pub struct Routes {
    router: Router<AppState>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With the methods of one path.
    pub fn route(mut self, path: &'static str, methods: MethodRouter<AppState>) -> Self {
        self.router = self.router.route(path, methods);
        self.paths.push(path);
        self
    }

    /// With all routes of another table.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.paths.extend(other.paths);
        self
    }

    /// The paths, as axum writes them.
    pub fn paths(&self) -> &[&'static str] {
        &self.paths
    }

    /// What serves them, and refuses every other method on them in our one shape.
    pub fn into_router(self) -> Router<AppState> {
        self.router.method_not_allowed_fallback(reply::method_not_allowed)
    }
}
