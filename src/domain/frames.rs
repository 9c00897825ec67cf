//! Small pictures of a film on one sheet, for its seek bar: row by row, the first at its start.

use serde::{Deserialize, Serialize};

/// Pictures in a row.
pub const COLUMNS: u32 = 10;

/// What is on a sheet. Nothing (`count` zero) where there can be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameGrid {
    /// Milliseconds of the film from one picture to the next.
    pub every_ms: u64,
    pub count: u32,
    pub tile_width_px: u32,
    pub tile_height_px: u32,
}

/// A sheet and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frames {
    pub url: String,
    pub grid: FrameGrid,
}

impl FrameGrid {
    /// Where on the sheet the picture of a moment is, in pixels from its left and top; `None` where nothing is on it.
    pub fn place(&self, at_ms: u64) -> Option<(u32, u32)> {
        let last = self.count.checked_sub(1)?;
        let number = u32::try_from(at_ms.checked_div(self.every_ms)?).unwrap_or(u32::MAX).min(last);
        Some((number % COLUMNS * self.tile_width_px, number / COLUMNS * self.tile_height_px))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_found_on_the_sheet() {
        let grid = FrameGrid { every_ms: 2_000, count: 23, tile_width_px: 160, tile_height_px: 90 };
        for (at_ms, place) in
            [(0, (0, 0)), (1_999, (0, 0)), (2_000, (160, 0)), (19_999, (1440, 0)), (20_000, (0, 90)), (44_000, (320, 180)), (u64::MAX, (320, 180))]
        {
            assert_eq!(grid.place(at_ms), Some(place), "{at_ms}");
        }
        assert_eq!(FrameGrid::default().place(0), None);
        assert_eq!(FrameGrid { count: 3, ..FrameGrid::default() }.place(5), None, "nobody says how far apart they are");
    }
}
