//! German social insurance numbers: the check digit.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "de_rvnr",
    about: "weights 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1, digit sums modulo 10, the letter as two digits; day and month of birth (VKVV section 2)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() != 12 || !characters[8].is_ascii_uppercase() {
        return false;
    }
    let letter = characters[8] - b'A' + 1;
    let mut digits = [0u8; 13];
    for (at, &c) in characters.iter().enumerate() {
        match at {
            0..=7 => digits[at] = c.wrapping_sub(b'0'),
            8 => (digits[8], digits[9]) = (letter / 10, letter % 10),
            _ => digits[at + 1] = c.wrapping_sub(b'0'),
        }
    }
    if digits.iter().any(|&d| d > 9) {
        return false;
    }
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum: u8 = digits.iter().zip(weights).map(|(&d, weight)| d * weight / 10 + d * weight % 10).sum();
    // 50 is added to the day where two people would have the same number.
    let (day, month) = (digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]);
    matches!(day, 1..=31 | 51..=81) && matches!(month, 1..=12) && sum % 10 == digits[12]
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["65180739J008", "15070649C103"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "65180739J009"));
    }
}
