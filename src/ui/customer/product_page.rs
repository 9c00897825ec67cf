//! One product: pictures, words, price, stock.

use leptos::prelude::*;
use leptos_meta::Title;

use super::route_id::use_route_id;
use crate::{
    api::products::get_product,
    domain::{id::ProductId, product::Product},
    ui::{
        cart::add_to_cart::{AddToCart, Place},
        components::{
            describe::Describe,
            failure::Failure,
            price::{Price, stock_hint},
            product_card::ProductPicture,
            skeleton::PageSkeleton,
        },
        sharing::ShareProduct,
    },
};

/// The page of one product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let id = use_route_id::<ProductId>("product");
    let product = Resource::new_blocking(move || id.get(), |id| async move { get_product(id?).await });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match product.await {
                    Ok(product) => view! { <Details product /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Details(product: Product) -> impl IntoView {
    let more: Vec<_> = product.images.iter().skip(1).cloned().collect();
    let stock = match stock_hint(product.left(), product.stock) {
        Some(hint) if product.stock > 0 => view! { <span class="badge badge-soon">{hint}</span> }.into_any(),
        Some(hint) => view! { <span class="badge badge-bad">{hint}</span> }.into_any(),
        None => view! { <span class="badge badge-good">"In stock"</span> }.into_any(),
    };
    view! {
        <Title text=product.name.clone() />
        <Describe text=product.description.clone() />
        <ShareProduct product=product.clone() />
        <article class="page grid gap-8 md:grid-cols-2 md:gap-12">
            <div class="flex flex-col gap-3">
                <ProductPicture product=product.clone() class="picture rounded-card" />
                {(!more.is_empty())
                    .then(|| {
                        view! {
                            <div class="grid grid-cols-4 gap-3">
                                {more
                                    .into_iter()
                                    .map(|path| {
                                        view! {
                                            <a href=path target="_blank" rel="external noopener">
                                                <img class="picture rounded-field" src=path.clone() alt="Another picture" loading="lazy" decoding="async" />
                                            </a>
                                        }
                                    })
                                    .collect_view()}
                            </div>
                        }
                    })}
            </div>
            <div class="flex flex-col items-start gap-4">
                <h1>{product.name.clone()}</h1>
                <p class="text-2xl">
                    <Price product=product.clone() />
                </p>
                {stock}
                <AddToCart product=Signal::stored(product.clone()) place=Place::Page show=None />
                <p class="prose-text">{product.description.clone()}</p>
                {(!product.sku.is_empty()).then(|| view! { <p class="text-muted text-sm">{format!("Item {}", product.sku)}</p> })}
                <a class="link inline-flex min-h-11 items-center" href="/shop">
                    "More from the shop"
                </a>
            </div>
        </article>
    }
}
