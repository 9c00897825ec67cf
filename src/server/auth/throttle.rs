//! How often somebody may try: to sign in, to register, and to do as a guest what counts. Keys are networks: an address
//! is the connection's, or what a proxy that we trust says it is.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock, clock::DefaultClock};

use super::{
    address::network,
    caller::{Caller, Visit},
};
use crate::error::AppError;

/// Keys that have not been seen for a while are forgotten once there are this many.
const SWEEP_ABOVE: usize = 10_000;
/// Looking for them goes over all keys, so it is done once in so many checks.
const SWEEP_EVERY: u32 = 256;
/// What all guests of one network may say, like and view at once and in a second: a whole office behind one address.
const GUESTS_AT_ONCE: u32 = 200;
const GUESTS_PER_SECOND: u32 = 20;

/// What one customer may change in their cart at once and in a second, and how often they may go to the checkout or order.
const CART_AT_ONCE: u32 = 60;
const CART_PER_SECOND: u32 = 4;
const ORDERS_AT_ONCE: u32 = 40;
const ORDERS_PER_SECOND: u32 = 1;

/// Offers of players of one network at once and in a second: each is read by the thread that carries all pictures.
const PLAYERS_AT_ONCE: u32 = 40;
const PLAYERS_PER_SECOND: u32 = 4;

/// What a customer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buying {
    /// Changing the cart.
    Cart,
    /// Going to the checkout, ordering, going to pay.
    Order,
}
/// What one person may open from shows at once and in a second: it is counted, and nobody opens things faster.
const CLICKS_AT_ONCE: u32 = 40;
const CLICKS_PER_SECOND: u32 = 2;

/// The limits on attempts.
pub struct Throttles {
    login_by_account: DefaultKeyedRateLimiter<(IpAddr, String)>,
    login_by_address: DefaultKeyedRateLimiter<IpAddr>,
    registration: DefaultKeyedRateLimiter<IpAddr>,
    guests: DefaultKeyedRateLimiter<IpAddr>,
    players: DefaultKeyedRateLimiter<IpAddr>,
    carts: DefaultKeyedRateLimiter<String>,
    orders: DefaultKeyedRateLimiter<String>,
    clicks: DefaultKeyedRateLimiter<String>,
    checks: AtomicU32,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            login_by_account: RateLimiter::keyed(per_minute(10)),
            login_by_address: RateLimiter::keyed(per_minute(100)),
            registration: RateLimiter::keyed(per_minute(20)),
            guests: RateLimiter::keyed(Quota::per_second(times(GUESTS_PER_SECOND)).allow_burst(times(GUESTS_AT_ONCE))),
            players: RateLimiter::keyed(Quota::per_second(times(PLAYERS_PER_SECOND)).allow_burst(times(PLAYERS_AT_ONCE))),
            carts: RateLimiter::keyed(Quota::per_second(times(CART_PER_SECOND)).allow_burst(times(CART_AT_ONCE))),
            orders: RateLimiter::keyed(Quota::per_second(times(ORDERS_PER_SECOND)).allow_burst(times(ORDERS_AT_ONCE))),
            clicks: RateLimiter::keyed(Quota::per_second(times(CLICKS_PER_SECOND)).allow_burst(times(CLICKS_AT_ONCE))),
            checks: AtomicU32::new(0),
        }
    }
}

impl Throttles {
    /// Counts an attempt to sign in as `email`, in its normal form.
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn login(&self, address: IpAddr, email: &str) -> Result<(), AppError> {
        self.check(&self.login_by_address, &network(address))?;
        // Longer than any address: one key for all of them.
        let email = if email.len() > 254 { "" } else { email };
        self.check(&self.login_by_account, &(network(address), email.to_owned()))
    }

    /// Counts an attempt to register.
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn registration(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.registration, &network(address))
    }

    /// Counts something that this caller says, likes or views. Accounts are limited as persons elsewhere; a guest is
    /// whoever they say they are, so that only their network can be counted. Everybody behind a proxy on this machine
    /// that the settings do not trust has the machine's own address, which therefore has no limit.
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn guest(&self, caller: &Caller) -> Result<(), AppError> {
        if caller.user.is_some() || caller.address.to_canonical().is_loopback() {
            return Ok(());
        }
        self.check(&self.guests, &network(caller.address))
    }

    /// Counts an offer of a player of this caller, whoever that is.
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn player(&self, caller: &Caller) -> Result<(), AppError> {
        self.check(&self.players, &network(caller.address))
    }

    /// Counts something that this caller does on the way to an order. Accounts, and visitors who came back with a session
    /// that we signed, are limited as persons; others as [`guest`](Self::guest).
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn buying(&self, caller: &Caller, what: Buying) -> Result<(), AppError> {
        if caller.user.is_none() && caller.visit == Visit::New {
            return self.guest(caller);
        }
        let limiter = match what {
            Buying::Cart => &self.carts,
            Buying::Order => &self.orders,
        };
        self.check(limiter, &caller.person())
    }

    /// Counts that this person, who is the caller, says what they opened.
    ///
    /// # Errors
    /// Rate-limited, with the seconds to wait.
    pub fn click(&self, caller: &Caller, person: &str) -> Result<(), AppError> {
        self.guest(caller)?;
        self.check(&self.clicks, &person.to_owned())
    }

    fn check<K: Hash + Eq + Clone>(&self, limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), AppError> {
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) && limiter.len() > SWEEP_ABOVE {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|refusal| AppError::rate_limited(refusal.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
    }
}

fn per_minute(number: u32) -> Quota {
    Quota::per_minute(times(number))
}

fn times(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("our limits are not zero")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_in_a_minute_waits() {
        let throttles = Throttles::default();
        let [one, neighbour, other]: [IpAddr; 3] = ["2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), "192.0.2.1".parse().unwrap()];
        for _ in 0..10 {
            throttles.login(one, "ada@example.com").unwrap();
        }
        let refusal = throttles.login(neighbour, "ada@example.com").unwrap_err();
        assert!(refusal.retry_after_s.is_some_and(|seconds| (1..=7).contains(&seconds)), "{refusal:?}");
        throttles.login(other, "ada@example.com").unwrap();
        throttles.login(one, "bob@example.com").unwrap();
    }
}
