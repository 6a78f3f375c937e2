//! What is personal here?
//!
//! A [`Ruleset`] holds all rules, compiled together. [`Ruleset::find`] looks at one segment: the words
//! that mean something are collected, each anchor of the scan asks the automaton of its kind which rules
//! match there, checks and context words give each match its score, and what reaches the least score is
//! a finding. Finding is not deciding: nothing here knows what becomes of a finding.
//!
//! A segment costs its words (about half a nanosecond a byte) and its anchors (some tens of nanoseconds
//! each); text without anchors and words runs no rule.

mod addresses;
pub mod anchor;
mod anchored;
mod around;
mod automaton;
pub mod checks;
mod context;
mod conversation;
mod evidence;
pub mod examples;
mod fragments;
mod gaps;
pub mod names;
mod people;
pub mod rule;
mod ruleset;
mod spelled;
mod spoken;
mod starts;
mod town;
mod trace;
mod weigh;
mod whole;
mod widen;

pub use conversation::Stitched;
pub use names::{is_common_word, is_nobodys};
pub use ruleset::{BALANCED, HIGH, Options, PRECISE, Ruleset, SHIPPED, WordLists};
pub use trace::{Attempt, Side, Step, Trace, Verdict, Word};

use crate::model::{Entity, Finding, Role, Span, ValueId, Values};
use crate::scan::{Text, WordHit};
use automaton::{Automaton, End};
use context::Surroundings;
use starts::{bracket_before, is_in_tag, token_start};

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

impl Place<'_> {
    /// A match in it, to be checked.
    fn candidate(&self, start: usize, end: usize) -> checks::Candidate<'_> {
        checks::Candidate {
            text: &self.text.bytes[self.start..self.end],
            start: start - self.start,
            end: end - self.start,
            is_field: !matches!(self.role, Role::Text | Role::Prose),
        }
    }
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
    addresses: addresses::Buffers,
    named: Vec<names::Name>,
    /// What the rules found, united: the model sees that something stands there, not what.
    blanks: Vec<Span>,
    /// Words of names found so far in the conversation.
    known_names: Vec<u64>,
    /// In how many turns' time the last of them was learnt.
    learned: usize,
    /// Whether the turn before asked for a name, and whether this one does.
    asked_name: [bool; 2],
    turns: Vec<people::Turn>,
    /// Which of them is looked at.
    turn: usize,
    heard: Vec<context::Group>,
    /// What was said in the conversation's turns, and whether the turn at hand says next to nothing else.
    talk: conversation::Talk,
    is_thin: bool,
    /// Words of the turn at hand that were not found to be anything, in raw bytes; whether it is too long to tell.
    open_words: Vec<Span>,
    is_long: bool,
    /// What was said aloud in the text at hand.
    said: spoken::Said,
    /// Values of the conversation that do not stand so in the text.
    pub values: Values,
    key_text: Vec<u8>,
    key_masks: Vec<crate::scan::Masks>,
    memories: [Option<automaton::Memory>; KINDS],
}

/// What a worker knows of a conversation between two of its records, while it works on other ones.
#[derive(Default)]
pub struct Memory {
    heard: context::Heard,
    known_names: Vec<u64>,
    asked_name: [bool; 2],
    values: Values,
    talk: conversation::Talk,
}

/// Where in a conversation a worker is: between two turns.
pub struct Mark {
    heard: context::Heard,
    asked_name: [bool; 2],
    /// Turns and pieces of [`conversation::Talk`].
    said: (usize, usize),
}

impl Scratch {
    /// Puts what is known of one conversation in the place of what is known of another.
    pub fn change_conversation(&mut self, memory: &mut Memory) {
        self.surroundings.swap_heard(&mut memory.heard);
        std::mem::swap(&mut self.known_names, &mut memory.known_names);
        std::mem::swap(&mut self.asked_name, &mut memory.asked_name);
        std::mem::swap(&mut self.values, &mut memory.values);
        std::mem::swap(&mut self.talk, &mut memory.talk);
    }

