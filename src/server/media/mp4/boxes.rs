//! The grammar under MP4 (ISO/IEC 14496-12, 4.2): boxes of a size, a name and a body. Reading never fails for what is in the
//! bytes: what does not fit is the end.

use std::io::{self, Read, Seek};

use super::super::ebml::Cursor;

pub type Name = [u8; 4];

/// Bytes of a box's size and name as we write them.
pub const HEAD_BYTES: u64 = 8;

/// A box in a file, with the cursor at its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub name: Name,
    /// Where the box begins.
    pub from: u64,
    /// Where its body begins.
    pub body: u64,
    /// Where it ends, which may be behind the end of the file.
    pub end: u64,
}

/// The head of the box that begins here (4.2.2): `None` where none does. A size of 1 is followed by one of 64 bits, a size of
/// 0 goes to the end of the file.
pub fn head<R: Read + Seek>(cursor: &mut Cursor<'_, R>) -> io::Result<Option<Head>> {
    let from = cursor.at();
    if !cursor.has(HEAD_BYTES) {
        return Ok(None);
    }
    let (mut size, mut name, mut large) = ([0; 4], [0; 4], [0; 8]);
    cursor.fill(&mut size)?;
    cursor.fill(&mut name)?;
    let end = match u32::from_be_bytes(size) {
        0 => Some(cursor.end()),
        1 if !cursor.has(8) => None,
        1 => {
            cursor.fill(&mut large)?;
            from.checked_add(u64::from_be_bytes(large))
        }
        size => from.checked_add(u64::from(size)),
    };
    let body = cursor.at();
    Ok(end.filter(|end| *end >= body).map(|end| Head { name, from, body, end }))
}

/// The boxes of a body that is in memory; ends at what does not fit.
pub fn children(body: &[u8]) -> impl Iterator<Item = (Name, &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let mut fields = Fields(rest);
        let (short, name) = (fields.u32()?, fields.name()?);
        let size = match short {
            0 => rest.len(),
            1 => usize::try_from(fields.u64()?).ok()?,
            size => size as usize,
        };
        let inner = rest.get(rest.len() - fields.0.len()..size)?;
        rest = &rest[size..];
        Some((name, inner))
    })
}

/// The body of the first box of this name.
pub fn child<'a>(body: &'a [u8], name: &Name) -> Option<&'a [u8]> {
    children(body).find(|(found, _)| found == name).map(|(_, inner)| inner)
}

/// The body of a box that is found by names, one in the other.
pub fn find<'a>(body: &'a [u8], path: &[&Name]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, name| child(body, name))
}

/// A box.
///
/// # Panics
/// Where the body is 4 GiB long: nothing that is held in memory here is.
pub fn part(name: &Name, body: &[u8]) -> Vec<u8> {
    [&small_head(name, body.len() as u64)[..], body].concat()
}

/// The head of a box with a body of this many bytes.
pub fn small_head(name: &Name, body_bytes: u64) -> [u8; HEAD_BYTES as usize] {
    let size = u32::try_from(body_bytes + HEAD_BYTES).expect("bodies are bounded far below 4 GiB");
    let [a, b, c, d] = size.to_be_bytes();
    let [e, f, g, h] = *name;
    [a, b, c, d, e, f, g, h]
}

/// Fields of a body, one after the other; `None` where they are not there.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn name(&mut self) -> Option<Name> {
        self.array()
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// A number of 64 bits in version 1 of a box, of 32 in version 0.
    pub fn wide(&mut self, version: u8) -> Option<u64> {
        if version == 0 { self.u32().map(u64::from) } else { self.u64() }
    }

    /// Version and flags, which a full box begins with (4.2.2).
    pub fn full(&mut self) -> Option<(u8, u32)> {
        let both = self.u32()?;
        Some((both.to_be_bytes()[0], both & 0x00ff_ffff))
    }
}
