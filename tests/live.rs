//! Does a live pipe answer each line before the next one is sent, and always the same?

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest wait for an answer before the test gives up: far more than one takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn start(options: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sourdine"))
        .args(["redact", "--line-buffered"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

fn lines(child: &mut Child) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    let mut from = BufReader::new(child.stdout.take().expect("a pipe"));
    std::thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            if from.read_until(b'\n', &mut line).unwrap_or(0) == 0 || send.send(line).is_err() {
                break;
            }
        }
    });
    receive
}

/// What each line is answered with before the next one is sent, and the median time that took.
fn converse(options: &[&str], input: &[u8]) -> (Vec<u8>, Duration) {
    let mut child = start(options);
    let answers = lines(&mut child);
    let mut stdin = child.stdin.take().expect("a pipe");
    let (mut out, mut times) = (Vec::new(), Vec::new());
    let mut record: Vec<u8> = Vec::new();
    for line in input.split_inclusive(|&b| b == b'\n') {
        record.extend(line);
        // A quoted field of a table goes on in the next line.
        if record.iter().filter(|&&b| b == b'"').count() % 2 == 1 {
            continue;
        }
        let sent = Instant::now();
        stdin.write_all(&record).expect("writes");
        for _ in record.split_inclusive(|&b| b == b'\n') {
            out.extend(answers.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                panic!("no answer to {:?}", String::from_utf8_lossy(&record));
            }));
        }
        times.push(sent.elapsed());
        record.clear();
    }
    drop(stdin);
    assert!(child.wait().expect("ends").success());
    times.sort();
    (out, times[times.len() / 2])
}

/// What comes out when `pieces` bytes are sent at a time.
fn send(options: &[&str], input: &[u8], pieces: usize) -> Vec<u8> {
    let mut child = start(options);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let reading = std::thread::spawn(move || {
        let mut out = Vec::new();
        stdout.read_to_end(&mut out).map(|_| out).expect("reads")
    });
    for piece in input.chunks(pieces) {
        stdin.write_all(piece).expect("writes");
        stdin.flush().expect("flushes");
    }
    drop(stdin);
    let out = reading.join().expect("reads");
    child.wait().expect("ends");
    out
}

fn demo(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/demo/{name}", env!("CARGO_MANIFEST_DIR"))).expect("the demo")
}

fn whole(input: &[u8], options: &[&str]) -> Vec<u8> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sourdine"))
        .arg("redact")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("writes");
    child.wait_with_output().expect("ends").stdout
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    for (name, options) in [
        ("appel_fr.jsonl", &[][..]),
        ("call_en.txt", &[]),
        ("verbatims.csv", &["-f", "csv", "--text-field", "verbatim"]),
    ] {
        let input = demo(name);
        let (answered, median) = converse(options, &input);
        // A debug build on a busy machine is allowed more than the millisecond that a release needs.
        assert!(median < Duration::from_millis(20), "{name}: {median:?}");
        for pieces in [1, 7, 1000, input.len()] {
            let sent = send(options, &input, pieces);
            assert!(sent == answered, "{name} in pieces of {pieces}: {}", String::from_utf8_lossy(&sent));
        }
    }
}

#[test]
fn a_call_is_masked_as_in_one_piece_where_nothing_later_matters() {
    let input = demo("appel_fr.jsonl");
    let live = converse(&[], &input).0;
    assert_eq!(String::from_utf8_lossy(&live), String::from_utf8_lossy(&whole(&input, &[])));
}

#[test]
fn other_encodings_and_undecodable_lines_are_answered_too() {
    let latin = b"d\xE9j\xE0 pay\xE9, jo@example.com\n\xE9crivez \xE0 al@example.com\n";
    let (out, _) = converse(&[], latin);
    assert_eq!(out, b"d\xE9j\xE0 pay\xE9, [EMAIL_1]\n\xE9crivez \xE0 [EMAIL_1]\n");
    let mut child = start(&["-f", "jsonl"]);
    let answers = lines(&mut child);
    let mut stdin = child.stdin.take().expect("a pipe");
    for (line, answer) in [
        ("{\"call_id\":1,\"text\":\"jo@example.com\"}\n", "{\"call_id\":1,\"text\":\"[EMAIL_1]\"}\n"),
        ("{\"call_id\":1,\"text\":\"\n", "{\"sourdine\":\"quarantined\"}\n"),
        ("{\"call_id\":1,\"text\":\"your cvv?\"}\n", "{\"call_id\":1,\"text\":\"your cvv?\"}\n"),
        ("{\"call_id\":1,\"text\":\"it is 123\"}\n", "{\"call_id\":1,\"text\":\"it is [CARD_CVV_1]\"}\n"),
        ("{\"call_id\":2,\"text\":\"it is 123\"}\n", "{\"call_id\":2,\"text\":\"it is 123\"}\n"),
    ] {
        stdin.write_all(line.as_bytes()).expect("writes");
        let got = answers.recv_timeout(PATIENCE).expect("an answer");
        assert_eq!(String::from_utf8_lossy(&got), answer);
    }
    drop(stdin);
    assert_eq!(child.wait().expect("ends").code(), Some(4));
}

/// Numbers go on from record to record, whatever was forgotten of a long conversation.
#[test]
fn a_long_conversation_keeps_its_numbers() {
    let mut input = String::new();
    for turn in 0..300 {
        let said = "so it goes on and on ".repeat(20);
        input += &format!("{{\"call_id\":\"a\",\"text\":\"{said} mail{}@example.com\"}}\n", turn % 40);
    }
    let live = send(&[], input.as_bytes(), 5000);
    assert_eq!(String::from_utf8_lossy(&live), String::from_utf8_lossy(&whole(input.as_bytes(), &[])));
}

#[test]
fn the_audit_says_so_and_verifies() {
    let place = tempfile::tempdir().expect("a directory");
    let path = |name: &str| place.path().join(name).display().to_string();
    std::fs::write(path("in.jsonl"), demo("appel_fr.jsonl")).expect("writes");
    let run = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_sourdine")).args(arguments).output().expect("runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["redact", "--line-buffered", &path("in.jsonl"), "-o", &path("out.jsonl")]);
    let log = std::fs::read_to_string(path("out.jsonl.audit.jsonl")).expect("a log");
    assert!(log.lines().next().expect("a line").contains("\"lookahead\":\"0\""), "{log}");
    run(&[
        "audit",
        "verify",
        "--line-buffered",
        &path("out.jsonl.audit.jsonl"),
        "--input",
        &path("in.jsonl"),
    ]);
}
