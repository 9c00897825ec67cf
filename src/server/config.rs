//! Settings: flags, environment and `.env`, checked once at start. Never read again later, never logged with secrets.

use std::{net::IpAddr, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

pub use self::commands::{PriceUnit, ShowCommand};
use self::ice::IceSetting;
use self::keeping::{Keeping, KeepingSettings};
use self::media::{Media, MediaSettings};
use self::selling::{Selling, SellingSettings};
use origin::Origin;
use parse::{ice_servers, ice_urls, limit, list, mebibytes, number, origins, proxies};

mod commands;
pub mod engine;
pub mod ice;
pub mod keeping;
pub mod media;
pub mod origin;
mod parse;
pub mod selling;

/// The shortest JWT secret that is accepted, in bytes: the size of the digest it keys.
pub const MIN_SECRET_BYTES: usize = 32;

/// Live shopping that a shop hosts itself.
#[derive(Debug, Parser)]
#[command(
    name = "wrencos",
    version,
    about = "Live shopping that a shop hosts itself: one binary, one database.",
    after_help = "Without a command, `serve` runs. Every setting is a flag or an environment variable; a file named .env is read too.\n\
                  Without MONGODB_URI, a private mongod is started under DATA_DIR."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the shop (the default)
    Serve,
    /// Create an admin account, or make an existing account an admin
    CreateAdmin {
        /// E-mail address of the account
        email: String,
        /// Name to show; "Admin" if not given
        #[arg(long, default_value = "Admin")]
        name: String,
    },
    /// Check settings, folders, database and disk, and say what is wrong
    Doctor,
    /// Take over accounts, products, shows and orders from the database of the Node server that WrenCOS replaces.
    ///
    /// The old database is only read. What is here already stays as it is, so the command can be repeated; stop the old
    /// server first. Files are not copied: put its `uploads` folder into DATA_DIR.
    Import {
        /// Address of the old database, such as mongodb://host:27017/shop
        #[arg(long, env = "IMPORT_FROM", hide_env_values = true)]
        from: String,
        /// Read everything and say what would be written, but write nothing
        #[arg(long)]
        dry_run: bool,
        /// What a price of 12 means there: 12.00 (major) or 0.12 (minor)
        #[arg(long, value_enum, default_value_t = PriceUnit::Major)]
        prices: PriceUnit,
    },
    /// Carry one show that is over from shop to shop, as a file: film, talk, shelf and products
    #[command(subcommand)]
    Show(ShowCommand),
    /// Fill an empty shop with an admin and eight demo products
    SeedDemo {
        /// Add the products even if the shop is not empty
        #[arg(long)]
        force: bool,
    },
}

