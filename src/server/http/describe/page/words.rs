//! Schemas and examples in words and HTML.

use serde_json::Value;

/// Text as HTML shows it.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A value as indented JSON; nothing where there is none.
pub fn example(value: &Value) -> String {
    if value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty) {
        return String::new();
    }
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    // A reader with a keyboard has to be able to scroll it.
    format!(
        r#"<pre class="bg-sunken mt-2 max-h-96 overflow-auto rounded-field p-3 text-xs leading-relaxed" tabindex="0" role="group" aria-label="Example"><code>{}</code></pre>"#,
        escape(&text)
    )
}

/// The parts of an object as a list; other schemas in one line.
pub fn properties(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else { return format!(r#"<p class="text-sm">{}</p>"#, shape(schema)) };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut html = String::from(r#"<dl class="border-line flex flex-col border-t">"#);
    for (name, part) in properties {
        let mark = if required.contains(&name.as_str()) { "" } else { r#" <span class="text-muted text-sm">may be absent</span>"# };
        let about = part["description"].as_str().map(super::prose_of).unwrap_or_default();
        html += &format!(
            r#"<div class="border-line grid gap-x-4 border-b py-1.5 sm:grid-cols-[12rem_minmax(0,1fr)]"><dt><code class="font-semibold">{}</code>{mark}</dt><dd class="text-sm">{} <span class="text-muted">{about}</span></dd></div>"#,
            escape(name),
            shape(part)
        );
    }
    html += "</dl>";
    for (key, words) in [("anyOf", "At least one of them has to be there"), ("oneOf", "Exactly one of them has to be there")] {
        let names = schema[key].as_array().into_iter().flatten().filter_map(|choice| choice["required"][0].as_str());
        let names: Vec<String> = names.map(|name| format!("<code>{}</code>", escape(name))).collect();
        if !names.is_empty() {
            html += &format!(r#"<p class="text-muted mt-1 text-sm">{words}: {}.</p>"#, names.join(", "));
        }
    }
    if schema["additionalProperties"] == false {
        html += r#"<p class="text-muted mt-1 text-sm">Nothing else is taken.</p>"#;
    }
    html
}

/// A schema in a few words.
pub fn shape(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!(r##"<a class="link" href="#thing-{name}">{name}</a>"##);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            return choices.iter().map(shape).collect::<Vec<_>>().join(" or ");
        }
    }
    let bounds = |min: &str, max: &str, unit: &str| match (schema[min].as_i64(), schema[max].as_i64()) {
        (Some(min), Some(max)) => format!(", {min} to {max}{unit}"),
        (Some(min), None) => format!(", {min}{unit} or more"),
        (None, Some(max)) => format!(", up to {max}{unit}"),
        (None, None) => String::new(),
    };
    let one = |kind: &str| match kind {
        "array" => format!("list of {}{}", shape(&schema["items"]), bounds("minItems", "maxItems", "")),
        "integer" => format!("whole number{}", bounds("minimum", "maximum", "")),
        "number" => format!("number{}", bounds("minimum", "maximum", "")),
        "boolean" => "true or false".to_owned(),
        "null" => "null".to_owned(),
        "string" => string(schema, &bounds("minLength", "maxLength", " characters")),
        _ => "object".to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

fn string(schema: &Value, bounds: &str) -> String {
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().filter_map(Value::as_str).map(|value| format!("<code>{}</code>", escape(value))).collect::<Vec<_>>().join(", ");
    }
    match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("date-time"), _) => "time".to_owned(),
        (Some("binary"), _) => "file".to_owned(),
        (_, Some("^[0-9a-fA-F]{24}$")) => "id".to_owned(),
        (_, Some("^([0-9a-fA-F]{24})?$")) => "id, or empty".to_owned(),
        _ => format!("text{bounds}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_said_in_words() {
        for (schema, words) in [
            (json!({ "$ref": "#/components/schemas/Product" }), r##"<a class="link" href="#thing-Product">Product</a>"##),
            (json!({ "type": ["integer", "null"], "minimum": 0, "maximum": 20 }), "whole number, 0 to 20 or null"),
            (json!({ "type": "array", "items": { "type": "string", "maxLength": 5 } }), "list of text, up to 5 characters"),
            (json!({ "type": "string", "enum": ["a", "<b>"] }), "<code>a</code>, <code>&lt;b&gt;</code>"),
            (json!({ "oneOf": [{ "type": "boolean" }, { "type": "null" }] }), "true or false or null"),
        ] {
            assert_eq!(shape(&schema), words);
        }
    }

    #[test]
    fn a_choice_between_parts_is_said_below_them() {
        let schema = json!({ "type": "object", "properties": { "a": {}, "b": {} }, "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] });
        assert!(properties(&schema).ends_with("Exactly one of them has to be there: <code>a</code>, <code>b</code>.</p>"));
    }
}
