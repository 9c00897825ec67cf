//! Rules for what people type, the same in the browser and on the server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is wrong with a form: field name (as on the wire) → a sentence for the person who filled it in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// One wrong field.
    pub fn one(field: &str, sentence: impl Into<String>) -> Self {
        let mut fields = Self::default();
        fields.add(field, sentence);
        fields
    }

    /// Adds what is wrong with a field; the first sentence about it stays.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// The checked value, or its default with the sentence added.
    pub fn take<T: Default>(&mut self, field: &str, checked: Result<T, String>) -> T {
        checked.unwrap_or_else(|sentence| {
            self.add(field, sentence);
            T::default()
        })
    }

    /// `value` if nothing is wrong.
    pub fn finish<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The sentence about a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// The wrong fields, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Marks above this many on one letter are no language but a way to break a layout.
const MARKS_PER_LETTER: usize = 6;

/// A single line: trimmed, inner white space folded, invisible and direction-changing characters removed.
/// `min` and `max` count characters.
pub fn line(text: &str, min: usize, max: usize) -> Result<String, String> {
    // As it was typed: what an input's own limit counts, and what the API's description says.
    if text.len() > max && text.chars().count() > max {
        return Err(format!("Use at most {max} characters."));
    }
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    bounded(&folded, min, max, false)
}

/// Several lines: as [`line`], with line breaks kept.
pub fn paragraph(text: &str, min: usize, max: usize) -> Result<String, String> {
    bounded(&text.replace("\r\n", "\n"), min, max, true)
}

fn bounded(text: &str, min: usize, max: usize, line_breaks: bool) -> Result<String, String> {
    // The length is looked at before the text is walked: a megabyte is refused at once.
    if text.len() > max * 16 {
        return Err(format!("Use at most {max} characters."));
    }
    let cleaned: String = text.chars().filter(|c| !is_unwanted(*c, line_breaks)).collect();
    let cleaned = cleaned.trim();
    let mut marks = 0;
    for c in cleaned.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_PER_LETTER {
            return Err("Use fewer marks on one letter.".into());
        }
    }
    match cleaned.chars().count() {
        0 if min > 0 => Err("This cannot be empty.".into()),
        count if count < min => Err(format!("Use at least {min} characters.")),
        count if count > max || cleaned.len() > max * 4 => Err(format!("Use at most {max} characters.")),
        _ => Ok(cleaned.to_owned()),
    }
}

// Controls, bidirectional overrides and isolates, and zero-width characters other than the joiners that scripts and emoji need.
fn is_unwanted(c: char, line_breaks: bool) -> bool {
    match c {
        '\n' => !line_breaks,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e001f}' => true,
        c => c.is_control(),
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_folded_and_bounded() {
        assert_eq!(line("  a \n\t b ", 1, 9), Ok("a b".into()));
        assert_eq!(line("\u{202e}abc\u{200b}", 1, 5), Ok("abc".into()));
        assert!(line("", 1, 5).is_err() && line("\u{200b}", 1, 5).is_err() && line("abcdef", 1, 5).is_err());
        assert_eq!(paragraph("a\r\nb", 1, 5), Ok("a\nb".into()));
    }

    #[test]
    fn emoji_and_scripts_are_text_and_heaps_of_marks_are_not() {
        for text in ["\u{1f469}\u{200d}\u{1f373}\u{1f3fd}", "\u{e2d}\u{e31}\u{e19}", "Vi\u{1ec7}t Nam", "\u{627}\u{644}\u{633}"] {
            assert_eq!(line(text, 1, 40), Ok(text.into()));
        }
        assert!(line(&format!("z{}", "\u{301}".repeat(4000)), 1, 200).is_err());
        assert!(line(&"\u{1f600}".repeat(10_000), 1, 500).is_err());
    }
}
