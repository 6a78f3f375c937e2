//! How is a table read that says what its columns hold?
//!
//! Parquet and Arrow files arrive as text, made by `tables`: rows of CSV without a header where all columns are plain, JSON
//! lines where some hold lists or records. Names and types of the columns come beside it, so nothing has to be guessed.

use super::columns::Columns;
use super::csv::sample;
use super::header::{Header, of_survey};
use super::table::Table;
use super::{FieldOptions, Format, Layout, jsonl};
use crate::error::{Error, Result};

/// See the module.
pub(super) const PARQUET: Format = Format {
    name: "parquet",
    about: "Parquet: columns of strings, also in lists and records; all else is copied as it is",
    extensions: &["parquet", "pq"],
    sniff: |_| false,
    open,
};

/// See the module.
pub(super) const ARROW: Format = Format {
    name: "arrow",
    about: "Arrow IPC files (Feather) and streams, likewise",
    extensions: &["arrow", "arrows", "feather", "ipc"],
    sniff: |_| false,
    open,
};

fn open(head: &[u8], options: &FieldOptions) -> Result<Box<dyn Layout>> {
    let Some(table) = &options.table else {
        return Err(Error::Usage("this input is no Parquet or Arrow; --format says what it is".to_owned()));
    };
    let Some(typed) = &table.columns else {
        return Ok(Box::new(jsonl::open(options, u64::from(!table.has_notes))));
    };
    let mut rows = vec![typed.iter().map(|column| column.name.clone()).collect::<Vec<String>>()];
    rows.extend(sample(head, b',', usize::MAX).rows);
    // Whose export it was before it was a table of this kind shows in its names.
    let header = Header { rows: 1, export: of_survey(&rows).and_then(|header| header.export) };
    let mut columns = Columns::under(header, &rows, options)?;
    let shown = columns.narrow(typed, options)?;
    Ok(Box::new(Table::typed(columns, shown, table.has_notes)))
}
