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

/// Each was found by attacking the program: what stands before the arrow becomes what stands behind it.
#[test]
fn regressions() {
    for (name, input, output) in [
        (
            "an address after a number and a joint",
            "12:30jo@example.com 3/4.jo@example.com",
            "12:[EMAIL_1] 3/[EMAIL_2]",
        ),
        (
            "a label is no context",
            "12/26 [CARD_CVV_1] and [POSTCODE_1] 2019.",
            "12/26 [CARD_CVV_1] and [POSTCODE_1] 2019.",
        ),
        ("an address glued to a date", "née le 12/03/1980.jo@example.com", "née le [EMAIL_1]"),
        ("a heading is no speaker", "Geburtsdatum: 12.03.1980", "Geburtsdatum: [DATE_OF_BIRTH_1]"),
        ("a date is no telephone number", "le 06 12 2023 et le 07 11 2024", "le 06 12 2023 et le 07 11 2024"),
        (
            "a telephone number is no date",
            "née le 12/03/1980, tél 06 12 34 56 78",
            "née le [DATE_OF_BIRTH_1], tél [PHONE_1]",
        ),
        ("an amount is no reference", "ticket price 1500 euros", "ticket price 1500 euros"),
        (
            "round numbers",
            "pour 2 500 000 unités, population 67000000",
            "pour 2 500 000 unités, population 67000000",
        ),
        ("an address before a control character", "EA::\u{b}EA::AAE0", "[IP_ADDRESS_1]\u{b}[IP_ADDRESS_2]"),
        ("colons after a number", "i33333333333330::AAA", "[NUMBER_1][IP_ADDRESS_1]"),
        ("a card that is no telephone number", "call me on 4111 1111 1111 1112", "call me on [NUMBER_1]"),
        ("tabs between groups", "card 4111\t1111\t1111\t1111 ok", "card [CREDIT_CARD_1] ok"),
    ] {
        let engine = engine();
        let masked = support::redact_line(&engine, input);
        assert_eq!(support::redact_line(&engine, &masked), masked, "{name}, a second time");
        assert_eq!(masked, output, "{name}");
    }
    let engine = engine();
    for (name, input, output) in [
        (
            "a speaker that is a number",
            r#"{"speaker":"+33612345678","text":"x"}"#,
            r#"{"speaker":"[PHONE_1]","text":"x"}"#,
        ),
        ("a value without digits", r#"{"bic":"BNPAFRPPXXX"}"#, r#"{"bic":"[BIC_1]"}"#),
        ("a name two levels up", r#"{"phone":{"value":612345678}}"#, r#"{"phone":{"value":"[PHONE_1]"}}"#),
        (
            "a time stamp of birth",
            r#"{"dateOfBirth":"1980-03-12T00:00:00Z"}"#,
            r#"{"dateOfBirth":"[DATE_OF_BIRTH_1]T00:00:00Z"}"#,
        ),
    ] {
        assert_eq!(redact(&engine, "jsonl", input.as_bytes(), PLAIN).text(), output, "{name}");
    }
    // A sentence that stands alone in a table is no header.
    let row = redact(&engine, "csv", b"a,my name is Marie Dupont\n", PLAIN).text();
    assert_eq!(row, "a,my name is [PERSON_1]\n");
    // Pointers into one long record are found in one walk, not one each.
    let many = format!("{{\"text\":[{}]}}", vec!["\"jo@example.com\""; 50_000].join(","));
    let outcome = redact(&engine, "jsonl", many.as_bytes(), PLAIN);
    assert!(outcome.audit.contains("[\"/text/49999\",\"EMAIL\""));
}
