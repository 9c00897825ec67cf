//! What is bought in the show, told to its hosts as it comes. Never to anybody else: not even how many.

use super::{Effect, Room, SeatId};
use crate::{
    domain::feed::FeedOrder,
    protocol::downward::{Downward, OrderEvent},
};

impl Room {
    pub(super) fn tell_order(&self, order: FeedOrder, out: &mut Vec<Effect>) {
        let hosts: Vec<SeatId> = self.seats.iter().filter(|(_, seat)| seat.occupant.admin).map(|(id, _)| *id).collect();
        if !hosts.is_empty() {
            let event = OrderEvent { stream_id: self.show.id, order };
            out.push(Effect::SendMany(hosts, Box::new(Downward::ShowOrder(event))));
        }
    }
}
