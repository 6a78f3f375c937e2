//! Where do the same words stand again, and which bytes of the file are they?
//!
//! Where a conversation is shown in place of its bytes ([`crate::format::Shown`]), what was found in the turns is
//! carried over to their copies, word by word; what a copy says in words of its own is looked at by itself. A span
//! of the shown text then becomes edits of the file: the replacement stands in the first of the strings that the
//! span covers, the others lose what it covers, and what is glued to a value goes with it.

use std::ops::Range;

use super::whole::Became;
use super::{Engine, Worker};
use crate::format::{Aside, Chunk, Conversation, Run, Says, Shown, Token};
use crate::model::{Escape, Located, Span, ValueId};
use crate::resolve::resolve;
use crate::view::decode::code_points;

/// Words without a counterpart that may lie between a value and the equal words beside it.
const NEAR: u32 = 3;
/// Words around a part of a value, equal to those around the value, that show that it is the same place.
const ANCHOR: u32 = 2;

/// What was found in the turns: its words there, and its place among the findings.
pub(super) struct Source {
    pub(super) words: Range<u32>,
    pub(super) at: usize,
}

/// An edit of the file's bytes.
pub(super) struct Edit {
    /// What is replaced.
    pub(super) raw: Span,
    /// How it is escaped.
    pub(super) escape: Escape,
    /// What stands there instead, in [`Edits::text`].
    text: Range<usize>,
}

