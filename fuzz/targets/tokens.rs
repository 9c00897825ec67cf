//! Tokens and signed sessions: only those that were issued here hold, byte for byte.
//! The input is either a token, or changes to one that holds: pairs of place and byte after the first byte.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wrencos::{
    domain::{id::UserId, time::Timestamp},
    server::auth::{session::Sessions, token::Tokens},
};

const SECRET: &[u8] = b"a secret of the fuzzer, 32 bytes or more";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct Shop {
    tokens: Tokens,
    sessions: Sessions,
    token: String,
    session: String,
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let (tokens, sessions) = (Tokens::new(SECRET), Sessions::new(SECRET));
    let token = tokens.issue(UserId::from_bytes([7; 12]), 3, NOW).token;
    let session = sessions.sign(&sessions.issue());
    assert!(tokens.verify(&token, NOW).is_some() && sessions.verify(&session).is_some());
    Shop { tokens, sessions, token, session }
});

fn changed(text: &str, changes: &[u8]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for change in changes.chunks_exact(2) {
        let at = usize::from(change[0]) * bytes.len() / 256;
        match change[1] {
            0 => bytes.truncate(at),
            1 => bytes.push(b'='),
            2 => bytes.insert(at, b'.'),
            byte => {
                let last = bytes.len() - 1;
                bytes[at.min(last)] = byte;
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fuzz_target!(|bytes: &[u8]| {
    let shop = &*SHOP;
    let Some((mode, rest)) = bytes.split_first() else { return };
    let (token, session) = if mode % 2 == 0 {
        let text = String::from_utf8_lossy(rest).into_owned();
        (text.clone(), text)
    } else {
        (changed(&shop.token, rest), changed(&shop.session, rest))
    };
    if shop.tokens.verify(&token, NOW).is_some() {
        assert_eq!(token, shop.token, "a token that was not issued holds");
    }
    if shop.sessions.verify(&session).is_some() {
        assert_eq!(session, shop.session, "a session that was not signed holds");
    }
});
