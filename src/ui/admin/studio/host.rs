//! What a host can do in the studio, in one place for all its panels.

use leptos::prelude::*;

use super::draft::draft;
use crate::{
    api::{
        livestreams::{create_livestream, start_livestream, stop_livestream},
        pins::{pin_product, pinned_products, reorder_pins, unpin_product},
        recordings::set_recording,
    },
    domain::{
        id::{LivestreamId, ProductId},
        livestream::{Livestream, LivestreamStatus, NewLivestream},
        pin::PinnedProduct,
    },
    error::AppError,
    live::{
        broadcast::{AirState, Broadcast},
        state::{Connection, Phase},
    },
};

/// The studio of one show, or of one to be. Copy it freely.
#[derive(Clone, Copy)]
pub struct Host {
    pub broadcast: Broadcast,
    /// The show, once it exists.
    pub show: RwSignal<Option<Livestream>>,
    /// Something is being asked of the server that must not be asked twice.
    pub busy: RwSignal<bool>,
    /// Why the last thing was refused.
    pub refusal: RwSignal<Option<AppError>>,
    /// Whether a show to be is to be recorded.
    pub record: RwSignal<bool>,
    /// The number of the latest change of the shelf that was asked for.
    shelvings: StoredValue<u32>,
    /// Told once, when the show comes into being.
    on_created: Callback<LivestreamId>,
    on_open: Callback<LivestreamId>,
}

impl Host {
    /// The studio of this show; `None` is one to be.
    pub fn new(show: Option<Livestream>, on_created: Callback<LivestreamId>, on_open: Callback<LivestreamId>) -> Self {
        let broadcast = Broadcast::new(show.as_ref().unwrap_or(&draft()));
        Self {
            broadcast,
            show: RwSignal::new(show),
            busy: RwSignal::new(false),
            refusal: RwSignal::new(None),
            record: RwSignal::new(true),
            shelvings: StoredValue::new(0),
            on_created,
            on_open,
        }
    }

    /// Whether the show is over, whoever ended it.
    pub fn is_over(self) -> bool {
        self.broadcast.air.get() == AirState::Ended || self.broadcast.state.phase.get() == Phase::Ended
    }

    /// Whether there is a show that runs.
    pub fn is_running(self) -> bool {
        self.show.with(|show| show.as_ref().is_some_and(|show| show.status == LivestreamStatus::Live)) && !self.is_over()
    }

    /// Makes the show if there is none, starts it if it waits, and goes on air with it.
    pub fn go_live(self, plan: NewLivestream) {
        if self.busy.get_untracked() {
            return;
        }
        self.refusal.set(None);
        let existing = self.show.get_untracked();
        let plan = match (&existing, plan.checked()) {
            (None, Err(fields)) => return self.refusal.set(Some(fields.into())),
            (_, plan) => plan.unwrap_or_default(),
        };
        self.ask(async move {
            let show = match existing {
                None => create_livestream(plan.title, plan.description, self.broadcast.quality.get_untracked()).await?,
                Some(show) if show.status == LivestreamStatus::Scheduled => start_livestream(show.id).await?,
                Some(show) => show,
            };
            let is_new = self.show.with_untracked(Option::is_none);
            // The task that records asks the server.
            if is_new && !self.record.get_untracked() {
                set_recording(show.id, false).await?;
            }
            self.show.set(Some(show.clone()));
            self.broadcast.go_live(&show);
            if is_new {
                self.on_created.run(show.id);
            }
            Ok(())
        });
    }

    /// Starts a show that waits, and leaves its picture to another program.
    pub fn start(self) {
        let Some(id) = self.show_id() else { return };
        self.refusal.set(None);
        self.ask(async move {
            self.show.set(Some(start_livestream(id).await?));
            Ok(())
        });
    }

    /// Leaves for the studio of another show.
    pub fn open_other(self, id: LivestreamId) {
        self.on_open.run(id);
    }

    /// Ends the show for everyone.
    pub fn stop(self) {
        let Some(id) = self.show_id() else { return };
        self.ask(async move {
            let ended = stop_livestream(id).await?;
            self.broadcast.leave_air();
            self.show.set(Some(ended));
            Ok(())
        });
    }

    /// Puts a product on the shelf.
    pub fn pin(self, product: ProductId) {
        self.shelve(move |show| pin_product(show, product));
    }

