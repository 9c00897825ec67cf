//! `wrencos import`: a bar while it runs, a report when it is done.

use std::{io::IsTerminal, time::Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::say;
use crate::server::{
    config::PriceUnit,
    service::import::{self, Kind, Mode, Progress},
    state::AppState,
};

/// Takes over what is in the database at `from`.
pub async fn run(state: &AppState, from: &str, dry_run: bool, prices: PriceUnit) -> anyhow::Result<()> {
    let began = Instant::now();
    let mode = if dry_run { Mode::DryRun } else { Mode::Write };
    let target = if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    bar.set_style(ProgressStyle::with_template("{msg:<10} {bar:30} {pos}/{len} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut under_way: Option<Kind> = None;
    let mut show = |Progress { kind, done, of }: Progress| {
        if under_way != Some(kind) {
            under_way = Some(kind);
            bar.set_message(kind.label());
        }
        bar.set_length(of);
        bar.set_position(done);
    };
    let report = import::import(&state.db, from, mode, prices, &mut show).await;
    bar.finish_and_clear();
    say(&format!("{}\n", report?));
    let memory = peak_memory_bytes().map_or_else(String::new, |bytes| format!(", with at most {} of memory", HumanBytes(bytes)));
    let seconds = began.elapsed().as_secs_f64();
    say(&format!("{} in {seconds:.1} s{memory}.\n", if dry_run { "Nothing was written. Read" } else { "Done" }));
    Ok(())
}

/// The most memory this process ever held, where the system says so.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kibibytes * 1024)
}
