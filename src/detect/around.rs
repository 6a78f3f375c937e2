//! Which rules speak around their words?
//!
//! Lists of words, rules that are searched for in reach of their context, rules whose value stands right
//! behind it, and those without any anchor.

use regex_automata::Input;

use super::automaton::End;
use super::starts::{char_border, past_joiners};
use super::{Place, Ruleset, Scratch, context};

impl Ruleset {
    /// Rules that are lists of words: each of their words is a match.
    pub(super) fn lexicons(&self, place: &Place, scratch: &mut Scratch) {
        for at in 0..scratch.surroundings.own.len() {
            let cue = scratch.surroundings.own[at];
            for &group in self.words.groups(&cue) {
                let Some(rule) = self.lexicon_of[usize::from(group)] else { continue };
                scratch.ends.clear();
                scratch.ends.push(End { rule, end: cue.end });
                if let Some(finding) = self.judge(place, rule, cue.start as usize, 0..1, scratch) {
                    scratch.findings.push(finding);
                }
            }
        }
    }

    /// Rules whose only anchor is their context: searched for within reach of each of their words, and at
    /// the start of an answer when the words stood in the turn before.
    pub(super) fn around_context(&self, place: &Place, scratch: &mut Scratch) {
        for index in 0..self.around_context.len() {
            let (rule, group, ref regex) = self.around_context[index];
            if !scratch.surroundings.has(group) {
                continue;
            }
            let needs_digit = self.compiled[usize::from(rule)].needs_digit;
            let may_match = |range: &std::ops::Range<usize>| {
                !needs_digit || place.text.any(range.start, range.end, |m| m.digit)
            };
            // A little more than the reach, so that a match at its end is not cut.
            let reach = self.compiled[usize::from(rule)].near.map_or(0, |near| near.within as usize) + 64;
            let mut searched = place.start;
            if scratch.surroundings.was_asked(group) {
                searched = char_border(place, (place.start + reach).min(place.end));
                let range = place.start..searched;
                if may_match(&range) {
                    self.search(place, regex, range, |_| rule, scratch);
                }
            }
            for at in 0..scratch.surroundings.own.len() {
                let cue = scratch.surroundings.own[at];
                if !self.words.groups(&cue).contains(&group) {
                    continue;
                }
                let from = char_border(place, (cue.start as usize).saturating_sub(reach).max(searched));
                let to = char_border(place, (cue.end as usize + reach).min(place.end));
                if may_match(&(from..to)) {
                    self.search(place, regex, from..to, |_| rule, scratch);
                }
                searched = searched.max(to);
            }
        }
    }

    /// Rules whose value stands right behind their context words, or at the start of an answer to them.
    pub(super) fn after_context(&self, place: &Place, scratch: &mut Scratch) {
        for at in 0..scratch.surroundings.own.len() {
            let cue = scratch.surroundings.own[at];
            for &group in self.words.groups(&cue) {
                self.follow(place, group, cue.end as usize, scratch);
            }
        }
        let mut at = 0;
        while let Some(group) = scratch.surroundings.asked(at) {
            self.follow(place, group, place.start, scratch);
            at += 1;
        }
    }

    pub(super) fn follow(&self, place: &Place, group: context::Group, from: usize, scratch: &mut Scratch) {
        let followers = &self.followers[usize::from(group)];
        if followers.is_empty() {
            return;
        }
        let start = past_joiners(place, &self.joiners, from);
        for (rule, regex) in followers {
            let input =
                Input::new(place.text.bytes).span(start..place.end).anchored(regex_automata::Anchored::Yes);
            let Some(found) = regex.find(input) else { continue };
            scratch.ends.clear();
            scratch.ends.push(End { rule: *rule, end: found.end() as u32 });
            if let Some(finding) = self.judge(place, *rule, start, 0..1, scratch) {
                scratch.findings.push(finding);
            }
        }
    }

    /// Rules without an anchor: one automaton for all of them, over the segment.
    pub(super) fn anywhere(&self, place: &Place, scratch: &mut Scratch) {
        if let Some((regex, rules)) = &self.anywhere {
            self.search(place, regex, place.start..place.end, |pattern| rules[pattern], scratch);
        }
    }

    pub(super) fn search(
        &self,
        place: &Place,
        regex: &regex_automata::meta::Regex,
        range: std::ops::Range<usize>,
        rule_of: impl Fn(usize) -> u16,
        scratch: &mut Scratch,
    ) {
        if range.start >= range.end {
            return;
        }
        for found in regex.find_iter(Input::new(place.text.bytes).span(range)) {
            let rule = rule_of(found.pattern().as_usize());
            scratch.ends.clear();
            scratch.ends.push(End { rule, end: found.end() as u32 });
            if let Some(finding) = self.judge(place, rule, found.start(), 0..1, scratch) {
                scratch.findings.push(finding);
            }
        }
    }
}
