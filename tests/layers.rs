//! Does the house keep its order?
//!
//! Reads the sources: who imports whom, how long files are, where `unsafe` stands.

use std::fs;
use std::path::{Path, PathBuf};

/// From low to high. A room may use rooms of lower levels and its own; those of one level never each other.
const LEVELS: &[&[&str]] = &[
    &["limits", "error", "model"],
    &["scan"],
    &["view"],
    &["format", "detect", "resolve", "audit", "tables"],
    &["source", "mask"],
    &["sink", "policy", "audio"],
    &["engine"],
    &["pipeline", "eval"],
    &["cli"],
];

/// Longest file in lines; the wish is 500.
const LINES: usize = 640;

fn sources(directory: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            (path.strip_prefix(&root).expect("below").to_owned(), fs::read_to_string(&path).expect("text"))
        })
        .collect()
}

/// The part of a file before its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

#[test]
fn rooms_import_only_lower_rooms() {
    let level = |room: &str| LEVELS.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let first = path.iter().next().expect("a name").to_string_lossy();
        let room = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
        let Some(own) = level(&room) else { continue };
        for (at, _) in code(&text).match_indices("crate::") {
            let used: String =
                text[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if used == room || used.is_empty() {
                continue;
            }
            match level(&used) {
                Some(other) if other < own => {}
                _ => wrong.push(format!("{} uses {used}", path.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_has_a_level() {
    for (path, _) in all() {
        let first = path.iter().next().expect("a name").to_string_lossy();
        let room = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
        assert!(
            ["lib", "main"].contains(&room.as_str())
                || LEVELS.iter().any(|rooms| rooms.contains(&room.as_str())),
            "{room}"
        );
    }
}

#[test]
fn files_are_short_and_open_with_their_question() {
    for (path, text) in all() {
        assert!(text.lines().count() <= LINES, "{} has {} lines", path.display(), text.lines().count());
        assert!(
            text.starts_with("//!") || text.starts_with("#![doc"),
            "{} opens without its story",
            path.display()
        );
    }
}

#[test]
fn unsafe_code_stands_in_the_kernel_alone() {
    for (path, text) in all() {
        let uses = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe {"));
        assert!(!uses || path == Path::new("scan/simd.rs"), "{}", path.display());
    }
}
