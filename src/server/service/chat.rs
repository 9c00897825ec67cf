//! Chat outside of sockets: the same room decides, so that both are one conversation.

use crate::{
    domain::{chat::ChatMessage, id::LivestreamId},
    error::AppError,
    server::{
        auth::caller::Caller,
        db::events::ChatPage,
        hub::room::{Answer, Ask, Occupant, Part},
        service::livestreams::{expect_visible, steady_marks, steady_person, steady_session, visible},
        state::AppState,
    },
};

/// Something to say, as it came in.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    pub text: String,
    /// The name a guest goes by.
    pub username: Option<String>,
    /// The sender's own mark: the same is stored once.
    pub client_id: Option<String>,
}

/// Says something in a show.
///
/// # Errors
/// Invalid for a text that cannot be shown or is against the show's rules, Forbidden `muted` or `banned`,
/// Unauthenticated `sign_in_to_chat`, Conflict `not_live` or `message_deleted`, RateLimited, NotFound.
pub async fn post(state: &AppState, caller: &Caller, id: LivestreamId, message: NewMessage) -> Result<ChatMessage, AppError> {
    state.throttles.guest(caller)?;
    expect_visible(state, caller, id).await?;
    let occupant = Box::new(Occupant {
        session: steady_session(state, caller),
        person: steady_person(state, caller),
        user: caller.user.as_ref().map(|user| user.id),
        name: caller.user.as_ref().map(|user| user.name.clone()),
        admin: caller.is_admin(),
        moderator: caller.moderates(),
        marks: steady_marks(state, caller),
        part: Part::Viewer,
        alias: String::new(),
    });
    let client_id = message.client_id.filter(|mark| (1..=128).contains(&mark.len()));
    match state.hub.ask(id, Ask::Chat { occupant, text: message.text, given_name: message.username, client_id }).await? {
        Answer::Chat(message) => Ok(message),
        _ => Err(AppError::internal("a room's answer")),
    }
}

/// Messages of a show before a place in its log (or the newest), oldest first.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn list(state: &AppState, caller: &Caller, id: LivestreamId, before: Option<u64>, limit: u32) -> Result<ChatPage, AppError> {
    visible(state, caller, id).await?;
    Ok(state.db.chat_messages(id, before, limit).await?)
}
