//! The media server, measured: one host of about 1 Mbit/s, many viewers, all over the loopback of this machine. Fails if a
//! viewer misses a packet. Prints what passing on a packet costs the media server's one thread, and how long it takes.
//!
//! `cargo bench --features ssr --bench media -- --viewers 100 --seconds 10`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command for people, which may fail loudly")]

mod camera;
mod client;
#[path = "../../support/rtc/end.rs"]
mod end;
mod kernel;
mod report;
#[path = "../support.rs"]
mod support;
mod tally;

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    sync::mpsc,
    task::LocalSet,
    time::{interval, sleep, timeout},
};
use wrencos::server::{
    config::media::{Media, SfuConfig, TcpPort},
    sfu::{Command, Figures, Line, Notice, Sfu, Stage},
};

use self::{
    camera::Camera,
    client::Client,
    report::{Moment, Report},
    support::number,
};

/// How quickly viewers come: a show that was announced, not one that came back after a fault.
const JOINS_PER_SECOND: u32 = 50;
/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long packets that are asked for again may take once the measurement is over.
const LATE: Duration = Duration::from_secs(3);

fn main() {
    let (viewers, seconds) = (number("--viewers", 100), number("--seconds", 10));
    assert!(viewers > 0 && seconds > 0, "it takes at least one viewer and one second");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(LocalSet::new().run_until(run(usize::try_from(viewers).unwrap(), Duration::from_secs(seconds))));
    println!("{report}");
    report.judge();
}

async fn run(count: usize, length: Duration) -> Report {
    let config = SfuConfig {
        udp_port: 0,
        tcp_port: TcpPort::Off,
        public_ips: vec![[127, 0, 0, 1].into()],
        max_viewers: u32::try_from(count).unwrap(),
        simulcast: false,
    };
    let sfu = Sfu::open(&Media::Server(config)).unwrap().unwrap();
    let (stage, mut notices) = sfu.stage();
    let client = Client::open();
    let sent = timeout(PATIENCE, host(&client, &stage, &mut notices)).await.expect("the host is connected in time");
    let viewers = timeout(PATIENCE, join(count, &client, &stage, &mut notices)).await.expect("every viewer is offered the picture in time");
    let is_watching = |viewer: &usize| client.with(*viewer, |party| party.tally.is_watching());
    until(PATIENCE, || viewers.iter().all(is_watching)).await;
    let watching = viewers.iter().filter(|viewer| is_watching(viewer)).count();
    assert!(watching == count, "{watching} of {count} viewers have the picture after {} s", PATIENCE.as_secs());

    let (of_viewers, of_server) = (client.ports(), sfu.addresses().iter().map(std::net::SocketAddr::port).collect());
    let (full_client, full_server) = (kernel::thrown_away(&of_viewers), kernel::thrown_away(&of_server));
    // From one word of the media server to another: its figures and the clock then speak of the same time.
    let before = moment(&sfu, &client, &sent).await;
    sleep(length.saturating_sub(Duration::from_millis(500))).await;
    let after = moment(&sfu, &client, &sent).await;
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
    Report {
        viewers: count,
        lost: viewers.iter().map(missing).sum(),
        cut_off: viewers.iter().filter(|viewer| client.with(**viewer, |party| party.is_over)).count(),
        overrun_client: since(full_client, kernel::thrown_away(&of_viewers)),
        overrun_server: since(full_server, kernel::thrown_away(&of_server)),
        unsent: client.unsent.get(),
        before,
        after,
        delays,
        first_packets,
        first_pictures,
    }
}

/// A host that shows; gives the count of what it sends.
async fn host(client: &Rc<Client>, stage: &Stage, notices: &mut mpsc::Receiver<Notice>) -> Rc<Cell<u64>> {
    let host = client.add().await;
    let (offer, pending, sending) = client.with(host, |party| end::offer(&mut party.rtc, &[]));
    stage.tell(Command::Publish { number: 1, offer });
    match notices.recv().await {
        Some(Notice::Answer { answer, .. }) => client.drive(host, |party| end::accept(&mut party.rtc, pending, &answer)),
        other => panic!("the host is not answered: {other:?}"),
    }
    until(PATIENCE, || client.with(host, |party| party.is_connected)).await;
    Camera::start(client.clone(), host, sending)
}

/// Lets viewers come until all have answered what they were offered.
async fn join(count: usize, client: &Rc<Client>, stage: &Stage, notices: &mut mpsc::Receiver<Notice>) -> Vec<usize> {
    let mut next = interval(Duration::from_secs(1) / JOINS_PER_SECOND);
    let (mut viewers, mut answered) = (Vec::with_capacity(count), 0);
    while answered < count {
        tokio::select! {
            _ = next.tick(), if viewers.len() < count => {
                let viewer = client.add().await;
                client.with(viewer, |party| party.tally.asked_at = Some(Instant::now()));
                stage.tell(Command::Subscribe(Line(viewers.len() as u64)));
                viewers.push(viewer);
            }
            notice = notices.recv() => match notice {
                Some(Notice::Offer { line, offer, .. }) => {
                    let viewer = viewers[usize::try_from(line.0).unwrap()];
                    // The first check leaves when the answer is on its way: one that came before it would be lost, and the
                    // next is sent much later.
                    let answer = client.with(viewer, |party| end::answer(&mut party.rtc, &offer));
                    stage.tell(Command::Answer { line, answer });
                    client.drive(viewer, |_| ());
                    answered += 1;
                }
                Some(Notice::Picture | Notice::Joined(_)) => {}
                other => panic!("a viewer is not offered the picture: {other:?}"),
            },
        }
    }
    viewers
}

/// The next word of the media server, which speaks once a second, and where this thread was then.
async fn moment(sfu: &Sfu, client: &Client, sent: &Cell<u64>) -> Moment {
    let last: Figures = sfu.figures();
    until(PATIENCE, || sfu.figures().cpu != last.cpu).await;
    let figures = sfu.figures();
    assert!(figures.cpu > last.cpu, "the media server has stopped");
    Moment { figures, at: Instant::now(), sent: sent.get(), unsent: client.unsent.get(), thread: kernel::thread_time() }
}

/// Until that is so, or for so long.
async fn until(longest: Duration, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + longest;
    while !is_so() && Instant::now() < deadline {
        sleep(Duration::from_millis(5)).await;
    }
}
