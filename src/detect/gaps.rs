//! What is left when every other rule has spoken?
//!
//! The catch-all matches nearly everything that other rules match, so it is judged last and speaks only in
//! the gaps between their findings; its match begins anew in each gap.

use super::{DIGIT, Place, Ruleset, Scratch};
use crate::model::unite;

impl Ruleset {
    /// Lets the catch-all rules speak where no other rule did: in the gaps that findings leave.
    pub(super) fn catch_all(&self, place: &Place, scratch: &mut Scratch) {
        if scratch.rest.is_empty() {
            return;
        }
        let (rest, mut taken) = (std::mem::take(&mut scratch.rest), std::mem::take(&mut scratch.taken));
        taken.clear();
        taken.extend(scratch.findings.iter().map(|finding| finding.span));
        // United, the findings over a match are next to each other.
        unite(&mut taken);
        for &(rule, span) in &rest {
            let first = taken.partition_point(|other| other.end <= span.start);
            let (mut from, mut cut) = (span.start as usize, false);
            for other in taken[first..].iter().take_while(|other| other.start < span.end) {
                let start = if cut { from } else { place.start };
                let gap = Place { start, end: other.start as usize, ..*place };
                self.catch_gap(&gap, rule, from..other.start as usize, scratch);
                (from, cut) = (other.end as usize, true);
            }
            let rest = Place { start: if cut { from } else { place.start }, ..*place };
            self.catch_gap(&rest, rule, from..span.end as usize, scratch);
        }
        (scratch.rest, scratch.taken) = (rest, taken);
        scratch.rest.clear();
    }

    /// The catch-all's match that begins at the start of `range` or at its first digit, in a gap between
    /// findings.
    fn catch_gap(&self, gap: &Place, rule: u16, range: std::ops::Range<usize>, scratch: &mut Scratch) {
        let digit = gap.text.next(range.start, range.end, |m| m.digit);
        if digit.is_none() {
            return;
        }
        for start in [Some(range.start), digit].into_iter().flatten() {
            let (Some(automaton), Some(memory)) = (&self.automata[DIGIT], &mut scratch.memories[DIGIT])
            else {
                return;
            };
            scratch.ends.clear();
            automaton.ends(memory, gap.text.bytes, start, gap.end, &mut scratch.ends);
            scratch.ends.retain(|end| end.rule == rule);
            let ends = 0..scratch.ends.len();
            if let Some(finding) = self.judge(gap, rule, start, ends, scratch) {
                scratch.findings.push(finding);
                return;
            }
        }
    }
}
