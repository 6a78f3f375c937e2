//! Captions: WebVTT and SubRip, a call a file.
//!
//! A cue shows a few words of a sentence, so what is said goes on from cue to cue: cues of one speaker are read
//! together, up to the end of a sentence. Times, cue numbers, styles and marks stay; who speaks stands in a voice
//! mark (`<v Name>`) or before a colon. The whole file is one record.

use std::sync::Arc;

use super::labels::{Label, Labels};
use super::times::{self, Spoken, Times};
use super::{Chunk, Conversation, FieldOptions, Format, Layout, line_end, same_line_end, without_line_end};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Escape, FaultKind, Record, Role, Span};
use crate::scan::Kernel;

/// Web Video Text Tracks (W3C).
pub(super) const VTT: Format = Format {
    name: "vtt",
    about: "WebVTT captions; names of speakers in <v ...> or before a colon",
    extensions: &["vtt"],
    sniff: |head| {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        head.starts_with(b"WEBVTT") && head.get(6).is_none_or(u8::is_ascii_whitespace)
    },
    open,
};

/// SubRip.
pub(super) const SRT: Format = Format {
    name: "srt",
    about: "SubRip captions; names of speakers before a colon",
    extensions: &["srt"],
    sniff: |head| {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let mut lines =
            head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).skip_while(|line| line.is_empty());
        let number = lines.next().unwrap_or_default();
        !number.is_empty() && number.iter().all(u8::is_ascii_digit) && lines.next().is_some_and(is_timing)
    },
    open,
};

fn open(_: &[u8], options: &FieldOptions) -> Result<Box<dyn Layout>> {
    if let Some(name) = options.text.first() {
        return Err(Error::Usage(format!("captions have no field `{name}`; leave --text-field out")));
    }
    Ok(Box::new(Captions { labels: options.headings.labels(), kernel: Kernel::best() }))
}

/// `00:01.000 --> 00:04.000`, with settings behind it.
fn is_timing(line: &[u8]) -> bool {
    let arrow = line.windows(3).position(|three| three == b"-->");
    arrow.is_some_and(|at| {
        let from = line[..at].trim_ascii();
        !from.is_empty() && from.iter().all(|b| b.is_ascii_digit() || b":.,".contains(b))
    })
}

struct Captions {
    labels: Arc<Labels>,
    kernel: Kernel,
}

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Words with a time.
    Cue,
    /// Words without: the header, a comment, or what is no caption.
    Words,
    /// Styles and regions.
    Rules,
}

/// The reading of a file.
struct Reader<'a, 'o> {
    captions: &'a Captions,
    bytes: &'a [u8],
    out: &'o mut Conversation,
    /// Where the open text began, in the shown text.
    open: Option<usize>,
    /// Who speaks in it.
    speaker: Vec<u8>,
    /// Where that is said, again and again: shown behind the text, which the labels would part.
    labels: Vec<Span>,
}

/// Most bytes that are read together: a speech.
const TOGETHER: usize = 4096;

impl Reader<'_, '_> {
    /// Ends the open text, if there is one.
    fn close(&mut self) {
        let Conversation { shown, segments, .. } = &mut *self.out;
        if let Some(start) = self.open.take() {
            shown.segment(start, Role::Text, segments);
        }
        for name in self.labels.drain(..) {
            let start = shown.end();
            shown.string(self.bytes, name, Escape::None, false);
            let is_role = self.captions.labels.is_role(name.of(self.bytes));
            shown.segment(start, if is_role { Role::Exempt } else { Role::Person }, segments);
        }
        shown.part();
    }

    /// Appends words to the open text, or to one that they open.
    fn say(&mut self, span: Span) {
        let words = span.of(self.bytes);
        let blank = words.len() - words.trim_ascii_start().len();
        let span =
            Span::new(span.start as usize + blank, span.start as usize + blank + words.trim_ascii().len());
        if span.is_empty() {
            return;
        }
        match self.open {
            None => self.open = Some(self.out.shown.end()),
            Some(_) => self.out.shown.gap(),
        }
        self.out.shown.string(self.bytes, span, Escape::None, false);
    }

    /// Notes who speaks, where a label or voice says so.
    fn speaks(&mut self, name: Span) {
        let bytes = name.of(self.bytes);
        if self.speaker != bytes {
            self.close();
            self.speaker = bytes.to_vec();
        }
        self.labels.push(name);
    }

    /// Whether what is open goes on in the next cue.
    fn goes_on(&self) -> bool {
        self.open.is_some_and(|start| {
            let said = self.out.shown.since(start);
            !matches!(said.last(), Some(b'.' | b'?' | b'!')) && said.len() < TOGETHER
        })
    }

