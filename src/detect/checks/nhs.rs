//! NHS numbers of England, Wales and the Isle of Man: the modulus 11 digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "uk_nhs",
    about: "weights 10 to 2, check digit 11 - sum mod 11 (NHS Data Dictionary, NHS NUMBER)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 10 || digits.iter().all(|&d| d == digits[0]) {
        return false;
    }
    let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(&d, weight)| u32::from(d) * weight).sum();
    (11 - sum % 11) % 11 == u32::from(digits[9])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn check_digits() {
        assert!(holds(&CHECK, "943 476 5919"));
        assert!(!holds(&CHECK, "943 476 5918"));
        assert!(!holds(&CHECK, "000 000 0000"));
    }
}
