//! Is a document of every make masked whole, and nothing else of it changed?
//!
//! The samples in `testdata/formats` are made by `tools/formats/samples.py`; `UPDATE_GOLDEN=1 cargo test --test
//! formats` writes their masked forms anew; read the difference before you commit it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sourdine::limits;
use support::{Outcome, PLAIN, Way, engine, redact};

/// What the two calls must not leak, in lower case, as written and as said.
const CANARIES: &[&str] = &[
    "john",
    "jon ",
    "whitlo",
    "wetlock",
    "nadia",
    "brandt",
    "marlène",
    "marl\\u00e8ne",
    "quentin",
    "4111",
    "1111 ",
    "020 7946",
    "7946 0123",
    "442079460123",
    "0207 946",
    "06 39 98",
    "639981234",
    "four one one",
    "one one one",
    "oh two oh",
    "example dot com",
];

fn samples() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats");
    let mut samples: Vec<PathBuf> = fs::read_dir(directory)
        .expect("the samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .filter(|path| !path.to_string_lossy().ends_with(".masked.json"))
        .collect();
    samples.sort();
    samples
}

/// The log less its digests, in which any four digits may stand.
fn without_digests(audit: &str) -> String {
    let parts = audit.split('"');
    let is_digest = |part: &&str| part.len() >= 32 && part.bytes().all(|b| b.is_ascii_hexdigit());
    parts.filter(|part| !is_digest(part)).collect::<Vec<_>>().join("\"")
}

fn assert_no_canary(name: &str, outcome: &Outcome) {
    for (what, text) in [("output", outcome.text()), ("audit", without_digests(&outcome.audit))] {
        let text = text.to_lowercase();
        for canary in CANARIES {
            let at = text.find(canary);
            assert!(at.is_none(), "{name}: `{canary}` at byte {} of the {what}", at.unwrap_or(0));
        }
    }
}

#[test]
fn documents_come_out_as_they_stand_in_the_repository() {
    let samples = samples();
    assert!(samples.len() >= 16, "{} samples", samples.len());
    for sample in samples {
        let name = sample.file_name().expect("a name").to_string_lossy().into_owned();
        let raw = fs::read(&sample).expect("a sample");
        let outcome = redact(&engine(), "json", &raw, PLAIN);
        assert_eq!(outcome.report.end.quarantined, 0, "{name}");
        assert_no_canary(&name, &outcome);
        let golden = sample.with_extension("masked.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &outcome.output).expect("writes");
        }
        assert_same(&name, &outcome.text(), &fs::read_to_string(&golden).expect("its masked form"));
        let again = redact(&engine(), "json", &outcome.output, PLAIN);
        assert_same(&format!("{name} a second time"), &again.text(), &outcome.text());
        let (before, after) = (parse(&raw), parse(&outcome.output));
        same_but_masked(&name, "", &before, &after);
        joins_hold(&name, &before, &after);
    }
}

/// Long texts are the same; if not, the places where they part are shown.
fn assert_same(what: &str, now: &str, expected: &str) {
    let equal = now.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let from = equal.saturating_sub(60);
        String::from_utf8_lossy(&text.as_bytes()[from..text.len().min(equal + 60)]).into_owned()
    };
    assert!(
        now == expected,
        "{what}: at byte {equal}\n  now      {}\n  expected {}",
        around(now),
        around(expected)
    );
}

fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("JSON")
}

/// Only strings change, into such with a tag or, in lists of words, nothing; and numbers that follow from them.
fn same_but_masked(name: &str, at: &str, before: &Value, after: &Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let names = |of: &serde_json::Map<String, Value>| of.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(before), names(after), "{name} {at}");
            for (key, value) in before {
                same_but_masked(name, &format!("{at}/{key}"), value, &after[key]);
            }
        }
        (Value::Array(before), Value::Array(after)) if at.ends_with("/tokens") && after.is_empty() => {
            assert!(before.iter().all(Value::is_number), "{name} {at}");
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len(), "{name} {at}");
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                same_but_masked(name, &format!("{at}/{index}"), before, after);
            }
        }
        (Value::String(before), Value::String(after)) => {
            assert!(before == after || after.is_empty() || after.contains('['), "{name} {at}: {after}");
        }
        (Value::Number(before), Value::Number(after)) => {
            let follows =
                at.contains("CharacterOffsets") || at.contains("character_offset") || at.ends_with("/id");
            assert!(before == after || follows, "{name} {at}: {after}");
        }
        _ => assert_eq!(before, after, "{name} {at}"),
    }
}

