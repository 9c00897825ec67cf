//! In which sizes a picture is sent at once (RFC 8853), for a receiver that chooses among them for others. Pure.

/// Sizes that are offered at most; their names, the smallest first. Whoever reads an offer knows the order by the first.
pub const NAMES: [&str; 3] = ["q", "h", "f"];

/// Pixels from which on a browser sends three sizes, and two. Asked for more, it leaves out the last, which must not be the whole
/// picture: these are the bounds of Chromium (960x540, 480x270).
const THREE_FROM: u64 = 960 * 540;
const TWO_FROM: u64 = 480 * 270;

/// In how many sizes a picture is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    One,
    /// A quarter of it, half and whole; fewer where it is small.
    Three,
}

/// One of three sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeSent {
    pub is_active: bool,
    /// Width and height are divided by this.
    pub scale_down_by: u32,
    pub max_kbps: u32,
}

/// What is sent of a picture of this width and height, the smallest first; the last that is active is the whole. Without a
/// picture yet it is taken for a large one. `max_kbps` are the limits for the sizes of a large picture.
pub fn sizes_of(pixels: Option<(u32, u32)>, max_kbps: [u32; 3]) -> [SizeSent; 3] {
    let [small, middle, large] = max_kbps;
    let (count, limits) = match pixels.map(|(width, height)| u64::from(width) * u64::from(height)) {
        Some(..TWO_FROM) => (1, [middle; 3]),
        // A picture between the middle and the large one, and half of it.
        Some(..THREE_FROM) => (2, [small.saturating_mul(2), middle.saturating_mul(2), middle.saturating_mul(2)]),
        _ => (3, [small, middle, large]),
    };
    std::array::from_fn(|index| {
        let is_active = index < count;
        SizeSent { is_active, scale_down_by: if is_active { 1 << (count - 1 - index) } else { 1 }, max_kbps: limits[index] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By what each size that is sent is divided.
    fn scales(width: u32, height: u32) -> Vec<u32> {
        let sent = sizes_of(Some((width, height)), [150, 600, 2_500]);
        // A browser leaves out what follows the first that it leaves out.
        assert!(sent.windows(2).all(|pair| pair[0].is_active || !pair[1].is_active), "{sent:?}");
        sent.iter().filter(|size| size.is_active).map(|size| size.scale_down_by).collect()
    }

    #[test]
    fn a_small_camera_keeps_its_whole_size() {
        for (width, height) in [(1920, 1080), (1280, 720), (960, 540), (720, 1280)] {
            assert_eq!(scales(width, height), [4, 2, 1], "{width}x{height}");
        }
        for (width, height) in [(640, 480), (959, 540), (480, 640), (640, 360), (480, 270)] {
            assert_eq!(scales(width, height), [2, 1], "{width}x{height}");
        }
        for (width, height) in [(320, 240), (320, 180), (176, 144), (0, 0)] {
            assert_eq!(scales(width, height), [1], "{width}x{height}");
        }
        assert_eq!(sizes_of(None, [1, 2, 3]).map(|size| (size.is_active, size.scale_down_by, size.max_kbps)), [(true, 4, 1), (true, 2, 2), (true, 1, 3)]);
    }

    #[test]
    fn whoever_is_alone_gets_no_less_than_it_needs() {
        let whole = |width, height| sizes_of(Some((width, height)), [150, 600, 2_500]).into_iter().rfind(|size| size.is_active).unwrap().max_kbps;
        assert_eq!([whole(1280, 720), whole(640, 480), whole(320, 240)], [2_500, 1_200, 600]);
    }
}
