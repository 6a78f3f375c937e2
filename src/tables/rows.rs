//! What came back in a row of masked text?
//!
//! Text and table are walked side by side: the text has the same cells in the same order as when it was shown, with
//! other words in some of them. Anything else is an error.

use std::io;

use super::cells::Node;
use super::plan::View;
use super::read_at::damaged;
use super::renewed::Renewed;
use super::shown::{is_object, stand_in};
use crate::model::ColumnKind;

/// What stands in strings of a row that could not be read.
pub(super) const QUARANTINED: &[u8] = b"[QUARANTINED]";

/// The same, in the place of a row of JSON.
pub(super) const QUARANTINED_JSON: &[u8] = br#"{"sourdine":"quarantined"}"#;

/// Deals with what was found out about the cells of a row.
pub(super) struct Taking<'a> {
    pub(super) leaves: &'a mut [Option<Renewed>],
    pub(super) buffer: Vec<u8>,
    pub(super) number: Vec<u8>,
}

/// A cell of CSV: where it stands, without its quotes.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
    pub(super) doubled: bool,
}

/// Reads the row that begins `bytes`; returns where it ends, `None` where it is not complete.
pub(super) fn csv_row(bytes: &[u8], cells: &mut Vec<Cell>) -> io::Result<Option<usize>> {
    cells.clear();
    let mut at = 0;
    loop {
        let mut doubled = false;
        let quoted = bytes.get(at) == Some(&b'"');
        let start = at + usize::from(quoted);
        if quoted {
            at = start;
            loop {
                let Some(length) = memchr::memchr(b'"', &bytes[at..]) else { return Ok(None) };
                at += length + 1;
                match bytes.get(at) {
                    Some(b'"') => {
                        doubled = true;
                        at += 1;
                    }
                    Some(_) => break,
                    None => return Ok(None),
                }
            }
            cells.push(Cell { start, end: at - 1, quoted, doubled });
        } else {
            let Some(length) = memchr::memchr2(b',', b'\n', &bytes[at..]) else { return Ok(None) };
            at += length;
            cells.push(Cell { start, end: at, quoted, doubled });
        }
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'\n') => return Ok(Some(at + 1)),
            Some(_) => return Err(mismatch()),
            None => return Ok(None),
        }
    }
}

/// The text of a cell without doubled quotes.
pub(super) fn csv_text<'a>(bytes: &'a [u8], cell: Cell, buffer: &'a mut Vec<u8>) -> &'a [u8] {
    let raw = &bytes[cell.start..cell.end];
    if !cell.doubled {
        return raw;
    }
    buffer.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'"', rest) {
        buffer.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    buffer.extend_from_slice(rest);
    buffer
}

/// Puts zeros back where `original` had them.
pub(super) fn with_zeros<'a>(text: &'a [u8], original: &[u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(stand_in) = stand_in(original) else { return text };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, &stand_in) {
        out.extend_from_slice(&rest[..at]);
        out.push(0);
        rest = &rest[at + stand_in.len()..];
    }
    out.extend_from_slice(rest);
    *buffer = out;
    buffer
}

/// That the masked text has another form than the text had.
pub(super) fn mismatch() -> io::Error {
    damaged("the masked text has not the rows of the table; please report it".to_owned())
}

