//! Films are read back by a reader that is stricter than any browser's, and compared sample by sample with what was recorded:
//! by a recorder of the tests' own, which can do all that a recorder might, and by real ones.

use std::io::Cursor;

use proptest::prelude::*;

use self::{
    reader::{Film, Sample, Track, film},
    recorder::{Base, Begins, Recorder, Sync},
};
use crate::server::media::{self, Fault, Form, Made, Stretch, can_cut, starts_session};

mod cut;
mod hostile;
mod reader;
mod recorder;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/", $name, ".mp4"))
    };
}

/// Five seconds of a test picture and a tone, fragments of a group of pictures each.
const FRAGMENTS: &[u8] = fixture!("fragments");
/// The same in fragments of a second and more, whose data is placed from the start of the file.
const ABSOLUTE: &[u8] = fixture!("absolute");
/// With pictures that are shown in another order than they are decoded, and edit lists for that and for the sound's priming.
const REORDERED: &[u8] = fixture!("reordered");
/// Opus, a fragment for each track, five a second.
const OPUS: &[u8] = fixture!("opus");
const REAL: [(&str, &[u8]); 4] = [("fragments", FRAGMENTS), ("absolute", ABSOLUTE), ("reordered", REORDERED), ("opus", OPUS)];

fn make_of(sessions: &[&[u8]]) -> Result<(Made, Vec<u8>), Fault> {
    let mut readers: Vec<_> = sessions.iter().map(Cursor::new).collect();
    let mut film = Vec::new();
    media::make(&mut readers, &mut film).map(|made| (made, film))
}

/// Made, read back, and made again, which must come to the same.
fn film_of(sessions: &[&[u8]]) -> (Made, Film, Vec<u8>) {
    let (made, bytes) = make_of(sessions).unwrap();
    assert_eq!(made.form, Form::Mp4);
    let read = film(&bytes);
    assert!(made.duration_ms.abs_diff(read.duration_ms) <= 1, "{made:?} {}", read.duration_ms);
    let (again, same) = make_of(&[&bytes]).unwrap();
    assert!(same == bytes && again.duration_ms == made.duration_ms && again.played.len() == 1, "a film is a recording, too, and stays as it is");
    (made, read, bytes)
}

fn recorded(seconds: u64, seed: u8) -> Vec<u8> {
    Recorder::new(seconds, seed).bytes()
}

/// The samples of a kind of track, as they are in a film that goes on for so long before them.
fn later(tracks: &[Track], kind: &str, by_ms: i64) -> Vec<Sample> {
    let track = tracks.iter().find(|track| track.kind == kind).unwrap();
    let by = by_ms * track.timescale / 1000;
    track.samples.iter().map(|sample| Sample { decode: sample.decode + by, shown: sample.shown + by, ..sample.clone() }).collect()
}

fn kind<'a>(film: &'a Film, kind: &str) -> &'a [Sample] {
    &film.tracks.iter().find(|track| track.kind == kind).unwrap().samples
}

fn seconds(seconds: i64) -> Vec<i64> {
    (0..seconds).map(|second| second * 1000).collect()
}

#[test]
fn a_recording_gets_its_length_and_an_index_and_keeps_its_samples() {
    let plain = Recorder::new(10, 7);
    for (name, recorder) in [
        ("as recorders do", plain.clone()),
        ("placed from the start of the file", Recorder { base: Base::File, ..plain.clone() }),
        ("placed one after the other", Recorder { base: Base::Unsaid, ..plain.clone() }),
        ("times of 32 bits", Recorder { begins: Begins::Narrow, ..plain.clone() }),
        ("without times", Recorder { begins: Begins::Unsaid, ..plain.clone() }),
        ("flags of each sample", Recorder { sync: Sync::EachSample, ..plain.clone() }),
        ("flags of the movie", Recorder { sync: Sync::Movie, ..plain.clone() }),
        ("with boxes in between and wide sizes", Recorder { chatty: true, ..plain.clone() }),
        ("sound first", Recorder { video: 5, audio: Some(3), ..plain.clone() }),
        ("priming", Recorder { priming: 1024, ..plain.clone() }),
    ] {
        let recording = recorder.bytes();
        let (made, read, film) = film_of(&[&recording]);
        assert_eq!((made.duration_ms, read.duration_ms), (10_000, 10_000), "{name}");
        assert_eq!((made.played[0].at_ms, made.played[0].duration_ms), (0, 10_000), "{name}");
        assert_eq!(read.places, seconds(10), "{name}");
        let before = reader::tracks(&recording);
        assert!(kind(&read, "vide") == later(&before, "vide", 0) && kind(&read, "soun") == later(&before, "soun", 0), "{name}");
        assert!(!film.windows(4).any(|name| name == b"udta"), "words about the recorder are left out");
    }
}

