//! Orders: placed, read, moved on. The only place that puts cart, stock, payment and show together.

use crate::{
    domain::{
        checkout::FormStart,
        feed::{FeedOrder, ShowOrders},
        id::{LivestreamId, OrderId, ProductId},
        livestream::LivestreamStatus,
        order::{Actor, NewOrder, Order, OrderNumber, OrderPage, OrderStatus, PaymentMethod},
        user::User,
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::{
            caller::{Admin, Caller, SignedIn},
            throttle::Buying,
        },
        db::{
            carts::Change,
            events::EventData,
            new_id,
            orders::{Checkout, Draft, OrderQuery, Shortage},
        },
        hub::room::Ask,
        service::{
            carts::{self, OUT_OF_STOCK, product_field},
            holds,
            page::Page,
            payment,
        },
        state::AppState,
    },
};

/// The longest key by which a client marks a request, in characters.
const MAX_KEY_CHARS: usize = 128;
/// The code of a refusal because one customer would have more than they may.
pub const CUSTOMER_LIMIT: &str = "customer_limit";
/// How often an order number is drawn again, or a status looked at again, where somebody else was quicker.
const ATTEMPTS: u32 = 5;

/// What came of ordering.
#[derive(Debug, Clone)]
pub enum Placed {
    /// An order that did not exist before.
    New(Box<Order>),
    /// The order that the same key gave before.
    Known(Box<Order>),
}

impl Placed {
    /// The order, new or known.
    pub fn into_order(self) -> Order {
        match self {
            Self::New(order) | Self::Known(order) => *order,
        }
    }
}

/// Orders these products. The same `key` of the same customer gives the same order.
///
/// # Errors
/// Unauthenticated for a guest, Invalid fields, Invalid `not_for_sale` or `mixed_currencies`, Conflict [`OUT_OF_STOCK`]
/// with what is left, Unavailable.
pub async fn place(state: &AppState, caller: &Caller, order: NewOrder, key: Option<&str>) -> Result<Placed, AppError> {
    let buyer = buyer(caller)?;
    state.throttles.buying(caller, Buying::Order)?;
    let key = key.map(checked_key).transpose()?;
    let order = order.checked()?;
    if let Some(known) = known(state, buyer.user(), key).await? {
        return Ok(known);
    }
    submit(state, buyer.user(), order, key).await
}

/// Orders what is in the caller's cart; the items of `order` are not looked at. Needs to know where the parcel goes.
///
/// # Errors
/// As [`place`].
pub async fn place_cart(state: &AppState, caller: &Caller, order: NewOrder, key: &str) -> Result<Placed, AppError> {
    let buyer = buyer(caller)?;
    state.throttles.buying(caller, Buying::Order)?;
    let key = Some(checked_key(key)?);
    let person = carts::settled(state, caller).await?;
    let typed = FormStart {
        contact: order.contact.clone().unwrap_or_default(),
        address: order.address.clone().unwrap_or_default(),
        note: order.note.clone().unwrap_or_default(),
    };
    let placed = place_lines(state, &buyer, &person, order, key).await;
    if placed.is_err() {
        // A form without script is a new page after a refusal: it begins with what was typed.
        state.db.keep_form(&person, &typed.kept()).await?;
    }
    placed
}

/// What the checkout form of the caller begins with.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn form_start(state: &AppState, caller: &Caller, who: &SignedIn) -> Result<FormStart, AppError> {
    if let Some(typed) = state.db.typed_form(&caller.person()).await? {
        return Ok(typed);
    }
    let user = who.user();
    let query = OrderQuery { user: Some(user.id), limit: 1, ..OrderQuery::default() };
    let last = state.db.list_orders(&query).await?.0.into_iter().next();
    let mut form = last.map(|order| FormStart { contact: order.contact, address: order.address, note: String::new() }).unwrap_or_default();
    if form.contact.name.is_empty() {
        form.contact.name.clone_from(&user.name);
    }
    if form.contact.email.is_empty() {
        form.contact.email.clone_from(&user.email);
    }
    Ok(form)
}

