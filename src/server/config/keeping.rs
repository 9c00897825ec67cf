//! Settings of what is kept of shows, and for how long.

use clap::Args;

use super::{ConfigError, parse::limit};

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
pub struct KeepingSettings {
    /// Days after which the film of a show is removed; 0: never [default: 0]
    #[arg(long, env = "RECORDINGS_RETENTION_DAYS", global = true, hide_env_values = true)]
    pub recordings_retention_days: Option<String>,
    /// Remove the oldest films when recordings take more than nine tenths of RECORDINGS_QUOTA_MIB
    #[arg(long, env = "RECORDINGS_MAKE_ROOM", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, global = true)]
    pub recordings_make_room: bool,
}

/// Settings that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// `None`: films are kept for ever.
    pub retention_days: Option<u32>,
    /// Whether the oldest films give way to new ones.
    pub make_room: bool,
}

impl Keeping {
    /// Checks them against the limit for all recordings.
    pub(super) fn read(settings: KeepingSettings, quota_bytes: Option<u64>) -> Result<Self, ConfigError> {
        let days = settings.recordings_retention_days.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if settings.recordings_make_room && quota_bytes.is_none() {
            let remedy = "Say by RECORDINGS_QUOTA_MIB how much all recordings may take, or unset it.";
            return Err(ConfigError::new("RECORDINGS_MAKE_ROOM", "there is no limit to make room for", remedy));
        }
        Ok(Self { retention_days: limit("RECORDINGS_RETENTION_DAYS", days, 0)?, make_room: settings.recordings_make_room })
    }
}
