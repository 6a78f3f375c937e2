//! Belgian company numbers: the key.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "be_kbo",
    about: "97 - eight digits modulo 97 are the last two (KBO/BCE, arrêté royal du 24 juin 2003)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    digits.len() == 10 && is_company(&digits)
}

/// Ten digits of a company number.
pub(super) fn is_company(digits: &[u8]) -> bool {
    let part = |digits: &[u8]| digits.iter().fold(0u32, |n, &d| n * 10 + u32::from(d));
    digits[0] <= 1 && part(&digits[..8]) > 0 && 97 - part(&digits[..8]) % 97 == part(&digits[8..])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["0202552232", "0403.019.261"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "0202552290"));
    }
}
