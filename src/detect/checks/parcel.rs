//! Parcel numbers: the UPU S10 digit and that of UPS.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "parcel",
    about: "S10: weights 8, 6, 4, 2, 3, 5, 9, 7 modulo 11 (UPU S10); 1Z: every second character doubled, modulo 10 (UPS)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.starts_with(b"1Z") && characters.len() == 18 {
        let value = |c: u8| u32::from(if c.is_ascii_digit() { c - b'0' } else { (c - 63) % 10 });
        let sum: u32 = characters[2..17]
            .iter()
            .enumerate()
            .map(|(at, &c)| value(c) * if at % 2 == 0 { 1 } else { 2 })
            .sum();
        return (10 - sum % 10) % 10 == value(characters[17]);
    }
    if characters.len() != 13 || !characters[2..11].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let weights = [8, 6, 4, 2, 3, 5, 9, 7];
    let sum: u32 =
        characters[2..10].iter().zip(weights).map(|(&c, weight)| u32::from(c - b'0') * weight).sum();
    let check = match 11 - sum % 11 {
        11 => 5,
        10 => 0,
        other => other,
    };
    u32::from(characters[10] - b'0') == check
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["RB123456785GB", "1Z999AA10123456784"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["RB123456786GB", "1Z999AA10123456785"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