/// The strings of a list of words, as they are joined: blanks between them, none before a stop, unless they bring
/// their own.
fn joined(words: &[String]) -> String {
    let brings_blanks = words.iter().any(|word| word.starts_with(' '));
    words.iter().filter(|word| !word.is_empty()).fold(String::new(), |mut text, word| {
        let is_stop = word.chars().all(|c| ".,?!".contains(c));
        if !text.is_empty() && !brings_blanks && !is_stop {
            text.push(' ');
        }
        text + word
    })
}

/// Lists of words in a value: what leads to each, and its words in both documents.
fn lists(at: &str, before: &Value, after: &Value, out: &mut Vec<(String, Vec<String>, Vec<String>)>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            before.iter().for_each(|(key, value)| lists(&format!("{at}/{key}"), value, &after[key], out));
        }
        (Value::Array(before), Value::Array(after)) => {
            let word = |element: &Value, key: &str| {
                let value = match key {
                    "content in alternatives" => element.pointer("/alternatives/0/content"),
                    key => element.get(key),
                };
                value.and_then(Value::as_str).map(str::to_owned)
            };
            let keys = [
                "word",
                "text",
                "punctuated_word",
                "displayText",
                "char",
                "content",
                "Content",
                "content in alternatives",
            ];
            for key in keys {
                let of = |array: &[Value]| {
                    array.iter().map(|element| word(element, key)).collect::<Option<Vec<_>>>()
                };
                if let (Some(before), Some(after)) = (of(before), of(after)) {
                    out.push((format!("{at}/*/{key}"), before, after));
                }
            }
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                lists(&format!("{at}/{index}"), before, after, out);
            }
        }
        _ => {}
    }
}

fn strings(before: &Value, after: &Value, out: &mut Vec<(String, String)>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            before.iter().for_each(|(key, value)| strings(value, &after[key], out));
        }
        (Value::Array(before), Value::Array(after)) => {
            before.iter().zip(after).for_each(|(before, after)| strings(before, after, out));
        }
        (Value::String(before), Value::String(after)) => out.push((before.clone(), after.clone())),
        _ => {}
    }
}

/// A list of words that was a text of its document is the same text of the masked one.
fn joins_hold(name: &str, before: &Value, after: &Value) {
    let (mut words, mut texts) = (Vec::new(), Vec::new());
    lists("", before, after, &mut words);
    strings(before, after, &mut texts);
    let mut held = 0;
    for (at, before, after) in &words {
        let (was, now) = (joined(before), joined(after));
        let spaced = |text: &str| text.split_whitespace().count() > 2;
        let mut equal = texts.iter().filter(|(text, _)| spaced(text) && text.trim() == was.trim()).peekable();
        if equal.peek().is_some() {
            held += 1;
            assert!(equal.any(|(_, masked)| masked.trim() == now.trim()), "{name} {at}: {now}");
        }
    }
    // Some have no words, and those of others are no text of theirs by themselves: without stops, or with marks of the
    // model.
    let has_none = ["openai_diarized.json", "contact_lens.json"];
    let has_words = !["azure_short.json", "openai_verbose.json", "whisper_cpp.json"].contains(&name)
        && !has_none.contains(&name);
    assert!(held > 0 || !has_words, "{name}: no list of words was a text");
}

#[test]
fn documents_come_out_alike_however_they_are_read() {
    for sample in samples() {
        let raw = fs::read(&sample).expect("a sample");
        let expected = fs::read_to_string(sample.with_extension("masked.json")).expect("its masked form");
        for (jobs, chunk_bytes, read_bytes) in [(2, 1, 1 << 20), (1, 4096, 977), (2, 1 << 18, 1 << 12)] {
            let way = Way { jobs, chunk_bytes, chunks_ahead: 1, read_bytes };
            let outcome = redact(&engine(), "json", &raw, way);
            assert_same(&format!("{} {way:?}", sample.display()), &outcome.text(), &expected);
        }
    }
}

