//! What is recorded and not safe yet: pieces in a row, sent one after the other, again and again until the server has them.
//! Pure: what a piece is made of is its owner's business.

use std::collections::{HashSet, VecDeque};

use serde::Deserialize;

use crate::{domain::id::LivestreamId, live::retry};

/// A piece of what a recorder wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<B> {
    pub show: LivestreamId,
    /// What the recorder calls itself.
    pub recorder: String,
    /// When the recorder began, by this device's clock, in milliseconds since 1970.
    pub began_ms: i64,
    pub number: u32,
    pub bytes: u64,
    pub blob: B,
}

impl<B> Piece<B> {
    /// The key under which it is kept: in the order in which pieces are sent.
    pub fn key(&self) -> String {
        format!("{} {:013} {} {:08}", self.show, self.began_ms, self.recorder, self.number)
    }

    /// The piece that was kept under this key.
    pub fn kept(key: &str, bytes: u64, blob: B) -> Option<Self> {
        let mut words = key.split(' ');
        let (show, began_ms, recorder, number) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?, words.next()?.parse().ok()?);
        Some(Self { show, recorder: recorder.to_owned(), began_ms, number, bytes, blob })
    }

    /// Where it is sent; `now_ms` by the same clock as `began_ms`.
    pub fn path(&self, now_ms: i64) -> String {
        let age_ms = now_ms.saturating_sub(self.began_ms).max(0);
        format!("/api/livestreams/{}/recording/chunks/{}?recorder={}&ageMs={age_ms}", self.show, self.number, self.recorder)
    }
}

/// What an answer of the server asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict<B> {
    /// Safe, or of no use to the server: nothing to keep any more.
    pub done: Vec<Piece<B>>,
    /// What the person is told; `None`: all is well.
    pub trouble: Option<&'static str>,
    /// Milliseconds until the next try; zero: at once.
    pub wait_ms: u32,
}

const NO_ROOM: &str = "The shop has no room for the recording. The show goes on; it is tried again by itself.";
const SIGNED_OUT: &str = "Sign in again in another tab to go on saving the recording.";
const AWAY: &str = "The recording waits for the connection. It is kept here until the shop has it.";

/// The row.
#[derive(Debug)]
pub(super) struct Tape<B> {
    waiting: VecDeque<Piece<B>>,
    /// Those of them that this page alone has, by key: nobody has said yet that they outlive it.
    unkept: HashSet<String>,
    is_sending: bool,
    failures: u32,
    sent_bytes: u64,
}

impl<B: Clone> Tape<B> {
    pub fn new() -> Self {
        Self { waiting: VecDeque::new(), unkept: HashSet::new(), is_sending: false, failures: 0, sent_bytes: 0 }
    }

    /// Something was recorded.
    pub fn push(&mut self, piece: Piece<B>) {
        self.unkept.insert(piece.key());
        self.waiting.push_back(piece);
    }

    /// What was recorded outlives this page from now on.
    pub fn is_now_kept(&mut self, key: &str) {
        self.unkept.remove(key);
    }

    /// Whether everything that waits outlives this page.
    pub fn is_kept(&self) -> bool {
        self.unkept.is_empty()
    }

    /// What an earlier page left behind goes first.
    pub fn push_old(&mut self, pieces: Vec<Piece<B>>) {
        let known: Vec<String> = self.waiting.iter().map(Piece::key).collect();
        let at = usize::from(self.is_sending);
        let new: Vec<_> = pieces.into_iter().filter(|piece| !known.contains(&piece.key())).collect();
        for (offset, piece) in new.into_iter().enumerate() {
            self.waiting.insert(at + offset, piece);
        }
    }

    /// The piece to send now, if none is on its way.
    pub fn next(&mut self) -> Option<Piece<B>> {
        if self.is_sending {
            return None;
        }
        let piece = self.waiting.front().cloned()?;
        self.is_sending = true;
        Some(piece)
    }

