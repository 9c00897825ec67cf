//! `/docs`: both documents as one page of plain HTML, without a script, to be read and searched by the browser's own
//! means. It is made from the documents alone, so it cannot say something else than they do.

use serde_json::{Map, Value};

use self::words::{escape, example, properties, shape};

mod words;

/// The page.
pub fn render(openapi: &Value, asyncapi: &Value) -> String {
    let version = escape(openapi["info"]["version"].as_str().unwrap_or_default());
    let mut html = format!(
        r##"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>For programs · WrenCOS</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="/pkg/wrencos.css"></head>
<body><a class="skip" href="#content">Skip to content</a>
<header class="border-line bg-surface border-b"><div class="wrap flex flex-wrap items-center justify-between gap-x-6 gap-y-1 py-3">
<a class="font-display text-ink text-xl font-semibold" href="/">WrenCOS</a>
<p class="text-muted text-sm">Version {version} · <a class="link" href="/openapi.json">openapi.json</a> · <a class="link" href="/asyncapi.json">asyncapi.json</a></p>
</div></header>
<div class="wrap grid gap-8 py-6 lg:grid-cols-[16rem_minmax(0,1fr)] lg:gap-12 lg:py-10">"##
    );
    html += &contents(openapi, asyncapi);
    html += r#"<main id="content" class="flex min-w-0 flex-col gap-12">"#;
    html += &format!(
        r#"<section class="flex flex-col gap-4"><h1>For programs</h1><p class="max-w-prose">{}</p>{}</section>"#,
        escape(openapi["info"]["description"].as_str().unwrap_or_default()),
        mounting(openapi)
    );
    for (name, about, operations) in groups(openapi) {
        html += &format!(
            r#"<section class="flex flex-col gap-6" aria-labelledby="{name}"><div class="flex flex-col gap-1"><h2 id="{name}">{}</h2><p class="text-muted max-w-prose">{about}</p></div>"#,
            title(&name)
        );
        for (method, path, operation) in operations {
            html += &self::operation(openapi, &method, &path, operation);
        }
        html += "</section>";
    }
    html += &socket(asyncapi);
    html +=
        r#"<section class="flex flex-col gap-6" aria-labelledby="refusals"><h2 id="refusals">Refusals</h2><dl class="card flex flex-col gap-3 p-4 sm:p-6">"#;
    for (name, response) in parts(&openapi["components"]["responses"]) {
        html += &format!(
            r#"<div id="refusal-{name}" class="scroll-mt-6"><dt class="font-semibold">{name}</dt><dd class="text-muted">{}</dd></div>"#,
            prose(&response["description"])
        );
    }
    html += r#"</dl></section><section class="flex flex-col gap-6" aria-labelledby="things"><h2 id="things">Things</h2>"#;
    for (name, schema) in parts(&openapi["components"]["schemas"]) {
        html += &format!(
            r#"<article id="thing-{name}" class="card flex scroll-mt-6 flex-col gap-3 p-4 sm:p-6"><h3>{name}</h3><p class="text-muted max-w-prose">{}</p>{}</article>"#,
            prose(&schema["description"]),
            properties(schema)
        );
    }
    html + "</section></main></div></body></html>"
}

fn parts(of: &Value) -> impl Iterator<Item = (&String, &Value)> {
    of.as_object().into_iter().flat_map(Map::iter)
}

fn prose(text: &Value) -> String {
    prose_of(text.as_str().unwrap_or_default())
}

// `back` quotes are code; everything else is text.
fn prose_of(text: &str) -> String {
    escape(text).split('`').enumerate().map(|(at, piece)| if at % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() }).collect()
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

type Found<'a> = (String, String, &'a Value);

