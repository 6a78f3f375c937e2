//! How is a Parquet file read?
//!
//! Row group by row group, of each only the columns of which anything is shown. Strings are read as plain ones, whatever
//! they were in the program that wrote the file; what it notes of that stays in the file.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::channel;

use arrow_schema::Schema;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ProjectionMask, parquet_to_arrow_schema};
use parquet::basic::LogicalType;
use parquet::file::metadata::{
    ColumnChunkMetaData, KeyValue, PageIndexPolicy, ParquetMetaData, RowGroupMetaData,
};
use parquet::file::reader::ChunkReader;

use super::footer::is_shallow;
use super::masked::Masked;
use super::parquet_write::Writing;
use super::parts::{Batches, Notes, Part};
use super::plan::{Plan, View};
use super::read_at::{Whole, damaged, guarded, read_exact_at, unsupported};
use super::shown::{Showing, show};
use super::{Shown, Table};
use crate::limits;
use crate::model::{ColumnView, TypedTable};

/// A Parquet file, its footer read.
struct Opened<'r> {
    file: Known,
    plan: Plan,
    notes: Notes,
    about: TypedTable,
    /// To be read to its end along with the table.
    raw: Box<dyn Read + 'r>,
}

/// What reader and writer know of a file.
pub(super) struct Known {
    pub(super) whole: Whole,
    pub(super) footer: ArrowReaderMetadata,
    /// The file's own types, of which plain strings are made.
    pub(super) own: Option<Schema>,
}

/// Opens a file by its footer.
pub(super) fn open<'r>(
    mut bytes: Box<dyn Read + 'r>,
    file: Option<File>,
) -> io::Result<Box<dyn Table<'r> + 'r>> {
    let (whole, raw): (Whole, Box<dyn Read + 'r>) = match file {
        Some(file) => {
            let length = file.metadata()?.len();
            (Whole::File(Arc::new(file), length), bytes)
        }
        None => (Whole::in_memory(&mut bytes)?, Box::new(io::empty())),
    };
    let mut end = [0; 8];
    let at = whole.size().checked_sub(8).ok_or_else(|| damaged("this Parquet file is cut off".to_owned()))?;
    read_exact_at(&whole, &mut end, at)?;
    match &end[4..] {
        b"PAR1" => {}
        b"PARE" => return Err(unsupported("this Parquet file is encrypted; decrypt it first".to_owned())),
        _ => return Err(damaged("this Parquet file is cut off: its footer is missing".to_owned())),
    }
    let length = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    let start = at.checked_sub(length).ok_or_else(|| damaged("the footer: damaged".to_owned()))?;
    let told = guarded("the footer", || whole.get_bytes(start, length as usize))?;
    if !is_shallow(&told) {
        return Err(unsupported("the footer: a column is nested too deeply".to_owned()));
    }
    drop(told);
    let footer = guarded("the footer", || {
        let options = ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_page_index_policy(PageIndexPolicy::Optional);
        ArrowReaderMetadata::load(&whole, options)
    })?;
    check(footer.metadata(), whole.size())?;
    let descriptor = footer.parquet_schema();
    let is_opaque =
        |leaf: usize| matches!(descriptor.column(leaf).logical_type_ref(), Some(LogicalType::Uuid));
    let plan = Plan::of(footer.schema(), &is_opaque)?;
    let known = footer.metadata().file_metadata().key_value_metadata();
    let own = match known.filter(|known| known.iter().any(|one| one.key == ARROW_SCHEMA_META_KEY)) {
        Some(_) => Some(guarded("the note on types", || parquet_to_arrow_schema(descriptor, known))?),
        None => None,
    };
    let mut notes = Notes::new();
    for one in known.into_iter().flatten().filter(|one| one.key != ARROW_SCHEMA_META_KEY) {
        notes.extend(one.value.clone().map(|value| (one.key.clone(), value)));
    }
    if let Some(own) = &own {
        let told = own.metadata();
        let beside = keys_beside(own, known.map_or(&[], Vec::as_slice));
        notes.extend(beside.into_iter().map(|key| (key.clone(), told[key].clone())));
        super::ipc::notes_of_fields(own.fields(), &mut notes);
    }
    let about = TypedTable { format: "parquet", columns: plan.columns(), has_notes: !notes.is_empty() };
    Ok(Box::new(Opened { file: Known { whole, footer, own }, plan, notes, about, raw }))
}

