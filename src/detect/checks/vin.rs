//! Vehicle identification numbers: the check character of North America.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "vin",
    about: "17 characters without I, O, Q; ninth character by weights modulo 11 (49 CFR 565.15)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() != 17 {
        return false;
    }
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut sum = 0u32;
    for (&c, weight) in characters.iter().zip(weights) {
        sum += weight
            * u32::from(match c {
                b'0'..=b'9' => c - b'0',
                b'A'..=b'H' => c - b'A' + 1,
                b'J'..=b'N' => c - b'J' + 1,
                b'P' => 7,
                b'R' => 9,
                b'S'..=b'Z' => c - b'S' + 2,
                _ => return false,
            });
    }
    let check = sum % 11;
    characters[8] == if check == 10 { b'X' } else { b'0' + check as u8 }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["1M8GDM9AXKP042788", "1HGCM82633A004352"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
