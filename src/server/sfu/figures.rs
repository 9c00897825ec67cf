//! What the media server counts, and how `/metrics` calls it.

use std::time::Duration;

use metrics::{counter, gauge};

use super::core::LAYERS;

/// How `/metrics` calls the sizes of a picture, and that of viewers who only hear.
const LAYER_NAMES: [&str; LAYERS + 1] = ["low", "medium", "high", "none"];

/// Datagrams in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    pub datagrams: u64,
    pub bytes: u64,
}

impl Traffic {
    /// So many datagrams more, of so many bytes.
    pub fn add(&mut self, (datagrams, bytes): (u64, u64)) {
        self.datagrams += datagrams;
        self.bytes += bytes;
    }
}

/// An average of what many connections report.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    sum: f64,
    count: u32,
}

impl Share {
    /// One report, where there is one.
    pub fn add(&mut self, share: Option<f32>) {
        if let Some(share) = share.filter(|share| share.is_finite()) {
            self.sum += f64::from(share.clamp(0.0, 1.0));
            self.count += 1;
        }
    }

    /// Of all reports; 0 without any.
    pub fn average(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / f64::from(self.count) }
    }
}

/// All of it, since the start but for what is said to be now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Viewers with a picture, now.
    pub viewers: u64,
    /// Viewers who see each size of the picture, now: the smallest first, at the end those who see none. A host that sends
    /// one size sends the smallest.
    pub layers: [u64; LAYERS + 1],
    /// How often viewers got another size.
    pub switches: u64,
    /// Hosts that are connected, now.
    pub hosts: u64,
    /// Connections, also those on the way, now.
    pub connections: u64,
    /// TCP connections, also those that have not proven yet whom they are for, now.
    pub streams: u64,
    pub received: Traffic,
    pub sent: Traffic,
    /// Media packets that went to a viewer.
    pub forwarded: u64,
    /// Media packets that a viewer's browser could not have decoded.
    pub undecodable: u64,
    /// Media packets that whoever records a show was too slow for.
    pub not_kept: u64,
    /// Packets that viewers asked for again.
    pub repeated: u64,
    /// The share of packets that viewers say they lost, since it was last told.
    pub lost: Share,
    /// Key frames that hosts were asked for.
    pub key_requests: u64,
    /// Datagrams that belong to no connection.
    pub strange: u64,
    /// Datagrams that found no room on their way out.
    pub dropped: u64,
    /// Viewers for whom there was no room.
    pub refused: u64,
    /// Processor time of the thread.
    pub cpu: Duration,
}

impl Figures {
    /// Writes them down for `/metrics`.
    pub fn publish(&self) {
        for (name, value) in [
            ("wrencos_sfu_viewers", self.viewers),
            ("wrencos_sfu_hosts", self.hosts),
            ("wrencos_sfu_connections", self.connections),
            ("wrencos_sfu_tcp_connections", self.streams),
        ] {
            gauge!(name).set(value as f64);
        }
        for (layer, viewers) in LAYER_NAMES.into_iter().zip(self.layers) {
            gauge!("wrencos_sfu_layer_viewers", "layer" => layer).set(viewers as f64);
        }
        // Between two reports the last one holds.
        if self.lost.count > 0 || self.viewers == 0 {
            gauge!("wrencos_sfu_lost_ratio").set(self.lost.average());
        }
        for (name, value) in [
            ("wrencos_sfu_received_bytes_total", self.received.bytes),
            ("wrencos_sfu_received_datagrams_total", self.received.datagrams),
            ("wrencos_sfu_sent_bytes_total", self.sent.bytes),
            ("wrencos_sfu_sent_datagrams_total", self.sent.datagrams),
            ("wrencos_sfu_forwarded_packets_total", self.forwarded),
            ("wrencos_sfu_undecodable_packets_total", self.undecodable),
            ("wrencos_sfu_not_kept_packets_total", self.not_kept),
            ("wrencos_sfu_repeated_packets_total", self.repeated),
            ("wrencos_sfu_layer_switches_total", self.switches),
            ("wrencos_sfu_key_requests_total", self.key_requests),
            ("wrencos_sfu_strange_datagrams_total", self.strange),
            ("wrencos_sfu_dropped_datagrams_total", self.dropped),
            ("wrencos_sfu_refused_viewers_total", self.refused),
            ("wrencos_sfu_cpu_milliseconds_total", u64::try_from(self.cpu.as_millis()).unwrap_or(u64::MAX)),
        ] {
            counter!(name).absolute(value);
        }
    }
}
