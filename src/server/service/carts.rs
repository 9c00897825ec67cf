//! Carts: one per visitor, guests included. What a guest put into theirs is in the account's cart once they have signed in.

use crate::{
    domain::{
        cart::{Cart, CartInput, LineInput, checked_quantity},
        id::{ProductId, UserId},
        order::MAX_LINES,
        product::Product,
        validate::Fields,
    },
    error::AppError,
    server::{
        auth::{
            caller::{Caller, Visit},
            throttle::Buying,
        },
        db::carts::Change,
        service::holds,
        state::AppState,
    },
};

/// The code of a refusal for want of stock.
pub const OUT_OF_STOCK: &str = "out_of_stock";

/// The cart, with the prices of now.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn get(state: &AppState, caller: &Caller) -> Result<Cart, AppError> {
    let person = settled(state, caller).await?;
    let lines = state.db.cart(&person).await?;
    shown(state, &person, &lines).await
}

/// Puts this many of a product into the cart, on top of what is there, up to the limit.
///
/// # Errors
/// Invalid quantity, NotFound if there is no such product for sale, Conflict [`OUT_OF_STOCK`] or `cart_full`.
pub async fn add(state: &AppState, caller: &Caller, product: ProductId, quantity: u32) -> Result<Cart, AppError> {
    if checked_quantity(quantity)? == 0 {
        return Err(Fields::one("quantity", "Take at least one.").into());
    }
    if for_sale(state, product).await?.stock <= 0 {
        return Err(AppError::conflict("This product is sold out.").coded(OUT_OF_STOCK));
    }
    change(state, caller, product, Change::Add(quantity)).await
}

/// Makes it this many of a product; zero takes it out.
///
/// # Errors
/// Invalid quantity, NotFound if there is no such product for sale, Conflict `cart_full`.
pub async fn set(state: &AppState, caller: &Caller, product: ProductId, quantity: u32) -> Result<Cart, AppError> {
    // What is no longer for sale can still be taken out.
    if checked_quantity(quantity)? > 0 {
        for_sale(state, product).await?;
    }
    change(state, caller, product, Change::Set(quantity)).await
}

/// Whether the caller is still who a page was made for.
///
/// # Errors
/// Unauthenticated where nobody is signed in any more; Conflict where somebody else is.
pub fn expect_account(caller: &Caller, account: UserId) -> Result<(), AppError> {
    match caller.user.as_ref() {
        Some(user) if user.id == account => Ok(()),
        Some(_) => Err(AppError::conflict("Somebody else is signed in by now. Load this page again to see their cart.")),
        None => Err(AppError::unauthenticated()),
    }
}

/// Makes this the whole cart.
///
/// # Errors
/// Invalid, naming what cannot be in a cart.
pub async fn replace(state: &AppState, caller: &Caller, input: CartInput) -> Result<Cart, AppError> {
    state.throttles.buying(caller, Buying::Cart)?;
    let lines = input.checked()?;
    let ids: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    let products = state.db.products_by_ids(&ids).await?;
    let mut fields = Fields::default();
    for id in &ids {
        if !products.get(id).is_some_and(|product| product.active) {
            fields.add(&product_field(*id), "This product is not for sale.");
        }
    }
    fields.finish(())?;
    let person = settled(state, caller).await?;
    state.db.replace_cart(&person, &lines, state.clock.now()).await?;
    holds::cart_changed(state, caller).await?;
    shown(state, &person, &lines).await
}

/// Empties the cart.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn clear(state: &AppState, caller: &Caller) -> Result<Cart, AppError> {
    replace(state, caller, CartInput::default()).await
}

/// Under which name a refusal speaks of a product.
pub(super) fn product_field(id: ProductId) -> String {
    format!("products[{id}]")
}

/// Whose cart it is, after what they gathered as a guest has been moved into it. Looked at whenever the cart is, so that
/// it does not matter by which door somebody signed in.
pub(super) async fn settled(state: &AppState, caller: &Caller) -> Result<String, AppError> {
    let person = caller.person();
    if caller.user.is_some() && caller.visit == Visit::Returning {
        let guest = Caller { user: None, ..caller.clone() }.person();
        if !state.db.cart(&guest).await?.is_empty() {
            state.db.merge_carts(&guest, &person, state.clock.now()).await?;
        }
    }
    Ok(person)
}

async fn for_sale(state: &AppState, id: ProductId) -> Result<Product, AppError> {
    let product = state.db.product_for_sale_or_edit(id).await?.filter(|product| product.active);
    product.ok_or_else(|| AppError::not_found("product"))
}

async fn change(state: &AppState, caller: &Caller, product: ProductId, change: Change) -> Result<Cart, AppError> {
    state.throttles.buying(caller, Buying::Cart)?;
    let person = settled(state, caller).await?;
    let lines = state.db.change_cart(&person, product, change, state.clock.now()).await?;
    if change != Change::Set(0) && !lines.iter().any(|line| line.product_id == product) {
        return Err(AppError::conflict(format!("A cart holds {MAX_LINES} different products.")).coded("cart_full"));
    }
    holds::cart_changed(state, caller).await?;
    shown(state, &person, &lines).await
}

/// These lines as `person` can have them.
pub(super) async fn shown(state: &AppState, person: &str, lines: &[LineInput]) -> Result<Cart, AppError> {
    let ids: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    let mut products = state.db.products_by_ids(&ids).await?;
    // Read after the products: what is held in between counts as theirs, never as somebody else's.
    let held = if products.values().any(|product| product.held > 0) { state.db.hold_of(person).await? } else { Vec::new() };
    let own = |product| held.iter().find(|line| line.product_id == product).map_or(0, |line| line.quantity);
    Ok(Cart::of_holder(lines.iter().filter_map(|line| Some((products.remove(&line.product_id)?, line.quantity))), own))
}
