//! The beginning of a checkout: what is held back for it, and what its form begins with.

use serde::{Deserialize, Serialize};

use super::{
    order::{Address, Contact},
    time::Timestamp,
};

/// The longest text of one field that is kept for a form, in characters.
const MAX_KEPT_CHARS: usize = 600;

/// Stock that is held back for one customer, until a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// By this name it is let go: a page that is left late lets go of its own hold, never of a newer one.
    pub id: String,
    pub until: Timestamp,
    /// The same in whole seconds from the answer on: the customer's clock may be another.
    pub seconds_left: u32,
}

/// What a checkout form begins with: what was typed before, else what the last order said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FormStart {
    pub contact: Contact,
    pub address: Address,
    pub note: String,
}

impl FormStart {
    /// The same without what no form can have held.
    pub fn kept(mut self) -> Self {
        let Self { contact, address, note } = &mut self;
        let Contact { name, email, phone } = contact;
        let Address { line1, line2, city, postal_code, country } = address;
        for text in [name, email, phone, line1, line2, city, postal_code, country, note] {
            if let Some((end, _)) = text.char_indices().nth(MAX_KEPT_CHARS) {
                text.truncate(end);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_form_is_bounded() {
        let form = FormStart { note: "\u{e9}".repeat(5000), ..FormStart::default() }.kept();
        assert_eq!(form.note.chars().count(), MAX_KEPT_CHARS);
        let short = FormStart { note: "Ring twice".into(), ..FormStart::default() };
        assert_eq!(short.clone().kept(), short);
    }
}
