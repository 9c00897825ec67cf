//! What a stranger may send in place of a recording: every length, count, time and place in it may be a lie.

use super::{cut::cut_of, *};

/// What is left of two good seconds with this in the second between them: how many samples of the picture.
fn left_of(between: &[u8]) -> usize {
    let recorder = Recorder::new(3, 7);
    let [first, _, second] = recorder.fragments().try_into().unwrap();
    let bytes = [&recorder.head(), &first, between, &second].concat();
    kind(&film_of(&[&bytes]).1, "vide").len()
}

/// A fragment of one track fragment with these boxes.
fn fragment(traf: &[&[u8]], data: &[u8]) -> Vec<u8> {
    let moof = recorder::part(b"moof", &[recorder::full(b"mfhd", 0, 0, &[0; 4]), recorder::part(b"traf", &traf.concat())].concat());
    [moof, recorder::part(b"mdat", data)].concat()
}

fn header(flags: u32, fields: &[u32]) -> Vec<u8> {
    recorder::full(b"tfhd", 0, flags, &fields.iter().flat_map(|field| field.to_be_bytes()).collect::<Vec<_>>())
}

fn run(flags: u32, fields: &[u32]) -> Vec<u8> {
    recorder::full(b"trun", 0, flags, &fields.iter().flat_map(|field| field.to_be_bytes()).collect::<Vec<_>>())
}

fn begins(at: u64) -> Vec<u8> {
    recorder::full(b"tfdt", 1, 0, &at.to_be_bytes())
}

