//! A show at an engine that does what it is told, and at one that does not.

use super::*;
use crate::server::sfu::Wish;

const HOST: &str = "v=0\r\no=- 11 2 IN IP4 127.0.0.1\r\na=ice-ufrag:host\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=fingerprint:sha-256 AA\r\n";
const OTHER_HOST: &str = "v=0\r\no=- 12 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 BB\r\n";
const OFFER: &str = "v=0\r\no=- 21 2 IN IP4 127.0.0.1\r\na=candidate:1 1 udp 1 10.0.0.2 9 typ host\r\n";

/// An engine that does what it is told, with sessions that count up, and a room that listens.
struct Stand {
    show: Show,
    now: Instant,
    made: u64,
    /// What the room heard, and what the engine was asked: a word for each.
    notices: Vec<Notice>,
    said: Vec<(String, Request)>,
    logged: Vec<State>,
    /// What it does not do.
    fails: Vec<(&'static str, Reply)>,
    /// Asked, and not answered yet.
    open: Vec<(u64, Request)>,
    is_slow: bool,
}

fn word(request: &Request) -> String {
    match request {
        Request::Knock { .. } => "knock".into(),
        Request::Offer { side: Side::Publish, .. } => "publish".into(),
        Request::Offer { side: Side::Play, .. } => "play".into(),
        Request::Look { session, .. } => format!("look {}", session.address),
        Request::End(session) => format!("end {}", session.address),
    }
}

fn refused(status: u16) -> Reply {
    Reply::Refused { status, wait: None }
}

const AWAY: Reply = Reply::Failed(Failure::Unreachable);

impl Stand {
    fn new() -> Self {
        Self::at(Slot::for_everybody())
    }

    fn at(slot: Slot) -> Self {
        let (notices, said, logged, fails, open) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { show: Show::new(slot), now: Instant::now(), made: 0, notices, said, logged, fails, open, is_slow: false }
    }

    /// A host who is there (session 1), and a viewer with line 1 who sees it (session 2).
    fn running() -> Self {
        let mut stand = Self::new();
        stand.publishes(1, HOST);
        stand.plays(1);
        stand.turn_page();
        stand
    }

    fn publishes(&mut self, number: u64, offer: &str) {
        self.command(Command::Publish { number, offer: offer.into() });
    }

    fn plays(&mut self, line: u64) {
        self.command(Command::Play { line: Line(line), offer: OFFER.into() });
    }

    fn command(&mut self, command: Command) {
        self.show.command(command, self.now);
        self.settle();
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.show.tick(self.now);
        self.settle();
    }

    /// Until what is due next.
    fn next_due(&mut self) {
        let due = self.show.due().expect("something is due");
        self.passes(due.saturating_duration_since(self.now));
    }

    fn turn_page(&mut self) {
        (self.notices, self.said, self.logged) = (Vec::new(), Vec::new(), Vec::new());
    }

    fn words(&self) -> Vec<&str> {
        self.said.iter().map(|(word, _)| word.as_str()).collect()
    }

    fn settle(&mut self) {
        loop {
            let outs = self.show.take();
            if outs.is_empty() {
                return;
            }
            for out in outs {
                match out {
                    Out::Tell(notice) => self.notices.push(notice),
                    Out::Log(state) => self.logged.push(state),
                    Out::Ask { number, request } => {
                        self.said.push((word(&request), request.clone()));
                        self.open.push((number, request));
                    }
                }
            }
            if !self.is_slow {
                self.answer_all();
            }
        }
    }

    fn answer_all(&mut self) {
        for (number, request) in std::mem::take(&mut self.open) {
            let failing = self.fails.iter().find(|(start, _)| word(&request).starts_with(start)).map(|(_, reply)| reply.clone());
            let reply = failing.unwrap_or_else(|| match request {
                Request::Offer { side, .. } => {
                    self.made += 1;
                    Reply::Made { answer: format!("v=0 {}", self.made), session: Session { side, address: self.made.to_string(), tag: None } }
                }
                _ => Reply::Done,
            });
            self.show.replied(number, reply, self.now);
        }
    }

