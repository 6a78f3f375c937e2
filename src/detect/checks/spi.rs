//! French tax numbers (SPI): the key.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "fr_spi",
    about: "ten digits modulo 511 are the last three (DGFiP, numéro fiscal de référence)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 13 || digits[0] > 3 {
        return false;
    }
    let part = |digits: &[u8]| digits.iter().fold(0u64, |n, &d| n * 10 + u64::from(d));
    part(&digits[..10]) % 511 == part(&digits[10..])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["3012345678167", "30 12 345 678 167"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "3012345678000"));
    }
}
