//! The commands, and the life of the server from settings to the last connection.

use std::{fs, io::Write, path::Path, process::ExitCode};

use clap::Parser;
use leptos::config::{LeptosOptions, get_configuration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{
    accept,
    clock::Clock,
    config::{Cli, Command, Config, ConfigError, media::Media},
    db::{Db, DbError, local::LocalMongo},
    engine::Engine,
    router,
    service::{
        accounts,
        demo::{self, Seeding},
        holds,
        recordings::{film, keeping},
        uploads,
    },
    sfu::Sfu,
    state::AppState,
    telemetry,
};

mod commands;
mod import;
mod show;

/// The whole command line. A setting that cannot be used ends it with one line on standard error.
pub fn main() -> ExitCode {
    // A file that is not there is fine; one that cannot be read is not.
    let env_file = dotenvy::dotenv();
    let cli = Cli::parse();
    let result = match env_file {
        Err(error) if !error.not_found() => Err(ConfigError::new(".env", error.to_string(), "Write each line like NAME=value.").into()),
        _ => start(cli),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "wrencos: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let config = Config::read(cli.settings)?;
    telemetry::start(&config.log)?;
    // The port belongs to a server that serves; a command beside it leaves it alone. An engine has no port here.
    let is_serving = matches!(cli.command, None | Some(Command::Serve));
    let config = if is_serving || config.media.engine().is_some() { config } else { Config { media: Media::Direct, ..config } };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => with_state(config, async |state| serve(state).await).await,
            Command::CreateAdmin { email, name } => with_state(config, async |state| commands::create_admin(state, email, name).await).await,
            Command::Doctor => commands::doctor(config).await,
            Command::Import { from, dry_run, prices } => with_state(config, async |state| import::run(state, &from, dry_run, prices).await).await,
            Command::Show(command) => with_state(config, async |state| show::run(state, command).await).await,
            Command::SeedDemo { force } => {
                let seeding = if force { Seeding::Always } else { Seeding::OnlyIfEmpty };
                with_state(config, async |state| commands::seed_demo(state, seeding).await).await
            }
        }
    })
}

/// A database to work with, and our own mongod if it is that.
struct Opened {
    state: AppState,
    mongo: Option<LocalMongo>,
}

// Settings, folder, key, database, indexes: what every command needs.
async fn open(config: Config) -> anyhow::Result<Opened> {
    prepare_folder(&config.data_dir)?;
    let secret = secret(&config)?;
    let (uri, mongo) = match &config.mongodb_uri {
        Some(uri) => (uri.clone(), None),
        None => {
            let mongo = LocalMongo::start(&config.data_dir.join("mongo")).await?;
            (mongo.uri(), Some(mongo))
        }
    };
    let opened = async {
        let (sfu, engine) = (Sfu::open(&config.media)?, Engine::open(&config.media)?);
        let remedy = "Write it like mongodb://host:27017/wrencos?replicaSet=rs0, or unset it to use a private database.";
        let wrong = |error: String| ConfigError::new("MONGODB_URI", error, remedy);
        let db = Db::connect(&uri).await.map_err(|error| wrong(error.kind.to_string().replace('\n', " ")))?;
        db.create_indexes().await.map_err(|error| match error {
            DbError::Unavailable(_) => ConfigError::new("MONGODB_URI", "the database cannot be reached", "Start it, or correct the address."),
            other => wrong(other.to_string().replace('\n', " ")),
        })?;
        Ok::<_, anyhow::Error>(AppState::build(config, &secret, leptos_options()?, db, Clock::system(), sfu, engine))
    };
    match opened.await {
        Ok(state) => Ok(Opened { state, mongo }),
        Err(error) => {
            if let Some(mongo) = mongo {
                mongo.stop().await;
            }
            Err(error)
        }
    }
}

// Runs a command over an opened shop, and closes it whatever became of it.
async fn with_state(config: Config, command: impl AsyncFnOnce(&AppState) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let Opened { state, mongo } = open(config).await?;
    let done = command(&state).await;
    state.db.close().await;
    if let Some(mongo) = mongo {
        mongo.stop().await;
    }
    done
}

