//! What the server says of itself, compared with what it is: every route and frame described and every description
//! served, every schema the shape of its type, every body and every door as they are described, and the wire itself as
//! files to be read in a review.

mod bodies;
mod doors;
mod drift;
mod frames;
mod golden;
mod rows;
mod schemas;
mod shows;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::support::{Client, described::OPENAPI};

/// A route as the document has it.
struct Described {
    method: Method,
    path: &'static str,
    operation: &'static Value,
}

/// All of them.
fn described() -> Vec<Described> {
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = OPENAPI["paths"].as_object().unwrap().iter();
    let of = |(path, item): (&'static String, &'static Value)| {
        methods.into_iter().filter_map(move |method| {
            let method_of = |name: &str| Method::from_bytes(name.to_uppercase().as_bytes()).unwrap();
            Some(Described { method: method_of(method), path, operation: item.get(method)? })
        })
    };
    paths.flat_map(of).collect()
}

impl Described {
    /// Who may use it.
    fn who(&self) -> &str {
        self.operation["x-who"].as_str().unwrap()
    }

    /// The schema and the example of its JSON body. What the server takes as bytes, whoever wrote them, has none.
    fn body(&self) -> Option<(&'static Value, &'static Value)> {
        let content = self.operation["requestBody"]["content"].get("application/json")?;
        let named = content["schema"]["$ref"].as_str()?;
        Some((OPENAPI.pointer(named.trim_start_matches('#')).unwrap(), &content["example"]))
    }

    /// A request as the document shows it, without a body.
    fn request(&self, client: &Client) -> RequestBuilder {
        let parameters = self.operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path");
        let path = parameters.fold(self.path.to_owned(), |path, parameter| {
            let example = parameter["example"].as_str().map_or_else(|| parameter["example"].to_string(), str::to_owned);
            path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &example)
        });
        client.request(self.method.clone(), &path)
    }
}

impl std::fmt::Display for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
