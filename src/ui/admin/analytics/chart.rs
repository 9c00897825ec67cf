//! A show over time: who watched, where products came onto the shelf, where people spoke and ordered.
//!
//! Drawn as SVG by the server, stretched to whatever width there is; words stand beside it, where they are not stretched.
//! Whoever cannot see it has a title, a description, and the same as a table.

use leptos::prelude::*;

use crate::{
    domain::{
        analytics::{PinSpan, ShowReport, TimelinePoint},
        id::ProductId,
        time::clock,
    },
    ui::components::count::counted,
};

/// The drawing's own units: it is as wide as the show is long.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 100.0;
/// Room above the highest point.
const HEADROOM: f64 = 8.0;
/// Products with a line of their own; the table has all of them.
const LINES: usize = 8;

/// The drawing.
#[component]
pub fn Chart(report: RwSignal<ShowReport>) -> impl IntoView {
    view! {
        <figure class="card flex flex-col gap-6 p-4 sm:p-6" data-testid="chart">
            <figcaption class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
                <h2>"Over time"</h2>
                <ul class="text-muted flex flex-wrap gap-x-4 gap-y-1 text-sm">
                    <li class="flex items-center gap-2">
                        <span class="bg-accent h-0.5 w-4 rounded"></span>
                        "watching"
                    </li>
                    <li class="flex items-center gap-2">
                        <span class="bg-good size-2.5 rounded-full"></span>
                        "order"
                    </li>
                    <li class="flex items-center gap-2">
                        <span class="border-warn h-4 border-l-2 border-dashed"></span>
                        "product pinned"
                    </li>
                </ul>
            </figcaption>
            {move || report.with(|report| view! { <Drawing report=report.clone() /> })}
        </figure>
    }
}

#[component]
fn Drawing(report: ShowReport) -> impl IntoView {
    let timeline = &report.analytics.timeline;
    let scale = Scale::of(&report);
    let most = scale.most;
    let most_said = timeline.iter().map(|point| point.chats).max().unwrap_or(0);
    let description = describe(&report);
    let hover: Vec<_> = (0..timeline.len()).map(|part| (scale.part(part), said(&report, part))).collect();
    let pins: Vec<_> = report.pins.iter().map(|pin| (scale.x(pin.from_second), format!("{} pinned at {}", pin.name, clock(pin.from_second)))).collect();
    let orders = scale.orders(timeline);
    let marks = [0_u64, 1, 2, 3, 4].map(|quarter| clock(report.length_seconds * quarter / 4));
    view! {
        <div class="flex flex-col gap-1">
            <div class="relative">
                <svg
                    class="block h-48 w-full overflow-visible sm:h-64"
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                    role="img"
                    aria-labelledby="chart-title chart-description"
                    data-testid="chart-viewers"
                >
                    <title id="chart-title">"Viewers over time, with pins and orders"</title>
                    <desc id="chart-description">{description}</desc>
                    <path class="stroke-line" d=format!("M0 {HEADROOM}H{WIDTH}M0 {}H{WIDTH}M0 {HEIGHT}H{WIDTH}", (HEIGHT + HEADROOM) / 2.0) vector-effect="non-scaling-stroke" fill="none" />
                    <path class="fill-accent-soft" d=scale.area(timeline) />
                    <path class="stroke-accent" d=scale.line(timeline) vector-effect="non-scaling-stroke" fill="none" stroke-width="2.5" stroke-linejoin="round" />
                    {pins
                        .into_iter()
                        .map(|(x, text)| {
                            view! {
                                <path
                                    class="stroke-warn"
                                    d=format!("M{x:.1} 0V{HEIGHT}")
                                    vector-effect="non-scaling-stroke"
                                    fill="none"
                                    stroke-width="1.5"
                                    stroke-dasharray="4 4"
                                    data-testid="chart-pin"
                                >
                                    <title>{text}</title>
                                </path>
                            }
                        })
                        .collect_view()}
                    // A line of no length with round ends is a dot that no stretching makes an egg.
                    {orders
                        .into_iter()
                        .map(|(x, y)| {
                            view! {
                                <path
                                    class="stroke-good"
                                    d=format!("M{x:.1} {y:.1}h0.01")
                                    vector-effect="non-scaling-stroke"
                                    fill="none"
                                    stroke-width="10"
                                    stroke-linecap="round"
                                    data-testid="chart-order"
                                />
                            }
                        })
                        .collect_view()}
                    {hover
                        .into_iter()
                        .map(|((x, width), text)| {
                            view! {
                                <rect x=format!("{x:.1}") y="0" width=format!("{width:.1}") height=HEIGHT.to_string() fill="transparent">
                                    <title>{text}</title>
                                </rect>
                            }
                        })
                        .collect_view()}
                </svg>
                <span class="text-muted bg-surface absolute top-0 left-0 rounded px-1 text-xs tabular-nums">{most}</span>
            </div>
            <div class="text-muted flex justify-between text-xs tabular-nums" aria-hidden="true">
                {marks.into_iter().map(|mark| view! { <span>{mark}</span> }).collect_view()}
            </div>
        </div>
        <div class="flex flex-col gap-1">
            <p class="text-muted flex justify-between text-sm">
                <span>"Messages"</span>
                <span class="tabular-nums">{format!("at most {most_said} at a time")}</span>
            </p>
            <svg class="block h-14 w-full" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label="Messages over time" data-testid="chart-messages">
                <path class="fill-muted" d=scale.bars(timeline, most_said) />
                <path class="stroke-line" d=format!("M0 {HEIGHT}H{WIDTH}") vector-effect="non-scaling-stroke" fill="none" />
            </svg>
        </div>
        <Shelf pins=report.pins.clone() scale />
    }
}

