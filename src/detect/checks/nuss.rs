//! Spanish social security numbers: the key.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "es_nuss",
    about: "province and number modulo 97 are the last two digits (Tesorería General de la Seguridad Social)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 12 {
        return false;
    }
    let part = |from: usize, to: usize| digits[from..to].iter().fold(0u64, |n, &d| n * 10 + u64::from(d));
    let (province, number) = (part(0, 2), part(2, 10));
    let whole =
        if number < 10_000_000 { province * 10_000_000 + number } else { province * 100_000_000 + number };
    matches!(province, 1..=66) && whole % 97 == part(10, 12)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["281234567840", "080123456774"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "281234567841"));
    }
}