    /// Reads a line of a cue: marks stay, what stands between them is said.
    fn line(&mut self, start: usize, line: &[u8]) {
        // Marks may stand before a label.
        let mut from = 0;
        while let Some((open @ (b'<' | b'{'), rest)) = line[from..].split_first() {
            let closing = if *open == b'<' { b'>' } else { b'}' };
            match memchr::memchr(closing, rest) {
                Some(length) if is_mark(&rest[..length], *open) && voice(&rest[..length]).is_none() => {
                    from += length + 2;
                }
                _ => break,
            }
        }
        if let Some(Label { span, text, .. }) = self.captions.labels.of(&line[from..], start + from) {
            self.speaks(span);
            from = text - start;
        }
        let mut at = from;
        while let Some(open) = memchr::memchr2(b'<', b'{', &line[at..]).map(|next| at + next) {
            let closing = if line[open] == b'<' { b'>' } else { b'}' };
            let Some(close) = memchr::memchr(closing, &line[open..]).map(|next| open + next) else { break };
            let mark = &line[open + 1..close];
            if !is_mark(mark, line[open]) {
                at = open + 1;
                continue;
            }
            self.say(Span::new(start + from, start + open));
            if let Some(name) = voice(mark) {
                self.speaks(Span::new(start + open + 1 + name, start + close));
            }
            (at, from) = (close + 1, close + 1);
        }
        self.say(Span::new(start + from, start + line.len()));
    }

    /// Reads a block, whose lines stand at `lines`.
    fn block(&mut self, lines: &[(usize, usize)]) {
        let text = |line: &(usize, usize)| without_line_end(&self.bytes[line.0..line.1]);
        let timing = lines.iter().position(|line| is_timing(text(line)));
        let first = text(&lines[0]);
        let kind = match timing {
            Some(_) => Block::Cue,
            None if first.starts_with(b"STYLE") || first.starts_with(b"REGION") => Block::Rules,
            None => Block::Words,
        };
        match kind {
            Block::Cue => {
                self.out.shown.mark(lines[0].0);
                if !self.goes_on() {
                    self.close();
                }
                let from = timing.map_or(0, |timing| timing + 1);
                for &(start, end) in &lines[from..] {
                    let line = without_line_end(&self.bytes[start..end]);
                    self.line(start, line);
                }
            }
            Block::Words => {
                for &(start, end) in lines {
                    self.close();
                    let line = without_line_end(&self.bytes[start..end]);
                    let bom = if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
                    self.say(Span::new(start + bom, start + line.len()));
                }
                self.close();
            }
            Block::Rules => {}
        }
    }
}

/// Calls `read` with the lines of each block from byte `at` on: where they begin and end. Empty lines part blocks.
fn each_block(bytes: &[u8], at: usize, mut read: impl FnMut(&[(usize, usize)])) {
    let (mut lines, mut start) = (Vec::new(), at);
    while let Some(next) = line_end(bytes, start, true) {
        if bytes[start..next].trim_ascii().is_empty() {
            if !lines.is_empty() {
                read(&lines);
            }
            lines.clear();
        } else {
            lines.push((start, next));
        }
        start = next;
    }
    if !lines.is_empty() {
        read(&lines);
    }
}

/// Whether a block without times that begins with this line is header or comment.
fn is_aside(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first);
    first.starts_with(b"WEBVTT") || first.starts_with(b"NOTE")
}

/// A string of which nothing is known but where it stands.
pub(super) fn unsaid(raw: Span) -> Spoken {
    Spoken {
        raw,
        said: None,
        channel: None,
        speaker: None,
        is_named: false,
        is_spoken: false,
        next: None,
        end_before: None,
        start_behind: None,
    }
}

/// Whether what stands between angle or curly brackets is a mark: `v Name`, `/v`, `c.loud`, `00:01.000`, `i`, `\an8`;
/// tags of masked values are none.
fn is_mark(mark: &[u8], open: u8) -> bool {
    let name = mark.strip_prefix(b"/").unwrap_or(mark);
    let name = name.split(|b| b.is_ascii_whitespace() || *b == b'.').next().unwrap_or_default();
    if open == b'{' {
        return mark.first() == Some(&b'\\');
    }
    let known: &[&[u8]] = &[b"v", b"c", b"i", b"b", b"u", b"s", b"lang", b"ruby", b"rt", b"font", b"br"];
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
        || !mark.is_empty() && mark.iter().all(|b| b.is_ascii_digit() || b":.".contains(b))
}

