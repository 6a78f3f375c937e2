//! How is a table written as text?
//!
//! Plain columns make CSV: strings always stand in quotes, so that an empty one is not a missing one; all else stands
//! without. Nested ones make JSON lines. What the text cannot say is stood in for: a zero by a character that never
//! stands for anything, a row that is too long or holds bytes that are no text by a byte that no decoder takes, so that
//! the row is quarantined.

use std::io::{self, Read};
use std::sync::mpsc::Sender;

use arrow_array::RecordBatch;

use super::cells::{Node, is_bare};
use super::parts::{Batches, Notes, Part, shown_roots};
use super::plan::{Leaf, Plan, View};
use crate::limits;
use crate::model::ColumnKind;

/// What stands for the zeros of a cell: one of the characters that Unicode never gives a meaning, and the cell has not.
/// `None` where it has no zeros, or all of these.
pub(super) fn stand_in(cell: &[u8]) -> Option<[u8; 3]> {
    memchr::memchr(0, cell)?;
    (0xFDD0..=0xFDEF).chain([0xFFFE, 0xFFFF]).filter_map(char::from_u32).find_map(|c| {
        let mut bytes = [0; 3];
        c.encode_utf8(&mut bytes);
        memchr::memmem::find(cell, &bytes).is_none().then_some(bytes)
    })
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// What makes a row undecodable.
const UNDECODABLE: u8 = 0xFF;

/// The text of a table.
pub(super) struct Showing<'r> {
    batches: Box<dyn Batches + 'r>,
    plan: Plan,
    /// Where the pieces go that the text was made of. Nobody takes them where nothing is written.
    parts: Sender<Part>,
    /// What is shown, and of the batch the next row.
    batch: Option<(RecordBatch, usize)>,
    text: Vec<u8>,
    given: usize,
    is_over: bool,
}

impl<'r> Showing<'r> {
    pub(super) fn new(
        batches: Box<dyn Batches + 'r>,
        plan: Plan,
        notes: &Notes,
        parts: Sender<Part>,
    ) -> Showing<'r> {
        let mut text = Vec::new();
        show_notes(&plan, notes, &mut text);
        Showing { batches, plan, parts, batch: None, text, given: 0, is_over: false }
    }

    fn go_on(&mut self) -> io::Result<()> {
        (self.given, self.is_over) = (0, false);
        self.text.clear();
        while self.text.is_empty() {
            if let Some((batch, from)) = self.batch.take() {
                let next = show(&self.plan, &batch, from, &mut self.text);
                if next < batch.num_rows() {
                    self.batch = Some((batch, next));
                }
                continue;
            }
            let part = self.batches.next()?;
            match &part {
                Part::Rows { batch, .. } => self.batch = (batch.num_rows() > 0).then(|| (batch.clone(), 0)),
                Part::End => self.is_over = true,
            }
            // Where nothing is written nobody waits for it.
            let _ = self.parts.send(part);
            if self.is_over {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Read for Showing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !self.is_over {
            self.go_on()?;
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// Appends what the file says of itself: one record.
pub(super) fn show_notes(plan: &Plan, notes: &Notes, out: &mut Vec<u8>) {
    if notes.is_empty() {
        return;
    }
    let start = out.len();
    out.extend_from_slice(if plan.is_flat { b"" } else { b"{" });
    for (at, (name, text)) in notes.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if plan.is_flat {
            csv_string(text.as_bytes(), out);
        } else {
            json_string(name.as_bytes(), out);
            out.push(b':');
            json_string(text.as_bytes(), out);
        }
    }
    out.extend_from_slice(if plan.is_flat { b"\n" } else { b"}\n" });
    bound(start, out);
}

/// Appends rows from one on until there is text enough; returns the next row.
pub(super) fn show(plan: &Plan, batch: &RecordBatch, from: usize, out: &mut Vec<u8>) -> usize {
    let roots = shown_roots(plan);
    let columns: Vec<(&[u8], Node)> = roots
        .iter()
        .zip(batch.columns())
        .map(|(&root, column)| {
            (plan.roots[root].name.as_bytes(), Node::of(column.as_ref(), &plan.roots[root].shape))
        })
        .collect();
    let mut buffer = Vec::new();
    let mut names = Vec::new();
    for (name, _) in &columns {
        let mut text = Vec::new();
        json_string(name, &mut text);
        text.push(b':');
        names.push(text);
    }
    for row in from..batch.num_rows() {
        let start = out.len();
        if start >= limits::TABLE_PIECE_BYTES {
            return row;
        }
        if plan.is_flat {
            for (at, (_, node)) in columns.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                csv_cell(node, row, &mut buffer, out);
            }
            out.push(b'\n');
        } else {
            out.push(b'{');
            for (at, (_, node)) in columns.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&names[at]);
                json_value(node, row, &mut buffer, out);
            }
            out.extend_from_slice(b"}\n");
        }
        bound(start, out);
    }
    batch.num_rows()
}

