//! Does every rule do what its examples say, however they are written and wherever they stand?
//!
//! One named test per rule, attack and place, made from the rule files alone.

mod support;

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use sourdine::detect::examples;
use sourdine::detect::rule::{Rule, marked};
use sourdine::engine::Engine;
use support::{PLAIN, Way, redact};

#[derive(Deserialize)]
struct Attacks {
    attack: Vec<Attack>,
}

#[derive(Clone, Deserialize)]
struct Attack {
    name: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    insert: String,
}

impl Attack {
    fn on(&self, value: &str) -> String {
        let mut out = String::new();
        for (at, c) in value.chars().enumerate() {
            if at > 0 {
                out.push_str(&self.insert);
            }
            let other = self.from.chars().position(|from| from == c).and_then(|at| self.to.chars().nth(at));
            out.push(other.unwrap_or(c));
        }
        out
    }
}

/// The spans in which the rule finds something, in bytes.
fn spans(engine: &Engine, rule: &Rule, text: &str) -> Vec<std::ops::Range<usize>> {
    let set = engine.rules();
    let mut spans: Vec<_> = examples::findings(set, &mut set.scratch(), text)
        .into_iter()
        .filter(|&(number, _)| set.rule_id(number) == rule.id)
        .map(|(_, span)| span)
        .collect();
    spans.sort_by_key(|span| (span.start, span.end));
    spans.dedup();
    spans
}

fn check(holds: bool, message: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(message().into()) }
}

/// Text as a JSON string body in which every character is a `\u` escape.
fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn main() {
    let arguments = Arguments::from_args();
    let attacks: Attacks =
        toml::from_str(include_str!("../testdata/attacks/folds.toml")).expect("attacks parse");
    let engine = Arc::new(support::masking_engine());
    let mut trials = Vec::new();
    let mut add = |name: String, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
        trials.push(Trial::test(name, test));
    };
    for rule in engine.rules().rules() {
        let (engine_, rule_) = (Arc::clone(&engine), rule.clone());
        add(
            format!("{}::examples", rule.id),
            Box::new(move || {
                let failures = examples::failures(engine_.rules(), &rule_);
                check(failures.is_empty(), || failures.join("; "))
            }),
        );
        for attack in &attacks.attack {
            let (engine, rule, attack) = (Arc::clone(&engine), rule.clone(), attack.clone());
            add(
                format!("{}::{}", rule.id, attack.name),
                Box::new(move || under_attack(&engine, &rule, &attack)),
            );
        }
        for (place, test) in PLACES {
            let (engine, rule) = (Arc::clone(&engine), rule.clone());
            add(format!("{}::{place}", rule.id), Box::new(move || test(&engine, &rule)));
        }
    }
    let engine_ = Arc::clone(&engine);
    add("context words are no speakers".into(), Box::new(move || no_speakers(&engine_)));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A line such as `Geburtsdatum: …` has a heading, not a speaker.
fn no_speakers(engine: &Engine) -> Result<(), Failed> {
    let words = engine.rules().rules().iter().flat_map(|rule| rule.near.iter().flat_map(|near| &near.words));
    let mut wrong = Vec::new();
    for word in words.filter(|word| word.chars().all(char::is_alphabetic)) {
        let capital: String =
            word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
        if support::redact_line(engine, &format!("{capital}: yes")).contains("PERSON") {
            wrong.push(word.clone());
        }
    }
    wrong.sort();
    wrong.dedup();
    check(wrong.is_empty(), || format!("masked as persons: {}", wrong.join(" ")))
}

/// Found with the exact span when its value is disguised.
fn under_attack(engine: &Engine, rule: &Rule, attack: &Attack) -> Result<(), Failed> {
    for example in &rule.finds {
        let (text, span) = marked(example).ok_or("no mark")?;
        let value = attack.on(&text[span.clone()]);
        let disguised = format!("{}{value}{}", &text[..span.start], &text[span.end..]);
        let expected = span.start..span.start + value.len();
        let found = spans(engine, rule, &disguised);
        check(found == [expected.clone()], || {
            format!("{disguised:?}: expected {expected:?}, found {found:?}")
        })?;
    }
    Ok(())
}

type Test = fn(&Engine, &Rule) -> Result<(), Failed>;

