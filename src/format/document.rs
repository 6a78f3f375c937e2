//! JSON documents: a call a file, or an array of calls.
//!
//! A file holds one value after the other, each of them a record; or an array of calls, or an object that holds
//! such an array, of which each element is a record, so that files of any length are read piece by piece. What
//! stands around the elements is a record too, with number 0. Every string of a document is text, unless its name
//! says otherwise.

use super::fields::{Field, Fields};
use super::times::Times;
use super::tree::{string_end, value_end};
use super::values::{self, Values};
use super::{Chunk, Conversation, Format, Layout, id_hash, line_end};
use crate::limits;
use crate::model::{Record, Role, Segment, Span};
use crate::scan::{Kernel, Text, classify};

/// See the module.
pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "JSON documents: a call a file, or an array of calls; what repeats the text is masked like it",
    extensions: &["json"],
    sniff,
    open: |head, options| {
        let (fields, kernel) = (Fields::of_documents(options), Kernel::best());
        let around = around(head, &fields);
        Ok(Box::new(Documents {
            values: Values { fields, kernel, record_bytes: limits::DOCUMENT_BYTES },
            around,
        }))
    },
};

/// Where the first value of a file begins, behind byte order mark and blanks.
fn begin(head: &[u8]) -> usize {
    let bom = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    skip(head, bom, b" \t\r\n")
}

fn skip(bytes: &[u8], at: usize, what: &[u8]) -> usize {
    at + bytes[at.min(bytes.len())..].iter().take_while(|b| what.contains(b)).count()
}

/// An object or array of which the first line is not all, or an array that is alone.
fn sniff(head: &[u8]) -> bool {
    let at = begin(head);
    let next = skip(head, at + 1, b" \t\r\n");
    let fits = match head.get(at) {
        Some(b'{') => matches!(head.get(next), Some(b'"' | b'}')),
        Some(b'[') => matches!(head.get(next), Some(b'{' | b'"' | b'[' | b']')),
        _ => false,
    };
    let end = value_end(head, at);
    let value = &head[at.min(head.len())..end.unwrap_or(head.len())];
    let is_alone = end.is_none_or(|end| head[end..].trim_ascii().is_empty());
    // A line of JSON lines may be longer than the head; then the next line will show what it is.
    fits && (value.contains(&b'\n') || is_alone && (head[at] == b'[' || end.is_none()))
}

/// What stands before the first element, where a file is an array of calls.
struct Around {
    /// How long it is.
    length: usize,
    /// What closes it.
    closing: &'static [u8],
    /// What opens it, as short as can be.
    opening: &'static [u8],
}

/// An array of calls: of values that are no turns of one dialogue, or an object with an array of values that name
/// their conversation.
fn around(head: &[u8], fields: &Fields) -> Option<Around> {
    let at = begin(head);
    let element = |from: usize| skip(head, from, b" \t\r\n");
    match head.get(at)? {
        b'[' => {
            let first = element(at + 1);
            let turns = has(head, first, fields, Field::Speaker)
                && has(head, first, fields, Field::Text)
                && !has(head, first, fields, Field::Conversation);
            let is_dialogue = turns && value_end(head, at).is_some();
            let is_array = matches!(head.get(first), Some(b'{' | b'['));
            (is_array && !is_dialogue).then_some(Around { length: at + 1, closing: b"]", opening: b"[" })
        }
        b'{' => {
            let calls = members(head, at).find(|&(_, value)| {
                head[value] == b'[' && has(head, element(value + 1), fields, Field::Conversation)
            });
            calls.map(|(_, value)| Around { length: value + 1, closing: b"]}", opening: b"{\"\":[" })
        }
        _ => None,
    }
}

/// The members of the object that begins at `at`, as far as `bytes` go: names, and where values begin.
fn members(bytes: &[u8], at: usize) -> impl Iterator<Item = (Span, usize)> {
    let mut next = Some(at + 1);
    std::iter::from_fn(move || {
        let from = skip(bytes, next.take()?, b" \t\r\n,");
        if bytes.get(from) != Some(&b'"') {
            return None;
        }
        let end = string_end(bytes, from + 1);
        let colon = skip(bytes, (end + 1).min(bytes.len()), b" \t\r\n");
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        let value = skip(bytes, colon + 1, b" \t\r\n");
        next = value_end(bytes, value);
        (value < bytes.len()).then_some((Span::new(from + 1, end), value))
    })
}

/// Whether the object that begins at `at` has a member that holds such a string or number.
fn has(bytes: &[u8], at: usize, fields: &Fields, field: Field) -> bool {
    bytes.get(at) == Some(&b'{')
        && members(bytes, at).any(|(name, value)| {
            fields.of(name.of(bytes)) == field && matches!(bytes[value], b'"' | b'0'..=b'9')
        })
}

