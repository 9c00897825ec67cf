//! What every route says of itself: one file per resource, beside the file of its handlers. `tests/contract` fails where
//! a route has no description, or a description no route.

use super::operation::Operation;

mod accounts;
mod analytics;
mod carts;
mod ingest;
mod livestreams;
mod media;
mod moderation;
mod orders;
mod people;
mod playing;
mod products;
mod recordings;
mod replays;
mod server;
mod shelves;

/// The groups, in the order in which they are shown, with a sentence each.
pub const TAGS: [(&str, &str); 10] = [
    ("accounts", "Opening accounts, signing in and out. A token comes in the answer and as an HttpOnly cookie."),
    ("livestreams", "Shows: scheduled, live, ended. With the people in them: views, hearts, chat."),
    ("shelf", "Products held up to the camera, in order."),
    ("moderation", "Order in the chats, and the people who keep it. Moderators act in shows; what concerns the whole shop is for admins."),
    ("media", "Recordings, pictures, and what connects browsers."),
    ("products", "What the shop sells."),
    ("cart", "One cart per session. What a guest gathered is in the account's cart once they sign in."),
    ("orders", "What customers bought."),
    ("analytics", "What shows came to, in numbers."),
    ("server", "Signs of life, and these documents. Mounted at the root alone."),
];

/// Routes that are mounted at the root and under `/api`.
pub fn rest() -> Vec<Operation> {
    let tagged = |tag, operations: Vec<Operation>| operations.into_iter().map(move |operation: Operation| operation.tagged(tag));
    tagged("accounts", accounts::operations())
        .chain(tagged("livestreams", livestreams::operations()))
        .chain(tagged("shelf", shelves::operations()))
        .chain(tagged("moderation", moderation::operations()))
        .chain(tagged("moderation", people::operations()))
        .chain(tagged("media", recordings::operations()))
        .chain(tagged("media", replays::operations()))
        .chain(tagged("media", media::operations()))
        .chain(tagged("media", ingest::operations()))
        .chain(tagged("media", playing::operations()))
        .chain(tagged("products", products::operations()))
        .chain(tagged("cart", carts::operations()))
        .chain(tagged("orders", orders::operations()))
        .chain(tagged("analytics", analytics::operations()))
        .collect()
}

/// Routes that are mounted at the root alone.
pub fn root() -> Vec<Operation> {
    server::operations().into_iter().map(|operation| operation.tagged("server")).collect()
}
