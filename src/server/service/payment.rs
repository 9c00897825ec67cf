//! How orders are paid. A provider says where an order begins and where it is paid; what a payment does to the order is
//! written here, once for all providers.

mod stripe;
mod webhook;

use futures::future::BoxFuture;

pub use self::webhook::{SIGNATURE, hear};
use crate::{
    domain::{
        id::OrderId,
        order::{Order, OrderStatus, PaymentMethod},
        validate::Fields,
    },
    error::AppError,
    server::{config::Config, service::orders, state::AppState},
};

/// One way to pay.
pub trait PaymentProvider: Send + Sync {
    /// The method by which customers choose it.
    fn method(&self) -> PaymentMethod;

    /// The status in which its orders begin.
    fn first_status(&self) -> OrderStatus;

    /// Whether this shop offers it.
    fn is_offered(&self, config: &Config) -> bool;

    /// Begins the payment of an order that was placed, and gives the order with the address where it is paid. Asked again
    /// for the same order, it gives the same.
    ///
    /// Invalid where this order can never be paid so; anything else is worth another try.
    fn begin<'a>(&'a self, _: &'a AppState, order: &'a Order) -> BoxFuture<'a, Result<Order, AppError>> {
        Box::pin(async { Ok(order.clone()) })
    }
}

/// Paid at the door: an admin marks the order as paid.
struct OnDelivery;

impl PaymentProvider for OnDelivery {
    fn method(&self) -> PaymentMethod {
        PaymentMethod::OnDelivery
    }

    fn first_status(&self) -> OrderStatus {
        OrderStatus::PendingPayment
    }

    fn is_offered(&self, _: &Config) -> bool {
        true
    }
}

/// Paid at once, without money. For trying a shop out, so only where the settings ask for it.
struct Test;

impl PaymentProvider for Test {
    fn method(&self) -> PaymentMethod {
        PaymentMethod::Test
    }

    fn first_status(&self) -> OrderStatus {
        OrderStatus::Paid
    }

    fn is_offered(&self, config: &Config) -> bool {
        config.payment_test
    }
}

const PROVIDERS: [&dyn PaymentProvider; 3] = [&stripe::Card, &OnDelivery, &Test];

/// The methods that this shop offers, the usual one first.
pub fn offered(config: &Config) -> Vec<PaymentMethod> {
    PROVIDERS.iter().filter(|provider| provider.is_offered(config)).map(|provider| provider.method()).collect()
}

/// The provider of a method.
///
/// # Errors
/// Invalid if this shop does not offer it.
pub fn provider(config: &Config, method: PaymentMethod) -> Result<&'static dyn PaymentProvider, AppError> {
    let found = PROVIDERS.into_iter().find(|provider| provider.method() == method && provider.is_offered(config));
    found.ok_or_else(|| Fields::one("paymentMethod", "This shop does not offer this way to pay.").into())
}

/// Looks after orders whose payment did not come in the time that its page gives: the provider is asked once more, and
/// what is not paid is called off, so that others can buy it. This does not depend on any message from outside.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn give_up_unpaid(state: &AppState) -> Result<(), AppError> {
    let Some(account) = &state.config.selling.stripe else { return Ok(()) };
    let since = state.clock.now().plus_millis(-stripe::GIVEN_UP_MS);
    for order in state.db.unpaid_since(since, 50).await? {
        match state.db.payment_session(order.id).await? {
            None => orders::call_off_unpaid(state, order.id).await?,
            Some(session) => match stripe::close(account, &session).await {
                Ok(true) => came(state, order.id, &session).await?,
                Ok(false) => orders::call_off_unpaid(state, order.id).await?,
                // Nobody knows whether it is paid: it is asked again later.
                Err(error) => tracing::warn!(order.id = %order.id, %error, "the provider did not say whether an order is paid"),
            },
        }
    }
    Ok(())
}

/// Closes the page on which an order that was called off could still be paid. Best effort: money that comes nevertheless is
/// written down as owed back.
pub(super) fn close_page(state: &AppState, order: OrderId) {
    if state.config.selling.stripe.is_none() {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        let Ok(Some(session)) = state.db.payment_session(order).await else { return };
        let Some(account) = &state.config.selling.stripe else { return };
        match stripe::close(account, &session).await {
            Ok(true) => {
                let _ = came(&state, order, &session).await;
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(order.id = %order, %error, "the page of a payment could not be closed"),
        }
    });
}

// The money for an order is there.
async fn came(state: &AppState, id: OrderId, session: &str) -> Result<(), AppError> {
    let Some(order) = state.db.payment_came(id, session, state.clock.now()).await? else { return Ok(()) };
    if order.refund_due() {
        tracing::warn!(order.id = %id, "money came for an order that is called off: it is owed back");
    }
    orders::tell_show(state, &order).await;
    Ok(())
}
