//! `/uploads`: taking files in and giving them out.

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, Multipart, Request, State, multipart::MultipartRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{
    files::{self, Validator},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::product::is_issued_path,
    error::{AppError, ErrorKind},
    server::{auth::caller::Caller, service::uploads, state::AppState},
};

/// What belongs to products. Everything else may belong to a show, wherever an older shop put it.
const OF_PRODUCTS: &str = "/uploads/products/";

/// The routes of uploads.
pub fn routes() -> Routes {
    // The service counts what it is sent, and knows its own limit.
    let product_image = post(product_image).layer(DefaultBodyLimit::disable());
    Routes::new().route("/uploads/product-image", product_image).route("/uploads/{*path}", get(serve))
}

async fn product_image(State(state): State<AppState>, caller: Caller, form: Result<Multipart, MultipartRejection>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let mut form = form.map_err(|_| AppError::new(ErrorKind::Unsupported, "Send a form with a file (multipart/form-data)."))?;
    let unreadable = |_| AppError::new(ErrorKind::Malformed, "The form could not be read.");
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("image") {
            let stored = uploads::product_picture(&state, &admin, field).await?;
            return Ok((StatusCode::CREATED, Json(json!({ "filename": stored.filename, "url": stored.url }))));
        }
    }
    Err(AppError::new(ErrorKind::Malformed, "Send the picture in a field named image."))
}

async fn serve(State(state): State<AppState>, caller: Caller, request: Request) -> Reply<Response> {
    let missing = || AppError::not_found("file");
    let path = request.uri().path();
    let path = path.strip_prefix("/api").filter(|rest| rest.starts_with('/')).unwrap_or(path).to_owned();
    // Only names that we hand out: no dots in front, no encoded slashes, nothing to climb up with.
    if !is_issued_path(&path) {
        return Err(missing());
    }
    let of_shows = !path.starts_with(OF_PRODUCTS);
    if of_shows && !uploads::may_fetch(&state, &caller, &path).await? {
        return Err(missing());
    }
    // Once: a file is known by one address alone, and so is whether it is kept from customers.
    let inside = path.strip_prefix("/uploads").unwrap_or(&path).to_owned();
    let folder = state.storage.uploads();
    let tag = files::entity_tag(&folder.join(inside.trim_start_matches('/')), Validator::Strong).await.ok_or_else(missing)?;
    let mut inner = files::bare(&request);
    *inner.uri_mut() = inside.parse().map_err(|_| missing())?;
    files::drop_stale_range(inner.headers_mut(), &tag);
    inner.headers_mut().remove(header::IF_MODIFIED_SINCE);
    let answer = ServeDir::new(folder).append_index_html_on_directories(false).oneshot(inner).await.map_err(|_| missing())?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Err(missing());
    }
    let mut response = files::validated(answer.map(Body::new), request.headers(), &tag);
    let headers = response.headers_mut();
    let mut put = |name, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    match files::media_type(&path) {
        Some(known) => put(header::CONTENT_TYPE, known),
        None => put(header::CONTENT_TYPE, "application/octet-stream"),
    };
    put(header::CONTENT_DISPOSITION, if files::media_type(&path).is_some() { "inline" } else { "attachment" });
    // What is public today may be kept from customers tomorrow: caches ask each time whether it still is theirs to show.
    put(header::CACHE_CONTROL, if of_shows { "no-cache" } else { "public, max-age=31536000, immutable" });
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    // Pages of the origins that the settings allow may show our pictures; nobody else's may.
    let resource_policy = if state.config.allowed_origins.is_empty() { "same-origin" } else { "cross-origin" };
    put(header::HeaderName::from_static("cross-origin-resource-policy"), resource_policy);
    Ok(response)
}
