//! A show whose camera is an encoder: what it has to be told, whether its picture comes, and what its host does meanwhile.

use leptos::{html, prelude::*};
use leptos_meta::Title;

use super::studio::{host::Host, shelf::Shelf, stop_button::StopButton};
use crate::{
    api::{livestreams::get_livestream, media::get_ingest},
    domain::{
        id::LivestreamId,
        ingest::Ingest,
        livestream::{Livestream, LivestreamStatus},
    },
    error::AppError,
    live::{assist, playing::use_playing, state::Phase},
    ui::{
        components::{
            chat::{Chat, Speaker, Spoken},
            failure::Failure,
            icon::{Glyph, Icon},
            notice::PassingNotice,
            skeleton::PageSkeleton,
        },
        customer::{route_id::use_route_id, watch::player::Player},
        moderate::desk::{Desk, Power},
        ready::Ready,
    },
};

/// The page.
#[component]
pub fn EncoderPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("show");
    let found = Resource::new(move || id.get(), |id| async move { load(id?).await });
    view! {
        <Title text="Encoder" />
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match found.await {
                    Ok((show, ingest)) => view! { <Room show ingest /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

async fn load(id: LivestreamId) -> Result<(Livestream, Ingest), AppError> {
    futures::future::try_join(get_livestream(id), get_ingest(id)).await
}

#[component]
fn Room(show: Livestream, ingest: Ingest) -> impl IntoView {
    let host = Host::new(Some(show.clone()), Callback::new(|_| {}), Callback::new(|_| {}));
    let playing = use_playing();
    let watch = playing.borrow(&show);
    let seen = watch.state;
    // This page sends nothing and has no seat as a host: what it knows of the show is what its viewers are told.
    Effect::new(move || host.broadcast.state.pins.set(seen.pins.get()));
    Effect::new(move || host.broadcast.state.phase.set(seen.phase.get()));
    let video = NodeRef::<html::Video>::new();
    Effect::new(move || {
        playing.show_on_page(watch, video);
    });
    let desk = Some(Desk::new(Signal::stored(Some(show.id)), Power::Admin).in_chat());
    let on_say = Callback::new(move |said: Spoken| watch.send_chat(&said.text, None));
    view! {
        <div class="studio">
            <div class="studio-main">
                <h1 class="studio-title">{move || seen.title.get()}</h1>
                <div class="studio-notes">
                    <PassingNotice notice=host.broadcast.state.notice />
                    <PassingNotice notice=seen.notice />
                </div>
                <Setup host ingest />
                <section class="overflow-hidden rounded-card" aria-label="What viewers see">
                    <Player watch video show />
                </section>
            </div>
            <div class="studio-side">
                <section class="panel" aria-label="Products">
                    <Shelf host />
                </section>
                <section class="panel studio-chat" aria-label="Chat">
                    <h2 class="panel-head min-h-17 text-lg sm:text-lg">"Chat"</h2>
                    <Chat state=seen speaker=Speaker::Host on_say desk />
                </section>
            </div>
        </div>
    }
}

/// Whether the picture comes, and what the encoder has to be told so that it does.
#[component]
fn Setup(host: Host, ingest: Ingest) -> impl IntoView {
    let phase = host.broadcast.state.phase;
    let status = move || match phase.get() {
        Phase::Scheduled => ("badge badge-soon", "Not live yet"),
        Phase::HostAway => ("badge badge-soon", "Waiting for the encoder"),
        Phase::Live => ("badge badge-live", "On air"),
        Phase::Ended => ("badge badge-done", "The show is over"),
    };
    let words = move || match phase.get() {
        Phase::Scheduled => "Set up the encoder, start the show, then start streaming in the encoder. It is refused before the show is live.",
        Phase::HostAway => "Start streaming in the encoder now. Viewers are told to wait.",
        Phase::Live => "The picture comes. An encoder that breaks off can come again; its viewers wait and need do nothing.",
        Phase::Ended => "Stop the encoder: nobody sees its picture any more.",
    };
    let planned =
        move || host.show.with(|show| show.as_ref().is_some_and(|show| show.status == LivestreamStatus::Scheduled)) && phase.get() == Phase::Scheduled;
    let url = RwSignal::new(ingest.url.clone());
    // The whole address is known to the browser alone: the server may stand behind another.
    Effect::new(move || url.set(assist::whole_address(&ingest.url)));
    view! {
        <section class="card flex flex-col gap-4 p-4 sm:p-5" aria-label="Encoder">
            <div class="flex flex-col gap-2" aria-live="polite">
                <span class=move || format!("{} self-start", status().0) data-testid="encoder-status">
                    {move || status().1}
                </span>
                <p>{words}</p>
            </div>
            {move || host.refusal.get().map(|refusal| view! { <p class="mistake" role="alert">{refusal.message}</p> })}
            <Ready class="flex flex-col gap-4">
                <Copied id="ingest-url" label="Server" value=url is_secret=false />
                <Copied id="ingest-key" label="Bearer token" value=RwSignal::new(ingest.bearer_token.clone()) is_secret=true />
                <p class="hint">
                    "In OBS: Settings, Stream, Service \u{201c}WHIP\u{201d}. H.264 without B-frames and a key frame every two seconds suit it. Whoever has the token can be the camera of this show."
                </p>
                <p class="flex flex-wrap items-center gap-2">
                    <Show when=planned>
                        <button type="button" class="btn btn-primary" data-testid="start-show" disabled=host.busy on:click=move |_| host.start()>
                            <Icon glyph=Glyph::Bird />
                            "Start the show"
                        </button>
                    </Show>
                    <Show when=move || matches!(phase.get(), Phase::Live | Phase::HostAway)>
                        <StopButton host />
                    </Show>
                </p>
            </Ready>
        </section>
    }
}

/// A line to be copied into another program.
#[component]
fn Copied(id: &'static str, label: &'static str, value: RwSignal<String>, is_secret: bool) -> impl IntoView {
    let is_hidden = RwSignal::new(is_secret);
    let copied = RwSignal::new(false);
    let copy = move |_| copied.set(assist::copy(&value.get_untracked()));
    view! {
        <div>
            <label class="label" for=id>
                {label}
            </label>
            <div class="flex flex-wrap gap-2">
                <input
                    class="input min-w-0 flex-1 font-mono text-sm"
                    id=id
                    data-testid=id
                    readonly
                    autocomplete="off"
                    type=move || if is_hidden.get() { "password" } else { "text" }
                    prop:value=value
                />
                {is_secret
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-plain btn-small" aria-controls=id on:click=move |_| is_hidden.update(|hidden| *hidden = !*hidden)>
                                {move || if is_hidden.get() { "Show" } else { "Hide" }}
                            </button>
                        }
                    })}
                <button type="button" class="btn btn-quiet btn-small" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </div>
        </div>
    }
}