#[test]
fn a_film_begins_with_its_first_sample_whenever_its_recorder_began() {
    let late = Recorder { start_ms: 1_700_000_123, ..Recorder::new(2, 7) };
    let (made, read, _) = film_of(&[&late.bytes()]);
    assert_eq!((made.duration_ms, read.places.clone(), kind(&read, "vide")[0].decode), (2_000, seconds(2), 0));
    // What the edit list puts off stays put off; the rest is not moved by it.
    let (made, read, _) = film_of(&[&Recorder { priming: -4_800, ..Recorder::new(2, 7) }.bytes()]);
    assert_eq!((made.duration_ms, kind(&read, "soun")[0].shown, kind(&read, "vide")[0].shown), (2_100, 4_800, 0));
    // Pictures that wait for each other: nothing is decoded before the start.
    let (made, read, _) = film_of(&[&Recorder { reordered: true, audio: None, ..Recorder::new(2, 7) }.bytes()]);
    assert_eq!((made.duration_ms, made.played[0].at_ms, kind(&read, "vide")[0].decode, kind(&read, "vide")[0].shown), (2_040, 40, 0, 3_600));
}

#[test]
fn sessions_of_one_show_become_one_film() {
    // The second recorder counts its tracks the other way round, and was cut off in its last fragment.
    let other = Recorder { video: 7, audio: Some(4), base: Base::File, start_ms: 500, ..Recorder::new(4, 9) }.bytes();
    let torn = &other[..other.len() - 40];
    let (made, read, _) = film_of(&[&recorded(3, 7), torn, &recorded(2, 5)]);
    assert_eq!(
        made.played.iter().map(|played| (played.session, played.at_ms, played.duration_ms)).collect::<Vec<_>>(),
        [(0, 0, 3_000), (1, 3_000, 3_000), (2, 6_000, 2_000)]
    );
    assert_eq!((made.duration_ms, read.places.clone()), (8_000, seconds(8)));
    assert_eq!(read.tracks.iter().map(|track| track.id).collect::<Vec<_>>(), [1, 2], "tracks are numbered as in the first");
    let kept = |number: u64, seed| reader::tracks(&recorded(number, seed));
    for name in ["vide", "soun"] {
        let expected = [later(&kept(3, 7), name, 0), later(&kept(3, 9), name, 3_000), later(&kept(2, 5), name, 6_000)].concat();
        assert!(kind(&read, name) == expected, "{name}: all that was whole, one after the other");
    }
}

#[test]
fn sound_and_picture_stay_together_where_one_ends_before_the_other_or_is_primed() {
    // Priming is decoded before it is shown: it must not begin before the sound of the one before is over.
    let primed = Recorder { priming: 2_400, ..Recorder::new(3, 7) }.bytes();
    let (made, read, _) = film_of(&[&primed, &primed]);
    let (video, audio) = (kind(&read, "vide"), kind(&read, "soun"));
    let apart = |number: usize| video[number].shown * 1000 / 90_000 - audio[number].shown * 1000 / 48_000;
    assert_eq!((apart(0), apart(75)), (50, 50), "as far apart as they were recorded");
    assert_eq!((made.played[1].at_ms, made.duration_ms), (3_000, 6_000));
    // Here the sound is the last to end, and its priming must wait.
    let late = Recorder { priming: -2_400, ..Recorder::new(3, 7) }.bytes();
    let (made, _, _) = film_of(&[&late, &late]);
    assert_eq!((made.played[1].at_ms, made.duration_ms), (3_050, 6_100));
    let reordered = Recorder { reordered: true, ..Recorder::new(3, 7) }.bytes();
    let (made, read, _) = film_of(&[&reordered, &reordered]);
    assert_eq!((made.played[1].at_ms, read.places), (3_040, vec![40, 1_040, 2_040, 3_080, 4_080, 5_080]));
}

