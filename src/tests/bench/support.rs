//! What all benches need.

/// The number that follows a name on the command line, as in `--seconds 10`.
pub fn number(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number, not {value:?}")))
}

/// The value that so many percent do not exceed; `sorted` ascends. 0 if there is none.
pub fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}
