//! Packets as cameras send them, in any order and with losses, and the files that come of them.

mod av1;
mod vp9;

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::server::media::{self, Fault, ebml, webm};

/// A VP8 picture in packets of at most 20 bytes: a key frame of 640x360, or one that needs it.
fn vp8(seq: &mut u64, frame: u64, is_key: bool, at_ms: u64) -> Vec<Packet> {
    let mut bytes = vec![u8::from(!is_key), 0, 0];
    if is_key {
        bytes.extend([0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
    }
    bytes.extend(frame.to_be_bytes());
    bytes.extend(vec![7; (frame % 5) as usize * 9]);
    let count = bytes.chunks(20).count();
    let packet = |(part, bytes): (usize, &[u8])| {
        *seq += 1;
        let head = [if part == 0 { 0x90 } else { 0x80 }, 0x80, 0x81, part as u8];
        let payload = [&head, bytes].concat().into();
        Packet { codec: Codec::Vp8, stream: 1, seq: *seq, time: (frame * 3600) as u32, is_last: part + 1 == count, at_ms, payload }
    };
    bytes.chunks(20).enumerate().map(packet).collect()
}

fn sound(seq: u64, at_ms: u64) -> Packet {
    let time = u32::MAX.wrapping_add((seq * 960) as u32);
    Packet { codec: Codec::Opus, stream: 2, seq, time, is_last: false, at_ms, payload: [&[0x78][..], &seq.to_be_bytes()].concat().into() }
}

/// So many seconds of a camera: 25 pictures, of which one stands for itself, and 50 sounds in each.
fn camera(seconds: u64) -> Vec<Packet> {
    let (mut packets, mut seq) = (Vec::new(), 65_000);
    for frame in 0..seconds * 25 {
        packets.extend(vp8(&mut seq, frame, frame % 25 == 0, 500 + frame * 40));
        packets.extend([sound(frame * 2, 500 + frame * 40), sound(frame * 2 + 1, 520 + frame * 40)]);
    }
    packets
}

fn recorded(packets: impl IntoIterator<Item = Packet>) -> Vec<Piece> {
    let mut tape = Tape::default();
    let mut pieces: Vec<Piece> = packets.into_iter().flat_map(|packet| tape.take(packet)).collect();
    pieces.extend(tape.finish());
    pieces
}

/// The files that the pieces are, as a journal puts them together.
fn files(pieces: &[Piece]) -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = Vec::new();
    for piece in pieces {
        assert_eq!(piece.begins, media::starts_session(&piece.bytes));
        if piece.begins {
            files.push(Vec::new());
        }
        files.last_mut().expect("the first piece begins a file").extend(&piece.bytes);
    }
    files
}

/// Of each block in a file: track, time, whether it stands for itself, and its bytes.
fn blocks(file: &[u8]) -> Vec<(u8, u64, bool, Vec<u8>)> {
    // The segment is open: what is in it follows its head.
    let head = ebml::children(file).next().map(|(_, body)| body.len()).unwrap();
    let from = file.windows(4).position(|bytes| bytes == webm::SEGMENT.to_be_bytes()).unwrap();
    assert!(from > head);
    let mut found = Vec::new();
    for (_, cluster) in ebml::children(&file[from + 12..]).filter(|(id, _)| *id == webm::CLUSTER) {
        let mut parts = ebml::children(cluster);
        let start = ebml::unsigned(parts.next().unwrap().1).unwrap();
        for (id, block) in parts {
            assert_eq!(id, webm::SIMPLE_BLOCK);
            let at = start + u64::from(u16::from_be_bytes([block[1], block[2]]));
            found.push((block[0] & 0x7f, at, block[3] & 0x80 != 0, block[4..].to_vec()));
        }
    }
    found
}

fn film(files: &[Vec<u8>]) -> Result<media::Made, Fault> {
    let mut readers: Vec<_> = files.iter().map(Cursor::new).collect();
    media::make(&mut readers, Vec::new())
}

/// Of the pictures in a file: when they are shown, whether they stand for themselves, and their bytes.
fn pictures(file: &[u8]) -> Vec<(u64, bool, Vec<u8>)> {
    blocks(file).into_iter().filter(|block| block.0 == 1).map(|(_, at, is_key, bytes)| (at, is_key, bytes)).collect()
}

/// What the head of a file says of the picture: its codec as browsers name it, and its size.
fn told(file: &[u8]) -> (String, u64, u64) {
    let scan = webm::scan(&mut Cursor::new(file)).unwrap().unwrap();
    let (_, entry) = ebml::children(&scan.tracks_body).next().unwrap();
    let child = |body, wanted| ebml::children(body).find(|(id, _)| *id == wanted).unwrap().1;
    let side = |wanted| ebml::unsigned(child(child(entry, 0xe0), wanted)).unwrap();
    (scan.tracks[0].codec_name().unwrap(), side(0xb0), side(0xba))
}

/// A packet of the picture with this number, of 25 a second.
fn packet(codec: Codec, seq: u64, frame: u32, is_last: bool, payload: &[u8]) -> Packet {
    Packet { codec, stream: 1, seq, time: frame * 3600, is_last, at_ms: u64::from(frame) * 40, payload: payload.into() }
}

/// Four seconds of a camera that loses this packet of its 29th picture: the pictures that are there in the end. It must ask for
/// one that stands for itself.
fn kept_without(lost: usize, packets_of: impl Fn(&mut u64, u32, bool) -> Vec<Packet>) -> Vec<u64> {
    let (mut tape, mut seq, mut pieces, mut wished) = (Tape::default(), 0, Vec::new(), false);
    for frame in 0..100 {
        let mut packets = packets_of(&mut seq, frame, frame % 25 == 0);
        if frame == 28 {
            assert!(packets.len() > 2 && !tape.wants_key(0), "it is in several packets, and nothing is missing yet");
            packets.remove(lost);
        }
        pieces.extend(packets.into_iter().flat_map(|packet| tape.take(packet)));
        wished |= frame > 28 && tape.wants_key(0);
    }
    pieces.extend(tape.finish());
    assert!(wished, "it cannot go on without another");
    let files = files(&pieces);
    assert_eq!((files.len(), film(&files).unwrap().duration_ms), (1, 4000));
    pictures(&files[0]).into_iter().map(|(at, ..)| at / 40).collect()
}

#[test]
fn one_picture_makes_a_file_that_can_be_read_byte_by_byte() {
    let mut seq = 0;
    let mut tape = Tape::default();
    let mut pieces: Vec<Piece> = vp8(&mut seq, 0, true, 1000).into_iter().flat_map(|packet| tape.take(packet)).collect();
    assert!(tape.pass(2999).is_empty(), "sound may still come");
    pieces.extend(tape.pass(3000));
    pieces.extend(tape.finish());
    let expected = [
        // The head: version 1, read by 1, ids of 4 and sizes of 8 bytes, "webm" of version 4, read by 2.
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02".as_slice(),
        // A segment without an end; milliseconds.
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
        b"\x15\x49\xa9\x66\x9c\x2a\xd7\xb1\x84\x00\x0f\x42\x40\x4d\x80\x87WrenCOS\x57\x41\x87WrenCOS",
        // One track: number, mark and kind 1, no lacing, VP8, 640x360.
        b"\x16\x54\xae\x6b\xa0\xae\x9e\xd7\x81\x01\x73\xc5\x81\x01\x83\x81\x01\x9c\x81\x00\x86\x85V_VP8\xe0\x88\xb0\x82\x02\x80\xba\x82\x01\x68",
        // A cluster from 0 on; in it one block of track 1 that stands for itself.
        b"\x1f\x43\xb6\x75\x01\x00\x00\x00\x00\x00\x00\x22\xe7\x88\x00\x00\x00\x00\x00\x00\x00\x00",
        b"\xa3\x96\x81\x00\x00\x80\x00\x00\x00\x9d\x01\x2a\x80\x02\x68\x01\x00\x00\x00\x00\x00\x00\x00\x00",
    ];
    assert_eq!(pieces, [Piece { begins: true, began_ms: 1000, bytes: expected.concat() }]);
}

#[test]
fn a_camera_becomes_a_film_of_its_length_with_every_frame() {
    let pieces = recorded(camera(10));
    assert!((10..=12).contains(&pieces.len()), "one a second: {}", pieces.len());
    let files = files(&pieces);
    let made = film(&files).unwrap();
    assert_eq!((files.len(), made.duration_ms), (1, 10_000));
    let blocks = blocks(&files[0]);
    assert!(blocks.is_sorted_by_key(|block| block.1), "players want times that never go back");
    let (pictures, sounds): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.0 == 1);
    let times = |blocks: &[(u8, u64, bool, Vec<u8>)]| blocks.iter().map(|block| block.1).collect::<Vec<_>>();
    assert_eq!(times(&pictures), (0..250).map(|frame| frame * 40).collect::<Vec<_>>());
    assert_eq!(times(&sounds), (0..500).map(|frame| frame * 20).collect::<Vec<_>>());
    assert_eq!(pictures.iter().filter(|block| block.2).count(), 10);
}

