//! Where else in the conversation does a found name stand?

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

    /// Masks the names of the conversation in all its texts, also before they were found.
    pub(super) fn sweep(&self, chunk: &Chunk, conversation: &Conversation, worker: &mut Worker) {
        if !worker.detect.knows_names() {
            return;
        }
        let known = worker.masked.len();
        for (index, segment) in conversation.segments.iter().enumerate() {
            if segment.role == Role::Text && !segment.span.is_empty() {
                self.sweep_segment(chunk.text, segment, index as u32, known, worker);
            }
        }
        if worker.masked.len() == known {
            return;
        }
        worker.masked.sort_by_key(|located| (located.segment, located.span));
        let mut resolved = Vec::with_capacity(worker.masked.len());
        for of_segment in worker.masked.chunk_by(|a, b| a.segment == b.segment) {
            let mut found = of_segment.to_vec();
            resolve(&mut found);
            resolved.append(&mut found);
        }
        worker.masked = resolved;
        // Masking wins byte by byte over what is kept.
        let masked = &worker.masked;
        worker.kept.retain(|kept| {
            !masked.iter().any(|other| other.segment == kept.segment && other.span.overlaps(kept.span))
        });
    }

    fn sweep_segment(&self, text: Text, segment: &Segment, index: u32, known: usize, worker: &mut Worker) {
        let Worker { view, detect, masked, .. } = worker;
        let in_view = View::is_needed(text, segment);
        let keys = [&[][..]; 2];
        if in_view {
            view.build(self.rules.kernel(), text.bytes, segment.span, segment.escape, []);
            let text = view.text();
            let place = Place { text, start: 0, end: text.bytes.len(), role: segment.role, keys };
            self.rules.sweep(&place, detect);
        } else {
            let (start, end) = (segment.span.start as usize, segment.span.end as usize);
            self.rules.sweep(&Place { text, start, end, role: segment.role, keys }, detect);
        }
        // `masked[..known]` is sorted by segment, and disjoint inside one.
        let first = masked[..known].partition_point(|located| located.segment < index);
        let last = masked[..known].partition_point(|located| located.segment <= index);
        for finding in &detect.findings {
            let span: Span = if in_view { view.raw(finding.span) } else { finding.span };
            let covers = |old: &Located| old.span.start <= span.start && span.end <= old.span.end;
            if !masked[first..last].iter().any(covers) {
                masked.push(Located { span, finding: *finding, segment: index });
            }
        }
    }
}
