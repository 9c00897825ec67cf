//! Small things of the page that views need and may not ask the browser for themselves.

use crate::{
    browser::page::{self, Memory},
    domain::id::LivestreamId,
};

const NAME: &str = "wrencos.name";
const SHOW: &str = "wrencos.show";
/// For how long what lies in the cart is owed to the show it was seen in.
const SHOW_COUNTS_MS: i64 = 12 * 3600 * 1000;

/// Leaves `wrencos:<name>` on the page's timeline, for measurements.
pub fn mark(name: &str) {
    page::mark(&format!("wrencos:{name}"));
}

/// Whether `wrencos:<name>` is on the page's timeline.
pub fn is_marked(name: &str) -> bool {
    page::is_marked(&format!("wrencos:{name}"))
}

/// Leaves a failure that nobody handles, as a program does that could not be loaded: the document's own script hears of it.
pub fn fail(why: &str) {
    page::fail(why);
}

/// The name a guest gave the last time, in this browser.
pub fn guest_name() -> Option<String> {
    page::recall(Memory::Browser, NAME)
}

/// Remembers the name a guest gave.
pub fn remember_guest_name(name: &str) {
    page::remember(Memory::Browser, NAME, name);
}

/// Remembers, for some hours and for every tab of this browser, in which show something was put into the cart.
pub fn remember_show(show: LivestreamId) {
    page::remember(Memory::Browser, SHOW, &format!("{} {show}", page::wall_clock_ms()));
}

/// The show that was remembered last, if that is not too long ago.
pub fn remembered_show() -> Option<LivestreamId> {
    let kept = page::recall(Memory::Browser, SHOW)?;
    let (at, show) = kept.split_once(' ')?;
    let age_ms = page::wall_clock_ms() - at.parse::<i64>().ok()?;
    (0..SHOW_COUNTS_MS).contains(&age_ms).then(|| show.parse().ok())?
}

/// Forgets the show: what was bought in it is bought.
pub fn forget_show() {
    page::forget(Memory::Browser, SHOW);
}