#[test]
fn a_picture_that_lost_a_packet_is_left_out_with_all_that_need_it() {
    let packets = camera(4);
    // The first packet of a picture early in the second second.
    let lost = packets.iter().position(|packet| packet.codec == Codec::Vp8 && packet.time == 28 * 3600 && !packet.is_last).unwrap();
    let mut tape = Tape::default();
    let mut wished = false;
    let mut pieces = Vec::new();
    for (number, packet) in packets.into_iter().enumerate() {
        if number != lost {
            pieces.extend(tape.take(packet));
            wished |= number > 50 && tape.wants_key(0);
        }
    }
    pieces.extend(tape.finish());
    assert!(wished, "it cannot go on without another");
    let files = files(&pieces);
    let pictures: Vec<u64> = blocks(&files[0]).into_iter().filter(|block| block.0 == 1).map(|block| block.1 / 40).collect();
    assert_eq!(pictures, (0..28).chain(50..100).collect::<Vec<_>>());
    assert_eq!(film(&files).unwrap().duration_ms, 4000);
}

#[test]
fn packets_that_come_late_or_twice_are_put_in_order() {
    let mut packets = camera(3);
    let expected = files(&recorded(packets.clone()));
    for pair in packets.chunks_mut(7) {
        pair.reverse();
    }
    // Those of the first picture fix where each stream begins.
    let at = |packets: &[Packet], codec| packets.iter().enumerate().filter(|(_, packet)| packet.codec == codec).min_by_key(|(_, packet)| packet.seq).unwrap().0;
    for codec in [Codec::Opus, Codec::Vp8] {
        let first = packets.remove(at(&packets, codec));
        packets.insert(0, first);
    }
    let twice = packets.iter().flat_map(|packet| [packet.clone(), packet.clone()]);
    let blocks_of = |files: &[Vec<u8>]| {
        blocks(&files[0]).into_iter().map(|(track, _, is_key, bytes)| (track, is_key, bytes)).filter(|block| block.0 == 1).collect::<Vec<_>>()
    };
    assert_eq!(blocks_of(&files(&recorded(twice))), blocks_of(&expected));
}

