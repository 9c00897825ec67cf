//! What the payment provider tells us. Believed only with its signature, and only about the session that we began for an
//! order. Told twice, late or in another order, it comes to the same: an order is paid once and called off once.

use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;

use super::{came, stripe::Session};
use crate::{
    domain::{id::OrderId, time::Timestamp},
    error::{AppError, ErrorKind},
    server::{service::orders, state::AppState},
};

/// The header that proves who speaks: `t=<seconds>,v1=<hex>`, with one or more `v1`.
pub const SIGNATURE: &str = "stripe-signature";
/// How old, or how far ahead, a message may be, in seconds.
const TOLERANCE_S: u64 = 300;
/// Signatures of one message that are looked at: two while a secret is being changed.
const MAX_SIGNATURES: usize = 8;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: serde_json::Value,
}

/// Takes a message in.
///
/// # Errors
/// NotFound where no provider is set up, Malformed `bad_signature` or with what cannot be read; Unavailable when the
/// database is away, so that the provider tells it again.
pub async fn hear(state: &AppState, signature: Option<&str>, body: &[u8]) -> Result<(), AppError> {
    let Some(account) = &state.config.selling.stripe else { return Err(AppError::not_found("webhook")) };
    if !is_signed(account.webhook_secret.as_bytes(), signature.unwrap_or_default(), body, state.clock.now()) {
        return Err(AppError::new(ErrorKind::Malformed, "This message is not signed by the payment provider, or too old.").coded("bad_signature"));
    }
    let unreadable = |_| AppError::new(ErrorKind::Malformed, "This message cannot be read.");
    let event: Event = serde_json::from_slice(body).map_err(unreadable)?;
    if !event.kind.starts_with("checkout.session.") {
        return Ok(());
    }
    let session: Session = serde_json::from_value(event.data.object).map_err(unreadable)?;
    // The account may sell elsewhere, too.
    let Some(id) = session.client_reference_id.as_deref().and_then(|id| id.parse::<OrderId>().ok()) else { return Ok(()) };
    let Some(order) = state.db.order(id).await? else {
        tracing::info!(order.id = %id, "the provider speaks of an order that is not here");
        return Ok(());
    };
    match state.db.payment_session(id).await? {
        Some(known) if known == session.id => {}
        Some(_) => return Ok(()),
        // The server died between beginning the payment and writing it down.
        None => drop(state.db.begin_payment(id, &session.id, session.url.as_deref().unwrap_or_default()).await?),
    }
    match event.kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" if session.is_paid() => {
            if !session.is_about(&order) {
                tracing::error!(order.id = %id, "the provider took another sum than the order's; it stays unpaid");
                return Ok(());
            }
            came(state, id, &session.id).await
        }
        "checkout.session.expired" | "checkout.session.async_payment_failed" => orders::call_off_unpaid(state, id).await,
        // A page that is left with a payment under way, or an event that says nothing about money.
        _ => Ok(()),
    }
}

fn is_signed(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> bool {
    let parts: Vec<(&str, &str)> = header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let Some((_, time)) = parts.iter().find(|(name, _)| *name == "t") else { return false };
    let Ok(seconds) = time.parse::<i64>() else { return false };
    if (now.millis() / 1000).abs_diff(seconds) > TOLERANCE_S {
        return false;
    }
    let signatures = parts.iter().filter(|(name, _)| *name == "v1").take(MAX_SIGNATURES);
    signatures.filter_map(|(_, hex)| bytes(hex)).any(|given| {
        // The time is signed as it was written.
        Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mut mac| {
            mac.update(time.as_bytes());
            mac.update(b".");
            mac.update(body);
            // Compares in constant time.
            mac.verify_slice(&given).is_ok()
        })
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| (0..32).filter_map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with `printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const SIGNED: &str = "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";

    #[test]
    fn only_a_fresh_signature_over_these_bytes_counts() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000 + 999);
        let now = at(1_700_000_000);
        let zeros = "0".repeat(64);
        for (expected, header, body, now) in [
            (true, format!("t=1700000000,v1={SIGNED}"), BODY, now),
            (true, format!("t=1700000000, v1={zeros}, v1={SIGNED}, v0=x"), BODY, at(1_700_000_300)),
            (true, format!("v1={},t=1700000000", SIGNED.to_uppercase()), BODY, at(1_699_999_700)),
            (false, format!("t=1700000000,v1={SIGNED}"), BODY, at(1_700_000_301)),
            (false, format!("t=1700000000,v1={SIGNED}"), BODY, at(1_699_999_699)),
            (false, format!("t=1700000001,v1={SIGNED}"), BODY, now),
            (false, format!("t=01700000000,v1={SIGNED}"), BODY, now),
            (false, format!("t=1700000000,v1={SIGNED}"), br#"{"id":"evt_2"}"#, now),
            (false, format!("t=1700000000,v1={zeros}"), BODY, now),
            (false, format!("t=1700000000,v1={}", &SIGNED[..62]), BODY, now),
            (false, format!("t=1700000000,v0={SIGNED}"), BODY, now),
            (false, format!("t=,v1={SIGNED}"), BODY, now),
            (false, format!("t=9223372036854775807,v1={SIGNED}"), BODY, now),
            (false, format!("v1={SIGNED}"), BODY, now),
            (false, format!("t=1700000000,v1={}", "\u{e9}".repeat(32)), BODY, now),
            (false, String::new(), BODY, now),
        ] {
            assert_eq!(is_signed(b"whsec_test", &header, body, now), expected, "{header}");
        }
        assert!(!is_signed(b"whsec_other", &format!("t=1700000000,v1={SIGNED}"), BODY, now));
    }
}
