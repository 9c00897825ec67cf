//! Stripe, or whoever speaks its language: an order is paid on a Checkout Session, a page of the provider's own. We see no
//! card. <https://docs.stripe.com/api/checkout/sessions>

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use serde::Deserialize;

use super::PaymentProvider;
use crate::{
    domain::{
        money::Currency,
        order::{Order, OrderStatus, PaymentMethod},
        validate::Fields,
    },
    error::AppError,
    server::{
        config::{Config, selling::Stripe},
        state::AppState,
    },
};

/// From when its order was placed, a page takes money for so long. The provider wants at least half an hour, counted from
/// when the page is made; the rest is for trying again where it could not be made at once.
const PAGE_MS: i64 = 35 * 60_000;
/// For so long after its order a page may be made.
const BEGIN_MS: i64 = 4 * 60_000;
/// After so long an order is looked after that was not paid.
pub(super) const GIVEN_UP_MS: i64 = PAGE_MS + 60_000;
/// The longest that a word with the provider may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Paid by card, or whatever else the provider's page offers.
pub(super) struct Card;

/// A session as the provider describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub id: String,
    #[serde(default)]
    pub url: Option<String>,
    /// Our own number of the order.
    #[serde(default)]
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub payment_status: Option<String>,
    #[serde(default)]
    pub amount_total: Option<i64>,
    #[serde(default)]
    pub currency: Option<String>,
}

impl Session {
    /// Whether the money is there.
    pub fn is_paid(&self) -> bool {
        self.payment_status.as_deref() == Some("paid")
    }

    /// Whether it is about this order's sum, and no other.
    pub fn is_about(&self, order: &Order) -> bool {
        let currency = self.currency.as_deref().and_then(Currency::parse);
        self.amount_total.is_some() && self.amount_total == amount(order.total, order.currency) && currency == Some(order.currency)
    }
}

impl PaymentProvider for Card {
    fn method(&self) -> PaymentMethod {
        PaymentMethod::Card
    }

    fn first_status(&self) -> OrderStatus {
        OrderStatus::PendingPayment
    }

    fn is_offered(&self, config: &Config) -> bool {
        config.selling.stripe.is_some()
    }

    fn begin<'a>(&'a self, state: &'a AppState, order: &'a Order) -> BoxFuture<'a, Result<Order, AppError>> {
        async move {
            let Some(account) = &state.config.selling.stripe else { return Ok(order.clone()) };
            if order.payment.is_some() {
                return Ok(order.clone());
            }
            if state.clock.now() > order.created_at.plus_millis(BEGIN_MS) {
                return Err(AppError::conflict("This order waited too long for its payment. Cancel it and order again.").coded("payment_too_late"));
            }
            let form = form(account, order).ok_or_else(|| {
                AppError::from(Fields::one(
                    "paymentMethod",
                    format!("Amounts like this in {} cannot be paid by card. Choose another way.", order.currency.code()),
                ))
            })?;
            let session = create(account, order, &form).await.inspect_err(|error| tracing::warn!(order.id = %order.id, %error, "a payment could not begin"));
            let session = session.map_err(|_| AppError::unavailable("The payment cannot begin just now. Your order waits; try again in a moment."))?;
            let url = session.url.unwrap_or_default();
            let begun = state.db.begin_payment(order.id, &session.id, &url).await?;
            begun.ok_or_else(|| AppError::not_found("order"))
        }
        .boxed()
    }
}

