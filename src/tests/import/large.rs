//! A large old shop, imported by the command itself. Not a part of every run; CONTRIBUTING.md says how to ask for it.

use std::process::{Command, Stdio};

use mongodb::bson::{Document, doc};

use super::old_shop::{OldShop, oid};

/// What one document of the old system could hold of messages like these.
const MESSAGES: i64 = 50_000;
/// Far below what a message each in memory would take, with room for the driver and its buffers.
const MEMORY_MIB: f64 = 120.0;

#[tokio::test]
#[ignore = "takes minutes and much memory of the database; run it by name"]
async fn fifty_thousand_messages_of_one_show_are_imported_in_bounded_memory() {
    let (old, shop) = (OldShop::create().await, OldShop::create().await);
    old.talk(oid(1), MESSAGES).await;
    let data = tempfile::tempdir().unwrap();
    let import = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wrencos"));
        command.args(["import", "--from", &old.uri]).env("MONGODB_URI", &shop.uri).env("DATA_DIR", data.path()).current_dir(data.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        eprintln!("{said}");
        said
    };
    let first = import();
    assert!(first.contains("messages       50000     50000         0         0"), "{first}");
    let stored = shop.database().collection::<Document>("events").count_documents(doc! { "kind": "chat" }).await.unwrap();
    assert_eq!(stored, MESSAGES as u64);
    let memory: f64 =
        first.split("at most ").nth(1).and_then(|rest| rest.split(" MiB").next()).and_then(|number| number.parse().ok()).expect("how much memory it took");
    assert!(memory < MEMORY_MIB, "{memory} MiB");
    let second = import();
    assert!(second.contains("messages       50000         0     50000         0"), "{second}");
}
