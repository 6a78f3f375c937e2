//! How is a conversation laid out?
//!
//! A [`Format`] recognises a kind of file; opened on a file's head it becomes a [`Layout`], which knows
//! where conversations end, which strings a record holds and how a replacement is written among them.
//! Formats never change bytes and never look for personal data.
//!
//! One file per format, one line in [`FORMATS`].

mod align;
mod answers;
mod captions;
mod columns;
mod copies;
mod csv;
mod ctm;
mod document;
mod fields;
mod header;
mod json;
mod jsonl;
mod labels;
mod lists;
mod naming;
mod shape;
mod shown;
mod table;
mod text;
mod times;
mod tree;
mod typed;
mod values;

pub use align::{Run, Token};
pub use columns::{ColumnOption, Decision, Treatment};
pub use fields::FieldOptions;
pub use labels::{Headings, SPEAKER};
pub use shown::{Aside, Dependent, Piece, Shown};
pub use times::{Spoken, Times};
pub use tree::Says;

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{ColumnView, Fault, FaultKind, Record, Role, Segment};
use crate::scan::Text;

/// A kind of file.
pub struct Format {
    /// The name that `--format` takes.
    pub name: &'static str,
    /// What it is, for `sourdine formats` and the documentation.
    pub about: &'static str,
    /// File name endings, lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether the head of a file looks like it. Asked in the order of [`FORMATS`].
    pub sniff: fn(head: &[u8]) -> bool,
    /// Opens a file of this kind by its head.
    pub open: Open,
}

/// Makes a layout from a file's head and the user's options.
pub type Open = fn(head: &[u8], options: &FieldOptions) -> Result<Box<dyn Layout>>;

/// All formats, the most particular first. The last one takes everything.
pub const FORMATS: &[&Format] = &[
    &captions::VTT,
    &captions::SRT,
    &ctm::FORMAT,
    &document::FORMAT,
    &jsonl::FORMAT,
    &csv::TSV,
    &csv::FORMAT,
    &typed::PARQUET,
    &typed::ARROW,
    &text::FORMAT,
];

/// The format of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name == name)
}

/// The format of a file: by the ending of its name (compression endings taken off), else by its head.
///
/// # Panics
/// Never: the last format takes everything.
#[must_use]
pub fn detect(file_name: Option<&str>, head: &[u8]) -> &'static Format {
    let name = file_name.unwrap_or_default().to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let by_ending = name
        .rsplit_once('.')
        .and_then(|(_, end)| FORMATS.iter().copied().find(|format| format.extensions.contains(&end)));
    by_ending
        .or_else(|| FORMATS.iter().copied().find(|format| (format.sniff)(head)))
        .unwrap_or(FORMATS[FORMATS.len() - 1])
}

impl Format {
    /// Whether its files are no text, so that only a table can be one.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        [typed::PARQUET.name, typed::ARROW.name].contains(&self.name)
    }
}

/// Opens a file of that format by its head.
///
/// # Errors
/// [`Error::Usage`] when the user names a column that is not there, or columns of what has none: they would pass
/// as they are.
pub fn open(format: &Format, head: &[u8], options: &FieldOptions) -> Result<Box<dyn Layout>> {
    let layout = (format.open)(head, options)?;
    match options.columns.first().filter(|_| !options.may_lack) {
        Some(column) if options.table.as_ref().is_some_and(|table| table.columns.is_none()) => {
            Err(Error::Usage(format!(
                "--column {}: columns of this table hold lists or records, and its rows are read like JSON lines; \
                 --column is for tables of plain columns",
                column.name
            )))
        }
        Some(column)
            if layout.names().is_empty() && layout.shown().is_none() && !head.trim_ascii().is_empty() =>
        {
            Err(Error::Usage(format!(
                "--column {}: this input is {}, which has no columns; --column is for tables, and \
                 --allow-missing-columns for tables among other files",
                column.name, format.name
            )))
        }
        _ => Ok(layout),
    }
}

/// A whole conversation: the records that belong together and their strings. Reused.
#[derive(Default)]
pub struct Conversation {
    /// In the order of the file.
    pub records: Vec<Record>,
    /// In the order of the file; their spans are bytes of the chunk.
    pub segments: Vec<Segment>,
    /// Hash of the conversation's id, when it has one.
    pub id: Option<u64>,
    /// Whether it was longer than the limit and goes on in the next one.
    pub cut: bool,
    /// What is read in place of the chunk, where strings lie in pieces: then the segments are spans of it.
    pub shown: Shown,
    tree: tree::Tree,
    /// What the JSON parser remembers.
    json: json::Scratch,
    speakers: fields::Memo<bool>,
}

