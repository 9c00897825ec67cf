//! Servers that help browsers find a way to each other. None by default: hosts with a public address and local networks need none.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::{
    domain::{id::SessionId, time::Timestamp},
    protocol::signal::IceServer,
    server::{config::Config, state::AppState},
};

/// How long TURN credentials hold, in milliseconds.
const CREDENTIAL_MS: i64 = 12 * 3600 * 1000;

/// The servers for one visitor, with TURN credentials that are theirs for twelve hours.
pub fn servers(state: &AppState, session: &SessionId) -> Vec<IceServer> {
    servers_at(&state.config, session, state.clock.now())
}

// TURN REST convention: the user name is expiry and visitor, the password its HMAC-SHA1 under the secret shared with the TURN server.
fn servers_at(config: &Config, session: &SessionId, now: Timestamp) -> Vec<IceServer> {
    let fixed = config.ice_servers.iter().map(|server| IceServer {
        urls: server.urls.to_vec(),
        username: server.username.clone(),
        credential: server.credential.clone(),
    });
    let turn = config.turn.as_ref().map(|turn| {
        let username = format!("{}:{session}", now.plus_millis(CREDENTIAL_MS).millis() / 1000);
        let mut mac = Hmac::<Sha1>::new_from_slice(turn.secret.as_bytes()).expect("HMAC takes keys of any length");
        mac.update(username.as_bytes());
        IceServer { urls: turn.urls.clone(), credential: Some(STANDARD.encode(mac.finalize().into_bytes())), username: Some(username) }
    });
    fixed.chain(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Settings;

    #[test]
    fn turn_credentials_follow_the_convention() {
        let settings = Settings { turn_urls: Some("turn:turn.example:3478".into()), turn_secret: Some("north".into()), ..Default::default() };
        let servers = servers_at(&Config::read(settings).unwrap(), &SessionId("abc".into()), Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(servers[0].username.as_deref(), Some("1700043200:abc"));
        // printf '1700043200:abc' | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(servers[0].credential.as_deref(), Some("PW9QPOzlnjUV5cyVtp58KPtMUIQ="));
    }

    #[test]
    fn nobody_else_is_asked_by_default() {
        assert!(servers_at(&Config::read(Settings::default()).unwrap(), &SessionId("abc".into()), Timestamp::default()).is_empty());
    }
}
