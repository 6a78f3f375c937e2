//! Spanish supply point codes (CUPS): two letters.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "es_cups",
    about: "16 digits modulo 529, quotient and rest by 23 as letters (CNMC, CUPS)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let characters = candidate.characters();
    let Some(digits) = characters.get(2..18).filter(|digits| digits.iter().all(u8::is_ascii_digit)) else {
        return false;
    };
    let rest = digits.iter().fold(0usize, |rest, c| (rest * 10 + usize::from(c - b'0')) % 529);
    characters.get(18..20) == Some(&[LETTERS[rest / 23], LETTERS[rest % 23]])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        assert!(holds(&CHECK, "ES0021000012345678LB"));
        assert!(!holds(&CHECK, "ES0021000012345678LA"));
    }
}
