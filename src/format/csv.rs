//! Tables: CSV and TSV after RFC 4180.
//!
//! The delimiter, the header and the text columns are found in the file's head. Quoted fields may hold
//! line breaks and doubled quotes; a quote inside an unquoted field is a character like any other. Text
//! after a closing quote, or a quote that is never closed, makes a row undecodable up to its line's end.

use super::fields::{Field, FieldOptions, Fields, Memo};
use super::{Chunk, Conversation, Format, Layout, same_line_end};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Escape, FaultKind, Record, Role, Segment, Span};

/// Comma, semicolon or bar separated.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "a table, RFC 4180; `,` `;` or `|` between fields, quoted line breaks",
    extensions: &["csv"],
    sniff: |head| sniff(head, b",;|"),
    open: |head, options| open(head, options, b",;|\t"),
};

/// Tab separated.
pub(super) const TSV: Format = Format {
    name: "tsv",
    about: "a table with tabs between fields",
    extensions: &["tsv", "tab"],
    sniff: |head| sniff(head, b"\t"),
    open: |head, options| open(head, options, b"\t"),
};

/// Rows of a head that are looked at.
const SAMPLE_ROWS: usize = 50;

/// One field of a row: where its text stands, and whether quotes stand around it.
#[derive(Clone, Copy)]
struct Cell {
    span: Span,
    quoted: bool,
    doubled: bool,
}

/// How a row ends.
enum Row {
    /// At this byte, its line end included.
    Ends(usize),
    /// It is undecodable from this byte on.
    Broken(usize),
    /// More bytes are needed.
    Open,
}

/// Reads the row at `at`, calling `cell` for each of its fields.
fn row(bytes: &[u8], begin: usize, delimiter: u8, complete: bool, mut cell: impl FnMut(Cell)) -> Row {
    let mut at = begin;
    // A quote that is still open after the longest record there may be is a broken one.
    let (bytes, complete, is_cut) = match bytes.get(..begin + limits::RECORD_BYTES) {
        Some(longest) => (longest, true, true),
        None => (bytes, complete, false),
    };
    loop {
        if bytes.get(at) == Some(&b'"') {
            let start = at + 1;
            let mut from = start;
            let mut doubled = false;
            let close = loop {
                match memchr::memchr(b'"', &bytes[from..]) {
                    None if complete => return Row::Broken(if is_cut { begin } else { start - 1 }),
                    None => return Row::Open,
                    Some(length) => {
                        let quote = from + length;
                        if bytes.get(quote + 1) == Some(&b'"') {
                            doubled = true;
                            from = quote + 2;
                        } else if quote + 1 == bytes.len() && !complete {
                            return Row::Open;
                        } else {
                            break quote;
                        }
                    }
                }
            };
            cell(Cell { span: Span::new(start, close), quoted: true, doubled });
            at = close + 1;
        } else {
            let rest = &bytes[at..];
            let length = memchr::memchr2(delimiter, b'\n', rest).unwrap_or(rest.len());
            let at_line_end = rest.get(length).is_none_or(|&b| b == b'\n');
            let body = rest[..length].strip_suffix(b"\r").filter(|_| at_line_end).unwrap_or(&rest[..length]);
            cell(Cell { span: Span::new(at, at + body.len()), quoted: false, doubled: false });
            at += body.len();
        }
        match bytes.get(at) {
            Some(&b) if b == delimiter => at += 1,
            Some(b'\n') => return Row::Ends(at + 1),
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => return Row::Ends(at + 2),
            Some(b'\r') if at + 1 == bytes.len() && !complete => return Row::Open,
            Some(b'\r') if at + 1 == bytes.len() => return Row::Ends(at + 1),
            None if is_cut => return Row::Broken(begin),
            None if complete => return Row::Ends(at),
            None => return Row::Open,
            Some(_) => return Row::Broken(at),
        }
    }
}

