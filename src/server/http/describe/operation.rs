//! Words for operations: what a route takes and gives, and who may use it. What follows from the kind of a route (a body
//! that cannot be read, an id that is none) is added here, so that it is said the same way everywhere.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{
    Content, ContentBuilder, HeaderBuilder, HttpMethod, Ref, RefOr, Required, Response, ResponseBuilder,
    extensions::Extensions,
    path::{self, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    security::SecurityRequirement,
};

use super::schema::{Part, id, named, text, whole};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody; it makes no difference who it is.
    Anyone,
    /// Everybody; who is signed in, or comes back with a session, may get or do more.
    Visitor,
    /// Who is signed in.
    SignedIn,
    /// Who keeps order in the chats: moderators and admins.
    Moderator,
    /// Admins.
    Admin,
    /// Who has the key of the show as a Bearer token, whoever that is.
    Encoder,
}

impl Who {
    /// Its name in the document, as `x-who`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Visitor => "visitor",
            Self::SignedIn => "signed-in",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::Encoder => "encoder",
        }
    }

    fn securities(self) -> Vec<SecurityRequirement> {
        let named = ["bearer", "cookie"].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
        match self {
            Self::Anyone => Vec::new(),
            Self::Visitor => [SecurityRequirement::default()].into_iter().chain(named).collect(),
            Self::SignedIn | Self::Moderator | Self::Admin => named.into(),
            Self::Encoder => vec![SecurityRequirement::new("bearer", Vec::<String>::new())],
        }
    }
}

/// Every refusal that routes have in common: status, name of the response, words.
pub const REFUSALS: [(u16, &str, &str); 15] = [
    (400, "Malformed", "The request cannot be read: no JSON, or no id where an id stands."),
    (401, "Unauthenticated", "No token, or none that holds."),
    (403, "Forbidden", "Signed in, but not allowed; or the request came from a page of another site (`cross_origin`)."),
    (404, "NotFound", "There is no such thing, or none that the caller may see."),
    (408, "RequestTimeout", "The rest of the body did not come (`request_timeout`)."),
    (409, "Conflict", "Not now: something else stands in the way."),
    (410, "Gone", "It was there, and is closed for good."),
    (413, "TooLarge", "The body is too large. The connection is closed."),
    (415, "Unsupported", "The body is of another type than the route takes."),
    (416, "RangeNotSatisfiable", "The file has no such part."),
    (422, "Invalid", "The request can be read and not accepted; `fields` says which part is wrong."),
    (429, "RateLimited", "Too many of these. `Retry-After` says when they are welcome again."),
    (500, "Internal", "A fault of the server. The message has a reference that stands in its log."),
    (503, "Unavailable", "Something the server needs is away; later may work."),
    (507, "StorageFull", "The disk is full."),
];

/// What a route says of itself. Made by [`get`] and its siblings, put into the document by [`described`](Self::described).
#[derive(Clone)]
pub struct Operation {
    pub method: HttpMethod,
    /// As axum writes it.
    pub path: &'static str,
    /// The group that it is shown in.
    pub tag: &'static str,
    pub who: Who,
    id: &'static str,
    summary: &'static str,
    about: &'static str,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    answers: Vec<(u16, Response)>,
    refusals: BTreeMap<u16, Option<String>>,
}

/// A GET. `id` is the operation's name for programs, `summary` for people.
pub fn get(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Get, path, id, summary)
}

/// A POST; see [`get`].
pub fn post(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Post, path, id, summary)
}

/// A PUT; see [`get`].
pub fn put(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Put, path, id, summary)
}

/// A PATCH; see [`get`].
pub fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Patch, path, id, summary)
}

/// A DELETE; see [`get`].
pub fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Delete, path, id, summary)
}

impl Operation {
    fn new(method: HttpMethod, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let mut refusals = BTreeMap::from([(500, None), (503, None)]);
        if method != HttpMethod::Get {
            refusals.insert(403, None);
        }
        let (parameters, body, answers) = (Vec::new(), None, Vec::new());
        Self { method, path, tag: "", who: Who::Visitor, id, summary, about: "", parameters, body, answers, refusals }
    }

    /// In this group.
    pub fn tagged(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }

    /// With sentences about it.
    pub fn about(mut self, sentences: &'static str) -> Self {
        self.about = sentences;
        self
    }

    /// For these people alone, and refusing the others.
    pub fn who(mut self, who: Who) -> Self {
        self.who = who;
        if matches!(who, Who::SignedIn | Who::Moderator | Who::Admin | Who::Encoder) {
            self.refusals.entry(401).or_default();
        }
        if matches!(who, Who::Moderator | Who::Admin) {
            self.refusals.entry(403).or_default();
        }
        self
    }

    /// For admins.
    pub fn admin(self) -> Self {
        self.who(Who::Admin)
    }

