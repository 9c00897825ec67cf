//! What is kept of a show's picture and sound: chunks while it is live, one film afterwards.

use serde::{Deserialize, Serialize};

/// Milliseconds of media in one chunk of a recording.
pub const CHUNK_MS: u32 = 1000;
/// The most bytes of one chunk; a recorder that was held up sends what it has in several.
pub const MAX_CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// A stretch of the film without a gap: what one recorder saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingPart {
    /// When it was recorded, in milliseconds from the start of the show.
    pub show_ms: u64,
    /// Where it begins in the film, in milliseconds.
    pub at_ms: u64,
    /// How long it plays; zero: nobody knows, so to the end.
    pub duration_ms: u64,
}

/// How far a show's recording has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Nothing has come in.
    #[default]
    None,
    /// Chunks are taken.
    Open,
    /// The film is being made.
    Finishing,
    /// The film can be watched.
    Ready,
    /// There is no film: nothing that came in could be played, or it was removed.
    Failed,
}

/// A show's recording, for its host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    pub state: RecordingState,
    /// Whether the studio is to record this show.
    pub enabled: bool,
    /// The number of the chunk that is expected next from the recorder that was asked about.
    pub next: u32,
    /// Bytes that are safe on the server's disk.
    pub bytes: u64,
    /// Of the film; zero until it is ready, or where nobody knows.
    pub duration_ms: u64,
    pub parts: Vec<RecordingPart>,
    /// Where the film is; empty until it is ready.
    pub video_url: String,
}

/// Where something that happened `show_ms` into the show is found in the film. What happened between two parts is true
/// from the next one on.
pub fn film_ms(parts: &[RecordingPart], show_ms: u64) -> u64 {
    let mut end_ms = 0;
    for part in parts {
        if show_ms < part.show_ms {
            return part.at_ms;
        }
        if part.duration_ms == 0 || show_ms < part.show_ms + part.duration_ms {
            return part.at_ms + (show_ms - part.show_ms);
        }
        end_ms = part.at_ms + part.duration_ms;
    }
    if parts.is_empty() { show_ms } else { end_ms }
}

/// The time in the show of a place in the film.
pub fn show_ms(parts: &[RecordingPart], film_ms: u64) -> u64 {
    let part = parts.iter().rev().find(|part| part.at_ms <= film_ms);
    part.map_or(film_ms, |part| part.show_ms + (film_ms - part.at_ms))
}

/// The parts of a stretch of the film, as parts of a film of its own. A film without parts began with the show.
pub fn cut_parts(parts: &[RecordingPart], from_ms: u64, duration_ms: u64) -> Vec<RecordingPart> {
    let whole = [RecordingPart { show_ms: 0, at_ms: 0, duration_ms: 0 }];
    let parts = if parts.is_empty() { &whole } else { parts };
    let until_ms = from_ms.saturating_add(duration_ms);
    let cut = |part: &RecordingPart| {
        let begin = part.at_ms.max(from_ms);
        let end = if part.duration_ms == 0 { until_ms } else { (part.at_ms + part.duration_ms).min(until_ms) };
        (begin < end).then(|| RecordingPart { show_ms: part.show_ms + (begin - part.at_ms), at_ms: begin - from_ms, duration_ms: end - begin })
    };
    parts.iter().filter_map(cut).collect()
}

/// Whether something that happened in the show came after everything that is in the film.
pub fn is_after(parts: &[RecordingPart], show_ms: u64) -> bool {
    parts.last().is_some_and(|part| part.duration_ms > 0 && show_ms >= part.show_ms + part.duration_ms)
}

/// Whether this is a name that a recorder may give itself.
pub fn is_recorder_name(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(show_ms: u64, at_ms: u64, duration_ms: u64) -> RecordingPart {
        RecordingPart { show_ms, at_ms, duration_ms }
    }

    #[test]
    fn what_happened_is_found_where_it_was_recorded() {
        // Two seconds until the recorder runs, ten seconds of film, five without, ten more.
        let parts = [part(2_000, 0, 10_000), part(17_000, 10_000, 10_000)];
        for (show, film) in [(0, 0), (2_000, 0), (5_000, 3_000), (11_999, 9_999), (12_000, 10_000), (16_000, 10_000), (20_000, 13_000), (99_000, 20_000)] {
            assert_eq!(film_ms(&parts, show), film, "{show}");
        }
        for (film, show) in [(0, 2_000), (9_999, 11_999), (10_000, 17_000), (13_000, 20_000)] {
            assert_eq!(show_ms(&parts, film), show, "{film}");
        }
        assert_eq!((film_ms(&[], 7), show_ms(&[], 7)), (7, 7), "an uploaded film begins with the show");
        assert_eq!(film_ms(&[part(1_000, 0, 0)], 900_000), 899_000, "a film of unknown length goes on");
    }

    #[test]
    fn a_stretch_of_the_film_knows_its_own_times() {
        let parts = [part(2_000, 0, 10_000), part(17_000, 10_000, 10_000)];
        let cut = cut_parts(&parts, 4_000, 8_000);
        assert_eq!(cut, [part(6_000, 0, 6_000), part(17_000, 6_000, 2_000)]);
        for (show, film) in [(0, 0), (6_000, 0), (7_000, 1_000), (13_000, 6_000), (18_000, 7_000), (19_000, 8_000)] {
            assert_eq!(film_ms(&cut, show), film, "{show}");
        }
        assert!(!is_after(&cut, 18_999) && is_after(&cut, 19_000));
        assert_eq!(cut_parts(&parts, 12_000, 1_000), [part(19_000, 0, 1_000)]);
        assert_eq!(cut_parts(&[], 5_000, 20_000), [part(5_000, 0, 20_000)], "an uploaded film begins with the show");
        assert!(!is_after(&[], 9) && !is_after(&[part(0, 0, 0)], u64::MAX), "nobody knows how long it is");
    }

    #[test]
    fn a_recorder_is_called_by_plain_letters() {
        assert!(is_recorder_name("") && is_recorder_name("a0-Z"));
        assert!(!is_recorder_name("../x") && !is_recorder_name(&"a".repeat(41)) && !is_recorder_name("é"));
    }
}
