//! Is this a token of a machine, or a word?

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "token", about: "letters and digits mixed, eight characters or more", holds };

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    value.len() >= 8 && digits >= 2 && letters >= 2
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn tokens_and_words() {
        assert!(holds(&CHECK, "9f86d081884c7d65") && holds(&CHECK, "abcDEF123456=="));
        assert!(!holds(&CHECK, "management") && !holds(&CHECK, "12345678"));
    }
}
