//! Where are the strings of a JSON value, and is it one?
//!
//! A strict parser of RFC 8259 that jumps from quote to quote with the scan's masks and writes down
//! where strings and numbers stand. It accepts exactly what `serde_json` accepts into a `Value` (lone
//! surrogates are refused, duplicate keys are not), but for numbers that overflow, which it leaves alone.
//! It is tested and fuzzed against that parser.

use super::fields::{Field, Fields, Memo};
use super::shape::{Shape, Shapes};
use crate::limits;
use crate::model::{Escape, FaultKind, Role, Segment, Span};
use crate::scan::Text;
use crate::view::decode::hex4;

/// A container that the parser is inside of.
#[derive(Clone, Copy)]
struct Frame {
    is_object: bool,
    /// The segment of the current key, or [`Segment::UNNAMED`].
    name: u32,
    /// What names the container.
    outer: u32,
    /// What the current key holds.
    field: Field,
    /// Index of the current element or member.
    index: u32,
    /// The role of strings that say nothing about themselves.
    inherited: Role,
}

/// What the parser remembers: where it is, and what the records before were like. Reused.
#[derive(Default)]
pub(super) struct Scratch {
    frames: Vec<Frame>,
    /// What names and speakers of the records before were.
    names: Memo<Field>,
    speakers: Memo<bool>,
    shapes: Shapes,
    /// Segments of the keys met so far, in order.
    keys: Vec<u32>,
    /// Values met so far that are no containers.
    leaves: Vec<(Span, Spot)>,
}

/// Where a value hangs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The segment of its key, or [`Segment::UNNAMED`].
    pub(super) name: u32,
    /// The segment of the key of its container.
    pub(super) outer: u32,
    /// What its key holds.
    pub(super) field: Field,
    /// The role of strings that say nothing about themselves.
    pub(super) inherited: Role,
    /// How many containers it lies in.
    pub(super) depth: u8,
}

/// One record's parse.
pub(super) struct Parser<'a> {
    text: Text<'a>,
    at: usize,
    end: usize,
    record: u32,
    fields: &'a Fields,
    scratch: &'a mut Scratch,
    segments: &'a mut Vec<Segment>,
    /// Where the conversation's id stands, once it is met.
    id: Option<Span>,
}

/// Why a record is no JSON, and where.
pub(super) type Failure = (FaultKind, usize);

type Parsed<T> = Result<T, Failure>;

/// What the parser expects.
#[derive(Clone, Copy)]
enum State {
    Value,
    Key,
    After,
}

impl<'a> Parser<'a> {
    /// A parser of the JSON value that fills `span`; what it finds is appended to `segments` as parts of the
    /// record of that index.
    pub(super) fn new(
        text: Text<'a>,
        span: Span,
        record: u32,
        fields: &'a Fields,
        scratch: &'a mut Scratch,
        segments: &'a mut Vec<Segment>,
    ) -> Self {
        scratch.frames.clear();
        Parser {
            text,
            at: span.start as usize,
            end: span.end as usize,
            record,
            fields,
            scratch,
            segments,
            id: None,
        }
    }

    /// Reads the record and returns where its conversation's id stands, if it has one.
    pub(super) fn record(mut self) -> Parsed<Option<Span>> {
        let (start, first) = (self.at, self.segments.len());
        // Pointers depend on the containers, of which a shape knows nothing.
        if !self.fields.pointers.is_empty() {
            return self.run().map(|()| self.id);
        }
        let mut shapes = std::mem::take(&mut self.scratch.shapes);
        let known = shapes.find(|shape| {
            let fits = self.follow(shape);
            if !fits {
                (self.at, self.id) = (start, None);
                self.segments.truncate(first);
            }
            fits
        });
        let done = if known {
            Ok(self.id)
        } else {
            self.scratch.keys.clear();
            self.scratch.leaves.clear();
            let done = self.run().map(|()| self.id);
            if done.is_ok() {
                let record = &self.text.bytes[start..self.end];
                let keys = self.scratch.keys.iter().map(|&key| (key, &self.segments[key as usize]));
                shapes.learn(record, start, keys, &self.scratch.leaves);
            }
            done
        };
        self.scratch.shapes = shapes;
        done
    }

    /// Reads the record along the shape of another one. `false`, half-way, when it has another shape.
    fn follow(&mut self, shape: &Shape) -> bool {
        self.scratch.keys.clear();
        let mut keys = shape.keys.iter();
        let mut done = 0;
        for (literal, leaf) in shape.leaves() {
            if !self.text.bytes[self.at..self.end].starts_with(literal) {
                return false;
            }
            let start = self.at as u32 - done;
            done += literal.len() as u32;
            while let Some(key) = keys.as_slice().first().filter(|key| key.span.end < done) {
                keys.next();
                self.scratch.keys.push(self.segments.len() as u32);
                let span = Span { start: start + key.span.start, end: start + key.span.end };
                self.segments.push(Segment { span, record: self.record, ..*key });
            }
            self.at += literal.len();
            let Some(leaf) = leaf else { return self.at == self.end };
            let name = |key: u32| self.scratch.keys.get(key as usize).copied().unwrap_or(Segment::UNNAMED);
            let spot = Spot { name: name(leaf.name), outer: name(leaf.outer), ..*leaf };
            if self.leaf(&spot) != Some(Ok(())) {
                return false;
            }
        }
        false
    }

