//! Which known words stand here?
//!
//! One table holds every word that means something to somebody: context words of rules, the user's
//! lists, later names. A word is a run of letters; it is looked up by its first and last eight bytes,
//! case folded, behind a bitmap that turns away nearly all words of a text with one load.
//!
//! Case folding sets bit 0x20 of every byte: right for ASCII letters, and for the letters U+00C0..U+00FF
//! in UTF-8 (`É` C3 89, `é` C3 A9). It also makes unrelated bytes equal (`@` and `` ` ``), but those are
//! no letters.

use std::ops::Range;

use super::{Kernel, Text, simd};

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

    /// Appends the known words of `text[start..end]` to `hits`, in order. About 0.4 ns a byte.
    pub fn find_all(
        &self,
        kernel: Kernel,
        text: Text<'_>,
        start: usize,
        end: usize,
        hits: &mut Vec<WordHit>,
    ) {
        match kernel {
            Kernel::Scalar => self.find_all_with(text, start, end, hits),
            Kernel::Avx2 => simd::find_all(self, text, start, end, hits),
        }
    }

    /// [`Self::find_all`], compiled with whatever instructions its caller is compiled with.
    #[inline(always)]
    pub(super) fn find_all_with(&self, text: Text<'_>, start: usize, end: usize, hits: &mut Vec<WordHit>) {
        if start >= end {
            return;
        }
        let (first, last) = (start / 64, (end - 1) / 64);
        let mut open: Option<usize> = None; // where a word began that the block before did not end
        for (block, masks) in text.masks[..=last].iter().enumerate().skip(first) {
            let mut letters = masks.letter;
            if block == first {
                letters &= !0 << (start % 64);
            }
            if block == last && !end.is_multiple_of(64) {
                letters &= (1 << (end % 64)) - 1;
            }
            let base = block * 64;
            // Bits where a word begins, and where one has just ended.
            let before = letters << 1 | u64::from(open.is_some());
            let (mut starts, mut ends) = (letters & !before, !letters & before);
            if let Some(begin) = open {
                if ends == 0 {
                    continue;
                }
                self.look_up(text.bytes, begin, base + ends.trailing_zeros() as usize, hits);
                ends &= ends - 1;
                open = None;
            }
            while ends != 0 {
                let (from, to) = (starts.trailing_zeros() as usize, ends.trailing_zeros() as usize);
                starts &= starts - 1;
                ends &= ends - 1;
                self.look_up(text.bytes, base + from, base + to, hits);
            }
            if starts != 0 {
                open = Some(base + starts.trailing_zeros() as usize);
            }
        }
        if let Some(begin) = open {
            self.look_up(text.bytes, begin, end, hits);
        }
    }

    #[inline(always)] // the hot loop's body
    fn look_up(&self, bytes: &[u8], start: usize, end: usize, hits: &mut Vec<WordHit>) {
        let (key, hash) = key_of(bytes, start, end);
        let cell = self.bitmap[(hash >> self.bitmap_shift) as usize];
        if (cell >> (hash & 63)) & (cell >> (hash >> 6 & 63)) & 1 == 1 {
            self.confirm(key, hash, bytes, start..end, hits);
        }
    }

    /// Looks up a word that the bitmap let through.
    #[cold]
    fn confirm(&self, key: Key, hash: u64, bytes: &[u8], word: Range<usize>, hits: &mut Vec<WordHit>) {
        let (start, end) = (word.start as u32, word.end as u32);
        if let Some(word) = self.find(key, hash, &bytes[word]) {
            hits.push(WordHit { start, end, word });
        }
    }
}

/// Key and hash of the word `bytes[start..end]`, folded.
#[inline(always)]
fn key_of(bytes: &[u8], start: usize, end: usize) -> (Key, u64) {
    let length = end - start;
    let inside = !0u64 >> (64 - 8 * length.clamp(1, 8));
    let a = (load(bytes, start) | FOLD) & inside;
    // The last eight bytes, of a shorter word all of them.
    let b = (load(bytes, start + length.max(8) - 8) | FOLD) & inside;
    let key = Key(a, b ^ (length as u64) << 56);
    let hash = (a.wrapping_mul(MIX_A) ^ b.rotate_left(29).wrapping_add(length as u64).wrapping_mul(MIX_B))
        .wrapping_mul(MIX_A);
    (key, hash ^ hash >> 29)
}

/// Eight bytes from `at`, zeros beyond the end.
#[inline(always)]
fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes[at..].first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => load_end(&bytes[at..]),
    }
}

#[cold]
fn load_end(rest: &[u8]) -> u64 {
    let mut padded = [0u8; 8];
    padded[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(padded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::classify;

    fn table(words: &[&str]) -> WordTable {
        WordTable::new(&words.iter().map(|w| w.as_bytes().into()).collect::<Vec<Box<[u8]>>>())
    }

    fn hits(table: &WordTable, text: &str, start: usize, end: usize) -> Vec<(usize, usize, u32)> {
        let mut masks = Vec::new();
        classify(Kernel::best(), text.as_bytes(), &mut masks);
        let mut out = Vec::new();
        let view = Text { bytes: text.as_bytes(), masks: &masks };
        table.find_all(Kernel::best(), view, start, end, &mut out);
        let mut plain = Vec::new();
        table.find_all(Kernel::Scalar, view, start, end, &mut plain);
        assert_eq!(out, plain, "the twins agree");
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
