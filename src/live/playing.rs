//! What plays on while its viewer looks around the shop. The controllers of watched shows live here, above the routes: a
//! page borrows one, and gives it back when it is left. A show that is still on then goes into the dock, with the same
//! socket and the same connection to the host; one that nobody shows any more is dropped, which closes it.

use std::time::Duration;

use leptos::{html, prelude::*, reactive::owner::WeakOwner};

use super::{
    state::{Phase, set},
    watch::Watch,
};
use crate::domain::{id::LivestreamId, livestream::Livestream};

/// A show that somebody watches.
struct Shown {
    show: Livestream,
    watch: Watch,
    /// Owns what the controller is made of; dropped, it closes all of it.
    owner: Owner,
    /// Whether the socket is open.
    is_open: bool,
    /// Whether it goes into the dock when its page is left.
    plays_on: bool,
    /// Pages and docks that show it now; `None` until the first does.
    screens: Option<u32>,
}

/// The context. Copy it freely.
#[derive(Clone, Copy)]
pub struct Playing {
    /// The show in the dock.
    docked: RwSignal<Option<LivestreamId>>,
    shows: StoredValue<Vec<Shown>>,
    owner: StoredValue<WeakOwner>,
}

/// Makes the context known to everything below, which it outlives. Call above the routes.
pub fn provide_playing() -> Playing {
    // Not held fast by what it owns itself.
    let owner = Owner::current().unwrap_or_default().downgrade();
    let playing = Playing { docked: RwSignal::new(None), shows: StoredValue::new(Vec::new()), owner: StoredValue::new(owner) };
    provide_context(playing);
    playing
}

/// The context that the app provides.
pub fn use_playing() -> Playing {
    expect_context()
}

impl Playing {
    /// The controller of this show: the one that plays already, else a new one with nothing opened.
    pub fn borrow(self, show: &Livestream) -> Watch {
        let known = self.with_shows(|shows| {
            let known = shows.iter_mut().find(|shown| shown.show.id == show.id)?;
            // One that has ended is told anew, as the server has it now.
            (known.watch.state.phase.try_get_untracked() != Some(Phase::Ended)).then_some(known.watch)
        });
        if let Some(watch) = known.flatten() {
            return watch;
        }
        let owner = self.owner.get_value().upgrade().unwrap_or_default().child();
        let watch = owner.with(|| Watch::new(show));
        let shown = Shown { show: show.clone(), watch, owner, is_open: false, plays_on: true, screens: None };
        self.with_shows(|shows| shows.push(shown));
        watch
    }

    /// Plays into this element of a page until the present owner is cleaned up; connects first if that is not done yet, and
    /// says so. Call in the browser, in an effect.
    pub fn show_on_page(self, watch: Watch, video: NodeRef<html::Video>) -> bool {
        set(self.docked, None);
        let opened = self.show_in(watch, video);
        on_cleanup(move || {
            let docks = self.leave(watch);
            if docks.is_some() {
                set(self.docked, docks);
            }
            self.settle_soon();
        });
        opened
    }

    /// Plays into this element of the dock until the present owner is cleaned up. Call in the browser, in an effect.
    pub fn show_in_dock(self, watch: Watch, video: NodeRef<html::Video>) {
        self.show_in(watch, video);
        on_cleanup(move || {
            self.leave(watch);
            self.settle_soon();
        });
    }

    /// What stands in the dock: changes with the signal behind it.
    pub fn docked(self) -> Option<(Livestream, Watch)> {
        let id = self.docked.get()?;
        self.with_shows(|shows| shows.iter().find(|shown| shown.show.id == id).map(|shown| (shown.show.clone(), shown.watch)))?
    }

    /// Takes the show out of the dock, and with that closes it.
    pub fn close_dock(self) {
        set(self.docked, None);
        self.settle_soon();
    }

    /// The page of this show is about to be left for good: it does not go into the dock.
    pub fn part_with(self, watch: Watch) {
        self.with_shows(|shows| shows.iter_mut().filter(|shown| is(shown, watch)).for_each(|shown| shown.plays_on = false));
    }

    /// Comes to every show again as who the visitor is now; the pictures play on meanwhile.
    pub fn come_anew(self) {
        self.with_shows(|shows| shows.iter().filter(|shown| shown.is_open).for_each(|shown| shown.watch.come_anew()));
    }

    fn show_in(self, watch: Watch, video: NodeRef<html::Video>) -> bool {
        let opening = self.with_shows(|shows| {
            let shown = shows.iter_mut().find(|shown| is(shown, watch))?;
            shown.screens = Some(shown.screens.unwrap_or(0) + 1);
            shown.plays_on = true;
            let is_over = watch.state.phase.get_untracked() == Phase::Ended;
            // A show that is over needs no line to it.
            let opens = !std::mem::replace(&mut shown.is_open, !is_over) && !is_over;
            Some((opens, shown.owner.clone()))
        });
        match opening.flatten() {
            Some((true, owner)) => {
                owner.with(|| watch.open(video));
                true
            }
            _ => {
                watch.show_in(video);
                false
            }
        }
    }

    // The show, if it would play on in the dock.
    fn leave(self, watch: Watch) -> Option<LivestreamId> {
        self.with_shows(|shows| {
            let shown = shows.iter_mut().find(|shown| is(shown, watch))?;
            let screens = shown.screens.unwrap_or(0).saturating_sub(1);
            shown.screens = Some(screens);
            let is_on = matches!(watch.state.phase.try_get_untracked(), Some(Phase::Live | Phase::HostAway));
            (screens == 0 && shown.is_open && shown.plays_on && is_on).then_some(shown.show.id)
        })?
    }

    // Later: views that are on their way out may still look at what they showed.
    fn settle_soon(self) {
        set_timeout(
            move || {
                let docked = self.docked.try_get_untracked().flatten();
                let gone = self.with_shows(|shows| {
                    let is_gone = |shown: &mut Shown| shown.screens == Some(0) && docked != Some(shown.show.id);
                    shows.extract_if(.., is_gone).collect::<Vec<_>>()
                });
                // Outside of the list: what is closed may look at it.
                gone.into_iter().flatten().for_each(|shown| shown.owner.cleanup());
            },
            Duration::ZERO,
        );
    }

    fn with_shows<T>(self, run: impl FnOnce(&mut Vec<Shown>) -> T) -> Option<T> {
        self.shows.try_update_value(run)
    }
}

fn is(shown: &Shown, watch: Watch) -> bool {
    shown.watch.state.phase == watch.state.phase
}
