//! What is taken for a video, and what only looks like one.

use super::*;

fn element(id: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = (body.len() as u64 | 1 << 56).to_be_bytes();
    [id, &size, &body].concat()
}

fn head(doc_type: &[u8]) -> Vec<u8> {
    element(&webm::MAGIC, &[&element(&[0x42, 0x86], &[&[1]]), &element(&[0x42, 0x82], &[doc_type])])
}

fn tracks(kind: u8) -> Vec<u8> {
    element(&[0x16, 0x54, 0xae, 0x6b], &[&element(&[0xae], &[&element(&[0xd7], &[&[1]]), &element(&[0x83], &[&[kind]])])])
}

fn block() -> Vec<u8> {
    element(&[0xa3], &[&[0x81, 0, 0, 0x80], &[7; 500]])
}

/// As a recorder writes it: segment and cluster are open.
fn recorded() -> Vec<u8> {
    let open_segment = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let open_cluster = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let timestamp = element(&[0xe7], &[&[0]]);
    let cluster = [&open_cluster[..], &timestamp, &block(), &block()].concat();
    [&head(b"webm"), &open_segment[..], &tracks(1), &cluster, &cluster].concat()
}

/// As a muxer writes it: every size is known.
fn muxed(kind: u8, after: &[u8]) -> Vec<u8> {
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], &[&element(&[0xe7], &[&[0]]), &block()]);
    let segment = element(&[0x18, 0x53, 0x80, 0x67], &[&element(&[0xec], &[&[0; 20]]), &tracks(kind), &cluster]);
    [&head(b"webm"), &segment, after].concat()
}

fn part(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32 + 8).to_be_bytes(), &name[..], &body].concat()
}

fn mp4(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let handler = part(b"hdlr", &[&[0; 8], kind, &[0; 12]]);
    let track = part(b"trak", &[&part(b"tkhd", &[&[0; 84]]), &part(b"mdia", &[&part(b"mdhd", &[&[0; 24]]), &handler])]);
    [part(b"ftyp", &[b"isom\0\0\0\0"]), part(b"moov", &[&part(b"mvhd", &[&[0; 100]]), &track]), part(b"mdat", &[data])].concat()
}

fn verdict(bytes: &[u8]) -> Result<Container, u16> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    identify(file.path()).map_err(|error| error.kind.status())
}

#[test]
fn videos_are_taken_as_recorders_cameras_and_muxers_write_them() {
    assert_eq!(verdict(&recorded()), Ok(Container::Webm));
    assert_eq!(verdict(&muxed(1, b"")), Ok(Container::Webm));
    assert_eq!(verdict(&mp4(b"vide", &[7; 300])), Ok(Container::Mp4));
    let fragments = [mp4(b"vide", b"x"), part(b"moof", &[&[0; 40]]), part(b"mdat", &[&[7; 300]])].concat();
    assert_eq!(verdict(&fragments), Ok(Container::Mp4));
}

#[test]
fn a_recording_that_was_cut_off_is_still_one() {
    let whole = recorded();
    // From the first block on, whatever the place of the cut.
    let first_block = whole.len() - 2 * block().len() - 12 - 10;
    for end in first_block + 20..whole.len() {
        assert_eq!(verdict(&whole[..end]), Ok(Container::Webm), "{end}");
    }
}

#[test]
fn whatever_else_it_is_it_is_refused() {
    let html = b"<html><script>alert(1)</script></html>";
    let in_void = element(&webm::MAGIC, &[&element(&[0xec], &[html]), &element(&[0x42, 0x82], &[b"webm"])]);
    let mut foreign = recorded();
    foreign.extend_from_slice(html);
    for (name, bytes, status) in [
        ("empty", vec![], 415),
        ("one byte", vec![0x1a], 415),
        ("html", html.to_vec(), 415),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 415),
        ("elf", [&b"\x7fELF"[..], &[0; 100]].concat(), 415),
        ("zip", b"PK\x03\x04....".to_vec(), 415),
        ("a page in the head", [in_void, recorded()].concat(), 415),
        ("another document type", head(b"webmx"), 415),
        ("head only", head(b"webm"), 422),
        ("tracks only", recorded()[..head(b"webm").len() + 12 + tracks(1).len()].to_vec(), 422),
        ("sound alone", muxed(2, b""), 422),
        ("a page behind the end", muxed(1, html), 415),
        ("a page behind a long video", [muxed(1, b""), vec![0; 5000], html.to_vec()].concat(), 422),
        ("magic and nothing", [&webm::MAGIC[..], &[0xff; 60]].concat(), 415),
        ("mp4 without a track", part(b"ftyp", &[b"isom"]), 422),
        ("mp4 with sound alone", mp4(b"soun", b"x"), 422),
        ("mp4 without data", mp4(b"vide", b""), 422),
        ("mp4 and more", [mp4(b"vide", &[7; 5000]), b"PK\x03\x04PK\x03\x04".to_vec()].concat(), 422),
        ("a picture in a box", part(b"ftyp", &[b"avif"]), 422),
    ] {
        assert_eq!(verdict(&bytes), Err(status), "{name}");
    }
    assert!(verdict(&foreign).is_err(), "a page behind an open end");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_stumble(noise in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at in 0_usize..400) {
        for mut bytes in [recorded(), mp4(b"vide", &[7; 300])] {
            let at = at.min(bytes.len());
            let end = (at + noise.len()).min(bytes.len());
            bytes.splice(at..end, noise.iter().copied());
            let _ = verdict(&bytes);
        }
    }
}
