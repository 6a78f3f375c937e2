//! Which words, numbers and signs does a stretch of text consist of, to somebody who looks for an address?

use super::super::names::dictionary::{self, Entry};
use super::super::names::spelling::spelling;
use super::lexicon::{Lang, Lexicon, Mark, has};
use crate::model::{Span, closing};
use crate::scan::Text;
use crate::view::spoken::lexicon::Lexicon as Speech;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// Digits.
    Digits,
    /// Digits, then letters or the sign of an ordinal: `12a`, `3º`.
    Lettered,
    /// Letters, then digits: `BS6`.
    Code,
    /// `#`.
    Hash,
    /// Something that is found to be something else, a tag, a sign that is in no address.
    Wall,
}

/// What stands between a token and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// Blanks.
    Blank,
    /// An apostrophe.
    Apostrophe,
    /// A hyphen, no blanks.
    Hyphen,
    /// A slash.
    Slash,
    /// A full stop, blanks or not.
    Stop,
    /// A comma, a dash among blanks, a line break, a bracket.
    Comma,
    /// What ends a thought.
    Break,
}

/// A token, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
    pub(super) gap: Gap,
    /// Whether its first letter is a capital.
    pub(super) capital: bool,
    /// What the dictionary knows of the word.
    pub(super) entry: Entry,
    pub(super) hash: u64,
    /// Its sense in the lexicon of addresses.
    sense: u16,
    /// The languages in which it is a number, in which it is one of the commonest words, and in which it says next
    /// to nothing: a bit each.
    counts: u8,
    common: u8,
    quiet: u8,
    /// Whether it ends as German streets do, and whether that is sure.
    pub(super) street_end: Option<bool>,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) fn of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start as usize..self.end as usize]
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(super) fn is_common(&self, lang: Lang) -> bool {
        self.common >> lang & 1 == 1
    }

    /// Whether it tells that the text is of that language.
    pub(super) fn votes_for(&self, lang: Lang) -> bool {
        self.len() > 1 && self.is_common(lang)
    }

    /// Whether it says next to nothing in some language.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet != 0
    }

    pub(super) fn is_number_word(&self, lang: Lang) -> bool {
        self.counts >> lang & 1 == 1
    }

    pub(super) fn is(&self, lexicon: &Lexicon, lang: Lang, marks: &[Mark]) -> bool {
        has(lexicon.sense(self.sense)[lang], marks)
    }

    /// Whether it is that in any language.
    pub(super) fn is_any(&self, lexicon: &Lexicon, marks: &[Mark]) -> bool {
        lexicon.sense(self.sense).iter().any(|&of| has(of, marks))
    }
}

/// What is needed to cut a text.
pub(super) struct Cutter<'a> {
    pub(super) text: Text<'a>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) speech: Option<&'a Speech>,
    /// What is hidden: sorted, disjoint.
    pub(super) walls: &'a [Span],
}