/// One product, and the seconds from and to which it was on the shelf.
struct Line {
    id: ProductId,
    name: String,
    spans: Vec<(u64, u64)>,
}

/// When which product was on the shelf.
#[component]
fn Shelf(pins: Vec<PinSpan>, scale: Scale) -> impl IntoView {
    let mut products: Vec<Line> = Vec::new();
    for pin in pins {
        let span = (pin.from_second, pin.to_second);
        match products.iter_mut().find(|line| line.id == pin.product_id) {
            Some(line) => line.spans.push(span),
            None => products.push(Line { id: pin.product_id, name: pin.name, spans: vec![span] }),
        }
    }
    let more = products.len().saturating_sub(LINES);
    let lines = products
        .into_iter()
        .take(LINES)
        .map(|Line { name, spans, .. }| {
            let times: Vec<String> = spans.iter().map(|(from, to)| format!("{} to {}", clock(*from), clock(*to))).collect();
            let label = format!("{name}, on the shelf from {}", times.join(", from "));
            view! {
                <li class="flex flex-col gap-0.5">
                    <span class="truncate text-sm">{name}</span>
                    <svg class="bg-sunken block h-2.5 w-full rounded" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                        <path class="fill-warn" d=scale.spans(&spans) />
                    </svg>
                </li>
            }
        })
        .collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="flex flex-col gap-2" data-testid="chart-shelf">
                <p class="text-muted text-sm">"On the shelf"</p>
                <ul class="flex flex-col gap-2">{lines}</ul>
                {(more > 0).then(|| view! { <p class="text-muted text-sm">{format!("and {more} more in the table below")}</p> })}
            </div>
        }
    })
}

/// From the show to the drawing.
#[derive(Debug, Clone, Copy)]
struct Scale {
    length_seconds: f64,
    part_seconds: f64,
    /// The most viewers of any part, for which the drawing has room; at least one.
    most: u64,
}

impl Scale {
    fn of(report: &ShowReport) -> Self {
        let most = report.analytics.timeline.iter().map(|point| point.viewers).max().unwrap_or(0).max(1);
        Self { length_seconds: report.length_seconds.max(1) as f64, part_seconds: report.part_seconds.max(1) as f64, most }
    }

    fn x(&self, second: u64) -> f64 {
        (second as f64 / self.length_seconds).min(1.0) * WIDTH
    }

    fn y(&self, viewers: u64) -> f64 {
        HEIGHT - viewers as f64 / self.most as f64 * (HEIGHT - HEADROOM)
    }

    /// Where a part begins and how wide it is. The last one ends with the show.
    fn part(&self, part: usize) -> (f64, f64) {
        let x = (part as f64 * self.part_seconds / self.length_seconds).min(1.0) * WIDTH;
        let end = ((part + 1) as f64 * self.part_seconds / self.length_seconds).min(1.0) * WIDTH;
        (x, end - x)
    }

    // Steps, not slopes: so many were there at most in this part, and nothing is known of the way to the next.
    fn line(&self, timeline: &[TimelinePoint]) -> String {
        let mut path = String::new();
        for (part, point) in timeline.iter().enumerate() {
            let ((x, width), y) = (self.part(part), self.y(point.viewers));
            let to = if part == 0 { format!("M{x:.1} {y:.1}") } else { format!("V{y:.1}") };
            path.push_str(&format!("{to}H{:.1}", x + width));
        }
        path
    }

    fn area(&self, timeline: &[TimelinePoint]) -> String {
        if timeline.is_empty() { String::new() } else { format!("{}V{HEIGHT}H0Z", self.line(timeline)) }
    }

