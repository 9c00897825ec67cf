//! The host's picture and sound: a steady stream of about 1 Mbit/s that only looks like VP8 and Opus. A key frame is as
//! long as any other picture.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};

use super::{
    client::Client,
    end::{Sending, Sent, vp8, write},
    tally::Stamp,
};

const PICTURES_PER_SECOND: u32 = 30;
const PACKETS_PER_PICTURE: u8 = 4;
const PICTURE_PAYLOAD_BYTES: usize = 1000;
const SOUNDS_PER_SECOND: u32 = 50;
const SOUND_PAYLOAD_BYTES: usize = 80;
/// What RTP's times of VP8 and of Opus count in.
const PICTURE_HZ: u32 = 90_000;
const SOUND_HZ: u32 = 48_000;
/// Numbers of a picture have 15 bits.
const PICTURE_NUMBERS: u16 = 0x8000;
/// What the host means to send.
pub const PACKETS_PER_SECOND: u32 = PICTURES_PER_SECOND * PACKETS_PER_PICTURE as u32 + SOUNDS_PER_SECOND;
/// What Opus begins with: 20 ms of full band, one channel.
const SOUND: u8 = 0x78;
/// Where the stamp begins.
pub const PICTURE_BYTES: usize = 5;
pub const SOUND_BYTES: usize = 1;

/// The numbers that a host begins with. All of them have an end, after which they begin anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct First {
    picture: u16,
    picture_seq: u64,
    sound_seq: u64,
    picture_time: u32,
    sound_time: u32,
}

impl First {
    /// So long before the end of all of them.
    pub fn before_the_ends(seconds: u16) -> Self {
        let (seconds, pictures) = (u32::from(seconds), PICTURES_PER_SECOND as u16 * seconds);
        let seq = |per_second: u32| u64::from(u16::MAX) + 1 - u64::from(seconds * per_second);
        Self {
            picture: PICTURE_NUMBERS - pictures,
            picture_seq: seq(PICTURES_PER_SECOND * u32::from(PACKETS_PER_PICTURE)),
            sound_seq: seq(SOUNDS_PER_SECOND),
            picture_time: u32::MAX - seconds * PICTURE_HZ,
            sound_time: u32::MAX - seconds * SOUND_HZ,
        }
    }
}

/// See the module.
pub struct Camera {
    client: Rc<Client>,
    host: usize,
    sending: Sending,
    first: First,
    sent: Rc<Cell<u64>>,
    pictures: u32,
    sounds: u32,
}

impl Camera {
    /// Shows from now on. Gives the count of packets, which is the number of the next one.
    pub fn start(client: Rc<Client>, host: usize, sending: Sending, first: First) -> Rc<Cell<u64>> {
        let sent = Rc::<Cell<u64>>::default();
        let camera = Self { client, host, sending, first, sent: sent.clone(), pictures: 0, sounds: 0 };
        tokio::task::spawn_local(camera.show());
        sent
    }

    async fn show(mut self) {
        let (mut pictures, mut sounds) = (interval(Duration::from_secs(1) / PICTURES_PER_SECOND), interval(Duration::from_secs(1) / SOUNDS_PER_SECOND));
        // A thread that is behind shall not be given everything at once.
        pictures.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pictures.tick() => self.picture(),
                _ = sounds.tick() => self.sound(),
            }
        }
    }

    fn picture(&mut self) {
        let number = (self.first.picture + (self.pictures % u32::from(PICTURE_NUMBERS)) as u16) % PICTURE_NUMBERS;
        let time = self.first.picture_time.wrapping_add(self.pictures.wrapping_mul(PICTURE_HZ / PICTURES_PER_SECOND));
        let is_key = self.client.with(self.host, |host| std::mem::take(&mut host.is_key_asked));
        let packets = (0..PACKETS_PER_PICTURE).map(|part| {
            let seq = self.first.picture_seq + u64::from(self.pictures) * u64::from(PACKETS_PER_PICTURE) + u64::from(part);
            let payload = self.stamped(vp8(number, part, is_key).to_vec(), PICTURE_PAYLOAD_BYTES);
            Sent { is_video: true, seq, time, payload }
        });
        self.send(packets.collect());
        self.pictures += 1;
    }

    fn sound(&mut self) {
        let payload = self.stamped(vec![SOUND], SOUND_PAYLOAD_BYTES);
        let seq = self.first.sound_seq + u64::from(self.sounds);
        let time = self.first.sound_time.wrapping_add(self.sounds.wrapping_mul(SOUND_HZ / SOUNDS_PER_SECOND));
        self.send(vec![Sent { is_video: false, seq, time, payload }]);
        self.sounds += 1;
    }

    fn stamped(&self, mut payload: Vec<u8>, bytes: usize) -> Vec<u8> {
        let number = self.sent.replace(self.sent.get() + 1);
        Stamp { number, sent: Instant::now().saturating_duration_since(self.client.began) }.write(&mut payload);
        payload.resize(bytes, 0);
        payload
    }

    fn send(&self, packets: Vec<Sent>) {
        self.client.drive(self.host, |host| {
            for packet in packets {
                write(&mut host.rtc, self.sending, None, packet, Instant::now());
            }
        });
    }
}
