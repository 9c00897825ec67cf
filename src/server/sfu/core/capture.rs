//! When the host's pictures and sounds were taken, on our clock. Encoding a picture takes longer than a sound, and a large one
//! longer than a small one: by when they arrive they would not belong together, and viewers would hold back what comes first.

use std::time::{Duration, Instant, SystemTime};

/// The least delay rises by this share of the time since it was seen, so that a host's clock may run slower than ours: quartz
/// is off by a twentieth of it.
const DRIFT: u32 = 1000;
/// What took longer was not encoding: the host's clock was set.
const LONGEST: Duration = Duration::from_secs(2);

/// What a sender report says of a stream (RFC 3550, 6.4.1): when its clock showed this, on the host's clock.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    pub at: SystemTime,
    pub time: u32,
}

/// One connection of the host, whose streams share a clock.
#[derive(Debug, Default)]
pub struct Capture {
    least: Option<Least>,
}

/// The least time that anything took so far: what is on top of it took longer on its way.
#[derive(Debug, Clone, Copy)]
struct Least {
    /// One moment, on the host's clock and on ours: by them it took no time at all.
    taken: SystemTime,
    arrived: Instant,
}

impl Capture {
    /// When a packet of this time was taken: never after it arrived. Before the host said how its clocks go together that is
    /// not known, and the arrival stands for it.
    pub fn at(&mut self, time: u32, clock_hz: u32, said: Option<Said>, arrived: Instant) -> Instant {
        let Some(taken) = said.and_then(|said| said.taken(time, clock_hz)) else { return arrived };
        let anew = Least { taken, arrived };
        let late = self.least.and_then(|least| least.late(anew)).filter(|late| *late <= LONGEST);
        match late {
            Some(late) => arrived.checked_sub(late).unwrap_or(arrived),
            None => {
                self.least = Some(anew);
                arrived
            }
        }
    }
}

impl Said {
    // Times wrap; what is nearer counts.
    fn taken(self, time: u32, clock_hz: u32) -> Option<SystemTime> {
        let ticks = time.wrapping_sub(self.time).cast_signed();
        let passed = Duration::from_secs(u64::from(ticks.unsigned_abs())) / clock_hz.max(1);
        if ticks < 0 { self.at.checked_sub(passed) } else { self.at.checked_add(passed) }
    }
}

impl Least {
    // How much longer this took; nothing where it took no longer.
    fn late(self, this: Self) -> Option<Duration> {
        let passed = this.arrived.saturating_duration_since(self.arrived);
        let expected = self.taken.checked_add(passed)?;
        expected.duration_since(this.taken).ok()?.checked_sub(passed / DRIFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const ZERO: u32 = 0xffff_f000;

    // A host whose reports say that both its streams showed ZERO a day after the epoch.
    fn said() -> Option<Said> {
        Some(Said { at: SystemTime::UNIX_EPOCH + Duration::from_secs(86_400), time: ZERO })
    }

    fn picture(capture: &mut Capture, taken_ms: u32, arrived: Instant) -> Instant {
        capture.at(ZERO.wrapping_add(taken_ms * 90), 90_000, said(), arrived)
    }

    fn sound(capture: &mut Capture, taken_ms: u32, arrived: Instant) -> Instant {
        capture.at(ZERO.wrapping_add(taken_ms * 48), 48_000, said(), arrived)
    }

    #[test]
    fn picture_and_sound_of_one_moment_belong_to_one_moment() {
        let (mut capture, here) = (Capture::default(), Instant::now());
        assert_eq!(picture(&mut capture, 0, here + 40 * MS), here + 40 * MS, "the first is as early as can be known");
        assert_eq!(sound(&mut capture, 0, here + 20 * MS), here + 20 * MS, "the sound took less");
        for ms in (20..1000).step_by(20) {
            let at = here + (ms + 20) * MS;
            assert_eq!(sound(&mut capture, ms, at), at);
            let seen = picture(&mut capture, ms, at + 20 * MS);
            assert!((at..at + MS).contains(&seen), "{ms}: {:?}", seen.saturating_duration_since(at));
        }
    }

    #[test]
    fn what_nothing_is_said_of_was_taken_as_it_arrived() {
        let (mut capture, here) = (Capture::default(), Instant::now());
        assert_eq!(capture.at(7, 90_000, None, here), here);
        assert_eq!(capture.at(7, 0, said(), here + MS), here + MS);
    }

    #[test]
    fn a_clock_that_is_set_or_runs_wrongly_is_followed() {
        let (mut capture, here) = (Capture::default(), Instant::now());
        sound(&mut capture, 100_000, here);
        assert_eq!(sound(&mut capture, 20, here + 20 * MS), here + 20 * MS, "set back");
        assert_eq!(sound(&mut capture, 3_600_000, here + 40 * MS), here + 40 * MS, "set forward");
        let seen = sound(&mut capture, 3_600_010, here + 60 * MS);
        assert!((here + 50 * MS..here + 51 * MS).contains(&seen), "and goes on from there");
        // A clock that loses 0.1 ms a second: after an hour, too, what arrives was taken just before.
        let (mut capture, mut worst) = (Capture::default(), Duration::ZERO);
        for second in 0..3600 {
            let arrived = here + second * (Duration::from_secs(1) + MS / 10);
            worst = worst.max(arrived - sound(&mut capture, second * 1000, arrived));
        }
        assert!(worst < MS, "{worst:?}");
    }

    #[test]
    fn rubbish_never_puts_anything_into_the_future() {
        let (mut capture, here) = (Capture::default(), Instant::now());
        for at in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX) * 2)] {
            for (time, said, clock_hz) in [(0, u32::MAX, 1), (u32::MAX, 0, 1), (0x8000_0000, 0, 1), (5, 5, u32::MAX)] {
                let seen = capture.at(time, clock_hz, Some(Said { at, time: said }), here);
                assert!(seen <= here && here - seen <= LONGEST);
            }
        }
    }
}
