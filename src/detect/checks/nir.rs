//! The French social security number (NIR): its parts and its key.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "fr_nir",
    about: "month and department plausible, key = 97 - number mod 97 (INSEE, décret 82-103)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let mut number = 0u64;
    let mut digits = 0;
    let mut corsica = 0u64;
    for byte in candidate.value() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            // Departments 2A and 2B count as 19 and 18: read as 20, then less 1,000,000 or 2,000,000.
            b'A' | b'a' | b'B' | b'b' if digits == 6 => {
                corsica = if byte.eq_ignore_ascii_case(&b'A') { 1_000_000 } else { 2_000_000 };
                0
            }
            _ => continue,
        };
        if digits == 15 {
            return false;
        }
        number = number * 10 + u64::from(digit);
        digits += 1;
    }
    // Without the key there is nothing to check but the parts.
    let (body, key) = match digits {
        // A key that does not fit belongs to the number all the same: then the whole is not one.
        13 if !has_key_behind(candidate) => (number, None),
        15 => (number / 100, Some(number % 100)),
        _ => return false,
    };
    let month = body / 100_000_000 % 100;
    let plausible =
        matches!(month, 1..=12 | 20 | 30..=42 | 50..=99) && matches!(body / 1_000_000_000_000, 1..=4 | 7 | 8);
    plausible && key.is_none_or(|key| 97 - (body - corsica) % 97 == key)
}

/// Whether two more digits follow, a blank or sign between.
fn has_key_behind(candidate: &Candidate) -> bool {
    matches!(candidate.text[candidate.end..], [b' ' | b'.' | b'-', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn keys_with_and_without_corsica() {
        for good in ["1 84 12 76 451 089 46", "184127645108946", "2 55 08 14 168 025 38", "1841276451089"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["1 84 12 76 451 089 47", "1 84 13 76 451 089 46", "184127645108"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
        let corsica = |body: u64, minus: u64| 97 - (body - minus) % 97;
        let key = corsica(1_840_520_123_456, 1_000_000);
        assert!(holds(&CHECK, &format!("1 84 05 2A 123 456 {key:02}")));
        let key = corsica(1_840_520_123_456, 2_000_000);
        assert!(holds(&CHECK, &format!("1 84 05 2B 123 456 {key:02}")));
    }
}
