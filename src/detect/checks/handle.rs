//! Is this a handle, or the end of something that has an @ in it?

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "handle", about: "no letter, digit or dot stands right before the @", holds };

fn holds(candidate: &Candidate) -> bool {
    !candidate.text[..candidate.start]
        .last()
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80 || b"._-+".contains(b))
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn handles_and_ends_of_addresses() {
        let holds = |text: &str| {
            let start = text.find('@').expect("a sign");
            (CHECK.holds)(&Candidate { text: text.as_bytes(), start, end: text.len(), is_field: false })
        };
        assert!(holds("@marie") && holds("(@marie") && holds("thanks @marie"));
        assert!(!holds("5@abc") && !holds("jo.@abc"));
    }
}
