//! Settings of a media engine that runs beside the shop, or elsewhere.

use std::fmt;

use reqwest::Url;

use super::ConfigError;

const REMEDY: &str = "Write it like janus+http://127.0.0.1:8088/janus: the HTTP API of a Janus with the VideoRoom plugin.";

/// Where an engine is.
#[derive(Clone, PartialEq, Eq)]
pub struct EngineConfig {
    /// Its HTTP API, without a slash at the end.
    pub url: String,
    /// What its API asks of those who use it.
    pub secret: Option<String>,
}

impl fmt::Debug for EngineConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineConfig").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The engine of these settings, if they name one.
pub(super) fn read(url: Option<String>, secret: Option<String>) -> Result<Option<EngineConfig>, ConfigError> {
    match (url, secret) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(ConfigError::new("MEDIA_ENGINE_URL", "MEDIA_ENGINE_SECRET is set without it", REMEDY)),
        (Some(url), secret) => Ok(Some(EngineConfig { url: address(&url)?, secret })),
    }
}

/// The engine that MEDIA=external needs.
pub(super) fn expect(engine: Option<EngineConfig>) -> Result<EngineConfig, ConfigError> {
    engine.ok_or_else(|| ConfigError::new("MEDIA_ENGINE_URL", "MEDIA=external is set without it", REMEDY))
}

// What is wrong is not repeated: there may be a password in it.
fn address(text: &str) -> Result<String, ConfigError> {
    let wrong = |problem: &str| ConfigError::new("MEDIA_ENGINE_URL", problem, REMEDY);
    let http = text.strip_prefix("janus+").filter(|rest| rest.starts_with("http://") || rest.starts_with("https://"));
    let url = Url::parse(http.ok_or_else(|| wrong("it does not begin with janus+http:// or janus+https://"))?).map_err(|_| wrong("it is no address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigError::new("MEDIA_ENGINE_URL", "it has a name or a password in it", "Set the engine's API secret as MEDIA_ENGINE_SECRET."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has a query in it"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_named_by_a_plain_address() {
        let of = |url: &str| read(Some(url.to_owned()), Some("hush".to_owned()));
        let engine = of("janus+http://127.0.0.1:8088/janus/").unwrap().unwrap();
        assert_eq!(engine.url, "http://127.0.0.1:8088/janus");
        assert_eq!(of("janus+https://media.example/janus").unwrap().unwrap().url, "https://media.example/janus");
        assert!(!format!("{engine:?}").contains("hush"));
        for wrong in [
            "http://127.0.0.1:8088/janus",
            "janus+ws://127.0.0.1:8188",
            "janus+http://",
            "janus+http://a:hush@b/janus",
            "janus+http://b/janus?apisecret=hush",
            "janus+http://b/janus#x",
            "janus",
        ] {
            let error = of(wrong).unwrap_err();
            assert_eq!(error.setting, "MEDIA_ENGINE_URL");
            assert!(!error.to_string().contains("hush@"), "{error}");
        }
        assert_eq!(read(None, None).unwrap(), None);
        assert_eq!(read(None, Some("hush".to_owned())).unwrap_err().setting, "MEDIA_ENGINE_URL");
        assert_eq!(expect(None).unwrap_err().setting, "MEDIA_ENGINE_URL");
    }
}