#[test]
fn what_cannot_go_on_without_encoding_is_left_out_and_the_longest_kept() {
    let plain = Recorder::new(4, 7);
    for (name, other) in [
        ("another codec", Recorder { codec: b"hvcC", ..plain.clone() }),
        ("turned", Recorder { rotation: 1, ..plain.clone() }),
        ("another timescale", Recorder { video_scale: 30_000, ..plain.clone() }),
        ("other defaults", Recorder { sync: Sync::Movie, ..plain.clone() }),
        ("silent", Recorder { audio: None, ..plain.clone() }),
    ] {
        let (made, _, _) = film_of(&[&recorded(3, 1), &other.bytes(), b"what is this", &recorded(2, 3)]);
        assert_eq!(made.played.iter().map(|played| played.session).collect::<Vec<_>>(), [0, 3], "{name}");
        let (made, _, _) = film_of(&[&recorded(3, 1), &other.bytes()]);
        assert_eq!((made.played[0].session, made.played.len(), made.duration_ms), (1, 1, 4_000), "{name}");
    }
    // A WebM of the same show counts as another kind.
    let webm = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/chromium.webm"));
    for (own, form) in [(1, Form::Webm), (9, Form::Mp4)] {
        assert_eq!(make_of(&[webm, &recorded(own, 7)]).unwrap().0.form, form);
    }
}

#[test]
fn what_real_recorders_wrote_becomes_films() {
    for (name, recording) in REAL {
        let (made, read, film) = film_of(&[recording]);
        let before = reader::tracks(recording);
        for track in &before {
            assert!(kind(&read, &track.kind) == track.samples, "{name}: every {} as it was", track.kind);
        }
        let length = before.iter().map(|track| track.ms(track.end())).max().unwrap();
        assert_eq!(made.duration_ms as i64, length, "{name}");
        assert!(starts_session(&film) && film.len() < recording.len() + recording.len() / 10, "{name}: {} became {}", recording.len(), film.len());
        let (made, twice, _) = film_of(&[recording, recording]);
        assert_eq!(kind(&twice, "vide").len(), 2 * kind(&read, "vide").len(), "{name}");
        assert!((2 * length..=2 * length + 50).contains(&(made.duration_ms as i64)), "{name}: {made:?}");
    }
    assert_eq!(make_of(&[FRAGMENTS]).unwrap().0.duration_ms, 5_021);
    assert_eq!((film_of(&[FRAGMENTS]).1.places, film_of(&[REORDERED]).1.places), (vec![0, 1_021, 2_021, 3_021, 4_021], seconds(5)));
    // Where a fragment begins in the middle of a group of pictures nobody is led to it.
    assert_eq!((film_of(&[ABSOLUTE]).1.places, film_of(&[OPUS]).1.places), (vec![], vec![]));
}

#[test]
fn a_film_has_an_index_as_long_as_all_its_fragments_fit_into_one() {
    let recorder = Recorder { fragment_ms: 40, key_ms: 40, audio: None, ..Recorder::new(2_622, 7) };
    let (head, fragments) = (recorder.head(), recorder.fragments());
    for (count, places) in [(65_535, 65_535), (65_536, 0)] {
        let (made, film) = make_of(&[&[&head[..], &fragments[..count].concat()].concat()]).unwrap();
        assert_eq!((made.duration_ms, reader::film(&film).places.len()), (count as u64 * 40, places));
    }
}

