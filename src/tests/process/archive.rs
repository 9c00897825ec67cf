//! `wrencos show`: a show into a file and out of it, by the program itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use super::{
    program,
    recording::{drop_database, name},
    signal,
};
use crate::{
    http::archive::hostile::{large, whole},
    support::mongo,
};

/// More than is copied before a signal arrives.
const LARGE_BYTES: u64 = 2 << 30;

fn show(data: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(data).arg("show").args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_show_goes_into_a_file_and_out_of_it() {
    let data = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    let (brought, taken) = (files.path().join("brought.tar"), files.path().join("taken.tar"));
    std::fs::write(&brought, whole()).unwrap();
    let (code, said, error) = show(data.path(), &["import", brought.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}{error}");
    assert!(said.contains("\"Brought\" is here as ") && said.contains("new products: 2"), "{said}");
    let id = said.split("is here as ").nth(1).unwrap().split(':').next().unwrap().to_owned();

    let (code, said, error) = show(data.path(), &["export", &id, taken.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}{error}");
    let bytes = std::fs::read(&taken).unwrap();
    assert_eq!(&bytes[..9], b"show.json");
    // What is there is not overwritten, and what cannot be written leaves no file.
    let (code, _, error) = show(data.path(), &["export", &id, taken.to_str().unwrap()]);
    assert!(code == Some(1) && error.lines().count() == 1 && error.contains("cannot be written"), "{error}");
    assert_eq!(std::fs::read(&taken).unwrap(), bytes);
    let nowhere = files.path().join("nowhere.tar");
    let (code, _, error) = show(data.path(), &["export", "69a48768105b1ce9027d4401", nowhere.to_str().unwrap()]);
    assert!(code == Some(1) && error.contains("There is no such livestream.") && !nowhere.exists(), "{error}");
    let (code, said, error) = show(data.path(), &["import", taken.to_str().unwrap()]);
    // The second product was never shown: a replay does not name it.
    assert!(code == Some(0) && said.contains("new products: 0, products that were here: 1"), "{said}{error}");
    let (code, _, error) = show(data.path(), &["import", nowhere.to_str().unwrap()]);
    assert!(code == Some(1) && error.lines().count() == 1 && error.contains("nowhere.tar cannot be read"), "{error}");
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
}

/// Runs a command until something is written into this folder, interrupts it, and gives how it ended and what it said.
fn interrupted(data: &Path, uri: &str, arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let before = files_in(folder);
    let mut command = program(data);
    let mut child = command.env("MONGODB_URI", uri).arg("show").args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let asked = Instant::now();
    let grows = |path: &PathBuf| !before.contains(path) && fs::metadata(path).is_ok_and(|metadata| metadata.len() > 1 << 20);
    while !files_in(folder).iter().any(grows) {
        assert!(child.try_wait().unwrap().is_none() && asked.elapsed() < Duration::from_secs(20), "nothing is written");
        std::thread::sleep(Duration::from_millis(2));
    }
    signal(child.id(), "INT");
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn a_command_that_is_interrupted_leaves_nothing_behind() {
    let (data, files, database) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), name());
    let uri = mongo::with_database(&mongo::uri().await, &database);
    let brought = files.path().join("brought.tar");
    fs::write(&brought, whole()).unwrap();
    let Output { status, stdout, .. } = program(data.path()).env("MONGODB_URI", &uri).args(["show", "import", brought.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{said}");
    let id = said.split("is here as ").nth(1).unwrap().split(':').next().unwrap();
    let film = files_in(&data.path().join("uploads/livestreams")).pop().unwrap();
    let uploads = || ["livestreams", "products", "thumbnails"].map(|folder| files_in(&data.path().join("uploads").join(folder)).len());
    let before = uploads();

    fs::File::options().append(true).open(&film).unwrap().set_len(LARGE_BYTES).unwrap();
    let taken = tempfile::tempdir().unwrap();
    let target = taken.path().join("taken.tar");
    let (code, said) = interrupted(data.path(), &uri, &["export", id, target.to_str().unwrap()], taken.path());
    assert!(code == Some(1) && said.contains("taken.tar was not written"), "{said}");
    assert_eq!(files_in(taken.path()), Vec::<PathBuf>::new());

    let brought = files.path().join("large.tar");
    large(&brought, LARGE_BYTES);
    let incoming = data.path().join("incoming");
    let (code, said) = interrupted(data.path(), &uri, &["import", brought.to_str().unwrap()], &incoming);
    assert!(code == Some(1) && said.contains("nothing of the show is here"), "{said}");
    assert_eq!((files_in(&incoming), uploads()), (vec![], before));
    drop_database(&database).await;
}
