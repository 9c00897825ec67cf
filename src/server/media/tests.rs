//! Films are read back by a reader of our own, which is stricter than any browser's: sizes, places and times must all fit.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

mod cut;
mod damaged;
mod stills;

const OPEN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

fn open(id: u32) -> Vec<u8> {
    let mut bytes = ebml::wide_head(id, 0);
    bytes.truncate(bytes.len() - 8);
    bytes.extend_from_slice(&OPEN);
    bytes
}

/// A frame: track, milliseconds from the start of the session, whether it stands for itself, and its bytes.
type Frame = (u8, u64, bool, Vec<u8>);

fn track(number: u8, kind: u8, codec: &str) -> Vec<u8> {
    let fields = [ebml::element(0xd7, &[number]), ebml::element(0x83, &[kind]), ebml::element(0x86, codec.as_bytes())].concat();
    ebml::element(0xae, &fields)
}

/// As a browser's recorder writes it: nothing has a size that is not known yet, and there is no length and no index.
fn recorded(tracks: &[Vec<u8>], frames: &[Frame]) -> Vec<u8> {
    let head = ebml::element(0x4282, b"webm");
    let info = ebml::element(webm::INFO, &ebml::element(webm::TIMESTAMP_SCALE, &[0x0f, 0x42, 0x40]));
    let mut bytes = [ebml::element(webm::EBML, &head), open(webm::SEGMENT), info, ebml::element(webm::TRACKS, &tracks.concat())].concat();
    let mut cluster = None;
    for (track, at, is_key, payload) in frames {
        let is_video = payload.first() == Some(&b'v');
        if cluster.is_none_or(|start| (is_video && *is_key && *at > start) || at - start > 5_000) {
            bytes.extend(open(webm::CLUSTER));
            bytes.extend(ebml::element(webm::TIMESTAMP, &at.to_be_bytes()[5..]));
            cluster = Some(*at);
        }
        let relative = (*at - cluster.unwrap_or_default()) as i16;
        let flags = if *is_key { 0x80 } else { 0 };
        let block = [&[0x80 | track][..], &relative.to_be_bytes(), &[flags], payload].concat();
        // The last picture of a group comes as a group of its own now and then.
        if is_video && !is_key && at.is_multiple_of(7) {
            let reference = ebml::element(0xfb, &[0xff]);
            bytes.extend(ebml::element(webm::BLOCK_GROUP, &[ebml::element(0xa1, &block), reference].concat()));
        } else {
            bytes.extend(ebml::element(webm::SIMPLE_BLOCK, &block));
        }
    }
    bytes
}

/// So many seconds of pictures and sound, forty milliseconds each.
fn frames(video: u8, audio: u8, seconds: u64, seed: u8) -> Vec<Frame> {
    let both = |at: u64| {
        let picture = [b"v", &at.to_be_bytes()[..], &vec![seed; 40 + (at % 90) as usize]].concat();
        let sound = [b"a", &at.to_be_bytes()[..], &[seed; 9][..]].concat();
        [(video, at, at.is_multiple_of(1000), picture), (audio, at, true, sound)]
    };
    (0..seconds * 25).map(|frame| frame * 40).flat_map(both).collect()
}

fn session(seconds: u64, seed: u8) -> Vec<u8> {
    recorded(&[track(1, 1, "V_VP8"), track(2, 2, "A_OPUS")], &frames(1, 2, seconds, seed))
}

fn make_of(sessions: &[&[u8]]) -> Result<(Made, Vec<u8>), Fault> {
    let mut readers: Vec<_> = sessions.iter().map(Cursor::new).collect();
    let mut film = Vec::new();
    make(&mut readers, &mut film).map(|made| (made, film))
}

/// What a strict reader finds in a film.
struct Film {
    duration: f64,
    cues: usize,
    frames: Vec<(u8, u64, Vec<u8>)>,
}

