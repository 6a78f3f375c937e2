//! International bank account numbers: length by country and the mod 97 key.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "iban",
    about: "length by country (SWIFT IBAN registry), remainder 1 modulo 97 (ISO 13616, ISO 7064)",
    holds,
};

/// Countries of the SWIFT registry and the length of their numbers.
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// How many characters the numbers of a country have, if it is registered.
pub(super) fn length(country: &[u8; 2]) -> Option<usize> {
    LENGTHS.iter().find(|&&(code, _)| code == country).map(|&(_, length)| length)
}

fn holds(candidate: &Candidate) -> bool {
    let mut number = [0u8; 40];
    let mut length = 0;
    for byte in candidate.value().iter().filter(|b| b.is_ascii_alphanumeric()) {
        if length == number.len() {
            return false;
        }
        number[length] = byte.to_ascii_uppercase();
        length += 1;
    }
    let number = &number[..length];
    let Some((country, _)) = number.split_first_chunk::<2>() else { return false };
    if self::length(country) != Some(length) {
        return false;
    }
    let rest = number[4..].iter().chain(&number[..4]).fold(0u32, |rest, &byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn numbers_of_several_countries() {
        for good in [
            "GB82 WEST 1234 5698 7654 32",
            "FR1420041010050500013M02606",
            "de89370400440532013000",
            "ES91 2100 0418 4502 0005 1332",
            "IT60X0542811101000000123456",
            "NO93 8601 1117 947",
        ] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["GB82 WEST 1234 5698 7654 33", "GB82 WEST 1234 5698 7654 3", "ZZ82WEST12345698765432"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
