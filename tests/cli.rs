//! Does the command line keep its contract: outputs, exit codes, messages, nothing half-written, nothing leaked?

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

mod shell;

use shell::*;

#[test]
fn a_pipe_is_masked() {
    let done = pipe(&["redact"], "my email is jo@example.com and card 4111 1111 1111 1111\n");
    assert_eq!(out(&done), "my email is [EMAIL_1] and card [CREDIT_CARD_1]\n");
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let done = pipe(&["redact"], "{\"text\":\"hello\",\"customer_email\":\"jo@example.com\"}\n");
    assert_eq!(out(&done), "{\"text\":\"hello\",\"customer_email\":\"[EMAIL_1]\"}\n");
}

#[test]
fn a_hyphen_is_standard_output() {
    let place = Place::new();
    let input = place.with("calls.txt", "mail jo@example.com\n");
    let done = run(&["redact", text(&input), "-o", "-"]);
    assert_eq!((out(&done).as_str(), done.status.code()), ("mail [EMAIL_1]\n", Some(0)));
    assert_eq!(place.files(), ["calls.txt"]);
    assert!(!Path::new("-").exists(), "no file is called so");
}

#[test]
fn findings_are_json_lines_with_code_points() {
    let done = pipe(&["scan"], "é à jo@example.com\n");
    assert_eq!(
        out(&done),
        "{\"file\":\"-\",\"record\":1,\"field\":\"text\",\"start\":4,\"end\":18,\"entity\":\"EMAIL\",\"rule\":\"email.address\",\"score\":0.95}\n"
    );
    let done = pipe(&["scan", "--show-values"], "é jo@example.com\n");
    assert!(out(&done).contains("\"value\":\"jo@example.com\""));
}

