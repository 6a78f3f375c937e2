//! Does the number of a card stand before it?
//!
//! Who reads out a card goes on with its expiry, and no word need announce that: `4111 1111 1111 1111, 04/28`.

use super::Check;

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "behind_card",
    about: "twelve digits or more before it, with at most three words between",
    holds: |candidate| is_behind_card(&candidate.text[..candidate.start]),
};

/// Digits of a card's number (ISO/IEC 7812-1).
const SHORTEST: usize = 12;
const LONGEST: usize = 19;
/// Bytes of it, with what stands between groups.
const NUMBER: usize = 64;
/// Words between the parts of a card, bytes of one and of all: `expiring`, `gültig bis`, `and it expires`.
const WORDS: usize = 3;
const WORD: usize = 16;
const BETWEEN: usize = 36;

/// Whether the text ends with the number of a card and few words behind it.
pub(super) fn is_behind_card(text: &[u8]) -> bool {
    let text = without_words(text);
    let (mut digits, mut since) = (0, 0);
    for &byte in text.iter().rev().take(NUMBER) {
        match byte {
            b'0'..=b'9' => (digits, since) = (digits + 1, 0),
            b' ' | b'.' | b'-' | b'/' if since < 2 => since += 1,
            b'\xA0' | b'\xC2' => {}
            _ => break,
        }
    }
    (SHORTEST..=LONGEST).contains(&digits) && text.last().is_some_and(u8::is_ascii_digit)
}

/// The text up to the last digit, if only few words follow it; else nothing.
pub(super) fn without_words(text: &[u8]) -> &[u8] {
    let Some(last) = text.iter().rev().take(BETWEEN).position(u8::is_ascii_digit) else { return &[] };
    let (before, between) = text.split_at(text.len() - last);
    // Digits that go on in a word are no number; another sentence is no part of the card.
    let is_word = |b: &u8| b.is_ascii_alphabetic() || *b >= 0x80;
    let words = between.split(|b| !is_word(b)).filter(|word| !word.is_empty());
    let is_few = words.clone().count() <= WORDS && words.clone().all(|word| word.len() <= WORD);
    let is_apart = !between.first().is_some_and(is_word);
    let flows = between.iter().all(|b| is_word(b) || b" ,;:.'()/-\n".contains(b));
    if is_few && is_apart && flows { before } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::is_behind_card;

    #[test]
    fn cards_and_other_numbers() {
        for text in [
            "4111 1111 1111 1111 ",
            "4111-1111-1111-1111, ",
            "378282246310005 exp ",
            "5555 5555 5555 4444 gültig bis ",
            "5555555555554444 et elle expire ",
        ] {
            assert!(is_behind_card(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "4111 ",
            "order 41111111111 ",
            "4111 1111 1111 1111 and then we went there on ",
            "4111 1111 1111 1111€ ",
            "41111111111111110000000 ",
            "on ",
        ] {
            assert!(!is_behind_card(text.as_bytes()), "{text}");
        }
    }
}
