//! A stretch of a film as a film of its own, without encoding it anew. It begins with a picture that stands for itself, the
//! last one before the chosen place, and ends with the last whole frame before the other; no frame's bytes change.

use std::io::{Read, Seek, Write};

use super::{
    Fault, Stretch,
    ebml::Cursor,
    join, mp4,
    webm::{self, Cluster, Scan},
};

/// What is kept of a film, in units of its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from: u64,
    until: u64,
    /// The picture has ended: of what is shown earlier and stored later, nothing can be decoded any more.
    is_closed: bool,
}

impl Window {
    /// Everything.
    pub fn all() -> Self {
        Self { from: 0, until: u64::MAX, is_closed: false }
    }

    /// Whether a frame at this time is kept. Asked for every frame, in the order of the file.
    pub fn keeps(&mut self, at: u64, is_video: bool) -> bool {
        self.is_closed |= is_video && at >= self.until;
        at >= self.from && at < self.until && !(is_video && self.is_closed)
    }
}

/// See [`super::cut`].
pub fn cut<R: Read + Seek>(film: &mut R, from_ms: u64, until_ms: u64, out: impl Write) -> Result<Stretch, Fault> {
    let Some(scan) = webm::scan(film)? else {
        return mp4::cut(film, from_ms, until_ms, out);
    };
    let units = |ms: u64| u64::try_from(u128::from(ms) * 1_000_000 / u128::from(scan.scale)).unwrap_or(u64::MAX);
    let (wanted, until) = (units(from_ms), units(until_ms).min(scan.end));
    let keys = || scan.clusters.iter().filter_map(|cluster| cluster.key);
    let from = keys().take_while(|key| *key <= wanted).last().or_else(|| keys().next()).filter(|key| *key < until).ok_or(Fault::Empty)?;
    let window = Window { from, until, is_closed: false };
    let clusters = kept(film, &scan, window)?;
    let rest = Scan { clusters, first: from, end: until, ..scan };
    join::write_window(film, &rest, window, out)?;
    Ok(Stretch { from_ms: rest.ms(from), duration_ms: rest.ms(rest.units()) })
}

// The clusters with something in the window, as they are in the new film: the first one counts from its first frame on.
fn kept<R: Read + Seek>(film: &mut R, scan: &Scan, mut window: Window) -> Result<Vec<Cluster>, Fault> {
    let mut cursor = Cursor::new(film)?;
    let first = scan.clusters.iter().rposition(|cluster| cluster.key.is_some_and(|key| key <= window.from)).unwrap_or(0);
    let mut clusters = Vec::new();
    for cluster in &scan.clusters[first..] {
        let timestamp = cluster.base.max(window.from);
        let mut bytes = 0;
        cursor.go(cluster.from)?;
        while let Some(found) = webm::next_block(&mut cursor, cluster.to)? {
            if window.keeps(found.block.time(cluster.base), scan.is_video(found.block.track)) {
                bytes += cursor.at() - found.from;
            }
        }
        if bytes > 0 {
            let key = cluster.key.filter(|key| (window.from..window.until).contains(key));
            clusters.push(Cluster { bytes, timestamp, key, ..*cluster });
        }
    }
    Ok(clusters)
}
