//! Order in the chats: rules, mutes and bans, and the people who keep it.

use serde_json::json;
use utoipa::openapi::ObjectBuilder;

use super::{Component, people::ROLES};
use crate::{
    domain::moderation::{
        MAX_ANNOUNCEMENT, MAX_BAN_MINUTES, MAX_BLOCKED_WORD, MAX_BLOCKED_WORDS, MAX_INVITATION_HOURS, MAX_MUTE_MINUTES, MAX_SLOW_MODE_SECONDS,
    },
    server::http::describe::{
        sample,
        schema::{About, Part, Parts, choice, count, entered, flag, id, list, named, object, or_null, text, time, whole},
    },
};

/// What is written down.
const ACTIONS: [&str; 11] = [
    "message_deleted",
    "muted",
    "banned",
    "sanction_lifted",
    "rules_changed",
    "blocked_words_changed",
    "invitation_created",
    "invitation_revoked",
    "moderator_joined",
    "moderator_revoked",
    "film_removed",
];

pub(super) fn components() -> Vec<Component> {
    outputs().into_iter().chain(inputs()).collect()
}

fn outputs() -> Vec<Component> {
    let total = || count().about("Of the whole list.");
    vec![
        Component::new(
            "ChatRules",
            object()
                .about("What a show asks of those who chat. Hosts and moderators are exempt. Lists of shows carry the defaults.")
                .needs("slowModeSeconds", count().about("Between two messages of one person; 0 is no such rule."))
                .needs("linksAllowed", flag().about("Whether everybody may post links."))
                .needs("registeredOnly", flag().about("Whether only accounts may speak."))
                .needs("announcement", or_null(text().about("What stands above the chat."))),
            sample::chat_rules(),
        ),
        Component::new(
            "Sanction",
            object()
                .about("A mute or ban that is in force. By what somebody is known (session, network) is not told.")
                .needs("_id", id())
                .needs("kind", choice(&["mute", "ban"]))
                .needs("streamId", or_null(id().about("Null where it holds in every show.")))
                .needs("name", text().about("What they were called when it was said."))
                .needs("userId", or_null(id().about("Null for a guest.")))
                .needs("network", flag().about("Whether guests of the same network are meant, too."))
                .needs("reason", text())
                .needs("until", or_null(time().about("Null where it has no end.")))
                .needs("createdAt", time())
                .needs("createdBy", text().about("By name.")),
            sample::sanction(),
        ),
        Component::new(
            "SanctionPage",
            object().about("Some mutes and bans, newest first.").needs("sanctions", list(named("Sanction"))).needs("total", total()),
            sample::sanction_page(),
        ),
        Component::new(
            "Invitation",
            object()
                .about("A link by which one account becomes a moderator.")
                .needs("_id", id())
                .needs("createdBy", text().about("By name."))
                .needs("createdAt", time())
                .needs("expiresAt", time()),
            sample::invitation(),
        ),
        Component::new(
            "NewInvitation",
            object()
                .about("An invitation with its link, which is told once.")
                .needs("invitation", named("Invitation"))
                .needs("code", text())
                .needs("path", text().about("The link within this shop."))
                .may("link", text().about("The same from outside, where the shop knows its address.")),
            sample::new_invitation(),
        ),
        Component::new(
            "Person",
            object()
                .about("Somebody with an account, as admins see them.")
                .needs("_id", id())
                .needs("email", text())
                .needs("name", text())
                .needs("role", choice(&ROLES))
                .needs("createdAt", time())
                .needs("ban", or_null(named("Sanction"))),
            sample::person(),
        ),
        Component::new(
            "PeoplePage",
            object().about("Some people, newest first.").needs("people", list(named("Person"))).needs("total", total()),
            sample::people_page(),
        ),
        Component::new(
            "AuditEntry",
            object()
                .about("One thing that somebody did to keep order.")
                .needs("_id", id())
                .needs("at", time())
                .needs("actorId", id())
                .needs("actor", text().about("By name."))
                .needs("role", choice(&ROLES).about("Of the actor, then."))
                .needs("action", choice(&ACTIONS))
                .needs("streamId", or_null(id()))
                .needs("subject", text().about("To whom it was done, by name; empty where it was nobody."))
                .needs("detail", text()),
            sample::audit_entry(),
        ),
        Component::new(
            "AuditPage",
            object().about("Some entries, newest first.").needs("entries", list(named("AuditEntry"))).needs("total", total()),
            sample::audit_page(),
        ),
    ]
}

fn inputs() -> Vec<Component> {
    let words = list(entered(0, MAX_BLOCKED_WORD)).max_items(Some(MAX_BLOCKED_WORDS));
    vec![
        Component::new(
            "ChatRulesInput",
            object()
                .about("What is to change of a show's rules; what is absent stays.")
                .may("slowModeSeconds", or_null(whole(0, MAX_SLOW_MODE_SECONDS.into())))
                .may("linksAllowed", or_null(flag()))
                .may("registeredOnly", or_null(flag()))
                .may("announcement", or_null(entered(0, MAX_ANNOUNCEMENT).about("An empty one takes the present one away.")))
                .closed(),
            sample::chat_rules_update(),
        ),
        Component::new(
            "MuteInput",
            by_message_or_account(object().about("Whoever is meant is named by a message of theirs, or by their account; the latter by admins alone."))
                .needs("minutes", whole(1, MAX_MUTE_MINUTES.into()))
                .closed(),
            sample::new_sanction(),
        ),
        Component::new(
            "BanInput",
            by_message_or_account(object().about("Whoever is meant is named by a message of theirs, or by their account; the latter by admins alone."))
                .may("minutes", ban_minutes())
                .closed(),
            sample::new_sanction(),
        ),
        Component::new(
            "AccountBanInput",
            reasons(object().about("A ban of an account from every show."))
                .needs("userId", id())
                .may("minutes", ban_minutes())
                .may("scope", choice(&["show", "shop"]).about("Taken and not used: it is the shop."))
                .closed(),
            sample::new_ban(),
        ),
        Component::new(
            "BlockedWords",
            object()
                .about("The words that nobody may use in the shop's chats. One that ends in `*` stands for all that begin with it.")
                .needs("blockedWords", words.about("Each with a letter or digit, at least two before a `*`; empty ones are left out."))
                .closed(),
            json!({ "blockedWords": ["scam", "cheap*"] }),
        ),
        Component::new(
            "InvitationInput",
            object().about("How long an invitation shall hold.").may("hours", or_null(whole(1, MAX_INVITATION_HOURS.into()).about("Without it, 24."))).closed(),
            json!({ "hours": 24 }),
        ),
        Component::new(
            "InvitationCode",
            object().about("The code of an invitation.").needs("code", text()).closed(),
            json!({ "code": sample::new_invitation().code }),
        ),
    ]
}

fn reasons(input: ObjectBuilder) -> ObjectBuilder {
    input.may("network", flag().about("Whether guests of the same network are meant, too.")).may("reason", entered(0, 200))
}

fn by_message_or_account(input: ObjectBuilder) -> ObjectBuilder {
    reasons(input)
        .may("messageId", or_null(id()))
        .may("userId", or_null(id()))
        .may("scope", choice(&["show", "shop"]).about("`shop` is every show, and for admins alone."))
        .needs_either(&["messageId", "userId"])
}

fn ban_minutes() -> Part {
    or_null(whole(1, MAX_BAN_MINUTES.into()).about("Without it, for good."))
}
