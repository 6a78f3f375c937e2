//! How does masked text become the table again?
//!
//! The pieces of the table that the text was made of lie in a queue; row by row the masked text is read beside them. A piece
//! whose last row is there is written.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, TryRecvError};

use arrow_array::{ArrayRef, RecordBatch};

use super::Rebuild;
use super::cells::Node;
use super::findings::Findings;
use super::parts::{Build, Notes, Part, shown_roots};
use super::plan::{Plan, Shape};
use super::read_at::damaged;
use super::renewed::{Renewed, renew};
use super::rows::{
    Cell, QUARANTINED, QUARANTINED_JSON, Taking, Walk, csv_row, csv_text, mismatch, with_zeros,
};

/// See the module.
pub(super) struct Masked {
    plan: Plan,
    roots: Vec<usize>,
    parts: Receiver<Part>,
    build: Box<dyn Build>,
    out: Option<Box<dyn Write + Send>>,
    notes: Notes,
    has_begun: bool,
    /// The row that is not complete.
    rest: Vec<u8>,
    open: Option<Open>,
    leaves: Vec<Option<Renewed>>,
    cells: Vec<Cell>,
    findings: Option<Findings>,
    is_over: bool,
}

/// The piece that rows come back for.
struct Open {
    batch: RecordBatch,
    whole: RecordBatch,
    ends_group: bool,
    /// The next row.
    row: usize,
}

impl Masked {
    pub(super) fn new(plan: Plan, notes: Notes, parts: Receiver<Part>, build: Box<dyn Build>) -> Masked {
        let mut leaves: Vec<Option<Renewed>> = Vec::new();
        for root in &plan.roots {
            let is_nested = !matches!(root.shape, Shape::Leaf(_));
            root.shape.each_leaf(&mut |leaf| {
                leaves.push(leaf.view.is_renewed().then(|| Renewed::new(&root.name, leaf, is_nested)));
            });
        }
        Masked {
            roots: shown_roots(&plan),
            plan,
            parts,
            build,
            out: None,
            notes,
            has_begun: false,
            rest: Vec::new(),
            open: None,
            leaves,
            cells: Vec::new(),
            findings: None,
            is_over: false,
        }
    }

    /// Takes whole rows; returns how many bytes they were.
    fn take(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut used = 0;
        if !self.has_begun {
            match self.begin_with(text)? {
                Some(length) => used = length,
                None => return Ok(0),
            }
        }
        while used < text.len() {
            if !self.advance()? {
                return Err(mismatch());
            }
            let Some(mut open) = self.open.take() else { return Err(mismatch()) };
            let length = self.rows(&text[used..], &mut open);
            self.open = Some(open);
            let length = length?;
            if length == 0 {
                break;
            }
            used += length;
        }
        // A piece that is complete is written at once: nobody may come for the next one.
        self.close_full()?;
        Ok(used)
    }