async fn place_lines(state: &AppState, buyer: &SignedIn, person: &str, order: NewOrder, key: Option<&str>) -> Result<Placed, AppError> {
    // The cart is read before the key is looked up: a request that comes twice finds either the cart or the order.
    let items = state.db.cart(person).await?;
    if let Some(known) = known(state, buyer.user(), key).await? {
        return Ok(known);
    }
    if items.is_empty() {
        return Err(Fields::one("items", "Your cart is empty.").into());
    }
    let order = NewOrder { items, ..order }.checked_complete()?;
    submit(state, buyer.user(), order, key).await
}

/// The caller's own orders, newest first.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn mine(state: &AppState, who: &SignedIn, status: Option<OrderStatus>, page: Page) -> Result<OrderPage, AppError> {
    paged(state, OrderQuery { user: Some(who.user().id), status, limit: page.limit, skip: page.skip, stream: None }).await
}

/// Everybody's orders, newest first.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn list(state: &AppState, _: &Admin, status: Option<OrderStatus>, page: Page) -> Result<OrderPage, AppError> {
    paged(state, OrderQuery { user: None, status, limit: page.limit, skip: page.skip, stream: None }).await
}

/// The orders of a show, as its host sees them come in.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn of_show(state: &AppState, _: &Admin, show: LivestreamId) -> Result<ShowOrders, AppError> {
    if state.db.livestream(show).await?.is_none() {
        return Err(AppError::not_found("livestream"));
    }
    let query = OrderQuery { stream: Some(show), limit: ShowOrders::SHOWN as u32, ..OrderQuery::default() };
    let (orders, _) = state.db.list_orders(&query).await?;
    Ok(ShowOrders { orders: orders.iter().map(FeedOrder::from).collect(), revenue: state.db.revenue_of(show).await? })
}

async fn paged(state: &AppState, query: OrderQuery) -> Result<OrderPage, AppError> {
    let (orders, total) = state.db.list_orders(&query).await?;
    Ok(OrderPage { orders, total })
}

/// One order.
///
/// # Errors
/// NotFound unless it is the caller's own or an admin asks.
pub async fn get(state: &AppState, who: &SignedIn, id: OrderId) -> Result<Order, AppError> {
    let order = state.db.order(id).await?.filter(|order| order.user_id == who.user().id || who.user().is_admin());
    order.ok_or_else(|| AppError::not_found("order"))
}

/// Moves an order on. One that has this status already stays as it is. Cancelling puts its products back into stock.
///
/// # Errors
/// NotFound as [`get`], Forbidden for what only an admin may do, Conflict `order_status` for what cannot follow.
pub async fn set_status(state: &AppState, who: &SignedIn, id: OrderId, to: OrderStatus) -> Result<Order, AppError> {
    let actor = if who.user().is_admin() { Actor::Admin } else { Actor::Customer };
    for _ in 0..ATTEMPTS {
        let order = get(state, who, id).await?;
        if actor == Actor::Customer && to != OrderStatus::Cancelled {
            return Err(AppError::forbidden());
        }
        if order.status == to {
            return Ok(order);
        }
        if !order.next_statuses(actor).contains(&to) {
            let (from, to) = (order.status.label().to_lowercase(), to.label().to_lowercase());
            return Err(AppError::conflict(format!("This order is \u{201c}{from}\u{201d}; it cannot become \u{201c}{to}\u{201d}.")).coded("order_status"));
        }
        if let Some(moved) = state.db.move_order(id, order.status, to, state.clock.now()).await? {
            after_move(state, &moved).await;
            return Ok(moved);
        }
    }
    Err(AppError::conflict("This order is being changed by somebody else.").coded("order_status"))
}

/// Begins the payment of an order anew where it could not begin when it was placed; gives the order with the page to go to.
///
/// # Errors
/// NotFound as [`get`], Conflict `order_status` where there is nothing to pay this way, Unavailable.
pub async fn pay(state: &AppState, caller: &Caller, who: &SignedIn, id: OrderId) -> Result<Order, AppError> {
    state.throttles.buying(caller, Buying::Order)?;
    let order = get(state, who, id).await?;
    if order.status != OrderStatus::PendingPayment || order.payment_method != PaymentMethod::Card {
        return Err(AppError::conflict("There is nothing to pay here.").coded("order_status"));
    }
    payment::provider(&state.config, order.payment_method)?.begin(state, &order).await
}