// Fixed by the order alone, so that a request whose answer was lost can be sent again under the same key.
fn form(account: &Stripe, order: &Order) -> Option<Vec<(String, String)>> {
    let page = format!("{}/account/orders/{}", account.shop.as_str(), order.id);
    let expires_at = order.created_at.plus_millis(PAGE_MS).millis() / 1000;
    let mut form: Vec<(String, String)> = [
        ("mode", "payment".to_owned()),
        // Nothing that is paid days later: the order waits for as long as the page is open.
        ("payment_method_types[0]", "card".to_owned()),
        ("client_reference_id", order.id.to_string()),
        ("metadata[order]", order.number.to_string()),
        ("payment_intent_data[metadata][order]", order.number.to_string()),
        ("success_url", format!("{page}?paid=1")),
        ("cancel_url", page),
        ("expires_at", expires_at.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    if !order.contact.email.is_empty() {
        form.push(("customer_email".to_owned(), order.contact.email.clone()));
    }
    for (at, item) in order.items.iter().enumerate() {
        let mut put = |name: &str, value: String| form.push((format!("line_items[{at}]{name}"), value));
        put("[quantity]", item.quantity.to_string());
        put("[price_data][currency]", order.currency.code().to_ascii_lowercase());
        put("[price_data][unit_amount]", amount(item.price, order.currency)?.to_string());
        put("[price_data][product_data][name]", item.name.clone());
    }
    Some(form)
}

/// An amount as the provider counts it; `None` where it cannot take it. Its units are those of ISO 4217, except:
/// krónur and Ugandan shillings go with two decimals that are zero, ariary without any, and currencies with three
/// decimals must end in zero. <https://docs.stripe.com/currencies#special-cases>
pub(super) fn amount(minor: i64, currency: Currency) -> Option<i64> {
    match currency.code() {
        "ISK" | "UGX" => minor.checked_mul(100),
        "MGA" => (minor % 100 == 0).then_some(minor / 100),
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => (minor % 10 == 0).then_some(minor),
        "IQD" | "LYD" => None,
        _ => Some(minor),
    }
}

async fn create(account: &Stripe, order: &Order, form: &[(String, String)]) -> anyhow::Result<Session> {
    let request = client()?.post(format!("{}/v1/checkout/sessions", account.api_base)).header("idempotency-key", format!("order-{}", order.id));
    let session: Session = answer(request.bearer_auth(&account.secret_key).form(form)).await?;
    let url = session.url.as_deref().unwrap_or_default();
    // The customer's browser is sent there.
    anyhow::ensure!(url.starts_with("https://") || account.api_base.starts_with("http://"), "the provider named no secure page");
    anyhow::ensure!(url.len() <= 4096 && url.bytes().all(|byte| byte.is_ascii_graphic()), "the provider named no page that can be gone to");
    Ok(session)
}

/// Closes the page of a session, and says whether it was paid before.
pub(super) async fn close(account: &Stripe, session: &str) -> anyhow::Result<bool> {
    anyhow::ensure!(session.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "this is no session");
    let (client, path) = (client()?, format!("{}/v1/checkout/sessions/{session}", account.api_base));
    // Refused where the session is closed already; what it came to is asked next.
    client.post(format!("{path}/expire")).bearer_auth(&account.secret_key).send().await?;
    Ok(answer(client.get(path).bearer_auth(&account.secret_key)).await?.is_paid())
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<Session> {
    #[derive(Deserialize)]
    struct Refusal {
        error: Reason,
    }
    #[derive(Deserialize)]
    struct Reason {
        #[serde(default)]
        message: String,
    }
    let response = request.send().await?;
    let status = response.status();
    if !status.is_success() {
        let reason = response.json::<Refusal>().await.map(|refusal| refusal.error.message).unwrap_or_default();
        anyhow::bail!("the provider answered {status}: {reason}");
    }
    Ok(response.json().await?)
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).no_proxy().build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_counted_as_the_provider_counts_them() {
        for (code, minor, expected) in [
            ("USD", 1299, Some(1299)),
            ("JPY", 500, Some(500)),
            ("VND", 250_000, Some(250_000)),
            ("KRW", 9900, Some(9900)),
            ("ISK", 500, Some(50_000)),
            ("UGX", 3700, Some(370_000)),
            ("MGA", 12_300, Some(123)),
            ("MGA", 12_350, None),
            ("KWD", 1230, Some(1230)),
            ("KWD", 1234, None),
            ("IQD", 1000, None),
            ("ISK", i64::MAX, None),
        ] {
            assert_eq!(amount(minor, Currency::parse(code).unwrap()), expected, "{minor} {code}");
        }
    }
}
