//! Which words, digits and signs does a text consist of, to somebody who listens for numbers?

use super::folding::{fold, hash_of};
use super::lexicon::{DE, IT, Lexicon, Mark, WORD_BYTES, WordId};
use crate::scan::Text;
use crate::view::decode::char_at;

/// The shortest number above a thousand that is one word of several: `tremila`.
const SHORTEST_THOUSAND: usize = 7;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// ASCII digits.
    Digits,
    /// Digits with the ending of an ordinal: `27th`, `1er`.
    Ordinal,
    /// Letters and digits in one: `w20`.
    Mixed,
    /// Digits with a unit: `18h30`, `20km`.
    Measure,
    /// A currency or per cent sign.
    Money,
    /// A tag that stands for something masked, or a sign that ends everything.
    Wall,
    /// A plus sign.
    Plus,
}

/// What stands between a token and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: the other ends where this one begins, or there is none.
    None,
    /// Blanks.
    Blank,
    /// A hyphen, no blanks.
    Hyphen,
    /// A full stop, no blanks: a decimal, a name on the internet.
    Point,
    /// An underscore, no blanks.
    Underscore,
    /// An apostrophe.
    Apostrophe,
    /// A comma or dash among blanks.
    Comma,
    /// A full stop and blanks.
    Stop,
    /// What ends a thought: a question mark, a line break, brackets.
    Break,
}

/// A token, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
    pub(super) gap: Gap,
    /// Its word in the lexicon, 0 when it has none.
    pub(super) word: WordId,
    /// The letter that it consists of, small, in Latin-1; 0 for anything else.
    pub(super) letter: u8,
    /// Whether an apostrophe follows: `d'accord`.
    pub(super) elided: bool,
    /// Whether it has an accent that Spanish has not: `très` is no number there.
    pub(super) is_grave: bool,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) fn of<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start as usize..self.end as usize]
    }
}

/// Appends the tokens of `text[start..end]` to `out`. About 5 ns a byte.
pub(super) fn cut(text: Text, (start, end): (usize, usize), lexicon: &Lexicon, out: &mut Vec<Token>) {
    let bytes = &text.bytes[..end];
    let mut folded = Vec::with_capacity(WORD_BYTES);
    let first = out.len();
    let (mut at, mut gap) = (start, Gap::None);
    while at < end {
        let b = bytes[at];
        let is_letter = is_letter_at(text, at);
        if !is_letter && !b.is_ascii_digit() {
            if let Some(length) = tag_at(&bytes[at..]) {
                out.push(token(at, at + length, Kind::Wall, Gap::Break));
                (at, gap) = (at + length, Gap::Break);
                continue;
            }
            let (c, length) = char_at(&bytes[at..]);
            let kind = match c {
                '€' | '$' | '£' | '¥' | '%' => Some(Kind::Money),
                '+' => Some(Kind::Plus),
                '@' | '*' | '=' | '#' => Some(Kind::Wall),
                _ => None,
            };
            if let Some(kind) = kind {
                out.push(token(at, at + length, kind, gap));
                gap = Gap::None;
            } else {
                gap = widened(gap, c);
            }
            at += length;
            continue;
        }
        let from = at;
        let (mut letters, mut digits) = (false, false);
        while at < end {
            let is_letter = is_letter_at(text, at);
            match bytes[at].is_ascii_digit() {
                true => digits = true,
                false if is_letter => letters = true,
                false => break,
            }
            at += 1;
        }
        let word = &bytes[from..at];
        let kind = match (letters, digits) {
            (true, false) => Kind::Word,
            (false, _) => Kind::Digits,
            _ if is_ordinal(word) => Kind::Ordinal,
            _ if is_measure(word) => Kind::Measure,
            _ => Kind::Mixed,
        };
        let mut new = token(from, at, kind, gap);
        if kind == Kind::Word && word.len() <= WORD_BYTES {
            folded.clear();
            fold(word, &mut folded);
            new.word = lexicon.word(hash_of(&folded));
            new.letter = letter_of(word);
            new.is_grave = has_grave(word);
            new.elided =
                bytes.get(at).is_some_and(|&b| b == b'\'') || bytes[at..].starts_with("’".as_bytes());
            if new.word == 0 && word.len() >= SHORTEST_THOUSAND && cut_thousands(word, new, lexicon, out) {
                gap = Gap::None;
                continue;
            }
        }
        out.push(new);
        gap = Gap::None;
    }
    join_phrases(bytes, lexicon, first, out);
}

/// Appends the parts of a number above a thousand that is written as one word: `settemilacentodiciotto`,
/// `siebentausendeinhundertachtzehn`. There are too many to list them.
fn cut_thousands(word: &[u8], whole: Token, lexicon: &Lexicon, out: &mut Vec<Token>) -> bool {
    for (scale, lang) in [(&b"mila"[..], IT), (b"tausend", DE)] {
        let is_scale = |part: &[u8]| part.eq_ignore_ascii_case(scale);
        let Some(at) = word.windows(scale.len()).position(is_scale) else { continue };
        let ends = [0, at, at + scale.len(), word.len()];
        let first = out.len();
        for part in ends.windows(2).filter(|part| part[0] < part[1]) {
            let mut folded = Vec::with_capacity(WORD_BYTES);
            fold(&word[part[0]..part[1]], &mut folded);
            let known = lexicon.word(hash_of(&folded));
            if known == 0 || !lexicon.sense(known, lang).counts() {
                out.truncate(first);
                return false;
            }
            let gap = if out.len() == first { whole.gap } else { Gap::Blank };
            let start = whole.start as usize;
            out.push(Token { word: known, ..token(start + part[0], start + part[1], Kind::Word, gap) });
        }
        return true;
    }
    false
}