/// One document a line, in an array, in an object with an array, one after the other: each comes out the same.
#[test]
fn documents_come_out_alike_wherever_they_stand() {
    for sample in samples() {
        let name = sample.display();
        let compact = parse(&fs::read(&sample).expect("a sample")).to_string();
        let alone = redact(&engine(), "json", compact.as_bytes(), PLAIN).text();
        let lines = redact(&engine(), "json", format!("{compact}\n{compact}\n").as_bytes(), PLAIN);
        assert_same(&format!("{name}"), &lines.text(), &format!("{alone}\n{alone}\n"));
        let array = redact(&engine(), "json", format!("[{compact},\n {compact}]\n").as_bytes(), PLAIN);
        assert_same(&format!("{name}"), &array.text(), &format!("[{alone},\n {alone}]\n"));
        // JSON lines look at fewer strings for names, and at what repeats the text as here.
        let jsonl = redact(&engine(), "jsonl", format!("{compact}\n").as_bytes(), PLAIN);
        assert_no_canary(&name.to_string(), &jsonl);
    }
}

/// Times, numbers of cues, marks and line ends stay; what goes on from cue to cue is masked in each of them.
#[test]
fn captions_come_out_as_they_stand_in_the_repository() {
    for name in ["teams.vtt", "zoom.vtt", "call.srt"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats").join(name);
        let (stem, format) = name.split_once('.').expect("an ending");
        let raw = fs::read(&sample).expect("a sample");
        let outcome = redact(&engine(), format, &raw, PLAIN);
        assert_no_canary(name, &outcome);
        let golden = sample.with_file_name(format!("{stem}.masked.{format}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &outcome.output).expect("writes");
        }
        assert_same(name, &outcome.text(), &fs::read_to_string(&golden).expect("its masked form"));
        let again = redact(&engine(), format, &outcome.output, PLAIN);
        assert_same(&format!("{name} a second time"), &again.text(), &outcome.text());
        let way = Way { jobs: 2, chunk_bytes: 1, chunks_ahead: 1, read_bytes: 7 };
        assert_same(
            &format!("{name} {way:?}"),
            &redact(&engine(), format, &raw, way).text(),
            &outcome.text(),
        );
        let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
        let raw = String::from_utf8(raw).expect("UTF-8");
        let (before, after) = (lines(&raw), lines(&outcome.text()));
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(after) {
            assert!(*before == after || after.contains('['), "{name}: {after}");
        }
    }
}

/// Times, channels, columns and blanks stay; a line keeps its word, so what goes on over several lines is masked in each.
#[test]
fn time_marked_words_come_out_as_they_stand_in_the_repository() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats/call.ctm");
    let raw = fs::read(&sample).expect("the sample");
    let outcome = redact(&engine(), "ctm", &raw, PLAIN);
    assert_eq!((outcome.report.end.quarantined, outcome.report.end.records), (0, 2));
    assert_no_canary("call.ctm", &outcome);
    let golden = sample.with_file_name("call.masked.ctm");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &outcome.output).expect("writes");
    }
    assert_same("call.ctm", &outcome.text(), &fs::read_to_string(&golden).expect("its masked form"));
    let again = redact(&engine(), "ctm", &outcome.output, PLAIN);
    assert_same("call.ctm a second time", &again.text(), &outcome.text());
    for (jobs, chunk_bytes, read_bytes) in [(3, 1, 7), (1, 100, 977), (3, 4096, 1 << 20)] {
        let way = Way { jobs, chunk_bytes, chunks_ahead: 1, read_bytes };
        let other = redact(&engine(), "ctm", &raw, way);
        assert_same(&format!("{way:?}"), &other.text(), &outcome.text());
        assert_eq!(other.record_lines(), outcome.record_lines(), "{way:?}");
    }
    let raw = String::from_utf8(raw).expect("UTF-8");
    let masked = outcome.text();
    assert_eq!(raw.lines().count(), masked.lines().count());
    for (before, after) in raw.lines().zip(masked.lines()) {
        let gaps = |line: &str| line.split(|c| c != ' ' && c != '\t').collect::<String>();
        assert!(before.starts_with(";;") || gaps(before) == gaps(after), "{after}");
        for (before, after) in before.split_whitespace().zip(after.split_whitespace()) {
            assert!(before == after || after.contains('['), "{after}");
        }
    }
}

