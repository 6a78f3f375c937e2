//! Which rules speak at an anchor?
//!
//! From each anchor the automaton of its kind tells every rule that matches there and every end it could have.

use super::starts::{digit_starts, starts, token_start, word_start};
use super::{AT, COLON, DIGIT, DIGIT_IN_CONTEXT, Place, Ruleset, Scratch};
use crate::model::{Finding, Span, closing};

impl Ruleset {
    pub(super) fn at_anchors(&self, place: &Place, scratch: &mut Scratch) {
        let mut covered = place.start; // up to here a rule has spoken
        let in_context = scratch.surroundings.has_any(&self.digit_groups);
        for index in 0..scratch.anchors.len() {
            let at = scratch.anchors[index] as usize;
            if at < covered {
                continue;
            }
            let known = scratch.findings.len();
            let (kind, starts) = match place.text.bytes[at] {
                b'@' => (AT, starts([token_start(place, at), at])),
                b':' => (COLON, starts([word_start(place, at), at])),
                _ => {
                    if self.note_tag(place.text.bytes, at, scratch) {
                        continue;
                    }
                    (DIGIT, digit_starts(place, at, self.before_blank))
                }
            };
            let mut tried = None;
            for start in starts.into_iter().flatten() {
                // What begins inside a match from further left is a part of it.
                let inside = |finding: &Finding| finding.span.end as usize > start;
                if tried != Some(start) && !scratch.findings[known..].iter().any(inside) {
                    self.try_at(kind, place, start, place.end, scratch);
                    if kind == DIGIT && in_context {
                        self.try_at(DIGIT_IN_CONTEXT, place, start, place.end, scratch);
                    }
                    tried = Some(start);
                }
            }
            for finding in &scratch.findings[known..] {
                covered = covered.max(finding.span.end as usize);
            }
        }
    }

    /// What [`Self::at_anchors`] does, without trusting anchors.
    pub(super) fn at_every_byte(&self, place: &Place, scratch: &mut Scratch) {
        let mut covered = place.start;
        for at in place.start..place.end {
            if place.text.bytes[at].is_ascii_digit()
                && (at == place.start || !place.text.bytes[at - 1].is_ascii_digit())
            {
                self.note_tag(place.text.bytes, at, scratch);
            }
            if at < covered {
                continue;
            }
            let known = scratch.findings.len();
            for kind in [DIGIT, DIGIT_IN_CONTEXT, AT, COLON] {
                self.try_at(kind, place, at, place.end, scratch);
            }
            for finding in &scratch.findings[known..] {
                covered = covered.max(finding.span.end as usize);
            }
        }
    }

    /// Whether `at` is the first digit or the last byte of a tag such as `[NAME_7]`; its number is remembered.
    pub(super) fn note_tag(&self, bytes: &[u8], at: usize, scratch: &mut Scratch) -> bool {
        let before = &bytes[..at];
        let digits_before = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let first = if bytes[at].is_ascii_digit() { at } else { at - digits_before };
        if first == 0 || bytes[first - 1] != b'_' {
            return false;
        }
        let digits = bytes[first..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 9 {
            return false;
        }
        let name = bytes[..first - 1]
            .iter()
            .rev()
            .take(40)
            .take_while(|&&b| b.is_ascii_uppercase() || b == b'_')
            .count();
        let opening = (first - 1).checked_sub(name + 1).map(|open| bytes[open]);
        let ends = opening.and_then(closing);
        if ends.is_none() || bytes.get(first + digits).copied() != ends {
            return false;
        }
        let name = std::str::from_utf8(&bytes[first - 1 - name..first - 1]).unwrap_or_default();
        if let Some(entity) = self.entities.find(name) {
            let number = bytes[first..first + digits].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            scratch.tags.push((entity, number));
        }
        true
    }

    /// Asks the automaton of `kind` which rules match from `start`, and judges each.
    pub(super) fn try_at(
        &self,
        kind: usize,
        place: &Place,
        start: usize,
        limit: usize,
        scratch: &mut Scratch,
    ) {
        let (Some(automaton), Some(memory)) = (&self.automata[kind], &mut scratch.memories[kind]) else {
            return;
        };
        scratch.ends.clear();
        automaton.ends(memory, place.text.bytes, start, limit, &mut scratch.ends);
        if scratch.ends.is_empty() {
            return;
        }
        scratch.ends.sort_unstable_by_key(|end| (end.rule, end.end));
        let mut from = 0;
        while from < scratch.ends.len() {
            let rule = scratch.ends[from].rule;
            let to = from + scratch.ends[from..].iter().take_while(|end| end.rule == rule).count();
            let compiled = &self.compiled[usize::from(rule)];
            if compiled.only_near.is_some_and(|group| !scratch.surroundings.has(group)) {
                // Without its words the rule says nothing, whatever edges and checks would say.
            } else if compiled.catch_all {
                // Judged at the end, where no other rule has spoken; most often one has.
                let span = Span { start: start as u32, end: scratch.ends[to - 1].end };
                let begun = |&&(other, known): &&(u16, Span)| other == rule && known.end > span.start;
                if scratch.rest.last().filter(begun).is_none() {
                    scratch.rest.push((rule, span));
                }
            } else if let Some(finding) = self.judge(place, rule, start, from..to, scratch) {
                scratch.findings.push(finding);
            }
            from = to;
        }
    }
}
