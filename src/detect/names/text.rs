//! Which words does a text consist of, and what is known of each?
//!
//! Words are runs of letters; what stands between two of them is remembered as one of a few kinds. Numbers are
//! words without letters.

use std::ops::Range;

use super::cues::{Cue, Cues};
use super::dictionary::{self, Entry, Recent, first_slot, look_up_from};
use super::spelling::spelling;
use crate::model::Span;
use crate::scan::Text;

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Digits.
    Number = 0,
    /// No capital.
    Lower = 1,
    /// One capital letter alone.
    Initial = 2,
    /// A capital, then small letters.
    Capital = 3,
    /// Capitals alone.
    Upper = 4,
    /// Anything else: `McDonald`, `iPhone`.
    Mixed = 5,
    /// No word: what stands before the first one and behind the last one.
    Nothing = 6,
}

/// What stands between a word and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// It is the first.
    Start = 0,
    /// Blanks.
    Blank = 1,
    /// A hyphen alone.
    Hyphen = 2,
    /// An apostrophe alone.
    Apostrophe = 3,
    /// A full stop and blanks, as after an abbreviation or a sentence.
    Stop = 4,
    /// A comma or semicolon.
    Comma = 5,
    /// An end of sentence other than a full stop, a colon, a line break.
    Break = 6,
    /// Other signs: brackets, quotes, slashes.
    Sign = 7,
}

/// A word of a text.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// First byte.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Hash of the folded word.
    pub hash: u64,
    /// What the dictionary knows.
    pub entry: Entry,
    /// How it is written.
    pub shape: Shape,
    /// What stands before it.
    pub gap: Gap,
    /// What it announces.
    pub cue: Cue,
}

impl Word {
    /// No word at all.
    pub(super) const NOTHING: Word = Word {
        start: 0,
        end: 0,
        hash: 0,
        entry: Entry::UNKNOWN,
        shape: Shape::Nothing,
        gap: Gap::Start,
        cue: Cue::None,
    };

    /// What a tag or a blank is, apart from its place: a number, and nothing is known of it.
    const HIDDEN: Word = Word { shape: Shape::Number, ..Word::NOTHING };
}

/// How a text as a whole is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Without capitals, as recognisers write.
    #[default]
    Lower = 0,
    /// As usual.
    Usual = 1,
    /// In capitals.
    Upper = 2,
    /// With capitals at the start of sentences alone, and for the English `I`: a name may be without.
    Sentence = 3,
}

/// A text cut into words.
#[derive(Default)]
pub struct Cut {
    /// Its words, in order.
    pub words: Vec<Word>,
    memory: Memory,
}

/// What saves looking into the dictionary, or waiting for it.
#[derive(Default)]
struct Memory {
    recent: Recent,
    /// Words that it must be asked about, and what it says first.
    slots: Vec<(u32, u32)>,
}

/// Cuts `text[start..end]` into words and returns how it is written. What was cut before is forgotten. Each of `blanks`
/// (sorted, disjoint) is one word without meaning, as a tag is.
pub(super) fn cut(
    text: Text<'_>,
    (start, end): (usize, usize),
    blanks: &[Span],
    cues: &Cues,
    Cut { words, memory }: &mut Cut,
) -> Case {
    words.clear();
    let mut cutter = Cutter {
        text,
        start,
        end,
        cues,
        words,
        last: start,
        capitals: 0,
        small: 0,
        inner_capital: false,
        holds_o: false,
    };
    let mut blanks = blanks.iter().map(Span::range).peekable();
    let mut at = start;
    loop {
        while blanks.next_if(|blank| blank.end <= at).is_some() {}
        let stop = blanks.peek().map_or(end, |blank| blank.start.clamp(at, end));
        cutter.runs_of(at, stop);
        if cutter.last > stop {
            at = cutter.last; // a tag reaches into the blank
        } else if let Some(blank) = blanks.next() {
            at = blank.end;
            cutter.hide(blank);
        } else {
            break;
        }
    }
    cutter.spell();
    let case = cutter.case();
    if cutter.holds_o {
        join_irish(text.bytes, words);
    }
    look_up_those_that_matter(words, case, memory);
    case
}

/// Cuts a text, and counts its capitals on the way.
struct Cutter<'a> {
    text: Text<'a>,
    start: usize,
    end: usize,
    cues: &'a Cues,
    words: &'a mut Vec<Word>,
    /// Where the last word ends.
    last: usize,
    capitals: usize,
    /// Bytes of letters that are none.
    small: usize,
    /// Whether a word has a capital that no sentence gives it.
    inner_capital: bool,
    /// Whether a word follows `O'`.
    holds_o: bool,
}

