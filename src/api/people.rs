//! People and their roles: the twin of `/chat/people`, `/chat/invitations` and `/chat/audit`.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        id::{InvitationId, UserId},
        moderation::{AuditPage, Invitation, NewInvitation, PeoplePage},
        user::{Role, User},
    },
    error::AppError,
};

/// Accounts, newest first, of one role or of all, with this text in name or address. Needs an admin.
#[server(prefix = "/fn", endpoint = "list_people", input = GetUrl)]
pub async fn list_people(role: Option<Role>, search: Option<String>, limit: u32, skip: u64) -> Result<PeoplePage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::people,
    };

    let (state, caller) = caller().await?;
    people::list(&state, &caller.admin()?, role, search, Page::checked(Some(limit), Some(skip), 50)?).await
}

/// What was done to keep order, newest first. Needs an admin.
#[server(prefix = "/fn", endpoint = "audit_log", input = GetUrl)]
pub async fn audit_log(limit: u32, skip: u64) -> Result<AuditPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::people,
    };

    let (state, caller) = caller().await?;
    people::audit_log(&state, &caller.admin()?, Page::checked(Some(limit), Some(skip), 50)?).await
}

/// Makes a link by which one account becomes a moderator. Needs an admin.
#[server(prefix = "/fn", endpoint = "invite_moderator")]
pub async fn invite_moderator(hours: Option<u32>) -> Result<NewInvitation, AppError> {
    use crate::server::{http::extract::caller, service::people};

    let (state, caller) = caller().await?;
    people::invite(&state, &caller.admin()?, hours).await
}

/// Invitations that somebody could still use. Needs an admin.
#[server(prefix = "/fn", endpoint = "list_invitations", input = GetUrl)]
pub async fn list_invitations() -> Result<Vec<Invitation>, AppError> {
    use crate::server::{http::extract::caller, service::people};

    let (state, caller) = caller().await?;
    people::invitations(&state, &caller.admin()?).await
}

/// Takes an invitation back. Needs an admin.
#[server(prefix = "/fn", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(id: InvitationId) -> Result<(), AppError> {
    use crate::server::{http::extract::caller, service::people};

    let (state, caller) = caller().await?;
    people::uninvite(&state, &caller.admin()?, id).await
}

/// Makes whoever is signed in a moderator, and leads to the moderators' page. Works as a plain form post.
#[server(prefix = "/fn", endpoint = "join_moderators")]
pub async fn join_moderators(code: String) -> Result<User, AppError> {
    use crate::server::{auth::browser::enter, http::extract::caller, service::people};

    let (state, caller) = caller().await?;
    let account = people::join(&state, &caller.signed_in()?, &code).await?;
    enter(&state, &account.user, &account.issued.token, Some("/moderate"));
    Ok(account.user)
}

/// Takes the role of a moderator away. Needs an admin.
#[server(prefix = "/fn", endpoint = "dismiss_moderator")]
pub async fn dismiss_moderator(id: UserId) -> Result<(), AppError> {
    use crate::server::{http::extract::caller, service::people};

    let (state, caller) = caller().await?;
    people::dismiss(&state, &caller.admin()?, id).await
}
