//! VP9: pictures in packets, and those of several sizes.

use super::*;

/// The head of a frame that stands for itself, of 640x360.
const KEY: [u8; 9] = [0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xf0, 0x16, 0x70];
const OTHER: u8 = 0x86;

/// A picture in packets of 20 bytes, as browsers describe them.
fn vp9(seq: &mut u64, frame: u32, is_key: bool) -> Vec<Packet> {
    let head: &[u8] = if is_key { &KEY } else { &[OTHER] };
    let bytes = [head, &frame.to_be_bytes(), &[7; 50]].concat();
    let count = bytes.chunks(20).count();
    let part = |(number, part): (usize, &[u8])| {
        *seq += 1;
        let (begins, ends) = (number == 0, number + 1 == count);
        let first = 0x80 | if is_key { 0 } else { 0x40 } | if begins { 0x08 } else { 0 } | if ends { 0x04 } else { 0 };
        packet(Codec::Vp9, *seq, frame, ends, &[&[first, 0x80, frame as u8][..], part].concat())
    };
    bytes.chunks(20).enumerate().map(part).collect()
}

#[test]
fn a_picture_of_vp9_stands_in_the_file_without_what_packets_say_of_it() {
    let packets = [
        packet(Codec::Vp9, 1, 0, false, &[&[0x88, 0x01][..], &KEY[..4]].concat()),
        packet(Codec::Vp9, 2, 0, false, &[&[0x80, 0x01][..], &KEY[4..]].concat()),
        packet(Codec::Vp9, 3, 0, true, &[0x84, 0x01, 5, 6]),
        packet(Codec::Vp9, 4, 1, true, &[0xcc, 0x02, OTHER, 7]),
        // One of which nothing but its end came, one that needs it, and what is no frame.
        packet(Codec::Vp9, 5, 2, true, &[0xc4, 0x03, OTHER, 8]),
        packet(Codec::Vp9, 6, 3, true, &[0xcc, 0x04, OTHER, 9]),
        packet(Codec::Vp9, 7, 4, true, &[0x8c, 0x05, 0x49, 9]),
        packet(Codec::Vp9, 8, 75, true, &[&[0x8c, 0x06][..], &KEY, &[10]].concat()),
    ];
    let files = files(&recorded(packets));
    let expected = [(0, true, [&KEY[..], &[5, 6]].concat()), (40, false, vec![OTHER, 7]), (3000, true, [&KEY[..], &[10]].concat())];
    assert_eq!(pictures(&files[0]), expected);
    assert_eq!(told(&files[0]), ("vp9".to_owned(), 640, 360));
    assert!(files[0].windows(4).any(|bytes| bytes == b"webm"));
}

#[test]
fn sizes_of_one_picture_are_one_frame_of_the_file_and_the_largest_is_told() {
    // In what describes the layers: 640x360 and 1280x720.
    let layers = [0x30, 0x02, 0x80, 0x01, 0x68, 0x05, 0x00, 0x02, 0xd0];
    let packets = [
        packet(Codec::Vp9, 1, 0, false, &[&[0xae, 0x05, 0x00, 0x00][..], &layers, &KEY, &[1]].concat()),
        packet(Codec::Vp9, 2, 0, false, &[0xa8, 0x05, 0x03, 0x00, OTHER, 2]),
        packet(Codec::Vp9, 3, 0, true, &[0xa4, 0x05, 0x03, 0x00, 3]),
        // Of the next only the small one was sent.
        packet(Codec::Vp9, 4, 1, true, &[0xec, 0x06, 0x00, 0x01, OTHER, 4]),
        // Then the small one again where a larger one must come.
        packet(Codec::Vp9, 5, 2, false, &[0xec, 0x07, 0x00, 0x01, OTHER, 5]),
        packet(Codec::Vp9, 6, 2, true, &[0xec, 0x07, 0x00, 0x01, OTHER, 6]),
    ];
    let files = files(&recorded(packets));
    let index = [0xd9, 10, 0, 0, 0, 3, 0, 0, 0, 0xd9];
    let expected = [(0, true, [&KEY[..], &[1, OTHER, 2, 3], &index].concat()), (40, false, vec![OTHER, 4])];
    assert_eq!(pictures(&files[0]), expected);
    assert_eq!(told(&files[0]), ("vp9".to_owned(), 1280, 720));
}

#[test]
fn a_picture_of_vp9_that_lost_a_packet_is_left_out_with_all_that_need_it() {
    for lost in [0, 1, 2] {
        assert_eq!(kept_without(lost, vp9), (0..28).chain(50..100).collect::<Vec<_>>(), "without packet {lost}");
    }
}
