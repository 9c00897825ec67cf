//! Points in time, the same for everybody: in UTC, so that server and browser write the same.

use leptos::prelude::*;

use crate::domain::time::Timestamp;

const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// How much of a point in time is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Day,
    Minute,
}

/// A date, with the time if asked for.
#[component]
pub fn When(at: Timestamp, #[prop(default = Precision::Day)] precision: Precision) -> impl IntoView {
    view! { <time datetime=at.to_string()>{in_words(at, precision)}</time> }
}

/// The same as text.
pub fn in_words(at: Timestamp, precision: Precision) -> String {
    let (year, month, day, hour, minute, ..) = at.civil();
    let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    match precision {
        Precision::Day => format!("{day} {month} {year}"),
        Precision::Minute => format!("{day} {month} {year}, {hour:02}:{minute:02} UTC"),
    }
}

/// A length of time as people say it: `45 s`, `12 min`, `1 h 5 min`.
pub fn duration_in_words(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_write_them() {
        let at: Timestamp = "2026-03-09T07:05:59Z".parse().unwrap();
        assert_eq!(in_words(at, Precision::Day), "9 March 2026");
        assert_eq!(in_words(at, Precision::Minute), "9 March 2026, 07:05 UTC");
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        assert_eq!([45, 720, 3600, 3900].map(duration_in_words), ["45 s", "12 min", "1 h", "1 h 5 min"]);
    }
}
