//! How are the records of a shown conversation written and told of?
//!
//! Where a conversation is shown in place of its bytes, a finding may lie in several strings of the file: each of
//! them is edited, and told of, by itself.

use std::ops::Range;

use super::project::Edits;
use super::report::{Told, groups, masked_name};
use super::{Engine, FileContext, Output};
use crate::audit::record;
use crate::format::{Chunk, Conversation};
use crate::mask::splice;
use crate::model::{Escape, Located, Span};
use crate::view::decode::code_points;

/// What became of a conversation.
pub(super) struct Became<'a> {
    pub(super) file: &'a FileContext,
    /// As it was read.
    pub(super) chunk: &'a Chunk<'a>,
    pub(super) conversation: &'a Conversation,
    /// In order.
    pub(super) masked: &'a [Located],
    /// What stands in the place of each.
    pub(super) replacement: &'a dyn Fn(usize) -> &'a str,
}

impl Engine {
    /// Copies a record with the replacements of `masked[range]` in place, and writes the audit's record line.
    pub(super) fn write_shown(
        &self,
        became: &Became,
        index: usize,
        range: Range<usize>,
        edits: &mut Edits,
        out: &mut Output,
    ) {
        let Became { chunk, conversation, masked, .. } = *became;
        let record = &conversation.records[index];
        edits.clear();
        let mut at = range.start;
        for of_segment in masked[range.clone()].chunk_by(|one, other| one.segment == other.segment) {
            edits.add(became, at..at + of_segment.len());
            at += of_segment.len();
        }
        edits.sort();
        edits.follow(became, record.span, &range);
        edits.sort();
        let all = edits.list.iter().map(|edit| (edit.raw, edit.escape, edits.text(edit)));
        splice(record.span.of(chunk.file), record.span.start as usize, all, &mut out.bytes);
        if range.is_empty() {
            return;
        }
        record::begin(record.number, &mut out.audit);
        let pieces: Vec<usize> = edits.placed.iter().map(|placed| placed.piece).collect();
        let places = Places::of_pieces(became, index, &pieces);
        // A finding over several strings is told of once for each, and so it is counted.
        for located in &masked[range] {
            out.masked[usize::from(located.finding.entity.0)] -= 1;
        }
        for (at, placed) in edits.placed.iter().enumerate() {
            let finding = masked[placed.masked].finding;
            out.masked[usize::from(finding.entity.0)] += 1;
            let segment = &conversation.segments[masked[placed.masked].segment as usize];
            let entry = record::Entry {
                field: places.of(conversation, placed.piece),
                entity: self.rules.entities().name(finding.entity),
                rule: self.rules.rule_id(finding.rule),
                score: finding.score,
                operator: self.operator(segment, finding.entity).name,
                start: placed.start,
                end: placed.end,
            };
            record::entry(&entry, at == 0, &mut out.audit);
        }
        record::end(&mut out.audit);
    }

    /// Writes a JSON line for each finding in `all`, masked or kept: one for each string that it lies in.
    pub(super) fn report_shown(
        &self,
        became: &Became,
        all: &[&Located],
        show_values: bool,
        out: &mut Vec<u8>,
    ) {
        let Became { file, chunk, conversation, .. } = *became;
        let shown = &conversation.shown;
        let record_of = |located: &Located| conversation.segments[located.segment as usize].record;
        let pieces_of =
            |located: &Located| shown.piece(located.span.start)..=shown.piece(located.span.end - 1);
        let groups = groups(all);
        let mut last_group = groups.len();
        for of_record in all.chunk_by(|one, other| record_of(one) == record_of(other)) {
            let index = record_of(of_record[0]) as usize;
            let pieces: Vec<usize> = of_record.iter().flat_map(|located| pieces_of(located)).collect();
            let places = Places::of_pieces(became, index, &pieces);
            for located in of_record {
                let pieces = pieces_of(located);
                let known = groups.binary_search(&located.finding.value).ok().map(|group| group + 1);
                let group = known.or_else(|| {
                    (pieces.start() < pieces.end()).then(|| {
                        last_group += 1;
                        last_group
                    })
                });
                for piece in pieces {
                    let of = shown.pieces[piece].shown;
                    let (start, end) = (located.span.start.max(of.start), located.span.end.min(of.end));
                    if start >= end {
                        continue;
                    }
                    let before = Span { start: of.start, end: start }.of(chunk.text.bytes);
                    let value = Span { start, end }.of(chunk.text.bytes);
                    let start = code_points(before, Escape::None, false);
                    let told = Told {
                        record: conversation.records[index].number,
                        field: places.of(conversation, piece),
                        start,
                        end: start + code_points(value, Escape::None, false),
                        group,
                        value: show_values.then(|| String::from_utf8_lossy(value).into_owned()),
                    };
                    self.tell(file, &told, located, out);
                }
            }
        }
    }
}

/// Pointers to strings of a record.
struct Places {
    /// Where each begins in the file, ascending.
    starts: Vec<u32>,
    pointers: Vec<String>,
}

impl Places {
    fn of_pieces(became: &Became, record: usize, pieces: &[usize]) -> Places {
        let Became { file, chunk, conversation, masked, replacement } = *became;
        let mut starts: Vec<u32> =
            pieces.iter().map(|&piece| conversation.shown.pieces[piece].raw.start).collect();
        starts.sort_unstable();
        starts.dedup();
        let name = |name: u32| masked_name(chunk, conversation, masked, replacement, name);
        let mut pointers = Vec::with_capacity(starts.len());
        file.layout.places(chunk, conversation, record, &starts, &name, &mut pointers);
        Places { starts, pointers }
    }

    fn of(&self, conversation: &Conversation, piece: usize) -> &str {
        let start = conversation.shown.pieces[piece].raw.start;
        let at = self.starts.binary_search(&start).ok();
        at.and_then(|at| self.pointers.get(at)).map_or("", String::as_str)
    }
}
