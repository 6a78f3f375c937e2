//! JSON lines: a record a line; lines with the same conversation id that stand together belong together.

use super::fields::{Field, Fields};
use super::json::{Parser, Scratch};
use super::{Chunk, Conversation, Format, Layout, count_lines, id_hash, line_end, without_line_end};
use crate::limits;
use crate::model::{FaultKind, Record, Role, Segment, Span};
use crate::scan::{Kernel, Text, classify};

/// See the module.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    about: "JSON lines: one JSON value a line; lines with the same conversation id are one conversation",
    extensions: &["jsonl", "ndjson", "json", "jsonlines"],
    sniff,
    open: |_, options| Ok(Box::new(Lines { fields: Fields::new(options), kernel: Kernel::best() })),
};

fn sniff(head: &[u8]) -> bool {
    let first = head.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let first = first.trim_ascii();
    first.starts_with(b"{") && (first.get(1).is_none_or(|b| b"\" }\t\r".contains(b)))
        || first.starts_with(b"[{")
        || first.starts_with(b"[\"")
}

struct Lines {
    fields: Fields,
    kernel: Kernel,
}

impl Lines {
    /// The conversation id of one line, for the reader's cuts; faulty lines have none.
    fn id_of(&self, bytes: &[u8], start: usize, end: usize, parts: &mut Parts) -> Option<u64> {
        let line = without_line_end(&bytes[start..end]);
        classify(self.kernel, line, &mut parts.masks);
        parts.segments.clear();
        if std::str::from_utf8(line).is_err() {
            return None;
        }
        let text = Text { bytes: line, masks: &parts.masks };
        let span = Span::new(0, line.len());
        Parser::new(text, span, 0, &self.fields, &mut parts.json, &mut parts.segments)
            .record()
            .ok()?
            .map(|id| id_hash(id.of(line)))
    }
}

#[derive(Default)]
struct Parts {
    masks: Vec<crate::scan::Masks>,
    segments: Vec<Segment>,
    json: Scratch,
}

/// The start of the line that ends at `end` (its line break included).
fn line_start(bytes: &[u8], end: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[..end - 1]).map_or(0, |at| at + 1)
}

impl Layout for Lines {
    fn border(&self, bytes: &[u8], _first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let Some(last) = memchr::memrchr(b'\n', bytes) else { return 0 };
        let mut parts = Parts::default();
        // The last whole line may be followed by more of its conversation.
        let mut start = line_start(bytes, last + 1);
        let Some(id) = self.id_of(bytes, start, last + 1, &mut parts) else { return last + 1 };
        while start > 0 {
            let before = line_start(bytes, start);
            if self.id_of(bytes, before, start, &mut parts) != Some(id) {
                break;
            }
            start = before;
        }
        start
    }

    fn record_end(&self, bytes: &[u8], at: usize, complete: bool) -> Option<usize> {
        line_end(bytes, at, complete)
    }

    fn count(&self, bytes: &[u8]) -> u64 {
        count_lines(bytes)
    }

