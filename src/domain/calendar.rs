//! Shows as calendars read them: iCalendar text ([RFC 5545](https://www.rfc-editor.org/rfc/rfc5545)). Pure; it never asks for the time.
//!
//! No `METHOD` is written: with one the text would be an invitation (RFC 5546), which needs an organizer and answers.

use super::time::Timestamp;

/// The most bytes of one line, without its end (RFC 5545, 3.1).
const MAX_LINE_BYTES: usize = 75;

/// Whether a show takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Confirmed,
    Cancelled,
}

/// One show in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same for ever, whatever changes: calendars know the event by it.
    pub uid: String,
    /// Grows with every change that people have to know of.
    pub sequence: u32,
    pub standing: Standing,
    pub starts: Timestamp,
    pub ends: Timestamp,
    /// When this event was changed last.
    pub changed: Timestamp,
    pub title: String,
    pub description: String,
    /// The show's page, where its address is known.
    pub url: Option<String>,
}

/// A calendar called `name`, as the body of a `.ics` file.
pub fn calendar(name: &str, events: &[CalendarEvent]) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//WrenCOS//Shows//EN", "CALSCALE:GREGORIAN"] {
        push(&mut text, line);
    }
    // RFC 7986 and the older names of the same; both are read by somebody.
    push(&mut text, &format!("NAME:{}", escaped(name)));
    push(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    push(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    push(&mut text, "X-PUBLISHED-TTL:PT1H");
    for event in events {
        push_event(&mut text, event);
    }
    push(&mut text, "END:VCALENDAR");
    text
}

fn push_event(text: &mut String, event: &CalendarEvent) {
    let status = match event.standing {
        Standing::Confirmed => "CONFIRMED",
        Standing::Cancelled => "CANCELLED",
    };
    push(text, "BEGIN:VEVENT");
    push(text, &format!("UID:{}", escaped(&event.uid)));
    push(text, &format!("SEQUENCE:{}", event.sequence));
    push(text, &format!("STATUS:{status}"));
    push(text, &format!("DTSTAMP:{}", utc(event.changed)));
    push(text, &format!("LAST-MODIFIED:{}", utc(event.changed)));
    push(text, &format!("DTSTART:{}", utc(event.starts)));
    push(text, &format!("DTEND:{}", utc(event.ends)));
    push(text, &format!("SUMMARY:{}", escaped(&event.title)));
    if !event.description.is_empty() {
        push(text, &format!("DESCRIPTION:{}", escaped(&event.description)));
    }
    if let Some(url) = &event.url {
        push(text, &format!("URL:{url}"));
    }
    // Watching is no appointment: it blocks nobody's day.
    push(text, "TRANSP:TRANSPARENT");
    push(text, "END:VEVENT");
}

// A time in UTC, to the second (RFC 5545, 3.3.5).
fn utc(at: Timestamp) -> String {
    let (year, month, day, hour, minute, second, _) = at.civil();
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

// Text as a value (RFC 5545, 3.3.11). Controls that no value may have are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

// A line with its end, folded between characters so that none of its parts is too long.
fn push(text: &mut String, line: &str) {
    let mut room = MAX_LINE_BYTES;
    for c in line.chars() {
        if c.len_utf8() > room {
            text.push_str("\r\n ");
            // The space counts.
            room = MAX_LINE_BYTES - 1;
        }
        text.push(c);
        room -= c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(title: &str) -> CalendarEvent {
        CalendarEvent {
            uid: "65f0c1d2e3a4b5968778695a@wrencos".into(),
            sequence: 3,
            standing: Standing::Confirmed,
            starts: "2026-11-29T19:00:00+01:00".parse().unwrap(),
            ends: "2026-11-29T19:00:00Z".parse().unwrap(),
            changed: "2026-11-21T08:00:00.900Z".parse().unwrap(),
            title: title.into(),
            description: "Bring tea; two cups, please.\nAda".into(),
            url: Some("https://shop.example/live/65f0c1d2e3a4b5968778695a".into()),
        }
    }

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn a_show_is_written_as_calendars_read_it() {
        let text = unfolded(&calendar("Shows, live", &[event("Tea \\ time")]));
        for line in [
            "NAME:Shows\\, live",
            "UID:65f0c1d2e3a4b5968778695a@wrencos",
            "SEQUENCE:3",
            "STATUS:CONFIRMED",
            "DTSTAMP:20261121T080000Z",
            "DTSTART:20261129T180000Z",
            "DTEND:20261129T190000Z",
            "SUMMARY:Tea \\\\ time",
            "DESCRIPTION:Bring tea\\; two cups\\, please.\\nAda",
            "URL:https://shop.example/live/65f0c1d2e3a4b5968778695a",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} is not in\n{text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        let cancelled = calendar("Shows", &[CalendarEvent { standing: Standing::Cancelled, ..event("Tea") }]);
        assert!(cancelled.contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn a_title_never_becomes_a_line_of_its_own() {
        let text = calendar("Shows", &[event("Tea\r\nEND:VEVENT\r\nBEGIN:VALARM\u{0}")]);
        assert!(unfolded(&text).contains("SUMMARY:Tea\\nEND:VEVENT\\nBEGIN:VALARM\r\n"));
        assert_eq!(text.matches("\r\nEND:VEVENT").count(), 1);
    }

    proptest! {
        #[test]
        fn lines_are_short_and_lose_nothing(title in "[a-z \u{e9}\u{20ac}\u{1f426}]{0,200}") {
            let text = calendar("Shows", &[event(&title)]);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= MAX_LINE_BYTES));
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
            let summary = format!("SUMMARY:{title}\r\n");
            prop_assert!(unfolded(&text).contains(&summary));
        }
    }
}
