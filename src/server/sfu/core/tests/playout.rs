//! How a viewer's browser is told to play.

use super::*;

struct Line {
    stand: Stand,
    seq: u64,
}

impl Line {
    fn new() -> Self {
        let mut line = Self { stand: Stand::new(), seq: 0 };
        line.stand.join(ONE);
        line.picture();
        line
    }

    // The next packet of the picture, as the first viewer is told to play it.
    fn picture(&mut self) -> Playout {
        self.seq += 1;
        self.stand.send(1, video(self.seq, self.seq == 1), ONE).unwrap().playout.unwrap()
    }

    // What the browser is told after so many seconds, in each of which it reported this.
    fn after(&mut self, seconds: u64, lost: f32, jitter_ms: u64) -> Playout {
        for _ in 0..seconds {
            self.stand.now_ms += 1000;
            let now = self.stand.now();
            for report in [Report::Lost(lost), Report::Jitter(Duration::from_millis(jitter_ms))] {
                self.stand.stage.reported(ONE, report, now);
            }
        }
        self.picture()
    }
}

#[test]
fn on_an_even_network_pictures_are_shown_promptly() {
    let mut line = Line::new();
    assert_eq!(line.picture(), Playout::Promptly, "before anything is known");
    for (seconds, jitter_ms) in [(60, 3), (60, 10), (60, 0)] {
        assert_eq!(line.after(seconds, 0.0, jitter_ms), Playout::Promptly, "{jitter_ms}");
    }
}

#[test]
fn what_is_lost_or_uneven_is_evened_out_until_it_is_over_for_a_while() {
    for (lost, jitter_ms) in [(0.01, 3), (0.0, 11)] {
        let mut line = Line::new();
        assert_eq!(line.after(1, lost, jitter_ms), Playout::Evenly, "{lost} {jitter_ms}");
        assert_eq!(line.after(8, 0.0, 3), Playout::Evenly, "{lost} {jitter_ms}");
        assert_eq!(line.after(1, 0.0, 8), Playout::Evenly, "almost even is not enough");
        assert_eq!(line.after(9, 0.0, 7), Playout::Evenly, "{lost} {jitter_ms}");
        assert_eq!(line.after(1, 0.0, 7), Playout::Promptly, "{lost} {jitter_ms}");
        assert_eq!(line.after(60, 0.0, 8), Playout::Promptly, "but borne where nothing is wrong");
    }
}

#[test]
fn each_viewer_is_told_for_itself_and_sound_is_not_spoken_of() {
    let mut line = Line::new();
    line.stand.join(TWO);
    assert_eq!(line.after(1, 0.5, 3), Playout::Evenly);
    assert_eq!(line.stand.send(1, video(9, true), TWO).unwrap().playout, Some(Playout::Promptly));
    assert_eq!(line.stand.send(1, audio(1), ONE).unwrap().playout, None);
}
