//! A product among others.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    price::{Price, StockHint},
};
use crate::domain::product::Product;

/// The first picture of a product, or a quiet place where one would be. `class` sizes both.
#[component]
pub fn ProductPicture(product: Product, class: &'static str) -> impl IntoView {
    match product.images.into_iter().next() {
        Some(path) => view! { <img class=class src=path alt="" loading="lazy" decoding="async" width="400" height="400" /> }.into_any(),
        None => view! {
            <span class=format!("{class} no-picture")>
                <Icon glyph=Glyph::Bag />
            </span>
        }
        .into_any(),
    }
}

/// A card that leads to the product.
#[component]
pub fn ProductCard(product: Product) -> impl IntoView {
    view! {
        <a class="card hover:border-accent flex flex-col overflow-hidden" href=format!("/shop/{}", product.id)>
            <ProductPicture product=product.clone() class="picture" />
            <span class="flex flex-1 flex-col gap-1 p-3 sm:p-4">
                <span class="line-clamp-2 font-medium">{product.name.clone()}</span>
                <span class="mt-auto flex flex-wrap items-center justify-between gap-2">
                    <Price product=product.clone() />
                    <StockHint left=product.left() stock=product.stock />
                </span>
            </span>
        </a>
    }
}