/// Where a replacement stands in the output: the string that holds it, by its piece, and code points of that.
pub(super) struct Placed {
    pub(super) masked: usize,
    pub(super) piece: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The edits of a record.
#[derive(Default)]
pub(super) struct Edits {
    pub(super) list: Vec<Edit>,
    pub(super) placed: Vec<Placed>,
    text: String,
}

impl Engine {
    /// Masks in the asides, from record `from` on, what is masked in the turns, and what they say themselves.
    pub(super) fn project(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        from: usize,
        worker: &mut Worker,
    ) {
        let shown = &conversation.shown;
        if shown.asides.is_empty() {
            return;
        }
        let turns = &shown.turns;
        let of_turns = |(at, located): (usize, &Located)| {
            let words = words_of(located.span, turns);
            (!words.is_empty()).then_some(Source { words, at })
        };
        let sources: Vec<Source> = worker.masked.iter().enumerate().filter_map(of_turns).collect();
        // All copies of a value carry its number.
        for source in &sources {
            let located = &mut worker.masked[source.at];
            if located.finding.value == ValueId::OWN {
                located.finding.value = worker.detect.values.note(located.span.of(chunk.text.bytes));
            }
        }
        let known = worker.masked.len();
        let turn_starts = turn_starts(conversation, from);
        let mut by_turn = Vec::new();
        for aside in &shown.asides {
            let segment = &conversation.segments[aside.segment as usize];
            if segment.span.is_empty() || (segment.record as usize) < from {
                continue;
            }
            worker.found.clear();
            worker.kept_here.clear();
            if !aside.is_exact {
                if !turn_starts.is_empty() {
                    worker.detect.turn_back(turn_of(shown, &turn_starts, aside));
                }
                self.look(chunk.text, segment, aside.segment, [&[]; 2], worker);
            }
            let own = worker.found.len();
            let first = sources.partition_point(|source| source.words.end <= aside.region.start);
            // Most strings of a document share no words with the turns.
            let nothing_shared = aside.runs.is_empty() && !aside.is_form;
            in_order_of_turns(aside, shown, &mut by_turn);
            let of_region = |source: &&Source| !nothing_shared && source.words.start < aside.region.end;
            for source in sources[first..].iter().take_while(of_region) {
                let located = worker.masked[source.at];
                carry(source, located.span, aside, &by_turn, shown, chunk.text.bytes, |span| {
                    worker.found.push(Located { span, finding: located.finding, segment: aside.segment });
                });
            }
            if worker.found.len() > own {
                settle(&mut worker.found, own);
                resolve(&mut worker.found);
                if !aside.is_exact {
                    self.look_again(chunk.text, segment, aside.segment, [&[]; 2], (false, true), worker);
                }
            }
            self.sort_out(worker);
        }
        if worker.masked.len() > known {
            worker.masked.sort_by_key(|located| (located.segment, located.span));
        }
        worker.kept.sort_by_key(|located| (located.segment, located.span));
    }
}

/// The words of the turns that the span shares a byte with.
pub(super) fn words_of(span: Span, turns: &[Token]) -> Range<u32> {
    let first = turns.partition_point(|word| word.span.end <= span.start) as u32;
    let last = turns.partition_point(|word| word.span.start < span.end) as u32;
    first..last.max(first)
}

/// Lets what was carried over into an aside, behind the first `own`, agree with what was found there.
fn settle(found: &mut Vec<Located>, own: usize) {
    let (looked, carried) = found.split_at_mut(own);
    for located in &mut *looked {
        // The same value, heard a little differently.
        let is_it =
            |of: &&Located| of.span.overlaps(located.span) && of.finding.entity == located.finding.entity;
        if let Some(of) = carried.iter().find(is_it) {
            located.finding.value = of.finding.value;
        }
    }
    // A name in an address is a part of that.
    let is_part = |part: Span| {
        looked
            .iter()
            .any(|of| of.span.start <= part.start && part.end <= of.span.end && of.span.len() > part.len())
    };
    let parts: Vec<bool> = carried.iter().map(|of| is_part(of.span)).collect();
    let mut at = 0;
    found.retain(|_| {
        at += 1;
        at <= own || !parts[at - 1 - own]
    });
}

/// Where the turns of the records from `from` on begin: those that were noted, in order.
fn turn_starts(conversation: &Conversation, from: usize) -> Vec<u32> {
    conversation.turns(from).map(|(_, segment)| segment.span.start).collect()
}

/// The turn that an aside is another form of; what stands by itself hears nobody's question, like the first turn.
fn turn_of(shown: &Shown, turn_starts: &[u32], aside: &Aside) -> usize {
    let word = shown.turns.get(aside.region.start as usize).filter(|_| aside.is_form);
    let until = word.map_or(0, |word| turn_starts.partition_point(|&start| start <= word.span.start));
    until.saturating_sub(1)
}

/// A run of an aside, by where it ends among the words of the turns: no run before it ends later.
pub(super) struct ByTurn {
    /// First word in the turns.
    read: u32,
    /// The last end of this run and of those before it.
    reach: u32,
    /// Its place among the aside's runs.
    at: usize,
}

/// Lists the runs of an aside in the order of the turns.
pub(super) fn in_order_of_turns(aside: &Aside, shown: &Shown, out: &mut Vec<ByTurn>) {
    out.clear();
    let runs = &shown.runs[aside.runs.start as usize..aside.runs.end as usize];
    out.extend(runs.iter().enumerate().map(|(at, run)| ByTurn {
        read: run.read,
        reach: run.read + run.len,
        at,
    }));
    out.sort_unstable_by_key(|run| (run.read, run.at));
    let mut reach = 0;
    for run in out {
        reach = run.reach.max(reach);
        run.reach = reach;
    }
}

/// Calls `put` with where in the aside the words of `source` stand, which fill `span` in the turns.
pub(super) fn carry(
    source: &Source,
    span: Span,
    aside: &Aside,
    by_turn: &[ByTurn],
    shown: &Shown,
    text: &[u8],
    mut put: impl FnMut(Span),
) {
    let runs = &shown.runs[aside.runs.start as usize..aside.runs.end as usize];
    let words = &shown.words[aside.words.start as usize..aside.words.end as usize];
    let Range { start, end } = source.words;
    let first = by_turn.partition_point(|run| run.reach <= start);
    let near = by_turn[first..].iter().take_while(|run| run.read < end);
    let mut sharing: Vec<usize> =
        near.map(|run| run.at).filter(|&at| start < runs[at].read + runs[at].len).collect();
    sharing.sort_unstable();
    let mut is_found = false;
    let mut next = 0;
    while let Some(&first) = sharing.get(next) {
        // Runs that follow one another hold one mention.
        let mut at = first;
        while let Some(&other) = sharing.get(next + 1)
            && other == at + 1
            && runs[other].copy - (runs[at].copy + runs[at].len) <= 2 * (end - start) + NEAR
        {
            (at, next) = (other, next + 1);
        }
        next += 1;
        let (from, to) = (&runs[first], &runs[at]);
        let mut mention =
            from.copy + start.saturating_sub(from.read)..to.copy + to.len.min(end.saturating_sub(to.read));
        // Words of the value that have no counterpart stand for words of the copy that have none; in a copy of something
        // more, for those alone that lie before what is equal again.
        let lacks_before = from.read.saturating_sub(start);
        if lacks_before > 0 && (aside.is_form || first > 0) {
            let before = if first == 0 { 0 } else { runs[first - 1].copy + runs[first - 1].len };
            mention.start = before.max(mention.start.saturating_sub(2 * lacks_before + NEAR));
        }
        let lacks_after = end.saturating_sub(to.read + to.len);
        if lacks_after > 0 && (aside.is_form || at + 1 < runs.len()) {
            let after = runs.get(at + 1).map_or(words.len() as u32, |next| next.copy);
            mention.end = after.min(mention.end + 2 * lacks_after + NEAR);
        }
        is_found = true;
        // A part of a value, somewhere else, is found by those who know it or is none; with words around that stand
        // around the value, too, it is the value in a copy that lost some of it. Nobody else looks at an exact copy.
        let around = start.saturating_sub(from.read) + (to.read + to.len).saturating_sub(end);
        let is_elsewhere = !aside.is_form && !aside.is_exact && around < ANCHOR;
        if is_elsewhere && lacks_before + lacks_after > 0 {
            continue;
        }
        put(in_bytes(mention, (from, to), source, span, words, shown, text));
    }
    if is_found || aside.is_exact {
        return;
    }
    // None of its words stands in the copy: what stands between its neighbours does.
    let next = by_turn.partition_point(|run| run.read < end);
    let run_of = |run: &ByTurn| runs[run.at];
    let left = match next.checked_sub(1).map(|before| run_of(&by_turn[before])) {
        Some(run) if run.read + run.len <= start => Some((run.copy + run.len, start - (run.read + run.len))),
        Some(_) => None,
        None => aside.is_form.then_some((0, start - aside.region.start.min(start))),
    };
    let right = match by_turn.get(next).map(run_of) {
        Some(run) => Some((run.copy, run.read - end)),
        None => aside.is_form.then_some((words.len() as u32, aside.region.end.max(end) - end)),
    };
    let mut put_words = |from: u32, to: u32| {
        if from < to {
            put(Span { start: words[from as usize].span.start, end: words[to as usize - 1].span.end });
        }
    };
    match (left, right) {
        (Some((from, near)), Some((to, far))) if near <= NEAR && far <= NEAR => {
            put_words(from, to);
        }
        // Somewhere in what differs: nothing of it may stay.
        _ if aside.is_form => {
            let mut from = 0;
            for run in runs.iter().copied().chain([Run { copy: words.len() as u32, read: 0, len: 0 }]) {
                if from < run.copy {
                    put(Span {
                        start: words[from as usize].span.start,
                        end: words[run.copy as usize - 1].span.end,
                    });
                }
                from = run.copy + run.len;
            }
        }
        _ => {}
    }
}

/// The bytes of the words `mention` of a copy, with as much of the first and last word, and of the signs around
/// them, as the value has in the turns.
fn in_bytes(
    mention: Range<u32>,
    (from, to): (&Run, &Run),
    source: &Source,
    span: Span,
    words: &[Token],
    shown: &Shown,
    text: &[u8],
) -> Span {
    let (first, last) = (words[mention.start as usize].span, words[mention.end as usize - 1].span);
    let (mut start, mut end) = (first.start, last.end);
    let of = |word: u32| shown.turns[word as usize].span;
    let (own_first, own_last) = (of(source.words.start), of(source.words.end - 1));
    if from.read <= source.words.start && own_first.len() == first.len() {
        if span.start >= own_first.start {
            start += span.start - own_first.start;
        } else {
            start -=
                same(&text[span.start as usize..own_first.start as usize], &text[..start as usize], true);
        }
    }
    if to.read + to.len >= source.words.end && own_last.len() == last.len() {
        if span.end <= own_last.end {
            end -= own_last.end - span.end;
        } else {
            end += same(&text[own_last.end as usize..span.end as usize], &text[end as usize..], false);
        }
    }
    if start < end { Span { start, end } } else { Span { start: first.start, end: last.end } }
}

/// How many signs stand beside a word as they do beside the value.
fn same(signs: &[u8], beside: &[u8], is_before: bool) -> u32 {
    let count = if is_before {
        signs.iter().rev().zip(beside.iter().rev()).take_while(|(a, b)| a == b).count()
    } else {
        signs.iter().zip(beside).take_while(|(a, b)| a == b).count()
    };
    count as u32
}

/// Where character `was` of `piece` stands when replacements stand in their places; within a value
/// that is masked, at the replacement's beginning or end.
fn moved(became: &Became, piece: Span, was: usize, is_end: bool, range: &Range<usize>) -> usize {
    let Became { chunk, masked, replacement, .. } = *became;
    let text = chunk.text.bytes;
    let inside = |at: &usize| piece.start <= masked[*at].span.start && masked[*at].span.end <= piece.end;
    let (mut before, mut now, mut from) = (0, 0, piece.start);
    for at in range.clone().filter(inside) {
        let span = masked[at].span;
        let between = code_points(&text[from as usize..span.start as usize], Escape::None, false);
        if was <= before + between {
            break;
        }
        let (length, with) =
            (code_points(span.of(text), Escape::None, false), replacement(at).chars().count());
        if was < before + between + length {
            return now + between + if is_end { with } else { 0 };
        }
        (before, now, from) = (before + between + length, now + between + with, span.end);
    }
    now + was - before
}

impl Edits {
    /// What stands in the place of an edit.
    pub(super) fn text(&self, edit: &Edit) -> &str {
        &self.text[edit.text.clone()]
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.placed.clear();
        self.text.clear();
    }

