//! The clock on the person's own wall: how far it is from UTC, and what its zone is called. In the browser alone.

use js_sys::{Array, Date, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::domain::time::Timestamp;

/// Minutes that the person's clock is east of UTC at this point in time: summer and winter differ.
pub fn offset_minutes(at: Timestamp) -> i32 {
    east(&Date::new(&JsValue::from_f64(at.millis() as f64))).unwrap_or(0)
}

/// The same for the moment in which that clock shows this text, as a form's date and time field writes it.
pub fn offset_minutes_of(local: &str) -> Option<i32> {
    east(&Date::new(&JsValue::from_str(local)))
}

/// What the person's zone is called, such as `Europe/Berlin`.
pub fn name() -> Option<String> {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

// JavaScript counts to the west, and gives no number for a text that is no date.
fn east(date: &Date) -> Option<i32> {
    let west = date.get_timezone_offset();
    west.is_finite().then_some(-(west as i32))
}