#[test]
fn an_output_has_its_audit_beside_it() {
    let place = Place::new();
    let input = place.with("calls.txt", "mail jo@example.com\n".repeat(400));
    let output = place.path("masked.txt");
    let done = run(&["redact", text(&input), "-o", text(&output)]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(place.files(), ["calls.txt", "masked.txt", "masked.txt.audit.jsonl"]);
    assert_eq!(fs::read_to_string(&output).expect("text"), "mail [EMAIL_1]\n".repeat(400));
    let audit = place.path("masked.txt.audit.jsonl");
    let verified =
        run(&["audit", "verify", text(&audit), "--input", text(&input), "--output", text(&output)]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
    let summary = run(&["audit", "summary", text(&audit)]);
    assert!(out(&summary).contains("EMAIL") && out(&summary).contains("400"));
    let log = fs::read_to_string(&audit).expect("text");
    assert!(!log.contains("jo@example"));
}

#[test]
fn a_changed_log_or_output_does_not_verify() {
    let place = Place::new();
    let input = place.with("calls.txt", "mail jo@example.com\nnothing\n".repeat(300));
    let output = place.path("masked.txt");
    run(&["redact", text(&input), "-o", text(&output)]);
    let audit = place.path("masked.txt.audit.jsonl");
    let log = fs::read_to_string(&audit).expect("text");
    let lines: Vec<&str> = log.lines().collect();
    let mut changed = vec![
        log.replacen("\"EMAIL\"", "\"PHONE\"", 1),
        log.replacen("0.95", "0.94", 1),
        log.replacen("\"jobs\":", "\"jobs\": ", 1),
        lines[..lines.len() - 1].join("\n") + "\n",
        lines[1..].join("\n") + "\n",
        log.clone() + "{\"record\":9,\"found\":[]}\n",
        log.trim_end().to_owned(),
    ];
    let mut without_one = lines.clone();
    without_one.remove(5);
    changed.push(without_one.join("\n") + "\n");
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    changed.push(swapped.join("\n") + "\n");
    for (number, log) in changed.iter().enumerate() {
        let forged = place.with("forged.jsonl", log);
        let verified = run(&["audit", "verify", text(&forged)]);
        assert_eq!(verified.status.code(), Some(5), "change {number}: {}", err(&verified));
    }
    fs::write(&output, fs::read_to_string(&output).expect("text").replacen("nothing", "nothinG", 1))
        .expect("writes");
    let verified = run(&["audit", "verify", text(&audit), "--output", text(&output)]);
    assert_eq!(verified.status.code(), Some(5), "{}", err(&verified));
    let other = place.with("other.txt", "mail jo@example.org\nnothing\n".repeat(300));
    let verified = run(&["audit", "verify", text(&audit), "--input", text(&other)]);
    assert_eq!(verified.status.code(), Some(5), "{}", err(&verified));
}

#[test]
fn short_inputs_have_no_digest_without_a_key() {
    let place = Place::new();
    let input = place.with("a.txt", "jo@example.com\n");
    run(&["redact", text(&input), "-o", text(&place.path("b.txt"))]);
    let log = fs::read_to_string(place.path("b.txt.audit.jsonl")).expect("text");
    assert!(log.contains("\"output\":[null],\"input\":[null]"), "{log}");
    let key = place.with("key", "0123456789abcdef");
    run(&["redact", text(&input), "-o", text(&place.path("c.txt")), "--key-file", text(&key)]);
    let log = fs::read_to_string(place.path("c.txt.audit.jsonl")).expect("text");
    assert!(!log.contains("null") && log.contains("\"keyed\":true"), "{log}");
    let bare = blake3::hash(b"jo@example.com\n").to_hex().to_string();
    assert!(!log.contains(&bare));
}

#[test]
fn directories_are_mirrored() {
    let place = Place::new();
    place.with("in/a.txt", "jo@example.com\n");
    place.with("in/deep/b.jsonl", "{\"text\":\"06 12 34 56 78\"}\n");
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(
        place.files(),
        [
            "in/a.txt",
            "in/deep/b.jsonl",
            "out/a.txt",
            "out/deep/b.jsonl",
            "out/sourdine.audit.jsonl",
            "out/sourdine.manifest.jsonl"
        ]
    );
    assert_eq!(
        fs::read_to_string(place.path("out/deep/b.jsonl")).expect("text"),
        "{\"text\":\"[PHONE_1]\"}\n"
    );
    let verified = run(&[
        "audit",
        "verify",
        text(&place.path("out/sourdine.audit.jsonl")),
        "--input",
        text(&place.path("in")),
    ]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
}

#[test]
fn packed_files_are_unpacked_and_packed_again() {
    let place = Place::new();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(b"jo@example.com\n").expect("packs");
    let input = place.with("a.txt.gz", packer.finish().expect("packs"));
    for name in ["b.txt", "c.txt.gz", "d.txt.zst"] {
        let output = place.path(name);
        let done = run(&["redact", text(&input), "-o", text(&output)]);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let plain = run(&["redact", text(&output)]);
        assert_eq!(out(&plain), "[EMAIL_1]\n", "{name}");
    }
}

#[test]
fn a_western_table_comes_out_in_its_encoding() {
    let place = Place::new();
    let input = place.with("a.csv", b"id;verbatim\r\n1;d\xE9j\xE0 pay\xE9 12 \x80, mail jo@example.com\r\n");
    let done = run(&["redact", text(&input)]);
    assert_eq!(done.stdout, b"id;verbatim\r\n1;d\xE9j\xE0 pay\xE9 12 \x80, mail [EMAIL_1]\r\n");
    assert!(err(&done).contains("windows-1252"));
}

#[test]
fn undecodable_records_are_quarantined() {
    let place = Place::new();
    let input = place.with("a.jsonl", b"{\"text\":\"ok\"}\n{\"text\":\"jo@example.com\" garbage}\n{\"text\":\"caf\xE9 jo@example.com\"}\n{\"text\":\"\\ud83d\"}\n");
    let kept = place.path("kept");
    let done = run(&["redact", text(&input), "--quarantine", text(&kept)]);
    assert_eq!(done.status.code(), Some(4));
    assert_eq!(out(&done), format!("{{\"text\":\"ok\"}}\n{}", "{\"sourdine\":\"quarantined\"}\n".repeat(3)));
    let said = err(&done);
    assert!(
        said.contains("record 2, byte 39: not valid JSON")
            && said.contains("record 3")
            && said.contains("surrogate"),
        "{said}"
    );
    assert!(!said.contains("jo@example"), "{said}");
    assert!(fs::read(&kept).expect("kept").starts_with(b"{\"text\":\"jo@example.com\" garbage}\n"));
    assert_eq!(fs::metadata(&kept).expect("kept").permissions().mode() & 0o777, 0o600);
}

#[test]
fn outputs_are_never_overwritten_unasked() {
    let place = Place::new();
    let input = place.with("a.txt", "jo@example.com\n");
    let output = place.with("b.txt", "precious\n");
    let done = run(&["redact", text(&input), "-o", text(&output)]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("exists already"), "{}", err(&done));
    assert_eq!(fs::read_to_string(&output).expect("text"), "precious\n");
    let done = run(&["redact", text(&input), "-o", text(&input), "--force"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("is an input"), "{}", err(&done));
    assert_eq!(fs::read_to_string(&input).expect("text"), "jo@example.com\n");
    let done = run(&["redact", text(&input), "-o", text(&output), "--force"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(fs::read_to_string(&output).expect("text"), "[EMAIL_1]\n");
}

#[test]
fn a_full_disk_is_an_error_and_a_gone_reader_is_quiet() {
    let place = Place::new();
    let input = place.with("a.txt", "jo@example.com\n".repeat(200_000));
    let full = sourdine(&["redact", text(&input)])
        .stdout(fs::OpenOptions::new().write(true).open("/dev/full").expect("a device"))
        .stderr(Stdio::piped())
        .output()
        .expect("runs");
    assert_eq!(full.status.code(), Some(6));
    assert!(err(&full).contains("No space"), "{}", err(&full));
    let mut gone = sourdine(&["redact", text(&input)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(gone.stdout.take());
    let gone = gone.wait_with_output().expect("ends");
    assert_eq!((gone.status.code(), err(&gone).as_str()), (Some(141), ""));
}

#[test]
fn an_interrupted_run_leaves_nothing_half_written() {
    let place = Place::new();
    let output = place.path("out.txt");
    let mut child = sourdine(&["redact", "-o", text(&output)])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all("jo@example.com\n".repeat(40_000).as_bytes()).expect("writes");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kills");
    // The run looks up when more comes, or nothing more.
    std::thread::sleep(std::time::Duration::from_millis(100));
    let _ = stdin.write_all("jo@example.com\n".repeat(40_000).as_bytes());
    drop(stdin);
    let done = child.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(130), "{}", err(&done));
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn check_and_dry_run_write_nothing() {
    let place = Place::new();
    let dirty = place.with("a.txt", "jo@example.com\n");
    let clean = place.with("b.txt", "nothing here\n");
    let done = run(&["redact", "--check", text(&dirty)]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(1), ""));
    assert_eq!(run(&["redact", "--check", text(&clean)]).status.code(), Some(0));
    let done = run(&["redact", "--dry-run", text(&dirty), "-o", text(&place.path("c.txt"))]);
    assert_eq!(done.status.code(), Some(0));
    assert!(err(&done).contains("EMAIL"), "{}", err(&done));
    assert_eq!(place.files(), ["a.txt", "b.txt"]);
}

#[test]
fn wrong_invocations_say_what_to_do() {
    let place = Place::new();
    let table = place.with("a.csv", "id,text\n1,hello there my friend\n");
    let rules = place.with("bad.toml", "[[rule]]\nid = \"x.y\"\nentity = \"X\"\nabout = \"\"\npattern = '[0-9]{3}'\nscore = 0.9\nfinds = [\"a {{123}}\", \"{{456}}\"]\nignores = [\"12\", \"seven 789\"]\n");
    let empty = place.path("none");
    fs::create_dir(&empty).expect("a directory");
    let text_of = |path: &Path| text(path).to_owned();
    let missing = text_of(&place.path("missing.txt"));
    for (arguments, code, message) in [
        (vec!["redact", missing.as_str()], 6, "No such file"),
        (vec!["redact", text(&empty)], 6, "no files in this directory"),
        (
            vec!["redact", "--format", "docx"],
            2,
            "possible values: auto, vtt, srt, ctm, json, jsonl, tsv, csv, parquet, arrow, text",
        ),
        (vec!["redact", "--encoding", "ebcdic"], 2, "possible values: utf-8"),
        (vec!["redact", "--lang", "pt"], 2, "possible values: auto, en, fr, de, es, it"),
        (vec!["redact", "--min-score", "7"], 2, "between 0 and 1"),
        (vec!["redact", "--jobs", "0"], 2, "between 1 and 1024"),
        (vec!["redact", "--entities", "EMIAL"], 2, "no entity is called `EMIAL`"),
        (vec!["redact", text(&table), "--text-field", "verbatim"], 2, "no column `verbatim`"),
        (vec!["redact", "--rules", text(&rules)], 2, "bad.toml:8: rule `x.y`: `ignores` 2"),
        (vec!["rules", "test", text(&rules)], 2, "1 examples failed"),
        (vec!["redact", "--key-file", text(&table), "--deny", missing.as_str()], 6, "No such file"),
        (vec!["audit", "verify", text(&table)], 5, "not a run line"),
        (vec!["redcat"], 2, "unrecognized subcommand"),
    ] {
        let done = run(&arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", err(&done));
        assert!(err(&done).contains(message), "{arguments:?}: {}", err(&done));
        assert_eq!(out(&done).matches("789").count(), 0);
    }
}

#[test]
fn word_lists_and_rules_of_the_user() {
    let place = Place::new();
    let deny = place.with("deny.txt", "Zephyrine\nProject Nightingale\nx-42\n");
    let allow = place.with("allow.txt", "support@example.com\n");
    let done = pipe(
        &["redact", "--deny", text(&deny), "--allow", text(&allow)],
        "zephyrine and PROJECT nightingale, X-42: support@example.com jo@example.com\n",
    );
    assert_eq!(out(&done), "[DENIED_1] and [DENIED_2], [DENIED_3]: support@example.com [EMAIL_1]\n");
    let rules = place.with("own.toml", "[[rule]]\nid = \"own.badge\"\nentity = \"BADGE\"\nabout = \"badge of the staff\"\npattern = 'BDG-[0-9]{4}'\nscore = 0.9\nfinds = [\"badge {{BDG-1234}}\", \"{{BDG-9999}} ok\"]\nignores = [\"BDG\", \"BDG-12\"]\n");
    let done = pipe(&["redact", "--rules", text(&rules)], "badge BDG-4711\n");
    assert_eq!(out(&done), "badge [BADGE_1]\n", "{}", err(&done));
    let done = pipe(&["redact", "--entities", "EMAIL"], "jo@example.com 06 12 34 56 78\n");
    assert_eq!(out(&done), "[EMAIL_1] 06 12 34 56 78\n");
    let done = pipe(&["redact", "--labels", "plain"], "jo@example.com\n");
    assert_eq!(out(&done), "[EMAIL]\n");
}

#[test]
fn empty_and_strange_inputs() {
    for input in ["", "\n", "\n\n\n", "\u{feff}", "\u{feff}jo@example.com\n"] {
        let done = pipe(&["redact", "-f", "text"], input);
        assert_eq!(out(&done), input.replace("jo@example.com", "[EMAIL_1]"), "{input:?}");
        assert_eq!(done.status.code(), Some(0));
    }
    assert_eq!(pipe(&["redact"], "m\0\0\0j\0\0\0\n").status.code(), Some(4));
    let utf16: Vec<u8> = "\u{feff}né, jo@example.com\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let expected: Vec<u8> = "\u{feff}né, [EMAIL_1]\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(pipe(&["redact"], utf16).stdout, expected);
}

#[test]
fn every_byte_of_a_log_counts() {
    let place = Place::new();
    let input = place.with("calls.txt", "mail jo@example.com\n".repeat(3));
    run(&["redact", text(&input), "-o", text(&place.path("masked.txt"))]);
    let log = fs::read(place.path("masked.txt.audit.jsonl")).expect("a log");
    for at in 0..log.len() {
        let mut forged = log.clone();
        forged[at] ^= 1;
        let forged = place.with("forged.jsonl", &forged);
        let verified = run(&["audit", "verify", text(&forged)]);
        assert_eq!(verified.status.code(), Some(5), "byte {at}: {}", err(&verified));
    }
}
