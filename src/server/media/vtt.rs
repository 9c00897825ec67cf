//! Captions as WebVTT ([W3C](https://www.w3.org/TR/webvtt1/)). Stricter than browsers: a file that a browser would show half
//! of is refused with the line that is wrong. Styles and regions are left out; what is kept are times, places and texts.

use std::fmt::Write;

/// Cues of one file.
const MOST_CUES: usize = 20_000;
/// Bytes of one line, and lines of one cue.
const LONGEST_LINE: usize = 2_000;
const MOST_LINES: usize = 20;
/// What may stand behind the times of a cue.
const SETTINGS: [&str; 5] = ["vertical", "line", "position", "size", "align"];

/// A text with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    settings: String,
    text: String,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {what}")]
pub struct Problem {
    /// From 1.
    pub line: usize,
    pub what: &'static str,
}

/// The cues of a file, in order.
///
/// # Errors
/// The first line that cannot be understood.
pub fn read(bytes: &[u8]) -> Result<Vec<Cue>, Problem> {
    let at = |line: usize, what| Problem { line: line + 1, what };
    let text = std::str::from_utf8(bytes).map_err(|_| at(0, "the file is not UTF-8 text."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = whole.split('\n').collect();
    if let Some(line) = lines.iter().position(|line| line.contains('\0') || line.len() > LONGEST_LINE) {
        return Err(at(line, "the line is too long, or is no text."));
    }
    let head = lines[0].strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if !head {
        return Err(at(0, "a WebVTT file begins with the word WEBVTT."));
    }
    let (mut cues, mut block_at) = (Vec::<Cue>::new(), None);
    // Blocks are parted by empty lines; the first one is the head.
    for number in 1..=lines.len() {
        let line = lines.get(number).copied().unwrap_or_default();
        match (block_at, line.is_empty()) {
            (None, false) if number > 1 && lines[number - 1].is_empty() => block_at = Some(number),
            (Some(from), true) => {
                cues.extend(block(&lines[from..number], from, cues.last())?);
                block_at = None;
                if cues.len() > MOST_CUES {
                    return Err(at(from, "there are too many captions in this file."));
                }
            }
            _ => {}
        }
    }
    if cues.is_empty() { Err(at(0, "there are no captions in this file.")) } else { Ok(cues) }
}

// `None` for what is no cue: notes, styles, regions.
fn block(lines: &[&str], first: usize, before: Option<&Cue>) -> Result<Option<Cue>, Problem> {
    let at = |offset: usize, what| Problem { line: first + offset + 1, what };
    let is_keyword = |word: &str| lines[0].strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if is_keyword("NOTE") || (before.is_none() && (is_keyword("STYLE") || is_keyword("REGION"))) {
        return Ok(None);
    }
    // A name may stand above the times.
    let timing = usize::from(!lines[0].contains("-->"));
    let line = lines.get(timing).filter(|line| line.contains("-->")).ok_or_else(|| at(0, "times like 00:01.000 --> 00:04.000 are expected here."))?;
    let wrong = || at(timing, "the times are not written like 00:01.000 --> 00:04.000.");
    let (start, rest) = line.split_once("-->").ok_or_else(wrong)?;
    let mut words = rest.split_whitespace();
    let (start_ms, end_ms) = (time(start.trim()).ok_or_else(wrong)?, words.next().and_then(time).ok_or_else(wrong)?);
    if end_ms <= start_ms {
        return Err(at(timing, "a caption ends after it begins."));
    }
    if before.is_some_and(|before| start_ms < before.start_ms) {
        return Err(at(timing, "captions stand in the order of their times."));
    }
    let mut settings = String::new();
    for word in words {
        let known = word.split_once(':').is_some_and(|(name, value)| SETTINGS.contains(&name) && !value.is_empty());
        if known {
            settings.push(' ');
            settings.push_str(word);
        }
    }
    let text = &lines[timing + 1..];
    if text.len() > MOST_LINES {
        return Err(at(timing + 1, "this caption has too many lines."));
    }
    if let Some(offset) = text.iter().position(|line| line.contains("-->")) {
        return Err(at(timing + 1 + offset, "an empty line is missing before these times."));
    }
    Ok(Some(Cue { start_ms, end_ms, settings, text: text.join("\n") }))
}

// `mm:ss.ttt` or `h…:mm:ss.ttt`.
fn time(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once('.')?;
    let number = |digits: &str, least: usize, most: usize| -> Option<u64> {
        ((least..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (0, number(minutes, 2, 2)?, number(seconds, 2, 2)?),
        [hours, minutes, seconds] => (number(hours, 2, 4)?, number(minutes, 2, 2)?, number(seconds, 2, 2)?),
        _ => return None,
    };
    (minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + number(millis, 3, 3)?)
}

/// The same cues, later by so much.
pub fn later(cues: Vec<Cue>, by_ms: u64) -> Vec<Cue> {
    cues.into_iter().map(|cue| Cue { start_ms: cue.start_ms + by_ms, end_ms: cue.end_ms + by_ms, ..cue }).collect()
}

/// The cues of a stretch of the film, counted from its beginning.
pub fn within(cues: Vec<Cue>, from_ms: u64, until_ms: u64) -> Vec<Cue> {
    let there = cues.into_iter().filter(|cue| cue.end_ms > from_ms && cue.start_ms < until_ms);
    there.map(|cue| Cue { start_ms: cue.start_ms.saturating_sub(from_ms), end_ms: cue.end_ms.min(until_ms) - from_ms, ..cue }).collect()
}

/// A file of these cues.
pub fn write(cues: &[Cue]) -> String {
    let mut file = String::from("WEBVTT\n");
    for cue in cues {
        let _ = write!(file, "\n{} --> {}{}\n{}\n", Time(cue.start_ms), Time(cue.end_ms), cue.settings, cue.text);
    }
    file
}

/// A time in milliseconds as such files write it.
pub struct Time(pub u64);

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, millis) = (self.0 / 1000, self.0 % 1000);
        write!(f, "{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "\u{feff}WEBVTT - made by hand\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { background: url(https://evil.example/) }\r\n\r\nNOTE\r\nnot said\r\n\r\n\
        one\r\n00:01.000 --> 00:04.500 line:0 align:start evil:1\r\n<v Lena>Good evening\r\nall\r\n\r\n\r\n01:00:00.000 --> 01:00:02.000\r\nBye";

    #[test]
    fn a_file_is_read_and_written_as_it_is_meant() {
        let cues = read(FILE.as_bytes()).unwrap();
        let plain = "WEBVTT\n\n00:00:01.000 --> 00:00:04.500 line:0 align:start\n<v Lena>Good evening\nall\n\n01:00:00.000 --> 01:00:02.000\nBye\n";
        assert_eq!(write(&cues), plain);
        assert_eq!(read(plain.as_bytes()).unwrap(), cues);
    }

    #[test]
    fn a_stretch_has_its_own_captions() {
        let cues = read(b"WEBVTT\n\n00:01.000 --> 00:04.000\na\n\n00:05.000 --> 00:06.000\nb\n\n00:09.000 --> 00:12.000\nc\n").unwrap();
        let times = |cues: &[Cue]| cues.iter().map(|cue| (cue.start_ms, cue.end_ms)).collect::<Vec<_>>();
        assert_eq!(times(&within(cues.clone(), 2_000, 10_000)), [(0, 2_000), (3_000, 4_000), (7_000, 8_000)]);
        assert_eq!(times(&within(later(cues.clone(), 500), 500, u64::MAX)), times(&cues), "there and back");
        assert!(within(cues, 4_000, 5_000).is_empty());
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_its_line() {
        let long = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "x".repeat(LONGEST_LINE + 1));
        let many_lines = format!("WEBVTT\n\n00:01.000 --> 00:02.000{}", "\nx".repeat(MOST_LINES + 1));
        for (name, file, line) in [
            ("nothing", &b""[..], 1),
            ("a page", b"<html>", 1),
            ("another word", b"WEBVTTX\n\n00:01.000 --> 00:02.000\na", 1),
            ("SRT", b"1\n00:00:01,000 --> 00:00:02,000\na", 1),
            ("not UTF-8", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff", 1),
            ("NUL", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\0", 4),
            ("no cue", b"WEBVTT\n\nNOTE nothing\n", 1),
            ("no times", b"WEBVTT\n\nhello\nworld", 3),
            ("ends before it begins", b"WEBVTT\n\n00:03.000 --> 00:02.000\na", 3),
            ("out of order", b"WEBVTT\n\n00:03.000 --> 00:04.000\na\n\n00:02.000 --> 00:05.000\nb", 6),
            ("no empty line", b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:02.000 --> 00:03.000\nb", 5),
            ("sixty seconds", b"WEBVTT\n\n00:60.000 --> 02:00.000\na", 3),
            ("commas", b"WEBVTT\n\n00:01,000 --> 00:02,000\na", 3),
            ("a time without end", b"WEBVTT\n\n99999999999999:00:01.000 --> 00:02.000\na", 3),
            ("a long line", long.as_bytes(), 4),
            ("many lines", many_lines.as_bytes(), 4),
        ] {
            assert_eq!(read(file).unwrap_err().line, line, "{name}");
        }
        let many = format!("WEBVTT\n{}", "\n00:01.000 --> 00:02.000\na\n".repeat(MOST_CUES + 1));
        assert_eq!(read(many.as_bytes()).unwrap_err().what, "there are too many captions in this file.");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble_and_what_is_written_can_be_read(body in "[ -~\n\u{e9}]{0,200}", start in 0_u64..4_000_000, long in 1_u64..9_000) {
            let file = format!("WEBVTT\n\n{} --> {}\n{body}", Time(start), Time(start + long));
            if let Ok(cues) = read(file.as_bytes()) {
                prop_assert_eq!(read(write(&cues).as_bytes()).unwrap(), cues);
            }
        }
    }
}
