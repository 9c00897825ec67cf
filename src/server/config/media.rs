//! Settings of the way that picture and sound take: from browser to browser, through the media server of this process, or
//! through an engine that runs elsewhere.

use std::net::IpAddr;

use clap::Args;

use super::{
    ConfigError,
    engine::{self, EngineConfig},
    parse::list,
    parse::number,
};

/// The port of the media server, unless a setting says otherwise.
const UDP_PORT: u32 = 3010;
/// Viewers that one core carries at a megabit each, with room to spare.
const MAX_VIEWERS: u32 = 300;
/// Viewers that a host's browser carries without dropping frames: each costs it an encoder.
const DIRECT_VIEWERS: u32 = 3;
const DIRECT_VIEWERS_LIMIT: u32 = 20;
/// The most that can be asked for: a port has no more peers than this to tell apart.
const VIEWERS_LIMIT: u32 = 10_000;

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
pub struct MediaSettings {
    /// How viewers get the picture: p2p (from the host's browser), sfu (through this server), auto (from the one while
    /// few watch, then through the other), or external (through the engine of MEDIA_ENGINE_URL) [default: p2p]
    #[arg(long, env = "MEDIA", global = true, hide_env_values = true)]
    pub media: Option<String>,
    /// UDP port of the media server; 0: any that is free [default: 3010]
    #[arg(long, env = "SFU_UDP_PORT", global = true, hide_env_values = true)]
    pub sfu_udp_port: Option<String>,
    /// TCP port of the media server, for browsers whose network lets no UDP through; 0: any that is free; off: none [default: that of
    /// SFU_UDP_PORT]
    #[arg(long, env = "SFU_TCP_PORT", global = true, hide_env_values = true)]
    pub sfu_tcp_port: Option<String>,
    /// Addresses under which browsers reach the media server, IPv4 and IPv6, comma-separated [default: those of this machine]
    #[arg(long, env = "PUBLIC_IP", global = true, hide_env_values = true)]
    pub public_ip: Option<String>,
    /// Viewers that the media server carries; whoever comes after them is refused [default: 300]
    #[arg(long, env = "SFU_MAX_VIEWERS", global = true, hide_env_values = true)]
    pub sfu_max_viewers: Option<String>,
    /// Whether the host's browser sends three sizes of its picture to the media server, so that viewers on poor networks get a
    /// smaller one: on or off [default: on]
    #[arg(long, env = "SFU_SIMULCAST", global = true, hide_env_values = true)]
    pub sfu_simulcast: Option<String>,
    /// Viewers that a host's browser carries with MEDIA=auto before the media server does [default: 3]
    #[arg(long, env = "DIRECT_VIEWERS", global = true, hide_env_values = true)]
    pub direct_viewers: Option<String>,
    /// The engine of MEDIA=external: the HTTP API of a Janus with the VideoRoom plugin (janus+http://127.0.0.1:8088/janus), or
    /// where one is published to by WHIP (whip+https://media.example/{show}/whip)
    #[arg(long, env = "MEDIA_ENGINE_URL", global = true, hide_env_values = true)]
    pub media_engine_url: Option<String>,
    /// The secret of that engine, where it asks for one: api_secret of a Janus, Bearer token of WHIP
    #[arg(long, env = "MEDIA_ENGINE_SECRET", global = true, hide_env_values = true)]
    pub media_engine_secret: Option<String>,
    /// Where an engine of WHIP is played from by WHEP: whep+https://media.example/{show}/whep
    #[arg(long, env = "MEDIA_ENGINE_PLAY_URL", global = true, hide_env_values = true)]
    pub media_engine_play_url: Option<String>,
    /// The Bearer token for that, where it asks for one
    #[arg(long, env = "MEDIA_ENGINE_PLAY_SECRET", global = true, hide_env_values = true)]
    pub media_engine_play_secret: Option<String>,
}

/// How picture and sound travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Media {
    /// From the host's browser to each viewer's.
    Direct,
    /// Through the media server.
    Server(SfuConfig),
    /// From the host's browser to so many viewers, and through the media server where there are more.
    Relieved { direct_viewers: u32, server: SfuConfig },
    /// Through an engine that is not ours.
    External(EngineConfig),
}

/// Where the media server listens for browsers whose network lets no UDP through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpPort {
    /// Nowhere.
    Off,
    /// The number that the UDP port has in the end.
    SameAsUdp,
    /// 0: any that is free.
    Number(u16),
}

/// Settings of the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SfuConfig {
    /// 0: any that is free.
    pub udp_port: u16,
    pub tcp_port: TcpPort,
    /// Addresses that browsers are told, of both families; empty: those of this machine.
    pub public_ips: Vec<IpAddr>,
    pub max_viewers: u32,
    /// Browsers of hosts send three sizes.
    pub simulcast: bool,
}

