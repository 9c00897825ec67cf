//! How the recording is: while the show runs, and after it until the replay can be watched.

use leptos::prelude::*;

use super::host::Host;
use crate::{
    domain::time::clock,
    live::broadcast::{RecordingPhase, RecordingView},
    ui::components::{
        icon::{Glyph, Icon},
        notice::{Notice, Tone},
    },
};

/// While the show runs: that it is recorded, and what is not safe yet.
#[component]
pub fn RecordingLine(host: Host) -> impl IntoView {
    let view = host.broadcast.recording;
    let trouble = Memo::new(move |_| view.with(|view| view.trouble));
    move || {
        let is_recording = Memo::new(move |_| view.with(|view| view.phase == RecordingPhase::Recording));
        is_recording.get().then(|| {
            view! {
                <p
                    class="studio-recording text-muted flex flex-wrap items-center gap-x-3 gap-y-1 text-sm"
                    data-testid="recording-state"
                    data-phase="recording"
                    data-recorded-ms=move || view.with(|view| view.recorded_ms.to_string())
                    data-waiting-bytes=move || view.with(|view| view.waiting_bytes.to_string())
                    data-sent-bytes=move || view.with(|view| view.sent_bytes.to_string())
                >
                    <span class="text-ink inline-flex items-center gap-2 font-semibold">
                        <span class="dot text-live"></span>
                        "Recording"
                        <span class="tabular-nums">{move || view.with(|view| clock(view.recorded_ms / 1000))}</span>
                    </span>
                    <span class="tabular-nums">{move || view.with(saved)}</span>
                    {move || trouble.get().map(|trouble| view! { <span class="text-warn font-medium" role="status">{trouble}</span> })}
                </p>
            }
        })
    }
}

fn saved(view: &RecordingView) -> String {
    // Two seconds are always on their way; more is worth a word.
    if view.waiting_bytes > 1_500_000 {
        format!("{} saved, {} waiting", megabytes(view.sent_bytes), megabytes(view.waiting_bytes))
    } else {
        format!("{} saved", megabytes(view.sent_bytes))
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// After the show: how much is still to be saved, with a way out; then that the replay is there.
#[component]
pub fn SavingPanel(host: Host) -> impl IntoView {
    let view = host.broadcast.recording;
    let phase = Memo::new(move |_| view.with(|view| view.phase));
    let kept = Memo::new(move |_| view.with(|view| view.is_kept));
    let trouble = Memo::new(move |_| view.with(|view| view.trouble));
    let percent = Memo::new(move |_| {
        view.with(|view| {
            let all = view.waiting_bytes + view.sent_bytes;
            (view.sent_bytes * 100).checked_div(all).unwrap_or(100)
        })
    });
    let name = move || match phase.get() {
        RecordingPhase::Off => "off",
        RecordingPhase::Recording => "recording",
        RecordingPhase::Saving => "saving",
        RecordingPhase::Finishing => "finishing",
        RecordingPhase::Ready => "ready",
        RecordingPhase::Empty => "empty",
    };
    view! {
        <div class="empty:hidden" data-testid="recording-state" data-phase=name>
            {move || match phase.get() {
                RecordingPhase::Off | RecordingPhase::Recording => ().into_any(),
                RecordingPhase::Saving => {
                    view! {
                        <div class="notice notice-calm flex-col gap-2" role="status">
                            <p class="font-semibold">"Saving the recording\u{2026} " <span class="tabular-nums">{move || format!("{} %", percent.get())}</span></p>
                            <progress class="w-full" max="100" value=move || percent.get().to_string() aria-label="Saving the recording"></progress>
                            {move || trouble.get().map(|trouble| view! { <p class="text-warn text-sm font-medium">{trouble}</p> })}
                            <p class="text-muted text-sm">
                                {move || {
                                    if kept.get() {
                                        "You can leave: what is missing is sent when you open the studio in this browser again."
                                    } else {
                                        "Keep this page open until it is done."
                                    }
                                }}
                            </p>
                            <button type="button" class="btn btn-quiet btn-small" data-testid="skip-saving" on:click=move |_| host.broadcast.skip_saving()>
                                "Make the replay without the rest"
                            </button>
                        </div>
                    }
                        .into_any()
                }
                RecordingPhase::Finishing => {
                    view! {
                        <div class="notice notice-calm" role="status">
                            <Icon glyph=Glyph::Clock />
                            <p>"Everything is saved. The replay is being made\u{2026}"</p>
                        </div>
                    }
                        .into_any()
                }
                RecordingPhase::Ready => view! { <Notice tone=Tone::Good text="The replay is ready to be watched." /> }.into_any(),
                RecordingPhase::Empty => view! { <Notice tone=Tone::Calm text="Nothing was recorded of this show." /> }.into_any(),
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_once_it_is_more_than_usual() {
        let view = |sent_bytes, waiting_bytes| RecordingView { sent_bytes, waiting_bytes, ..RecordingView::default() };
        assert_eq!(saved(&view(12_340_000, 400_000)), "12.3 MB saved");
        assert_eq!(saved(&view(0, 2_000_000)), "0.0 MB saved, 2.0 MB waiting");
    }
}