    /// With an id of such a thing in its path, under this name.
    pub fn id(self, name: &str, of: &str, example: impl Serialize) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(id()));
        let parameter = parameter.description(Some(format!("The id of the {of}."))).example(Some(json!(example)));
        self.parameter(parameter.build()).refuses(400).refuses(404)
    }

    /// With a number from zero in its path, under this name.
    pub fn number(self, name: &str, about: &str) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        let parameter = parameter.schema(Some(whole(0, i64::from(u32::MAX)))).description(Some(about)).example(Some(json!(0)));
        self.parameter(parameter.build()).refuses(400)
    }

    /// With any parameter.
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// With an optional parameter behind the question mark.
    pub fn query(self, name: &str, schema: impl Into<Part>, about: &str) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(Required::False);
        self.parameter(parameter.schema(Some(schema.into())).description(Some(about)).build()).refuses(422)
    }

    /// With `limit` and `skip`.
    pub fn paged(self, default_limit: u32) -> Self {
        let limit = whole(1, 200).default(Some(json!(default_limit)));
        let skip = whole(0, 10_000_000).default(Some(json!(0)));
        self.query("limit", limit, "The most items of the answer.").query("skip", skip, "Items to leave out at the front.")
    }

    /// With an optional header.
    pub fn header(self, name: &str, schema: impl Into<Part>, about: &str) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
        self.parameter(parameter.schema(Some(schema.into())).description(Some(about)).build())
    }

    /// With a JSON body: one of the components.
    pub fn takes(self, component: &str, example: impl Serialize) -> Self {
        self.json_body(component, example, Required::True)
    }

    /// With a JSON body that may be absent.
    pub fn may_take(self, component: &str, example: impl Serialize) -> Self {
        self.json_body(component, example, Required::False)
    }

    fn json_body(mut self, component: &str, example: impl Serialize, required: Required) -> Self {
        let content = ContentBuilder::new().schema(Some(named(component))).example(Some(json!(example)));
        self.body = Some(RequestBodyBuilder::new().content("application/json", content.build()).required(Some(required)).build());
        [400, 408, 413, 415, 422].into_iter().fold(self, Self::refuses)
    }

    /// With a form that carries a file.
    pub fn takes_form(mut self, form: impl Into<Part>) -> Self {
        let content = ContentBuilder::new().schema(Some(form.into()));
        self.body = Some(RequestBodyBuilder::new().content("multipart/form-data", content.build()).required(Some(Required::True)).build());
        [400, 408, 413, 415, 422, 507].into_iter().fold(self, Self::refuses)
    }

    /// With a body that the server does not read as JSON of its own.
    pub fn takes_other(mut self, media_type: &str, schema: impl Into<Part>) -> Self {
        let content = ContentBuilder::new().schema(Some(schema.into()));
        self.body = Some(RequestBodyBuilder::new().content(media_type, content.build()).required(Some(Required::True)).build());
        [400, 408, 413].into_iter().fold(self, Self::refuses)
    }

    /// With this JSON answer.
    pub fn gives(mut self, status: u16, about: &str, schema: impl Into<Part>, example: impl Serialize) -> Self {
        let content = ContentBuilder::new().schema(Some(schema.into())).example(Some(json!(example))).build();
        self.answers.push((status, ResponseBuilder::new().description(about).content("application/json", content).build()));
        self
    }

    /// With an answer that is no JSON, or has no body at all.
    pub fn gives_other(mut self, status: u16, about: &str, media_types: &[&str]) -> Self {
        let response = ResponseBuilder::new().description(about);
        let content = |media_type: &str| if media_type.starts_with("text/") { ContentBuilder::new().schema(Some(text())).build() } else { Content::default() };
        let response = media_types.iter().fold(response, |response, media_type| response.content(*media_type, content(media_type)));
        self.answers.push((status, response.build()));
        self
    }

    /// With a refusal in the usual words.
    pub fn refuses(mut self, status: u16) -> Self {
        self.refusals.entry(status).or_default();
        self
    }

    /// With a refusal in words of its own.
    pub fn refuses_with(mut self, status: u16, about: &str) -> Self {
        self.refusals.insert(status, Some(about.to_owned()));
        self
    }

    /// Without one of the usual refusals.
    pub fn never_refuses(mut self, statuses: &[u16]) -> Self {
        self.refusals.retain(|status, _| !statuses.contains(status));
        self
    }

    /// Its entry in the document.
    pub fn described(self) -> path::Operation {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .tag(self.tag)
            .securities(Some(self.who.securities()))
            .request_body(self.body)
            .extensions(Some([("x-who", Value::from(self.who.name()))].into_iter().collect::<Extensions>()));
        if !self.about.is_empty() {
            operation = operation.description(Some(self.about));
        }
        if !self.parameters.is_empty() {
            operation = operation.parameters(Some(self.parameters));
        }
        for (status, response) in self.answers {
            operation = operation.response(status.to_string(), response);
        }
        for (status, about) in self.refusals {
            let (_, name, _) = REFUSALS.into_iter().find(|(known, ..)| *known == status).expect("a refusal has a name");
            let response: RefOr<Response> = match about {
                None => RefOr::Ref(Ref::new(format!("#/components/responses/{name}"))),
                Some(about) => refusal(status, &about).into(),
            };
            operation = operation.response(status.to_string(), response);
        }
        operation.build()
    }
}

/// A refusal in our one shape.
pub fn refusal(status: u16, about: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(named("Error"))).build();
    let response = ResponseBuilder::new().description(about).content("application/json", content);
    let header = |schema: Part, about: &str| HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build();
    match status {
        401 => response.header("WWW-Authenticate", header(text().into(), "How to prove who one is: `Bearer`.")).build(),
        429 => response.header("Retry-After", header(whole(1, 86_400).into(), "Seconds to wait.")).build(),
        _ => response.build(),
    }
}
