//! Which names stand in a text, beside what the rules found there?
//!
//! What rules found is hidden from the name model behind one word without meaning: so it hears the same
//! before and after masking, and a part of an address is never a name.

use super::names::{Heard, Name};
use super::{Place, Ruleset, Scratch};
use crate::model::{Finding, PERSON, Span};

impl Scratch {
    /// Forgets the turns, not what was learnt in them.
    pub fn forget_turns(&mut self) {
        self.turns.clear();
        self.heard.clear();
        self.learned = 0;
    }

    /// Notes what the turn that is looked at next has heard before it.
    pub fn note_turn(&mut self) {
        self.heard.extend_from_slice(self.surroundings.before());
        self.turns.push((self.heard.len() as u32, self.asked_name[0]));
    }

    /// Makes it heard again before turn `turn` is looked at once more.
    ///
    /// # Panics
    /// When the turn was not noted.
    pub fn turn_back(&mut self, turn: usize) {
        let (end, asked) = self.turns[turn];
        let start = if turn == 0 { 0 } else { self.turns[turn - 1].0 };
        self.surroundings.set_before(&self.heard[start as usize..end as usize]);
        self.asked_name[0] = asked;
    }

    /// How many turns had been noted when the last name was learnt.
    #[must_use]
    pub fn learned(&self) -> usize {
        self.learned
    }
}

impl Ruleset {
    /// Names of people in text.
    pub(super) fn people(&self, place: &Place, scratch: &mut Scratch) {
        let Some((names, threshold)) = &self.names else { return };
        let Scratch { names: buffers, named, blanks, findings, asked_name, hits, known_names, .. } = scratch;
        blanks.clear();
        blanks.extend(findings.iter().map(|finding| finding.span));
        blanks.sort_unstable();
        blanks.dedup_by(|next, united| {
            let joined = next.start < united.end;
            if joined {
                united.end = united.end.max(next.end);
            }
            joined
        });
        named.clear();
        let range = (place.start, place.end);
        let heard = Heard { asked: asked_name[0], known: known_names };
        asked_name[1] = names.find(place.text, range, blanks, heard, *threshold, buffers, named);
        // A word that announces values (`IBAN`, `Fax`) names nobody, unless people are called so.
        named.retain(|name| {
            name.is_known || !hits.iter().any(|hit| (hit.start, hit.end) == (name.span.start, name.span.end))
        });
        note(self.name_rule, named, findings);
    }

    /// Remembers the words of a person's name that was masked in `place`.
    pub fn remember(&self, place: &Place, span: Span, scratch: &mut Scratch) {
        if let Some((names, _)) = &self.names {
            let known = scratch.known_names.len();
            names.remember(place.text, span, &mut scratch.known_names, &mut scratch.names);
            if scratch.known_names.len() > known {
                scratch.learned = scratch.turns.len();
            }
        }
    }

    /// Puts words into `scratch.findings` that are names elsewhere in the conversation.
    pub fn sweep(&self, place: &Place, scratch: &mut Scratch) {
        scratch.findings.clear();
        let Some((names, _)) = &self.names else { return };
        let Scratch { names: buffers, named, findings, known_names, .. } = scratch;
        named.clear();
        names.sweep(place.text, (place.start, place.end), known_names, buffers, named);
        note(self.memory_rule, named, findings);
    }
}

fn note(rule: u16, named: &[Name], findings: &mut Vec<Finding>) {
    findings.extend(named.iter().map(|name| Finding {
        span: name.span,
        entity: PERSON,
        rule,
        score: name.score(),
    }));
}
