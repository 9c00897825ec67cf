//! Recordings as no recorder should write them.

use super::*;

#[test]
fn times_that_run_away_end_a_session() {
    let mut wild = session(2, 7);
    wild.extend([open(webm::CLUSTER), ebml::element(webm::TIMESTAMP, &[0xff; 8]), ebml::element(webm::SIMPLE_BLOCK, &[0x81, 0, 0, 0x80, b'v'])].concat());
    let (made, film) = make_of(&[&wild]).unwrap();
    assert_eq!((made.duration_ms, read_film(&film).frames.len()), (2_000, 100));
}

#[test]
fn time_goes_on_after_a_cluster_that_is_ahead_of_its_frames() {
    let mut wild = session(2, 7);
    let early = [&[0x81][..], &(-5_000_i16).to_be_bytes(), &[0, b'v']].concat();
    wild.extend([open(webm::CLUSTER), ebml::element(webm::TIMESTAMP, &[0x27, 0x10]), ebml::element(webm::SIMPLE_BLOCK, &early)].concat());
    let (made, film) = make_of(&[&wild, &session(1, 5)]).unwrap();
    assert_eq!((made.duration_ms, read_film(&film).frames.len()), (11_000, 100 + 1 + 50));
    assert_eq!(make_of(&[&film]).unwrap().0.duration_ms, made.duration_ms);
}

#[test]
fn what_only_its_neighbour_completes_is_no_frame() {
    let mut wild = session(2, 7);
    // A group that ends in the middle of an element, which has no size but for the byte behind it.
    let group = [ebml::element(0xa1, &[0x81, 0, 99, 0, b'v']), vec![0xec]].concat();
    wild.extend([ebml::element(webm::BLOCK_GROUP, &group), vec![0x80]].concat());
    let (made, film) = make_of(&[&wild]).unwrap();
    assert_eq!((made.duration_ms, read_film(&film).frames.len()), (2_000, 100));
    assert_eq!(make_of(&[&film]).unwrap(), (made, film));
}
