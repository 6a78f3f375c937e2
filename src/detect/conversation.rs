//! What was said over several turns?
//!
//! A card number comes in four pieces, and between them the agent says `mm-hmm`, repeats a piece, mishears
//! another. Pieces of one speaker with nothing but that between them are one value. What the other speaker
//! repeats of it is masked with it, also regrouped or with a digit wrong, and so is every later mention of its
//! last digits. All of them have one value, and so one number in their label.
//!
//! Only turns with digits, number words or spelled letters leave anything here. Looking back is bounded, so a
//! conversation of a million turns takes linear time.

use std::collections::HashMap;

use super::context::Group;
use super::fragments::{Fragment, fragments, is_mention, readings};
use super::{Place, Ruleset, Scratch};
use crate::limits;
use crate::model::{Entity, Finding, NUMBER, PERSON, Role, SPELLED, Span, ValueId};
use crate::scan::Text;
use crate::view::spoken::{Form, Nature, Reading};

/// What was said in the conversation so far.
#[derive(Default)]
pub(super) struct Talk {
    pub(super) turns: Vec<Turn>,
    pub(super) pieces: Vec<Piece>,
    /// Pieces before this one stand in records that are written already.
    live: usize,
    /// Turns before this one are written as well.
    first_turn: usize,
    /// Whether the turn at hand is still to be listened to.
    is_open: bool,
}

pub(super) struct Turn {
    /// Who speaks; 0 when nobody knows.
    pub(super) speaker: u64,
    /// Whether it says next to nothing beside its pieces.
    pub(super) is_thin: bool,
    /// Whether it asks for, or speaks of, something that has a number.
    pub(super) asks: bool,
    /// Whether something is masked in it already: values are put together on one side of that. Otherwise what a
    /// first run left would be put together in a second.
    pub(super) has_tag: bool,
}

/// A number or some letters in a turn.
pub(super) struct Piece {
    pub(super) turn: usize,
    /// The segment that it stands in.
    pub(super) segment: u32,
    /// In raw bytes of the chunk.
    pub(super) span: Span,
    pub(super) written: String,
    pub(super) others: Vec<String>,
    /// Whether it is so many of something: never a piece of an identifier.
    pub(super) is_amount: bool,
    /// Whether it is said as people say how many: a piece only where it repeats one, or is all of an answer.
    pub(super) is_count: bool,
    /// Whether a word stands near, or stood in the turns before, that announces a number.
    pub(super) is_announced: bool,
    /// Whether it is said in words.
    pub(super) is_said: bool,
    /// Whether next to nothing stands before it in its turn, and behind it.
    pub(super) head: bool,
    pub(super) tail: bool,
    /// Whether a name was asked for.
    pub(super) asked_name: bool,
    /// Context words around, and of the turns before.
    pub(super) groups: Vec<Group>,
    /// What rules found it to be.
    pub(super) named: Option<Finding>,
}

/// A finding of a piece that is said in a turn.
#[derive(Clone, Copy, Debug)]
pub struct Stitched {
    /// The segment that it stands in.
    pub segment: u32,
    /// In raw bytes of the chunk.
    pub span: Span,
    /// What it is a piece of.
    pub finding: Finding,
    /// Which of the turns that were noted it is said in.
    pub turn: usize,
}

/// Turns between two pieces, and between a value and what repeats it at once.
pub(super) const TURNS_BETWEEN: usize = 6;
/// Values that may still go on at a time.
pub(super) const OPEN: usize = 8;
/// Words of a turn that says next to nothing, and bytes above which no turn does.
const THIN: usize = 6;
const LONG_TURN: usize = 400;
/// Digits from which a number is an identifier by itself, and with a word that announces one.
pub(super) const LONG: usize = 7;
const ANNOUNCED: usize = 4;
/// Digits that are enough to know a value by.
pub(super) const KNOWN_BY: usize = 4;

