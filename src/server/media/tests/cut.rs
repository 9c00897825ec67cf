//! Cuts are read back by the same strict reader, and compared frame by frame with the film that they are cut from.

use super::*;

fn film_of(seconds: u64) -> Vec<u8> {
    make_of(&[&session(seconds, 7)]).unwrap().1
}

fn cut_of(film: &[u8], from_ms: u64, until_ms: u64) -> Result<(Stretch, Vec<u8>), Fault> {
    let mut out = Vec::new();
    cut(&mut Cursor::new(film), from_ms, until_ms, &mut out).map(|stretch| (stretch, out))
}

fn between(frames: &[Frame], from: u64, until: u64) -> Vec<(u8, u64, Vec<u8>)> {
    frames.iter().filter(|frame| (from..until).contains(&frame.1)).map(|(track, at, _, payload)| (*track, at - from, payload.clone())).collect()
}

#[test]
fn a_cut_begins_with_a_picture_that_stands_for_itself_and_ends_where_it_was_asked_to() {
    let film = film_of(10);
    let (stretch, cut) = cut_of(&film, 3_500, 7_210).unwrap();
    let read = read_film(&cut);
    assert_eq!(stretch, Stretch { from_ms: 3_000, duration_ms: 4_210 });
    assert_eq!((read.duration, read.cues), (4_210.0, 5));
    assert_eq!(read.frames, between(&frames(1, 2, 10, 7), 3_000, 7_210));
    // The whole of it is the film itself, and a cut can be cut again.
    assert_eq!(cut_of(&film, 0, u64::MAX).unwrap(), (Stretch { from_ms: 0, duration_ms: 10_000 }, film.clone()));
    assert_eq!(cut_of(&cut, 1_000, 2_000).unwrap().1, cut_of(&film, 4_000, 5_000).unwrap().1);
}

#[test]
fn a_film_can_be_cut_whatever_else_its_recorder_put_into_the_head() {
    let recorded = session(4, 7);
    let (_, rest) = recorded.split_at(ebml::element(webm::EBML, &ebml::element(0x4282, b"webm")).len());
    for family in [&b"webm"[..], b"matroska"] {
        let head = [ebml::element(0xec, &[0; 300]), ebml::element(0x4282, family)].concat();
        let film = make_of(&[&[&ebml::element(webm::EBML, &head), rest].concat()]).unwrap().1;
        assert!(film.starts_with(&webm::head(family == b"webm")));
        assert!(can_cut(&mut Cursor::new(&film)).unwrap() && cut_of(&film, 0, 2_000).is_ok());
    }
}

#[test]
fn a_cut_in_the_middle_of_a_cluster_leaves_out_what_hangs_on_what_is_gone() {
    // One cluster: sound runs ahead of the picture, which stands for itself at 400 ms for the first time, and at 3000 again.
    let sound = |at: u64| (2, at, true, [b"a", &at.to_be_bytes()[..]].concat());
    let picture = |at: u64| (1, at, at == 400 || at == 3_000, [b"p", &at.to_be_bytes()[..]].concat());
    let mut all: Vec<Frame> = (0..100).map(|number| sound(number * 40)).chain((0..100).map(|number| picture(number * 40))).collect();
    all.sort_by_key(|frame| frame.1);
    let film = make_of(&[&recorded(&[track(1, 1, "V_VP8"), track(2, 2, "A_OPUS")], &all)]).unwrap().1;
    assert_eq!(read_film(&film).cues, 1, "the film has one cluster");
    let (stretch, cut) = cut_of(&film, 2_000, 3_500).unwrap();
    assert_eq!(stretch, Stretch { from_ms: 400, duration_ms: 3_100 });
    assert_eq!(read_film(&cut).frames, between(&all, 400, 3_500));
}

#[test]
fn pictures_that_are_stored_after_the_end_they_hang_on_are_left_out() {
    // 80 is shown before 120, which it hangs on and which is cut off.
    let at = |at: u64| (1, at, at == 0, [b"p", &at.to_be_bytes()[..]].concat());
    let film = make_of(&[&recorded(&[track(1, 1, "V_VP9")], &[at(0), at(40), at(120), at(80), at(160)])]).unwrap().1;
    let times = |until_ms| read_film(&cut_of(&film, 0, until_ms).unwrap().1).frames.iter().map(|frame| frame.1).collect::<Vec<_>>();
    assert_eq!((times(100), times(130)), (vec![0, 40], vec![0, 40, 120, 80]));
}

#[test]
fn what_cannot_be_cut_is_said() {
    let film = film_of(4);
    for (from_ms, until_ms) in [(0, 0), (3_000, 3_000), (3_500, 2_000), (9_000, 3_000)] {
        assert!(matches!(cut_of(&film, from_ms, until_ms), Err(Fault::Empty)), "{from_ms} to {until_ms}");
    }
    // Behind the end the last stretch is left.
    assert_eq!(cut_of(&film, 9_000, 12_000).unwrap().0, Stretch { from_ms: 3_000, duration_ms: 1_000 });
    let part = |name: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes(), &name[..], body].concat();
    let mp4 = [part(b"ftyp", b"iso5"), part(b"moov", &[0; 90]), part(b"moof", &[1; 30]), part(b"mdat", &[7; 300])].concat();
    assert!(matches!(cut_of(&mp4, 0, 9_000), Err(Fault::Foreign)));
    assert!(matches!(cut_of(b"what is this", 0, 9_000), Err(Fault::Empty)));
}

#[test]
fn a_film_of_chromiums_is_cut_at_its_pictures() {
    let film = make_of(&[CHROMIUM, CHROMIUM, CHROMIUM]).unwrap();
    let second = film.0.played[1].at_ms;
    let (stretch, cut) = cut_of(&film.1, second + 500, film.0.duration_ms).unwrap();
    assert!((second..second + 500).contains(&stretch.from_ms), "each begins with a picture that stands for itself: {stretch:?}");
    assert_eq!(read_film(&cut).duration, stretch.duration_ms as f64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_of_a_film_is_a_film(seconds in 1_u64..9, from_ms in 0_u64..9_000, long_ms in 1_u64..9_000) {
        let (film, until_ms) = (film_of(seconds), from_ms + long_ms);
        let end = until_ms.min(seconds * 1000);
        let begin = (from_ms.min(seconds * 1000 - 1) / 1000) * 1000;
        match cut_of(&film, from_ms, until_ms) {
            Ok((stretch, cut)) => {
                let read = read_film(&cut);
                prop_assert_eq!(stretch, Stretch { from_ms: begin, duration_ms: end - begin });
                prop_assert_eq!(read.duration, (end - begin) as f64);
                prop_assert!(read.cues > 0);
                prop_assert_eq!(read.frames, between(&frames(1, 2, seconds, 7), begin, end));
            }
            Err(fault) => prop_assert!(false, "{fault}"),
        }
    }

    #[test]
    fn no_bytes_make_cutting_stumble(noise in prop::collection::vec(any::<u8>(), 1..60), at in 0.0_f64..1.0, from_ms in 0_u64..3_000) {
        let mut bytes = film_of(3);
        let at = (bytes.len() as f64 * at) as usize;
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        if let Ok((_, cut)) = cut_of(&bytes, from_ms, from_ms + 1_500) {
            prop_assert_eq!(ebml::children(&cut).count(), 2);
        }
    }
}
