//! Is this record laid out like one before?
//!
//! Records of a file repeat their keys, their order and their punctuation; only values differ. A [`Shape`]
//! is a record with its values taken out: what stands between them must be there byte for byte, and the
//! values, whatever they are, hang where they hung before. It is a matter of speed alone: a record of
//! another shape is parsed as if there were none.

use super::json::Spot;
use crate::model::{Segment, Span};

/// A record without its values.
#[derive(Default)]
pub(super) struct Shape {
    /// What stands between the values, one after the other.
    text: Vec<u8>,
    /// Segments of the keys; their spans lie in `text`, opened by a quote that lies there too.
    pub(super) keys: Vec<Segment>,
    /// For each value the end of the text before it, and where it hangs; names count keys.
    leaves: Vec<(u32, Spot)>,
}

impl Shape {
    /// What stands before each value, with where the value hangs, and what stands after the last one.
    #[inline]
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&[u8], Option<&Spot>)> {
        let mut from = 0;
        let end = self.text.len() as u32;
        self.leaves.iter().map(|(to, spot)| (*to, Some(spot))).chain([(end, None)]).map(move |(to, spot)| {
            let literal = &self.text[from as usize..to as usize];
            from = to;
            (literal, spot)
        })
    }
}

/// The shapes of the last records that differed.
#[derive(Default)]
pub(super) struct Shapes {
    known: Vec<Shape>,
    recent: usize,
}

/// How many shapes are remembered: agents' and customers' turns, with and without an optional field.
const KNOWN: usize = 4;
/// Longer records, and those of more values, are not learnt: their shape would not come again.
const BYTES: usize = 1 << 16;
const LEAVES: usize = 256;

impl Shapes {
    /// Whether one of the shapes fits; the one that did last is tried first.
    #[inline]
    pub(super) fn find(&mut self, mut fits: impl FnMut(&Shape) -> bool) -> bool {
        for step in 0..self.known.len() {
            let at = (self.recent + step) % self.known.len();
            if fits(&self.known[at]) {
                self.recent = at;
                return true;
            }
        }
        false
    }

    /// Remembers the shape of `record`, which begins at byte `start` of the chunk, in place of an
    /// older one. `keys` are its keys with the numbers of their segments, `leaves` its values.
    pub(super) fn learn<'s>(
        &mut self,
        record: &[u8],
        start: usize,
        keys: impl Iterator<Item = (u32, &'s Segment)>,
        leaves: &[(Span, Spot)],
    ) {
        if record.len() > BYTES || leaves.len() > LEAVES {
            return;
        }
        if self.known.len() < KNOWN {
            self.known.push(Shape::default());
        }
        self.recent = (self.recent + 1) % self.known.len();
        let shape = &mut self.known[self.recent];
        shape.text.clear();
        shape.keys.clear();
        shape.leaves.clear();
        let numbers: Vec<(u32, &Segment)> = keys.collect();
        let ordinal = |number: u32| numbers.partition_point(|(key, _)| *key < number) as u32;
        let named = |number| if number == Segment::UNNAMED { number } else { ordinal(number) };
        let (mut from, mut key) = (0, 0);
        let end = record.len();
        let stops = leaves.iter().map(|(span, spot)| {
            let (first, last) = (span.start as usize - start, span.end as usize - start);
            (first, last, Some(spot))
        });
        for (to, next, spot) in stops.chain([(end, end, None)]) {
            // Keys keep their distance to the text around them.
            let moved = (start + from) as u32 - shape.text.len() as u32;
            while let Some((_, segment)) =
                numbers.get(key).filter(|(_, s)| (s.span.end as usize) < start + to)
            {
                let span = Span { start: segment.span.start - moved, end: segment.span.end - moved };
                shape.keys.push(Segment { span, ..**segment });
                key += 1;
            }
            shape.text.extend_from_slice(&record[from..to]);
            if let Some(&spot) = spot {
                let hung = Spot { name: named(spot.name), outer: named(spot.outer), ..spot };
                shape.leaves.push((shape.text.len() as u32, hung));
            }
            from = next;
        }
    }
}