struct Documents {
    values: Values,
    /// What stands around the elements, where there are such.
    around: Option<Around>,
}

/// A part of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What stands before the elements.
    Head,
    /// A value, an element.
    Value,
    /// What stands behind them.
    Tail,
}

impl Documents {
    /// What begins at `at`, with its end; `None` when more bytes are needed.
    fn part(&self, bytes: &[u8], at: usize, first: bool, complete: bool) -> Option<(Part, usize)> {
        if at >= bytes.len() {
            return None;
        }
        if let Some(around) = self.around.as_ref().filter(|_| first && at == 0) {
            let end = (bytes.len() >= around.length).then_some(around.length);
            return Some((Part::Head, end.or(complete.then_some(bytes.len()))?));
        }
        let all = |part| complete.then_some((part, bytes.len()));
        let bom = if first && at == 0 && bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let from = skip(bytes, at + bom, b" \t\r\n");
        if from == bytes.len() {
            return all(Part::Value);
        }
        if self.around.is_some() && bytes[from] == b']' {
            return all(Part::Tail);
        }
        // Where no value begins there is a line that cannot be decoded.
        if self.around.is_none()
            && !matches!(bytes[from], b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
        {
            return match line_end(bytes, from, complete) {
                Some(end) => Some((Part::Value, end)),
                None => all(Part::Value),
            };
        }
        let Some(end) = value_end(bytes, from) else { return all(Part::Value) };
        let end = end.max(from + 1);
        if self.around.is_some() {
            let next = skip(bytes, end, b" \t\r\n");
            return match bytes.get(next) {
                None => all(Part::Value),
                Some(b',') => Some((Part::Value, next + 1)),
                Some(_) => Some((Part::Value, next)),
            };
        }
        // Up to the end of the line, if nothing else stands on it.
        let next = skip(bytes, end, b" \t\r");
        match bytes.get(next) {
            None => all(Part::Value),
            Some(b'\n') => Some((Part::Value, next + 1)),
            Some(_) => Some((Part::Value, end)),
        }
    }

    /// The value of a record, without the comma behind it.
    fn value_of(&self, bytes: &[u8], record: Span, first: bool) -> Span {
        let mut value = values::body(bytes, record, first);
        if self.around.is_some() && value.of(bytes).ends_with(b",") {
            value = values::body(bytes, Span { start: value.start, end: value.end - 1 }, false);
        }
        value
    }

    fn of_record<'c>(&'c self, chunk: &'c Chunk) -> impl Fn(&Record) -> Span + 'c {
        move |record| {
            if record.number == 0 {
                Span::new(0, 0)
            } else {
                self.value_of(chunk.file, record.span, chunk.first)
            }
        }
    }

    /// The conversation that a value names, as a look at its own members tells.
    fn id_of(&self, bytes: &[u8], value: Span) -> Option<u64> {
        let inside = &bytes[..value.end as usize];
        let is_object = inside.get(value.start as usize) == Some(&b'{');
        let ids = members(inside, value.start as usize).filter(|(name, at)| {
            is_object && matches!(inside[*at], b'"' | b'0'..=b'9' | b'-') && {
                let name = name.of(inside);
                self.values.fields.of(name) == Field::Conversation
            }
        });
        let (_, at) = ids.last()?;
        let end = value_end(inside, at)?;
        Some(id_hash(if inside[at] == b'"' { &inside[at + 1..end - 1] } else { &inside[at..end] }))
    }

    /// Reads what stands around the elements: it is made whole for the parser.
    fn read_around(&self, chunk: &Chunk, part: Part, around: &Around, out: &mut Conversation) {
        let record = out.records[out.records.len() - 1].span;
        let own = record.of(chunk.file);
        let whole = match part {
            Part::Head => [own, around.closing].concat(),
            _ => [around.opening, own].concat(),
        };
        let mut masks = Vec::new();
        classify(self.values.kernel, &whole, &mut masks);
        let bom = if part == Part::Head && chunk.first && whole.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let text = Text { bytes: &whole, masks: &masks };
        let known = out.segments.len();
        let made = Chunk { text, file: &whole, ..*chunk };
        let all = Span::new(0, whole.len());
        let index = out.records.len() - 1;
        out.records[index].span = all;
        let value = values::body(&whole, Span::new(bom, whole.len()), false);
        self.values.read(&made, all, value, out);
        out.records[index].span = record;
        if part == Part::Tail {
            // Back to where the tail stands; the name that opens it stands nowhere.
            let shift = around.opening.len() as u32;
            for segment in &mut out.segments[known..] {
                if segment.span.end <= shift {
                    (segment.role, segment.span) =
                        (Role::Exempt, Span { start: record.start, end: record.start });
                } else {
                    segment.span.start = segment.span.start - shift + record.start;
                    segment.span.end = segment.span.end - shift + record.start;
                }
            }
        }
    }
}

impl Layout for Documents {
    fn border(&self, bytes: &[u8], first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let mut starts = Vec::new();
        let mut at = 0;
        while let Some((part, end)) = self.part(bytes, at, first, false) {
            starts.push((at, part));
            at = end;
        }
        // The last value may be followed by more of its conversation.
        let mut id = None;
        while let Some((start, part)) = starts.pop() {
            let value = self.value_of(bytes, Span::new(start, at), first);
            let own = if part == Part::Value { self.id_of(bytes, value) } else { None };
            if own.is_none() || id.is_some_and(|id| own != Some(id)) {
                return at;
            }
            (id, at) = (own, start);
        }
        at
    }

