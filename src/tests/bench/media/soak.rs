//! The media server for a long time: viewers who stay and must get every packet, others who come and go all the while, a host
//! whose numbers all begin anew in the first seconds, and the memory of the server's process, which must not grow.
//!
//! Nothing is written down for each packet here, so this side can go on for as long.

use std::{
    net::Ipv4Addr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{
    camera::First,
    client::Client,
    crowd::{Crowd, answer, ask, until},
    kernel,
    measure::LATE,
    server::Server,
    tally::{Gaps, Kept},
    wire::{Asked, Told},
};

/// How often somebody comes who does not stay.
const COME_EVERY: Duration = Duration::from_millis(400);
/// How long they watch.
const WATCH: Duration = Duration::from_secs(2);
/// One in so many is gone again before there is a connection.
const HASTY_ONE_IN: u64 = 5;
/// Whoever has no picture by then will not get one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Those who come and go at the same time are never more.
const PASSING: usize = 64;
/// How long before the end of all numbers the host begins. Those who stay are there by then.
const ENDS_IN_SECONDS: u16 = 15;
/// How often memory is looked at, and what is missing.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What is held in stock is held by then.
const WARM_UP: Duration = Duration::from_secs(60);
/// The most that memory may grow: a share of what it was, and an amount.
const MOST_GROWTH: f64 = 0.1;
const MOST_GROWTH_KIB: f64 = 8.0 * 1024.0;

/// Somebody who comes and goes.
struct Passing {
    line: u64,
    viewer: usize,
    leaves_at: Instant,
    is_hasty: bool,
}

/// See the module.
pub struct Soak {
    client: Rc<Client>,
    server: Server,
    crowd: Crowd,
    began: Instant,
    passing: Vec<Passing>,
    next_line: u64,
    /// Those who came, and those of them who got nothing.
    came: u64,
    unserved: u64,
    slowest_join: Duration,
    /// Those who stay and were offered another connection.
    disturbed: u64,
    /// Of the server's process, in KiB, once a second.
    memory_kib: Vec<u64>,
    cpu_seconds: f64,
}

impl Soak {
    /// Runs one for so long, with so many who stay. Fails where something was not as it should be.
    pub async fn run(count: usize, length: Duration) {
        let ip = Ipv4Addr::LOCALHOST;
        let client = Client::open(ip);
        let mut server = Server::own(ip, count + PASSING).await;
        let crowd = Crowd::gather(count, First::before_the_ends(ENDS_IN_SECONDS), &client, &mut server).await;
        let began = Instant::now();
        assert!(client.began + Duration::from_secs(ENDS_IN_SECONDS.into()) > began, "those who stay came too late to see the numbers begin anew");
        for viewer in &crowd.viewers {
            client.with(*viewer, |party| party.tally.kept = Kept::Gaps(Gaps::from(crowd.sent.get())));
        }
        let (next_line, cpu_seconds) = (count as u64, server.cpu_seconds());
        let mut soak = Self {
            client,
            server,
            crowd,
            began,
            passing: Vec::new(),
            next_line,
            came: 0,
            unserved: 0,
            slowest_join: Duration::ZERO,
            disturbed: 0,
            memory_kib: Vec::new(),
            cpu_seconds,
        };
        let (ports, is_whole) = (soak.client.ports(), soak.go_on(length).await);
        soak.judge(length, is_whole, kernel::thrown_away(&ports));
        soak.server.end().await;
    }

    // Gives the packets that those who stayed did not get, and the connections that are left besides theirs and the host's.
    async fn go_on(&mut self, length: Duration) -> (u64, i64) {
        let (mut come, mut look) = (interval(COME_EVERY), interval(LOOK_EVERY));
        come.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let say_every = (length / 10).clamp(LOOK_EVERY, Duration::from_secs(60));
        let mut say_at = self.began + say_every;
        while self.began.elapsed() < length {
            tokio::select! {
                _ = come.tick() => {
                    self.go();
                    self.come().await;
                }
                _ = look.tick() => {
                    self.look();
                    if say_at <= Instant::now() {
                        say_at += say_every;
                        self.say();
                    }
                }
                told = self.server.hear() => self.hear(told),
            }
        }
        let end = self.crowd.sent.get();
        // The host goes on meanwhile: what is lost at the end shows with what follows it.
        until(LATE, || self.lost_before(end) == 0).await;
        let lost = self.lost_before(end);
        self.send_away();
        (lost, self.left_behind().await)
    }

    async fn come(&mut self) {
        assert!(self.passing.len() < PASSING, "those who come and go get no picture");
        let (line, is_hasty) = (self.next_line, self.next_line.is_multiple_of(HASTY_ONE_IN));
        self.next_line += 1;
        let viewer = ask(line, &self.client, &self.server).await;
        self.client.with(viewer, |party| party.tally.kept = Kept::Nothing);
        self.passing.push(Passing { line, viewer, leaves_at: Instant::now() + WATCH, is_hasty });
        self.came += 1;
    }

    // Whoever has watched for long enough, or waits for longer than anybody should.
    fn go(&mut self) {
        let (now, client) = (Instant::now(), &self.client);
        self.passing.retain(|one| {
            let joined = client.with(one.viewer, |party| party.tally.joined());
            if now < one.leaves_at || (joined.is_none() && now < one.leaves_at + PATIENCE) {
                return true;
            }
            match joined {
                Some((_, picture_us)) => self.slowest_join = self.slowest_join.max(Duration::from_micros(picture_us)),
                None => self.unserved += 1,
            }
            client.remove(one.viewer);
            self.server.tell(Asked::Close(one.line));
            false
        });
    }

    fn send_away(&mut self) {
        for one in self.passing.drain(..) {
            self.client.remove(one.viewer);
            self.server.tell(Asked::Close(one.line));
        }
    }

    fn hear(&mut self, told: Told) {
        match told {
            Told::Offer(line, _) if line < self.crowd.viewers.len() as u64 => self.disturbed += 1,
            Told::Offer(line, offer) => {
                // It may have gone meanwhile.
                let Some(at) = self.passing.iter().position(|one| one.line == line) else { return };
                if self.passing[at].is_hasty {
                    let one = self.passing.swap_remove(at);
                    self.client.remove(one.viewer);
                    self.server.tell(Asked::Close(line));
                } else {
                    answer(line, self.passing[at].viewer, &offer, &self.client, &self.server);
                }
            }
            Told::Noted | Told::Counted(_) => {}
            other => panic!("somebody who came is not served: {other:?}"),
        }
    }

    fn look(&mut self) {
        self.memory_kib.push(self.server.rss_kib());
        let now = Instant::now();
        self.each(|gaps| gaps.give_up(LATE, now));
    }

    fn say(&mut self) {
        let late: u64 = self.each(|gaps| gaps.late()).iter().sum();
        let longest = self.each(Gaps::take_longest).into_iter().max().unwrap_or_default();
        // What is on its way is not lost.
        let lost: u64 = self.each(|gaps| gaps.lost_before(0)).iter().sum();
        let minutes = self.began.elapsed().as_secs_f64() / 60.0;
        let cpu = self.server.cpu_seconds();
        println!(
            "{minutes:>6.1} min: {} stay, {} came, {} of them without a picture, slowest join {:.0} ms; lost {lost}, late {late}, longest delay {:.1} ms; \
             memory {:.1} MiB, CPU {:.1} s so far",
            self.crowd.viewers.len(),
            self.came,
            self.unserved,
            self.slowest_join.as_secs_f64() * 1000.0,
            longest.as_secs_f64() * 1000.0,
            self.memory_kib.last().copied().unwrap_or_default() as f64 / 1024.0,
            cpu - self.cpu_seconds,
        );
    }

    // Of those who stay.
    fn each<T>(&self, mut of: impl FnMut(&mut Gaps) -> T) -> Vec<T> {
        let gaps = |viewer: &usize| {
            self.client.with(*viewer, |party| match &mut party.tally.kept {
                Kept::Gaps(gaps) => of(gaps),
                Kept::All(_) | Kept::Nothing => unreachable!("those who stay are watched for what they miss"),
            })
        };
        self.crowd.viewers.iter().map(gaps).collect()
    }

    fn lost_before(&self, end: u64) -> u64 {
        self.each(|gaps| gaps.lost_before(end)).iter().sum()
    }

    // Once all who came have gone.
    async fn left_behind(&mut self) -> i64 {
        let (deadline, expected) = (Instant::now() + PATIENCE, self.crowd.viewers.len() as i64 + 1);
        loop {
            let connections = self.server.count().await.map_or(0, |count| count.connections as i64);
            if connections == expected || Instant::now() > deadline {
                return connections - expected;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    fn judge(&self, length: Duration, (lost, left_behind): (u64, i64), overrun: Option<u64>) {
        let warm_up = WARM_UP.min(length / 10).as_secs() as usize;
        let steady = self.memory_kib.get(warm_up..).unwrap_or_default();
        let third = steady.len() / 3;
        assert!(third > 0, "too short to say anything about memory");
        let mean = |samples: &[u64]| samples.iter().sum::<u64>() as f64 / samples.len() as f64;
        let (first, last) = (mean(&steady[..third]), mean(&steady[steady.len() - third..]));
        let most = first * MOST_GROWTH + MOST_GROWTH_KIB;
        let cut_off = self.crowd.cut_off(&self.client);
        println!("packets of the host          {}", self.crowd.sent.get());
        println!("lost to {:>5} who stayed     {lost}; cut off {cut_off}, disturbed {}", self.crowd.viewers.len(), self.disturbed);
        println!("came and went                {}, {} without a picture; connections left behind {left_behind}", self.came, self.unserved);
        println!(
            "memory, mean of the first and the last third after {warm_up} s: {:.2} and {:.2} MiB; {:+.2} MiB, of {:.2} that it may grow",
            first / 1024.0,
            last / 1024.0,
            (last - first) / 1024.0,
            most / 1024.0
        );
        let full = overrun.map_or_else(|| "an unknown number".to_owned(), |count| count.to_string());
        assert!(lost == 0 && cut_off == 0, "{lost} packets were lost, {cut_off} viewers were cut off; {full} packets found the client's ports full");
        assert!(self.disturbed == 0, "{} viewers who had the picture were offered it again", self.disturbed);
        assert!(self.unserved == 0, "{} of {} who came got no picture", self.unserved, self.came);
        assert!(left_behind == 0, "{left_behind} connections of viewers who are gone are still there");
        assert!(last - first <= most, "memory grew by {:.1} MiB", (last - first) / 1024.0);
    }
}
