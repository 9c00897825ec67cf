//! A seat in a room, held by a socket: dropping it leaves the room.

use super::{
    actor::{Message, RoomHandle},
    room::{Event, SeatId},
};
use crate::{domain::id::LivestreamId, protocol::upward::Upward};

/// A seat that is taken. There is no other way to leave a room than to drop it.
#[derive(Debug)]
pub struct Seat {
    id: SeatId,
    room: RoomHandle,
}

impl Seat {
    /// A seat for which the room has been sent a join.
    pub(super) fn new(id: SeatId, room: RoomHandle) -> Self {
        Self { id, room }
    }

    /// The room it stands in.
    pub fn room(&self) -> &RoomHandle {
        &self.room
    }

    /// The show of the room.
    pub fn show(&self) -> LivestreamId {
        self.room.show()
    }

    /// Hands a frame to the room. Waits while the room is behind, which in turn stops the reading of this socket.
    pub async fn say(&self, frame: Upward) {
        self.room.send(Message::Event(Event::Frame(self.id, Box::new(frame)))).await;
    }

    /// The page behind it is left.
    pub(super) fn farewell(&self) {
        self.room.farewell(self.id);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.leave(self.id);
    }
}
