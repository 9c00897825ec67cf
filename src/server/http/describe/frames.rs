//! What every frame of the socket says of itself. The words are given by a match over the frame's own type, so that a new
//! frame does not compile without them; the examples are real frames, which tests compare with the types and the words.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::ObjectBuilder;

use super::schema::{Part, Parts, choice, object};

pub mod downward;
pub mod upward;

/// A frame as it is described.
pub struct Frame {
    /// Its `type`.
    pub name: String,
    /// Who sends it, or who hears it.
    pub who: &'static str,
    pub about: &'static str,
    pub schema: Part,
    /// Has every part that the schema has.
    pub example: Value,
}

/// What is said of a frame.
struct Words {
    who: &'static str,
    about: &'static str,
    parts: ObjectBuilder,
}

impl Words {
    fn new(who: &'static str, about: &'static str) -> Self {
        Self { who, about, parts: object() }
    }

    fn needs(mut self, name: &str, part: impl Into<Part>) -> Self {
        self.parts = self.parts.needs(name, part);
        self
    }

    fn may(mut self, name: &str, part: impl Into<Part>) -> Self {
        self.parts = self.parts.may(name, part);
        self
    }

    fn of(self, frame: &impl Serialize) -> Frame {
        let example = json!(frame);
        let name = example["type"].as_str().unwrap_or_default().to_owned();
        let schema = self.parts.needs("type", choice(&[&name])).into();
        Frame { name, who: self.who, about: self.about, schema, example }
    }
}
