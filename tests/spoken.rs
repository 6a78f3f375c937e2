//! Is what people say over the phone masked like what they write?
//!
//! Sentences and short calls as a recogniser puts them down, and what must come out. The generated ones are a
//! sample of what `tools/spoken/generate.py` makes; `tools/spoken/measure.sh` prints the whole table.

mod support;

use std::fs;
use std::path::Path;

use sourdine::detect::{Options, Ruleset};
use sourdine::engine::{Engine, Mode};
use sourdine::policy::Policy;
use support::{PLAIN, redact};

fn engine(mode: Mode) -> Engine {
    let rules = Ruleset::load(&[], &Options::default()).expect("loads");
    let policy = Policy::default_for(rules.entities());
    Engine::new(rules, policy, mode, true)
}

/// Masks a text, and holds that a second run changes nothing.
fn masked(text: &str) -> String {
    let engine = engine(Mode::Mask);
    let once = redact(&engine, "text", text.as_bytes(), PLAIN).text();
    let twice = redact(&engine, "text", once.as_bytes(), PLAIN).text();
    assert_eq!(once, twice, "masked once and for all");
    once
}

#[test]
fn values_said_in_one_turn() {
    for (said, wanted) in [
        (
            "my card is four one one one one one one one one one one one one one one one",
            "my card is [CREDIT_CARD_1]",
        ),
        (
            "ring me on oh seven seven double oh nine hundred one two three please",
            "ring me on [PHONE_1] please",
        ),
        (
            "mon numéro c'est le zéro six trente-neuf quatre-vingt-dix-huit zéro un vingt et un",
            "mon numéro c'est le [PHONE_1]",
        ),
        (
            "mon numero c le zero six trente neuf quatre vingt dix huit zero un vingt et un",
            "mon numero c le [PHONE_1]",
        ),
        (
            "meine nummer ist null eins sieben zwei vierunddreißig zwo acht neunundneunzig elf",
            "meine nummer ist [PHONE_1]",
        ),
        (
            "mi teléfono es el seis uno dos treinta y cuatro cincuenta y seis setenta y ocho",
            "mi teléfono es el [PHONE_1]",
        ),
        ("il mio numero è tre tre tre ventuno quarantadue zero otto uno", "il mio numero è [PHONE_1]"),
        ("c'est jean point dupont arobase orange point fr", "c'est [EMAIL_1]"),
        ("it's mary underscore smith at g mail dot com thanks", "it's [EMAIL_1] thanks"),
        (
            "i was born on the twenty first of march nineteen eighty six",
            "i was born on the [DATE_OF_BIRTH_1]",
        ),
        ("je suis née le douze mai mille neuf cent quatre-vingt-quatre", "je suis née le [DATE_OF_BIRTH_1]"),
        ("my postcode is s w one six six j t", "my postcode is [POSTCODE_1]"),
        (
            "national insurance number a b one two three four five six c",
            "national insurance number [NATIONAL_ID_1]",
        ),
    ] {
        assert_eq!(masked(said), wanted, "{said}");
    }
}

