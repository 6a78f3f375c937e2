//! How is a word spelled, and what is its number?
//!
//! Words are folded before they are numbered: lower case, without the accents of western European letters. Most
//! are of ASCII and short, so eight letters are folded, tested for capitals and mixed at a time.

use super::hash::{finish, step};
use super::text::Shape;

/// The longest word that is folded, in bytes of the folded form.
const WORD_BYTES: usize = 32;

/// The bit by which capitals of ASCII differ from small letters, eight times.
const CASE: u64 = 0x2020_2020_2020_2020;
/// The bit of bytes beyond ASCII, eight times.
const BEYOND: u64 = 0x8080_8080_8080_8080;

/// What a word's letters tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::detect) struct Spelling {
    /// The number of the folded word.
    pub(in crate::detect) hash: u64,
    pub(super) shape: Shape,
    /// How many of its letters are capitals.
    pub(super) capitals: usize,
}

/// The spelling of the word `bytes[start..end]`, which is a run of letters. Longer words are cut for their number.
#[inline(always)] // the hot loop's body
#[must_use]
pub(in crate::detect) fn spelling(bytes: &[u8], start: usize, end: usize) -> Spelling {
    let length = end - start;
    if let Some(eight) = bytes[start..].first_chunk::<8>().filter(|_| length <= 8) {
        let inside = !0u64 >> (64 - 8 * length);
        let eight = u64::from_le_bytes(*eight) & inside;
        if eight & BEYOND == 0 {
            let hash = finish(step(0, eight | CASE & inside), length);
            let capitals = !eight & CASE & inside;
            if capitals == 0 {
                return Spelling { hash, shape: Shape::Lower, capitals: 0 };
            }
            let first = capitals & 0xFF != 0;
            let capitals = capitals.count_ones() as usize;
            return Spelling { hash, shape: shape(length, capitals, first), capitals };
        }
    }
    long(bytes, start, end)
}

/// The same for words of more than eight letters, with accents, or at the end of the text.
#[inline(never)]
fn long(bytes: &[u8], start: usize, end: usize) -> Spelling {
    let length = end - start;
    let (mut hash, mut capitals) = (0, 0);
    let first = bytes[start] & 0x20 == 0;
    let mut at = 0;
    while at < length.min(WORD_BYTES) {
        let Some(eight) = bytes[start + at..].first_chunk::<8>().filter(|_| length <= WORD_BYTES) else {
            return unusual(&bytes[start..end]);
        };
        let inside = !0u64 >> (64 - 8 * (length - at).min(8));
        let eight = u64::from_le_bytes(*eight) & inside;
        if eight & BEYOND != 0 {
            return unusual(&bytes[start..end]);
        }
        hash = step(hash, eight | CASE & inside);
        capitals += (!eight & CASE & inside).count_ones() as usize;
        at += 8;
    }
    Spelling { hash: finish(hash, length), shape: shape(length, capitals, first), capitals }
}

/// The shape of a word of `count` letters.
#[inline]
fn shape(count: usize, capitals: usize, first: bool) -> Shape {
    match (capitals, first) {
        (0, _) => Shape::Lower,
        (1, true) if count == 1 => Shape::Initial,
        (1, true) => Shape::Capital,
        _ if capitals == count => Shape::Upper,
        _ => Shape::Mixed,
    }
}

/// The same for any word, letter by letter.
fn unusual(word: &[u8]) -> Spelling {
    let mut folded = Folded::default();
    let (mut count, mut capitals, mut first) = (0usize, 0usize, false);
    let mut at = 0;
    while at < word.len() {
        // Accented letters of western Europe are the bytes C3 80 to C3 BF.
        let (upper, length) = match (word[at], word.get(at + 1)) {
            (byte @ ..0x80, _) => {
                folded.push(byte.to_ascii_lowercase());
                (byte.is_ascii_uppercase(), 1)
            }
            (0xC3, Some(&second @ 0x80..0xC0)) => {
                folded.push_latin(second);
                (matches!(second, 0x80..0x9F) && second != 0x97, 2)
            }
            _ => return foreign(word),
        };
        first |= upper && count == 0;
        count += 1;
        capitals += usize::from(upper);
        at += length;
    }
    Spelling { hash: folded.hash(), shape: shape(count, capitals, first), capitals }
}

/// The same for a word with letters beyond U+00FF.
#[cold]
fn foreign(word: &[u8]) -> Spelling {
    let text = String::from_utf8_lossy(word);
    let (mut count, mut capitals, mut first) = (0usize, 0usize, false);
    for c in text.chars() {
        let upper = c.is_uppercase();
        first |= upper && count == 0;
        count += 1;
        capitals += usize::from(upper);
    }
    let mut folded = Folded::default();
    for c in text.chars().flat_map(char::to_lowercase).take(WORD_BYTES) {
        match c {
            'ć' | 'č' => folded.push(b'c'),
            'ė' | 'ę' => folded.push(b'e'),
            'ı' => folded.push(b'i'),
            'ń' => folded.push(b'n'),
            'œ' => folded.extend(b"oe"),
            'š' | 'ş' | 'ś' => folded.push(b's'),
            'ž' | 'ż' | 'ź' => folded.push(b'z'),
            'ł' => folded.push(b'l'),
            'ğ' => folded.push(b'g'),
            'ß'..='ÿ' => folded.push_latin((c as u32 - 0x40) as u8),
            _ => folded.extend(c.encode_utf8(&mut [0u8; 4]).as_bytes()),
        }
    }
    Spelling { hash: folded.hash(), shape: shape(count, capitals, first), capitals }
}