    /// Adds the edits for `masked[range]`, which lie in one segment of the shown text.
    pub(super) fn add(&mut self, became: &Became, range: Range<usize>) {
        let Became { chunk, conversation, masked, replacement, .. } = *became;
        let (shown, text, file) = (&conversation.shown, chunk.text.bytes, chunk.file);
        if shown.repeats {
            self.repeat(became, range);
            return;
        }
        let (mut home, mut copied, mut position) = (usize::MAX, 0, 0);
        let mut at = range.start;
        while at < range.end {
            let span = masked[at].span;
            let piece = shown.piece(span.start);
            if piece != home {
                (home, copied, position) = (piece, shown.pieces[piece].shown.start, 0);
            }
            let own = &shown.pieces[home];
            position += code_points(&text[copied as usize..span.start as usize], Escape::None, false);
            let from = self.text.len();
            let (mut end, mut last) = (span.end, home);
            self.put(at, home, &mut position, replacement);
            let raw_start = own.raw_at(span.start, file);
            if end <= own.shown.end {
                let raw = Span { start: raw_start, end: own.raw_at(end, file) };
                self.list.push(Edit { raw, escape: own.escape, text: from..self.text.len() });
                (copied, at) = (end, at + 1);
                continue;
            }
            // The value goes on in other strings. What is glued to it there stands behind it here, with the values
            // that are glued to it.
            loop {
                last = last.max(shown.piece(end - 1));
                let tail = &shown.pieces[last];
                let rest = &text[end as usize..tail.shown.end as usize];
                let glued = end + rest.iter().take_while(|b| !b.is_ascii_whitespace()).count() as u32;
                let next = masked.get(at + 1).filter(|_| at + 1 < range.end);
                let stop = next.map_or(glued, |next| glued.min(next.span.start));
                let moved = Span { start: tail.raw_at(end, file), end: tail.raw_at(stop, file) };
                self.text.push_str(&String::from_utf8_lossy(moved.of(file)));
                position += code_points(&text[end as usize..stop as usize], Escape::None, false);
                end = stop;
                match next {
                    Some(next) if next.span.start == stop && stop < tail.shown.end => {
                        at += 1;
                        end = next.span.end;
                        self.put(at, home, &mut position, replacement);
                    }
                    _ => break,
                }
            }
            let raw = Span { start: raw_start, end: own.raw.end };
            self.list.push(Edit { raw, escape: own.escape, text: from..self.text.len() });
            for emptied in &shown.pieces[home + 1..last] {
                self.list.push(Edit { raw: emptied.raw, escape: emptied.escape, text: 0..0 });
            }
            let tail = &shown.pieces[last];
            let rest = &text[end as usize..tail.shown.end as usize];
            end += rest.iter().take_while(|b| b.is_ascii_whitespace()).count() as u32;
            let raw = Span { start: tail.raw.start, end: tail.raw_at(end, file) };
            self.list.push(Edit { raw, escape: tail.escape, text: 0..0 });
            (home, copied, position, at) = (last, end, 0, at + 1);
        }
    }

