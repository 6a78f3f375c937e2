//! What is personal here?
//!
//! A [`Ruleset`] holds all rules, compiled together. [`Ruleset::find`] looks at one segment: the words
//! that mean something are collected, each anchor of the scan asks the automaton of its kind which rules
//! match there, checks and context words give each match its score, and what reaches the least score is
//! a finding. Finding is not deciding: nothing here knows what becomes of a finding.
//!
//! A segment costs its words (about half a nanosecond a byte) and its anchors (some tens of nanoseconds
//! each); text without anchors and words runs no rule.

pub mod anchor;
mod automaton;
pub mod checks;
mod context;
pub mod examples;
mod gaps;
pub mod names;
mod people;
pub mod rule;
mod ruleset;
mod starts;
mod trace;

pub use ruleset::{BALANCED, HIGH, Options, PRECISE, Ruleset, SHIPPED, WordLists};
pub use trace::{Attempt, Side, Step, Trace, Verdict, Word};

use regex_automata::Input;

use crate::model::{Entity, Finding, Role, Span, closing};
use crate::scan::{Text, WordHit};
use automaton::{Automaton, End, Memory};
use context::{Near, Surroundings};
use ruleset::Compiled;
use starts::{
    bracket_before, char_border, digit_starts, is_in_tag, past_joiners, starts, token_start, word_start,
};
use trace::Refusal;

/// A segment to look at, with the name of its field.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The chunk or the segment's own view.
    pub text: Text<'a>,
    /// First byte of the segment in `text`.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What it is to its reader.
    pub role: Role,
    /// The field's name and that of the field around it, empty when there is none.
    pub keys: [&'a [u8]; 2],
}

/// Buffers of one worker, and what it remembers from turn to turn.
pub struct Scratch {
    /// What was found in the segment, unsorted, possibly overlapping.
    pub findings: Vec<Finding>,
    /// Numbered tags that already stand in the segment (`[EMAIL_3]`): numbering skips them.
    pub tags: Vec<(Entity, u32)>,
    /// Whether a context word stood too far from a match: masking what lies between may bring it nearer.
    pub far: bool,
    /// Where it is written down why, when somebody asks.
    pub trace: Option<Box<Trace>>,
    hits: Vec<WordHit>,
    anchors: Vec<u32>,
    ends: Vec<End>,
    rest: Vec<(u16, Span)>,
    taken: Vec<Span>,
    surroundings: Surroundings,
    names: names::Buffers,
    named: Vec<names::Name>,
    /// What the rules found, united: the model sees that something stands there, not what.
    blanks: Vec<Span>,
    /// Words of names found so far in the conversation.
    known_names: Vec<u64>,
    /// In how many turns' time the last of them was learnt.
    learned: usize,
    /// Whether the turn before asked for a name, and whether this one does.
    asked_name: [bool; 2],
    /// What each turn had heard before it: where its groups end in `heard`, and whether a name was asked for.
    turns: Vec<(u32, bool)>,
    heard: Vec<context::Group>,
    key_text: Vec<u8>,
    key_masks: Vec<crate::scan::Masks>,
    memories: [Option<Memory>; KINDS],
}

impl Scratch {
    /// Forgets the conversation before.
    pub fn next_conversation(&mut self) {
        self.surroundings.next_conversation();
        self.known_names.clear();
        self.learned = 0;
        self.asked_name = [false; 2];
        if let Some(trace) = &mut self.trace {
            trace.next_conversation();
        }
    }
}

/// The automata of a set, by kind of anchor. The order is that of [`Scratch::memories`].
const DIGIT: usize = 0;
const AT: usize = 1;
const COLON: usize = 2;
const WORD: usize = 3;
/// Digit rules that say nothing without their context words: asked only where such words are.
const DIGIT_IN_CONTEXT: usize = 4;
/// How many automata there are.
const KINDS: usize = 5;

