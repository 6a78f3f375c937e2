//! Is this a telephone number, in a country that writes them like anything else?

use super::{Candidate, Check, identifier, whole};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "phone", about: "all of a number, seven digits or more, no amount, date or time", holds };

fn holds(candidate: &Candidate) -> bool {
    candidate.digits().len() >= 7 && whole::holds(candidate) && !identifier::is_quantity(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn numbers_and_dates() {
        assert!(holds(&CHECK, "06 6982 1234") && holds(&CHECK, "0151 23456789"));
        assert!(!holds(&CHECK, "02.03.2026") && !holds(&CHECK, "030 901"));
    }
}