impl Conversation {
    fn clear(&mut self) {
        self.records.clear();
        self.segments.clear();
        self.id = None;
        self.cut = false;
        self.shown.clear();
    }

    /// What was said in the records from `from` on, in order, with numbers of segments; no forms and copies of it.
    pub fn turns(&self, from: usize) -> impl Iterator<Item = (u32, &Segment)> {
        (0u32..).zip(&self.segments).filter(move |(index, segment)| {
            segment.role == Role::Text
                && !segment.span.is_empty()
                && segment.record as usize >= from
                && self.shown.aside(*index).is_none()
        })
    }

    /// Appends what `field` calls the piece that each of the segments begins in.
    fn pointers_of_segments(
        &self,
        segments: &[u32],
        field: impl Fn(&Conversation, usize) -> String,
        out: &mut Vec<String>,
    ) {
        let piece = |segment: u32| self.shown.piece(self.segments[segment as usize].span.start);
        out.extend(segments.iter().map(|&segment| field(self, piece(segment))));
    }

    /// Appends what `field` calls each of the strings, by their first bytes in the file; an empty name for what is none.
    /// Pieces are shown as they were said, which is not the order of the file.
    fn pointers_of_strings(
        &self,
        starts: &[u32],
        field: impl Fn(&Conversation, usize) -> String,
        out: &mut Vec<String>,
    ) {
        let pieces = self.shown.pieces.iter().enumerate();
        let by_start: HashMap<u32, usize> = pieces.map(|(at, piece)| (piece.raw.start, at)).collect();
        let name = |start| by_start.get(start).map_or_else(String::new, |&piece| field(self, piece));
        out.extend(starts.iter().map(name));
    }

    /// Whether the last record, whose conversation is `id` and whose segments begin at `known`, belongs to the
    /// records before it; if not it is taken back.
    fn joins(&mut self, id: Option<u64>, known: usize) -> bool {
        if self.records.len() == 1 {
            self.id = id;
        } else if id != self.id {
            self.records.pop();
            self.segments.truncate(known);
            return false;
        }
        true
    }

    /// Takes back the segments of the current record and marks it as undecodable.
    fn fail(&mut self, kind: FaultKind, at: usize) {
        let record = self.records.len() - 1;
        let keep = self.segments.partition_point(|segment| (segment.record as usize) < record);
        self.segments.truncate(keep);
        self.records[record].fault = Some(Fault { kind, at: at as u32 });
    }
}

/// Whole conversations as they were read: UTF-8, unless a record is faulty.
pub struct Chunk<'a> {
    /// Bytes and masks.
    pub text: Text<'a>,
    /// Whether all of it is valid UTF-8; if not, each record is checked.
    pub is_utf8: bool,
    /// Whether it begins the file.
    pub first: bool,
    /// Number of its first record.
    pub record: u64,
    /// The bytes as they lie in the file; other than `text` where a conversation is shown in their place.
    pub file: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// Bytes of a file.
    #[must_use]
    pub fn new(text: Text<'a>, first: bool, record: u64) -> Self {
        let is_utf8 = simdutf8::basic::from_utf8(text.bytes).is_ok();
        Chunk { text, is_utf8, first, record, file: text.bytes }
    }

    /// What of the chunk is read for a conversation: its own bytes, or what is shown in their place.
    #[must_use]
    pub fn as_read<'c>(&self, conversation: &'c Conversation) -> Chunk<'c>
    where
        'a: 'c,
    {
        Chunk { text: conversation.shown.text().unwrap_or(self.text), ..*self }
    }

    /// Where in a record the first byte lies that is no UTF-8 text, if any.
    fn encoding_fault(&self, start: usize, end: usize) -> Option<usize> {
        if self.is_utf8 {
            // Text has no zeros: this is UTF-32 or no text at all, which rules would not understand.
            return memchr::memchr(0, &self.text.bytes[start..end]);
        }
        std::str::from_utf8(&self.text.bytes[start..end]).err().map(|error| error.valid_up_to())
    }
}

/// An opened file of some format. Positions are bytes of the chunk or buffer.
pub trait Layout: Send + Sync {
    /// How long the prefix of `bytes` is that consists of whole conversations; 0 when the first one may go
    /// on. `bytes` begins where a conversation begins; `complete` says that nothing follows them; `first`
    /// that they begin the file.
    fn border(&self, bytes: &[u8], first: bool, complete: bool) -> usize;

    /// Where the record that begins at `at` ends, line end included; `None` when more bytes are needed. `first`
    /// says that `bytes` begin the file.
    fn record_end(&self, bytes: &[u8], at: usize, first: bool, complete: bool) -> Option<usize>;

