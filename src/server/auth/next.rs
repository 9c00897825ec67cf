//! Where to go after signing in: a path of this shop, and nowhere else.

/// `wanted` if it is a path on this server, else `default`.
pub fn safe_next<'a>(wanted: Option<&'a str>, default: &'a str) -> &'a str {
    wanted.filter(|path| is_local_path(path)).unwrap_or(default)
}

// Browsers read `//host` and `/\host` as another site, and drop tabs and line breaks before they look.
// What a header cannot carry is written with percent signs in a path.
fn is_local_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && path.len() <= 2000 && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_shop() {
        for good in ["/", "/admin/studio?x=1#y", "/live/65f0c1d2e3a4b5968778695a"] {
            assert_eq!(safe_next(Some(good), "/home"), good);
        }
        for evil in ["", "//evil", "/\\evil", "\\/evil", "https://evil", "javascript:alert(1)", "/\t/evil", "/\n/evil", "evil", " /x", "/\u{e9}", "/%0a\r/x"] {
            assert_eq!(safe_next(Some(evil), "/home"), "/home", "{evil:?}");
        }
        assert_eq!(safe_next(None, "/home"), "/home");
    }
}
