//! Are the figures of `sourdine eval` those that a careful person counts?
//!
//! `testdata/eval/README.md` shows the arithmetic by hand.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/eval")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sourdine"));
    command.arg("eval").args(arguments).current_dir(directory()).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("runs")
}

/// Measures `gold`, given on standard input.
fn pipe(arguments: &[&str], gold: impl AsRef<[u8]>) -> Output {
    let mut child = command(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("a pipe").write_all(gold.as_ref()).expect("writes");
    child.wait_with_output().expect("ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn object(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", err(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The options of the golden table.
const GOLDEN: [&str; 6] =
    ["gold.jsonl", "--rules", "rules.toml", "--detectors", "patterns", "--map=NAME=PERSON"];

fn golden<'a>(more: &[&'a str]) -> Vec<&'a str> {
    GOLDEN.iter().chain(more).copied().collect()
}

/// The named counts of a row of the only file.
fn counts(measured: &Value, row: &str, names: &[&str]) -> Vec<u64> {
    let file = &measured["files"][0];
    let row = if row == "total" { &file["total"] } else { &file["entities"][row] };
    names.iter().map(|name| row[name].as_u64().unwrap_or_else(|| panic!("{name} in {row}"))).collect()
}

const FINDINGS: [&str; 3] = ["findings_right", "findings_false", "findings_unscored"];

#[test]
fn the_table_is_the_one_counted_by_hand() {
    let done = run(&golden(&["--misses", "2", "--false", "2"]));
    assert_eq!(out(&done), fs::read_to_string(directory().join("table.txt")).expect("a table"));
    assert_eq!(done.status.code(), Some(0));
    let said = err(&done);
    assert!(said.contains("no entity is called MONEY\n") && said.contains("--map 'MONEY='"), "{said}");
    assert!(said.lines().chain(out(&done).lines()).all(|line| line.chars().count() <= 80), "{said}");
}

#[test]
fn the_object_is_the_one_counted_by_hand() {
    let mut measured = object(&run(&golden(&["--misses", "2", "--false", "2", "--json", "-q"])));
    let members = measured.as_object_mut().expect("an object");
    for name in ["sourdine", "ruleset", "policy"] {
        assert!(members.remove(name).is_some_and(|value| value.is_string()), "{name}");
    }
    let expected = fs::read(directory().join("expected.json")).expect("an object");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    assert_eq!(measured, expected, "{measured:#}");
}

#[test]
fn strict_compares_types() {
    let measured = object(&run(&golden(&["--strict", "--map=MONEY=", "--json"])));
    assert_eq!(counts(&measured, "PERSON", &["gold", "overlap", "tokens_found"]), [3, 0, 0]);
    assert_eq!(counts(&measured, "BADGE", &FINDINGS), [2, 2, 1]);
    assert_eq!(counts(&measured, "BADGE", &["tokens_right", "tokens_false", "letters_outside"]), [4, 4, 7]);
    assert_eq!(counts(&measured, "LOCATION", &FINDINGS), [1, 1, 0]);
    let total =
        ["gold", "exact", "overlap", "full", "characters_found", "characters", "tokens_found", "tokens"];
    assert_eq!(counts(&measured, "total", &total), [9, 4, 6, 5, 45, 74, 11, 18]);
    assert_eq!(counts(&measured, "total", &FINDINGS), [6, 3, 1]);
    assert_eq!(measured["files"][0]["entities"].get("MONEY"), None);
    // A label that names no entity could never be found.
    let done = run(&golden(&["--strict"]));
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), ""));
    assert!(err(&done).contains("--map 'MONEY='"), "{}", err(&done));
}

#[test]
fn some_entities_can_be_scored_alone() {
    let measured = object(&run(&golden(&["--entities", "BADGE", "--json"])));
    assert_eq!(counts(&measured, "BADGE", &FINDINGS), [2, 1, 2]);
    assert_eq!(measured["files"][0]["entities"].as_object().expect("rows").len(), 1);
    let measured = object(&run(&golden(&["--entities", "BADGE", "--strict", "--map=MONEY=", "--json"])));
    assert_eq!(counts(&measured, "BADGE", &FINDINGS), [2, 2, 1]);
}