#[test]
fn what_could_not_be_kept_ends_the_file_and_another_begins_with_a_picture() {
    let mut tape = Tape::default();
    let mut pieces = Vec::new();
    for (number, packet) in camera(6).into_iter().enumerate() {
        pieces.extend(tape.take(packet));
        if number == 400 {
            tape.restart();
            assert!(tape.wants_key(0));
        }
    }
    pieces.extend(tape.finish());
    let files = files(&pieces);
    assert_eq!(files.len(), 2);
    assert_eq!(film(&files).unwrap().played.len(), 2);
    assert!(pieces.last().unwrap().began_ms > pieces[0].began_ms + 1000);
}

#[test]
fn a_stream_that_counts_anew_goes_on_with_the_time_that_passed() {
    let mut packets = camera(3);
    let (mut seq, mut again) = (7, Vec::new());
    for frame in 0..50 {
        let mut next = vp8(&mut seq, frame, frame == 0, 500 + 4000 + frame * 40);
        next.iter_mut().for_each(|packet| packet.time = packet.time.wrapping_add(0x7000_0000));
        again.extend(next);
    }
    packets.extend(again);
    let files = files(&recorded(packets));
    let pictures: Vec<u64> = blocks(&files[0]).into_iter().filter(|block| block.0 == 1).map(|block| block.1).collect();
    assert_eq!(pictures[74..77], [74 * 40, 4000, 4040]);
}

#[test]
fn another_stream_counts_by_itself_however_near_its_numbers_are() {
    let mut packets = camera(3);
    let mut seq = 65_000 + 20;
    for frame in 0..50 {
        let mut next = vp8(&mut seq, frame, frame == 10, 3500 + frame * 40);
        next.iter_mut().for_each(|packet| packet.stream = 3);
        packets.extend(next);
    }
    let files = files(&recorded(packets));
    let pictures: Vec<_> = blocks(&files[0]).into_iter().filter(|block| block.0 == 1).map(|block| (block.1, block.2)).collect();
    assert_eq!(pictures.len(), 75 + 40, "those before its first key frame need another stream's");
    assert_eq!(pictures[75], (3400, true));
}