fn ctm(text: &str) -> Outcome {
    redact(&engine(), "ctm", text.as_bytes(), PLAIN)
}

/// The words of one recording, a word each tenth of a second.
fn recording(file: &str, channel: &str, from: usize, words: &str) -> String {
    let timed = words.split(' ').enumerate().map(|(at, word)| {
        let tenths = from + at;
        format!("{file} {channel} {}.{} 0.1 {word}\n", tenths / 10, tenths % 10)
    });
    timed.collect()
}

/// A question on one channel and its answer on the other are read in the order in which they were said.
#[test]
fn channels_of_time_marked_words_take_turns() {
    let text = recording("c", "A", 0, "what is your date of birth")
        + &recording("c", "A", 40, "thank you")
        + &recording("c", "B", 15, "it is the twelfth of may nineteen eighty");
    let masked = ctm(&text).text();
    assert!(masked.contains(" [DATE_OF_BIRTH_1]\n") && !masked.contains("eighty"), "{masked}");
}

/// Lines that cannot be read become comments; the lines around them are one conversation still.
#[test]
fn lines_of_no_time_marked_word_are_quarantined() {
    let text = "c A 0.1 0.2 hi\nc A 0.4 x my\nc A 0.4 0.1\r\nc A 0.4 0.1 i'm\nc A 0.6 0.1 john\nc A 0.8 0.1 whitlock\nc A 1.0";
    let outcome = ctm(text);
    assert_eq!(
        outcome.text(),
        "c A 0.1 0.2 hi\n;; [QUARANTINED]\n;; [QUARANTINED]\r\nc A 0.4 0.1 i'm\nc A 0.6 0.1 [PERSON_1]\nc A 0.8 0.1 [PERSON_1]\n;; [QUARANTINED]"
    );
    assert_eq!((outcome.report.end.quarantined, outcome.report.end.records), (3, 5));
}

/// Aligners write tokens of a model, and sentences with signs for blanks.
#[test]
fn tokens_and_sentences_are_time_marked_too() {
    let tokens = "c 1 0.1 0.1 \u{2581}write\nc 1 0.2 0.1 \u{2581}to\nc 1 0.3 0.1 \u{2581}jo\nc 1 0.4 0.1 @\nc 1 0.5 0.1 @exam\nc 1 0.6 0.1 ple.com\n";
    let masked = ctm(tokens).text();
    assert!(masked.contains("0.3 0.1 \u{2581}[EMAIL_1]\n") && !masked.contains("exam"), "{masked}");
    let sentence = "c 1 0.1 2.1 this<space>is<space>Marie<space>Dupont<space>speaking NA lex NA\n";
    assert_eq!(
        ctm(sentence).text(),
        "c 1 0.1 2.1 this<space>is<space>[PERSON_1]<space>[PERSON_1]<space>speaking NA lex NA\n"
    );
}

/// Each recording is read by itself; one that is too long is cut where its lines end, for any size of chunks.
#[test]
fn long_recordings_are_cut_and_others_are_not() {
    let of = |file: usize| recording(&format!("rec{file:05}"), "1", 0, "my mail is jo@example.com");
    let outcome = ctm(&(0..500).map(of).collect::<String>());
    assert_eq!((outcome.report.end.records, outcome.report.end.cut), (500, 0));
    assert_eq!(outcome.text().matches("[EMAIL_1]").count(), 500);
    let long = recording("c", "1", 0, "so it goes on and on");
    let long = long.repeat(limits::CONVERSATION_BYTES / long.len() + 2);
    let expected = ctm(&long);
    assert_eq!((expected.report.end.cut, expected.text() == long), (1, true));
    let way = Way { jobs: 3, chunk_bytes: 1 << 16, chunks_ahead: 1, read_bytes: 1 << 16 };
    let other = redact(&engine(), "ctm", long.as_bytes(), way);
    assert_eq!((other.report.end.cut, other.report.end.records, other.text() == long), (1, 2, true));
}

