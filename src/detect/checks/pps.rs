//! Irish personal public service numbers: the check letter.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "ie_pps",
    about: "weights 8 to 2 over seven digits, nine times the second letter, modulo 23 (Department of Social Protection)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if !matches!(characters.len(), 8 | 9) || !characters[..7].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 =
        characters[..7].iter().zip((2..=8).rev()).map(|(&c, weight)| u32::from(c - b'0') * weight).sum();
    let second = match characters.get(8) {
        Some(&c @ b'A'..=b'V') => u32::from(c - b'A') + 1,
        _ => 0,
    };
    characters[7] == b"WABCDEFGHIJKLMNOPQRSTUV"[((sum + 9 * second) % 23) as usize]
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["1234567T", "1234567FA", "6433435NF"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "1234567A"));
    }
}
