//! US bank routing numbers: the ABA check digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "us_aba",
    about: "weights 3, 7, 1 over nine digits, divisible by ten; first two digits 00 to 12, 21 to 32, 61 to 72 or 80 (ABA routing number policy)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 9 {
        return false;
    }
    let sum: u32 =
        digits.iter().zip([3, 7, 1].iter().cycle()).map(|(&d, weight)| u32::from(d) * weight).sum();
    let district = digits[0] * 10 + digits[1];
    sum > 0 && sum.is_multiple_of(10) && matches!(district, 0..=12 | 21..=32 | 61..=72 | 80)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["021000021", "011401533"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["021000022", "991000021"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
