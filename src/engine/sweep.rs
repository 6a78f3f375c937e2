//! Where else in the conversation does a found name stand?
//!
//! A name counts from the turn on in which it is found. Turns before that are looked at once more when one of
//! its words stands in them, with what they had heard when they were looked at first.

use super::{Engine, Worker};
use crate::detect::{Place, Scratch};
use crate::format::{Chunk, Conversation};
use crate::model::{Located, PERSON, Role, Segment, Span};
use crate::policy::Action;
use crate::resolve::resolve;
use crate::scan::Text;
use crate::view::View;

impl Engine {
    /// Remembers the names that were just found at `place`, if names are masked.
    pub(super) fn remember(&self, place: &Place, detect: &mut Scratch) {
        if matches!(self.policy.action(PERSON), Action::Keep) {
            return;
        }
        for at in 0..detect.findings.len() {
            let finding = detect.findings[at];
            if finding.entity == PERSON {
                self.rules.remember(place, finding.span, detect);
            }
        }
    }

    /// Masks the names of the conversation in the turns before they were found, from record `from` on.
    pub(super) fn sweep(&self, chunk: &Chunk, conversation: &Conversation, from: usize, worker: &mut Worker) {
        let learned = worker.detect.learned();
        if learned < 2 {
            return;
        }
        let looked_at = |segment: &Segment| {
            segment.role == Role::Text && !segment.span.is_empty() && segment.record as usize >= from
        };
        let mut masked = std::mem::take(&mut worker.masked);
        let mut kept = std::mem::take(&mut worker.kept);
        let mut again: Vec<u32> = Vec::new();
        let turns = conversation.segments.iter().enumerate().filter(|(_, segment)| looked_at(segment));
        for (turn, (index, segment)) in turns.take(learned - 1).enumerate() {
            let index = index as u32;
            let first = masked.partition_point(|located| located.segment < index);
            let last = masked.partition_point(|located| located.segment <= index);
            if worker.detect.may_hold_name(turn)
                && self.holds_name(chunk.text, segment, &masked[first..last], worker)
            {
                worker.detect.turn_back(turn);
                self.look(chunk.text, segment, index, [&[]; 2], worker);
                self.sort_out(worker);
                again.push(index);
            }
        }
        for (old, new) in [(&mut masked, &mut worker.masked), (&mut kept, &mut worker.kept)] {
            if !again.is_empty() {
                old.retain(|located| again.binary_search(&located.segment).is_err());
                old.append(new);
                old.sort_by_key(|located| (located.segment, located.span));
            }
            std::mem::swap(old, new);
        }
    }

    /// Masks values that were said over several turns, and what repeats a value.
    pub(super) fn stitch(&self, worker: &mut Worker) {
        let mut found = self.rules.stitch(&mut worker.detect);
        found.retain(|(_, _, finding)| matches!(self.policy.action(finding.entity), Action::Mask(_)));
        if found.is_empty() {
            return;
        }
        found.sort_unstable_by_key(|(segment, span, _)| (*segment, *span));
        let holds = |span: Span| {
            let at = found.partition_point(|(_, piece, _)| piece.end < span.end);
            found.get(at).is_some_and(|(_, piece, _)| piece.start <= span.start)
        };
        // What a piece was taken for by itself is forgotten.
        worker.masked.retain(|located| !holds(located.span));
        worker.masked.extend(found.iter().map(|&(segment, span, finding)| Located { span, finding, segment }));
        resolve(&mut worker.masked);
        let masked = &worker.masked;
        worker.kept.retain(|kept| {
            let at = masked.partition_point(|located| located.span.end <= kept.span.start);
            !masked.get(at).is_some_and(|located| located.span.overlaps(kept.span))
        });
    }

    /// Whether a known name stands in the segment, outside what is masked in it.
    fn holds_name(&self, text: Text, segment: &Segment, masked: &[Located], worker: &mut Worker) -> bool {
        let Worker { view, detect, .. } = worker;
        let keys = [&[][..]; 2];
        let in_view = View::is_needed(text, segment);
        if in_view {
            view.build(self.rules.kernel(), text.bytes, segment.span, segment.escape, []);
            let text = view.text();
            let place = Place { text, start: 0, end: text.bytes.len(), role: segment.role, keys };
            self.rules.sweep(&place, detect);
        } else {
            let (start, end) = (segment.span.start as usize, segment.span.end as usize);
            self.rules.sweep(&Place { text, start, end, role: segment.role, keys }, detect);
        }
        detect.findings.iter().any(|finding| {
            let span = if in_view { view.raw(finding.span) } else { finding.span };
            !masked.iter().any(|old| old.span.start <= span.start && span.end <= old.span.end)
        })
    }
}
