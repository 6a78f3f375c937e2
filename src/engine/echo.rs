//! Where does a value that is masked stand again, in the same conversation?
//!
//! `KD-204417` was said after "my customer number is", or stood in the column that holds it: no rule would name it
//! where it is read back without a word around it, nor in `{"ref": "KD-204417"}`. Each value with a digit is known by
//! what stands from there on; at each run of digits of the conversation it is looked for, and then the whole value held
//! against the text. That costs a look-up or three for each run of digits, and nothing where no value is masked.
//!
//! Names are remembered by the names' own memory, and whatever is said in other words by the conversation's.

use super::{Engine, Worker};
use crate::detect::Stitched;
use crate::format::{Chunk, Conversation};
use crate::limits;
use crate::model::{Entity, Finding, PERSON, Role, Segment, Span, ValueId};
use crate::policy::Action;

/// Letters and digits that a value has which can be nothing else, a digit among them.
const TELLING: usize = 5;
/// Digits that one has which is nothing but digits: fewer are also an amount, or a year and a month.
const TELLING_DIGITS: usize = 6;

/// How sure an echo is, in hundredths.
const SCORE: u8 = 90;

/// Bytes from the first digit on by which a value is known: enough to tell one mobile number from the next.
const KEY: usize = 12;

/// Values that begin alike and are held against one place; more are an attack.
const ALIKE: usize = 64;

/// Values that are put in their place one by one, where the others are sorted.
const FEW: usize = 16;

/// Values of a conversation that were masked.
#[derive(Default)]
pub(super) struct Told {
    text: Vec<u8>,
    /// In order, as far as they are settled.
    values: Vec<Value>,
    settled: usize,
    /// Lengths of their keys, a bit each.
    lengths: u32,
    /// Whether a column says of one of them what it is.
    has_cells: bool,
    /// Whether there is room for no more.
    is_full: bool,
}

/// One of them.
struct Value {
    /// Hash of what stands from its first digit on: what they are sorted by.
    key: u64,
    /// Where it is in [`Told::text`].
    at: usize,
    length: usize,
    /// Bytes before its first digit.
    before: usize,
    finding: Finding,
    /// Whether its column says what it is: then it is called so everywhere.
    is_cell: bool,
}

impl Told {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.values.clear();
        self.settled = 0;
        (self.lengths, self.has_cells, self.is_full) = (0, false, false);
    }

    fn value(&self, value: &Value) -> &[u8] {
        &self.text[value.at..value.at + value.length]
    }

    fn note(&mut self, value: &[u8], finding: Finding, is_cell: bool) {
        let Some(before) = value.iter().position(u8::is_ascii_digit) else { return };
        let key = hash(&value[before..(before + KEY).min(value.len())]);
        // What is masked record by record says the same values again and again.
        if let Ok(at) = self.place(key, value) {
            let known = &mut self.values[at];
            if is_cell && !known.is_cell {
                (known.finding, known.is_cell) = (finding, true);
                self.has_cells = true;
            }
            return;
        }
        if self.values.len() >= 2 * limits::VALUES_REMEMBERED {
            self.settle();
            self.is_full = self.values.len() >= limits::VALUES_REMEMBERED;
        }
        if self.is_full {
            return;
        }
        let at = self.text.len();
        self.text.extend_from_slice(value);
        self.lengths |= 1 << (value.len() - before).min(KEY);
        self.has_cells |= is_cell;
        self.values.push(Value { key, at, length: value.len(), before, finding, is_cell });
    }

    /// Where a value stands among those that are settled, or would stand.
    fn place(&self, key: u64, value: &[u8]) -> Result<usize, usize> {
        self.values[..self.settled]
            .binary_search_by(|known| (known.key, self.value(known)).cmp(&(key, value)))
    }

    /// Sorts the values, each once.
    fn settle(&mut self) {
        if self.values.len() - self.settled <= FEW && self.settled > 0 {
            for at in self.settled..self.values.len() {
                let Value { key, finding, is_cell, .. } = self.values[at];
                match self.place(key, self.value(&self.values[at])) {
                    Ok(known) if is_cell => {
                        (self.values[known].finding, self.values[known].is_cell) = (finding, true);
                    }
                    Ok(_) => {}
                    Err(place) => {
                        self.values[place..=at].rotate_right(1);
                        self.settled += 1;
                    }
                }
            }
            self.values.truncate(self.settled);
            return;
        }
        let Told { text, values, .. } = self;
        let of = |value: &Value| &text[value.at..value.at + value.length];
        values.sort_by(|a, b| (a.key, of(a), !a.is_cell).cmp(&(b.key, of(b), !b.is_cell)));
        values.dedup_by(|a, b| of(a) == of(b));
        self.settled = values.len();
    }

    /// The longest value whose first digit is that at `at` of `text`, with the place where it begins.
    fn at(&self, text: &[u8], at: usize) -> Option<(usize, &Value)> {
        let of_length = |length: usize| {
            let key = text.get(at..at + length).map(hash)?;
            let first = self.values.partition_point(|value| value.key < key);
            self.values[first..]
                .iter()
                .take_while(|value| value.key == key)
                .take(ALIKE)
                .filter_map(|value| {
                    let start = at.checked_sub(value.before)?;
                    let is_here = text[start..].starts_with(self.value(value))
                        && !start.checked_sub(1).is_some_and(|before| joins(text[before]))
                        && !text.get(start + value.length).copied().is_some_and(joins);
                    is_here.then_some((start, value))
                })
                .max_by_key(|(_, value)| value.length)
        };
        let lengths = (1..=KEY).filter(|length| self.lengths >> length & 1 == 1);
        lengths.filter_map(of_length).max_by_key(|(_, value)| value.length)
    }
}

