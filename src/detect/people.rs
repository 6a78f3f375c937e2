//! Which names stand in a text, beside what the rules found there?
//!
//! What rules found is hidden from the name model behind one word without meaning: so it hears the same
//! before and after masking, and a part of an address is never a name.

use super::context::Cue;
use super::names::{self, Heard, Name, Words, why};
use super::{Place, Ruleset, Scratch};
use crate::limits;
use crate::model::{Finding, PERSON, Role, Span, ValueId, closing, unite};

/// Bytes within which the value of a word that announces it stands.
const VALUE_WITHIN: u32 = 16;

/// How sure a name must be, in hundredths, for its words to be names elsewhere that no dictionary has.
const SURE: u8 = 80;

/// What a turn had heard before it, and what was said in it.
pub(super) struct Turn {
    /// Where its groups end in [`Scratch::heard`].
    heard: u32,
    /// Whether the turn before asked for a name.
    asked: bool,
    /// Its words outside of what was masked when it was looked at last.
    words: Words,
}

impl Scratch {
    /// Forgets the turns, not what was learnt in them.
    pub fn forget_turns(&mut self) {
        self.turns.clear();
        self.heard.clear();
        self.learned = 0;
        self.talk.go_on();
    }

    /// Notes what the turn that is looked at next has heard before it.
    pub fn note_turn(&mut self) {
        self.heard.extend_from_slice(self.surroundings.before());
        let (heard, asked) = (self.heard.len() as u32, self.asked_name[0]);
        self.turn = self.turns.len();
        self.turns.push(Turn { heard, asked, words: Words::default() });
        self.talk.next_turn();
    }

    /// Makes it heard again before turn `turn` is looked at once more.
    ///
    /// # Panics
    /// When the turn was not noted.
    pub fn turn_back(&mut self, turn: usize) {
        self.turn = turn;
        let start = if turn == 0 { 0 } else { self.turns[turn - 1].heard };
        let Turn { heard, asked, .. } = self.turns[turn];
        self.surroundings.set_before(&self.heard[start as usize..heard as usize]);
        self.asked_name[0] = asked;
    }

    /// Whether a word of a known name may stand in turn `turn`, outside of what was masked when it was looked at
    /// last.
    #[must_use]
    pub fn may_hold_name(&self, turn: usize) -> bool {
        self.turns[turn].words.may_hold_any(&self.known_names)
    }

    /// How many words of names are known.
    #[must_use]
    pub fn names_known(&self) -> usize {
        self.known_names.len()
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
        scratch.blanks.clear();
        scratch.blanks.extend(scratch.findings.iter().map(|finding| finding.span));
        unite(&mut scratch.blanks);
        self.people_beside_blanks(place, scratch);
    }

    /// Names in what is no turn: it answers no question and asks none.
    pub(super) fn people_aside(&self, place: &Place, scratch: &mut Scratch) {
        let asked = std::mem::take(&mut scratch.asked_name);
        self.people(place, scratch);
        scratch.asked_name = asked;
    }

    /// Puts the names into `scratch.findings` that are found when `masked` is: all that was found before in this
    /// place, sorted and disjoint.
    pub fn people_again(&self, place: &Place, masked: impl Iterator<Item = Span>, scratch: &mut Scratch) {
        scratch.findings.clear();
        scratch.blanks.clear();
        scratch.blanks.extend(masked);
        // What is masked says nothing, not to the next turn either.
        let Scratch { surroundings, blanks, .. } = scratch;
        let is_masked = |cue: &Cue| {
            let at = blanks.partition_point(|span| span.end <= cue.span().start);
            blanks.get(at).is_some_and(|span| span.overlaps(cue.span()))
        };
        surroundings.own.retain(|cue| !is_masked(cue));
        self.people_beside_blanks(place, scratch);
    }

    fn people_beside_blanks(&self, place: &Place, scratch: &mut Scratch) {
        let Some((names, threshold)) = &self.names else { return };
        let Scratch {
            names: buffers,
            named,
            blanks,
            findings,
            asked_name,
            surroundings,
            known_names,
            trace,
            ..
        } = scratch;
        buffers.traced = trace.is_some();
        named.clear();
        let range = (place.start, place.end);
        let heard = Heard { asked: asked_name[0], known: known_names, blanks };
        let asks = |group| surroundings.own.iter().any(|cue| self.words.groups(cue).contains(&group));
        asked_name[1] = names.find(place.text, range, heard, *threshold, buffers, named)
            || self.asks_name.is_some_and(asks);
        // A word that announces values (`IBAN`, `Nino:`) names nobody, unless people are called so and no colon
        // makes a heading of it.
        let is_heading =
            |end: u32| place.text.bytes[end as usize..place.end].trim_ascii_start().starts_with(b":");
        named.retain(|name| {
            let (before, own) =
                (&place.text.bytes[place.start..name.span.start as usize], name.span.of(place.text.bytes));
            if is_behind_postcode(before) && names::is_town(own) {
                return false;
            }
            let announces = surroundings.own.iter().any(|cue| cue.span() == name.span);
            // `el iban es` and its value.
            let at = blanks.partition_point(|blank| blank.start < name.span.end);
            let reach = name.span.end as usize..(name.span.end + VALUE_WITHIN).min(place.end as u32) as usize;
            let is_masked = place.text.bytes[reach]
                .windows(2)
                .any(|pair| closing(pair[0]).is_some() && pair[1].is_ascii_uppercase());
            let has_value =
                is_masked || blanks.get(at).is_some_and(|blank| blank.start - name.span.end < VALUE_WITHIN);
            !announces || name.is_known && !is_heading(name.span.end) && !has_value
        });
        if let Some(trace) = trace {
            let rule_of = |name: &Name| self.rule_of(name);
            let told = why::attempts(place.text, buffers, named, rule_of, self.name_rule);
            trace.attempts.extend(told);
        }
        self.note(named, findings);
        if let Some(turn) = scratch.turns.get_mut(scratch.turn).filter(|_| place.role == Role::Text) {
            turn.words = Words::default();
            turn.words.add(scratch.names.said());
        }
    }

