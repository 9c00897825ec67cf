//! Sheets: small pictures of a film in one file, for its seek bar. A sheet says nothing that the film does not, so it is made
//! when it is missing, and goes with its film.

use std::{
    collections::HashMap,
    fs,
    io::{self, Cursor},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
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

/// How long a sheet that failed is not tried again: a disk that is full now is so for a while.
const REST: Duration = Duration::from_secs(300);
/// The most failures that are remembered; the oldest is forgotten first.
const MOST_FAILED: usize = 1_000;

/// Which sheets are being made, and which could not be.
#[derive(Debug, Clone, Default)]
pub struct Sheets {
    made: Claims<PathBuf>,
    failed: Arc<Mutex<Failed>>,
    /// One at a time; films and cuts do not wait for them.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Sheets that could not be made, and when.
#[derive(Debug, Default)]
struct Failed(HashMap<PathBuf, Instant>);

impl Failed {
    fn note(&mut self, sheet: PathBuf, now: Instant) {
        self.0.retain(|_, at| now.duration_since(*at) < REST);
        if self.0.len() >= MOST_FAILED
            && let Some(oldest) = self.0.iter().min_by_key(|(_, at)| **at).map(|(sheet, _)| sheet.clone())
        {
            self.0.remove(&oldest);
        }
        self.0.insert(sheet, now);
    }

    fn is_resting(&self, sheet: &Path, now: Instant) -> bool {
        self.0.get(sheet).is_some_and(|at| now.duration_since(*at) < REST)
    }
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
    /// The right to make the sheet of the film that is served under this path; `None` while somebody has it, and for some
    /// minutes after it failed.
    pub fn start_sheet(&self, film: &str) -> Option<Claim<PathBuf>> {
        if self.is_sheet_resting(film) { None } else { self.sheets.made.claim(self.stem(film)?) }
    }

    /// Whether the sheet of a film failed so lately that it is not tried.
    pub fn is_sheet_resting(&self, film: &str) -> bool {
        self.stem(film).is_some_and(|stem| self.failed_sheets().is_resting(&stem, Instant::now()))
    }

    /// The sheet of a film could not be made: it is not tried again for some minutes.
    pub fn rest_sheet(&self, film: &str) {
        if let Some(stem) = self.stem(film) {
            self.failed_sheets().note(stem, Instant::now());
        }
    }

    // A map is whole whatever panicked while it was held.
    fn failed_sheets(&self) -> MutexGuard<'_, Failed> {
        self.sheets.failed.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_sheet_that_failed_rests_and_the_list_of_those_is_bounded() {
        let (mut failed, now) = (Failed::default(), Instant::now());
        let sheet = |number: usize| PathBuf::from(format!("{number}"));
        let after = |number: usize| now + Duration::from_millis(number as u64);
        for number in 0..=MOST_FAILED {
            failed.note(sheet(number), after(number));
        }
        assert_eq!(failed.0.len(), MOST_FAILED);
        let last = after(MOST_FAILED);
        assert!(!failed.is_resting(&sheet(0), last), "the oldest is forgotten");
        assert!(failed.is_resting(&sheet(1), last) && failed.is_resting(&sheet(1), after(1) + REST - Duration::from_millis(1)));
        assert!(!failed.is_resting(&sheet(1), after(1) + REST), "it may be tried again");
        failed.note(sheet(0), last + REST);
        assert_eq!(failed.0.len(), 1, "what has rested is not kept");
    }
}
