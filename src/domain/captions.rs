//! What is said in a film, as text to read along: one file per language.

use serde::{Deserialize, Serialize};

use super::{
    id::CaptionsId,
    validate::{self, Fields},
};

/// The most bytes of one file of captions.
pub const MAX_CAPTIONS_BYTES: usize = 2 * 1024 * 1024;
/// Files of captions that one film may have.
pub const MAX_TRACKS: usize = 20;

/// The captions of a film in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Captions {
    #[serde(rename = "_id")]
    pub id: CaptionsId,
    /// A language tag (BCP 47), such as `en` or `pt-BR`.
    pub language: String,
    /// What players call it.
    pub label: String,
    /// Where it is served, timed for the film that is shown.
    pub url: String,
}

/// What a host says of a file of captions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaptionsInput {
    pub language: String,
    pub label: String,
}

impl CaptionsInput {
    /// The same cleaned, or what is wrong, per field. Without a label it is called by its language.
    ///
    /// # Errors
    /// Sentences about the fields `language` and `label`.
    pub fn checked(mut self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        self.language = self.language.trim().to_owned();
        if !is_language(&self.language) {
            fields.add("language", "Write the language like en or pt-BR.");
        }
        self.label = fields.take("label", validate::line(&self.label, 0, 60));
        if self.label.is_empty() {
            self.label.clone_from(&self.language);
        }
        fields.finish(self)
    }
}

// The shape of a tag, not whether anybody speaks it: browsers pass over those that they do not know.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    first && tag.len() <= 35 && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_tag_and_a_label_one_line() {
        for good in ["en", "pt-BR", "zh-Hant-TW", " de "] {
            let input = CaptionsInput { language: good.into(), label: String::new() }.checked().unwrap();
            assert_eq!(input.label, good.trim());
        }
        for bad in ["", "e", "english language", "en-", "en_US", "-en", "1a", "en\"><script>", &"en-abcdefgh".repeat(9)] {
            assert!(CaptionsInput { language: bad.into(), label: "x".into() }.checked().is_err(), "{bad}");
        }
        assert!(CaptionsInput { language: "en".into(), label: "x".repeat(61) }.checked().is_err());
    }
}
