//! One measurement: a host, viewers who stay, and what it costs the media server to pass the one on to the others.

use std::{
    cell::Cell,
    collections::BTreeSet,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    camera::First,
    client::Client,
    crowd::{Crowd, until},
    kernel,
    report::{Moment, Report},
    server::Server,
};

/// How long packets that are asked for again may take once the measurement is over.
pub const LATE: Duration = Duration::from_secs(3);

/// Measures this media server, which is fresh, for so long.
pub async fn measure(count: usize, length: Duration, ip: Ipv4Addr, mut server: Server) -> Report {
    let client = Client::open(ip);
    let crowd = Crowd::gather(count, First::default(), &client, &mut server).await;
    let (viewers, sent) = (&crowd.viewers, &crowd.sent);

    let of_viewers = client.ports();
    let of_server = server.port.map(|port| BTreeSet::from([port]));
    let full = || (kernel::thrown_away(&of_viewers), of_server.as_ref().and_then(kernel::thrown_away));
    let (full_client, full_server) = full();
    let before = moment(&mut server, &client, sent).await;
    // Ours then looks at itself within a second.
    sleep(if before.count.is_some() { length.saturating_sub(Duration::from_millis(500)) } else { length }).await;
    let after = moment(&mut server, &client, sent).await;
    let numbers = before.sent..after.sent;
    let missing = |viewer: &usize| (after.sent - before.sent).saturating_sub(client.with(*viewer, |party| party.tally.delays(&numbers).len() as u64));
    // The host goes on meanwhile: what is lost at the end shows with what follows it.
    until(LATE, || viewers.iter().all(|viewer| missing(viewer) == 0)).await;

    let mut delays: Vec<u64> = viewers.iter().flat_map(|viewer| client.with(*viewer, |party| party.tally.delays(&numbers))).collect();
    let (mut first_packets, mut first_pictures): (Vec<u64>, Vec<u64>) =
        viewers.iter().filter_map(|viewer| client.with(*viewer, |party| party.tally.joined())).unzip();
    for times in [&mut delays, &mut first_packets, &mut first_pictures] {
        times.sort_unstable();
    }
    let since = |before: Option<u64>, now: Option<u64>| Some(now?.saturating_sub(before?));
    let (now_full_client, now_full_server) = full();
    let report = Report {
        name: server.name.clone(),
        viewers: count,
        lost: viewers.iter().map(missing).sum(),
        cut_off: crowd.cut_off(&client),
        overrun_client: since(full_client, now_full_client),
        overrun_server: since(full_server, now_full_server),
        unsent: client.unsent.get(),
        before,
        after,
        delays,
        first_packets,
        first_pictures,
    };
    server.end().await;
    report
}

/// Where everybody is. Ours is asked first, and answers when it has looked at itself: its figures and the clock then speak of
/// the same time.
async fn moment(server: &mut Server, client: &Client, sent: &Cell<u64>) -> Moment {
    let count = server.count().await;
    Moment {
        count,
        cpu_seconds: server.cpu_seconds(),
        at: Instant::now(),
        sent: sent.get(),
        unsent: client.unsent.get(),
        received_bytes: client.received_bytes.get(),
        thread: kernel::thread_time(),
    }
}
