//! People and their roles: who is here, who keeps order, by which invitation, and what was done.

use sha2::{Digest, Sha256};

use super::audit::{self, Deed};
use crate::{
    domain::{
        id::{InvitationId, UserId},
        moderation::{AuditAction, AuditPage, INVITATION_HOURS, Invitation, MAX_INVITATION_HOURS, NewInvitation, PeoplePage, Person, span_in_words},
        user::{Role, User},
        validate::{self, Fields},
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, SignedIn},
        db::new_id,
        service::{accounts::SignedInAccount, page::Page},
        state::AppState,
    },
};

/// Characters of a code, hexadecimal.
const CODE_CHARS: usize = 32;

/// Accounts, newest first, of one role or of all, with the text in name or address.
///
/// # Errors
/// Invalid for a text that is too long.
pub async fn list(state: &AppState, _: &Admin, role: Option<Role>, search: Option<String>, page: Page) -> Result<PeoplePage, AppError> {
    let search = validate::line(search.as_deref().unwrap_or_default(), 0, 100).map_err(|sentence| Fields::one("search", sentence))?;
    let (users, total) = state.db.list_users(role, Some(search.as_str()).filter(|text| !text.is_empty()), page.limit, page.skip).await?;
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let bans = state.db.shop_bans_of(&ids, state.clock.now()).await?;
    let people = users.into_iter().map(|user| Person { ban: bans.iter().find(|ban| ban.user_id == Some(user.id)).cloned(), user }).collect();
    Ok(PeoplePage { people, total })
}

/// What was done to keep order, newest first.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn audit_log(state: &AppState, _: &Admin, page: Page) -> Result<AuditPage, AppError> {
    let (entries, total) = state.db.list_audit(page.limit, page.skip).await?;
    Ok(AuditPage { entries, total })
}

/// Makes a link by which one account becomes a moderator. Its code is told here and nowhere else.
///
/// # Errors
/// Invalid `hours`.
pub async fn invite(state: &AppState, admin: &Admin, hours: Option<u32>) -> Result<NewInvitation, AppError> {
    let hours = hours.unwrap_or(INVITATION_HOURS);
    if !(1..=MAX_INVITATION_HOURS).contains(&hours) {
        return Err(Fields::one("hours", format!("Use 1 to {MAX_INVITATION_HOURS} hours.")).into());
    }
    let now = state.clock.now();
    let invitation = Invitation {
        id: InvitationId::from_bytes(new_id()),
        created_by: admin.user().name.clone(),
        created_at: now,
        expires_at: now.plus_millis(i64::from(hours) * 3_600_000),
    };
    let detail = format!("for {}", span_in_words(u64::from(hours) * 3600));
    audit::record(state, admin.user(), Deed { action: AuditAction::InvitationCreated, show: None, subject: "", detail }).await?;
    let code = format!("{:032x}", rand::random::<u128>());
    state.db.insert_invitation(&invitation, &digest(&code)).await?;
    let path = format!("/moderate/join?code={code}");
    let link = state.config.public_url.as_ref().map(|url| format!("{}{path}", url.as_str()));
    Ok(NewInvitation { invitation, code, path, link })
}

/// Invitations that somebody could still use, newest first.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn invitations(state: &AppState, _: &Admin) -> Result<Vec<Invitation>, AppError> {
    Ok(state.db.open_invitations(state.clock.now()).await?)
}

/// Takes an invitation back.
///
/// # Errors
/// NotFound if nobody could use it anyway.
pub async fn uninvite(state: &AppState, admin: &Admin, id: InvitationId) -> Result<(), AppError> {
    audit::record(state, admin.user(), Deed { action: AuditAction::InvitationRevoked, show: None, subject: "", detail: String::new() }).await?;
    if state.db.delete_invitation(id, state.clock.now()).await? { Ok(()) } else { Err(AppError::not_found("invitation")) }
}

/// Makes the caller a moderator, by the code of an invitation. Their role changes at once, so that the token they came
/// with holds no more; here is a new one.
///
/// # Errors
/// NotFound `no_such_invitation` for a code that does not hold (any more); Conflict for an admin.
pub async fn join(state: &AppState, who: &SignedIn, code: &str) -> Result<SignedInAccount, AppError> {
    let gone = || AppError::new(ErrorKind::NotFound, "This invitation does not hold any more. Ask for a new one.").coded("no_such_invitation");
    let user = who.user();
    if user.is_admin() {
        return Err(AppError::conflict("You run this shop: you need no invitation.").coded("is_admin"));
    }
    if code.len() != CODE_CHARS || state.db.use_invitation(&digest(code), user.id, state.clock.now()).await?.is_none() {
        return Err(gone());
    }
    if state.db.change_role(user.id, Role::Customer, Role::Moderator).await? {
        let user = User { role: Role::Moderator, ..user.clone() };
        audit::record(state, &user, Deed { action: AuditAction::ModeratorJoined, show: None, subject: &user.name, detail: String::new() }).await?;
        state.hub.close_account(user.id);
    }
    let account = state.db.account(user.id).await?.ok_or_else(gone)?;
    let issued = state.tokens.issue(account.user.id, account.token_version, state.clock.now());
    Ok(SignedInAccount { user: account.user, issued })
}

/// Takes the role of a moderator away. Their tokens end, and their sockets.
///
/// # Errors
/// NotFound where the account is no moderator.
pub async fn dismiss(state: &AppState, admin: &Admin, id: UserId) -> Result<(), AppError> {
    let no_moderator = || AppError::not_found("moderator");
    let account = state.db.account(id).await?.filter(|account| account.user.role == Role::Moderator).ok_or_else(no_moderator)?;
    audit::record(state, admin.user(), Deed { action: AuditAction::ModeratorRevoked, show: None, subject: &account.user.name, detail: String::new() }).await?;
    // Before the role: the link they came by must not be a way back in between.
    state.db.forget_invitations_of(id).await?;
    if !state.db.change_role(id, Role::Moderator, Role::Customer).await? {
        return Err(no_moderator());
    }
    state.hub.close_account(id);
    Ok(())
}

fn digest(code: &str) -> String {
    Sha256::digest(code.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
