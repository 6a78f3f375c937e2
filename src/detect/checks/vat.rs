//! VAT numbers: the checks of the countries that publish one.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "vat",
    about: "keys of FR, GB, DE, BE, IT, ES as their tax offices publish them; structure alone elsewhere (VIES)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    let Some((country, rest)) = characters.split_first_chunk::<2>() else { return false };
    let mut digits = [0u8; 12];
    let numeric = rest.len() <= 12 && rest.iter().all(u8::is_ascii_digit);
    if numeric {
        digits.iter_mut().zip(rest).for_each(|(digit, c)| *digit = c - b'0');
    }
    let digits = &digits[..rest.len().min(12)];
    match country {
        b"FR" => french(rest),
        b"GB" | b"XI" => numeric && british(digits),
        b"DE" => numeric && super::steuer_id::mod_11_10(digits),
        b"BE" => numeric && digits.len() == 10 && super::kbo::is_company(digits),
        b"IT" => numeric && super::luhn::luhn(digits),
        b"ES" => super::cif::is_company(rest) || super::nif::is_person(rest),
        _ => true,
    }
}

/// The key before the SIREN: 12 + 3 times the SIREN modulo 97, modulo 97. Newer keys have letters.
fn french(rest: &[u8]) -> bool {
    if rest.len() != 11 || !rest[2..].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |part: &[u8]| part.iter().fold(0u64, |n, c| n * 10 + u64::from(c - b'0'));
    if !rest[..2].iter().all(u8::is_ascii_digit) {
        return true;
    }
    number(&rest[..2]) == (12 + 3 * (number(&rest[2..]) % 97)) % 97
}

/// Weights 8 to 2; with the last two digits a multiple of 97, for newer numbers 55 more.
fn british(digits: &[u8]) -> bool {
    if !matches!(digits.len(), 9 | 12) {
        return false;
    }
    let sum: u32 = digits[..7].iter().zip((2..=8).rev()).map(|(&d, weight)| u32::from(d) * weight).sum();
    let sum = sum + u32::from(digits[7]) * 10 + u32::from(digits[8]);
    sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in [
            "FR 40 303265045",
            "GB 980 7806 84",
            "DE136695976",
            "BE0403.019.261",
            "IT00743110157",
            "ESB12345674",
            "ATU12345678",
        ] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["FR 41 303265045", "GB 980 7806 85", "DE136695975"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
