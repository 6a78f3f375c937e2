//! Is this the expiry of a card, or a group of its number?

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "expiry",
    about: "month and year with a sign between, or four digits that stand alone",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    candidate.value().iter().any(|b| !b.is_ascii_digit()) || whole::holds(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn expiries_and_groups() {
        let holds = |text: &str, start, end| {
            (CHECK.holds)(&Candidate { text: text.as_bytes(), start, end, is_field: false })
        };
        assert!(holds("1111 12/27 123", 5, 10) && holds("exp 0728.", 4, 8));
        assert!(!holds("6011 0341 6978", 5, 9));
    }
}
