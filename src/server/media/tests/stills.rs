//! Pictures out of films: which ones, for which places, and that they are pictures.

use super::*;

const RECORDED: &[u8] = include_bytes!("../../../tests/fixtures/chromium.webm");

/// Something that begins like a VP8 frame that stands for itself, with the second it was taken in.
fn key_frame(second: u8) -> Vec<u8> {
    [b"v\0\0\x9d\x01\x2a\xa0\0\x5a\0", &[second][..]].concat()
}

/// So many seconds of a picture that stands for itself in these of them.
fn film(seconds: u8, keys: &[u8]) -> Vec<u8> {
    let frame = |second: u8| {
        let is_key = keys.contains(&second);
        (1, u64::from(second) * 1000, is_key, if is_key { key_frame(second) } else { b"v moves on".to_vec() })
    };
    let frames: Vec<Frame> = (0..seconds).map(frame).collect();
    make_of(&[&recorded(&[track(1, 1, "V_VP8")], &frames)]).unwrap().1
}

/// Pictures, each with its places.
type Taken = Vec<(Range<usize>, Vec<u8>)>;

fn taken(film: &[u8], most: usize, least_ms: u64) -> (Option<Stills>, Taken) {
    let mut all = Vec::new();
    let stills = stills(&mut Cursor::new(film), most, least_ms, |places, webp| all.push((places, webp))).unwrap();
    (stills, all)
}

fn seconds(taken: &[(Range<usize>, Vec<u8>)]) -> Vec<(Range<usize>, u8)> {
    // The frame has eleven bytes, and one to make them even.
    taken.iter().map(|(places, webp)| (places.clone(), webp[webp.len() - 2])).collect()
}

#[test]
fn a_place_shows_the_last_picture_before_it_that_stands_for_itself() {
    let all: Vec<u8> = (0..10).collect();
    let (stills, found) = taken(&film(10, &all), 5, 1_000);
    assert_eq!(stills, Some(Stills { every_ms: 2_000, count: 5 }));
    assert_eq!(seconds(&found), [(0..1, 0), (1..2, 2), (2..3, 4), (3..4, 6), (4..5, 8)]);
    // Each comes once, for all places at which it is what is seen.
    assert_eq!(seconds(&taken(&film(10, &[0, 5]), 5, 1_000).1), [(0..3, 0), (3..5, 5)]);
    assert_eq!(seconds(&taken(&film(3, &[0, 1, 2]), 100, 2_000).1), [(0..1, 0), (1..2, 2)], "no closer than is asked for");
}

#[test]
fn what_a_browser_recorded_gives_pictures_that_can_be_decoded() {
    let (_, film) = make_of(&[RECORDED, RECORDED, RECORDED]).unwrap();
    let (stills, found) = taken(&film, 100, 1_000);
    assert_eq!(found.iter().map(|(places, _)| places.len()).sum::<usize>(), stills.unwrap().count);
    for (_, webp) in found {
        let picture = image::load_from_memory_with_format(&webp, image::ImageFormat::WebP).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (160, 90));
        assert!(picture.pixels().any(|pixel| pixel != picture.get_pixel(0, 0)), "there is something to see");
    }
}

#[test]
fn films_of_another_kind_have_none() {
    let frames: Vec<Frame> = vec![(1, 0, true, key_frame(0)), (1, 1_000, true, key_frame(1))];
    let (_, other) = make_of(&[&recorded(&[track(1, 1, "V_VP9")], &frames)]).unwrap();
    for bytes in [&b""[..], b"no film", &other] {
        let (stills, found) = taken(bytes, 10, 1_000);
        assert!(stills.is_none() && found.is_empty());
    }
    // One that says it is VP8 and has other pictures in it: what is plainly none is left out.
    let odd: Vec<Frame> = vec![(1, 0, true, b"vxxxxxxxxxxxxxxxx".to_vec()), (1, 2_000, true, key_frame(2)), (1, 3_000, false, b"v".to_vec())];
    let (_, film) = make_of(&[&recorded(&[track(1, 1, "V_VP8")], &odd)]).unwrap();
    assert_eq!(seconds(&taken(&film, 10, 1_000).1), [(2..4, 2)]);
}

proptest! {
    #[test]
    fn no_damage_makes_it_stumble(at in 0_usize..27_000, byte: u8, cut in 0_usize..27_331, most in 0_usize..200) {
        let mut bytes = RECORDED.to_vec();
        bytes[at] = byte;
        bytes.truncate(cut.max(at + 1));
        // What is cut off while it is read is an error, never a panic.
        let _ = stills(&mut Cursor::new(bytes), most, 1_000, |places, _| assert!(places.end <= most.max(1)));
    }
}