    fn bars(&self, timeline: &[TimelinePoint], most: u64) -> String {
        let mut path = String::new();
        for (part, point) in timeline.iter().enumerate().filter(|(_, point)| point.chats > 0) {
            let (x, width) = self.part(part);
            let gap = width * 0.15;
            let height = point.chats as f64 / most.max(1) as f64 * HEIGHT;
            path.push_str(&format!("M{:.1} {HEIGHT}v-{height:.1}h{:.1}v{height:.1}Z", x + gap, width - 2.0 * gap));
        }
        path
    }

    fn spans(&self, spans: &[(u64, u64)]) -> String {
        // What was there for a moment only can still be seen.
        let span = |(from, to): &(u64, u64)| format!("M{:.1} 0H{:.1}V{HEIGHT}H{:.1}Z", self.x(*from), self.x(*to).max(self.x(*from) + 2.0), self.x(*from));
        spans.iter().map(span).collect()
    }

    /// A dot per part with orders, on the line.
    fn orders(&self, timeline: &[TimelinePoint]) -> Vec<(f64, f64)> {
        let dot = |(part, point): (usize, &TimelinePoint)| {
            let (x, width) = self.part(part);
            (x + width / 2.0, self.y(point.viewers))
        };
        timeline.iter().enumerate().filter(|(_, point)| point.orders > 0).map(dot).collect()
    }
}

fn said(report: &ShowReport, part: usize) -> String {
    let point = &report.analytics.timeline[part];
    let mut text = format!("{}: {} watching", clock(part as u64 * report.part_seconds), point.viewers);
    for (count, one, many) in [(point.chats, "message", "messages"), (point.likes, "heart", "hearts"), (point.orders, "order", "orders")] {
        if count > 0 {
            text.push_str(&format!(", {}", counted(count, one, many)));
        }
    }
    text
}

fn describe(report: &ShowReport) -> String {
    let analytics = &report.analytics;
    let highest = analytics.timeline.iter().enumerate().max_by_key(|(part, point)| (point.viewers, std::cmp::Reverse(*part)));
    let peak = highest.map_or_else(String::new, |(part, point)| {
        format!("{} at {}. ", counted(point.viewers, "viewer at once, first", "viewers at once, first"), clock(part as u64 * report.part_seconds))
    });
    let orders: u64 = analytics.timeline.iter().map(|point| point.orders).sum();
    format!(
        "A show of {}. At most {peak}{}, {}, {}.",
        clock(report.length_seconds),
        counted(report.pins.len() as u64, "pin", "pins"),
        counted(analytics.chat_messages, "message", "messages"),
        counted(orders, "order", "orders")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{analytics::Analytics, id::LivestreamId, livestream::LivestreamStatus, time::Timestamp};

    fn report(viewers: &[u64]) -> ShowReport {
        let point =
            |viewers: &u64| TimelinePoint { t: Timestamp::default(), viewers: *viewers, likes: 0, chats: *viewers / 2, orders: u64::from(*viewers == 4) };
        ShowReport {
            id: LivestreamId::from_bytes([1; 12]),
            title: "Spring".into(),
            status: LivestreamStatus::Ended,
            start: Some(Timestamp::default()),
            length_seconds: 25,
            part_seconds: 10,
            pins: vec![PinSpan { product_id: ProductId::from_bytes([2; 12]), name: "Soap".into(), from_second: 5, to_second: 25 }],
            analytics: Analytics { timeline: viewers.iter().map(point).collect(), chat_messages: 3, ..Analytics::default() },
        }
    }

    #[test]
    fn the_line_has_a_step_per_part_and_ends_with_the_show() {
        let report = report(&[2, 4, 1]);
        let scale = Scale::of(&report);
        assert_eq!(scale.line(&report.analytics.timeline), "M0.0 54.0H400.0V8.0H800.0V77.0H1000.0");
        assert_eq!(scale.orders(&report.analytics.timeline), [(600.0, 8.0)]);
        assert_eq!(scale.bars(&report.analytics.timeline, 2), "M60.0 100v-50.0h280.0v50.0ZM460.0 100v-100.0h280.0v100.0Z");
        assert_eq!(scale.spans(&[(5, 25)]), "M200.0 0H1000.0V100H200.0Z");
        assert_eq!(said(&report, 1), "0:10: 4 watching, 2 messages, 1 order");
        assert_eq!(describe(&report), "A show of 0:25. At most 4 viewers at once, first at 0:10. 1 pin, 3 messages, 1 order.");
    }

    #[test]
    fn an_empty_show_is_drawn_too() {
        let report = ShowReport { length_seconds: 0, part_seconds: 0, ..report(&[]) };
        let scale = Scale::of(&report);
        assert_eq!((scale.line(&[]), scale.area(&[]), scale.bars(&[], 0)), (String::new(), String::new(), String::new()));
        assert!(scale.x(7).is_finite() && scale.y(0).is_finite());
    }
}