impl Cutter<'_> {
    /// The words of `from..to`, and the tags that begin there: where they stand and what is between them.
    fn runs_of(&mut self, from: usize, to: usize) {
        let text = self.text;
        let mut last = self.last;
        text.each_run(from, to, |from, to| {
            if from < last {
                return; // inside a tag
            }
            let gap = if from == last + 1 && text.bytes[last] == b' ' && !self.words.is_empty() {
                Gap::Blank
            } else {
                self.last = last;
                if let Some(to) = tag_end(text.bytes, from, self.start, self.end) {
                    self.hide(from - 1..to);
                    last = to;
                    return;
                }
                self.gap(from)
            };
            let shape = if text.bytes[from].is_ascii_digit() { Shape::Number } else { Shape::Lower };
            self.words.push(Word { start: from as u32, end: to as u32, gap, shape, ..Word::NOTHING });
            last = to;
        });
        self.last = last;
    }

    /// How the words are spelled and what they announce.
    fn spell(&mut self) {
        let (mut capitals, mut small) = (0, 0);
        let mut is_title = false;
        for word in self.words.iter_mut() {
            let behind_title = std::mem::take(&mut is_title);
            if word.shape == Shape::Number {
                continue;
            }
            // `Dr. Dorn`: no sentence ends there.
            if behind_title && word.gap == Gap::Stop {
                word.gap = Gap::Blank;
            }
            let (start, end) = (word.start as usize, word.end as usize);
            let spelling = spelling(self.text.bytes, start, end);
            (word.hash, word.shape) = (spelling.hash, spelling.shape);
            word.cue = self.cues.of(spelling.hash);
            // `Thank you, sir. May I` ends one.
            is_title = word.cue == Cue::Title && !self.cues.is_salute(word.hash);
            self.holds_o |= word.gap == Gap::Apostrophe && irish(self.text.bytes, start, end).is_some();
            small += end - start - spelling.capitals;
            if spelling.capitals > 0 {
                capitals += spelling.capitals;
                self.inner_capital |= matches!(word.shape, Shape::Capital | Shape::Mixed | Shape::Upper)
                    && !matches!(word.gap, Gap::Start | Gap::Stop | Gap::Break);
            }
        }
        (self.capitals, self.small) = (capitals, small);
    }

    /// A word without meaning. A name that is masked already says no more than that something stands here.
    fn hide(&mut self, span: Range<usize>) {
        let gap = self.gap(span.start);
        self.words.push(Word { start: span.start as u32, end: span.end as u32, gap, ..Word::HIDDEN });
        self.last = span.end;
    }

    /// What stands before a word that begins at `from`.
    fn gap(&self, from: usize) -> Gap {
        if self.words.is_empty() { Gap::Start } else { gap_of(&self.text.bytes[self.last.min(from)..from]) }
    }

    fn case(&self) -> Case {
        match (self.capitals, self.small) {
            (0, _) => Case::Lower,
            (_, 0) if self.words.len() > 1 => Case::Upper,
            _ if self.inner_capital => Case::Usual,
            _ => Case::Sentence,
        }
    }
}

/// Whether a word of the text is one of `known`, by its hash.
pub(super) fn holds(text: Text<'_>, (start, end): (usize, usize), known: &[u64]) -> bool {
    let filter = known.iter().fold(0u64, |filter, hash| filter | 1 << (hash >> 58));
    let mut at = start;
    while let Some(from) = text.next(at, end, |m| m.letter) {
        let to = letters_end(text, from, end);
        let is_known = |hash: u64| filter >> (hash >> 58) & 1 == 1 && known.contains(&hash);
        if is_known(spelling(text.bytes, from, to).hash)
            || irish(text.bytes, from, to).is_some_and(|(_, hash)| is_known(hash))
        {
            return true;
        }
        at = to;
    }
    false
}

/// Where a surname such as `O'Brien` begins whose second part is `bytes[start..end]`, and the number it has in dictionaries,
/// which write it `obrien`. Other words behind an `o` with an apostrophe are no surname: `o'clock`.
fn irish(bytes: &[u8], start: usize, end: usize) -> Option<(usize, u64)> {
    let before = &bytes[..start];
    let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix("\u{2019}".as_bytes()))?;
    let (_, outside) = before.split_last().filter(|(letter, _)| matches!(letter, b'o' | b'O'))?;
    if outside.last().is_some_and(|&b| b.is_ascii_alphanumeric() || b >= 0x80) {
        return None;
    }
    let mut joined = [b'o'; 16];
    let part = bytes.get(start..end)?;
    joined.get_mut(1..=part.len())?.copy_from_slice(part);
    let hash = spelling(&joined, 0, part.len() + 1).hash;
    (dictionary::known(hash).last() >= 2).then_some((outside.len(), hash))
}

