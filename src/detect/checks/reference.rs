//! References of a firm: enough digits, and no date, year or amount.

use super::{Candidate, Check, identifier};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "reference",
    about: "four or more digits, or two with capitals or glued letters; no date, no year alone, no amount",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let capitals = value.iter().filter(|b| b.is_ascii_uppercase()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let glued = !value.contains(&b' ');
    let is_price = [&b"CHF"[..], b"EUR", b"USD", b"GBP"].iter().any(|sign| value.starts_with(sign));
    let is_year = letters == 0 && digits == 4 && (value.starts_with(b"19") || value.starts_with(b"20"));
    let enough = digits >= 4 || digits >= 2 && capitals >= 2 || glued && digits >= 2 && letters >= 2;
    // `31/12`, `24/48`: a day of a month, a half of two.
    let is_pair = letters == 0 && value.len() <= 5 && value.contains(&b'/');
    enough && !is_price && !is_year && !is_pair && !identifier::is_quantity(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn references() {
        for good in ["123456", "AB-2024-0815", "K 4711 0815", "X7K2P9"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["2026", "31/12", "24/48", "12/03/2024", "123", "1.234.567"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
