//! Opening accounts, signing in and out. Never says whether an address or a password was wrong.

use std::net::IpAddr;

use crate::{
    domain::{
        id::UserId,
        user::{Credentials, Registration, Role, User, normal_email},
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::{caller::Caller, password::is_dated, token::Issued},
        config::FirstAdmin,
        db::{self, DbError, users::Account},
        state::AppState,
    },
};

/// The longest password anyone can have, in characters.
const MAX_PASSWORD_CHARS: usize = 128;

/// An account with a fresh token for it.
#[derive(Debug, Clone)]
pub struct SignedInAccount {
    pub user: User,
    pub issued: Issued,
}

/// Opens an account and signs it in. The first account of the shop is its admin.
///
/// # Errors
/// Invalid fields, Conflict (`email_taken`), RateLimited, Unavailable.
pub async fn register(state: &AppState, address: IpAddr, registration: Registration) -> Result<SignedInAccount, AppError> {
    let registration = registration.checked()?;
    state.throttles.registration(address)?;
    let account = create(state, registration, Role::Customer).await?;
    Ok(sign_in(state, account))
}

/// Signs in.
///
/// # Errors
/// Unauthenticated for a wrong address or password, with one text and in one time for both; Invalid for a password that
/// nobody can have; RateLimited, Unavailable.
pub async fn login(state: &AppState, address: IpAddr, credentials: Credentials) -> Result<SignedInAccount, AppError> {
    let email = normal_email(&credentials.email);
    state.throttles.login(address, &email)?;
    if credentials.password.chars().count() > MAX_PASSWORD_CHARS {
        return Err(Fields::one("password", format!("Use at most {MAX_PASSWORD_CHARS} characters.")).into());
    }
    let account = if email.len() <= 254 { state.db.account_by_email(&email).await? } else { None };
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits = state.passwords.verify(credentials.password.clone(), stored).await?;
    match account {
        Some(account) if fits => {
            renew(state, &account, credentials.password).await;
            Ok(sign_in(state, account))
        }
        _ => Err(AppError::new(ErrorKind::Unauthenticated, "E-mail address or password is wrong.").coded("wrong_credentials")),
    }
}

// A hash that came from another system is replaced once its password is known. Who it belongs to is signed in whatever
// becomes of that.
async fn renew(state: &AppState, account: &Account, password: String) {
    if !is_dated(&account.password_hash) {
        return;
    }
    let renewed = async {
        let hash = state.passwords.hash(password).await?;
        Ok::<_, AppError>(state.db.renew_password_hash(account.user.id, &account.password_hash, &hash).await?)
    };
    if let Err(error) = renewed.await {
        tracing::warn!(user.id = %account.user.id, %error, "a password could not be written down in its new form");
    }
}

/// Ends the caller's token, and the sockets it opened. Without one there is nothing to end.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn logout(state: &AppState, caller: &Caller) -> Result<(), AppError> {
    let Some(claims) = &caller.claims else { return Ok(()) };
    state.db.revoke_token(&claims.token_id, claims.expires_at).await?;
    state.hub.close_token(&claims.token_id);
    Ok(())
}

/// Creates an admin, or makes the account with this address one and gives it this password. Signs nobody in.
///
/// # Errors
/// Invalid fields, Unavailable.
pub async fn make_admin(state: &AppState, registration: Registration) -> Result<User, AppError> {
    let registration = registration.checked()?;
    let Some(existing) = state.db.account_by_email(&registration.email).await? else {
        return Ok(create(state, registration, Role::Admin).await?.user);
    };
    let hash = state.passwords.hash(registration.password).await?;
    state.db.set_password(existing.user.id, &hash).await?;
    state.db.set_role(existing.user.id, Role::Admin).await?;
    state.hub.close_account(existing.user.id);
    Ok(User { role: Role::Admin, ..existing.user })
}

/// Makes sure that the admin of the settings exists. One that is there keeps the password it has now.
///
/// # Errors
/// Invalid fields, Unavailable.
pub async fn ensure_admin(state: &AppState, admin: &FirstAdmin) -> Result<(), AppError> {
    let registration = Registration { email: admin.email.clone(), password: admin.password.clone(), name: "Admin".to_owned() }.checked()?;
    match state.db.account_by_email(&registration.email).await? {
        Some(account) if account.user.is_admin() => Ok(()),
        Some(account) => Ok(state.db.set_role(account.user.id, Role::Admin).await?),
        None => match create(state, registration, Role::Admin).await {
            // Another server of the same shop was quicker.
            Err(error) if error.code == "email_taken" => Ok(()),
            created => created.map(|_| ()),
        },
    }
}

/// Gives an account another role. Its tokens end, and its sockets.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn set_role(state: &AppState, id: UserId, role: Role) -> Result<(), AppError> {
    state.db.set_role(id, role).await?;
    state.hub.close_account(id);
    Ok(())
}

async fn create(state: &AppState, registration: Registration, role: Role) -> Result<Account, AppError> {
    let taken = || {
        let sentence = "This e-mail address has an account already. Sign in instead.";
        AppError { fields: Fields::one("email", sentence), ..AppError::conflict(sentence).coded("email_taken") }
    };
    // Looked at before the costly hash; the unique index has the last word.
    if state.db.account_by_email(&registration.email).await?.is_some() {
        return Err(taken());
    }
    let password_hash = state.passwords.hash(registration.password).await?;
    let user = User { id: UserId::from_bytes(db::new_id()), email: registration.email, name: registration.name, role, created_at: state.clock.now() };
    match state.db.insert_account(Account { user, password_hash, token_version: 0 }).await {
        Err(DbError::Duplicate) => Err(taken()),
        inserted => Ok(inserted?),
    }
}

fn sign_in(state: &AppState, account: Account) -> SignedInAccount {
    let issued = state.tokens.issue(account.user.id, account.token_version, state.clock.now());
    SignedInAccount { user: account.user, issued }
}