#[test]
fn foreign_labels_are_hinted_at() {
    let gold = json!({"text": "I am Ilse Varga", "label": [[5, 15, "PER"]]}).to_string();
    let done = pipe(&[], &gold);
    assert_eq!(done.status.code(), Some(0));
    assert!(err(&done).contains("no entity is called PER\n"), "{}", err(&done));
    assert!(err(&done).contains("--map 'PER=PERSON'"), "{}", err(&done));
    assert_eq!(err(&pipe(&["-q"], &gold)), "");
    let done = pipe(&["--map", "PER=PERSON", "--map", "TEL=PHONE"], &gold);
    assert_eq!(err(&done), "sourdine: no label is called TEL, which --map names\n");
    // Left out, it is neither gold nor innocent.
    let gold = json!({"text": "jo@example.com", "label": [[0, 14, "MAIL"]]}).to_string();
    let measured = object(&pipe(&["--map=MAIL=", "--json"], &gold));
    assert_eq!(counts(&measured, "EMAIL", &["gold", "letters_outside"]), [0, 0]);
    assert_eq!(counts(&measured, "EMAIL", &FINDINGS), [0, 0, 1]);
}

fn rows(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[test]
fn the_texts_of_a_call_are_one_conversation() {
    let question = "And the security code on the back of the card?";
    let asked =
        |call: Value, turn: Value| json!({"text": question, "label": [], "call_id": call, "turn": turn});
    let answered = |call: Value, turn: Value| json!({"text": "It is 482.", "label": [[6, 9, "CARD_CVV"]], "call_id": call, "turn": turn});
    let other = json!({"text": "Hello there", "label": [], "call_id": "x"});
    let found = |gold: &[Value]| {
        let measured = object(&pipe(&["--json", "--detectors", "patterns"], rows(gold)));
        (counts(&measured, "CARD_CVV", &["exact"])[0], measured["files"][0]["conversations"].clone())
    };
    let (a, b, none) = (json!("a"), json!("b"), Value::Null);
    for (gold, exact, conversations) in [
        // Apart in the file, and out of order.
        (vec![answered(a.clone(), json!(2)), other.clone(), asked(a.clone(), json!(1))], 1, 2),
        (vec![asked(a.clone(), json!(1)), other.clone(), answered(a.clone(), json!(2))], 1, 2),
        (vec![asked(json!(7), json!(1.5)), answered(json!(7), json!(1.75))], 1, 1),
        // Without turns the file's order holds; one missing turn is as good as none.
        (vec![asked(a.clone(), none.clone()), answered(a.clone(), none.clone())], 1, 1),
        (vec![asked(a.clone(), json!(5)), answered(a.clone(), none.clone())], 1, 1),
        (vec![answered(a.clone(), none.clone()), asked(a.clone(), none.clone())], 0, 1),
        (vec![asked(a.clone(), json!(2)), answered(a.clone(), json!(1))], 0, 1),
        // Two calls, or none.
        (vec![asked(a.clone(), json!(1)), answered(b.clone(), json!(2))], 0, 2),
        (vec![asked(none.clone(), json!(1)), answered(none.clone(), json!(2))], 0, 2),
        // A number and a string are two ids.
        (vec![asked(json!(7), json!(1)), answered(json!("7"), json!(2))], 0, 2),
    ] {
        // A row that finds nothing is no row: the label is there all the same.
        assert_eq!(found(&gold), (exact, json!(conversations)), "{gold:?}");
    }
}

#[test]
fn prompts_are_context_alone() {
    let gold = rows(&[
        json!({"text": "security code? mine is BDG-1111", "call_id": 1, "turn": 1, "synthetic_prompt": true,
               "label": [[23, 31, "BADGE"]]}),
        json!({"text": "482", "label": [[0, 3, "CARD_CVV"]], "call_id": 1, "turn": 2, "synthetic_prompt": false}),
    ]);
    let measured = object(&pipe(&["--rules", "rules.toml", "--json"], gold));
    let file = &measured["files"][0];
    assert_eq!((&file["texts"], &file["prompts"], &file["words"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(counts(&measured, "CARD_CVV", &["exact"]), [1]);
    assert_eq!(file["entities"].get("BADGE"), None);
}

#[test]
fn other_keys_of_the_gold_do_not_help() {
    // Were the reference seen, the number would have a name there.
    let gold =
        json!({"text": "it is 4711", "label": [[6, 10, "PIN"]], "pin": "4711", "reference": ["pin 4711"]});
    let measured = object(&pipe(&["--json"], gold.to_string()));
    assert_eq!(counts(&measured, "PIN", &["overlap"]), [0]);
}

#[test]
fn labels_of_one_type_unite_and_types_nest() {
    let gold = json!({"text": "write to jo@example.com now", "label": [
        [9, 15, "EMAIL"], [12, 23, "EMAIL"], [12, 23, "URL"]]});
    let measured = object(&pipe(&["--json"], gold.to_string()));
    assert_eq!(counts(&measured, "EMAIL", &["gold", "exact"]), [1, 1]);
    assert_eq!(counts(&measured, "URL", &["gold", "exact", "full"]), [1, 0, 1]);
}

#[test]
fn several_files_are_summed_up() {
    let done = run(&golden(&["gold.jsonl"]));
    let tables: Vec<String> = out(&done).split("\n\n").map(str::to_owned).collect();
    assert_eq!(tables.len(), 3);
    assert_eq!(tables[0], tables[1]);
    assert!(tables[2].starts_with("all 2 files: 18 texts in 14 conversations, 102 words\n"), "{}", tables[2]);
    // Twice the counts, the same shares.
    let total = |table: &str| table.lines().find(|line| line.starts_with("total")).expect("a sum").to_owned();
    assert_eq!(total(&tables[2]).replacen("20", "10", 1), total(&tables[0]));
    // A missing file is known before anything is measured.
    let done = run(&["gold.jsonl", "none.jsonl"]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(6), ""));
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let text = "call me at 07700 900318 or jo@example.com, badge BDG-1234, thanks so much";
    let gold: String = (0..20_000)
        .map(|n| {
            let label = if n % 3 == 0 { json!([]) } else { json!([[11, 23, "PHONE"]]) };
            json!({"text": text, "label": label, "call_id": n / 7, "turn": n % 7}).to_string() + "\n"
        })
        .collect();
    let measured = |jobs: &str| {
        let done =
            pipe(&["-j", jobs, "--json", "--misses", "4", "--false", "4", "--rules", "rules.toml"], &gold);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        out(&done)
    };
    assert_eq!(measured("1"), measured("5"));
}

#[test]
fn packed_gold_and_odd_lines() {
    let directory = tempfile::tempdir().expect("a directory");
    let gold = "\u{feff}{\"text\":\"jo@example.com\",\"label\":[[0,14,\"EMAIL\"]]}\r\n\r\n  \n{\"text\":\"\",\"label\":[],\"ignore\":null}";
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(gold.as_bytes()).expect("packs");
    let path = directory.path().join("gold.jsonl.gz");
    fs::write(&path, packer.finish().expect("packs")).expect("writes");
    let measured = object(&run(&["--json", path.to_str().expect("UTF-8")]));
    assert_eq!(measured["files"][0]["texts"], 2);
    assert_eq!(counts(&measured, "EMAIL", &["exact"]), [1]);
}

#[test]
fn wrong_gold_is_told_by_place_and_never_by_content() {
    let row = |label: &str| format!("{{\"text\":\"Sesame, jo\",\"label\":{label}}}");
    for (gold, message) in [
        (String::new(), "-: holds no labelled text"),
        ("\n \n".to_owned(), "-: holds no labelled text"),
        ("{\"text\":\"Sesame\",\"synthetic_prompt\":true}".to_owned(), "-: holds no labelled text"),
        ("Sesame".to_owned(), "-:1: not valid JSON at column 1"),
        ("\n{\"text\":\"Sesame\" \"label\":[]}".to_owned(), "-:2: not valid JSON at column 18"),
        ("[{\"text\":\"Sesame\",\"label\":[]}]".to_owned(), "-:1: not a JSON object"),
        ("\"Sesame\"".to_owned(), "-:1: not a JSON object"),
        ("{\"utterance\":\"Sesame\",\"label\":[]}".to_owned(), "-:1: has no `text`"),
        ("{\"text\":[\"Sesame\"],\"label\":[]}".to_owned(), "`text` is no string"),
        ("{\"text\":\"Sesame\"}".to_owned(), "has no `label`"),
        ("{\"text\":\"Sesame\",\"label\":null}".to_owned(), "has no `label`"),
        ("{\"text\":\"Sesame\",\"label\":[],\"entities\":[]}".to_owned(), "keep one"),
        (row("\"Sesame\""), "`label` is no list"),
        (row("[\"Sesame\"]"), "label 1: write [start, end, \"TYPE\"]"),
        (row("[[0,6,\"PERSON\"],[\"Sesame\",1,2]]"), "label 2: start and end are whole numbers"),
        (row("[[0,6]]"), "label 1: write [start, end"),
        (row("[[0,6,\"\"]]"), "label 1: its type is no name"),
        (row("[[0,6,6]]"), "label 1: its type is no name"),
        (row("[[0.5,6,\"PERSON\"]]"), "whole numbers"),
        (row("[[-1,6,\"PERSON\"]]"), "whole numbers"),
        (row("[[6,6,\"PERSON\"]]"), "label 1: starts at 6 and ends at 6"),
        (row("[[6,2,\"PERSON\"]]"), "label 1: starts at 6 and ends at 2"),
        (row("[[8,11,\"PERSON\"]]"), "label 1: ends at 11, but the text has 10 characters"),
        (row("[[4294967296,4294967299,\"PERSON\"]]"), "but the text has 10 characters"),
        (row("[{\"start\":0,\"end\":6,\"label\":\"PERSON\"}]"), "label 1: write"),
        (row("[[0,6,\"PERSON\"],[4,9,\"EMAIL\"]]"), "overlap in part, from 4 to 6"),
        (row(&format!("[[0,6,\"{}\"]]", "Sesame".repeat(20))), "its type is longer than 64 bytes"),
        ("{\"text\":\"Sesame\",\"label\":[],\"ignore\":[[2,9]]}".to_owned(), "ignore 1: ends at 9"),
        ("{\"text\":\"Sesame\",\"label\":[],\"ignore\":7}".to_owned(), "`ignore` is no list"),
        ("{\"text\":\"Sesame\",\"label\":[],\"turn\":\"Sesame\"}".to_owned(), "`turn` is no number"),
        ("{\"text\":\"Sesame\",\"label\":[],\"call_id\":{}}".to_owned(), "`call_id` is neither"),
        ("{\"text\":\"Sesame\",\"label\":[],\"speaker\":[]}".to_owned(), "`speaker` is neither"),
        (
            "{\"text\":\"Sesame\",\"label\":[],\"synthetic_prompt\":\"yes\"}".to_owned(),
            "neither true nor false",
        ),
        (
            format!("{{\"text\":\"{}\",\"label\":[]}}", "Sesame ".repeat(1_300_000)),
            "-:1: longer than the limit",
        ),
    ] {
        let done = pipe(&[], &gold);
        let (said, start) = (err(&done), gold.chars().take(80).collect::<String>());
        assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), ""), "{start}: {said}");
        assert!(said.contains(message), "{start}: {said}");
        assert!(!said.contains("Sesame") && said.starts_with("sourdine: the gold cannot be used"), "{said}");
    }
    let done = pipe(&[], b"{\"text\":\"caf\xE9\",\"label\":[]}\n");
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("-:1: not UTF-8 from byte 13 on"), "{}", err(&done));
}

