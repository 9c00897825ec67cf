//! Settings of a media engine that runs beside the shop, or elsewhere.

use std::fmt;

use reqwest::Url;

use super::ConfigError;

const REMEDY: &str = "Write it like janus+http://127.0.0.1:8088/janus (the HTTP API of a Janus with the VideoRoom plugin), or like \
                      whip+https://media.example/{show}/whip.";
const PLAY_REMEDY: &str = "Write it like whep+https://media.example/{show}/whep.";
/// Stands for a word of each show in addresses of WHIP and WHEP.
pub const SHOW: &str = "{show}";

/// An address of an engine, and what it asks of those who use it.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Without a slash at the end, if it is that of a Janus. There may be a key in it.
    pub url: String,
    pub secret: Option<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

/// Where an engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineConfig {
    /// The HTTP API of a Janus.
    Janus(Access),
    /// Where an engine is published to by WHIP, and where it is played from by WHEP. Both name the show ([`SHOW`]), or none.
    Whip { publish: Access, play: Access },
}

/// The settings as given.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub url: Option<String>,
    pub secret: Option<String>,
    pub play_url: Option<String>,
    pub play_secret: Option<String>,
}

/// The engine of these settings, if they name one.
pub(super) fn read(given: Given) -> Result<Option<EngineConfig>, ConfigError> {
    let Given { url, secret, play_url, play_secret } = given;
    let Some(url) = url else {
        let lonely =
            [("MEDIA_ENGINE_SECRET", secret.is_some()), ("MEDIA_ENGINE_PLAY_URL", play_url.is_some()), ("MEDIA_ENGINE_PLAY_SECRET", play_secret.is_some())];
        return match lonely.iter().find(|(_, is_set)| *is_set) {
            Some((setting, _)) => Err(ConfigError::new("MEDIA_ENGINE_URL", format!("{setting} is set without it"), REMEDY)),
            None => Ok(None),
        };
    };
    if !url.starts_with("whip+") {
        if play_url.is_some() || play_secret.is_some() {
            let remedy = "Unset it, or name an engine of WHIP in MEDIA_ENGINE_URL.";
            return Err(ConfigError::new("MEDIA_ENGINE_PLAY_URL", "it is of no use with a Janus", remedy));
        }
        return Ok(Some(EngineConfig::Janus(Access { url: janus(&url)?, secret })));
    }
    let play_url = play_url.ok_or_else(|| ConfigError::new("MEDIA_ENGINE_PLAY_URL", "an engine of WHIP is named without it", PLAY_REMEDY))?;
    let publish = Access { url: endpoint("MEDIA_ENGINE_URL", "whip+", &url, REMEDY)?, secret };
    let play = Access { url: endpoint("MEDIA_ENGINE_PLAY_URL", "whep+", &play_url, PLAY_REMEDY)?, secret: play_secret };
    if publish.url.contains(SHOW) != play.url.contains(SHOW) {
        let remedy = "Write {show} into both, or into none where the engine has one input: then one show at a time has video.";
        return Err(ConfigError::new("MEDIA_ENGINE_PLAY_URL", "it and MEDIA_ENGINE_URL do not both name the show", remedy));
    }
    Ok(Some(EngineConfig::Whip { publish, play }))
}

/// The engine that MEDIA=external needs.
pub(super) fn expect(engine: Option<EngineConfig>) -> Result<EngineConfig, ConfigError> {
    engine.ok_or_else(|| ConfigError::new("MEDIA_ENGINE_URL", "MEDIA=external is set without it", REMEDY))
}