/// A row that is too long is not shown.
fn bound(start: usize, out: &mut Vec<u8>) {
    if out.len() - start > limits::RECORD_BYTES {
        out.truncate(start);
        out.extend_from_slice(&[UNDECODABLE, b'\n']);
    }
}

fn csv_cell(node: &Node, row: usize, buffer: &mut Vec<u8>, out: &mut Vec<u8>) {
    let Node::Leaf(values, leaf) = node else { return };
    if values.is_null(row) {
        return;
    }
    let text = values.text(row, buffer);
    match leaf.kind {
        ColumnKind::Bytes if leaf.view == View::Whole && !is_text(text) => hexadecimal(text, out),
        ColumnKind::Text | ColumnKind::Bytes => csv_string(text, out),
        _ => out.extend_from_slice(text),
    }
}

fn is_text(cell: &[u8]) -> bool {
    memchr::memchr(0, cell).is_none() && simdutf8::basic::from_utf8(cell).is_ok()
}

fn hexadecimal(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for b in bytes {
        out.extend_from_slice(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]);
    }
    out.push(b'"');
}

fn csv_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    if memchr::memchr2(b'"', 0, text).is_none() {
        out.extend_from_slice(text);
    } else {
        match (stand_in(text), memchr::memchr(0, text)) {
            (None, Some(_)) => out.push(UNDECODABLE),
            (stand_in, _) => {
                for &b in text {
                    match (b, stand_in) {
                        (0, Some(stand_in)) => out.extend_from_slice(&stand_in),
                        (b'"', _) => out.extend_from_slice(b"\"\""),
                        _ => out.push(b),
                    }
                }
            }
        }
    }
    out.push(b'"');
}

fn json_value(node: &Node, at: usize, buffer: &mut Vec<u8>, out: &mut Vec<u8>) {
    match node {
        Node::Hidden => {}
        Node::Leaf(values, ..) if values.is_null(at) => out.extend_from_slice(b"null"),
        Node::Leaf(values, leaf) => {
            let text = values.text(at, buffer);
            // What is no number to JSON is one to columns: `NaN`, `inf`.
            if is_bare(leaf.kind) && text.last().is_some_and(u8::is_ascii_digit) {
                out.extend_from_slice(text);
            } else {
                json_string(text, out);
            }
        }
        Node::Struct(array, _) | Node::List(array, ..) | Node::Map(array, ..) if array.is_null(at) => {
            out.extend_from_slice(b"null");
        }
        Node::Struct(_, members) => {
            out.push(b'{');
            let shown = members.iter().filter(|(_, node)| !matches!(node, Node::Hidden));
            for (number, (name, node)) in shown.enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(name);
                json_value(node, at, buffer, out);
            }
            out.push(b'}');
        }
        Node::List(_, offsets, item) => {
            out.push(b'[');
            let range = offsets.of(at);
            for element in range.clone() {
                if element > range.start {
                    out.push(b',');
                }
                json_value(item, element, buffer, out);
            }
            out.push(b']');
        }
        Node::Map(_, offsets, nodes) => json_map(offsets.of(at), nodes, buffer, out),
    }
}

/// A map with strings as keys is an object, so that they name what they hold. Any other is a list of pairs.
fn json_map(range: std::ops::Range<usize>, nodes: &(Node, Node), buffer: &mut Vec<u8>, out: &mut Vec<u8>) {
    let (key, value) = nodes;
    let is_object = is_object(nodes);
    out.push(if is_object { b'{' } else { b'[' });
    for entry in range.clone() {
        if entry > range.start {
            out.push(b',');
        }
        if is_object {
            json_value(key, entry, buffer, out);
            out.push(b':');
            json_value(value, entry, buffer, out);
            continue;
        }
        out.push(b'[');
        json_value(key, entry, buffer, out);
        if !matches!(key, Node::Hidden) && !matches!(value, Node::Hidden) {
            out.push(b',');
        }
        json_value(value, entry, buffer, out);
        out.push(b']');
    }
    out.push(if is_object { b'}' } else { b']' });
}

/// Whether a map is shown as an object.
pub(super) fn is_object((key, value): &(Node, Node)) -> bool {
    let is_string = |leaf: &Leaf| matches!(leaf.kind, ColumnKind::Text | ColumnKind::Bytes);
    matches!(key, Node::Leaf(_, leaf) if is_string(leaf)) && !matches!(value, Node::Hidden)
}

/// Appends a string as JSON writes it. What is no UTF-8 stays so: the record is quarantined.
pub(super) fn json_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut from = 0;
    for (at, &b) in text.iter().enumerate() {
        if b >= 0x20 && b != b'"' && b != b'\\' {
            continue;
        }
        out.extend_from_slice(&text[from..at]);
        from = at + 1;
        match b {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]);
            }
        }
    }
    out.extend_from_slice(&text[from..]);
    out.push(b'"');
}