// Operations by their group, in the order of the groups.
fn groups(openapi: &Value) -> Vec<(String, String, Vec<Found<'_>>)> {
    let order = ["get", "post", "put", "patch", "delete"];
    let all: Vec<Found> = parts(&openapi["paths"])
        .flat_map(|(path, item)| order.into_iter().filter_map(|method| Some((method.to_uppercase(), path.clone(), item.get(method)?))))
        .collect();
    let group = |tag: &Value| {
        let name = tag["name"].as_str().unwrap_or_default().to_owned();
        let operations = all.iter().filter(|(.., operation)| operation["tags"][0] == name.as_str()).cloned().collect();
        (name, prose(&tag["description"]), operations)
    };
    openapi["tags"].as_array().into_iter().flatten().map(group).collect()
}

fn anchor(operation: &Value) -> String {
    format!("op-{}", operation["operationId"].as_str().unwrap_or_default())
}

fn contents(openapi: &Value, asyncapi: &Value) -> String {
    let mut html = String::from(
        r##"<nav aria-label="Contents" class="lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto"><details class="card p-4 lg:border-0 lg:bg-transparent lg:p-0 lg:shadow-none" open><summary class="font-semibold">Contents</summary><ul class="mt-3 flex flex-col gap-4 text-sm">"##,
    );
    for (name, _, operations) in groups(openapi) {
        html += &format!(r##"<li><a class="text-ink font-semibold" href="#{name}">{}</a><ul class="mt-1 flex flex-col">"##, title(&name));
        for (.., operation) in operations {
            let summary = prose(&operation["summary"]);
            html += &format!(r##"<li><a class="text-muted hover:text-ink block py-1" href="#{}">{summary}</a></li>"##, anchor(operation));
        }
        html += "</ul></li>";
    }
    html += r##"<li><a class="text-ink font-semibold" href="#socket">The socket</a><ul class="mt-1 flex flex-col">"##;
    for (key, message) in parts(&asyncapi["components"]["messages"]) {
        let arrow = if key.starts_with("client") { "↑" } else { "↓" };
        html += &format!(r##"<li><a class="text-muted hover:text-ink block py-1" href="#frame-{key}">{arrow} {}</a></li>"##, prose(&message["name"]));
    }
    html + r##"</ul></li><li><a class="text-ink font-semibold" href="#refusals">Refusals</a></li><li><a class="text-ink font-semibold" href="#things">Things</a></li></ul></details></nav>"##
}

fn mounting(openapi: &Value) -> String {
    let scheme = |name: &str| prose(&openapi["components"]["securitySchemes"][name]["description"]);
    format!(
        r#"<dl class="card flex max-w-prose flex-col gap-3 p-4 sm:p-6"><div><dt class="font-semibold">Where</dt><dd class="text-muted">Every route below is at the path that is shown and under <code>/api</code>, but for the group “Server”.</dd></div><div><dt class="font-semibold"><code>Authorization: Bearer …</code></dt><dd class="text-muted">{}</dd></div><div><dt class="font-semibold">Cookie</dt><dd class="text-muted">{}</dd></div></dl>"#,
        scheme("bearer"),
        scheme("cookie")
    )
}

fn badge(who: &Value) -> String {
    let (class, words) = match who.as_str().unwrap_or_default() {
        "anyone" => ("badge-good", "anyone"),
        "visitor" => ("badge-good", "anyone, with or without a token"),
        "signed-in" => ("badge-soon", "signed in"),
        "moderator" => ("badge-live", "moderator or admin"),
        "admin" => ("badge-live", "admin"),
        other => ("badge-done", other),
    };
    format!(r#"<span class="badge {class}">{}</span>"#, escape(words))
}

fn operation(openapi: &Value, method: &str, path: &str, operation: &Value) -> String {
    let mut html = format!(
        r#"<article id="{}" class="card flex scroll-mt-6 flex-col gap-4 p-4 sm:p-6"><div class="flex flex-col gap-2"><h3>{}</h3><p class="flex flex-wrap items-center gap-x-3 gap-y-1"><code class="text-accent font-semibold">{method}</code> <code class="font-semibold">{}</code> {}</p></div>"#,
        anchor(operation),
        prose(&operation["summary"]),
        escape(path),
        badge(&operation["x-who"])
    );
    if operation["description"].is_string() {
        html += &format!(r#"<p class="max-w-prose">{}</p>"#, prose(&operation["description"]));
    }
    if let Some(parameters) = operation["parameters"].as_array() {
        html += r#"<div><h4 class="label">Parameters</h4><dl class="flex flex-col gap-2">"#;
        for parameter in parameters {
            html += &format!(
                r#"<div><dt><code class="font-semibold">{}</code> <span class="text-muted text-sm">{} · {}</span></dt><dd class="text-muted text-sm">{}</dd></div>"#,
                escape(parameter["name"].as_str().unwrap_or_default()),
                escape(parameter["in"].as_str().unwrap_or_default()),
                shape(&parameter["schema"]),
                prose(&parameter["description"])
            );
        }
        html += "</dl></div>";
    }
    for (media_type, content) in parts(&operation["requestBody"]["content"]) {
        let optional = if operation["requestBody"]["required"] == true { "" } else { ", may be absent" };
        html += &format!(
            r#"<div><h4 class="label">Body <span class="text-muted font-normal">{}{optional}</span></h4>{}{}</div>"#,
            escape(media_type),
            body(&content["schema"]),
            example(&content["example"])
        );
    }
    html += r#"<div><h4 class="label">Answers</h4><dl class="flex flex-col gap-3">"#;
    let (mut answers, mut refusals) = (String::new(), String::new());
    for (status, response) in parts(&operation["responses"]) {
        match response["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            Some(name) => {
                let words = prose(&openapi["components"]["responses"][name]["description"]);
                refusals += &format!(
                    r##"<a class="badge badge-done" href="#refusal-{name}" title="{}">{status} {name}</a>"##,
                    words.replace("<code>", "").replace("</code>", "")
                );
            }
            None => {
                answers += &format!(
                    r#"<div><dt class="font-semibold">{status} <span class="text-muted font-normal">{}</span></dt><dd>"#,
                    prose(&response["description"])
                );
                for (media_type, content) in parts(&response["content"]) {
                    let kind = if media_type == "application/json" {
                        body(&content["schema"])
                    } else {
                        format!(r#"<code class="text-muted text-sm">{}</code> "#, escape(media_type))
                    };
                    answers += &format!("{kind}{}", example(&content["example"]));
                }
                answers += "</dd></div>";
            }
        }
    }
    html + &answers + &format!(r#"</dl><p class="mt-3 flex flex-wrap gap-2">{refusals}</p></div></article>"#)
}

// What has a name is shown under that name; what has none is shown here.
fn body(schema: &Value) -> String {
    if schema["properties"].is_object() { properties(schema) } else { format!(r#"<p class="text-sm">{}</p>"#, shape(schema)) }
}

fn socket(asyncapi: &Value) -> String {
    let mut html = format!(
        r#"<section class="flex flex-col gap-6" aria-labelledby="socket"><div class="flex flex-col gap-2"><h2 id="socket">The socket</h2><p class="max-w-prose">{}</p><p class="text-muted max-w-prose">{}</p></div>"#,
        prose(&asyncapi["info"]["description"]),
        prose(&asyncapi["channels"]["socket"]["description"])
    );
    for (prefix, words, from) in [("client", "What clients say", "from"), ("server", "What the server says", "to")] {
        html += &format!(r#"<h3 id="{prefix}-frames">{words}</h3>"#);
        for (key, message) in parts(&asyncapi["components"]["messages"]).filter(|(key, _)| key.starts_with(prefix)) {
            html += &format!(
                r#"<article id="frame-{key}" class="card flex scroll-mt-6 flex-col gap-3 p-4 sm:p-6"><h4 class="flex flex-wrap items-center gap-3"><code class="font-semibold">{}</code> <span class="badge badge-done">{from} {}</span></h4><p class="max-w-prose">{}</p>{}{}</article>"#,
                escape(message["name"].as_str().unwrap_or_default()),
                escape(message["x-who"].as_str().unwrap_or_default()),
                prose(&message["summary"]),
                properties(&message["payload"]),
                example(&message["examples"][0]["payload"])
            );
        }
    }
    html + "</section>"
}