fn janus(text: &str) -> Result<String, ConfigError> {
    let wrong = |problem: &str| ConfigError::new("MEDIA_ENGINE_URL", problem, REMEDY);
    let http = text.strip_prefix("janus+").ok_or_else(|| wrong("it begins neither with janus+http nor with whip+http"))?;
    let url = plain("MEDIA_ENGINE_URL", http, REMEDY)?;
    if url.query().is_some() {
        return Err(wrong("it has a query in it"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

// As it is given, since `{show}` is to be found in it.
fn endpoint(setting: &'static str, start: &str, text: &str, remedy: &'static str) -> Result<String, ConfigError> {
    let wrong = |problem: String| ConfigError::new(setting, problem, remedy);
    let http = text.strip_prefix(start).ok_or_else(|| wrong(format!("it does not begin with {start}http:// or {start}https://")))?;
    let url = plain(setting, &http.replace(SHOW, "show"), remedy)?;
    let host = http.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    if url.host_str().is_none() || host.contains(['{', '}']) || http.replace(SHOW, "").contains(['{', '}']) {
        return Err(wrong("{show} stands in its path, and nothing else in braces".to_owned()));
    }
    Ok(http.to_owned())
}

// What is wrong is not repeated: there may be a password in it.
fn plain(setting: &'static str, http: &str, remedy: &'static str) -> Result<Url, ConfigError> {
    let wrong = |problem: &str| ConfigError::new(setting, problem, remedy);
    let http = Some(http).filter(|text| text.starts_with("http://") || text.starts_with("https://"));
    let url = Url::parse(http.ok_or_else(|| wrong("it is neither http:// nor https://"))?).map_err(|_| wrong("it is no address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        let remedy = "Set the engine's secret as MEDIA_ENGINE_SECRET (or MEDIA_ENGINE_PLAY_SECRET).";
        return Err(ConfigError::new(setting, "it has a name or a password in it", remedy));
    }
    if url.fragment().is_some() {
        return Err(wrong("it has a # in it"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Option<EngineConfig>, ConfigError> {
        read(Given { url: Some(url.to_owned()), secret: Some("hush".to_owned()), ..Given::default() })
    }

    fn pair(url: &str, play_url: &str) -> Result<Option<EngineConfig>, ConfigError> {
        read(Given { url: Some(url.to_owned()), play_url: Some(play_url.to_owned()), secret: Some("hush".to_owned()), play_secret: Some("hush2".to_owned()) })
    }

    #[test]
    fn an_engine_is_named_by_a_plain_address() {
        let engine = of("janus+http://127.0.0.1:8088/janus/").unwrap().unwrap();
        assert_eq!(engine, EngineConfig::Janus(Access { url: "http://127.0.0.1:8088/janus".into(), secret: Some("hush".into()) }));
        assert!(matches!(of("janus+https://media.example/janus"), Ok(Some(EngineConfig::Janus(access))) if access.url == "https://media.example/janus"));
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
        assert_eq!(read(Given::default()).unwrap(), None);
        assert_eq!(read(Given { secret: Some("hush".into()), ..Given::default() }).unwrap_err().setting, "MEDIA_ENGINE_URL");
        assert_eq!(expect(None).unwrap_err().setting, "MEDIA_ENGINE_URL");
    }

    #[test]
    fn an_engine_of_whip_is_named_by_two_addresses() {
        let engine = pair("whip+https://media.example/{show}/whip?codec=vp8", "whep+https://media.example/{show}/whep").unwrap().unwrap();
        let EngineConfig::Whip { publish, play } = &engine else { panic!("{engine:?}") };
        assert_eq!((publish.url.as_str(), publish.secret.as_deref()), ("https://media.example/{show}/whip?codec=vp8", Some("hush")));
        assert_eq!((play.url.as_str(), play.secret.as_deref()), ("https://media.example/{show}/whep", Some("hush2")));
        assert!(!format!("{engine:?}").contains("hush") && !format!("{engine:?}").contains("media.example"), "a key may be in the address");
        assert!(pair("whip+http://b/in", "whep+http://c/out").unwrap().is_some(), "one input");
        for (setting, url, play_url) in [
            ("MEDIA_ENGINE_URL", "whip+ws://b/in", "whep+http://b/out"),
            ("MEDIA_ENGINE_URL", "whip+http://a:hush@b/in", "whep+http://b/out"),
            ("MEDIA_ENGINE_URL", "whip+http://b/in#x", "whep+http://b/out"),
            ("MEDIA_ENGINE_URL", "whip+http://{show}.b/in", "whep+http://{show}.b/out"),
            ("MEDIA_ENGINE_URL", "whip+http://b/{room}", "whep+http://b/{room}"),
            ("MEDIA_ENGINE_PLAY_URL", "whip+http://b/in", "http://b/out"),
            ("MEDIA_ENGINE_PLAY_URL", "whip+http://b/in", "whip+http://b/out"),
            ("MEDIA_ENGINE_PLAY_URL", "whip+http://b/{show}", "whep+http://b/out"),
            ("MEDIA_ENGINE_PLAY_URL", "janus+http://b/janus", "whep+http://b/out"),
        ] {
            let error = pair(url, play_url).unwrap_err();
            assert_eq!(error.setting, setting, "{url} {play_url}: {error}");
            assert!(!error.to_string().contains("hush@"), "{error}");
        }
        assert_eq!(of("whip+http://b/in").unwrap_err().setting, "MEDIA_ENGINE_PLAY_URL");
        let lonely = Given { play_url: Some("whep+http://b/out".into()), ..Given::default() };
        assert_eq!(read(lonely).unwrap_err().setting, "MEDIA_ENGINE_URL");
    }
}