#[test]
fn h264_stands_behind_lengths_with_its_configuration_in_front() {
    // As an encoder writes it for 1280x720, baseline.
    let sequence = [0x67, 0x42, 0xc0, 0x1f, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40];
    let picture_set = [0x68, 0xce, 0x3c, 0x80];
    let several = [&[0x78, 0, 10][..], &sequence, &[0, 4], &picture_set].concat();
    let packet = |seq: u64, frame: u32, is_last: bool, payload: &[u8]| {
        let at_ms = u64::from(frame) * 40;
        Packet { codec: Codec::H264, stream: 1, seq, time: frame * 3600, is_last, at_ms, payload: payload.into() }
    };
    let packets = [
        packet(1, 0, false, &several),
        packet(2, 0, false, &[0x7c, 0x85, 0x88, 1, 2]),
        packet(3, 0, false, &[0x7c, 0x05, 3]),
        packet(4, 0, true, &[0x7c, 0x45, 4]),
        packet(5, 1, true, &[0x41, 0x9a, 5]),
        // A picture of which the first slice never came, and one that needs it.
        packet(6, 2, true, &[0x41, 0x1a, 6]),
        packet(7, 3, true, &[0x41, 0x9a, 7]),
        packet(8, 75, false, &several),
        packet(9, 75, true, &[0x65, 0x88, 8]),
    ];
    let files = files(&recorded(packets));
    let blocks: Vec<_> = blocks(&files[0]).into_iter().map(|(_, at, is_key, bytes)| (at, is_key, bytes)).collect();
    let frames: [(u64, bool, &[u8]); 3] =
        [(0, true, &[0, 0, 0, 6, 0x65, 0x88, 1, 2, 3, 4]), (40, false, &[0, 0, 0, 3, 0x41, 0x9a, 5]), (3000, true, &[0, 0, 0, 3, 0x65, 0x88, 8])];
    assert_eq!(blocks, frames.map(|(at, is_key, bytes)| (at, is_key, bytes.to_vec())));
    let scan = webm::scan(&mut Cursor::new(&files[0])).unwrap().unwrap();
    assert_eq!(scan.tracks[0].codec_name().unwrap(), "avc1.42c01f");
    let record = [&[1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 10][..], &sequence, &[1, 0, 4], &picture_set].concat();
    let has = |bytes: &[u8]| files[0].windows(bytes.len()).any(|window| window == bytes);
    assert!(has(&record));
    assert!(has(b"\xb0\x82\x05\x00\xba\x82\x02\xd0"), "1280x720");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_loss_of_packets_gives_films_without_a_hole_in_a_picture(
        swaps in prop::collection::vec((0_usize..800, 0_usize..40), 0..200),
        lost in prop::collection::vec(0_usize..800, 0..80),
        late_ms in prop::collection::vec(0_u64..3000, 0..20),
    ) {
        let mut packets = camera(4);
        for (at, by) in swaps {
            let (at, to) = (at % packets.len(), (at + by) % packets.len());
            packets.swap(at, to);
        }
        let mut number = 0;
        packets.retain(|_| { number += 1; !lost.contains(&(number - 1)) });
        for (packet, late_ms) in packets.iter_mut().zip(late_ms.into_iter().cycle()) {
            packet.at_ms += late_ms;
        }
        let pieces = recorded(packets);
        let files = files(&pieces);
        for file in &files {
            let scan = webm::scan(&mut Cursor::new(file)).unwrap().expect("it begins with a picture");
            let found = blocks(file);
            prop_assert_eq!(scan.clusters.last().unwrap().to as usize, file.len(), "read to its end");
            prop_assert!(found.is_sorted_by_key(|block| block.1));
            prop_assert!(found.iter().find(|block| block.0 == 1).unwrap().2, "the first stands for itself");
            // A picture's number is in it: after one that is missing the next stands for itself.
            let mut next = None;
            for (_, _, is_key, bytes) in found.iter().filter(|block| block.0 == 1) {
                let from = if *is_key { 10 } else { 3 };
                let frame = u64::from_be_bytes(bytes[from..from + 8].try_into().unwrap());
                prop_assert!(*is_key || next == Some(frame));
                prop_assert_eq!(bytes.len(), from + 8 + (frame % 5) as usize * 9, "it is whole");
                next = Some(frame + 1);
            }
        }
        if !files.is_empty() {
            prop_assert!(film(&files).is_ok());
        }
    }

    #[test]
    fn no_payload_breaks_it(
        packets in prop::collection::vec((0_u8..5, any::<u16>(), 0_u32..20, any::<bool>(), prop::collection::vec(any::<u8>(), 0..30)), 0..200),
    ) {
        let packet = |(number, (codec, seq, time, is_last, payload)): (u64, (u8, u16, u32, bool, Vec<u8>))| Packet {
            codec: [Codec::Opus, Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1][usize::from(codec)],
            stream: 1,
            seq: u64::from(seq % 300),
            time: time.wrapping_mul(0x1999_9999),
            is_last,
            at_ms: number * 30,
            payload: payload.into(),
        };
        for file in files(&recorded((0..).zip(packets).map(packet))) {
            prop_assert!(webm::scan(&mut Cursor::new(file)).is_ok());
        }
    }
}
