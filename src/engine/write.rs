//! How does a conversation come out?
//!
//! Every masked finding gets its replacement; then the records are copied with the replacements in place, and the
//! audit's record lines are written. What cannot be decoded becomes a marker.

use super::whole::Became;
use super::{Engine, FileContext, Mode, Output, Worker};
use crate::audit::record;
use crate::format::{self, Conversation, SPEAKER};
use crate::mask::{Operator, Subject, folded_value, splice};
use crate::model::{Entity, Escape, Fault, PERSON, Role, Segment, Way};
use crate::policy::Action;
use crate::view::decode::{Chars, code_points};

impl Engine {
    pub(super) fn operator(&self, segment: &Segment, entity: Entity) -> &'static Operator {
        match self.action(segment.role, entity) {
            Action::Mask(operator) => operator,
            Action::Keep => unreachable!("only masked findings are written"),
        }
    }

    /// Writes the replacement of every masked finding of the conversation.
    pub(super) fn replacements(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        worker: &mut Worker,
    ) {
        worker.replacements.clear();
        worker.ends.clear();
        let mut text = String::new();
        for located in &worker.masked {
            let entity = located.finding.entity;
            let segment = &conversation.segments[located.segment as usize];
            let punctuated = self.punctuated.contains(&entity);
            // What was said aloud counts as it is written.
            let written = worker.detect.values.get(located.finding.value);
            let (said, escape) = written
                .map_or((located.span.of(chunk.text.bytes), segment.escape), |said| (said, Escape::None));
            folded_value(said, escape, punctuated, &mut worker.value);
            let whole = match segment.role {
                Role::Whole(whole) => Some(whole.way),
                _ => None,
            };
            // A hash and an empty cell carry no number.
            let number = match whole {
                Some(Way::Drop) => 0,
                Some(Way::Hash) if self.key.is_some() => 0,
                _ if entity == PERSON => worker.numbers.of_person(entity, &worker.value, (said, escape)),
                _ => worker.numbers.of(entity, &worker.value),
            };
            text.clear();
            if let Some(Way::Hash | Way::Generalise) = whole {
                text.extend(Chars::new(located.span.of(chunk.text.bytes), segment.escape).map(|(c, _)| c));
            }
            let side = match segment.role {
                Role::Person => file.layout.speaker_label(segment.span.of(chunk.text.bytes)),
                _ => None,
            };
            let subject = Subject {
                entity: side.unwrap_or_else(|| self.rules.entities().name(entity)),
                number,
                // One side is one party.
                numbered: self.numbered && side.is_none_or(|side| side == SPEAKER),
                brackets: self.brackets,
                value: &text,
                key: self.key.as_ref(),
            };
            (self.operator(segment, entity).write)(&subject, &mut worker.replacements);
            worker.ends.push(worker.replacements.len() as u32);
        }
    }

    /// Copies the records with the replacements in place, and writes the audit's record lines.
    pub(super) fn write(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        part: std::ops::Range<usize>,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let Worker { masked, replacements, ends, edits, .. } = worker;
        let replacement = |at: usize| {
            let start = if at == 0 { 0 } else { ends[at - 1] as usize };
            &replacements[start..ends[at] as usize]
        };
        let is_shown = conversation.shown.text().is_some();
        let mut next = 0;
        for index in part {
            let record = &conversation.records[index];
            out.begin_record();
            if let Some(fault) = record.fault {
                self.quarantine(file, chunk, record, fault, out);
                continue;
            }
            let from = next;
            while masked
                .get(next)
                .is_some_and(|m| conversation.segments[m.segment as usize].record == index as u32)
            {
                next += 1;
            }
            if is_shown {
                let became = Became { file, chunk, conversation, masked, replacement: &replacement };
                self.write_shown(&became, index, from..next, edits, out);
                continue;
            }
            let raw = record.span.of(chunk.text.bytes);
            let edits = (from..next).map(|at| {
                let located = &masked[at];
                (located.span, conversation.segments[located.segment as usize].escape, replacement(at))
            });
            splice(raw, record.span.start as usize, edits, &mut out.bytes);
            if from == next {
                continue;
            }
            record::begin(record.number, &mut out.audit);
            // Position in the field's output: code points copied and written since its start.
            let pointers = self.pointers(file, chunk, conversation, masked, from..next, &replacement);
            let mut pointers = pointers.iter();
            let mut pointer = "";
            let (mut segment_of, mut copied, mut position) = (u32::MAX, 0usize, 0usize);
            for (at, located) in masked.iter().enumerate().take(next).skip(from) {
                let segment = &conversation.segments[located.segment as usize];
                if located.segment != segment_of {
                    (segment_of, copied, position) = (located.segment, segment.span.start as usize, 0);
                    pointer = pointers.next().map_or("", String::as_str);
                }
                let between = &chunk.text.bytes[copied..located.span.start as usize];
                position += code_points(between, segment.escape, segment.escaped);
                copied = located.span.end as usize;
                let end = position + replacement(at).chars().count();
                let entry = record::Entry {
                    field: pointer,
                    entity: self.rules.entities().name(located.finding.entity),
                    rule: self.rules.rule_id(located.finding.rule),
                    score: located.finding.score,
                    operator: self.operator(segment, located.finding.entity).name,
                    start: position,
                    end,
                };
                record::entry(&entry, at == from, &mut out.audit);
                position = end;
            }
            record::end(&mut out.audit);
        }
    }

    /// Puts a marker in a record's place and sets its raw bytes aside.
    pub(super) fn quarantine(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        record: &crate::model::Record,
        fault: Fault,
        out: &mut Output,
    ) {
        let raw = record.span.of(chunk.file);
        if self.mode == Mode::Mask {
            file.layout.marker(raw, &mut out.bytes);
            record::quarantined(record.number, &mut out.audit);
        }
        out.quarantine.extend_from_slice(raw);
        if !raw.ends_with(b"\n") {
            out.quarantine.push(b'\n');
        }
        out.faults.push((record.number, (record.span.start + fault.at) as usize, fault.kind));
    }
}