/// What the note on types says of the table that the file does not say itself, in a fixed order.
pub(super) fn keys_beside<'a>(own: &'a Schema, known: &[KeyValue]) -> Vec<&'a String> {
    let is_new = |key: &&String| !known.iter().any(|one| one.key == **key);
    let mut keys: Vec<&String> = own.metadata().keys().filter(is_new).collect();
    keys.sort_unstable();
    keys
}

/// Refuses what a footer says that cannot be: parts that lie outside of the file or on each other, so that bytes of one
/// column would be taken for those of another.
fn check(footer: &ParquetMetaData, size: u64) -> io::Result<()> {
    let mut ranges = Vec::new();
    for group in footer.row_groups() {
        if group.num_rows() < 0 {
            return Err(damaged("the footer: a row group has fewer than no rows".to_owned()));
        }
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
            let end = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
            match end.and_then(|(start, length)| Some((start, start.checked_add(length)?))) {
                Some((start, end)) if start >= 4 && end <= size => ranges.push((start, end)),
                _ => return Err(damaged("the footer: a column lies outside of the file".to_owned())),
            }
            if column.file_path().is_some() {
                return Err(unsupported("a Parquet file whose columns are in other files".to_owned()));
            }
        }
    }
    ranges.retain(|(start, end)| start < end);
    ranges.sort_unstable();
    if ranges.windows(2).any(|two| two[0].1 > two[1].0) {
        return Err(damaged("the footer: two columns lie in one place".to_owned()));
    }
    Ok(())
}

impl<'r> Opened<'r> {
    /// The parts of the file whose column is shown at all: all leaves of those columns.
    fn projection(&self, plan: &Plan) -> ProjectionMask {
        let mut leaves = Vec::new();
        for root in &plan.roots {
            let is_shown = root.shape.is_shown();
            root.shape.each_leaf(&mut |leaf| leaves.extend(is_shown.then_some(leaf.number)));
        }
        ProjectionMask::leaves(self.file.footer.parquet_schema(), leaves)
    }

    fn batches(&self, plan: &Plan) -> Groups<'r> {
        Groups {
            whole: self.file.whole.clone(),
            footer: self.file.footer.clone(),
            projection: self.projection(plan),
            views: plan.views(),
            most: limits::TABLE_PIECE_ROWS,
            raw: Box::new(io::empty()),
            group: 0,
            seen: 0,
            reader: None,
            held: None,
        }
    }
}

/// Rows of a group that have about as much text as a piece should have.
fn piece_rows(group: &RowGroupMetaData, views: &[View], most: usize) -> usize {
    let of_column = |(column, view): (&ColumnChunkMetaData, &View)| {
        if *view == View::Hidden {
            return 0;
        }
        // A dictionary has each value once and says nothing of the text's length, unless the file tells it.
        let told = column.unencoded_byte_array_data_bytes().unwrap_or(0);
        told.max(column.uncompressed_size()).max(0) as u64
    };
    let bytes: u64 = group.columns().iter().zip(views).map(of_column).fold(0, u64::saturating_add);
    let each = bytes.checked_div(group.num_rows().max(0) as u64).unwrap_or(0).max(1);
    (limits::TABLE_PIECE_BYTES as u64 / each).clamp(16, most as u64) as usize
}

