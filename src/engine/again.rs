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
use crate::model::{Finding, Located, Span, ValueId};
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

/// Addresses that were said, and where each of their words stands in them.
#[derive(Default)]
struct Known {
    addresses: Vec<(Vec<Word>, Finding)>,
    places: HashMap<u64, Vec<(usize, usize)>>,
}

impl Known {
    fn note(&mut self, words: Vec<Word>, finding: Finding) {
        for (at, word) in words.iter().enumerate() {
            let places = self.places.entry(word.hash).or_default();
            if places.len() < PLACES {
                places.push((self.addresses.len(), at));
            }
        }
        self.addresses.push((words, finding));
    }

    /// How many words of `text` are part of an address from the first of `words` on, and what that one is.
    fn longest(&self, text: &[u8], words: &[Word]) -> Option<(usize, &Finding)> {
        let places = self.places.get(&words.first()?.hash)?;
        let parts = places.iter().map(|&(address, first)| {
            let (known, finding) = &self.addresses[address];
            (common(text, words, &known[first..]), finding)
        });
        parts.max_by_key(|(length, _)| *length).filter(|(length, _)| *length > 0)
    }
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
        let kinds = [self.rules.entities().find("EMAIL"), self.rules.entities().find("URL")];
        let is_said = |located: &&Located| {
            located.finding.value != ValueId::OWN && kinds.contains(&Some(located.finding.entity))
        };
        let Worker { masked, view, .. } = worker;
        let mut known = Known::default();
        for located in masked.iter().filter(is_said).take(limits::ADDRESSES_REMEMBERED) {
            let segment = &conversation.segments[located.segment as usize];
            view.build(self.rules.kernel(), chunk.text.bytes, located.span, segment.escape, []);
            let (text, mut words) = (view.text().bytes, Vec::new());
            cut(text, (0, text.len()), lexicon, &mut words);
            known.note(words, located.finding);
        }
        if known.addresses.is_empty() {
            return;
        }
        let (mut next, mut words) = (0, Vec::new());
        for (turn, (index, segment)) in conversation.turns(from).enumerate() {
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
                let Some((length, finding)) = known.longest(text, &words[at..]) else {
                    at += 1;
                    continue;
                };
                let span = Span { start: words[at].span.start, end: words[at + length - 1].span.end };
                let span = if in_view { view.raw(span) } else { span };
                at += length;
                next += masked[next..].partition_point(|old| (old.segment, old.span.end) < (index, span.end));
                let is_masked =
                    masked.get(next).is_some_and(|old| old.segment == index && old.span.start <= span.start);
                if !is_masked {
                    let finding = Finding { span, score: SCORE, ..*finding };
                    out.push(Stitched { segment: index, span, finding, turn });
                }
            }
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