/// The settings as given. All are text here, so that a wrong one is answered in one line of ours ([`Config::read`]).
#[derive(Debug, Clone, Default, Args)]
pub struct Settings {
    /// Port to listen on, on all addresses [default: 3000]
    #[arg(long, env = "PORT", global = true, hide_env_values = true)]
    pub port: Option<String>,
    /// Address and port to listen on, such as 127.0.0.1:3000; wins over PORT
    #[arg(long, global = true)]
    pub addr: Option<String>,
    /// MongoDB replica set to use; unset: a private mongod under DATA_DIR
    #[arg(long, env = "MONGODB_URI", global = true, hide_env_values = true)]
    pub mongodb_uri: Option<String>,
    /// Folder for database, uploads and keys [default: ./data]
    #[arg(long, env = "DATA_DIR", global = true, hide_env_values = true)]
    pub data_dir: Option<String>,
    /// Key for signing tokens, 32 bytes or more; unset: made once and kept in DATA_DIR
    #[arg(long, env = "JWT_SECRET", global = true, hide_env_values = true)]
    pub jwt_secret: Option<String>,
    /// Address under which people reach the shop, such as https://shop.example
    #[arg(long, env = "PUBLIC_URL", global = true, hide_env_values = true)]
    pub public_url: Option<String>,
    /// Other sites whose pages may call this server, comma-separated
    #[arg(long, env = "ALLOWED_ORIGINS", global = true, hide_env_values = true)]
    pub allowed_origins: Option<String>,
    /// Addresses of reverse proxies whose X-Forwarded-* headers are believed, comma-separated
    #[arg(long, env = "TRUSTED_PROXIES", global = true, hide_env_values = true)]
    pub trusted_proxies: Option<String>,
    /// STUN and TURN servers as JSON, such as '[{"urls":"stun:stun.example:3478"}]' [default: none]
    #[arg(long, env = "ICE_SERVERS", global = true, hide_env_values = true)]
    pub ice_servers: Option<String>,
    /// TURN servers with time-limited credentials, comma-separated; needs TURN_SECRET
    #[arg(long, env = "TURN_URLS", global = true, hide_env_values = true)]
    pub turn_urls: Option<String>,
    /// The secret shared with the TURN servers
    #[arg(long, env = "TURN_SECRET", global = true, hide_env_values = true)]
    pub turn_secret: Option<String>,
    /// Agora app, for clients that use Agora
    #[arg(long, env = "AGORA_APP_ID", global = true, hide_env_values = true)]
    pub agora_app_id: Option<String>,
    /// Certificate of the Agora app
    #[arg(long, env = "AGORA_APP_CERTIFICATE", global = true, hide_env_values = true)]
    pub agora_app_certificate: Option<String>,
    /// The largest recording that can be uploaded, in MiB [default: 4096]
    #[arg(long, env = "MAX_VIDEO_MIB", global = true, hide_env_values = true)]
    pub max_video_mib: Option<String>,
    /// The largest picture that can be uploaded, in MiB [default: 10]
    #[arg(long, env = "MAX_PICTURE_MIB", global = true, hide_env_values = true)]
    pub max_picture_mib: Option<String>,
    /// The most that all recordings may take, in MiB; 0: no limit [default: 0]
    #[arg(long, env = "RECORDINGS_QUOTA_MIB", global = true, hide_env_values = true)]
    pub recordings_quota_mib: Option<String>,
    /// Shows that may be live at the same time [default: 1]
    #[arg(long, env = "MAX_ACTIVE_SHOWS", global = true, hide_env_values = true)]
    pub max_active_shows: Option<String>,
    /// Seconds a show waits for its host to come back before it ends [default: 60]
    #[arg(long, env = "HOST_GRACE_SECS", global = true, hide_env_values = true)]
    pub host_grace_secs: Option<String>,
    /// Sockets one visitor may have; 0: no limit [default: 50]
    #[arg(long, env = "MAX_SOCKETS_PER_VISITOR", global = true, hide_env_values = true)]
    pub max_sockets_per_visitor: Option<String>,
    /// Sockets one address may have; 0: no limit [default: 2000]
    #[arg(long, env = "MAX_SOCKETS_PER_ADDRESS", global = true, hide_env_values = true)]
    pub max_sockets_per_address: Option<String>,
    /// E-mail address of the admin to create at the first run; needs ADMIN_PASSWORD
    #[arg(long, env = "ADMIN_EMAIL", global = true, hide_env_values = true)]
    pub admin_email: Option<String>,
    /// Password of that admin
    #[arg(long, env = "ADMIN_PASSWORD", global = true, hide_env_values = true)]
    pub admin_password: Option<String>,
    /// Fill an empty shop with an admin and demo products when serving
    #[arg(long, env = "WRENCOS_DEMO", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, global = true)]
    pub demo: bool,
    /// Offer a way to pay that takes no money, for trying the shop out
    #[arg(long, env = "PAYMENT_TEST", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, global = true)]
    pub payment_test: bool,
    #[command(flatten)]
    pub keeping: KeepingSettings,
    #[command(flatten)]
    pub selling: SellingSettings,
    #[command(flatten)]
    pub media: MediaSettings,
    /// What is logged, such as info or wrencos=debug [default: info]
    #[arg(long, env = "RUST_LOG", global = true, hide_env_values = true)]
    pub log: Option<String>,
}

/// A setting that cannot be used. Reads as one line: the setting, what is wrong, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}. {remedy}")]
pub struct ConfigError {
    pub setting: &'static str,
    pub problem: String,
    pub remedy: String,
}

impl ConfigError {
    /// What is wrong with `setting`, and what to do about it.
    pub fn new(setting: &'static str, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { setting, problem: problem.into(), remedy: remedy.into() }
    }
}

/// TURN servers to which we hand out time-limited credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnConfig {
    pub urls: Vec<String>,
    pub secret: String,
}

/// The account to create at the first run.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstAdmin {
    pub email: String,
    pub password: String,
}

impl std::fmt::Debug for FirstAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstAdmin").field("email", &self.email).finish_non_exhaustive()
    }
}

