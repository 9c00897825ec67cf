//! Properties and methods that `web-sys` does not know (yet), reached by name. A name that is missing is `None`.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A property that is there and neither null nor undefined.
pub(super) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_null() && !value.is_undefined())
}

/// A number; absent or of another type is `None`.
pub(super) fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name)?.as_f64()
}

/// A text; absent or of another type is `None`.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name)?.as_string()
}

/// Sets a property. Objects that refuse are left as they are: all uses are optional hints.
pub(super) fn set(object: &JsValue, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// Calls a method that may not exist; an exception is `None` too.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = get(object, method)?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::apply(&function, object, &list).ok()
}
