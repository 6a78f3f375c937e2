//! Digits that are no year: postcodes, the last digits of a card.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "no_year",
    about: "four digits are no year from 1900 to 2099, which talk is fuller of than of short codes",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let digits = candidate.digits();
    digits.len() != 4 || !matches!(&digits[..2], [1, 9] | [2, 0])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn years() {
        assert!(holds(&CHECK, "75011") && holds(&CHECK, "44 000") && holds(&CHECK, "8001"));
        assert!(!holds(&CHECK, "2022"));
    }
}
