//! What viewers wish to see of the picture. Only the media server can grant it, to each for itself; elsewhere it is remembered
//! for the moment in which the server takes over.

use super::{Effect, Room, SeatId, served::line, signaling::forbidden};
use crate::{
    domain::picture::{PictureQuality, PictureSource},
    error::AppError,
    server::sfu::message::{Command, Layer, Wish},
};

const fn wish(quality: PictureQuality) -> Wish {
    match quality {
        PictureQuality::Auto => Wish::Auto,
        PictureQuality::High => Wish::AtMost(Layer::LARGEST),
        PictureQuality::Medium => Wish::AtMost(Layer::MIDDLE),
        PictureQuality::Low => Wish::AtMost(Layer::SMALLEST),
        PictureQuality::Sound => Wish::SoundOnly,
    }
}

impl Room {
    /// A viewer wishes this of its own picture.
    pub(super) fn choose_quality(&mut self, seat: SeatId, quality: PictureQuality, out: &mut Vec<Effect>) -> Result<(), AppError> {
        self.own_peer(seat)?;
        if self.is_on_air(seat) {
            return Err(forbidden());
        }
        if let Some(seat) = self.seats.get_mut(&seat) {
            seat.quality = quality;
        }
        if self.stage.served.is_some() {
            out.push(Effect::Media(Command::Choose { line: line(seat), wish: wish(quality) }));
        }
        Ok(())
    }

    /// Tells the media server what a viewer wished before it had a connection there.
    pub(super) fn repeat_quality(&self, seat: SeatId, out: &mut Vec<Effect>) {
        let quality = self.seats.get(&seat).map(|seat| seat.quality).unwrap_or_default();
        if quality != PictureQuality::Auto {
            out.push(Effect::Media(Command::Choose { line: line(seat), wish: wish(quality) }));
        }
    }

    /// What viewers may choose among. A host's page sends sizes where they are taken, sooner or later; an encoder as it is set up.
    pub(super) fn quality_choices(&self, has_layers: bool) -> Vec<PictureQuality> {
        let has_sizes = has_layers || self.stage.takes_sizes && !self.stage.is_encoder_on_air();
        PictureQuality::choices(if has_sizes { PictureSource::Sizes } else { PictureSource::OneSize })
    }
}
