//! Where may a value begin whose anchor stands here?

use super::Place;
use crate::scan::WordHit;

/// Whether a word is part of a tag such as `[CARD_CVV_1]`: it says nothing about what stands beside it.
pub(super) fn is_in_tag(place: &Place, hit: WordHit) -> bool {
    let (start, end) = (hit.start as usize, hit.end as usize);
    let bytes = &place.text.bytes[..place.end];
    start > place.start
        && b"[_".contains(&bytes[start - 1])
        && bytes.get(end).is_some_and(|b| b"_]".contains(b))
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

/// Two places to try, in the shape of [`digit_starts`].
pub(super) fn starts([first, second]: [usize; 2]) -> [Option<usize>; 5] {
    [Some(first), Some(second), None, None, None]
}

/// The places at which a value whose first digit run begins at `at` may begin, leftmost first: a short
/// word before (`FR 12`, `AB-123`), a sign before (`+33`, `(020)`), the word around, the run itself.
pub(super) fn digit_starts(place: &Place, at: usize) -> [Option<usize>; 5] {
    const WORD_BYTES: usize = 12;
    let bytes = place.text.bytes;
    let letters_before = |end: usize| {
        let mut start = end;
        while start > place.start && end - start <= WORD_BYTES && place.text.is_letter(start - 1) {
            start -= 1;
        }
        if end - start <= WORD_BYTES { start } else { end }
    };
    let word = letters_before(at);
    let mut starts = [None; 5];
    if word > place.start && b" -./".contains(&bytes[word - 1]) {
        let before = letters_before(word - 1);
        if before < word - 1 {
            starts[0] = Some(before);
        }
    }
    if word > place.start && b"+(".contains(&bytes[word - 1]) {
        if word > place.start + 1 && b"+(".contains(&bytes[word - 2]) {
            starts[1] = Some(word - 2);
        }
        starts[2] = Some(word - 1);
    }
    if word < at {
        starts[3] = Some(word);
    }
    starts[4] = Some(at);
    starts
}
