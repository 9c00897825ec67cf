//! Reading single settings: each reader names the setting it refuses, and the remedy.

use std::{net::IpAddr, ops::RangeInclusive};

use super::{ConfigError, ice::IceSetting, origin::Origin};

pub(super) fn list(text: Option<String>) -> Vec<String> {
    text.map(|text| text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()).unwrap_or_default()
}

pub(super) fn origins(texts: Vec<String>) -> Result<Vec<Origin>, ConfigError> {
    let wrong = |text: &str| ConfigError::new("ALLOWED_ORIGINS", format!("\"{text}\" is no origin"), "Write each like https://shop.example, without a path.");
    texts.iter().map(|text| Origin::parse(text).ok_or_else(|| wrong(text))).collect()
}

pub(super) fn proxies(texts: Vec<String>) -> Result<Vec<IpAddr>, ConfigError> {
    let wrong = |text: &str| ConfigError::new("TRUSTED_PROXIES", format!("\"{text}\" is no IP address"), "List plain addresses like 10.0.0.2.");
    texts.iter().map(|text| text.parse().map_err(|_| wrong(text))).collect()
}

pub(super) fn number(setting: &'static str, text: Option<String>, default: u32, range: RangeInclusive<u32>) -> Result<u32, ConfigError> {
    let Some(text) = text else { return Ok(default) };
    let wrong = || ConfigError::new(setting, format!("\"{text}\" cannot be used"), format!("Use a number from {} to {}.", range.start(), range.end()));
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(wrong)
}

pub(super) fn limit(setting: &'static str, text: Option<String>, default: u32) -> Result<Option<u32>, ConfigError> {
    number(setting, text, default, 0..=1_000_000).map(|number| (number > 0).then_some(number))
}

pub(super) fn ice_servers(json: &str) -> Result<Vec<IceSetting>, ConfigError> {
    let remedy = r#"Write a list like [{"urls":"stun:stun.example:3478"}]."#;
    let servers: Vec<IceSetting> =
        serde_json::from_str(json).map_err(|error| ConfigError::new("ICE_SERVERS", format!("it cannot be read ({error})"), remedy))?;
    for server in &servers {
        ice_urls("ICE_SERVERS", server.urls.to_vec())?;
    }
    Ok(servers)
}

pub(super) fn ice_urls(setting: &'static str, urls: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let known = |url: &String| ["stun:", "stuns:", "turn:", "turns:"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    match urls.iter().find(|url| !known(url)) {
        Some(url) => Err(ConfigError::new(setting, format!("\"{url}\" is no STUN or TURN address"), "Write it like turn:turn.example:3478.")),
        None => Ok(urls),
    }
}

/// App id or certificate of Agora: 32 hexadecimal digits.
pub(super) fn agora(setting: &'static str, text: String) -> Result<String, ConfigError> {
    if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err(ConfigError::new(setting, "it is not 32 hexadecimal digits", "Copy it from the Agora console."))
}

/// A size in MiB, as bytes.
pub(super) fn mebibytes(setting: &'static str, text: Option<String>, default: u32) -> Result<u64, ConfigError> {
    number(setting, text, default, 1..=1_048_576).map(|mebibytes| u64::from(mebibytes) * 1024 * 1024)
}