impl<'r> Table<'r> for Opened<'r> {
    fn about(&self) -> &TypedTable {
        &self.about
    }

    fn sample(&mut self) -> io::Result<Vec<u8>> {
        let mut plan = self.plan.clone();
        plan.choose_all(self.file.footer.schema());
        let mut batches = self.batches(&plan);
        batches.most = limits::TABLE_SAMPLE_ROWS;
        let mut text = Vec::new();
        if self.file.footer.metadata().num_row_groups() > 0
            && let Part::Rows { batch, .. } = batches.next()?
        {
            show(&plan, &batch, 0, &mut text);
        }
        Ok(text)
    }

    fn show(mut self: Box<Self>, shown: Option<&[ColumnView]>) -> io::Result<Shown<'r>> {
        match shown {
            Some(shown) if self.plan.is_flat => self.plan.choose(shown),
            _ => self.plan.choose_nested(self.file.footer.schema()),
        }
        let mut batches = self.batches(&self.plan);
        let Opened { file, plan, notes, raw, .. } = *self;
        batches.raw = raw;
        let build = Box::new(Writing::new(file, &plan));
        let (sent, parts) = channel();
        let masked = Masked::new(plan.clone(), notes.clone(), parts, build);
        Ok((Box::new(Showing::new(Box::new(batches), plan, &notes, sent)), Box::new(masked)))
    }
}

/// The row groups of a file, one after the other.
struct Groups<'r> {
    whole: Whole,
    footer: ArrowReaderMetadata,
    projection: ProjectionMask,
    views: Vec<View>,
    /// The most rows of a piece.
    most: usize,
    raw: Box<dyn Read + 'r>,
    /// The row group that is read, and how many of its rows were.
    group: usize,
    seen: u64,
    reader: Option<ParquetRecordBatchReader>,
    /// A piece that was read ahead, to know whether it is the last one of its group.
    held: Option<arrow_array::RecordBatch>,
}

impl Groups<'_> {
    fn place(&self) -> String {
        format!("row group {}", self.group + 1)
    }

    fn open_group(&mut self) -> io::Result<ParquetRecordBatchReader> {
        let group = self.footer.metadata().row_group(self.group);
        let rows = piece_rows(group, &self.views, self.most);
        guarded(&self.place(), || {
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.whole.clone(), self.footer.clone())
                .with_row_groups(vec![self.group])
                .with_projection(self.projection.clone())
                .with_batch_size(rows)
                .build()
        })
    }

    fn read(&mut self) -> io::Result<Option<arrow_array::RecordBatch>> {
        let place = self.place();
        let Some(reader) = &mut self.reader else { return Ok(None) };
        let batch = guarded(&place, || reader.next().transpose())?;
        self.seen += batch.as_ref().map_or(0, |batch| batch.num_rows() as u64);
        Ok(batch)
    }

    /// Reads the raw bytes as far as the row group goes, so that who digests them has some to do each time.
    fn pass(&mut self, to_end: bool) -> io::Result<()> {
        let size = self.footer.metadata().row_groups().get(self.group).map_or(0, |group| {
            group.columns().iter().map(|column| column.compressed_size().max(0) as u64).sum()
        });
        let most = if to_end { u64::MAX } else { size };
        io::copy(&mut (&mut self.raw).take(most), &mut io::sink()).map(|_| ())
    }
}

impl Batches for Groups<'_> {
    fn next(&mut self) -> io::Result<Part> {
        let metadata = Arc::clone(self.footer.metadata());
        let Some(group) = metadata.row_groups().get(self.group) else {
            self.pass(true)?;
            return Ok(Part::End);
        };
        if self.reader.is_none() {
            self.reader = Some(self.open_group()?);
            self.seen = 0;
            self.held = self.read()?;
        }
        let Some(batch) = self.held.take() else {
            // A row group without rows.
            let schema = Arc::new(Schema::empty());
            let batch = arrow_array::RecordBatch::new_empty(schema);
            return self.end_group(group.num_rows() as u64, batch);
        };
        self.held = self.read()?;
        if self.held.is_none() {
            return self.end_group(group.num_rows() as u64, batch);
        }
        Ok(Part::Rows { whole: batch.clone(), batch, ends_group: false })
    }
}

impl Groups<'_> {
    fn end_group(&mut self, rows: u64, batch: arrow_array::RecordBatch) -> io::Result<Part> {
        if self.seen != rows {
            return Err(damaged(format!("{}: has other rows than the footer says", self.place())));
        }
        self.pass(false)?;
        self.reader = None;
        self.group += 1;
        Ok(Part::Rows { whole: batch.clone(), batch, ends_group: true })
    }
}
