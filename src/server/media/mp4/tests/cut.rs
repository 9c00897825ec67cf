//! Cuts are read back as films are, and compared with the film that they are cut from.

use super::*;

pub fn cut_of(film: &[u8], from_ms: u64, until_ms: u64) -> Result<(Stretch, Vec<u8>), Fault> {
    let mut out = Vec::new();
    media::cut(&mut Cursor::new(film), from_ms, until_ms, &mut out).map(|stretch| (stretch, out))
}

/// The samples of a film that are shown in a stretch of it, as they are in a film of that stretch.
fn between(film: &Film, name: &str, from_ms: i64, until_ms: i64) -> Vec<Sample> {
    let track = film.tracks.iter().find(|track| track.kind == name).unwrap();
    let all = later(&film.tracks, name, -from_ms).into_iter();
    all.filter(|sample| (0..until_ms - from_ms).contains(&track.ms(sample.shown))).collect()
}

#[test]
fn a_cut_begins_with_a_picture_that_stands_for_itself_and_ends_behind_the_place_that_was_asked_for() {
    let (_, whole, film) = film_of(&[&recorded(10, 7)]);
    let (stretch, cut) = cut_of(&film, 3_500, 7_210).unwrap();
    let read = reader::film(&cut);
    assert_eq!(stretch, Stretch { from_ms: 3_000, duration_ms: 5_000 });
    assert_eq!((read.duration_ms, read.places.clone()), (5_000, seconds(5)));
    for name in ["vide", "soun"] {
        assert!(kind(&read, name) == between(&whole, name, 3_000, 8_000), "{name}");
    }
    // The whole of it is the film itself, and a cut can be cut again.
    assert_eq!(cut_of(&film, 0, u64::MAX).unwrap(), (Stretch { from_ms: 0, duration_ms: 10_000 }, film.clone()));
    assert_eq!(cut_of(&cut, 1_000, 2_000).unwrap().1, cut_of(&film, 4_000, 5_000).unwrap().1);
    assert_eq!(make_of(&[&cut]).unwrap().1, cut, "a cut is a film");
}

#[test]
fn a_recording_that_was_only_copied_is_cut_by_the_times_that_players_show() {
    let copied = Recorder { start_ms: 60_000, base: Base::File, ..Recorder::new(5, 7) }.bytes();
    let (stretch, cut) = cut_of(&copied, 62_100, 63_100).unwrap();
    assert_eq!((stretch, reader::film(&cut).duration_ms), (Stretch { from_ms: 62_000, duration_ms: 2_000 }, 2_000));
}

#[test]
fn a_cut_begins_earlier_where_fragments_begin_in_the_middle_of_a_group() {
    let film = film_of(&[&Recorder { key_ms: 2_400, fragment_ms: 200, ..Recorder::new(10, 7) }.bytes()]).2;
    assert_eq!(cut_of(&film, 4_700, 5_100).unwrap().0, Stretch { from_ms: 2_400, duration_ms: 2_800 });
    let film = film_of(&[&Recorder { key_ms: 2_400, ..Recorder::new(10, 7) }.bytes()]).2;
    assert_eq!(cut_of(&film, 4_900, 5_100).unwrap().0, Stretch { from_ms: 0, duration_ms: 6_000 }, "a group that begins within a fragment does not count");
}

#[test]
fn sound_and_picture_of_a_cut_are_as_far_apart_as_they_were() {
    for recorder in [Recorder { priming: 2_400, ..Recorder::new(6, 7) }, Recorder { priming: -2_400, reordered: true, ..Recorder::new(6, 7) }] {
        let (_, whole, film) = film_of(&[&recorder.bytes()]);
        let cut = reader::film(&cut_of(&film, 2_500, 4_500).unwrap().1);
        let apart = |film: &Film, number: usize| kind(film, "vide")[number].shown * 8 / 15 - kind(film, "soun")[number].shown;
        assert_eq!(apart(&cut, 0), apart(&whole, 50), "{recorder:?}");
    }
}

#[test]
fn sound_in_fragments_of_its_own_ends_with_the_picture() {
    // Each fragment of the sound in front of that of the picture.
    let top: Vec<_> = reader::boxes(OPUS, 0..OPUS.len()).into_iter().filter(|(name, _)| name == "moof" || name == "mdat").collect();
    let fragments: Vec<&[u8]> = top.chunks(2).map(|pair| &OPUS[pair[0].1.start - 8..pair[1].1.end]).collect();
    let swapped: Vec<u8> = fragments.chunks(2).flat_map(|pair| pair.iter().rev().copied().flatten().copied()).collect();
    let (_, whole, film) = film_of(&[&[&OPUS[..top[0].1.start - 8], &swapped].concat()]);
    assert!(kind(&whole, "vide") == reader::tracks(OPUS).iter().find(|track| track.kind == "vide").unwrap().samples);
    for until_ms in (1_200..3_500).step_by(100) {
        let cut = reader::film(&cut_of(&film, 1_100, until_ms).unwrap().1);
        let [video, audio] = ["vide", "soun"].map(|name| cut.tracks.iter().find(|track| track.kind == name).map(|track| track.ms(track.end())).unwrap());
        assert!((video - audio).abs() <= 100, "{video} and {audio} until {until_ms}");
    }
}

