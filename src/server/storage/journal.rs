//! The chunks of one show's recording in one file, which only ever grows. A chunk counts once it and its head are on the
//! disk; what a crash leaves behind the last whole chunk is cut off when the file is opened again.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::domain::time::Timestamp;

const FILE_MAGIC: [u8; 8] = *b"WRENREC1";
const FILE_HEAD: u64 = 24;
const CHUNK_MAGIC: [u8; 4] = *b"WRCK";
const CHUNK_HEAD: usize = 72;
/// Chunks of one show: two days of one a second. Bounds what is held in memory of an open journal.
const MOST_CHUNKS: usize = 200_000;

/// A chunk as it comes in.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// What the recorder calls itself. A page that is loaded again is another recorder.
    pub recorder: String,
    /// Counts from zero for each recorder.
    pub number: u32,
    /// When this recorder began.
    pub began: Timestamp,
    pub bytes: bytes::Bytes,
}

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is on the disk, now or since it came before. `next` is the number that is expected.
    Stored { next: u32 },
    /// Another chunk has this number.
    Differs { next: u32 },
    /// One before it is missing.
    Gap { next: u32 },
    /// The film is made: nothing is added any more.
    Closed,
    /// There are more chunks than any show has.
    TooMany,
}

/// A chunk on the disk.
#[derive(Debug, Clone, Copy)]
struct Entry {
    recorder: [u8; 16],
    began: Timestamp,
    /// Where its bytes begin in the file.
    at: u64,
    size: u32,
    digest: [u8; 32],
}

/// What one recorder wrote.
#[derive(Debug, Clone)]
pub struct Session {
    pub began: Timestamp,
    pub reader: SessionReader,
}

/// Where a chunk lies, for those who read while more come.
#[derive(Debug, Clone, Copy)]
pub struct Lying {
    pub recorder: [u8; 16],
    pub began: Timestamp,
    at: u64,
    size: u32,
}

/// The file.
#[derive(Debug)]
pub struct Journal {
    file: Arc<File>,
    name: [u8; 16],
    entries: Vec<Entry>,
    /// Of each recorder: its chunks, by number.
    recorders: HashMap<[u8; 16], Vec<usize>>,
    end: u64,
    is_closed: bool,
}

