//! When is said what is masked?
//!
//! For the recording of a call. What is found in a turn is said when its words are said: where some list of words
//! holds a copy of it, with times, those are its windows; else the whole turn is one. What no turn and no list of
//! words holds (a summary, the name of a file) is not said. Tags that stand in the text already count like what they
//! stand for, so that a masked transcript tells the same windows.

use std::collections::BTreeSet;

use super::project::{Source, carry, in_order_of_turns, words_of};
use super::whole::{Became, Places};
use super::{Engine, FileContext, Output, Worker};
use crate::format::{Aside, Chunk, Conversation, Spoken, Times};
use crate::model::{BRACKETS, Call, Entities, Entity, HASH_STAMP, Located, PERSON, Role, Span, Window};

/// Something that is masked, or a tag.
#[derive(Clone, Copy)]
struct Mention {
    span: Span,
    segment: u32,
    entity: Entity,
    /// Who found it, and how sure that is in hundredths; nobody found a tag.
    rule: Option<u16>,
    score: u8,
    is_tag: bool,
    /// The finding's place among those that are masked.
    at: usize,
}

/// A mention in a turn, to be heard in the copies of its words.
struct Said {
    mention: Mention,
    source: Source,
    channel: Option<u16>,
    is_heard: bool,
    /// Copies whose words are not quite those of the turn, with their segments.
    near: Vec<(Span, u32)>,
}

/// What listens to one conversation.
struct Ear<'a> {
    chunk: &'a Chunk<'a>,
    conversation: &'a Conversation,
    times: Times,
    call: Call,
    /// What of the asides is a copy of something in the turns.
    copies: BTreeSet<(u32, Span)>,
    /// The labels of what the turns hold.
    heard: BTreeSet<Vec<u8>>,
    /// Masked and said at no known time: a segment, and a byte in it.
    untimed: Vec<(u32, u32)>,
}

impl Engine {
    /// Appends the conversation's windows to `out.calls`.
    pub(super) fn listen(
        &self,
        file: &FileContext,
        chunk: &Chunk,
        conversation: &Conversation,
        worker: &Worker,
        out: &mut Output,
    ) {
        let Some(record) = conversation.records.iter().map(|record| record.number).find(|&number| number > 0)
        else {
            return;
        };
        let times = file.layout.times(chunk, conversation);
        let (id, duration, last) = (conversation.id, times.duration, times.last());
        let call = Call { record, id, duration, last, ..Call::default() };
        let (copies, heard, untimed) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let mut ear = Ear { chunk, conversation, times, call, copies, heard, untimed };
        let replacement = |at: usize| {
            let start = if at == 0 { 0 } else { worker.ends[at - 1] as usize };
            &worker.replacements[start..worker.ends[at] as usize]
        };
        let mention = |(at, of): (usize, &Located)| Mention {
            span: of.span,
            segment: of.segment,
            entity: of.finding.entity,
            rule: Some(of.finding.rule),
            score: of.finding.score,
            is_tag: false,
            at,
        };
        let mut mentions: Vec<Mention> = worker.masked.iter().enumerate().map(mention).collect();
        ear.tags(self.rules.entities(), &mut mentions);
        mentions.retain(|mention| ear.is_said(mention));
        let mut open = Vec::new();
        for mention in &mentions {
            if conversation.shown.aside(mention.segment).is_none() {
                ear.heard.insert(ear.label(mention, &replacement));
                open.extend(ear.turn(*mention));
            }
        }
        ear.copies(&mut open);
        for said in &open {
            if !ear.near(said) {
                ear.whole_turn(said.mention);
            }
        }
        for mention in &mentions {
            if let Some(aside) = conversation.shown.aside(mention.segment) {
                let label = ear.label(mention, &replacement);
                ear.aside(*mention, aside, &label);
            }
        }
        ear.agree();
        let Ear { mut call, untimed, .. } = ear;
        let masked = &worker.masked[..];
        let became = Became { file, chunk, conversation, masked, replacement: &replacement };
        for (segment, at) in untimed {
            let index = conversation.segments[segment as usize].record as usize;
            let field = if conversation.shown.text().is_some() {
                let piece = conversation.shown.piece(at);
                Places::of_pieces(&became, index, &[piece]).of(conversation, piece).to_owned()
            } else {
                let wanted = [segment];
                let told = self.pointers_to(file, chunk, conversation, &wanted, masked, &replacement);
                told.into_iter().next().unwrap_or_default()
            };
            call.untimed.push((conversation.records[index].number, field));
        }
        call.untimed.dedup();
        out.calls.push(call);
    }
}

