//! Money: whole minor units of an ISO 4217 currency. Never a float.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A three-letter ISO 4217 code, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollar, the currency of a product that names none.
    pub const USD: Self = Self(*b"USD");

    /// The currency with this code in either case, if it is three letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|byte| byte.to_ascii_uppercase())))
    }

    /// Its code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }

    /// Decimal places of the minor unit (ISO 4217 table A.1).
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("a currency is a three-letter ISO 4217 code"))
    }
}

/// An amount as people read it: `$12.99`, `₫250,000`, `SEK 99.00`. `minor` is in minor units.
pub fn format_price(minor: i64, currency: Currency) -> String {
    let exponent = currency.exponent();
    let unit = 10_u64.pow(exponent);
    let (whole, fraction) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let mut digits = whole.to_string();
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, ',');
    }
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let symbol = match currency.code() {
        "USD" => "$",
        "EUR" => "\u{20ac}",
        "GBP" => "\u{a3}",
        "JPY" => "\u{a5}",
        "VND" => "\u{20ab}",
        "KRW" => "\u{20a9}",
        "INR" => "\u{20b9}",
        _ => "",
    };
    let prefix = if symbol.is_empty() { format!("{}\u{a0}", currency.code()) } else { symbol.to_owned() };
    if exponent == 0 { format!("{sign}{prefix}{digits}") } else { format!("{sign}{prefix}{digits}.{fraction:0width$}", width = exponent as usize) }
}

/// What a person typed (`12`, `12.5`, `1,299.00`) as minor units; `None` if it is no amount of this currency.
pub fn parse_price(text: &str, currency: Currency) -> Option<i64> {
    let cleaned: String = text.trim().chars().filter(|c| *c != ',' && *c != ' ').collect();
    let (whole, fraction) = cleaned.split_once('.').unwrap_or((&cleaned, ""));
    let places = currency.exponent() as usize;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_as_people_write_them() {
        let vnd = Currency::parse("vnd").unwrap();
        assert_eq!(format_price(129_900, Currency::USD), "$1,299.00");
        assert_eq!(format_price(5, Currency::USD), "$0.05");
        assert_eq!(format_price(250_000, vnd), "\u{20ab}250,000");
        assert_eq!(format_price(9900, Currency::parse("SEK").unwrap()), "SEK\u{a0}99.00");
        assert_eq!(parse_price("1,299.5", Currency::USD), Some(129_950));
        assert_eq!(parse_price("250000", vnd), Some(250_000));
        for wrong in ["", ".", "1.234", "-1", "1e3", "12a"] {
            assert_eq!(parse_price(wrong, Currency::USD), None, "{wrong}");
        }
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert!(["", "US", "USDT", "U$D", "\u{e9}A"].iter().all(|code| Currency::parse(code).is_none()));
    }
}
