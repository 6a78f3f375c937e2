//! What do formats that are made of JSON values have in common?
//!
//! Whether a value stands on a line, in an array or fills a file: its strings are found, shown and named alike.

use super::fields::{Field, Fields};
use super::json::{Parser, Scratch};
use super::shown::Shown;
use super::times::Times;
use super::{Chunk, Conversation, id_hash, tree, without_line_end};
use crate::model::{FaultKind, Record, Role, Segment, Span};
use crate::scan::{Kernel, Masks, Text, classify};

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads JSON values as records.
pub(super) struct Values {
    pub(super) fields: Fields,
    pub(super) kernel: Kernel,
    /// Longest record in bytes.
    pub(super) record_bytes: usize,
}

/// The part of a record that is its value: without line end, byte order mark and blanks around.
pub(super) fn body(bytes: &[u8], record: Span, begins_file: bool) -> Span {
    let (start, end) = (record.start as usize, record.end as usize);
    let bom = if begins_file && start == 0 && bytes[..end].starts_with(BOM) { BOM.len() } else { 0 };
    let text = &bytes[start + bom..end];
    let first = start + bom + (text.len() - text.trim_ascii_start().len());
    Span::new(first, first + text.trim_ascii().len())
}

/// What one parse needs, for a caller that keeps nothing.
#[derive(Default)]
pub(super) struct Parts {
    masks: Vec<Masks>,
    segments: Vec<Segment>,
    json: Scratch,
}

impl Values {
    /// Reads `value` as the last of the conversation's records; `record` is all of that. What is no JSON makes the
    /// record undecodable. Returns the hash of the conversation's id.
    pub(super) fn read(
        &self,
        chunk: &Chunk,
        record: Span,
        value: Span,
        out: &mut Conversation,
    ) -> Option<u64> {
        let start = record.start as usize;
        if value.is_empty() {
            return None;
        }
        if record.len() > self.record_bytes {
            out.fail(FaultKind::TooLong, 0);
            return None;
        }
        if let Some(bad) = chunk.encoding_fault(start, record.end as usize) {
            out.fail(FaultKind::Encoding, bad);
            return None;
        }
        let number = out.records.len() as u32 - 1;
        let parser = Parser::new(chunk.text, value, number, &self.fields, &mut out.json, &mut out.segments);
        match parser.record() {
            Ok(id) => id.map(|id| id_hash(id.of(chunk.text.bytes))),
            Err((kind, place)) => {
                out.fail(kind, place - start);
                None
            }
        }
    }

    /// The conversation id of a record by itself, for the reader's cuts; faulty records have none.
    pub(super) fn id_of(&self, bytes: &[u8], value: Span, parts: &mut Parts) -> Option<u64> {
        let line = value.of(bytes);
        classify(self.kernel, line, &mut parts.masks);
        parts.segments.clear();
        if std::str::from_utf8(line).is_err() {
            return None;
        }
        let text = Text { bytes: line, masks: &parts.masks };
        let span = Span::new(0, line.len());
        Parser::new(text, span, 0, &self.fields, &mut parts.json, &mut parts.segments)
            .record()
            .ok()?
            .map(|id| id_hash(id.of(line)))
    }

    /// Shows the conversation in place of the chunk, if its records hold copies of their words. `value_of` gives
    /// the value of a record.
    pub(super) fn show(&self, chunk: &Chunk, value_of: impl Fn(&Record) -> Span, out: &mut Conversation) {
        if !Shown::is_worth_it(&out.segments) {
            return;
        }
        out.tree.clear();
        let mut from = 0;
        for (index, record) in out.records.iter().enumerate() {
            let to = from + out.segments[from..].partition_point(|s| s.record as usize <= index);
            if record.fault.is_none() && to > from {
                out.tree.walk(chunk.file, value_of(record), &out.segments, from, &self.fields);
            }
            from = to;
        }
        out.shown.show(self.kernel, chunk.file, &out.tree, &mut out.segments);
    }

    /// When the strings of the conversation were said. `value_of` gives the value of a record.
    pub(super) fn times(
        &self,
        chunk: &Chunk,
        value_of: impl Fn(&Record) -> Span,
        conversation: &Conversation,
    ) -> Times {
        let sound = conversation.records.iter().filter(|record| record.fault.is_none());
        Times::read(chunk.file, sound.map(value_of), &self.fields)
    }