impl Talk {
    /// Forgets the conversation before.
    pub(super) fn clear(&mut self) {
        self.turns.clear();
        self.pieces.clear();
        (self.live, self.first_turn) = (0, 0);
    }

    /// What was said so far is written; only what follows can still be masked.
    pub(super) fn go_on(&mut self) {
        // What lies far back is repeated by its last digits at most.
        if self.pieces.len() > limits::PIECES_REMEMBERED {
            self.pieces.drain(..self.pieces.len() - limits::PIECES_REMEMBERED);
        }
        if self.turns.len() > limits::TURNS_REMEMBERED {
            let gone = self.turns.len() - limits::TURNS_REMEMBERED / 2;
            self.turns.drain(..gone);
            self.pieces.retain(|piece| piece.turn >= gone);
            self.pieces.iter_mut().for_each(|piece| piece.turn -= gone);
        }
        self.live = self.pieces.len();
        self.first_turn = self.turns.len();
    }

    /// How many turns and pieces there are.
    pub(super) fn so_far(&self) -> (usize, usize) {
        (self.turns.len(), self.pieces.len())
    }

    /// Forgets what was said since there were that many.
    pub(super) fn rewind(&mut self, (turns, pieces): (usize, usize)) {
        self.turns.truncate(turns);
        self.pieces.truncate(pieces);
        self.is_open = false;
    }

    /// Whether a number was said a few turns ago.
    pub(super) fn is_counting(&self) -> bool {
        self.pieces.last().is_some_and(|piece| self.turns.len() - piece.turn <= TURNS_BETWEEN)
    }

    /// A turn begins.
    pub(super) fn next_turn(&mut self) {
        self.turns.push(Turn { speaker: 0, is_thin: false, asks: false, has_tag: false });
        self.is_open = true;
    }
}

impl Scratch {
    /// Whether the turn that was just looked at holds something that may be a piece of a value: then its
    /// speaker should be told.
    #[must_use]
    pub fn wants_speaker(&self) -> bool {
        let turn = self.talk.turns.len();
        self.talk.pieces.last().is_some_and(|piece| piece.turn + 1 == turn)
    }

    /// Says who spoke the turn that was just looked at: any number but 0.
    pub fn set_speaker(&mut self, speaker: u64) {
        if let Some(turn) = self.talk.turns.last_mut() {
            turn.speaker = speaker;
        }
    }
}

