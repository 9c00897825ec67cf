//! What stands in headers and addresses: where to go after signing in, whose address counts, cookies, paths of files,
//! origins. Each line of the input is tried as each.
#![no_main]

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use wrencos::{
    domain::product::is_issued_path,
    server::{
        auth::{
            address::{client_address, network},
            cookie,
            next::safe_next,
        },
        config::origin::Origin,
    },
};

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

fuzz_target!(|bytes: &[u8]| {
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(text) = std::str::from_utf8(line) {
            let next = safe_next(Some(text), "/home");
            assert!(next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\"), "{next}");
            assert!(HeaderValue::from_str(next).is_ok(), "{next}");
            assert!(!is_issued_path(text) || !text.split('/').any(|part| part == "..") && !text.contains("//") && !text.contains(['%', '\\', '\0']), "{text}");
            if let Some(origin) = Origin::parse(text) {
                assert!(origin.as_str().starts_with("http"), "{text}");
                assert_eq!(Origin::parse(origin.as_str()).as_ref().map(Origin::as_str), Some(origin.as_str()), "an origin has one form");
            }
        }
        let Ok(value) = HeaderValue::from_bytes(line) else { continue };
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", value.clone());
        headers.append("cookie", value);
        assert_eq!(client_address(PEER, &[], &headers), PEER, "a stranger says nothing about its address");
        let believed = client_address(PEER, &[PEER], &headers);
        assert_eq!(network(network(believed)), network(believed));
        if let Some(token) = cookie::get(&headers, cookie::TOKEN) {
            assert!(!token.contains(';'));
        }
    }
});
