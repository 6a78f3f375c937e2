//! Italian tax codes: the check letter.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "it_cf", about: "odd and even characters by table, modulo 26 (DM 23/12/1976)", holds };

/// Values of characters in odd places: digits and letters A to J alike, then K to Z.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() != 16 {
        return false;
    }
    let value = |c: u8| usize::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' });
    let sum: u32 = characters[..15]
        .iter()
        .enumerate()
        .map(|(at, &c)| if at % 2 == 0 { ODD[value(c)] } else { value(c) as u32 })
        .sum();
    characters[15] == b'A' + (sum % 26) as u8
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["RSSMRA85T10A562S", "VRDGPP70A01H501S"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "RSSMRA85T10A562A"));
    }
}
