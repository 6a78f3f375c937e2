//! Why was it found, or not?
//!
//! When somebody asks, every match that was judged is written down with its verdict and the words that bore
//! upon it. The verdict is that of the code that decides; only what led to it is looked up once more. A
//! probe tries the rules of a set at a place where none was tried, and judges by the same code.
//!
//! A trace quotes words of the text. It is for the person who holds the text, never for a log.

use std::ops::Range;

use super::anchor::Anchor;
use super::automaton::{Automaton, End};
use super::context::{Group, Surroundings, Words};
use super::ruleset::Reach;
use super::{Place, Ruleset, Scratch};
use crate::limits;
use crate::model::{Entity, Finding, Role, Span};

/// Why a match is no finding, with the end that was judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// None of its ends may stand there.
    Edges,
    /// The check does not hold.
    Check(usize),
    /// The score stays below the least one.
    Score(usize, u8),
    /// A bare number whose key does not name it.
    Unnamed(usize),
}

/// What became of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A finding.
    Found(Entity),
    /// A part of a longer word or number.
    Edges,
    /// Its check does not hold, and its rule finds nothing else then.
    Check,
    /// Its score stays below the least one.
    Score,
    /// A bare number of JSON whose key does not name it.
    Unnamed,
    /// It would be a finding, but its rule was not tried here: see [`Anchor`].
    Apart,
    /// The user's list of allowed values names it.
    Allowed,
    /// Its rule is for other languages than the one that was asked for.
    Language,
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Of a match alone.
    Base,
    /// The check holds.
    Check,
    /// A word stands near that speaks for it.
    Context,
    /// A word stands near that speaks against it.
    Against,
}

/// Where a context word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// So many bytes of the view before the match.
    Before(u32),
    /// So many bytes behind it.
    After(u32),
    /// In the match itself.
    Inside,
    /// In the field's name.
    Field,
    /// In the turn before.
    TurnBefore,
}

/// A context word of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands there; for a field, the field's name.
    pub text: String,
    /// Where.
    pub side: Side,
    /// Whether it speaks against the match.
    pub against: bool,
    /// Whether it stands near enough to count.
    pub counts: bool,
}

/// A match that was judged.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Number of its rule.
    pub rule: u16,
    /// Where, in bytes of the view.
    pub span: Span,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether the rule's check holds; `None` when it has none or edges did not hold.
    pub check: Option<bool>,
    /// Context words of the rule that stand in reach or near it.
    pub words: Vec<Word>,
    /// The score after each step, in hundredths; the last one decided.
    pub steps: Vec<(Step, u8)>,
    /// What else bore upon it, a sentence each.
    pub notes: Vec<String>,
}

/// What was judged in a segment, and the words of the turn before.
#[derive(Default)]
pub struct Trace {
    /// In the order of judging.
    pub attempts: Vec<Attempt>,
    /// The segment's text, and where it begins in the view.
    text: Vec<u8>,
    start: usize,
    before: Vec<(Group, String)>,
}

impl Trace {
    /// Forgets the conversation before.
    pub fn next_conversation(&mut self) {
        self.before.clear();
    }

    pub(super) fn next_segment(&mut self, place: &Place) {
        self.attempts.clear();
        self.text.clear();
        self.text.extend_from_slice(&place.text.bytes[place.start..place.end]);
        self.start = place.start;
    }

    /// As [`Surroundings::turn_over`], with the words themselves.
    pub(super) fn turn_over(&mut self, surroundings: &Surroundings, words: &Words) {
        // A turn that says next to nothing lets the question before it stand.
        self.before.retain(|(group, _)| surroundings.before().contains(group));
        for cue in surroundings.own.iter().rev().take(limits::TURN_CUES) {
            let range = (cue.start as usize).saturating_sub(self.start)
                ..(cue.end as usize).saturating_sub(self.start);
            let word = String::from_utf8_lossy(self.text.get(range).unwrap_or_default()).into_owned();
            self.before.extend(words.groups(cue).iter().map(|&group| (group, word.clone())));
        }
    }
}

