//! Is this a code that a firm gave, and not a product, a standard or a date?

use super::{Candidate, Check, identifier};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "code",
    about: "five digits or more with letters or a number sign, four behind a number sign, three in groups; no date",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let marked = value.starts_with(b"#");
    let dashes = value.iter().filter(|b| **b == b'-').count();
    let enough = digits >= 5 || marked && digits >= 4 || digits >= 3 && dashes >= 2;
    enough && (letters || marked) && !identifier::is_quantity(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn codes_and_products() {
        assert!(holds(&CHECK, "SRV-77120") && holds(&CHECK, "#1234") && holds(&CHECK, "NG8X-8241-QTRW-77KP"));
        assert!(!holds(&CHECK, "ISO-9001") && !holds(&CHECK, "2023-2024-2025"));
    }
}
