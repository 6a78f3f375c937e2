//! How many of the addresses that people write and say are found, and how many words are taken for one?
//!
//! The labelled texts (`testdata/addresses`) were written before there was a detector. The table is printed with
//! `cargo test --test addresses -- --nocapture`; the floors below only keep figures from falling.

#![allow(clippy::print_stdout)] // its table is what one asks this test for

mod support;

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;
use sourdine::engine::{Engine, Mode};
use support::{PLAIN, redact};

#[derive(Deserialize)]
struct Row {
    text: String,
    label: Vec<(usize, usize, String)>,
}

fn engine(mode: Mode) -> Engine {
    let rules = sourdine::detect::Ruleset::shipped();
    let policy = sourdine::policy::Policy::default_for(rules.entities());
    Engine::new(rules, policy, mode, true)
}

/// Start and end of what is found in the text of each record, and whether it is an address.
fn found(rows: &[Value]) -> Vec<Vec<(usize, usize, bool)>> {
    let bare = |row: &Value| {
        let keys = ["call_id", "speaker", "text"];
        let kept = keys.iter().filter_map(|key| Some(((*key).to_owned(), row.get(key)?.clone())));
        Value::Object(kept.collect()).to_string() + "\n"
    };
    let text: String = rows.iter().map(bare).collect();
    let lines = redact(&engine(Mode::Scan { show_values: false }), "jsonl", text.as_bytes(), PLAIN).text();
    let mut out = vec![Vec::new(); rows.len()];
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let number = |name: &str| line[name].as_u64().expect("a number") as usize;
        if line["field"] == "/text" {
            out[number("record") - 1].push((number("start"), number("end"), line["entity"] == "ADDRESS"));
        }
    }
    out
}

#[test]
fn addresses_as_people_write_and_say_them() {
    let (mut all, mut innocent) = ((0, 0), 0);
    for lang in ["en", "fr", "de", "es", "it"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/addresses/{lang}.jsonl"));
        let text = fs::read_to_string(path).expect("the labelled texts are there");
        let values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
        let (mut covered, mut gold) = (0, 0);
        for (row, here) in rows.iter().zip(found(&values)) {
            for (start, end, _) in row.label.iter().filter(|label| label.2 == "ADDRESS") {
                let is_covered = |c: usize| here.iter().any(|found| found.0 <= c && c < found.1);
                gold += 1;
                covered += usize::from((*start..*end).all(is_covered));
            }
            let is_false = |found: &&(usize, usize, bool)| {
                found.2 && !row.label.iter().any(|label| label.0 < found.1 && found.0 < label.1)
            };
            for (start, end, _) in here.iter().filter(is_false) {
                innocent += 1;
                println!("false {lang} {start}..{end}: {}", row.text);
            }
        }
        println!("{lang}: {covered} of {gold} covered whole");
        assert!(covered * 100 >= gold * 90, "{lang}: {covered} of {gold}");
        all = (all.0 + covered, all.1 + gold);
    }
    println!("all: {} of {} covered whole, {innocent} false", all.0, all.1);
    assert!(all.0 * 100 >= all.1 * 94, "{all:?}");
    assert!(innocent <= 1, "{innocent} false addresses");
}

/// What people say without an address, by language.
const INNOCENT: &[&str] = &[
    "The Oxford Street branch was helpful. 5 star drive, 24 hour drive, 2 close calls on the way.",
    "Le magasin de la rue de Rivoli. 3 places libres, 2 cours de danse, 15 min de route, sur place à 18 h.",
    "Die Filiale in der Hauptstraße. Am Montag 12 Uhr, im Markt 3 Euro, am 3. Mai, via 3 Mobilfunknetze, Parkplatz 4.",
    "La tienda de la calle Preciados. Escucho calle 13, 2 plazas libres, el apartado 3 del contrato.",
    "Il negozio di via Condotti. Un corso di 3 giorni, via email 3 volte, in largo anticipo di 10 giorni.",
    "my email address is down, 3 people live here, i waited 20 minutes in the street",
];

