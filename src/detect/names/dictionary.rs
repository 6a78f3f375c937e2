//! What is known of a word: how many people are called so, how often it is a word?
//!
//! One table for first names, surnames, places and words of five languages, packed when the program is built
//! (`build.rs`) from `patterns/dictionaries/words.tsv`. Words are folded: lower case, no accents. A slot is
//! four bytes: sixteen bits of the word's hash, sixteen of what is known. One unknown word in some thirty
//! thousand is taken for a known one.

const TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

/// What is known of a word. All zero when it is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry(u16);

impl Entry {
    /// Nothing is known.
    pub(super) const UNKNOWN: Entry = Entry(0);

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

/// The table's slots, four bytes each.
const SLOTS: &[[u8; 4]] = TABLE.as_chunks().0;

/// Where the word with that hash stands, if nothing else does.
#[inline]
fn place(hash: u64) -> usize {
    hash as usize & (SLOTS.len() - 1)
}

/// What stands where the word with that hash should. To be had for many words before [`look_up_from`] is asked:
/// the table is larger than the second cache, and these loads do not wait for one another.
#[inline]
#[must_use]
pub(super) fn first_slot(hash: u64) -> u32 {
    u32::from_le_bytes(SLOTS[place(hash)])
}

/// What is known of the folded word with that hash, whose first slot holds `slot`.
#[inline]
#[must_use]
pub(super) fn look_up_from(mut slot: u32, hash: u64) -> Entry {
    let mut at = place(hash);
    while slot != 0 {
        if u64::from(slot >> 16) == hash >> 48 {
            return Entry(slot as u16);
        }
        at = place(at as u64 + 1);
        slot = u32::from_le_bytes(SLOTS[at]);
    }
    Entry::UNKNOWN
}

/// What is known of the folded word with that hash.
#[must_use]
pub(in crate::detect) fn known(hash: u64) -> Entry {
    look_up_from(first_slot(hash), hash)
}

/// What was looked up lately: nine words of ten, in a table that stays in the second cache.
pub(super) struct Recent(Box<[u64; RECENT]>);

/// 64 KiB of them.
const RECENT: usize = 1 << 13;

impl Default for Recent {
    fn default() -> Recent {
        Recent(Box::new([0; RECENT]))
    }
}

impl Recent {
    /// All of a hash that the look-up depends on, above the sixteen bits of an entry. Never zero.
    #[inline]
    fn key(hash: u64) -> u64 {
        1 << 63 | (hash >> 48) << 40 | (place(hash) as u64) << 16
    }

    /// What is known of the word with that hash, if it is remembered.
    #[inline]
    pub(super) fn get(&self, hash: u64) -> Option<Entry> {
        let found = self.0[hash as usize % RECENT];
        (found & !0xFFFF == Recent::key(hash)).then_some(Entry(found as u16))
    }

    #[inline]
    pub(super) fn put(&mut self, hash: u64, entry: Entry) {
        self.0[hash as usize % RECENT] = Recent::key(hash) | u64::from(entry.0);
    }
}

const _: () = assert!(SLOTS.len().is_power_of_two() && SLOTS.len() <= 1 << 24, "a key holds a place");

#[cfg(test)]
mod tests {
    use super::super::spelling::fold_hash;
    use super::*;

    #[test]
    fn names_words_and_places() {
        let of = |word: &str| {
            let hash = fold_hash(word.as_bytes());
            look_up_from(first_slot(hash), hash)
        };
        assert!(of("Marie").first() >= 5 && of("HÉLÈNE").first() >= 4);
        assert!(of("Dupont").last() >= 4 && of("dupont") == of("DUPONT"));
        assert!(of("Lyon").place() == 3 && of("livraison").word() > 0 && !of("livraison").is_name());
        assert!(of("Leclerc").brand());
        assert!(of("xqzvw").is_unknown());
        let (mut recent, hash) = (Recent::default(), fold_hash(b"Marie"));
        assert_eq!((recent.get(0), recent.get(hash)), (None, None));
        recent.put(hash, of("Marie"));
        assert_eq!((recent.get(hash), recent.get(hash + RECENT as u64)), (Some(of("Marie")), None));
    }
}
