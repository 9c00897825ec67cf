//! The cameras and microphones that are plugged in.

use js_sys::{Array, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MediaDeviceInfo, MediaDeviceKind, MediaDevices};

use super::{error::MediaError, js, listener::EventListener};

/// The way to cameras.
///
/// # Errors
/// `Insecure`: browsers hide it from pages that are not secure.
pub fn media_devices() -> Result<MediaDevices, MediaError> {
    let devices = web_sys::window().ok_or(MediaError::Unknown)?.navigator().media_devices().map_err(|_| MediaError::Insecure)?;
    if devices.is_undefined() { Err(MediaError::Insecure) } else { Ok(devices) }
}

/// A device, by the id under which it can be asked for. Before permission is given, id and label are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    pub kind: DeviceKind,
    pub id: String,
    pub label: String,
}

/// What a device captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    Camera,
    Microphone,
}

/// Whether the browser keeps devices of this kind from the page; `None` where it does not tell
/// ([Permissions](https://www.w3.org/TR/permissions/)).
pub async fn is_denied(kind: DeviceKind) -> Option<bool> {
    let name = match kind {
        DeviceKind::Camera => "camera",
        DeviceKind::Microphone => "microphone",
    };
    let question = js_sys::Object::new();
    js::set(&question, "name", name);
    let permissions = js::get(&web_sys::window()?.navigator(), "permissions")?;
    let asked: Promise = js::call(&permissions, "query", &[question.into()])?.dyn_into().ok()?;
    // A browser that does not know these names refuses to answer.
    let status = JsFuture::from(asked).await.ok()?;
    Some(js::text(&status, "state")? == "denied")
}

/// What is plugged in now. Empty where the browser does not tell.
pub async fn list() -> Vec<DeviceInfo> {
    let Ok(listed) = media_devices().and_then(|devices| devices.enumerate_devices().map_err(MediaError::from)) else { return Vec::new() };
    let Ok(found) = JsFuture::from(listed).await else { return Vec::new() };
    let device = |entry: wasm_bindgen::JsValue| {
        let info: MediaDeviceInfo = entry.unchecked_into();
        let kind = match info.kind() {
            MediaDeviceKind::Videoinput => DeviceKind::Camera,
            MediaDeviceKind::Audioinput => DeviceKind::Microphone,
            _ => return None,
        };
        Some(DeviceInfo { kind, id: info.device_id(), label: info.label() })
    };
    found.unchecked_into::<Array>().iter().filter_map(device).collect()
}

/// Tells whenever something is plugged in or out, until dropped.
pub fn on_change(tell: impl Fn() + 'static) -> Option<EventListener> {
    let devices = media_devices().ok()?;
    Some(EventListener::new::<Event>(&devices, "devicechange", move |_| tell()))
}
