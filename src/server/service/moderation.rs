//! Order in the chats: messages deleted, people muted and banned, rules, blocked words. What is decided here is stored,
//! then told to the rooms, and in force when the caller has the answer.

use super::audit::{self, Deed};
use crate::{
    domain::{
        id::{LivestreamId, MessageId, SanctionId, UserId},
        moderation::{AuditAction, ChatRules, ChatRulesUpdate, NewSanction, Reach, Sanction, SanctionKind, SanctionPage, checked_words, span_in_words},
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, Caller, Moderator, NETWORK_MARK},
        db::{
            events::Authored,
            new_id,
            sanctions::{SanctionRecord, Where},
        },
        hub::room::{Answer, Ask},
        service::{
            livestreams::{record, visible},
            page::Page,
        },
        state::AppState,
    },
};

/// Characters of a message that the record of its deletion keeps.
const QUOTED_CHARS: usize = 120;

/// Deletes a message everywhere: on every screen, in the history, in the replay. Gives the place of the deletion in the
/// show's log. A message that is deleted already is no error.
///
/// # Errors
/// NotFound; Forbidden where a moderator means a message of the host.
pub async fn delete_message(state: &AppState, moderator: &Moderator, show: LivestreamId, message: MessageId) -> Result<u64, AppError> {
    let Authored { message: found, is_deleted, .. } = authored(state, show, message).await?;
    if found.is_admin && !moderator.user().is_admin() {
        return Err(AppError::new(ErrorKind::Forbidden, "Only the host deletes what the host said."));
    }
    if !is_deleted {
        let quoted: String = found.message.chars().take(QUOTED_CHARS).collect();
        let deed = Deed { action: AuditAction::MessageDeleted, show: Some(show), subject: &found.username, detail: quoted };
        audit::record(state, moderator.user(), deed).await?;
    }
    match state.hub.ask(show, Ask::Delete { message, by: moderator.user().id }).await? {
        Answer::Deleted(seq) => Ok(seq),
        _ => Err(AppError::internal("a room's answer")),
    }
}

/// Mutes or bans somebody in a show, or bans them from all of them. In force at once, on every socket of theirs.
///
/// # Errors
/// Invalid fields; NotFound for message or account; Forbidden for hosts and moderators as its object, and where a
/// moderator reaches beyond the show or names an account.
pub async fn sanction(state: &AppState, moderator: &Moderator, show: LivestreamId, kind: SanctionKind, input: NewSanction) -> Result<Sanction, AppError> {
    let input = input.checked(kind)?;
    record(state, show).await?;
    if !moderator.user().is_admin() && (input.scope == Reach::Shop || input.user_id.is_some()) {
        return Err(AppError::new(ErrorKind::Forbidden, "Moderators act on messages of their show. Ask an admin."));
    }
    let meant = match (input.message_id, input.user_id) {
        (Some(message), _) => by_message(state, show, message).await?,
        (None, Some(user)) => by_account(state, user).await?,
        (None, None) => return Err(Fields::one("messageId", "Name either a message or an account.").into()),
    };
    let scope = if input.scope == Reach::Shop { None } else { Some(show) };
    impose(state, moderator, meant, scope, kind, input).await
}

/// Bans an account from every show of the shop.
///
/// # Errors
/// Invalid fields, NotFound, Forbidden for hosts and moderators as its object.
pub async fn ban_account(state: &AppState, admin: &Admin, input: NewSanction) -> Result<Sanction, AppError> {
    let user = input.user_id.ok_or_else(|| Fields::one("userId", "Name the account."))?;
    let input = input.checked(SanctionKind::Ban)?;
    let meant = by_account(state, user).await?;
    impose(state, &Moderator::from(admin), meant, None, SanctionKind::Ban, input).await
}

/// Somebody who is to be muted or banned.
struct Meant {
    name: String,
    user: Option<UserId>,
    marks: Vec<String>,
}

async fn by_message(state: &AppState, show: LivestreamId, message: MessageId) -> Result<Meant, AppError> {
    let Authored { message, user, marks, .. } = authored(state, show, message).await?;
    if let Some(user) = user {
        // What they are now counts, not what they were when they spoke.
        refuse_staff(state.db.account(user).await?.is_some_and(|account| account.user.moderates()))?;
    } else {
        refuse_staff(message.is_admin)?;
    }
    Ok(Meant { name: message.username, user, marks })
}

async fn by_account(state: &AppState, user: UserId) -> Result<Meant, AppError> {
    let account = state.db.account(user).await?.ok_or_else(|| AppError::not_found("account"))?;
    refuse_staff(account.user.moderates())?;
    Ok(Meant { name: account.user.name, user: Some(user), marks: vec![format!("u:{user}")] })
}

fn refuse_staff(is_staff: bool) -> Result<(), AppError> {
    if is_staff { Err(AppError::new(ErrorKind::Forbidden, "Hosts and moderators cannot be muted or banned.").coded("is_staff")) } else { Ok(()) }
}

