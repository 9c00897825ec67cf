//! The service worker and the page it keeps for times without a network. Both are the server's own files: the worker
//! carries the build it belongs to, so that an update of the shop replaces what browsers keep.

use std::path::{Path, PathBuf};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::config::LeptosOptions;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::server::{
    http::{files, routes::Routes},
    state::AppState,
};

const WORKER: &str = include_str!("worker.js");
const OFFLINE: &str = include_str!("offline.html");
const LOOK: &str = include_str!("offline.js");
/// What the page without a network is made of. Nothing here is private, and it runs nothing but its look for the shop.
const SHELL: [&str; 4] = ["/offline", "/offline.js", "/pkg/wrencos.css", "/favicon.svg"];

/// The routes of the worker and its page.
pub fn routes() -> Routes {
    Routes::new().route("/sw.js", get(worker)).route("/offline", get(offline)).route("/offline.js", get(look))
}

async fn worker(State(state): State<AppState>, headers: HeaderMap) -> Response {
    // A site does not change while its server runs: it is read once.
    static BUILD: OnceCell<String> = OnceCell::const_new();
    let build = BUILD.get_or_init(|| build(state.leptos.clone())).await;
    let shell = SHELL.map(|path| format!("'{path}'")).join(", ");
    let text = format!("const BUILD = '{build}';\nconst SHELL = [{shell}];\n{WORKER}");
    answer(&headers, "text/javascript; charset=utf-8", "default-src 'none'; connect-src 'self'", text)
}

async fn offline(headers: HeaderMap) -> Response {
    let policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    answer(&headers, "text/html; charset=utf-8", policy, OFFLINE.to_owned())
}

async fn look(headers: HeaderMap) -> Response {
    answer(&headers, "text/javascript; charset=utf-8", "default-src 'none'", LOOK.to_owned())
}

fn answer(headers: &HeaderMap, kind: &'static str, policy: &'static str, text: String) -> Response {
    let tag = files::content_tag(text.as_bytes());
    let named = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "public, no-cache")];
    files::validated((named.map(|(name, value)| (name, HeaderValue::from_static(value))), text).into_response(), headers, &tag)
}

/// What this build is called: a digest of the site's own code and of this file's texts.
async fn build(options: LeptosOptions) -> String {
    let folder = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
    let digest = tokio::task::spawn_blocking(move || digest(&folder)).await;
    digest.unwrap_or_else(|_| env!("CARGO_PKG_VERSION").to_owned())
}

fn digest(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
    files.sort();
    let mut digest = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION"), WORKER, OFFLINE, LOOK] {
        digest.update(part);
    }
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "wasm" || kind == "js" || kind == "css")) {
        digest.update(file.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default());
        digest.update(std::fs::read(file).unwrap_or_default());
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_build_has_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let empty = digest(folder.path());
        std::fs::write(folder.path().join("wrencos.js"), "1").unwrap();
        let first = digest(folder.path());
        std::fs::write(folder.path().join("wrencos.js"), "2").unwrap();
        assert!(empty != first && first != digest(folder.path()) && first.len() == 16);
    }

    #[test]
    fn the_shell_carries_no_code_of_its_own() {
        assert_eq!(OFFLINE.matches("<script").count(), 1);
        assert!(OFFLINE.contains(r#"<script src="/offline.js" defer></script>"#) && !OFFLINE.contains(" on") && !OFFLINE.contains("style="));
    }
}
