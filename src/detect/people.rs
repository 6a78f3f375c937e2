//! Which names stand in a text, beside what the rules found there?
//!
//! What rules found is hidden from the name model behind one word without meaning: so it hears the same
//! before and after masking, and a part of an address is never a name.

use super::names::Name;
use super::{Place, Ruleset, Scratch};
use crate::model::{Finding, PERSON, Span};

impl Ruleset {
    /// Names of people in text.
    pub(super) fn people(&self, place: &Place, scratch: &mut Scratch) {
        let Some((names, threshold)) = &self.names else { return };
        let Scratch { names: buffers, named, blanks, findings, asked_name, hits, .. } = scratch;
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
        asked_name[1] = names.find(place.text, range, blanks, asked_name[0], *threshold, buffers, named);
        // A word that announces values (`IBAN`, `Fax`) names nobody, unless people are called so.
        named.retain(|name| {
            name.is_known || !hits.iter().any(|hit| (hit.start, hit.end) == (name.span.start, name.span.end))
        });
        note(self.name_rule, named, findings);
    }

    /// Remembers the words of a person's name that was masked in `place`.
    pub fn remember(&self, place: &Place, span: Span, scratch: &mut Scratch) {
        if let Some((names, _)) = &self.names {
            names.remember(place.text, span, &mut scratch.known_names, &mut scratch.names);
        }
    }

    /// Puts names into `scratch.findings` that were found elsewhere in the conversation.
    pub fn sweep(&self, place: &Place, scratch: &mut Scratch) {
        scratch.findings.clear();
        let Some((names, _)) = &self.names else { return };
        let Scratch { names: buffers, named, findings, known_names, .. } = scratch;
        named.clear();
        names.sweep(place.text, (place.start, place.end), known_names, buffers, named);
        note(self.memory_rule, named, findings);
        if !self.allowed.is_empty() {
            findings.retain(|finding| !self.is_allowed(finding.span.of(place.text.bytes)));
        }
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
