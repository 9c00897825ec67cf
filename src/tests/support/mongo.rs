//! The mongod of the tests: the one that `WRENCOS_TEST_MONGODB` names, else one of this process alone.

use tokio::sync::OnceCell;
use wrencos::server::db::local::LocalMongo;

static OWN: OnceCell<(LocalMongo, tempfile::TempDir)> = OnceCell::const_new();

/// The address of a replica set, without a database name.
pub async fn uri() -> String {
    if let Ok(uri) = std::env::var("WRENCOS_TEST_MONGODB") {
        return uri;
    }
    let (mongo, _) = OWN
        .get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let mongo = LocalMongo::start(folder.path()).await.unwrap();
            end_with_this_process(folder.path());
            (mongo, folder)
        })
        .await;
    mongo.uri()
}

/// The same replica set with this database in the path.
pub fn with_database(uri: &str, name: &str) -> String {
    let (base, options) = uri.split_once('?').unwrap_or((uri, ""));
    let authority = base.trim_start_matches("mongodb://").split('/').next().unwrap();
    format!("mongodb://{authority}/{name}?{options}")
}

// A test process ends without dropping what is static, so a shell waits for that and ends the database after it.
fn end_with_this_process(folder: &std::path::Path) {
    let script = r#"pid=$(cat "$2/mongod.lock"); while kill -0 "$1" 2>/dev/null; do sleep 0.2; done; kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done; rm -rf "$2""#;
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, "sh", &std::process::id().to_string()]).arg(folder);
    // Without our pipes: a test runner waits for everyone who holds them.
    shell.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    #[expect(clippy::zombie_processes, reason = "it ends after this process, so nobody is left to wait for it")]
    let _ = shell.spawn().unwrap();
}
