//! Time-marked conversations (CTM): a word a line, as NIST's scoring tools, Kaldi and NeMo write them.
//!
//! `file channel start duration word [confidence [type [speaker]]]`. The lines of one recording are a conversation, so a
//! file of many recordings is read one by one. Its words are read together as they were said; what goes on over
//! several lines is masked in each of them, because a line without a word is none. A line that cannot be read is a
//! record by itself, between those that can.

mod line;
mod turns;

use std::collections::HashMap;

use super::labels::Labels;
use super::times::{self, Spoken, Times};
use super::{Chunk, Conversation, Format, Layout, id_hash, line_end, same_line_end};
use super::{captions, without_line_end};
use crate::error::Error;
use crate::limits;
use crate::model::{FaultKind, Record, Role, Segment, Span};
use crate::scan::Kernel;
use line::{Line, Says};

/// See the module.
pub(super) const FORMAT: Format = Format {
    name: "ctm",
    about: "time-marked words, a line each: file, channel, start, duration, word; a recording is a conversation",
    extensions: &["ctm"],
    sniff,
    open: |_, options| {
        if let Some(name) = options.text.first() {
            return Err(Error::Usage(format!(
                "time-marked words have no field `{name}`; leave --text-field out"
            )));
        }
        let recording = Recordings { labels: Labels::new(&options.headings), kernel: Kernel::best() };
        Ok(Box::new(recording))
    },
};

/// Words that must be there for a file to be taken for one by its content.
const WORDS: usize = 3;
/// Lines that are looked at for that.
const LINES: usize = 64;
/// Bytes beyond the bound in which a block of alternatives may end.
const BLOCK_BYTES: usize = 64 << 10;

/// Lines of which all fit, in order of their times, with a fraction of a second somewhere.
fn sniff(head: &[u8]) -> bool {
    let (mut words, mut has_fraction) = (0, false);
    let mut last: HashMap<(&[u8], &[u8]), f64> = HashMap::new();
    for (start, next) in lines(head, 0).take(LINES) {
        let end = start + without_line_end(&head[start..next]).len();
        match line::read(head, start, end) {
            // The last line may not be all there.
            Line::Bad(..) if next == head.len() && words >= WORDS => break,
            Line::Bad(..) => return false,
            Line::Blank | Line::Comment(_) => {}
            Line::Marked(marked) => {
                let mut more = line::columns(head, marked.more).map(|column| column.of(head));
                let is_sure = more.next().is_none_or(|sure| line::seconds(sure).is_some() || sure == b"NA");
                if !is_sure || more.count() > 2 {
                    return false;
                }
                let Says::Word(_, from, until) = marked.says else { continue };
                let key = (marked.file.of(head), marked.channel.of(head));
                if from < 0.0 || until < from || last.insert(key, from).is_some_and(|last| from < last) {
                    return false;
                }
                words += 1;
                has_fraction |= from.fract() != 0.0 || until.fract() != 0.0;
            }
        }
    }
    words >= WORDS && has_fraction
}

/// Where lines begin and end, from byte `at` on; the last one may lack its end.
fn lines(bytes: &[u8], mut at: usize) -> impl Iterator<Item = (usize, usize)> {
    std::iter::from_fn(move || {
        let end = line_end(bytes, at, true)?;
        let start = std::mem::replace(&mut at, end);
        Some((start, end))
    })
}

struct Recordings {
    labels: Labels,
    kernel: Kernel,
}

/// What a record is.
#[derive(Clone, Copy)]
enum Part {
    /// Lines of one recording, with the name of that; none where they are comments alone.
    Words(Option<Span>),
    /// A line that cannot be read.
    Bad(FaultKind, usize),
}

/// The record that begins at `at`, with its end; `None` when more bytes are needed. It ends with the last word of its
/// recording: comments are about what comes.
fn part(bytes: &[u8], at: usize, complete: bool) -> Option<(Part, usize)> {
    let (mut name, mut end, mut next, mut is_open) = (None::<Span>, at, at, false);
    while let Some(after) = line_end(bytes, next, complete) {
        let line_end = next + without_line_end(&bytes[next..after]).len();
        match line::read(bytes, next, line_end) {
            Line::Bad(kind, place) if next == at => return Some((Part::Bad(kind, place), after)),
            Line::Bad(..) => return Some((Part::Words(name), next)),
            Line::Marked(marked) => {
                if name.is_some_and(|name| name.of(bytes) != marked.file.of(bytes)) {
                    return Some((Part::Words(name), end));
                }
                name = name.or(Some(marked.file));
                is_open = match marked.says {
                    Says::Word(..) => is_open,
                    says => says != Says::End,
                };
                end = after;
            }
            Line::Blank | Line::Comment(_) => {}
        }
        next = after;
        let bound = limits::CONVERSATION_BYTES + if is_open { BLOCK_BYTES } else { 0 };
        if next - at >= bound {
            return Some((Part::Words(name), next));
        }
    }
    (complete && next > at).then_some((Part::Words(name), next))
}