#[test]
fn boxes_that_lie_end_a_recording_or_are_passed_over() {
    let good = header(0x2_0018, &[1, 3_600, 10]);
    let at = begins(90_000);
    // Bytes of a fragment with header, time and one run without fields of its samples, and of the head of its data.
    let data_at = (8 + 16 + 8 + good.len() + at.len() + 20 + 8) as u32;
    let one = |count: u32| run(1, &[count, data_at]);
    let cases: Vec<(&str, Vec<u8>, usize)> = vec![
        ("nothing", vec![], 50),
        ("a good one", fragment(&[&good, &at, &one(2)], &[7; 20]), 52),
        ("more in its data than samples", fragment(&[&good, &at, &one(2)], &[7; 90]), 52),
        ("a box that nobody knows", recorder::part(b"whoa", &[1; 70]), 50),
        ("a box without a size", vec![0, 0, 0, 0, b'f', b'r', b'e', b'e'], 25),
        ("a box that is smaller than its head", vec![0, 0, 0, 7, b'f', b'r', b'e', b'e'], 25),
        ("a box of 2^64 bytes", [&[0, 0, 0, 1][..], b"free", &[0xff; 8]].concat(), 25),
        ("a box that goes round", [&[0, 0, 0, 1][..], b"free", &[0; 8]].concat(), 25),
        ("a fragment of 4 GiB", [&[0xff; 4][..], b"moof", &[0; 8]].concat(), 25),
        ("another head", Recorder::new(1, 3).head()[24..].to_vec(), 50),
        ("a fragment without a track", recorder::part(b"moof", &recorder::full(b"mfhd", 0, 0, &[0; 4])), 50),
        ("a track that nobody knows", fragment(&[&header(0x2_0018, &[9, 3_600, 10]), &at, &one(2)], &[7; 20]), 25),
        ("a track without a header", fragment(&[&at, &one(2)], &[7; 20]), 25),
        ("a header that is cut off", fragment(&[&header(0x2_0018, &[1, 3_600]), &at, &one(2)], &[7; 20]), 25),
        ("a run without samples", fragment(&[&good, &at, &one(0)], &[7; 20]), 50),
        ("a run of 2^32 samples", fragment(&[&good, &at, &one(u32::MAX)], &[7; 20]), 25),
        ("2^32 samples of 2^32 bytes and units", fragment(&[&header(0x2_0018, &[1, u32::MAX, u32::MAX]), &at, &one(u32::MAX)], &[7; 20]), 25),
        ("2^32 samples without bytes and units", fragment(&[&header(0x2_0018, &[1, 0, 0]), &at, &one(u32::MAX)], &[7; 20]), 25),
        ("a run that says more than it holds", fragment(&[&good, &at, &run(0x301, &[3, data_at, 1, 2, 3, 4])], &[7; 20]), 25),
        ("samples behind the data", fragment(&[&good, &at, &one(3)], &[7; 20]), 25),
        ("samples in front of the data", fragment(&[&good, &at, &run(1, &[2, data_at - 1])], &[7; 20]), 25),
        ("samples in front of the file", fragment(&[&good, &at, &run(1, &[2, 0x8000_0000])], &[7; 20]), 25),
        ("samples at the end of all bytes", fragment(&[&header(0x19, &[1, u32::MAX, u32::MAX, 3_600, 10]), &at, &one(2)], &[7; 20]), 25),
        ("two runs with the same bytes", fragment(&[&good, &at, &run(1, &[2, data_at + 20]), &run(1, &[1, data_at + 30])], &[7; 20]), 25),
        ("a time before the one before", [fragment(&[&good, &at, &one(2)], &[7; 20]), fragment(&[&good, &begins(89_999), &one(2)], &[7; 20])].concat(), 27),
        ("the end of all time", fragment(&[&good, &begins(u64::MAX), &one(2)], &[7; 20]), 25),
        ("three days later", fragment(&[&good, &begins(3 * 86_400 * 90_000), &one(2)], &[7; 20]), 25),
        ("samples of three days", fragment(&[&header(0x2_0018, &[1, 90_000 * 43_200, 10]), &at, &one(6)], &[7; 60]), 25),
        ("a picture that is shown in six hours", fragment(&[&good, &at, &run(0x801, &[1, data_at + 4, 0x7fff_ffff])], &[7; 20]), 51),
        ("no data", fragment(&[&good, &at, &one(2)], &[])[..data_at as usize - 8].to_vec(), 25),
    ];
    for (name, between, expected) in cases {
        let found = std::panic::catch_unwind(|| left_of(&between)).unwrap_or_else(|_| panic!("{name}"));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_head_that_lies_is_no_head() {
    let good = recorded(1, 7);
    let change = |name: &[u8; 4], at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        let from = changed.windows(4).position(|found| found == name).unwrap() + 4 + at;
        changed[from..from + bytes.len()].copy_from_slice(bytes);
        changed
    };
    for (name, bytes) in [
        ("a timescale of zero", change(b"mdhd", 20, &[0; 4])),
        ("a timescale of 2^32", change(b"mdhd", 20, &[0xff; 4])),
        ("a movie without time", change(b"mvhd", 12, &[0; 4])),
        ("a version of the future", change(b"tkhd", 0, &[9])),
        ("two tracks of one number", change(b"tkhd", 12, &[0, 0, 0, 2])),
        ("tracks without defaults", change(b"trex", 4, &[9; 4])),
        ("no picture", change(b"hdlr", 8, b"meta")),
        ("no fragments announced", change(b"mvex", 0, b"")),
    ] {
        let bytes = if name == "no fragments announced" {
            good.windows(4).position(|found| found == b"mvex").map(|at| [&good[..at], b"free", &good[at + 4..]].concat()).unwrap()
        } else {
            bytes
        };
        // It is copied as it is: a browser may know better.
        assert_eq!(make_of(&[&bytes]).unwrap().0.duration_ms, 0, "{name}");
        assert!(matches!(cut_of(&bytes, 0, 900), Err(Fault::Foreign)), "{name}");
    }
    for (count, can) in [(8, true), (9, false)] {
        let (mut traks, mut trexes) = (Vec::new(), Vec::new());
        for id in 1..=count {
            let head = Recorder { audio: None, video: id, ..Recorder::new(1, 7) }.head();
            let at = |name: &[u8; 4]| head.windows(4).position(|found| found == name).unwrap() - 4;
            traks.extend_from_slice(&head[at(b"trak")..at(b"mvex")]);
            trexes.extend_from_slice(&head[at(b"trex")..at(b"udta")]);
        }
        let moov = [&good[32..140], &traks, &recorder::part(b"mvex", &trexes)].concat();
        let head = [recorder::part(b"ftyp", b"iso5\0\0\0\0"), recorder::part(b"moov", &moov)].concat();
        assert_eq!(can_cut(&mut Cursor::new(head)).unwrap(), can, "{count} tracks");
    }
    // A head of a gigabyte is not read.
    let huge = [recorder::part(b"ftyp", b"iso5\0\0\0\0"), [&0x4000_0000_u32.to_be_bytes()[..], b"moov"].concat()].concat();
    assert!(matches!(make_of(&[&huge]), Err(Fault::Empty)));
}

#[test]
fn an_edit_list_may_hide_a_track_and_a_session() {
    let hidden = Recorder { priming: 480_000, ..Recorder::new(2, 7) }.bytes();
    let (made, read, _) = film_of(&[&hidden, &hidden]);
    assert_eq!((made.duration_ms, made.played[1].at_ms, read.places.len()), (4_000, 2_000, 4));
    let nothing = Recorder { hidden: 900_000, audio: None, ..Recorder::new(2, 7) }.bytes();
    assert_eq!(make_of(&[&nothing]).unwrap().0.duration_ms, 0, "copied as it is");
    let (made, _, _) = film_of(&[&nothing, &recorded(2, 7)]);
    assert_eq!((made.played.len(), made.played[0].session), (1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_it_stumble(noise in prop::collection::vec(any::<u8>(), 1..60), at in 0.0_f64..1.0, which in 0_usize..5, after: bool) {
        let mut bytes = REAL.get(which).map_or_else(|| Recorder { chatty: true, ..Recorder::new(3, 7) }.bytes(), |(_, bytes)| bytes.to_vec());
        let next = bytes.clone();
        let at = (bytes.len() as f64 * at) as usize;
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        let made = if after { make_of(&[&bytes, &next]) } else { make_of(&[&bytes]) };
        if let Ok((made, film)) = made {
            let (again, same) = make_of(&[&film]).unwrap();
            prop_assert_eq!(again.duration_ms, made.duration_ms);
            prop_assert!(same == film, "made again it is the same");
            prop_assert!(film.len() <= 2 * (bytes.len() + next.len()) + 4096);
        }
        let _ = cut_of(&bytes, 1_000, 2_000);
    }

    #[test]
    fn a_bit_that_flips_in_a_head_makes_it_stumble_no_more(at in 0_usize..2_000, bit in 0_u8..8, which in 0_usize..4) {
        let mut bytes = REAL[which].1.to_vec();
        bytes[at] ^= 1 << bit;
        if let Ok((made, film)) = make_of(&[&bytes]) {
            let (again, same) = make_of(&[&film]).unwrap();
            prop_assert_eq!((again.duration_ms, same == film), (made.duration_ms, true));
            let _ = cut_of(&film, 1_000, 2_000);
        }
    }
}
