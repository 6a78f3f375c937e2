//! Is a run of digits an identifier, or an amount, a date, a time, a measure?
//!
//! The catch-all rule asks this of every run of seven or more digits that no other rule names. What is
//! let through here stays readable, so the exceptions are shapes that a number of a person hardly has.

use super::date::is_date;
use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "identifier",
    about: "no amount (currency sign, decimals, thousands), no date or time stamp, no range of years, no UUID",
    holds,
};

const GROUPS: usize = 24;

fn holds(candidate: &Candidate) -> bool {
    candidate.digits().len() >= 7 && !is_quantity(candidate)
}

/// Whether the match is an amount, a date, a time or part of a UUID.
pub(super) fn is_quantity(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let mut groups = [(0u32, 0usize); GROUPS];
    let mut count = 0;
    let mut separators = [0u8; GROUPS];
    let mut at = 0;
    while at < value.len() {
        if value[at].is_ascii_digit() {
            let length = value[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if count == GROUPS {
                return false;
            }
            let number =
                value[at..at + length].iter().take(9).fold(0u32, |v, b| v * 10 + u32::from(b - b'0'));
            groups[count] = (number, length);
            count += 1;
            at += length;
        } else {
            if count > 0 {
                separators[count - 1] = value[at];
            }
            at += 1;
        }
    }
    let (groups, separators) = (&groups[..count], &separators[..count.saturating_sub(1)]);
    is_amount(candidate, groups, separators) || is_time(candidate, groups, separators) || in_uuid(candidate)
}

/// A currency sign beside it, decimals behind it, or thousands set apart by anything but a space. With
/// spaces it takes a currency: `123 456 789` is as likely somebody's number.
fn is_amount(candidate: &Candidate, groups: &[(u32, usize)], separators: &[u8]) -> bool {
    let text = candidate.text;
    let before = text[..candidate.start].trim_ascii_end();
    let after = text[candidate.end..].trim_ascii_start();
    let signs = ["€", "$", "£", "¥", "%", "CHF", "EUR", "USD", "GBP"];
    if signs.iter().any(|sign| before.ends_with(sign.as_bytes()) || after.starts_with(sign.as_bytes())) {
        return true;
    }
    let ending = text[candidate.end..].first_chunk::<3>();
    let has_decimals =
        matches!(ending, Some([b',' | b'.', a, b]) if a.is_ascii_digit() && b.is_ascii_digit());
    let thousands = groups.len() > 1
        && groups[0].1 <= 3
        && groups[1..].iter().all(|&(_, length)| length == 3)
        && separators.iter().all(|&s| s == separators[0] && !s.is_ascii_alphabetic());
    let zeros =
        candidate.value().iter().rev().filter(|b| b.is_ascii_digit()).take_while(|&&b| b == b'0').count();
    match groups {
        // 3.14159265
        [(_, 1..=3), (_, 6..)] if separators[0] == b'.' => true,
        // A million, and what is as round.
        _ if zeros >= 5 || zeros >= 3 && thousands => true,
        // 1234567.89: one long group and two decimals.
        [(_, 4..=10), (_, 2)] if separators[0] == b'.' => true,
        _ if thousands => {
            separators[0] != b' ' && separators[0] != b'-' && separators[0] != b'/' || has_decimals
        }
        _ => false,
    }
}

/// A date alone or with a time, or years.
fn is_time(candidate: &Candidate, groups: &[(u32, usize)], separators: &[u8]) -> bool {
    let year = |&(value, length): &(u32, usize)| length == 4 && (1900..2100).contains(&value);
    if groups.iter().all(year) {
        return true;
    }
    let dated = separators.len() >= 2
        && separators[0] == separators[1]
        && (matches!(separators[0], b'-' | b'/' | b'.') || groups.len() == 3 && year(&groups[2]));
    if groups.len() >= 3 && dated && is_date(&groups[..3]) {
        // What follows the date may be a time (`2026-11-22 14`), not another identifier.
        return groups[3..].iter().all(|&(value, length)| length <= 2 && value < 60);
    }
    // The date stood before: `22/11/2026 14:05` splits at the colon; `T14:05:33.123456Z` keeps decimals.
    let text = candidate.text;
    candidate.start >= 2 && text[candidate.start - 1] == b':' && text[candidate.start - 2].is_ascii_digit()
}

/// Whether the match lies in a UUID: 8-4-4-4-12 hexadecimal digits.
fn in_uuid(candidate: &Candidate) -> bool {
    let text = candidate.text;
    let part = |b: &u8| b.is_ascii_hexdigit() || *b == b'-';
    let start =
        candidate.start - text[..candidate.start].iter().rev().take(36).take_while(|b| part(b)).count();
    let Some(uuid) = text.get(start..start + 36) else { return false };
    uuid.iter()
        .enumerate()
        .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
        && !text.get(start + 36).is_some_and(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> bool {
        let start = text.find(|c: char| c.is_ascii_digit()).expect("an example has digits");
        let end = start + text[start..].rfind(|c: char| c.is_ascii_digit()).expect("digits") + 1;
        holds(&Candidate { text: text.as_bytes(), start, end, is_field: false })
    }

    #[test]
    fn identifiers() {
        for yes in
            ["1234567", "12 34 56 78", "123 456 789", "4111-1111-1111-1112", "ref 00012345", "6011.2233.44"]
        {
            assert!(check(yes), "{yes}");
        }
    }

    #[test]
    fn amounts_dates_times_and_keys() {
        for no in [
            "1 234 567 €",
            "€ 1234567",
            "1.234.567",
            "1,234,567",
            "1234567.89",
            "12/03/1980",
            "2026-11-22",
            "2026-11-22 14",
            "2024 2025",
            "2020-2025",
            "123 456",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            assert!(!check(no), "{no}");
        }
    }
}
