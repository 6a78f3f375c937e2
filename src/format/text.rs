//! Plain text: one remark a line, or dialogues whose lines begin with a label.
//!
//! A line without a label is a conversation of its own. A line with a role word or a time stamp before
//! its label, or with a name that the labels of the next lines confirm, opens a dialogue, which runs to a blank
//! line, the end, or a few lines without a label; till then those go on in it. A lone `Marie: …` or `Delivery: …` is text.

use std::sync::Arc;

use super::labels::{Label, Labels};
use super::{
    Chunk, Conversation, FieldOptions, Format, Layout, count_lines, line_end, same_line_end, without_line_end,
};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Escape, FaultKind, Record, Role, Segment, Span};

/// See the module.
pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "a remark a line; dialogues with labels (Agent: ...) run to a blank line",
    extensions: &["txt", "text", "log"],
    sniff: |_| true,
    open,
};

fn open(_: &[u8], options: &FieldOptions) -> Result<Box<dyn Layout>> {
    if let Some(name) = options.text.first() {
        return Err(Error::Usage(format!(
            "plain text has no field `{name}`; leave --text-field out or name the --format"
        )));
    }
    Ok(Box::new(Lines { labels: options.headings.labels() }))
}

struct Lines {
    labels: Arc<Labels>,
}

impl Lines {
    fn label(&self, bytes: &[u8], start: usize, end: usize) -> Option<Label> {
        let line = without_line_end(&bytes[start..end]);
        // A byte order mark may begin the file; it is no part of a label.
        let bom = if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        if line.len() > limits::RECORD_BYTES { None } else { self.labels.of(&line[bom..], start + bom) }
    }

    /// Whether a label opens a dialogue: it stands behind a time stamp, or it says a role and one of the few
    /// lines after it has a label, or it is a name that comes again there, or stands beside a role or time
    /// stamp, or above labelled lines up to a blank one. `None` when that takes lines that are not there yet.
    ///
    /// All that speaks for a dialogue is part of it, so it does not matter where a chunk ends.
    fn opens(&self, label: &Label, bytes: &[u8], end: usize, complete: bool) -> Option<bool> {
        if label.is_timed {
            return Some(true);
        }
        let (mut at, mut labelled) = (end, 0);
        // Below a label that stands alone is what its bearer says.
        let mut stands_alone = label.text >= end || is_blank(&bytes[label.text..end]);
        for _ in 0..LINES_AHEAD {
            let Some(next) = line_end(bytes, at, complete) else { return complete.then_some(false) };
            if is_blank(&bytes[at..next]) {
                return Some(labelled > 0);
            }
            match self.label(bytes, at, next) {
                Some(other) => {
                    // Labels that were masked line by line are all called alike.
                    let name = label.span.of(bytes);
                    let again = other.span.of(bytes) == name && !is_masked(name);
                    if label.is_role || other.is_role || other.is_timed || again {
                        return Some(true);
                    }
                    labelled += 1;
                    stands_alone = is_blank(&bytes[other.text.min(next)..next]);
                }
                None if label.is_role => {}
                None if stands_alone => stands_alone = false,
                None => return Some(false),
            }
            at = next;
        }
        Some(false)
    }
}

/// Lines after a label that are looked at to see whether it opens a dialogue.
const LINES_AHEAD: usize = 4;
/// Lines without a label, one after the other, that end a dialogue: nobody's turn is wrapped that often.
const QUIET_LINES: usize = 8;

/// Whether it is a name that was masked.
fn is_masked(label: &[u8]) -> bool {
    label.first().is_some_and(|b| b"[{<".contains(b))
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

impl Layout for Lines {
    fn border(&self, bytes: &[u8], _first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let (mut border, mut at, mut open, mut quiet) = (0, 0, false, 0);
        while let Some(end) = line_end(bytes, at, false) {
            let line = &bytes[at..end];
            if is_blank(line) {
                open = false;
                border = end;
            } else if open {
                quiet = if self.label(bytes, at, end).is_some() { 0 } else { quiet + 1 };
                if quiet == QUIET_LINES {
                    (open, border) = (false, end);
                }
            } else {
                match self.label(bytes, at, end) {
                    None => border = end,
                    Some(label) => match self.opens(&label, bytes, end, false) {
                        None => break,
                        Some(true) => (open, quiet) = (true, 0),
                        Some(false) => border = end,
                    },
                }
            }
            at = end;
        }
        border
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
        let (mut start, mut in_dialogue, mut quiet) = (at, false, 0);
        while let Some(end) = line_end(bytes, start, true) {
            let blank = is_blank(&bytes[start..end]);
            let label = if blank { None } else { self.label(bytes, start, end) };
            if start == at && !blank {
                in_dialogue =
                    label.is_some_and(|label| self.opens(&label, bytes, end, true).unwrap_or(false));
            }
            let record = out.records.len() as u32;
            out.records.push(Record { span: Span::new(start, end), fault: None, number });
            number += 1;
            let text_end = start + without_line_end(&bytes[start..end]).len();
            if end - start > limits::RECORD_BYTES {
                out.fail(FaultKind::TooLong, 0);
            } else if let Some(bad) = chunk.encoding_fault(start, end) {
                out.fail(FaultKind::Encoding, bad);
            } else if !blank {
                let mut push = |span: Span, role| {
                    let (escape, escaped, name, depth) = (Escape::None, false, Segment::UNNAMED, 1);
                    out.segments.push(Segment {
                        span,
                        role,
                        escape,
                        escaped,
                        record,
                        name,
                        outer: name,
                        depth,
                    });
                };
                // Words before a colon, on a line of its own, head a remark more often than they name who
                // speaks; if they do, the names in the text say so.
                let stands = |label: &Label| {
                    in_dialogue || label.is_role || label.is_timed || is_masked(label.span.of(bytes))
                };
                let label = label.filter(stands);
                if let Some(label) = label {
                    push(label.span, if label.is_role { Role::Exempt } else { Role::Person });
                }
                push(Span::new(label.map_or(start, |label| label.text), text_end), Role::Text);
            }
            start = end;
            quiet = if label.is_some() { 0 } else { quiet + 1 };
            if blank || !in_dialogue || quiet == QUIET_LINES {
                break;
            }
            if start - at >= limits::CONVERSATION_BYTES {
                out.cut = true;
                break;
            }
        }
        start
    }

    fn keys<'a>(&'a self, _: &Chunk<'a>, _: &Conversation, _: &Segment) -> [&'a [u8]; 2] {
        [&[]; 2]
    }

    fn is_speaker(&self, _: &Chunk, _: &Conversation, segment: &Segment) -> bool {
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
        let name = |&segment: &u32| match conversation.segments[segment as usize].role {
            Role::Person => "speaker".to_owned(),
            _ => "text".to_owned(),
        };
        out.extend(wanted.iter().map(name));
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"[QUARANTINED]");
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        "a remark a line; labelled lines are dialogues".to_owned()
    }
}
