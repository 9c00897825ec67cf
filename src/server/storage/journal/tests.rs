//! The journal: what is taken, and what is left of it after a crash.

use super::*;

fn chunk(recorder: &str, number: u32, bytes: &[u8]) -> Chunk {
    Chunk { recorder: recorder.into(), number, began: Timestamp::from_millis(1_000), bytes: bytes::Bytes::copy_from_slice(bytes) }
}

fn read(session: &Session) -> Vec<u8> {
    let mut bytes = Vec::new();
    session.reader.clone().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_number_is_taken_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(&folder.path().join("a/b/chunks")).unwrap();
    for (chunk, expected) in [
        (chunk("", 1, b"early"), Taken::Gap { next: 0 }),
        (chunk("", 0, b"zero"), Taken::Stored { next: 1 }),
        (chunk("", 0, b"zero"), Taken::Stored { next: 1 }),
        (chunk("", 0, b"other"), Taken::Differs { next: 1 }),
        (chunk("", 1, b"one"), Taken::Stored { next: 2 }),
        (chunk("", 0, b"zero"), Taken::Stored { next: 2 }),
        (chunk("tab-2", 1, b"early"), Taken::Gap { next: 0 }),
        (chunk("tab-2", 0, b"zero"), Taken::Stored { next: 1 }),
        (chunk("", 3, b"three"), Taken::Gap { next: 2 }),
        (chunk("", u32::MAX, b"far"), Taken::Gap { next: 2 }),
    ] {
        assert_eq!(journal.append(&chunk).unwrap(), expected, "{chunk:?}");
    }
    journal.close();
    assert_eq!(journal.append(&chunk("", 1, b"one")).unwrap(), Taken::Stored { next: 2 }, "an old answer that was lost is given again");
    assert_eq!(journal.append(&chunk("", 2, b"two")).unwrap(), Taken::Closed);
    assert_eq!((journal.next(""), journal.next("tab-2"), journal.next("new"), journal.media_bytes()), (2, 1, 0, 11));
}

#[test]
fn wherever_the_file_is_cut_off_whole_chunks_stay_and_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chunks");
    let parts: [&[u8]; 3] = [b"first", b"the second", &[7; 100]];
    let mut ends = vec![FILE_HEAD];
    let name = {
        let mut journal = Journal::open(&path).unwrap();
        for (number, part) in parts.iter().enumerate() {
            journal.append(&chunk("r", number as u32, part)).unwrap();
            ends.push(journal.end);
        }
        journal.name()
    };
    let whole = fs::read(&path).unwrap();
    for cut in 0..=whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let mut journal = Journal::open(&path).unwrap();
        let kept = ends.iter().skip(1).filter(|end| **end <= cut as u64).count();
        assert_eq!(journal.next("r") as usize, kept, "cut at {cut}");
        assert_eq!(fs::metadata(&path).unwrap().len(), ends[kept], "the torn end is gone");
        assert!(journal.name() == name || cut < FILE_HEAD as usize);
        for (number, part) in parts.iter().enumerate() {
            assert!(matches!(journal.append(&chunk("r", number as u32, part)).unwrap(), Taken::Stored { .. }));
        }
        assert_eq!(read(&journal.sessions(|_| false).unwrap()[0]), parts.concat(), "cut at {cut}");
    }
    // A last chunk that has its length but not its bytes was not acknowledged.
    let mut torn = whole.clone();
    *torn.last_mut().unwrap() ^= 1;
    fs::write(&path, &torn).unwrap();
    assert_eq!(Journal::open(&path).unwrap().next("r"), 2);
}

#[test]
fn recorders_are_sessions_whatever_the_order_of_their_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(&folder.path().join("chunks")).unwrap();
    let at = |ms| Timestamp::from_millis(ms);
    for (recorder, number, began, bytes) in
        [("late", 0, 9, "S3"), ("first", 0, 1, "S1"), ("late", 1, 9, "c"), ("first", 1, 1, "a"), ("first", 2, 4, "S2"), ("first", 3, 4, "b")]
    {
        journal.append(&Chunk { began: at(began), ..chunk(recorder, number, bytes.as_bytes()) }).unwrap();
    }
    let sessions = journal.sessions(|bytes| bytes.starts_with(b"S")).unwrap();
    let texts: Vec<_> = sessions.iter().map(|session| (session.began.millis(), String::from_utf8(read(session)).unwrap())).collect();
    assert_eq!(texts, [(1, "S1a".into()), (4, "S2b".into()), (9, "S3c".into())]);
}

proptest::proptest! {
    #[test]
    fn a_session_reads_like_one_file(sizes in proptest::collection::vec(1_usize..20, 1..8), at in 0_u64..160, count in 0_usize..40) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&folder.path().join("chunks")).unwrap();
        let mut whole = Vec::new();
        for (number, size) in sizes.iter().enumerate() {
            let bytes: Vec<u8> = (0..*size).map(|byte| (whole.len() + byte) as u8).collect();
            journal.append(&chunk("", number as u32, &bytes)).unwrap();
            whole.extend(bytes);
        }
        let mut reader = journal.sessions(|_| false).unwrap().remove(0).reader;
        let mut lying = journal.reader();
        journal.lying(0).iter().for_each(|chunk| lying.push(chunk));
        let (begin, end) = ((at as usize).min(whole.len() - 1), (at as usize + count).clamp(1, whole.len()));
        let mut range = Vec::new();
        if begin < end {
            lying.range(begin as u64, end as u64).read_to_end(&mut range).unwrap();
            proptest::prop_assert_eq!(&range[..], &whole[begin..end]);
        }
        proptest::prop_assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), whole.len() as u64);
        reader.seek(SeekFrom::Start(at)).unwrap();
        let mut bytes = Vec::new();
        Read::take(&mut reader, count as u64).read_to_end(&mut bytes).unwrap();
        let from = (at as usize).min(whole.len());
        proptest::prop_assert_eq!(&bytes[..], &whole[from..(from + count).min(whole.len())]);
    }
}
