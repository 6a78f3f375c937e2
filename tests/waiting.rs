//! What is known to a record that waits for the next few of its conversation, and where conversations lie among each other?

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use support::Random;

fn run(options: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sourdine"))
        .arg("redact")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program that reads no more closes its end.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let done = child.wait_with_output().expect("ends");
    writing.join().expect("writes");
    done
}

fn masked(options: &[&str], input: &str) -> String {
    let done = run(options, input.as_bytes());
    assert!(done.status.success(), "{options:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

/// The turns of one call as JSON lines.
fn call(id: &str, turns: &[&str]) -> String {
    let speakers = ["agent", "customer"];
    let line = |(at, text): (usize, &&str)| {
        let speaker = speakers[at % 2];
        format!("{}\n", serde_json::json!({ "call_id": id, "speaker": speaker, "text": text }))
    };
    turns.iter().enumerate().map(line).collect()
}

fn texts(output: &str) -> Vec<String> {
    let text = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        record["text"].as_str().expect("a text").to_owned()
    };
    output.lines().map(text).collect()
}

/// Calls in five languages, by their ids.
fn calls() -> Vec<(String, Vec<String>)> {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for language in ["en", "fr", "de", "es", "it"] {
        for directory in ["conversations", "spoken"] {
            let path = format!("{}/testdata/{directory}/{language}.jsonl", env!("CARGO_MANIFEST_DIR"));
            for line in std::fs::read_to_string(path).expect("test data").lines() {
                let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let id = format!("{directory}-{}", record["call_id"].as_str().expect("an id"));
                let line = serde_json::json!({
                    "call_id": id, "speaker": record["speaker"], "text": record["text"],
                });
                calls.entry(id).or_default().push(format!("{line}\n"));
            }
        }
    }
    calls.into_iter().collect()
}

/// The calls with up to `most` of them open at a time, and how many others spoke at most between two turns of one.
fn shuffled(calls: &[(String, Vec<String>)], most: usize, random: &mut Random) -> String {
    let mut rest = calls.iter().map(|(_, lines)| lines.iter());
    let (mut open, mut out) = (Vec::new(), String::new());
    loop {
        while open.len() < most
            && let Some(next) = rest.next()
        {
            open.push(next);
        }
        if open.is_empty() {
            return out;
        }
        let at = random.range(0, open.len() as u64 - 1) as usize;
        match open[at].next() {
            Some(line) => out += line,
            None => drop(open.swap_remove(at)),
        }
    }
}

fn by_call(output: &str) -> BTreeMap<String, String> {
    let mut calls: BTreeMap<String, String> = BTreeMap::new();
    for line in output.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        *calls.entry(record["call_id"].as_str().expect("an id").to_owned()).or_default() +=
            &format!("{line}\n");
    }
    calls
}

#[test]
fn who_waits_for_all_knows_what_a_file_tells() {
    let calls = calls();
    let grouped: String = calls.iter().flat_map(|(_, lines)| lines.iter().map(String::as_str)).collect();
    let file = masked(&[], &grouped);
    for options in [&["--interleaved", "1"][..], &["--interleaved", "400"], &["--lookahead", "1000"]] {
        assert!(masked(options, &grouped) == file, "{options:?}");
    }
    assert!(masked(&["--lookahead", "0"], &grouped) == masked(&["--line-buffered"], &grouped));
}

#[test]
fn calls_among_each_other_are_masked_as_if_each_stood_alone() {
    let calls = calls();
    let grouped: String = calls.iter().flat_map(|(_, lines)| lines.iter().map(String::as_str)).collect();
    let mut random = Random::new(11);
    let mixed = shuffled(&calls, 20, &mut random);
    for wait in [None, Some("0"), Some("3")] {
        let mut options = vec!["--interleaved", "400"];
        options.extend(wait.iter().flat_map(|count| ["--lookahead", count]));
        let output = masked(&options, &mixed);
        let order = |text: &str| -> Vec<String> {
            let id = |line: &str| {
                serde_json::from_str::<serde_json::Value>(line).expect("JSON")["call_id"].to_string()
            };
            text.lines().map(id).collect()
        };
        assert_eq!(order(&output), order(&mixed), "records leave in the order in which they came");
        let alone = masked(&options[2..], &grouped);
        assert!(by_call(&output) == by_call(&alone), "{options:?}");
    }
}

