//! How do bytes part into rows and cells? CSV and TSV after RFC 4180.
//!
//! The delimiter is found in the file's head. Quoted fields may hold line breaks and doubled quotes; a quote
//! inside an unquoted field is a character like any other. Text after a closing quote, or a quote that is never
//! closed, makes a row undecodable up to its line's end. A byte order mark in front of a row is no part of it.

use super::columns::Columns;
use super::fields::FieldOptions;
use super::header::{has_known_names, of_survey};
use super::table::Table;
use super::{Format, Layout};
use crate::error::Result;
use crate::limits;
use crate::model::Span;

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

/// Rows of a head that tell the delimiter.
const SAMPLE_ROWS: usize = 50;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One field of a row: where its text stands, and whether quotes stand around it.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) span: Span,
    pub(super) quoted: bool,
    pub(super) doubled: bool,
}

/// How a row ends.
pub(super) enum Row {
    /// At this byte, its line end included.
    Ends(usize),
    /// It is undecodable from this byte on.
    Broken(usize),
    /// More bytes are needed.
    Open,
}

/// Reads the row at `at`, calling `cell` for each of its fields.
pub(super) fn row(
    bytes: &[u8],
    begin: usize,
    delimiter: u8,
    complete: bool,
    mut cell: impl FnMut(Cell),
) -> Row {
    let mut at = begin + if bytes[begin..].starts_with(BOM) { BOM.len() } else { 0 };
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

/// The first sound rows of a head, as text.
#[derive(Default)]
pub(super) struct Sample {
    /// The fields of each row that is not blank.
    pub(super) rows: Vec<Vec<String>>,
    /// Which of the head's rows each is, blank and broken ones counted.
    numbers: Vec<u64>,
}

/// At most `most` rows of a head, under one delimiter.
pub(super) fn sample(head: &[u8], delimiter: u8, most: usize) -> Sample {
    let mut sample = Sample::default();
    let (mut at, mut number) = (0, 0);
    // The head may end inside a row; only whole rows count, unless there is no other.
    let complete = head.len() < limits::HEAD_BYTES;
    while at < head.len() && sample.rows.len() < most {
        let mut cells = Vec::new();
        let text = |cell: Cell| String::from_utf8_lossy(cell.span.of(head)).replace("\"\"", "\"");
        let is_sound = match row(head, at, delimiter, complete, |cell| cells.push(text(cell))) {
            Row::Ends(end) => {
                at = end;
                true
            }
            // A broken row says nothing about the others.
            Row::Broken(place) => match super::line_end(head, place, complete) {
                Some(end) => {
                    at = end;
                    false
                }
                None => break,
            },
            Row::Open => break,
        };
        if is_sound && (cells.len() > 1 || !cells[0].trim().is_empty()) {
            sample.rows.push(cells);
            sample.numbers.push(number);
        }
        number += 1;
    }
    sample
}

/// Whether the rows have the same number of fields, at least two.
fn is_even(rows: &[Vec<String>]) -> bool {
    rows.first().is_some_and(|first| first.len() > 1 && rows.iter().all(|row| row.len() == first.len()))
}

fn sniff(head: &[u8], delimiters: &[u8]) -> bool {
    delimiters.iter().any(|&delimiter| {
        let rows = sample(head, delimiter, SAMPLE_ROWS).rows;
        // Prose has commas too: a table has a header of short names and no blank after its delimiters.
        let names = |row: &Vec<String>| {
            row.iter().all(|name| {
                (1..=40).contains(&name.len()) && !name.starts_with(' ') && !name.contains(['.', '?', '!'])
            })
        };
        let is_table = |rows: &[Vec<String>]| is_even(rows) && (names(&rows[0]) || has_known_names(&rows[0]));
        rows.len() > 1 && (is_table(&rows) || of_survey(&rows).is_some())
    })
}

fn open(head: &[u8], options: &FieldOptions, delimiters: &[u8]) -> Result<Box<dyn Layout>> {
    let best = delimiters.iter().copied().max_by_key(|&delimiter| {
        let rows = sample(head, delimiter, SAMPLE_ROWS).rows;
        (of_survey(&rows).is_some(), is_even(&rows), rows.first().map_or(0, Vec::len))
    });
    let delimiter = best.unwrap_or(delimiters[0]);
    let Sample { rows, numbers } = sample(head, delimiter, usize::MAX);
    let columns = Columns::new(&rows, options)?;
    // Blank rows before and between header rows belong to the header.
    let header_rows = columns.header.rows.checked_sub(1).map_or(0, |last| numbers[last] + 1);
    Ok(Box::new(Table::new(delimiter, header_rows, columns)))
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
