//! Sessions of visitors: a random id with our signature, so that nobody can take another visitor's place by naming it.

use std::net::IpAddr;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::address::network;
use crate::domain::id::SessionId;

/// How long a browser keeps its session, in seconds.
pub const SESSION_SECONDS: i64 = 365 * 24 * 3600;

/// Issues and checks sessions. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    signing: [u8; 32],
    naming: [u8; 32],
}

impl Sessions {
    /// Sessions signed with keys derived from the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        Self { signing: mac(secret, &[b"wrencos session signing"]), naming: mac(secret, &[b"wrencos session naming"]) }
    }

    /// A new visitor.
    pub fn issue(&self) -> SessionId {
        SessionId(hex(&rand::random::<[u8; 16]>()))
    }

    /// The session with its signature, as a cookie or a native client carries it: `<32 hex>.<64 hex>`.
    pub fn sign(&self, session: &SessionId) -> String {
        format!("{session}.{}", hex(&mac(&self.signing, &[session.as_str().as_bytes()])))
    }

    /// The session in a signed text, if the signature is ours.
    pub fn verify(&self, text: &str) -> Option<SessionId> {
        let (id, signature) = text.split_once('.')?;
        let well_formed = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let expected = hex(&mac(&self.signing, &[id.as_bytes()]));
        (well_formed && same(expected.as_bytes(), signature.as_bytes())).then(|| SessionId(id.to_owned()))
    }

    /// A name for the network of an address, by which it is known again and nothing else. `None` for this machine's own,
    /// behind which everybody may be.
    pub fn network_mark(&self, address: IpAddr) -> Option<String> {
        let network = network(address);
        (!network.to_canonical().is_loopback()).then(|| hex(&mac(&self.naming, &[b"network\0", network.to_string().as_bytes()])[..16]))
    }

    /// The session of a client that gives itself a name and holds no signature. The same name from the same network is the
    /// same visitor; nobody else's session can be reached this way.
    pub fn scoped(&self, address: IpAddr, given: &str) -> SessionId {
        let digest = mac(&self.naming, &[network(address).to_string().as_bytes(), b"\0", given.as_bytes()]);
        SessionId(hex(&digest[..16]))
    }
}

pub(super) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// Looks at every byte, so that the time taken tells nothing about where two texts differ.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_signature_holds() {
        let sessions = Sessions::new(b"a secret");
        let session = sessions.issue();
        let signed = sessions.sign(&session);
        assert_eq!(sessions.verify(&signed), Some(session.clone()));
        assert_eq!(Sessions::new(b"another").verify(&signed), None);
        let other = sessions.issue();
        for forged in
            [session.as_str().to_owned(), format!("{session}."), signed.replace(session.as_str(), other.as_str()), signed[..96].to_owned(), String::new()]
        {
            assert_eq!(sessions.verify(&forged), None, "{forged}");
        }
    }

    #[test]
    fn a_name_counts_only_within_its_network() {
        let sessions = Sessions::new(b"a secret");
        let [here, there]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        assert_eq!(sessions.scoped(here, "phone"), sessions.scoped(here, "phone"));
        assert_ne!(sessions.scoped(here, "phone"), sessions.scoped(there, "phone"));
        let taken = sessions.issue();
        assert_ne!(sessions.scoped(here, taken.as_str()), taken);
    }
}
