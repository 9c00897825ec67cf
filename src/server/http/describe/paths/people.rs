//! People and their roles.

use serde_json::json;

use crate::server::http::describe::{
    components::people::ROLES,
    operation::{Operation, Who, delete, get, post},
    sample,
    schema::{choice, flag, keyed, list, named, text},
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/chat/people", "listPeople", "List accounts")
            .admin()
            .paged(50)
            .query("role", choice(&ROLES), "Only accounts of this role.")
            .query("search", text().max_length(Some(100)), "A part of name or address.")
            .gives(200, "Accounts, newest first, with their ban from the shop.", named("PeoplePage"), sample::people_page()),
        delete("/chat/moderators/{id}", "dismissModerator", "Take a moderator's role away")
            .about("Their tokens end, and their sockets.")
            .id("id", "account", sample::user_id())
            .admin()
            .gives(200, "The role that they have now.", keyed("role", choice(&["customer"])), json!({ "role": "customer" })),
        get("/chat/invitations", "listInvitations", "List open invitations").admin().gives(
            200,
            "Those that somebody could still use, newest first. Their links are not told again.",
            keyed("invitations", list(named("Invitation"))),
            json!({ "invitations": [sample::invitation()] }),
        ),
        post("/chat/invitations", "invite", "Invite a moderator")
            .about("Makes a link by which one account becomes a moderator.")
            .admin()
            .may_take("InvitationInput", json!({ "hours": 24 }))
            .gives(201, "The invitation, with its link.", named("NewInvitation"), sample::new_invitation()),
        delete("/chat/invitations/{id}", "uninvite", "Take an invitation back").id("id", "invitation", sample::invitation_id()).admin().gives(
            200,
            "Nobody can use it any more.",
            keyed("revoked", flag()),
            json!({ "revoked": true }),
        ),
        post("/chat/invitations/accept", "acceptInvitation", "Become a moderator")
            .about("The role changes at once, so the token of this request holds no more: the answer has a new one, as signing in does.")
            .who(Who::SignedIn)
            .takes("InvitationCode", json!({ "code": sample::new_invitation().code }))
            .gives(200, "The account, signed in.", named("SignedInAccount"), json!({ "token": "eyJhbGciOiJIUzI1NiJ9.…", "user": sample::user() }))
            .refuses_with(404, "This invitation does not hold any more (`no_such_invitation`).")
            .refuses_with(409, "An admin needs none (`is_admin`)."),
        get("/chat/audit", "listAudit", "Read what was done to keep order").admin().paged(50).gives(
            200,
            "Entries, newest first.",
            named("AuditPage"),
            sample::audit_page(),
        ),
    ]
}
