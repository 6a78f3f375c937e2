//! How do the rows of a table make conversations?
//!
//! Rows that carry the same conversation id and stand together are one; any other row is one of its own, and so is
//! each header row. Header rows are record 0, data rows count from 1.

use super::columns::{Columns, Decision};
use super::csv::{Cell, Row, row};
use super::fields::Memo;
use super::{Chunk, Conversation, Layout, same_line_end};
use crate::limits;
use crate::model::{ColumnView, Escape, FaultKind, Record, Role, Segment, Span};

/// An opened table.
pub(super) struct Table {
    delimiter: u8,
    /// Rows up to the last one of the header, blank ones counted; 0 without a header.
    header_rows: u64,
    columns: Columns,
    /// The column of the conversation's id.
    conversation: Option<usize>,
    /// Which columns of a typed table it consists of.
    shown: Option<Vec<ColumnView>>,
}

/// What was read of a row.
struct Seen<'a> {
    end: usize,
    /// Where it is broken, if it is.
    broken: Option<usize>,
    /// Its conversation's id.
    id: Option<&'a [u8]>,
}

impl Table {
    pub(super) fn new(delimiter: u8, header_rows: u64, columns: Columns) -> Table {
        Table { delimiter, header_rows, conversation: columns.conversation(), columns, shown: None }
    }

    /// Of the columns of a typed table that are shown, without a header; `has_notes` says that a row in front says
    /// what the file says of itself.
    pub(super) fn typed(columns: Columns, shown: Vec<ColumnView>, has_notes: bool) -> Table {
        Table { shown: Some(shown), ..Table::new(b',', u64::from(has_notes), columns) }
    }

    /// Whether a segment is no cell, but what the file says of itself.
    fn is_note(&self, conversation: &Conversation, segment: &Segment) -> bool {
        self.shown.is_some() && conversation.records[segment.record as usize].number == 0
    }

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

    /// Puts the cells of the row at `start` into `segments`.
    fn cells<'a>(
        &self,
        bytes: &'a [u8],
        start: usize,
        (record, is_header): (u32, bool),
        segments: &mut Vec<Segment>,
        speakers: &mut Memo<bool>,
    ) -> Option<Seen<'a>> {
        let known = segments.len();
        let (mut column, mut id, mut is_moved) = (0, None, false);
        let width = self.columns.names().len();
        let (end, broken) = self.row_end(bytes, start, true, |cell| {
            let value = cell.span.of(bytes);
            if Some(column) == self.conversation && !value.is_empty() && !is_header {
                id = Some(value);
            }
            if !value.is_empty() {
                is_moved |= column >= width;
                segments.push(Segment {
                    span: cell.span,
                    role: if is_header { Role::Key } else { self.columns.role(column, value, speakers) },
                    escape: if cell.quoted { Escape::Csv } else { Escape::CsvBare },
                    escaped: cell.doubled,
                    record,
                    name: column as u32,
                    outer: Segment::UNNAMED,
                    depth: 1,
                });
            }
            column += 1;
        })?;
        if is_moved && !is_header {
            for segment in &mut segments[known..] {
                segment.role = self.columns.role_if_moved(segment.name as usize, segment.role);
            }
        }
        Some(Seen { end, broken, id })
    }
}

impl Layout for Table {
    fn border(&self, bytes: &[u8], first: bool, complete: bool) -> usize {
        if complete {
            return bytes.len();
        }
        let (mut at, mut border) = (0, 0);
        let mut open: Option<&[u8]> = None; // the id of the conversation that may go on
        let mut is_header = first && self.header_rows > 0;
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
        while start < bytes.len() {
            let record = out.records.len();
            let known = out.segments.len();
            let is_header = number < self.header_rows;
            let (segments, speakers) = (&mut out.segments, &mut out.speakers);
            let row = self.cells(bytes, start, (record as u32, is_header), segments, speakers);
            let Some(Seen { end, broken, mut id }) = row else { break };
            out.records.push(Record {
                span: Span::new(start, end),
                fault: None,
                number: self.record_number(number),
            });
            if let Some(place) = broken {
                out.fail(FaultKind::Quote, place - start);
                id = None;
            } else if let Some(bad) = chunk.encoding_fault(start, end) {
                out.fail(FaultKind::Encoding, bad);
                id = None;
            }
            let id = id.map(super::id_hash);
            if !out.joins(id, known) {
                break;
            }
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
        start
    }

    fn names_conversations(&self) -> bool {
        self.conversation.is_some()
    }

    fn conversation_of(&self, record: &[u8]) -> Option<u64> {
        let (_, id) = self.id_of(record, 0, true)?;
        std::str::from_utf8(record).ok()?;
        id.map(|id| super::id_hash(id.of(record)))
    }

    fn names(&self) -> &[String] {
        self.columns.names()
    }

    fn first_record(&self) -> u64 {
        u64::from(self.header_rows == 0)
    }

    fn record_number(&self, counted: u64) -> u64 {
        counted.saturating_sub(self.header_rows.saturating_sub(1))
    }

    fn decisions(&self) -> Vec<Option<Decision>> {
        self.columns.decisions()
    }

    fn shown(&self) -> Option<&[ColumnView]> {
        self.shown.as_deref()
    }

    fn keys<'a>(&'a self, _: &Chunk<'a>, conversation: &Conversation, segment: &Segment) -> [&'a [u8]; 2] {
        if self.is_note(conversation, segment) {
            return [&[]; 2];
        }
        self.columns.keys(segment.name as usize)
    }

    fn asked(&self, segment: &Segment) -> &[u8] {
        self.columns.asked(segment.name as usize)
    }

    fn is_speaker(&self, _: &Chunk, _: &Conversation, segment: &Segment) -> bool {
        self.columns.is_speaker(segment.name as usize)
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
            let segment = &conversation.segments[segment as usize];
            let column = segment.name;
            if self.is_note(conversation, segment) {
                return format!("metadata {}", column + 1);
            }
            let known = || self.names().get(column as usize).cloned();
            masked(column).or_else(known).unwrap_or_else(|| (column + 1).to_string())
        }));
    }

    fn marker(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"[QUARANTINED]");
        out.extend(std::iter::repeat_n(self.delimiter, self.names().len().saturating_sub(1)));
        same_line_end(raw, out);
    }

    fn about(&self) -> String {
        if self.shown.is_some() {
            return self.columns.about();
        }
        let delimiter = self.delimiter as char;
        format!("{}{delimiter:?} between fields; {}", self.columns.about_header(), self.columns.about())
    }
}
