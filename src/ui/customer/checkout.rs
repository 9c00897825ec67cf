//! The parts of the checkout.

pub mod hold_clock;
pub mod pay_choice;
pub mod summary;
