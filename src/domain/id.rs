//! Identifiers. A stored thing has a 12-byte id that travels as 24 hexadecimal digits (`_id`, as MongoDB's ObjectId).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text was not 24 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 24 hexadecimal digits")]
pub struct InvalidId;

macro_rules! hex_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 12]);

        impl $name {
            /// The id with these bytes, most significant first.
            pub const fn from_bytes(bytes: [u8; 12]) -> Self {
                Self(bytes)
            }

            /// Its bytes, most significant first.
            pub const fn bytes(self) -> [u8; 12] {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_hex(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

hex_id! {
    /// An account.
    UserId;
    /// A show, from its schedule to its replay.
    LivestreamId;
    /// Something the shop sells.
    ProductId;
    /// A chat message.
    MessageId;
    /// A mute or a ban.
    SanctionId;
    /// A link by which somebody becomes a moderator.
    InvitationId;
    /// Something that was done to keep order.
    AuditId;
    /// The captions of a film in one language.
    CaptionsId;
    /// What a customer bought at once.
    OrderId;
}

fn parse_hex(text: &str) -> Result<[u8; 12], InvalidId> {
    let digits = text.as_bytes();
    if digits.len() != 24 {
        return Err(InvalidId);
    }
    let mut bytes = [0; 12];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Ok(bytes)
}

fn nibble(digit: u8) -> Result<u8, InvalidId> {
    (digit as char).to_digit(16).map(|value| value as u8).ok_or(InvalidId)
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_id! {
    /// A visitor, signed in or not, across tabs and reconnections.
    SessionId;
    /// One end of a media connection, as its owner named it.
    PeerId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_as_hex() {
        let text = "65f0c1d2e3a4b5968778695a";
        let id: LivestreamId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<LivestreamId>(&format!("\"{text}\"")).unwrap(), id);
    }

    #[test]
    fn refuses_what_is_not_an_id() {
        for text in [
            "",
            "1",
            "65f0c1d2e3a4b5968778695",
            "65f0c1d2e3a4b5968778695g",
            "+5f0c1d2e3a4b5968778695a",
            "65f0c1d2e3a4b5968778695aa",
            "\u{e9}5f0c1d2e3a4b596877869",
        ] {
            assert_eq!(text.parse::<LivestreamId>(), Err(InvalidId), "{text}");
        }
    }
}
