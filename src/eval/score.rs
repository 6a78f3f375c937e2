//! What does one text add to the count?
//!
//! The figures are defined in the room's opening page. Everything is counted in whole numbers, so that
//! any order of adding gives the same sums.

use std::collections::BTreeMap;
use std::ops::Range;

use super::gold::Text;
use super::scheme::{Kind, Scheme};
use super::tally::Tally;
use crate::engine::Found;
use crate::model::Entity;

/// Code points of context on each side of an example.
const CONTEXT: usize = 24;

/// Code points of an example that are shown.
const SHOWN: usize = 60;

/// Counts over texts, and examples.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Texts that were scored.
    pub texts: u64,
    /// Texts that were there for their context alone.
    pub prompts: u64,
    /// Conversations, those of one text too.
    pub conversations: u64,
    /// Words of the scored texts: runs of letters and digits.
    pub words: u64,
    /// Letters and digits of the scored texts.
    pub letters: u64,
    /// By kind. Kinds of which there is nothing to tell are left out.
    pub tallies: BTreeMap<Kind, Tally>,
    /// Labelled spans that were not found as a whole, the first ones of each kind.
    pub missed: BTreeMap<Kind, Vec<Example>>,
    /// Findings that touch no labelled text, likewise.
    pub false_found: BTreeMap<Kind, Vec<Example>>,
}

/// A span with a few words around it. The only thing here that holds text of the gold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The file, as an index into those of the run.
    pub file: usize,
    /// Line of the gold.
    pub line: usize,
    /// First code point.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// What stands before.
    pub before: String,
    /// What it says.
    pub value: String,
    /// What stands after.
    pub after: String,
    /// Of a missed span: whether some of it was found.
    pub in_part: bool,
    /// Of a finding: rule and score in hundredths.
    pub rule: Option<(u16, u8)>,
}

/// How many examples of each kind are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Missed spans.
    pub missed: usize,
    /// False findings.
    pub false_found: usize,
}

impl Sheet {
    /// Adds the counts of another one, and its examples behind those that are here.
    pub fn add(&mut self, other: Sheet, wanted: Wanted) {
        self.texts += other.texts;
        self.prompts += other.prompts;
        self.conversations += other.conversations;
        self.words += other.words;
        self.letters += other.letters;
        for (kind, tally) in &other.tallies {
            self.tallies.entry(*kind).or_default().add(tally);
        }
        let append = |into: &mut BTreeMap<Kind, Vec<Example>>, from: BTreeMap<Kind, Vec<Example>>, most| {
            for (kind, examples) in from {
                let known = into.entry(kind).or_default();
                known.extend(examples);
                known.truncate(most);
            }
        };
        append(&mut self.missed, other.missed, wanted.missed);
        append(&mut self.false_found, other.false_found, wanted.false_found);
    }

    /// The sum of all kinds.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.tallies.values().for_each(|tally| total.add(tally));
        total
    }
}

/// What a character is.
#[derive(Clone, Copy, Default)]
struct Mark {
    is_letter: bool,
    is_space: bool,
    /// Labelled and scored.
    gold: bool,
    /// Not scored: touching it makes no finding false.
    neutral: bool,
    /// In a label or ignored, scored or not: it is not innocent.
    known: bool,
    /// The finding over it: its entity and whether it is masked.
    cover: Option<(Entity, bool)>,
}

