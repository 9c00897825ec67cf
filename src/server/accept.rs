//! Accepting connections: limits on slow and oversized requests and on how many one network opens, back-off when the
//! system has no handles left, orderly end.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{auth::address::network, config::Config};

/// A client that needs longer to send its request's head is cut off. Idle connections are closed after the same time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most that a request's head may have, in bytes; more is answered with 431.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// The most headers of a request; more is answered with 431.
const MAX_HEADERS: usize = 100;
/// How long requests in progress may go on after the stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Connections that one network may hold at a time: a browser holds six. Upgraded ones are the hub's to count.
const MAX_PER_NETWORK: u32 = 1000;

/// How many connections each network holds. Proxies that we trust stand for everybody behind them and are not counted;
/// nor is this machine, where proxies that nobody told us of usually are.
#[derive(Debug)]
pub struct Networks {
    most: u32,
    trusted: Vec<IpAddr>,
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection that was counted. Dropping it takes it out of the count.
struct Counted {
    networks: Arc<Networks>,
    network: IpAddr,
}

impl Networks {
    /// As the settings have it.
    pub fn new(config: &Config) -> Self {
        Self { most: MAX_PER_NETWORK, trusted: config.trusted_proxies.clone(), open: Mutex::default() }
    }

    // None where this network has as many as it may.
    fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Counted> {
        let peer = peer.to_canonical();
        let is_limited = !peer.is_loopback() && !self.trusted.contains(&peer);
        let network = network(peer);
        let mut open = self.open();
        let count = open.entry(network).or_default();
        if is_limited && *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Counted { networks: self.clone(), network })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.networks.open();
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

/// Serves until `stop`, then lets requests in progress finish for up to ten seconds.
/// Upgraded connections (sockets) are not waited for: the hub closes them.
pub async fn serve(listener: TcpListener, router: Router, networks: Networks, stop: CancellationToken) {
    let networks = Arc::new(networks);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Whoever has too many gets no answer: an answer would be work.
                    if let Some(counted) = networks.enter(peer.ip()) {
                        let (router, stop) = (router.clone(), stop.clone());
                        connections.spawn(async move {
                            connection(stream, peer, router, stop).await;
                            drop(counted);
                        });
                    }
                }
                Err(error) => {
                    // Out of handles: whoever is served already goes on, and some will leave.
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("some requests did not finish in time");
        connections.abort_all();
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Frames of a show are small and matter now.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(MAX_HEAD_BYTES).max_headers(MAX_HEADERS);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_so_many_connections_and_a_proxy_as_many_as_it_needs() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let networks = Arc::new(Networks { most: 2, trusted: vec![address("10.0.0.2")], open: Mutex::default() });
        let mut held: Vec<Counted> = ["2001:db8::1", "2001:db8::2"].into_iter().filter_map(|peer| networks.enter(address(peer))).collect();
        assert_eq!(held.len(), 2);
        assert!(networks.enter(address("2001:db8::3")).is_none(), "one network");
        assert!(networks.enter(address("192.0.2.1")).is_some(), "another");
        held.extend((0..9).flat_map(|_| [networks.enter(address("10.0.0.2")), networks.enter(address("::ffff:127.0.0.1"))]).flatten());
        assert_eq!(held.len(), 20);
        held.clear();
        assert!(networks.open().is_empty(), "who leaves is not counted");
        assert!(networks.enter(address("2001:db8::3")).is_some());
    }
}
