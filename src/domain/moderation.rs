//! Order in the chat: its rules, mutes and bans, who keeps it, and what was done.

use serde::{Deserialize, Serialize};

use super::{
    id::{AuditId, InvitationId, LivestreamId, MessageId, SanctionId, UserId},
    time::Timestamp,
    user::{Role, User},
    validate::{self, Fields},
};

/// The longest wait between two messages of one person, in seconds.
pub const MAX_SLOW_MODE_SECONDS: u32 = 600;
/// Characters of what stands above the chat.
pub const MAX_ANNOUNCEMENT: usize = 240;
/// Words that may be on the shop's list, and the characters of each.
pub const MAX_BLOCKED_WORDS: usize = 1000;
pub const MAX_BLOCKED_WORD: usize = 60;
/// The longest mute: a week. The longest ban that has an end: a year.
pub const MAX_MUTE_MINUTES: u32 = 7 * 24 * 60;
pub const MAX_BAN_MINUTES: u32 = 365 * 24 * 60;
/// How long an invitation may hold.
pub const MAX_INVITATION_HOURS: u32 = 7 * 24;
/// How long one holds where nobody says how long.
pub const INVITATION_HOURS: u32 = 24;

/// What a show asks of those who chat. Hosts and moderators are exempt from all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ChatRules {
    /// Seconds between two messages of one person; zero is no such rule.
    pub slow_mode_seconds: u32,
    /// Whether everybody may post links.
    pub links_allowed: bool,
    /// Whether only accounts may speak.
    pub registered_only: bool,
    /// What stands above the chat, for everyone.
    pub announcement: Option<String>,
}

impl Default for ChatRules {
    fn default() -> Self {
        Self { slow_mode_seconds: 0, links_allowed: true, registered_only: false, announcement: None }
    }
}

/// What is to change of a show's rules; what is absent stays. An empty announcement takes the present one away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatRulesUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_mode_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links_allowed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announcement: Option<String>,
}

impl ChatRulesUpdate {
    /// The same with the text cleaned, or what is wrong, per field.
    pub fn checked(mut self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        if self.slow_mode_seconds.is_some_and(|seconds| seconds > MAX_SLOW_MODE_SECONDS) {
            fields.add("slowModeSeconds", format!("Use at most {MAX_SLOW_MODE_SECONDS} seconds."));
        }
        self.announcement = self.announcement.map(|text| fields.take("announcement", validate::line(&text, 0, MAX_ANNOUNCEMENT)));
        fields.finish(self)
    }

    /// Changes these rules.
    pub fn apply(&self, rules: &mut ChatRules) {
        rules.slow_mode_seconds = self.slow_mode_seconds.unwrap_or(rules.slow_mode_seconds);
        rules.links_allowed = self.links_allowed.unwrap_or(rules.links_allowed);
        rules.registered_only = self.registered_only.unwrap_or(rules.registered_only);
        if let Some(text) = &self.announcement {
            rules.announcement = Some(text.clone()).filter(|text| !text.is_empty());
        }
    }

    /// What changes, for the record of it.
    pub fn in_words(&self) -> String {
        let mut words = Vec::new();
        match self.slow_mode_seconds {
            Some(0) => words.push("slow mode off".to_owned()),
            Some(seconds) => words.push(format!("slow mode {seconds} s")),
            None => {}
        }
        words.extend(self.links_allowed.map(|allowed| if allowed { "links for everyone" } else { "links for hosts and moderators only" }.to_owned()));
        words.extend(self.registered_only.map(|only| if only { "chat for accounts only" } else { "chat for everyone" }.to_owned()));
        match self.announcement.as_deref() {
            Some("") => words.push("announcement removed".to_owned()),
            Some(text) => words.push(format!("announcement: {text}")),
            None => {}
        }
        words.join(", ")
    }
}

/// The shop's list of words as it is kept: trimmed, each once, in the order given. A word that ends in `*` stands for
/// all that begin with it.
///
/// # Errors
/// What is wrong, under `blockedWords`.
pub fn checked_words(words: Vec<String>) -> Result<Vec<String>, Fields> {
    if words.len() > MAX_BLOCKED_WORDS {
        return Err(Fields::one("blockedWords", format!("Use at most {MAX_BLOCKED_WORDS} words.")));
    }
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        let word = validate::line(&word, 0, MAX_BLOCKED_WORD).map_err(|sentence| Fields::one("blockedWords", sentence))?;
        let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
        match letters {
            0 if word.is_empty() => {}
            0 => return Err(Fields::one("blockedWords", format!("\u{201c}{word}\u{201d} has no letters."))),
            1 if word.ends_with('*') => return Err(Fields::one("blockedWords", format!("\u{201c}{word}\u{201d} stands for too much."))),
            _ if kept.iter().any(|known| known.eq_ignore_ascii_case(&word)) => {}
            _ => kept.push(word),
        }
    }
    Ok(kept)
}