/// The fields of the head's first sound rows, as text, under one delimiter.
fn sample(head: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let mut rows = Vec::new();
    let mut at = 0;
    // The head may end inside a row; only whole rows count, unless there is no other.
    let complete = head.len() < limits::HEAD_BYTES;
    while at < head.len() && rows.len() < SAMPLE_ROWS {
        let mut cells = Vec::new();
        let text = |cell: Cell| String::from_utf8_lossy(cell.span.of(head)).replace("\"\"", "\"");
        match row(head, at, delimiter, complete, |cell| cells.push(text(cell))) {
            Row::Ends(end) => at = end,
            // A broken row says nothing about the others.
            Row::Broken(place) => match super::line_end(head, place, complete) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => break,
            },
            Row::Open => break,
        }
        if cells.len() > 1 || !cells[0].trim().is_empty() {
            rows.push(cells);
        }
    }
    rows
}

/// Whether the rows have the same number of fields, at least two.
fn is_even(rows: &[Vec<String>]) -> bool {
    rows.first().is_some_and(|first| first.len() > 1 && rows.iter().all(|row| row.len() == first.len()))
}

fn sniff(head: &[u8], delimiters: &[u8]) -> bool {
    delimiters.iter().any(|&delimiter| {
        let rows = sample(head, delimiter);
        // Prose has commas too: a table has a header of short names and no blank after its delimiters.
        let names = |row: &Vec<String>| {
            row.iter().all(|name| {
                (1..=40).contains(&name.len()) && !name.starts_with(' ') && !name.contains(['.', '?', '!'])
            })
        };
        rows.len() > 1 && is_even(&rows) && names(&rows[0])
    })
}

fn open(head: &[u8], options: &FieldOptions, delimiters: &[u8]) -> Result<Box<dyn Layout>> {
    let best = delimiters
        .iter()
        .map(|&delimiter| (delimiter, sample(head, delimiter)))
        .max_by_key(|(_, rows)| (is_even(rows), rows.first().map_or(0, Vec::len)));
    let (delimiter, rows) = best.unwrap_or((delimiters[0], Vec::new()));
    let fields = Fields::new(options);
    let has_header = rows.first().is_some_and(|first| looks_like_header(first, &rows[1..]));
    let width = rows.first().map_or(0, Vec::len);
    let names: Vec<String> = match rows.first() {
        Some(first) if has_header => first.clone(),
        _ => (1..=width).map(|number| number.to_string()).collect(),
    };
    for name in &options.text {
        if !names.contains(name) {
            return Err(Error::Usage(format!(
                "the table has no column `{name}`; it has {}, which are called 1, 2, … where no header \
                 names them (sourdine formats FILE shows them)",
                names.len()
            )));
        }
    }
    let body = &rows[usize::from(has_header)..];
    let mut columns: Vec<Field> = names.iter().map(|name| fields.of(name.as_bytes())).collect();
    if options.text.is_empty() && !columns.contains(&Field::Text) {
        for (column, field) in columns.iter_mut().enumerate() {
            if *field == Field::Other && is_prose(body, column) {
                *field = Field::Text;
            }
        }
    }
    let conversation = columns.iter().position(|&field| field == Field::Conversation);
    Ok(Box::new(Table { delimiter, has_header, names, columns, conversation, fields }))
}

/// Short distinct names without digits at their start, over at least one row that looks otherwise.
fn looks_like_header(first: &[String], rest: &[Vec<String>]) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let named = first.iter().all(|name| {
        let name = name.trim();
        let fresh = !seen.contains(&name);
        seen.push(name);
        fresh
            && (1..=60).contains(&name.len())
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '#')
            && !name.contains('@')
    });
    let prose = |text: &String| text.split_whitespace().count() > 8;
    // A row that stands alone is data unless it is names throughout.
    let sentence = |text: &String| text.split_whitespace().count() > 3;
    let differs = match rest.first() {
        Some(second) => first.iter().zip(second).any(|(a, b)| a != b),
        None => !first.iter().any(sentence),
    };
    named && !first.iter().any(prose) && differs
}