/// Calls off an order whose payment did not come. One that does not wait for it any more stays as it is.
pub(super) async fn call_off_unpaid(state: &AppState, id: OrderId) -> Result<(), AppError> {
    let moved = state.db.move_order(id, OrderStatus::PendingPayment, OrderStatus::Cancelled, state.clock.now()).await?;
    if let Some(order) = moved {
        after_move(state, &order).await;
    }
    Ok(())
}

async fn after_move(state: &AppState, order: &Order) {
    if order.status == OrderStatus::Cancelled {
        stock_changed(state, order, &[]);
        if order.payment_method == PaymentMethod::Card {
            payment::close_page(state, order.id);
        }
    }
    tell_show(state, order).await;
}

/// Shows the host of an order's show how the order stands now. One who is not there reads it when they come.
pub(super) async fn tell_show(state: &AppState, order: &Order) {
    let Some(room) = order.stream_id.and_then(|show| state.hub.open_room(show)) else { return };
    if let Err(error) = room.ask(Ask::OrderMoved(Box::new(order.into()))).await {
        tracing::warn!(order.id = %order.id, %error, "the host could not be told of an order");
    }
}

/// Whether the caller may order at all: for those who read the order only then.
///
/// # Errors
/// Unauthenticated for a guest.
pub fn may_order(caller: &Caller) -> Result<(), AppError> {
    buyer(caller).map(drop)
}

fn buyer(caller: &Caller) -> Result<SignedIn, AppError> {
    caller.signed_in().map_err(|_| AppError::new(ErrorKind::Unauthenticated, "Sign in to order. Your cart stays as it is."))
}

