//! Pages and the site's files. Knows of the app only that it can be rendered.

use std::path::Path;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::server::{
    auth::shop_origin,
    http::{
        REST_SEGMENTS,
        files::{self, Validator},
        reply,
    },
    service::structured,
    state::AppState,
};

/// What every page finds in its context: the state, and a policy that lets only our own scripts run.
pub fn context(state: &AppState) {
    provide_context(state.clone());
    provide_context(crate::app::PageStatus(|status| {
        if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
            options.set_status(status);
        }
    }));
    provide_context(crate::app::PageHead {
        origin: use_context::<Parts>().and_then(|request| shop_origin::of(&state.config, &request)).unwrap_or_default(),
        show_data: structured::show,
        product_data: structured::product,
        shop_data: structured::shop,
    });
    if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy(&nonce, &state.leptos));
        options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

fn policy(nonce: &str, options: &LeptosOptions) -> HeaderValue {
    // While developing, the page listens for rebuilt code on a second port.
    let reload =
        if std::env::var_os("LEPTOS_WATCH").is_some() { format!(" ws://localhost:{0} ws://127.0.0.1:{0}", options.reload_port) } else { String::new() };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob: mediastream:; connect-src 'self'{reload}; font-src 'self'; worker-src 'self' blob:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("a nonce is base64url")
}

/// Everything that is no route: a file of the site, else an answer that there is none, as JSON or as a page.
pub async fn file_or_missing(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut segments = path.trim_start_matches('/').split('/');
    let first = segments.next().unwrap_or_default();
    if first == "api" || first == "fn" || REST_SEGMENTS.contains(&first) {
        return reply::no_such_path().await.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return reply::method_not_allowed().await.into_response();
    }
    if let Some(file) = site_file(&state.leptos, &path, files::bare(&request)).await {
        return file;
    }
    missing_page(state, request).await
}

async fn site_file(options: &LeptosOptions, path: &str, request: Request) -> Option<Response> {
    // Folders have no listing, and hidden files are nobody's business.
    if path.ends_with('/') || path.split('/').any(|part| part.starts_with('.')) {
        return None;
    }
    let tag = files::entity_tag(&Path::new(options.site_root.as_ref()).join(path.trim_start_matches('/')), Validator::Weak).await?;
    let headers = request.headers().clone();
    let service = ServeDir::new(options.site_root.as_ref()).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let mut response = service.oneshot(request).await.ok()?.map(Body::new);
    if !(response.status().is_success() || matches!(response.status(), StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE)) {
        return None;
    }
    response = files::validated(response, &headers, &tag);
    // A name with a hash never changes its content; everything else is asked for again, and mostly answered with 304.
    let cache = if has_hash(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    Some(response)
}

// cargo-leptos puts a hash of 22 characters before the extension: `wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.js`. In a build
// without hashes the split loader has 22 underscores there, and must be asked for again after an update.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').skip(1).any(|part| {
        part.len() == 22
            && part.bytes().any(|byte| byte.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

async fn missing_page(state: AppState, request: Request) -> Response {
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_to_stream_with_context(move || context(&state), move || crate::app::shell(options.clone()));
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(has_hash("/pkg/wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.js"));
        for unhashed in ["/pkg/wrencos.js", "/demo/lipstick.webp", "/pkg/__wasm_split.______________________.js"] {
            assert!(!has_hash(unhashed), "{unhashed}");
        }
    }
}
