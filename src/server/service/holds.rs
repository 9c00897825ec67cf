//! Stock that is held back from the start of a checkout until it is ordered, let go, or the time is over.
//!
//! What has run out is let go by [`tend`], and by whoever finds too little left, so that nobody is refused for the sake of
//! somebody who has gone away. The orders themselves take what is held, in their own transaction.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{checkout::Hold, id::ProductId, time::Timestamp, validate::Fields},
    error::AppError,
    server::{
        auth::{
            caller::{Caller, SignedIn},
            throttle::Buying,
        },
        db::{
            DbError,
            holds::{Reserved, Wish},
        },
        service::{carts, orders, payment},
        state::AppState,
    },
};

/// How often what has run out is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// In so many looks, once for payments that never came.
const PAYMENTS_EVERY: u32 = 15;

/// Holds what is in the caller's cart, all of it or nothing. Asked again for the same products, the hold goes on and does
/// not become longer.
///
/// # Errors
/// Invalid for an empty cart; Conflict `out_of_stock`, `customer_limit` or Invalid `not_for_sale` with the products as
/// `products[<id>]`; rate-limited; Unavailable.
pub async fn begin(state: &AppState, caller: &Caller, who: &SignedIn) -> Result<Hold, AppError> {
    state.throttles.buying(caller, Buying::Order)?;
    let person = carts::settled(state, caller).await?;
    let lines = state.db.cart(&person).await?;
    if lines.is_empty() {
        return Err(Fields::one("items", "Your cart is empty.").into());
    }
    let now = state.clock.now();
    let until = now.plus_millis(state.config.selling.hold_ms);
    let wish = Wish { person, user: who.user().id, lines, id: format!("{:032x}", rand::random::<u128>()), now, until };
    let reserved = match state.db.reserve(&wish).await? {
        Reserved::Short(_) if let_go_of_expired(state, now).await? > 0 => state.db.reserve(&wish).await?,
        reserved => reserved,
    };
    match reserved {
        Reserved::Held { until, changed } => {
            changed.into_iter().for_each(|product| state.hub.product_changed(product));
            let seconds_left = u32::try_from(until.seconds_since(now)).unwrap_or(u32::MAX);
            Ok(Hold { id: wish.id, until, seconds_left })
        }
        Reserved::Short(shortages) => Err(orders::short(&shortages)),
    }
}

/// Lets go of what is held for the caller: of the hold of this name, else of any. One that is not there is no error.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn release(state: &AppState, who: &SignedIn, id: Option<&str>) -> Result<(), AppError> {
    let freed = state.db.release_hold(&person(who), id).await?;
    tell(state, freed);
    Ok(())
}

/// A cart that became another is not what was held.
pub(super) async fn cart_changed(state: &AppState, caller: &Caller) -> Result<(), AppError> {
    match caller.signed_in() {
        Ok(who) => release(state, &who, None).await,
        // Only accounts come to the checkout.
        Err(_) => Ok(()),
    }
}

/// Lets go of what ran out by `now`; how many products have more for sale since.
///
/// # Errors
/// When the database is away.
pub async fn let_go_of_expired(state: &AppState, now: Timestamp) -> Result<usize, DbError> {
    let freed = state.db.release_expired(now).await?;
    let count = freed.len();
    tell(state, freed);
    Ok(count)
}

/// Lets go of what runs out, and looks after payments that never come, until the server stops.
pub async fn tend(state: AppState, stop: CancellationToken) {
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        if let Err(error) = let_go_of_expired(&state, state.clock.now()).await {
            tracing::warn!(%error, "what ran out could not be let go of yet");
        }
        if looks.is_multiple_of(PAYMENTS_EVERY)
            && let Err(error) = payment::give_up_unpaid(&state).await
        {
            tracing::warn!(%error, "orders without a payment could not be looked at yet");
        }
        looks = looks.wrapping_add(1);
    }
}

fn person(who: &SignedIn) -> String {
    format!("u:{}", who.user().id)
}

fn tell(state: &AppState, products: Vec<ProductId>) {
    for product in products {
        state.hub.product_changed(product);
    }
}
