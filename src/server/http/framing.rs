//! Where a request ends. Two servers in a row that disagree about it let one visitor's request begin inside another's.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Response, header},
    middleware::Next,
};

/// The layer: closes the connection after every request in chunks. A length that came beside the chunks is dropped before
/// we see it, and RFC 9112, 6.1 wants that connection closed; so nothing that follows is ever read as another request.
pub async fn layer(request: Request, next: Next) -> Response<Body> {
    let in_chunks = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if in_chunks {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
