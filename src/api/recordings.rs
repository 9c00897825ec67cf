//! Recordings of shows, for the studio. Their chunks come by REST.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{id::LivestreamId, recording::Recording},
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