impl Journal {
    /// Opens the file, or makes an empty one. Blocks.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut head = [0; FILE_HEAD as usize];
        let mut journal = Self { file: Arc::new(file), name: rand::random(), entries: Vec::new(), recorders: HashMap::new(), end: FILE_HEAD, is_closed: false };
        if journal.file.metadata()?.len() < FILE_HEAD {
            // Nothing was ever acknowledged from a file without a whole head.
            head[..8].copy_from_slice(&FILE_MAGIC);
            head[8..].copy_from_slice(&journal.name);
            journal.file.set_len(0)?;
            journal.file.write_all_at(&head, 0)?;
            journal.file.sync_all()?;
            for folder in path.ancestors().skip(1).take(2) {
                File::open(folder)?.sync_all()?;
            }
            return Ok(journal);
        }
        journal.file.read_exact_at(&mut head, 0)?;
        if head[..8] != FILE_MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no journal of a recording"));
        }
        journal.name.copy_from_slice(&head[8..]);
        journal.read_entries()?;
        Ok(journal)
    }

    fn read_entries(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut head = [0; CHUNK_HEAD];
        while self.end + CHUNK_HEAD as u64 <= length {
            self.file.read_exact_at(&mut head, self.end)?;
            let at = self.end + CHUNK_HEAD as u64;
            let Some((number, entry)) = read_head(&head, at).filter(|(_, entry)| at + u64::from(entry.size) <= length) else { break };
            // All but the last were acknowledged before the next was written.
            let is_last = at + u64::from(entry.size) + CHUNK_HEAD as u64 > length;
            if number as usize != self.recorders.get(&entry.recorder).map_or(0, Vec::len) || (is_last && self.digest_of(&entry)? != entry.digest) {
                break;
            }
            self.keep(entry);
        }
        if self.end < length {
            self.file.set_len(self.end)?;
            self.file.sync_all()?;
        }
        Ok(())
    }

    fn digest_of(&self, entry: &Entry) -> io::Result<[u8; 32]> {
        let mut bytes = vec![0; entry.size as usize];
        self.file.read_exact_at(&mut bytes, entry.at)?;
        Ok(Sha256::digest(&bytes).into())
    }

    fn keep(&mut self, entry: Entry) {
        self.recorders.entry(entry.recorder).or_default().push(self.entries.len());
        self.end = entry.at + u64::from(entry.size);
        self.entries.push(entry);
    }

    /// Takes a chunk. Once this says `Stored` it outlives a power cut. Blocks.
    ///
    /// # Errors
    /// When the disk does not take it; then the file is as it was.
    pub fn append(&mut self, chunk: &Chunk) -> io::Result<Taken> {
        let recorder = key(&chunk.recorder);
        let next = self.next_of(recorder);
        let digest: [u8; 32] = Sha256::digest(&chunk.bytes).into();
        if chunk.number < next {
            let known = self.recorders.get(&recorder).and_then(|chunks| chunks.get(chunk.number as usize)).and_then(|at| self.entries.get(*at));
            return Ok(if known.is_some_and(|known| known.digest == digest) { Taken::Stored { next } } else { Taken::Differs { next } });
        }
        if self.is_closed {
            return Ok(Taken::Closed);
        }
        if chunk.number > next {
            return Ok(Taken::Gap { next });
        }
        if self.entries.len() >= MOST_CHUNKS {
            return Ok(Taken::TooMany);
        }
        let size = u32::try_from(chunk.bytes.len()).map_err(io::Error::other)?;
        let entry = Entry { recorder, began: chunk.began, at: self.end + CHUNK_HEAD as u64, size, digest };
        let bytes = [&head_of(chunk.number, &entry), &chunk.bytes[..]].concat();
        if let Err(error) = self.file.write_all_at(&bytes, self.end).and_then(|()| self.file.sync_data()) {
            // What was not acknowledged is no part of the file. Where even this fails, opening it again cuts it off.
            let _ = self.file.set_len(self.end).and_then(|()| self.file.sync_data());
            return Err(error);
        }
        self.keep(entry);
        Ok(Taken::Stored { next: next + 1 })
    }

    /// The number that is expected from a recorder.
    pub fn next(&self, recorder: &str) -> u32 {
        self.next_of(key(recorder))
    }

    fn next_of(&self, recorder: [u8; 16]) -> u32 {
        u32::try_from(self.recorders.get(&recorder).map_or(0, Vec::len)).unwrap_or(u32::MAX)
    }

    /// Bytes of media on the disk.
    pub fn media_bytes(&self) -> u64 {
        self.entries.iter().map(|entry| u64::from(entry.size)).sum()
    }

    /// A name for the film that will be made of it: always the same, so that a second try replaces the first.
    pub fn name(&self) -> String {
        self.name.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes no more chunks.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// The chunks on the disk from the `from`th on, as they came. Each stays where it is, as it is.
    pub fn lying(&self, from: usize) -> Vec<Lying> {
        let lying = |entry: &Entry| Lying { recorder: entry.recorder, began: entry.began, at: entry.at, size: entry.size };
        self.entries.iter().skip(from).map(lying).collect()
    }

    /// A reader of nothing yet: chunks are added to it.
    pub fn reader(&self) -> SessionReader {
        SessionReader { file: self.file.clone(), pieces: Vec::new(), size: 0, at: 0 }
    }

    /// What the recorders wrote, in the order in which they began to. `starts` knows the first bytes of a recorder's file:
    /// a recorder that began anew under the same name is another session.
    pub fn sessions(&self, starts: impl Fn(&[u8]) -> bool) -> io::Result<Vec<Session>> {
        let mut order: Vec<&Vec<usize>> = self.recorders.values().collect();
        order.sort_unstable_by_key(|chunks| chunks.first().copied());
        let mut sessions: Vec<Session> = Vec::new();
        for chunks in order {
            let mut is_first = true;
            for entry in chunks.iter().filter_map(|at| self.entries.get(*at)) {
                let mut first = [0; 64];
                let first = &mut first[..(entry.size as usize).min(64)];
                self.file.read_exact_at(first, entry.at)?;
                if is_first || starts(first) {
                    sessions.push(Session { began: entry.began, reader: self.reader() });
                }
                is_first = false;
                if let Some(session) = sessions.last_mut() {
                    session.reader.add(entry.at, u64::from(entry.size));
                }
            }
        }
        sessions.sort_by_key(|session| session.began);
        Ok(sessions)
    }
}

