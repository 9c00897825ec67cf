//! Pictures: looked at before they are decoded, and stored only as what we encoded ourselves.

use std::{
    fs,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
    path::Path,
};

use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, codecs, imageops::FilterType};

use crate::error::{AppError, ErrorKind};

/// More pixels than this are refused before they are decoded.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The longest side of a stored picture, in pixels.
pub const MAX_SIDE: u32 = 1200;
/// The most memory that decoding one picture may take.
const MAX_DECODE_BYTES: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 86;

/// How a picture was encoded by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Jpeg,
    /// Lossless, for pictures with transparent parts.
    Webp,
}

impl Encoding {
    /// The end of the file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// Decodes the picture in `source` and gives it in a size for the shop, upright. Blocks: call it off the async threads.
///
/// # Errors
/// Unsupported for anything but JPEG, PNG and WebP, whatever its name; Invalid for too many pixels or broken data.
pub fn read(source: &Path) -> Result<DynamicImage, AppError> {
    let mut head = [0; 64];
    let mut file = fs::File::open(source).map_err(|error| super::write_error(&error))?;
    let size = read_up_to(&mut file, &mut head).map_err(|error| super::write_error(&error))?;
    let format = match infer::get(&head[..size]).map(|kind| kind.mime_type()) {
        Some("image/jpeg") => ImageFormat::Jpeg,
        Some("image/png") => ImageFormat::Png,
        Some("image/webp") => ImageFormat::WebP,
        _ => return Err(AppError::new(ErrorKind::Unsupported, "Use a JPEG, PNG or WebP picture.")),
    };
    let file = fs::File::open(source).map(BufReader::new).map_err(|error| super::write_error(&error))?;
    let mut decoder = decoder(file, format)?;
    let orientation = decoder.orientation().map_err(|_| broken())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| broken())?;
    if picture.width().max(picture.height()) > MAX_SIDE {
        picture = picture.resize(MAX_SIDE, MAX_SIDE, FilterType::CatmullRom);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// What decodes a picture once it is asked to, within bounds of pixels and memory.
pub(super) fn decoder<'a, R: BufRead + Seek + 'a>(source: R, format: ImageFormat) -> Result<impl ImageDecoder + 'a, AppError> {
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| broken())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(AppError::new(ErrorKind::Invalid, "This picture has too many pixels. Use one with up to 40 megapixels.").coded("too_many_pixels"));
    }
    Ok(decoder)
}

fn broken() -> AppError {
    AppError::new(ErrorKind::Invalid, "This picture is damaged.").coded("damaged_picture")
}

fn read_up_to(file: &mut fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut size = 0;
    while size < buffer.len() {
        match file.read(&mut buffer[size..])? {
            0 => break,
            more => size += more,
        }
    }
    Ok(size)
}

/// Encodes a picture into `target`. What the original carried beside its pixels (place, camera, anything hidden) is left behind.
///
/// # Errors
/// When the disk does not take it.
pub fn write(picture: &DynamicImage, target: fs::File) -> io::Result<Encoding> {
    let transparent = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    let mut out = BufWriter::new(target);
    let failed = |error: image::ImageError| match error {
        image::ImageError::IoError(error) => error,
        other => io::Error::other(other),
    };
    let encoding = if transparent {
        let pixels = picture.to_rgba8();
        let encoder = codecs::webp::WebPEncoder::new_lossless(&mut out);
        encoder.write_image(&pixels, pixels.width(), pixels.height(), image::ExtendedColorType::Rgba8).map_err(failed)?;
        Encoding::Webp
    } else {
        let pixels = picture.to_rgb8();
        let encoder = codecs::jpeg::JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
        encoder.write_image(&pixels, pixels.width(), pixels.height(), image::ExtendedColorType::Rgb8).map_err(failed)?;
        Encoding::Jpeg
    };
    out.flush()?;
    Ok(encoding)
}
