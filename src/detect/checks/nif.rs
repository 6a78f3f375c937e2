//! Spanish identity numbers (DNI, NIE): the letter.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "es_nif",
    about: "number modulo 23 gives the letter; X, Y, Z, K, L, M in front count as 0, 1, 2, 0, 0, 0 (Ministerio del Interior)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    is_person(&characters)
}

/// Whether it is a DNI, an NIE or a number for people without either.
pub(super) fn is_person(characters: &[u8]) -> bool {
    let Some((&letter, body)) = characters.split_last() else { return false };
    let (first, rest) = match body.first() {
        Some(b'X' | b'K' | b'L' | b'M') => (0, &body[1..]),
        Some(b'Y') => (1, &body[1..]),
        Some(b'Z') => (2, &body[1..]),
        Some(_) => (0, body),
        None => return false,
    };
    let length = if rest.len() == body.len() { 8 } else { 7 };
    if rest.len() != length || !rest.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = rest.iter().fold(first, |n, &c| n * 10 + u32::from(c - b'0'));
    b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize] == letter
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["12345678Z", "X1234567L", "12.345.678-Z"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["12345678S", "X1234567"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
