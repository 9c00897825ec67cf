//! Pictures of products: what is taken, what is refused, how it is served, and that nothing is left behind.

use std::{io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::{
    Method, StatusCode, header,
    multipart::{Form, Part},
};
use serde_json::Value;

use crate::support::{Client, TestApp, client::read};

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(width, height).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

async fn upload(client: &Client, field: &'static str, name: &'static str, bytes: Vec<u8>) -> (StatusCode, Value) {
    let form = Form::new().part(field, Part::bytes(bytes).file_name(name));
    read(client.request(Method::POST, "/uploads/product-image").multipart(form)).await
}

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_picture_is_bounded_renamed_and_served_safely() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (status, body) = upload(&admin, "image", "../../evil name.svg", picture(2400, 600, ImageFormat::Png)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let url = body["url"].as_str().unwrap();
    assert_eq!(url, format!("/uploads/products/{}", body["filename"].as_str().unwrap()));
    assert!(wrencos::domain::product::is_issued_path(url) && !url.contains("evil"));
    for path in [url.to_owned(), format!("/api{url}")] {
        let response = app.guest().request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/jpeg");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(!response.headers().contains_key("set-cookie"), "everybody may keep it");
        assert!(header("content-security-policy").contains("sandbox") && header("cache-control").contains("immutable"));
        let served = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
        assert_eq!((served.width(), served.height()), (1200, 300));
    }
    let (_, created) = admin.post("/products", serde_json::json!({"name": "x", "price": 1, "images": [url]})).await;
    assert_eq!(created["product"]["images"][0], url);
    assert_eq!(files_in(&app.state.storage.incoming()), 0);
}

#[tokio::test]
async fn transparent_parts_stay_transparent() {
    let app = TestApp::start().await;
    let mut bytes = Vec::new();
    let mut canvas = RgbaImage::new(20, 20);
    canvas.put_pixel(3, 3, Rgba([200, 10, 10, 255]));
    DynamicImage::from(canvas).write_to(&mut Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
    let (_, body) = upload(&app.admin().await, "image", "x.jpg", bytes).await;
    let served = app.guest().request(Method::GET, body["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(served.headers()[header::CONTENT_TYPE], "image/webp");
    let served = image::load_from_memory(&served.bytes().await.unwrap()).unwrap().to_rgba8();
    assert_eq!((served.get_pixel(0, 0).0[3], served.get_pixel(3, 3).0), (0, [200, 10, 10, 255]));
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let png = picture(50, 50, ImageFormat::Png);
    let mut flood = png.clone();
    // Width and height of the header say thirty thousand; its checksum is made to fit.
    flood[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let checksum = crc32(&flood[12..29]);
    flood[29..33].copy_from_slice(&checksum.to_be_bytes());
    for (name, bytes, expected) in [
        ("html", b"<html><script>alert(1)</script>".to_vec(), 415),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), 415),
        ("elf", [b"\x7fELF".to_vec(), vec![0; 100]].concat(), 415),
        ("zip", b"PK\x03\x04rest".to_vec(), 415),
        ("gif", b"GIF89a\x01\x00\x01\x00".to_vec(), 415),
        ("empty", vec![], 415),
        ("one byte", vec![0xff], 415),
        ("header only", png[..33].to_vec(), 422),
        ("cut in half", png[..png.len() / 2].to_vec(), 422),
        ("pixel flood", flood, 422),
        ("too large", [png.clone(), vec![0; 10 * 1024 * 1024]].concat(), 413),
    ] {
        let (status, body) = upload(&admin, "image", "picture.png", bytes).await;
        assert_eq!(status.as_u16(), expected, "{name}: {body}");
        assert!(body["code"].is_string(), "{name}: {body}");
    }
    assert_eq!(upload(&admin, "other", "x.png", png.clone()).await.0, StatusCode::BAD_REQUEST);
    let plain = admin.request(Method::POST, "/uploads/product-image").body(png.clone());
    assert_eq!(read(plain).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(upload(&app.guest(), "image", "x.png", png.clone()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(upload(&app.customer().await, "image", "x.png", png).await.0, StatusCode::FORBIDDEN);
    assert_eq!((files_in(&app.state.storage.uploads()), files_in(&app.state.storage.incoming())), (0, 0));
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let pieces = futures::stream::iter([Ok(picture(50, 50, ImageFormat::Png)), Err(std::io::Error::other("gone"))]);
    let form = Form::new().part("image", Part::stream(reqwest::Body::wrap_stream(pieces)).file_name("x.png"));
    assert!(admin.request(Method::POST, "/uploads/product-image").multipart(form).send().await.is_err());
    // The server learns of it a moment later; until then the file may be there.
    for _ in 0..200 {
        if files_in(&app.state.storage.incoming()) == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!((files_in(&app.state.storage.uploads()), files_in(&app.state.storage.incoming())), (0, 0));
}

#[tokio::test]
async fn files_are_served_in_parts_and_only_once() {
    let app = TestApp::start().await;
    let folder = app.state.storage.uploads().join("products");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ten.webm"), b"0123456789").unwrap();
    std::fs::write(folder.join("page.html"), b"<script>alert(1)</script>").unwrap();
    std::fs::write(folder.join(".hidden"), b"secret").unwrap();
    std::fs::write(app.data.path().join("jwt_secret"), b"secret").unwrap();
    let get = |path: &'static str, headers: &'static [(&'static str, &'static str)]| {
        headers.iter().fold(app.guest().request(Method::GET, path), |request, (name, value)| request.header(*name, *value)).send()
    };
    let ten = "/uploads/products/ten.webm";
    let whole = get(ten, &[]).await.unwrap();
    let tag = whole.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(whole.headers()[header::CONTENT_TYPE], "video/webm");
    for (range, expected, body) in [
        ("bytes=0-0", 206, Some("0")),
        ("bytes=-1", 206, Some("9")),
        ("bytes=5-", 206, Some("56789")),
        ("bytes=5-99", 206, Some("56789")),
        ("bytes=5-2", 416, None),
        ("bytes=10-", 416, None),
        ("bytes=99-100", 416, None),
    ] {
        let response = app.guest().request(Method::GET, ten).header(header::RANGE, range).send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{range}");
        if let Some(body) = body {
            assert_eq!(response.text().await.unwrap(), body, "{range}");
        }
    }
    let fresh = app.guest().request(Method::GET, ten).header(header::RANGE, "bytes=0-1").header(header::IF_RANGE, &tag).send().await.unwrap();
    assert_eq!(fresh.status(), StatusCode::PARTIAL_CONTENT);
    let stale = get(ten, &[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await.unwrap();
    assert_eq!((stale.status(), stale.text().await.unwrap().as_str()), (StatusCode::OK, "0123456789"));
    let known = app.guest().request(Method::GET, ten).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let page = get("/uploads/products/page.html", &[]).await.unwrap();
    assert_eq!(page.headers()[header::CONTENT_TYPE], "application/octet-stream");
    assert_eq!(page.headers()[header::CONTENT_DISPOSITION], "attachment");
    for path in [
        "/uploads/products",
        "/uploads/products/",
        "/uploads/products/.hidden",
        "/uploads/..%2fjwt_secret",
        "/uploads/%2e%2e/jwt_secret",
        "/uploads/products/..%5c..%5cjwt_secret",
        "/uploads/none.jpg",
    ] {
        let status = get(path, &[]).await.unwrap().status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

// The checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }))
}
