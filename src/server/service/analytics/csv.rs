//! Tables for spreadsheets. What somebody else wrote (the name of a product) never becomes a formula there.

use crate::domain::{analytics::ShowReport, money::Currency};

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// One line per product.
    #[default]
    Products,
    /// One line per part of the show.
    Timeline,
}

impl Table {
    /// Its name in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Timeline => "timeline",
        }
    }
}

/// The table as RFC 4180 has it, in UTF-8 with the mark by which spreadsheets know that.
pub fn write(report: &ShowReport, table: Table) -> String {
    let mut text = String::from("\u{feff}");
    let analytics = &report.analytics;
    match table {
        Table::Products => {
            line(&mut text, ["product", "name", "pinnedSeconds", "clicks", "addedToCart", "orders", "units", "revenue", "currency"].map(str::to_owned));
            for product in &analytics.products {
                line(
                    &mut text,
                    [
                        product.product_id.to_string(),
                        product.name.clone(),
                        product.pinned_seconds.to_string(),
                        product.clicks.to_string(),
                        product.added_to_cart.to_string(),
                        product.orders.to_string(),
                        product.units.to_string(),
                        amount(product.revenue, analytics.currency),
                        analytics.currency.code().to_owned(),
                    ],
                );
            }
        }
        Table::Timeline => {
            line(&mut text, ["from", "viewers", "likes", "chats", "orders"].map(str::to_owned));
            for point in &analytics.timeline {
                line(&mut text, [point.t.to_string(), point.viewers.to_string(), point.likes.to_string(), point.chats.to_string(), point.orders.to_string()]);
            }
        }
    }
    text
}

fn line<const N: usize>(text: &mut String, cells: [String; N]) {
    for (place, content) in cells.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&cell(&content));
    }
    text.push_str("\r\n");
}

/// One cell. A spreadsheet takes what begins like this for a formula; behind an apostrophe it is text.
fn cell(content: &str) -> String {
    let formula =
        content.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']) || content.starts_with(['\t', '\r', '\n']);
    let safe = if formula { format!("'{content}") } else { content.to_owned() };
    if safe.contains([',', '"', '\r', '\n', ';', '\t']) || formula { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// An amount in major units, without signs that depend on a country.
fn amount(minor: i64, currency: Currency) -> String {
    let places = currency.exponent() as usize;
    let unit = 10_u64.pow(currency.exponent());
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    if places == 0 { whole.to_string() } else { format!("{whole}.{rest:0places$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\u{ff1d}1", "=cmd|' /C calc'!A0"] {
            let cell = cell(formula);
            assert!(cell.starts_with("\"'") && cell.ends_with('"'), "{cell}");
        }
        assert_eq!(cell("Soap, \"fine\""), "\"Soap, \"\"fine\"\"\"");
        assert_eq!([cell("Soap"), cell("a-b"), cell("")], ["Soap", "a-b", ""]);
    }

    #[test]
    fn amounts_are_plain_numbers() {
        let dong = Currency::parse("VND").unwrap();
        assert_eq!([amount(129_905, Currency::USD), amount(5, Currency::USD), amount(250_000, dong)], ["1299.05", "0.05", "250000"]);
    }
}
