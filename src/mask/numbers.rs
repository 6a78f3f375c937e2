//! Which number does a value carry in its conversation?
//!
//! The same value, however it is spelled, has the same number; numbers are given in the order of first
//! appearance and skip those of tags that stand in the conversation already. A person has one, by whatever part of the name.

use std::collections::{BTreeSet, HashMap};

use super::persons::{Persons, words_of};
use crate::model::{Entity, Escape};
use crate::view::decode::Chars;
use crate::view::fold::{Folded, fold};

/// The numbers of one conversation. Reused.
pub struct Numbers {
    values: Vec<u8>,
    entries: Vec<Entry>,
    /// Index into `entries` by hash, once there are many. Only asked, never listed.
    index: HashMap<u64, u32>,
    /// The next number of each entity, by the entity's number.
    next: [u32; 256],
    taken: BTreeSet<(Entity, u32)>,
    persons: Persons,
}

impl Default for Numbers {
    fn default() -> Self {
        let (values, entries, index, taken, persons) = Default::default();
        Numbers { values, entries, index, next: [1; 256], taken, persons }
    }
}

struct Entry {
    entity: Entity,
    hash: u64,
    start: u32,
    end: u32,
    number: u32,
}

/// Entries up to which a linear search is faster than a map.
const FEW: usize = 24;

impl Numbers {
    /// Forgets the conversation before.
    pub fn clear(&mut self) {
        if self.entries.is_empty() && self.taken.is_empty() {
            return;
        }
        self.values.clear();
        self.entries.clear();
        self.next = [1; 256];
        self.taken.clear();
        self.persons.clear();
        if !self.index.is_empty() {
            self.index = HashMap::new();
        }
    }

    /// Keeps `number` from being given to another value of `entity`.
    pub fn skip(&mut self, entity: Entity, number: u32) {
        self.taken.insert((entity, number));
    }

    /// The number of a value, in the form of [`folded_value`].
    pub fn of(&mut self, entity: Entity, value: &[u8]) -> u32 {
        let hash = hash(entity, value);
        self.known(entity, value, hash).unwrap_or_else(|| {
            let number = self.next(entity);
            self.enter(entity, value, hash, number);
            number
        })
    }

    /// The number of a person, by a name in the form of [`folded_value`], which stands as `raw`: that of who was called
    /// by part of it, or by more, before.
    pub fn of_person(&mut self, entity: Entity, value: &[u8], (raw, escape): (&[u8], Escape)) -> u32 {
        let hash = hash(entity, value);
        self.known(entity, value, hash).unwrap_or_else(|| {
            let words = words_of(raw, escape);
            let number = self.persons.number_of(&words).unwrap_or_else(|| {
                let number = self.next(entity);
                self.persons.note(number, words);
                number
            });
            self.enter(entity, value, hash, number);
            number
        })
    }

    fn known(&self, entity: Entity, value: &[u8], hash: u64) -> Option<u32> {
        let same = |entry: &Entry| {
            entry.hash == hash
                && entry.entity == entity
                && &self.values[entry.start as usize..entry.end as usize] == value
        };
        if self.entries.len() <= FEW {
            return self.entries.iter().find(|entry| same(entry)).map(|entry| entry.number);
        }
        // Values whose hashes are equal stand under the next free hash.
        let mut probe = hash;
        loop {
            match self.index.get(&probe).map(|&at| &self.entries[at as usize]) {
                Some(entry) if same(entry) => return Some(entry.number),
                Some(_) => probe = probe.wrapping_add(1),
                None => return None,
            }
        }
    }

    /// A number that no value has.
    fn next(&mut self, entity: Entity) -> u32 {
        let next = &mut self.next[usize::from(entity.0)];
        while self.taken.contains(&(entity, *next)) {
            *next += 1;
        }
        *next += 1;
        *next - 1
    }

    fn enter(&mut self, entity: Entity, value: &[u8], hash: u64, number: u32) {
        let start = self.values.len() as u32;
        self.values.extend_from_slice(value);
        self.entries.push(Entry { entity, hash, start, end: self.values.len() as u32, number });
        match self.entries.len() {
            count if count == FEW + 1 => (0..count).for_each(|at| self.note(at)),
            count if count > FEW => self.note(count - 1),
            _ => {}
        }
    }

    fn note(&mut self, at: usize) {
        let mut probe = self.entries[at].hash;
        while self.index.contains_key(&probe) {
            probe = probe.wrapping_add(1);
        }
        self.index.insert(probe, at as u32);
    }
}

fn hash(entity: Entity, value: &[u8]) -> u64 {
    value.iter().fold(u64::from(entity.0) + 1, |hash, &b| {
        (hash.rotate_left(5) ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

/// Puts into `out` what makes spellings of one value equal: folded letters and digits in lower case. Where
/// punctuation tells values apart (addresses of mail, web and machines) it stays.
pub fn folded_value(raw: &[u8], escape: Escape, punctuation_counts: bool, out: &mut Vec<u8>) {
    out.clear();
    let mut chars = Chars::new(raw, escape);
    loop {
        // Nearly all values are plain ASCII.
        for &byte in chars.take_plain() {
            if byte.is_ascii_alphanumeric() || punctuation_counts && byte.is_ascii_graphic() {
                out.push(byte.to_ascii_lowercase());
            }
        }
        let Some((c, _)) = chars.next() else { break };
        let c = match fold(c) {
            Folded::Same => c,
            Folded::To(other) => other,
            Folded::Gone => continue,
        };
        if c.is_alphanumeric() || punctuation_counts && !c.is_whitespace() {
            for lower in c.to_lowercase() {
                let mut utf8 = [0u8; 4];
                out.extend_from_slice(lower.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance_and_skip_tags() {
        let (phone, email) = (Entity(2), Entity(1));
        let mut numbers = Numbers::default();
        numbers.skip(phone, 1);
        assert_eq!(numbers.of(phone, b"0612345678"), 2);
        assert_eq!(numbers.of(phone, b"0700000000"), 3);
        assert_eq!(numbers.of(email, b"a@b.c"), 1);
        assert_eq!(numbers.of(phone, b"0612345678"), 2);
    }

    #[test]
    fn many_values_keep_their_numbers() {
        let mut numbers = Numbers::default();
        for round in 0..2 {
            for value in 0..1000u32 {
                assert_eq!(numbers.of(Entity(3), &value.to_le_bytes()), value + 1, "round {round}");
            }
        }
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        let fold = |raw: &str, escape, punctuation| {
            let mut out = Vec::new();
            folded_value(raw.as_bytes(), escape, punctuation, &mut out);
            String::from_utf8(out).expect("UTF-8")
        };
        assert_eq!(fold("06 12-34.５6", Escape::None, false), "06123456");
        assert_eq!(fold("Jo.S@EX.com", Escape::None, true), "jo.s@ex.com");
        assert_eq!(fold(r"\u0030612", Escape::Json, false), "0612");
    }
}
