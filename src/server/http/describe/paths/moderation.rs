//! Order in the chats.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, Who, delete, get, post, put},
    sample,
    schema::{Part, Parts, count, flag, id, keyed, named, object},
};

const STAFF: &str = "Signed in, but not allowed: customers; moderators beyond their show; hosts and moderators as its object (`is_staff`).";

pub(super) fn operations() -> Vec<Operation> {
    in_shows().into_iter().chain(everywhere()).collect()
}

fn in_shows() -> Vec<Operation> {
    let rules = || -> Part { keyed("chatRules", named("ChatRules")) };
    let rules_example = json!({ "chatRules": sample::chat_rules() });
    let sanction = || -> Part { keyed("sanction", named("Sanction")) };
    let sanction_example = json!({ "sanction": sample::sanction() });
    vec![
        delete("/livestreams/{id}/chat/{message}", "deleteChatMessage", "Delete a message")
            .about("On every screen, in the history and in the replay. One that is deleted already is no error.")
            .id("id", "show", sample::show_id())
            .id("message", "message", sample::message_id())
            .who(Who::Moderator)
            .gives(
                200,
                "It is gone. `seq` is the place of the deletion in the log of the show.",
                object().needs("deleted", flag()).needs("id", id()).needs("seq", count()),
                json!({ "deleted": true, "id": sample::message_id(), "seq": 44 }),
            )
            .refuses_with(403, "Customers; moderators, where the host said it."),
        get("/livestreams/{id}/chat/rules", "getChatRules", "Read the rules of a chat").who(Who::Anyone).id("id", "show", sample::show_id()).gives(
            200,
            "The rules.",
            rules(),
            &rules_example,
        ),
        put("/livestreams/{id}/chat/rules", "changeChatRules", "Change the rules of a chat")
            .about("In force, and told to everyone of the show, when this is answered.")
            .id("id", "show", sample::show_id())
            .who(Who::Moderator)
            .takes("ChatRulesInput", sample::chat_rules_update())
            .gives(200, "The rules.", rules(), &rules_example),
        post("/livestreams/{id}/moderation/mutes", "mute", "Mute somebody")
            .about("They watch and like; they do not speak. In force at once.")
            .id("id", "show", sample::show_id())
            .who(Who::Moderator)
            .takes("MuteInput", sample::new_sanction())
            .gives(201, "The mute.", sanction(), &sanction_example)
            .refuses_with(403, STAFF),
        post("/livestreams/{id}/moderation/bans", "ban", "Ban somebody")
            .about("Every socket of theirs is closed (close code 4403), in every tab and under every name. In force at once.")
            .id("id", "show", sample::show_id())
            .who(Who::Moderator)
            .takes("BanInput", sample::new_sanction())
            .gives(201, "The ban.", sanction(), &sanction_example)
            .refuses_with(403, STAFF),
        get("/livestreams/{id}/moderation/sanctions", "listShowSanctions", "List mutes and bans of a show")
            .id("id", "show", sample::show_id())
            .who(Who::Moderator)
            .paged(50)
            .gives(200, "Those in force, newest first.", named("SanctionPage"), sample::sanction_page()),
        delete("/livestreams/{id}/moderation/sanctions/{sanction}", "liftShowSanction", "Lift a mute or ban of a show")
            .id("id", "show", sample::show_id())
            .id("sanction", "mute or ban", sample::sanction_id())
            .who(Who::Moderator)
            .gives(200, "It is lifted.", keyed("lifted", flag()), json!({ "lifted": true })),
    ]
}

fn everywhere() -> Vec<Operation> {
    let words = json!({ "blockedWords": ["scam", "cheap*"] });
    vec![
        get("/chat/sanctions", "listSanctions", "List mutes and bans of all shows").admin().paged(50).gives(
            200,
            "Those in force, newest first.",
            named("SanctionPage"),
            sample::sanction_page(),
        ),
        delete("/chat/sanctions/{id}", "liftSanction", "Lift any mute or ban").id("id", "mute or ban", sample::sanction_id()).admin().gives(
            200,
            "It is lifted.",
            keyed("lifted", flag()),
            json!({ "lifted": true }),
        ),
        post("/chat/bans", "banAccount", "Ban an account from the shop")
            .admin()
            .takes("AccountBanInput", sample::new_ban())
            .gives(201, "The ban.", keyed("sanction", named("Sanction")), json!({ "sanction": sample::sanction() }))
            .refuses_with(403, "Not an admin; or the account is a host's or a moderator's (`is_staff`).")
            .refuses(404),
        get("/chat/blocked-words", "getBlockedWords", "Read the blocked words").admin().gives(200, "The words.", named("BlockedWords"), &words),
        put("/chat/blocked-words", "setBlockedWords", "Replace the blocked words")
            .about("Kept trimmed and each once. In force in every show when this is answered.")
            .admin()
            .takes("BlockedWords", &words)
            .gives(200, "The words as they are kept.", named("BlockedWords"), &words),
    ]
}
