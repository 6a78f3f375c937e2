//! US social security numbers: areas, groups and serials that are never issued.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "us_ssn",
    about: "area not 000, 666 or 900-999, group not 00, serial not 0000 (SSA, RM 10201.035)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let digits = candidate.digits();
    if digits.len() != 9 {
        return false;
    }
    let number = |part: &[u8]| part.iter().fold(0u32, |value, &d| value * 10 + u32::from(d));
    let (area, group, serial) = (number(&digits[..3]), number(&digits[3..5]), number(&digits[5..]));
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn never_issued() {
        assert!(holds(&CHECK, "123-12-1204"));
        for bad in ["666-12-1234", "000-12-1234", "900-12-1234", "123-00-1234", "123-12-0000"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
