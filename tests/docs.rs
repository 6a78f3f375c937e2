//! Do the documents say what the program does?
//!
//! Examples of the README and the book are run; reference parts are made from the program. `UPDATE_DOCS=1
//! cargo test --test docs` writes both anew.

mod console;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use console::Shell;
use sourdine::detect::Ruleset;
use sourdine::format::FORMATS;
use sourdine::policy::{Action, Policy};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and the pages of the book that belong to this test.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .expect("the book")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// Holds a page against what it should say, or writes it.
fn settle(path: &Path, now: &str) {
    let known = fs::read_to_string(path).unwrap_or_default();
    if known == now {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, now).expect("writes");
    } else {
        assert_eq!(known, now, "{}: UPDATE_DOCS=1 cargo test --test docs writes it anew", path.display());
    }
}

/// The page with its examples as they run today and its reference parts as they are today.
fn refreshed(text: &str) -> String {
    let shell = Shell::new();
    let (mut out, mut lines) = (String::new(), text.lines());
    while let Some(line) = lines.next() {
        out += &format!("{line}\n");
        if line == "```console" {
            let block: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            out += &shell.replay(&block);
            out += "```\n";
        } else if let Some(name) =
            line.strip_prefix("<!-- generated: ").and_then(|rest| rest.strip_suffix(" -->"))
        {
            lines.by_ref().find(|line| *line == "<!-- end -->").expect("an end");
            out += &format!("\n{}\n<!-- end -->\n", generated(name));
        }
    }
    out
}

fn generated(name: &str) -> String {
    match name {
        "commands" => commands(),
        "formats" => formats(),
        "policy" => policy(),
        "bounds" => bounds(),
        other => panic!("nothing is called {other}"),
    }
}

/// The help of every command.
fn commands() -> String {
    let shell = Shell::new();
    let help = |command: &str| {
        let (said, code) = shell.run(&format!("COLUMNS=80 sourdine {command} --help"));
        assert_eq!(code, 0, "{command}: {said}");
        said
    };
    let names = |help: &str| -> Vec<String> {
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let listed = listed.take_while(|line| !line.is_empty());
        let first = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        first
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help")
            .map(str::to_owned)
            .collect()
    };
    let main = help("");
    let mut all = vec![String::new()];
    for name in names(&main) {
        let inner = names(&help(&name));
        all.push(name.clone());
        all.extend(inner.into_iter().map(|inner| format!("{name} {inner}")));
    }
    let mut out = String::new();
    for command in all {
        let title = format!("sourdine {command}");
        let text: String = help(&command).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let _ = write!(out, "## {}\n\n```text\n{text}```\n\n", title.trim_end());
    }
    out.trim_end().to_owned() + "\n"
}

fn formats() -> String {
    let mut out = "| format | what it is | endings |\n|---|---|---|\n".to_owned();
    for format in FORMATS {
        let _ = writeln!(out, "| `{}` | {} | {} |", format.name, format.about, format.extensions.join(", "));
    }
    out
}

fn policy() -> String {
    let set = Ruleset::shipped();
    let policy = Policy::default_for(set.entities());
    let (mut masked, mut kept) = (Vec::new(), Vec::new());
    for name in sourdine::model::ENTITIES {
        let entity = set.entities().find(name).expect("a known entity");
        match policy.action(entity) {
            Action::Mask(_) => masked.push(*name),
            Action::Keep => kept.push(*name),
        }
    }
    format!("Masked: {}.\n\nKept and counted: {}.\n", masked.join(", "), kept.join(", "))
}

/// The constants of `src/limits.rs` with what is said of them there.
fn bounds() -> String {
    let text = fs::read_to_string(root().join("src/limits.rs")).expect("the bounds");
    let mut out = "| bound | value | why |\n|---|---|---|\n".to_owned();
    let mut about = String::new();
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("/// ") {
            about = format!("{about} {said}");
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, value) = constant.split_once(": ").expect("a type");
            let value = value.split_once(" = ").expect("a value").1.trim_end_matches(';');
            let _ = writeln!(out, "| `{name}` | {value} |{about} |");
            about.clear();
        }
    }
    out
}

#[test]
fn pages_are_current() {
    for path in pages() {
        let text = fs::read_to_string(&path).expect("a page");
        settle(&path, &refreshed(&text));
    }
}

/// Files that examples use are those that the pages show.
#[test]
fn files_of_examples_are_shown() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let rules = fs::read_to_string(root().join("testdata/docs/acme.toml")).expect("rules");
    assert!(readme.contains(&rules), "README.md shows testdata/docs/acme.toml");
    let started = fs::read_to_string(root().join("docs/getting-started.md")).expect("a page");
    let config = fs::read_to_string(root().join("testdata/docs/team.toml")).expect("a configuration");
    assert!(started.contains(&config), "docs/getting-started.md shows testdata/docs/team.toml");
}

/// Links between pages lead somewhere.
#[test]
fn links_lead_somewhere() {
    for path in pages() {
        let text = fs::read_to_string(&path).expect("a page");
        for (at, _) in text.match_indices("](") {
            let link: String = text[at + 2..].chars().take_while(|c| *c != ')').collect();
            let file = link.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") {
                let target = path.parent().expect("a directory").join(file);
                assert!(target.exists(), "{}: {link}", path.display());
            }
        }
    }
}
