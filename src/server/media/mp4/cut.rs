//! A stretch of an MP4 film as a film of its own: whole fragments of it, from one that begins with a picture that stands for
//! itself on.

use std::io::{Read, Seek, Write};

use super::{
    film,
    fragment::Span,
    movie::{NS_PER_MS, Ns, ms},
    scan::{Fragment, Scan},
};
use crate::server::media::{Fault, Stretch};

/// See [`super::cut`].
pub fn cut<R: Read + Seek>(film: &mut R, mut scan: Scan, from_ms: u64, until_ms: u64, out: impl Write) -> Result<Stretch, Fault> {
    let video = &scan.movie.tracks[scan.movie.video];
    // When its pictures begin; of one without any, when its sound does.
    let begins = |fragment: &Fragment| {
        let span = fragment.video(&scan.movie).or(fragment.spans.first());
        span.map_or(Ns::MIN, |span| scan.movie.tracks[span.track].shown(span.first))
    };
    let pictures = |fragment: &Fragment| fragment.video(&scan.movie).map(|span| video.shown(span.first));
    let (wanted, until) = (Ns::from(from_ms) * NS_PER_MS, (Ns::from(until_ms) * NS_PER_MS).min(scan.shown().1));
    let keys = || scan.fragments.iter().enumerate().filter(|(_, fragment)| fragment.is_key);
    let first = keys().take_while(|(_, fragment)| begins(fragment) <= wanted).last().or_else(|| keys().next());
    let (first, _) = first.filter(|(_, fragment)| begins(fragment) < until).ok_or(Fault::Empty)?;
    let from = begins(&scan.fragments[first]);
    let is_behind = |fragment: &Fragment| pictures(fragment).is_some_and(|at| at >= until);
    let last = scan.fragments[first..].iter().position(is_behind).map_or(scan.fragments.len(), |count| first + count);
    // Sound in fragments of its own goes with the pictures that most of it is heard with, wherever it stands in the file.
    let is_heard = |fragment: &Fragment| {
        let middle = |span: &Span| scan.movie.tracks[span.track].shown(span.first.midpoint(span.end));
        begins(fragment) < until && fragment.spans.first().is_some_and(|span| middle(span) >= from)
    };
    let is_kept = |(number, fragment): &(usize, &Fragment)| if pictures(fragment).is_some() { (first..last).contains(number) } else { is_heard(fragment) };
    let fragments = scan.fragments.iter().enumerate().filter(is_kept).map(|(_, fragment)| fragment.clone()).collect();
    scan.fragments = fragments;
    let (offset, length) = film::write_one(film, &scan, out)?;
    Ok(Stretch { from_ms: ms(-offset), duration_ms: ms(length) })
}
