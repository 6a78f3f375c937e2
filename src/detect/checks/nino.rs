//! UK National Insurance numbers: letters that are never given out.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "uk_nino",
    about: "prefix letters and pairs that are not allocated (HMRC, NIM39110)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let Some(&[first, second, ..]) = candidate.value().first_chunk::<2>() else { return false };
    let pair = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    !b"DFIQUV".contains(&pair[0])
        && !b"DFIQUVO".contains(&pair[1])
        && !matches!(&pair, b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn prefixes() {
        assert!(holds(&CHECK, "AB 12 34 56 C"));
        assert!(!holds(&CHECK, "GB 12 34 56 C"));
        assert!(!holds(&CHECK, "QQ 12 34 56 C"));
    }
}
