//! How far does it go where somebody reads a value back?
//!
//! `douze a l zéro zéro quatre vingt treize cinq` is answered by `12 al 00 93 5`: the conversation knows the value again
//! by its last digits, and what stands beside them may be the rest of it, parted otherwise.

use super::Worker;
use crate::detect::Stitched;
use crate::format::{Chunk, Conversation};
use crate::model::Span;

/// Bytes between two parts of a value.
const GAP: usize = 2;
/// Letters that may stand before a part that is known, glued to it: `ie82` where `i e` was not understood.
const GLUED: usize = 3;

/// Lengthens each of `stitched` over the signs beside it that belong to its value too.
pub(super) fn lengthen(
    chunk: &Chunk,
    conversation: &Conversation,
    stitched: &mut [Stitched],
    worker: &Worker,
) {
    for piece in stitched {
        let Some(value) = worker.detect.values.get(piece.finding.value) else { continue };
        let whole: Vec<u8> = signs(value).collect();
        let segment = &conversation.segments[piece.segment as usize];
        let (first, segment) = (segment.span.start, segment.span.of(chunk.text.bytes));
        let (start, end) = ((piece.span.start - first) as usize, (piece.span.end - first) as usize);
        let own: Vec<u8> = signs(&segment[start..end]).collect();
        let Some(at) = memchr::memmem::rfind(&whole, &own).filter(|_| !own.is_empty()) else { continue };
        let span = around(segment, (start, end), (&whole[..at], &whole[at + own.len()..]));
        let span = Span { start: first + span.0 as u32, end: first + span.1 as u32 };
        (piece.span, piece.finding.span) = (span, span);
    }
}

/// The span with the parts beside it that are the end of `before` and the beginning of `behind`.
fn around(
    text: &[u8],
    (mut start, mut end): (usize, usize),
    (mut before, mut behind): (&[u8], &[u8]),
) -> (usize, usize) {
    while !before.is_empty() {
        let gap = text[..start].iter().rev().take_while(|b| parts(**b)).count();
        let last = start - gap;
        let length = text[..last].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        let part = &text[last - length..last];
        // A letter behind an accent is half a word, one behind a backslash half an escape.
        let is_whole = !text[..last - length].last().is_some_and(|&b| b >= 0x80 || b == b'\\');
        if gap > GAP || length == 0 || !is_whole {
            break;
        }
        if length <= before.len() && before[before.len() - length..].eq_ignore_ascii_case(part) {
            before = &before[..before.len() - length];
            start = last - length;
            continue;
        }
        let glued = length.saturating_sub(before.len());
        if before.iter().any(u8::is_ascii_digit)
            && (1..=GLUED).contains(&glued)
            && part[..glued].iter().all(u8::is_ascii_alphabetic)
            && part[glued..].eq_ignore_ascii_case(before)
        {
            start = last - length;
        }
        break;
    }
    while !behind.is_empty() {
        let gap = text[end..].iter().take_while(|b| parts(**b)).count();
        let first = end + gap;
        let length = text[first..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let part = &text[first..first + length];
        let is_whole = text.get(first + length).is_none_or(|&b| b < 0x80);
        if gap > GAP || length == 0 || !is_whole || length > behind.len() {
            break;
        }
        if !behind[..length].eq_ignore_ascii_case(part) {
            break;
        }
        behind = &behind[length..];
        end = first + length;
    }
    (start, end)
}

fn signs(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase)
}

fn parts(b: u8) -> bool {
    matches!(b, b' ' | b'-' | b'.' | b'/' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_part_belongs_to_it_where_the_value_has_it() {
        let at = |text: &str, part: &str, value: &str| {
            let start = text.find(part).expect("stands there");
            let own: Vec<u8> = signs(part.as_bytes()).collect();
            let from = memchr::memmem::rfind(value.as_bytes(), &own).expect("is of it");
            let sides = (&value.as_bytes()[..from], &value.as_bytes()[from + own.len()..]);
            let (start, end) = around(text.as_bytes(), (start, start + part.len()), sides);
            text[start..end].to_owned()
        };
        assert_eq!(at("so 12 al 00 93 5 right", "00 93 5", "12AL00935"), "12 al 00 93 5");
        assert_eq!(at("t 421 009 8 très bien", "421 009 8", "T4210098"), "t 421 009 8");
        assert_eq!(at("ie82 aibk 9502", "9502", "82AIBK9502"), "ie82 aibk 9502");
        assert_eq!(at("at 421 009 8", "421 009 8", "T4210098"), "421 009 8");
        assert_eq!(at("flat 421 009 8", "421 009 8", "T4210098"), "421 009 8");
        assert_eq!(at("got 421, b and", "421", "A421B"), "421");
        assert_eq!(at("got 421 b.", "421", "A421B"), "421 b");
    }
}