/// Whether a record belongs to the conversation of the recording `name`, which it may be the first to tell.
fn joins(bytes: &[u8], name: &mut Option<Span>, part: Part) -> bool {
    let Part::Words(Some(own)) = part else { return true };
    let known = *name.get_or_insert(own);
    known.of(bytes) == own.of(bytes)
}

impl Layout for Recordings {
    fn border(&self, bytes: &[u8], _first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let (mut begin, mut at, mut name) = (0, 0, None);
        while let Some((part, end)) = part(bytes, at, false) {
            if !joins(bytes, &mut name, part) {
                (begin, name) = (at, None);
                joins(bytes, &mut name, part);
            }
            at = end;
            if at - begin >= limits::CONVERSATION_BYTES {
                (begin, name) = (at, None);
            }
        }
        begin
    }

    fn record_end(&self, bytes: &[u8], at: usize, _first: bool, complete: bool) -> Option<usize> {
        part(bytes, at, complete).map(|(_, end)| end)
    }

    fn count(&self, bytes: &[u8], _first: bool) -> u64 {
        let (mut at, mut count) = (0, 0);
        while let Some((_, end)) = part(bytes, at, true) {
            (at, count) = (end, count + 1);
        }
        count
    }

    fn conversation(&self, chunk: &Chunk, at: usize, mut number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let bytes = chunk.file;
        let (mut start, mut name) = (at, None);
        while let Some((part, end)) = part(bytes, start, true) {
            if !joins(bytes, &mut name, part) {
                break;
            }
            out.records.push(Record { span: Span::new(start, end), fault: None, number });
            number += 1;
            match part {
                Part::Bad(kind, place) => {
                    out.shown.mark(start);
                    out.fail(kind, place);
                }
                Part::Words(_) => self.read(bytes, Span::new(start, end), out),
            }
            start = end;
            if start - at >= limits::CONVERSATION_BYTES {
                out.cut = true;
                break;
            }
        }
        out.id = name.map(|name| id_hash(name.of(bytes)));
        out.shown.dependents.sort_by_key(|dependent| dependent.raw);
        out.shown.finish(self.kernel, true);
        start
    }

    fn keys<'a>(&'a self, _: &Chunk<'a>, _: &Conversation, _: &Segment) -> [&'a [u8]; 2] {
        [&[]; 2]
    }

    fn is_speaker(&self, _: &Chunk, _: &Conversation, segment: &Segment) -> bool {
        segment.role == Role::Exempt
    }

    fn speaker_label(&self, name: &[u8]) -> Option<&'static str> {
        Some(self.labels.side(name))
    }

    fn pointers(
        &self,
        _: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        _: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        conversation.pointers_of_segments(wanted, field, out);
    }

    fn places(
        &self,
        _: &Chunk,
        conversation: &Conversation,
        _: usize,
        wanted: &[u32],
        _: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        conversation.pointers_of_strings(wanted, field, out);
    }

    fn times(&self, chunk: &Chunk, conversation: &Conversation) -> Times {
        let bytes = chunk.file;
        let mut strings: Vec<Spoken> =
            conversation.shown.pieces.iter().map(|piece| captions::unsaid(piece.raw)).collect();
        strings.sort_by_key(|string| string.raw);
        let mut next = 0;
        let mut channels: Vec<(usize, Span)> = Vec::new();
        for record in &conversation.records {
            let whole = &bytes[..record.span.end as usize];
            for (start, end) in lines(whole, record.span.start as usize) {
                let line_end = start + without_line_end(&bytes[start..end]).len();
                let marked = match line::read(bytes, start, line_end) {
                    Line::Marked(marked) => Some(marked),
                    _ => None,
                };
                while let Some(string) = strings.get_mut(next).filter(|it| (it.raw.start as usize) < end) {
                    if let Some(marked) = marked
                        && let Says::Word(word, from, until) = marked.says
                        && word.start <= string.raw.start
                        && string.raw.end <= word.end
                    {
                        string.said = times::of_seconds(from, until);
                        string.is_named = true;
                        channels.push((next, marked.channel));
                    }
                    next += 1;
                }
            }
        }
        number_channels(bytes, &channels, &mut strings);
        Times::of_cues(strings)
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b";; [QUARANTINED]");
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        "time-marked words, read together as they were said".to_owned()
    }
}