#[test]
fn what_is_not_in_fragments_is_left_as_it_is() {
    // Samples in the head, as editors and phones write them.
    let mut plain = [recorder::part(b"ftyp", b"isom\0\0\0\0"), recorder::part(b"mdat", &[7; 300])].concat();
    let head = Recorder::new(1, 7).head();
    plain.extend(&head[24..]);
    let mut with_samples = recorded(2, 7);
    let at = with_samples.windows(4).position(|name| name == b"stsz").unwrap();
    with_samples[at + 4 + 8 + 3] = 9;
    assert!(matches!(make_of(&[&plain]), Err(Fault::Empty)));
    // Fragments behind such a head are copied, as browsers may play them.
    let (made, film) = make_of(&[&with_samples[..with_samples.len() - 3]]).unwrap();
    assert_eq!((made.form, made.duration_ms, made.played.len()), (Form::Mp4, 0, 1));
    assert!(with_samples.starts_with(&film) && film.len() > with_samples.len() / 2 - 100);
    assert!(matches!(cut::cut_of(&with_samples, 0, 900), Err(Fault::Foreign)));
    for (name, bytes, can) in [
        ("a recording", recorded(1, 7), true),
        ("its head", head, true),
        ("samples in the head", with_samples, false),
        (
            "a film of a phone's",
            [recorder::part(b"ftyp", b"isom\0\0\0\0"), recorder::part(b"moov", &[0; 90]), recorder::part(b"mdat", &[7; 90])].concat(),
            false,
        ),
        ("WebM", include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/chromium.webm")).to_vec(), true),
        ("nothing", Vec::new(), false),
        ("a page", b"<html>ftyp</html>".to_vec(), false),
    ] {
        assert_eq!(can_cut(&mut Cursor::new(bytes)).unwrap(), can, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_of_a_recording_gives_a_film_of_all_that_was_whole(
        seconds in 1_u64..6, cut in 0.0_f64..1.0, after: bool, chatty: bool, reordered: bool, form in 0..9_usize, priming in -3_000_i64..3_000,
    ) {
        let base = [Base::Fragment, Base::File, Base::Unsaid][form % 3];
        let begins = [Begins::Narrow, Begins::Wide, Begins::Unsaid][form / 3];
        let recorder = Recorder { base, begins, chatty, reordered, priming, ..Recorder::new(seconds, 7) };
        let whole = recorder.bytes();
        let torn = &whole[..(whole.len() as f64 * cut) as usize];
        let mut left = torn.len().saturating_sub(recorder.head().len());
        let fragments = recorder.fragments();
        let kept = fragments.iter().take_while(|fragment| left >= fragment.len() && { left -= fragment.len(); true }).count();
        let next = recorder.bytes();
        if kept == 0 && !after {
            prop_assert!(matches!(make_of(&[torn]), Err(Fault::Empty)));
            return Ok(());
        }
        let (made, read, _) = if after { film_of(&[torn, &next]) } else { film_of(&[torn]) };
        let before = reader::tracks(&Recorder { priming: 0, ..recorder.clone() }.bytes());
        for name in ["vide", "soun"] {
            let found = kind(&read, name);
            prop_assert_eq!(found.len(), 25 * (kept + if after { seconds as usize } else { 0 }));
            let bytes = |samples: &[Sample]| samples.iter().map(|sample| sample.bytes.clone()).collect::<Vec<_>>();
            prop_assert_eq!(bytes(&found[..25 * kept]), bytes(&later(&before, name, 0)[..25 * kept]));
            prop_assert!(found.windows(2).all(|pair| pair[0].decode + pair[0].duration <= pair[1].decode));
        }
        prop_assert_eq!(made.played.len(), usize::from(kept > 0) + usize::from(after));
        prop_assert!(made.played.windows(2).all(|pair| pair[0].at_ms + pair[0].duration_ms <= pair[1].at_ms));
    }

    #[test]
    fn real_recordings_cut_anywhere_give_films(cut in 0.0_f64..1.0, which in 0_usize..4) {
        let (_, recording) = REAL[which];
        let torn = &recording[..(recording.len() as f64 * cut) as usize];
        let Ok((_, bytes)) = make_of(&[torn]) else {
            prop_assert!(torn.len() < 9_000, "the first fragment is whole");
            return Ok(());
        };
        let (found, whole) = (film(&bytes), reader::tracks(recording));
        for track in &whole {
            let samples = kind(&found, &track.kind);
            prop_assert_eq!(samples, &track.samples[..samples.len()]);
        }
        let missing: usize = whole.iter().map(|track| track.samples[kind(&found, &track.kind).len()..].iter().map(|sample| sample.bytes.len()).sum::<usize>()).sum();
        prop_assert!(missing < recording.len() - torn.len() + 9_000, "{} bytes of whole fragments were lost", missing);
    }
}
