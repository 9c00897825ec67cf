//! Recordings as browsers write them, and as they might.

pub const VIDEO_SCALE: u32 = 90_000;
pub const AUDIO_SCALE: u32 = 48_000;
/// Milliseconds of a sample.
pub const SAMPLE_MS: u64 = 40;

/// From where the places of the data count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Fragment,
    File,
    /// Nothing is said: from the fragment, or from where the data of the track before ended.
    Unsaid,
}

/// How a fragment says when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    Narrow,
    Wide,
    Unsaid,
}

/// Where it is said which samples stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    FirstFlags,
    EachSample,
    Movie,
}

#[derive(Debug, Clone)]
pub struct Recorder {
    pub seconds: u64,
    pub seed: u8,
    /// Milliseconds of one fragment, and between pictures that stand for themselves.
    pub fragment_ms: u64,
    pub key_ms: u64,
    pub base: Base,
    pub begins: Begins,
    pub sync: Sync,
    /// The numbers of picture and sound; without sound it is recorded alone.
    pub video: u32,
    pub audio: Option<u32>,
    /// What the edit list of the sound takes off, in its units; a negative one begins later.
    pub priming: i64,
    /// The same of the picture.
    pub hidden: i64,
    /// When the recorder's clock began, in milliseconds.
    pub start_ms: u64,
    /// Pictures are shown so many samples after they are decoded, and every second one later still.
    pub reordered: bool,
    pub codec: &'static [u8],
    pub rotation: u8,
    pub video_scale: u32,
    /// Boxes that say nothing between fragments, and 64-bit sizes.
    pub chatty: bool,
}

impl Recorder {
    pub fn new(seconds: u64, seed: u8) -> Self {
        Self {
            seconds,
            seed,
            fragment_ms: 1000,
            key_ms: 1000,
            base: Base::Fragment,
            begins: Begins::Wide,
            sync: Sync::FirstFlags,
            video: 1,
            audio: Some(2),
            priming: 0,
            hidden: 0,
            start_ms: 0,
            reordered: false,
            codec: b"avcC",
            rotation: 0,
            video_scale: VIDEO_SCALE,
            chatty: false,
        }
    }

    pub fn head(&self) -> Vec<u8> {
        let mut tracks = vec![(self.video, self.track(self.video, b"vide", self.video_scale, self.codec, self.hidden))];
        if let Some(audio) = self.audio {
            tracks.push((audio, self.track(audio, b"soun", AUDIO_SCALE, b"esds", self.priming)));
        }
        tracks.sort_by_key(|(id, _)| *id);
        let trex = |(id, _): &(u32, Vec<u8>)| {
            // Pictures hang on others, unless it is said otherwise; or each stands for itself.
            let flags: u32 = if *id == self.video && self.sync != Sync::Movie { 0x101_0000 } else { 0x200_0000 };
            full(b"trex", 0, 0, &[*id, 1, 0, 0, flags].map(u32::to_be_bytes).concat())
        };
        let extends = part(b"mvex", &tracks.iter().flat_map(trex).collect::<Vec<_>>());
        let mvhd = full(b"mvhd", 0, 0, &[&[0; 8][..], &1000_u32.to_be_bytes(), &[0; 84]].concat());
        let words = part(b"udta", b"where it was recorded");
        let traks: Vec<u8> = tracks.iter().flat_map(|(_, trak)| trak.clone()).collect();
        [part(b"ftyp", b"iso5\0\0\x02\0iso5mp41"), part(b"moov", &[mvhd, traks, extends, words].concat())].concat()
    }

    fn track(&self, id: u32, kind: &[u8; 4], scale: u32, codec: &[u8], shift: i64) -> Vec<u8> {
        let looks = [&[0; 16][..], &[self.rotation; 44]].concat();
        let tkhd = full(b"tkhd", 0, 3, &[&[0; 8][..], &id.to_be_bytes(), &[0; 8], &looks].concat());
        let mdhd = full(b"mdhd", 1, 0, &[&[0; 16][..], &scale.to_be_bytes(), &[0; 12]].concat());
        let hdlr = full(b"hdlr", 0, 0, &[&[0; 4][..], kind, &[0; 13]].concat());
        let stsz = full(b"stsz", 0, 0, &[0; 8]);
        let table = part(b"stbl", &[full(b"stsd", 0, 0, codec), full(b"stts", 0, 0, &[0; 4]), stsz].concat());
        let edit = |duration: u32, time: i32| [&duration.to_be_bytes()[..], &time.to_be_bytes(), &[0, 1, 0, 0]].concat();
        let edits = match shift {
            0 => Vec::new(),
            late if late < 0 => {
                let empty = edit((-late * 1000 / i64::from(scale)) as u32, -1);
                part(b"edts", &full(b"elst", 0, 0, &[&2_u32.to_be_bytes()[..], &empty, &edit(0, 0)].concat()))
            }
            early => part(b"edts", &full(b"elst", 0, 0, &[&1_u32.to_be_bytes()[..], &edit(0, early as i32)].concat())),
        };
        part(b"trak", &[tkhd, edits, part(b"mdia", &[mdhd, hdlr, part(b"minf", &table)].concat())].concat())
    }

    /// The fragments, each with what it must have to be whole.
    pub fn fragments(&self) -> Vec<Vec<u8>> {
        let mut at = self.head().len() as u64;
        let mut fragments = Vec::new();
        for number in 0..self.seconds * 1000 / self.fragment_ms {
            let fragment = self.fragment(number, at);
            at += fragment.len() as u64;
            fragments.push(fragment);
        }
        fragments
    }