/// The number of a word that stands alone.
#[must_use]
pub(in crate::detect) fn fold_hash(word: &[u8]) -> u64 {
    unusual(word).hash
}

/// The letters whose bytes are C3 80 to C3 BF without their accents, and how many bytes that makes.
const LATIN: [([u8; 2], u8); 64] = {
    let mut table = [([0xC3, 0], 2); 64];
    let mut at = 0;
    while at < 64 {
        // Capitals stand thirty-two places before their small letters; the multiplication sign among them.
        let small = if at < 0x1F && at != 0x17 { at + 0x20 } else { at };
        table[at] = match small {
            0x1F => (*b"ss", 2),
            0x20..=0x25 => (*b"a\0", 1),
            0x26 => (*b"ae", 2),
            0x27 => (*b"c\0", 1),
            0x28..=0x2B => (*b"e\0", 1),
            0x2C..=0x2F => (*b"i\0", 1),
            0x31 => (*b"n\0", 1),
            0x32..=0x36 | 0x38 => (*b"o\0", 1),
            0x39..=0x3C => (*b"u\0", 1),
            0x3D | 0x3F => (*b"y\0", 1),
            _ => ([0xC3, 0x80 + small as u8], 2),
        };
        at += 1;
    }
    table
};

/// A folded word as it grows.
#[derive(Default)]
struct Folded {
    bytes: [u8; WORD_BYTES],
    length: usize,
}

impl Folded {
    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(free) = self.bytes.get_mut(self.length) {
            *free = byte;
            self.length += 1;
        }
    }

    fn extend(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.push(byte));
    }

    /// The letter whose bytes are C3 and `second`, without its accent.
    #[inline]
    fn push_latin(&mut self, second: u8) {
        let (letters, count) = LATIN[usize::from(second & 0x3F)];
        self.push(letters[0]);
        if count == 2 {
            self.push(letters[1]);
        }
    }

    fn hash(&self) -> u64 {
        let mut hash = 0;
        for (at, eight) in self.bytes.as_chunks::<8>().0.iter().enumerate() {
            // Nothing but zeros stands behind the end.
            if at * 8 < self.length {
                hash = step(hash, u64::from_le_bytes(*eight));
            }
        }
        finish(hash, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::hash_of;
    use super::*;

    /// Letter by letter, as the standard library sees them.
    fn plainly(word: &str) -> (String, Shape, usize) {
        let plain = |c: char| match c {
            'à'..='å' => "a".to_owned(),
            'ç' => "c".to_owned(),
            'è'..='ë' => "e".to_owned(),
            'ì'..='ï' => "i".to_owned(),
            'ñ' => "n".to_owned(),
            'ò'..='ö' | 'ø' => "o".to_owned(),
            'ù'..='ü' => "u".to_owned(),
            'ý' | 'ÿ' => "y".to_owned(),
            'ß' => "ss".to_owned(),
            'æ' => "ae".to_owned(),
            'œ' => "oe".to_owned(),
            'ł' => "l".to_owned(),
            other => other.to_string(),
        };
        let mut folded: String = word.chars().flat_map(char::to_lowercase).map(plain).collect();
        while folded.len() > WORD_BYTES {
            folded.pop();
        }
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        let first = word.chars().next().is_some_and(char::is_uppercase);
        (folded, shape(word.chars().count(), capitals, first), capitals)
    }

    #[test]
    fn every_way_to_spell_a_word_gives_the_same() {
        let latin: String = ('À'..='ÿ').collect();
        let words = [
            "Marie",
            "marie",
            "I",
            "a",
            "McDonald",
            "USA",
            "Hélène",
            "HÉLÈNE",
            "Ångström",
            "straße",
            "Œuvre",
            "Łukasz",
            "Ærø",
            "Þór",
            "Schleswigholsteinischer",
            "Abcdefgh",
            "abcdefghI",
            "É",
            "éA",
            &latin[..20],
            &latin[20..40],
            &latin[40..64],
            "Pneumonoultramicroscopicsilicovolcanoconiosis",
        ];
        for word in words {
            let (folded, shape, capitals) = plainly(word);
            let wanted = Spelling { hash: hash_of(folded.as_bytes()), shape, capitals };
            for around in [["", ""], ["x ", ""], ["", " and so it goes on"], ["ab ", " cd"]] {
                let text = format!("{}{word}{}", around[0], around[1]);
                let start = around[0].len();
                assert_eq!(spelling(text.as_bytes(), start, start + word.len()), wanted, "{word} in {text}");
            }
            assert_eq!(fold_hash(word.as_bytes()), wanted.hash, "{word} alone");
        }
    }
}
