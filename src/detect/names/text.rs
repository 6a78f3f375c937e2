//! Which words does a text consist of, and what is known of each?
//!
//! Words are runs of letters; what stands between two of them is remembered as one of a few kinds. Numbers are
//! words without letters.

use super::cues::{Cue, Cues};
use super::dictionary::{Entry, fold_hash_at, look_up};
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

/// Cuts `text[start..end]` into words and returns how it is written. `words` is emptied first. Each of `blanks`
/// (sorted, disjoint) is one word without meaning, as a tag is.
pub(super) fn cut(
    text: Text<'_>,
    (start, end): (usize, usize),
    blanks: &[Span],
    cues: &Cues,
    words: &mut Vec<Word>,
) -> Case {
    words.clear();
    let mut blanks = blanks.iter().map(Span::range).peekable();
    let bytes = text.bytes;
    let (mut capitals, mut small) = (0usize, 0usize);
    let mut last = start;
    let mut at = start;
    loop {
        let next = text.next(at, end, |m| m.letter | m.digit);
        while blanks.next_if(|blank| blank.end <= at).is_some() {}
        let blank = blanks.peek().filter(|blank| next.is_none_or(|next| blank.start <= next)).cloned();
        let hidden =
            blank.or_else(|| next.and_then(|from| tag_end(bytes, from, start, end).map(|to| from - 1..to)));
        if let Some(hidden) = hidden {
            // A name that is masked already says no more than that something stands here.
            let gap = if words.is_empty() {
                Gap::Start
            } else {
                gap_of(&bytes[last.min(hidden.start)..hidden.start])
            };
            let (entry, cue) = (Entry::default(), Cue::None);
            let (from, to) = (hidden.start as u32, hidden.end as u32);
            words.push(Word { start: from, end: to, hash: 0, entry, shape: Shape::Number, gap, cue });
            (last, at) = (hidden.end, hidden.end);
            continue;
        }
        let Some(from) = next else { break };
        let is_number = bytes[from].is_ascii_digit();
        let to = if is_number {
            (from..end).find(|&at| !bytes[at].is_ascii_digit()).unwrap_or(end)
        } else {
            letters_end(text, from, end)
        };
        let to = blanks.peek().map_or(to, |blank| to.min(blank.start));
        let word = &bytes[from..to];
        let (shape, upper) = if is_number {
            (Shape::Number, 0)
        } else if is_small(bytes, from, to) {
            (Shape::Lower, 0)
        } else {
            shape_of(word)
        };
        if !is_number {
            capitals += upper;
            small += word.len() - upper;
        }
        let gap = if words.is_empty() { Gap::Start } else { gap_of(&bytes[last..from]) };
        let hash = if is_number { 0 } else { fold_hash_at(bytes, from, to) };
        let entry = Entry::default();
        let cue = if is_number { Cue::None } else { cues.of(hash) };
        words.push(Word { start: from as u32, end: to as u32, hash, entry, shape, gap, cue });
        (last, at) = (to, to);
    }
    let case = if capitals == 0 {
        Case::Lower
    } else if small == 0 && words.len() > 1 {
        Case::Upper
    } else if words.iter().any(is_inner_capital) {
        Case::Usual
    } else {
        Case::Sentence
    };
    look_up_those_that_matter(words, case);
    case
}

/// Whether a word of the text is one of `known`, by its hash.
pub(super) fn holds(text: Text<'_>, (start, end): (usize, usize), known: &[u64]) -> bool {
    let filter = known.iter().fold(0u64, |filter, hash| filter | 1 << (hash >> 58));
    let mut at = start;
    while let Some(from) = text.next(at, end, |m| m.letter) {
        let to = letters_end(text, from, end);
        let hash = fold_hash_at(text.bytes, from, to);
        if filter >> (hash >> 58) & 1 == 1 && known.contains(&hash) {
            return true;
        }
        at = to;
    }
    false
}

/// Whether the word has a capital that no sentence gives it.
fn is_inner_capital(word: &Word) -> bool {
    matches!(word.shape, Shape::Capital | Shape::Mixed | Shape::Upper)
        && !matches!(word.gap, Gap::Start | Gap::Stop | Gap::Break)
}

/// Asks the dictionary about words that may be names, and their neighbours: in a text with capitals those that
/// have one or are announced, elsewhere all.
fn look_up_those_that_matter(words: &mut [Word], case: Case) {
    let mut known = 0; // up to here words were looked up
    for at in 0..words.len() {
        let word = &words[at];
        let may_be = word.shape != Shape::Number
            && (case != Case::Usual || word.shape != Shape::Lower || is_announced(words, at));
        if may_be {
            let end = (at + 2).min(words.len());
            for word in &mut words[known.max(at.saturating_sub(1))..end] {
                if word.shape != Shape::Number {
                    word.entry = look_up(word.hash);
                }
            }
            known = end;
        }
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

/// Whether the word is short and of small ASCII letters, as most are.
#[inline]
fn is_small(bytes: &[u8], from: usize, to: usize) -> bool {
    const CASE: u64 = 0x2020_2020_2020_2020;
    const BEYOND: u64 = 0x8080_8080_8080_8080;
    let Some(eight) = bytes[from..].first_chunk::<8>().filter(|_| to - from <= 8) else { return false };
    let inside = !0u64 >> (64 - 8 * (to - from));
    let eight = u64::from_le_bytes(*eight);
    eight & BEYOND & inside == 0 && eight & CASE & inside == CASE & inside
}

/// The shape, and how many bytes are capitals.
fn shape_of(word: &[u8]) -> (Shape, usize) {
    let (mut count, mut capitals, mut first) = (0usize, 0usize, false);
    if word.is_ascii() {
        count = word.len();
        capitals = word.iter().filter(|b| b.is_ascii_uppercase()).count();
        first = word[0].is_ascii_uppercase();
    } else {
        for c in String::from_utf8_lossy(word).chars() {
            let upper = c.is_uppercase();
            first |= upper && count == 0;
            count += 1;
            capitals += usize::from(upper);
        }
    }
    let shape = match (capitals, first) {
        (0, _) => Shape::Lower,
        (1, true) if count == 1 => Shape::Initial,
        (1, true) => Shape::Capital,
        _ if capitals == count => Shape::Upper,
        _ => Shape::Mixed,
    };
    (shape, capitals)
}

fn gap_of(between: &[u8]) -> Gap {
    match between {
        b" " => Gap::Blank,
        b"-" => Gap::Hyphen,
        b"'" | b"\xE2\x80\x99" => Gap::Apostrophe,
        _ if between.iter().all(|b| *b == b' ' || *b == b'\t') => Gap::Blank,
        _ if between.iter().any(|b| b"!?:\n\r".contains(b)) => Gap::Break,
        _ if between.contains(&b'.') => Gap::Stop,
        _ if between.iter().all(|b| b" ,;".contains(b)) => Gap::Comma,
        _ => Gap::Sign,
    }
}
