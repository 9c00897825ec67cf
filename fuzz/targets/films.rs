//! Recordings: bytes that claim to be what a browser recorded. The film that is made of them can be made again, and comes
//! to the same; a file that is no recording makes none, what is cut out of a film is one, and its small pictures can be
//! drawn. Two recorders are told apart by the line `--8<--`.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use wrencos::server::{
    media::{Form, can_cut, cut, make, starts_session, stills},
    storage::sheet::Sheet,
};

/// Small pictures of one film.
const PICTURES: usize = 20;

const CUT: &[u8] = b"--8<--";

fn sessions(bytes: &[u8]) -> Vec<Cursor<Vec<u8>>> {
    let at = bytes.windows(CUT.len()).position(|window| window == CUT);
    let parts = match at {
        Some(at) => vec![&bytes[..at], &bytes[at + CUT.len()..]],
        None => vec![bytes],
    };
    parts.into_iter().map(|part| Cursor::new(part.to_vec())).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let mut film = Vec::new();
    let Ok(made) = make(&mut sessions(bytes), &mut film) else { return };
    assert!(!made.played.is_empty());
    assert!(film.len() <= 16 * bytes.len() + 4096, "{} bytes became {}", bytes.len(), film.len());
    assert!(starts_session(&film), "a film is a recording itself");
    let mut again = Vec::new();
    let second = make(&mut [Cursor::new(film.clone())], &mut again).expect("a film of a film");
    // The last frame of WebM stays as long as the one before it, which may have been another recorder's. MP4 says how long.
    let longest_ms = if made.played.len() == 1 || made.form == Form::Mp4 { 0 } else { 1000 };
    assert!((made.duration_ms..=made.duration_ms + longest_ms).contains(&second.duration_ms), "{} became {}", made.duration_ms, second.duration_ms);
    if made.form == Form::Mp4 {
        assert!(again == film, "{} bytes became {} others", film.len(), again.len());
    }
    let mut stretch = Vec::new();
    if cut(&mut Cursor::new(film.clone()), made.duration_ms / 3, made.duration_ms, &mut stretch).is_ok() {
        assert!(can_cut(&mut Cursor::new(&film)).expect("in memory") && starts_session(&stretch), "a cut is a film");
    }
    let mut sheet = Sheet::new(PICTURES);
    if let Some(stills) = stills(&mut Cursor::new(&film), PICTURES, 1000, |places, webp| sheet.put(places, &webp)).expect("a film can be read") {
        assert!((1..=PICTURES).contains(&stills.count));
        sheet.finish(stills.count, stills.every_ms).expect("what could be decoded can be encoded");
    }
});
