//! Settings of the checkout: how long stock is held for it, and the payment provider.

use clap::Args;

use super::{ConfigError, origin::Origin, parse::number};

/// Where the provider is reached unless a setting says otherwise.
const STRIPE_API: &str = "https://api.stripe.com";

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
pub struct SellingSettings {
    /// Minutes for which the checkout holds stock back for a customer [default: 10]
    #[arg(long, env = "HOLD_MINUTES", global = true, hide_env_values = true)]
    pub hold_minutes: Option<String>,
    /// Secret key of a Stripe account: offers payment by card; needs STRIPE_WEBHOOK_SECRET and PUBLIC_URL
    #[arg(long, env = "STRIPE_SECRET_KEY", global = true, hide_env_values = true)]
    pub stripe_secret_key: Option<String>,
    /// Signing secret of the webhook that Stripe calls at /payments/stripe/webhook
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", global = true, hide_env_values = true)]
    pub stripe_webhook_secret: Option<String>,
    /// Address of the payment API [default: https://api.stripe.com]
    #[arg(long, env = "STRIPE_API_BASE", global = true, hide_env_values = true)]
    pub stripe_api_base: Option<String>,
}

/// An account with the payment provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Stripe {
    pub secret_key: String,
    pub webhook_secret: String,
    /// Without a slash at the end.
    pub api_base: String,
    /// Where people reach the shop: they come back to it after paying.
    pub shop: Origin,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").field("api_base", &self.api_base).finish_non_exhaustive()
    }
}

/// Settings that can be used.
#[derive(Debug, Clone)]
pub struct Selling {
    pub hold_ms: i64,
    pub stripe: Option<Stripe>,
}

impl Selling {
    /// Checks them; `shop` is where people reach the shop, if the settings say so.
    pub(super) fn read(settings: SellingSettings, shop: Option<&Origin>) -> Result<Self, ConfigError> {
        let given = |value: Option<String>| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let minutes = number("HOLD_MINUTES", given(settings.hold_minutes), 10, 1..=1440)?;
        let missing = |setting, other: &str| ConfigError::new(setting, format!("{other} is set without it"), "Set both or none.");
        let stripe = match (given(settings.stripe_secret_key), given(settings.stripe_webhook_secret)) {
            (None, None) => None,
            (Some(_), None) => return Err(missing("STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY")),
            (None, Some(_)) => return Err(missing("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")),
            (Some(secret_key), Some(webhook_secret)) => {
                if !secret_key.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(ConfigError::new("STRIPE_SECRET_KEY", "it has letters that no key has", "Copy it from the Stripe dashboard."));
                }
                let remedy = "Set it to the address customers type, like https://shop.example: they come back to it after paying.";
                let shop = shop.cloned().ok_or_else(|| ConfigError::new("PUBLIC_URL", "STRIPE_SECRET_KEY is set without it", remedy))?;
                let api_base = api_base(given(settings.stripe_api_base).unwrap_or_else(|| STRIPE_API.to_owned()))?;
                Some(Stripe { secret_key, webhook_secret, api_base, shop })
            }
        };
        Ok(Self { hold_ms: i64::from(minutes) * 60_000, stripe })
    }
}

// The key goes there: over TLS, or to this very machine.
fn api_base(text: String) -> Result<String, ConfigError> {
    let base = text.trim_end_matches('/');
    let host = base.strip_prefix("http://").unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let is_local = matches!(host, "127.0.0.1" | "localhost");
    if is_local || base.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()) {
        return Ok(base.to_owned());
    }
    Err(ConfigError::new("STRIPE_API_BASE", format!("\"{text}\" is no secure web address"), "Write it like https://api.stripe.com, or unset it."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(key: &str, secret: &str, base: &str, minutes: &str) -> SellingSettings {
        let given = |text: &str| Some(text.to_owned());
        SellingSettings { hold_minutes: given(minutes), stripe_secret_key: given(key), stripe_webhook_secret: given(secret), stripe_api_base: given(base) }
    }

    #[test]
    fn a_wrong_setting_of_the_checkout_is_named() {
        let shop = Origin::parse("https://shop.example");
        for (setting, given, shop) in [
            ("HOLD_MINUTES", settings("", "", "", "0"), None),
            ("HOLD_MINUTES", settings("", "", "", "soon"), None),
            ("STRIPE_WEBHOOK_SECRET", settings("sk_1", "", "", ""), shop.as_ref()),
            ("STRIPE_SECRET_KEY", settings("", "whsec_1", "", ""), shop.as_ref()),
            ("STRIPE_SECRET_KEY", settings("sk 1", "whsec_1", "", ""), shop.as_ref()),
            ("PUBLIC_URL", settings("sk_1", "whsec_1", "", ""), None),
            ("STRIPE_API_BASE", settings("sk_1", "whsec_1", "http://pay.example", ""), shop.as_ref()),
            ("STRIPE_API_BASE", settings("sk_1", "whsec_1", "http://localhost.evil.example", ""), shop.as_ref()),
            ("STRIPE_API_BASE", settings("sk_1", "whsec_1", "pay.example", ""), shop.as_ref()),
        ] {
            assert_eq!(Selling::read(given, shop).unwrap_err().setting, setting);
        }
        let selling = Selling::read(settings("sk_1", "whsec_1", "http://127.0.0.1:9/", "5"), shop.as_ref()).unwrap();
        assert_eq!((selling.hold_ms, selling.stripe.as_ref().map(|stripe| stripe.api_base.as_str())), (300_000, Some("http://127.0.0.1:9")));
        assert!(!format!("{selling:?}").contains("sk_1"), "a secret is never written down");
        let plain = Selling::read(SellingSettings::default(), None).unwrap();
        assert!(plain.stripe.is_none() && plain.hold_ms == 600_000);
    }
}