fn line(json: &str) -> String {
    redact(&engine(), "jsonl", format!("{json}\n").as_bytes(), PLAIN).text().trim_end().to_owned()
}

/// A telephone number of ten digits looks like an epoch second, and `from` is who calls more often than a time.
#[test]
fn numbers_of_who_calls_are_no_times() {
    assert_eq!(
        line(r#"{"from":"0612457809","to":"0639981234","start":"1772445600","text":"ok"}"#),
        r#"{"from":"[PHONE_1]","to":"[PHONE_2]","start":"1772445600","text":"ok"}"#
    );
}

#[test]
fn a_second_guess_in_a_line_is_masked_by_its_neighbours() {
    let masked = line(
        r#"{"text":"it's Solveig Brandvold","words":[{"word":"it's"},{"word":"Solveig"},{"word":"Brandvold"}],"guesses":[{"text":"it's sol vague brand fold"}]}"#,
    );
    assert!(masked.ends_with(r#""guesses":[{"text":"it's [PERSON_1]"}]}"#), "{masked}");
}

/// A recogniser or an editor may lose a word of a number in the list alone.
#[test]
fn a_list_that_lacks_a_word_of_a_value_is_masked_with_the_text() {
    let masked = line(
        r#"{"text":"so my card number is 4111 1111 1111 1111 thanks a lot for that","words":[{"word":"so"},{"word":"my"},{"word":"card"},{"word":"number"},{"word":"is"},{"word":"4111"},{"start":3},{"word":"1111"},{"word":"1111"},{"word":"thanks"},{"word":"a"},{"word":"lot"},{"word":"for"},{"word":"that"}],"segments":[{"words":[{"word":"so"},{"word":"my"},{"word":"card"},{"word":"number"},{"word":"is"},{"word":"4111"},{"word":"1111"}]}]}"#,
    );
    assert!(!masked.contains("1111") && masked.contains(r#""thanks"},{"word":"a"}"#), "{masked}");
}

/// A copy of which every word is one of the turns' is not looked at by itself: what is found there must reach it whole.
#[test]
fn an_exact_copy_that_lacks_the_last_word_of_a_value_is_masked() {
    let twice = r#"{"t":"my name is Marie Dupont and my name is Marie Dupont and "}"#;
    let text = ["my name is Marie Dupont"; 4].join(" ");
    let document = format!(r#"{{"text":"{text}","more":[{twice},{twice}]}}"#);
    let masked = redact(&engine(), "json", document.as_bytes(), PLAIN).text();
    assert!(!masked.contains("Marie") && !masked.contains("Dupont"), "{masked}");
}

/// What a value is glued to goes with it, two values in one element too; what stands apart stays.
#[test]
fn elements_keep_what_is_glued_to_a_value() {
    let masked = line(
        r#"{"words":[{"word":"(Marie"},{"word":"Dupont)/jo@example.com;"},{"word":"thanks,"},{"word":"Marie"},{"word":"Dupont!"}]}"#,
    );
    assert_eq!(
        masked,
        r#"{"words":[{"word":"([PERSON_1])/[EMAIL_1];"},{"word":""},{"word":"thanks,"},{"word":"[PERSON_1]!"},{"word":""}]}"#
    );
}

#[test]
fn the_sentence_behind_a_name_that_answers_stays() {
    let call = "Agent: bonjour je m'appelle Marie, mon numéro est le 06 39 98 12 34.\nClient: Merci madame Quentin. La facture de 42 euros est réglée.\n";
    let masked = redact(&engine(), "text", call.as_bytes(), PLAIN).text();
    assert!(masked.ends_with(". La facture de 42 euros est réglée.\n"), "{masked}");
}
