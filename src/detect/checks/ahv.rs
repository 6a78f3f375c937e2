//! Swiss social insurance numbers (AHV): an EAN-13 digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "ch_ahv",
    about: "756, then an EAN-13 check digit: weights 1 and 3 modulo 10 (ZAS, AHVN13)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    let sum: u32 =
        digits.iter().enumerate().map(|(at, &d)| u32::from(d) * if at % 2 == 0 { 1 } else { 3 }).sum();
    digits.len() == 13 && digits.starts_with(&[7, 5, 6]) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["756.9217.0769.85", "7561234567897"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["756.9217.0769.84", "7569217076"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
