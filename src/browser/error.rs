//! What can go wrong with cameras, screens and players, by name, with a sentence that says what to do.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::devices::DeviceKind;

/// Why there is no picture or sound ([Media Capture 10](https://www.w3.org/TR/mediacapture-streams/#methods-5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Which of the two is not known.
    #[error("The browser was not allowed to use the camera and the microphone. Allow both in the address bar, then try again.")]
    Denied,
    #[error("The browser was not allowed to use the camera. Allow it in the address bar, then try again.")]
    CameraDenied,
    #[error("The browser was not allowed to use the microphone. Allow it in the address bar, then try again.")]
    MicrophoneDenied,
    #[error("Another program uses the camera or microphone. Close it, then try again.")]
    InUse,
    #[error("Another program uses the microphone, or it is broken. Close it, or choose another one, then try again.")]
    MicrophoneInUse,
    #[error("No camera was found. Plug one in, or choose the demo camera.")]
    NotFound,
    #[error("Browsers give the camera to secure pages alone. Open this page over https or on localhost.")]
    Insecure,
    #[error("The camera was unplugged. Choose another one.")]
    Unplugged,
    #[error("This camera cannot do what was asked. Choose another one, or another quality.")]
    Overconstrained,
    #[error("The browser wants a tap before it plays.")]
    NeedsGesture,
    #[error("It was stopped before it began.")]
    Aborted,
    #[error("This browser could not do it. Try again, or use another browser.")]
    Unknown,
}

impl MediaError {
    /// The error with this name (`DOMException.name`).
    pub fn named(name: &str) -> Self {
        match name {
            "NotAllowedError" | "PermissionDeniedError" => Self::Denied,
            "NotReadableError" | "TrackStartError" => Self::InUse,
            "NotFoundError" | "DevicesNotFoundError" => Self::NotFound,
            "SecurityError" => Self::Insecure,
            "OverconstrainedError" | "ConstraintNotSatisfiedError" => Self::Overconstrained,
            "AbortError" => Self::Aborted,
            _ => Self::Unknown,
        }
    }

    /// Who keeps us from camera and microphone, where that is known of each.
    pub const fn denied(is_camera_denied: Option<bool>, is_microphone_denied: Option<bool>) -> Self {
        match (is_camera_denied, is_microphone_denied) {
            (Some(true), Some(false)) => Self::CameraDenied,
            (Some(false), Some(true)) => Self::MicrophoneDenied,
            _ => Self::Denied,
        }
    }

    /// What is missing, where it is one thing alone.
    pub const fn device(self) -> Option<DeviceKind> {
        match self {
            Self::CameraDenied | Self::NotFound | Self::Unplugged | Self::Overconstrained => Some(DeviceKind::Camera),
            Self::MicrophoneDenied | Self::MicrophoneInUse => Some(DeviceKind::Microphone),
            _ => None,
        }
    }

    /// The error that was thrown.
    pub fn thrown(value: &JsValue) -> Self {
        let name = Reflect::get(value, &"name".into()).ok().and_then(|name| name.as_string());
        name.as_deref().map_or(Self::Unknown, Self::named)
    }
}

impl From<JsValue> for MediaError {
    fn from(value: JsValue) -> Self {
        Self::thrown(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_blocked_is_named_where_the_browser_tells_it() {
        let device = |camera, microphone| MediaError::denied(camera, microphone).device();
        assert_eq!(device(Some(true), Some(false)), Some(DeviceKind::Camera));
        assert_eq!(device(Some(false), Some(true)), Some(DeviceKind::Microphone));
        for (camera, microphone) in [(Some(true), Some(true)), (Some(false), Some(false)), (None, Some(true)), (Some(true), None), (None, None)] {
            assert_eq!(device(camera, microphone), None, "{camera:?} {microphone:?}");
        }
        assert!(MediaError::MicrophoneDenied.to_string().contains("microphone") && !MediaError::MicrophoneDenied.to_string().contains("camera"));
    }

    #[test]
    fn names_of_old_and_new_browsers_are_known() {
        for (name, error) in [
            ("NotAllowedError", MediaError::Denied),
            ("PermissionDeniedError", MediaError::Denied),
            ("NotReadableError", MediaError::InUse),
            ("NotFoundError", MediaError::NotFound),
            ("OverconstrainedError", MediaError::Overconstrained),
            ("AbortError", MediaError::Aborted),
            ("", MediaError::Unknown),
        ] {
            assert_eq!(MediaError::named(name), error, "{name}");
        }
    }
}
