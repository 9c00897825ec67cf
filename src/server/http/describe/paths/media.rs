//! Files, and what connects browsers.

use serde_json::json;
use utoipa::openapi::{
    Required,
    path::{ParameterBuilder, ParameterIn},
};

use crate::server::http::describe::{
    operation::{Operation, get, post},
    sample,
    schema::{About, Part, Parts, choice, file, keyed, list, named, object, text},
};

/// What a stored file can be.
const FILE_TYPES: [&str; 6] = ["image/webp", "image/jpeg", "image/png", "video/webm", "video/mp4", "application/octet-stream"];

pub(super) fn operations() -> Vec<Operation> {
    uploads().into_iter().chain([download(), ice(), agora()]).collect()
}

// The answer names the file twice, under the name that its kind has on a show.
fn stored(url_names: &[&str]) -> Part {
    let base = object().needs("filename", text().about("Made by the server.")).needs("url", text().about("The path under which it is served."));
    url_names.iter().fold(base, |object, name| object.may(name, text().about("The same as `url`."))).into()
}

fn example(url_name: &str) -> serde_json::Value {
    let url = "/uploads/livestreams/7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d.webm";
    json!({ "filename": "7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d.webm", "url": url, url_name: url })
}

fn uploads() -> Vec<Operation> {
    let of_show = || text().pattern(Some("^([0-9a-fA-F]{24})?$")).about("The show that it belongs to; empty is none.");
    vec![
        post("/livestreams/{id}/upload", "uploadToLivestream", "Upload a recording or a picture of a show")
            .about("One file, in the field `video` or in the field `thumbnail`. It becomes the show's.")
            .id("id", "show", sample::show_id())
            .admin()
            .takes_form(object().may("video", file()).may("thumbnail", file()))
            .gives(201, "Where it is.", stored(&["videoUrl", "thumbnailUrl"]), example("videoUrl")),
        post("/uploads/livestream-video", "uploadVideo", "Upload a recording")
            .about("WebM or MP4. With `livestreamId` it becomes the show's.")
            .admin()
            .takes_form(object().needs("video", file()).may("livestreamId", of_show()))
            .gives(201, "Where it is.", stored(&["videoUrl"]), example("videoUrl"))
            .refuses(404),
        post("/uploads/thumbnail", "uploadThumbnail", "Upload a picture of a show")
            .about("JPEG, PNG or WebP. What is kept is a rendition of it. With `livestreamId` it becomes the show's.")
            .admin()
            .takes_form(object().needs("thumbnail", file()).may("livestreamId", of_show()))
            .gives(201, "Where it is.", stored(&["thumbnailUrl"]), example("thumbnailUrl"))
            .refuses(404),
        post("/uploads/product-image", "uploadProductImage", "Upload a picture of a product")
            .about("JPEG, PNG or WebP. What is kept is a rendition of it.")
            .admin()
            .takes_form(object().needs("image", file()))
            .gives(
                201,
                "Where it is.",
                stored(&[]),
                json!({ "filename": "5f0e8a1c4b7d4f5e9c3a2b1d0e6f7a8b.webp", "url": "/uploads/products/5f0e8a1c4b7d4f5e9c3a2b1d0e6f7a8b.webp" }),
            ),
    ]
}

fn download() -> Operation {
    let path = ParameterBuilder::new().name("path").parameter_in(ParameterIn::Path).required(Required::True).schema(Some(text()));
    let path = path
        .description(Some("What follows `/uploads/` in a path that an upload gave."))
        .example(Some(json!("products/5f0e8a1c4b7d4f5e9c3a2b1d0e6f7a8b.webp")));
    get("/uploads/{*path}", "getUpload", "Get a file")
        .about("With `Range`, `ETag` and conditional requests. A name never changes its content. Films and pictures of shows that are not public are found by admins alone.")
        .parameter(path.build())
        .header("Range", text(), "Which bytes, as RFC 9110 has it.")
        .header("If-None-Match", text(), "The `ETag` that the caller has.")
        .header("If-Range", text(), "The `ETag` to which `Range` belongs.")
        .gives_other(200, "The file.", &FILE_TYPES)
        .gives_other(206, "The part of it that was asked for.", &FILE_TYPES)
        .gives_other(304, "The caller has it.", &[])
        .gives_other(416, "The file has no such part.", &FILE_TYPES)
        .refuses(404)
}

fn ice() -> Operation {
    get("/ice-servers", "iceServers", "Servers that help browsers find each other")
        .about("TURN credentials are the visitor's own and hold for twelve hours.")
        .gives(200, "For `RTCPeerConnection`.", keyed("iceServers", list(named("IceServer"))), json!({ "iceServers": [sample::ice_server()] }))
}

fn agora() -> Operation {
    post("/livestreams/agora/token", "agoraToken", "Get a token for Agora")
        .about("For clients whose video goes over Agora. It holds for a day.")
        .query("version", choice(&["006", "007"]).default(Some(json!("006"))), "The format of the token.")
        .takes("AgoraRequest", json!({ "channelName": "spring", "role": "audience", "uid": 0 }))
        .gives(200, "The token.", named("AgoraToken"), sample::agora_token())
        .refuses_with(401, "Publishing needs an admin.")
        .refuses_with(403, "Publishing needs an admin; or the request came from a page of another site (`cross_origin`).")
        .refuses_with(503, "This shop does not use Agora (`agora_not_configured`); or the database is away.")
}