/// Whether a column holds sentences: three words a cell on average, over the cells that hold something.
fn is_prose(rows: &[Vec<String>], column: usize) -> bool {
    let cells: Vec<usize> = rows
        .iter()
        .filter_map(|row| row.get(column))
        .map(|cell| cell.split_whitespace().count())
        .filter(|&words| words > 0)
        .collect();
    !cells.is_empty() && cells.iter().sum::<usize>() >= 3 * cells.len()
}

struct Table {
    delimiter: u8,
    has_header: bool,
    names: Vec<String>,
    columns: Vec<Field>,
    /// The column of the conversation's id.
    conversation: Option<usize>,
    fields: Fields,
}

impl Table {
    /// Where the row at `at` ends, broken rows at their line's end, and whether it is broken and where.
    fn row_end(
        &self,
        bytes: &[u8],
        at: usize,
        complete: bool,
        cell: impl FnMut(Cell),
    ) -> Option<(usize, Option<usize>)> {
        let broken = match row(bytes, at, self.delimiter, complete, cell) {
            Row::Ends(end) => return Some((end, None)),
            Row::Broken(place) => place,
            Row::Open => return None,
        };
        super::line_end(bytes, broken, complete).map(|end| (end, Some(broken)))
    }

    fn id_of(&self, bytes: &[u8], at: usize, complete: bool) -> Option<(usize, Option<Span>)> {
        let (mut column, mut id) = (0, None);
        let (end, broken) = self.row_end(bytes, at, complete, |cell| {
            if Some(column) == self.conversation && !cell.span.is_empty() {
                id = Some(cell.span);
            }
            column += 1;
        })?;
        Some((end, if broken.is_some() { None } else { id }))
    }

    fn cell_role(&self, column: usize, value: &[u8], speakers: &mut Memo<bool>) -> Role {
        let field = self.columns.get(column).copied().unwrap_or(Field::Other);
        self.fields.role(field, value, self.fields.otherwise(), true, speakers)
    }
}

impl Layout for Table {
    fn border(&self, bytes: &[u8], first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let (mut at, mut border) = (0, 0);
        let mut open: Option<&[u8]> = None; // the id of the conversation that may go on
        let mut is_header = first && self.has_header;
        while let Some((end, id)) = self.id_of(bytes, at, false) {
            let id = id.filter(|_| !is_header).map(|id| id.of(bytes));
            if open.is_none() || open != id {
                border = at;
            }
            open = id;
            at = end;
            if open.is_none() {
                border = at;
            }
            is_header = false;
        }
        border
    }

    fn record_end(&self, bytes: &[u8], at: usize, _first: bool, complete: bool) -> Option<usize> {
        if at >= bytes.len() {
            return None;
        }
        self.row_end(bytes, at, complete, |_| {}).map(|(end, _)| end)
    }

    fn count(&self, bytes: &[u8], _first: bool) -> u64 {
        let (mut at, mut count) = (0, 0);
        while let Some(end) = self.record_end(bytes, at, false, true) {
            at = end;
            count += 1;
        }
        count
    }