#[test]
fn ordinary_words_stay() {
    let engine = engine(Mode::Mask);
    for text in INNOCENT {
        let masked = redact(&engine, "text", format!("{text}\n").as_bytes(), PLAIN).text();
        assert!(!masked.contains("ADDRESS"), "{masked}");
    }
}

/// Pieces of addresses and of what looks like one, to be glued together.
const PARTS: &[&str] = &[
    "12 rue de la Paix",
    ", 75002 Paris",
    " 42 Elm Grove Road",
    " Bristol BS6 6AB",
    "Hauptstraße 24",
    " 10827 Berlin",
    "calle Mayor 15",
    " via Roma 12",
    " 20121 Milano",
    "PO Box 55",
    "Postfach 10 12 44",
    "my address is ",
    "j'habite ",
    "ich wohne ",
    "vivo en ",
    "abito in ",
    "douze bis ",
    "forty two ",
    " apartment 4",
    " bâtiment C",
    " rue",
    " street",
    " via",
    " place",
    " 5",
    ", ",
    ". ",
    " ",
    "/",
    "-",
    " de la ",
    " the ",
    " und ",
    " Dr Martin ",
    "06 12 34 56 78",
    "[ADDRESS_3]",
    "where do you live? ",
    "votre adresse ? ",
    " okay",
    "am ",
    "Unter den Eichen ",
    " sieben",
    " 3 minutes",
    "[PERSON_1]",
];

#[test]
fn masked_once_and_for_all() {
    let engine = engine(Mode::Mask);
    let mut random = support::Random::new(23);
    let mut text = String::new();
    for turn in 0..16000 {
        let said: String = (0..random.range(1, 8)).map(|_| random.pick(PARTS)).collect();
        let row = serde_json::json!({"call_id": turn / 4, "speaker": turn % 2, "text": said});
        text += &format!("{row}\n");
    }
    let once = redact(&engine, "jsonl", text.as_bytes(), PLAIN).text();
    let twice = redact(&engine, "jsonl", once.as_bytes(), PLAIN).text();
    let lines: Vec<&str> = once.lines().collect();
    for (at, ((raw, one), two)) in text.lines().zip(&lines).zip(twice.lines()).enumerate() {
        assert_eq!(*one, two, "from {raw:?}, after {:#?}", &lines[at.saturating_sub(4)..at]);
    }
}

/// A megabyte of what looks like the beginning of an address takes about as long as eight pieces of it.
#[test]
fn time_is_linear_in_hostile_text() {
    let engine = engine(Mode::Mask);
    let hostile = [
        "rue ",
        "12 rue de de de ",
        "12 ",
        "street road avenue ",
        "12 a rue via calle ",
        "one two ",
        "Am Weg 12, ",
    ];
    for piece in hostile {
        let took = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len()) + "\n";
            let start = Instant::now();
            redact(&engine, "text", text.as_bytes(), PLAIN);
            start.elapsed()
        };
        let (short, long) = (took(128 << 10), took(1 << 20));
        println!("{piece:22} {short:?} {long:?}");
        assert!(long < short * 40, "{piece:?}: {short:?} for an eighth, {long:?}");
    }
}

/// Money that was said after other sentences was the answer to a question for an address, once what stood between
/// was masked.
#[test]
fn amounts_are_no_answer() {
    let call = "{\"call_id\":1,\"speaker\":\"a\",\"text\":\"The delivery address is 136 Park Avenue, Sheffield S16 6ZY.\"}\n\
        {\"call_id\":1,\"speaker\":\"b\",\"text\":\"Well to caquer, yes have there. Do I still owe £76.50? You can write to me at oliver745@example.org please. The bill comes to £2,686.90. The bill comes to $49.\"}\n";
    let once = redact(&engine(Mode::Mask), "jsonl", call.as_bytes(), PLAIN);
    assert!(once.text().contains("[EMAIL_1] please. The bill comes to £2,686.90. The bill comes to $49."));
    let twice = redact(&engine(Mode::Mask), "jsonl", &once.output, PLAIN);
    assert_eq!(twice.text(), once.text());
}
