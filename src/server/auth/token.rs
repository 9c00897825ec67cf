//! Tokens of accounts: JWT, HS256 and nothing else. A token is never logged.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::domain::{id::UserId, time::Timestamp};

/// How long a token holds, in seconds.
pub const TOKEN_SECONDS: i64 = 7 * 24 * 3600;
const NAME: &str = "wrencos";
/// Ours are far shorter; longer ones are not even looked at.
const MAX_TOKEN_BYTES: usize = 2048;

#[derive(Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    ver: i64,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

/// What a token that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub user: UserId,
    /// Its id (`jti`).
    pub token_id: String,
    /// The account's token version when it was issued.
    pub version: i64,
    pub expires_at: Timestamp,
}

/// A new token and what it says.
#[derive(Debug, Clone)]
pub struct Issued {
    pub token: String,
    pub claims: Claims,
}

/// Issues and checks tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Tokens {
    /// Tokens signed with the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[NAME]);
        validation.set_issuer(&[NAME]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // Times are compared below, against the clock that the rest of the server uses.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), validation }
    }

    /// A token for this account from `now` on.
    pub fn issue(&self, user: UserId, version: i64, now: Timestamp) -> Issued {
        let token_id = format!("{:032x}", rand::random::<u128>());
        let issued_s = now.millis() / 1000;
        let expires_s = issued_s + TOKEN_SECONDS;
        let payload = Payload {
            iss: NAME.to_owned(),
            aud: NAME.to_owned(),
            sub: user.to_string(),
            jti: token_id.clone(),
            ver: version,
            iat: issued_s,
            exp: expires_s,
            nbf: None,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &self.encoding).expect("an HMAC over plain JSON");
        Issued { token, claims: Claims { user, token_id, version, expires_at: Timestamp::from_millis(expires_s * 1000) } }
    }

    /// What a token says, if it is ours and holds at `now`. Why it does not is nobody's business.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let payload = jsonwebtoken::decode::<Payload>(token, &self.decoding, &self.validation).ok()?.claims;
        let now_s = now.millis() / 1000;
        if payload.exp <= now_s || payload.nbf.is_some_and(|not_before| not_before > now_s) {
            return None;
        }
        let user = payload.sub.parse().ok()?;
        Some(Claims { user, token_id: payload.jti, version: payload.ver, expires_at: Timestamp::from_millis(payload.exp.saturating_mul(1000)) })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
    use hmac::{Hmac, Mac};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const USER: UserId = UserId::from_bytes([7; 12]);

    fn sign(header: &Value, payload: &Value, secret: &[u8]) -> String {
        let text = format!("{}.{}", B64.encode(header.to_string()), B64.encode(payload.to_string()));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
        mac.update(text.as_bytes());
        format!("{text}.{}", B64.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn a_token_holds_for_a_week() {
        let tokens = Tokens::new(SECRET);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let issued = tokens.issue(USER, 3, now);
        assert_eq!(tokens.verify(&issued.token, now), Some(issued.claims.clone()));
        assert!(tokens.verify(&issued.token, now.plus_millis((TOKEN_SECONDS - 1) * 1000)).is_some());
        assert_eq!(tokens.verify(&issued.token, now.plus_millis(TOKEN_SECONDS * 1000)), None);
    }

    #[test]
    fn nothing_else_holds() {
        let tokens = Tokens::new(SECRET);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let payload = |change: Value| {
            let mut payload = json!({"iss": "wrencos", "aud": "wrencos", "sub": USER, "jti": "x", "ver": 0, "iat": 1, "exp": 1_800_000_100});
            payload.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            payload
        };
        let hs256 = json!({"alg": "HS256", "typ": "JWT"});
        let good = sign(&hs256, &payload(json!({})), SECRET);
        assert!(tokens.verify(&good, now).is_some(), "the table below starts from a token that holds");
        let unsigned = sign(&json!({"alg": "none"}), &payload(json!({})), SECRET);
        let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
        for (name, token) in [
            ("alg none", unsigned),
            ("another algorithm", sign(&json!({"alg": "HS512"}), &payload(json!({})), SECRET)),
            ("another key", sign(&hs256, &payload(json!({})), b"-----BEGIN PUBLIC KEY-----")),
            ("key in the header", sign(&json!({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}), &payload(json!({})), &[0, 0, 0])),
            ("key id with a path", sign(&json!({"alg": "HS256", "kid": "../../etc/passwd"}), &payload(json!({})), b"")),
            ("expired", sign(&hs256, &payload(json!({"exp": 1_800_000_000})), SECRET)),
            ("not yet", sign(&hs256, &payload(json!({"nbf": 1_800_000_001})), SECRET)),
            ("for others", sign(&hs256, &payload(json!({"aud": "others"})), SECRET)),
            ("by others", sign(&hs256, &payload(json!({"iss": "others"})), SECRET)),
            ("no account", sign(&hs256, &payload(json!({"sub": "admin"})), SECRET)),
            ("too long", sign(&hs256, &payload(json!({"pad": "x".repeat(8192)})), SECRET)),
            ("cut", good[..good.len() - 1].to_owned()),
            ("empty", String::new()),
            ("dots", "..".to_owned()),
        ] {
            assert_eq!(tokens.verify(&token, now), None, "{name}");
        }
    }
}
