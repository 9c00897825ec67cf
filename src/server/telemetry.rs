//! Logs and metrics. Never logs tokens, passwords, session descriptions or addresses of people.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use super::config::ConfigError;

/// Starts logging to standard error: lines for a terminal, JSON where `LOG_FORMAT=json`.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(filter: &str) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| ConfigError::new("RUST_LOG", format!("\"{filter}\" cannot be read"), "Write it like info or wrencos=debug,info."))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let json = std::env::var("LOG_FORMAT").is_ok_and(|format| format == "json");
    // A second start, as in tests, keeps the first.
    let _ = if json { builder.json().try_init() } else { builder.try_init() };
    Ok(())
}

/// The metrics of this process, for `/metrics`.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Fails only where another recorder is installed already; then ours stays empty.
        let _ = ::metrics::set_global_recorder(recorder);
        handle
    })
}

/// A short random reference by which a person can name a fault and we can find it in the log.
pub fn reference() -> String {
    format!("{:08x}", rand::random::<u32>())
}
