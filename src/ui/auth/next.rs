//! Where someone goes after they came in. The server checks the path again before it sends anybody there.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// The path this page was asked to lead to, if it is one of ours.
pub fn use_next() -> Signal<Option<String>> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get("next")).filter(|next| is_own_path(next)))
}

/// The path and the query of the page that calls, for the way back to it.
pub fn use_here() -> impl Fn() -> String + Clone {
    let location = use_location();
    move || {
        let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    }
}

/// A link to a form that leads to the same place.
pub fn with_next(form: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{form}?next={}", escape(next)),
        None => form.to_owned(),
    }
}

fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains(char::is_control)
}

/// Percent-encodes all but unreserved characters and the slash (RFC 3986, 2.3), for a value in a query.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(byte as char);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        assert!(is_own_path("/admin/shows?x=1"));
        for path in ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "/a\nb"] {
            assert!(!is_own_path(path), "{path}");
        }
    }

    #[test]
    fn the_next_path_is_one_parameter() {
        assert_eq!(with_next("/login", Some("/live/1?a=b&c=d")), "/login?next=/live/1%3Fa%3Db%26c%3Dd");
        assert_eq!(with_next("/login", None), "/login");
    }
}
