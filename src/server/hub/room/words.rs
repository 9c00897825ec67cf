//! What a text says, whatever it is dressed up as: the shop's blocked words, and links. Pure.
//!
//! A text is compared by its skeleton: compatibility forms, case, marks and invisible characters are taken away, and
//! digits and signs that stand for letters become those letters. Whole words are compared, so that an innocent word is
//! not blocked for a part of it. The list is compiled once, when it changes; a message costs its own length.

use std::collections::HashSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The shop's list, ready to be compared with.
#[derive(Debug, Default)]
pub(super) struct BlockedWords {
    whole: HashSet<String>,
    /// The same without repeated letters, for words that are drawn out.
    squeezed: HashSet<String>,
    beginnings: Vec<String>,
    phrases: Vec<Vec<String>>,
    /// Of scripts that put no spaces between words.
    parts: Vec<String>,
}

impl BlockedWords {
    /// Prepares a list. A word that ends in `*` stands for all that begin with it.
    pub fn compile(list: &[String]) -> Self {
        let mut words = Self::default();
        for entry in list {
            let (entry, is_beginning) = entry.strip_suffix('*').map_or((entry.as_str(), false), |stem| (stem, true));
            let mut tokens = tokens(&plain(entry));
            if tokens.iter().all(|token| token.chars().count() == 1) {
                tokens = vec![tokens.concat()];
            }
            match tokens.as_slice() {
                [] => {}
                [one] if one.is_empty() => {}
                [one] if one.chars().any(is_unspaced) => words.parts.push(one.clone()),
                [one] if is_beginning => words.beginnings.push(one.clone()),
                [one] => {
                    words.squeezed.insert(squeezed(one));
                    words.whole.insert(one.clone());
                }
                _ => words.phrases.push(tokens),
            }
        }
        words
    }

    /// Whether a text has one of the words.
    pub fn are_in(&self, text: &str) -> bool {
        if self.whole.is_empty() && self.beginnings.is_empty() && self.phrases.is_empty() && self.parts.is_empty() {
            return false;
        }
        let text = plain(text);
        let found = tokens(&text);
        found.iter().any(|token| self.is_blocked(token))
            // b-l-o-c-k-e-d, and b l o c k e d.
            || text.split_whitespace().map(joined).any(|chunk| self.is_blocked(&chunk))
            || spelled(&found).iter().any(|word| self.is_blocked(word))
            || self.phrases.iter().any(|phrase| found.windows(phrase.len()).any(|window| window == phrase))
            || (!self.parts.is_empty() && self.has_part(&joined(&text)))
    }

    fn is_blocked(&self, word: &str) -> bool {
        self.whole.contains(word)
            || self.beginnings.iter().any(|beginning| word.starts_with(beginning))
            || (is_drawn_out(word) && self.squeezed.contains(&squeezed(word)))
    }

    fn has_part(&self, text: &str) -> bool {
        self.parts.iter().any(|part| text.contains(part))
    }
}

// Compatibility forms resolved, marks and invisible characters gone, in one case.
fn plain(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
        // Through capitals, so that letters with several small forms become one.
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

// Digits and signs that are drawn like letters; `l` and `i` are one, as `1` is drawn for either.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' | '\u{20ac}' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        c => c,
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '!' | '|' | '\u{20ac}' | '@' | '$' | '+')
}

// Numbers stay numbers: only beside a letter do digits stand for letters, and signs only between the other two.
fn skeleton(word: &str) -> String {
    let word = word.trim_end_matches(['!', '+', '|']);
    if word.chars().any(char::is_alphabetic) { word.chars().filter(|c| c.is_alphanumeric() || is_sign(*c)).map(letter).collect() } else { word.to_owned() }
}

// The words of a plain text, as skeletons.
fn tokens(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && !is_sign(c)).map(skeleton).filter(|token| !token.is_empty()).collect()
}

// What is left of a chunk without what separates its letters.
fn joined(chunk: &str) -> String {
    skeleton(&chunk.chars().filter(|c| c.is_alphanumeric() || is_sign(*c)).collect::<String>())
}

// Letters that stand alone, one after the other, as words.
fn spelled(tokens: &[String]) -> Vec<String> {
    tokens
        .split(|token| token.chars().count() > 1)
        .filter(|letters| letters.len() > 1)
        .map(|letters| letters.iter().flat_map(|token| token.chars()).map(letter).collect())
        .collect()
}

fn is_drawn_out(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(|three| three[0] == three[1] && three[1] == three[2])
}