// Names are as long as their owners like; what is stored of them is always as long.
fn key(recorder: &str) -> [u8; 16] {
    let digest = Sha256::digest(recorder.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

fn head_of(number: u32, entry: &Entry) -> [u8; CHUNK_HEAD] {
    let mut head = [0; CHUNK_HEAD];
    head[..4].copy_from_slice(&CHUNK_MAGIC);
    head[4..8].copy_from_slice(&entry.size.to_be_bytes());
    head[8..12].copy_from_slice(&number.to_be_bytes());
    head[12..20].copy_from_slice(&entry.began.millis().to_be_bytes());
    head[20..36].copy_from_slice(&entry.recorder);
    head[36..68].copy_from_slice(&entry.digest);
    let check = crc32fast::hash(&head[..68]);
    head[68..].copy_from_slice(&check.to_be_bytes());
    head
}

fn read_head(head: &[u8; CHUNK_HEAD], at: u64) -> Option<(u32, Entry)> {
    let word = |from: usize| u32::from_be_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]]);
    if head[..4] != CHUNK_MAGIC || word(68) != crc32fast::hash(&head[..68]) {
        return None;
    }
    let mut began = [0; 8];
    began.copy_from_slice(&head[12..20]);
    let mut entry = Entry { recorder: [0; 16], began: Timestamp::from_millis(i64::from_be_bytes(began)), at, size: word(4), digest: [0; 32] };
    entry.recorder.copy_from_slice(&head[20..36]);
    entry.digest.copy_from_slice(&head[36..68]);
    Some((word(8), entry))
}

/// The bytes of a session, as if they were a file of their own.
#[derive(Debug, Clone)]
pub struct SessionReader {
    file: Arc<File>,
    /// Where each piece begins in the session and in the file, and its size.
    pieces: Vec<(u64, u64, u64)>,
    size: u64,
    at: u64,
}

impl SessionReader {
    /// With another chunk of its file behind it.
    pub fn push(&mut self, chunk: &Lying) {
        self.add(chunk.at, u64::from(chunk.size));
    }

    /// The first bytes of a chunk of its file, at most 64.
    pub fn first_bytes(&self, chunk: &Lying) -> io::Result<Vec<u8>> {
        let mut first = vec![0; (chunk.size as usize).min(64)];
        self.file.read_exact_at(&mut first, chunk.at)?;
        Ok(first)
    }

    /// A reader of these bytes alone, which must be there.
    pub fn range(&self, from: u64, to: u64) -> Self {
        let first = self.pieces.partition_point(|(begin, _, size)| begin + size <= from);
        let mut range = Self { file: self.file.clone(), pieces: Vec::new(), size: 0, at: 0 };
        for (begin, at, size) in self.pieces.iter().skip(first).take_while(|(begin, ..)| *begin < to) {
            let (cut, end) = (from.saturating_sub(*begin), (*size).min(to - begin));
            range.add(at + cut, end - cut);
        }
        range
    }

    fn add(&mut self, at: u64, size: u64) {
        self.pieces.push((self.size, at, size));
        self.size += size;
    }
}

impl Read for SessionReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let piece = self.pieces.partition_point(|(from, ..)| *from <= self.at) - 1;
        let (from, at, size) = self.pieces[piece];
        let into = self.at - from;
        let count = usize::try_from(size - into).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(&mut buffer[..count], at + into)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for SessionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.size, by),
            SeekFrom::Current(by) => (self.at, by),
        };
        self.at = base.checked_add_signed(by).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the start"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests;