/// Findings stand in the audit and in `scan` under the numbers of their records.
#[test]
fn records_keep_their_numbers_among_others() {
    let place = tempfile::tempdir().expect("a directory");
    let path = |name: &str| place.path().join(name).display().to_string();
    let (a, b) =
        (call("a", &["hello", "jo@example.com", "what else?"]), call("b", &["hi", "al@example.com", "bye"]));
    let mixed: String = a.lines().zip(b.lines()).flat_map(|(a, b)| [a, "\n", b, "\n"]).collect();
    std::fs::write(path("in.jsonl"), mixed).expect("writes");
    let sourdine = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_sourdine")).args(arguments).output().expect("runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    };
    let numbers = |lines: &str| -> Vec<u64> {
        let number =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["record"].as_u64();
        lines.lines().filter_map(number).collect()
    };
    sourdine(&["redact", "--interleaved", "2", &path("in.jsonl"), "-o", &path("out.jsonl")]);
    let log = std::fs::read_to_string(path("out.jsonl.audit.jsonl")).expect("a log");
    assert_eq!(numbers(&log), [3, 4], "{log}");
    assert!(log.contains("\"interleaved=2\"") && log.contains("\"lookahead\":\"conversation\""), "{log}");
    let found = sourdine(&["scan", "--interleaved", "2", &path("in.jsonl")]);
    assert_eq!(numbers(&found), [3, 4], "{found}");
    let log = path("out.jsonl.audit.jsonl");
    sourdine(&["audit", "verify", "--interleaved", "2", &log, "--input", &path("in.jsonl")]);
}

#[test]
fn what_the_next_turns_tell_is_known_to_who_waits_for_them() {
    // Two pieces of three digits that nobody can name until the third one comes.
    let turns = [
        "hello there",
        "oh seven seven",
        "okay",
        "double oh nine",
        "okay",
        "hundred and twelve no one one two",
        "okay",
    ];
    let open = |wait: &str| -> Vec<usize> {
        let said = texts(&masked(&["--lookahead", wait], &call("c", &turns)));
        (0..turns.len()).filter(|&at| at % 2 == 1 && said[at] == turns[at]).collect()
    };
    assert_eq!((open("0"), open("2"), open("4")), (vec![1, 3], vec![1], vec![]));
    // A name that is told two turns later.
    let turns = ["is that xandria there", "hold on", "sure", "yes this is xandria, xandria moreau"];
    let said = |wait: &str| texts(&masked(&["--lookahead", wait], &call("c", &turns)));
    assert_eq!(said("3")[0], "is that [PERSON_1] there");
    assert_eq!(said("3")[3], "yes this is [PERSON_1], [PERSON_1]");
}

#[test]
fn a_conversation_too_many_ends_the_one_that_was_silent_longest() {
    let (a, b) = (call("a", &["jo@example.com", "bye"]), call("b", &["al@example.com", "bye"]));
    let lines: Vec<&str> = a.lines().chain(b.lines()).collect();
    let order = [lines[0], lines[2], lines[1], lines[3]].join("\n") + "\n";
    let told = |most: &str| {
        let done = run(&["--interleaved", most], order.as_bytes());
        assert!(done.status.success());
        String::from_utf8(done.stderr).expect("text")
    };
    assert!(told("1").contains("came back") && told("1").contains("--interleaved"), "{}", told("1"));
    assert!(!told("2").contains("came back"));
}

#[test]
fn records_that_name_no_conversation_wait_for_none() {
    let input = "{\"text\":\"jo@example.com\"}\n\n{\"text\":\"al@example.com\"}\nno JSON\n{\"call_id\":1,\"text\":\"x\"}\n";
    let done = run(&["-f", "jsonl", "--interleaved", "9", "--lookahead", "5"], input.as_bytes());
    assert_eq!(done.status.code(), Some(4));
    let out = "{\"text\":\"[EMAIL_1]\"}\n\n{\"text\":\"[EMAIL_1]\"}\n{\"sourdine\":\"quarantined\"}\n{\"call_id\":1,\"text\":\"x\"}\n";
    assert_eq!(String::from_utf8_lossy(&done.stdout), out);
    assert!(String::from_utf8_lossy(&done.stderr).contains("record 4, byte 53"), "its place in the input");
}

#[test]
fn what_cannot_be_told_apart_is_refused() {
    for (options, input) in
        [(&["-f", "text"][..], "Agent: hello\n"), (&["-f", "csv"], "text,score\nhello there,3\n")]
    {
        let done = run(&[options, &["--interleaved", "2"]].concat(), input.as_bytes());
        assert_ne!(done.status.code(), Some(0));
        assert!(done.stdout.is_empty());
        assert!(String::from_utf8_lossy(&done.stderr).contains("--conversation-field"));
    }
    let table = "call_id,text\na,hello\nb,jo@example.com\na,al@example.com\n";
    assert_eq!(
        masked(&["-f", "csv", "--interleaved", "2"], table),
        "call_id,text\na,hello\nb,[EMAIL_1]\na,[EMAIL_1]\n"
    );
}

/// Dialogues in plain text end where the layout says, whoever waits.
#[test]
fn a_dialogue_in_plain_text_waits_as_well() {
    let text = "Agent: hello\nCustomer: it is four one one one\nAgent: yes?\nCustomer: one one one one\nAgent: yes?\n\
                Customer: one one one one\nAgent: yes?\nCustomer: one one one one\n\nmail jo@example.com\nand a line\n";
    assert_eq!(masked(&["--lookahead", "9"], text), masked(&[], text));
}
