//! Holds every answer and every frame that a test sees against what the server says of itself: its status has to be
//! named there, its body has to fit, and it may have no part that is not described.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::Validator;
use serde_json::{Value, json};
use wrencos::server::http::describe;

/// The document of the routes.
pub static OPENAPI: LazyLock<Value> = LazyLock::new(|| json!(describe::openapi()));
/// The document of the socket.
pub static ASYNCAPI: LazyLock<Value> = LazyLock::new(describe::asyncapi);

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| strict(&OPENAPI["components"]["schemas"]));
static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails where this answer is not one that the document names. Paths that are no routes of it (pages, server functions)
/// are not looked at.
#[track_caller]
pub fn expect_answer(method: &str, path: &str, status: u16, body: Option<&Value>) {
    let Some((template, item)) = route(path) else { return };
    let Some(operation) = item.get(method.to_lowercase()) else { return };
    let named = &operation["responses"][status.to_string()];
    assert!(named.is_object(), "{method} {path} answered {status}, which {method} {template} does not name: {body:?}");
    let response = named["$ref"].as_str().map_or(named, |pointer| OPENAPI.pointer(pointer.trim_start_matches('#')).unwrap());
    let schema = &response["content"]["application/json"]["schema"];
    if let (Some(body), true) = (body, schema.is_object()) {
        expect_fit(&format!("{method} {template} {status}"), schema, body);
    }
}

/// Fails where this frame of the server is not one that the document of the socket names.
#[track_caller]
pub fn expect_frame(frame: &Value) {
    let kind = frame["type"].as_str().unwrap_or_default();
    let message = &ASYNCAPI["components"]["messages"][format!("server.{kind}")];
    assert!(message.is_object(), "the server said {kind}, which is not described: {frame}");
    expect_fit(&format!("frame {kind}"), &message["payload"], frame);
}

/// Fails where a value does not fit a schema, or has a part that the schema does not name.
#[track_caller]
pub fn expect_fit(name: &str, schema: &Value, value: &Value) {
    let known = KNOWN.lock().unwrap().get(name).cloned();
    let validator = known.unwrap_or_else(|| {
        let made = Arc::new(validator(&strict(schema)));
        KNOWN.lock().unwrap().insert(name.to_owned(), made.clone());
        made
    });
    let wrong: Vec<String> = validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{name} is not what is described:\n  {}\n{value:#}", wrong.join("\n  "));
}

/// Whether a value fits a schema as it stands: what it does not name is taken unless it says otherwise.
pub fn fits(schema: &Value, value: &Value) -> bool {
    among(schema, &OPENAPI["components"]["schemas"]).is_valid(value)
}

fn validator(schema: &Value) -> Validator {
    among(schema, &SCHEMAS)
}

fn among(schema: &Value, schemas: &Value) -> Validator {
    let mut root = schema.clone();
    root["components"] = json!({ "schemas": schemas });
    jsonschema::options().should_validate_formats(true).build(&root).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// The same schema, and no part that it does not name.
fn strict(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut strict: serde_json::Map<String, Value> = object.iter().map(|(key, value)| (key.clone(), strict(value))).collect();
            if object.get("properties").is_some_and(Value::is_object) && object.contains_key("type") {
                strict.entry("additionalProperties").or_insert(false.into());
            }
            strict.into()
        }
        Value::Array(list) => list.iter().map(strict).collect(),
        other => other.clone(),
    }
}

/// The path of the document that fits this one, and what it says of it. Words win over parameters.
pub fn route(path: &str) -> Option<(&'static str, &'static Value)> {
    let path = path.split('?').next().unwrap_or_default();
    let under_api = path.strip_prefix("/api").filter(|rest| rest.starts_with('/'));
    let path = under_api.unwrap_or(path);
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let is_rest = template == "/uploads/{path}";
        (is_rest && segments.len() >= wanted.len() || segments.len() == wanted.len())
            && wanted.iter().zip(&segments).all(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
    };
    let paths = OPENAPI["paths"].as_object().unwrap();
    // Servers of its own has what is mounted at the root alone.
    let fitting = paths.iter().filter(|(template, item)| fits(template) && (under_api.is_none() || item.get("servers").is_none()));
    fitting.min_by_key(|(template, _)| template.matches('{').count()).map(|(template, item)| (template.as_str(), item))
}
