//! Points in time: in UTC on the page that the server wrote, by the reader's own clock as soon as the browser has a say.

use leptos::prelude::*;

use crate::{domain::time::Timestamp, live::assist::zone};

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
    let words = RwSignal::new(in_words(at, precision));
    Effect::new(move || words.set(in_local_words(at, precision, zone::offset_minutes(at))));
    view! { <time datetime=at.to_string()>{words}</time> }
}

/// The same as text, in UTC.
pub fn in_words(at: Timestamp, precision: Precision) -> String {
    let (year, month, day, hour, minute, ..) = at.civil();
    let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    match precision {
        Precision::Day => format!("{day} {month} {year}"),
        Precision::Minute => format!("{day} {month} {year}, {hour:02}:{minute:02} UTC"),
    }
}

/// The same by a clock this many minutes east of UTC.
pub fn in_local_words(at: Timestamp, precision: Precision, offset_minutes: i32) -> String {
    let words = in_words(at.plus_millis(i64::from(offset_minutes) * 60_000), precision);
    words.trim_end_matches(" UTC").to_owned()
}

/// What is left until something begins, for a countdown: `3 days`, `2 h 05 min`, `12:34`.
pub fn time_left(seconds: u64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        86_400.. => format!("1 day {} h", seconds % 86_400 / 3600),
        3600.. => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}:{:02}", seconds / 60, seconds % 60),
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
    fn times_read_as_the_clock_on_the_wall_shows_them() {
        let at: Timestamp = "2026-03-09T23:30:00Z".parse().unwrap();
        assert_eq!(in_local_words(at, Precision::Minute, 60), "10 March 2026, 00:30");
        assert_eq!(in_local_words(at, Precision::Day, -300), "9 March 2026");
    }

    #[test]
    fn what_is_left_gets_finer_as_it_gets_less() {
        let left = [259_200, 90_000, 7_500, 3_600, 3_599, 5].map(time_left);
        assert_eq!(left, ["3 days", "1 day 1 h", "2 h 05 min", "1 h 00 min", "59:59", "0:05"]);
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        assert_eq!([45, 720, 3600, 3900].map(duration_in_words), ["45 s", "12 min", "1 h", "1 h 5 min"]);
    }
}
