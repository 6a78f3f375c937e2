//! Runs the library in memory, as the command line would.
#![allow(dead_code, unreachable_pub)] // each test uses a part

pub mod values;

use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sourdine::audit::Run;
use sourdine::detect::{Options, Ruleset};
use sourdine::engine::{Engine, Mode};
use sourdine::format::{self, FieldOptions};
use sourdine::pipeline::{Job, Report, Settings, run};
use sourdine::policy::Policy;
use sourdine::sink::{Sink, Target};
use sourdine::source::{Back, Encoding, Source};

/// What a run in memory gave.
pub struct Outcome {
    pub output: Vec<u8>,
    pub audit: String,
    pub report: Report,
}

impl Outcome {
    /// The audit's record lines: all but the run and end lines.
    pub fn record_lines(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.audit.lines().collect();
        lines[1..lines.len() - 1].to_vec()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.output.clone()).expect("output of UTF-8 is UTF-8")
    }
}

/// How a run may vary without changing what comes out.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub jobs: usize,
    pub chunk_bytes: usize,
    pub chunks_ahead: usize,
    /// Most bytes that one read of the input gives.
    pub read_bytes: usize,
}

pub const PLAIN: Way = Way { jobs: 1, chunk_bytes: 1 << 18, chunks_ahead: 2, read_bytes: 1 << 20 };

/// A reader that gives a few bytes at a time, as pipes do.
struct Trickle {
    inner: Cursor<Vec<u8>>,
    most: usize,
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.most);
        self.inner.read(&mut buffer[..most])
    }
}

pub fn engine() -> Engine {
    engine_with(&Options::default())
}

pub fn engine_with(options: &Options) -> Engine {
    let rules = Ruleset::load(&[], options).expect("shipped rules load");
    let policy = Policy::default_for(rules.entities());
    Engine::new(rules, policy, Mode::Mask, true)
}

/// An engine that masks every entity, also those that are kept when no policy says otherwise.
pub fn masking_engine() -> Engine {
    let rules = Ruleset::load(&[], &Options::default()).expect("shipped rules load");
    let entities = rules.entities();
    let all: Vec<String> = sourdine::model::ENTITIES.iter().map(ToString::to_string).collect();
    let policy = Policy::default_for(entities).only(entities, &all).expect("known entities");
    Engine::new(rules, policy, Mode::Mask, true)
}

/// Masks `input` as a file of that format.
pub fn redact(engine: &Engine, format: &str, input: &[u8], way: Way) -> Outcome {
    redact_fields(engine, format, input, way, FieldOptions::default()).expect("a run in memory")
}

/// The same, with the user's word on fields.
pub fn redact_fields(
    engine: &Engine,
    format: &str,
    input: &[u8],
    way: Way,
    fields: FieldOptions,
) -> sourdine::error::Result<Outcome> {
    redact_with(engine, format, input, way, |settings| settings.fields = fields)
}

/// With settings that are changed before the run.
pub fn redact_with(
    engine: &Engine,
    format: &str,
    input: &[u8],
    way: Way,
    change: impl FnOnce(&mut Settings),
) -> sourdine::error::Result<Outcome> {
    let output = Arc::new(Mutex::new(Vec::new()));
    let audit = Arc::new(Mutex::new(Vec::new()));
    let line = Run {
        sourdine: "test".into(),
        ruleset: engine.rules().digest().into(),
        policy: engine.policy().digest(),
        options: Vec::new(),
        lookahead: "conversation".into(),
        start: "2026-01-01T00:00:00Z".into(),
        jobs: way.jobs,
    };
    let sink = Sink::open(&Target::Memory(Arc::clone(&audit)), Back::text(Encoding::Utf8), false, None)
        .expect("memory opens");
    let job = Job {
        source: Source::Reader(Box::new(Trickle {
            inner: Cursor::new(input.to_vec()),
            most: way.read_bytes,
        })),
        path: PathBuf::from("-"),
        name: "-".into(),
        target: Target::Memory(Arc::clone(&output)),
        ticket: None,
    };
    let mut settings = Settings {
        jobs: way.jobs,
        chunk_bytes: way.chunk_bytes,
        chunks_ahead: way.chunks_ahead,
        format: Some(format::by_name(format).expect("a known format")),
        audit: Some((sink, line)),
        ..Settings::default()
    };
    change(&mut settings);
    let report = run(engine, [job], settings)?;
    let output = output.lock().expect("nobody panics").clone();
    let audit = String::from_utf8(audit.lock().expect("nobody panics").clone()).expect("the audit is UTF-8");
    Ok(Outcome { output, audit, report })
}

/// Masks a line of plain text.
pub fn redact_line(engine: &Engine, text: &str) -> String {
    redact(engine, "text", text.as_bytes(), PLAIN).text()
}

/// A small generator of numbers that is the same everywhere (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low + (self.next() >> 11) % (high - low + 1)
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.range(0, from.len() as u64 - 1) as usize]
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.range(0, 9) as u8)).collect()
    }
}