impl Taking<'_> {
    /// A row of CSV.
    pub(super) fn csv(&mut self, bytes: &[u8], cells: &[Cell], nodes: &[Node], row: usize) -> io::Result<()> {
        if cells.len() != nodes.len().max(1) {
            return Err(mismatch());
        }
        for (cell, node) in cells.iter().zip(nodes) {
            let Node::Leaf(values, leaf) = node else { continue };
            let Some(renewed) = &mut self.leaves[leaf.number] else { continue };
            let is_empty = cell.start == cell.end && !cell.quoted;
            let is_null = values.is_null(row);
            if !matches!(leaf.kind, ColumnKind::Text | ColumnKind::Bytes) || values.is_fixed() {
                let text = csv_text(bytes, *cell, &mut self.buffer);
                let same = is_null || values.text(row, &mut self.number) == text;
                if !same {
                    renewed.change(row, text);
                }
                continue;
            }
            if is_null || is_empty {
                renewed.push(row, None);
                continue;
            }
            let text = csv_text(bytes, *cell, &mut self.buffer);
            let original = values.text(row, &mut self.number);
            if memchr::memchr(0, original).is_some() && !(leaf.view == View::Whole && text != original) {
                let text = text.to_vec();
                renewed.push(row, Some(with_zeros(&text, original, &mut self.buffer)));
            } else {
                renewed.push(row, Some(text));
            }
        }
        Ok(())
    }

    /// A row that could not be read.
    pub(super) fn quarantine(&mut self, node: &Node, at: usize) {
        match node {
            Node::Hidden => {}
            Node::Leaf(values, leaf) => {
                let Some(renewed) = &mut self.leaves[leaf.number] else { return };
                let is_null = values.is_null(at);
                match leaf.kind {
                    ColumnKind::Text | ColumnKind::Bytes if !values.is_fixed() => {
                        renewed.push(at, (!is_null).then_some(QUARANTINED));
                    }
                    _ if !is_null => renewed.change(at, b""),
                    _ => {}
                }
            }
            Node::Struct(array, ..) | Node::List(array, ..) | Node::Map(array, ..) if array.is_null(at) => {}
            Node::Struct(_, members) => members.iter().for_each(|(_, node)| self.quarantine(node, at)),
            Node::List(_, offsets, item) => offsets.of(at).for_each(|at| self.quarantine(item, at)),
            Node::Map(_, offsets, nodes) => {
                for at in offsets.of(at) {
                    self.quarantine(&nodes.0, at);
                    self.quarantine(&nodes.1, at);
                }
            }
        }
    }

    /// Of a list that came back shorter, what it has no longer: a model's codes for a text that was masked.
    fn clear(&mut self, node: &Node, at: usize) {
        match node {
            Node::Leaf(values, leaf) => {
                let Some(renewed) = &mut self.leaves[leaf.number] else { return };
                let is_null = values.is_null(at);
                match leaf.kind {
                    ColumnKind::Text | ColumnKind::Bytes if !values.is_fixed() => {
                        renewed.push(at, (!is_null).then_some(b"".as_slice()));
                    }
                    _ if !is_null => renewed.change(at, b"0"),
                    _ => {}
                }
            }
            _ => self.quarantine(node, at),
        }
    }
}

/// Reads a row of JSON side by side with its table.
pub(super) struct Walk<'r, 't, 'l> {
    pub(super) row: &'r [u8],
    pub(super) at: usize,
    pub(super) taking: &'t mut Taking<'l>,
}