async fn serve(state: &AppState) -> anyhow::Result<()> {
    if let Some(admin) = &state.config.first_admin {
        accounts::ensure_admin(state, admin)
            .await
            .map_err(|error| ConfigError::new("ADMIN_PASSWORD", error.message, "Change ADMIN_EMAIL or ADMIN_PASSWORD."))?;
    }
    let seeded = if state.config.demo { Some(demo::seed(state, Seeding::OnlyIfEmpty).await?) } else { None };
    let addr = state.config.addr.unwrap_or(state.leptos.site_addr);
    let taken = |error: std::io::Error| ConfigError::new("PORT", format!("{addr} cannot be listened on ({error})"), "Choose another with --port.");
    let listener = TcpListener::bind(addr).await.map_err(taken)?;
    let addr = listener.local_addr()?;
    state.hub.resume().await?;
    let stop = CancellationToken::new();
    let serving = tokio::spawn(accept::serve(listener, router::router(state.clone()), accept::Networks::new(&state.config), stop.clone()));
    let holding = tokio::spawn(holds::tend(state.clone(), stop.clone()));
    let filming = tokio::spawn(film::tend(state.clone()));
    let keeping = tokio::spawn(keeping::tend(state.clone()));
    let sweeping = tokio::spawn(uploads::tend(state.storage.clone()));
    announce(state, addr);
    if let Some(engine) = state.engine.clone() {
        // Nobody waits for it: a shop without video is a shop still.
        tokio::spawn(async move {
            match engine.probe().await {
                Ok(()) => tracing::info!("the media engine answers"),
                Err(reason) => tracing::warn!("MEDIA_ENGINE_URL: {reason}. Until then shows go on without video"),
            }
        });
    }
    if let Some(admin) = seeded.and_then(|seeded| seeded.admin) {
        say(&commands::admin_box(&admin));
    }
    let mut signals = Signals::new()?;
    signals.next().await;
    tracing::info!("stopping; a second signal stops at once");
    stop.cancel();
    // A film that is not made yet is made at the next start.
    filming.abort();
    keeping.abort();
    sweeping.abort();
    let drained = async {
        state.hub.shutdown().await;
        let _ = serving.await;
        let _ = holding.await;
        let _ = filming.await;
    };
    tokio::select! {
        () = drained => {}
        () = signals.next() => std::process::exit(1),
    }
    Ok(())
}

/// The signals by which somebody asks us to stop.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}

fn announce(state: &AppState, addr: std::net::SocketAddr) {
    let here = if addr.ip().is_unspecified() { format!("http://localhost:{}", addr.port()) } else { format!("http://{addr}") };
    let address = state.config.public_url.as_ref().map_or(here, |url| url.as_str().to_owned());
    say(&format!("WrenCOS is at {address}\nSign in at {address}/login; the first account that registers runs the shop.\n"));
}

/// Prints for the person at the terminal.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

// Made if it is missing, and tried out: a full or read-only disk shows now, not in the middle of a show.
fn prepare_folder(folder: &Path) -> Result<(), ConfigError> {
    let attempt = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let probe = folder.join(format!(".probe-{}", telemetry::reference()));
        fs::write(&probe, b"wrencos")?;
        fs::remove_file(probe)
    };
    attempt()
        .map_err(|error| ConfigError::new("DATA_DIR", format!("{} cannot be written ({error})", folder.display()), "Name a folder that can be written to."))
}

// The secret of the settings, else the one that was made at the first start.
fn secret(config: &Config) -> Result<Vec<u8>, ConfigError> {
    if let Some(secret) = &config.jwt_secret {
        return Ok(secret.clone());
    }
    let path = config.data_dir.join("jwt_secret");
    let unusable =
        |error: std::io::Error| ConfigError::new("DATA_DIR", format!("{} cannot be used ({error})", path.display()), "Make it readable, or set JWT_SECRET.");
    match fs::read(&path) {
        Ok(secret) if secret.len() >= super::config::MIN_SECRET_BYTES => Ok(secret),
        Ok(_) => Err(ConfigError::new("JWT_SECRET", format!("the one in {} is too short", path.display()), "Delete that file to have a new one made.")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            use std::os::unix::fs::OpenOptionsExt;
            let secret: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(unusable)?;
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(unusable)?;
            Ok(secret.into_bytes())
        }
        Err(error) => Err(unusable(error)),
    }
}

/// Where the site is: Leptos.toml where it exists, changed by `LEPTOS_*`, else those alone.
fn leptos_options() -> Result<LeptosOptions, ConfigError> {
    let file = Path::new("Leptos.toml");
    let found = get_configuration(file.exists().then_some("Leptos.toml"));
    let wrong = |error: leptos::config::errors::LeptosConfigError| {
        ConfigError::new("Leptos.toml", error.to_string().replace('\n', " "), "Compare it with the one that came with WrenCOS.")
    };
    Ok(found.map_err(wrong)?.leptos_options)
}