impl Media {
    /// Checks them.
    pub(super) fn read(settings: MediaSettings) -> Result<Self, ConfigError> {
        let given = |value: Option<String>| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let port = number("SFU_UDP_PORT", given(settings.sfu_udp_port), UDP_PORT, 0..=u32::from(u16::MAX))?;
        let sfu = SfuConfig {
            udp_port: u16::try_from(port).unwrap_or(u16::MAX),
            tcp_port: tcp_port(given(settings.sfu_tcp_port))?,
            public_ips: addresses(given(settings.public_ip))?,
            max_viewers: number("SFU_MAX_VIEWERS", given(settings.sfu_max_viewers), MAX_VIEWERS, 1..=VIEWERS_LIMIT)?,
            simulcast: match given(settings.sfu_simulcast).as_deref() {
                None | Some("on") => true,
                Some("off") => false,
                Some(other) => return Err(ConfigError::new("SFU_SIMULCAST", format!("\"{other}\" is neither"), "Use on or off.")),
            },
        };
        let direct_viewers = number("DIRECT_VIEWERS", given(settings.direct_viewers), DIRECT_VIEWERS, 1..=DIRECT_VIEWERS_LIMIT)?;
        let engine = engine::read(engine::Given {
            url: given(settings.media_engine_url),
            secret: given(settings.media_engine_secret),
            play_url: given(settings.media_engine_play_url),
            play_secret: given(settings.media_engine_play_secret),
        })?;
        match given(settings.media).as_deref() {
            None | Some("p2p") => Ok(Self::Direct),
            Some("sfu") => Ok(Self::Server(sfu)),
            Some("auto") => Ok(Self::Relieved { direct_viewers, server: sfu }),
            Some("external") => Ok(Self::External(engine::expect(engine)?)),
            Some(other) => Err(ConfigError::new("MEDIA", format!("\"{other}\" is no way to the picture"), "Use p2p, sfu, auto or external.")),
        }
    }

    /// The media server, if there is to be one.
    pub fn server(&self) -> Option<&SfuConfig> {
        match self {
            Self::Direct | Self::External(_) => None,
            Self::Server(server) | Self::Relieved { server, .. } => Some(server),
        }
    }

    /// The engine that is not ours, if there is to be one.
    pub fn engine(&self) -> Option<&EngineConfig> {
        if let Self::External(engine) = self { Some(engine) } else { None }
    }

    /// Whether browsers of hosts send the media server three sizes of the picture.
    pub fn simulcast(&self) -> bool {
        self.server().is_some_and(|server| server.simulcast)
    }

    /// Viewers that a host carries before the media server does.
    pub fn direct_viewers(&self) -> usize {
        if let Self::Relieved { direct_viewers, .. } = self { *direct_viewers as usize } else { 0 }
    }
}

fn tcp_port(text: Option<String>) -> Result<TcpPort, ConfigError> {
    match text.as_deref() {
        None => Ok(TcpPort::SameAsUdp),
        Some("off") => Ok(TcpPort::Off),
        Some(text) => text
            .parse()
            .map(TcpPort::Number)
            .map_err(|_| ConfigError::new("SFU_TCP_PORT", format!("\"{text}\" cannot be used"), "Use a number from 0 to 65535, or off.")),
    }
}