async fn impose(
    state: &AppState,
    moderator: &Moderator,
    meant: Meant,
    scope: Option<LivestreamId>,
    kind: SanctionKind,
    input: NewSanction,
) -> Result<Sanction, AppError> {
    let Meant { name, user, mut marks } = meant;
    let has_network = marks.iter().any(|mark| mark.starts_with(NETWORK_MARK));
    if !input.network {
        marks.retain(|mark| !mark.starts_with(NETWORK_MARK));
    }
    let now = state.clock.now();
    let actor = moderator.user();
    let sanction = Sanction {
        id: SanctionId::from_bytes(new_id()),
        kind,
        stream_id: scope,
        name,
        user_id: user,
        network: input.network && has_network,
        reason: input.reason,
        until: input.minutes.map(|minutes| now.plus_millis(i64::from(minutes) * 60_000)),
        created_at: now,
        created_by: actor.name.clone(),
    };
    let time = input.minutes.map_or_else(|| "for good".to_owned(), |minutes| format!("for {}", span_in_words(u64::from(minutes) * 60)));
    let place = if scope.is_some() { "" } else { ", in every show" };
    let network = if sanction.network { ", with the guests of their network" } else { "" };
    let reason = if sanction.reason.is_empty() { String::new() } else { format!(": {}", sanction.reason) };
    let action = if kind == SanctionKind::Mute { AuditAction::Muted } else { AuditAction::Banned };
    let deed = Deed { action, show: scope, subject: &sanction.name, detail: format!("{time}{place}{network}{reason}") };
    audit::record(state, actor, deed).await?;
    state.db.insert_sanction(&SanctionRecord { sanction: sanction.clone(), marks }).await?;
    state.hub.house_changed(scope).await?;
    Ok(sanction)
}

/// Mutes and bans of one show that are in force, newest first.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn sanctions(state: &AppState, _: &Moderator, show: LivestreamId, page: Page) -> Result<SanctionPage, AppError> {
    record(state, show).await?;
    let (sanctions, total) = state.db.list_sanctions(Where::Show(show), page.limit, page.skip, state.clock.now()).await?;
    Ok(SanctionPage { sanctions, total })
}

/// Mutes and bans of all shows and of the shop that are in force, newest first.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn all_sanctions(state: &AppState, _: &Admin, page: Page) -> Result<SanctionPage, AppError> {
    let (sanctions, total) = state.db.list_sanctions(Where::Everywhere, page.limit, page.skip, state.clock.now()).await?;
    Ok(SanctionPage { sanctions, total })
}

/// Lifts a mute or ban of this show.
///
/// # Errors
/// NotFound if this show has no such sanction.
pub async fn lift(state: &AppState, moderator: &Moderator, show: LivestreamId, id: SanctionId) -> Result<(), AppError> {
    lift_one(state, moderator, id, |sanction| sanction.stream_id == Some(show)).await
}

/// Lifts any mute or ban.
///
/// # Errors
/// NotFound if there is no such sanction.
pub async fn lift_any(state: &AppState, admin: &Admin, id: SanctionId) -> Result<(), AppError> {
    lift_one(state, &Moderator::from(admin), id, |_| true).await
}

async fn lift_one(state: &AppState, moderator: &Moderator, id: SanctionId, may: impl Fn(&Sanction) -> bool) -> Result<(), AppError> {
    let found = state.db.sanction(id, state.clock.now()).await?.filter(may);
    let sanction = found.ok_or_else(|| AppError::not_found("mute or ban"))?;
    let detail = if sanction.kind == SanctionKind::Mute { "a mute" } else { "a ban" }.to_owned();
    let deed = Deed { action: AuditAction::SanctionLifted, show: sanction.stream_id, subject: &sanction.name, detail };
    audit::record(state, moderator.user(), deed).await?;
    state.db.delete_sanction(id).await?;
    state.hub.house_changed(sanction.stream_id).await
}

/// What a show asks of those who chat.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn rules(state: &AppState, caller: &Caller, show: LivestreamId) -> Result<ChatRules, AppError> {
    visible(state, caller, show).await?;
    Ok(state.db.chat_rules(show).await?)
}

/// Changes what is given of the rules.
///
/// # Errors
/// Invalid fields; NotFound if there is no such show.
pub async fn change_rules(state: &AppState, moderator: &Moderator, show: LivestreamId, update: ChatRulesUpdate) -> Result<ChatRules, AppError> {
    let update = update.checked()?;
    record(state, show).await?;
    if update == ChatRulesUpdate::default() {
        return Ok(state.db.chat_rules(show).await?);
    }
    audit::record(state, moderator.user(), Deed { action: AuditAction::RulesChanged, show: Some(show), subject: "", detail: update.in_words() }).await?;
    let rules = state.db.change_chat_rules(show, &update).await?;
    state.hub.house_changed(Some(show)).await?;
    Ok(rules)
}

/// The words that nobody may use in the shop's chats.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn blocked_words(state: &AppState, _: &Admin) -> Result<Vec<String>, AppError> {
    Ok(state.db.blocked_words().await?)
}

/// Keeps this list of words from now on, in every show.
///
/// # Errors
/// Invalid `blockedWords`.
pub async fn set_blocked_words(state: &AppState, admin: &Admin, words: Vec<String>) -> Result<Vec<String>, AppError> {
    let words = checked_words(words)?;
    let detail = format!("{} on the list", words.len());
    audit::record(state, admin.user(), Deed { action: AuditAction::BlockedWordsChanged, show: None, subject: "", detail }).await?;
    state.db.set_blocked_words(&words).await?;
    state.hub.house_changed(None).await?;
    Ok(words)
}

async fn authored(state: &AppState, show: LivestreamId, message: MessageId) -> Result<Authored, AppError> {
    state.db.authored(show, message).await?.ok_or_else(|| AppError::not_found("message"))
}
