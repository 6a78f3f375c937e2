//! Which known words stand here?
//!
//! One table holds every word that means something to somebody: context words of rules, the user's
//! lists, later names. A word is a run of letters; it is looked up by its first and last eight bytes,
//! case folded, behind a bitmap that turns away nearly all words of a text with one load.
//!
//! Case folding sets bit 0x20 of every byte: right for ASCII letters, and for the letters U+00C0..U+00FF
//! in UTF-8 (`É` C3 89, `é` C3 A9). It also makes unrelated bytes equal (`@` and `` ` ``), but those are
//! no letters.

use super::Text;

const FOLD: u64 = 0x2020_2020_2020_2020;
const MIX_A: u64 = 0x9E37_79B9_7F4A_7C15;
const MIX_B: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// A word of a text that the table knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordHit {
    /// First byte in the text.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// The number under which the word was inserted.
    pub word: u32,
}

/// First and last eight bytes of a word, folded, with its length: exact for words up to 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Key(u64, u64);

#[derive(Clone, Copy, Default)]
struct Slot {
    key: Key,
    /// Word number + 1; 0 marks a free slot.
    word: u32,
}

/// A set of words with a number each.
pub struct WordTable {
    /// Two bits a word, both in one 64-bit cell.
    bitmap: Box<[u64]>,
    bitmap_shift: u32,
    slots: Box<[Slot]>,
    /// Folded spelling of the words, for those longer than 16 bytes.
    spelling: Vec<Box<[u8]>>,
}

impl WordTable {
    /// Builds the table. Words are runs of letters of at least two bytes; their number is their position
    /// in `words`, which must be distinct after folding.
    ///
    /// # Panics
    /// When a word is given twice.
    #[must_use]
    pub fn new(words: &[Box<[u8]>]) -> Self {
        // 32 bits of bitmap a word keep false positives near 1 %; at least 4 KiB so that a small table
        // is as selective as a large one, at most 256 KiB so that it stays in the second-level cache.
        let bits = (words.len() * 32).next_power_of_two().clamp(1 << 15, 1 << 21);
        let slots = (words.len() * 2).next_power_of_two().max(16);
        let mut table = WordTable {
            bitmap: vec![0; bits / 64].into(),
            bitmap_shift: 64 - (bits / 64).trailing_zeros(),
            slots: vec![Slot::default(); slots].into(),
            spelling: Vec::with_capacity(words.len()),
        };
        for (number, word) in words.iter().enumerate() {
            let folded: Box<[u8]> = word.iter().map(|b| b | 0x20).collect();
            let (key, hash) = key_of(&folded, 0, folded.len());
            assert!(table.find(key, hash, &folded).is_none(), "a word is inserted once");
            table.bitmap[(hash >> table.bitmap_shift) as usize] |= 1 << (hash & 63) | 1 << (hash >> 6 & 63);
            let mut at = (hash >> 20) as usize & (slots - 1);
            while table.slots[at].word != 0 {
                at = (at + 1) & (slots - 1);
            }
            table.slots[at] = Slot { key, word: number as u32 + 1 };
            table.spelling.push(folded);
        }
        table
    }

    /// The number of one word, in any case.
    #[must_use]
    pub fn number(&self, word: &[u8]) -> Option<u32> {
        let (key, hash) = key_of(word, 0, word.len());
        self.find(key, hash, word)
    }

