//! The studio: preparing a show and running it.

pub mod draft;
pub mod health;
pub mod host;
pub mod host_bar;
pub mod orders;
pub mod recording_line;
pub mod setup;
pub mod shelf;
pub mod shelf_row;
pub mod source_picker;
pub mod stage;
pub mod stop_button;
pub mod studio_page;
pub mod studio_room;
pub mod summary;
