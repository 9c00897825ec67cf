//! Accounts: the twin of `/auth`. Work as plain form posts too: on success they lead to `next`, if that is a path of this shop.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{domain::user::User, error::AppError};

/// Opens an account and signs it in. The first account of the shop is its admin.
#[server(prefix = "/fn", endpoint = "register")]
pub async fn register(email: String, password: String, name: String, next: Option<String>) -> Result<User, AppError> {
    use crate::{
        domain::user::Registration,
        server::{auth::browser::enter, http::extract::caller, service::accounts},
    };
    let (state, caller) = caller().await?;
    let account = accounts::register(&state, caller.address, Registration { email, password, name }).await?;
    enter(&state, &account.user, &account.issued.token, next.as_deref());
    Ok(account.user)
}

/// Signs in.
#[server(prefix = "/fn", endpoint = "login")]
pub async fn login(email: String, password: String, next: Option<String>) -> Result<User, AppError> {
    use crate::{
        domain::user::Credentials,
        server::{auth::browser::enter, http::extract::caller, service::accounts},
    };
    let (state, caller) = caller().await?;
    let account = accounts::login(&state, caller.address, Credentials { email, password }).await?;
    enter(&state, &account.user, &account.issued.token, next.as_deref());
    Ok(account.user)
}

/// Signs out, and leads home.
#[server(prefix = "/fn", endpoint = "logout")]
pub async fn logout() -> Result<(), AppError> {
    use crate::server::{auth::browser::leave, http::extract::caller, service::accounts};
    let (state, caller) = caller().await?;
    accounts::logout(&state, &caller).await?;
    leave(&state);
    Ok(())
}

/// The account that is signed in, if one is.
#[server(prefix = "/fn", endpoint = "current_user", input = GetUrl)]
pub async fn current_user() -> Result<Option<User>, AppError> {
    let (_, caller) = crate::server::http::extract::caller().await?;
    Ok(caller.user)
}
