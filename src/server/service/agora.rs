//! Agora tokens for clients whose video goes over Agora: built here, nobody is asked. Two formats, AccessToken "006" and
//! "007"; who may publish is decided by the caller's account, never by what the request says.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    domain::{time::Timestamp, validate::Fields},
    error::{AppError, ErrorKind},
    server::{auth::caller::Caller, state::AppState},
};

/// How long a token holds, in seconds: Agora takes no longer ones.
const LIFETIME_S: u32 = 24 * 3600;
/// The longest name of a channel, in bytes.
const MAX_CHANNEL_BYTES: usize = 63;
/// What a channel's name may have beside letters, digits and the space.
const CHANNEL_SIGNS: &[u8] = b"!#$%&()+-:;<=.>?@[]^_{}|~,";
/// Salts are from 1 to this, as Agora's own packages choose them.
const MAX_SALT: u32 = 99_999_999;

/// The code of the answer where the settings name no Agora app.
pub const NOT_CONFIGURED: &str = "agora_not_configured";

/// What a client does in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgoraRole {
    #[serde(alias = "host", alias = "broadcaster")]
    Publisher,
    #[serde(alias = "subscriber")]
    Audience,
}

/// The format of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum AgoraVersion {
    #[default]
    #[serde(rename = "006")]
    V006,
    #[serde(rename = "007")]
    V007,
}

/// What a client asks for. Without a role it gets the most it may have; a `uid` of 0 lets Agora choose one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgoraRequest {
    pub channel_name: String,
    pub role: Option<AgoraRole>,
    pub uid: Option<u32>,
}

/// A token, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgoraToken {
    pub token: String,
    pub app_id: String,
    pub channel_name: String,
    pub uid: u32,
    pub role: AgoraRole,
    pub expires_at: Timestamp,
}

/// Whether the settings name an Agora app.
///
/// # Errors
/// Unavailable with the code [`NOT_CONFIGURED`] where they do not.
pub fn app(state: &AppState) -> Result<AgoraApp<'_>, AppError> {
    let missing = || AppError { retry_after_s: None, ..AppError::unavailable("This shop does not use Agora.").coded(NOT_CONFIGURED) };
    let (id, certificate) = state.config.agora.as_ref().ok_or_else(missing)?;
    Ok(AgoraApp { id, certificate })
}

/// The Agora app of the shop.
#[derive(Clone, Copy)]
pub struct AgoraApp<'a> {
    id: &'a str,
    certificate: &'a str,
}

/// A token of one day for one channel. Anyone may watch; only admins publish.
///
/// # Errors
/// Unavailable (see [`app`]), Invalid for a channel that Agora would not take, Unauthenticated or Forbidden where somebody
/// who is no admin asks to publish.
pub fn token(state: &AppState, caller: &Caller, version: AgoraVersion, request: AgoraRequest) -> Result<AgoraToken, AppError> {
    let app = app(state)?;
    let role = match request.role {
        Some(AgoraRole::Publisher) => caller.admin().map(|_| AgoraRole::Publisher)?,
        Some(AgoraRole::Audience) => AgoraRole::Audience,
        None if caller.is_admin() => AgoraRole::Publisher,
        None => AgoraRole::Audience,
    };
    let taken = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ' || CHANNEL_SIGNS.contains(&byte);
    if !(1..=MAX_CHANNEL_BYTES).contains(&request.channel_name.len()) || !request.channel_name.bytes().all(taken) {
        return Err(Fields::one("channelName", format!("Use 1 to {MAX_CHANNEL_BYTES} plain letters, digits and signs.")).into());
    }
    let out_of_range = |_| AppError::new(ErrorKind::Unavailable, "The clock of the server is wrong.");
    let issued_s = u32::try_from(state.clock.now().millis() / 1000).map_err(out_of_range)?;
    let grant = Grant { channel: &request.channel_name, uid: request.uid.unwrap_or_default(), role, salt: rand::random_range(1..=MAX_SALT), issued_s };
    let token = match version {
        AgoraVersion::V006 => app.v006(&grant),
        AgoraVersion::V007 => app.v007(&grant),
    };
    let expires_at = Timestamp::from_millis(i64::from(grant.expires_s()) * 1000);
    Ok(AgoraToken { token, app_id: app.id.to_owned(), uid: grant.uid, channel_name: request.channel_name, role, expires_at })
}

