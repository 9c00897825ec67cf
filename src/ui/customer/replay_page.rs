//! A show that is over: what it was, what was shown, what was said.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{past_shows::PastShows, route_id::use_route_id};
use crate::{
    api::livestreams::get_livestream,
    domain::{
        chat::ChatMessage,
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus},
    },
    ui::{
        cart::add_to_cart::{AddToCart, Place},
        components::{
            badge::StatusBadge,
            describe::Describe,
            empty::Empty,
            failure::Failure,
            icon::Glyph,
            product_card::ProductCard,
            skeleton::PageSkeleton,
            when::{Precision, When, duration_in_words},
        },
        sharing::ShareShow,
    },
};

/// The page of a show that is over.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("show");
    let show = Resource::new_blocking(move || id.get(), |id| async move { get_livestream(id?).await });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok(show) if show.status == LivestreamStatus::Ended => view! { <Replay show /> }.into_any(),
                    Ok(show) => view! { <NotYet show /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn NotYet(show: Livestream) -> impl IntoView {
    view! {
        <Title text=show.title.clone() />
        <div class="page">
            <h1>{show.title.clone()}</h1>
            <Empty glyph=Glyph::Clock title="This show is not over yet" text="There is no replay of what is still to come. You can be there.">
                <a class="btn btn-primary" href=format!("/live/{}", show.id)>
                    "Go to the show"
                </a>
            </Empty>
        </div>
    }
}

#[component]
fn Replay(show: Livestream) -> impl IntoView {
    let id = show.id;
    let began = show.start_time.unwrap_or(show.created_at);
    let picture = if show.video_url.is_empty() {
        view! {
            <div class="screen stage rounded-card">
                <div class="veil veil-waiting">
                    <p class="font-display text-xl font-semibold">"This show was not recorded"</p>
                    <p class="text-muted">"What was shown and said is kept below."</p>
                </div>
            </div>
        }
        .into_any()
    } else {
        let poster = (!show.thumbnail_url.is_empty()).then(|| show.thumbnail_url.clone());
        view! {
            <div class="screen rounded-card">
                <video controls playsinline preload="metadata" src=show.video_url.clone() poster=poster data-testid="replay-video"></video>
            </div>
        }
        .into_any()
    };
    let facts = [
        ("Length", duration_in_words(show.duration)),
        ("Viewers", show.view_count.to_string()),
        ("At once", show.peak_viewers.to_string()),
        ("Hearts", show.likes.to_string()),
    ];
    let products: Vec<_> = show.pinned_products.iter().map(|pin| pin.product.clone()).collect();
    view! {
        <Title text=show.title.clone() />
        <Describe text=show.description.clone() />
        <ShareShow show=show.clone() />
        <article class="page" data-testid="replay">
            {picture}
            <header class="flex flex-col gap-3">
                <p class="text-muted flex flex-wrap items-center gap-3">
                    <StatusBadge status=show.status />
                    <When at=began precision=Precision::Minute />
                </p>
                <h1>{show.title.clone()}</h1>
                <p class="prose-text">{show.description.clone()}</p>
                <dl class="flex flex-wrap gap-x-8 gap-y-2">
                    {facts
                        .into_iter()
                        .map(|(name, value)| {
                            view! {
                                <div>
                                    <dt class="text-muted text-sm">{name}</dt>
                                    <dd class="font-semibold tabular-nums">{value}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </header>
            {(!products.is_empty())
                .then(|| {
                    view! {
                        <section class="flex flex-col gap-4">
                            <h2>"Shown in this show"</h2>
                            <ul class="grid-cards">
                                {products
                                    .into_iter()
                                    .map(|product| {
                                        view! {
                                            <li class="relative flex flex-col *:flex-1">
                                                <ProductCard product=product.clone() />
                                                <div class="absolute top-2 right-2">
                                                    <AddToCart product=Signal::stored(product) place=Place::Card show=Some(id) />
                                                </div>
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        </section>
                    }
                })}
            <Said messages=show.chat_messages.clone() />
            <PastShows title="More shows" limit=6 />
        </article>
    }
}

#[component]
fn Said(messages: Vec<ChatMessage>) -> impl IntoView {
    (!messages.is_empty()).then(|| {
        view! {
            <section class="flex flex-col gap-4">
                <h2>"What was said"</h2>
                <ol class="card flex max-h-128 flex-col gap-0.5 overflow-y-auto p-3" tabindex="0" aria-label="Chat of the show">
                    {messages
                        .into_iter()
                        .map(|message| {
                            view! {
                                <li class="chat-line" data-testid="chat-message" data-admin=if message.is_admin { "true" } else { "false" }>
                                    <span class="text-accent mr-1.5 font-semibold">
                                        <bdi>{message.username}</bdi>
                                    </span>
                                    {message.is_admin.then(|| view! { <span class="badge badge-live mr-1.5 text-xs">"Host"</span> })}
                                    <bdi>{message.message}</bdi>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </section>
        }
    })
}
