//! Does masking what is masked change nothing, whatever is glued to whatever?

mod support;

use sourdine::engine::Engine;
use sourdine::model::BRACKETS;
use support::{PLAIN, Random, engine, redact};

const PARTS: &[&str] = &[
    "jo@example.com",
    "06 12 34 56 78",
    "0612345678",
    "4111 1111 1111 1111",
    "FR1420041010050500013M02606",
    "https://ex.com/a",
    "née le 12/03/1980",
    "cvv 123",
    "12/27",
    "order AB-1234",
    "[EMAIL_3]",
    "****",
    "1 84 12 76 451 089 46",
    "SW1A 1AA",
    "192.168.1.1",
    "2001:db8::1",
    "00:1A:2B:3C:4D:5E",
    "www.exemple.fr",
    "12345678",
    " ",
    ". ",
    ", ",
    "-",
    "/",
    ":",
    "(",
    ")",
    "x",
    "é",
    "1",
    "le ",
    "and ",
    "code postal ",
    "75011",
    "date of birth ",
    "phone ",
    "\t",
    "Marie: ",
    "Agent: ",
    "pin 4817 ",
    "IBAN ",
    "{PHONE_2}",
    "<EMAIL_4>",
    "password: ",
    "https://ex.com/",
    "[PERSON_9]: ",
];

fn glued(random: &mut Random) -> String {
    (0..random.range(1, 7)).map(|_| random.pick(PARTS)).collect()
}

/// The engine with labels in each style.
fn engines() -> impl Iterator<Item = Engine> {
    BRACKETS.into_iter().map(|brackets| engine().bracketed(brackets))
}

#[test]
fn lines_of_text() {
    for engine in engines() {
        let mut random = Random::new(17);
        let text: String = (0..6000).map(|_| glued(&mut random) + "\n").collect();
        let once = redact(&engine, "text", text.as_bytes(), PLAIN).text();
        let twice = redact(&engine, "text", once.as_bytes(), PLAIN).text();
        let lines: Vec<&str> = text.lines().collect();
        for (at, ((raw, one), two)) in lines.iter().zip(once.lines()).zip(twice.lines()).enumerate() {
            assert_eq!(one, two, "from {raw:?}, after {:#?}", &lines[at.saturating_sub(9)..at]);
        }
    }
}

#[test]
fn turns_of_calls() {
    for engine in engines() {
        let mut random = Random::new(18);
        let mut text = String::new();
        for turn in 0..6000 {
            let said = serde_json::to_string(&glued(&mut random)).expect("a string");
            text += &format!("{{\"call_id\":{},\"speaker\":\"agent\",\"text\":{said}}}\n", turn / 5);
        }
        let once = redact(&engine, "jsonl", text.as_bytes(), PLAIN).text();
        let twice = redact(&engine, "jsonl", once.as_bytes(), PLAIN).text();
        let lines: Vec<&str> = once.lines().collect();
        for (at, ((raw, one), two)) in text.lines().zip(&lines).zip(twice.lines()).enumerate() {
            assert_eq!(*one, two, "from {raw:?}, after {:#?}", &lines[at.saturating_sub(9)..at]);
        }
    }
}

/// A label in one style keeps its number from others, whatever style they have.
#[test]
fn tags_of_every_style_are_skipped_by_numbering() {
    for engine in engines() {
        let masked =
            redact(&engine, "text", b"[EMAIL_1] {EMAIL_2} <EMAIL_3> and jo@example.com\n", PLAIN).text();
        assert!(
            masked.starts_with("[EMAIL_1] {EMAIL_2} <EMAIL_3> and ") && masked.contains("EMAIL_4"),
            "{masked}"
        );
    }
}

/// What the rules' own examples become in each style stays as it is.
#[test]
fn examples_in_every_style() {
    for engine in engines() {
        let finds = engine.rules().rules().iter().flat_map(|rule| &rule.finds);
        let text: String =
            finds.map(|find| find.replace("{{", "").replace("}}", "").replace('\n', " ") + "\n").collect();
        let once = redact(&engine, "text", text.as_bytes(), PLAIN).text();
        let twice = redact(&engine, "text", once.as_bytes(), PLAIN).text();
        let lines: Vec<&str> = once.lines().collect();
        for (at, ((raw, one), two)) in text.lines().zip(&lines).zip(twice.lines()).enumerate() {
            assert_eq!(*one, two, "from {raw:?}, after {:#?}", &lines[at.saturating_sub(9)..at]);
        }
    }
}