#[test]
fn up_to_ten_problems_are_told_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).expect("writes");
        path.to_str().expect("UTF-8").to_owned()
    };
    let good = write("good.jsonl", "{\"text\":\"a\",\"label\":[]}\n");
    let (one, many) =
        (write("one.jsonl", "{}\n{\"text\":\"a\",\"label\":[]}\n"), write("many.jsonl", &"{}\n".repeat(30)));
    let done = run(&[&one, &good, &many]);
    let said = err(&done);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), ""));
    assert_eq!(said.matches("has no `text`").count(), 10, "{said}");
    assert!(
        said.contains("one.jsonl:1:") && said.contains("many.jsonl:9:") && said.contains("there may be more")
    );
    // Names of labels are bounded too: text in their place is no list of types.
    let labels: String =
        (0..300).map(|n| format!("{{\"text\":\"ab\",\"label\":[[0,1,\"T{n}\"]]}}\n")).collect();
    let done = pipe(&[], labels);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("-:257: label 1: its type"), "{}", err(&done));
}

#[test]
fn wrong_invocations_say_what_to_do() {
    for (arguments, code, message) in [
        (vec![], 2, "<GOLD>..."),
        (vec!["none.jsonl"], 6, "No such file"),
        (vec!["."], 6, "is a directory"),
        (vec!["gold.jsonl", "--map", "NAME"], 2, "write GOLD=ENTITY, or GOLD= to leave a label out"),
        (vec!["gold.jsonl", "--map", "NAME=PERSN"], 2, "no entity is called `PERSN`"),
        (vec!["gold.jsonl", "--map=A=PIN", "--map=A=BIC"], 2, "`A` is mapped to something else too"),
        (vec!["gold.jsonl", "--entities", "EMIAL"], 2, "no entity is called `EMIAL`"),
        (vec!["gold.jsonl", "--min-score", "7"], 2, "between 0 and 1"),
        (vec!["gold.jsonl", "-j", "0"], 2, "between 1 and 1024"),
    ] {
        let done = run(&arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", err(&done));
        assert!(err(&done).contains(message), "{arguments:?}: {}", err(&done));
        assert_eq!(out(&done), "", "{arguments:?}");
    }
}

#[test]
fn a_gone_reader_is_quiet() {
    let mut gone =
        command(&["gold.jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(gone.stdout.take());
    let gone = gone.wait_with_output().expect("ends");
    assert_eq!((gone.status.code(), err(&gone).as_str()), (Some(141), ""));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let gold = json!({"text": "hear \u{1b}[2Jthis\nBDG-1234 \u{7} now", "label": []}).to_string();
    let done = pipe(&["--rules", "rules.toml", "--false", "1"], gold);
    assert!(out(&done).contains("«BDG-1234»"), "{}", out(&done));
    assert!(!out(&done).contains(|c: char| c.is_control() && c != '\n'), "{}", out(&done));
}

#[test]
fn the_help_fits_80_columns() {
    let help = command(&["--help"]).env("COLUMNS", "80").output().expect("runs");
    let help = out(&help);
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    assert!(help.find("sourdine eval gold.jsonl ").is_some_and(|uses| uses < 100), "{help}");
}

/// What is measured is what is listed: `scan` on the same records.
#[test]
fn measuring_finds_what_scan_finds() {
    use sourdine::detect::{Options, Ruleset};
    use sourdine::engine::{Engine, FileContext, Found, Mode, Output};
    use sourdine::format::{FieldOptions, by_name};
    use sourdine::policy::Policy;

    let mut records = vec![
        json!({"speaker": "Ilse", "text": "é👍 \"jo@example.com\"\t\\ and 4111 1111 1111 1111\u{a0}ok"}),
        json!({"text": "１２ jo＠example.com, 07700\u{a0}900318", "phone": "07700 900318"}),
    ];
    for lang in ["en", "fr", "de", "es", "it"] {
        let path = directory().join(format!("../conversations/{lang}.jsonl"));
        records.extend(fs::read_to_string(path).expect("conversations").lines().map(|line| {
            let row: Value = serde_json::from_str(line).expect("a row");
            json!({"call_id": row["call_id"], "speaker": row["speaker"], "text": row["text"]})
        }));
    }
    let bytes = rows(&records);
    let found = |mode| {
        let rules = Ruleset::load(&[], &Options::default()).expect("shipped rules load");
        // Half of the kinds kept, so that both lists hold something.
        let kept: Vec<String> = ["EMAIL", "IBAN", "REFERENCE"].iter().map(ToString::to_string).collect();
        let policy = Policy::default_for(rules.entities()).only(rules.entities(), &kept).expect("entities");
        let engine = Engine::new(rules, policy, mode, true);
        let layout = (by_name("jsonl").expect("known").open)(b"", &FieldOptions::default()).expect("opens");
        let file = FileContext { layout, name: "-".into(), columns: Vec::new() };
        let mut out = Output::default();
        engine.chunk(&file, bytes.as_bytes(), true, 1, &mut engine.worker(), &mut out);
        (out, engine)
    };
    let (listed, _) = found(Mode::Scan { show_values: false });
    let (measured, engine) = found(Mode::Find);
    let listed: Vec<String> = String::from_utf8(listed.bytes)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|line| line["field"] == "/text")
        .map(|line| {
            format!(
                "{} {} {} {} {}",
                line["record"], line["start"], line["end"], line["entity"], line["rule"]
            )
        })
        .collect();
    let shown = |found: &Found| {
        let (entity, rule) =
            (engine.rules().entities().name(found.entity), engine.rules().rule_id(found.rule));
        format!("{} {} {} {} {}", found.record, found.start, found.end, json!(entity), json!(rule))
    };
    assert_eq!(measured.found.iter().map(shown).collect::<Vec<_>>(), listed);
    assert!(measured.bytes.is_empty() && listed.len() > 100, "{}", listed.len());
    for found in &measured.found {
        let is_masked =
            ["EMAIL", "IBAN", "REFERENCE"].contains(&engine.rules().entities().name(found.entity));
        assert_eq!(found.masked, is_masked);
    }
}