/// Settings that can be used.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. `None`: as Leptos.toml or `LEPTOS_SITE_ADDR` say.
    pub addr: Option<SocketAddr>,
    /// The replica set to use; `None`: our own mongod.
    pub mongodb_uri: Option<String>,
    pub data_dir: PathBuf,
    /// The secret as given; `None`: the one kept in `data_dir`.
    pub jwt_secret: Option<Vec<u8>>,
    pub public_url: Option<Origin>,
    pub allowed_origins: Vec<Origin>,
    pub trusted_proxies: Vec<IpAddr>,
    pub ice_servers: Vec<IceSetting>,
    pub turn: Option<TurnConfig>,
    /// Agora app id and certificate.
    pub agora: Option<(String, String)>,
    pub max_video_bytes: u64,
    pub max_picture_bytes: u64,
    /// `None`: no limit.
    pub recordings_quota_bytes: Option<u64>,
    pub keeping: Keeping,
    pub max_active_shows: u32,
    pub host_grace_ms: u64,
    /// `None`: no limit.
    pub max_sockets_per_visitor: Option<u32>,
    /// `None`: no limit.
    pub max_sockets_per_address: Option<u32>,
    pub first_admin: Option<FirstAdmin>,
    /// Whether serving fills an empty shop first.
    pub demo: bool,
    /// Whether orders may be paid without money.
    pub payment_test: bool,
    pub selling: Selling,
    pub media: Media,
    pub log: String,
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn read(settings: Settings) -> Result<Self, ConfigError> {
        // An empty variable counts as unset: that is what `PORT= wrencos` and a line without a value in .env mean.
        let given = |value: Option<String>| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let addr = match (given(settings.addr), given(settings.port)) {
            (Some(addr), _) => {
                Some(addr.parse().map_err(|_| ConfigError::new("--addr", format!("\"{addr}\" is no address with a port"), "Write it like 127.0.0.1:3000."))?)
            }
            (None, Some(port)) => {
                let port = port.parse().map_err(|_| ConfigError::new("PORT", format!("\"{port}\" is no port"), "Use a number from 0 to 65535."))?;
                Some(SocketAddr::from(([0, 0, 0, 0], port)))
            }
            (None, None) => None,
        };
        let jwt_secret = given(settings.jwt_secret).map(String::into_bytes);
        if jwt_secret.as_ref().is_some_and(|secret| secret.len() < MIN_SECRET_BYTES) {
            let remedy = "Use 32 bytes or more (openssl rand -hex 32), or unset it to have one made.";
            return Err(ConfigError::new("JWT_SECRET", "it is too short", remedy));
        }
        let mongodb_uri = given(settings.mongodb_uri);
        if mongodb_uri.as_ref().is_some_and(|uri| !uri.starts_with("mongodb://") && !uri.starts_with("mongodb+srv://")) {
            let remedy = "Write it like mongodb://host:27017/wrencos?replicaSet=rs0, or unset it to use a private database.";
            return Err(ConfigError::new("MONGODB_URI", "it is no MongoDB address", remedy));
        }
        let public_url = given(settings.public_url)
            .map(|url| {
                let remedy = "Write it like https://shop.example, without a path.";
                Origin::parse(url.trim_end_matches('/')).ok_or_else(|| ConfigError::new("PUBLIC_URL", format!("\"{url}\" is no web address"), remedy))
            })
            .transpose()?;
        let turn = match (list(given(settings.turn_urls)), given(settings.turn_secret)) {
            (urls, None) if urls.is_empty() => None,
            (urls, Some(secret)) if !urls.is_empty() => Some(TurnConfig { urls: ice_urls("TURN_URLS", urls)?, secret }),
            (_, None) => return Err(ConfigError::new("TURN_SECRET", "TURN_URLS is set without it", "Set both or none.")),
            (_, Some(_)) => return Err(ConfigError::new("TURN_URLS", "TURN_SECRET is set without it", "Set both or none.")),
        };
        let agora = match (given(settings.agora_app_id), given(settings.agora_app_certificate)) {
            (None, None) => None,
            (Some(id), Some(certificate)) => Some((parse::agora("AGORA_APP_ID", id)?, parse::agora("AGORA_APP_CERTIFICATE", certificate)?)),
            (None, Some(_)) => return Err(ConfigError::new("AGORA_APP_ID", "AGORA_APP_CERTIFICATE is set without it", "Set both or none.")),
            (Some(_), None) => return Err(ConfigError::new("AGORA_APP_CERTIFICATE", "AGORA_APP_ID is set without it", "Set both or none.")),
        };
        let first_admin = match (given(settings.admin_email), given(settings.admin_password)) {
            (None, None) => None,
            (Some(email), Some(password)) => Some(FirstAdmin { email, password }),
            (None, Some(_)) => return Err(ConfigError::new("ADMIN_EMAIL", "ADMIN_PASSWORD is set without it", "Set both or none.")),
            (Some(_), None) => return Err(ConfigError::new("ADMIN_PASSWORD", "ADMIN_EMAIL is set without it", "Set both or none.")),
        };
        let recordings_quota_bytes =
            limit("RECORDINGS_QUOTA_MIB", given(settings.recordings_quota_mib), 0)?.map(|mebibytes| u64::from(mebibytes) * 1024 * 1024);
        let selling = Selling::read(settings.selling, public_url.as_ref())?;
        Ok(Self {
            addr,
            mongodb_uri,
            data_dir: given(settings.data_dir).unwrap_or_else(|| "./data".to_owned()).into(),
            jwt_secret,
            public_url,
            allowed_origins: origins(list(given(settings.allowed_origins)))?,
            trusted_proxies: proxies(list(given(settings.trusted_proxies)))?,
            ice_servers: given(settings.ice_servers).map(|json| ice_servers(&json)).transpose()?.unwrap_or_default(),
            turn,
            agora,
            max_video_bytes: mebibytes("MAX_VIDEO_MIB", given(settings.max_video_mib), 4096)?,
            max_picture_bytes: mebibytes("MAX_PICTURE_MIB", given(settings.max_picture_mib), 10)?,
            recordings_quota_bytes,
            keeping: Keeping::read(settings.keeping, recordings_quota_bytes)?,
            max_active_shows: number("MAX_ACTIVE_SHOWS", given(settings.max_active_shows), 1, 1..=100)?,
            host_grace_ms: u64::from(number("HOST_GRACE_SECS", given(settings.host_grace_secs), 60, 1..=86_400)?) * 1000,
            max_sockets_per_visitor: limit("MAX_SOCKETS_PER_VISITOR", given(settings.max_sockets_per_visitor), 50)?,
            max_sockets_per_address: limit("MAX_SOCKETS_PER_ADDRESS", given(settings.max_sockets_per_address), 2000)?,
            first_admin,
            demo: settings.demo,
            payment_test: settings.payment_test,
            selling,
            media: Media::read(settings.media)?,
            log: given(settings.log).unwrap_or_else(|| "info".to_owned()),
        })
    }

    /// Whether people reach the shop over TLS, as far as the settings tell.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(Origin::is_https)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_is_enough() {
        let config = Config::read(Settings::default()).unwrap();
        assert_eq!((config.addr, config.max_active_shows, config.host_grace_ms), (None, 1, 60_000));
        assert_eq!((config.max_sockets_per_visitor, config.max_sockets_per_address), (Some(50), Some(2000)));
        assert!(config.ice_servers.is_empty());
    }

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        let some = |text: &str| Some(text.to_owned());
        let base = Settings::default;
        for (setting, settings) in [
            ("PORT", Settings { port: some("70000"), ..base() }),
            ("--addr", Settings { addr: some("localhost"), ..base() }),
            ("JWT_SECRET", Settings { jwt_secret: some("12345678"), ..base() }),
            ("MONGODB_URI", Settings { mongodb_uri: some("http://db"), ..base() }),
            ("PUBLIC_URL", Settings { public_url: some("shop.example"), ..base() }),
            ("PUBLIC_URL", Settings { public_url: some("https://shop.example/path"), ..base() }),
            ("ALLOWED_ORIGINS", Settings { allowed_origins: some("https://a.example, *"), ..base() }),
            ("TRUSTED_PROXIES", Settings { trusted_proxies: some("proxy"), ..base() }),
            ("ICE_SERVERS", Settings { ice_servers: some("{"), ..base() }),
            ("ICE_SERVERS", Settings { ice_servers: some(r#"[{"url":"stun:x"}]"#), ..base() }),
            ("ICE_SERVERS", Settings { ice_servers: some(r#"[{"urls":"http://x"}]"#), ..base() }),
            ("TURN_SECRET", Settings { turn_urls: some("turn:x"), ..base() }),
            ("TURN_URLS", Settings { turn_secret: some("x"), ..base() }),
            ("AGORA_APP_CERTIFICATE", Settings { agora_app_id: some("x"), ..base() }),
            ("AGORA_APP_ID", Settings { agora_app_id: some("x"), agora_app_certificate: some("y"), ..base() }),
            ("MAX_VIDEO_MIB", Settings { max_video_mib: some("0"), ..base() }),
            ("MAX_PICTURE_MIB", Settings { max_picture_mib: some("ten"), ..base() }),
            ("ADMIN_PASSWORD", Settings { admin_email: some("a@b.c"), ..base() }),
            ("MAX_ACTIVE_SHOWS", Settings { max_active_shows: some("0"), ..base() }),
            ("HOST_GRACE_SECS", Settings { host_grace_secs: some("-1"), ..base() }),
        ] {
            let error = Config::read(settings).unwrap_err();
            assert_eq!(error.setting, setting);
            let line = error.to_string();
            assert!(line.starts_with(setting) && !line.contains('\n') && line.len() > setting.len() + 20, "{line}");
        }
    }
}