fn squeezed(word: &str) -> String {
    let mut last = None;
    word.chars().filter(|c| last.replace(*c) != Some(*c)).collect()
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Ends of names that stand for hosts when people write them. Country codes that are also words of a sentence that lost
/// its space ("nice.so", "do.it") count only with something after them.
const ENDS: [&str; 62] = [
    "ag", "ai", "app", "at", "au", "be", "biz", "br", "ca", "cc", "ch", "click", "club", "cn", "co", "com", "cz", "de", "dev", "dk", "edu", "es", "eu", "fi",
    "fm", "fr", "gg", "gov", "info", "io", "jp", "link", "live", "ly", "mobi", "mx", "net", "nl", "no", "nz", "online", "org", "pl", "pro", "ru", "se", "shop",
    "site", "store", "tk", "top", "tr", "tv", "ua", "uk", "us", "vip", "win", "wtf", "xyz", "za", "zip",
];

/// Whether a text has something that people or programs would follow: an address, a host, a mailbox.
pub(super) fn has_link(text: &str) -> bool {
    let text: String = text.nfkc().filter(|c| !is_invisible(*c)).map(|c| if matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{2024}') { '.' } else { c }).collect();
    let text = text.to_lowercase();
    text.contains("://") || text.split(|c: char| c.is_whitespace() || "<>()[]{}\"'|,;".contains(c)).any(is_host_like)
}

fn is_host_like(word: &str) -> bool {
    let word = word.rsplit_once('@').map_or(word, |(_, host)| host);
    let (host, rest) = word.find(['/', ':', '?', '#']).map_or((word, ""), |at| word.split_at(at));
    let host = host.trim_matches('.').trim_end_matches(['!', '?']);
    let has_path = rest.len() > 1 && rest.starts_with('/');
    let labels: Vec<&str> = host.split('.').collect();
    let well_formed = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let [.., name, end] = labels.as_slice() else { return false };
    if !labels.iter().all(well_formed) || !name.chars().any(char::is_alphabetic) && labels.len() < 4 {
        return false;
    }
    let is_number = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    labels[0] == "www" || is_number || ENDS.contains(end) || (has_path && end.len() >= 2 && end.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(list: &[&str], text: &str) -> bool {
        BlockedWords::compile(&list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).are_in(text)
    }

    #[test]
    fn a_word_is_found_whatever_it_is_dressed_up_as() {
        for text in [
            "badword",
            "such a BadWord!",
            "\u{ff42}\u{ff41}\u{ff44}\u{ff57}\u{ff4f}\u{ff52}\u{ff44}",
            "b\u{200b}ad\u{2060}word",
            "ba\u{301}dwo\u{308}rd",
            "b4dw0rd",
            "b@dw0rd!!",
            "b.a.d.w.o.r.d",
            "b a d w o r d",
            "bad-word",
            "baaaaadword",
            "(badword)",
            "\u{1d4eb}\u{1d4ea}\u{1d4ed}\u{1d500}\u{1d4f8}\u{1d4fb}\u{1d4ed}",
            "bad\u{ad}word",
        ] {
            assert!(blocked(&["badword"], text), "{text}");
        }
    }

    #[test]
    fn innocent_words_pass() {
        for (list, text) in [
            ("ass", "a classic glass of brass, that is my assessment"),
            ("ass", "455 in stock, 5 left"),
            ("hell", "hello, shell"),
            ("badword", "bad weather, wording"),
            ("scam*", "I'm not sca red"),
            ("tit", "the title is a tiitle"),
            ("buy followers", "buy it, followers of beauty"),
            ("", "anything"),
        ] {
            assert!(!blocked(&[list], text), "{list}: {text}");
        }
        assert!(!blocked(&[], "badword"));
    }

    #[test]
    fn beginnings_phrases_and_scripts_without_spaces_are_known() {
        assert!(blocked(&["scam*"], "Scammers!") && blocked(&["scam*"], "5cam") && !blocked(&["scam*"], "a sca m-free life"));
        assert!(blocked(&["buy followers"], "Buy   FOLLOWERS now") && blocked(&["buy followers"], "buy, f0llowers"));
        assert!(blocked(&["\u{8a50}\u{6b3a}"], "\u{9019}\u{662f}\u{8a50}\u{6b3a}\u{5427}"));
        assert!(blocked(&["stra\u{df}e"], "STRASSE") && blocked(&["i\u{307}d\u{131}ot"], "idiot"));
    }

    #[test]
    fn links_are_seen_and_sentences_are_none() {
        for text in [
            "https://evil.example/x",
            "see evil.com",
            "evil.com/now!",
            "www.evil.whatever",
            "(bit.ly/abc)",
            "mail me: a@b.org",
            "e\u{200b}vil\u{ff0e}com",
            "http:\u{ff0f}\u{ff0f}evil",
            "10.0.0.1",
            "evil.museum/path",
            "EVIL.COM",
            "shop.evil.co.uk?x=1",
        ] {
            assert!(has_link(text), "{text}");
        }
        for text in [
            "Nice.Thanks",
            "1.50 or 2.75?",
            "e.g. this",
            "wait...",
            "what?!",
            "3:30 pm",
            "no.5",
            "a/b",
            "so good. Love it",
            "version 1.2.3",
            "@ada hello",
            ":-)",
            "https",
        ] {
            assert!(!has_link(text), "{text}");
        }
    }

    #[test]
    fn hostile_texts_cost_their_length() {
        let list: Vec<String> = (0..1000).map(|at| format!("word{at}")).collect();
        let words = BlockedWords::compile(&list);
        for text in ["a ".repeat(250), "\u{fdfa}".repeat(500), "z\u{301}".repeat(250), "!".repeat(500), ".".repeat(500)] {
            assert!(!words.are_in(&text) && !has_link(&text), "{text}");
        }
    }
}