    /// Reads the value that fills the record.
    fn run(&mut self) -> Parsed<()> {
        let mut state = State::Value;
        loop {
            self.skip_blanks();
            state = match state {
                State::Value => self.value()?,
                State::Key => self.key()?,
                State::After => match self.after()? {
                    Some(state) => state,
                    None => return Ok(()),
                },
            };
        }
    }

    fn fail<T>(&self, kind: FaultKind) -> Parsed<T> {
        Err((kind, self.at))
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        if self.at < self.end { Some(self.text.bytes[self.at]) } else { None }
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn value(&mut self) -> Parsed<State> {
        match self.peek() {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            _ => {
                let (start, spot) = (self.at, self.spot());
                self.leaf(&spot).unwrap_or_else(|| self.fail(FaultKind::Json))?;
                self.scratch.leaves.push((Span::new(start, self.at), spot));
                Ok(State::After)
            }
        }
    }

    /// Reads a string, number or literal; `None` when there is none.
    #[inline(always)]
    fn leaf(&mut self, spot: &Spot) -> Option<Parsed<()>> {
        Some(match self.peek()? {
            b'"' => self.string().map(|(span, escaped)| self.push_string(span, escaped, spot)),
            b'-' | b'0'..=b'9' => self.number(spot),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => return None,
        })
    }

    /// Where the current value hangs.
    #[inline(always)]
    fn spot(&self) -> Spot {
        let depth = self.scratch.frames.len().min(usize::from(u8::MAX)) as u8;
        match self.scratch.frames.last() {
            Some(&Frame { name, outer, field, inherited, .. }) => {
                Spot { name, outer, field, inherited, depth }
            }
            None => Spot {
                name: Segment::UNNAMED,
                outer: Segment::UNNAMED,
                field: Field::Text,
                inherited: Role::Text,
                depth,
            },
        }
    }

    /// Enters a container; leaves it at once when it is empty.
    fn open(&mut self, is_object: bool) -> Parsed<State> {
        if self.scratch.frames.len() == limits::JSON_DEPTH - 1 {
            return self.fail(FaultKind::Depth);
        }
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(if is_object { b'}' } else { b']' }) {
            self.at += 1;
            return Ok(State::After);
        }
        let (field, name, inherited) = match self.scratch.frames.last() {
            Some(frame) => (frame.field, frame.name, frame.inherited),
            None => (Field::Other, Segment::UNNAMED, self.fields.otherwise()),
        };
        let inherited = if field == Field::Text { Role::Text } else { inherited };
        self.scratch.frames.push(Frame { is_object, name, outer: name, field, index: 0, inherited });
        Ok(if is_object { State::Key } else { State::Value })
    }

    #[inline(always)]
    fn key(&mut self) -> Parsed<State> {
        if self.peek() != Some(b'"') {
            return self.fail(FaultKind::Json);
        }
        let (span, escaped) = self.string()?;
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return self.fail(FaultKind::Json);
        }
        self.at += 1;
        let name = self.segments.len() as u32;
        let name_text = span.of(self.text.bytes);
        let field = self.scratch.names.of(name_text, || self.fields.of(name_text));
        let depth = self.scratch.frames.len().min(usize::from(u8::MAX)) as u8;
        let role = if field == Field::Other { Role::Key } else { Role::Exempt };
        let (escape, record) = (Escape::Json, self.record);
        self.scratch.keys.push(name);
        self.segments.push(Segment {
            span,
            role,
            escape,
            escaped,
            record,
            name: Segment::UNNAMED,
            outer: Segment::UNNAMED,
            depth,
        });
        if let Some(frame) = self.scratch.frames.last_mut() {
            (frame.name, frame.field) = (name, field);
        }
        Ok(State::Value)
    }

