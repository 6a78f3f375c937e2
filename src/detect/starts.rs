//! Where may a value begin whose anchor stands here?

use super::Place;
use crate::scan::WordHit;

/// Whether a word is part of a tag such as `[CARD_CVV_1]`: it says nothing about what stands beside it.
pub(super) fn is_in_tag(place: &Place, hit: WordHit) -> bool {
    let (start, end) = (hit.start as usize, hit.end as usize);
    let bytes = &place.text.bytes[..place.end];
    start > place.start
        && b"[{<_".contains(&bytes[start - 1])
        && bytes.get(end).is_some_and(|b| b"_]}>".contains(b))
        && bytes[start..end].iter().all(u8::is_ascii_uppercase)
}

/// The next character border at or after `at`.
pub(super) fn char_border(place: &Place, mut at: usize) -> usize {
    while at < place.end && place.text.bytes[at] & 0xC0 == 0x80 {
        at += 1;
    }
    at
}

/// Where the letters and digits that end at `at` begin.
pub(super) fn word_start(place: &Place, at: usize) -> usize {
    let mut start = at;
    while start > place.start && place.text.is_word(start - 1) && at - start < crate::limits::TOKEN_BYTES {
        start -= 1;
    }
    start
}

/// Where the local part of an address before the `@` at `at` begins: letters, digits and `._%+-'`, less
/// punctuation in front.
pub(super) fn token_start(place: &Place, at: usize) -> usize {
    let is_token = |at: usize| place.text.is_word(at) || b".%+-'".contains(&place.text.bytes[at]);
    let mut start = at;
    while start > place.start && is_token(start - 1) && at - start < crate::limits::TOKEN_BYTES {
        start -= 1;
    }
    while start < at && b".%+-'".contains(&place.text.bytes[start]) {
        start += 1;
    }
    char_border(place, start)
}

/// The end of the token before the bracket that opens right before `word`, a blank between left out.
pub(super) fn bracket_before(place: &Place, word: usize) -> Option<usize> {
    let before = &place.text.bytes[place.start..word];
    let rest = before
        .strip_suffix(b"(")
        .or_else(|| before.strip_suffix(b"["))
        .or_else(|| before.strip_suffix(b"{"))?;
    let end = place.start + rest.strip_suffix(b" ").unwrap_or(rest).len();
    (end > place.start).then_some(end)
}

/// Words that stand between what announces a value and the value: `my password is`, `le code, c'est le`.
pub(super) struct Joiners(Vec<Box<[u8]>>);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Lexicon {
    words: Vec<String>,
}

impl Joiners {
    /// The shipped words.
    pub(super) fn shipped() -> Joiners {
        let lexicon: Lexicon = toml::from_str(include_str!("../../patterns/lexicons/joiners.toml"))
            .expect("the shipped lexicon is tested");
        let mut words: Vec<Box<[u8]>> = lexicon.words.iter().map(|word| folded(word.as_bytes())).collect();
        words.sort_unstable();
        Joiners(words)
    }

    fn has(&self, word: &[u8]) -> bool {
        self.0.binary_search(&folded(word)).is_ok()
    }
}

/// In any case, as [`crate::scan::WordTable`] folds.
fn folded(word: &[u8]) -> Box<[u8]> {
    word.iter().map(|b| b | 0x20).collect()
}

/// Where a value begins whose announcement ends at `at`: past blanks, signs and at most five joining words.
pub(super) fn past_joiners(place: &Place, joiners: &Joiners, at: usize) -> usize {
    let bytes = &place.text.bytes[..place.end];
    let mut at = at;
    for _ in 0..6 {
        while let Some(b' ' | b'\t' | b':' | b'=' | b',' | b'"' | b'\'' | b'#' | b'>') = bytes.get(at) {
            at += 1;
        }
        let word = (at..bytes.len()).take_while(|&at| place.text.is_letter(at) || bytes[at] == b'\'').count();
        let stop = at + word;
        let is_whole = bytes.get(stop).is_none_or(|b| b" :,=\t".contains(b));
        if !is_whole || !joiners.has(&bytes[at..stop]) {
            return at;
        }
        at = stop;
    }
    at
}

/// Two places to try, in the shape of [`digit_starts`].
pub(super) fn starts([first, second]: [usize; 2]) -> [Option<usize>; 6] {
    [Some(first), Some(second), None, None, None, None]
}

/// The places at which a value whose first digit run begins at `at` may begin, leftmost first: two
/// short words of capitals before (`M-AB 12`), a short word before (`FR 12`, `AB-123`), a sign before (`+33`,
/// `(020)`), the word around, the run itself. A word before a blank has at most `before_blank` letters.
pub(super) fn digit_starts(place: &Place, at: usize, before_blank: usize) -> [Option<usize>; 6] {
    /// Longest word that may begin a value of which only the end is digits, such as a token.
    const OWN_BYTES: usize = 40;
    /// Longest word before a blank or sign that may belong to a value: a country, a district.
    const WORD_BYTES: usize = 12;
    let bytes = place.text.bytes;
    let letters = |end: usize, most: usize| {
        let mut start = end;
        let is_part = |at: usize| place.text.is_letter(at) || most == OWN_BYTES && bytes[at] == b'_';
        while start > place.start && end - start <= most && is_part(start - 1) {
            start -= 1;
        }
        if end - start <= most { start } else { end }
    };
    let letters_before = |end: usize| letters(end, WORD_BYTES);
    let word = letters(at, OWN_BYTES);
    let mut starts = [None; 6];
    if word > place.start && b" -./".contains(&bytes[word - 1]) {
        let before = letters_before(word - 1);
        // Before a blank only a short word belongs to a number: a country, a district, a month.
        let length = word - 1 - before;
        let most = if bytes[word - 1] == b' ' { before_blank } else { WORD_BYTES };
        if (1..=most).contains(&length) {
            starts[1] = Some(before);
            // The district of a German number plate, the surname in an Italian tax code.
            if length <= 3 && before > place.start + 1 && b"- /".contains(&bytes[before - 1]) {
                let first = letters(before - 1, 4);
                let word = &bytes[first..before - 1];
                if !word.is_empty()
                    && (word.iter().all(|b| !b.is_ascii_lowercase()) || (word.len(), length) == (3, 3))
                {
                    starts[0] = Some(first);
                }
            }
        }
    }
    if word > place.start && b"+(".contains(&bytes[word - 1]) {
        if word > place.start + 1 && b"+(".contains(&bytes[word - 2]) {
            starts[2] = Some(word - 2);
        }
        starts[3] = Some(word - 1);
    }
    if word < at {
        starts[4] = Some(word);
    }
    starts[5] = Some(at);
    starts
}
