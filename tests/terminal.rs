//! Does each command print what it printed before?
//!
//! The transcripts in `testdata/golden/terminal` are what a person sees; a change shows up as a difference
//! in one of them.

mod console;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn transcript(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/terminal").join(name)
}

/// What the command shows on a terminal of so many columns, `None` where there is no `script` to make one.
fn on_terminal(shell: &console::Shell, command: &str, columns: u32) -> Option<String> {
    let is_there =
        Command::new("script").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    is_there.ok().filter(std::process::ExitStatus::success)?;
    let command = command.replace('\'', "'\\''");
    Some(shell.run(&format!("TERM=xterm script -qec 'stty cols {columns} rows 24; {command}' /dev/null")).0)
}

#[test]
fn a_summary_follows_a_run_on_a_terminal() {
    let shell = console::Shell::new();
    let run = |options: &str, output: &str| {
        on_terminal(&shell, &format!("sourdine redact verbatims.csv -o {output} {options}"), 80)
    };
    let Some(said) = run("", "a.csv") else { return };
    assert!(said.contains("20") && said.contains("MB/s") && said.contains("EMAIL"), "{said:?}");
    assert!(said.contains("\x1b[1;35mmasked"), "{said:?}");
    assert_eq!(run("-q", "b.csv").as_deref(), Some(""));
    let plain = run("--color never", "c.csv").expect("a terminal");
    assert!(!plain.contains('\x1b') && plain.contains("masked"), "{plain:?}");
    let plain = on_terminal(&shell, "NO_COLOR=1 sourdine redact verbatims.csv -o d.csv", 80).expect("one");
    assert!(!plain.contains('\x1b') && plain.contains("masked"), "{plain:?}");
    // Where the text itself goes to the terminal nothing is mixed into it but the note on the audit.
    let mixed = on_terminal(&shell, "echo jo@example.com | sourdine redact", 80).expect("a terminal");
    assert!(mixed.contains("[EMAIL_1]") && !mixed.contains("MB/s"), "{mixed:?}");
}

#[test]
fn a_bar_is_shown_on_a_terminal_and_taken_away() {
    let shell = console::Shell::new();
    for columns in [80, 20] {
        let command =
            format!("(cat call_en.txt; sleep 1) | sourdine redact --progress always -o {columns}.txt");
        let Some(said) = on_terminal(&shell, &command, columns) else { return };
        let bar = said.split("\r").find(|line| line.contains("MB/s")).expect("a bar").to_owned();
        assert!(bar.contains("0.0 MB/s, 0"), "{said:?}");
        let cut = said.split('\r').any(|line| line.contains("0 masked, 0:00"));
        assert_eq!(cut, columns == 80, "{said:?}");
        // The last thing done to the bar's line is to clear it.
        let after = said.rsplit("MB/s, 0").next().expect("a rest");
        assert!(after.contains("\x1b[2K"), "{said:?}");
    }
    let never = "(cat call_en.txt; sleep 0.7) | sourdine redact --progress never -q -o never.txt";
    assert_eq!(on_terminal(&shell, never, 80).as_deref(), Some(""));
}

#[test]
fn no_terminal_no_manners() {
    let shell = console::Shell::new();
    for (options, said) in [("", ""), ("--progress always", ""), ("--color auto", ""), ("-q", "")] {
        let (got, code) = shell.run(&format!("sourdine redact verbatims.csv --force -o a.csv {options}"));
        assert_eq!((got.as_str(), code), (said, 0), "{options}");
    }
    // A closed standard error is no reason to fail, and nothing of it gets into the text.
    let (_, code) =
        shell.run("sourdine redact verbatims.csv --progress always --stats > open.csv 2> /dev/null");
    assert_eq!(code, 0);
    let (_, code) = shell.run("sourdine redact verbatims.csv --progress always --stats > closed.csv 2>&-");
    assert_eq!(code, 0);
    assert_eq!(shell.run("cmp open.csv closed.csv"), (String::new(), 0));
    let (_, code) = shell.run("sourdine redact --format docx 2>&-");
    assert_eq!(code, 2);
}

#[test]
fn statistics() {
    let shell = console::Shell::new();
    let (said, code) = shell.run("sourdine redact verbatims.csv --stats=json > out.csv");
    let value: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((value["records"].as_u64(), code), (Some(20), 0), "{said}");
    assert!(value["masked"]["EMAIL"].as_u64() > Some(0) && value["seconds"].as_f64() >= Some(0.0));
    let (said, _) = shell.run("sourdine redact verbatims.csv --stats=text > out.csv");
    assert!(said.starts_with("20 records, 0.0 MB in "), "{said}");
}

#[test]
fn explain() {
    console::check(&transcript("explain.console"));
}

#[test]
fn formats() {
    console::check(&transcript("formats.console"));
}

#[test]
fn completions_and_manual_pages() {
    let shell = console::Shell::new();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (said, code) = shell.run(&format!("sourdine completions {name}"));
        assert_eq!(code, 0, "{name}: {said}");
        for word in ["explain", "label-style", "jsonl"] {
            assert!(said.contains(word), "{name} knows no {word}");
        }
    }
    let (said, code) = shell.run("sourdine completions bash > done && bash -n done && echo fine");
    assert_eq!((said.as_str(), code), ("fine\n", 0));
    let (said, _) = shell.run("sourdine man");
    assert!(said.contains(".TH sourdine 1"), "{said}");
    assert_eq!(shell.run("sourdine man deep/man1"), (String::new(), 0));
    let (said, _) = shell.run("ls deep/man1");
    assert!(said.contains("sourdine.1\n") && said.contains("sourdine-redact.1\n"), "{said}");
}

/// Help fits a terminal of 80 columns and begins with the commonest uses.
#[test]
fn help_reads_well() {
    let shell = console::Shell::new();
    let (help, _) = shell.run("COLUMNS=80 sourdine --help");
    assert!(help.find("Commonest uses").expect("uses") < help.find("Usage:").expect("usage"), "{help}");
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 8, "{commands:?}");
    for command in [""].iter().chain(&commands) {
        for flag in ["-h", "--help"] {
            let (help, code) = shell.run(&format!("COLUMNS=80 sourdine {command} {flag}"));
            assert!(code == 0 || *command == "help", "{command}: {help}");
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{command} {flag}: {line}");
            }
            assert!(help.ends_with('\n') && !help.ends_with("\n\n"), "{command} {flag}");
        }
    }
}

/// Every foreseeable mistake is answered with what is wrong, where, and what to do.
#[test]
fn errors() {
    console::check(&transcript("errors.console"));
}

/// The same mistakes with nobody to tell, on a narrow terminal and on a wide one: same code, no panic.
#[test]
fn errors_anywhere() {
    let known = std::fs::read_to_string(transcript("errors.console")).expect("a transcript");
    let (shell, closed) = (console::Shell::new(), console::Shell::new());
    for command in known.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let (_, code) = shell.run(command);
        let (said, silent) = closed.run(&format!("exec 2>&-; {command}"));
        assert_eq!((silent, said.as_str()), (code, ""), "{command}");
        assert_ne!(code, 101, "{command}");
    }
    for command in ["sourdine redact --format cvs", "sourdine redact --rules bad.toml", "sourdine redact -h"]
    {
        let Some(said) = on_terminal(&shell, command, 20) else { return };
        assert!(!said.contains("internal error") && said.len() > 40, "{said}");
    }
}