    /// As [`Edits::add`], where every string keeps the replacement of a value that lies in several.
    fn repeat(&mut self, became: &Became, range: Range<usize>) {
        let Became { chunk, conversation, masked, replacement, .. } = *became;
        let (shown, text, file) = (&conversation.shown, chunk.text.bytes, chunk.file);
        let (mut home, mut copied, mut position) = (usize::MAX, 0, 0);
        for at in range {
            let span = masked[at].span;
            for piece in shown.piece(span.start)..=shown.piece(span.end - 1) {
                let own = &shown.pieces[piece];
                let (start, end) = (span.start.max(own.shown.start), span.end.min(own.shown.end));
                if start >= end {
                    continue;
                }
                if piece != home {
                    (home, copied, position) = (piece, own.shown.start, 0);
                }
                position += code_points(&text[copied as usize..start as usize], Escape::None, false);
                let from = self.text.len();
                self.put(at, piece, &mut position, replacement);
                let raw = Span { start: own.raw_at(start, file), end: own.raw_at(end, file) };
                self.list.push(Edit { raw, escape: own.escape, text: from..self.text.len() });
                copied = end;
            }
        }
    }

    /// Writes the replacement of a finding, and notes where it stands in the string of piece `home`.
    fn put<'r>(
        &mut self,
        masked: usize,
        home: usize,
        position: &mut usize,
        replacement: &dyn Fn(usize) -> &'r str,
    ) {
        let with = replacement(masked);
        let start = *position;
        *position += with.chars().count();
        self.placed.push(Placed { masked, piece: home, start, end: *position });
        self.text.push_str(with);
    }