/// What is held against somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SanctionKind {
    /// May watch, may not speak.
    Mute,
    /// May not take part.
    Ban,
}

/// How far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    #[default]
    Show,
    /// Every show of the shop. Only admins reach so far.
    Shop,
}

/// A mute or ban that is in force. `stream_id` is absent where it holds in every show, `until` where it has no end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sanction {
    #[serde(rename = "_id")]
    pub id: SanctionId,
    pub kind: SanctionKind,
    pub stream_id: Option<LivestreamId>,
    /// What they were called when it was said.
    pub name: String,
    pub user_id: Option<UserId>,
    /// Whether guests of the same network are meant, too.
    pub network: bool,
    pub reason: String,
    pub until: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Who said so, by name.
    pub created_by: String,
}

/// Some sanctions, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SanctionPage {
    pub sanctions: Vec<Sanction>,
    pub total: u64,
}

/// A mute or ban to be. Whoever is meant is named by a message of theirs, or by their account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSanction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// For how long. A ban without it has no end; a mute needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    pub scope: Reach,
    /// Whether guests of the same network are meant, too.
    pub network: bool,
    pub reason: String,
}

impl NewSanction {
    /// The same with the reason cleaned, or what is wrong, per field.
    pub fn checked(mut self, kind: SanctionKind) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        self.reason = fields.take("reason", validate::line(&self.reason, 0, 200));
        let longest = if kind == SanctionKind::Mute { MAX_MUTE_MINUTES } else { MAX_BAN_MINUTES };
        match (kind, self.minutes) {
            (SanctionKind::Mute, None) => fields.add("minutes", "Say for how many minutes."),
            (_, Some(minutes)) if !(1..=longest).contains(&minutes) => fields.add("minutes", format!("Use 1 to {longest} minutes.")),
            _ => {}
        }
        if self.message_id.is_some() == self.user_id.is_some() {
            fields.add("messageId", "Name either a message or an account.");
        }
        fields.finish(self)
    }
}

/// How long, in words: the two largest steps at the most, and never nothing.
pub fn span_in_words(seconds: u64) -> String {
    let counted = |number: u64, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    match seconds {
        0..90 => counted(seconds.max(1), "second"),
        90..5400 => counted(seconds.div_ceil(60), "minute"),
        5400..172_800 => counted(seconds.div_ceil(3600), "hour"),
        _ => counted(seconds.div_ceil(86_400), "day"),
    }
}

/// A link by which somebody becomes a moderator. The link itself is told once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    #[serde(rename = "_id")]
    pub id: InvitationId,
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A new invitation with its link: `path` within this shop, `link` from outside where the shop knows its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewInvitation {
    pub invitation: Invitation,
    pub code: String,
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Somebody with an account, as admins see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    #[serde(flatten)]
    pub user: User,
    /// Their ban from the shop, if they have one.
    pub ban: Option<Sanction>,
}

/// Some people, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeoplePage {
    pub people: Vec<Person>,
    pub total: u64,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    MessageDeleted,
    Muted,
    Banned,
    SanctionLifted,
    RulesChanged,
    BlockedWordsChanged,
    InvitationCreated,
    InvitationRevoked,
    ModeratorJoined,
    ModeratorRevoked,
    FilmRemoved,
}

impl AuditAction {
    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MessageDeleted => "message_deleted",
            Self::Muted => "muted",
            Self::Banned => "banned",
            Self::SanctionLifted => "sanction_lifted",
            Self::RulesChanged => "rules_changed",
            Self::BlockedWordsChanged => "blocked_words_changed",
            Self::InvitationCreated => "invitation_created",
            Self::InvitationRevoked => "invitation_revoked",
            Self::ModeratorJoined => "moderator_joined",
            Self::ModeratorRevoked => "moderator_revoked",
            Self::FilmRemoved => "film_removed",
        }
    }

    /// For people: what somebody did.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MessageDeleted => "deleted a message",
            Self::Muted => "muted",
            Self::Banned => "banned",
            Self::SanctionLifted => "lifted a mute or ban",
            Self::RulesChanged => "changed the chat's rules",
            Self::BlockedWordsChanged => "changed the blocked words",
            Self::InvitationCreated => "made an invitation",
            Self::InvitationRevoked => "took an invitation back",
            Self::ModeratorJoined => "became a moderator",
            Self::ModeratorRevoked => "took the moderator's role away",
            Self::FilmRemoved => "removed an old film",
        }
    }
}