    /// Sees to it that a piece with rows to come is open; `false` says that there is none.
    fn advance(&mut self) -> io::Result<bool> {
        loop {
            self.close_full()?;
            if self.open.is_some() {
                return Ok(true);
            }
            match self.parts.try_recv() {
                Ok(Part::Rows { batch, whole, ends_group }) => {
                    self.open = Some(Open { batch, whole, ends_group, row: 0 });
                }
                Ok(Part::End) => {
                    self.is_over = true;
                    return Ok(false);
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(false),
            }
        }
    }

    /// Writes the open piece, if it has all its rows.
    fn close_full(&mut self) -> io::Result<()> {
        let Some(Open { batch, whole, ends_group, .. }) =
            self.open.take_if(|open| open.row == open.batch.num_rows())
        else {
            return Ok(());
        };
        let mut columns: Vec<ArrayRef> = self
            .roots
            .iter()
            .zip(batch.columns())
            .map(|(&root, column)| renew(column, &self.plan.roots[root].shape, &mut self.leaves))
            .collect::<io::Result<_>>()?;
        if let Some(findings) = &mut self.findings {
            columns.push(findings.take()?);
        }
        self.build.rows(&whole, columns)?;
        if ends_group { self.build.end_group() } else { Ok(()) }
    }

    /// Takes rows of the open piece; returns how many bytes they were.
    fn rows(&mut self, text: &[u8], open: &mut Open) -> io::Result<usize> {
        let nodes: Vec<Node> = self
            .roots
            .iter()
            .zip(open.batch.columns())
            .map(|(&root, column)| Node::of(column.as_ref(), &self.plan.roots[root].shape))
            .collect();
        let mut taking = Taking { leaves: &mut self.leaves, buffer: Vec::new(), number: Vec::new() };
        let mut used = 0;
        while open.row < open.batch.num_rows() && used < text.len() {
            let rest = &text[used..];
            let is_lost;
            let length = if self.plan.is_flat {
                let Some(length) = csv_row(rest, &mut self.cells)? else { break };
                is_lost = is_marker(rest, &self.cells);
                if is_lost {
                    nodes.iter().for_each(|node| taking.quarantine(node, open.row));
                } else {
                    taking.csv(rest, &self.cells, &nodes, open.row)?;
                }
                length
            } else {
                let Some(length) = memchr::memchr(b'\n', rest) else { break };
                let row = &rest[..length];
                is_lost = row == QUARANTINED_JSON;
                if is_lost {
                    nodes.iter().for_each(|node| taking.quarantine(node, open.row));
                } else {
                    json_row(row, &nodes, open.row, &mut taking)?;
                }
                length + 1
            };
            if let Some(findings) = &mut self.findings {
                findings.row(is_lost)?;
            }
            open.row += 1;
            used += length;
        }
        Ok(used)
    }

    /// Begins to write, with the notes if there are such; `None` says that more text is needed.
    fn begin_with(&mut self, text: &[u8]) -> io::Result<Option<usize>> {
        let (notes, used) = if self.notes.is_empty() {
            (Vec::new(), 0)
        } else {
            let read = if self.plan.is_flat { self.csv_notes(text)? } else { self.json_notes(text)? };
            match read {
                Some(read) => read,
                None => return Ok(None),
            }
        };
        let out = self.out.take().ok_or_else(mismatch)?;
        self.build.begin(out, notes, self.findings.as_ref().map(Findings::field))?;
        self.has_begun = true;
        Ok(Some(used))
    }

    fn csv_notes(&mut self, text: &[u8]) -> io::Result<Option<(Vec<String>, usize)>> {
        let Some(length) = csv_row(text, &mut self.cells)? else { return Ok(None) };
        if is_marker(text, &self.cells) {
            return Ok(Some((self.no_notes(), length)));
        }
        if self.cells.len() != self.notes.len() {
            return Err(mismatch());
        }
        let (mut buffer, mut zeros) = (Vec::new(), Vec::new());
        let notes = self
            .cells
            .iter()
            .zip(&self.notes)
            .map(|(cell, (_, original))| {
                let text = csv_text(text, *cell, &mut buffer);
                String::from_utf8_lossy(with_zeros(text, original.as_bytes(), &mut zeros)).into_owned()
            })
            .collect();
        Ok(Some((notes, length)))
    }

    fn json_notes(&mut self, text: &[u8]) -> io::Result<Option<(Vec<String>, usize)>> {
        let Some(length) = memchr::memchr(b'\n', text) else { return Ok(None) };
        let row = &text[..length];
        if row == QUARANTINED_JSON {
            return Ok(Some((self.no_notes(), length + 1)));
        }
        let mut taking = Taking { leaves: &mut [], buffer: Vec::new(), number: Vec::new() };
        let mut walk = Walk { row, at: 0, taking: &mut taking };
        walk.sign(b'{')?;
        let mut notes = Vec::with_capacity(self.notes.len());
        for number in 0..self.notes.len() {
            walk.name(number > 0)?;
            walk.string()?;
            notes.push(String::from_utf8_lossy(&walk.taking.buffer).into_owned());
        }
        Ok(Some((notes, length + 1)))
    }

    fn no_notes(&self) -> Vec<String> {
        vec![String::from_utf8_lossy(QUARANTINED).into_owned(); self.notes.len()]
    }
}

/// Whether a row stands for one that could not be read: strings of a table stand in quotes.
fn is_marker(row: &[u8], cells: &[Cell]) -> bool {
    cells.first().is_some_and(|cell| !cell.quoted && &row[cell.start..cell.end] == QUARANTINED)
}

fn json_row(row: &[u8], nodes: &[Node], at: usize, taking: &mut Taking) -> io::Result<()> {
    let mut walk = Walk { row, at: 0, taking };
    walk.sign(b'{')?;
    for (number, node) in nodes.iter().enumerate() {
        walk.name(number > 0)?;
        walk.value(node, at)?;
    }
    walk.sign(b'}')
}

impl Rebuild for Masked {
    fn add_findings(&mut self, column: &str) -> io::Result<()> {
        let others = self.plan.roots.iter().map(|root| &root.name);
        self.findings = Some(Findings::new(column, others)?);
        Ok(())
    }

    fn found(&mut self, lines: &[u8]) {
        if let Some(findings) = &mut self.findings {
            findings.told(lines);
        }
    }

    fn begin(&mut self, out: Box<dyn Write + Send>) {
        self.out = Some(out);
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.rest.is_empty() {
            let used = self.take(text)?;
            self.rest.extend_from_slice(&text[used..]);
            return Ok(());
        }
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(text);
        let used = self.take(&rest)?;
        rest.drain(..used);
        self.rest = rest;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.has_begun && self.begin_with(b"")?.is_none() || !self.rest.is_empty() {
            return Err(mismatch());
        }
        if self.advance()? || !self.is_over {
            return Err(damaged("masked rows are missing; please report it".to_owned()));
        }
        self.build.finish()
    }
}
