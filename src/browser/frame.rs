//! A still of what a video shows.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

use super::recorder::as_blob;

const TYPE: &str = "image/jpeg";
const QUALITY: f64 = 0.86;

/// What the video shows now as JPEG, at most this wide. `None` while it shows nothing, or where the browser does not give it.
pub async fn still(video: &HtmlVideoElement, most_px: u32) -> Option<Blob> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 || height == 0 {
        return None;
    }
    let scale = f64::from(most_px.min(width)) / f64::from(width);
    let (width, height) = ((f64::from(width) * scale).round() as u32, (f64::from(height) * scale).round() as u32);
    let canvas: HtmlCanvasElement = web_sys::window()?.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width.into(), height.into()).ok()?;
    let encoded = Promise::new(&mut |resolve: Function, _| {
        let tell = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let _ = canvas.to_blob_with_type_and_encoder_options(tell.unchecked_ref(), TYPE, &QUALITY.into());
    });
    // A browser that does not know the type gives another without a word.
    JsFuture::from(encoded).await.ok().and_then(as_blob).filter(|blob| blob.type_() == TYPE)
}
