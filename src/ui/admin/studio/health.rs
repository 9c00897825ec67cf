//! How the show arrives, viewer by viewer, in numbers.

use leptos::prelude::*;

use crate::live::broadcast::{Broadcast, PeerHealth};

/// The table, folded away until it is wanted; its heading says the worst.
#[component]
pub fn Health(broadcast: Broadcast) -> impl IntoView {
    let peers = broadcast.peers;
    let summary = move || peers.with(|peers| in_short(peers));
    view! {
        <details class="card" data-testid="health">
            <summary class="min-h-11 px-4 py-3 font-semibold">"Connections: " {summary}</summary>
            <div class="overflow-x-auto px-4 pb-4">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Viewer"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Picture"</th>
                            <th scope="col">"kbit/s"</th>
                            <th scope="col">"Delay"</th>
                            <th scope="col">"Loss"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            peers
                                .get()
                                .into_iter()
                                .map(|peer| {
                                    view! {
                                        <tr>
                                            <td>{peer.peer}</td>
                                            <td>{peer.state}</td>
                                            <td>{format!("{}\u{d7}{}, {} fps", peer.width_px, peer.height_px, peer.fps)}</td>
                                            <td>{peer.sent_kbps}</td>
                                            <td>{format!("{} ms", peer.round_trip_ms)}</td>
                                            <td>{format!("{:.1} %", peer.loss_percent)}</td>
                                        </tr>
                                    }
                                })
                                .collect_view()
                        }}
                    </tbody>
                </table>
            </div>
        </details>
    }
}

fn in_short(peers: &[PeerHealth]) -> String {
    let connected = peers.iter().filter(|peer| peer.state == "connected").count();
    if peers.is_empty() {
        return "nobody yet".into();
    }
    let worst = peers.iter().map(|peer| peer.loss_percent).fold(0.0, f32::max);
    format!("{connected} of {} connected, worst loss {worst:.1} %", peers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_names_the_worst() {
        let peer = |state: &str, loss_percent| PeerHealth {
            peer: "a".into(),
            state: state.into(),
            sent_kbps: 0,
            fps: 0,
            width_px: 0,
            height_px: 0,
            round_trip_ms: 0,
            loss_percent,
        };
        assert_eq!(in_short(&[]), "nobody yet");
        assert_eq!(in_short(&[peer("connected", 0.25), peer("failed", 4.0)]), "1 of 2 connected, worst loss 4.0 %");
    }
}