const PLACES: &[(&str, Test)] = &[
    ("in JSON", in_json),
    ("in JSON escapes", in_json_escapes),
    ("in CSV quotes", in_csv),
    ("split over chunks", split_over_chunks),
    ("masked once and for all", masked_once),
];

/// The masked form of an example: text before, any label, text after.
fn expect_masked(text: &str, span: &std::ops::Range<usize>, output: &str) -> Result<(), Failed> {
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let value = &text[span.clone()];
    check(!output.contains(value), || format!("{text:?}: the value is still in {output:?}"))?;
    // Words around the value may be masked by other rules, never eaten without a label.
    let rest = output.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    check(rest.is_none_or(|label| label.starts_with('[') && label.ends_with(']')), || {
        format!("{text:?} became {output:?}")
    })
}

fn in_json(engine: &Engine, rule: &Rule) -> Result<(), Failed> {
    for example in &rule.finds {
        let (text, span) = marked(example).ok_or("no mark")?;
        let line = format!(
            "{{\"id\": 1.10, \"text\":{},\"n\":[null]}}\n",
            serde_json::to_string(&text).expect("a string")
        );
        let output = redact(engine, "jsonl", line.as_bytes(), PLAIN).text();
        let value: serde_json::Value = serde_json::from_str(&output).map_err(|error| error.to_string())?;
        expect_masked(&text, &span, value["text"].as_str().ok_or("no text")?)?;
        check(
            output.starts_with("{\"id\": 1.10, \"text\":\"") && output.ends_with(",\"n\":[null]}\n"),
            || output.clone(),
        )?;
    }
    Ok(())
}

fn in_json_escapes(engine: &Engine, rule: &Rule) -> Result<(), Failed> {
    for example in &rule.finds {
        let (text, span) = marked(example).ok_or("no mark")?;
        let line = format!("{{\"text\":\"{}\"}}\n", escaped(&text));
        let output = redact(engine, "jsonl", line.as_bytes(), PLAIN).text();
        let value: serde_json::Value = serde_json::from_str(&output).map_err(|error| error.to_string())?;
        expect_masked(&text, &span, value["text"].as_str().ok_or("no text")?)?;
    }
    Ok(())
}

fn in_csv(engine: &Engine, rule: &Rule) -> Result<(), Failed> {
    for example in &rule.finds {
        let (text, span) = marked(example).ok_or("no mark")?;
        let table =
            format!("id;verbatim\r\n1;\"said \"\"yes\"\": {}\"\r\n2;\"ok\"\r\n", text.replace('"', "\"\""));
        let output = redact(engine, "csv", table.as_bytes(), PLAIN).text();
        let inside = output
            .strip_prefix("id;verbatim\r\n1;\"said \"\"yes\"\": ")
            .and_then(|rest| rest.strip_suffix("\"\r\n2;\"ok\"\r\n"))
            .ok_or_else(|| format!("changed around the value: {output:?}"))?
            .replace("\"\"", "\"");
        expect_masked(&text, &span, &inside)?;
    }
    Ok(())
}

fn split_over_chunks(engine: &Engine, rule: &Rule) -> Result<(), Failed> {
    let lines: Vec<String> = rule
        .finds
        .iter()
        .filter_map(|example| marked(example))
        .map(|(text, _)| text.replace('\n', " "))
        .collect();
    let text = lines.join("\nnothing here\n");
    let whole = redact(engine, "text", text.as_bytes(), PLAIN);
    for chunk_bytes in [1, 2, 3, 7, 63, 64, 65] {
        let way = Way { jobs: 2, chunk_bytes, chunks_ahead: 1, read_bytes: 1 };
        let other = redact(engine, "text", text.as_bytes(), way);
        check(other.output == whole.output, || format!("chunks of {chunk_bytes}: {:?}", other.text()))?;
        check(other.record_lines() == whole.record_lines(), || {
            format!("chunks of {chunk_bytes}: other audit")
        })?;
    }
    Ok(())
}

fn masked_once(engine: &Engine, rule: &Rule) -> Result<(), Failed> {
    for example in &rule.finds {
        let (text, _) = marked(example).ok_or("no mark")?;
        let once = redact(engine, "text", text.as_bytes(), PLAIN);
        let twice = redact(engine, "text", &once.output, PLAIN);
        check(once.output == twice.output, || format!("{:?} became {:?}", once.text(), twice.text()))?;
    }
    Ok(())
}
