//! What those see who keep order in the chat: the tools beside a show, the moderators' pages. Loaded when it is needed.

pub mod chat_settings;
pub mod desk;
pub mod guard;
pub mod join_page;
pub mod line_tools;
pub mod moderate_page;
pub mod sanction_row;
pub mod shows_page;
