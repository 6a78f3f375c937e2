//! Which words stand around a value?
//!
//! Context words of all rules live in one word table. A phrase is found by its first word and then
//! compared word by word, in any case, with or without accents. Lists with the same words share a group;
//! a rule asks whether a word of its group stands within so many bytes before or after its value, in the
//! name of its field, or at the end of the turn before.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::limits;
use crate::model::Span;
use crate::scan::{Kernel, Text, WordHit, WordTable};

/// Bytes within which words speak of a number that may go on in another turn.
const GROUPS_AROUND: u32 = 120;

/// A list of context words: an index into the set's groups.
pub(super) type Group = u16;

/// A phrase of a group that stands in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index into [`Words::phrases`].
    phrase: u32,
}

impl Cue {
    pub(super) fn span(&self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

/// The words of a phrase after the first one, folded.
type Tail = Box<[Box<[u8]>]>;

/// A phrase that begins with some word of the table.
struct Phrase {
    /// The first letter of its second word; 0 when it has none.
    second: u8,
    /// Which of [`Words::groups`] it belongs to.
    groups: Range<u32>,
    tail: Tail,
}

/// What a word of the table means.
struct Meaning {
    /// Which of [`Words::phrases`] begin with it.
    phrases: Range<u32>,
    /// Rules that are tried where it stands.
    anchors: Vec<u16>,
    /// Whether the user denies it.
    denied: bool,
    /// Whether it stands for a sign when a bracket opens before it.
    bracketed: bool,
    /// How surely it is a part of something said aloud.
    spoken: u8,
    /// Where the number of an address may stand beside it, a bit each; 0 when it tells of none.
    located: u8,
}

/// All words that mean something to the rule set.
pub(super) struct Words {
    table: WordTable,
    meanings: Vec<Meaning>,
    phrases: Vec<Phrase>,
    groups: Vec<Group>,
}

/// What a word means, as far as it is known.
#[derive(Default)]
struct Draft {
    /// Phrases that begin with it, and the groups of each.
    phrases: Vec<(Tail, Vec<Group>)>,
    anchors: Vec<u16>,
    denied: bool,
    bracketed: bool,
    spoken: u8,
    located: u8,
}

/// Collects words before the table is built.
#[derive(Default)]
pub(super) struct WordsBuilder {
    drafts: BTreeMap<Box<[u8]>, Draft>,
    groups: Vec<Vec<String>>,
}

impl WordsBuilder {
    /// The group of these phrases.
    pub(super) fn group(&mut self, phrases: &[String]) -> Result<Group, String> {
        let mut sorted = phrases.to_vec();
        sorted.sort();
        sorted.dedup();
        if let Some(known) = self.groups.iter().position(|group| *group == sorted) {
            return Ok(known as Group);
        }
        let group = self.groups.len() as Group;
        for phrase in &sorted {
            let plain = without_accents(phrase);
            for spelling in if plain == *phrase { vec![phrase] } else { vec![phrase, &plain] } {
                self.phrase(spelling, group)?;
            }
        }
        self.groups.push(sorted);
        Ok(group)
    }

    fn phrase(&mut self, phrase: &str, group: Group) -> Result<(), String> {
        // Words are letters: of `last 4` would be left `last`.
        let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
        if words_of(phrase).count() == 1 && phrase.split_whitespace().any(is_number) {
            return Err(format!("of the context phrase `{phrase}` one word would count: a number is none"));
        }
        let mut words = words_of(phrase);
        let first = words.next().ok_or("a context word has no letters")?;
        if first.len() < 2 {
            return Err(format!("the context phrase `{phrase}` begins with a single letter"));
        }
        let tail: Tail = words.collect();
        let phrases = &mut self.drafts.entry(first).or_default().phrases;
        match phrases.iter_mut().find(|(known, _)| *known == tail) {
            Some((_, groups)) if groups.contains(&group) => {}
            Some((_, groups)) => groups.push(group),
            None => phrases.push((tail, vec![group])),
        }
        Ok(())
    }

    /// Makes `rule` be tried at each occurrence of `word`.
    pub(super) fn anchor(&mut self, word: &str, rule: u16) {
        self.drafts.entry(folded(word)).or_default().anchors.push(rule);
    }

    /// Makes rules be tried where `word` stands in brackets.
    pub(super) fn bracketed(&mut self, word: &str) {
        self.drafts.entry(folded(word)).or_default().bracketed = true;
    }

    /// Makes a word tell that something is said aloud where it stands.
    pub(super) fn speaks(&mut self, word: &str, weight: u8) {
        let known = &mut self.drafts.entry(folded(word)).or_default().spoken;
        *known = weight.max(*known);
    }

    /// Makes a word tell that an address may stand around it, its number on these sides.
    pub(super) fn locates(&mut self, word: &str, sides: u8) {
        self.drafts.entry(folded(word)).or_default().located |= sides;
    }

    /// Denies a single word.
    pub(super) fn deny(&mut self, word: &str) {
        self.drafts.entry(folded(word)).or_default().denied = true;
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Lays out the words so that what is asked at each hit stands together.
    pub(super) fn build(self) -> Words {
        let (words, drafts): (Vec<_>, Vec<_>) = self.drafts.into_iter().unzip();
        let (mut phrases, mut groups) = (Vec::new(), Vec::new());
        let lay_out = |draft: Draft| {
            let from = phrases.len() as u32;
            for (tail, of) in draft.phrases {
                let first = groups.len() as u32;
                groups.extend(of);
                let second = tail.first().map_or(0, |word| word[0]);
                phrases.push(Phrase { second, groups: first..groups.len() as u32, tail });
            }
            let Draft { anchors, denied, bracketed, spoken, located, .. } = draft;
            Meaning { phrases: from..phrases.len() as u32, anchors, denied, bracketed, spoken, located }
        };
        let meanings = drafts.into_iter().map(lay_out).collect();
        Words { table: WordTable::new(&words), meanings, phrases, groups }
    }
}

/// Whether the user's entry is a single run of letters, which the word table can hold.
pub(super) fn is_one_word(entry: &str) -> bool {
    entry.len() >= 2 && entry.chars().all(is_table_letter)
}

/// Letters as the scan sees them; see [`crate::scan::Masks::letter`].
fn is_table_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c as u32 >= 0xC0 && !(0x2000..0x3000).contains(&(c as u32))
}

fn folded(word: &str) -> Box<[u8]> {
    word.bytes().map(|b| b | 0x20).collect()
}

fn words_of(phrase: &str) -> impl Iterator<Item = Box<[u8]>> {
    phrase.split(|c: char| !is_table_letter(c)).filter(|word| !word.is_empty()).map(folded)
}

/// The phrase with the accents of western European letters taken off.
fn without_accents(phrase: &str) -> String {
    let mut out = String::with_capacity(phrase.len());
    for c in phrase.chars() {
        match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => out.push('a'),
            'ç' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ñ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'œ' => out.push_str("oe"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}

impl Words {
    /// Finds the known words of `text[start..end]`.
    pub(super) fn scan(
        &self,
        kernel: Kernel,
        text: Text<'_>,
        start: usize,
        end: usize,
        hits: &mut Vec<WordHit>,
    ) {
        self.table.find_all(kernel, text, start, end, hits);
    }

    /// Appends the phrases that begin with `hit`.
    pub(super) fn cues(&self, text: Text<'_>, hit: WordHit, end: usize, cues: &mut Vec<Cue>) {
        // Most phrases fail at the first letter of their second word.
        let mut next = None;
        let mut begins_next = |letter: u8| {
            let second = || next_word(text, hit.end as usize, end).map_or(0, |at| text.bytes[at] | 0x20);
            *next.get_or_insert_with(second) == letter
        };
        for phrase in self.meanings[hit.word as usize].phrases.clone() {
            let Phrase { second, tail, .. } = &self.phrases[phrase as usize];
            if *second == 0 {
                cues.push(Cue { start: hit.start, end: hit.end, phrase });
            } else if begins_next(*second)
                && let Some(stop) = tail_end(text, hit.end as usize, end, tail)
            {
                cues.push(Cue { start: hit.start, end: stop as u32, phrase });
            }
        }
    }

    pub(super) fn is_denied(&self, hit: WordHit) -> bool {
        self.meanings[hit.word as usize].denied
    }

    /// How surely the word is a part of something said aloud: 0 when it is not.
    pub(super) fn spoken(&self, hit: WordHit) -> u8 {
        self.meanings[hit.word as usize].spoken
    }

    /// Where the number of an address may stand beside the word, a bit each.
    pub(super) fn located(&self, hit: WordHit) -> u8 {
        self.meanings[hit.word as usize].located
    }

    pub(super) fn is_bracketed(&self, hit: WordHit) -> bool {
        self.meanings[hit.word as usize].bracketed
    }

    pub(super) fn anchors(&self, hit: WordHit) -> &[u16] {
        &self.meanings[hit.word as usize].anchors
    }

    pub(super) fn groups(&self, cue: &Cue) -> &[Group] {
        let Range { start, end } = self.phrases[cue.phrase as usize].groups;
        &self.groups[start as usize..end as usize]
    }
}

/// Where the next word begins, if only a few blanks or signs stand before it.
fn next_word(text: Text<'_>, at: usize, end: usize) -> Option<usize> {
    let reach = end.min(at + 5);
    let start = text.next(at, reach, |m| m.letter | m.digit)?;
    // A tag is no word of a phrase: `the [ADDRESS_1]`.
    let is_free = start > at && !b"[{<_".contains(&text.bytes[start - 1]);
    (is_free && !text.bytes[start].is_ascii_digit()).then_some(start)
}

/// Where the words of `tail` end, if they follow one another from `at`.
fn tail_end(text: Text<'_>, mut at: usize, end: usize, tail: &[Box<[u8]>]) -> Option<usize> {
    for word in tail {
        at = next_word(text, at, end)?;
        let candidate = text.bytes.get(at..at + word.len())?;
        let stop = at + word.len();
        if stop > end
            || stop < end && text.is_letter(stop)
            || candidate.iter().zip(word.iter()).any(|(a, b)| a | 0x20 != *b)
        {
            return None;
        }
        at = stop;
    }
    Some(at)
}

/// The cues around one segment: its own, those of its field's name, those of the turn before.
#[derive(Default)]
pub(super) struct Surroundings {
    /// Of the segment, sorted by start.
    pub(super) own: Vec<Cue>,
    /// Groups named by the field's name.
    pub(super) key: Vec<Group>,
    /// Of the turn before.
    pub(super) before: Vec<Group>,
    /// How many turns ago each of them was heard.
    ages: Vec<u8>,
    /// All groups that are somewhere around, a bit each.
    present: Vec<u64>,
}

/// What the turns before left standing.
#[derive(Clone, Default)]
pub(super) struct Heard {
    groups: Vec<Group>,
    ages: Vec<u8>,
}

/// What a rule learnt about its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    /// A word of the group is near enough.
    Yes,
    /// One stands in the segment, too far away: masking something between may bring it nearer.
    Far,
    /// None at all.
    No,
}

impl Surroundings {
    /// Forgets the segment, keeping the turn before.
    pub(super) fn next_segment(&mut self) {
        self.own.clear();
        self.key.clear();
        self.present.clear();
    }

    /// Forgets the turn before: a conversation begins.
    pub(super) fn next_conversation(&mut self) {
        self.before.clear();
        self.ages.clear();
    }

    /// What the turns before left standing.
    pub(super) fn heard(&self) -> Heard {
        Heard { groups: self.before.clone(), ages: self.ages.clone() }
    }

    /// Puts what other turns left standing in its place, and takes it out.
    pub(super) fn swap_heard(&mut self, heard: &mut Heard) {
        std::mem::swap(&mut self.before, &mut heard.groups);
        std::mem::swap(&mut self.ages, &mut heard.ages);
    }

    /// The groups of the turn before.
    pub(super) fn before(&self) -> &[Group] {
        &self.before
    }

    /// Puts other groups in the place of those of the turn before.
    pub(super) fn set_before(&mut self, groups: &[Group]) {
        self.before.clear();
        self.before.extend_from_slice(groups);
    }

    /// Makes the segment that was just looked at the turn before. Its last cues count, however far from its
    /// end: masking must not change which. A turn that says next to nothing (`is_thin`) lets the question
    /// before it stand.
    pub(super) fn turn_over(&mut self, words: &Words, is_thin: bool) {
        self.ages.resize(self.before.len(), 0);
        let mut kept = 0;
        for at in 0..self.before.len() {
            if is_thin && usize::from(self.ages[at]) < limits::TURNS_ASKED {
                (self.before[kept], self.ages[kept]) = (self.before[at], self.ages[at] + 1);
                kept += 1;
            }
        }
        self.before.truncate(kept);
        self.ages.truncate(kept);
        for cue in self.own.iter().rev().take(limits::TURN_CUES) {
            for &group in words.groups(cue) {
                match self.before.iter().position(|known| *known == group) {
                    Some(at) => self.ages[at] = 0,
                    None => {
                        self.before.push(group);
                        self.ages.push(0);
                    }
                }
            }
        }
    }

    /// The groups of the words around a span, those of the turn before included, each once.
    pub(super) fn around(&self, words: &Words, span: Span) -> Vec<Group> {
        let from = self.own.partition_point(|cue| cue.end + GROUPS_AROUND < span.start);
        let near = self.own[from..].iter().take_while(|cue| cue.start < span.end + GROUPS_AROUND);
        let mut groups: Vec<Group> = near.flat_map(|cue| words.groups(cue).iter().copied()).collect();
        groups.extend_from_slice(&self.before);
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Whether a word of the group stood in the turn before, or stands in the field's name.
    pub(super) fn was_asked(&self, group: Group) -> bool {
        self.before.contains(&group) || self.key.contains(&group)
    }

    /// One of the groups that stood in the turn before or stand in the field's name.
    pub(super) fn asked(&self, at: usize) -> Option<Group> {
        self.before.get(at).or_else(|| self.key.get(at - self.before.len())).copied()
    }

    /// Notes which groups are somewhere around, once the segment's cues are known.
    pub(super) fn note_present(&mut self, words: &Words, groups: usize) {
        self.present.clear();
        self.present.resize(groups.div_ceil(64), 0);
        let of_own = self.own.iter().flat_map(|cue| words.groups(cue));
        for group in of_own.chain(&self.before).chain(&self.key) {
            self.present[usize::from(*group) / 64] |= 1 << (group % 64);
        }
    }

    /// Whether a word of the group stands in the segment, in its field's name or in the turn before.
    pub(super) fn has(&self, group: Group) -> bool {
        self.present.get(usize::from(group) / 64).is_some_and(|bits| bits >> (group % 64) & 1 == 1)
    }

    /// Whether a word of one of the groups does; `of` holds a bit for each group.
    pub(super) fn has_any(&self, of: &[u64]) -> bool {
        self.present.iter().zip(of).any(|(here, wanted)| here & wanted != 0)
    }

    /// Whether a word of `group` stands within `within` bytes of the value at `start..end` of a segment
    /// that begins at `segment_start`.
    pub(super) fn near(
        &self,
        words: &Words,
        group: Group,
        within: u32,
        (start, end): (usize, usize),
        segment_start: usize,
    ) -> Near {
        if self.key.contains(&group) {
            return Near::Yes;
        }
        let within = within as usize;
        let from = self.own.partition_point(|cue| (cue.start as usize) + within + 64 < start);
        for cue in &self.own[from..] {
            if cue.start as usize > end + within {
                break;
            }
            let distance =
                start.saturating_sub(cue.end as usize).max((cue.start as usize).saturating_sub(end));
            if distance <= within && words.groups(cue).contains(&group) {
                return Near::Yes;
            }
        }
        // An answer stands early in its turn.
        let asked = self.before.contains(&group);
        if asked && start - segment_start <= within.max(24) {
            return Near::Yes;
        }
        let reach = limits::MATCH_BYTES;
        let from = self.own.partition_point(|cue| (cue.start as usize) + reach < start);
        let far = self.own[from..]
            .iter()
            .take_while(|cue| (cue.start as usize) < end + reach)
            .any(|cue| words.groups(cue).contains(&group));
        if far || asked { Near::Far } else { Near::No }
    }
}
