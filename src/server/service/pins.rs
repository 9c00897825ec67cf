//! The shelf of a show: written to the database, then told by the show's room. Every change answers with the whole shelf.

use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        livestream::LivestreamStatus,
        pin::{MAX_PINS, PinnedProduct},
    },
    error::AppError,
    server::{
        auth::caller::{Admin, Caller},
        db::{events::EventData, pins::Change},
        hub::room::Ask,
        service::livestreams::{record, visible},
        state::AppState,
    },
};

/// The code of a refused order: the shelf holds other products than it names.
pub const ORDER_CONFLICT: &str = "order_conflict";

/// The shelf that is live: empty once the show has ended, though the replay remembers it.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn list(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<Vec<PinnedProduct>, AppError> {
    shelf(state, id, visible(state, caller, id).await?.status).await
}

async fn shelf(state: &AppState, id: LivestreamId, status: LivestreamStatus) -> Result<Vec<PinnedProduct>, AppError> {
    match status {
        LivestreamStatus::Ended => Ok(Vec::new()),
        status => Ok(state.db.shelf(id, status).await?),
    }
}

async fn now_on(state: &AppState, id: LivestreamId) -> Result<Vec<PinnedProduct>, AppError> {
    shelf(state, id, record(state, id).await?.status).await
}

/// Puts products at the end of the shelf; those on it stay where they are.
///
/// # Errors
/// NotFound for a show or product that does not exist, Conflict `show_ended`, `product_inactive` or `shelf_full`.
pub async fn pin(state: &AppState, _: &Admin, id: LivestreamId, products: &[ProductId]) -> Result<Vec<PinnedProduct>, AppError> {
    changeable(state, id).await?;
    // All are looked at before the first is pinned.
    for product in products {
        match state.db.product_for_sale_or_edit(*product).await? {
            None => return Err(AppError::not_found("product")),
            Some(product) if !product.active => return Err(AppError::conflict("This product is not for sale.").coded("product_inactive")),
            Some(_) => {}
        }
    }
    for product in products {
        match state.db.pin(id, *product, state.clock.now()).await? {
            Change::Changed => told(state, id, EventData::Pin { product_id: *product }).await?,
            Change::Unchanged => {}
            Change::Refused => return Err(AppError::conflict(format!("A shelf holds {MAX_PINS} products.")).coded("shelf_full")),
        }
    }
    now_on(state, id).await
}

/// Takes a product off the shelf; one that is not on it is no error.
///
/// # Errors
/// NotFound if there is no such show, Conflict `show_ended`.
pub async fn unpin(state: &AppState, _: &Admin, id: LivestreamId, product: ProductId) -> Result<Vec<PinnedProduct>, AppError> {
    changeable(state, id).await?;
    if state.db.unpin(id, product).await? == Change::Changed {
        told(state, id, EventData::Unpin { product_id: product }).await?;
    }
    now_on(state, id).await
}

/// Puts the shelf in this order.
///
/// # Errors
/// NotFound if there is no such show, Conflict [`ORDER_CONFLICT`] where these are not exactly the products on it, or `show_ended`.
pub async fn reorder(state: &AppState, _: &Admin, id: LivestreamId, products: &[ProductId]) -> Result<Vec<PinnedProduct>, AppError> {
    changeable(state, id).await?;
    match state.db.reorder_pins(id, products).await? {
        Change::Changed => told(state, id, EventData::Reorder { product_ids: products.to_vec() }).await?,
        Change::Unchanged => {}
        Change::Refused => return Err(AppError::conflict("The shelf has changed meanwhile.").coded(ORDER_CONFLICT)),
    }
    now_on(state, id).await
}

async fn changeable(state: &AppState, id: LivestreamId) -> Result<(), AppError> {
    if record(state, id).await?.status == LivestreamStatus::Ended {
        return Err(AppError::conflict("This show has ended.").coded("show_ended"));
    }
    Ok(())
}

async fn told(state: &AppState, id: LivestreamId, change: EventData) -> Result<(), AppError> {
    state.hub.ask(id, Ask::ShelfChanged(change)).await.map(drop)
}