fn read_film(bytes: &[u8]) -> Film {
    let top: Vec<_> = ebml::children(bytes).collect();
    assert_eq!(top.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [webm::EBML, webm::SEGMENT], "nothing else, and nothing open");
    let segment = top[1].1;
    let parts: Vec<_> = ebml::children(segment).collect();
    let place = |part: &[u8]| part.as_ptr() as usize - segment.as_ptr() as usize;
    let last = parts.last().unwrap().1;
    assert_eq!(place(last) + last.len(), segment.len(), "the segment is full to its end");
    assert_eq!(parts[..4].iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0x114d_9b74, webm::INFO, webm::TRACKS, 0x1c53_bb6b]);
    // Places count from the start of the segment's body; an element begins with its id.
    let id_at = |at: u64| ebml::children(&segment[at as usize..]).next().unwrap().0;
    for (_, seek) in ebml::children(parts[0].1) {
        let fields: Vec<_> = ebml::children(seek).collect();
        assert_eq!(u64::from(id_at(ebml::unsigned(fields[1].1).unwrap())), ebml::unsigned(fields[0].1).unwrap());
    }
    let duration = ebml::children(parts[1].1).find(|(id, _)| *id == 0x4489).unwrap().1;
    let mut film = Film { duration: f64::from_be_bytes(duration.try_into().unwrap()), cues: 0, frames: Vec::new() };
    let field = |entry, wanted| ebml::children(entry).find(|(id, _)| *id == wanted).unwrap().1[0];
    let video = ebml::children(parts[2].1).find(|(_, entry)| field(entry, 0x83) == 1).map(|(_, entry)| field(entry, 0xd7)).unwrap();
    let mut keys = Vec::new();
    for (id, cluster) in &parts[4..] {
        assert_eq!(*id, webm::CLUSTER);
        let mut inner = ebml::children(cluster);
        let (id, timestamp) = inner.next().unwrap();
        assert_eq!(id, webm::TIMESTAMP);
        let timestamp = ebml::unsigned(timestamp).unwrap();
        let mut end = place(timestamp_end(cluster));
        for (id, body) in inner {
            let (block, is_key) = match id {
                webm::SIMPLE_BLOCK => (body, body[3] & 0x80 != 0),
                // Within a group it is a reference to another picture that tells.
                webm::BLOCK_GROUP => (ebml::children(body).next().unwrap().1, ebml::children(body).all(|(id, _)| id != 0xfb)),
                _ => panic!("{id:x} in a cluster"),
            };
            let at = timestamp.checked_add_signed(i64::from(i16::from_be_bytes([block[1], block[2]]))).unwrap();
            if block[0] & 0x7f == video && is_key {
                keys.push((at, cluster.as_ptr() as usize));
            }
            film.frames.push((block[0] & 0x7f, at, block[4..].to_vec()));
            end = place(body) + body.len();
        }
        assert_eq!(end, place(cluster) + cluster.len(), "a cluster is full to its end");
    }
    for (_, point) in ebml::children(parts[3].1) {
        let fields: Vec<_> = ebml::children(point).collect();
        let time = ebml::unsigned(fields[0].1).unwrap();
        let at = ebml::children(fields[1].1).find(|(id, _)| *id == 0xf1).and_then(|(_, at)| ebml::unsigned(at)).unwrap();
        let cluster = ebml::children(&segment[at as usize..]).next().unwrap().1;
        assert!(keys.contains(&(time, cluster.as_ptr() as usize)), "a place in the index leads to a picture that stands for itself");
        film.cues += 1;
    }
    film
}

fn timestamp_end(cluster: &[u8]) -> &[u8] {
    let timestamp = ebml::children(cluster).next().unwrap().1;
    let end = timestamp.as_ptr() as usize + timestamp.len() - cluster.as_ptr() as usize;
    &cluster[end..]
}

fn plain(frames: &[Frame]) -> Vec<(u8, u64, Vec<u8>)> {
    frames.iter().map(|(track, at, _, payload)| (*track, *at, payload.clone())).collect()
}

#[test]
fn a_recording_gets_its_length_and_an_index_and_keeps_its_frames() {
    let (made, film) = make_of(&[&session(10, 7)]).unwrap();
    let read = read_film(&film);
    assert_eq!((made.duration_ms, read.duration, read.cues), (10_000, 10_000.0, 10));
    assert_eq!(read.frames, plain(&frames(1, 2, 10, 7)));
    let again = make_of(&[&film]).unwrap();
    assert_eq!(again, (made, film), "a film is a recording, too, and stays as it is");
}

