//! Travel documents: the check digit of machine-readable zones.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "icao",
    about: "weights 7, 3, 1 modulo 10 over nine characters, letters from 10 up (ICAO Doc 9303-3, 4.9)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() != 10 || !characters[9].is_ascii_digit() {
        return false;
    }
    let value = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 };
    let sum: u32 = characters[..9]
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(&c, weight)| u32::from(value(c)) * weight)
        .sum();
    sum % 10 == u32::from(characters[9] - b'0')
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["L01X00T471", "T220001293"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "L01X00T472"));
    }
}
