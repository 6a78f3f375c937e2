//! Austrian social insurance numbers: the fourth digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "at_svnr",
    about: "weights 3, 7, 9, 5, 8, 4, 2, 1, 6 modulo 11 give the fourth digit; day and month of birth follow (Dachverband der Sozialversicherungsträger)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 10 || digits[0] == 0 {
        return false;
    }
    let weights = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];
    let sum: u32 = digits.iter().zip(weights).map(|(&d, weight)| u32::from(d) * weight).sum();
    let (day, month) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]);
    // Months 13 to 15 are given out where a day has run out of numbers.
    sum % 11 == u32::from(digits[3]) && matches!(day, 1..=31) && matches!(month, 1..=15)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["1237010180", "7838281055"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "1230010180"));
    }
}
