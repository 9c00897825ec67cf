//! The numbers as tables: what each product came to, and the drawing in figures.

use leptos::prelude::*;

use crate::{
    domain::{analytics::ShowReport, money::format_price, time::clock},
    ui::components::{empty::Empty, icon::Glyph, when::duration_in_words},
};

/// What each product came to.
#[component]
pub fn ProductTable(report: RwSignal<ShowReport>) -> impl IntoView {
    let id = report.with_untracked(|report| report.id);
    let none = Memo::new(move |_| report.with(|report| report.analytics.products.is_empty()));
    let rows = move || {
        report.with(|report| {
            let currency = report.analytics.currency;
            report
                .analytics
                .products
                .iter()
                .map(|product| {
                    view! {
                        <tr data-testid="product-figures" data-product-id=product.product_id.to_string()>
                            <th scope="row" class="max-w-72 min-w-40">
                                <a class="text-ink hover:underline" href=format!("/shop/{}", product.product_id)>
                                    {product.name.clone()}
                                </a>
                            </th>
                            <td class="text-right whitespace-nowrap" data-column="pinned">{duration_in_words(product.pinned_seconds)}</td>
                            <td class="text-right" data-column="clicks">{product.clicks}</td>
                            <td class="text-right" data-column="carts">{product.added_to_cart}</td>
                            <td class="text-right" data-column="orders">{product.orders}</td>
                            <td class="text-right" data-column="units">{product.units}</td>
                            <td class="text-right font-semibold whitespace-nowrap" data-column="revenue">{format_price(product.revenue, currency)}</td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <section class="flex flex-col gap-4" aria-labelledby="per-product">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="per-product">"Products"</h2>
                <a class="btn btn-quiet btn-small" href=format!("/livestreams/{id}/analytics.csv") rel="external" download data-testid="products-csv">
                    "Download as CSV"
                </a>
            </div>
            <Show
                when=move || !none.get()
                fallback=|| view! { <Empty glyph=Glyph::Bag title="No products in this show" text="What you pin, and what viewers open and order, is listed here." /> }
            >
                <div class="card overflow-x-auto p-2 sm:p-4" role="region" aria-labelledby="per-product" tabindex="0">
                    <table class="table min-w-160">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col" class="text-right">
                                    "On the shelf"
                                </th>
                                <th scope="col" class="text-right">
                                    "Opened"
                                </th>
                                <th scope="col" class="text-right">
                                    "In carts"
                                </th>
                                <th scope="col" class="text-right">
                                    "Orders"
                                </th>
                                <th scope="col" class="text-right">
                                    "Pieces"
                                </th>
                                <th scope="col" class="text-right">
                                    "Sold for"
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="hint">"Opened and in carts count people, not times. Cancelled orders do not count."</p>
            </Show>
        </section>
    }
}

/// The drawing in figures.
#[component]
pub fn TimelineTable(report: RwSignal<ShowReport>) -> impl IntoView {
    let id = report.with_untracked(|report| report.id);
    let rows = move || {
        report.with(|report| {
            let part = report.part_seconds;
            report
                .analytics
                .timeline
                .iter()
                .zip(0_u64..)
                .map(|(point, at)| {
                    view! {
                        <tr>
                            <th scope="row">{clock(at * part)}</th>
                            <td class="text-right">{point.viewers}</td>
                            <td class="text-right">{point.likes}</td>
                            <td class="text-right">{point.chats}</td>
                            <td class="text-right">{point.orders}</td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <details class="card p-2 sm:p-4" data-testid="timeline-table">
            <summary class="flex min-h-11 items-center px-2 font-semibold">"The drawing as a table"</summary>
            <div class="flex flex-col items-start gap-3 pt-2">
                <a class="btn btn-quiet btn-small" href=format!("/livestreams/{id}/analytics.csv?table=timeline") rel="external" download>
                    "Download as CSV"
                </a>
                <div class="max-h-96 w-full overflow-auto" role="region" aria-label="The show over time" tabindex="0">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"From"</th>
                                <th scope="col" class="text-right">
                                    "Watching"
                                </th>
                                <th scope="col" class="text-right">
                                    "Hearts"
                                </th>
                                <th scope="col" class="text-right">
                                    "Messages"
                                </th>
                                <th scope="col" class="text-right">
                                    "Orders"
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
        </details>
    }
}
