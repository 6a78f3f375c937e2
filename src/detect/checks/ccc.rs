//! Spanish bank account numbers (CCC): two check digits.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "es_ccc",
    about: "weights 1, 2, 4, 8, 5, 10, 9, 7, 3, 6 modulo 11 over bank and branch, and over the account (Consejo Superior Bancario)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 20 {
        return false;
    }
    let mut bank = [0u8; 10];
    bank[2..].copy_from_slice(&digits[..8]);
    check_digit(&bank) == digits[8] && check_digit(&digits[10..]) == digits[9]
}

fn check_digit(ten: &[u8]) -> u8 {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let sum: u32 = ten.iter().zip(WEIGHTS).map(|(&d, weight)| u32::from(d) * weight).sum();
    match 11 - sum % 11 {
        11 => 0,
        10 => 1,
        other => other as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["21000418450200051332", "2100 0418 45 0200051332"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "2100 0418 46 0200051332"));
    }
}