#[test]
fn amounts_times_and_counts_stay() {
    for text in [
        "that comes to two hundred and fifty three pounds forty",
        "ça fait deux cent cinquante-trois euros cinquante",
        "we're open twenty four seven",
        "I waited forty five minutes and then another twenty",
        "le rendez-vous est à quatorze heures trente le douze mars",
        "il y a trois cent quarante mille clients dans douze pays",
        "das macht vierhundertzwölf euro neunzig",
        "los pedidos tardan de cinco a siete días",
        "ho aspettato venticinque minuti al terzo piano",
        "one two three testing",
        "my iphone fifteen broke on the third of june",
        "I'd give it nine out of ten",
        "the point is at the end of the day it works",
        "please send it by s m s or as a p d f",
        "Livraison en 48 h comme promis, colis impeccable.",
        "de 9h à 18h, du lundi au vendredi",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_number_over_several_turns_is_one_value() {
    let call = "\
Agent: can I take your phone number
Customer: it's oh seven seven
Agent: mm-hmm
Customer: double oh nine hundred
Agent: nine hundred
Customer: one two three
Agent: so that's oh seven seven double oh nine hundred one two four
Customer: no one two three
Agent: thank you, that's forty two pounds fifty
";
    let wanted = "\
Agent: can I take your phone number
Customer: it's [PHONE_1]
Agent: mm-hmm
Customer: [PHONE_1]
Agent: [PHONE_1]
Customer: [PHONE_1]
Agent: so that's [PHONE_1]
Customer: no [PHONE_1]
Agent: thank you, that's forty two pounds fifty
";
    assert_eq!(masked(call), wanted);
}

#[test]
fn pieces_of_a_value_share_a_group() {
    let call = "Agent: your phone number\nCustomer: oh seven seven\nAgent: yes\nCustomer: double oh nine hundred\nAgent: yes\nCustomer: one two three\nAgent: and your email\nCustomer: jo at example dot com\n";
    let lines = redact(&engine(Mode::Scan { show_values: false }), "text", call.as_bytes(), PLAIN).text();
    let groups: Vec<Option<u64>> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["group"].as_u64())
        .collect();
    assert_eq!(groups, [Some(1), Some(1), Some(1), None], "{lines}");
}

#[test]
fn the_last_digits_name_the_card() {
    let call = "\
Agent: le numéro de la carte s'il vous plaît
Client: 4970 5902 6635 4362
Agent: d'accord, celle qui finit par quarante-trois soixante-deux
Client: oui quatre trois six deux
";
    let wanted = "\
Agent: le numéro de la carte s'il vous plaît
Client: [CREDIT_CARD_1]
Agent: d'accord, celle qui finit par [CREDIT_CARD_1]
Client: oui [CREDIT_CARD_1]
";
    assert_eq!(masked(call), wanted);
}

#[test]
fn spelled_and_written_names_are_one() {
    let call = "\
Agent: votre nom de famille
Client: moulin m o u l i n
Agent: merci monsieur moulin
";
    let out = masked(call);
    assert!(!out.contains("moulin") && !out.contains("m o u"), "{out}");
}

#[test]
fn a_piece_counts_as_it_is_written() {
    let text = "Agent: your number\nCustomer: oh seven seven double oh nine hundred one two three\nAgent: 07700 900123 right\n";
    assert_eq!(masked(text).matches("[PHONE_1]").count(), 2, "spoken and written are one value");
}

/// Gold of a generated file, and what of it is covered; findings in rows without gold.
fn measured(lang: &str) -> (usize, usize, Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/spoken/generated/{lang}.jsonl"));
    let text = fs::read_to_string(path).expect("the sample is there");
    let rows: Vec<serde_json::Value> =
        text.lines().map(|l| serde_json::from_str(l).expect("a row")).collect();
    let plain: String = rows
        .iter()
        .map(|row| {
            serde_json::json!({"call_id": row["call_id"], "speaker": row["speaker"], "text": row["text"]})
                .to_string()
                + "\n"
        })
        .collect();
    let lines = redact(&engine(Mode::Scan { show_values: false }), "jsonl", plain.as_bytes(), PLAIN).text();
    let mut found = vec![Vec::new(); rows.len() + 1];
    for line in lines.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let number = |name: &str| finding[name].as_u64().expect("a number") as usize;
        if finding["field"] == "/text" && finding["entity"] != "DATE" {
            found[number("record")].push((number("start"), number("end")));
        }
    }
    let (mut gold, mut covered, mut innocent) = (0, 0, Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let here = &found[at + 1];
        let labels = row["label"].as_array().expect("labels");
        for label in labels {
            let side = |at: usize| label[at].as_u64().expect("a number") as usize;
            gold += 1;
            covered += usize::from(here.iter().any(|found| found.0 <= side(0) && side(1) <= found.1));
        }
        if labels.is_empty() && !here.is_empty() {
            innocent.push(row["text"].to_string());
        }
    }
    (gold, covered, innocent)
}

#[test]
fn generated_identifiers_are_covered_and_nothing_else() {
    for lang in ["en", "fr", "de", "es", "it"] {
        let (gold, covered, innocent) = measured(lang);
        assert!(gold > 100 && covered * 100 >= gold * 97, "{lang}: {covered} of {gold}");
        assert!(innocent.is_empty(), "{lang}: {innocent:?}");
    }
}

