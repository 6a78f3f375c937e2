//! What speaks for an address, and what against it?
//!
//! A street line is rarely certain: `5 star drive` looks like one. Each reason has its points; from
//! [`ENOUGH`] on it is an address.

/// Points from which a street line is an address.
pub(super) const ENOUGH: i32 = 4;

/// A reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Reason {
    /// Its word for a street is hardly ever anything else.
    Street,
    /// Its name has capitals.
    Capitals,
    /// Its name is one of a person or a place, or a usual one.
    Named,
    /// A small word ties word and name: `de la`.
    Linked,
    /// A word stands near that announces where somebody lives, or the turn before asked for it.
    Announced,
    /// A part of the building stands beside it.
    Unit,
    /// A postcode does.
    Postcode,
    /// A town does.
    Town,
    /// A preposition stands before it.
    Preposition,
    /// Next to nothing else is said.
    Alone,
    /// The words around are of its language.
    Language,
    /// Its number has a letter or a sign of house numbers.
    HouseNumber,
    /// Its form is that of an address alone.
    Form,
    /// Another address stands in the text.
    Another,
    /// The words around are of another language.
    OtherLanguage,
    /// Its number may be an article.
    Article,
    /// An article before the number, a plural behind: things are counted. Or the number is a year.
    Counted,
}

/// Points and what is said of each reason, in their order.
const REASONS: [(i32, &str); 17] = [
    (2, "it has a word for a street"),
    (2, "its name has capitals"),
    (1, "its name is one that streets have"),
    (1, "a small word ties street and name"),
    (2, "a word announces where somebody lives, or it was asked for"),
    (2, "a part of a building stands beside it"),
    (3, "a postcode stands beside it"),
    (1, "a town stands beside it"),
    (1, "a preposition stands before it"),
    (1, "next to nothing else is said"),
    (1, "the words around are of its language"),
    (1, "its number is one of a house"),
    (4, "it has the form of an address"),
    (2, "another address stands in the text"),
    (-3, "the words around are of another language"),
    (-3, "its number may be an article"),
    (-4, "something is counted, or a year is told"),
];

/// How sure an address is that has just enough points.
pub(super) fn least() -> u8 {
    (50 + 5 * ENOUGH) as u8
}

/// The reasons of one street line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence(u32);

impl Evidence {
    pub(super) fn add(&mut self, reason: Reason, holds: bool) {
        self.0 |= u32::from(holds) << reason as u8;
    }

    pub(super) fn has(self, reason: Reason) -> bool {
        self.0 >> reason as u8 & 1 == 1
    }

    /// How much speaks for it.
    pub(super) fn points(self) -> i32 {
        let holds = |at: &usize| self.0 >> at & 1 == 1;
        (0..REASONS.len()).filter(holds).map(|at| REASONS[at].0).sum()
    }

    /// How sure it is, in hundredths.
    pub(super) fn score(self) -> u8 {
        // `ENOUGH` gives 70; more than nine points make it no surer.
        (50 + 5 * self.points().clamp(0, 9)) as u8
    }

    /// What is said of it.
    pub(super) fn notes(self) -> Vec<String> {
        let told = REASONS.iter().enumerate().filter(|(at, _)| self.0 >> at & 1 == 1);
        told.map(|(_, (_, note))| (*note).to_owned()).collect()
    }
}