    fn record_end(&self, bytes: &[u8], at: usize, first: bool, complete: bool) -> Option<usize> {
        self.part(bytes, at, first, complete).map(|(_, end)| end)
    }

    fn count(&self, bytes: &[u8], first: bool) -> u64 {
        let (mut at, mut count) = (0, 0);
        while let Some((_, end)) = self.part(bytes, at, first, true) {
            (at, count) = (end, count + 1);
        }
        count
    }

    fn conversation(&self, chunk: &Chunk, at: usize, mut number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let bytes = chunk.file;
        let mut start = at;
        while let Some((part, end)) = self.part(bytes, start, chunk.first, true) {
            let (record, known) = (Span::new(start, end), out.segments.len());
            let shown = if part == Part::Value { number } else { 0 };
            out.records.push(Record { span: record, fault: None, number: shown });
            let id = match (part, &self.around) {
                (Part::Head | Part::Tail, Some(around)) => {
                    self.read_around(chunk, part, around, out);
                    None
                }
                _ => {
                    let value = self.value_of(bytes, record, chunk.first);
                    self.values.read(chunk, record, value, out);
                    if out.records[out.records.len() - 1].fault.is_some() {
                        None
                    } else {
                        self.id_of(bytes, value)
                    }
                }
            };
            if !out.joins(id, known) {
                break;
            }
            start = end;
            number += 1;
            if out.id.is_none() {
                break;
            }
            if start - at >= limits::CONVERSATION_BYTES {
                out.cut = true;
                break;
            }
        }
        if out.records.first().is_some_and(|record| record.number > 0) {
            self.values.show(chunk, self.of_record(chunk), out);
        }
        start
    }

    fn first_record(&self) -> u64 {
        u64::from(self.around.is_none())
    }

    fn keys<'a>(
        &'a self,
        chunk: &Chunk<'a>,
        conversation: &Conversation,
        segment: &Segment,
    ) -> [&'a [u8]; 2] {
        self.values.keys(chunk, conversation, segment)
    }

    fn is_speaker(&self, chunk: &Chunk, conversation: &Conversation, segment: &Segment) -> bool {
        self.values.is_speaker(chunk, conversation, segment)
    }

    fn pointers(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        let known = out.len();
        self.values.pointers(chunk, conversation, wanted, masked, self.of_record(chunk), out);
        // Around the elements there is no whole value to walk: the name of the field is all that is told.
        while out.len() < known + wanted.len() {
            let segment = &conversation.segments[wanted[out.len() - known] as usize];
            let [name, _] = self.values.keys(chunk, conversation, segment);
            out.push(match masked(segment.name) {
                Some(name) => format!("/{name}"),
                None => format!("/{}", String::from_utf8_lossy(name)),
            });
        }
    }

    fn places(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        record: usize,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        let value = self.of_record(chunk)(&conversation.records[record]);
        self.values.walk_to(chunk, conversation, value, wanted, masked, out);
    }

    fn times(&self, chunk: &Chunk, conversation: &Conversation) -> Times {
        self.values.times(chunk, self.of_record(chunk), conversation)
    }

    fn record_bytes(&self) -> usize {
        limits::DOCUMENT_BYTES
    }

    fn next_record(&self, _bytes: &[u8]) -> Option<usize> {
        None
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        values::marker(raw, out);
    }

    fn about(&self) -> String {
        match &self.around {
            None => "JSON values, each a record".to_owned(),
            Some(around) if around.closing.len() == 1 => "an array, each element a record".to_owned(),
            Some(_) => "an object with an array, each element a record".to_owned(),
        }
    }
}
