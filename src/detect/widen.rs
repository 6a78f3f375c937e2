//! Where does the token begin and end that a value stands in?
//!
//! A rule knows the digits of a number that somebody made up for his customers, and seldom all of its letters: of
//! `H-0447 1829-03`, `24/SB/00918` and `PZ 700 18 442` it finds a part. What hangs on that part by a sign, in capitals
//! and digits, is the same number; so is a short group of capitals before it.
//!
//! It costs a look at the bytes beside each finding.

use super::{Place, Ruleset, Scratch};
use crate::model::Span;

/// Entities whose values have no form of their own.
pub(super) const FORMLESS: [&str; 3] = ["REFERENCE", "NUMBER", "PHONE"];
/// Most bytes that hang on a value.
const HANGING: usize = 12;
/// Most bytes of a group before it.
const GROUP: usize = 5;
/// Bytes before that group in which a letter tells whether all is in capitals.
const NEAR: usize = 32;

impl Ruleset {
    /// Widens what was found to the tokens it stands in.
    pub(super) fn widen(&self, place: &Place, scratch: &mut Scratch) {
        let phone = self.entities.find("PHONE");
        let Scratch { findings, surroundings, .. } = scratch;
        for finding in findings.iter_mut().filter(|finding| self.formless.contains(&finding.entity)) {
            let bytes = &place.text.bytes[..place.end];
            let (start, end) = (finding.span.start as usize, finding.span.end as usize);
            let mut from = start - hanging(bytes[place.start..start].iter().rev());
            let to = end + hanging(bytes[end..].iter());
            if Some(finding.entity) != phone
                && let Some(group) = group_before(&bytes[place.start..from])
            {
                // `CUPS` announces the value.
                let at = (from - group) as u32;
                let next = surroundings.own.partition_point(|cue| cue.span().start < at);
                let is_cue = surroundings.own.get(next).is_some_and(|cue| cue.span().start == at);
                from -= if is_cue { 0 } else { group };
            }
            finding.span = Span::new(from, to);
        }
    }
}

/// How many of the bytes, which lead away from a value, hang on it: capitals and digits, and signs between them.
fn hanging<'a>(away: impl Iterator<Item = &'a u8>) -> usize {
    let (mut length, mut last) = (0, 0);
    for (at, &byte) in away.enumerate() {
        let is_sign = b"-/_".contains(&byte);
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' => last = at + 1,
            _ if is_sign && last == at => {}
            // A word, or a sign that says something else.
            b'a'..=b'z' | b'@' | 0x80.. => return 0,
            _ => break,
        }
        length = at + 1;
        if length > HANGING {
            return 0;
        }
    }
    if length > 0 { last } else { 0 }
}

/// The length of a group of capitals, perhaps with digits, that one blank parts from a value, with that blank. Where the
/// word before is in capitals as well everything is.
fn group_before(before: &[u8]) -> Option<usize> {
    let rest = before.strip_suffix(b" ")?;
    let length = rest
        .iter()
        .rev()
        .take(GROUP + 1)
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        .count();
    let outside = rest[..rest.len() - length].last();
    let stands_alone = outside.is_none_or(|b| b.is_ascii_whitespace() || *b == b':');
    let has_letter = rest[rest.len() - length..].iter().any(u8::is_ascii_uppercase);
    let last = rest[..rest.len() - length].iter().rev().take(NEAR).find(|b| b.is_ascii_alphabetic());
    let is_shouted = last.is_none_or(u8::is_ascii_uppercase);
    ((1..=GROUP).contains(&length) && has_letter && stands_alone && !is_shouted).then_some(length + 1)
}

#[cfg(test)]
mod tests {
    use super::{group_before, hanging};

    #[test]
    fn what_hangs_on_a_value() {
        let before = |text: &str| hanging(text.as_bytes().iter().rev());
        assert_eq!(before("nr H-"), 2);
        assert_eq!(before("24/SB/"), 6);
        assert_eq!(before("nr 2024S"), 5);
        assert_eq!(before("Rechnung-"), 0);
        assert_eq!(before("tel "), 0);
        assert_eq!(before("VERY-LONG-WORDS-"), 0);
        assert_eq!(before("a_"), 0);
        let behind = |text: &str| hanging(text.as_bytes().iter());
        assert_eq!(behind("-AB, ok"), 3);
        assert_eq!(behind("-fach"), 0);
        assert_eq!(behind("- 12"), 0);
        assert_eq!(behind("/-"), 0);
    }

    #[test]
    fn what_stands_before_it() {
        assert_eq!(group_before(b"nr. PZ "), Some(3));
        assert_eq!(group_before("Z\u{e4}hler 7GMT ".as_bytes()), Some(5));
        assert_eq!(group_before(b"MEIN KONTO IST "), None);
        assert_eq!(group_before(b"nr "), None);
        assert_eq!(group_before(b"im Jahr 2021 "), None);
    }
}
