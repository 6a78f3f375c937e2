//! Does a town stand behind it?
//!
//! Five digits before the name of a known town, in capitals-and-small-letters, are its postcode.

use super::super::names;
use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "before_town", about: "a blank and a capitalised town of the dictionary behind it", holds };

fn holds(candidate: &Candidate) -> bool {
    let Some(rest) = candidate.text[candidate.end..].strip_prefix(b" ") else { return false };
    let end = rest.iter().position(|b| !b.is_ascii_alphabetic() && *b < 0x80).unwrap_or(rest.len());
    let town = &rest[..end];
    town.len() >= 4 && town[0].is_ascii_uppercase() && town[1].is_ascii_lowercase() && names::is_town(town)
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn towns_and_others() {
        let holds = |text: &str| {
            (CHECK.holds)(&Candidate { text: text.as_bytes(), start: 0, end: 5, is_field: false })
        };
        assert!(holds("49100 Angers") && holds("50001 Zaragoza."));
        assert!(!holds("49100 Euros") && !holds("49100 angers") && !holds("49100"));
    }
}