/// What an attack found: each case with what was wrong.
#[test]
fn regressions() {
    // A line break inside a text field ended a number.
    let wrapped = "{\"text\":\"oh seven seven double oh\\nnine hundred one two three\"}\n";
    let out = redact(&engine(Mode::Mask), "jsonl", wrapped.as_bytes(), PLAIN).text();
    assert_eq!(out, "{\"text\":\"[PHONE_1]\"}\n");
    // Vowels behind a digit were no letters.
    assert_eq!(masked("my postcode is s w one a two a a"), "my postcode is [POSTCODE_1]");
    // The echo of a number that nobody can name stayed readable.
    let out = masked("Agent: what does it say\nCustomer: it says 4419527\nAgent: 4419\n");
    assert!(!out.contains("4419"), "{out}");
    // All utterances of a record were taken for one speaker's.
    let nested = r#"{"call_id":"1","utterances":[{"speaker":"agent","text":"how many units"},{"speaker":"customer","text":"one two three four"},{"speaker":"agent","text":"five six seven eight"}]}"#;
    let out = redact(&engine(Mode::Mask), "jsonl", format!("{nested}\n").as_bytes(), PLAIN).text();
    assert_eq!(out, format!("{nested}\n"));
    // A letter and a year that belong to a name, an address behind them.
    let out = masked("it is D K E two thousand and one at example dot org");
    assert!(!out.contains("D K E"), "{out}");
    // Letters with words that are in no alphabet.
    let out = masked("it's spelt B for Bertie, E for Edward, N for Nora");
    assert_eq!(out, "it's spelt [SPELLED_1]");
    // A first name that is also a word for its letter was taken into the number before it.
    assert_eq!(masked("numéro client 204417, Marie Dupont"), "numéro client [REFERENCE_1], [PERSON_1]");
    assert_eq!(masked("my reference is four four one seven bravo"), "my reference is [REFERENCE_1]");
    // Who counts says no number.
    assert_eq!(masked("one two three four five six seven eight"), "one two three four five six seven eight");
    assert_eq!(
        masked("between two thousand and fifteen and two thousand nineteen"),
        "between two thousand and fifteen and two thousand nineteen"
    );
}

/// A regression: words around spelled letters were looked for where the letters are heard, not where they stand, so
/// that the first bytes of a file alone had any.
#[test]
fn where_a_line_stands_in_its_file_changes_nothing() {
    let engine = engine(Mode::Mask);
    let mut lines: Vec<String> = vec![
        "it is spelled D A I N ok".into(),
        "my surname is E-O-I-N".into(),
        "mein name ist k o h l".into(),
        "the code is q seven r two".into(),
    ];
    for lang in ["en", "fr", "de", "es", "it"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/spoken/{lang}.jsonl"));
        let turns = fs::read_to_string(path).expect("the conversations are there");
        for turn in turns.lines().step_by(7) {
            let turn: serde_json::Value = serde_json::from_str(turn).expect("a turn");
            lines.push(turn["text"].as_str().expect("a text").to_owned());
        }
    }
    let alone: String = lines
        .iter()
        .map(|line| redact(&engine, "text", format!("{line}\n").as_bytes(), PLAIN).text())
        .collect();
    let all = redact(&engine, "text", format!("{}\n", lines.join("\n")).as_bytes(), PLAIN).text();
    for (one, of_all) in alone.lines().zip(all.lines()) {
        assert_eq!(one, of_all);
    }
    assert_eq!(alone, all);
}

#[test]
fn letters_that_hyphens_join_are_spelled_vowels_too() {
    for (said, wanted) in [
        ("It's Oyelaran. O-Y-E-L-A-R-A-N.", "It's [PERSON_1]. [PERSON_1]."),
        ("Caoimhe. C-A-O-I-M-H-E.", "[PERSON_1]. [PERSON_1]."),
        ("my surname is E-O-I-N", "my surname is [SPELLED_1]"),
        ("that's T I M H E S T", "that's [SPELLED_1]"),
        ("hi, i m 15 btw", "hi, i m 15 btw"),
        ("appt w Priya sat 10am pls n thx", "appt w [PERSON_1] sat 10am pls n thx"),
    ] {
        assert_eq!(masked(said), wanted);
    }
}

