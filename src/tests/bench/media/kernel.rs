//! What the kernel says of this bench.

use std::{collections::BTreeSet, time::Duration};

/// Processor time of the calling thread so far.
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// Datagrams that came for these UDP ports and found them full. `None` where the kernel does not say.
pub fn thrown_away(ports: &BTreeSet<u16>) -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/udp").ok()?;
    let heading = table.lines().next()?;
    // The last column, and in the second the address with its port, in hexadecimal digits.
    if heading.split_whitespace().last() != Some("drops") {
        return None;
    }
    let thrown_away = |line: &str| {
        let port = u16::from_str_radix(line.split_whitespace().nth(1)?.rsplit(':').next()?, 16).ok()?;
        if ports.contains(&port) { line.split_whitespace().last()?.parse::<u64>().ok() } else { None }
    };
    Some(table.lines().skip(1).filter_map(thrown_away).sum())
}