/// Makes one word of `O` and `Brien`.
fn join_irish(bytes: &[u8], words: &mut Vec<Word>) {
    for at in (1..words.len()).rev() {
        let word = words[at];
        if word.gap != Gap::Apostrophe {
            continue;
        }
        if let Some((start, hash)) = irish(bytes, word.start as usize, word.end as usize)
            && words[at - 1].start as usize == start
        {
            words[at - 1] = Word { hash, end: word.end, shape: word.shape, cue: Cue::None, ..words[at - 1] };
            words.remove(at);
        }
    }
}

/// Asks the dictionary about words that may be names, and their neighbours: in a text with capitals those that
/// have one or are announced, elsewhere all.
fn look_up_those_that_matter(words: &mut [Word], case: Case, memory: &mut Memory) {
    let Memory { recent, slots } = memory;
    slots.clear();
    let mut known = 0; // up to here words are looked up
    for at in 0..words.len() {
        let word = &words[at];
        let may_be = word.shape != Shape::Number
            && (case != Case::Usual || word.shape != Shape::Lower || is_announced(words, at));
        if may_be {
            let end = (at + 2).min(words.len());
            let from = known.max(at.saturating_sub(1));
            for (at, word) in (from..).zip(&mut words[from..end]) {
                if word.shape == Shape::Number {
                    continue;
                }
                match recent.get(word.hash) {
                    Some(entry) => word.entry = entry,
                    None => slots.push((at as u32, first_slot(word.hash))),
                }
            }
            known = end;
        }
    }
    for &(at, slot) in slots.iter() {
        let word = &mut words[at as usize];
        word.entry = look_up_from(slot, word.hash);
        recent.put(word.hash, word.entry);
    }
}

/// Whether one of the two words before announces a name.
pub(super) fn is_announced(words: &[Word], at: usize) -> bool {
    let cue = |step: usize| at.checked_sub(step).map_or(Cue::None, |at| words[at].cue);
    matches!(cue(1), Cue::Title | Cue::Naming | Cue::Greeting | Cue::Signing | Cue::Speaking)
        || matches!(cue(2), Cue::Naming | Cue::Title)
}

/// Where a tag such as `[NAME_7]` or `[PII]` ends whose first letter is at `at`.
fn tag_end(bytes: &[u8], at: usize, start: usize, end: usize) -> Option<usize> {
    let close = match at.checked_sub(1).filter(|before| *before >= start).map(|before| bytes[before]) {
        Some(b'[') => b']',
        Some(b'{') => b'}',
        Some(b'<') => b'>',
        _ => return None,
    };
    let is_part = |b: &&u8| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_';
    let length = bytes[at..end].iter().take(48).take_while(is_part).count();
    (length > 1 && bytes.get(at + length) == Some(&close) && at + length < end).then_some(at + length + 1)
}

/// Where the letters that begin at `from` end.
#[inline]
fn letters_end(text: Text<'_>, from: usize, end: usize) -> usize {
    // Nearly all words end in the block in which they begin.
    let rest = text.masks[from / 64].letter >> (from % 64);
    let length = rest.trailing_ones() as usize;
    if from % 64 + length < 64 {
        (from + length).min(end)
    } else {
        text.next(from, end, |m| !m.letter).unwrap_or(end)
    }
}

/// The kind of what stands between two words.
fn gap_of(between: &[u8]) -> Gap {
    const BREAK: u8 = 1;
    const STOP: u8 = 2;
    const COMMA: u8 = 4;
    const SIGN: u8 = 8;
    const TAB: u8 = 16;
    match between {
        b"-" => return Gap::Hyphen,
        b"'" | b"\xE2\x80\x99" => return Gap::Apostrophe,
        _ => {}
    }
    let signs = between.iter().fold(0, |signs, byte| {
        signs
            | match byte {
                b' ' => 0,
                b'\t' => TAB,
                b'!' | b'?' | b':' | b'\n' | b'\r' => BREAK,
                b'.' => STOP,
                b',' | b';' => COMMA,
                _ => SIGN,
            }
    });
    match signs {
        0 | TAB => Gap::Blank,
        _ if signs & BREAK != 0 => Gap::Break,
        _ if signs & STOP != 0 => Gap::Stop,
        COMMA => Gap::Comma,
        _ => Gap::Sign,
    }
}
