//! What is known of a word: how many people are called so, how often it is a word?
//!
//! One table for first names, surnames, places and words of five languages, packed when the program is built
//! (`build.rs`) from `patterns/dictionaries/words.tsv`. Words are folded: lower case, no accents. A slot is
//! four bytes: sixteen bits of the word's hash, sixteen of what is known. One unknown word in some thirty
//! thousand is taken for a known one.

use super::hash::{finish, hash_of, step};

const TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

/// What is known of a word. All zero when it is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry(u16);

impl Entry {
    /// How many people have it as a first name: 0 none, 1 below one in ten million, each step ten times more.
    #[must_use]
    pub fn first(self) -> u8 {
        (self.0 & 7) as u8
    }

    /// How many people have it as a surname, on the same scale.
    #[must_use]
    pub fn last(self) -> u8 {
        (self.0 >> 3 & 7) as u8
    }

    /// Whether it is a place: 0 no, 1 below 20,000 inhabitants, 2 below 200,000, 3 larger, or a country.
    #[must_use]
    pub fn place(self) -> u8 {
        (self.0 >> 6 & 3) as u8
    }

    /// How frequent it is as a word: 0 unknown, else the whole part of the Zipf scale, at most 7.
    #[must_use]
    pub fn word(self) -> u8 {
        (self.0 >> 8 & 7) as u8
    }

    /// Tenths of its uses as a word that are in lower case.
    #[must_use]
    pub fn lower(self) -> u8 {
        (self.0 >> 11 & 15) as u8
    }

    /// Whether a firm, brand or product is called so.
    #[must_use]
    pub fn brand(self) -> bool {
        self.0 >> 15 == 1
    }

    /// Whether somebody may be called so.
    #[must_use]
    pub fn is_name(self) -> bool {
        self.first() >= 2 || self.last() >= 2
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// The bits, for features.
    pub(super) fn code(self) -> u64 {
        u64::from(self.0)
    }
}

/// The packed table.
pub(super) fn table() -> &'static [u8] {
    TABLE
}

/// What is known of the folded word with that hash.
#[must_use]
pub(super) fn look_up(hash: u64) -> Entry {
    let slots = TABLE.len() / 4;
    let mut at = hash as usize & (slots - 1);
    loop {
        let slot =
            u32::from_le_bytes([TABLE[at * 4], TABLE[at * 4 + 1], TABLE[at * 4 + 2], TABLE[at * 4 + 3]]);
        if slot == 0 {
            return Entry(0);
        }
        if u64::from(slot >> 16) == hash >> 48 {
            return Entry(slot as u16);
        }
        at = (at + 1) & (slots - 1);
    }
}

/// The longest word that is folded, in bytes of the folded form.
const WORD_BYTES: usize = 32;

/// The hash of the word `bytes[start..end]`, folded: lower case, without the accents of western European
/// letters. Longer words are cut.
#[inline]
#[must_use]
pub(super) fn fold_hash_at(bytes: &[u8], start: usize, end: usize) -> u64 {
    // Letters of ASCII differ by one bit in case, eight at a time.
    const FOLD: u64 = 0x2020_2020_2020_2020;
    const BEYOND: u64 = 0x8080_8080_8080_8080;
    let length = (end - start).min(WORD_BYTES);
    let (mut hash, mut at) = (0, 0);
    while at < length {
        let Some(eight) = bytes.get(start + at..).and_then(|rest| rest.first_chunk::<8>()) else {
            return fold_hash(&bytes[start..end]);
        };
        let inside = !0u64 >> (64 - 8 * (length - at).min(8));
        let eight = u64::from_le_bytes(*eight) & inside;
        if eight & BEYOND != 0 {
            return fold_hash(&bytes[start..end]);
        }
        hash = step(hash, (eight | FOLD) & inside);
        at += 8;
    }
    finish(hash, length)
}

/// The hash of a word that stands alone.
#[must_use]
pub(in crate::detect) fn fold_hash(word: &[u8]) -> u64 {
    let mut folded = [0u8; WORD_BYTES];
    let mut length = 0;
    let mut push = |byte: u8| {
        if length < WORD_BYTES {
            folded[length] = byte;
            length += 1;
        }
    };
    if word.is_ascii() {
        word.iter().take(WORD_BYTES).for_each(|b| push(b.to_ascii_lowercase()));
    } else {
        for c in String::from_utf8_lossy(word).chars().flat_map(char::to_lowercase).take(WORD_BYTES) {
            let plain = match c {
                'à'..='å' => "a",
                'ç' | 'ć' | 'č' => "c",
                'è'..='ë' | 'ė' | 'ę' => "e",
                'ì'..='ï' | 'ı' => "i",
                'ñ' | 'ń' => "n",
                'ò'..='ö' | 'ø' => "o",
                'ù'..='ü' => "u",
                'ý' | 'ÿ' => "y",
                'ß' => "ss",
                'œ' => "oe",
                'æ' => "ae",
                'š' | 'ş' | 'ś' => "s",
                'ž' | 'ż' | 'ź' => "z",
                'ł' => "l",
                'ğ' => "g",
                _ => "",
            };
            if plain.is_empty() {
                let mut utf8 = [0u8; 4];
                c.encode_utf8(&mut utf8).bytes().for_each(&mut push);
            } else {
                plain.bytes().for_each(&mut push);
            }
        }
    }
    hash_of(&folded[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_words_and_places() {
        let of = |word: &str| look_up(fold_hash(word.as_bytes()));
        assert!(of("Marie").first() >= 5 && of("HÉLÈNE").first() >= 4);
        assert!(of("Dupont").last() >= 4 && of("dupont") == of("DUPONT"));
        assert!(of("Lyon").place() == 3 && of("livraison").word() > 0 && !of("livraison").is_name());
        assert!(of("Leclerc").brand());
        assert!(of("xqzvw").is_unknown());
        for text in ["Marie is here", "x Hélène y", "a Schleswigholsteinischer b", "zum Ende", "Ende"] {
            for word in text.split(' ') {
                let start = text.find(word).expect("it is there");
                let at = fold_hash_at(text.as_bytes(), start, start + word.len());
                assert_eq!(at, fold_hash(word.as_bytes()), "{word}");
            }
        }
    }
}