// Each once: a candidate that is there already is refused.
fn addresses(text: Option<String>) -> Result<Vec<IpAddr>, ConfigError> {
    let mut addresses = Vec::new();
    for text in list(text) {
        let address = address(&text)?;
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

// Browsers are told a plain address: a name would have to be looked up by each of them, and most do not.
fn address(text: &str) -> Result<IpAddr, ConfigError> {
    let wrong = || ConfigError::new("PUBLIC_IP", format!("\"{text}\" is no address that can be reached"), "List plain addresses like 203.0.113.7,2001:db8::7.");
    // Of the link alone an address leads nowhere without the name of an interface, which browsers are not told.
    let is_reachable = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && v6.to_ipv4_mapped().is_none(),
    };
    text.parse::<IpAddr>().ok().filter(|ip| !ip.is_unspecified() && !ip.is_multicast() && is_reachable(ip)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(media: &str, port: &str, ip: &str, viewers: &str) -> MediaSettings {
        let given = |text: &str| Some(text.to_owned());
        MediaSettings {
            media: given(media),
            sfu_udp_port: given(port),
            sfu_tcp_port: None,
            public_ip: given(ip),
            sfu_max_viewers: given(viewers),
            sfu_simulcast: None,
            direct_viewers: None,
            media_engine_url: None,
            media_engine_secret: None,
            media_engine_play_url: None,
            media_engine_play_secret: None,
        }
    }

    #[test]
    fn a_wrong_setting_of_the_media_server_is_named_even_while_it_is_off() {
        for (setting, given) in [
            ("MEDIA", settings("direct", "", "", "")),
            ("SFU_UDP_PORT", settings("", "65536", "", "")),
            ("SFU_UDP_PORT", settings("sfu", "udp", "", "")),
            ("PUBLIC_IP", settings("sfu", "", "shop.example", "")),
            ("PUBLIC_IP", settings("sfu", "", "203.0.113.7, 0.0.0.0", "")),
            ("PUBLIC_IP", settings("sfu", "", "169.254.0.1", "")),
            ("PUBLIC_IP", settings("sfu", "", "fe80::1", "")),
            ("PUBLIC_IP", settings("sfu", "", "::", "")),
            ("PUBLIC_IP", settings("sfu", "", "ff02::1", "")),
            ("PUBLIC_IP", settings("sfu", "", "::ffff:203.0.113.7", "")),
            ("PUBLIC_IP", settings("sfu", "", "[2001:db8::1]", "")),
            ("SFU_MAX_VIEWERS", settings("sfu", "", "", "0")),
            ("MEDIA_ENGINE_URL", settings("external", "", "", "")),
            ("MEDIA_ENGINE_URL", MediaSettings { media_engine_url: Some("http://engine".into()), ..settings("", "", "", "") }),
            ("MEDIA_ENGINE_URL", MediaSettings { media_engine_secret: Some("hush".into()), ..settings("p2p", "", "", "") }),
        ] {
            assert_eq!(Media::read(given).unwrap_err().setting, setting);
        }
        assert_eq!(Media::read(MediaSettings::default()).unwrap(), Media::Direct, "what nobody asked for stays off");
        assert_eq!(Media::read(settings("p2p", "1", "", "")).unwrap(), Media::Direct);
        let sfu = |udp_port, ips: &[&str], max_viewers| {
            Media::Server(SfuConfig {
                udp_port,
                tcp_port: TcpPort::SameAsUdp,
                public_ips: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
                max_viewers,
                simulcast: true,
            })
        };
        assert_eq!(Media::read(settings("sfu", "", "", "")).unwrap(), sfu(3010, &[], 300));
        let over_tcp = |port: &str| Media::read(MediaSettings { sfu_tcp_port: Some(port.into()), ..settings("sfu", "", "", "") });
        let port = |port| over_tcp(port).unwrap().server().unwrap().tcp_port;
        assert_eq!((port("off"), port("0"), port("443"), port("")), (TcpPort::Off, TcpPort::Number(0), TcpPort::Number(443), TcpPort::SameAsUdp));
        for wrong in ["on", "65536", "-1"] {
            assert_eq!(over_tcp(wrong).unwrap_err().setting, "SFU_TCP_PORT");
        }
        let sizes = |simulcast: &str| MediaSettings { sfu_simulcast: Some(simulcast.into()), ..settings("sfu", "", "", "") };
        assert!(Media::read(sizes("on")).unwrap().simulcast() && !Media::read(sizes("off")).unwrap().simulcast());
        assert_eq!(Media::read(sizes("3")).unwrap_err().setting, "SFU_SIMULCAST");
        let external = MediaSettings { media_engine_url: Some("janus+http://127.0.0.1:8088/janus".into()), ..settings("external", "", "", "") };
        let external = Media::read(external).unwrap();
        assert!(matches!(external.engine(), Some(EngineConfig::Janus(access)) if access.url == "http://127.0.0.1:8088/janus"));
        assert!(external.server().is_none() && external.direct_viewers() == 0 && !external.simulcast());
        let auto = |direct_viewers: &str| MediaSettings { direct_viewers: Some(direct_viewers.into()), ..settings("auto", "", "", "") };
        assert_eq!(Media::read(auto("")).unwrap().direct_viewers(), 3);
        assert_eq!(Media::read(auto("1")).unwrap().direct_viewers(), 1);
        assert_eq!(Media::read(auto("0")).unwrap_err().setting, "DIRECT_VIEWERS");
        assert_eq!(Media::read(settings("sfu", "0", "203.0.113.7,10.0.0.1,203.0.113.7", "9")).unwrap(), sfu(0, &["203.0.113.7", "10.0.0.1"], 9));
        assert_eq!(Media::read(settings("sfu", "0", "203.0.113.7, 2001:db8::7,::1", "9")).unwrap(), sfu(0, &["203.0.113.7", "2001:db8::7", "::1"], 9));
    }
}
