//! Is this number what it looks like?
//!
//! One check a file, behind one function. A check refines what a finding is called; whether it is masked
//! never depends on it, because the catch-all rule takes what other rules drop.

mod bic;
mod card;
mod date;
mod iban;
mod identifier;
mod ip;
mod mac;
mod nhs;
mod nino;
mod nir;
mod postcode;
mod reference;
mod ssn;

/// A match and the text around it.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The segment's folded text.
    pub text: &'a [u8],
    /// First byte of the match.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

impl Candidate<'_> {
    /// The matched bytes.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.text[self.start..self.end]
    }

    /// The digits of the match, at most 40.
    #[must_use]
    pub fn digits(&self) -> Digits {
        let mut digits = Digits { values: [0; 40], count: 0 };
        for byte in self.value().iter().filter(|b| b.is_ascii_digit()) {
            if digits.count < digits.values.len() {
                digits.values[digits.count] = byte - b'0';
                digits.count += 1;
            }
        }
        digits
    }
}

/// Up to 40 digit values.
pub struct Digits {
    values: [u8; 40],
    count: usize,
}

impl std::ops::Deref for Digits {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.values[..self.count]
    }
}

/// A test of a match.
#[derive(Debug)]
pub struct Check {
    /// The name rules use.
    pub name: &'static str,
    /// What is computed, and where that is laid down.
    pub about: &'static str,
    /// Whether the match passes.
    pub holds: fn(&Candidate) -> bool,
}

/// All checks, sorted by name.
pub(super) const CHECKS: &[Check] = &[
    bic::CHECK,
    card::CHECK,
    date::CHECK,
    nir::CHECK,
    iban::CHECK,
    identifier::CHECK,
    ip::CHECK,
    mac::CHECK,
    nhs::CHECK,
    nino::CHECK,
    postcode::CHECK,
    reference::CHECK,
    ssn::CHECK,
];

/// The check of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// The names of all checks.
#[must_use]
pub fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

#[cfg(test)]
fn holds(check: &Check, value: &str) -> bool {
    (check.holds)(&Candidate { text: value.as_bytes(), start: 0, end: value.len() })
}