#[test]
fn sessions_of_one_show_become_one_film() {
    // The second recorder counts its tracks the other way round, and was cut off in its last second.
    let other = recorded(&[track(1, 2, "A_OPUS"), track(2, 1, "V_VP8")], &frames(2, 1, 4, 9));
    let torn = &other[..other.len() - 40];
    let (made, film) = make_of(&[&session(3, 7), torn, &session(2, 5)]).unwrap();
    let read = read_film(&film);
    assert_eq!(
        made.played.iter().map(|played| (played.session, played.at_ms)).collect::<Vec<_>>(),
        [(0, 0), (1, 3_000), (2, 6_960)],
        "the last picture of the second was torn off"
    );
    assert_eq!((made.duration_ms, read.duration), (8_960, 8_960.0));
    let pictures: Vec<_> = read.frames.iter().filter(|(_, _, payload)| payload[0] == b'v').collect();
    assert!(pictures.iter().all(|(track, ..)| *track == 1), "tracks are numbered as in the first");
    assert!(pictures.windows(2).all(|pair| pair[0].1 < pair[1].1), "time goes on");
}

#[test]
fn two_tracks_of_a_kind_stay_two() {
    let other = |frame: &Frame| (frame.0 == 2).then(|| (3, frame.1, true, [b"b", &frame.3[1..]].concat()));
    let all: Vec<Frame> = frames(1, 2, 2, 7).into_iter().flat_map(|frame| [other(&frame), Some(frame)]).flatten().collect();
    let count = |number: u8| all.iter().filter(|frame| frame.0 == number).count();
    let tracks = [track(1, 1, "V_VP8"), track(2, 2, "A_OPUS"), track(3, 2, "A_OPUS")];
    let one = recorded(&tracks, &all);
    let (made, film) = make_of(&[&one, &one]).unwrap();
    assert_eq!(made.played.len(), 2);
    let read = read_film(&film);
    for number in 1..=3 {
        assert_eq!(read.frames.iter().filter(|frame| frame.0 == number).count(), 2 * count(number), "{number}");
    }
    // A second that is called as the first cannot be told from it.
    let twice = recorded(&[track(1, 1, "V_VP8"), track(1, 1, "V_VP8"), track(2, 2, "A_OPUS")], &frames(1, 2, 2, 7));
    assert_eq!(make_of(&[&twice]).unwrap().0.played.len(), 1);
}

