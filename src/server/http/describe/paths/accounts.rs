//! `/auth`.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, Who, get, post},
    sample,
    schema::{keyed, named, text},
};

pub(super) fn operations() -> Vec<Operation> {
    let signed_in = json!({ "token": "eyJhbGciOiJIUzI1NiJ9.…", "user": sample::user() });
    vec![
        post("/auth/register", "register", "Open an account")
            .about("The first account of an empty shop is its admin. The answer signs in: the token is in it, and in a cookie.")
            .who(Who::Anyone)
            .takes("Registration", sample::registration())
            .gives(201, "The account, signed in.", named("SignedInAccount"), &signed_in)
            .refuses_with(409, "There is an account with this address (`email_taken`).")
            .refuses(429),
        post("/auth/login", "login", "Sign in")
            .about("Ten attempts a minute for an account, a hundred for an address.")
            .who(Who::Anyone)
            .takes("Credentials", sample::credentials())
            .gives(200, "The account, signed in.", named("SignedInAccount"), &signed_in)
            .refuses_with(401, "Address or password is wrong (`wrong_credentials`); which of them is not said.")
            .refuses(429),
        post("/auth/logout", "logout", "Sign out")
            .about("Ends the token of the request, wherever else it is used, and the sockets that it opened. Without a token there is nothing to end.")
            .gives(200, "Signed out.", keyed("message", text()), json!({ "message": "Signed out." })),
        get("/auth/me", "me", "Who am I").who(Who::SignedIn).gives(
            200,
            "The account of the token.",
            keyed("user", named("User")),
            json!({ "user": sample::user() }),
        ),
    ]
}
