//! Recording what is sent: a [`Recorder`] hands out what it has every so often, and stops when it is dropped.

use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobEvent, Event, MediaRecorder, MediaRecorderOptions, MediaStream, MediaStreamTrack};

use super::{error::MediaError, js, listener::EventListener};

/// What is asked for, best first. VP8 comes first because it is the cheapest to encode for a host whose browser encodes
/// for every viewer as well; MP4 is what Safari has.
const FORMS: [&str; 6] = [
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=h264,opus",
    "video/webm",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
];
/// Milliseconds between pictures that stand for themselves, where the browser lets us say so: to these can be sought.
const KEY_EVERY_MS: u32 = 2_000;
const SOUND_BITS: u32 = 128_000;

/// What a recorder tells.
#[derive(Debug, Clone)]
pub enum RecorderEvent {
    /// The next piece of the file. Pieces put together are the file.
    Data(Blob),
    /// It wrote its last piece.
    Stopped,
    /// It broke; what it gave before is whole.
    Failed,
}

/// A recording under way ([MediaStream Recording 2](https://www.w3.org/TR/mediastream-recording/#mediarecorder-api)).
pub struct Recorder {
    inner: MediaRecorder,
    _listeners: [EventListener; 3],
}

/// Whether this browser can record at all.
pub fn is_possible() -> bool {
    form().is_some()
}

fn form() -> Option<&'static str> {
    // Where there is no MediaRecorder, asking it throws.
    js::get(&js_sys::global(), "MediaRecorder")?;
    FORMS.into_iter().find(|form| MediaRecorder::is_type_supported(form))
}

impl Recorder {
    /// Records these tracks, which stay their owner's, and gives a piece every `slice_ms`.
    ///
    /// # Errors
    /// Where the browser cannot record.
    pub fn start(tracks: &[MediaStreamTrack], bits_per_second: u32, slice_ms: u32, tell: impl Fn(RecorderEvent) + Clone + 'static) -> Result<Self, MediaError> {
        let form = form().ok_or(MediaError::Unknown)?;
        let stream = MediaStream::new()?;
        for track in tracks {
            stream.add_track(track);
        }
        let options = MediaRecorderOptions::new();
        options.set_mime_type(form);
        options.set_video_bits_per_second(bits_per_second);
        options.set_audio_bits_per_second(SOUND_BITS);
        js::set(&options, "videoKeyFrameIntervalDuration", KEY_EVERY_MS);
        let inner = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
        let (data, stopped, failed) = (tell.clone(), tell.clone(), tell);
        let listeners = [
            EventListener::new::<BlobEvent>(&inner, "dataavailable", move |event| {
                if let Some(blob) = event.data().filter(|blob| blob.size() > 0.0) {
                    data(RecorderEvent::Data(blob));
                }
            }),
            EventListener::new::<Event>(&inner, "stop", move |_| stopped(RecorderEvent::Stopped)),
            EventListener::new::<Event>(&inner, "error", move |_| failed(RecorderEvent::Failed)),
        ];
        inner.start_with_time_slice(i32::try_from(slice_ms).unwrap_or(i32::MAX))?;
        Ok(Self { inner, _listeners: listeners })
    }

    /// Asks for the last piece: `Data` and then `Stopped` follow.
    pub fn finish(&self) {
        // One that stopped by itself, as its tracks ended, has said so.
        let _ = self.inner.stop();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.inner.stop();
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

/// The pieces of a blob that are no larger than this. Nothing is copied.
pub fn split(blob: &Blob, most_bytes: f64) -> Vec<Blob> {
    let size = blob.size();
    let mut pieces = Vec::new();
    let mut from = 0.0;
    while from < size {
        let to = (from + most_bytes).min(size);
        pieces.extend(blob.slice_with_f64_and_f64_and_content_type(from, to, &blob.type_()));
        from = to;
    }
    pieces
}

/// Whatever is held as a blob, if it is one.
pub(super) fn as_blob(value: wasm_bindgen::JsValue) -> Option<Blob> {
    value.dyn_into().ok()
}
