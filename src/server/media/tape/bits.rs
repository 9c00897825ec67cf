//! Bits of a stream's own heads, the highest of each byte first.

/// Reads them one after the other. `None` is behind the end.
#[derive(Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    pub fn is_set(&mut self) -> Option<bool> {
        Some(self.bit()? == 1)
    }

    /// A number of so many bits, of which 32 are the most.
    pub fn fixed(&mut self, count: u32) -> Option<u32> {
        let mut number = 0;
        for _ in 0..count {
            number = number << 1 | self.bit()?;
        }
        Some(number)
    }

    /// A number of as many bits as it needs (H.264, 9.1; AV1, 4.10.3): as many zeros as bits follow the first that is set.
    pub fn number(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let mut number = 1_u64;
        for _ in 0..zeros {
            number = number << 1 | u64::from(self.bit()?);
        }
        u32::try_from(number - 1).ok()
    }

    /// The same with a sign (H.264, 9.1.1).
    pub fn signed(&mut self) -> Option<i64> {
        let number = i64::from(self.number()?);
        Some(if number % 2 == 1 { (number + 1) / 2 } else { -(number / 2) })
    }
}
