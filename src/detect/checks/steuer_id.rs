//! German tax identification numbers: ISO 7064 MOD 11,10.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "de_steuer_id",
    about: "no leading zero, one digit of the first ten twice or thrice, check digit by ISO 7064 MOD 11,10 (BZSt)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 11 || digits[0] == 0 {
        return false;
    }
    let mut counts = [0u8; 10];
    digits[..10].iter().for_each(|&d| counts[usize::from(d)] += 1);
    let repeated = counts.iter().filter(|&&count| count > 1).count();
    repeated == 1 && counts.iter().all(|&count| count <= 3) && mod_11_10(&digits)
}

/// ISO 7064 MOD 11,10 over digits of which the last one is the check digit.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, &d| {
        let sum = (u32::from(d) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(check)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["86095742719", "86 095 742 719"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["86095742710", "06095742719"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