    fn conversation(&self, chunk: &Chunk, at: usize, mut number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let bytes = chunk.text.bytes;
        let mut start = at;
        while let Some(end) = line_end(bytes, start, true) {
            let record = out.records.len();
            let known = out.segments.len();
            out.records.push(Record { span: Span::new(start, end), fault: None, number });
            let bom = if chunk.first && start == 0 && bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let body = without_line_end(&bytes[start..end]);
            let id = if body[bom..].trim_ascii().is_empty() {
                None
            } else if end - start > limits::RECORD_BYTES {
                out.fail(FaultKind::TooLong, 0);
                None
            } else if let Some(bad) = chunk.encoding_fault(start, end) {
                out.fail(FaultKind::Encoding, bad);
                None
            } else {
                let span = Span::new(start + bom, start + body.len());
                let parser = Parser::new(
                    chunk.text,
                    span,
                    record as u32,
                    &self.fields,
                    &mut out.json,
                    &mut out.segments,
                );
                match parser.record() {
                    Ok(id) => id.map(|id| id_hash(id.of(bytes))),
                    Err((kind, place)) => {
                        out.fail(kind, place - start);
                        None
                    }
                }
            };
            if record == 0 {
                out.id = id;
            } else if id != out.id {
                out.records.pop();
                out.segments.truncate(known);
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
        start
    }

    fn keys<'a>(
        &'a self,
        chunk: &Chunk<'a>,
        conversation: &Conversation,
        segment: &Segment,
    ) -> [&'a [u8]; 2] {
        [segment.name, segment.outer].map(|name| match conversation.segments.get(name as usize) {
            Some(name) => name.span.of(chunk.text.bytes),
            None => &[],
        })
    }

    fn is_speaker(&self, chunk: &Chunk, conversation: &Conversation, segment: &Segment) -> bool {
        matches!(segment.role, Role::Exempt | Role::Person | Role::Value)
            && self.fields.of(self.keys(chunk, conversation, segment)[0]) == Field::Speaker
    }

    fn pointers(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        let bytes = chunk.text.bytes;
        let plain = |name: &Segment| String::from_utf8_lossy(name.span.of(bytes)).into_owned();
        // Nearly all segments are members of the record itself: no walk is needed.
        let simple = |&segment: &u32| {
            let segment = &conversation.segments[segment as usize];
            let name = conversation.segments.get(segment.name as usize).filter(|_| segment.depth == 1)?;
            let is_plain = !name.escaped && !name.span.of(bytes).iter().any(|b| b"~/".contains(b));
            is_plain.then(|| format!("/{}", masked(segment.name).unwrap_or_else(|| plain(name))))
        };
        if let Some(pointers) = wanted.iter().map(simple).collect::<Option<Vec<String>>>() {
            out.extend(pointers);
            return;
        }
        let Some(&first) = wanted.first() else { return };
        let record = conversation.segments[first as usize].record;
        // The walk numbers the record's segments from 0; the conversation numbers them through.
        let before = conversation.segments.partition_point(|other| other.record < record) as u32;
        let name_of = |name: u32| {
            masked(before + name).unwrap_or_else(|| plain(&conversation.segments[(before + name) as usize]))
        };
        let span = conversation.records[record as usize].span;
        let bom = if chunk.first && span.start == 0 && bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let start = span.start as usize;
        let body = Span::new(start + bom, start + without_line_end(span.of(bytes)).len());
        let mut parts = Parts::default();
        let mut parser = Parser::new(chunk.text, body, 0, &self.fields, &mut parts.json, &mut parts.segments);
        for &segment in wanted {
            let segment = &conversation.segments[segment as usize];
            // The record was read before, so the walk meets every segment.
            if let Some(mut pointer) = parser.pointer_to(segment.span.start, &name_of) {
                if segment.role == Role::Key {
                    pointer.push_str("#key");
                }
                out.push(pointer);
            }
        }
    }

    fn marker(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"sourdine":"quarantined"}"#);
    }

    fn about(&self) -> String {
        "a JSON value a line".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::FieldOptions;
    use super::super::fields::Field;
    use super::*;
    use proptest::prelude::*;

    fn parse(line: &str) -> (Conversation, usize) {
        let mut masks = Vec::new();
        classify(Kernel::best(), line.as_bytes(), &mut masks);
        let chunk = Chunk {
            text: Text { bytes: line.as_bytes(), masks: &masks },
            is_utf8: true,
            first: false,
            record: 1,
        };
        let mut out = Conversation::default();
        let lines = Lines { fields: Fields::new(&FieldOptions::default()), kernel: Kernel::best() };
        assert_eq!(lines.fields.of(b"Text"), Field::Text);
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
        let lines = Lines { fields: Fields::new(&FieldOptions::default()), kernel: Kernel::best() };
        for text in before.iter().map(String::as_str).chain([line]) {
            let mut masks = Vec::new();
            classify(Kernel::best(), text.as_bytes(), &mut masks);
            let text = Text { bytes: text.as_bytes(), masks: &masks };
            lines.conversation(&Chunk { text, is_utf8: true, first: false, record: 1 }, 0, 1, &mut out);
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
