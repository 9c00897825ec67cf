//! AV1: parts of pictures in packets, and what a file says of them.

use super::*;

const FRAME: u8 = 6 << 3;
/// Of the head of a frame: it stands for itself and is shown, or needs others.
const KEY: u8 = 0x10;
const OTHER: u8 = 0x30;

fn bytes_of(bits: &str) -> Vec<u8> {
    let bits = bits.replace(' ', "");
    let padded = format!("{bits:0<width$}", width = bits.len().next_multiple_of(8));
    padded.as_bytes().chunks(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

/// A sequence's parameters as libaom writes them: of the main profile, at a level, with a size and a depth of 8 or 10 bits.
fn sequence(level: u8, width: u32, height: u32, is_deep: bool) -> Vec<u8> {
    let (w, h, deep) = (width - 1, height - 1, u8::from(is_deep));
    bytes_of(&format!("000 0 0 0 0 00000 000000000000 {level:05b} 1010 1001 {w:011b} {h:010b} 0 000 0000 1 00 1 1 110 011 {deep} 0 0 0 00 0 0 1"))
}

/// The same as a part of a picture.
fn part_of(sequence: &[u8]) -> Vec<u8> {
    [&[0x0a, sequence.len() as u8][..], sequence].concat()
}

/// A picture in packets of 20 bytes: its frame goes on from one to the next.
fn av1(seq: &mut u64, frame: u32, is_key: bool) -> Vec<Packet> {
    let sequence = sequence(4, 640, 360, false);
    let picture = [&[FRAME, if is_key { KEY } else { OTHER }][..], &frame.to_be_bytes(), &[7; 50]].concat();
    let count = picture.chunks(20).count();
    let part = |(number, part): (usize, &[u8])| {
        *seq += 1;
        let (goes_on, stays_open) = (number > 0, number + 1 < count);
        let flags = if goes_on { 0x80 } else { 0 } | if stays_open { 0x40 } else { 0 };
        let payload = if is_key && !goes_on {
            [&[flags | 0x28, 1 + sequence.len() as u8, 0x08][..], &sequence, part].concat()
        } else {
            [&[flags | 0x10][..], part].concat()
        };
        packet(Codec::Av1, *seq, frame, !stays_open, &payload)
    };
    picture.chunks(20).enumerate().map(part).collect()
}

#[test]
fn parts_of_av1_stand_in_the_file_with_their_lengths() {
    let sequence = sequence(4, 640, 360, false);
    let length = sequence.len() as u8;
    let packets = [
        // The sequence, and a frame of which the rest follows in two packets; then filling.
        packet(Codec::Av1, 1, 0, false, &[&[0x68, 1 + length, 0x08][..], &sequence, &[FRAME, KEY, 1, 2]].concat()),
        packet(Codec::Av1, 2, 0, false, &[0xd0, 3, 4]),
        packet(Codec::Av1, 3, 0, true, &[0x80, 2, 5, 6, 3, 0x78, 0, 0]),
        // A delimiter, and a frame that says its length itself.
        packet(Codec::Av1, 4, 1, true, &[0x20, 2, 0x12, 0, FRAME | 2, 2, OTHER, 9]),
        // A head alone with what belongs to it, and the frame of a larger size.
        packet(Codec::Av1, 5, 2, true, &[0x30, 2, 3 << 3, OTHER, 2, 4 << 3, 8, FRAME | 4, 0x08, OTHER, 7]),
        // Nothing to be seen.
        packet(Codec::Av1, 6, 3, true, &[0x10, 0x28, 1]),
        packet(Codec::Av1, 7, 4, true, &[0x10, FRAME, OTHER, 6]),
        // The rest of something of which the beginning never came, and a picture that needs it.
        packet(Codec::Av1, 8, 5, true, &[0x90, FRAME, OTHER, 5]),
        packet(Codec::Av1, 9, 6, true, &[0x10, FRAME, OTHER, 4]),
        // One that stands for itself, and does not say the sequence again.
        packet(Codec::Av1, 10, 75, true, &[0x10, FRAME, KEY, 3]),
        // One that never ends.
        packet(Codec::Av1, 11, 76, true, &[0x60, 3, FRAME, OTHER, 2, 4 << 3, 1]),
    ];
    let files = files(&recorded(packets));
    let sequence_part = part_of(&sequence);
    let expected = [
        (0, true, [&sequence_part[..], &[0x32, 7, KEY, 1, 2, 3, 4, 5, 6]].concat()),
        (40, false, vec![0x32, 2, OTHER, 9]),
        (80, false, vec![0x1a, 1, OTHER, 0x22, 1, 8, 0x36, 0x08, 2, OTHER, 7]),
        (160, false, vec![0x32, 2, OTHER, 6]),
        (3000, true, [&sequence_part[..], &[0x32, 2, KEY, 3]].concat()),
    ];
    assert_eq!(pictures(&files[0]), expected);
    assert_eq!(told(&files[0]), ("av01.0.04M.08".to_owned(), 640, 360));
    let record = [&[0x81, 0x04, 0x0c, 0x00][..], &sequence_part].concat();
    assert!(files[0].windows(record.len()).any(|window| window == record));
}

#[test]
fn any_number_of_parts_may_come_in_one_packet_and_as_many_as_it_says() {
    let sequence = sequence(4, 640, 360, false);
    let front = |flags: u8| [&[flags, 1 + sequence.len() as u8, 0x08][..], &sequence].concat();
    let delimiters = [1, 0x10].repeat(300);
    let many = [&front(0x08)[..], &delimiters, &[3, FRAME, KEY, 1]].concat();
    // Three are said and two come, or the length of one is longer than what is there.
    let fewer = [&front(0x38)[..], &[3, FRAME, KEY, 2]].concat();
    let longer = [&front(0x08)[..], &[4, FRAME, KEY, 3]].concat();
    let payloads = [&many[..], &fewer, &longer, &[0x10], &many];
    let packets = (0..).zip(payloads).map(|(number, payload)| packet(Codec::Av1, number, number as u32 * 25, true, payload));
    let picture = [&part_of(&sequence)[..], &[0x32, 2, KEY, 1]].concat();
    assert_eq!(pictures(&files(&recorded(packets))[0]), [(0, true, picture.clone()), (4000, true, picture)]);
}

#[test]
fn another_size_goes_on_in_the_same_file_and_another_depth_does_not() {
    let key = |seq: u64, sequence: &[u8]| {
        let payload = [&[0x28, 1 + sequence.len() as u8, 0x08][..], sequence, &[FRAME, KEY, 1]].concat();
        packet(Codec::Av1, seq, seq as u32 * 25, true, &payload)
    };
    let (small, large, deep) = (sequence(0, 320, 180, false), sequence(5, 1280, 720, false), sequence(0, 320, 180, true));
    let files = files(&recorded([key(1, &small), key(2, &large), key(3, &small), key(4, &deep)]));
    assert_eq!(files.iter().map(|file| pictures(file).len()).collect::<Vec<_>>(), [3, 1]);
    assert_eq!((told(&files[0]), told(&files[1])), (("av01.0.00M.08".to_owned(), 320, 180), ("av01.0.00M.10".to_owned(), 320, 180)));
    // An encoder that comes again in another size goes on in the same film.
    let again = |sequence: &[u8]| self::files(&recorded([key(1, sequence), key(2, sequence)])).remove(0);
    let film_of = |sessions: &[Vec<u8>]| film(sessions).unwrap().played.len();
    assert_eq!(film_of(&[again(&small), again(&large)]), 2);
    assert_eq!(film_of(&[again(&small), again(&deep)]), 1);
}

#[test]
fn a_picture_of_av1_that_lost_a_packet_is_left_out_with_all_that_need_it() {
    for lost in [0, 1, 2] {
        assert_eq!(kept_without(lost, av1), (0..28).chain(50..100).collect::<Vec<_>>(), "without packet {lost}");
    }
}

#[test]
fn a_sequence_is_read_in_all_its_forms() {
    let size = "1010 1001 01001111111 0101100111";
    let tools = "0 000 0000 0 0 0 000";
    let of = |front: &str, behind: &str, colours: &str| {
        let sequence = bytes_of(&format!("{front} {size} {behind} {colours} 0 1"));
        let payload = [&[0x28, 1 + sequence.len() as u8, 0x08][..], &sequence, &[FRAME, KEY, 1]].concat();
        let files = files(&recorded([packet(Codec::Av1, 1, 0, true, &payload), packet(Codec::Av1, 2, 50, true, &payload)]));
        files.first().map(|file| told(file))
    };
    let named = |name: &str| Some((name.to_owned(), 640, 360));
    let zeros = |count: usize| "0".repeat(count);
    let point = zeros(12);
    let plain = format!("000 00 0 0 00000 {point} 00101");
    let grey = "0 1 0 0";
    assert_eq!(of(&plain, tools, "0 0 0 0 00 0"), named("av01.0.05M.08"));
    assert_eq!(of(&plain, tools, grey), named("av01.0.05M.08"));
    assert_eq!(of(&plain, "1 0000000 000 0000 1 00 0 1 0 0 111 000", "1 0 0 0 00 0"), named("av01.0.05M.10"), "tools with more to say");
    assert_eq!(of(&format!("000 00 0 0 00000 {point} 01101 1"), tools, "0 0 0 0 00 0"), named("av01.0.13H.08"), "a tier");
    // Times, of which one is as long as it needs, and how long a decoder waits at two points.
    let timed =
        format!("000 00 1 {} {} 1 00101 1 00011 {} 00000 00000 1 00001 {point} 00101 1 0000 0000 0 1 0000 {point} 00011 0 0", zeros(32), zeros(32), zeros(32));
    assert_eq!(of(&timed, tools, "0 0 0 0 00 0"), named("av01.0.05M.08"));
    // Other profiles: with colours in all places, in half of them, and in their own way.
    assert_eq!(of(&format!("001 00 0 0 00000 {point} 00101"), tools, "0 0 0 0"), named("av01.1.05M.08"));
    assert_eq!(of(&format!("001 00 0 0 00000 {point} 00101"), tools, "0 1 00000001 00001101 00000000 0"), named("av01.1.05M.08"), "RGB");
    assert_eq!(of(&format!("010 00 0 0 00000 {point} 00101"), tools, "0 0 0 0 0"), named("av01.2.05M.08"));
    assert_eq!(of(&format!("010 00 0 0 00000 {point} 00101"), tools, "1 1 0 0 0 1 1 00 0"), named("av01.2.05M.12"));
    // A still has no more than level, size and colours.
    assert_eq!(of("000 11 00101", "000 000", "0 0 0 0 00 0"), named("av01.0.05M.08"));
    assert_eq!(of(&format!("011 00 0 0 00000 {point} 00101"), tools, "0 0 0 0 00 0"), None, "there is no such profile");
}
