//! German health insurance numbers: the check digit.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "de_kvnr",
    about: "weights 1 and 2 in turn, digit sums modulo 10, the letter as two digits (GKV-Spitzenverband, section 290 SGB V)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    let Some((&letter, rest)) = characters.split_first() else { return false };
    if characters.len() != 10 || !letter.is_ascii_uppercase() || !rest.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let letter = letter - b'A' + 1;
    let digits = [letter / 10, letter % 10].into_iter().chain(rest[..8].iter().map(|c| c - b'0'));
    let sum: u8 =
        digits.zip([1, 2].into_iter().cycle()).map(|(d, weight)| d * weight / 10 + d * weight % 10).sum();
    sum % 10 == rest[8] - b'0'
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["A123456780", "M305264724"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "A123456789"));
    }
}
