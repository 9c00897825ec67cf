//! A host who shows, and viewers who come until all have the picture: how every run of this bench begins.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::time::{interval, sleep, timeout};

use super::{
    camera::{Camera, First},
    client::Client,
    end,
    server::Server,
    wire::{Asked, Told},
};

/// How quickly viewers come: a show that was announced, not one that came back after a fault.
const JOINS_PER_SECOND: u32 = 50;
/// The longest that anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// All of them.
pub struct Crowd {
    /// Of the host's packets; the number of the next one.
    pub sent: Rc<Cell<u64>>,
    /// Their ends at the client. The line of each is its place here.
    pub viewers: Vec<usize>,
}

impl Crowd {
    /// Comes together. Fails where somebody has no picture in the end.
    pub async fn gather(count: usize, first: First, client: &Rc<Client>, server: &mut Server) -> Self {
        let sent = timeout(PATIENCE, host(first, client, server)).await.expect("the host is connected in time");
        let viewers = timeout(PATIENCE, join(count, client, server)).await.expect("every viewer is offered the picture in time");
        let is_watching = |viewer: &usize| client.with(*viewer, |party| party.tally.is_watching());
        until(PATIENCE, || viewers.iter().all(is_watching)).await;
        let watching = viewers.iter().filter(|viewer| is_watching(viewer)).count();
        assert!(watching == count, "{watching} of {count} viewers have the picture of {} after {} s", server.name, PATIENCE.as_secs());
        Self { sent, viewers }
    }

    /// Viewers whose connection is gone.
    pub fn cut_off(&self, client: &Client) -> usize {
        self.viewers.iter().filter(|viewer| client.with(**viewer, |party| party.is_over)).count()
    }
}

/// A host that shows; gives the count of what it sends.
async fn host(first: First, client: &Rc<Client>, server: &mut Server) -> Rc<Cell<u64>> {
    let host = client.add().await;
    let (offer, pending, sending) = client.with(host, |party| end::offer(&mut party.rtc, &[]));
    server.tell(Asked::Publish(offer));
    match server.hear().await {
        Told::Answered(answer) => client.drive(host, |party| end::accept(&mut party.rtc, pending, &answer)),
        other => panic!("the host is not answered: {other:?}"),
    }
    until(PATIENCE, || client.with(host, |party| party.is_connected)).await;
    Camera::start(client.clone(), host, sending, first)
}

/// Lets viewers come until all have answered what they were offered.
async fn join(count: usize, client: &Rc<Client>, server: &mut Server) -> Vec<usize> {
    let mut next = interval(Duration::from_secs(1) / JOINS_PER_SECOND);
    let (mut viewers, mut answered) = (Vec::with_capacity(count), 0);
    while answered < count {
        tokio::select! {
            _ = next.tick(), if viewers.len() < count => {
                viewers.push(ask(viewers.len() as u64, client, server).await);
            }
            told = server.hear() => match told {
                Told::Offer(line, offer) => {
                    answer(line, viewers[usize::try_from(line).unwrap()], &offer, client, server);
                    answered += 1;
                }
                Told::Noted => {}
                other => panic!("a viewer is not offered the picture: {other:?}"),
            },
        }
    }
    viewers
}

/// Somebody new asks for the picture under this line.
pub async fn ask(line: u64, client: &Rc<Client>, server: &Server) -> usize {
    let viewer = client.add().await;
    client.with(viewer, |party| party.tally.asked_at = Some(Instant::now()));
    server.tell(Asked::Subscribe(line));
    viewer
}

/// Takes what is offered.
pub fn answer(line: u64, viewer: usize, offer: &str, client: &Client, server: &Server) {
    // The first check leaves when the answer is on its way: one that came before it would be lost, and the next is sent much
    // later.
    let answer = client.with(viewer, |party| end::answer(&mut party.rtc, offer));
    server.tell(Asked::Answer(line, answer));
    client.drive(viewer, |_| ());
}

/// Until that is so, or for so long.
pub async fn until(longest: Duration, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + longest;
    while !is_so() && Instant::now() < deadline {
        sleep(Duration::from_millis(5)).await;
    }
}
