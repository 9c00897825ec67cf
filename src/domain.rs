//! What the shop is: plain serde types and the rules that need nothing else.
//!
//! Shared by server and browser. Never async, never IO, never a framework; knows no other module of the crate.

pub mod analytics;
pub mod calendar;
pub mod captions;
pub mod cart;
pub mod chat;
pub mod checkout;
pub mod edit;
pub mod feed;
pub mod frames;
pub mod id;
pub mod ingest;
pub mod keeping;
pub mod like;
pub mod livestream;
pub mod moderation;
pub mod money;
pub mod order;
pub mod picture;
pub mod pin;
pub mod product;
pub mod recording;
pub mod reel;
pub mod replay;
pub mod time;
pub mod user;
pub mod validate;
