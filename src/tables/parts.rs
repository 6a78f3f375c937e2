//! What do readers of tables hand on, and what do writers take?

use std::io::{self, Write};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::FieldRef;

use super::plan::Plan;

/// A piece of a table.
pub(super) enum Part {
    /// Some rows.
    Rows {
        /// Those columns of which anything is shown.
        batch: RecordBatch,
        /// All columns that were read.
        whole: RecordBatch,
        /// Whether they end a row group.
        ends_group: bool,
    },
    /// There is no more.
    End,
}

/// Reads a table.
pub(super) trait Batches {
    /// The next piece; [`Part::End`] once and for all.
    fn next(&mut self) -> io::Result<Part>;
}

/// Writes a table.
pub(super) trait Build: Send {
    /// Where it goes, what stands in the place of its notes, and a column that comes behind its own.
    fn begin(
        &mut self,
        out: Box<dyn Write + Send>,
        notes: Vec<String>,
        added: Option<&FieldRef>,
    ) -> io::Result<()>;

    /// The next rows: what was read, and the columns that stand in the place of those of which anything is shown, then
    /// the one that is added.
    fn rows(&mut self, whole: &RecordBatch, columns: Vec<ArrayRef>) -> io::Result<()>;

    /// The row group ends.
    fn end_group(&mut self) -> io::Result<()>;

    /// All rows were given.
    fn finish(&mut self) -> io::Result<()>;
}

/// What a file says of itself, to be masked like its rows: a name and a text each.
pub(super) type Notes = Vec<(String, String)>;

/// Columns of a batch of which anything is shown, in order.
pub(super) fn shown_roots(plan: &Plan) -> Vec<usize> {
    (0..plan.roots.len()).filter(|&at| plan.roots[at].shape.is_shown()).collect()
}
