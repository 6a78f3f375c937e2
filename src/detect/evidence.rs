//! Where may something be said aloud?
//!
//! Known words of numbers and letters, letters that stand alone, and digits with words between are evidence. Where two
//! pieces of it stand together the text is listened to, and in short answers to a question. Everything else costs
//! nothing.

use super::conversation::is_set;
use super::spoken::{Said, Spoken};
use super::{Place, Ruleset, Scratch};
use crate::limits;
use crate::model::{Finding, Role};
use crate::view::spoken::lexicon::{Lexicon, MONTH};

/// Entities whose values people are asked for and spell.
pub(super) const CODES: [&str; 8] = [
    "VEHICLE_PLATE",
    "PASSPORT",
    "NATIONAL_ID",
    "TAX_ID",
    "DRIVING_LICENCE",
    "REFERENCE",
    "HEALTH_ID",
    "IBAN",
];
/// Bytes around evidence that are listened to: what is said may begin and end with other words than those.
const HEARD_BEFORE: usize = 48;
const HEARD_BEHIND: usize = 64;
/// Bytes within which two pieces of evidence belong together.
const TOGETHER: u32 = 18;
/// Bytes of an answer that is too short to hold evidence, and of one in which a word is enough.
pub(super) const TINY: usize = 8;
const SHORT_ANSWER: usize = 64;
/// Bytes of a turn whose digits may go on in the next one; the first of them is shorter.
const TURN: usize = 400;
const FIRST_TURN: usize = 100;
/// Bytes of an answer that may be all letters or digits, and words of one that is a name.
const LONGEST_ANSWER: usize = 120;
const LONGEST_NAME: usize = 60;

impl Ruleset {
    /// Whether a number was asked for, or a piece of one was said a few turns ago.
    pub(super) fn expects_a_number(&self, scratch: &Scratch) -> bool {
        self.stitches && (scratch.talk.is_counting() || scratch.surroundings.has_any(&self.digit_groups))
    }

    /// Whether the turn before asked for a number or code.
    pub(super) fn asked_for_number(&self, place: &Place, scratch: &Scratch) -> bool {
        place.role == Role::Text
            && scratch.surroundings.before.iter().any(|group| is_set(&self.code_groups, *group))
    }

    /// Whether the text is short and answers a question for letters, a name or a day.
    pub(super) fn is_answer(&self, spoken: &Spoken, place: &Place, scratch: &Scratch) -> bool {
        let before = &scratch.surroundings.before;
        let asked =
            [spoken.spelling, spoken.postcode, spoken.birth].iter().any(|group| before.contains(group));
        let length = place.end - place.start;
        place.role == Role::Text
            && (asked && length <= LONGEST_ANSWER || scratch.asked_name[0] && length <= LONGEST_NAME)
            && place.text.any(place.start, place.end, |m| m.letter | m.digit)
    }

    /// Where in the text something may be said: around evidence that does not stand alone.
    pub(super) fn windows(&self, place: &Place, scratch: &Scratch, said: &mut Said) {
        let Said { evidence, windows, loud, .. } = said;
        windows.clear();
        loud.clear();
        evidence.clear();
        // `la targa?` – `elle pi erre`. The question stands there in a second run as well.
        if place.end - place.start <= SHORT_ANSWER && self.asked_for_number(place, scratch) {
            windows.push((place.start, place.end));
            loud.push((place.start, place.end));
            return;
        }
        for hit in &scratch.hits {
            match self.words.spoken(*hit) {
                0 => {}
                weight => evidence.push((hit.start, hit.end, Evidence::Word(weight))),
            }
        }
        letters_alone(place, self.lexicon(), evidence);
        let text = place.text;
        if !evidence.is_empty() || scratch.anchors.len() > usize::from(!self.stitches) {
            for &at in &scratch.anchors {
                if text.bytes[at as usize].is_ascii_digit() {
                    let end = text.next(at as usize, place.end, |m| !m.digit).unwrap_or(place.end);
                    evidence.push((at, end as u32, Evidence::Digits));
                }
            }
        }
        evidence.sort_unstable();
        let together = |a: &(u32, u32, Evidence), b: &(u32, u32, Evidence)| {
            let gap = b.0.saturating_sub(a.1);
            match (a.2, b.2) {
                // Written as anybody writes it.
                (Evidence::Word(MONTH), Evidence::Digits) | (Evidence::Digits, Evidence::Word(MONTH)) => {
                    false
                }
                (Evidence::Digits, Evidence::Digits) => {
                    gap < TOGETHER / 2 && text.any(a.1 as usize, b.0 as usize, |m| m.letter)
                }
                _ => gap < TOGETHER,
            }
        };
        // In a short answer a word may be a piece of a value, and so may digits anywhere.
        let is_short = place.end - place.start <= SHORT_ANSWER && self.expects_a_number(scratch);
        let longest = if scratch.talk.is_counting() { TURN } else { FIRST_TURN };
        let is_turn = self.stitches && place.role == Role::Text && place.end - place.start <= longest;
        for (at, piece) in evidence.iter().enumerate() {
            let stands = piece.2 == Evidence::Word(2)
                || at > 0 && together(&evidence[at - 1], piece)
                || evidence.get(at + 1).is_some_and(|next| together(piece, next));
            if stands {
                let from = piece.0.saturating_sub(HEARD_BEFORE as u32);
                loud.push((from as usize, piece.1 as usize + HEARD_BEHIND));
            }
            let may_be_piece = is_short
                || is_turn && piece.2 == Evidence::Digits && is_open_number(place, piece, &scratch.findings);
            if !stands && !may_be_piece {
                continue;
            }
            let from = (piece.0 as usize).saturating_sub(HEARD_BEFORE).max(place.start);
            let to = (piece.1 as usize + HEARD_BEHIND).min(place.end);
            let end = windows.last().map_or(place.start, |last| last.1);
            match windows.last_mut() {
                Some(last) if from <= end && to - last.0 <= limits::SPOKEN_BYTES => last.1 = end.max(to),
                _ => windows.push((from.max(end), to.max(end))),
            }
        }
        let mut last = place.start;
        for (from, to) in windows.iter_mut() {
            (*from, *to) = (blank_from(place, *from).max(last), blank_from(place, *to));
            (*to, last) = ((*to).max(*from), (*to).max(*from));
        }
    }
}