impl Ruleset {
    /// Notes the pieces of the turn that was just looked at for the first time. `raw` gives the bytes of the chunk
    /// that bytes of `place` stand for.
    pub fn overhear(&self, place: &Place, segment: u32, raw: impl Fn(Span) -> Span, scratch: &mut Scratch) {
        if !std::mem::take(&mut scratch.talk.is_open) {
            return;
        }
        open_words(place, &raw, scratch);
        if !self.stitches {
            return;
        }
        let turn = scratch.talk.turns.len() - 1;
        let asks = scratch
            .surroundings
            .own
            .iter()
            .any(|cue| self.words.groups(cue).iter().any(|group| is_set(&self.digit_groups, *group)));
        scratch.talk.turns[turn].asks = asks;
        scratch.talk.turns[turn].has_tag = has_tag(&place.text.bytes[place.start..place.end]);
        let mut said = std::mem::take(&mut scratch.said);
        let mut others: Vec<Reading> = Vec::new();
        let mut at = 0;
        let before = scratch.talk.pieces.len();
        // Findings that are no names, in order: those that overlap a saying stand together.
        let mut found: Vec<Finding> =
            scratch.findings.iter().filter(|finding| finding.entity != PERSON).copied().collect();
        found.sort_unstable_by_key(|finding| finding.span);
        while let Some(saying) = said.listener.sayings.get(at).cloned() {
            at += 1;
            if scratch.talk.pieces.len() - before >= limits::PIECES_TURN {
                break;
            }
            let Form::Run(nature) = saying.form else { continue };
            let written = said.listener.written(&saying).to_owned();
            let (head, tail) = said.listener.edges(&saying, (place.start, place.end), self.lexicon());
            // A digit is a piece where nothing else is said; `one` is mostly another word.
            let is_alone = saying.span.len() + 4 >= place.end - place.start;
            if written.len() > limits::PIECE_CHARACTERS || written.len() < 2 && !is_alone {
                continue;
            }
            others.clear();
            if (KNOWN_BY..=12).contains(&written.len()) {
                said.listener.others(place.text.bytes, &saying, 6, &mut others);
                others.retain(|other| other.text.len() <= written.len() + 2);
            }
            // A finding is rarely longer than this before the saying that it covers.
            let from = found.partition_point(|finding| {
                finding.span.start as usize + limits::MATCH_BYTES < saying.span.start as usize
            });
            let here = found[from..].iter().take_while(|finding| finding.span.start < saying.span.end);
            let here = here.filter(|finding| finding.span.overlaps(saying.span));
            // What no rule can name has its length to be known by.
            let counts = |finding: &&Finding| !self.is_catch_all(finding.rule) || written.len() >= LONG;
            let named = here.filter(counts).max_by_key(|finding| finding.score).copied();
            let groups = scratch.surroundings.around(&self.words, saying.span);
            scratch.talk.pieces.push(Piece {
                turn,
                segment,
                span: raw(saying.span),
                written,
                others: others.iter().map(|reading| reading.text.clone()).collect(),
                is_amount: nature == Nature::Amount,
                is_announced: groups.iter().any(|group| is_set(&self.digit_groups, *group)),
                is_count: (saying.is_cardinal || saying.is_price && !(head && tail)) && named.is_none(),
                is_said: saying.said,
                head,
                tail,
                asked_name: scratch.asked_name[0],
                groups,
                named,
            });
        }
        scratch.said = said;
        self.overhear_found(place, segment, turn, &raw, scratch);
    }

    /// Notes the long numbers that rules found where nothing was listened to: later turns may repeat them.
    fn overhear_found(
        &self,
        place: &Place,
        segment: u32,
        turn: usize,
        raw: &impl Fn(Span) -> Span,
        scratch: &mut Scratch,
    ) {
        for at in 0..scratch.findings.len() {
            let finding = scratch.findings[at];
            let bytes = finding.span.of(place.text.bytes);
            let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
            if digits < LONG || finding.value != ValueId::OWN || bytes.len() > limits::PIECE_CHARACTERS {
                continue;
            }
            let span = raw(finding.span);
            let of_turn = scratch.talk.pieces.iter().rev().take_while(|piece| piece.turn == turn);
            if of_turn.into_iter().any(|piece| piece.span.overlaps(span)) {
                continue;
            }
            let written = bytes.iter().filter(|b| b.is_ascii_alphanumeric());
            scratch.talk.pieces.push(Piece {
                turn,
                segment,
                span,
                written: written.map(|&b| char::from(b.to_ascii_uppercase())).collect(),
                others: Vec::new(),
                is_amount: false,
                is_announced: false,
                is_count: false,
                is_said: false,
                head: false,
                tail: false,
                asked_name: false,
                groups: Vec::new(),
                named: Some(finding),
            });
        }
    }

    pub(super) fn is_catch_all(&self, rule: u16) -> bool {
        self.compiled.get(usize::from(rule)).is_some_and(|rule| rule.catch_all)
    }

