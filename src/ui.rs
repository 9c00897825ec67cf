//! What people see. Owns views and their state; reaches the browser through `live` alone and data through `api` alone.
//!
//! Rendering is equal on both sides: no clock, no chance, no locale. What only the browser knows arrives in an effect.

pub mod admin;
pub mod auth;
pub mod cart;
pub mod components;
pub mod customer;
pub mod forbidden;
mod known;
pub mod layout;
mod lazy_pages;
pub mod moderate;
pub mod not_found;
pub mod page_status;
pub mod ready;
pub mod session;
pub mod sharing;
