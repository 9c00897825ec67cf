//! Interest in what a show holds up: who opened a product from it, and who put it into their cart there. Each person
//! counts once per product and show, and only while the show is live.

use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        livestream::LivestreamStatus,
    },
    error::AppError,
    server::{
        auth::caller::Caller,
        db::interest::Interest,
        service::livestreams::{record, steady_person, visible},
        state::AppState,
    },
};

/// Somebody opened a product from the shelf of a show. Counts nothing for a host, after the end, or for a product that is
/// not on the shelf; whoever asks is not told which.
///
/// # Errors
/// NotFound if there is no such show, RateLimited.
pub async fn click(state: &AppState, caller: &Caller, id: LivestreamId, product: ProductId) -> Result<(), AppError> {
    let person = steady_person(state, caller);
    state.throttles.click(caller, &person)?;
    let live = visible(state, caller, id).await?.status == LivestreamStatus::Live;
    if live && !caller.is_admin() && state.db.is_pinned(id, product).await? {
        state.db.add_interest(id, product, Interest::Click, &person, state.clock.now()).await?;
    }
    Ok(())
}

/// Somebody put a product into their cart in a show. The cart stands whatever becomes of this note.
pub async fn carted(state: &AppState, caller: &Caller, id: LivestreamId, product: ProductId) {
    if caller.is_admin() {
        return;
    }
    let noted = async {
        if record(state, id).await?.status == LivestreamStatus::Live {
            state.db.add_interest(id, product, Interest::Cart, &steady_person(state, caller), state.clock.now()).await?;
        }
        Ok::<_, AppError>(())
    };
    if let Err(error) = noted.await {
        tracing::debug!(stream.id = %id, %error, "a cart was not noted for its show");
    }
}
