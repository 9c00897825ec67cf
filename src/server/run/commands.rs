//! The commands beside `serve`. Each says what it did, in words.

use std::io::{BufRead, IsTerminal, Write};

use super::{Opened, open, say};
use crate::{
    domain::user::Registration,
    server::{
        config::{Config, ConfigError},
        service::{
            accounts,
            demo::{self, DemoAdmin, Seeding},
        },
        state::AppState,
    },
};

/// Makes an admin. The password is read from standard input, so that it stands in no history and no list of processes.
pub async fn create_admin(state: &AppState, email: String, name: String) -> anyhow::Result<()> {
    if std::io::stdin().is_terminal() {
        say("Password (8 to 128 characters): ");
    }
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let user = accounts::make_admin(state, Registration { email, password, name }).await?;
    say(&format!("{} is an admin now. Sessions they had are signed out.\n", user.email));
    Ok(())
}

/// Fills the shop, and shows the new admin's password once.
pub async fn seed_demo(state: &AppState, seeding: Seeding) -> anyhow::Result<()> {
    let seeded = demo::seed(state, seeding).await?;
    match seeded.products {
        0 => say("The shop has products already; nothing was added. Use --force to add the demo's anyway.\n"),
        count => say(&format!("{count} demo products are in the shop.\n")),
    }
    if let Some(admin) = seeded.admin {
        say(&admin_box(&admin));
    }
    Ok(())
}

/// The admin's address and password, so that nobody overlooks them.
pub fn admin_box(admin: &DemoAdmin) -> String {
    let lines = [
        "Sign in as the admin of the demo shop:".to_owned(),
        format!("  e-mail    {}", admin.email),
        format!("  password  {}", admin.password),
        "It is shown only this once.".to_owned(),
    ];
    let width = lines.iter().map(String::len).max().unwrap_or_default();
    let edge = format!("+{}+\n", "-".repeat(width + 4));
    let body: String = lines.iter().map(|line| format!("|  {line:width$}  |\n")).collect();
    format!("\n{edge}{body}{edge}\n")
}

/// Checks what the server needs, one line each. Fails if one of them would stop the server.
pub async fn doctor(config: Config) -> anyhow::Result<()> {
    let line = |mark: &str, text: &str| say(&format!("{mark:>4}  {text}\n"));
    line("ok", "settings can be read");
    let folder = config.data_dir.clone();
    let own = config.mongodb_uri.is_none();
    let relayed = config.turn.is_some() || !config.ice_servers.is_empty();
    let https = config.is_https();
    let Opened { state, mongo } = open(config).await?;
    line("ok", &format!("{} can be written, and holds the key", folder.display()));
    let answer = state.db.ping().await;
    match &answer {
        Ok(()) if own => line("ok", "our own database runs and accepts writes"),
        Ok(()) => line("ok", "the database of MONGODB_URI answers"),
        Err(reason) => line("no", &format!("the database does not answer: {reason}")),
    }
    let script = std::path::Path::new(state.leptos.site_root.as_ref()).join("pkg").join(format!("{}.js", state.leptos.output_name));
    if script.is_file() {
        line("ok", "the site is built");
    } else {
        line("no", &format!("{} is missing: run `make build`, and start in the folder that holds target/site", script.display()));
    }
    if !https {
        line("note", "PUBLIC_URL is not https: browsers give a camera only to https pages and to localhost");
    }
    if let Some(engine) = &state.engine {
        match engine.probe().await {
            Ok(()) => line("ok", "the media engine of MEDIA_ENGINE_URL answers, and can be used"),
            // The server starts without it, and so this is no failure.
            Err(reason) => line("no", &format!("the media engine of MEDIA_ENGINE_URL cannot be used: {reason}")),
        }
    }
    if !relayed {
        line("note", "no ICE_SERVERS or TURN_URLS: video reaches viewers in the same network, and wherever networks let peers meet");
    }
    if let Some(mongo) = mongo {
        mongo.stop().await;
    }
    std::io::stdout().flush()?;
    match answer {
        Ok(()) => Ok(()),
        Err(reason) => Err(ConfigError::new("MONGODB_URI", format!("the database does not answer ({reason})"), "Start it, or correct the address.").into()),
    }
}
