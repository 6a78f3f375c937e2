//! Does what we show and what is odd come out exactly as it stands in the repository?
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the outputs anew; read the difference before you commit it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{PLAIN, engine, redact};

fn check(input: &Path, output: &Path) {
    let format = match input.extension().and_then(|end| end.to_str()) {
        Some("txt") => "text",
        Some(other) => other,
        None => panic!("{} has no ending", input.display()),
    };
    let outcome = redact(&engine(), format, &fs::read(input).expect("an input"), PLAIN);
    let audit = output.with_extension("audit");
    let lines = outcome.record_lines().join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(output, &outcome.output).expect("writes");
        fs::write(&audit, &lines).expect("writes");
    }
    let expected = fs::read(output).expect("an expected output");
    assert_eq!(outcome.text(), String::from_utf8(expected).expect("UTF-8"), "{}", input.display());
    assert_eq!(lines, fs::read_to_string(&audit).expect("an expected audit"), "{}", input.display());
    // What is masked stays as it is.
    let again = redact(&engine(), format, &outcome.output, PLAIN);
    assert_eq!(again.text(), outcome.text(), "{} a second time", input.display());
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

#[test]
fn the_demo() {
    for (name, end) in [("call_en", "txt"), ("appel_fr", "jsonl"), ("verbatims", "csv")] {
        let output = testdata().join(format!("golden/demo/{name}.{end}"));
        check(&testdata().join(format!("demo/{name}.{end}")), &output);
    }
}

#[test]
fn odd_json() {
    check(&testdata().join("golden/odd_json/input.jsonl"), &testdata().join("golden/odd_json/output.jsonl"));
}

#[test]
fn odd_tables() {
    check(&testdata().join("golden/odd_csv/input.csv"), &testdata().join("golden/odd_csv/output.csv"));
}

#[test]
fn odd_text() {
    check(&testdata().join("golden/odd_text/input.txt"), &testdata().join("golden/odd_text/output.txt"));
}