    fn fragment(&self, number: u64, at: u64) -> Vec<u8> {
        let between = match (self.chatty, number % 4) {
            (false, _) => Vec::new(),
            (true, 0) => part(b"styp", b"msdh\0\0\0\0"),
            (true, 1) => [part(b"free", &[0; 9]), part(b"emsg", &[1; 30])].concat(),
            (true, 2) => part(b"sidx", &[7; 44]),
            (true, _) => [&1_u32.to_be_bytes()[..], b"wxyz", &20_u64.to_be_bytes(), &[5; 4]].concat(),
        };
        let from_ms = number * self.fragment_ms;
        let times: Vec<u64> = (from_ms..from_ms + self.fragment_ms).step_by(SAMPLE_MS as usize).collect();
        let pictures: Vec<Vec<u8>> = times.iter().map(|at| [b"v", &at.to_be_bytes()[..], &vec![self.seed; 40 + (at % 90) as usize]].concat()).collect();
        let sounds: Vec<Vec<u8>> = times.iter().map(|at| [b"a", &at.to_be_bytes()[..], &[self.seed; 9]].concat()).collect();
        let moof_at = at + between.len() as u64;
        let video_bytes: usize = pictures.iter().map(Vec::len).sum();
        let head_bytes = if self.chatty { 16 } else { 8 };
        let moof = |size: usize| {
            let data = (size + head_bytes) as i32;
            let video = self.traf(self.video, moof_at, from_ms, &pictures, data);
            let audio = self.audio.map(|id| match self.base {
                Base::Unsaid => self.traf(id, moof_at, from_ms, &sounds, 0),
                _ => self.traf(id, moof_at, from_ms, &sounds, data + video_bytes as i32),
            });
            part(b"moof", &[full(b"mfhd", 0, 0, &(number as u32 + 9).to_be_bytes()), video, audio.unwrap_or_default()].concat())
        };
        let moof = moof(moof(0).len());
        let mut data = pictures.concat();
        if self.audio.is_some() {
            data.extend(sounds.concat());
        }
        let mdat = match self.chatty {
            true => [&1_u32.to_be_bytes()[..], b"mdat", &(data.len() as u64 + 16).to_be_bytes(), &data].concat(),
            false => part(b"mdat", &data),
        };
        [between, moof, mdat].concat()
    }

    fn traf(&self, id: u32, moof_at: u64, from_ms: u64, samples: &[Vec<u8>], data: i32) -> Vec<u8> {
        let is_video = id == self.video;
        let scale = u64::from(if is_video { self.video_scale } else { AUDIO_SCALE });
        let duration = (SAMPLE_MS * scale / 1000) as u32;
        let sync_at = |number: usize| !is_video || (from_ms + number as u64 * SAMPLE_MS).is_multiple_of(self.key_ms);
        let flags_of = |number: usize| -> u32 { if sync_at(number) { 0x200_0000 } else { 0x101_0000 } };
        let tfhd = match self.base {
            Base::Fragment => full(b"tfhd", 0, 0x2_0008, &[id, duration].map(u32::to_be_bytes).concat()),
            Base::File => full(b"tfhd", 0, 0x9, &[&id.to_be_bytes()[..], &moof_at.to_be_bytes(), &duration.to_be_bytes()].concat()),
            Base::Unsaid => full(b"tfhd", 0, 0x8, &[id, duration].map(u32::to_be_bytes).concat()),
        };
        let begin = (self.start_ms + from_ms) * scale / 1000;
        let tfdt = match self.begins {
            Begins::Narrow => full(b"tfdt", 0, 0, &(begin as u32).to_be_bytes()),
            Begins::Wide => full(b"tfdt", 1, 0, &begin.to_be_bytes()),
            Begins::Unsaid => Vec::new(),
        };
        let has_first = self.sync == Sync::FirstFlags && is_video && sync_at(0);
        let has_each = self.sync == Sync::EachSample && is_video;
        let has_offset = self.reordered && is_video;
        let has_place = !(self.base == Base::Unsaid && data == 0);
        let flag = |is: bool, flag: u32| if is { flag } else { 0 };
        let flags = flag(has_place, 1) | flag(has_first, 4) | 0x200 | flag(has_each, 0x400) | flag(has_offset, 0x800);
        let mut body = (samples.len() as u32).to_be_bytes().to_vec();
        if has_place {
            body.extend(data.to_be_bytes());
        }
        if has_first {
            body.extend(flags_of(0).to_be_bytes());
        }
        for (number, sample) in samples.iter().enumerate() {
            body.extend((sample.len() as u32).to_be_bytes());
            if has_each {
                body.extend(flags_of(number).to_be_bytes());
            }
            if has_offset {
                // The first as it comes, then in pairs that change places.
                let later = if number == 0 { 1 } else { [0, 2][number % 2] };
                body.extend((later * duration).to_be_bytes());
            }
        }
        let group = [full(b"sgpd", 1, 0, b"roll\0\0\0\x02\0\0\0\x01\xff\xff"), full(b"sbgp", 0, 0, b"roll\0\0\0\0")].concat();
        part(b"traf", &[tfhd, tfdt, if is_video { Vec::new() } else { group }, full(b"trun", 1, flags, &body)].concat())
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.head(), self.fragments().concat()].concat()
    }
}

pub fn part(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

pub fn full(name: &[u8; 4], version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    part(name, &[&(u32::from(version) << 24 | flags).to_be_bytes()[..], body].concat())
}
