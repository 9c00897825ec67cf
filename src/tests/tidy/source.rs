//! One source file as text: its comments, attributes, and the crate's own paths it names. No syntax tree: what these
//! checks ask can be read off the characters, and a parser would be one more dependency.

use std::{collections::BTreeSet, fs, path::Path};

/// The names of all functions that are tests.
pub fn test_names() -> BTreeSet<String> {
    let is_mark = |line: &str| line.starts_with("#[") && (line.ends_with("test]") || line.contains("::test("));
    let name = |line: &str| Some(line.split("fn ").nth(1)?.split('(').next()?.to_owned());
    let mut names = BTreeSet::new();
    for source in Source::all() {
        let mut lines = source.text.lines().map(str::trim);
        while lines.any(is_mark) {
            names.extend(lines.find_map(name));
        }
    }
    names
}

/// A file under `src/`. `path` is relative to it, with forward slashes; `text` is what is written; `code` is the same
/// with comments blanked and line breaks kept.
pub struct Source {
    pub path: String,
    pub text: String,
    code: String,
}

impl Source {
    /// Every Rust file of the product and its tests.
    pub fn all() -> Vec<Self> {
        let src = super::root().join("src");
        let mut sources = Vec::new();
        collect(&src, &src, &mut sources);
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        sources
    }

    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into(), code: without_comments(text) }
    }

    /// The `//!` lines at the top.
    pub fn module_doc(&self) -> String {
        self.text.lines().take_while(|line| line.starts_with("//!")).map(|line| line.trim_start_matches("//!")).collect::<Vec<_>>().join(" ")
    }

    /// `path:line: text` of every line of code that satisfies `wanted`.
    pub fn lines_with(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        self.code.lines().enumerate().filter(|(_, line)| wanted(line)).map(|(index, line)| format!("{}:{}: {}", self.path, index + 1, line.trim())).collect()
    }

    /// Line number and inner text of every attribute `#[name…]` that begins a line.
    pub fn attributes(&self, name: &str) -> Vec<(usize, String)> {
        let opening = format!("#[{name}");
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices(&opening) {
            let rest = &self.code[at + 2..];
            let begins_line = self.code[..at].rsplit('\n').next().is_some_and(|before| before.trim().is_empty());
            let ends_name = rest[name.len()..].starts_with(['(', ']', ' ']);
            let Some(end) = closing_bracket(rest) else { continue };
            if begins_line && ends_name {
                found.push((self.code[..at].matches('\n').count() + 1, rest[..end].split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
        found
    }

    /// The path of the module in this file: `server/http/accounts.rs` is `["server", "http", "accounts"]`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        if path == "lib" || path == "main" { Vec::new() } else { path.split('/').collect() }
    }

    /// The crate's own paths that the code names, from the crate's root: `use super::{clock::Clock, db}` in
    /// `server/state.rs` gives `server::clock::Clock` and `server::db`, each with its line number.
    pub fn crate_paths(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        for keyword in ["crate::", "super::"] {
            for (at, _) in self.code.match_indices(keyword) {
                let before = self.code[..at].chars().next_back();
                // `super::super::` is read from its first word, `$crate::` is a macro's.
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
                    continue;
                }
                let line = self.code[..at].matches('\n').count() + 1;
                let mut rest = &self.code[at..];
                let mut base: Vec<String> = self.module().iter().map(|part| (*part).to_owned()).collect();
                if let Some(after) = rest.strip_prefix("crate::") {
                    base.clear();
                    rest = after;
                }
                while let Some(after) = rest.strip_prefix("super::") {
                    base.pop();
                    rest = after;
                }
                let mut paths = Vec::new();
                read_tree(rest, base, &mut paths);
                found.extend(paths.into_iter().map(|path| (line, path)));
            }
        }
        found
    }
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let shown = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            sources.push(Source::new(&shown, &fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Reads one use tree or path from the start of `text`; gives what is left after it.
fn read_tree<'a>(text: &'a str, mut path: Vec<String>, paths: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = text.trim_start();
    loop {
        if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = read_tree(inner, path.clone(), paths).trim_start();
                match inner.chars().next() {
                    Some(',') => inner = inner[1..].trim_start(),
                    Some('}') => return &inner[1..],
                    // Not a use tree after all: nothing more can be told from here.
                    _ => return inner,
                }
                if let Some(after) = inner.strip_prefix('}') {
                    return after;
                }
            }
        }
        let name_end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if name_end > 0 && &rest[..name_end] != "self" {
            path.push(rest[..name_end].to_owned());
        }
        rest = &rest[name_end..];
        match rest.strip_prefix("::") {
            Some(after) => rest = after.trim_start(),
            None => {
                paths.push(path);
                // `as name` of a use tree.
                let renamed = rest.trim_start().strip_prefix("as ").map(|after| after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
                return renamed.unwrap_or(rest);
            }
        }
    }
}

fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The text with comments replaced by nothing, strings left alone.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
            code.extend(rest[..end].chars().filter(|c| *c == '\n'));
            rest = &rest[end..];
        } else {
            let end = if c == '"' { string_end(rest) } else { c.len_utf8() };
            code.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    code
}

/// Where the string that `text` begins with ends. Raw strings with quotes inside are read as several; that is harmless here.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[test]
fn reads_paths_out_of_use_trees_and_code() {
    let text = "//! Doc with crate::ui.\nuse super::{clock::Clock, db::{self, Db as Store},};\nuse crate::domain::id::UserId;\nfn f() { crate::error::AppError::new() }\n";
    let source = Source::new("server/state.rs", text);
    let paths: Vec<String> = source.crate_paths().iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(paths, ["3 domain::id::UserId", "4 error::AppError::new", "2 server::clock::Clock", "2 server::db", "2 server::db::Db"]);
}

#[test]
fn reads_attributes_over_several_lines() {
    let source = Source::new("api/x.rs", "#[server(\n  prefix = \"/fn\",\n  endpoint = \"x\"\n)]\n#[serverless]\n// #[server]\n#[server]\n");
    assert_eq!(source.attributes("server"), [(1, "server( prefix = \"/fn\", endpoint = \"x\" )".into()), (7, "server".into())]);
}
