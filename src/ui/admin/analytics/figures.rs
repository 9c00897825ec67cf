//! The show in a dozen numbers.

use leptos::prelude::*;

use crate::{
    domain::{analytics::ShowReport, livestream::LivestreamStatus, money::format_price},
    ui::components::{count::counted, when::duration_in_words},
};

/// What a tile says: a number, and below it what more there is to say.
struct Figure {
    value: String,
    more: String,
}

impl Figure {
    fn of(value: impl ToString, more: impl Into<String>) -> Self {
        Self { value: value.to_string(), more: more.into() }
    }
}

/// The tiles.
#[component]
pub fn Figures(report: RwSignal<ShowReport>) -> impl IntoView {
    let tile = move |name: &'static str, label: &'static str, read: fn(&ShowReport) -> Figure| {
        let figure = Memo::new(move |_| {
            let Figure { value, more } = report.with(read);
            (value, more)
        });
        view! {
            <div class="card flex min-w-0 flex-col gap-1 p-4" data-testid="figure" data-name=name>
                <dt class="text-muted text-sm">{label}</dt>
                <dd class="text-2xl font-semibold tabular-nums" data-testid="figure-value">
                    {move || figure.with(|figure| figure.0.clone())}
                </dd>
                <dd class="text-muted text-sm tabular-nums empty:hidden">{move || figure.with(|figure| figure.1.clone())}</dd>
            </div>
        }
    };
    view! {
        <dl class="grid grid-cols-2 gap-3 md:grid-cols-4 xl:gap-4">
            {tile("peak", "Watching at once, at most", |report| {
                let viewers = report.analytics.viewers;
                let now = if report.status == LivestreamStatus::Live { format!("{} now", viewers.now) } else { String::new() };
                Figure::of(viewers.peak, now)
            })}
            {tile("unique", "Viewers", |report| {
                let viewers = report.analytics.viewers;
                Figure::of(viewers.unique, format!("{} with those of the replay", viewers.total.max(viewers.unique)))
            })}
            {tile("watched", "Watched on average", |report| {
                let watched = report.analytics.watch_seconds;
                Figure::of(duration_in_words(watched.average), format!("{} in all", duration_in_words(watched.total)))
            })}
            {tile("engagement", "Took part", |report| {
                Figure::of(format!("{:.0}\u{a0}%", report.analytics.engagement_rate * 100.0), "liked, spoke or ordered")
            })}
            {tile("likes", "Hearts", |report| Figure::of(report.analytics.likes, ""))}
            {tile("messages", "Messages", |report| {
                Figure::of(report.analytics.chat_messages, format!("by {}", counted(report.analytics.chatters, "person", "people")))
            })}
            {tile("orders", "Orders", |report| {
                let orders: u64 = report.analytics.timeline.iter().map(|point| point.orders).sum();
                let units: u64 = report.analytics.products.iter().map(|product| product.units).sum();
                Figure::of(orders, counted(units, "piece", "pieces"))
            })}
            {tile("revenue", "Sold for", |report| {
                let analytics = &report.analytics;
                let others: Vec<String> = analytics.other_revenue.iter().map(|other| format_price(other.amount, other.currency)).collect();
                let more = if others.is_empty() { String::new() } else { format!("and {}", others.join(", ")) };
                Figure::of(format_price(analytics.revenue, analytics.currency), more)
            })}
        </dl>
    }
}
