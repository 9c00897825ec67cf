//! `/openapi.json`: the operations and components, put together.

use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths, Server,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

use super::{
    components, operation,
    operation::{Operation, REFUSALS},
    paths,
};
use crate::server::auth::cookie;

const ABOUT: &str = "Live shopping that a shop hosts itself. Ids are 24 hexadecimal digits, times RFC 3339 in UTC, money whole minor units of an \
ISO 4217 currency. Every refusal has one shape: a sentence (`message`), a stable `code`, and for wrong inputs `fields`. What is said over \
the socket stands in `/asyncapi.json`.";

/// The document.
pub fn document() -> OpenApi {
    let mut all = Paths::new();
    for operation in paths::rest() {
        add(&mut all, operation);
    }
    for operation in paths::root() {
        let path = template(operation.path);
        add(&mut all, operation);
        // Not under `/api`.
        if let Some(item) = all.paths.get_mut(&path) {
            item.servers = Some(vec![Server::new("/")]);
        }
    }
    let info = InfoBuilder::new().title("WrenCOS").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT)).license(Some(License::new("MIT")));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/"), Server::new("/api")]))
        .tags(Some(paths::TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(all)
        .components(Some(parts()))
        .build()
}

/// A path as OpenAPI writes it: a rest of several segments is one parameter like any other.
pub fn template(path: &str) -> String {
    path.replace("{*", "{")
}

fn add(paths: &mut Paths, operation: Operation) {
    let (path, method) = (template(operation.path), operation.method.clone());
    paths.add_path_operation(path, vec![method], operation.described());
}

fn parts() -> Components {
    let mut parts = ComponentsBuilder::new()
        .security_scheme(
            "bearer",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("The token of signing in. For clients without cookies."))
                    .build(),
            ),
        )
        .security_scheme(
            "cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                cookie::TOKEN,
                "The same token as an HttpOnly cookie. Requests that change something must come from a page of the shop.",
            ))),
        );
    for (status, name, about) in REFUSALS {
        parts = parts.response(name, operation::refusal(status, about));
    }
    for component in components::all() {
        parts = parts.schema(component.name, component.schema);
    }
    parts.build()
}
