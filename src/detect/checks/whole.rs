//! Is this all of a number, or groups cut out of a longer one?

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "whole", about: "no more digits before or behind it, a blank or sign between", holds };

/// Whether no digits stand beside the match, set apart by one blank or sign.
pub(super) fn holds(candidate: &Candidate) -> bool {
    let (before, after) = (&candidate.text[..candidate.start], &candidate.text[candidate.end..]);
    let joins = |b: &u8| b" .-".contains(b);
    let goes_on_before = matches!(before, [.., digit, joint] if digit.is_ascii_digit() && joins(joint));
    let goes_on_after = matches!(after, [joint, digit, ..] if digit.is_ascii_digit() && joins(joint));
    !goes_on_before && !goes_on_after
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn whole_numbers_and_cuttings() {
        let holds = |text: &str| {
            let start = text.find('[').expect("a mark");
            let plain = text.replace(['[', ']'], "");
            let end = text.find(']').expect("a mark") - 1;
            (CHECK.holds)(&Candidate { text: plain.as_bytes(), start, end, is_field: false })
        };
        assert!(holds("call [612 345 678], ok") && holds("[612345678]") && holds("at 12, [612345678] now"));
        assert!(!holds("83 [706 524 102]") && !holds("[612 345 678] 90"));
    }
}