impl Ruleset {
    /// The finding of a rule among its possible ends `scratch.ends[ends]`, if edges, check and context let
    /// it stand. Written down when somebody asks why.
    pub(super) fn judge(
        &self,
        place: &Place,
        number: u16,
        start: usize,
        ends: Range<usize>,
        scratch: &mut Scratch,
    ) -> Option<Finding> {
        let outcome = self.weigh(place, number, start, ends.clone(), scratch);
        if scratch.trace.is_some() {
            let attempt = self.attempt(place, number, start, ends, &outcome, scratch);
            if let Some(trace) = &mut scratch.trace {
                trace.attempts.push(attempt);
            }
        }
        outcome.ok()
    }

    /// What led to `outcome`.
    fn attempt(
        &self,
        place: &Place,
        number: u16,
        start: usize,
        ends: Range<usize>,
        outcome: &Result<Finding, Refusal>,
        scratch: &mut Scratch,
    ) -> Attempt {
        let longest = ends.filter_map(|at| scratch.ends.get(at)).map(|end| end.end as usize).max();
        let (end, verdict) = match *outcome {
            Ok(finding) => (finding.span.end as usize, Verdict::Found(finding.entity)),
            Err(Refusal::Edges) => (longest.unwrap_or(start + 1), Verdict::Edges),
            Err(Refusal::Check(end)) => (end, Verdict::Check),
            Err(Refusal::Score(end, _)) => (end, Verdict::Score),
            Err(Refusal::Unnamed(end)) => (end, Verdict::Unnamed),
        };
        let rule = &self.compiled[usize::from(number)];
        let candidate = place.candidate(start, end);
        let check = rule
            .check
            .filter(|_| verdict != Verdict::Edges)
            .map(|check| verdict != Verdict::Check && (check.holds)(&candidate));
        let mut words = Vec::new();
        for (reach, against) in [(rule.near, false), (rule.against, true)] {
            if let Some(reach) = reach {
                self.words_around(place, reach, against, (start, end), scratch, &mut words);
            }
        }
        let counts = |against| words.iter().any(|word| word.against == against && word.counts);
        let mut score = rule.score;
        let mut steps = vec![(Step::Base, score)];
        if check == Some(true) {
            score = rule.valid;
            steps.push((Step::Check, score));
        }
        if let Some(near) = rule.near.filter(|_| counts(false)) {
            score = score.max(near.score);
            steps.push((Step::Context, score));
        }
        if let Some(against) = rule.against.filter(|_| counts(true)) {
            score = score.min(against.score);
            steps.push((Step::Against, score));
        }
        debug_assert!(
            match *outcome {
                Ok(finding) => finding.score == score,
                Err(Refusal::Score(_, decided)) => decided == score,
                Err(_) => true,
            },
            "rule {} tells another score than it gave",
            self.rule_id(number)
        );
        let notes = Vec::new();
        Attempt { rule: number, span: Span::new(start, end), verdict, check, words, steps, notes }
    }

