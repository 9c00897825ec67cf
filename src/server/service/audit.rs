//! The record of who did what to keep order. Written before the deed, so that nothing is done that it does not know.

use crate::{
    domain::{
        id::{AuditId, LivestreamId},
        moderation::{AuditAction, AuditEntry},
        user::User,
    },
    error::AppError,
    server::{db::new_id, state::AppState},
};

/// Something that is about to be done.
pub(super) struct Deed<'a> {
    pub action: AuditAction,
    pub show: Option<LivestreamId>,
    /// Whom it is done to, by name.
    pub subject: &'a str,
    pub detail: String,
}

/// Writes it down.
///
/// # Errors
/// Unavailable when the database is away: then it must not be done.
pub(super) async fn record(state: &AppState, actor: &User, deed: Deed<'_>) -> Result<(), AppError> {
    let entry = AuditEntry {
        id: AuditId::from_bytes(new_id()),
        at: state.clock.now(),
        actor_id: actor.id,
        actor: actor.name.clone(),
        role: actor.role,
        action: deed.action,
        stream_id: deed.show,
        subject: deed.subject.to_owned(),
        detail: deed.detail,
    };
    Ok(state.db.insert_audit(&entry).await?)
}
