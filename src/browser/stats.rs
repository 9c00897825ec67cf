//! How a peer connection does, in numbers ([WebRTC Statistics](https://www.w3.org/TR/webrtc-stats/)).

/// Counters of one connection at one moment, as far as the browser gives them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// On the page's clock.
    pub at_ms: f64,
    /// Media that we sent, video and sound.
    pub sent_bytes: f64,
    pub frames_encoded: f64,
    pub width_px: u32,
    pub height_px: u32,
    pub packets_sent: f64,
    /// As the other side counts them.
    pub packets_lost: f64,
    pub round_trip_ms: f64,
    /// Everything that came from the other side, its reports included: grows while it is alive.
    pub heard_bytes: f64,
    /// Pictures of the other side that came out of our decoder.
    pub frames_decoded: f64,
}

/// What happened between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rates {
    pub sent_kbps: u32,
    pub fps: u32,
    /// Of packets, 0 to 100.
    pub loss_percent: f32,
}

impl Sample {
    /// Adds one entry of a report: its `type`, its `kind`, and its numbers by name.
    pub fn add(&mut self, entry_type: &str, kind: Option<&str>, is_chosen: bool, number: impl Fn(&str) -> Option<f64>) {
        let number_or_zero = |name| number(name).unwrap_or(0.0);
        match (entry_type, kind) {
            ("outbound-rtp", Some("video")) => {
                self.sent_bytes += number_or_zero("bytesSent");
                self.packets_sent += number_or_zero("packetsSent");
                // Sent in several sizes, each has its own count: that of the one that is ahead.
                self.frames_encoded = self.frames_encoded.max(number_or_zero("framesEncoded"));
                self.width_px = self.width_px.max(number_or_zero("frameWidth") as u32);
                self.height_px = self.height_px.max(number_or_zero("frameHeight") as u32);
            }
            ("outbound-rtp", _) => {
                self.sent_bytes += number_or_zero("bytesSent");
                self.packets_sent += number_or_zero("packetsSent");
            }
            ("inbound-rtp", Some("video")) => self.frames_decoded += number_or_zero("framesDecoded"),
            ("remote-inbound-rtp", _) => self.packets_lost += number_or_zero("packetsLost").max(0.0),
            ("candidate-pair", _) if is_chosen => {
                self.round_trip_ms = number_or_zero("currentRoundTripTime") * 1000.0;
                self.heard_bytes += number_or_zero("bytesReceived");
            }
            _ => {}
        }
    }

    /// The rates since an earlier sample. Counters that went backwards (a track was replaced) count as zero.
    pub fn since(&self, earlier: &Self) -> Rates {
        let elapsed_ms = self.at_ms - earlier.at_ms;
        if elapsed_ms <= 0.0 {
            return Rates::default();
        }
        let grown = |now: f64, before: f64| (now - before).max(0.0);
        let sent = grown(self.packets_sent, earlier.packets_sent);
        let lost = grown(self.packets_lost, earlier.packets_lost);
        Rates {
            // Bytes per millisecond times eight are kilobits per second.
            sent_kbps: (grown(self.sent_bytes, earlier.sent_bytes) * 8.0 / elapsed_ms).round() as u32,
            fps: (grown(self.frames_encoded, earlier.frames_encoded) * 1000.0 / elapsed_ms).round() as u32,
            loss_percent: if sent > 0.0 { (lost / sent * 100.0).min(100.0) as f32 } else { 0.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_add_up_to_a_sample() {
        let mut sample = Sample::default();
        let fixed = |pairs: &'static [(&str, f64)]| move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        sample.add(
            "outbound-rtp",
            Some("video"),
            false,
            fixed(&[("bytesSent", 1000.0), ("framesEncoded", 30.0), ("frameWidth", 1280.0), ("frameHeight", 720.0)]),
        );
        sample.add("outbound-rtp", Some("audio"), false, fixed(&[("bytesSent", 100.0), ("packetsSent", 50.0)]));
        sample.add("candidate-pair", None, false, fixed(&[("bytesReceived", 9.0), ("currentRoundTripTime", 9.0)]));
        sample.add("candidate-pair", None, true, fixed(&[("bytesReceived", 7.0), ("currentRoundTripTime", 0.025)]));
        sample.add("remote-inbound-rtp", Some("audio"), false, fixed(&[("packetsLost", -3.0)]));
        sample.add("inbound-rtp", Some("video"), false, fixed(&[("framesDecoded", 12.0)]));
        sample.add("inbound-rtp", Some("audio"), false, fixed(&[("framesDecoded", 5.0)]));
        assert_eq!((sample.sent_bytes, sample.packets_sent, sample.frames_encoded), (1100.0, 50.0, 30.0));
        assert_eq!((sample.width_px, sample.height_px, sample.heard_bytes, sample.packets_lost), (1280, 720, 7.0, 0.0));
        assert_eq!(sample.frames_decoded, 12.0);
        assert!((sample.round_trip_ms - 25.0).abs() < 0.001);
    }

    #[test]
    fn rates_are_per_second_and_survive_a_reset() {
        let before = Sample { at_ms: 1000.0, sent_bytes: 0.0, frames_encoded: 10.0, packets_sent: 100.0, ..Default::default() };
        let after = Sample { at_ms: 3000.0, sent_bytes: 500_000.0, frames_encoded: 70.0, packets_sent: 300.0, packets_lost: 10.0, ..Default::default() };
        assert_eq!(after.since(&before), Rates { sent_kbps: 2000, fps: 30, loss_percent: 5.0 });
        assert_eq!(before.since(&after), Rates::default());
        assert_eq!(Sample { at_ms: 4000.0, ..Default::default() }.since(&after), Rates::default());
    }
}