impl Recordings {
    fn read(&self, bytes: &[u8], record: Span, out: &mut Conversation) {
        let mut stretch = turns::Stretch::new(bytes, &self.labels, out.records.len() as u32 - 1);
        for (start, end) in lines(&bytes[..record.end as usize], record.start as usize) {
            out.shown.mark(start);
            let line_end = start + without_line_end(&bytes[start..end]).len();
            stretch.line(line::read(bytes, start, line_end));
        }
        stretch.show(out);
    }
}

/// Says on which channel strings are said, where the channels are numbers or letters and there are several.
fn number_channels(bytes: &[u8], channels: &[(usize, Span)], strings: &mut [Spoken]) {
    let number = |name: Span| match name.of(bytes) {
        [letter @ (b'A'..=b'H' | b'a'..=b'h')] => Some(u16::from((letter | 0x20) - b'a') + 1),
        digits if digits.len() <= 3 => std::str::from_utf8(digits).ok()?.parse::<u16>().ok(),
        _ => None,
    };
    let numbers: Option<Vec<u16>> = channels.iter().map(|channel| number(channel.1)).collect();
    let Some(numbers) = numbers else { return };
    let lowest = numbers.iter().min().copied().unwrap_or(0);
    if numbers.iter().all(|number| *number == lowest) {
        return;
    }
    for (&(string, _), number) in channels.iter().zip(numbers) {
        strings[string].channel = Some(number - lowest.min(1));
    }
}

/// What the string of a piece is called: the number of its line in its record, and what it is there.
fn field(conversation: &Conversation, piece: usize) -> String {
    let Conversation { shown, segments, records, .. } = conversation;
    let Some(piece) = shown.pieces.get(piece) else { return String::new() };
    let segment = segments.get(segments.partition_point(|segment| segment.span.end <= piece.shown.start));
    let what = match segment.map(|segment| segment.role) {
        Some(Role::Recording) => "file",
        Some(Role::Person) => "speaker",
        Some(Role::Value) => "column",
        _ => "word",
    };
    let record = records.get(segment.map_or(0, |segment| segment.record as usize));
    let before = record.map_or(0, |record| shown.marked(record.span.start));
    // The record's first line is marked where the record begins.
    format!("/{}/{what}", shown.marked(piece.raw.start) + 1 - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_lines() {
        let fits = |head: &str| (FORMAT.sniff)(head.as_bytes());
        assert!(fits(
            ";; made by hand\ncall A 0.5 0.2 hi\ncall A 0.8 0.2 there 0.9\ncall B 0.1 0.1 yes\ncall B 1."
        ));
        assert!(fits(
            "call 1 * * <ALT_BEGIN>\r\ncall 1 0.5 0.2 hi\r\ncall 1 0.9 0.2 you\r\ncall 1 1 1 all NA lex\r\n"
        ));
        // Times that go back, too few lines, whole numbers, words behind the word.
        assert!(!fits("call A 0.5 0.2 hi\ncall A 0.4 0.2 there\ncall A 0.8 0.2 you\n"));
        assert!(!fits("call A 0.5 0.2 hi\n") && !fits("a b 1 2 c\na b 2 2 c\na b 3 2 c\n"));
        assert!(!fits(
            "we paid 4.50 2.20 more than\nwe paid 4.60 2.20 more than\nwe paid 4.70 2.20 more than\n"
        ));
    }

    #[test]
    fn records_end_with_their_recording() {
        let text = b";; one\na 1 0.1 0.2 x\n;; two\n\nb 1 0.1 0.2 y\nbad\nb 1 0.4 0.2 z\n;; end\n";
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some((_, end)) = part(text, at, true) {
            ends.push(String::from_utf8_lossy(&text[at..end]).into_owned());
            at = end;
        }
        let expected =
            [";; one\na 1 0.1 0.2 x\n", ";; two\n\nb 1 0.1 0.2 y\n", "bad\n", "b 1 0.4 0.2 z\n;; end\n"];
        assert_eq!(ends, expected);
    }
}