impl Cutter<'_> {
    /// Appends the tokens of `text[start..end]` to `out`.
    pub(super) fn cut(&self, (start, end): (usize, usize), out: &mut Vec<Token>) {
        let bytes = &self.text.bytes[..end];
        let mut folded = Vec::new();
        let (mut at, mut gap) = (start, Gap::Break);
        let mut wall = self.walls.partition_point(|span| span.end as usize <= start);
        while at < end {
            if let Some(span) = self.walls.get(wall).filter(|span| span.start as usize <= at) {
                let to = (span.end as usize).min(end).max(at);
                out.push(token(at, to, Kind::Wall, Gap::Break));
                (at, gap, wall) = (to, Gap::Break, wall + 1);
                continue;
            }
            let stop = self.walls.get(wall).map_or(end, |span| (span.start as usize).min(end));
            if self.text.is_word(at) && bytes[at] != b'_' && bytes[at] < 0xF0 {
                at = self.alphanumeric(at, stop, gap, &mut folded, out);
                gap = Gap::None;
                continue;
            }
            let length = tag_at(bytes, at).unwrap_or(0);
            if length > 0 || b"@*=_+&<>{}".contains(&bytes[at]) || bytes[at] >= 0xF0 {
                let to = (at + length.max(1)).min(end);
                let to = (to..end).find(|&to| bytes[to] & 0xC0 != 0x80).unwrap_or(end);
                out.push(token(at, to, Kind::Wall, Gap::Break));
                (at, gap) = (to, Gap::Break);
                continue;
            }
            let (next, to) = self.sign(bytes, at, gap, out);
            (at, gap) = (to, next);
        }
    }

    /// A run of letters and digits; returns where it ends.
    fn alphanumeric(
        &self,
        at: usize,
        stop: usize,
        gap: Gap,
        folded: &mut Vec<u8>,
        out: &mut Vec<Token>,
    ) -> usize {
        let bytes = self.text.bytes;
        let is_letter = |at: usize| self.text.is_letter(at) && bytes[at] < 0xF0;
        let digits = (at..stop).take_while(|&at| bytes[at].is_ascii_digit()).count();
        let letters = (at + digits..stop).take_while(|&at| is_letter(at)).count();
        if digits > 0 {
            // `28014Madrid`: the blank is missing.
            let is_glued = digits >= 4 && letters >= 3;
            // `3X1`, the end of a Canadian postcode.
            let more =
                usize::from(letters == 1 && at + 2 < stop && digits == 1 && bytes[at + 2].is_ascii_digit());
            let length = if is_glued { digits } else { digits + letters + more };
            let kind = if length > digits { Kind::Lettered } else { Kind::Digits };
            let mut new = token(at, at + length, kind, gap);
            new.capital = bytes[at + digits..].first().is_some_and(u8::is_ascii_uppercase);
            out.push(new);
            return at + length;
        }
        let behind = (at + letters..stop).take_while(|&at| bytes[at].is_ascii_digit()).count();
        if behind > 0 {
            let more = (at + letters + behind..stop).take_while(|&at| is_letter(at)).count();
            out.push(token(at, at + letters + behind + more, Kind::Code, gap));
            return at + letters + behind + more;
        }
        let word = &bytes[at..at + letters];
        let mut new = token(at, at + letters, Kind::Word, gap);
        new.hash = spelling(bytes, at, at + letters).hash;
        new.entry = dictionary::known(new.hash);
        new.sense = self.lexicon.number(new.hash);
        new.capital = match *word {
            [first @ ..0x80, ..] => first.is_ascii_uppercase(),
            [0xC3, second, ..] => second < 0x9F,
            _ => false,
        };
        if let Some(speech) = self.speech {
            (new.counts, new.common, new.quiet) = speech.hints_of(word, folded);
        }
        if letters >= 5 && ends_like_street(word) {
            let text = std::str::from_utf8(word).unwrap_or_default();
            new.street_end = self.lexicon.street_end(&text.to_lowercase());
        }
        out.push(new);
        at + letters
    }

    /// What a sign makes of the gap, and where it ends.
    fn sign(&self, bytes: &[u8], at: usize, gap: Gap, out: &mut Vec<Token>) -> (Gap, usize) {
        let rest = &bytes[at..];
        for sign in ["º", "ª", "°"] {
            if rest.starts_with(sign.as_bytes()) {
                let to = at + sign.len();
                let is_tied = matches!(gap, Gap::None | Gap::Stop);
                if let Some(last) = out.last_mut().filter(|last| is_tied && last.kind == Kind::Digits) {
                    (last.kind, last.end) = (Kind::Lettered, to as u32);
                    return (Gap::None, to);
                }
                return (gap, to);
            }
        }
        if rest[0] == b'#' {
            out.push(token(at, at + 1, Kind::Hash, gap));
            return (Gap::None, at + 1);
        }
        let (next, length) = match rest[0] {
            b' ' => (Gap::Blank, 1),
            b'\'' => (Gap::Apostrophe, 1),
            b'-' => (Gap::Hyphen, 1),
            b'/' => (Gap::Slash, 1),
            b'.' => (Gap::Stop, 1),
            b',' | b'\n' | b'\r' | b'\t' | b'(' | b')' => (Gap::Comma, 1),
            0xC2 if rest.get(1) == Some(&0xA0) => (Gap::Blank, 2),
            0xE2 if rest.starts_with("’".as_bytes()) => (Gap::Apostrophe, 3),
            0xE2 if rest.starts_with("–".as_bytes()) || rest.starts_with("—".as_bytes()) => {
                (Gap::Comma, 3)
            }
            _ => (Gap::Break, 1),
        };
        let to = (at + length..bytes.len()).find(|&to| bytes[to] & 0xC0 != 0x80).unwrap_or(bytes.len());
        let wider = match (gap, next) {
            (Gap::None, next) => next,
            // A dash among blanks parts as a comma does.
            (Gap::Blank, Gap::Hyphen) | (Gap::Hyphen, Gap::Blank) => Gap::Comma,
            (gap, next) => gap.max(next),
        };
        (wider, to)
    }
}

/// Whether the last letters of a word are those of a German street.
pub(super) fn ends_like_street(word: &[u8]) -> bool {
    const ENDS: [&[u8; 3]; 27] = [
        b"sse", b"str", b"weg", b"lee", b"atz", b"amm", b"fer", b"eig", b"fad", b"ade", b"ieg", b"ile",
        b"ing", b"amp", b"erg", b"hof", b"ben", b"rkt", b"ark", b"all", b"tor", b"cke", b"gen", b"eld",
        b"und", b"ger", b"see",
    ];
    let Some(end) = word.last_chunk::<3>() else { return false };
    let end = end.map(|b| b.to_ascii_lowercase());
    ENDS.contains(&&end)
        || end == [0xBF, 0x9F, b'e']
        || word.ends_with("ße".as_bytes())
        || word.ends_with("öhe".as_bytes())
}

fn token(start: usize, end: usize, kind: Kind, gap: Gap) -> Token {
    Token {
        start: start as u32,
        end: end as u32,
        kind,
        gap,
        capital: false,
        entry: Entry::default(),
        hash: 0,
        sense: 0,
        counts: 0,
        common: 0,
        quiet: 0,
        street_end: None,
    }
}

/// The length of a tag such as `[PHONE_1]` at `at`.
fn tag_at(bytes: &[u8], at: usize) -> Option<usize> {
    let close = closing(bytes[at])?;
    let inside = bytes[at + 1..].iter().take(64).position(|&b| b == close)?;
    let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    (inside > 0 && bytes[at + 1..][..inside].iter().all(is_part)).then_some(inside + 2)
}