    /// How many records `bytes`, whole records, consist of; `first` says that they begin the file. The header counts.
    fn count(&self, bytes: &[u8], first: bool) -> u64;

    /// Reads the conversation that begins at byte `at` with record `number`; returns where it ends.
    fn conversation(&self, chunk: &Chunk, at: usize, number: u64, out: &mut Conversation) -> usize;

    /// Whether records say which conversation they belong to, and nothing else does.
    fn names_conversations(&self) -> bool {
        false
    }

    /// Hash of the id of the conversation that a record belongs to, if it says so; the record is no header.
    fn conversation_of(&self, _record: &[u8]) -> Option<u64> {
        None
    }

    /// Names of the columns, where the format has such.
    fn names(&self) -> &[String] {
        &[]
    }

    /// Number of the file's first record: 0 for a header, else 1.
    fn first_record(&self) -> u64 {
        1
    }

    /// The number of a record, by how many were counted from [`Layout::first_record`] on: a header of several
    /// rows is record 0 as a whole.
    fn record_number(&self, counted: u64) -> u64 {
        counted
    }

    /// What is done with each column, where the format has such and it is known beforehand.
    fn decisions(&self) -> Vec<Option<Decision>> {
        Vec::new()
    }

    /// Which columns of a typed table are looked at; `None` for all that is no such table.
    fn shown(&self) -> Option<&[ColumnView]> {
        None
    }

    /// The question that a text segment answers, on which context words may stand; empty where there is none.
    fn asked(&self, _segment: &Segment) -> &[u8] {
        &[]
    }

    /// The name of a segment's field and of the field around that, on which context words may stand; empty
    /// where there is none.
    fn keys<'a>(&'a self, chunk: &Chunk<'a>, conversation: &Conversation, segment: &Segment)
    -> [&'a [u8]; 2];

    /// Whether the segment says who speaks in its record.
    fn is_speaker(&self, chunk: &Chunk, conversation: &Conversation, segment: &Segment) -> bool;

    /// What stands in the place of a speaker's name, if not the label of a person.
    fn speaker_label(&self, _name: &[u8]) -> Option<&'static str> {
        None
    }

    /// Appends, for each wanted segment of one record (in order), where it lies in the record, for findings
    /// and audit: a JSON pointer, a column. `masked` gives the masked form of a segment or column that
    /// serves as a name, if it was masked.
    fn pointers(
        &self,
        chunk: &Chunk,
        conversation: &Conversation,
        wanted: &[u32],
        masked: &dyn Fn(u32) -> Option<String>,
        out: &mut Vec<String>,
    );

    /// Like [`Layout::pointers`], for the strings of one record of a shown conversation that begin at the `wanted`
    /// bytes of the file (ascending).
    fn places(
        &self,
        _chunk: &Chunk,
        _conversation: &Conversation,
        _record: usize,
        _wanted: &[u32],
        _masked: &dyn Fn(u32) -> Option<String>,
        _out: &mut Vec<String>,
    ) {
    }

    /// When the strings of the conversation were said, where the format tells.
    fn times(&self, _chunk: &Chunk, _conversation: &Conversation) -> Times {
        Times::default()
    }

    /// Longest record in bytes; a longer one is quarantined.
    fn record_bytes(&self) -> usize {
        limits::RECORD_BYTES
    }

    /// Where the next record begins in bytes that lie within one that is too long; `None` when all of them do.
    fn next_record(&self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(b'\n', bytes).map(|at| at + 1)
    }

    /// Appends what stands for an undecodable record, with what separates the record from the next one.
    fn marker(&self, raw: &[u8], out: &mut Vec<u8>);

    /// What was detected, for a person: delimiter, columns.
    fn about(&self) -> String;
}

/// The line that begins at `at`, its end included; `None` when it is not complete.
fn line_end(bytes: &[u8], at: usize, complete: bool) -> Option<usize> {
    match memchr::memchr(b'\n', &bytes[at..]) {
        Some(length) => Some(at + length + 1),
        None if complete && at < bytes.len() => Some(bytes.len()),
        None => None,
    }
}

/// How many lines there are; the last one may lack its end.
fn count_lines(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|&b| b != b'\n'))
}

/// The line without its end.
fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Appends the line end of `raw`.
fn same_line_end(raw: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&raw[without_line_end(raw).len()..]);
}

/// A hash of a conversation's id. Two ids that collide would share their numbering, nothing else.
fn id_hash(id: &[u8]) -> u64 {
    id.chunks(8).fold(id.len() as u64, |hash, part| {
        let mut eight = [0u8; 8];
        eight[..part.len()].copy_from_slice(part);
        (hash.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}