    pub(super) fn keys<'a>(
        &self,
        chunk: &Chunk<'a>,
        conversation: &Conversation,
        segment: &Segment,
    ) -> [&'a [u8]; 2] {
        [segment.name, segment.outer].map(|name| match conversation.segments.get(name as usize) {
            Some(name) => name.span.of(chunk.text.bytes),
            None => &[],
        })
    }

    pub(super) fn is_speaker(&self, chunk: &Chunk, conversation: &Conversation, segment: &Segment) -> bool {
        matches!(segment.role, Role::Exempt | Role::Person | Role::Prose | Role::Value)
            && self.fields.of(self.keys(chunk, conversation, segment)[0]) == Field::Speaker
    }

    /// Pointers to segments: see [`super::Layout::pointers`]. `value` is that of their record.
    pub(super) fn pointers(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        value: impl Fn(&Record) -> Span,
        out: &mut Vec<String>,
    ) {
        let read = chunk.text.bytes;
        let plain = |name: &Segment| String::from_utf8_lossy(name.span.of(read)).into_owned();
        // Nearly all segments are members of the record itself: no walk is needed.
        let simple = |&segment: &u32| {
            let segment = &conversation.segments[segment as usize];
            let name = conversation.segments.get(segment.name as usize).filter(|_| segment.depth == 1)?;
            let is_plain = !name.escaped && !name.span.of(read).iter().any(|b| b"~/".contains(b));
            is_plain.then(|| format!("/{}", masked(segment.name).unwrap_or_else(|| plain(name))))
        };
        let is_shown = conversation.shown.text().is_some();
        if !is_shown && let Some(pointers) = wanted.iter().map(simple).collect::<Option<Vec<String>>>() {
            out.extend(pointers);
            return;
        }
        let Some(&first) = wanted.first() else { return };
        let record = conversation.segments[first as usize].record as usize;
        let starts: Vec<u32> = wanted
            .iter()
            .map(|&segment| {
                let start = conversation.segments[segment as usize].span.start;
                if is_shown {
                    conversation.shown.pieces[conversation.shown.piece(start)].raw.start
                } else {
                    start
                }
            })
            .collect();
        let record = &conversation.records[record];
        let known = out.len();
        self.walk_to(chunk, conversation, value(record), &starts, masked, out);
        // A name that is left alone counts as the field it names.
        for (pointer, &segment) in out[known..].iter_mut().zip(wanted) {
            if conversation.segments[segment as usize].role != Role::Key
                && let Some(field) = pointer.strip_suffix("#key")
            {
                *pointer = field.to_owned();
            }
        }
    }

    /// Pointers to the strings and numbers that begin at the bytes `starts` of the file.
    pub(super) fn walk_to(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        value: Span,
        starts: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        let name_of = |name: Span| {
            let segment = if conversation.shown.text().is_some() {
                conversation.shown.name_at(name.start)
            } else {
                let at =
                    conversation.segments.binary_search_by_key(&name.start, |segment| segment.span.start);
                at.ok().map(|at| at as u32)
            };
            segment
                .and_then(masked)
                .unwrap_or_else(|| String::from_utf8_lossy(name.of(chunk.file)).into_owned())
        };
        tree::pointers(chunk.file, value, starts, &name_of, out);
    }
}

/// What stands for an undecodable value.
pub(super) const MARKER: &[u8] = br#"{"sourdine":"quarantined"}"#;

/// The marker in the place of an undecodable value, with what parts it from its neighbours.
pub(super) fn marker(raw: &[u8], out: &mut Vec<u8>) {
    let blank = |b: &&u8| b.is_ascii_whitespace();
    let before = raw.iter().take_while(blank).count();
    let after = raw[before..].iter().rev().take_while(|b| blank(b) || **b == b',').count();
    out.extend_from_slice(&raw[..before]);
    out.extend_from_slice(MARKER);
    out.extend_from_slice(&raw[raw.len() - after..]);
}

/// The value of a line.
pub(super) fn of_line(bytes: &[u8], record: Span, begins_file: bool) -> Span {
    let end = record.start as usize + without_line_end(record.of(bytes)).len();
    body(bytes, Span::new(record.start as usize, end), begins_file)
}