impl Engine {
    /// Notes what is masked in the conversation so far and would be known again.
    pub(super) fn note_values(&self, chunk: &Chunk, conversation: &Conversation, worker: &mut Worker) {
        let Worker { masked, told, .. } = worker;
        for located in masked.iter() {
            let value = located.span.of(chunk.text.bytes);
            let role = conversation.segments[located.segment as usize].role;
            // A column says what its cells are, whatever they look like.
            let is_cell = matches!(role, Role::Whole(_));
            if self.is_telling(located.finding.entity, is_cell, value) {
                told.note(value, located.finding, is_cell);
            }
        }
        told.settle();
    }

    /// Appends the places in records from `from` on that repeat a value to `out`: those in copies of the turns, or all
    /// others.
    pub(super) fn echoes(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        (from, in_copies): (usize, bool),
        worker: &Worker,
        out: &mut Vec<Stitched>,
    ) {
        let Worker { masked, told, .. } = worker;
        if told.values.is_empty() {
            return;
        }
        let is_aside = |index: usize| conversation.shown.aside(index as u32).is_some();
        // As turns were noted.
        let (mut turn, mut next) = (0, 0);
        for (index, segment) in conversation.segments.iter().enumerate() {
            if (segment.record as usize) < from || segment.span.is_empty() {
                continue;
            }
            let is_turn = segment.role == Role::Text && !is_aside(index);
            let is_read = segment.role.is_read() || matches!(segment.role, Role::Key | Role::Number);
            if is_read && is_aside(index) == in_copies {
                let text = segment.span.of(chunk.text.bytes);
                let (start, end) = (segment.span.start as usize, segment.span.end as usize);
                let mut done = start;
                chunk.text.each_anchor(
                    start,
                    end,
                    |m| m.digit,
                    |_| 0,
                    |at| {
                        next += masked[next..].partition_point(|old| old.span.end as usize <= at);
                        if at < done {
                            return;
                        }
                        let is_masked = masked.get(next).is_some_and(|old| old.span.start as usize <= at);
                        if is_masked && !told.has_cells {
                            return;
                        }
                        let old = masked.get(next).filter(|_| is_masked);
                        if let Some((first, value)) = told.at(text, at - start)
                            && is_whole_number(segment, value.length)
                            && old
                                .is_none_or(|old| value.is_cell && old.finding.entity != value.finding.entity)
                        {
                            let span = Span::new(start + first, start + first + value.length);
                            done = span.end as usize;
                            let finding =
                                Finding { span, score: SCORE, value: ValueId::OWN, ..value.finding };
                            out.push(Stitched { segment: index as u32, span, finding, turn });
                        }
                    },
                );
            }
            turn += usize::from(is_turn);
        }
    }

    /// Whether a masked value can be nothing else than what it is, and is masked in a text too.
    fn is_telling(&self, entity: Entity, is_cell: bool, value: &[u8]) -> bool {
        let signs = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
        entity != PERSON
            && matches!(self.policy.action(entity), Action::Mask(_))
            && signs >= TELLING
            && digits > 0
            && (is_cell || digits < signs || digits >= TELLING_DIGITS)
    }
}

/// Whether a value of that length is all of a bare number. In text anything goes.
fn is_whole_number(segment: &Segment, length: usize) -> bool {
    segment.role != Role::Number || length == segment.span.len() && length >= TELLING_DIGITS
}

fn joins(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80 || b == b'_'
}

fn hash(text: &[u8]) -> u64 {
    text.iter()
        .fold(0, |hash: u64, &b| (hash.rotate_left(7) ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(told: &mut Told, value: &str) {
        let finding =
            Finding { span: Span::new(0, 1), entity: PERSON, rule: 0, score: 50, value: ValueId::OWN };
        told.note(value.as_bytes(), finding, false);
    }

    fn told(values: &[&str]) -> Told {
        let mut told = Told::default();
        values.iter().for_each(|value| note(&mut told, value));
        told.settle();
        told
    }

    #[test]
    fn values_that_come_one_by_one_are_those_that_come_at_once() {
        let of = |number: usize| format!("KD-{:05}", number * 7919 % 300);
        let values: Vec<String> = (0..2_000).map(of).collect();
        let at_once = told(&values.iter().map(String::as_str).collect::<Vec<_>>());
        for step in [1, 3, 40] {
            let mut told = Told::default();
            for some in values.chunks(step) {
                some.iter().for_each(|value| note(&mut told, value));
                told.settle();
            }
            let list = |told: &Told| -> Vec<Vec<u8>> {
                told.values.iter().map(|v| told.value(v).to_vec()).collect()
            };
            assert_eq!(list(&told), list(&at_once));
            assert!(told.text.len() <= 2 * at_once.text.len(), "what is known already takes no room");
        }
    }

    #[test]
    fn the_longest_value_is_known_where_it_stands_alone() {
        let told = told(&["KD-204417", "204417", "204417", "KD-204417-B", "no digit"]);
        assert_eq!(told.values.len(), 3);
        let at = |text: &str| {
            let digits = text.find(|c: char| c.is_ascii_digit()).expect("a digit");
            told.at(text.as_bytes(), digits)
                .map(|(start, value)| text[start..start + value.length].to_owned())
        };
        assert_eq!(at("see KD-204417, yes"), Some("KD-204417".to_owned()));
        assert_eq!(at("see KD-204417-B"), Some("KD-204417-B".to_owned()));
        assert_eq!(at("see 204417."), Some("204417".to_owned()));
        assert_eq!(at("see XKD-204417"), Some("204417".to_owned()));
        assert_eq!(at("see 204417x"), None);
        assert_eq!(at("see 2044171"), None);
    }
}
