//! How orders are paid. A provider says where an order begins; it never touches stock, carts or the order itself.

use crate::{
    domain::{
        order::{OrderStatus, PaymentMethod},
        validate::Fields,
    },
    error::AppError,
    server::config::Config,
};

/// One way to pay.
pub trait PaymentProvider: Send + Sync {
    /// The method by which customers choose it.
    fn method(&self) -> PaymentMethod;

    /// The status in which its orders begin.
    fn first_status(&self) -> OrderStatus;

    /// Whether this shop offers it.
    fn is_offered(&self, config: &Config) -> bool;
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

const PROVIDERS: [&dyn PaymentProvider; 2] = [&OnDelivery, &Test];

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
