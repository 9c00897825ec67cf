//! `wrencos show`: a show into a file and out of it, by the program itself.

use std::{path::Path, process::Output};

use super::program;
use crate::http::archive::hostile::whole;

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