    /// The words of `reach` around a match: those of the segment within its reach and the nearest one
    /// beyond, the field's name, the turn before.
    fn words_around(
        &self,
        place: &Place,
        reach: Reach,
        against: bool,
        (start, end): (usize, usize),
        scratch: &mut Scratch,
        out: &mut Vec<Word>,
    ) {
        let within = reach.within as usize;
        let mut beyond: Option<(usize, Word)> = None;
        for cue in &scratch.surroundings.own {
            if !self.words.groups(cue).contains(&reach.group) {
                continue;
            }
            let (from, to) = (cue.start as usize, cue.end as usize);
            let distance = start.saturating_sub(to).max(from.saturating_sub(end));
            let side = if to <= start {
                Side::Before(distance as u32)
            } else if from >= end {
                Side::After(distance as u32)
            } else {
                Side::Inside
            };
            let text = String::from_utf8_lossy(&place.text.bytes[from..to]).into_owned();
            let word = Word { text, side, against, counts: distance <= within };
            if word.counts {
                out.push(word);
            } else if beyond.as_ref().is_none_or(|(known, _)| distance < *known) {
                beyond = Some((distance, word));
            }
        }
        out.extend(beyond.map(|(_, word)| word));
        if scratch.surroundings.key.contains(&reach.group) {
            let own = std::mem::take(&mut scratch.surroundings.key);
            for key in place.keys.into_iter().filter(|key| !key.is_empty()) {
                scratch.surroundings.key.clear();
                self.key_context(key, scratch);
                if scratch.surroundings.key.contains(&reach.group) {
                    let text = String::from_utf8_lossy(key).into_owned();
                    out.push(Word { text, side: Side::Field, against, counts: true });
                }
            }
            scratch.surroundings.key = own;
        }
        let counts = start - place.start <= within.max(24);
        // Where a view begins inside the text, the turn before says nothing.
        let is_heard = scratch.surroundings.before().contains(&reach.group);
        for (group, text) in scratch.trace.iter().flat_map(|trace| &trace.before) {
            if *group == reach.group && is_heard {
                out.push(Word { text: text.clone(), side: Side::TurnBefore, against, counts });
            }
        }
    }

    /// Tries every rule with a pattern at every byte around `wanted` and judges what overlaps it. To be
    /// called after [`Ruleset::find`] on the same place; findings stay as they are.
    #[must_use]
    pub fn probe(&self, place: &Place, wanted: Span, scratch: &mut Scratch) -> Vec<Attempt> {
        /// Farthest start of a match before what was asked about: longer values than any identifier.
        const BEFORE: usize = 64;
        let mut out: Vec<Attempt> = Vec::new();
        if matches!(place.role, Role::Exempt) {
            return out;
        }
        let far = scratch.far;
        for (number, rule) in self.rules().iter().enumerate() {
            let number = number as u16;
            if rule.pattern.is_empty() {
                continue;
            }
            // A pattern that stands in a set compiles alone.
            let Ok(Some(automaton)) = Automaton::new(&[(number, rule.pattern.as_str())]) else { continue };
            let other_language =
                self.lang.as_ref().is_some_and(|lang| !rule.langs.is_empty() && !rule.langs.contains(lang));
            let mut memory = automaton.memory();
            let from = (wanted.start as usize).saturating_sub(BEFORE).max(place.start);
            for start in from..wanted.end as usize {
                let mut ends: Vec<End> = Vec::new();
                automaton.ends(&mut memory, place.text.bytes, start, place.end, &mut ends);
                ends.retain(|end| end.end > wanted.start);
                if ends.is_empty() {
                    continue;
                }
                scratch.ends = ends;
                let all = 0..scratch.ends.len();
                let outcome = self.weigh(place, number, start, all.clone(), scratch);
                let mut attempt = self.attempt(place, number, start, all, &outcome, scratch);
                if other_language {
                    attempt.verdict = Verdict::Language;
                } else if let Verdict::Found(_) = attempt.verdict {
                    attempt.verdict = Verdict::Apart;
                }
                out.push(attempt);
            }
        }
        scratch.far = far;
        out
    }

    /// What must stand at a place for a rule to be tried there, for people.
    #[must_use]
    pub fn anchor_about(&self, number: u16) -> &'static str {
        let Some(rule) = self.rules().get(usize::from(number)) else { return "" };
        if rule.catch_all {
            return "it speaks only where no other rule does";
        }
        match rule.anchor {
            Anchor::Digit => "its values begin at digits, at the word or sign in front of them",
            Anchor::At => "its values begin at the word in front of an @",
            Anchor::Colon => "its values begin at the word in front of a colon",
            Anchor::Words(_) => "its values begin with one of its own words",
            Anchor::Bracketed(_) => "its values begin in front of a bracket",
            Anchor::Context => "its values stand around its context words",
            Anchor::After => "its values stand right behind one of its context words",
            Anchor::Anywhere => "a longer match stands over it",
        }
    }
}