/// Where the name of a voice mark begins.
fn voice(mark: &[u8]) -> Option<usize> {
    let is_voice = matches!(mark, [b'v', b' ' | b'\t' | b'.', ..]);
    let blank = mark.iter().position(u8::is_ascii_whitespace)?;
    let name = blank + mark[blank..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    (is_voice && name < mark.len()).then_some(name)
}

impl Layout for Captions {
    fn border(&self, bytes: &[u8], _first: bool, complete: bool) -> usize {
        if complete { bytes.len() } else { 0 }
    }

    fn record_end(&self, bytes: &[u8], at: usize, _first: bool, complete: bool) -> Option<usize> {
        (complete && at < bytes.len()).then_some(bytes.len())
    }

    fn count(&self, bytes: &[u8], _first: bool) -> u64 {
        u64::from(!bytes.is_empty())
    }

    fn conversation(&self, chunk: &Chunk, at: usize, number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let (bytes, end) = (chunk.file, chunk.file.len());
        out.records.push(Record { span: Span::new(at, end), fault: None, number });
        if end - at > limits::DOCUMENT_BYTES {
            out.fail(FaultKind::TooLong, 0);
            return end;
        }
        if let Some(bad) = chunk.encoding_fault(at, end) {
            out.fail(FaultKind::Encoding, bad);
            return end;
        }
        let mut reader =
            Reader { captions: self, bytes, out, open: None, speaker: Vec::new(), labels: Vec::new() };
        each_block(bytes, at, |lines| reader.block(lines));
        reader.close();
        out.shown.finish(self.kernel, true);
        end
    }

    fn keys<'a>(&'a self, _: &Chunk<'a>, _: &Conversation, _: &crate::model::Segment) -> [&'a [u8]; 2] {
        [&[]; 2]
    }

    fn is_speaker(&self, _: &Chunk, _: &Conversation, segment: &crate::model::Segment) -> bool {
        segment.role != Role::Text
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
        let mut strings: Vec<Spoken> =
            conversation.shown.pieces.iter().map(|piece| unsaid(piece.raw)).collect();
        strings.sort_by_key(|string| string.raw);
        let bytes = chunk.file;
        let mut next = 0;
        each_block(bytes, 0, |lines| {
            let text = |line: &(usize, usize)| without_line_end(&bytes[line.0..line.1]);
            let end = lines[lines.len() - 1].1 as u32;
            while let Some(string) = strings.get_mut(next).filter(|string| string.raw.start < end) {
                // The empty line before a cue may be missing.
                let above = lines.iter().rev().skip_while(|line| line.0 as u32 > string.raw.start);
                let timing = above.map(text).find(|line| is_timing(line));
                string.said = timing.and_then(times::of_timing);
                // What is neither header nor comment may be a cue whose times cannot be read.
                string.is_named = timing.is_some() || !is_aside(text(&lines[0]));
                next += 1;
            }
        });
        Times::of_cues(strings)
    }

    fn record_bytes(&self) -> usize {
        limits::DOCUMENT_BYTES
    }

    fn next_record(&self, _: &[u8]) -> Option<usize> {
        None
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"[QUARANTINED]");
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        "captions, read together up to the end of a sentence".to_owned()
    }
}

/// What the string of a piece is called: the number of its cue, and whether it is said or says who speaks.
fn field(conversation: &Conversation, piece: usize) -> String {
    let Conversation { shown, segments, .. } = conversation;
    let piece = &shown.pieces[piece];
    let segment = segments.get(segments.partition_point(|segment| segment.span.end <= piece.shown.start));
    let what = if segment.is_some_and(|segment| segment.role == Role::Text) { "text" } else { "speaker" };
    match shown.marked(piece.raw.start) {
        0 => format!("/header/{what}"),
        cue => format!("/{cue}/{what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_heads() {
        assert!((VTT.sniff)(b"\xEF\xBB\xBFWEBVTT - a call\n") && !(VTT.sniff)(b"WEBVTTX"));
        assert!(
            (SRT.sniff)(b"\n1\r\n00:00:01,000 --> 00:00:02,000\r\nhi") && !(SRT.sniff)(b"1\nhello --> you\n")
        );
    }

    #[test]
    fn marks_and_voices() {
        assert!(is_mark(b"v Ana", b'<') && is_mark(b"/v", b'<') && is_mark(b"c.loud", b'<'));
        assert!(is_mark(b"00:01.000", b'<') && is_mark(b"\\an8", b'{') && !is_mark(b"PERSON_1", b'<'));
        assert_eq!(
            (voice(b"v Ana"), voice(b"v.loud Ana"), voice(b"vx Ana"), voice(b"v ")),
            (Some(2), Some(7), None, None)
        );
    }
}
