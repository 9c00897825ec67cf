//! All products, with a search and pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{
    api::products::list_products,
    ui::{
        auth::next::escape,
        components::{
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, Tone},
            pager::Pager,
            product_card::ProductCard,
            skeleton::PageSkeleton,
        },
    },
};

const PER_PAGE: u64 = 24;

/// The shelf of the whole shop.
#[component]
pub fn ShopPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("q")).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    let page = Memo::new(move |_| query.with(|query| query.get("page")).and_then(|page| page.parse().ok()).unwrap_or(1_u64).clamp(1, 10_000));
    let products = Resource::new_blocking(move || (search.get(), page.get()), |(search, page)| list_products(search, PER_PAGE, (page - 1) * PER_PAGE));
    view! {
        <Title text="Shop" />
        <div class="page">
            <div class="flex flex-wrap items-end justify-between gap-4">
                <h1>"Shop"</h1>
                <Form method="GET" action="/shop">
                    <div class="flex items-center gap-2" role="search">
                        <label class="min-w-0">
                            <span class="sr-only">"Search products"</span>
                            <input class="input" type="search" name="q" maxlength="100" placeholder="Search products" value=move || search.get() />
                        </label>
                        <button class="btn btn-quiet btn-icon" type="submit" aria-label="Search">
                            <Icon glyph=Glyph::Search />
                        </button>
                    </div>
                </Form>
            </div>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match products.await {
                        Ok(found) if found.products.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Bag title="Nothing found" text="Try another word, or look at everything.">
                                    <a class="btn btn-primary" href="/shop">
                                        "Show everything"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(found) => {
                            view! {
                                <div class="grid-cards">{found.products.into_iter().map(|product| view! { <ProductCard product /> }).collect_view()}</div>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE) link=address(search.get_untracked()) />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

/// The address of a page of the shop, or of what was searched for.
fn address(search: Option<String>) -> Callback<u64, String> {
    Callback::new(move |page: u64| match &search {
        Some(search) => format!("/shop?q={}&page={page}", escape(search)),
        None => format!("/shop?page={page}"),
    })
}