#[test]
fn what_cannot_go_on_without_encoding_is_left_out_and_the_longest_kept() {
    let silent = recorded(&[track(1, 1, "V_VP8")], &frames(1, 2, 8, 1).into_iter().filter(|frame| frame.0 == 1).collect::<Vec<_>>());
    let (made, film) = make_of(&[&session(3, 7), &silent, b"what is this", &session(4, 5)]).unwrap();
    assert_eq!(made.played.iter().map(|played| played.session).collect::<Vec<_>>(), [1], "eight seconds of one kind, seven of the other");
    assert_eq!(read_film(&film).frames.len(), 8 * 25);
    let (made, _) = make_of(&[&session(5, 7), &silent, &session(4, 5)]).unwrap();
    assert_eq!(made.played.iter().map(|played| played.session).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn a_pause_before_the_last_frame_does_not_lengthen_the_film() {
    let late: Vec<Frame> = frames(1, 2, 2, 7).into_iter().filter(|(_, at, ..)| !(1_400..1_960).contains(at)).collect();
    let (made, _) = make_of(&[&recorded(&[track(1, 1, "V_VP8"), track(2, 2, "A_OPUS")], &late)]).unwrap();
    assert!((1_960..=2_026).contains(&made.duration_ms), "{made:?}");
}

#[test]
fn nothing_to_play_is_said() {
    let sound = recorded(&[track(1, 2, "A_OPUS")], &[(1, 0, true, b"a".to_vec())]);
    for sessions in [&[][..], &[&b""[..]], &[&b"<html>"[..]], &[&session(1, 1)[..60]], &[&sound[..]]] {
        assert!(matches!(make_of(sessions), Err(Fault::Empty)));
    }
}

#[test]
fn a_session_is_told_by_its_first_bytes() {
    let whole = session(1, 1);
    assert!(starts_session(&whole) && starts_session(&whole[..20]));
    assert!(!starts_session(&whole[1..]) && !starts_session(&[0x1a, 0x45, 0xdf, 0xa3]) && !starts_session(b""));
    assert!(starts_session(b"\0\0\0\x18ftypiso5"));
}

#[test]
fn fragments_of_mp4_are_kept_as_far_as_they_are_whole() {
    let part = |name: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes(), &name[..], body].concat();
    let head = [part(b"ftyp", b"iso5"), part(b"moov", &[0; 90])].concat();
    let fragment = [part(b"moof", &[1; 30]), part(b"mdat", &[7; 300])].concat();
    let whole = [&head[..], &fragment, &fragment].concat();
    for cut in 0..whole.len() {
        let made = make_of(&[&whole[..cut]]);
        let expected = match cut {
            _ if cut < head.len() + fragment.len() => None,
            _ if cut < whole.len() => Some(head.len() + fragment.len()),
            _ => Some(whole.len()),
        };
        assert_eq!(made.ok().map(|(made, film)| (made.form, film.len())), expected.map(|length| (Form::Mp4, length)), "{cut}");
    }
    assert_eq!(make_of(&[&whole, &whole[..head.len()]]).unwrap().1, whole);
}

/// Two seconds that Chromium recorded: VP8 and Opus, as the studio asks for them.
const CHROMIUM: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/chromium.webm"));

#[test]
fn what_chromium_records_is_understood_to_its_last_byte() {
    let scan = webm::scan(&mut Cursor::new(CHROMIUM)).unwrap().unwrap();
    assert_eq!(scan.tracks.iter().filter(|track| track.is_video()).count(), 1);
    assert_eq!((scan.tracks.len(), scan.clusters.last().unwrap().to), (2, CHROMIUM.len() as u64));
    let (made, film) = make_of(&[CHROMIUM, CHROMIUM]).unwrap();
    assert!((1_500..3_000).contains(&made.played[0].duration_ms), "{made:?}");
    assert_eq!(made.duration_ms, 2 * made.played[0].duration_ms);
    assert!(ebml::children(&film).count() == 2);
}

/// Walks a file that comes in these pieces.
fn walk(bytes: &[u8], cuts: &[usize]) -> (reel::Walk, Vec<reel::Place>) {
    let mut walk = reel::Walk::default();
    let mut places = Vec::new();
    for cut in cuts.iter().copied().chain([bytes.len()]) {
        places.extend(walk.go_on(&mut Cursor::new(&bytes[..cut.min(bytes.len())])).unwrap());
    }
    (walk, places)
}

#[test]
fn a_file_that_grows_says_what_it_is_and_where_playing_can_begin() {
    let recording = session(3, 7);
    let (walk, places) = walk(&recording, &[]);
    assert_eq!(
        (walk.mime().as_deref(), walk.bytes(), walk.first_ms(), walk.length_ms()),
        (Some("video/webm;codecs=\"vp8,opus\""), recording.len() as u64, 0, 2_960)
    );
    assert_eq!(places.iter().map(|place| place.ms).collect::<Vec<_>>(), [0, 1_000, 2_000]);
    assert_eq!(walk.head_bytes(), Some(places[0].at));
    // Head and everything from a place on is a file of its own.
    for (number, place) in places.iter().enumerate() {
        let rest = [&recording[..places[0].at as usize], &recording[place.at as usize..]].concat();
        let frames = read_film(&make_of(&[&rest]).unwrap().1).frames;
        assert_eq!(frames.len(), (3 - number) * 50);
    }
    let unknown = recorded(&[track(1, 1, "V_NEW")], &frames(1, 2, 1, 1).into_iter().filter(|frame| frame.0 == 1).collect::<Vec<_>>());
    assert_eq!(self::walk(&unknown, &[]).0.mime(), None);
    let silent_head = recorded(&[track(1, 2, "A_OPUS")], &[(1, 0, true, b"a".to_vec())]);
    assert_eq!(self::walk(&silent_head, &[]).0.head_bytes(), None, "without a picture there is nothing to watch");
}

#[test]
fn codecs_are_named_as_browsers_do() {
    let settings = ebml::element(0x63a2, &[1, 0x42, 0xc0, 0x1f, 0xff]);
    let fields = [ebml::element(0xd7, &[1]), ebml::element(0x83, &[1]), ebml::element(0x86, b"V_MPEG4/ISO/AVC"), settings].concat();
    let tracks = webm::read_tracks(&[ebml::element(0xae, &fields), track(2, 2, "A_OPUS"), track(3, 1, "V_VP9")].concat());
    let names: Vec<_> = tracks.iter().map(|track| track.codec_name().unwrap()).collect();
    assert_eq!(names, ["avc1.42c01f", "opus", "vp9"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_is_read_alike_in_whatever_pieces_it_comes(seconds in 1_u64..5, seed: u8, cuts in prop::collection::vec(0_usize..20_000, 0..30), chromium: bool) {
        let whole = if chromium { CHROMIUM.to_vec() } else { session(seconds, seed) };
        let mut cuts = cuts;
        cuts.sort_unstable();
        let (at_once, places) = walk(&whole, &[]);
        let (in_pieces, same) = walk(&whole, &cuts);
        prop_assert_eq!(&same, &places);
        prop_assert_eq!(format!("{in_pieces:?}"), format!("{at_once:?}"));
        // The reader that makes films finds the same clusters.
        let scan = webm::scan(&mut Cursor::new(&whole)).unwrap().unwrap();
        let keys: Vec<u64> = scan.clusters.iter().filter_map(|cluster| cluster.key).map(|key| scan.ms(key - scan.first)).collect();
        prop_assert_eq!(places.iter().map(|place| place.ms).collect::<Vec<_>>(), keys);
        prop_assert_eq!(at_once.bytes(), scan.clusters.last().unwrap().to);
    }

    #[test]
    fn noise_in_a_growing_file_is_its_end_and_nothing_before_it_changes(noise in prop::collection::vec(any::<u8>(), 1..60), at in 0.0_f64..1.0, cut in 0_usize..20_000) {
        let whole = session(2, 7);
        let at = (whole.len() as f64 * at) as usize;
        let mut bytes = whole.clone();
        bytes.splice(at..(at + noise.len()).min(whole.len()), noise);
        let (before, places) = walk(&whole[..at], &[]);
        let (walked, found) = walk(&bytes, &[at, cut.max(at)]);
        prop_assert!(walked.bytes() >= before.bytes());
        prop_assert_eq!(&found[..places.len()], &places[..]);
        for place in found {
            prop_assert_eq!(&bytes[place.at as usize..][..4], &webm::CLUSTER.to_be_bytes()[..]);
        }
    }

    #[test]
    fn any_cut_of_a_recording_gives_a_film(seconds in 1_u64..6, seed: u8, cut in 0.0_f64..1.0, after: bool) {
        let whole = session(seconds, seed);
        let torn = &whole[..(whole.len() as f64 * cut) as usize];
        let next = session(1, 3);
        let made = if after { make_of(&[torn, &next]) } else { make_of(&[torn]) };
        let Ok((made, film)) = made else {
            prop_assert!(!after && torn.len() < 300, "a picture that is whole is played");
            return Ok(());
        };
        let read = read_film(&film);
        let frames = plain(&frames(1, 2, seconds, seed));
        let kept = read.frames.len() - if after { 50 } else { 0 };
        prop_assert_eq!(&read.frames[..kept], &frames[..kept]);
        // All frames but those that were torn off.
        let missing: usize = frames[kept..].iter().map(|frame| frame.2.len()).sum();
        prop_assert!(missing < whole.len() - torn.len() + 140, "{} bytes of whole frames were lost", missing);
        prop_assert_eq!(read.duration, made.duration_ms as f64);
    }

    #[test]
    fn chromium_cut_anywhere_gives_a_film_of_what_was_whole(cut in 300_usize..CHROMIUM.len()) {
        if let Ok((made, film)) = make_of(&[&CHROMIUM[..cut]]) {
            prop_assert_eq!(ebml::children(&film).count(), 2);
            let whole = webm::scan(&mut Cursor::new(CHROMIUM)).unwrap().unwrap();
            prop_assert!(made.duration_ms <= whole.ms(whole.units()) + 100);
        } else {
            prop_assert!(cut < CHROMIUM.len() / 2);
        }
    }

    #[test]
    fn no_bytes_make_it_stumble(noise in prop::collection::vec(any::<u8>(), 1..60), at in 0.0_f64..1.0) {
        let mut bytes = session(2, 7);
        let at = (bytes.len() as f64 * at) as usize;
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        if let Ok((_, film)) = make_of(&[&bytes]) {
            prop_assert_eq!(ebml::children(&film).count(), 2);
        }
    }
}