impl Walk<'_, '_, '_> {
    pub(super) fn sign(&mut self, sign: u8) -> io::Result<()> {
        if self.row.get(self.at) != Some(&sign) {
            return Err(mismatch());
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a string into the buffer.
    pub(super) fn string(&mut self) -> io::Result<()> {
        self.sign(b'"')?;
        let start = self.at;
        loop {
            let length = memchr::memchr2(b'"', b'\\', &self.row[self.at..]).ok_or_else(mismatch)?;
            self.at += length;
            if self.row[self.at] == b'"' {
                break;
            }
            self.at += 2;
            if self.at > self.row.len() {
                return Err(mismatch());
            }
        }
        let raw = &self.row[start..self.at];
        self.at += 1;
        let buffer = &mut self.taking.buffer;
        buffer.clear();
        unescape(raw, buffer)
    }

    /// A string, or what stands without quotes; `false` says that nothing stands there.
    fn scalar(&mut self) -> io::Result<bool> {
        if self.row.get(self.at) == Some(&b'"') {
            return self.string().map(|()| true);
        }
        let rest = &self.row[self.at..];
        let length = rest.iter().position(|b| b",]}:".contains(b)).ok_or_else(mismatch)?;
        self.taking.buffer.clear();
        self.taking.buffer.extend_from_slice(&rest[..length]);
        self.at += length;
        Ok(self.taking.buffer != b"null")
    }

    pub(super) fn value(&mut self, node: &Node, at: usize) -> io::Result<()> {
        match node {
            Node::Hidden => Ok(()),
            Node::Leaf(values, leaf) => {
                let stands = self.scalar()?;
                let Taking { leaves, buffer, number } = self.taking;
                let Some(renewed) = &mut leaves[leaf.number] else { return Ok(()) };
                let is_null = values.is_null(at);
                match leaf.kind {
                    ColumnKind::Text | ColumnKind::Bytes if !values.is_fixed() => {
                        renewed.push(at, (stands && !is_null).then_some(buffer.as_slice()));
                    }
                    _ if !is_null && values.text(at, number) != buffer.as_slice() => {
                        renewed.change(at, buffer);
                    }
                    _ => {}
                }
                Ok(())
            }
            Node::Struct(array, _) | Node::List(array, ..) | Node::Map(array, ..) if array.is_null(at) => {
                self.scalar().and_then(|stands| if stands { Err(mismatch()) } else { Ok(()) })
            }
            Node::Struct(_, members) => {
                self.sign(b'{')?;
                let shown = members.iter().filter(|(_, node)| !matches!(node, Node::Hidden));
                for (number, (_, node)) in shown.enumerate() {
                    self.name(number > 0)?;
                    self.value(node, at)?;
                }
                self.sign(b'}')
            }
            Node::List(_, offsets, item) => self.list(offsets.of(at), item),
            Node::Map(_, offsets, nodes) => self.map(offsets.of(at), nodes),
        }
    }

    /// A member's name, which may have been masked and does not count.
    pub(super) fn name(&mut self, goes_on: bool) -> io::Result<()> {
        if goes_on {
            self.sign(b',')?;
        }
        self.string()?;
        self.sign(b':')
    }

    fn list(&mut self, range: std::ops::Range<usize>, item: &Node) -> io::Result<()> {
        self.sign(b'[')?;
        for element in range.clone() {
            if self.row.get(self.at) == Some(&b']') {
                (element..range.end).for_each(|element| self.taking.clear(item, element));
                break;
            }
            if element > range.start {
                self.sign(b',')?;
            }
            self.value(item, element)?;
        }
        self.sign(b']')
    }

    fn map(&mut self, range: std::ops::Range<usize>, nodes: &(Node, Node)) -> io::Result<()> {
        let is_object = is_object(nodes);
        let (key, value) = nodes;
        self.sign(if is_object { b'{' } else { b'[' })?;
        for entry in range.clone() {
            if entry > range.start {
                self.sign(b',')?;
            }
            if is_object {
                self.value(key, entry)?;
                self.sign(b':')?;
                self.value(value, entry)?;
                continue;
            }
            self.sign(b'[')?;
            self.value(key, entry)?;
            if !matches!(key, Node::Hidden) && !matches!(value, Node::Hidden) {
                self.sign(b',')?;
            }
            self.value(value, entry)?;
            self.sign(b']')?;
        }
        self.sign(if is_object { b'}' } else { b']' })
    }
}

/// Appends what a JSON string stands for.
fn unescape(raw: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let sign = *rest.get(at + 1).ok_or_else(mismatch)?;
        rest = &rest[at + 2..];
        let plain = match sign {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let (c, length) = unicode(rest).ok_or_else(mismatch)?;
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[length..];
                continue;
            }
            plain => plain,
        };
        out.push(plain);
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// The character behind `\u`, and how many bytes say so.
fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = std::str::from_utf8(rest.get(from..from + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let high = unit(0)?;
    if !(0xD800..0xDC00).contains(&high) {
        return Some((char::from_u32(high)?, 4));
    }
    let low = unit(6).filter(|low| (0xDC00..0xE000).contains(low))?;
    Some((char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?, 10))
}
