//! A whole server in the test's process: real router, real port, real database, which is dropped at the end.

use std::net::SocketAddr;

use serde_json::json;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use wrencos::{
    domain::user::{Registration, User},
    server::{
        accept,
        clock::Clock,
        config::{Config, Settings},
        db::Db,
        engine::Engine,
        router,
        service::accounts,
        sfu::Sfu,
        state::AppState,
    },
};

use super::{Client, mongo};

/// The secret that signs tokens and sessions in tests.
pub const SECRET: &[u8] = b"the secret of the tests, 32 bytes or more";
/// The password of every account that tests make.
pub const PASSWORD: &str = "correct horse battery";

/// How to start a server for a test.
pub struct Builder {
    settings: Settings,
    clock: Clock,
    mongodb_uri: Option<String>,
}

impl Builder {
    /// With these settings changed.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// With this clock instead of the system's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Over this database, which is not dropped at the end.
    pub fn database(mut self, uri: String) -> Self {
        self.mongodb_uri = Some(uri);
        self
    }

    /// Starts it.
    pub async fn start(self) -> TestApp {
        let data = tempfile::tempdir().unwrap();
        let own = self.mongodb_uri.is_none();
        let uri = match self.mongodb_uri {
            Some(uri) => uri,
            None => mongo::with_database(&mongo::uri().await, &format!("test_{:032x}", rand::random::<u128>())),
        };
        let mut settings = self.settings;
        settings.data_dir = Some(data.path().to_str().unwrap().to_owned());
        settings.mongodb_uri = Some(uri.clone());
        let config = Config::read(settings).unwrap();
        let site = leptos::config::LeptosOptions::builder().output_name("wrencos").site_root(data.path().join("site").to_str().unwrap()).build();
        std::fs::create_dir_all(data.path().join("site/pkg")).unwrap();
        let db = Db::connect(&uri).await.unwrap();
        db.create_indexes().await.unwrap();
        let (sfu, engine) = (Sfu::open(&config.media).unwrap(), Engine::open(&config.media).unwrap());
        let state = AppState::build(config.clone(), SECRET, site, db, self.clock, sfu, engine);
        state.hub.resume().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(accept::serve(listener, router::router(state.clone()), accept::Networks::new(&state.config), stop.clone()));
        TestApp { state, addr, uri, data, stop, serving: Some(serving), own }
    }
}

/// A running server.
pub struct TestApp {
    pub state: AppState,
    pub addr: SocketAddr,
    /// The address of its database, for a second server over the same one.
    pub uri: String,
    pub data: TempDir,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
    own: bool,
}

impl TestApp {
    /// A server with default settings.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A server with settings of its own.
    pub fn builder() -> Builder {
        Builder { settings: Settings::default(), clock: Clock::system(), mongodb_uri: None }
    }

    /// The address of the socket.
    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws", self.addr)
    }

    /// A client that is nobody, with a cookie jar of its own.
    pub fn guest(&self) -> Client {
        Client::new(self.addr, None)
    }

    /// A client signed in as a new customer, by Bearer token.
    pub async fn customer(&self) -> Client {
        self.customer_named("Customer").await.1
    }

    /// A new customer with this name, and a client signed in as them.
    pub async fn customer_named(&self, name: &str) -> (User, Client) {
        // The first account of a shop is its admin: make sure that it is not this one.
        if self.state.db.has_no_accounts().await.unwrap() {
            self.admin().await;
        }
        let email = format!("customer-{:08x}@example.com", rand::random::<u32>());
        let registration = Registration { email, password: PASSWORD.into(), name: name.into() };
        let account = accounts::register(&self.state, std::net::IpAddr::from(rand::random::<[u8; 4]>()), registration).await.unwrap();
        (account.user, Client::new(self.addr, Some(account.issued.token)))
    }

    /// A client signed in as a new moderator, who came by an invitation.
    pub async fn moderator(&self) -> Client {
        let (status, made) = self.admin().await.post("/chat/invitations", json!({})).await;
        assert_eq!(status, 201, "{made}");
        let (status, joined) = self.customer_named("Mo").await.1.post("/chat/invitations/accept", json!({"code": made["code"]})).await;
        assert_eq!((status.as_u16(), &joined["user"]["role"]), (200, &json!("moderator")), "{joined}");
        Client::new(self.addr, Some(joined["token"].as_str().unwrap().to_owned()))
    }

    /// A client signed in as an admin, by Bearer token.
    pub async fn admin(&self) -> Client {
        self.admin_named("Host").await.1
    }

    /// A new admin with this name, and a client signed in as them.
    pub async fn admin_named(&self, name: &str) -> (User, Client) {
        let email = format!("admin-{:08x}@example.com", rand::random::<u32>());
        let registration = Registration { email: email.clone(), password: PASSWORD.into(), name: name.into() };
        let user = accounts::make_admin(&self.state, registration).await.unwrap();
        let account = self.state.db.account(user.id).await.unwrap().unwrap();
        let issued = self.state.tokens.issue(user.id, account.token_version, self.state.clock.now());
        (user, Client::new(self.addr, Some(issued.token)))
    }

    /// Stops the server as SIGTERM would, and waits.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        self.state.hub.shutdown().await;
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        if !self.own {
            return;
        }
        // The test's runtime is ending: a thread with its own waits for the database to be gone.
        let uri = self.uri.clone();
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { Db::connect(&uri).await.unwrap().drop_everything().await })
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the test's database was not dropped: {error}");
        }
    }
}
