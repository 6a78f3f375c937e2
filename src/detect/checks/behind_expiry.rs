//! Does the expiry of a card stand before it?
//!
//! Three or four digits behind number and expiry are the card's code, whatever they are called: `4111 1111 1111 1111,
//! 04/28, 319`.

use super::behind_card::{is_behind_card, without_words};
use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "behind_expiry",
    about: "month and year behind twelve digits or more before it, and no sign of money behind it",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let rest = candidate.text[candidate.end..].trim_ascii_start();
    let is_money = ["€", "$", "£", "EUR", "CHF", "euro"].iter().any(|sign| rest.starts_with(sign.as_bytes()));
    let before = without_words(&candidate.text[..candidate.start]);
    let year = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let Some(month) = before.len().checked_sub(year + 1).map(|sign| &before[..sign]) else { return false };
    let is_sign = b"/.- ".contains(&before[month.len()]);
    !is_money
        && is_sign
        && (year == 2 || year == 4)
        && matches!(month, [.., b'0', b'1'..=b'9'] | [.., b'1', b'0'..=b'2'])
        && is_behind_card(&month[..month.len() - 2])
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn codes_and_amounts() {
        let holds = |text: &str| {
            let start = text.rfind("319").expect("it");
            (CHECK.holds)(&Candidate { text: text.as_bytes(), start, end: start + 3, is_field: false })
        };
        assert!(holds("4111 1111 1111 1111, 04/28, 319") && holds("4111111111111111 exp 04/2028 code 319."));
        assert!(!holds("4111 1111 1111 1111, 04/28, 319 €") && !holds("4111 1111 1111 1111, 319"));
        assert!(!holds("on 04/28, 319 people") && !holds("319"));
    }
}
