//! A host's viewers: a line for each, opened when it asks, mended once when it fails, dropped when it is gone.

use super::{Event, Host};
use crate::{
    browser::{
        error::MediaError,
        page,
        peer::{IcePath, PeerEvent},
        sizes::Sizes,
    },
    domain::id::PeerId,
    live::{
        broadcast::{
            AirState,
            line::{self, Admission, Line, Remedy},
        },
        state::set,
    },
    protocol::{
        downward::Downward,
        signal::SessionDescription,
        upward::{Candidate, Offer, Upward},
    },
};

impl Host {
    pub(super) fn signal(&mut self, frame: Downward) {
        match frame {
            Downward::WebrtcNewCustomer(waiting) => {
                self.on_air();
                self.viewer_asks(waiting.peer_id, if waiting.layers { Sizes::Three } else { Sizes::One });
            }
            // Dropped, the connection is closed: nothing is sent to them any more.
            Downward::WebrtcCustomerGone(gone) => {
                self.lines.retain(|line| line.viewer != gone.peer_id);
                self.show_health();
            }
            Downward::WebrtcAnswer(from) => {
                let Some(line) = self.lines.iter().find(|line| line.viewer == from.from) else { return };
                let number = line.number;
                self.post.spawn(line.peer.accept(&from.answer), move |outcome| Event::Accepted(number, outcome));
            }
            Downward::WebrtcIceCandidate(from) => {
                if let (Some(line), Some(candidate)) = (self.lines.iter().find(|line| line.viewer == from.from), from.candidate) {
                    line.peer.add_candidate(candidate);
                }
            }
            _ => {}
        }
    }

    pub(super) fn viewer_asks(&mut self, viewer: PeerId, sizes: Sizes) {
        let now_ms = page::now_ms();
        if matches!(self.air(), AirState::Elsewhere | AirState::Off | AirState::Ended) {
            return;
        }
        let known = self.lines.iter().position(|line| line.viewer == viewer);
        if known.is_some_and(|at| !self.lines[at].asked(now_ms)) {
            return;
        }
        if known.is_none() {
            match line::admission(&self.lines, now_ms) {
                Admission::Free => {}
                Admission::InPlaceOf(at) => drop(self.lines.swap_remove(at)),
                Admission::Full => return,
            }
        }
        self.line_count = self.line_count.wrapping_add(1);
        let (number, post) = (self.line_count, self.post.clone());
        let (is_camera_on, quality, servers) = (self.is_camera_on(), self.quality(), &self.ice_servers);
        let tell = move |event| post.send(Event::Peer(number, event));
        let opened = self.sources.with_media(is_camera_on, quality, |media| Line::open(number, viewer, sizes, media, servers, now_ms, tell));
        let Some(Ok(mut line)) = opened else { return };
        if let Some(at) = known {
            line.succeed(self.lines.swap_remove(at));
        }
        self.offer(&line, IcePath::Keep);
        self.lines.push(line);
    }

    pub(super) fn offer(&self, line: &Line, path: IcePath) {
        let number = line.number;
        self.post.spawn(line.offer(self.quality(), path), move |outcome| Event::Offered(number, outcome));
    }

    pub(super) fn peer_event(&mut self, number: u32, event: PeerEvent) {
        let Some(at) = self.lines.iter().position(|line| line.number == number) else { return };
        match event {
            PeerEvent::Candidate(candidate) => {
                let to = Some(self.lines[at].viewer.clone());
                if let Some(session) = &self.session {
                    session.send(&Upward::WebrtcIceCandidate(Candidate { to, candidate: Some(candidate) }));
                }
            }
            PeerEvent::State(state) => {
                match self.lines[at].changed(state, page::now_ms()) {
                    Remedy::None => {}
                    Remedy::Restart => self.offer(&self.lines[at], IcePath::Restart),
                    Remedy::GiveUp => drop(self.lines.swap_remove(at)),
                }
                self.show_health();
            }
            // Viewers send nothing.
            PeerEvent::Stream(_) => {}
        }
    }

    pub(super) fn offered(&mut self, number: u32, outcome: Result<SessionDescription, MediaError>) {
        let Some(at) = self.lines.iter().position(|line| line.number == number) else { return };
        match (outcome, &self.session) {
            (Ok(offer), Some(session)) => {
                session.send(&Upward::WebrtcOffer(Offer { to: Some(self.lines[at].viewer.clone()), offer }));
            }
            // The viewer asks again.
            _ => drop(self.lines.swap_remove(at)),
        }
    }

    pub(super) fn tick(&mut self) {
        let now_ms = page::now_ms();
        self.lines.retain(|line| !line.is_gone(now_ms));
        for line in &self.lines {
            let number = line.number;
            self.post.spawn(line.peer.sample(), move |sample| Event::Sampled(number, sample));
        }
        self.show_health();
    }

    pub(super) fn show_health(&self) {
        set(self.page.peers, self.lines.iter().map(Line::health).collect());
    }
}
