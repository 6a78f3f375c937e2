//! JSON lines: a record a line; lines with the same conversation id that stand together belong together.

use super::fields::Fields;
use super::times::Times;
use super::values::{self, Parts, Values};
use super::{Chunk, Conversation, FieldOptions, Format, Layout, count_lines, line_end, same_line_end};
use crate::limits;
use crate::model::{Record, Segment, Span};
use crate::scan::Kernel;

/// See the module.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    about: "JSON lines: one JSON value a line; lines with the same conversation id are one conversation",
    extensions: &["jsonl", "ndjson", "json", "jsonlines"],
    sniff,
    open: |_, options| Ok(Box::new(open(options, 1))),
};

/// Lines of which the first has that number.
pub(super) fn open(options: &FieldOptions, first: u64) -> Lines {
    let (fields, kernel) = (Fields::new(options), Kernel::best());
    Lines(Values { fields, kernel, record_bytes: limits::RECORD_BYTES }, first)
}

fn sniff(head: &[u8]) -> bool {
    let first = head.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let first = first.trim_ascii();
    first.starts_with(b"{") && (first.get(1).is_none_or(|b| b"\" }\t\r".contains(b)))
        || first.starts_with(b"[{")
        || first.starts_with(b"[\"")
}

/// A value a line, and the number of the first.
pub(super) struct Lines(Values, u64);

/// The start of the line that ends at `end` (its line break included).
fn line_start(bytes: &[u8], end: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[..end - 1]).map_or(0, |at| at + 1)
}

impl Lines {
    fn value_of<'c>(chunk: &'c Chunk) -> impl Fn(&Record) -> Span + 'c {
        |record| values::of_line(chunk.file, record.span, chunk.first)
    }
}

impl Layout for Lines {
    fn border(&self, bytes: &[u8], _first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let Some(last) = memchr::memrchr(b'\n', bytes) else { return 0 };
        let mut parts = Parts::default();
        let mut id_of = |start: usize, end: usize| {
            let line = values::of_line(bytes, Span::new(start, end), false);
            self.0.id_of(bytes, line, &mut parts)
        };
        // The last whole line may be followed by more of its conversation.
        let mut start = line_start(bytes, last + 1);
        let Some(id) = id_of(start, last + 1) else { return last + 1 };
        while start > 0 {
            let before = line_start(bytes, start);
            if id_of(before, start) != Some(id) {
                break;
            }
            start = before;
        }
        start
    }

    fn record_end(&self, bytes: &[u8], at: usize, _first: bool, complete: bool) -> Option<usize> {
        line_end(bytes, at, complete)
    }

    fn count(&self, bytes: &[u8], _first: bool) -> u64 {
        count_lines(bytes)
    }

    fn conversation(&self, chunk: &Chunk, at: usize, mut number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let bytes = chunk.text.bytes;
        let mut start = at;
        while let Some(end) = line_end(bytes, start, true) {
            let (record, known) = (Span::new(start, end), out.segments.len());
            out.records.push(Record { span: record, fault: None, number });
            let value = values::of_line(bytes, record, chunk.first);
            let id = self.0.read(chunk, record, value, out);
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
        self.0.show(chunk, Lines::value_of(chunk), out);
        start
    }

    fn names_conversations(&self) -> bool {
        true
    }

    fn conversation_of(&self, record: &[u8]) -> Option<u64> {
        let line = values::of_line(record, Span::new(0, record.len()), false);
        self.0.id_of(record, line, &mut Parts::default())
    }

    fn keys<'a>(
        &'a self,
        chunk: &Chunk<'a>,
        conversation: &Conversation,
        segment: &Segment,
    ) -> [&'a [u8]; 2] {
        self.0.keys(chunk, conversation, segment)
    }

    fn is_speaker(&self, chunk: &Chunk, conversation: &Conversation, segment: &Segment) -> bool {
        self.0.is_speaker(chunk, conversation, segment)
    }

    fn pointers(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        self.0.pointers(chunk, conversation, wanted, masked, Lines::value_of(chunk), out);
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
        let value = Lines::value_of(chunk)(&conversation.records[record]);
        self.0.walk_to(chunk, conversation, value, wanted, masked, out);
    }

    fn times(&self, chunk: &Chunk, conversation: &Conversation) -> Times {
        self.0.times(chunk, Lines::value_of(chunk), conversation)
    }