    fn catch_up(&mut self) {
        self.is_slow = false;
        self.answer_all();
        self.settle();
    }
}

fn playing(line: u64, made: u64) -> Notice {
    Notice::Playing { line: Line(line), answer: format!("v=0 {made}") }
}

#[test]
fn a_host_is_published_and_viewers_take_its_picture() {
    let mut stand = Stand::new();
    stand.plays(1);
    stand.command(Command::Subscribe(Line(2)));
    assert!(stand.said.is_empty() && stand.notices.is_empty(), "there is nothing to see yet");
    stand.publishes(1, HOST);
    assert_eq!(stand.words(), ["publish", "play"]);
    assert_eq!(stand.notices, [Notice::Answer { number: 1, answer: "v=0 1".into() }, Notice::Invite(Line(2)), playing(1, 2)]);
    let sent = |request: &Request| if let Request::Offer { sdp, .. } = request { sdp.clone() } else { String::new() };
    assert!(stand.said.iter().all(|(_, request)| !sent(request).contains("candidate")), "it cannot be made to knock where a browser says");
    assert_eq!(stand.logged, [State::There]);
    stand.turn_page();
    stand.command(Command::Subscribe(Line(3)));
    stand.command(Command::Check(Line(1)));
    assert_eq!(stand.notices, [Notice::Invite(Line(3))], "who has the picture needs nothing");
    stand.plays(1);
    assert_eq!(stand.words(), ["play", "end 2"], "a new connection takes over from the former");
    stand.command(Command::Choose { line: Line(1), wish: Wish::SoundOnly });
    stand.command(Command::Move { from: Line(1), to: Line(9) });
    stand.turn_page();
    stand.command(Command::Close(Line(9)));
    assert_eq!(stand.words(), ["end 3"]);
}

#[test]
fn all_of_a_show_has_one_word_that_the_next_does_not_have() {
    let mut stand = Stand::running();
    stand.publishes(2, OTHER_HOST);
    stand.plays(2);
    let keys = |stand: &Stand| -> Vec<ShowKey> {
        stand.said.iter().filter_map(|(_, request)| if let Request::Offer { key, .. } = request { Some(key.clone()) } else { None }).collect()
    };
    let first = keys(&stand);
    assert!(first.len() == 2 && first[0] == first[1]);
    stand.command(Command::End);
    stand.publishes(3, HOST);
    assert_ne!(keys(&stand)[2], first[0]);
}

#[test]
fn the_end_of_a_show_leaves_nothing_behind_even_of_what_is_under_way() {
    let mut stand = Stand::running();
    stand.command(Command::Subscribe(Line(5)));
    stand.is_slow = true;
    stand.plays(2);
    stand.command(Command::End);
    stand.catch_up();
    assert_eq!(stand.words(), ["play", "end 1", "end 2", "end 3"]);
    assert!(stand.show.asked.is_empty() && stand.show.lines.is_empty() && stand.show.host.is_none() && stand.show.due().is_none());
    assert!(!stand.notices.iter().any(|notice| matches!(notice, Notice::Playing { .. })));
    stand.turn_page();
    stand.publishes(1, HOST);
    assert!(matches!(&stand.notices[..], [Notice::Answer { number: 1, .. }]));
}

#[test]
fn a_host_who_comes_anew_follows_itself() {
    let mut stand = Stand::running();
    stand.publishes(2, OTHER_HOST);
    assert_eq!(stand.words(), ["end 1", "publish"]);
    assert_eq!(stand.notices, [Notice::Answer { number: 2, answer: "v=0 3".into() }]);
    // Two pages one after the other, while the engine takes its time: the newest is answered, and nothing else is left.
    stand.turn_page();
    stand.is_slow = true;
    stand.publishes(3, HOST);
    stand.publishes(4, OTHER_HOST);
    stand.answer_all();
    stand.settle();
    stand.publishes(5, HOST);
    stand.catch_up();
    assert_eq!(stand.words(), ["end 3", "publish", "end 4", "publish"]);
    assert_eq!(stand.notices, [Notice::Answer { number: 5, answer: "v=0 5".into() }]);
}

#[test]
fn a_connection_that_looks_for_another_path_gives_way_to_a_new_one() {
    let mut stand = Stand::running();
    stand.publishes(2, HOST);
    assert_eq!((stand.words(), &stand.notices[..]), (vec!["end 1"], &[Notice::Gone][..]));
    stand.turn_page();
    stand.command(Command::Subscribe(Line(1)));
    assert!(stand.notices.is_empty(), "nobody is away");
    stand.publishes(3, OTHER_HOST);
    assert_eq!(stand.notices, [Notice::Answer { number: 3, answer: "v=0 3".into() }, Notice::Invite(Line(1))]);
}

#[test]
fn an_engine_that_forgot_the_host_is_found_out_by_asking() {
    let mut stand = Stand::running();
    stand.next_due();
    assert_eq!((stand.words(), stand.notices.len()), (vec!["look 1"], 0));
    let Request::Look { fragment, .. } = &stand.said[0].1 else { panic!() };
    assert!(fragment.starts_with("a=ice-ufrag:host\r\n"), "{fragment}");
    stand.fails = vec![("look", refused(404))];
    stand.next_due();
    assert_eq!(stand.notices, [Notice::Gone]);
    stand.command(Command::Subscribe(Line(1)));
    stand.turn_page();
    stand.publishes(2, OTHER_HOST);
    assert_eq!(stand.words(), ["publish"]);
    assert_eq!(stand.notices[1..], [Notice::Invite(Line(1))]);
    // One that does not say is not asked again.
    stand.fails = vec![("look", refused(405))];
    stand.next_due();
    assert_eq!(stand.show.due(), None);
    stand.turn_page();
    stand.command(Command::Subscribe(Line(1)));
    assert_eq!(stand.notices, [Notice::Invite(Line(1))]);
}

#[test]
fn an_engine_that_is_away_is_knocked_at_and_what_was_there_is_asked_after() {
    for is_forgotten in [false, true] {
        let mut stand = Stand::running();
        stand.fails = vec![("", AWAY)];
        stand.plays(2);
        assert_eq!(stand.notices, [Notice::Away(None), Notice::Away(Some(Line(2)))]);
        stand.command(Command::Subscribe(Line(1)));
        stand.command(Command::Subscribe(Line(1)));
        assert_eq!(stand.notices[2..], [Notice::Away(Some(Line(1)))], "once");
        for _ in 0..8 {
            stand.next_due();
        }
        assert_eq!(stand.words()[1..], ["knock"; 8]);
        let wait = stand.show.due().unwrap() - stand.now;
        assert!(wait >= Duration::from_secs(5) && wait <= Duration::from_secs(10), "{wait:?}");
        assert_eq!(stand.logged, [State::Away(Failure::Unreachable)], "one outage is one line");
        stand.turn_page();
        stand.fails = if is_forgotten { vec![("look", refused(404))] } else { Vec::new() };
        stand.next_due();
        assert_eq!((stand.words(), &stand.logged[..]), (vec!["knock", "look 1"], &[State::There][..]));
        if is_forgotten {
            assert_eq!(stand.notices, [Notice::Gone]);
            stand.publishes(2, OTHER_HOST);
        }
        let invited = |line| stand.notices.contains(&Notice::Invite(Line(line)));
        assert!(invited(1) && invited(2), "{:?}", stand.notices);
    }
}

#[test]
fn a_host_who_finds_no_engine_is_asked_when_there_is_one() {
    for reply in [AWAY, Reply::Failed(Failure::Elsewhere), Reply::Done, refused(404), refused(409), refused(302)] {
        let mut stand = Stand::new();
        stand.fails = vec![("publish", reply.clone())];
        stand.publishes(1, HOST);
        assert_eq!(stand.notices, [Notice::Away(None)], "{reply:?}");
        stand.next_due();
        assert_eq!(stand.notices[1..], [Notice::Gone]);
        // Its connection is another by then. What still fails waits for longer each time.
        let mut waits = Vec::new();
        for number in 2..12 {
            stand.publishes(number, OTHER_HOST);
            waits.push(stand.show.due().unwrap() - stand.now);
            stand.next_due();
        }
        assert!(waits[9] >= Duration::from_secs(5), "{waits:?}");
        let told = stand.notices.iter().filter(|notice| matches!(notice, Notice::Away(_))).count();
        assert_eq!((told, stand.logged.len()), (1, 1), "one outage is said once, although it answers when knocked at: {:?}", stand.logged);
        stand.fails.clear();
        stand.publishes(12, HOST);
        assert!(matches!(stand.notices.last(), Some(Notice::Answer { number: 12, .. })));
    }
    let mut stand = Stand::new();
    stand.fails = vec![("publish", Reply::Refused { status: 503, wait: Some(Duration::from_secs(40)) })];
    stand.publishes(1, HOST);
    assert_eq!(stand.show.due(), Some(stand.now + Duration::from_secs(40)), "as long as it asks for");
    stand.fails = vec![("publish", refused(401))];
    stand.next_due();
    stand.publishes(2, HOST);
    assert_eq!(stand.logged.last(), Some(&State::Unauthorized));
}

#[test]
fn an_offer_that_cannot_be_used_is_refused_and_is_no_outage() {
    let mut stand = Stand::new();
    stand.fails = vec![("publish", refused(422))];
    stand.publishes(1, HOST);
    assert_eq!((&stand.notices[..], stand.show.due()), (&[Notice::Unusable { number: 1 }][..], None));
    let endless = format!("v=0\r\n{}", "m=audio 9 RTP/AVP 0\r\n".repeat(1000));
    let mut stand = Stand::running();
    stand.publishes(2, &endless);
    stand.command(Command::Play { line: Line(2), offer: endless });
    stand.fails = vec![("play", refused(406))];
    stand.plays(3);
    assert_eq!(stand.notices, [Notice::Unusable { number: 2 }, Notice::Unplayable(Line(2)), Notice::Unplayable(Line(3))]);
    assert_eq!(stand.words(), ["play"]);
}

#[test]
fn a_viewer_who_is_too_early_is_offered_for_again_as_long_as_it_waits() {
    let mut stand = Stand::running();
    stand.fails = vec![("play", refused(404))];
    stand.plays(2);
    stand.next_due();
    assert_eq!((stand.words(), stand.notices.len()), (vec!["play", "play"], 0));
    stand.fails.clear();
    stand.next_due();
    assert_eq!(stand.notices, [playing(2, 3)]);
    stand.turn_page();
    stand.fails = vec![("play", Reply::Refused { status: 503, wait: Some(Duration::from_secs(30)) })];
    stand.plays(3);
    assert_eq!((stand.words(), &stand.notices[..]), (vec!["play"], &[Notice::Away(Some(Line(3)))][..]), "nobody waits for so long");
    stand.fails.clear();
    stand.turn_page();
    stand.command(Command::Subscribe(Line(3)));
    stand.plays(3);
    assert_eq!(stand.notices, [Notice::Invite(Line(3)), playing(3, 4)]);
}

#[test]
fn what_nobody_waits_for_any_more_is_ended_when_it_comes() {
    let mut stand = Stand::running();
    stand.is_slow = true;
    stand.plays(2);
    stand.plays(2);
    stand.plays(3);
    stand.command(Command::Close(Line(3)));
    assert_eq!(stand.open.iter().filter(|(number, _)| stand.show.awaits(*number)).count(), 1);
    stand.catch_up();
    assert_eq!(stand.notices, [playing(2, 4)]);
    assert_eq!(stand.words(), ["play", "play", "play", "end 3", "end 5"]);
    assert!(stand.show.asked.is_empty());
}

#[test]
fn one_place_is_for_one_show_and_the_next_is_told_and_comes_when_it_is_free() {
    let slot = Slot::for_one();
    let (mut one, mut other) = (Stand::at(slot.clone()), Stand::at(slot));
    one.publishes(1, HOST);
    other.command(Command::Subscribe(Line(7)));
    other.publishes(1, OTHER_HOST);
    other.publishes(2, OTHER_HOST);
    other.plays(7);
    other.plays(8);
    assert!(other.said.is_empty(), "its viewers would see the other show");
    assert_eq!(other.notices, [Notice::Taken, Notice::Away(Some(Line(7))), Notice::Away(Some(Line(8)))]);
    other.next_due();
    assert_eq!(other.notices.len(), 3);
    one.command(Command::End);
    other.turn_page();
    other.next_due();
    assert_eq!(other.notices, [Notice::Gone]);
    other.publishes(3, OTHER_HOST);
    assert!(matches!(other.notices[1], Notice::Answer { number: 3, .. }));
    one.publishes(2, HOST);
    assert_eq!(one.notices.last(), Some(&Notice::Taken));
}