    #[inline]
    fn find(&self, key: Key, hash: u64, word: &[u8]) -> Option<u32> {
        let mut at = (hash >> 20) as usize & (self.slots.len() - 1);
        loop {
            let slot = &self.slots[at];
            if slot.word == 0 {
                return None;
            }
            if slot.key == key && (word.len() <= 16 || self.same(slot.word - 1, word)) {
                return Some(slot.word - 1);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    fn same(&self, number: u32, word: &[u8]) -> bool {
        let known = &self.spelling[number as usize];
        known.len() == word.len() && known.iter().zip(word).all(|(a, b)| *a == b | 0x20)
    }

    /// Appends the known words of `text[start..end]` to `hits`, in order. About 0.5 ns a byte.
    pub fn find_all(&self, text: Text<'_>, start: usize, end: usize, hits: &mut Vec<WordHit>) {
        if start >= end {
            return;
        }
        let (first, last) = (start / 64, (end - 1) / 64);
        let mut open: Option<usize> = None; // where a word began that the block before did not end
        for block in first..=last {
            let mut letters = text.masks[block].letter;
            if block == first {
                letters &= !0 << (start % 64);
            }
            if block == last && !end.is_multiple_of(64) {
                letters &= (1 << (end % 64)) - 1;
            }
            let base = block * 64;
            if let Some(begin) = open {
                let rest = letters.trailing_ones();
                if rest == 64 {
                    continue;
                }
                self.look_up(text.bytes, begin, base + rest as usize, hits);
                letters &= !0 << rest;
            }
            open = None;
            while letters != 0 {
                let from = letters.trailing_zeros();
                let length = (letters >> from).trailing_ones();
                if from + length == 64 {
                    open = Some(base + from as usize);
                    break;
                }
                self.look_up(text.bytes, base + from as usize, base + (from + length) as usize, hits);
                letters &= !0 << (from + length);
            }
        }
        if let Some(begin) = open {
            self.look_up(text.bytes, begin, end, hits);
        }
    }

    #[inline(always)] // the hot loop's body
    fn look_up(&self, bytes: &[u8], start: usize, end: usize, hits: &mut Vec<WordHit>) {
        if end - start < 2 {
            return;
        }
        let (key, hash) = key_of(bytes, start, end);
        let cell = self.bitmap[(hash >> self.bitmap_shift) as usize];
        if (cell >> (hash & 63)) & (cell >> (hash >> 6 & 63)) & 1 == 0 {
            return;
        }
        if let Some(word) = self.find(key, hash, &bytes[start..end]) {
            hits.push(WordHit { start: start as u32, end: end as u32, word });
        }
    }
}

/// Key and hash of the word `bytes[start..end]`, folded.
#[inline]
fn key_of(bytes: &[u8], start: usize, end: usize) -> (Key, u64) {
    let length = end - start;
    let head = load(bytes, start);
    let (a, b) = if length < 8 {
        let inside = (1u64 << (8 * length)) - 1;
        let a = (head | FOLD) & inside;
        (a, a)
    } else {
        (head | FOLD, load(bytes, end - 8) | FOLD)
    };
    let key = Key(a, b ^ (length as u64) << 56);
    let hash = (a.wrapping_mul(MIX_A) ^ b.rotate_left(29).wrapping_add(length as u64).wrapping_mul(MIX_B))
        .wrapping_mul(MIX_A);
    (key, hash ^ hash >> 29)
}

/// Eight bytes from `at`, zeros beyond the end.
#[inline]
fn load(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes[at..].first_chunk::<8>() {
        u64::from_le_bytes(*eight)
    } else {
        let mut padded = [0u8; 8];
        let rest = &bytes[at..];
        padded[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(padded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Kernel, classify};

    fn table(words: &[&str]) -> WordTable {
        WordTable::new(&words.iter().map(|w| w.as_bytes().into()).collect::<Vec<Box<[u8]>>>())
    }

    fn hits(table: &WordTable, text: &str, start: usize, end: usize) -> Vec<(usize, usize, u32)> {
        let mut masks = Vec::new();
        classify(Kernel::best(), text.as_bytes(), &mut masks);
        let mut out = Vec::new();
        table.find_all(Text { bytes: text.as_bytes(), masks: &masks }, start, end, &mut out);
        out.iter().map(|h| (h.start as usize, h.end as usize, h.word)).collect()
    }

    #[test]
    fn words_are_found_in_any_case_and_only_whole() {
        let t = table(&["numéro", "carte", "sozialversicherungsnummer", "sozialversicherungsnummex"]);
        let text = "NUMÉRO de Carte, cartes; carte2 Sozialversicherungsnummer";
        let found: Vec<_> = hits(&t, text, 0, text.len()).iter().map(|h| (&text[h.0..h.1], h.2)).collect();
        assert_eq!(found, [("NUMÉRO", 0), ("Carte", 1), ("carte", 1), ("Sozialversicherungsnummer", 2)]);
    }

    #[test]
    fn words_over_block_borders_and_range_ends() {
        let t = table(&["anniversaire"]);
        for pad in 40..70 {
            let text = format!("{} anniversaire x", " ".repeat(pad));
            assert_eq!(hits(&t, &text, 0, text.len()), [(pad + 1, pad + 13, 0)], "pad {pad}");
            assert_eq!(hits(&t, &text, 0, pad + 13), [(pad + 1, pad + 13, 0)], "ends at range, pad {pad}");
            assert_eq!(hits(&t, &text, 0, pad + 12), [], "cut by range, pad {pad}");
            assert_eq!(hits(&t, &text, pad + 2, text.len()), [], "cut in front, pad {pad}");
        }
        let long = "anniversaire".to_string() + &"x".repeat(200);
        assert_eq!(hits(&t, &long, 0, long.len()), []);
    }
}
