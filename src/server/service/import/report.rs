//! What an import did, for whoever ran it.

use std::{collections::BTreeMap, fmt};

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Accounts,
    Products,
    Shows,
    Messages,
    Hearts,
    Pins,
    Orders,
}

impl Kind {
    /// Its name in a report.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Products => "products",
            Self::Shows => "shows",
            Self::Messages => "messages",
            Self::Hearts => "hearts",
            Self::Pins => "pins",
            Self::Orders => "orders",
        }
    }
}

/// How many of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub read: u64,
    pub written: u64,
    /// Here already, and left as it is.
    pub known: u64,
    pub skipped: u64,
}

/// A reason, how often it was met, and the first that it was met with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    count: u64,
    example: String,
}

/// What was read, written and left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    counts: BTreeMap<Kind, Counts>,
    skipped: BTreeMap<(Kind, &'static str), Reason>,
    changed: BTreeMap<(Kind, &'static str), Reason>,
}

impl Report {
    /// How many of a kind.
    pub fn counts(&self, kind: Kind) -> Counts {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// Whether nothing was written.
    pub fn wrote_nothing(&self) -> bool {
        self.counts.values().all(|counts| counts.written == 0)
    }

    pub(super) fn count(&mut self, kind: Kind) -> &mut Counts {
        self.counts.entry(kind).or_default()
    }

    /// Something was left out.
    pub(super) fn skip(&mut self, kind: Kind, id: impl fmt::Display, why: &'static str) {
        self.count(kind).skipped += 1;
        note(&mut self.skipped, kind, id, why);
    }

    /// Something was taken over, but not as it was.
    pub(super) fn change(&mut self, kind: Kind, id: impl fmt::Display, what: &'static str) {
        note(&mut self.changed, kind, id, what);
    }
}

fn note(notes: &mut BTreeMap<(Kind, &'static str), Reason>, kind: Kind, id: impl fmt::Display, why: &'static str) {
    notes.entry((kind, why)).and_modify(|reason| reason.count += 1).or_insert_with(|| Reason { count: 1, example: id.to_string() });
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<10}{:>10}{:>10}{:>10}{:>10}", "", "read", "written", "here", "skipped")?;
        for (kind, counts) in &self.counts {
            writeln!(f, "{:<10}{:>10}{:>10}{:>10}{:>10}", kind.label(), counts.read, counts.written, counts.known, counts.skipped)?;
        }
        for (title, notes) in [("Skipped, because", &self.skipped), ("Taken over, but", &self.changed)] {
            if notes.is_empty() {
                continue;
            }
            writeln!(f, "\n{title}")?;
            for ((kind, why), Reason { count, example }) in notes {
                writeln!(f, "  {count} x {}: {why} (such as {example})", kind.label())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_left_out_and_why() {
        let mut report = Report::default();
        assert!(report.wrote_nothing());
        *report.count(Kind::Accounts) = Counts { read: 3, written: 1, known: 1, skipped: 0 };
        report.skip(Kind::Accounts, "a1", "it has no e-mail address");
        report.skip(Kind::Accounts, "a2", "it has no e-mail address");
        report.change(Kind::Shows, "s1", "it was live, and is over here");
        let text = report.to_string();
        assert!(text.contains("accounts           3         1         1         2"), "{text}");
        assert!(
            text.contains("2 x accounts: it has no e-mail address (such as a1)") && text.contains("1 x shows: it was live, and is over here (such as s1)"),
            "{text}"
        );
        assert!(!report.wrote_nothing());
    }
}
