//! What hosts see. All of it but the frame is loaded when it is needed: customers never wait for it.

pub mod analytics;
mod encoder_page;
pub mod layout;
pub mod orders_page;
pub mod people;
pub mod picture_field;
pub mod plan_form;
pub mod plan_page;
pub mod poster_field;
pub mod product_form;
pub mod products_page;
pub mod replay;
pub mod routes;
pub mod settings_page;
pub mod shows_page;
pub mod studio;
