//! The things that routes and frames speak of, by name: their schemas and examples. One file per area; both documents
//! draw on all of them.

use serde::Serialize;
use serde_json::{Value, json};

use super::schema::Part;

mod figures;
mod inputs;
mod moderation;
pub mod people;
mod replays;
pub mod shop;
pub mod shows;

/// A schema with a name, and one value that fits it.
pub struct Component {
    pub name: &'static str,
    pub schema: Part,
    /// Has every part that the schema has.
    pub example: Value,
}

impl Component {
    fn new(name: &'static str, schema: impl Into<Part>, example: impl Serialize) -> Self {
        Self { name, schema: schema.into(), example: json!(example) }
    }
}

/// All of them.
pub fn all() -> Vec<Component> {
    [
        people::components(),
        shop::components(),
        shows::components(),
        moderation::components(),
        replays::components(),
        figures::components(),
        inputs::components(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
