//! Watching a show.

pub mod coming_up;
pub mod dock;
pub mod like_button;
pub mod pinned_shelf;
pub mod player;
pub mod quality_menu;
pub mod rewind_bar;
pub mod show_ended;
pub mod watch_page;
pub mod watch_room;