#[test]
fn digits_said_one_by_one_are_a_code() {
    for (said, wanted) in [
        ("siete siete cero ocho tres uno", "[NUMBER_1]"),
        ("moment kam an sieben sieben null eins neun vier", "moment kam an [NUMBER_1]"),
        ("eight oh three six", "[NUMBER_1]"),
        ("one two three four five six seven eight", "one two three four five six seven eight"),
        (
            "the card business made 550 million ending in june",
            "the card business made 550 million ending in june",
        ),
        ("two million u.s. customers", "two million u.s. customers"),
        ("they lost three two and won four one", "they lost three two and won four one"),
        ("you press two five eight zero hash", "you press [PIN_1]"),
    ] {
        assert_eq!(masked(said), wanted);
    }
}

#[test]
fn days_of_birth_as_people_say_them() {
    for (said, wanted) in [
        ("geboren am vierzehnten mai dreiundachtzig", "geboren am [DATE_OF_BIRTH_1]"),
        ("ich bin am dritten märz einundsechzig geboren", "ich bin am [DATE_OF_BIRTH_1] geboren"),
        (
            "and your date of birth\nseven nineteen sixty eight",
            "and your date of birth\nseven nineteen sixty eight",
        ),
    ] {
        assert_eq!(masked(said), wanted);
    }
    let call = "Agent: and your date of birth\nCustomer: seven nineteen sixty eight\n\n\
                Agent: wann sind sie geboren\nKunde: im november neunundfünfzig\n";
    let wanted = "Agent: and your date of birth\nCustomer: [DATE_OF_BIRTH_1]\n\n\
                  Agent: wann sind sie geboren\nKunde: im [DATE_OF_BIRTH_1]\n";
    assert_eq!(masked(call), wanted);
}

#[test]
fn what_is_read_back_of_a_value_goes_as_far_as_the_value() {
    let call = "Agent: votre numéro de permis\nClient: c'est douze a l zéro zéro quatre vingt treize cinq\n\
                Agent: 12 al 00 93 5 très bien\n";
    let wanted = "Agent: votre numéro de permis\nClient: c'est [DRIVING_LICENCE_1]\n\
                  Agent: [DRIVING_LICENCE_1] très bien\n";
    assert_eq!(masked(call), wanted);
}

#[test]
fn a_part_of_an_address_is_known_again() {
    let call = "Agent: it's w w w dot northmoor dash energy dot example slash move\n\
                Customer: northmoor dash energy dash like a hyphen\nAgent: yeah hyphen dot example slash move\n\
                Customer: that was a lot of energy and a slash of paint\n";
    let wanted = "Agent: it's [URL_1]\nCustomer: [URL_1] dash like a hyphen\nAgent: yeah hyphen [URL_1]\n\
                  Customer: that was a lot of energy and a slash of paint\n";
    assert_eq!(masked(call), wanted);
}

#[test]
fn the_country_of_an_iban_goes_with_it() {
    for (said, wanted) in [
        ("the iban is i e eight two a i b k nine five oh two", "the iban is [IBAN_1]"),
        ("el iban es e ese cincuenta y dos veintiuno", "el iban es [IBAN_1]"),
        ("il mio iban è i ti sessantanove a zero due", "il mio iban è [IBAN_1]"),
        ("iban ist de 89 37 04 00 44 05 32 01 30 00", "iban ist [IBAN_1]"),
        ("un virement sur mon iban de 20 euros", "un virement sur mon iban de 20 euros"),
    ] {
        assert_eq!(masked(said), wanted);
    }
}

/// A regression: what was masked once more was held against every piece of its turn.
#[test]
fn a_turn_full_of_parts_of_an_address_takes_linear_time() {
    let engine = engine(Mode::Mask);
    let took = |times: usize| {
        let call = format!(
            "Agent: it's jean dot dupont dash martin at example dot com\nClient: {}\n",
            "dot dupont dash martin dash ".repeat(times)
        );
        let start = std::time::Instant::now();
        redact(&engine, "text", call.as_bytes(), PLAIN);
        start.elapsed()
    };
    let (short, long) = (took(3_000), took(24_000));
    assert!(long < short * 40, "{short:?} for an eighth, {long:?}");
}
