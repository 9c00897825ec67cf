//! Looking for a text inside others.

use mongodb::bson::{Document, doc};

/// What holds for a text that contains this one, whatever the case. Every character is meant as it is, never as a pattern.
pub(super) fn contains(text: &str) -> Document {
    // The database refuses an expression with a NUL, and no text of ours has one.
    let literal = text.chars().filter(|c| *c != '\0').flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]));
    doc! { "$regex": literal.collect::<String>(), "$options": "i" }
}