    #[inline(always)]
    fn after(&mut self) -> Parsed<Option<State>> {
        let Some(frame) = self.scratch.frames.last_mut() else {
            return if self.at == self.end { Ok(None) } else { self.fail(FaultKind::Json) };
        };
        let is_object = frame.is_object;
        frame.index += 1;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(Some(if is_object { State::Key } else { State::Value }))
            }
            Some(b'}') if is_object => self.close(),
            Some(b']') if !is_object => self.close(),
            _ => self.fail(FaultKind::Json),
        }
    }

    fn close(&mut self) -> Parsed<Option<State>> {
        self.at += 1;
        self.scratch.frames.pop();
        Ok(Some(State::After))
    }

    fn literal(&mut self, word: &[u8]) -> Parsed<()> {
        if !self.text.bytes[self.at..self.end].starts_with(word) {
            return self.fail(FaultKind::Json);
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self, spot: &Spot) -> Parsed<()> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            let from = parser.at;
            while parser.peek().is_some_and(|b| b.is_ascii_digit()) {
                parser.at += 1;
            }
            parser.at - from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = digits(self);
        if whole == 0 || leading_zero && whole > 1 {
            return self.fail(FaultKind::Json);
        }
        let is_plain = self.at - start == whole;
        let mut goes_on = false;
        if self.peek() == Some(b'.') {
            goes_on = true;
            self.at += 1;
            if digits(self) == 0 {
                return self.fail(FaultKind::Json);
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            goes_on = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if digits(self) == 0 {
                return self.fail(FaultKind::Json);
            }
        }
        let span = Span::new(start, self.at);
        let counts = matches!(
            spot.field,
            Field::Time
                | Field::Speaker
                | Field::Language
                | Field::Conversation
                | Field::Person
                | Field::PersonAtTop
                | Field::FirstCharacter
                | Field::LastCharacter
                | Field::Characters
        );
        let kept = !counts && spot.depth > 0;
        if spot.field == Field::Conversation && spot.depth == 1 {
            self.id = Some(span);
        } else if is_plain && !goes_on && span.len() >= 3 && kept {
            self.push(span, Role::Number, Escape::JsonNumber, false, spot);
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, span: Span, role: Role, escape: Escape, escaped: bool, spot: &Spot) {
        let &Spot { name, outer, depth, .. } = spot;
        self.segments.push(Segment { span, role, escape, escaped, record: self.record, name, outer, depth });
    }

    #[inline(always)]
    fn push_string(&mut self, span: Span, escaped: bool, spot: &Spot) {
        let top = spot.depth == 1;
        if spot.field == Field::Conversation && top {
            self.id = Some(span);
        }
        let role = if self.fields.pointers.is_empty() || !self.at_text_pointer() {
            let value = span.of(self.text.bytes);
            self.fields.role(spot.field, value, spot.inherited, top, &mut self.scratch.speakers)
        } else {
            Role::Text
        };
        self.push(span, role, Escape::Json, escaped, spot);
    }

    /// Whether one of the user's pointers leads to the current value or to a container around it.
    fn at_text_pointer(&self) -> bool {
        let here = self.pointer(&|name| {
            String::from_utf8_lossy(self.segments[name as usize].span.of(self.text.bytes)).into_owned()
        });
        self.fields.pointers.iter().any(|pointer| {
            here.strip_prefix(pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The JSON pointer (RFC 6901) to the current value; `name_of` gives the text of a key's segment.
    fn pointer(&self, name_of: &dyn Fn(u32) -> String) -> String {
        let mut pointer = String::new();
        for frame in self.scratch.frames.iter() {
            pointer.push('/');
            if frame.is_object {
                pointer.push_str(&name_of(frame.name).replace('~', "~0").replace('/', "~1"));
            } else {
                pointer.push_str(&frame.index.to_string());
            }
        }
        pointer
    }

    /// The string that begins at the quote: its body, and whether an escape stands in it.
    #[inline(always)] // twice in the hot loop, and a call would return through memory
    fn string(&mut self) -> Parsed<(Span, bool)> {
        let start = self.at + 1;
        let mut from = start;
        let mut escaped = false;
        loop {
            let Some(at) = self.text.next(from, self.end, |m| m.quote | m.backslash | m.control) else {
                self.at = self.end;
                return self.fail(FaultKind::Json);
            };
            self.at = at;
            match self.text.bytes[at] {
                b'"' => {
                    self.at = at + 1;
                    return Ok((Span::new(start, at), escaped));
                }
                b'\\' => {
                    escaped = true;
                    from = at + self.escape(at)?;
                }
                _ => return self.fail(FaultKind::Json),
            }
        }
    }

    /// The length of the escape at `at`, two halves of a surrogate pair taken together.
    fn escape(&self, at: usize) -> Parsed<usize> {
        let bytes = &self.text.bytes[..self.end];
        match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') => match hex4(bytes, at + 2) {
                None => self.fail(FaultKind::Json),
                Some(0xD800..0xDC00) => {
                    let low =
                        if bytes.get(at + 6..at + 8) == Some(b"\\u") { hex4(bytes, at + 8) } else { None };
                    if matches!(low, Some(0xDC00..0xE000)) { Ok(12) } else { self.fail(FaultKind::Surrogate) }
                }
                Some(0xDC00..0xE000) => self.fail(FaultKind::Surrogate),
                Some(_) => Ok(6),
            },
            _ => self.fail(FaultKind::Json),
        }
    }
}
