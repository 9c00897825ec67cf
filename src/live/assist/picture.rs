//! Sending one picture file to the shop, with progress. Aborted when its handle is dropped.

use leptos::{html, prelude::*};
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DragEvent, Event, File, FormData, HtmlInputElement, ProgressEvent, XmlHttpRequest};

use crate::{
    api::recordings::keep_early_picture,
    browser::{frame, local::Local},
    domain::id::LivestreamId,
    error::AppError,
};

/// Width of a picture that was taken unasked.
const EARLY_PX: u32 = 1280;

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload {
    Idle,
    /// Percent sent.
    Sending(u32),
    /// Refused or broken off, with the sentence to show.
    Failed(String),
}

/// One upload at a time into a form. Copy it freely; dropped with its owner, it stops what is under way.
#[derive(Clone, Copy)]
pub struct PictureUpload {
    pub state: RwSignal<Upload>,
    place: Place,
    running: StoredValue<Local<Running>>,
}

/// Where pictures of a kind are taken: the path, and the name of the form's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    path: &'static str,
    field: &'static str,
}

const PRODUCTS: Place = Place { path: "/uploads/product-image", field: "image" };
const SHOWS: Place = Place { path: "/uploads/thumbnail", field: "thumbnail" };

struct Running {
    request: XmlHttpRequest,
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _end: Closure<dyn FnMut(Event)>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.request.set_onloadend(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        let _ = self.request.abort();
    }
}

#[derive(Deserialize)]
struct Stored {
    url: String,
}

impl Default for PictureUpload {
    fn default() -> Self {
        Self::new()
    }
}

impl PictureUpload {
    /// For pictures of products; nothing under way.
    pub fn new() -> Self {
        Self::to(PRODUCTS)
    }

    /// For pictures of shows; nothing under way.
    pub fn of_shows() -> Self {
        Self::to(SHOWS)
    }

    fn to(place: Place) -> Self {
        Self { state: RwSignal::new(Upload::Idle), place, running: StoredValue::new(Local::empty()) }
    }

    /// Sends the file that was just chosen in this input, and calls `done` with its path on this server.
    pub fn send_chosen(self, event: &Event, done: impl Fn(String) + 'static) {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let file = input.files().and_then(|files| files.get(0));
        // The same file can be chosen again after a failure.
        input.set_value("");
        self.send(file, done);
    }

    /// Sends the file that was just dropped, and calls `done` with its path on this server.
    pub fn send_dropped(self, event: &DragEvent, done: impl Fn(String) + 'static) {
        self.send(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)), done);
    }

    fn send(self, file: Option<File>, done: impl Fn(String) + 'static) {
        let Some(file) = file else { return };
        if let Err(sentence) = self.try_send(&file, done) {
            self.state.set(Upload::Failed(sentence));
        }
    }

    fn try_send(self, file: &File, done: impl Fn(String) + 'static) -> Result<(), String> {
        if !file.type_().starts_with("image/") {
            return Err("Choose a picture: JPEG, PNG or WebP.".into());
        }
        let broken = |_| "This browser cannot send the picture.".to_owned();
        let form = FormData::new().map_err(broken)?;
        form.append_with_blob_and_filename(self.place.field, file, &file.name()).map_err(broken)?;
        let request = XmlHttpRequest::new().map_err(broken)?;
        request.open("POST", self.place.path).map_err(broken)?;
        let state = self.state;
        let progress = Closure::new(move |event: ProgressEvent| {
            if event.length_computable() && event.total() > 0.0 {
                state.set(Upload::Sending((event.loaded() / event.total() * 100.0) as u32));
            }
        });
        let end = Closure::new({
            let request = request.clone();
            move |_: Event| match answer(&request) {
                Ok(url) => {
                    state.set(Upload::Idle);
                    done(url);
                }
                Err(sentence) => state.set(Upload::Failed(sentence)),
            }
        });
        request.upload().map_err(broken)?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        request.set_onloadend(Some(end.as_ref().unchecked_ref()));
        state.set(Upload::Sending(0));
        request.send_with_opt_form_data(Some(&form)).map_err(broken)?;
        self.running.set_value(Local::holding(Running { request, _progress: progress, _end: end }));
        Ok(())
    }
}

/// Makes what the video shows now the picture of a show that has none. A picture that somebody chose stays.
pub fn keep_first_frame(video: NodeRef<html::Video>, show: LivestreamId) {
    let Some(video) = video.get_untracked() else { return };
    leptos::task::spawn_local(async move {
        let Some(picture) = frame::still(&video, EARLY_PX).await else { return };
        let Ok(form) = FormData::new() else { return };
        let filled = form.append_with_str("id", &show.to_string()).and_then(|()| form.append_with_blob_and_filename("picture", &picture, "frame.jpg"));
        if filled.is_ok() {
            // A show without a picture is still a show.
            let _ = keep_early_picture(form.into()).await;
        }
    });
}

fn answer(request: &XmlHttpRequest) -> Result<String, String> {
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        0 => Err("The shop could not be reached. Check the connection and try again.".into()),
        200..=299 => serde_json::from_str::<Stored>(&text).map(|stored| stored.url).map_err(|_| "The answer could not be read. Try again.".into()),
        _ => Err(message(&text)),
    }
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

fn message(text: &str) -> String {
    serde_json::from_str::<Refusal>(text).map_or_else(|_| AppError::internal("upload").message, |refusal| refusal.message)
}