    /// The rule that a name is found by.
    fn rule_of(&self, name: &Name) -> u16 {
        if name.is_remembered { self.memory_rule } else { self.name_rule }
    }

    fn note(&self, named: &[Name], findings: &mut Vec<Finding>) {
        findings.extend(named.iter().map(|name| Finding {
            span: name.span,
            entity: PERSON,
            rule: self.rule_of(name),
            score: name.score(),
            value: ValueId::OWN,
        }));
    }

    /// How sure the model must be of a name, in hundredths; `None` when names are not looked for.
    #[must_use]
    pub fn asked_of_names(&self) -> Option<u8> {
        self.names.as_ref().map(|(_, threshold)| why::asked_for(*threshold))
    }

    /// A label or field that is a name as a whole.
    pub(super) fn person(&self, place: &Place, scratch: &mut Scratch) {
        let value = &place.text.bytes[place.start..place.end];
        let start = place.start + value.len() - value.trim_ascii_start().len();
        let end = start + value.trim_ascii().len();
        let ends = value.trim_ascii().first().and_then(|&first| closing(first));
        let is_masked = ends.is_some() && value.trim_ascii().last().copied() == ends;
        let has_letters = place.text.any(start, end, |m| m.letter);
        if has_letters && !is_masked {
            let (rule, score) = (self.person_rule, 90);
            scratch.findings.push(Finding {
                span: Span::new(start, end),
                entity: crate::model::PERSON,
                rule,
                score,
                value: ValueId::OWN,
            });
        } else if is_masked {
            self.note_tag(place.text.bytes, end - 1, scratch);
        }
    }

    /// Remembers the words of a person's name that was masked in `place`.
    pub fn remember(&self, place: &Place, finding: &Finding, scratch: &mut Scratch) {
        if let Some((names, _)) = &self.names {
            let known = scratch.known_names.len();
            let Scratch { known_names, names: buffers, .. } = scratch;
            names.remember(place.text, finding.span, finding.score >= SURE, known_names, buffers);
            if scratch.known_names.len() > known {
                // What a field tells was not known when the turn before it was looked at.
                scratch.learned = scratch.turns.len() + usize::from(place.role != Role::Text);
            }
        }
    }

    /// Remembers a name that was spelled.
    pub(super) fn learn(&self, name: &str, scratch: &mut Scratch) {
        if self.names.is_some() {
            let hash = names::spelling::fold_hash(name.as_bytes());
            if !scratch.known_names.contains(&hash) && scratch.known_names.len() < limits::NAMES_REMEMBERED {
                scratch.known_names.push(hash);
                scratch.learned = scratch.turns.len();
            }
        }
    }

    /// Whether a word that means something to a rule is masked: hiding it may change what the rule says.
    #[must_use]
    pub fn hears_in(&self, mut is_masked: impl FnMut(Span) -> bool, scratch: &Scratch) -> bool {
        scratch.surroundings.own.iter().any(|cue| is_masked(cue.span()))
    }

    /// Puts words into `scratch.findings` that are names elsewhere in the conversation.
    pub fn sweep(&self, place: &Place, scratch: &mut Scratch) {
        scratch.findings.clear();
        let Some((names, _)) = &self.names else { return };
        let Scratch { names: buffers, named, findings, known_names, .. } = scratch;
        named.clear();
        let in_field = !matches!(place.role, Role::Text | Role::Prose);
        names.sweep(place.text, (place.start, place.end), in_field, known_names, buffers, named);
        self.note(named, findings);
    }
}

/// Whether four or five digits stand there, or what masks such: what follows is rather the town.
fn is_behind_postcode(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let digits = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let is_masked = || {
        let tag = before.iter().rposition(|&b| closing(b).is_some()).map(|open| &before[open + 1..]);
        tag.is_some_and(|tag| !tag.starts_with(b"PERSON"))
    };
    (4..=5).contains(&digits) || before.last().is_some_and(|b| !b.is_ascii_alphanumeric()) && is_masked()
}
