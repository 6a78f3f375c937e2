//! Spanish company numbers (CIF): the check character.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "es_cif",
    about: "doubled odd digits and even digits summed, ten minus the last digit, as digit or letter by kind of company (Orden EHA/451/2008)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    is_company(&characters)
}

/// Letter, seven digits, check character.
pub(super) fn is_company(characters: &[u8]) -> bool {
    if characters.len() != 9
        || !b"ABCDEFGHJNPQRSUVW".contains(&characters[0])
        || !characters[1..8].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let sum: u8 = characters[1..8]
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let digit = c - b'0';
            if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    let as_letter = characters[8] == b"JABCDEFGHI"[usize::from(check)];
    let as_digit = characters[8] == b'0' + check;
    match characters[0] {
        b'K' | b'P' | b'Q' | b'R' | b'S' | b'N' | b'W' => as_letter,
        b'A' | b'B' | b'E' | b'H' => as_digit,
        _ => as_letter || as_digit,
    }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["A58818501", "B12345674", "Q2826000H"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        assert!(!holds(&CHECK, "A58818502"));
    }
}
