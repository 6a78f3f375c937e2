//! Is this number what it looks like?
//!
//! One check a file, behind one function. A check refines what a finding is called; whether it is masked
//! never depends on it, because the catch-all rule takes what other rules drop.

mod aba;
mod ahv;
mod base58;
mod bech32;
mod before_town;
mod behind_card;
mod behind_expiry;
mod belgian;
mod bic;
mod card;
mod ccc;
mod cif;
mod code;
mod codice_fiscale;
mod coordinates;
mod cups;
mod date;
mod driver;
mod ether;
mod expiry;
mod handle;
mod iban;
mod iban_shape;
mod identifier;
mod ip;
mod kbo;
mod kvnr;
mod luhn;
mod mac;
mod mpan;
mod nhs;
mod nif;
mod nino;
mod nir;
mod no_year;
mod npi;
mod nuss;
mod parcel;
mod password;
mod phone;
mod pps;
mod reference;
mod rib;
mod rvnr;
mod spi;
mod ssn;
mod steuer_id;
mod svnr;
mod token;
mod uid;
mod utr;
mod vat;
mod vin;
mod whole;

/// A match and the text around it.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The segment's folded text, and nothing of the file around it: the same in every format.
    pub text: &'a [u8],
    /// First byte of the match.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Whether the text is a field's value, and no turn or comment.
    pub is_field: bool,
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

impl Candidate<'_> {
    /// The ASCII letters, in upper case, and digits of the match, at most 40.
    #[must_use]
    pub fn characters(&self) -> Digits {
        let mut characters = Digits { values: [0; 40], count: 0 };
        for byte in self.value().iter().filter(|b| b.is_ascii_alphanumeric()) {
            if characters.count < characters.values.len() {
                characters.values[characters.count] = byte.to_ascii_uppercase();
                characters.count += 1;
            }
        }
        characters
    }
}

/// Up to 40 digit values or characters.
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

/// All checks, sorted by file.
pub(super) const CHECKS: &[Check] = &[
    aba::CHECK,
    ahv::CHECK,
    base58::CHECK,
    bech32::CHECK,
    before_town::CHECK,
    behind_card::CHECK,
    behind_expiry::CHECK,
    belgian::CHECK,
    bic::CHECK,
    card::CHECK,
    ccc::CHECK,
    cif::CHECK,
    code::CHECK,
    codice_fiscale::CHECK,
    coordinates::CHECK,
    cups::CHECK,
    date::CHECK,
    driver::CHECK,
    ether::CHECK,
    expiry::CHECK,
    handle::CHECK,
    iban::CHECK,
    iban_shape::CHECK,
    identifier::CHECK,
    ip::CHECK,
    kbo::CHECK,
    kvnr::CHECK,
    luhn::CHECK,
    mac::CHECK,
    mpan::CHECK,
    nhs::CHECK,
    nif::CHECK,
    nino::CHECK,
    nir::CHECK,
    npi::CHECK,
    nuss::CHECK,
    parcel::CHECK,
    password::CHECK,
    password::MIXED,
    phone::CHECK,
    no_year::CHECK,
    pps::CHECK,
    reference::CHECK,
    rib::CHECK,
    rvnr::CHECK,
    spi::CHECK,
    ssn::CHECK,
    steuer_id::CHECK,
    svnr::CHECK,
    token::CHECK,
    uid::CHECK,
    utr::CHECK,
    vat::CHECK,
    vin::CHECK,
    whole::CHECK,
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
    (check.holds)(&Candidate { text: value.as_bytes(), start: 0, end: value.len(), is_field: false })
}
