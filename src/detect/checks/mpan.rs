//! UK electricity meter point numbers: the check digit.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "uk_mpan",
    about: "primes 3 to 43 without 11 as weights, modulo 11 modulo 10, over the last 13 digits (Elexon, MPAN)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    let Some(core) = digits.len().checked_sub(13).map(|from| &digits[from..]) else { return false };
    let weights = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];
    let sum: u32 = core.iter().zip(weights).map(|(&d, weight)| u32::from(d) * weight).sum();
    sum % 11 % 10 == u32::from(core[12])
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["2000032212346", "00 111 222 1234567890126"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "2000032212347"));
    }
}