    /// Where the conversation is now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { heard: self.surroundings.heard(), asked_name: self.asked_name, said: self.talk.so_far() }
    }

    /// Goes back to where the conversation was. What the turns since then told of its people and values stays known.
    pub fn rewind(&mut self, mut mark: Mark) {
        self.surroundings.swap_heard(&mut mark.heard);
        self.asked_name = mark.asked_name;
        self.talk.rewind(mark.said);
    }

    /// Forgets the conversation before.
    pub fn next_conversation(&mut self) {
        self.surroundings.next_conversation();
        self.known_names.clear();
        self.learned = 0;
        self.asked_name = [false; 2];
        self.values.clear();
        self.talk.clear();
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
            addresses: addresses::Buffers::default(),
            named: Vec::new(),
            blanks: Vec::new(),
            known_names: Vec::new(),
            learned: 0,
            asked_name: [false; 2],
            turns: Vec::new(),
            turn: 0,
            heard: Vec::new(),
            talk: conversation::Talk::default(),
            is_thin: false,
            open_words: Vec::new(),
            is_long: false,
            said: spoken::Said::default(),
            values: Values::default(),
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
        if let Some(trace) = &mut scratch.trace {
            trace.next_segment(place);
        }
        match place.role {
            Role::Exempt => return,
            Role::Whole(whole) => return self.whole(place, whole, scratch),
            // A name without letters is a number that somebody calls from.
            Role::Person if place.text.any(place.start, place.end, |m| m.letter) => {
                return self.person(place, scratch);
            }
            Role::Person
            | Role::Text
            | Role::Prose
            | Role::Value
            | Role::Key
            | Role::Number
            | Role::Recording => {}
        }
        self.match_rules(place, scratch);
        self.addresses(place, scratch);
        if place.role.is_read() {
            self.said(place, scratch);
            self.towns(place, scratch);
        }
        match place.role {
            Role::Text => {
                self.people(place, scratch);
                self.answer_name(place, scratch);
            }
            Role::Prose => self.people_aside(place, scratch),
            _ => {}
        }
        if !self.allowed.is_empty() {
            scratch.findings.retain(|finding| !self.is_allowed(finding.span.of(place.text.bytes)));
        }
    }

    /// What the rules find in a text, names and what is said aloud left out.
    fn match_rules(&self, place: &Place, scratch: &mut Scratch) {
        scratch.surroundings.next_segment();
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
        let may_speak = place.role.is_read() || place.role == Role::Person;
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
        self.widen(place, scratch);
    }

    /// Makes the text segment that was just looked at the turn before.
    pub fn turn_over(&self, scratch: &mut Scratch) {
        // What is masked says nothing to the next turn, or a second run would hear less than the first.
        let Scratch { surroundings, findings, is_thin, .. } = &mut *scratch;
        let mut found: Vec<Span> = findings.iter().map(|finding| finding.span).collect();
        crate::model::unite(&mut found);
        surroundings.own.retain(|cue| {
            let at = found.partition_point(|span| span.end <= cue.start);
            !found.get(at).is_some_and(|span| span.overlaps(cue.span()))
        });
        surroundings.turn_over(&self.words, *is_thin);
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
        for key in place.keys.into_iter().filter(|key| !key.is_empty()) {
            self.key_context(key, scratch);
        }
        scratch.surroundings.note_present(&self.words, self.lexicon_of.len());
    }

    fn denied(&self, span: Span) -> Finding {
        Finding {
            span,
            entity: crate::model::DENIED,
            rule: self.denied_rule,
            score: 100,
            value: ValueId::OWN,
        }
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

    fn is_allowed(&self, value: &[u8]) -> bool {
        let value = String::from_utf8_lossy(value).trim().to_lowercase();
        self.allowed.contains(&value)
    }
}