/// What makes a text worth listening to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// A word of numbers or letters, with its weight.
    Word(u8),
    /// Digits.
    Digits,
}

/// Letters that stand alone beside another one, or with a word for them behind (`B for Bertie`). Elided ones (`d'`)
/// and pairs of vowels, which are words (`y a`), are none.
fn letters_alone(place: &Place, lexicon: &Lexicon, evidence: &mut Vec<(u32, u32, Evidence)>) {
    let bytes = &place.text.bytes[..place.end];
    let is_word = |at: usize| place.text.is_word(at);
    let mut before: Option<usize> = None;
    place.text.each_anchor(
        place.start,
        place.end,
        |m| m.letter,
        |_| 0,
        |at| {
            if at + 1 < bytes.len() && is_word(at + 1) || at > place.start && is_word(at - 1) {
                return;
            }
            let is_elided = bytes[at + 1..].starts_with(b"'") || bytes[at + 1..].starts_with("’".as_bytes());
            if is_elided {
                return;
            }
            let is_vowel = |at: usize| b"aeiouyAEIOUY".contains(&bytes[at]);
            if let Some(first) = before.filter(|&first| at - first <= 4 && !(is_vowel(first) && is_vowel(at)))
            {
                evidence.push((first as u32, at as u32 + 1, Evidence::Word(2)));
            }
            if let Some(end) = word_for(bytes, at, lexicon) {
                evidence.push((at as u32, end as u32, Evidence::Word(2)));
            }
            before = Some(at);
        },
    );
}

/// Where a word for the letter at `at` ends: one that begins with it, behind `for` or its like.
fn word_for(bytes: &[u8], at: usize, lexicon: &Lexicon) -> Option<usize> {
    let rest = bytes[at + 1..].strip_prefix(b" ")?;
    let tie = rest.iter().take(8).position(|&b| b == b' ')?;
    let word = rest[tie + 1..].first()?;
    (word.eq_ignore_ascii_case(&bytes[at]) && lexicon.is_for(&rest[..tie])).then_some(at + tie + 4)
}

/// Whether digits are two at least, no amount, and no part of what rules found.
fn is_open_number(place: &Place, piece: &(u32, u32, Evidence), findings: &[Finding]) -> bool {
    let (start, end) = (piece.0 as usize, piece.1 as usize);
    let bytes = &place.text.bytes[..place.end];
    let is_fraction = |sign: usize, digit: usize| {
        matches!(bytes.get(sign), Some(b'.' | b',')) && bytes.get(digit).is_some_and(u8::is_ascii_digit)
    };
    let is_priced = matches!(bytes[place.start..start].last(), Some(b'$' | 0xA3 | 0xAC))
        || bytes[end..].trim_ascii_start().starts_with("€".as_bytes())
        || bytes.get(end) == Some(&b'%')
        || is_fraction(end, end + 1)
        || start >= place.start + 2 && is_fraction(start - 1, start - 2);
    end - start > 1
        && !is_priced
        && !findings.iter().any(|finding| finding.span.start <= piece.0 && piece.1 <= finding.span.end)
}

/// The first blank at or behind `at`, near by, or the end of the text: no word is cut there.
pub(super) fn blank_from(place: &Place, mut at: usize) -> usize {
    if at == place.start {
        return at;
    }
    while at < place.end && (place.text.bytes[at] != b' ') {
        at += 1;
    }
    at
}
