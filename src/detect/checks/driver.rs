//! UK driving licence numbers: the date of birth inside.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "uk_licence",
    about: "month 1 to 12, plus 50 for women, and day of birth inside the number (DVLA, driver number format)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let characters = candidate.characters();
    if characters.len() < 16 {
        return false;
    }
    let number = |at: usize| (characters[at].wrapping_sub(b'0')) * 10 + characters[at + 1].wrapping_sub(b'0');
    matches!(number(6), 1..=12 | 51..=62) && matches!(number(8), 1..=31)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["MORGA657054SM9IJ", "MORGA 657054 SM9IJ"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["MORGA673054SM9IJ", "MORGA657324SM9IJ"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