    /// An answer to the piece on its way; status zero: none came. `random` is 0 up to 1.
    pub fn answered(&mut self, status: u16, body: &str, random: f64) -> Verdict<B> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Refusal {
            code: String,
            next: u32,
        }
        self.is_sending = false;
        let refusal = || serde_json::from_str::<Refusal>(body).unwrap_or_default();
        let Some(front) = self.waiting.front() else { return Verdict { done: Vec::new(), trouble: None, wait_ms: 0 } };
        let (show, recorder) = (front.show, front.recorder.clone());
        let done = match status {
            200..=299 => {
                self.sent_bytes += front.bytes;
                self.waiting.pop_front().into_iter().collect()
            }
            // The server has another piece of this number: this one came twice, in two ways. It has what it needs.
            409 if refusal().next > front.number => self.waiting.pop_front().into_iter().collect(),
            // The film is made, or the show is deleted.
            410 | 404 => self.drop_where(|piece| piece.show == show),
            // What this recorder still has cannot be put in its place any more.
            400 | 409 | 422 => self.drop_where(|piece| piece.show == show && piece.recorder == recorder),
            _ => {
                let trouble = match status {
                    413 | 507 => NO_ROOM,
                    401 | 403 => SIGNED_OUT,
                    _ => AWAY,
                };
                let wait_ms = 250 + retry::wait_ms(self.failures, random);
                self.failures = self.failures.saturating_add(1);
                // One that failed alone is no news.
                return Verdict { done: Vec::new(), trouble: (self.failures > 1 || trouble != AWAY).then_some(trouble), wait_ms };
            }
        };
        self.failures = 0;
        for piece in &done {
            self.unkept.remove(&piece.key());
        }
        Verdict { done, trouble: None, wait_ms: 0 }
    }

    fn drop_where(&mut self, is_useless: impl Fn(&Piece<B>) -> bool) -> Vec<Piece<B>> {
        let (useless, rest) = self.waiting.drain(..).partition(|piece| is_useless(piece));
        self.waiting = rest;
        Vec::from(useless)
    }

    /// Bytes that only this device has.
    pub fn waiting_bytes(&self) -> u64 {
        self.waiting.iter().map(|piece| piece.bytes).sum()
    }

    /// Bytes that the server has from this page.
    pub fn sent_bytes(&self) -> u64 {
        self.sent_bytes
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(byte: u8) -> LivestreamId {
        LivestreamId::from_bytes([byte; 12])
    }

    fn piece(of: u8, recorder: &str, number: u32) -> Piece<()> {
        Piece { show: show(of), recorder: recorder.into(), began_ms: 5_000, number, bytes: 10, blob: () }
    }

    fn tape(pieces: &[(u8, &str, u32)]) -> Tape<()> {
        let mut tape = Tape::new();
        for (of, recorder, number) in pieces {
            tape.push(piece(*of, recorder, *number));
        }
        tape
    }

    fn left(tape: &Tape<()>) -> Vec<(String, u32)> {
        tape.waiting.iter().map(|piece| (piece.recorder.clone(), piece.number)).collect()
    }

    #[test]
    fn pieces_go_one_after_the_other_and_are_forgotten_when_they_are_safe() {
        let mut tape = tape(&[(1, "a", 0), (1, "a", 1)]);
        assert_eq!((tape.next().unwrap().number, tape.next()), (0, None), "one at a time");
        assert_eq!(tape.answered(200, "{}", 0.5).done, [piece(1, "a", 0)]);
        assert_eq!(tape.next().unwrap().number, 1);
        assert_eq!((tape.waiting_bytes(), tape.sent_bytes()), (10, 10));
        tape.answered(200, "{}", 0.5);
        assert!(tape.is_empty() && tape.next().is_none());
    }

    #[test]
    fn what_fails_is_tried_again_later_and_later_and_told_in_words() {
        let mut tape = tape(&[(1, "a", 0)]);
        let mut waits = Vec::new();
        for (status, trouble) in [(0, None), (503, Some(AWAY)), (507, Some(NO_ROOM)), (413, Some(NO_ROOM)), (401, Some(SIGNED_OUT)), (429, Some(AWAY))] {
            tape.next().unwrap();
            let verdict = tape.answered(status, "", 1.0);
            assert_eq!((verdict.trouble, verdict.done.len()), (trouble, 0), "{status}");
            waits.push(verdict.wait_ms);
        }
        assert_eq!(waits, [500, 750, 1_250, 2_250, 4_250, 8_250]);
        tape.next().unwrap();
        assert_eq!(tape.answered(200, "{}", 1.0).trouble, None);
        tape.push(piece(1, "a", 1));
        tape.next().unwrap();
        assert_eq!(tape.answered(0, "", 1.0).wait_ms, 500, "a new failure begins anew");
    }

    #[test]
    fn what_waits_outlives_the_page_once_each_piece_is_sent_or_kept() {
        let mut tape = tape(&[(1, "a", 0), (1, "a", 1), (1, "a", 2)]);
        assert!(!tape.is_kept());
        tape.next().unwrap();
        tape.answered(200, "{}", 0.5);
        tape.is_now_kept(&piece(1, "a", 2).key());
        assert!(!tape.is_kept(), "one was neither sent nor kept");
        tape.is_now_kept(&piece(1, "a", 1).key());
        assert!(tape.is_kept());
        tape.push_old(vec![piece(1, "old", 0)]);
        assert!(tape.is_kept(), "what an earlier page left is kept");
        tape.push(piece(1, "b", 0));
        assert!(!tape.is_kept());
        tape.next().unwrap();
        tape.answered(410, "{}", 0.5);
        assert!(tape.is_kept(), "what is of no use is missed by nobody");
    }

    #[test]
    fn what_the_server_has_no_use_for_is_let_go() {
        for (status, body, kept) in [
            (410, "{}", vec![("c", 0)]),
            (404, "{}", vec![("c", 0)]),
            (409, r#"{"code":"chunk_differs","next":2}"#, vec![("a", 1), ("b", 0), ("c", 0)]),
            (409, r#"{"code":"chunk_out_of_order","next":0}"#, vec![("b", 0), ("c", 0)]),
            (422, "{}", vec![("b", 0), ("c", 0)]),
        ] {
            let mut tape = tape(&[(1, "a", 0), (1, "a", 1), (1, "b", 0), (2, "c", 0)]);
            tape.next().unwrap();
            tape.answered(status, body, 0.5);
            assert_eq!(left(&tape), kept.into_iter().map(|(name, number)| (name.to_owned(), number)).collect::<Vec<_>>(), "{status} {body}");
        }
    }

    #[test]
    fn what_was_left_behind_goes_first_and_only_once() {
        let mut tape = tape(&[(1, "new", 0), (1, "new", 1)]);
        tape.next().unwrap();
        tape.push_old(vec![piece(1, "old", 7), piece(1, "old", 8), piece(1, "new", 1)]);
        let name = |(name, number): (&str, u32)| (name.to_owned(), number);
        assert_eq!(left(&tape), [("new", 0), ("old", 7), ("old", 8), ("new", 1)].map(name), "but not before what is on its way");
    }

    #[test]
    fn a_piece_is_found_again_by_its_key() {
        let piece = piece(7, "abc", 12);
        assert_eq!(Piece::kept(&piece.key(), 10, ()), Some(piece.clone()));
        assert_eq!(Piece::kept("something else", 1, ()), None);
        assert!(piece.path(6_500).ends_with("/recording/chunks/12?recorder=abc&ageMs=1500"));
        assert!(piece.path(0).ends_with("ageMs=0"), "a clock that was set back is no reason to fail");
    }
}
