//! What a viewer wishes to see of a show, and what there is to wish for.

use serde::{Deserialize, Serialize};

/// A viewer's wish. It is what they get at best: a network that does not carry it, or a host who does not send it, makes it less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureQuality {
    /// As much as the network carries.
    #[default]
    Auto,
    /// The largest picture, at once.
    High,
    /// No more than the middle one.
    Medium,
    /// The smallest.
    Low,
    /// None: the show is only heard.
    Sound,
}

/// How a picture comes to a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSource {
    /// In the one size that its host sends.
    OneSize,
    /// In several, of which each viewer gets one.
    Sizes,
}

impl PictureQuality {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Auto, Self::High, Self::Medium, Self::Low, Self::Sound];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Sound => "sound",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }

    /// Those among which a viewer has the choice where somebody between them and the host grants it.
    pub fn choices(source: PictureSource) -> Vec<Self> {
        let is_offered = |quality: &Self| source == PictureSource::Sizes || matches!(quality, Self::Auto | Self::Sound);
        Self::ALL.into_iter().filter(is_offered).collect()
    }

    /// What this wish is where these are the choices: one that cannot be granted waits until it can.
    pub fn among(self, choices: &[Self]) -> Self {
        if choices.contains(&self) { self } else { Self::Auto }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for quality in PictureQuality::ALL {
            assert_eq!(serde_json::to_string(&quality).unwrap(), format!("\"{}\"", quality.name()));
            assert_eq!(PictureQuality::named(quality.name()), Some(quality));
        }
        assert_eq!(PictureQuality::named("4k"), None);
        assert!(serde_json::from_str::<PictureQuality>("\"Auto\"").is_err());
    }

    #[test]
    fn a_wish_holds_only_where_it_can_be_granted_and_is_not_forgotten() {
        let (one, sizes) = (PictureQuality::choices(PictureSource::OneSize), PictureQuality::choices(PictureSource::Sizes));
        assert_eq!((one.as_slice(), sizes.as_slice()), (&[PictureQuality::Auto, PictureQuality::Sound][..], &PictureQuality::ALL[..]));
        let wish = PictureQuality::Low;
        assert_eq!((wish.among(&one), wish.among(&sizes)), (PictureQuality::Auto, PictureQuality::Low));
        assert_eq!(PictureQuality::Sound.among(&one), PictureQuality::Sound);
        assert_eq!(PictureQuality::Sound.among(&[]), PictureQuality::Auto, "the host itself sends what it sends");
    }
}
