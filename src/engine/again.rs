//! Where is a part of an address said again?
//!
//! `northmoor dash energy dot example` was read out; `dash energy dash like a hyphen` asks back. Two words of a masked
//! address in its order, a sign and a part of its own among them, are part of it wherever they stand in the conversation.
//! Only conversations in which an address was said aloud are read for it.

use std::collections::HashMap;

use super::{Engine, Worker};
use crate::detect::Stitched;
use crate::format::{Chunk, Conversation};
use crate::limits;
use crate::model::{Finding, Role, Span, ValueId};
use crate::view::View;
use crate::view::spoken::lexicon::{Lexicon, Part};

/// How sure a part of an address is, in hundredths.
const SCORE: u8 = 75;
/// Places of one word in known addresses that are held against a word of a turn.
const PLACES: usize = 8;

/// A word of a text.
struct Word {
    hash: u64,
    part: Part,
    span: Span,
}

/// Appends the words of `text[start..end]`.
fn cut(text: &[u8], (start, end): (usize, usize), lexicon: &Lexicon, out: &mut Vec<Word>) {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80;
    let mut at = start;
    while let Some(first) = text[at..end].iter().position(is_word).map(|gap| at + gap) {
        at = text[first..end].iter().position(|b| !is_word(b)).map_or(end, |length| first + length);
        let (hash, part) = lexicon.part(&text[first..at]);
        out.push(Word { hash, part, span: Span::new(first, at) });
    }
}

/// Whether nothing that ends a thought stands between two words.
fn goes_on(text: &[u8], one: &Word, next: &Word) -> bool {
    let between = &text[one.span.end as usize..next.span.start as usize];
    between.len() <= 2 && between.iter().all(|b| b" ,-'_".contains(b))
}

impl Engine {
    /// Appends to `out` what repeats a part of an address that was said, in turns of the records from `from` on.
    pub(super) fn said_again(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        from: usize,
        worker: &mut Worker,
        out: &mut Vec<Stitched>,
    ) {
        let Some(lexicon) = self.rules.heard_words() else { return };
        let addresses = [self.rules.entities().find("EMAIL"), self.rules.entities().find("URL")];
        let Worker { masked, view, .. } = worker;
        let is_said =
            |finding: &Finding| finding.value != ValueId::OWN && addresses.contains(&Some(finding.entity));
        let mut known: Vec<(Vec<Word>, Finding)> = Vec::new();
        for located in
            masked.iter().filter(|located| is_said(&located.finding)).take(limits::ADDRESSES_REMEMBERED)
        {
            let segment = &conversation.segments[located.segment as usize];
            let mut words = Vec::new();
            view.build(self.rules.kernel(), chunk.text.bytes, located.span, segment.escape, []);
            let text = view.text().bytes;
            cut(text, (0, text.len()), lexicon, &mut words);
            known.push((words, located.finding));
        }
        if known.is_empty() {
            return;
        }
        let mut places: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        for (address, (words, _)) in known.iter().enumerate() {
            for (at, word) in words.iter().enumerate() {
                let own = places.entry(word.hash).or_default();
                if own.len() < PLACES {
                    own.push((address, at));
                }
            }
        }
        let (mut turn, mut next) = (0, 0);
        let mut words = Vec::new();
        for (index, segment) in conversation.segments.iter().enumerate() {
            let is_turn = segment.role == Role::Text
                && !segment.span.is_empty()
                && segment.record as usize >= from
                && conversation.shown.aside(index as u32).is_none();
            if !is_turn {
                continue;
            }
            let in_view = View::is_needed(chunk.text, segment);
            let (text, bounds) = if in_view {
                view.build(self.rules.kernel(), chunk.text.bytes, segment.span, segment.escape, []);
                (view.text().bytes, (0, view.text().bytes.len()))
            } else {
                (chunk.text.bytes, (segment.span.start as usize, segment.span.end as usize))
            };
            words.clear();
            cut(text, bounds, lexicon, &mut words);
            let mut at = 0;
            while at < words.len() {
                let longest = places.get(&words[at].hash).into_iter().flatten().map(|&(address, first)| {
                    let (own, finding) = &known[address];
                    (common(text, &words[at..], &own[first..]), finding)
                });
                let Some((length, finding)) =
                    longest.max_by_key(|(length, _)| *length).filter(|(length, _)| *length > 0)
                else {
                    at += 1;
                    continue;
                };
                let span = Span { start: words[at].span.start, end: words[at + length - 1].span.end };
                let span = if in_view { view.raw(span) } else { span };
                at += length;
                next += masked[next..]
                    .partition_point(|old| (old.segment as usize, old.span.end) < (index, span.end));
                let is_masked = masked
                    .get(next)
                    .is_some_and(|old| old.segment as usize == index && old.span.start <= span.start);
                if !is_masked {
                    let finding = Finding { span, score: SCORE, ..*finding };
                    out.push(Stitched { segment: index as u32, span, finding, turn });
                }
            }
            turn += 1;
        }
    }
}

/// How many words the two begin with in common, if they tell an address; else 0.
fn common(text: &[u8], words: &[Word], known: &[Word]) -> usize {
    let alike = words.iter().zip(known).take_while(|(word, own)| word.hash == own.hash).count();
    let joined = words[..alike].windows(2).take_while(|pair| goes_on(text, &pair[0], &pair[1])).count();
    let length = alike.min(joined + 1);
    let any = |part: Part| words[..length].iter().any(|word| word.part == part && word.span.len() > 1);
    if any(Part::Sign) && any(Part::Own) { length } else { 0 }
}
