//! What this machine gives the test's process, and what the process takes of it.

use std::fs;

/// Memory that this process holds, in KiB.
pub fn resident_kib() -> u64 {
    status("VmRSS:")
}

/// The most that it ever held, in KiB.
pub fn most_resident_kib() -> u64 {
    status("VmHWM:")
}

/// Files and sockets that it may have open.
pub fn most_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    line.split_whitespace().nth(3).unwrap().parse().unwrap_or(usize::MAX)
}

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().trim_end_matches(" kB").parse().unwrap()
}
