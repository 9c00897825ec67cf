//! A product's data, to enter or to change.

use leptos::prelude::*;

use super::picture_field::PictureField;
use crate::{
    api::products::{create_product, update_product},
    domain::{
        money::{Currency, format_price, parse_price},
        product::{Product, ProductInput},
        validate::Fields,
    },
    error::AppError,
    live::assist,
    ui::components::{
        field::{Field, Presence},
        notice::{Notice, Tone},
    },
};

/// The form as it stands: every field a text, as the person typed it.
#[derive(Debug, Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    description: RwSignal<String>,
    price: RwSignal<String>,
    currency: RwSignal<String>,
    stock: RwSignal<String>,
    /// The most for one customer; empty is no limit.
    most: RwSignal<String>,
    sku: RwSignal<String>,
    active: RwSignal<bool>,
    images: RwSignal<Vec<String>>,
}

impl Draft {
    fn new(product: Option<&Product>) -> Self {
        let text = |get: fn(&Product) -> String, otherwise: &str| RwSignal::new(product.map_or_else(|| otherwise.to_owned(), get));
        Self {
            name: text(|product| product.name.clone(), ""),
            description: text(|product| product.description.clone(), ""),
            price: text(plain_price, ""),
            currency: text(|product| product.currency.code().to_owned(), Currency::USD.code()),
            stock: text(|product| product.stock.to_string(), "0"),
            most: text(|product| product.max_per_customer.map(|most| most.to_string()).unwrap_or_default(), ""),
            sku: text(|product| product.sku.clone(), ""),
            active: RwSignal::new(product.is_none_or(|product| product.active)),
            images: RwSignal::new(product.map(|product| product.images.clone()).unwrap_or_default()),
        }
    }

    /// What is sent, or what is wrong. Pictures and stock go along only if they were changed: what was sold while the form was
    /// open stays sold.
    fn input(self, product: Option<&Product>) -> Result<ProductInput, Fields> {
        let mut fields = Fields::default();
        let currency = fields.take("currency", Currency::parse(self.currency.get_untracked().trim()).ok_or_else(|| "Three letters, like USD.".to_owned()));
        let price = fields.take("price", parse_price(&self.price.get_untracked(), currency).ok_or_else(|| "An amount, like 12.50.".to_owned()));
        let stock = fields.take("stock", self.stock.get_untracked().trim().parse().map_err(|_| "A whole number.".to_owned()));
        let most = match self.most.get_untracked().trim() {
            "" => 0,
            text => fields.take("maxPerCustomer", text.parse().map_err(|_| "A whole number, or nothing for no limit.".to_owned())),
        };
        fields.finish(())?;
        let images = self.images.get_untracked();
        ProductInput {
            name: Some(self.name.get_untracked()),
            description: Some(self.description.get_untracked()),
            price: Some(price),
            currency: Some(currency),
            images: (product.map(|product| &product.images) != Some(&images)).then_some(images),
            stock: (product.map(|product| product.stock) != Some(stock)).then_some(stock),
            max_per_customer: Some(most),
            sku: Some(self.sku.get_untracked()),
            active: Some(self.active.get_untracked()),
        }
        .checked_new()
    }
}

/// A price as it is typed: digits and a point alone.
fn plain_price(product: &Product) -> String {
    format_price(product.price, product.currency).chars().filter(|c| c.is_ascii_digit() || *c == '.').collect()
}

async fn save(id: Option<crate::domain::id::ProductId>, input: ProductInput) -> Result<(), AppError> {
    match id {
        Some(id) => update_product(id, input).await.map(|_| ()),
        None => create_product(input).await.map(|_| ()),
    }
}

/// The form. `product` absent is a new one.
#[component]
pub fn ProductForm(product: Option<Product>, on_saved: Callback<()>, on_close: Callback<()>) -> impl IntoView {
    let draft = Draft::new(product.as_ref());
    let id = product.as_ref().map(|product| product.id);
    let refusal = RwSignal::new(None::<AppError>);
    let saving = RwSignal::new(false);
    let mistake = move |field: &'static str| Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    let title = if id.is_some() { "Edit product" } else { "New product" };
    let start = product.clone();
    let begin = move |get: fn(&Product) -> String| start.as_ref().map(get).unwrap_or_default();
    let currency = draft.currency.get_untracked();
    let stock = draft.stock.get_untracked();
    let most = draft.most.get_untracked();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match draft.input(product.as_ref()) {
            Err(fields) => refusal.set(Some(fields.into())),
            Ok(input) => {
                saving.set(true);
                leptos::task::spawn_local(async move {
                    match save(id, input).await {
                        Ok(()) => on_saved.run(()),
                        Err(error) => refusal.set(Some(error)),
                    }
                    saving.set(false);
                });
            }
        }
    };
    Effect::new(|| assist::focus_soon("name".into()));
    let set = |signal: RwSignal<String>| Callback::new(move |text| signal.set(text));
    view! {
        <form class="card flex flex-col gap-4 p-5" on:submit=submit aria-label=title>
            <h2>{title}</h2>
            {move || refusal.get().map(|refusal| view! { <Notice tone=Tone::Bad text=refusal.message /> })}
            <div class="grid gap-4 sm:grid-cols-2">
                <Field
                    name="name"
                    test_id="product-name"
                    label="Name"
                    max_length=120
                    value=begin(|product| product.name.clone())
                    mistake=mistake("name")
                    on_change=set(draft.name)
                    required=Presence::Required
                />
                <Field name="sku" label="Item number" max_length=60 value=begin(|product| product.sku.clone()) mistake=mistake("sku") on_change=set(draft.sku) />
                <Field
                    name="price"
                    test_id="product-price"
                    label="Price"
                    max_length=16
                    value=begin(plain_price)
                    mistake=mistake("price")
                    on_change=set(draft.price)
                    required=Presence::Required
                />
                <Field name="currency" label="Currency" max_length=3 value=currency mistake=mistake("currency") on_change=set(draft.currency) />
                <Field name="stock" test_id="product-stock" label="In stock" kind="number" value=stock mistake=mistake("stock") on_change=set(draft.stock) />
                <Field
                    name="max-per-customer"
                    label="Most for one customer"
                    kind="number"
                    hint="Empty: as many as they like"
                    value=most
                    mistake=mistake("maxPerCustomer")
                    on_change=set(draft.most)
                />
                <label class="flex min-h-11 items-center gap-3 self-end font-medium">
                    <input
                        type="checkbox"
                        class="check"
                        prop:checked=draft.active
                        on:change:target=move |event| draft.active.set(event.target().checked())
                    />
                    "Shown in the shop"
                </label>
            </div>
            <div>
                <label class="label" for="description">
                    "Description"
                </label>
                <textarea
                    class="input min-h-28"
                    id="description"
                    maxlength="4000"
                    prop:value=draft.description
                    on:input:target=move |event| draft.description.set(event.target().value())
                ></textarea>
            </div>
            <PictureField images=draft.images mistake=mistake("images") />
            <p class="flex flex-wrap gap-2">
                <button type="submit" class="btn btn-primary" data-testid="product-save" disabled=saving>
                    {move || if saving.get() { "Saving\u{2026}" } else { "Save" }}
                </button>
                <button type="button" class="btn btn-quiet" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
            </p>
        </form>
    }
}