    fn first_record(&self) -> u64 {
        self.1
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(values::MARKER);
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        "a JSON value a line".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::Field;
    use super::*;
    use crate::model::{FaultKind, Role};
    use crate::scan::{Text, classify};
    use proptest::prelude::*;

    fn parse(line: &str) -> (Conversation, usize) {
        let mut masks = Vec::new();
        classify(Kernel::best(), line.as_bytes(), &mut masks);
        let chunk = Chunk::new(Text { bytes: line.as_bytes(), masks: &masks }, false, 1);
        let mut out = Conversation::default();
        let lines = open(&FieldOptions::default(), 1);
        assert_eq!(lines.0.fields.of(b"Text"), Field::Text);
        let end = lines.conversation(&chunk, 0, 1, &mut out);
        (out, end)
    }

    fn accepts(line: &str) -> bool {
        parse(line).0.records[0].fault.is_none()
    }

    #[test]
    fn accepts_what_the_reference_accepts() {
        for line in [
            r#"{"text":"ok"}"#,
            r#"{"text":"ok" garbage}"#,
            r#"{"a":1.10,"a":2}"#,
            "[]",
            "{}",
            " [1,2 ,{}] ",
            "[1,]",
            "{\"a\"}",
            "nul",
            "null",
            "-0",
            "01",
            "1.",
            "1e5",
            "1e",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d x\"",
            "\"\\udc00\"",
            "\"\\x\"",
            "\"a\tb\"",
            "{\"a\":[{\"b\":[null,true,false]}]}",
            "\"unterminated",
            "{",
            "[[",
            "]",
            "1 2",
            "\u{feff}{}",
            "NaN",
            "{\"a\":\"b\",}",
            "\"\\/\"",
        ] {
            let reference = serde_json::from_str::<serde_json::Value>(line).is_ok();
            assert_eq!(accepts(line), reference, "{line}");
        }
        for depth in [126, 127, 128, 129] {
            let line = "[".repeat(depth) + &"]".repeat(depth);
            assert_eq!(
                accepts(&line),
                serde_json::from_str::<serde_json::Value>(&line).is_ok(),
                "depth {depth}"
            );
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference(line in r#"[\[\]{}",:\\ u0d8trule1.e-]{0,24}"#) {
            prop_assume!(!line.trim().is_empty());
            let reference = match serde_json::from_str::<serde_json::Value>(&line) {
                Ok(_) => true,
                Err(error) if error.to_string().starts_with("number out of range") => return Ok(()),
                Err(_) => false,
            };
            prop_assert_eq!(accepts(&line), reference);
        }
    }

    /// Segments of the record `line` after those of `before` were read.
    fn after(before: &[String], line: &str) -> (String, Option<FaultKind>) {
        let mut out = Conversation::default();
        let lines = open(&FieldOptions::default(), 1);
        for text in before.iter().map(String::as_str).chain([line]) {
            let mut masks = Vec::new();
            classify(Kernel::best(), text.as_bytes(), &mut masks);
            let text = Text { bytes: text.as_bytes(), masks: &masks };
            lines.conversation(&Chunk::new(text, false, 1), 0, 1, &mut out);
        }
        (format!("{:?} {:?}", out.segments, out.id), out.records[0].fault.map(|fault| fault.kind))
    }

    proptest! {
        /// Values of many kinds in records of few shapes, some of them no JSON.
        #[test]
        fn records_of_a_known_shape_read_as_if_none_were_known(
            lines in proptest::collection::vec(
                r#"\{"call_id":("a"|7|null),"(k|text)":(\["x",(1234|"y\\n")\]|\{\}|\{"n":(12345|true|1\.5)\}), ?"speaker":"(Bo|agent)"(\}|,"e":\[\]\}|\}\}|"\})"#,
                1..8,
            )
        ) {
            let (line, before) = lines.split_last().expect("at least one");
            prop_assert_eq!(after(before, line), after(&[], line));
        }
    }

    #[test]
    fn roles_of_strings_and_numbers() {
        let (out, _) = parse(
            r#"{"call_id":"c1","turn":3,"speaker":"Marie","lang":"fr","text":["a",{"b":"c"}],"phone":612345678,"other":"x"}"#,
        );
        let roles: Vec<Role> =
            out.segments.iter().filter(|s| s.name != Segment::UNNAMED).map(|s| s.role).collect();
        assert_eq!(
            roles,
            [Role::Exempt, Role::Person, Role::Exempt, Role::Text, Role::Text, Role::Number, Role::Value]
        );
        assert!(out.id.is_some());
    }

    #[test]
    fn lines_with_one_id_are_one_conversation() {
        let text = "{\"call_id\":1}\n{\"call_id\":1}\n{\"call_id\":2}\n";
        let (out, end) = parse(text);
        assert_eq!((out.records.len(), end), (2, 28));
    }
}
