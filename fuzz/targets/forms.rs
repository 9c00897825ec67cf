//! Forms with files: names, headers and bodies of parts, as the upload routes read them. The first line of the input is
//! the value of `Content-Type`; the rest is the body, and comes in pieces.
#![no_main]

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
};
use futures::{executor::block_on, stream};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let (content_type, body) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let piece = 1 + content_type.len() % 61;
    let pieces: Vec<_> = body.chunks(piece).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    let Ok(request) = Request::post("/uploads/thumbnail").header("content-type", content_type).body(Body::from_stream(stream::iter(pieces))) else { return };
    block_on(async {
        let Ok(mut form) = Multipart::from_request(request, &()).await else { return };
        let mut given = 0;
        while let Ok(Some(mut field)) = form.next_field().await {
            given += field.name().map_or(0, str::len) + field.file_name().map_or(0, str::len);
            while let Ok(Some(piece)) = field.chunk().await {
                given += piece.len();
            }
        }
        assert!(given <= 2 * bytes.len(), "a form does not grow: {given}");
    });
});