#[test]
fn what_cannot_be_cut_is_said() {
    let film = film_of(&[&recorded(4, 7)]).2;
    for (from_ms, until_ms) in [(0, 0), (3_000, 3_000), (3_500, 2_000), (9_000, 3_000)] {
        assert!(matches!(cut_of(&film, from_ms, until_ms), Err(Fault::Empty)), "{from_ms} to {until_ms}");
    }
    assert_eq!(cut_of(&film, 9_000, 12_000).unwrap().0, Stretch { from_ms: 3_000, duration_ms: 1_000 }, "behind the end the last stretch is left");
    assert!(matches!(cut_of(&Recorder::new(4, 7).head(), 0, 9_000), Err(Fault::Empty)));
    assert!(matches!(cut_of(b"what is this", 0, 9_000), Err(Fault::Empty)));
}

#[test]
fn films_of_real_recorders_are_cut() {
    for (name, recording) in REAL {
        let (_, whole, film) = film_of(&[recording]);
        for (from_ms, until_ms) in [(0, 1_500), (1_100, 2_900), (2_700, 3_100), (3_900, 60_000)] {
            let (stretch, cut) = cut_of(&film, from_ms, until_ms).unwrap();
            let read = reader::film(&cut);
            assert!(read.video().samples[0].is_sync, "{name}");
            assert!(stretch.from_ms <= from_ms && stretch.from_ms + stretch.duration_ms + 1 >= until_ms.min(whole.duration_ms), "{name}: {stretch:?}");
            let apart_ms = if name == "absolute" { 4_021 } else { 1_400 };
            assert!(stretch.from_ms + apart_ms >= from_ms, "{name}: {stretch:?}");
            assert!(stretch.duration_ms.abs_diff(read.duration_ms) <= 1);
            let begin = whole.video().samples.iter().position(|sample| sample.bytes == read.video().samples[0].bytes).unwrap();
            let bytes = |track: &Track, from: usize| track.samples[from..].iter().map(|sample| sample.bytes.clone()).collect::<Vec<_>>();
            assert!(bytes(whole.video(), begin).starts_with(&bytes(read.video(), 0)), "{name}: the same pictures");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_of_a_film_is_a_film_and_covers_what_was_asked_for(
        seconds in 1_u64..9, key in 1_u64..4, from_ms in 0_u64..9_000, long_ms in 1_u64..9_000, priming in -3_000_i64..3_000, reordered: bool,
    ) {
        let recorder = Recorder { key_ms: key * 1000, fragment_ms: 200, priming, reordered, ..Recorder::new(seconds, 7) };
        let (made, whole, film) = film_of(&[&recorder.bytes()]);
        let (stretch, cut) = match cut_of(&film, from_ms, from_ms + long_ms) {
            Ok(cut) => cut,
            Err(fault) => return Err(TestCaseError::fail(format!("{fault}"))),
        };
        let read = reader::film(&cut);
        prop_assert!(read.video().samples[0].is_sync);
        // The first picture may be shown a little after the first sound, and later than decoding begins.
        prop_assert!(stretch.from_ms <= from_ms.max(80), "{:?}", stretch);
        prop_assert!(stretch.from_ms + key * 1000 + 200 >= from_ms.min(made.duration_ms), "{:?}", stretch);
        prop_assert!(stretch.from_ms + stretch.duration_ms + 1 >= (from_ms + long_ms).min(made.duration_ms), "{:?} of {:?}", stretch, made);
        prop_assert!(stretch.from_ms + stretch.duration_ms <= from_ms + long_ms + 300);
        prop_assert!(stretch.duration_ms.abs_diff(read.duration_ms) <= 1);
        let moved = kind(&whole, "vide").iter().find(|sample| sample.bytes == read.video().samples[0].bytes).unwrap();
        prop_assert_eq!(read.video().ms(moved.shown - read.video().samples[0].shown).abs_diff(stretch.from_ms as i64) <= 1, true);
        prop_assert_eq!(&make_of(&[&cut]).unwrap().1, &cut);
    }
}
