//! What media needs: pictures of products, and servers that help browsers find each other.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, MultipartData, MultipartFormData},
};

use crate::{
    domain::{id::LivestreamId, ingest::Ingest},
    error::AppError,
    protocol::signal::IceServer,
};

/// Takes the picture in the form's field `image`, and gives the path under which it is served. Needs an admin.
#[server(prefix = "/fn", endpoint = "upload_product_image", input = MultipartFormData)]
pub async fn upload_product_image(data: MultipartData) -> Result<String, AppError> {
    use crate::{
        error::ErrorKind,
        server::{http::extract::caller, service::uploads},
    };
    let (state, caller) = caller().await?;
    let admin = caller.admin()?;
    let unreadable = || AppError::new(ErrorKind::Malformed, "The form could not be read.");
    let mut form = data.into_inner().ok_or_else(unreadable)?;
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        if field.name() == Some("image") {
            return Ok(uploads::product_picture(&state, &admin, field).await?.url);
        }
    }
    Err(AppError::new(ErrorKind::Malformed, "Send the picture in a field named image."))
}

/// STUN and TURN servers for `RTCPeerConnection`. Empty unless the shop has some.
#[server(prefix = "/fn", endpoint = "ice_servers", input = GetUrl)]
pub async fn ice_servers() -> Result<Vec<IceServer>, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    Ok(crate::server::service::ice::servers(&state, &caller.session))
}

/// What an encoder of this show has to be told. Needs an admin. Conflict `no_media_server` where the shop has none.
#[server(prefix = "/fn", endpoint = "get_ingest")]
pub async fn get_ingest(id: LivestreamId) -> Result<Ingest, AppError> {
    use crate::server::{http::extract::caller, service::ingest};

    let (state, caller) = caller().await?;
    ingest::ingest(&state, &caller.admin()?, id).await
}
