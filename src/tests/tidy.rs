//! Holds the lines that the compiler does not: who may know whom, where gates stand, how long a file may be.
//! Reads the sources as text; knows nothing of what the code does.

mod layers;
pub mod source;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use source::Source;

/// A file's longest length without a reason in its module's documentation.
const MAX_LINES: usize = 400;
/// The words in that documentation that begin the reason.
const LONG_FILE_REASON: &str = "longer than 400 lines because";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails with all findings at once, so that one run shows all there is to mend.
#[track_caller]
fn expect_none(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

#[test]
fn every_module_knows_only_those_it_may() {
    let findings = Source::all().iter().flat_map(layers::violations).collect();
    expect_none("src/ARCHITECTURE.md says who may know whom", findings);
}

#[test]
fn feature_gates_stand_in_three_files_only() {
    let allowed = ["lib.rs", "main.rs", "browser/local.rs"];
    let gates = [concat!("feature = \"", "ssr\""), concat!("feature = \"", "hydrate\"")];
    let findings = Source::all()
        .iter()
        .filter(|source| !allowed.contains(&source.path.as_str()))
        .flat_map(|source| source.lines_with(|line| gates.iter().any(|gate| line.contains(gate))))
        .collect();
    expect_none("feature gates belong in lib.rs, main.rs and browser/local.rs", findings);
}

#[test]
fn pages_keep_nothing_that_must_stay_on_its_thread() {
    let words = [concat!("new_", "local("), concat!("Local", "Storage")];
    let findings = Source::all()
        .iter()
        .filter(|source| source.path.starts_with("ui") || source.path.starts_with("live"))
        .flat_map(|source| source.lines_with(|line| words.iter().any(|word| line.contains(word))))
        .collect();
    expect_none("a server drops a page on any of its threads: keep the value in a browser::local::Local", findings);
}

#[test]
fn only_the_listener_forgets_closures() {
    let forget = concat!(".for", "get()");
    let findings =
        Source::all().iter().filter(|source| source.path != "browser/listener.rs").flat_map(|source| source.lines_with(|line| line.contains(forget))).collect();
    expect_none("a forgotten closure is a leak", findings);
}

#[test]
fn every_server_function_names_its_address() {
    let mut findings = Vec::new();
    for source in Source::all() {
        for (line, attribute) in source.attributes("server") {
            // On an argument the same word only says what an absent field means.
            if attribute == "server(default)" {
                continue;
            }
            let named = attribute.contains("prefix = \"/fn\"") && attribute.contains("endpoint = ");
            if !named {
                findings.push(format!("{}:{line}: #[{attribute}]", source.path));
            }
        }
    }
    expect_none("a server function needs `prefix = \"/fn\"` and an `endpoint`: without them its address changes with the code", findings);
}

#[test]
fn files_are_short_or_say_why_not() {
    let long = |source: &&Source| source.text.lines().count() > MAX_LINES && !source.module_doc().contains(LONG_FILE_REASON);
    let findings = Source::all().iter().filter(long).map(|source| format!("{}: {} lines", source.path, source.text.lines().count())).collect();
    expect_none("split the file, or say in its documentation that it is \"longer than 400 lines because …\"", findings);
}

#[test]
fn every_module_says_what_it_owns() {
    let findings = Source::all().iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path.clone()).collect();
    expect_none("a module begins with `//!`", findings);
}

#[test]
fn no_module_hides_in_a_mod_rs() {
    let findings = Source::all().iter().filter(|source| source.path.ends_with("mod.rs")).map(|source| source.path.clone()).collect();
    expect_none("use `foo.rs` beside `foo/`", findings);
}

/// The keys of `[package.metadata.leptos]` in a file, with their values as they are written.
fn leptos_settings(file: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    text.lines()
        .skip_while(|line| line.trim() != "[package.metadata.leptos]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[test]
fn the_server_looks_where_the_build_puts_things() {
    let build = leptos_settings("Cargo.toml");
    let runtime = leptos_settings("Leptos.toml");
    assert!(!runtime.is_empty(), "Leptos.toml needs a line that is exactly [package.metadata.leptos]");
    let findings = runtime
        .iter()
        .filter_map(|(key, value)| build.get(key).filter(|built| *built != value).map(|built| format!("{key}: {built} in Cargo.toml, {value} in Leptos.toml")))
        .collect();
    expect_none("Leptos.toml and Cargo.toml must agree where both speak", findings);
}

#[test]
fn the_brand_reaches_the_stylesheet() {
    let Some(css) = ["target/site", "target/test/site"].iter().find_map(|site| fs::read_to_string(root().join(site).join("pkg/wrencos.css")).ok()) else {
        // Nothing is built yet; the browser tests build, and the next run looks.
        return;
    };
    let config = fs::read_to_string(root().join("tailwind.config.js")).expect("tailwind.config.js");
    let colour = config.split('\'').chain(config.split('"')).find(|word| is_hex_colour(word)).expect("tailwind.config.js names a brand colour like #b4533c");
    let css = css.to_lowercase();
    let colour = colour.to_lowercase();
    // The optimiser writes #aabbcc as #abc.
    let short: String = colour.chars().step_by(2).collect();
    assert!(css.contains(&colour) || css.contains(&format!("#{}", &short[1..])), "{colour} of tailwind.config.js is not in the stylesheet: is `@config` gone?");
}

fn is_hex_colour(word: &str) -> bool {
    word.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    // Written in halves so that this file does not find itself.
    let unwanted = [concat!("/wo", "rk/"), concat!("arti", "factory"), concat!("registry.", "npmjs"), concat!("../sha", "red"), concat!("/ro", "ot/")];
    let mut findings = Vec::new();
    for path in text_files() {
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        // The one place that names a folder outside: a toolchain that the checks' machine may offer.
        if shown == ".ci/run" {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if unwanted.iter().any(|word| line.contains(word)) {
                findings.push(format!("{shown}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    expect_none("names of machines and folders that no reader has", findings);
}

/// The repository's own files; not what is built, installed or stored.
fn text_files() -> Vec<PathBuf> {
    let skipped = ["target", "node_modules", "data", ".git", "test-results", "playwright-report", ".env"];
    let mut files = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name();
            if skipped.iter().any(|skip| name == *skip) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files
}
