//! Numeric dates that a person can be born on.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "birth_date",
    about: "day and month exist in one of the orders in use, year 1900 to 2099 or two digits",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let mut groups = [(0u32, 0usize); 3];
    let mut count = 0;
    for group in candidate.value().split(|b| !b.is_ascii_digit()).filter(|group| !group.is_empty()) {
        if count == 3 {
            return false;
        }
        groups[count] = (group.iter().fold(0, |v, b| v * 10 + u32::from(b - b'0')), group.len());
        count += 1;
    }
    is_date(&groups[..count]) && !goes_on(candidate)
}

/// Whether more pairs of digits follow, as in a telephone number.
fn goes_on(candidate: &Candidate) -> bool {
    matches!(candidate.text[candidate.end..], [b' ' | b'.' | b'-' | b'/', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

/// Whether three groups of digits (value, length) are day, month and year in some order, or one group of
/// six or eight digits is.
pub(super) fn is_date(groups: &[(u32, usize)]) -> bool {
    let day_month = |a: u32, b: u32| (1..=31).contains(&a) && (1..=12).contains(&b);
    let either = |a: u32, b: u32| day_month(a, b) || day_month(b, a);
    let year = |value: u32, length: usize| length == 2 || length == 4 && (1900..2100).contains(&value);
    match groups {
        [(a, 1..=2), (b, 1..=2), (c, length)] => either(*a, *b) && year(*c, *length),
        [(a, 4), (b, 1..=2), (c, 1..=2)] => year(*a, 4) && day_month(*c, *b),
        [(v, 8)] => {
            either(v / 1_000_000, v / 10_000 % 100) && year(v % 10_000, 4)
                || year(v / 10_000, 4) && day_month(v % 100, v / 100 % 100)
        }
        [(v, 6)] => either(v / 10_000, v / 100 % 100),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn orders_in_use() {
        for good in ["12/03/1980", "3.12.80", "1980-03-12", "12 03 1980", "12031980", "03/31/1975"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["32/01/1980", "13/13/1980", "12/03/1880", "1980-31-12", "12/03"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