/// One thing that somebody did to keep order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    #[serde(rename = "_id")]
    pub id: AuditId,
    pub at: Timestamp,
    pub actor_id: UserId,
    pub actor: String,
    pub role: Role,
    pub action: AuditAction,
    pub stream_id: Option<LivestreamId>,
    /// Whom it was done to, by name; empty where it was nobody.
    pub subject: String,
    pub detail: String,
}

/// Some entries, newest first, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_changes_what_it_names_and_an_empty_announcement_takes_it_away() {
        let mut rules = ChatRules::default();
        let update = ChatRulesUpdate { slow_mode_seconds: Some(10), announcement: Some("  Two for one \u{202e}".into()), ..Default::default() };
        update.checked().unwrap().apply(&mut rules);
        assert_eq!(rules, ChatRules { slow_mode_seconds: 10, announcement: Some("Two for one".into()), ..ChatRules::default() });
        ChatRulesUpdate { announcement: Some(String::new()), ..Default::default() }.apply(&mut rules);
        assert_eq!((rules.slow_mode_seconds, rules.announcement), (10, None));
    }

    #[test]
    fn rules_refuse_what_is_too_much_or_not_theirs() {
        for body in [
            r#"{"slowModeSeconds":601}"#,
            &format!(r#"{{"announcement":"{}"}}"#, "x".repeat(241)),
            r#"{"announcement":"z\u0301\u0301\u0301\u0301\u0301\u0301\u0301"}"#,
        ] {
            assert!(serde_json::from_str::<ChatRulesUpdate>(body).unwrap().checked().is_err(), "{body}");
        }
        for body in [r#"{"role":"admin"}"#, r#"{"slowModeSeconds":-1}"#, r#"{"slowModeSeconds":"5"}"#, r#"{"linksAllowed":{"$gt":""}}"#] {
            assert!(serde_json::from_str::<ChatRulesUpdate>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_sanction_names_one_person_and_a_mute_its_time() {
        let message = NewSanction { message_id: Some(MessageId::from_bytes([1; 12])), ..Default::default() };
        let with = |minutes| NewSanction { minutes, ..message.clone() };
        let names = |sanction: NewSanction, kind| sanction.checked(kind).err().map(|fields| fields.names().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(names(with(None), SanctionKind::Ban), None);
        assert_eq!(names(with(Some(5)), SanctionKind::Mute), None);
        for (sanction, kind, field) in [
            (with(None), SanctionKind::Mute, "minutes"),
            (with(Some(0)), SanctionKind::Mute, "minutes"),
            (with(Some(MAX_MUTE_MINUTES + 1)), SanctionKind::Mute, "minutes"),
            (with(Some(MAX_BAN_MINUTES + 1)), SanctionKind::Ban, "minutes"),
            (NewSanction::default(), SanctionKind::Ban, "messageId"),
            (NewSanction { user_id: Some(UserId::from_bytes([2; 12])), ..message.clone() }, SanctionKind::Ban, "messageId"),
            (NewSanction { reason: "x".repeat(201), ..message.clone() }, SanctionKind::Ban, "reason"),
        ] {
            assert_eq!(names(sanction.clone(), kind), Some(vec![field.to_owned()]), "{sanction:?}");
        }
    }

    #[test]
    fn the_list_of_words_is_kept_clean() {
        let words = |list: &[&str]| checked_words(list.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words(&[" spam ", "", "SPAM", "buy  followers", "scam*"]), Ok(vec!["spam".into(), "buy followers".into(), "scam*".into()]));
        assert!(words(&["*"]).is_err() && words(&["a*"]).is_err() && words(&["!!"]).is_err() && words(&[&"x".repeat(61)]).is_err());
        assert!(checked_words(vec!["x".into(); MAX_BLOCKED_WORDS + 1]).is_err());
    }

    #[test]
    fn spans_read_as_people_say_them() {
        assert_eq!(
            [0, 1, 89, 90, 300, 3601, 5400, 86_400, 604_800].map(span_in_words),
            ["1 second", "1 second", "89 seconds", "2 minutes", "5 minutes", "61 minutes", "2 hours", "24 hours", "7 days"]
        );
    }
}
