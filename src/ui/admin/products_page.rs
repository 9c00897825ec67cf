//! All products of the shop: the list, and the form beside it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::product_form::ProductForm;
use crate::{
    api::products::{delete_product, list_products},
    domain::product::Product,
    ui::{
        components::{
            confirm_button::ConfirmButton,
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, PassingNotice, Tone},
            price::{Price, StockHint},
            product_card::ProductPicture,
            skeleton::PageSkeleton,
        },
        ready::Ready,
    },
};

const PER_PAGE: u64 = 200;

/// What the form is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Editing {
    New,
    Existing(Box<Product>),
}

/// The list of products.
#[component]
pub fn ProductsPage() -> impl IntoView {
    let editing = RwSignal::new(None::<Editing>);
    let notice = RwSignal::new(None::<String>);
    // Counts the changes made here; each asks for the list again.
    let changes = RwSignal::new(0_u32);
    let search = RwSignal::new(String::new());
    let products =
        Resource::new(move || (changes.get(), search.get()), |(_, search)| list_products(Some(search).filter(|search| !search.trim().is_empty()), PER_PAGE, 0));
    let on_saved = Callback::new(move |()| {
        editing.set(None);
        changes.update(|count| *count += 1);
    });
    let on_delete = Callback::new(move |product: Product| {
        leptos::task::spawn_local(async move {
            match delete_product(product.id).await {
                Ok(_) => changes.update(|count| *count += 1),
                Err(error) => notice.set(Some(error.message)),
            }
        });
    });
    view! {
        <Title text="Products" />
        <Ready class="page wide">
            <div class="flex flex-wrap items-center justify-between gap-4">
                <h1>"Products"</h1>
                <div class="flex flex-wrap items-center gap-2">
                    <label>
                        <span class="sr-only">"Search products"</span>
                        <input class="input" type="search" placeholder="Search" maxlength="100" on:change:target=move |event| search.set(event.target().value()) />
                    </label>
                    <button type="button" class="btn btn-primary" data-testid="new-product" on:click=move |_| editing.set(Some(Editing::New))>
                        <Icon glyph=Glyph::Plus />
                        "New product"
                    </button>
                </div>
            </div>
            <PassingNotice notice />
            {move || {
                editing
                    .get()
                    .map(|editing_now| {
                        let product = match editing_now {
                            Editing::New => None,
                            Editing::Existing(product) => Some(*product),
                        };
                        view! { <ProductForm product on_saved on_close=Callback::new(move |()| editing.set(None)) /> }
                    })
            }}
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match products.await {
                        Ok(page) if page.products.is_empty() => {
                            view! { <Empty glyph=Glyph::Bag title="No products here" text="Add one, with a picture, a price and what is in stock." /> }.into_any()
                        }
                        Ok(page) => {
                            view! {
                                <ul class="flex flex-col gap-2">
                                    {page.products.into_iter().map(|product| view! { <Row product editing on_delete /> }).collect_view()}
                                </ul>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </Ready>
    }
}

#[component]
fn Row(product: Product, editing: RwSignal<Option<Editing>>, on_delete: Callback<Product>) -> impl IntoView {
    let (edited, deleted) = (product.clone(), product.clone());
    view! {
        <li class="card flex flex-wrap items-center gap-x-4 gap-y-2 p-3" data-testid="product-row" data-product-id=product.id.to_string()>
            <ProductPicture product=product.clone() class="size-16 shrink-0 rounded-field object-cover" />
            <div class="flex min-w-0 flex-1 basis-48 flex-col">
                <h2 class="text-base sm:text-base">{product.name.clone()}</h2>
                <p class="text-muted flex flex-wrap items-center gap-2 text-sm">
                    <Price product=product.clone() />
                    {format!("{} in stock", product.stock)}
                    <StockHint left=product.left() stock=product.stock />
                    {(!product.active).then(|| view! { <span class="badge badge-done">"Hidden"</span> })}
                </p>
            </div>
            <div class="flex flex-wrap items-center gap-2">
                <button
                    type="button"
                    class="btn btn-quiet btn-small"
                    data-testid="edit-product"
                    on:click=move |_| editing.set(Some(Editing::Existing(Box::new(edited.clone()))))
                >
                    <Icon glyph=Glyph::Edit />
                    "Edit"
                </button>
                <ConfirmButton
                    label="Delete"
                    question="Delete this product?"
                    yes="Delete"
                    glyph=Glyph::Trash
                    on_yes=Callback::new(move |()| on_delete.run(deleted.clone()))
                />
            </div>
        </li>
    }
}
