//! Numbers with a Luhn digit: SIREN, SIRET, Canadian SIN, IMEI, Italian VAT numbers.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "luhn",
    about: "Luhn sum (ISO/IEC 7812-1, annex B), not all digits alike; a SIRET of La Poste by the sum of its digits",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    let varied = digits.iter().any(|&d| d != digits[0]);
    // INSEE gives La Poste (SIREN 356000000) more establishments than its Luhn digits allow.
    let post = digits.len() == 14 && digits.starts_with(&[3, 5, 6, 0, 0, 0, 0, 0, 0]);
    varied && (luhn(&digits) || post && digits.iter().map(|&d| u32::from(d)).sum::<u32>() % 5 == 0)
}

/// The Luhn sum: every second digit from the right doubled, digit sums added, divisible by ten.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| match at % 2 {
            0 => u32::from(digit),
            _ => u32::from(digit * 2 / 10 + digit * 2 % 10),
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["732 829 320", "73282932000074", "046 454 286", "35600000000048"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["732 829 321", "000000000", "046454287"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
