//! Numbers in small places.

/// `999`, `1.2k`, `34k`, `5.6m`.
pub fn short_count(count: u64) -> String {
    let tenths = |unit: u64, suffix: &str| {
        let tenths = count / (unit / 10);
        if tenths < 100 && !tenths.is_multiple_of(10) { format!("{}.{}{suffix}", tenths / 10, tenths % 10) } else { format!("{}{suffix}", tenths / 10) }
    };
    match count {
        0..1000 => count.to_string(),
        1000..1_000_000 => tenths(1000, "k"),
        _ => tenths(1_000_000, "m"),
    }
}

/// A number with its noun: `1 heart`, `2 hearts`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short() {
        let shown = [0, 999, 1000, 1250, 10_400, 999_999, 5_600_000].map(short_count);
        assert_eq!(shown, ["0", "999", "1k", "1.2k", "10k", "999k", "5.6m"]);
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "heart", "hearts")), ["0 hearts", "1 heart", "2 hearts"]);
    }
}
