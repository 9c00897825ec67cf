//! Recordings of shows, for the studio. Their chunks come by REST.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, MultipartData, MultipartFormData},
};

use crate::{
    domain::{id::LivestreamId, keeping::StorageReport, recording::Recording},
    error::AppError,
};

/// How far a show's recording has come, and whether it is to be recorded at all. Needs an admin.
#[server(prefix = "/fn", endpoint = "recording_status", input = GetUrl)]
pub async fn recording_status(id: LivestreamId) -> Result<Recording, AppError> {
    use crate::server::{http::extract::caller, service::recordings::chunks};

    let (state, caller) = caller().await?;
    chunks::status(&state, &caller.admin()?, id, "").await
}

/// Says whether a show is to be recorded. Needs an admin.
#[server(prefix = "/fn", endpoint = "set_recording")]
pub async fn set_recording(id: LivestreamId, enabled: bool) -> Result<Recording, AppError> {
    use crate::server::{http::extract::caller, service::recordings::chunks};

    let (state, caller) = caller().await?;
    chunks::enable(&state, &caller.admin()?, id, enabled).await
}

/// Closes a show's recording and has its film made. Needs an admin.
#[server(prefix = "/fn", endpoint = "finish_recording")]
pub async fn finish_recording(id: LivestreamId) -> Result<Recording, AppError> {
    use crate::server::{http::extract::caller, service::recordings::film};

    let (state, caller) = caller().await?;
    film::finish(&state, &caller.admin()?, id).await
}

/// What films and pictures take on the disk, and for how long films are kept. Needs an admin.
#[server(prefix = "/fn", endpoint = "storage_report", input = GetUrl)]
pub async fn get_storage_report() -> Result<StorageReport, AppError> {
    use crate::server::{http::extract::caller, service::recordings::keeping};

    let (state, caller) = caller().await?;
    keeping::report(&state, &caller.admin()?).await
}

/// Makes a picture that the studio took by itself that of a show which has none: a form with `id`, then `picture`. A picture
/// that somebody chose stays. Needs an admin.
#[server(prefix = "/fn", endpoint = "keep_early_picture", input = MultipartFormData)]
pub async fn keep_early_picture(data: MultipartData) -> Result<(), AppError> {
    use crate::{
        error::ErrorKind,
        server::{http::extract::caller, service::recordings},
    };

    let (state, caller) = caller().await?;
    let admin = caller.admin()?;
    let unreadable = || AppError::new(ErrorKind::Malformed, "The form could not be read.");
    let mut form = data.into_inner().ok_or_else(unreadable)?;
    let mut id = None::<LivestreamId>;
    while let Some(mut field) = form.next_field().await.map_err(|_| unreadable())? {
        match (field.name().unwrap_or_default(), id) {
            ("id", None) => {
                let piece = field.chunk().await.map_err(|_| unreadable())?.unwrap_or_default();
                id = Some(std::str::from_utf8(&piece).ok().and_then(|text| text.parse().ok()).ok_or_else(unreadable)?);
            }
            ("picture", Some(id)) => return recordings::keep_early_picture(&state, &admin, id, field).await,
            _ => return Err(unreadable()),
        }
    }
    Err(unreadable())
}
