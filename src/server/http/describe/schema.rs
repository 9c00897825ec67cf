//! Words for schemas: short names for the shapes that this server speaks in. Knows no thing of the shop.

use serde_json::{Value, json};
use utoipa::openapi::{
    Ref, RefOr,
    extensions::Extensions,
    schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, SchemaType, Type},
};

/// A character that can be seen, in words that every reader of patterns understands: the space, controls and the invisible
/// characters that are taken out of texts are not enough.
const VISIBLE: &str = r"[^\s\u0000-\u0020\u007f-\u00a0\u00ad\u0300-\u036f\u200b-\u206f\ufeff]";

/// A schema, or the name of one.
pub type Part = RefOr<Schema>;

/// A schema that stands under this name among the components.
pub fn named(name: &str) -> Part {
    Ref::from_schema_name(name).into()
}

/// A text of any length.
pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text that a person enters, of `min` to `max` characters. Where it cannot be empty, something in it has to be seen.
pub fn entered(min: usize, max: usize) -> ObjectBuilder {
    let text = text().max_length(Some(max));
    if min > 0 { text.min_length(Some(min)).pattern(Some(VISIBLE)) } else { text }
}

/// 24 hexadecimal digits.
pub fn id() -> ObjectBuilder {
    text().pattern(Some("^[0-9a-fA-F]{24}$"))
}

/// A point in time, RFC 3339.
pub fn time() -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom("date-time".into())))
}

/// A whole number in a range.
pub fn whole(min: i64, max: i64) -> ObjectBuilder {
    count().minimum(Some(min as isize)).maximum(Some(max as isize))
}

/// A whole number from zero.
pub fn count() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}

/// An amount in minor units of a currency.
pub fn money() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::Custom("int64".into())))
}

/// A three-letter ISO 4217 code.
pub fn currency() -> ObjectBuilder {
    text().pattern(Some("^[A-Za-z]{3}$"))
}

/// A number with a fraction, from 0 to 1.
pub fn share() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).maximum(Some(1))
}

/// True or false.
pub fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// One of these texts.
pub fn choice(values: &[&str]) -> ObjectBuilder {
    text().enum_values(Some(values.iter().copied()))
}

/// A file.
pub fn file() -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom("binary".into())))
}

/// A list of these.
pub fn list(of: impl Into<Part>) -> ArrayBuilder {
    ArrayBuilder::new().items(of.into())
}

/// An object; [`Parts`] gives it its parts.
pub fn object() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object)
}

/// An object with one part, as in `{"product": …}`.
pub fn keyed(key: &str, part: impl Into<Part>) -> Part {
    object().needs(key, part).into()
}

/// The same, or `null`.
pub fn or_null(part: impl Into<Part>) -> Part {
    match part.into() {
        RefOr::T(Schema::Object(mut object)) if object.enum_values.is_none() => {
            if let SchemaType::Type(known) = object.schema_type {
                object.schema_type = SchemaType::Array(vec![known, Type::Null]);
            }
            object.into()
        }
        other => OneOfBuilder::new().item(other).item(ObjectBuilder::new().schema_type(Type::Null)).into(),
    }
}

/// How every schema gets its sentence.
pub trait About: Sized {
    /// With a sentence about it.
    fn about(self, sentence: &str) -> Self;
}

impl About for ObjectBuilder {
    fn about(self, sentence: &str) -> Self {
        self.description(Some(sentence))
    }
}

impl About for ArrayBuilder {
    fn about(self, sentence: &str) -> Self {
        self.description(Some(sentence))
    }
}

/// How an object gets its parts.
pub trait Parts: Sized {
    /// A part that is always there.
    fn needs(self, name: &str, part: impl Into<Part>) -> Self;

    /// A part that may be absent.
    fn may(self, name: &str, part: impl Into<Part>) -> Self;

    /// Other parts are refused.
    fn closed(self) -> Self;

    /// At least one of these parts, and more of it than null or an empty list.
    fn needs_some(self, names: &[&str]) -> Self;

    /// Exactly one of these parts; null is none.
    fn needs_either(self, names: &[&str]) -> Self;
}

impl Parts for ObjectBuilder {
    fn needs(self, name: &str, part: impl Into<Part>) -> Self {
        self.property(name, part.into()).required(name)
    }

    fn may(self, name: &str, part: impl Into<Part>) -> Self {
        self.property(name, part.into())
    }

    fn closed(self) -> Self {
        self.additional_properties(Some(AdditionalProperties::FreeForm(false)))
    }

    fn needs_some(self, names: &[&str]) -> Self {
        self.extensions(Some(choices("anyOf", names)))
    }

    fn needs_either(self, names: &[&str]) -> Self {
        self.extensions(Some(choices("oneOf", names)))
    }
}

// The model has either parts or choices; the document may have both.
fn choices(keyword: &str, names: &[&str]) -> Extensions {
    let given = |name: &&str| json!({ "required": [name], "properties": { *name: { "not": { "enum": [null, []] } } } });
    [(keyword, names.iter().map(given).collect::<Value>())].into_iter().collect()
}