    /// Adds the edits of what in `record` follows from texts that are edited. `masked` is what is masked
    /// in the record.
    pub(super) fn follow(&mut self, became: &Became, record: Span, masked: &Range<usize>) {
        let Became { chunk, conversation, .. } = *became;
        let shown = &conversation.shown;
        let known = self.list.len();
        let from = shown.dependents.partition_point(|number| number.raw.start < record.start);
        for number in shown.dependents[from..].iter().take_while(|number| number.raw.end <= record.end) {
            let piece = &shown.pieces[number.piece as usize];
            let next = self.list[..known].partition_point(|edit| edit.raw.end <= piece.raw.start);
            if self.list[..known].get(next).is_none_or(|edit| edit.raw.start >= piece.raw.end) {
                continue;
            }
            if number.says == Says::Same {
                for at in next..known {
                    let Edit { raw, escape, ref text } = self.list[at];
                    if raw.start >= piece.raw.end {
                        break;
                    }
                    let from = number.raw.start + (raw.start - piece.raw.start);
                    let raw = Span { start: from, end: from + raw.len() as u32 };
                    let text = text.clone();
                    self.list.push(Edit { raw, escape, text });
                }
                continue;
            }
            let start = self.text.len();
            match number.says {
                Says::Codes | Says::Same => {}
                Says::Code => self.text.push('0'),
                Says::First | Says::Last => {
                    let is_end = number.says == Says::Last;
                    let was = std::str::from_utf8(number.raw.of(chunk.file)).unwrap_or_default().parse();
                    let Ok(was) = was else { continue };
                    let now = moved(became, piece.shown, was, is_end, masked);
                    self.text.push_str(&now.to_string());
                }
            }
            self.list.push(Edit { raw: number.raw, escape: Escape::None, text: start..self.text.len() });
        }
    }

    /// Puts the edits in order of the file.
    pub(super) fn sort(&mut self) {
        self.list.sort_by_key(|edit| edit.raw);
        self.list.dedup_by(|next, edit| next.raw.is_empty() && next.raw == edit.raw);
    }
}