impl Ruleset {
    /// Buffers for one worker.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch {
            findings: Vec::new(),
            tags: Vec::new(),
            far: false,
            trace: None,
            hits: Vec::new(),
            anchors: Vec::new(),
            ends: Vec::new(),
            rest: Vec::new(),
            taken: Vec::new(),
            surroundings: Surroundings::default(),
            names: names::Buffers::default(),
            named: Vec::new(),
            blanks: Vec::new(),
            known_names: Vec::new(),
            learned: 0,
            asked_name: [false; 2],
            turns: Vec::new(),
            heard: Vec::new(),
            key_text: Vec::new(),
            key_masks: Vec::new(),
            memories: std::array::from_fn(|kind| self.automata[kind].as_ref().map(Automaton::memory)),
        }
    }

    /// Puts what is personal in the segment into `scratch.findings`, in bytes of `place.text`.
    pub fn find(&self, place: &Place, scratch: &mut Scratch) {
        scratch.findings.clear();
        scratch.tags.clear();
        scratch.far = false;
        scratch.surroundings.next_segment();
        if let Some(trace) = &mut scratch.trace {
            trace.next_segment(place);
        }
        match place.role {
            Role::Exempt => return,
            // A name without letters is a number that somebody calls from.
            Role::Person if place.text.any(place.start, place.end, |m| m.letter) => {
                return self.person(place, scratch);
            }
            Role::Person | Role::Text | Role::Value | Role::Key | Role::Number => {}
        }
        scratch.anchors.clear();
        let anchors = &mut scratch.anchors;
        place.text.each_anchor(
            place.start,
            place.end,
            |m| m.digit,
            |m| m.at | m.colon,
            |at| anchors.push(at as u32),
        );
        // Names of fields and bare numbers hold no values without a digit or sign.
        let may_speak = matches!(place.role, Role::Text | Role::Value | Role::Person);
        if !may_speak && scratch.anchors.is_empty() && !self.denies && self.anywhere.is_none() {
            return;
        }
        self.words(place, scratch);
        if self.at_every_byte {
            self.at_every_byte(place, scratch);
        } else if !scratch.anchors.is_empty() {
            self.at_anchors(place, scratch);
        }
        self.lexicons(place, scratch);
        self.around_context(place, scratch);
        self.after_context(place, scratch);
        self.anywhere(place, scratch);
        self.catch_all(place, scratch);
        if place.role == Role::Text {
            self.people(place, scratch);
        }
        if !self.allowed.is_empty() {
            scratch.findings.retain(|finding| !self.is_allowed(finding.span.of(place.text.bytes)));
        }
    }

    /// Makes the text segment that was just looked at the turn before.
    pub fn turn_over(&self, scratch: &mut Scratch) {
        // What is masked says nothing to the next turn, or a second run would hear less than the first.
        let Scratch { surroundings, findings, .. } = scratch;
        surroundings.own.retain(|cue| {
            let span = Span { start: cue.start, end: cue.end };
            !findings.iter().any(|finding| finding.span.overlaps(span))
        });
        surroundings.turn_over(&self.words);
        scratch.asked_name = [scratch.asked_name[1], false];
        if let Some(trace) = &mut scratch.trace {
            trace.turn_over(&scratch.surroundings, &self.words);
        }
    }

    /// Collects context words, denied words and the rules that are tried at words.
    fn words(&self, place: &Place, scratch: &mut Scratch) {
        scratch.hits.clear();
        self.words.scan(self.kernel, place.text, place.start, place.end, &mut scratch.hits);
        for at in 0..scratch.hits.len() {
            let hit = scratch.hits[at];
            if is_in_tag(place, hit) {
                continue;
            }
            self.words.cues(place.text, hit, place.end, &mut scratch.surroundings.own);
            if self.words.is_denied(hit)
                && self.edges_hold(place, (hit.start as usize, hit.end as usize), false, false)
            {
                let span = Span { start: hit.start, end: hit.end };
                scratch.findings.push(self.denied(span));
            }
        }
        if self.automata[AT].is_some() {
            for at in 0..scratch.hits.len() {
                let hit = scratch.hits[at];
                if self.words.is_bracketed(hit)
                    && let Some(bracket) = bracket_before(place, hit.start as usize)
                {
                    self.try_at(AT, place, token_start(place, bracket), place.end, scratch);
                }
            }
        }
        if self.automata[WORD].is_some() {
            for at in 0..scratch.hits.len() {
                let hit = scratch.hits[at];
                if !self.words.anchors(hit).is_empty() {
                    self.try_at(WORD, place, hit.start as usize, place.end, scratch);
                }
            }
        }
        if let Some(phrases) = &self.phrases {
            let input = aho_corasick::Input::new(place.text.bytes).span(place.start..place.end);
            for found in phrases.find_iter(input) {
                if self.edges_hold(place, (found.start(), found.end()), false, false) {
                    scratch.findings.push(self.denied(Span::new(found.start(), found.end())));
                }
            }
        }
        if place.role != Role::Text {
            for key in place.keys.into_iter().filter(|key| !key.is_empty()) {
                self.key_context(key, scratch);
            }
        }
        scratch.surroundings.note_present(&self.words, self.lexicon_of.len());
    }

    fn denied(&self, span: Span) -> Finding {
        Finding { span, entity: crate::model::DENIED, rule: self.denied_rule, score: 100 }
    }

    /// The context groups that a field's name belongs to; `phoneNumber` reads as `phone Number`.
    fn key_context(&self, key: &[u8], scratch: &mut Scratch) {
        scratch.key_text.clear();
        for (at, &byte) in key.iter().enumerate() {
            if at > 0 && byte.is_ascii_uppercase() && key[at - 1].is_ascii_lowercase() {
                scratch.key_text.push(b' ');
            }
            scratch.key_text.push(byte);
        }
        crate::scan::classify(self.kernel, &scratch.key_text, &mut scratch.key_masks);
        let text = Text { bytes: &scratch.key_text, masks: &scratch.key_masks };
        let (mut hits, mut cues) = (Vec::new(), Vec::new());
        self.words.scan(self.kernel, text, 0, text.bytes.len(), &mut hits);
        for hit in hits {
            self.words.cues(text, hit, text.bytes.len(), &mut cues);
        }
        for cue in &cues {
            scratch.surroundings.key.extend_from_slice(self.words.groups(cue));
        }
    }

    fn at_anchors(&self, place: &Place, scratch: &mut Scratch) {
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
    fn at_every_byte(&self, place: &Place, scratch: &mut Scratch) {
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
    fn note_tag(&self, bytes: &[u8], at: usize, scratch: &mut Scratch) -> bool {
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
    fn try_at(&self, kind: usize, place: &Place, start: usize, limit: usize, scratch: &mut Scratch) {
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

    /// The finding of `rule` among its possible ends `scratch.ends[ends]`, if edges, check and context
    /// let it stand.
    fn weigh(
        &self,
        place: &Place,
        number: u16,
        start: usize,
        ends: std::ops::Range<usize>,
        scratch: &mut Scratch,
    ) -> Result<Finding, Refusal> {
        let rule = &self.compiled[usize::from(number)];
        let mut longest = None;
        let mut checked = None;
        for at in ends.rev() {
            let end = scratch.ends[at].end as usize;
            if !self.edges_hold(place, (start, end), rule.glued, rule.joints) {
                continue;
            }
            longest = longest.or(Some(end));
            let Some(check) = rule.check else { break };
            let candidate = checks::Candidate { text: &place.text.bytes[..place.end], start, end };
            if (check.holds)(&candidate) {
                checked = Some(end);
                break;
            }
        }
        let (end, entity, score) = match (rule.check, checked, longest) {
            (Some(_), Some(end), _) => (end, rule.entity, rule.valid),
            (Some(_), None, Some(end)) => (end, rule.otherwise.ok_or(Refusal::Check(end))?, rule.score),
            (None, _, Some(end)) => (end, rule.entity, rule.score),
            (_, _, None) => return Err(Refusal::Edges),
        };
        let score = self.in_context(place, rule, (start, end), score, scratch)?;
        Ok(Finding { span: Span::new(start, end), entity, rule: number, score })
    }

    /// The score of a match after its context was looked at, refused below the least score.
    fn in_context(
        &self,
        place: &Place,
        rule: &Compiled,
        span: (usize, usize),
        mut score: u8,
        scratch: &mut Scratch,
    ) -> Result<u8, Refusal> {
        let surroundings = &scratch.surroundings;
        let ask = |group, within| surroundings.near(&self.words, group, within, span, place.start);
        let near = rule.near.map_or(Near::No, |near| ask(near.group, near.within));
        if let (Near::Yes, Some(near)) = (near, rule.near) {
            score = score.max(near.score);
        }
        // What stands against a value stands right beside it, so it outweighs what is merely near.
        if let Some(against) = rule.against
            && ask(against.group, against.within) == Near::Yes
        {
            score = score.min(against.score);
        }
        if place.role == Role::Number {
            // A bare number is only touched when its key names what the rule looks for.
            let named = rule.near.is_some_and(|near| surroundings.key.contains(&near.group));
            if !named {
                return Err(Refusal::Unnamed(span.1));
            }
        }
        if score < self.min_score {
            scratch.far |= near == Near::Far;
            return Err(Refusal::Score(span.1, score));
        }
        Ok(score)
    }

    /// Whether a match may end and begin here: not inside a word, not inside a longer number.
    fn edges_hold(&self, place: &Place, (start, end): (usize, usize), glued: bool, joints: bool) -> bool {
        let (text, bytes) = (place.text, place.text.bytes);
        let touches = |at: usize| {
            if glued { bytes[at].is_ascii_digit() || bytes[at] == b'_' } else { text.is_word(at) }
        };
        let first_word = text.is_word(start);
        let last_word = text.is_word(end - 1);
        if first_word && start > place.start && touches(start - 1)
            || last_word && end < place.end && touches(end)
        {
            return false;
        }
        if !joints {
            return true;
        }
        // `12.5` or `3/4`: a digit, a joint, a digit belong together. Long numbers are listed with
        // commas and slashes, so there the joint separates.
        let is_long = || bytes[start..end].iter().filter(|b| b.is_ascii_digit()).count() >= 9;
        let joins = |joint: u8| match joint {
            b'.' | b'-' => true,
            b',' | b'/' | b':' => !is_long(),
            _ => false,
        };
        let joined_before = start >= place.start + 2
            && bytes[start].is_ascii_digit()
            && bytes[start - 2].is_ascii_digit()
            && joins(bytes[start - 1]);
        let joined_after = end + 1 < place.end
            && bytes[end - 1].is_ascii_digit()
            && bytes[end + 1].is_ascii_digit()
            && joins(bytes[end]);
        !joined_before && !joined_after
    }

    /// Rules that are lists of words: each of their words is a match.
    fn lexicons(&self, place: &Place, scratch: &mut Scratch) {
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
    fn around_context(&self, place: &Place, scratch: &mut Scratch) {
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
    fn after_context(&self, place: &Place, scratch: &mut Scratch) {
        for at in 0..scratch.surroundings.own.len() {
            let cue = scratch.surroundings.own[at];
            for &group in self.words.groups(&cue) {
                self.follow(place, group, cue.end as usize, scratch);
            }
        }
        let asked: Vec<_> = scratch.surroundings.asked().collect();
        for group in asked {
            self.follow(place, group, place.start, scratch);
        }
    }

    fn follow(&self, place: &Place, group: context::Group, from: usize, scratch: &mut Scratch) {
        let followers = &self.followers[usize::from(group)];
        if followers.is_empty() {
            return;
        }
        let start = past_joiners(place, from);
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
    fn anywhere(&self, place: &Place, scratch: &mut Scratch) {
        if let Some((regex, rules)) = &self.anywhere {
            self.search(place, regex, place.start..place.end, |pattern| rules[pattern], scratch);
        }
    }

    fn search(
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

    fn is_allowed(&self, value: &[u8]) -> bool {
        let value = String::from_utf8_lossy(value).trim().to_lowercase();
        self.allowed.contains(&value)
    }
}
