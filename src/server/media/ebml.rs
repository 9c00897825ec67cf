//! The grammar under WebM (RFC 8794): elements of an id, a size and a body. Reading never fails for what is in the bytes:
//! what does not fit is the end.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// The head of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub id: u32,
    /// Bytes of the body; `None` where the writer left it open.
    pub size: Option<u64>,
    /// Bytes of id and size themselves.
    pub length: u64,
}

/// A place in a stream of elements.
pub struct Cursor<'a, R> {
    inner: BufReader<&'a mut R>,
    at: u64,
    end: u64,
}

impl<'a, R: Read + Seek> Cursor<'a, R> {
    /// At the start.
    pub fn new(source: &'a mut R) -> io::Result<Self> {
        let end = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        Ok(Self { inner: BufReader::with_capacity(64 * 1024, source), at: 0, end })
    }

    /// How far we are.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Where the stream ends.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The head of the element that begins here; `None` where none does, or not a whole one.
    pub fn head(&mut self) -> io::Result<Option<Head>> {
        let from = self.at;
        let Some(id) = self.number(4, Marker::Kept)? else { return Ok(None) };
        let before_size = self.at;
        let Some(size) = self.number(8, Marker::Removed)? else { return Ok(None) };
        let open = (1_u64 << (7 * (self.at - before_size))) - 1;
        let id = u32::try_from(id).unwrap_or_default();
        Ok(Some(Head { id, size: (size != open).then_some(size), length: self.at - from }))
    }

    /// Whether this many bytes are still there.
    pub fn has(&self, bytes: u64) -> bool {
        bytes <= self.end - self.at
    }

    /// Passes over bytes that are there.
    pub fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.inner.seek_relative(i64::try_from(bytes).map_err(io::Error::other)?)?;
        self.at += bytes;
        Ok(())
    }

    /// Goes to a place.
    pub fn go(&mut self, to: u64) -> io::Result<()> {
        let by = i64::try_from(to).map_err(io::Error::other)? - i64::try_from(self.at).map_err(io::Error::other)?;
        self.inner.seek_relative(by)?;
        self.at = to;
        Ok(())
    }

    /// This many bytes; `None` where there are not as many, or more than `most`.
    pub fn bytes(&mut self, count: u64, most: u64) -> io::Result<Option<Vec<u8>>> {
        if count > most || !self.has(count) {
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)?];
        self.inner.read_exact(&mut bytes)?;
        self.at += count;
        Ok(Some(bytes))
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(buffer)?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    fn number(&mut self, longest: u32, marker: Marker) -> io::Result<Option<u64>> {
        let mut first = [0];
        if !self.has(1) {
            return Ok(None);
        }
        self.fill(&mut first)?;
        let more = first[0].leading_zeros();
        if more >= longest || !self.has(u64::from(more)) {
            return Ok(None);
        }
        let kept = if marker == Marker::Kept { first[0] } else { first[0] & (0x7f >> more) };
        let mut rest = [0; 7];
        let rest = &mut rest[..more as usize];
        self.fill(rest)?;
        Ok(Some(rest.iter().fold(u64::from(kept), |number, byte| number << 8 | u64::from(*byte))))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Kept,
    Removed,
}

/// The elements of a body that is in memory; ends at what does not fit.
pub fn children(body: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let (id, used) = vint(rest, 4)?;
        let id = u32::try_from(id | 1 << (7 * used)).ok()?;
        let (size, size_used) = vint(rest.get(used..)?, 8)?;
        let from = used + size_used;
        let inner = rest.get(from..from.checked_add(usize::try_from(size).ok()?)?)?;
        rest = &rest[from + inner.len()..];
        Some((id, inner))
    })
}

// A number of variable length without its marker, and the bytes it took.
fn vint(bytes: &[u8], longest: usize) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > longest {
        return None;
    }
    let rest = bytes.get(1..length)?;
    let start = u64::from(first) & (0x7f >> (length - 1));
    Some((rest.iter().fold(start, |number, byte| number << 8 | u64::from(*byte)), length))
}

/// An unsigned integer of up to eight bytes.
pub fn unsigned(body: &[u8]) -> Option<u64> {
    (body.len() <= 8).then(|| body.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// An element with its size in as few bytes as it takes, at least one.
pub fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = id_bytes(id);
    let size = body.len() as u64;
    let length = (1..8).find(|length| size < (1 << (7 * length)) - 1).unwrap_or(8);
    let marked = size | 1 << (7 * length);
    bytes.extend_from_slice(&marked.to_be_bytes()[8 - length as usize..]);
    bytes.extend_from_slice(body);
    bytes
}

/// The head of an element with its size in eight bytes, so that its length does not depend on it.
pub fn wide_head(id: u32, size: u64) -> Vec<u8> {
    let mut bytes = id_bytes(id);
    bytes.extend_from_slice(&(size | 1 << 56).to_be_bytes());
    bytes
}

/// Eight bytes of a number, as an element.
pub fn wide_number(id: u32, number: u64) -> Vec<u8> {
    element(id, &number.to_be_bytes())
}

fn id_bytes(id: u32) -> Vec<u8> {
    let bytes = id.to_be_bytes();
    bytes[(id.leading_zeros() / 8) as usize..].to_vec()
}
