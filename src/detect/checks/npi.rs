//! US national provider identifiers: Luhn with a prefix.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "us_npi", about: "Luhn sum over 80840 and the ten digits (CMS, NPI check digit)", holds };

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 10 || !matches!(digits[0], 1 | 2) {
        return false;
    }
    let mut prefixed = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    prefixed[5..].copy_from_slice(&digits);
    super::luhn::luhn(&prefixed)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        assert!(holds(&CHECK, "1234567893"));
        for bad in ["1234567894", "3234567893"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
