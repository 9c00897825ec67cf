//! Packets of an encoder: bytes that claim to be pictures and sound in RTP. What is kept of them is recordings, each from its
//! start, and a film is made of those.
//! Of the input each packet takes a byte that says whose it is and when it came, one with its length, and its payload.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use wrencos::server::media::{
    make, starts_session,
    tape::{Codec, Packet, Tape},
};

const CODECS: [Codec; 8] = [Codec::Vp9, Codec::Av1, Codec::H264, Codec::Vp8, Codec::Opus, Codec::Vp9, Codec::Av1, Codec::Opus];
const IS_LAST: u8 = 0x08;
const IS_NEXT: u8 = 0x10;
const IS_AFTER_A_LOSS: u8 = 0x20;
const IS_AFTER_A_PAUSE: u8 = 0x40;
const IS_ANOTHER_STREAM: u8 = 0x80;

fuzz_target!(|bytes: &[u8]| {
    let mut tape = Tape::default();
    let (mut rest, mut pieces) = (bytes, Vec::new());
    let (mut seq, mut time, mut at_ms) = (1, 0_u32, 1000);
    while let [whose, length, behind @ ..] = rest {
        let has = |flag: u8| whose & flag != 0;
        let (payload, after) = behind.split_at(usize::from(*length).min(behind.len()));
        seq += if has(IS_AFTER_A_LOSS) { 2 } else { 1 };
        at_ms += if has(IS_AFTER_A_PAUSE) { 1000 } else { 5 };
        if has(IS_NEXT) {
            time = time.wrapping_add(3600);
        }
        let packet = Packet {
            codec: CODECS[usize::from(whose & 0x07)],
            stream: u32::from(has(IS_ANOTHER_STREAM)),
            seq,
            time,
            is_last: has(IS_LAST),
            at_ms,
            payload: payload.into(),
        };
        pieces.extend(tape.take(packet));
        rest = after;
    }
    pieces.extend(tape.finish());
    let mut files: Vec<Vec<u8>> = Vec::new();
    for piece in &pieces {
        assert_eq!(piece.begins, starts_session(&piece.bytes), "only a file's start looks like one");
        if piece.begins {
            files.push(Vec::new());
        }
        files.last_mut().expect("the first piece begins a file").extend(&piece.bytes);
    }
    if files.is_empty() {
        return;
    }
    let mut film = Vec::new();
    let made = make(&mut files.iter().map(Cursor::new).collect::<Vec<_>>(), &mut film).expect("each begins with a picture");
    assert!(!made.played.is_empty() && starts_session(&film));
});
