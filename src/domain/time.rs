//! Points in time: milliseconds since 1970-01-01T00:00:00Z, on the wire as RFC 3339 in UTC.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in wall-clock time, to the millisecond. Between years 0 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A text was not a date and time with an offset, as RFC 3339 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written like 2026-01-31T18:30:00Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The point this many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to here; zero where the clock went backwards.
    pub const fn millis_since(self, earlier: Self) -> u64 {
        if self.0 > earlier.0 { (self.0 - earlier.0) as u64 } else { 0 }
    }

    /// Whole seconds from `earlier` to here, rounded down; zero where the clock went backwards.
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.millis_since(earlier) / 1000
    }

    /// This many milliseconds later.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The point that a clock `offset_minutes` east of UTC shows as this text, as a form's date and time field writes it:
    /// `2026-01-31T18:30`, with or without seconds. `None` for anything else.
    pub fn from_local(text: &str, offset_minutes: i32) -> Option<Self> {
        if text.len() != 16 && text.len() != 19 || offset_minutes.abs() > 24 * 60 {
            return None;
        }
        let seconds = if text.len() == 16 { ":00" } else { "" };
        let local: Self = format!("{text}{seconds}Z").parse().ok()?;
        Some(Self(local.0 - i64::from(offset_minutes) * 60_000))
    }

    /// The same for that clock: `2026-01-31T18:30`.
    pub fn to_local(self, offset_minutes: i32) -> String {
        let (year, month, day, hour, minute, ..) = Self(self.0 + i64::from(offset_minutes) * 60_000).civil();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    }

    /// Year, month (1–12), day (1–31), hour, minute, second, millisecond in UTC.
    pub fn civil(self) -> (i64, u32, u32, u32, u32, u32, u32) {
        let days = self.0.div_euclid(86_400_000);
        let millis = self.0.rem_euclid(86_400_000) as u32;
        let (year, month, day) = civil_from_days(days);
        (year, month, day, millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000)
    }
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": exact over the proleptic Gregorian calendar.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let shifted = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let doy = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second, milli) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// A leap second (`:60`) counts as the second before it, as POSIX time does.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        parse(text.as_bytes()).ok_or(InvalidTimestamp)
    }
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        digits.iter().all(u8::is_ascii_digit).then_some(())?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    let literal = |at: usize, one_of: &[u8]| text.get(at).filter(|byte| one_of.contains(byte)).map(|_| ());
    let (year, month, day) = (i64::from(number(0, 4)?), number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    literal(4, b"-")?;
    literal(7, b"-")?;
    literal(10, b"Tt ")?;
    literal(13, b":")?;
    literal(16, b":")?;
    let valid = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    valid.then_some(())?;
    let mut rest = 19;
    let mut millis = 0;
    if text.get(rest) == Some(&b'.') {
        let digits = text[rest + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        (1..=9).contains(&digits).then_some(())?;
        for place in 0..3 {
            let digit = if place < digits { i64::from(text[rest + 1 + place] - b'0') } else { 0 };
            millis = millis * 10 + digit;
        }
        rest += 1 + digits;
    }
    let offset_minutes = match text.get(rest)? {
        b'Z' | b'z' if text.len() == rest + 1 => 0,
        sign @ (b'+' | b'-') if text.len() == rest + 6 => {
            literal(rest + 3, b":")?;
            let (hours, minutes) = (number(rest + 1, rest + 3)?, number(rest + 4, rest + 6)?);
            (hours < 24 && minutes < 60).then_some(())?;
            let total = i64::from(hours * 60 + minutes);
            if *sign == b'-' { -total } else { total }
        }
        _ => return None,
    };
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second.min(59));
    Some(Timestamp(((days_from_civil(year, month, day) * 86_400 + of_day) - offset_minutes * 60) * 1000 + millis))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `754` seconds as `12:34`, an hour or more as `1:02:03`.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_offsets_fractions_and_leap_seconds() {
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for same in ["2026-11-21T19:00:00+07:00", "2026-11-21t12:00:00.000z", "2026-11-21 07:30:00-04:30", "2026-11-21T12:00:00.000999Z"] {
            assert_eq!(same.parse(), Ok(noon), "{same}");
        }
        assert_eq!("2016-12-31T23:59:60Z".parse::<Timestamp>(), "2016-12-31T23:59:59Z".parse());
        assert_eq!("2024-02-29T00:00:00Z".parse::<Timestamp>().unwrap().to_string(), "2024-02-29T00:00:00.000Z");
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in [
            "",
            "2026-11-21",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T12:00:00",
            "2026-11-21T12:00:00+7",
            "2026-11-21T12:00:00.Z",
            "+026-11-21T12:00:00Z",
            "1e99",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn a_clock_on_the_wall_is_read_with_its_offset() {
        let noon = "2026-11-21T12:00:00Z".parse().ok();
        for (text, offset_minutes) in [("2026-11-21T12:00", 0), ("2026-11-21T13:00", 60), ("2026-11-21T07:30:00", -270), ("2026-11-22T02:00", 840)] {
            assert_eq!(Timestamp::from_local(text, offset_minutes), noon, "{text} {offset_minutes}");
        }
        assert_eq!(Timestamp::from_local("2026-11-22T02:00", 840).unwrap().to_local(840), "2026-11-22T02:00");
        for (text, offset_minutes) in
            [("", 0), ("2026-11-21", 0), ("2026-11-21T25:00", 0), ("2026-11-21T12:00+1", 0), ("+2026-11-21T12:0", 0), ("2026-11-21T12:00", 9999)]
        {
            assert_eq!(Timestamp::from_local(text, offset_minutes), None, "{text} {offset_minutes}");
        }
    }

    #[test]
    fn writes_a_running_time() {
        assert_eq!([clock(0), clock(59), clock(754), clock(3723)], ["0:00", "0:59", "12:34", "1:02:03"]);
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_a_known_library(millis in -62_167_219_200_000i64..253_402_300_799_999) {
            let known = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap();
            let ours = Timestamp::from_millis(millis);
            let (year, month, day, hour, minute, second, milli) = ours.civil();
            proptest::prop_assert_eq!((year as i32, month as u8, day as u8), (known.year(), u8::from(known.month()), known.day()));
            proptest::prop_assert_eq!((hour as u8, minute as u8, second as u8, milli as u16), (known.hour(), known.minute(), known.second(), known.millisecond()));
            proptest::prop_assert_eq!(ours.to_string().parse(), Ok(ours));
        }
    }
}