fn checked_key(key: &str) -> Result<&str, AppError> {
    let fits = (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let sentence = format!("Use 1 to {MAX_KEY_CHARS} letters, digits and signs, without spaces.");
    if fits { Ok(key) } else { Err(Fields::one("idempotencyKey", sentence).into()) }
}

async fn known(state: &AppState, buyer: &User, key: Option<&str>) -> Result<Option<Placed>, AppError> {
    let Some(key) = key else { return Ok(None) };
    Ok(state.db.order_by_key(buyer.id, key).await?.map(|order| Placed::Known(Box::new(order))))
}

async fn submit(state: &AppState, buyer: &User, order: NewOrder, key: Option<&str>) -> Result<Placed, AppError> {
    let payment = payment::provider(&state.config, order.payment_method.unwrap_or_default())?;
    let (stream_id, stream_second) = moment(state, order.stream_id).await?;
    let mut draft = Draft {
        id: OrderId::from_bytes(new_id()),
        number: OrderNumber::from_bits(rand::random()),
        user_id: buyer.id,
        person: format!("u:{}", buyer.id),
        lines: order.items,
        status: payment.first_status(),
        payment_method: payment.method(),
        stream_id,
        stream_second,
        contact: order.contact.unwrap_or_default(),
        address: order.address.unwrap_or_default(),
        note: order.note.unwrap_or_default(),
        idempotency_key: key.map(str::to_owned),
        now: state.clock.now(),
    };
    let mut swept = false;
    for _ in 0..ATTEMPTS {
        match state.db.check_out(&draft).await? {
            Checkout::Placed(order, freed) => {
                stock_changed(state, &order, &freed);
                note_in_show(state, &order).await;
                return begun(state, payment, *order).await.map(|order| Placed::New(Box::new(order)));
            }
            // What nobody holds any more is not missing.
            Checkout::Short(_) if !std::mem::replace(&mut swept, true) && holds::let_go_of_expired(state, state.clock.now()).await? > 0 => {}
            Checkout::Short(shortages) => return Err(short(&shortages)),
            Checkout::MixedCurrencies => {
                let sentence = "These products have prices in different currencies. Order them one currency at a time.";
                return Err(AppError { fields: Fields::one("items", sentence), ..AppError::new(ErrorKind::Invalid, sentence).coded("mixed_currencies") });
            }
            Checkout::Taken => match known(state, buyer, key).await? {
                Some(known) => return Ok(known),
                None => draft.number = OrderNumber::from_bits(rand::random()),
            },
        }
    }
    Err(AppError::unavailable("The shop is catching its breath. Try again in a moment."))
}

// The show in which somebody orders and the second of it, by our own clock. A show that does not exist is forgotten:
// nobody's order fails because of a wrong address in their browser. A replay has no second that the server could know.
async fn moment(state: &AppState, show: Option<LivestreamId>) -> Result<(Option<LivestreamId>, Option<u32>), AppError> {
    let Some(show) = show else { return Ok((None, None)) };
    let Some(record) = state.db.livestream(show).await? else { return Ok((None, None)) };
    let start = record.start_time.filter(|_| record.status == LivestreamStatus::Live);
    Ok((Some(show), start.and_then(|start| u32::try_from(state.clock.now().seconds_since(start)).ok())))
}

// The order is there, and what it takes is taken. Where its payment cannot begin now it waits, and can begin later; one
// that can never be paid this way is taken back, with what was in the cart.
async fn begun(state: &AppState, payment: &dyn payment::PaymentProvider, order: Order) -> Result<Order, AppError> {
    match payment.begin(state, &order).await {
        Ok(order) => Ok(order),
        Err(error) if error.kind == ErrorKind::Invalid => {
            call_off_unpaid(state, order.id).await?;
            let person = format!("u:{}", order.user_id);
            for item in &order.items {
                state.db.change_cart(&person, item.product_id, Change::Add(item.quantity), state.clock.now()).await?;
            }
            Err(error)
        }
        Err(_) => Ok(order),
    }
}

/// Why these products cannot be had, one sentence each.
pub(super) fn short(shortages: &[Shortage]) -> AppError {
    let mut fields = Fields::default();
    let (mut gone, mut over) = (false, false);
    for shortage in shortages {
        match shortage {
            Shortage::NotForSale(product) => {
                gone = true;
                fields.add(&product_field(*product), "This product is no longer for sale.");
            }
            Shortage::Left { product, name, units, .. } if *units > 0 => fields.add(&product_field(*product), format!("Only {units} left of {name}.")),
            Shortage::Left { product, name, in_stock, .. } if *in_stock > 0 => {
                fields.add(&product_field(*product), format!("All that is left of {name} is in somebody\u{2019}s checkout. Try again in some minutes."));
            }
            Shortage::Left { product, name, .. } => fields.add(&product_field(*product), format!("{name} is sold out.")),
            Shortage::OverLimit { product, name, most, bought } => {
                over = true;
                let before = if *bought > 0 { format!("; you bought {bought} before") } else { String::new() };
                fields.add(&product_field(*product), format!("One customer can buy {most} of {name} at most{before}."));
            }
        }
    }
    match (gone, over) {
        (true, _) => AppError::from(fields).coded("not_for_sale"),
        (false, true) => AppError { kind: ErrorKind::Conflict, ..AppError::from(fields) }.coded(CUSTOMER_LIMIT),
        (false, false) => AppError { kind: ErrorKind::Conflict, ..AppError::from(fields) }.coded(OUT_OF_STOCK),
    }
}

fn stock_changed(state: &AppState, order: &Order, also: &[ProductId]) {
    for product in order.items.iter().map(|item| item.product_id).chain(also.iter().copied()) {
        state.hub.product_changed(product);
    }
}

// The order stands whatever becomes of this note.
async fn note_in_show(state: &AppState, order: &Order) {
    let (Some(show), Some(_)) = (order.stream_id, order.stream_second) else { return };
    let data = EventData::Order { order_id: order.id, units: order.count(), total: order.total, currency: order.currency };
    if let Err(error) = state.hub.ask(show, Ask::Ordered { data, told: Box::new(order.into()) }).await {
        tracing::warn!(stream.id = %show, order.id = %order.id, %error, "an order could not be noted in its show's log");
    }
}
