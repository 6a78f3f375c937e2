//! What was found in a record's text, for a caller that holds the text itself?
//!
//! A measurement compares findings with labels. It needs them as data, in the code points of the text
//! field, and needs to know which of them are masked; it must not see less or more than masking would.

use super::{Engine, Output, Worker};
use crate::format::{Chunk, Conversation};
use crate::model::{Entity, Located, Role};
use crate::view::decode::code_points;

/// A finding in a text field of a record. Findings of one field are disjoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Number of the record in the file.
    pub record: u64,
    /// First code point, counted from the start of the text field.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// What it is.
    pub entity: Entity,
    /// The rule that named it.
    pub rule: u16,
    /// How sure the rule is, in hundredths.
    pub score: u8,
    /// Whether the policy masks it; if not, it stays readable.
    pub masked: bool,
}

impl Engine {
    /// Appends the conversation's findings in text fields to `out.found`, in order of the text.
    pub(super) fn gather(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        worker: &Worker,
        out: &mut Output,
    ) {
        for record in &conversation.records {
            if let Some(fault) = record.fault {
                out.faults.push((record.number, (record.span.start + fault.at) as usize, fault.kind));
            }
        }
        let masked = worker.masked.iter().map(|located| (located, true));
        let kept = worker.kept.iter().map(|located| (located, false));
        let mut all: Vec<(&Located, bool)> = masked.chain(kept).collect();
        all.sort_unstable_by_key(|(located, _)| (located.segment, located.span));
        let (mut segment_of, mut counted, mut position) = (u32::MAX, 0, 0);
        for (located, masked) in all {
            let segment = &conversation.segments[located.segment as usize];
            if segment.role != Role::Text {
                continue;
            }
            if located.segment != segment_of {
                (segment_of, counted, position) = (located.segment, segment.span.start, 0);
            }
            let mut up_to = |end: u32| {
                let bytes = &chunk.text.bytes[counted as usize..end as usize];
                position += code_points(bytes, segment.escape, segment.escaped) as u32;
                counted = end;
                position
            };
            out.found.push(Found {
                record: conversation.records[segment.record as usize].number,
                start: up_to(located.span.start),
                end: up_to(located.span.end),
                entity: located.finding.entity,
                rule: located.finding.rule,
                score: located.finding.score,
                masked,
            });
        }
    }
}
