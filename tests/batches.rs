//! What becomes of directories: names of files, runs that go on where the last one ended?

mod shell;

use std::fs;

use shell::*;

#[test]
fn names_of_files_are_masked_in_outputs_and_audit() {
    let place = Place::new();
    for name in [
        "JeanDupont_2026-03-12.txt",
        "agent-Mike.txt",
        "appel_0612345678.txt",
        "call_20260312_101500.txt",
        "german calls.txt",
        "Marie Martin/a.txt",
        "Mary Jones/a.txt",
    ] {
        place.with(&format!("in/{name}"), "hello\n");
    }
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let expected = [
        "[PERSON]-2/a.txt",
        "[PERSON]/a.txt",
        "[PERSON]_2026-03-12.txt",
        "agent-[PERSON].txt",
        "appel_[PHONE].txt",
        "call_20260312_101500.txt",
        "german calls.txt",
    ];
    let written = place.files();
    let outputs: Vec<&str> = written.iter().filter_map(|name| name.strip_prefix("out/")).collect();
    assert_eq!(outputs[..expected.len()], expected);
    let log = fs::read_to_string(place.path("out/sourdine.audit.jsonl")).expect("text");
    for canary in ["Dupont", "Mike", "0612345678", "Marie", "Jones"] {
        assert!(!log.contains(canary), "{canary}");
    }
    for name in expected {
        assert!(log.contains(&format!("{{\"file\":\"{name}\"}}")), "{name}");
    }
}

#[test]
fn masked_names_of_files_stay() {
    let place = Place::new();
    place.with("in/[PERSON]-2_[PHONE].txt", "hello\n");
    place.with("in/[EMAIL].jsonl", "{}\n");
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(place.path("out/[PERSON]-2_[PHONE].txt").exists() && place.path("out/[EMAIL].jsonl").exists());
}

#[test]
fn names_of_files_are_kept_when_asked() {
    let place = Place::new();
    place.with("in/Jean Dupont.txt", "hello\n");
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out")), "--keep-names"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(place.path("out/Jean Dupont.txt").exists());
    let log = fs::read_to_string(place.path("out/sourdine.audit.jsonl")).expect("text");
    assert!(!log.contains("Dupont"), "the audit keeps no name");
}
