//! Order in the chats, and the people who keep it.

use serde_json::{Value, json};

use super::{at, bytes, host_id, show_id, user, user_id};
use crate::domain::{
    id::{AuditId, InvitationId, MessageId, SanctionId},
    moderation::{
        AuditAction, AuditEntry, AuditPage, ChatRules, ChatRulesUpdate, Invitation, NewInvitation, NewSanction, PeoplePage, Person, Reach, Sanction,
        SanctionKind, SanctionPage,
    },
    user::Role,
};

/// The id of the chat message.
pub fn message_id() -> MessageId {
    MessageId::from_bytes(bytes(0x50))
}

/// The id of the ban.
pub fn sanction_id() -> SanctionId {
    SanctionId::from_bytes(bytes(0x60))
}

/// The id of the invitation.
pub fn invitation_id() -> InvitationId {
    InvitationId::from_bytes(bytes(0x61))
}

/// What a show asks of those who chat.
pub fn chat_rules() -> ChatRules {
    ChatRules { slow_mode_seconds: 10, links_allowed: false, registered_only: true, announcement: Some("Free delivery until midnight".into()) }
}

/// What is to change of that.
pub fn chat_rules_update() -> ChatRulesUpdate {
    let ChatRules { slow_mode_seconds, links_allowed, registered_only, announcement } = chat_rules();
    ChatRulesUpdate { slow_mode_seconds: Some(slow_mode_seconds), links_allowed: Some(links_allowed), registered_only: Some(registered_only), announcement }
}

/// A ban from the show.
pub fn sanction() -> Sanction {
    Sanction {
        id: sanction_id(),
        kind: SanctionKind::Ban,
        stream_id: Some(show_id()),
        name: "Lena".into(),
        user_id: Some(user_id()),
        network: false,
        reason: "Advertises another shop".into(),
        until: Some(at(4354)),
        created_at: at(754),
        created_by: "Mia".into(),
    }
}

/// A page of mutes and bans.
pub fn sanction_page() -> SanctionPage {
    SanctionPage { sanctions: vec![sanction()], total: 1 }
}

/// A mute or ban to be, of whoever wrote a message.
pub fn new_sanction() -> Value {
    let sanction = NewSanction {
        message_id: Some(message_id()),
        user_id: None,
        minutes: Some(60),
        scope: Reach::Show,
        network: false,
        reason: "Advertises another shop".into(),
    };
    let mut sanction = json!(sanction);
    sanction["userId"] = Value::Null;
    sanction
}

/// A ban to be, of an account.
pub fn new_ban() -> NewSanction {
    NewSanction { message_id: None, user_id: Some(user_id()), minutes: Some(10_080), scope: Reach::Shop, network: false, reason: "Spam in three shows".into() }
}

/// An invitation.
pub fn invitation() -> Invitation {
    Invitation { id: invitation_id(), created_by: "Mia".into(), created_at: at(-7200), expires_at: at(79_200) }
}

/// An invitation with its link.
pub fn new_invitation() -> NewInvitation {
    let code = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";
    let path = format!("/moderate/join?code={code}");
    NewInvitation { invitation: invitation(), code: code.into(), link: Some(format!("https://shop.example{path}")), path }
}

/// An account, as admins see it.
pub fn person() -> Person {
    Person { user: user(), ban: Some(Sanction { stream_id: None, until: None, ..sanction() }) }
}

/// A page of people.
pub fn people_page() -> PeoplePage {
    PeoplePage { people: vec![person()], total: 1 }
}

/// Something that was done.
pub fn audit_entry() -> AuditEntry {
    AuditEntry {
        id: AuditId::from_bytes(bytes(0x62)),
        at: at(754),
        actor_id: host_id(),
        actor: "Mia".into(),
        role: Role::Admin,
        action: AuditAction::Banned,
        stream_id: Some(show_id()),
        subject: "Lena".into(),
        detail: "for 60 minutes: Advertises another shop".into(),
    }
}

/// A page of what was done.
pub fn audit_page() -> AuditPage {
    AuditPage { entries: vec![audit_entry()], total: 1 }
}