impl Ear<'_> {
    /// Appends the tags that stand in texts already.
    fn tags(&self, entities: &Entities, mentions: &mut Vec<Mention>) {
        for (index, segment) in self.conversation.segments.iter().enumerate() {
            if !segment.role.is_read() {
                continue;
            }
            let text = segment.span.of(self.chunk.text.bytes);
            for at in memchr::memchr3_iter(BRACKETS[0][0], BRACKETS[1][0], BRACKETS[2][0], text) {
                if let Some((length, entity)) = tag_at(&text[at..], entities) {
                    let start = segment.span.start as usize + at;
                    let span = Span::new(start, start + length);
                    let segment = index as u32;
                    mentions.push(Mention {
                        span,
                        segment,
                        entity,
                        rule: None,
                        score: 100,
                        is_tag: true,
                        at: 0,
                    });
                }
            }
        }
    }

    /// Whether somebody says it: what stands in a text, or in words of a field that nobody knows beside times.
    fn is_said(&self, mention: &Mention) -> bool {
        let segment = self.conversation.segments[mention.segment as usize];
        match segment.role {
            Role::Text => true,
            Role::Prose | Role::Value => {
                let is_phrase = self.text(segment.span).trim_ascii().len() > mention.span.len();
                let own = self.strings(mention.span, mention.segment);
                is_phrase && own.iter().flatten().any(|string| string.said.is_some())
            }
            _ => false,
        }
    }

    /// The strings of the file that the shown span lies in.
    fn strings(&self, span: Span, segment: u32) -> Vec<Option<Spoken>> {
        let shown = &self.conversation.shown;
        let of = |raw: u32| self.times.at(raw).map(|at| *self.times.string(at));
        if shown.text().is_none() {
            return vec![of(self.conversation.segments[segment as usize].span.start)];
        }
        let (first, last) = (shown.piece(span.start), shown.piece(span.end - 1));
        // What is shown once more beside a guess has no pieces there.
        let within = shown.pieces[first..=last].iter().filter(|piece| piece.shown.overlaps(span));
        within.map(|piece| of(piece.raw.start)).collect()
    }

    /// Whether the segment is joined from strings of the file.
    fn is_joined(&self, segment: u32) -> bool {
        let span = self.conversation.segments[segment as usize].span;
        let shown = &self.conversation.shown;
        // Somewhere else tags alone are a list of findings, each of which was a phrase.
        let is_tag = |part: &[u8]| part.first().is_some_and(|&first| crate::model::closing(first).is_some());
        let is_list = shown.aside(segment).is_some_and(|aside| !aside.is_form)
            && self.text(span).split(|&b| b == b' ').all(is_tag);
        !span.is_empty()
            && shown.text().is_some()
            && shown.piece(span.start) < shown.piece(span.end - 1)
            && !is_list
    }

    /// Whether the segment is joined from words, or is one. A cue has no nearer times than its own.
    fn is_words(&self, segment: u32) -> bool {
        if self.times.are_cues {
            return true;
        }
        let text = self.text(self.conversation.segments[segment as usize].span);
        !text.is_empty() && (self.is_joined(segment) || !text.trim_ascii().contains(&b' '))
    }

    /// What stands in its place, or will.
    fn label<'r>(&self, mention: &Mention, replacement: &dyn Fn(usize) -> &'r str) -> Vec<u8> {
        if mention.is_tag {
            self.text(mention.span).to_vec()
        } else {
            replacement(mention.at).as_bytes().to_vec()
        }
    }

    fn text(&self, span: Span) -> &[u8] {
        span.of(self.chunk.text.bytes)
    }

    /// Whether it is a tag, and all of its text.
    fn is_all(&self, mention: Mention) -> bool {
        let segment = self.conversation.segments[mention.segment as usize].span;
        mention.is_tag && self.text(segment).trim_ascii() == self.text(mention.span)
    }

    /// Notes the strings as windows, with what lies between them; `false`, and nothing is noted, when one of them has
    /// no times.
    fn put(&mut self, strings: &[Option<Spoken>], mention: Mention, channel: Option<u16>) -> bool {
        let Some(mut said) = said(strings) else { return false };
        for at in 1..said.len() {
            // A recogniser may lose a word of a number.
            said[at - 1].1.1 = said[at - 1].1.1.max(said[at].1.0);
        }
        for (string, (start, end)) in said {
            let speaker =
                string.speaker.map(|label| String::from_utf8_lossy(label.of(self.chunk.file)).into());
            let channel = string.channel.or(channel);
            let Mention { entity, rule, score, .. } = mention;
            self.call.windows.push(Window { start, end, entity, channel, speaker, rule, score });
        }
        true
    }

    /// Notes the words of a copy that are not quite those of the turn: some of them may be missing, and were said between
    /// these and their neighbours. `false`, and nothing is noted, when the times of that are not known.
    fn put_around(
        &mut self,
        mut strings: Vec<Option<Spoken>>,
        mention: Mention,
        channel: Option<u16>,
    ) -> bool {
        let last = strings.len().saturating_sub(1);
        for (at, string) in strings.iter_mut().enumerate() {
            let Some(string) = string else { continue };
            if let (0, Some((start, _))) = (at, &mut string.said) {
                *start = (*start).min(string.end_before.unwrap_or(0));
            }
            if at == last {
                string.said =
                    string.said.zip(string.start_behind).map(|((start, end), next)| (start, end.max(next)));
            }
        }
        self.put(&strings, mention, channel)
    }

    /// The strings behind a tag that were emptied with it.
    fn emptied(&self, strings: &mut Vec<Option<Spoken>>) {
        let Some(Some(mut last)) = strings.last().copied() else { return };
        while let Some(next) =
            last.next.map(|next| *self.times.string(next)).filter(|next| next.raw.is_empty())
        {
            strings.push(Some(next));
            last = next;
        }
    }

    /// Hears what a list of words, or a word by itself, holds.
    fn words(&mut self, span: Span, mention: Mention, segment: u32, channel: Option<u16>) -> bool {
        let mut strings = self.strings(span, segment);
        if mention.is_tag {
            self.emptied(&mut strings);
        }
        self.put(&strings, mention, channel)
    }

    /// Hears what stands in a turn that is a word or joined from words; what else stands in one is to be looked for
    /// in the copies of its words.
    fn turn(&mut self, mention: Mention) -> Option<Said> {
        let shown = &self.conversation.shown;
        let own = self.strings(mention.span, mention.segment);
        let first = own.first().copied().flatten();
        let is_aside = shown.turns.is_empty() || self.times.are_cues;
        if is_aside && !first.is_none_or(|it| it.is_named || it.is_spoken || it.said.is_some()) {
            return None;
        }
        if self.is_words(mention.segment) && self.words(mention.span, mention, mention.segment, None) {
            return None;
        }
        let channel = first.and_then(|string| string.channel);
        let words = words_of(mention.span, &shown.turns);
        Some(Said { mention, source: Source { words, at: 0 }, channel, is_heard: false, near: Vec::new() })
    }

    /// Hears what was said in turns where lists of words hold copies of it.
    fn copies(&mut self, open: &mut [Said]) {
        let conversation = self.conversation;
        let shown = &conversation.shown;
        open.sort_by_key(|said| (said.source.words.start, said.source.words.end));
        let mut by_turn = Vec::new();
        let mut found = Vec::new();
        for aside in &shown.asides {
            // Most strings of a document share no words with the turns.
            if aside.runs.is_empty() && !aside.is_form {
                continue;
            }
            in_order_of_turns(aside, shown, &mut by_turn);
            // A word by itself is a list of one only where it stands beside the turn.
            let is_words = self.is_joined(aside.segment) || aside.is_form && self.is_words(aside.segment);
            let first = open.partition_point(|said| said.source.words.end <= aside.region.start);
            let of_region = |said: &&mut Said| said.source.words.start < aside.region.end;
            for said in open[first..].iter_mut().take_while(of_region) {
                if said.source.words.is_empty() {
                    continue;
                }
                let (source, span) = (&said.source, said.mention.span);
                carry(source, span, aside, &by_turn, shown, self.chunk.text.bytes, |copy| found.push(copy));
                for copy in found.drain(..) {
                    self.copies.insert((aside.segment, copy));
                    if is_words && self.is_same(copy, span) {
                        said.is_heard |= self.words(copy, said.mention, aside.segment, said.channel);
                    } else if is_words {
                        said.near.push((copy, aside.segment));
                    }
                }
            }
        }
    }

    /// Whether both spans have the same letters.
    fn is_same(&self, one: Span, other: Span) -> bool {
        let letters = |span: Span| {
            let text = self.text(span).iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
            text.map(u8::to_ascii_lowercase)
        };
        letters(one).eq(letters(other))
    }

    /// Hears what was said in a turn in copies that are not quite the same. Where another copy is, they say when it may
    /// have been said, too; where none is, words may be missing in them.
    fn near(&mut self, said: &Said) -> bool {
        let mut is_heard = said.is_heard;
        for &(copy, segment) in &said.near {
            let strings = self.strings(copy, segment);
            if said.is_heard {
                self.put(&strings, said.mention, said.channel);
            } else {
                is_heard |= self.put_around(strings, said.mention, said.channel);
            }
        }
        is_heard
    }

    /// Hears the whole of the turn that the mention stands in.
    fn whole_turn(&mut self, mention: Mention) {
        if self.put(&self.strings(mention.span, mention.segment), mention, None) {
            self.call.whole_turns += 1;
        } else {
            self.untimed.push((mention.segment, mention.span.start));
        }
    }

    /// Hears what stands in a text beside the turns.
    fn aside(&mut self, mention: Mention, aside: &Aside, label: &[u8]) {
        let from = (mention.segment, Span { start: 0, end: 0 });
        let copies = self
            .copies
            .range(from..)
            .take_while(|(segment, span)| *segment == mention.segment && span.start < mention.span.end);
        let is_copy = copies.into_iter().any(|(_, span)| span.overlaps(mention.span));
        let own = self.strings(mention.span, mention.segment);
        let first = own.first().copied().flatten();
        // What a turn holds is heard there, unless somebody else says it here.
        let is_known = !aside.is_form && self.heard.contains(label) && !first.is_some_and(|it| it.is_spoken);
        if (is_copy || is_known) && !self.is_joined(mention.segment) {
            return;
        }
        let is_named = first.is_some_and(|it| it.is_named);
        // A text that is one tag is no list of words.
        let is_word =
            self.is_words(mention.segment) && !self.is_all(mention) && (is_named || aside.words.len() > 1);
        if is_word && self.words(mention.span, mention, mention.segment, None) || is_copy {
            return;
        }
        let is_said = first.is_some_and(|it| it.is_named && (it.is_spoken || it.said.is_some()));
        if !aside.is_form && !is_said {
            return;
        }
        // The turns beside it.
        let shown = &self.conversation.shown;
        let turns = shown
            .turns
            .get(aside.region.start as usize)
            .zip((aside.region.end as usize).checked_sub(1).and_then(|last| shown.turns.get(last)));
        if self.put(&own, mention, None) {
            self.call.whole_turns += 1;
        } else if let Some((first, last)) = turns.filter(|_| aside.is_form) {
            let beside = self.strings(Span { start: first.span.start, end: last.span.end }, mention.segment);
            // Between the turns lie names and speakers, which nobody says.
            let turns: Vec<Option<Spoken>> =
                beside.into_iter().filter(|string| string.is_some_and(|it| it.is_named)).collect();
            if turns.is_empty() || !self.put(&turns, mention, None) {
                self.untimed.push((mention.segment, mention.span.start));
            } else {
                self.call.whole_turns += 1;
            }
        } else {
            self.untimed.push((mention.segment, mention.span.start));
        }
    }

    /// Lets windows on no named channel have the one of the same words elsewhere.
    fn agree(&mut self) {
        let windows = &mut self.call.windows;
        windows.sort();
        windows.dedup();
        let named: Vec<Window> = windows.iter().filter(|window| window.channel.is_some()).cloned().collect();
        for window in windows.iter_mut().filter(|window| window.channel.is_none()) {
            let is_it =
                |of: &&Window| of.start < window.end && window.start < of.end && of.entity == window.entity;
            let mut channels = named.iter().filter(is_it).map(|of| of.channel);
            let first = channels.next().flatten();
            if channels.all(|other| other == first) {
                window.channel = first;
            }
        }
        windows.sort();
        windows.dedup();
    }
}

/// The strings with their times, if all have some.
fn said(strings: &[Option<Spoken>]) -> Option<Vec<(Spoken, (u64, u64))>> {
    strings.iter().map(|string| string.and_then(|string| Some((string, string.said?)))).collect()
}

/// The tag at the start of `text`: its length, and what it stands for.
fn tag_at(text: &[u8], entities: &Entities) -> Option<(usize, Entity)> {
    let close = crate::model::closing(*text.first()?)?;
    let inside = &text[1..=text.iter().take(64).position(|&b| b == close)?.checked_sub(1)?];
    let name = std::str::from_utf8(inside).ok()?;
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let plain = if plain.len() < name.len() { plain.strip_suffix('_').unwrap_or(plain) } else { plain };
    // What the makers' own maskers write, and pseudonyms.
    let is_other = matches!(plain, "PII" | "NAME" | "REDACTED") || name.starts_with(HASH_STAMP);
    let entity = entities.find(plain).or(is_other.then_some(PERSON))?;
    Some((inside.len() + 2, entity))
}