/// Compares texts with findings. One for each thread: it keeps its buffers.
pub(super) struct Scorer<'a> {
    scheme: &'a Scheme,
    wanted: Wanted,
    file: usize,
    chars: Vec<char>,
    marks: Vec<Mark>,
    words: Vec<Range<usize>>,
    /// Labels of the kind at hand.
    own: Vec<bool>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(scheme: &'a Scheme, wanted: Wanted, file: usize) -> Scorer<'a> {
        Scorer {
            scheme,
            wanted,
            file,
            chars: Vec::new(),
            marks: Vec::new(),
            words: Vec::new(),
            own: Vec::new(),
        }
    }

    /// Adds a text to the sheet. `found` lies in the text, disjoint and in order.
    pub(super) fn score(&mut self, text: &Text, found: &[Found], sheet: &mut Sheet) {
        self.mark(text, found);
        sheet.texts += 1;
        sheet.words += self.words.len() as u64;
        sheet.letters += self.marks.iter().filter(|mark| mark.is_letter).count() as u64;
        let labelled = text.labels.iter().filter_map(|label| label.kind);
        let mut kinds: Vec<Kind> = labelled.chain(found.iter().map(|found| found.entity.into())).collect();
        kinds.retain(|&kind| self.scheme.scores(kind));
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let mut tally = Tally::default();
            self.spans(text, kind, found, &mut tally, sheet);
            self.findings(text, kind, found, &mut tally, sheet);
            self.tokens(kind, &mut tally);
            if tally != Tally::default() {
                sheet.tallies.entry(kind).or_default().add(&tally);
            }
        }
    }

    fn mark(&mut self, text: &Text, found: &[Found]) {
        self.chars.clear();
        self.chars.extend(text.text.chars());
        self.marks.clear();
        self.marks.extend(self.chars.iter().map(|c| Mark {
            is_letter: c.is_alphanumeric(),
            is_space: c.is_whitespace(),
            ..Mark::default()
        }));
        for label in &text.labels {
            let is_scored = label.kind.is_some_and(|kind| self.scheme.scores(kind));
            // Who asks for types knows what a label of another type says; who asks for coverage of some
            // entities has not said whether the others' text may be masked.
            let is_neutral = label.kind.is_none() || !is_scored && !self.scheme.strict;
            for mark in &mut self.marks[range(label.start, label.end)] {
                mark.gold |= is_scored;
                mark.neutral |= is_neutral;
                mark.known = true;
            }
        }
        for &(start, end) in &text.ignored {
            for mark in &mut self.marks[range(start, end)] {
                mark.neutral = true;
                mark.known = true;
            }
        }
        for found in found {
            for mark in &mut self.marks[range(found.start, found.end)] {
                mark.cover = Some((found.entity, found.masked));
            }
        }
        self.words.clear();
        let mut start = None;
        for (at, mark) in self.marks.iter().enumerate() {
            match (mark.is_letter, start) {
                (true, None) => start = Some(at),
                (false, Some(first)) => {
                    self.words.push(first..at);
                    start = None;
                }
                _ => {}
            }
        }
        if let Some(first) = start {
            self.words.push(first..self.marks.len());
        }
    }

    /// Whether a finding counts for labels of the kind.
    fn counts(&self, entity: Entity, masked: bool, kind: Kind) -> bool {
        Kind::from(entity) == kind || masked && !self.scheme.strict
    }

    fn is_found(&self, mark: &Mark, kind: Kind) -> bool {
        mark.cover.is_some_and(|(entity, masked)| self.counts(entity, masked, kind))
    }

    /// Labelled spans of the kind: which are found, and how far. Marks them as the kind's own.
    fn spans(&mut self, text: &Text, kind: Kind, found: &[Found], tally: &mut Tally, sheet: &mut Sheet) {
        self.own.clear();
        self.own.resize(self.chars.len(), false);
        for label in text.labels.iter().filter(|label| label.kind == Some(kind)) {
            let range = range(label.start, label.end);
            self.own[range.clone()].fill(true);
            let marks = &self.marks[range];
            let visible = marks.iter().filter(|mark| !mark.is_space);
            let (characters, characters_found) = visible
                .fold((0, 0), |(all, hit), mark| (all + 1, hit + u64::from(self.is_found(mark, kind))));
            let overlaps = marks.iter().any(|mark| self.is_found(mark, kind));
            let is_full = overlaps && characters == characters_found;
            let is_exact = found.iter().any(|found| {
                (found.start, found.end) == (label.start, label.end)
                    && self.counts(found.entity, found.masked, kind)
            });
            tally.gold += 1;
            tally.exact += u64::from(is_exact);
            tally.overlap += u64::from(overlaps);
            tally.full += u64::from(is_full);
            tally.characters += characters;
            tally.characters_found += characters_found;
            tally.letters += marks.iter().filter(|mark| mark.is_letter).count() as u64;
            if !is_full && self.wanted.missed > 0 {
                let known = sheet.missed.entry(kind).or_default();
                if known.len() < self.wanted.missed {
                    known.push(Example { in_part: overlaps, ..self.example(text, label.start, label.end) });
                }
            }
        }
    }

    /// Findings of the kind: which are right, and what they mask beside labels.
    fn findings(&self, text: &Text, kind: Kind, found: &[Found], tally: &mut Tally, sheet: &mut Sheet) {
        for found in found.iter().filter(|found| Kind::from(found.entity) == kind) {
            let range = range(found.start, found.end);
            match self.verdict(range.clone()) {
                Verdict::Right => tally.findings_right += 1,
                Verdict::Unscored => tally.findings_unscored += 1,
                Verdict::False => {
                    tally.findings_false += 1;
                    if self.wanted.false_found > 0 {
                        let known = sheet.false_found.entry(kind).or_default();
                        if known.len() < self.wanted.false_found {
                            let rule = Some((found.rule, found.score));
                            known.push(Example { rule, ..self.example(text, found.start, found.end) });
                        }
                    }
                }
            }
            if found.masked {
                let outside = self.marks[range].iter().filter(|mark| mark.is_letter && !mark.known);
                tally.letters_outside += outside.count() as u64;
            }
        }
    }

    /// Words that labels or findings of the kind touch.
    fn tokens(&self, kind: Kind, tally: &mut Tally) {
        for word in &self.words {
            let mut labelled = word.clone().filter(|&at| self.own[at]).peekable();
            if labelled.peek().is_some() {
                tally.tokens += 1;
                tally.tokens_found += u64::from(labelled.all(|at| self.is_found(&self.marks[at], kind)));
            }
            let is_of_kind =
                |at: usize| self.marks[at].cover.is_some_and(|(entity, _)| Kind::from(entity) == kind);
            if word.clone().any(is_of_kind) {
                match self.verdict(word.clone()) {
                    Verdict::Right => tally.tokens_right += 1,
                    Verdict::False => tally.tokens_false += 1,
                    Verdict::Unscored => {}
                }
            }
        }
    }

    /// What the characters of a finding say of it.
    fn verdict(&self, range: Range<usize>) -> Verdict {
        let is_gold = |at: usize| if self.scheme.strict { self.own[at] } else { self.marks[at].gold };
        if range.clone().any(is_gold) {
            Verdict::Right
        } else if range.clone().any(|at| self.marks[at].neutral) {
            Verdict::Unscored
        } else {
            Verdict::False
        }
    }

    fn example(&self, text: &Text, start: u32, end: u32) -> Example {
        let range = range(start, end);
        let before = range.start.saturating_sub(CONTEXT);
        let after = (range.end + CONTEXT).min(self.chars.len());
        let mut left = plain(&self.chars[before..range.start]);
        if before > 0 {
            // A word that is cut says less than none.
            let cut = left.find(' ').map_or(left.len(), |at| at + 1);
            left.replace_range(..cut, "…");
        }
        let mut right = plain(&self.chars[range.end..after]);
        if after < self.chars.len() {
            right.truncate(right.rfind(' ').unwrap_or(0));
            right.push('…');
        }
        let shown = range.len().min(SHOWN);
        let mut value = plain(&self.chars[range.start..range.start + shown]);
        if shown < range.len() {
            value.push('…');
        }
        Example {
            file: self.file,
            line: text.line,
            start,
            end,
            before: left,
            value,
            after: right,
            in_part: false,
            rule: None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    False,
    Unscored,
}

fn range(start: u32, end: u32) -> Range<usize> {
    start as usize..end as usize
}

/// On one line: whatever moves a terminal's cursor becomes a blank.
fn plain(chars: &[char]) -> String {
    chars.iter().map(|&c| if c.is_control() { ' ' } else { c }).collect()
}
