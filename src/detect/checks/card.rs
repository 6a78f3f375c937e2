//! Payment cards: length by scheme and the Luhn sum.

use super::luhn::luhn;
use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "card",
    about: "issuer prefix and length by scheme, Luhn sum (ISO/IEC 7812-1, annex B)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let digits = candidate.digits();
    scheme_allows(&digits) && luhn(&digits) && !is_cut_out(candidate)
}

/// Whether a group of as many digits as the first one stands right before, or as the last one right behind:
/// then the match is cut out of a longer number, and one cutting in ten has a right sum by chance.
fn is_cut_out(candidate: &Candidate) -> bool {
    let run = |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|b| b.is_ascii_digit()).count();
    let joins = |b: Option<&u8>| b.is_some_and(|b| b" -./".contains(b));
    let (before, after) = (&candidate.text[..candidate.start], &candidate.text[candidate.end..]);
    let (first, last) = (run(&mut candidate.value().iter()), run(&mut candidate.value().iter().rev()));
    joins(before.last()) && first > 2 && run(&mut before[..before.len() - 1].iter().rev()) == first
        || joins(after.first()) && last > 3 && run(&mut after[1..].iter()) == last
}

/// Whether a scheme issues cards with these first digits and this length.
fn scheme_allows(digits: &[u8]) -> bool {
    let Some(prefix) = digits.get(..4) else { return false };
    let prefix = prefix.iter().fold(0u32, |value, &d| value * 10 + u32::from(d));
    match (prefix, digits.len()) {
        (4000..=4999, 13 | 16 | 19)                          // Visa
        | (5100..=5599 | 2221..=2720, 16)                    // Mastercard
        | (3400..=3499 | 3700..=3799, 15)                    // American Express
        | (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14..=19) // Diners
        | (6011 | 6440..=6599 | 6221..=6229, 16..=19)        // Discover
        | (3528..=3589, 16..=19)                             // JCB
        | (6200..=6299 | 8100..=8199, 16..=19)               // UnionPay, RuPay
        | (5000..=5099 | 5600..=5899 | 6000..=6099 | 6300..=6399 | 6700..=6799 | 6900..=6999, 12..=19) // Maestro, RuPay
        | (2200..=2204, 16..=19)                             // Mir
        => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn cards_by_scheme() {
        for good in [
            "4111 1111 1111 1111",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "30569309025904",
            "6011111111111117",
            "3530111333300000",
            "6304000000000000",
        ] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in [
            "4111 1111 1111 1112",
            "0000 0000 0000 0000",
            "1234567890123452",
            "41111111111111",
            "3782822463100050",
        ] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
