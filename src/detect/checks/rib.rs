//! French bank account numbers (RIB): the key.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "fr_rib",
    about: "key = 97 - (89 bank + 15 branch + 3 account) mod 97, letters as digits (CFONB, relevé d'identité bancaire)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() != 23 {
        return false;
    }
    let mut number = [0u64; 23];
    for (value, &c) in number.iter_mut().zip(characters.iter()) {
        *value = match c {
            b'0'..=b'9' => u64::from(c - b'0'),
            b'A'..=b'I' => u64::from(c - b'A') + 1,
            b'J'..=b'R' => u64::from(c - b'J') + 1,
            _ => u64::from(c - b'S') + 2,
        };
    }
    let part = |from: usize, to: usize| number[from..to].iter().fold(0, |n, d| n * 10 + d);
    let rest = (89 * part(0, 5) + 15 * part(5, 10) + 3 * part(10, 21)) % 97;
    97 - rest == part(21, 23)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["20041 01005 0500013M026 06", "30004 00827 00012345678 56"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["20041 01005 0500013M026 07", "20041 01005"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
