//! Where does a cell that is masked whole stand again, in the answers of its row?
//!
//! A number that no rule would name (`KD-204417`) is known by the column that holds it; who wrote the row may have
//! written it once more. Names are remembered anyway. Only the row is looked at: a value is its respondent's own.
//! Bare numbers and names of columns are left to the rules.

use memchr::memmem;

use super::{Engine, Worker};
use crate::detect::Stitched;
use crate::format::{Chunk, Conversation};
use crate::model::{Entity, Finding, Located, PERSON, Role, Segment, Span, ValueId};
use crate::policy::Action;

/// Signs that a value must have, a digit among them, to be told from a word or a score.
const TELLING: usize = 5;

/// How sure an echo is, in hundredths.
const SCORE: u8 = 90;

impl Engine {
    /// The places in cells of the records from `from` on that repeat a cell of their row.
    pub(super) fn echoes(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        from: usize,
        worker: &Worker,
    ) -> Vec<Stitched> {
        let segments = &conversation.segments;
        let is_whole = |segment: &Segment| matches!(segment.role, Role::Whole(_));
        let mut out = Vec::new();
        if !worker.masked.iter().any(|located| is_whole(&segments[located.segment as usize])) {
            return out;
        }
        let (mut index, mut turn) = (0, 0);
        for row in segments.chunk_by(|one, other| one.record == other.record) {
            let (first, first_turn) = (index, turn);
            index += row.len();
            if (row[0].record as usize) < from {
                continue;
            }
            // As turns were noted.
            let is_turn = |segment: &Segment| segment.role == Role::Text && !segment.span.is_empty();
            turn += row.iter().filter(|segment| is_turn(segment)).count();
            if !row.iter().any(is_whole) {
                continue;
            }
            let start = worker.masked.partition_point(|located| (located.segment as usize) < first);
            let values = worker.masked[start..]
                .iter()
                .take_while(|located| (located.segment as usize) < index)
                .filter(|located| is_whole(&segments[located.segment as usize]));
            for value in values.filter(|value| self.is_telling(value, chunk.text.bytes)) {
                let mut turn = first_turn;
                for (at, cell) in row.iter().enumerate() {
                    if matches!(cell.role, Role::Text | Role::Value) {
                        let found = places(value.span.of(chunk.text.bytes), cell.span, chunk.text.bytes);
                        out.extend(found.map(|span| Stitched {
                            segment: (first + at) as u32,
                            span,
                            finding: Finding { span, score: SCORE, value: ValueId::OWN, ..value.finding },
                            turn,
                        }));
                    }
                    turn += usize::from(is_turn(cell));
                }
            }
        }
        out
    }

    /// Whether a masked cell can be nothing else than what it is, and is masked in a text too.
    fn is_telling(&self, located: &Located, bytes: &[u8]) -> bool {
        let value = located.span.of(bytes);
        let masks = |entity: Entity| matches!(self.policy.action(entity), Action::Mask(_));
        located.finding.entity != PERSON
            && masks(located.finding.entity)
            && value.iter().filter(|b| b.is_ascii_alphanumeric()).count() >= TELLING
            && value.iter().any(u8::is_ascii_digit)
    }
}

/// Where `value` stands in `text`, as a word of its own.
fn places<'a>(value: &'a [u8], text: Span, bytes: &'a [u8]) -> impl Iterator<Item = Span> + 'a {
    let all = text.of(bytes);
    let joins = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80 || *b == b'_');
    memmem::find_iter(all, value)
        .filter(move |&at| {
            !joins(at.checked_sub(1).and_then(|before| all.get(before))) && !joins(all.get(at + value.len()))
        })
        .map(move |at| Span::new(text.start as usize + at, text.start as usize + at + value.len()))
}