/// What is put into a token.
struct Grant<'a> {
    channel: &'a str,
    uid: u32,
    role: AgoraRole,
    salt: u32,
    issued_s: u32,
}

impl Grant<'_> {
    fn expires_s(&self) -> u32 {
        self.issued_s.saturating_add(LIFETIME_S)
    }

    // 0 is written as nothing: then Agora gives a number itself.
    fn uid(&self) -> String {
        if self.uid == 0 { String::new() } else { self.uid.to_string() }
    }

    // Joining is privilege 1; sending sound, picture and data are 2, 3 and 4. Each holds until `until_s`.
    fn privileges(&self, packer: &mut Packer, until_s: u32) {
        let count = if self.role == AgoraRole::Publisher { 4 } else { 1 };
        packer.short(count);
        for privilege in 1..=count {
            packer.short(privilege).long(until_s);
        }
    }
}

impl AgoraApp<'_> {
    fn v006(self, grant: &Grant) -> String {
        let uid = grant.uid();
        let mut message = Packer::default();
        message.long(grant.salt).long(grant.expires_s());
        grant.privileges(&mut message, grant.expires_s());
        let signature = hmac(self.certificate.as_bytes(), &[self.id.as_bytes(), grant.channel.as_bytes(), uid.as_bytes(), &message.0]);
        let mut content = Packer::default();
        content.text(&signature).long(crc32fast::hash(grant.channel.as_bytes())).long(crc32fast::hash(uid.as_bytes())).text(&message.0);
        format!("006{}{}", self.id, STANDARD.encode(content.0))
    }

    fn v007(self, grant: &Grant) -> String {
        const RTC: u16 = 1;
        let mut info = Packer::default();
        info.text(self.id.as_bytes()).long(grant.issued_s).long(LIFETIME_S).long(grant.salt);
        // One service: video and sound.
        info.short(1).short(RTC);
        grant.privileges(&mut info, LIFETIME_S);
        info.text(grant.channel.as_bytes()).text(grant.uid().as_bytes());
        let key = hmac(&grant.issued_s.to_le_bytes(), &[self.certificate.as_bytes()]);
        let key = hmac(&grant.salt.to_le_bytes(), &[&key]);
        let mut content = Packer::default();
        content.text(&hmac(&key, &[&info.0])).0.extend_from_slice(&info.0);
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&content.0).expect("a list takes any bytes");
        format!("007{}", STANDARD.encode(packed.finish().expect("a list takes any bytes")))
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Agora's binary form: numbers from their small end, texts behind their length.
#[derive(Default)]
struct Packer(Vec<u8>);

impl Packer {
    fn short(&mut self, number: u16) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn long(&mut self, number: u32) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn text(&mut self, bytes: &[u8]) -> &mut Self {
        self.short(u16::try_from(bytes.len()).expect("nothing in a token is longer than 63 bytes"));
        self.0.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token as Agora's own packages build it; made by `end2end/clients/agora-vectors.mjs`.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Vector {
        app_id: String,
        certificate: String,
        channel: String,
        uid: u32,
        role: AgoraRole,
        salt: u32,
        now_s: u32,
        v006: String,
        v007: String,
    }

    #[test]
    fn tokens_are_those_of_agora_to_the_byte() {
        // AGORA_VECTORS names a longer list than the one kept here.
        let text = match std::env::var("AGORA_VECTORS") {
            Ok(path) => std::fs::read_to_string(path).unwrap(),
            Err(_) => include_str!("../../tests/data/agora-tokens.json").to_owned(),
        };
        let vectors: Vec<Vector> = serde_json::from_str(&text).unwrap();
        assert!(vectors.len() >= 60);
        for vector in &vectors {
            let app = AgoraApp { id: &vector.app_id, certificate: &vector.certificate };
            let grant = Grant { channel: &vector.channel, uid: vector.uid, role: vector.role, salt: vector.salt, issued_s: vector.now_s };
            assert_eq!(app.v006(&grant), vector.v006, "{}", vector.channel);
            assert_eq!(app.v007(&grant), vector.v007, "{}", vector.channel);
        }
    }
}
