//! What was taken at one moment belongs to one moment at viewers, too, however long it took on its way.

use std::time::{Duration, Instant, SystemTime};

use super::Studio;
use crate::support::rtc::{PATIENCE, RtcClient, Seen, Sent, vp8};

const TICK: Duration = Duration::from_millis(20);
/// So many ticks it takes to encode a picture.
const LATE: u32 = 4;

/// A host whose pictures take longer than its sounds. Both carry the tick in which they were taken.
struct Host {
    client: RtcClient,
    began: Instant,
    tick: u32,
}

impl Host {
    fn show(&mut self) {
        self.tick += 1;
        let due = self.began + TICK * self.tick;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        self.send(self.tick, false);
        self.send(self.tick.saturating_sub(LATE), true);
    }

    fn send(&self, tick: u32, is_video: bool) {
        let number = u16::try_from(tick & 0x7fff).unwrap();
        let mut payload = if is_video { vp8(number, 0, tick.is_multiple_of(10)).to_vec() } else { vec![0x78] };
        payload.extend(tick.to_be_bytes());
        let ticks_hz = if is_video { 90_000 } else { 48_000 } / 50;
        // Clocks of streams begin anywhere.
        let zero = if is_video { 0xffff_ff00 } else { 0x1234_5678_u32 };
        let packet = Sent { is_video, seq: tick.into(), time: zero.wrapping_add(tick * ticks_hz), payload };
        self.client.send_taken(packet, self.began + TICK * tick);
    }
}

/// When a viewer believes that the sound or the picture of this tick was taken.
fn taken(seen: &Seen, is_video: bool, tick: u32) -> Option<SystemTime> {
    let (at, time) = seen.reports.get(if is_video { "picture" } else { "sound" })?;
    let packet = seen.packets.iter().rev().find(|packet| packet.is_video == is_video && packet.payload.ends_with(&tick.to_be_bytes()))?;
    let ticks = packet.time.wrapping_sub(*time).cast_signed();
    let passed = Duration::from_secs(ticks.unsigned_abs().into()) / if is_video { 90_000 } else { 48_000 };
    Some(if ticks < 0 { *at - passed } else { *at + passed })
}

#[test]
fn what_takes_longer_to_encode_is_not_taken_later() {
    let mut studio = Studio::open();
    let mut host = Host { client: studio.host(), began: Instant::now(), tick: 0 };
    let viewer = studio.viewer(1, 0);
    loop {
        host.show();
        let (seen, tick) = (viewer.seen(), host.tick.saturating_sub(2 * LATE));
        let apart = taken(&seen, false, tick).zip(taken(&seen, true, tick));
        let apart = apart.map(|(sound, picture)| picture.duration_since(sound).unwrap_or_else(|early| early.duration()));
        if apart.is_some_and(|apart| apart < TICK / 4) {
            break;
        }
        assert!(host.began.elapsed() < PATIENCE, "{apart:?}");
    }
}
