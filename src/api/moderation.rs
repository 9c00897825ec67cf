//! Order in the chats: the twin of `/livestreams/:id/moderation` and `/chat`. Owns no rule; the rules are the service's.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};

use crate::{
    domain::{
        id::{LivestreamId, MessageId, SanctionId, UserId},
        moderation::{ChatRules, ChatRulesUpdate, NewSanction, Sanction, SanctionKind, SanctionPage},
    },
    error::AppError,
};

/// Deletes a message everywhere. Needs a moderator.
#[server(prefix = "/fn", endpoint = "delete_message")]
pub async fn delete_message(livestream_id: LivestreamId, message_id: MessageId) -> Result<u64, AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::delete_message(&state, &caller.moderator()?, livestream_id, message_id).await
}

/// Mutes or bans whoever said something. Needs a moderator; beyond one show, an admin.
#[server(prefix = "/fn", endpoint = "impose_sanction")]
pub async fn impose_sanction(livestream_id: LivestreamId, kind: SanctionKind, #[server(default)] input: NewSanction) -> Result<Sanction, AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::sanction(&state, &caller.moderator()?, livestream_id, kind, input).await
}

/// Mutes and bans of a show that are in force, newest first. Needs a moderator.
#[server(prefix = "/fn", endpoint = "show_sanctions", input = GetUrl)]
pub async fn show_sanctions(livestream_id: LivestreamId) -> Result<SanctionPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::moderation,
    };

    let (state, caller) = caller().await?;
    moderation::sanctions(&state, &caller.moderator()?, livestream_id, Page::checked(Some(200), None, 200)?).await
}

/// Lifts a mute or ban of a show. Needs a moderator.
#[server(prefix = "/fn", endpoint = "lift_sanction")]
pub async fn lift_sanction(livestream_id: LivestreamId, id: SanctionId) -> Result<(), AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::lift(&state, &caller.moderator()?, livestream_id, id).await
}

/// Changes what is given of a show's chat rules. Needs a moderator.
// As JSON: in a form, a text that is empty and one that is not given are the same.
#[server(prefix = "/fn", endpoint = "change_chat_rules", input = Json)]
pub async fn change_chat_rules(livestream_id: LivestreamId, #[server(default)] update: ChatRulesUpdate) -> Result<ChatRules, AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::change_rules(&state, &caller.moderator()?, livestream_id, update).await
}

/// All mutes and bans in force, newest first. Needs an admin.
#[server(prefix = "/fn", endpoint = "all_sanctions", input = GetUrl)]
pub async fn all_sanctions(limit: u32, skip: u64) -> Result<SanctionPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::moderation,
    };

    let (state, caller) = caller().await?;
    moderation::all_sanctions(&state, &caller.admin()?, Page::checked(Some(limit), Some(skip), 50)?).await
}

/// Lifts any mute or ban. Needs an admin.
#[server(prefix = "/fn", endpoint = "lift_any_sanction")]
pub async fn lift_any_sanction(id: SanctionId) -> Result<(), AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::lift_any(&state, &caller.admin()?, id).await
}

/// Bans an account from every show, without an end. Needs an admin.
#[server(prefix = "/fn", endpoint = "ban_account")]
pub async fn ban_account(user_id: UserId) -> Result<Sanction, AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::ban_account(&state, &caller.admin()?, NewSanction { user_id: Some(user_id), ..Default::default() }).await
}

/// The words that nobody may use in the shop's chats. Needs an admin.
#[server(prefix = "/fn", endpoint = "blocked_words", input = GetUrl)]
pub async fn blocked_words() -> Result<Vec<String>, AppError> {
    use crate::server::{http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    moderation::blocked_words(&state, &caller.admin()?).await
}

/// Keeps this list from now on: one word a line. Needs an admin. Works as a plain form post.
#[server(prefix = "/fn", endpoint = "set_blocked_words")]
pub async fn set_blocked_words(#[server(default)] words: String) -> Result<Vec<String>, AppError> {
    use crate::server::{auth::browser::lead_to, http::extract::caller, service::moderation};

    let (state, caller) = caller().await?;
    let kept = moderation::set_blocked_words(&state, &caller.admin()?, words.lines().map(str::to_owned).collect()).await?;
    lead_to("/admin/people");
    Ok(kept)
}