    fn conversation(&self, chunk: &Chunk, at: usize, mut number: u64, out: &mut Conversation) -> usize {
        out.clear();
        let bytes = chunk.text.bytes;
        let mut start = at;
        let mut known_id: Option<&[u8]> = None;
        while start < bytes.len() {
            let record = out.records.len();
            let known = out.segments.len();
            let is_header = self.has_header && chunk.first && start == 0;
            let bom = if chunk.first && start == 0 && bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let mut column = 0;
            let mut id = None;
            let (segments, speakers) = (&mut out.segments, &mut out.speakers);
            let ended = self.row_end(bytes, start + bom, true, |cell| {
                let value = cell.span.of(bytes);
                if Some(column) == self.conversation && !value.is_empty() && !is_header {
                    id = Some(value);
                }
                if !value.is_empty() {
                    segments.push(Segment {
                        span: cell.span,
                        role: if is_header { Role::Key } else { self.cell_role(column, value, speakers) },
                        escape: if cell.quoted { Escape::Csv } else { Escape::CsvBare },
                        escaped: cell.doubled,
                        record: record as u32,
                        name: column as u32,
                        outer: Segment::UNNAMED,
                        depth: 1,
                    });
                }
                column += 1;
            });
            let Some((end, broken)) = ended else { break };
            out.records.push(Record { span: Span::new(start, end), fault: None, number });
            if let Some(place) = broken {
                out.fail(FaultKind::Quote, place - start);
                id = None;
            } else if let Some(bad) = chunk.encoding_fault(start, end) {
                out.fail(FaultKind::Encoding, bad);
                id = None;
            }
            if record > 0 && id != known_id {
                out.records.pop();
                out.segments.truncate(known);
                break;
            }
            known_id = id;
            start = end;
            number += 1;
            if id.is_none() {
                break;
            }
            if start - at >= limits::CONVERSATION_BYTES {
                out.cut = true;
                break;
            }
        }
        out.id = known_id.map(super::id_hash);
        start
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn first_record(&self) -> u64 {
        u64::from(!self.has_header)
    }

    fn keys<'a>(&'a self, _: &Chunk<'a>, _: &Conversation, segment: &Segment) -> [&'a [u8]; 2] {
        let name = self.names.get(segment.name as usize).filter(|_| self.has_header);
        [name.map_or(&[], |name| name.as_bytes()), &[]]
    }

    fn is_speaker(&self, _: &Chunk, _: &Conversation, segment: &Segment) -> bool {
        self.columns.get(segment.name as usize) == Some(&Field::Speaker)
    }

    fn pointers(
        &self,
        _: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    ) {
        out.extend(wanted.iter().map(|&segment| {
            let column = conversation.segments[segment as usize].name;
            let known = || self.names.get(column as usize).cloned();
            masked(column).or_else(known).unwrap_or_else(|| (column + 1).to_string())
        }));
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"[QUARANTINED]");
        out.extend(std::iter::repeat_n(self.delimiter, self.names.len().saturating_sub(1)));
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        let columns: Vec<String> = self
            .names
            .iter()
            .zip(&self.columns)
            .map(|(name, field)| if *field == Field::Text { format!("{name} (text)") } else { name.clone() })
            .collect();
        format!("{:?} between fields; columns {}", self.delimiter as char, columns.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<String> {
        let mut out = Vec::new();
        match row(line.as_bytes(), 0, b',', true, |cell| out.push(line[cell.span.range()].to_owned())) {
            Row::Ends(end) => assert_eq!(end, line.len()),
            Row::Broken(at) => out.push(format!("broken at {at}")),
            Row::Open => out.push("open".to_owned()),
        }
        out
    }

    #[test]
    fn rows() {
        assert_eq!(cells("a,b,c\n"), ["a", "b", "c"]);
        assert_eq!(cells("a,\"b\nc\",\"d\"\"e\"\r\n"), ["a", "b\nc", "d\"\"e"]);
        assert_eq!(cells(",,\n"), ["", "", ""]);
        assert_eq!(cells("a\"b,c"), ["a\"b", "c"]);
        assert_eq!(cells("\"a\"b,c\n"), ["a", "broken at 3"]);
        assert_eq!(cells("a,\"b\n"), ["a", "broken at 2"]);
        assert_eq!(cells("\"a\"\r"), ["a"]);
    }

    #[test]
    fn tables_are_told_from_prose() {
        assert!(sniff(b"id;date;verbatim\n1;2026-01-01;tr\xC3\xA8s bien\n", b";"));
        assert!(sniff(b"id,text\n1,\"a, b\"\n", b","));
        assert!(!sniff(b"Hello, thank you.\nFine, bye.\n", b","));
        assert!(!sniff(b"one line, only\n", b","));
    }

    #[test]
    fn columns() {
        let table =
            open(b"id;note;quand\n1;tout va tres bien merci;2026\n", &FieldOptions::default(), b",;|\t")
                .expect("opens");
        assert_eq!(table.about(), "';' between fields; columns id, note (text), quand");
        let refused =
            open(b"a,b\n1,2\n", &FieldOptions { text: vec!["c".into()], ..FieldOptions::default() }, b",");
        assert!(refused.is_err());
    }
}