fn token(start: usize, end: usize, kind: Kind, gap: Gap) -> Token {
    Token {
        start: start as u32,
        end: end as u32,
        kind,
        gap,
        word: 0,
        letter: 0,
        elided: false,
        is_grave: false,
    }
}

/// Whether `à`, `â`, `ç`, `è`, `ê` or `ë` stands in the word.
fn has_grave(word: &[u8]) -> bool {
    word.windows(2)
        .any(|pair| pair[0] == 0xC3 && matches!(pair[1] | 0x20, 0xA0 | 0xA2 | 0xA7 | 0xA8 | 0xAA | 0xAB))
}

/// Whether a letter stands there; what lies beyond the basic plane (emoji) is none.
fn is_letter_at(text: Text, at: usize) -> bool {
    text.masks[at / 64].letter >> (at % 64) & 1 == 1 && text.bytes[at] < 0xF0
}

/// What stands between two tokens once `c` stands there too.
fn widened(gap: Gap, c: char) -> Gap {
    let next = match c {
        ' ' | '\u{a0}' | '\t' => Gap::Blank,
        '-' => Gap::Hyphen,
        '.' => Gap::Point,
        '_' => Gap::Underscore,
        '\'' | '’' => Gap::Apostrophe,
        // Lines are wrapped where no thought ends.
        ',' | '–' | '—' | '…' | '\n' | '\r' => Gap::Comma,
        _ => Gap::Break,
    };
    match (gap, next) {
        (Gap::None, next) => next,
        (Gap::Break, _) | (_, Gap::Break) => Gap::Break,
        (gap, next) if gap == next => gap,
        (Gap::Stop, _) => Gap::Stop,
        (Gap::Point, Gap::Blank) | (Gap::Blank, Gap::Point) => Gap::Stop,
        (Gap::Point, _) | (_, Gap::Point) => Gap::Stop,
        _ => Gap::Comma,
    }
}

/// The length of a tag such as `[PHONE_1]` at the start of `bytes`.
fn tag_at(bytes: &[u8]) -> Option<usize> {
    let close = crate::model::closing(*bytes.first()?)?;
    let inside = bytes[1..].iter().take(64).position(|&b| b == close)?;
    let is_tag = inside > 0
        && bytes[1..=inside].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    is_tag.then_some(inside + 2)
}

/// Digits with an ending of an ordinal in one of the languages.
fn is_ordinal(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let ending = word[digits..].to_ascii_lowercase();
    (1..=2).contains(&digits)
        && [&b"st"[..], b"nd", b"rd", b"th", b"er", b"e", b"eme", "ème".as_bytes(), "º".as_bytes()]
            .contains(&&ending[..])
}

/// Digits with a unit of time, weight, length or data behind them.
fn is_measure(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = word[digits..].to_ascii_lowercase();
    let unit = rest.iter().take_while(|b| !b.is_ascii_digit()).count();
    let units: [&[u8]; 26] = [
        b"h", b"hr", b"hrs", b"mn", b"min", b"mins", b"s", b"ms", b"km", b"m", b"cm", b"mm", b"kg", b"g",
        b"gr", b"l", b"ml", b"cl", b"go", b"gb", b"mo", b"mb", b"kwh", b"k", b"am", b"pm",
    ];
    (1..=5).contains(&digits) && units.contains(&&rest[..unit]) && (rest.len() == unit || unit == 1)
}

/// The one letter that a word consists of, small, in Latin-1.
fn letter_of(word: &[u8]) -> u8 {
    let (c, length) = char_at(word);
    if length != word.len() || c as u32 > 0xFF {
        return 0;
    }
    c.to_lowercase().next().map_or(0, |small| small as u32 as u8)
}

/// Makes one token of the words of a phrase.
fn join_phrases(bytes: &[u8], lexicon: &Lexicon, first: usize, tokens: &mut Vec<Token>) {
    let begins = |token: &Token| token.word != 0 && lexicon.sense(token.word, 0).is(Mark::Begins);
    if !tokens[first..].iter().any(begins) {
        return;
    }
    let mut kept = first;
    let mut at = first;
    while at < tokens.len() {
        let mut length = 1;
        if begins(&tokens[at]) {
            let mut joined = Vec::with_capacity(WORD_BYTES);
            fold(tokens[at].of(bytes), &mut joined);
            for more in 0..2 {
                let Some(next) = tokens.get(at + 1 + more).copied() else { break };
                if next.kind != Kind::Word || matches!(next.gap, Gap::Break | Gap::Stop | Gap::Comma) {
                    break;
                }
                // Who spells `T I M` does not say `I'm`; `i m 15` does.
                let are_letters = tokens[at + more].letter != 0 && next.letter != 0;
                let stands_beside = at > first && tokens[kept - 1].letter != 0
                    || tokens.get(at + more + 2).is_some_and(|token| token.letter != 0);
                if are_letters && next.gap != Gap::Apostrophe && stands_beside {
                    break;
                }
                joined.push(b'_');
                fold(next.of(bytes), &mut joined);
                let word = lexicon.word(hash_of(&joined));
                if word != 0 {
                    (tokens[at].word, length) = (word, more + 2);
                }
            }
            if length > 1 {
                tokens[at].end = tokens[at + length - 1].end;
                tokens[at].elided = tokens[at + length - 1].elided;
                tokens[at].letter = 0;
            }
        }
        tokens[kept] = tokens[at];
        kept += 1;
        at += length;
    }
    tokens.truncate(kept);
}
