//! Does any input break the program, its format, or the law that masking twice is masking once?
//!
//! The first byte picks the format, the rest is the input. It is redacted in memory, as the command line
//! would. JSON that the reference parser takes must still be taken afterwards, line by line or as a document.

#![no_main]

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use sourdine::detect::Ruleset;
use sourdine::engine::{Engine, Mode};
use sourdine::format::{Format, by_name};
use sourdine::pipeline::{Job, Report, Settings, run};
use sourdine::policy::Policy;
use sourdine::sink::Target;
use sourdine::source::{Encoding, Source};

/// Names of the formats that the first byte picks from.
const FORMATS: [&str; 8] = ["jsonl", "csv", "tsv", "text", "json", "vtt", "srt", "ctm"];

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let rules = Ruleset::shipped();
    let policy = Policy::default_for(rules.entities());
    Engine::new(rules, policy, Mode::Mask, true)
});

/// The masked form of `input` and what the run says of it.
fn redact(format: &'static Format, input: &[u8]) -> (Vec<u8>, Report) {
    let output = Arc::new(Mutex::new(Vec::new()));
    let job = Job {
        source: Source::Reader(Box::new(Cursor::new(input.to_vec()))),
        path: PathBuf::from("-"),
        name: "-".to_owned(),
        target: Target::Memory(Arc::clone(&output)),
        ticket: None,
    };
    let settings =
        Settings { jobs: 1, format: Some(format), encoding: Some(Encoding::Utf8), ..Settings::default() };
    let report = run(&ENGINE, [job], settings).expect("memory can be read and written");
    let bytes = std::mem::take(&mut *output.lock().expect("no writer panics"));
    (bytes, report)
}

/// Whether the reference parser takes the line.
fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(line).is_ok()
}

fuzz_target!(|data: &[u8]| {
    let Some((&first, input)) = data.split_first() else { return };
    let format = by_name(FORMATS[usize::from(first) % FORMATS.len()]).expect("a known format");
    let (once, report) = redact(format, input);
    // Packed input that is corrupt is an input error: nothing comes out, and nothing is to be compared.
    if !report.unread.is_empty() {
        return;
    }
    let internal = report.faults.iter().any(|(.., kind)| *kind == sourdine::model::FaultKind::Internal);
    assert!(!internal, "a panic was caught: {:?}", report.faults);
    let is_packed = input.starts_with(&[0x1F, 0x8B, 0x08]) || input.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]);
    if format.name == "jsonl" && !is_packed {
        let before: Vec<&[u8]> = input.split(|&b| b == b'\n').collect();
        let after: Vec<&[u8]> = once.split(|&b| b == b'\n').collect();
        // A quarantined last line may gain nothing and lose nothing: lines answer to lines.
        assert_eq!(before.len(), after.len(), "one record in, one record out");
        for (before, after) in before.iter().zip(&after) {
            assert!(!is_json(before) || is_json(after), "a line of JSON is no JSON any more");
        }
    }
    if format.name == "json" && !is_packed && is_json(input) {
        assert!(is_json(&once), "a document is no JSON any more");
    }
    if matches!(format.name, "vtt" | "srt" | "ctm") && !is_packed {
        let lines = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
        assert!(report.end.quarantined > 0 || lines(input) == lines(&once), "lines stay");
    }
    if report.end.quarantined == 0 && !report_is_cut(&report) {
        let (twice, again) = redact(format, &once);
        assert_eq!(again.end.quarantined, 0, "masked records can be read");
        assert!(once == twice, "masking twice is masking once");
    }
});

/// Whether a conversation was cut at the bound: a shorter output may be cut elsewhere.
fn report_is_cut(report: &Report) -> bool {
    report.end.cut > 0
}
