//! The parts that pages are made of. They know the domain's types, never a server function.

pub mod badge;
pub mod chat;
pub mod confirm_button;
pub mod connection_state;
pub mod count;
pub mod describe;
pub mod empty;
pub mod failure;
pub mod field;
pub mod icon;
pub mod mark;
pub mod notice;
pub mod order_lines;
pub mod order_status;
pub mod pager;
pub mod price;
pub mod product_card;
pub mod search;
pub mod show_card;
pub mod skeleton;
pub mod when;
