//! Does an explanation tell the true reasons?

use std::process::{Command, Stdio};

use serde_json::Value;

fn run(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_sourdine"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .expect("runs");
    assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("UTF-8")
}

fn lines(arguments: &[&str]) -> Vec<Value> {
    run(arguments).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Explained record by record, every finding names the rule, place and score that `scan` names, its steps
/// end at its score, and its replacement stands in the output of `redact`.
#[test]
fn every_span_of_the_demo_is_explained_by_its_rule() {
    for file in ["testdata/demo/call_en.txt", "testdata/demo/appel_fr.jsonl", "testdata/demo/verbatims.csv"] {
        let scanned = lines(&["scan", file]);
        let masked = run(&["redact", file]);
        let last =
            scanned.iter().map(|found| found["record"].as_u64().expect("a number")).max().expect("one");
        let mut known = scanned.iter();
        for record in 1..=last {
            for one in lines(&["explain", "--json", &format!("{file}:{record}")]) {
                assert_eq!(one["record"], record);
                for span in one["spans"].as_array().expect("spans") {
                    let found = known.next().expect("scan finds as many");
                    for (name, value) in [("record", &one["record"]), ("field", &one["field"])] {
                        assert_eq!(&found[name], value, "{file}:{record} {span}");
                    }
                    for name in ["start", "end", "entity", "rule", "score"] {
                        assert_eq!(found[name], span[name], "{file}:{record} {name} of {span}");
                    }
                    let steps = span["steps"].as_array().expect("steps");
                    assert_eq!(steps.last().expect("one")[1], span["score"], "{file}:{record} {span}");
                    assert!(!span["about"].as_str().expect("text").is_empty());
                    match span["action"].as_str() {
                        Some("masked") => {
                            let replacement = span["replacement"].as_str().expect("text");
                            assert!(masked.contains(replacement), "{file}:{record} {replacement}");
                        }
                        action => assert_eq!(action, Some("kept")),
                    }
                }
            }
        }
        assert!(known.next().is_none(), "{file}: scan finds more");
    }
}

/// The first candidate of that rule.
fn why_not(arguments: &[&str], rule: &str) -> Value {
    let arguments: Vec<&str> = ["explain", "--json"].iter().chain(arguments).copied().collect();
    let answer =
        lines(&arguments).into_iter().find_map(|one| one.get("why_not").cloned()).expect("an answer");
    let closest = answer["closest"].as_array().expect("a list").clone();
    closest.into_iter().find(|one| one["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {answer}"))
}

fn missing(candidate: &Value) -> String {
    candidate["missing"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn a_near_miss_says_what_was_missing() {
    // A word would do.
    let near = why_not(&["the code is 417 thanks", "--why-not", "12:15"], "card.cvv");
    assert_eq!((near["start"].as_u64(), near["end"].as_u64()), (Some(12), Some(15)));
    assert!(
        missing(&near).starts_with("needs one of: cvv") && missing(&near).contains("within 40 bytes"),
        "{near}"
    );
    // And does.
    assert!(run(&["explain", "the cvv is 417 thanks"]).contains("CARD_CVV"));
    // A word that stands too far is shown, and does not count.
    let far = format!("the cvv was {} and 417", "asked for again and again ".repeat(3));
    let place = format!("{}:{}", far.len() - 3, far.len());
    let near = why_not(&[&far, "--why-not", &place], "card.cvv");
    assert_eq!(near["context"][0]["word"], "cvv");
    assert_eq!(near["context"][0]["counts"], false);
    // A check that does not hold.
    let near = why_not(&["my iban is FR7630006000011234567890188", "--why-not", "11:38"], "bank.iban");
    assert!(missing(&near).contains("check does not hold"), "{near}");
    // A part of something longer.
    let near = why_not(
        &["--rules", "testdata/docs/acme.toml", "BAC 1234 5678", "--why-not", "1:13"],
        "acme.loyalty",
    );
    assert!(missing(&near).contains("part of a longer word"), "{near}");
    // A rule for another language.
    let near =
        why_not(&["--lang", "en", "--min-score", "1", "tel 06 12 34 56 78", "--why-not", "4:18"], "phone.fr");
    assert!(missing(&near).contains("least one, 1.00") || missing(&near).contains("--lang"), "{near}");
}

#[test]
fn what_the_user_allows_is_told() {
    let place = tempfile::tempdir().expect("a directory");
    let list = place.path().join("allow.txt");
    std::fs::write(&list, "jo@example.com\n").expect("writes");
    let list = list.to_str().expect("UTF-8");
    let near = why_not(&["--allow", list, "write to jo@example.com", "--why-not", "9:23"], "email.address");
    assert!(missing(&near).contains("--allow"), "{near}");
}

#[test]
fn positions_count_code_points_of_the_field() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("a.jsonl");
    std::fs::write(&file, "{\"id\":\"x\",\"text\":\"\\u00e9t\\u00e9 \\\"417\\\" \u{1F600}\"}\n")
        .expect("writes");
    let record = format!("{}:1", file.display());
    let near = why_not(&[&record, "--why-not", "5:8"], "card.cvv");
    assert_eq!((near["start"].as_u64(), near["end"].as_u64()), (Some(5), Some(8)));
}

/// Nothing is beaten by itself, though a turn is looked at more than once.
#[test]
fn findings_are_told_once() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("a.jsonl");
    let turns = ["on 3 March nadia wrote to jo@example.com6789", "who?", "I am Nadia Okafor, born 3 March"];
    let text: String = turns.iter().map(|said| format!("{{\"call_id\":1,\"text\":\"{said}\"}}\n")).collect();
    std::fs::write(&file, text).expect("writes");
    for record in 1..=3 {
        for one in lines(&["explain", "--json", &format!("{}:{record}", file.display())]) {
            for span in one["spans"].as_array().expect("spans") {
                for beaten in span["beaten"].as_array().expect("a list") {
                    let is_itself = ["rule", "start", "end"].iter().all(|name| beaten[name] == span[name]);
                    assert!(!is_itself, "{span}");
                }
            }
        }
    }
}
