//! Sheets: small pictures of a film in one file, for its seek bar. A sheet says nothing that the film does not, so it is made
//! when it is missing, and goes with its film.

use std::{
    fs,
    io::{self, Cursor},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use image::{DynamicImage, ImageEncoder, ImageFormat, RgbImage, codecs, imageops};

use super::{
    Storage,
    claim::{Claim, Claims},
    picture::decoder,
    write_error,
};
use crate::{
    domain::frames::{COLUMNS, FrameGrid},
    error::AppError,
};

/// The longer side of one of the pictures, in pixels.
const TILE_PX: u32 = 160;
const JPEG_QUALITY: u8 = 72;

/// Which sheets are being made.
#[derive(Debug, Clone, Default)]
pub struct Sheets {
    made: Claims<PathBuf>,
    /// One at a time; films and cuts do not wait for them.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Pictures on their way into a sheet.
#[derive(Debug)]
pub struct Sheet {
    most: u32,
    tile: Option<(u32, u32)>,
    pixels: RgbImage,
}

impl Sheet {
    /// A sheet with room for this many pictures.
    pub fn new(most: usize) -> Self {
        Self { most: u32::try_from(most).unwrap_or(u32::MAX), tile: None, pixels: RgbImage::new(0, 0) }
    }

    /// Puts a picture at these places. The first one that can be decoded says what shape they all have; one that cannot is
    /// left out.
    pub fn put(&mut self, places: Range<usize>, webp: &[u8]) {
        let Some(picture) = decoded(webp) else { return };
        let (width, height) = *self.tile.get_or_insert_with(|| {
            let scaled = |side: u32, longer: u32| u32::try_from(u64::from(side) * u64::from(TILE_PX) / u64::from(longer.max(1))).unwrap_or(TILE_PX).max(1);
            let longer = picture.width().max(picture.height());
            let tile = (scaled(picture.width(), longer), scaled(picture.height(), longer));
            self.pixels = RgbImage::new(tile.0 * COLUMNS, tile.1 * self.most.div_ceil(COLUMNS));
            tile
        });
        let small = picture.thumbnail(width, height).to_rgb8();
        let (left, top) = ((width - small.width().min(width)) / 2, (height - small.height().min(height)) / 2);
        for place in places.filter_map(|place| u32::try_from(place).ok()) {
            let (column, row) = (place % COLUMNS, place / COLUMNS);
            imageops::replace(&mut self.pixels, &small, i64::from(column * width + left), i64::from(row * height + top));
        }
    }

    /// The first `count` places as a JPEG file, with what is on it; `None` where there is no picture on it.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn finish(self, count: usize, every_ms: u64) -> io::Result<Option<(Vec<u8>, FrameGrid)>> {
        let Some((tile_width_px, tile_height_px)) = self.tile else { return Ok(None) };
        let count = u32::try_from(count).unwrap_or(u32::MAX).min(self.most);
        let (width, height) = (tile_width_px * COLUMNS.min(count), tile_height_px * count.div_ceil(COLUMNS));
        let used = imageops::crop_imm(&self.pixels, 0, 0, width, height).to_image();
        let mut file = Vec::new();
        let encoder = codecs::jpeg::JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
        encoder.write_image(&used, width, height, image::ExtendedColorType::Rgb8).map_err(io::Error::other)?;
        Ok(Some((file, FrameGrid { every_ms, count, tile_width_px, tile_height_px })))
    }
}

fn decoded(webp: &[u8]) -> Option<DynamicImage> {
    DynamicImage::from_decoder(decoder(Cursor::new(webp), ImageFormat::WebP).ok()?).ok()
}

impl Storage {
    /// The right to make the sheet of the film that is served under this path; `None` while somebody has it.
    pub fn start_sheet(&self, film: &str) -> Option<Claim<PathBuf>> {
        self.sheets.made.claim(self.stem(film)?)
    }

    /// The turn to make a sheet.
    pub async fn turn_to_draw(&self) -> tokio::sync::OwnedMutexGuard<()> {
        self.sheets.turn.clone().lock_owned().await
    }

    /// What is on the sheet of a film: `None` where nobody has looked yet, nothing on it where there can be none. Blocks.
    pub fn frame_grid(&self, film: &str) -> Option<FrameGrid> {
        let grid = fs::read(self.stem(film)?.with_extension("json")).ok()?;
        serde_json::from_slice(&grid).ok()
    }

    /// Where the sheet of a film lies.
    pub fn sheet(&self, film: &str) -> Option<PathBuf> {
        Some(self.stem(film)?.with_extension("jpg"))
    }

    /// Keeps the sheet of a film, or that there is none. Blocks.
    ///
    /// # Errors
    /// StorageFull, Internal; then there is none yet, and nothing of it on the disk.
    pub fn keep_sheet(&self, film: &str, sheet: Option<(Vec<u8>, FrameGrid)>) -> Result<(), AppError> {
        let Some(stem) = self.stem(film) else { return Ok(()) };
        let (picture, grid) = sheet.map_or_else(Default::default, |(picture, grid)| (Some(picture), grid));
        let kept = || {
            if let Some(picture) = picture {
                self.keep_whole(&stem.with_extension("jpg"), &picture)?;
            }
            // What says that there is a sheet comes last.
            let grid = serde_json::to_vec(&grid).map_err(|error| write_error(&error.into()))?;
            self.keep_whole(&stem.with_extension("json"), &grid)
        };
        // A picture that nothing names would be in nobody's way, and in nobody's sight.
        kept().inspect_err(|_| self.remove_sheet(film))
    }

    /// Where all sheets lie.
    pub(super) fn frames_folder(&self) -> PathBuf {
        self.root.join("frames")
    }

    /// Removes the sheet of a film. Blocks.
    pub(super) fn remove_sheet(&self, film: &str) {
        for extension in ["json", "jpg"] {
            if let Some(stem) = self.stem(film) {
                // Most files have none.
                let _ = fs::remove_file(stem.with_extension(extension));
            }
        }
    }

    fn stem(&self, film: &str) -> Option<PathBuf> {
        let file = self.upload(film)?;
        Some(self.frames_folder().join(Path::new(file.file_name()?).file_stem()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: &str = "/uploads/livestreams/00000000000000000000000000000001.webm";

    fn files_in(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
    }

    fn sheet() -> Option<(Vec<u8>, FrameGrid)> {
        Some((vec![7; 100], FrameGrid { every_ms: 1000, count: 1, tile_width_px: 160, tile_height_px: 90 }))
    }

    #[test]
    fn a_sheet_that_cannot_be_kept_leaves_nothing_behind() {
        let data = tempfile::tempdir().unwrap();
        let storage = Storage::new(data.path());
        let grid = storage.sheet(FILM).unwrap().with_extension("json");
        // A folder in the way of the last file: the first one is written by then.
        fs::create_dir_all(grid.join("in the way")).unwrap();
        storage.keep_sheet(FILM, sheet()).unwrap_err();
        assert_eq!((files_in(&data.path().join("frames")), files_in(&storage.incoming())), (vec![grid.clone()], vec![]));
        fs::remove_dir_all(&grid).unwrap();
        storage.keep_sheet(FILM, sheet()).unwrap();
        assert_eq!((storage.frame_grid(FILM).unwrap().count, files_in(&data.path().join("frames")).len(), files_in(&storage.incoming())), (1, 2, vec![]));
    }
}
