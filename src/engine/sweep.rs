//! Where else in the conversation does a found name stand?
//!
//! A name counts from the turn on in which it is found. Turns before that are looked at once more when one of
//! its words stands in them, with what they had heard when they were looked at first. Strings that are no text
//! (`"title": "Marie Dupont"`) and names of fields (`{"Marie Dupont": 12}`) are only held against the known names.

use super::{Engine, FileContext, Worker, readback};
use crate::detect::{Place, Scratch, Stitched};
use crate::format::{Chunk, Conversation};
use crate::model::{Finding, Located, PERSON, Role, Segment, Span};
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
                self.rules.remember(place, &finding, detect);
            }
        }
    }

    /// Masks the names of the conversation in the turns before they were found, from record `from` on.
    pub(super) fn sweep(
        &self,
        file: &FileContext,
        chunk: &Chunk,
        conversation: &Conversation,
        from: usize,
        worker: &mut Worker,
    ) {
        let learned = worker.detect.learned();
        if learned < 2 {
            return;
        }
        let mut masked = std::mem::take(&mut worker.masked);
        let mut kept = std::mem::take(&mut worker.kept);
        let mut again: Vec<u32> = Vec::new();
        let turns = conversation.turns(from).take(learned - 1);
        for (turn, (index, segment)) in turns.enumerate() {
            let first = masked.partition_point(|located| located.segment < index);
            let last = masked.partition_point(|located| located.segment <= index);
            if worker.detect.may_hold_name(turn)
                && self.holds_name(chunk.text, segment, &masked[first..last], worker)
            {
                worker.detect.turn_back(turn);
                self.look(chunk.text, segment, index, [file.layout.asked(segment), &[]], worker);
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

    /// Masks values that were said over several turns, and what repeats a value, from record `from` on.
    pub(super) fn stitch(
        &self,
        file: &FileContext,
        chunk: &Chunk,
        conversation: &Conversation,
        from: usize,
        worker: &mut Worker,
    ) {
        let mut stitched = self.rules.stitch(&mut worker.detect);
        readback::lengthen(chunk, conversation, &mut stitched, worker);
        self.note_values(chunk, conversation, worker);
        self.echoes(chunk, conversation, (from, false), worker, &mut stitched);
        self.said_again(chunk, conversation, from, worker, &mut stitched);
        self.mask_too(file, chunk, conversation, stitched, worker);
    }

    /// Masks the names of the conversation in its fields, from record `from` on: in names of fields and in strings that
    /// are no text. In copies of its turns it masks what stands there again beside the words they share, and names if
    /// one of the copies told more than the `told` ones that were known before.
    pub(super) fn sweep_fields(
        &self,
        file: &FileContext,
        chunk: &Chunk,
        conversation: &Conversation,
        (from, told): (usize, usize),
        worker: &mut Worker,
    ) {
        let mut pieces = Vec::new();
        if !conversation.shown.asides.is_empty() {
            self.echoes(chunk, conversation, (from, true), worker, &mut pieces);
        }
        if worker.detect.names_known() == 0 {
            return self.mask_too(file, chunk, conversation, pieces, worker);
        }
        let copies_told = worker.detect.names_known() > told;
        let mut next = 0;
        for (index, segment) in conversation.segments.iter().enumerate() {
            let index = index as u32;
            let is_swept = match segment.role {
                Role::Key | Role::Prose | Role::Value => true,
                Role::Text => copies_told && conversation.shown.aside(index).is_some(),
                Role::Exempt | Role::Person | Role::Number | Role::Recording | Role::Whole(_) => false,
            };
            if !is_swept || segment.span.is_empty() || (segment.record as usize) < from {
                continue;
            }
            next += worker.masked[next..].partition_point(|located| located.segment < index);
            let of_segment = worker.masked[next..].partition_point(|located| located.segment == index);
            let masked = next..next + of_segment;
            self.known_names(chunk.text, segment, worker, |span, finding, worker| {
                let is_masked = worker.masked[masked.clone()]
                    .iter()
                    .any(|old| old.span.start <= span.start && span.end <= old.span.end);
                if !is_masked {
                    pieces.push(Stitched { segment: index, span, finding, turn: 0 });
                }
            });
        }
        self.mask_too(file, chunk, conversation, pieces, worker);
    }

    /// Masks what was found in segments that were looked at before, and what that exposes.
    fn mask_too(
        &self,
        file: &FileContext,
        chunk: &Chunk,
        conversation: &Conversation,
        mut stitched: Vec<Stitched>,
        worker: &mut Worker,
    ) {
        stitched.retain(|piece| matches!(self.policy.action(piece.finding.entity), Action::Mask(_)));
        if stitched.is_empty() {
            return;
        }
        stitched.sort_unstable_by_key(|piece| piece.span);
        let old = std::mem::take(&mut worker.masked);
        let mut masked = Vec::with_capacity(old.len() + stitched.len());
        let (mut next, mut reach) = (0, Vec::new());
        for pieces in stitched.chunk_by(|a, b| a.segment == b.segment) {
            let index = pieces[0].segment;
            let first = next + old[next..].partition_point(|located| located.segment < index);
            let last = first + old[first..].partition_point(|located| located.segment <= index);
            masked.extend_from_slice(&old[next..first]);
            next = last;
            // What a piece was taken for by itself is forgotten.
            // Pieces are in order of their starts: of those that begin early enough one reaches furthest.
            let mut furthest = 0;
            reach.clear();
            reach.extend(pieces.iter().map(|piece| {
                furthest = furthest.max(piece.span.end);
                furthest
            }));
            let holds = |span: Span| {
                let begun = pieces.partition_point(|piece| piece.span.start <= span.start);
                begun > 0 && span.end <= reach[begun - 1]
            };
            worker.found.clear();
            worker.found.extend(old[first..last].iter().filter(|located| !holds(located.span)));
            let located =
                |piece: &Stitched| Located { span: piece.span, finding: piece.finding, segment: index };
            worker.found.extend(pieces.iter().map(located));
            resolve(&mut worker.found);
            let segment = &conversation.segments[index as usize];
            let keys = match segment.role {
                Role::Text if conversation.shown.aside(index).is_some() => [&[][..]; 2],
                Role::Text => {
                    worker.detect.turn_back(pieces[0].turn);
                    [file.layout.asked(segment), &[]]
                }
                _ => file.layout.keys(chunk, conversation, segment),
            };
            self.look_again(chunk.text, segment, index, keys, (false, true), worker);
            masked.extend_from_slice(&worker.found);
        }
        masked.extend_from_slice(&old[next..]);
        worker.masked = masked;
        let masked = &worker.masked;
        worker.kept.retain(|kept| {
            let at = masked.partition_point(|located| located.span.end <= kept.span.start);
            !masked.get(at).is_some_and(|located| located.span.overlaps(kept.span))
        });
    }

    /// Whether a known name stands in the segment, outside what is masked in it.
    fn holds_name(&self, text: Text, segment: &Segment, masked: &[Located], worker: &mut Worker) -> bool {
        let mut holds = false;
        self.known_names(text, segment, worker, |span, _, _| {
            holds |= !masked.iter().any(|old| old.span.start <= span.start && span.end <= old.span.end);
        });
        holds
    }

    /// Calls `found` with each known name that stands in the segment, in raw bytes.
    fn known_names(
        &self,
        text: Text,
        segment: &Segment,
        worker: &mut Worker,
        mut found: impl FnMut(Span, Finding, &Worker),
    ) {
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
        for finding in &worker.detect.findings {
            let span = if in_view { worker.view.raw(finding.span) } else { finding.span };
            found(span, *finding, worker);
        }
    }
}
