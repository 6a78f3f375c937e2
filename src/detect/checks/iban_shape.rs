//! Is this an IBAN that somebody misheard or mistyped?

use super::{Candidate, Check, iban};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "iban_shape",
    about: "a registered country, its length give or take two, ten digits or more (SWIFT IBAN registry)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    let digits = characters.iter().filter(|c| c.is_ascii_digit()).count();
    let Some((country, _)) = characters.split_first_chunk::<2>() else { return false };
    digits >= 10 && iban::length(country).is_some_and(|length| length.abs_diff(characters.len()) <= 2)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn broken_numbers_and_words() {
        assert!(
            holds(&CHECK, "GB82 WEST 1234 5698 7654 33") && holds(&CHECK, "FR14 2004 1010 0505 0001 3M02 60")
        );
        assert!(!holds(&CHECK, "GB82 WEST 1234") && !holds(&CHECK, "ZZ82 WEST 1234 5698 7654 33"));
    }
}