    /// Finds the values of the conversation that were said over several turns, and what repeats values.
    pub fn stitch(&self, scratch: &mut Scratch) -> Vec<Stitched> {
        if !self.stitches || scratch.talk.pieces.len() < 2 {
            return Vec::new();
        }
        let talk = std::mem::take(&mut scratch.talk);
        let mut out = Vec::new();
        let mut known: Vec<(String, Finding)> = Vec::new();
        let mut done = vec![false; talk.pieces.len()];
        for fragment in fragments(&talk) {
            let Some(finding) = self.name(&fragment, &talk, scratch) else { continue };
            known.push((fragment.text.clone(), finding));
            for &at in fragment.pieces.iter().chain(&fragment.echoes) {
                done[at] = true;
                // A piece that rules named alone keeps its name; all have one value.
                if fragment.pieces.len() > 1 || at != fragment.pieces[0] {
                    let piece = &talk.pieces[at];
                    out.push((at, Finding { span: piece.span, ..finding }));
                }
            }
        }
        // Every other mention of a value, by its first or last digits.
        let mut by_edge: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (at, (value, _)) in known.iter().enumerate().filter(|(_, (value, _))| value.len() >= LONG) {
            let edges = [&value.as_bytes()[..KNOWN_BY], &value.as_bytes()[value.len() - KNOWN_BY..]];
            for edge in edges {
                let of_edge = by_edge.entry(edge).or_default();
                // Values that end alike are told apart by nobody who says no more of them.
                if of_edge.len() < OPEN && of_edge.last() != Some(&at) {
                    of_edge.push(at);
                }
            }
        }
        for (at, piece) in talk.pieces.iter().enumerate() {
            if done[at] || piece.is_amount || piece.is_count || piece.named.is_some() {
                continue;
            }
            let is_sure = piece.is_said || piece.head && piece.tail;
            let value = readings(piece).filter(|text| text.len() >= KNOWN_BY).find_map(|text| {
                let edges = [&text.as_bytes()[..KNOWN_BY], &text.as_bytes()[text.len() - KNOWN_BY..]];
                let alike = edges.into_iter().filter_map(|edge| by_edge.get(edge)).flatten();
                alike.map(|&at| &known[at]).find(|(value, _)| is_mention(text, value, is_sure))
            });
            if let Some((_, finding)) = value {
                out.push((at, Finding { span: piece.span, ..*finding }));
            }
        }
        let live = talk.live;
        let found = out.into_iter().filter(|(at, _)| *at >= live);
        let found = found.map(|(at, finding)| {
            let piece = &talk.pieces[at];
            Stitched { segment: piece.segment, span: piece.span, finding, turn: piece.turn - talk.first_turn }
        });
        let found = found.collect();
        scratch.talk = talk;
        found
    }

    /// What a fragment is, if it is anything.
    fn name(&self, fragment: &Fragment, talk: &Talk, scratch: &mut Scratch) -> Option<Finding> {
        let first = &talk.pieces[fragment.pieces[0]];
        let value = |scratch: &mut Scratch| scratch.values.note(fragment.text.as_bytes());
        if fragment.pieces.len() == 1 {
            // Rules have judged it; what is left are its echoes.
            let named = first.named.filter(|_| fragment.text.len() >= 3)?;
            let value = if named.value == ValueId::OWN { value(scratch) } else { named.value };
            return Some(Finding { value, ..named });
        }
        let digits = fragment.text.bytes().filter(u8::is_ascii_digit).count();
        let announced = fragment.pieces.iter().any(|&at| {
            let piece = &talk.pieces[at];
            piece.named.is_some() || piece.is_announced
        });
        // Short ones are answers, nothing else said in them.
        let alone = fragment.pieces.iter().skip(1).all(|&at| talk.pieces[at].head && talk.pieces[at].tail);
        let letters = fragment.text.len() - digits;
        let asked_name = fragment.pieces.iter().any(|&at| talk.pieces[at].asked_name);
        let is_enough = digits >= LONG
            || announced && fragment.text.len() >= ANNOUNCED && alone
            || letters >= 3 && asked_name
            || letters >= LONG;
        if !is_enough {
            return None;
        }
        let value = value(scratch);
        let judged = self.judge_alone(&fragment.text, &first.groups, scratch);
        let (entity, rule, score) = judged.map_or_else(
            || {
                let entity: Entity = match (letters, asked_name) {
                    (0, _) => NUMBER,
                    (_, true) if digits == 0 => PERSON,
                    _ if digits < ANNOUNCED => SPELLED,
                    _ => NUMBER,
                };
                (entity, self.stitched_rule, 75)
            },
            |finding| (finding.entity, finding.rule, finding.score),
        );
        Some(Finding { span: first.span, entity, rule, score, value })
    }

