//! Swiss company numbers (UID): the check digit.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "ch_uid", about: "weights 5, 4, 3, 2, 7, 6, 5, 4 modulo 11 (eCH-0097, BFS)", holds };

fn holds(candidate: &Candidate) -> bool {
    let digits = candidate.digits();
    if digits.len() != 9 {
        return false;
    }
    let sum: u32 =
        digits.iter().zip([5, 4, 3, 2, 7, 6, 5, 4]).map(|(&d, weight)| u32::from(d) * weight).sum();
    (11 - sum % 11) % 11 == u32::from(digits[8])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        assert!(holds(&CHECK, "CHE-116.281.710"));
        assert!(!holds(&CHECK, "CHE-116281711"));
    }
}
