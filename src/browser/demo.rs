//! Sources that need no device: a drawn camera with a clock and a tone, and a blank picture.
//!
//! They are drawn by a timer. In a hidden tab browsers slow timers to once a second, so the demo camera then sends a
//! frame a second; the connection holds. A worker would not help: the canvas of a hidden page is not captured faster.

use std::cell::Cell;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, CanvasRenderingContext2d, HtmlCanvasElement, MediaStream, MediaStreamTrack, OscillatorNode};

use super::{
    capture::{Capture, FRAME_RATE, Size},
    error::MediaError,
    listener::EventListener,
    timer::Interval,
};

/// Frames a second of the blank picture: enough that a viewer sees the connection is alive.
const BLANK_FRAME_RATE: u32 = 2;
/// Of full scale: to be heard, not to startle.
const TONE_GAIN: f32 = 0.08;
const BARS: [&str; 7] = ["#f4efe9", "#e3c35f", "#5fb8b0", "#6aa66a", "#a8689a", "#c4544f", "#4a5f95"];

/// The demo camera: colour bars, a moving clock, the name, and a soft tone that changes with the second.
///
/// # Errors
/// `Unknown`: a browser that cannot capture a canvas.
pub fn camera(size: Size, name: &'static str) -> Result<Capture, MediaError> {
    let (canvas, context) = canvas(size)?;
    draw(&context, size, name, 0);
    let stream = captured(&canvas, FRAME_RATE)?;
    let tone = Tone::start().ok();
    if let Some(track) = tone.as_ref().and_then(Tone::track) {
        stream.add_track(&track);
    }
    let frame = Cell::new(0_u32);
    let timer = Interval::new(1000 / FRAME_RATE, move || {
        frame.set(frame.get().wrapping_add(1));
        draw(&context, size, name, frame.get());
    });
    let capture = Capture::of(stream, Some(Box::new((timer, tone, canvas))));
    capture.hint("motion");
    Ok(capture)
}

/// A black picture without sound, for a camera that is off.
///
/// # Errors
/// `Unknown`: a browser that cannot capture a canvas.
pub fn blank(size: Size) -> Result<Capture, MediaError> {
    let (canvas, context) = canvas(size)?;
    let (width, height) = (f64::from(size.width_px), f64::from(size.height_px));
    let paint = move || {
        context.set_fill_style_str("#000");
        context.fill_rect(0.0, 0.0, width, height);
    };
    paint();
    let stream = captured(&canvas, BLANK_FRAME_RATE)?;
    let timer = Interval::new(1000 / BLANK_FRAME_RATE, paint);
    Ok(Capture::of(stream, Some(Box::new((timer, canvas)))))
}

fn canvas(size: Size) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), MediaError> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(MediaError::Unknown)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width(size.width_px);
    canvas.set_height(size.height_px);
    let context = canvas.get_context("2d")?.ok_or(MediaError::Unknown)?.unchecked_into();
    Ok((canvas, context))
}

fn captured(canvas: &HtmlCanvasElement, frame_rate: u32) -> Result<MediaStream, MediaError> {
    Ok(canvas.capture_stream_with_frame_request_rate(f64::from(frame_rate))?)
}

fn draw(context: &CanvasRenderingContext2d, size: Size, name: &str, frame: u32) {
    let (width, height) = (f64::from(size.width_px), f64::from(size.height_px));
    let bar = width / BARS.len() as f64;
    for (index, colour) in BARS.iter().enumerate() {
        context.set_fill_style_str(colour);
        context.fill_rect(index as f64 * bar, 0.0, bar.ceil(), height * 0.55);
    }
    context.set_fill_style_str("#2b2024");
    context.fill_rect(0.0, height * 0.55, width, height * 0.45);
    // A mark that crosses the picture once in three seconds shows at a glance whether it moves.
    let progress = f64::from(frame % (FRAME_RATE * 3)) / f64::from(FRAME_RATE * 3);
    context.set_fill_style_str("#e9a23b");
    context.fill_rect(progress * width, height * 0.55, width * 0.02, height * 0.03);
    context.set_fill_style_str("#fff8f2");
    context.set_text_align("center");
    context.set_font(&format!("600 {}px system-ui, sans-serif", (height * 0.09).round()));
    let _ = context.fill_text(name, width / 2.0, height * 0.73);
    context.set_font(&format!("{}px ui-monospace, monospace", (height * 0.12).round()));
    let _ = context.fill_text(&clock(), width / 2.0, height * 0.9);
}

fn clock() -> String {
    let now = js_sys::Date::new(&JsValue::from_f64(js_sys::Date::now()));
    format!("{:02}:{:02}:{:02}.{}", now.get_hours(), now.get_minutes(), now.get_seconds(), now.get_milliseconds() / 100)
}

/// A sine that steps up and down by the second.
struct Tone {
    context: AudioContext,
    stream: MediaStream,
    _steps: Interval,
    _tap: Option<EventListener>,
}

impl Tone {
    fn start() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let oscillator: OscillatorNode = context.create_oscillator()?;
        let gain = context.create_gain()?;
        let output = context.create_media_stream_destination()?;
        gain.gain().set_value(TONE_GAIN);
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&output)?;
        oscillator.start()?;
        resume(&context);
        // A page that reloads has had no tap yet: there the sound begins with the first one.
        let suspended = context.clone();
        let tap = web_sys::window().map(|window| EventListener::new::<web_sys::Event>(&window, "pointerdown", move |_| resume(&suspended)));
        let pitch = oscillator.frequency();
        let step = Cell::new(0_usize);
        let steps = Interval::new(1000, move || {
            step.set(step.get() + 1);
            pitch.set_value([440.0, 494.0, 523.0, 587.0][step.get() % 4]);
        });
        Ok(Self { stream: output.stream(), context, _steps: steps, _tap: tap })
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_audio_tracks().get(0).dyn_into().ok()
    }
}

fn resume(context: &AudioContext) {
    if let Ok(resumed) = context.resume() {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(resumed).await;
        });
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        let _ = self.context.close();
    }
}