    /// The surest finding in a text that covers most of it, with these groups of context words around.
    fn judge_alone(&self, written: &str, groups: &[Group], scratch: &mut Scratch) -> Option<Finding> {
        let mut masks = Vec::new();
        crate::scan::classify(self.kernel, written.as_bytes(), &mut masks);
        let text = Text { bytes: written.as_bytes(), masks: &masks };
        let place = Place { text, start: 0, end: written.len(), role: Role::Text, keys: [&[]; 2] };
        let before = std::mem::replace(&mut scratch.surroundings.before, groups.to_vec());
        let trace = scratch.trace.take();
        scratch.findings.clear();
        self.match_rules(&place, scratch);
        scratch.trace = trace;
        scratch.surroundings.before = before;
        let covers = |finding: &&Finding| {
            finding.span.len() * 4 >= written.len() * 3 && !self.is_catch_all(finding.rule)
        };
        scratch.findings.iter().filter(covers).max_by_key(|finding| finding.score).copied()
    }
}

/// Whether the bit of a group of context words is set.
pub(super) fn is_set(bits: &[u64], group: Group) -> bool {
    bits.get(usize::from(group) / 64).is_some_and(|bits| bits >> (group % 64) & 1 == 1)
}

/// Whether something like `[PHONE_1]` stands in the text.
fn has_tag(text: &[u8]) -> bool {
    memchr::memchr3_iter(b'[', b'{', b'<', text)
        .any(|at| text.get(at + 1).is_some_and(u8::is_ascii_uppercase))
        || memchr::memmem::find(text, b"****").is_some()
}

/// Notes the words of a turn that is not long, less those of what was found or said aloud in it and those of
/// tags, in raw bytes.
fn open_words(place: &Place, raw: &impl Fn(Span) -> Span, scratch: &mut Scratch) {
    let mut open = std::mem::take(&mut scratch.open_words);
    open.clear();
    let bytes = &place.text.bytes[..place.end];
    scratch.is_long = place.end - place.start > LONG_TURN;
    if scratch.is_long {
        scratch.open_words = open;
        return;
    }
    let mut at = place.start;
    while let Some(start) = place.text.next(at, place.end, |m| m.letter) {
        at = place.text.next(start, place.end, |m| !m.letter).unwrap_or(place.end);
        let found = scratch.findings.iter().map(|finding| finding.span);
        let said = scratch.said.listener.sayings.iter().map(|saying| saying.span);
        let hidden = found.chain(said).any(|span| span.range().contains(&start));
        let in_tag =
            start > place.start && b"[{<_".contains(&bytes[start - 1]) && bytes[start].is_ascii_uppercase();
        if !hidden && !in_tag {
            open.push(raw(Span::new(start, start + 1)));
        }
        // What is masked later leaves more than enough.
        if open.len() > 4 * THIN {
            scratch.is_long = true;
            break;
        }
    }
    scratch.open_words = open;
}

impl Scratch {
    /// Whether the turn that was just looked at says next to nothing beside what is masked in it: `masked` tells of
    /// raw bytes of the chunk.
    pub fn weigh_turn(&mut self, masked: impl Fn(Span) -> bool) {
        let is_open = |word: &&Span| !masked(**word);
        self.is_thin = !self.is_long && self.open_words.iter().filter(is_open).count() <= THIN;
        if let Some(turn) = self.talk.turns.last_mut() {
            turn.is_thin = self.is_thin;
        }
    }
}
