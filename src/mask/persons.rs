//! Which names are one person's?
//!
//! `Marie Dupont`, `Mme Dupont` and `Marie` carry one number, so that who reads the masked call can tell that one person is
//! meant. A name is that of a person who was named before when all words of one stand in the other, and of nobody else
//! so: of two Duponts it stays open which is meant, and the name has a number of its own. Initials stand for words
//! that begin so. Only what was said before counts: numbers do not change in what is written already.

use std::collections::HashMap;

use crate::model::Escape;
use crate::view::decode::Chars;
use crate::view::fold::{Folded, base_letter, fold};

/// The people who were named in a conversation.
#[derive(Default)]
pub(super) struct Persons {
    people: Vec<Person>,
    /// Who has a word in the name. Only asked, never listed.
    by_word: HashMap<Box<str>, Vec<u32>>,
}

struct Person {
    number: u32,
    words: Vec<Box<str>>,
}

/// People who share a word of their names and are told apart; in a longer list a name means nobody.
const ALIKE: usize = 16;

/// Words of a name; what is longer is none.
const WORDS: usize = 8;

impl Persons {
    pub(super) fn clear(&mut self) {
        if !self.people.is_empty() {
            self.people.clear();
            self.by_word = HashMap::new();
        }
    }

    /// The number of the one person who was named so, if there is one; the name is theirs from now on.
    pub(super) fn number_of(&mut self, words: &[Box<str>]) -> Option<u32> {
        let who = self.who(words)?;
        let known = &self.people[who as usize].words;
        let new: Vec<Box<str>> = words.iter().filter(|word| !known.contains(word)).cloned().collect();
        self.learn(who, new);
        Some(self.people[who as usize].number)
    }

    /// Notes that a person nobody named before carries this number.
    pub(super) fn note(&mut self, number: u32, words: Vec<Box<str>>) {
        let who = self.people.len() as u32;
        self.people.push(Person { number, words: Vec::new() });
        self.learn(who, words);
    }

    fn learn(&mut self, who: u32, words: Vec<Box<str>>) {
        for word in words {
            let of_word = self.by_word.entry(word.clone()).or_default();
            // One more than are told apart says that there are too many.
            if of_word.len() <= ALIKE {
                of_word.push(who);
            }
            self.people[who as usize].words.push(word);
        }
    }

    fn who(&self, words: &[Box<str>]) -> Option<u32> {
        if words.is_empty() || words.len() > WORDS {
            return None;
        }
        let mut alike: Vec<u32> = Vec::new();
        for word in words {
            let of_word = self.by_word.get(word).map_or(&[][..], Vec::as_slice);
            // Of a word that many share, only who has another word of the name as well may be meant.
            if of_word.len() <= ALIKE {
                alike.extend(of_word);
            }
        }
        alike.sort_unstable();
        alike.dedup();
        let person = |who: &u32| &self.people[*who as usize].words[..];
        let only = |mut some: Vec<u32>| if some.len() == 1 { some.pop() } else { None };
        let longer: Vec<u32> = alike.iter().copied().filter(|who| holds(person(who), words)).collect();
        if !longer.is_empty() {
            return only(longer);
        }
        let mut shorter: Vec<u32> = alike.iter().copied().filter(|who| holds(words, person(who))).collect();
        // First name and surname were said apart, perhaps of two people: the surname tells more.
        if shorter.len() > 1 {
            shorter.retain(|who| person(who).contains(&words[words.len() - 1]));
        }
        only(shorter)
    }
}

/// Whether all words of a name stand in the other one, initials for what begins so.
fn holds(name: &[Box<str>], part: &[Box<str>]) -> bool {
    let is_initial = |word: &str| word.chars().nth(1).is_none();
    let is_in = |word: &str| {
        name.iter().any(|other| {
            *word == **other
                || is_initial(word) && other.starts_with(word)
                || is_initial(other) && word.starts_with(&**other)
        })
    };
    part.iter().all(|word| is_in(word))
}

/// The words of a name, in lower case and without accents.
pub(super) fn words_of(raw: &[u8], escape: Escape) -> Vec<Box<str>> {
    let mut words: Vec<Box<str>> = Vec::new();
    let mut word = String::new();
    for (c, _) in Chars::new(raw, escape) {
        let c = match fold(c) {
            Folded::Same => c,
            Folded::To(other) => other,
            Folded::Gone => continue,
        };
        if c.is_alphanumeric() {
            for lower in c.to_lowercase() {
                word.push(base_letter(lower).unwrap_or(lower));
            }
        } else if !matches!(c, '\'' | '’') && !word.is_empty() {
            words.push(std::mem::take(&mut word).into());
        }
    }
    if !word.is_empty() {
        words.push(word.into());
    }
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of names, as they are said one after the other.
    fn numbers(names: &[&str]) -> Vec<u32> {
        let mut persons = Persons::default();
        let mut next = 0;
        let mut number = |name: &&str| {
            let words = words_of(name.as_bytes(), Escape::None);
            persons.number_of(&words).unwrap_or_else(|| {
                next += 1;
                persons.note(next, words);
                next
            })
        };
        names.iter().map(&mut number).collect()
    }

    #[test]
    fn parts_of_a_name_are_one_person() {
        assert_eq!(numbers(&["Marie Dupont", "Dupont", "marie", "DUPONT Marie"]), [1, 1, 1, 1]);
        assert_eq!(numbers(&["Marie", "Marie Dupont", "Dupont"]), [1, 1, 1]);
        assert_eq!(numbers(&["Zoé Lefèvre", "zoe lefevre", "Z. Lefèvre"]), [1, 1, 1]);
        assert_eq!(numbers(&["Anne-Marie O'Brien", "Anne Marie", "O’Brien"]), [1, 1, 1]);
        assert_eq!(numbers(&["María del Carmen Ruiz", "Carmen", "Señora Ruiz"]), [1, 1, 2]);
    }

    #[test]
    fn who_may_be_two_is_neither() {
        assert_eq!(numbers(&["Marie Dupont", "Jean Dupont", "Dupont", "Jean"]), [1, 2, 3, 2]);
        assert_eq!(numbers(&["Paul", "Dupont", "Paul Dupont", "Dupont"]), [1, 2, 2, 2]);
        assert_eq!(numbers(&["Marie Dupont", "Marie Martin", "M. Dupont"]), [1, 2, 1]);
        assert_eq!(numbers(&["J.", "Jean", "A B C D E F G H I"]), [1, 2, 3]);
    }

    #[test]
    fn a_thousand_of_one_name_take_linear_time() {
        let names: Vec<String> = (0..20_000).map(|at| format!("Marie Dupont{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["Marie", "Dupont7"]).collect();
        let numbers = numbers(&names);
        assert_eq!(numbers[20_000..], [20_001, 8]);
    }
}