    /// Takes a product off the shelf.
    pub fn unpin(self, product: ProductId) {
        self.shelve(move |show| unpin_product(show, product));
    }

    /// Puts the shelf in this order: at once here, and for everyone when the server has it.
    pub fn reorder(self, order: Vec<ProductId>) {
        self.broadcast.state.pins.update(|pins| pins.sort_by_key(|pin| order.iter().position(|id| *id == pin.product_id)));
        self.shelve(move |show| reorder_pins(show, order));
    }

    fn shelve<F>(self, write: impl FnOnce(LivestreamId) -> F + 'static)
    where
        F: Future<Output = Result<Vec<PinnedProduct>, AppError>> + 'static,
    {
        let Some(show) = self.show_id() else { return };
        let number = self.next_shelving();
        leptos::task::spawn_local(async move {
            match write(show).await {
                Ok(pins) => self.shelf_written(number, pins),
                Err(error) => {
                    self.broadcast.state.notice.try_set(Some(error.message));
                    // Whatever was assumed here is not how it is: what the server has counts.
                    if let Ok(pins) = pinned_products(show).await {
                        self.shelf_read(number, pins);
                    }
                }
            }
        });
    }

    fn next_shelving(self) -> u32 {
        let number = self.shelvings.get_value().wrapping_add(1);
        self.shelvings.set_value(number);
        number
    }

    /// How the shelf was after a change of ours. A page with a seat in the show is told there, in the order of all changes.
    fn shelf_written(self, number: u32, pins: Vec<PinnedProduct>) {
        let connection = self.broadcast.state.connection.try_get_untracked();
        let is_seated = connection == Some(Connection::Online) && self.broadcast.air.try_get_untracked() != Some(AirState::Off);
        if !is_seated {
            self.shelf_read(number, pins);
        }
    }

    /// How the shelf was when this change was asked for or refused: old news where another has been asked for since.
    fn shelf_read(self, number: u32, pins: Vec<PinnedProduct>) {
        if self.shelvings.try_get_value() == Some(number) {
            self.broadcast.state.pins.try_set(pins);
        }
    }

    fn show_id(self) -> Option<LivestreamId> {
        self.show.with_untracked(|show| show.as_ref().map(|show| show.id))
    }

    fn ask(self, work: impl Future<Output = Result<(), AppError>> + 'static) {
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            if let Err(error) = work.await {
                self.refusal.set(Some(error));
            }
            self.busy.set(false);
        });
    }
}

/// Whether a refusal says that another show is live.
pub fn another_is_live(error: &AppError) -> bool {
    error.code == "livestream_active"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{money::Currency, product::Product, time::Timestamp};

    fn pin(byte: u8) -> PinnedProduct {
        let product = Product {
            id: ProductId::from_bytes([byte; 12]),
            name: String::new(),
            description: String::new(),
            price: 0,
            currency: Currency::default(),
            images: Vec::new(),
            stock: 0,
            held: 0,
            max_per_customer: None,
            sku: String::new(),
            active: true,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        };
        PinnedProduct { product_id: product.id, product, pinned_at: Timestamp::default(), display_order: 0, is_active: true }
    }

    #[test]
    fn an_old_answer_never_takes_the_place_of_a_newer_shelf() {
        let owner = Owner::new();
        owner.with(|| {
            let host = Host::new(None, Callback::new(|_| {}), Callback::new(|_| {}));
            let (state, air) = (host.broadcast.state, host.broadcast.air);
            let shelf = || state.pins.get_untracked().iter().map(|pin| pin.product_id.to_string()[..2].to_owned()).collect::<Vec<_>>();

            let (first, second) = (host.next_shelving(), host.next_shelving());
            host.shelf_written(second, vec![pin(1), pin(2)]);
            host.shelf_written(first, vec![pin(1)]);
            assert_eq!(shelf(), ["01", "02"]);

            // In the show the hub tells of every change in order: an answer that was overtaken by it is old news.
            state.connection.set(Connection::Online);
            air.set(AirState::OnAir);
            let third = host.next_shelving();
            state.pins.set(vec![pin(3)]);
            host.shelf_written(third, vec![pin(1)]);
            assert_eq!(shelf(), ["03"]);
            // What was refused has changed nothing that the hub would tell of.
            host.shelf_read(third, vec![pin(4)]);
            assert_eq!(shelf(), ["04"]);
        });
    }
}
