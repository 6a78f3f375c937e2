//! What does the engine find in labelled texts?
//!
//! Each conversation goes through the engine as JSON lines with `call_id`, `speaker`, `lang` and `text`,
//! the records that redaction would read, and nothing else of the gold. Conversations are handed out in
//! batches, each of which gives a [`Sheet`]; a batch's outcome depends on its texts alone.

use std::ops::Range;

use super::gold::{Gold, Problem, Text};
use super::scheme::Scheme;
use super::score::{Scorer, Sheet, Wanted};
use crate::engine::{Engine, FileContext, Output, Worker};
use crate::error::Result;
use crate::format::{self, FieldOptions};
use crate::limits;

/// One file's measurement, ready to be run batch by batch on any thread.
pub struct Trial<'a> {
    engine: &'a Engine,
    scheme: &'a Scheme,
    gold: &'a Gold,
    file: usize,
    wanted: Wanted,
    context: FileContext,
}

/// What a batch gave.
#[derive(Default)]
pub struct Batch {
    /// Its counts.
    pub sheet: Sheet,
    /// Texts that the engine could not read.
    pub problems: Vec<Problem>,
    /// Conversations longer than the limit, which were cut there.
    pub cut: u64,
}

impl<'a> Trial<'a> {
    /// A measurement of `gold`, the run's file number `file`. `engine` is in [`crate::engine::Mode::Find`].
    ///
    /// # Errors
    /// Those of opening the format, of which there are none.
    ///
    /// # Panics
    /// Never: JSON lines are a known format.
    pub fn new(
        engine: &'a Engine,
        scheme: &'a Scheme,
        gold: &'a Gold,
        file: usize,
        wanted: Wanted,
    ) -> Result<Trial<'a>> {
        let format = format::by_name("jsonl").expect("JSON lines are a known format");
        let layout = (format.open)(b"", &FieldOptions::default())?;
        let context = FileContext { layout, name: String::new(), columns: Vec::new() };
        Ok(Trial { engine, scheme, gold, file, wanted, context })
    }

    /// Conversations in batches near the size of a chunk.
    #[must_use]
    pub fn batches(&self) -> Vec<Range<usize>> {
        let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (at, conversation) in self.gold.conversations.iter().enumerate() {
            bytes += conversation.iter().map(|&text| self.gold.texts[text].text.len() + 64).sum::<usize>();
            if bytes >= limits::CHUNK_BYTES {
                batches.push(start..at + 1);
                (start, bytes) = (at + 1, 0);
            }
        }
        if start < self.gold.conversations.len() {
            batches.push(start..self.gold.conversations.len());
        }
        batches
    }

    /// Runs a batch of conversations and compares.
    pub fn run(&self, batch: Range<usize>, worker: &mut Worker) -> Batch {
        let (mut bytes, mut order) = (Vec::new(), Vec::new());
        for number in batch.clone() {
            for &at in &self.gold.conversations[number] {
                record(&self.gold.texts[at], self.gold.named[number].then_some(number), &mut bytes);
                order.push(at);
            }
        }
        let mut out = Output::default();
        self.engine.chunk(&self.context, &bytes, true, 1, worker, &mut out);
        let mut done = Batch { cut: out.cut, ..Batch::default() };
        for &(record, _, kind) in &out.faults {
            let line = Some(self.gold.texts[order[record as usize - 1]].line);
            done.problems.push(Problem { line, what: kind.about().to_owned() });
        }
        let mut scorer = Scorer::new(self.scheme, self.wanted, self.file);
        let mut found = out.found.as_slice();
        for (record, &at) in (1..).zip(&order) {
            let here = found.iter().take_while(|found| found.record == record).count();
            let (of_text, rest) = found.split_at(here);
            found = rest;
            let text = &self.gold.texts[at];
            if text.is_prompt {
                done.sheet.prompts += 1;
            } else {
                scorer.score(text, of_text, &mut done.sheet);
            }
        }
        done.sheet.conversations = batch.len() as u64;
        done
    }
}

/// Writes a text as the record that redaction would read. The conversation's number serves as its id: ids
/// are never looked at, and those of the gold may be of any form.
fn record(text: &Text, conversation: Option<usize>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut member = |key: &str, value: &str| {
        for part in ["\"", key, "\":", value, ","] {
            out.extend_from_slice(part.as_bytes());
        }
    };
    if let Some(number) = conversation {
        member("call_id", &format!("\"{number}\""));
    }
    for (key, value) in [("speaker", &text.speaker), ("lang", &text.lang)] {
        if let Some(value) = value {
            member(key, value);
        }
    }
    out.extend_from_slice(b"\"text\":");
    let json = serde_json::to_string(&text.text).expect("a string can always be written");
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(b"}\n");
}
