//! Hardware addresses that are no part of a longer row of pairs.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "mac",
    about: "six pairs, not seven: a seventh belongs to another kind of number (IEEE 802)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let own = candidate.value().iter().copied().find(|b| !b.is_ascii_hexdigit());
    let joint = |b: Option<&u8>| b.is_some() && b.copied() == own;
    let pair = |b: Option<&u8>| b.is_some_and(u8::is_ascii_hexdigit);
    let text = candidate.text;
    let longer = joint(text.get(candidate.end)) && pair(text.get(candidate.end + 1));
    let begun =
        candidate.start >= 2 && joint(text.get(candidate.start - 1)) && pair(text.get(candidate.start - 2));
    !longer && !begun
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_pairs() {
        let holds =
            |text: &str, start, end| holds(&Candidate { text: text.as_bytes(), start, end, is_field: false });
        assert!(holds("aa:bb:cc:dd:ee:ff.", 0, 17));
        assert!(!holds("aa:bb:cc:dd:ee:ff:00", 0, 17));
        assert!(!holds("aa:bb:cc:dd:ee:ff:00", 3, 20));
    }
}
