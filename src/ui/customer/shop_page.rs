//! All products, with a search and pages.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::products::list_products,
    ui::components::{
        empty::Empty,
        icon::Glyph,
        notice::{Notice, Tone},
        pager::{Pager, use_page},
        product_card::ProductCard,
        search::{SearchForm, page_address, use_search},
        skeleton::PageSkeleton,
    },
};

const PER_PAGE: u64 = 24;

/// The shelf of the whole shop.
#[component]
pub fn ShopPage() -> impl IntoView {
    let search = use_search();
    let page = use_page();
    let products = Resource::new_blocking(move || (search.get(), page.get()), |(search, page)| list_products(search, PER_PAGE, (page - 1) * PER_PAGE));
    view! {
        <Title text="Shop" />
        <div class="page">
            <div class="flex flex-wrap items-end justify-between gap-4">
                <h1>"Shop"</h1>
                <SearchForm path="/shop" label="Search products" search />
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
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE) link=page_address("/shop", search.get_untracked()) />
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
