//! UK unique taxpayer references: the first digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "uk_utr",
    about: "weights 6, 7, 8, 9, 10, 5, 4, 3, 2 over the last nine digits modulo 11 give the first (HMRC)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 10 {
        return false;
    }
    let weights = [6, 7, 8, 9, 10, 5, 4, 3, 2];
    let sum: usize = digits[1..].iter().zip(weights).map(|(&d, weight)| usize::from(d) * weight).sum();
    digits[0] == [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][sum % 11]
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["1955839661", "2234567890"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "9955839661"));
    }
}
