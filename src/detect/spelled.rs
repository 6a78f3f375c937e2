//! When do letters or digits that are said one by one mean somebody?
//!
//! Nobody spells a word that anybody knows, nor says digit by digit how many: letters are a name or a reference, digits a
//! code. The shorter they are, the more the words around them must say so.

use super::context::{self, Near};
use super::names::spelling::fold_hash;
use super::spoken::{BEFORE, SHORTEST, Said, Spoken};
use super::{Place, Ruleset, Scratch};
use crate::model::{Entity, Finding, PERSON, Role, SPELLED};
use crate::view::spoken::Saying;

/// Digits said one by one that are a code, and so where nothing else is said.
const DICTATED: usize = 6;
const DICTATED_ALONE: usize = 4;

/// What has a number of letters and digits that is nobody's.
const FLIGHTS: [&[u8]; 8] = [b"vol", b"flug", b"flight", b"volo", b"vuelo", b"modelo", b"modello", b"model"];

impl Ruleset {
    /// Letters that are spelled, and nothing else: a name when one was asked for, or when its word stands near.
    pub(super) fn spelled(
        &self,
        spoken: &Spoken,
        place: &Place,
        saying: &Saying,
        scratch: &mut Scratch,
        said: &mut Said,
    ) -> Option<Finding> {
        let Said { listener, cues, .. } = said;
        let written = listener.written(saying);
        let letters = written.chars().filter(|c| c.is_alphabetic()).count();
        let digits = written.chars().count() - letters;
        let small = written.to_lowercase();
        let (start, end) = (saying.span.start as usize, saying.span.end as usize);
        let is_near = |word: &[u8]| self.stands_near(place, (start, end), word);
        // They stand where the text has them, not where they are heard.
        std::mem::swap(&mut scratch.surroundings.own, cues);
        let is_announced = |group: context::Group, within: u32| {
            scratch.surroundings.near(&self.words, group, within, (start, end), place.start) == Near::Yes
        };
        let is_asked = scratch.asked_name[0]
            || is_announced(spoken.spelling, 60)
            || digits == 0 && is_announced(spoken.naming, 30);
        std::mem::swap(&mut scratch.surroundings.own, cues);
        // `la targa?` – `effe gi`: asked for, and all that is said.
        let (head, tail) = listener.edges(saying, (place.start, place.end), &spoken.lexicon);
        let is_code = head && tail && letters + digits >= 2 && self.asked_for_number(place, scratch);
        let is_name = digits == 0
            && letters >= 3
            && (is_near(small.as_bytes()) || scratch.known_names.contains(&fold_hash(small.as_bytes())));
        let is_plain = self.spoken.as_ref().is_some_and(|spoken| spoken.lexicon.is_acronym(&small))
            || is_alphabet(&small);
        let score = if is_name {
            90
        } else if is_asked
            && letters + digits >= SHORTEST
            && saying.letters >= 2
            // `and your d o b`; somebody may be called so who says nothing else.
            && (!is_plain || head && tail)
        {
            80
        } else if is_code && !is_plain {
            70
        } else if !is_plain
            && (letters >= 5 || letters >= 2 && digits >= 2 && letters + digits >= 6)
            && is_written_out(&place.text.bytes[start..end], saying.letters)
            && !FLIGHTS.iter().any(|word| is_near(word))
        {
            60
        } else {
            return None;
        };
        let is_person = is_name || scratch.asked_name[0] && digits == 0;
        let entity: Entity = if is_person { PERSON } else { SPELLED };
        if is_person {
            self.learn(&small, scratch);
        }
        let value = scratch.values.note(small.as_bytes());
        Some(Finding { span: saying.span, entity, rule: spoken.spelled_rule, score, value })
    }

    /// Whether a word stands within a few words of the place.
    fn stands_near(&self, place: &Place, (start, end): (usize, usize), word: &[u8]) -> bool {
        let from = start.saturating_sub(BEFORE).max(place.start);
        let to = (end + BEFORE).min(place.end);
        let same = |part: &[u8]| part.len() == word.len() && part.eq_ignore_ascii_case(word);
        let parts = |range: &[u8]| range.split(|b| !b.is_ascii_alphanumeric() && *b < 0x80).any(same);
        parts(&place.text.bytes[from..start]) || parts(&place.text.bytes[end..to])
    }

    /// Whether digits are said one by one, as nobody says how many: a code, even where no word announces it. Fewer do
    /// where nothing else is said.
    pub(super) fn is_dictated(&self, place: &Place, saying: &Saying, said: &mut Said) -> bool {
        let Said { listener, groups, .. } = said;
        listener.groups(place.text.bytes, saying, groups);
        let written = listener.written(saying).as_bytes();
        let mut from = 0;
        let one_by_one = groups.iter().all(|&end| {
            let group = &written[std::mem::replace(&mut from, usize::from(end))..usize::from(end)];
            // `double four`
            group.iter().all(|digit| *digit == group[0])
        });
        let (head, tail) = listener.edges(saying, (place.start, place.end), self.lexicon());
        let least = if head && tail && place.role == Role::Text { DICTATED_ALONE } else { DICTATED };
        let goes_up = written.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let goes_down = written.windows(2).all(|pair| pair[0] == pair[1] + 1);
        // `rooms two oh four and two oh five`
        let are_two = listener.holds_and(saying, self.lexicon());
        one_by_one && written.len() >= least && !are_two && !goes_up && !goes_down && !is_counting(written)
    }
}

/// Whether letters and digits are written one by one, and not as measures and abbreviations: `14 h 30. Elle`, `2,5 mg x1`.
fn is_written_out(written: &[u8], letters: usize) -> bool {
    if !written.iter().any(u8::is_ascii_digit) {
        return true;
    }
    let ends = written.iter().any(|b| b",.;:".contains(b));
    let is_unit = |b: &u8| !b.is_ascii_alphabetic() || b"hgmxklHGMXKL".contains(b);
    letters >= 2 && !ends && !written.iter().all(is_unit)
}

/// Whether somebody counts: one, two, three.
pub(super) fn is_counting(written: &[u8]) -> bool {
    b"12345678910111213141516171819202122232425262728293031".starts_with(written)
        || b"0123456789101112131415".starts_with(written)
        || b"20191817161514131211109876543210".ends_with(written)
}

/// Whether the letters only follow each other in the alphabet.
fn is_alphabet(small: &str) -> bool {
    small.len() >= 3 && small.as_bytes().windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1))
}
