//! Where does it lie, in the words of the record?
//!
//! Findings are told by record, field and code points: what `scan` prints, and the pointers that the audit
//! writes. Names of fields appear in their masked form, for a field may be called like a customer.

use super::whole::Became;
use super::{Engine, FileContext, Output, Worker};
use crate::audit::record;
use crate::format::{self, Conversation};
use crate::mask::splice;
use crate::model::{Escape, Located, ValueId};
use crate::view::decode::{Chars, code_points};

impl Engine {
    /// The pointers to the segments of `masked[range]`, which lie in one record, names in them masked where
    /// they were masked themselves.
    pub(super) fn pointers<'r>(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        masked: &[Located],
        range: std::ops::Range<usize>,
        replacement: &dyn Fn(usize) -> &'r str,
    ) -> Vec<String> {
        let mut wanted: Vec<u32> = masked[range].iter().map(|located| located.segment).collect();
        wanted.dedup();
        self.pointers_to(file, chunk, conversation, &wanted, masked, replacement)
    }

    pub(super) fn pointers_to<'r>(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &[Located],
        replacement: &dyn Fn(usize) -> &'r str,
    ) -> Vec<String> {
        let name = |name: u32| -> Option<String> {
            if !file.columns.is_empty() {
                return file.columns.get(name as usize).cloned();
            }
            masked_name(chunk, conversation, masked, replacement, name)
        };
        let mut pointers = Vec::with_capacity(wanted.len());
        file.layout.pointers(chunk, conversation, wanted, &name, &mut pointers);
        pointers
    }

    /// Writes the JSON line of a finding.
    pub(super) fn tell(&self, file: &FileContext, told: &Told, located: &Located, line: &mut Vec<u8>) {
        line.extend_from_slice(b"{\"file\":");
        record::string(&file.name, line);
        line.extend_from_slice(b",\"record\":");
        record::number(told.record, line);
        line.extend_from_slice(b",\"field\":");
        record::string(told.field, line);
        line.extend_from_slice(b",\"start\":");
        record::number(told.start as u64, line);
        line.extend_from_slice(b",\"end\":");
        record::number(told.end as u64, line);
        line.extend_from_slice(b",\"entity\":");
        record::string(self.rules.entities().name(located.finding.entity), line);
        line.extend_from_slice(b",\"rule\":");
        record::string(self.rules.rule_id(located.finding.rule), line);
        line.extend_from_slice(b",\"score\":");
        record::score(located.finding.score, line);
        if let Some(group) = told.group {
            line.extend_from_slice(b",\"group\":");
            record::number(group as u64, line);
        }
        if let Some(value) = &told.value {
            line.extend_from_slice(b",\"value\":");
            record::string(value, line);
        }
        line.extend_from_slice(b"}\n");
    }

    /// Writes a JSON line for each finding, masked or kept.
    pub(super) fn report(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        (part, show_values): (std::ops::Range<usize>, bool),
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let Worker { masked, kept, replacements, ends, .. } = worker;
        let replacement = |at: usize| {
            let start = if at == 0 { 0 } else { ends[at - 1] as usize };
            &replacements[start..ends[at] as usize]
        };
        for record in &conversation.records[part.clone()] {
            if let Some(fault) = record.fault {
                out.faults.push((record.number, (record.span.start + fault.at) as usize, fault.kind));
            }
        }
        let mut all: Vec<&Located> = masked.iter().chain(kept.iter()).collect();
        all.sort_unstable_by_key(|located| (located.segment, located.span));
        if conversation.shown.text().is_some() {
            let became = Became { file, chunk, conversation, masked, replacement: &replacement };
            self.report_shown(&became, &all, show_values, &mut out.bytes);
            return;
        }
        let mut wanted: Vec<u32> = all.iter().map(|located| located.segment).collect();
        wanted.dedup();
        let mut pointers = Vec::with_capacity(wanted.len());
        for of_record in wanted.chunk_by(|a, b| {
            conversation.segments[*a as usize].record == conversation.segments[*b as usize].record
        }) {
            pointers.extend(self.pointers_to(file, chunk, conversation, of_record, masked, &replacement));
        }
        let groups = groups(&all);
        let mut begun = part.start;
        let (mut next, mut segment_of) = (0, u32::MAX);
        for located in all {
            if located.segment != segment_of {
                (segment_of, next) = (located.segment, next + 1);
            }
            let pointer = pointers.get(next - 1).map_or("", String::as_str);
            let segment = &conversation.segments[located.segment as usize];
            let record = &conversation.records[segment.record as usize];
            while begun <= segment.record as usize {
                out.begin_record();
                begun += 1;
            }
            let before = &chunk.text.bytes[segment.span.start as usize..located.span.start as usize];
            let start = code_points(before, segment.escape, segment.escaped);
            let value = located.span.of(chunk.text.bytes);
            let end = start + code_points(value, segment.escape, segment.escaped);
            let group = groups.binary_search(&located.finding.value).ok().map(|group| group + 1);
            let value = show_values.then(|| Chars::new(value, segment.escape).map(|(c, _)| c).collect());
            let told = Told { record: record.number, field: pointer, start, end, group, value };
            self.tell(file, &told, located, &mut out.bytes);
        }
        (begun..part.end).for_each(|_| out.begin_record());
    }
}

/// What is told of a finding beside its rule.
pub(super) struct Told<'a> {
    pub(super) record: u64,
    pub(super) field: &'a str,
    /// In code points of the field.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) group: Option<usize>,
    pub(super) value: Option<String>,
}

/// The masked form of a field's name, if something was masked in it.
pub(super) fn masked_name<'r>(
    chunk: &format::Chunk,
    conversation: &Conversation,
    masked: &[Located],
    replacement: &dyn Fn(usize) -> &'r str,
    name: u32,
) -> Option<String> {
    let first = masked.partition_point(|located| located.segment < name);
    let last = masked.partition_point(|located| located.segment <= name);
    if first == last {
        return None;
    }
    let key = conversation.segments.get(name as usize)?;
    let mut text = Vec::new();
    let edits = (first..last).map(|at| (masked[at].span, Escape::None, replacement(at)));
    splice(key.span.of(chunk.text.bytes), key.span.start as usize, edits, &mut text);
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The values that several findings share: what was said over several turns. In order, each once.
pub(super) fn groups(all: &[&Located]) -> Vec<ValueId> {
    let mut values: Vec<ValueId> =
        all.iter().map(|located| located.finding.value).filter(|value| *value != ValueId::OWN).collect();
    values.sort_unstable();
    let mut shared: Vec<ValueId> =
        values.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]).collect();
    shared.dedup();
    shared
}
