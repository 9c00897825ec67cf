//! What is kept of shows on the disk, and which films go when there is too much of it. Pure; times and sizes are given.

use serde::{Deserialize, Serialize};

use super::{id::LivestreamId, time::Timestamp};

/// Of the limit for all recordings, so much is left to what is being recorded: a tenth.
const ROOM: u64 = 10;
const DAY_MS: u64 = 86_400_000;

/// A film of a show that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptFilm {
    pub stream_id: LivestreamId,
    pub title: String,
    /// When the show ended.
    pub at: Timestamp,
    /// Of all its files together.
    pub bytes: u64,
}

/// How much may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Films of shows that ended longer ago are removed.
    pub retention_days: Option<u32>,
    /// The most that recordings and films may take together.
    pub quota_bytes: Option<u64>,
    /// Whether the oldest films are removed before the limit is reached. Otherwise nothing more is recorded then.
    pub make_room: bool,
}

/// What lies on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageReport {
    /// Films, those included that belong to no show any more.
    pub films_bytes: u64,
    /// What is recorded and not a film yet.
    pub recordings_bytes: u64,
    /// Pictures of shows and products.
    pub pictures_bytes: u64,
    /// Left on the disk; `None` where it does not tell.
    pub free_bytes: Option<u64>,
    pub limits: Limits,
    /// The films there are, the oldest first.
    pub films: Vec<KeptFilm>,
}

/// The films that are to go, the oldest first. `films` come in that order; `used_bytes` is what recordings and films take.
pub fn to_go(films: &[KeptFilm], used_bytes: u64, limits: Limits, now: Timestamp) -> Vec<KeptFilm> {
    let oldest_ms = limits.retention_days.map(|days| u64::from(days).saturating_mul(DAY_MS));
    let most_bytes = limits.quota_bytes.filter(|_| limits.make_room).map(|quota| quota - quota / ROOM);
    let mut left_bytes = used_bytes;
    let mut going = Vec::new();
    for film in films {
        let is_old = oldest_ms.is_some_and(|oldest_ms| now.millis_since(film.at) >= oldest_ms);
        if is_old || most_bytes.is_some_and(|most_bytes| left_bytes > most_bytes) {
            left_bytes = left_bytes.saturating_sub(film.bytes);
            going.push(film.clone());
        }
    }
    going
}

/// A size in words.
pub fn size_in_words(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_films_go_first_and_no_more_than_must() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let film = |days: i64, bytes| KeptFilm {
            stream_id: LivestreamId::from_bytes([days as u8; 12]),
            title: days.to_string(),
            at: now.plus_millis(-days * 86_400_000),
            bytes,
        };
        let films = [film(30, 100), film(20, 300), film(10, 50), film(1, 400)];
        let limits = |retention_days, quota_bytes, make_room| Limits { retention_days, quota_bytes, make_room };
        for (name, limits, used, expected) in [
            ("no limit", limits(None, None, false), 1_000, vec![]),
            ("a limit that nothing gives way to", limits(None, Some(10), false), 1_000, vec![]),
            ("days", limits(Some(20), None, false), 850, vec!["30", "20"]),
            ("room", limits(None, Some(1_000), true), 950, vec!["30"]),
            ("just enough room", limits(None, Some(1_000), true), 900, vec![]),
            ("room for much that is recorded now", limits(None, Some(1_000), true), 5_000, vec!["30", "20", "10", "1"]),
            ("both", limits(Some(25), Some(700), true), 850, vec!["30", "20"]),
        ] {
            let going: Vec<String> = to_go(&films, used, limits, now).into_iter().map(|film| film.title).collect();
            assert_eq!(going, expected, "{name}");
        }
    }

    #[test]
    fn sizes_are_told_as_people_tell_them() {
        for (bytes, words) in [(0, "0 KiB"), (1, "1 KiB"), (1_048_576, "1.0 MiB"), (231_735_296, "221.0 MiB"), (5_368_709_120, "5.0 GiB")] {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
