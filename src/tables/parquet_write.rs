//! How is a Parquet file written again?
//!
//! With the schema, the row groups, the codecs and the kinds of indexes that it had. Columns of which nothing was shown
//! are copied byte for byte, pages, statistics and all. The others are encoded from the masked values alone, and their
//! statistics, filters and indexes are made anew. Dictionaries hold what is used and nothing else.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Field, FieldRef, Schema};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ArrowSchemaConverter, encode_arrow_schema};
use parquet::basic::{Compression, Encoding, PageType};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::PageReader;
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::findings::{MEMBERS, SPARK, in_spark_note, with_column};
use super::ipc::set_notes_of_fields;
use super::parquet::{Known, keys_beside};
use super::parts::Build;
use super::plan::{Plan, View};
use super::read_at::{Whole, guarded};
use super::rows::mismatch;

type Out = Box<dyn Write + Send>;

/// Writes a Parquet file like the one that was read.
pub(super) struct Writing {
    source: Known,
    views: Vec<View>,
    writer: Option<Box<SerializedFileWriter<Out>>>,
    factory: Option<ArrowRowGroupWriterFactory>,
    /// Of the open row group, by leaf.
    columns: Vec<Option<ArrowColumnWriter>>,
    group: usize,
    /// The leaves of which anything is shown, in the order of the columns that are handed over.
    leaves: Vec<Vec<usize>>,
}

impl Writing {
    pub(super) fn new(source: Known, plan: &Plan) -> Writing {
        let mut leaves = Vec::new();
        for root in plan.roots.iter().filter(|root| root.shape.is_shown()) {
            let mut own = Vec::new();
            root.shape.each_leaf(&mut |leaf| own.push(leaf.number));
            leaves.push(own);
        }
        Writing {
            source,
            views: plan.views(),
            writer: None,
            factory: None,
            columns: Vec::new(),
            group: 0,
            leaves,
        }
    }

    fn footer(&self) -> &Arc<ParquetMetaData> {
        self.source.footer.metadata()
    }

    fn place(&self) -> String {
        format!("writing row group {}", self.group + 1)
    }

    /// Opens the row group's columns, if they are not open.
    fn open_group(&mut self) -> io::Result<()> {
        if !self.columns.is_empty() || self.views.is_empty() {
            return Ok(());
        }
        let factory = self.factory.as_ref().ok_or_else(mismatch)?;
        let columns = guarded(&self.place(), || factory.create_column_writers(self.group))?;
        let is_renewed = self.views.iter().map(|view| view.is_renewed());
        self.columns =
            columns.into_iter().zip(is_renewed).map(|(one, wanted)| wanted.then_some(one)).collect();
        Ok(())
    }
}

impl Build for Writing {
    fn begin(&mut self, out: Out, notes: Vec<String>, added: Option<&FieldRef>) -> io::Result<()> {
        let footer = Arc::clone(self.footer());
        let properties = Arc::new(properties(&footer, &self.views, notes, (self.source.own.as_ref(), added)));
        let mut schema = footer.file_metadata().schema_descr().root_schema_ptr();
        if let Some(added) = added {
            schema = guarded("the schema", || type_with_column(&schema, added))?;
            let first = self.views.len();
            self.leaves.push((first..first + MEMBERS).collect());
            self.views.extend([View::Whole; MEMBERS]);
        }
        let writer = guarded("the beginning", || SerializedFileWriter::new(out, schema, properties))?;
        let own = with_column(self.source.footer.schema().as_ref().clone(), added);
        self.factory = Some(ArrowRowGroupWriterFactory::new(&writer, Arc::new(own)));
        self.writer = Some(Box::new(writer));
        Ok(())
    }

    fn rows(&mut self, _: &RecordBatch, columns: Vec<ArrayRef>) -> io::Result<()> {
        self.open_group()?;
        let place = self.place();
        for (column, leaves) in columns.iter().zip(&self.leaves) {
            let field = Field::new("column", column.data_type().clone(), true);
            let own = guarded(&place, || compute_leaves(&field, column))?;
            if own.len() != leaves.len() {
                return Err(mismatch());
            }
            for (levels, &leaf) in own.iter().zip(leaves) {
                if let Some(writer) = self.columns.get_mut(leaf).and_then(Option::as_mut) {
                    guarded(&place, || writer.write(levels))?;
                }
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        self.open_group()?;
        let place = self.place();
        let footer = Arc::clone(self.footer());
        let group = footer.row_groups().get(self.group).ok_or_else(mismatch)?;
        let encoded = std::mem::take(&mut self.columns);
        let writer = self.writer.as_mut().ok_or_else(mismatch)?;
        let (whole, at) = (&self.source.whole, self.group);
        guarded(&place, || {
            let mut out = writer.next_row_group()?;
            for (leaf, encoded) in encoded.into_iter().enumerate() {
                match encoded {
                    Some(encoded) => encoded.close()?.append_to_row_group(&mut out)?,
                    None => {
                        let copy = copied(&footer, group, (at, leaf), whole)?;
                        out.append_column(whole, copy)?;
                    }
                }
            }
            out.close()
        })?;
        self.group += 1;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut writer = self.writer.take().ok_or_else(mismatch)?;
        guarded("the footer", || writer.finish()).map(|_| ())
    }
}

/// The file's type with the column behind its own.
fn type_with_column(root: &Type, added: &FieldRef) -> parquet::errors::Result<TypePtr> {
    let alone = Schema::new(vec![Arc::clone(added)]);
    let mut fields = root.get_fields().to_vec();
    fields.extend(ArrowSchemaConverter::new().convert(&alone)?.root_schema().get_fields().iter().cloned());
    Type::group_type_builder(root.name()).with_fields(fields).build().map(Arc::new)
}

/// What is said of a column that is copied.
fn copied(
    footer: &ParquetMetaData,
    group: &RowGroupMetaData,
    (at, leaf): (usize, usize),
    whole: &Whole,
) -> parquet::errors::Result<ColumnCloseResult> {
    let metadata = group.column(leaf).clone();
    // What is encrypted under a footer that is not begins with something else than a page.
    let rows = group.num_rows().max(0) as usize;
    SerializedPageReader::new(Arc::new(whole.clone()), &metadata, rows, None)?.peek_next_page()?;
    Ok(ColumnCloseResult {
        bytes_written: metadata.compressed_size().max(0) as u64,
        rows_written: group.num_rows().max(0) as u64,
        bloom_filter: Sbbf::read_from_column_chunk(&metadata, whole)?,
        column_index: footer.column_index().map(|index| index[at][leaf].clone()),
        offset_index: footer.offset_index().map(|index| index[at][leaf].clone()),
        metadata,
    })
}

/// How the file was written, as far as its footer tells.
fn properties(
    footer: &ParquetMetaData,
    views: &[View],
    notes: Vec<String>,
    (own, added): (Option<&Schema>, Option<&FieldRef>),
) -> WriterProperties {
    let known = footer.file_metadata();
    let has_index = footer.offset_index().is_some();
    let mut properties = WriterProperties::builder()
        .set_key_value_metadata(key_values(footer, notes, own, added))
        .set_offset_index_disabled(!has_index)
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(known.created_by().map_or_else(created_by, str::to_owned));
    let Some(first) = footer.row_groups().first() else { return properties.build() };
    if added.is_some() {
        // The new column is written as the first one is.
        let of_chunks = if has_index { EnabledStatistics::Page } else { EnabledStatistics::Chunk };
        properties = properties.set_statistics_enabled(of_chunks);
        if let Some(column) = first.columns().first() {
            properties = properties.set_compression(codec(column.compression()));
        }
    }
    if first.columns().iter().any(has_new_pages) {
        properties = properties.set_writer_version(WriterVersion::PARQUET_2_0);
    }
    // What is masked is in no order any longer.
    let is_sorted = |column: &i32| views.get(*column as usize).is_some_and(|view| !view.is_renewed());
    properties = properties.set_sorting_columns(
        first.sorting_columns().cloned().filter(|all| all.iter().all(|one| is_sorted(&one.column_idx))),
    );
    for (leaf, column) in first.columns().iter().enumerate() {
        properties = of_column(properties, footer, (leaf, column));
    }
    properties.build()
}

fn created_by() -> String {
    concat!("sourdine version ", env!("CARGO_PKG_VERSION")).to_owned()
}

fn of_column(
    properties: WriterPropertiesBuilder,
    footer: &ParquetMetaData,
    (leaf, column): (usize, &ColumnChunkMetaData),
) -> WriterPropertiesBuilder {
    let path = column.column_path().clone();
    let of_group = |group: &RowGroupMetaData| group.columns().get(leaf).cloned();
    let all: Vec<ColumnChunkMetaData> = footer.row_groups().iter().filter_map(of_group).collect();
    let has_statistics = all.iter().any(|column| column.statistics().is_some());
    let has_pages = footer.column_index().is_some_and(|index| {
        use parquet::file::page_index::column_index::ColumnIndexMetaData;
        index.iter().any(|group| group.get(leaf).is_some_and(|one| !matches!(one, ColumnIndexMetaData::NONE)))
    });
    let statistics = match (has_pages, has_statistics) {
        (true, _) => EnabledStatistics::Page,
        (false, true) => EnabledStatistics::Chunk,
        (false, false) => EnabledStatistics::None,
    };
    let has_dictionary = all.iter().any(has_dictionary);
    let mut properties = properties
        .set_column_compression(path.clone(), codec(column.compression()))
        .set_column_dictionary_enabled(path.clone(), has_dictionary)
        .set_column_statistics_enabled(path.clone(), statistics)
        .set_column_encoding(path.clone(), encoding(&all));
    if let Some(filter) = all.iter().find(|column| column.bloom_filter_offset().is_some()) {
        properties = properties
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_max_ndv(path, filter.num_values().clamp(1, 1 << 20) as u64);
    }
    properties
}

fn has_dictionary(column: &ColumnChunkMetaData) -> bool {
    column.dictionary_page_offset().is_some()
        || column.encodings().any(|one| matches!(one, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY))
}

/// The encoding of values outside of dictionaries.
fn encoding(columns: &[ColumnChunkMetaData]) -> Encoding {
    let has = |wanted| columns.iter().any(|column| column.encodings().any(|one| one == wanted));
    [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BINARY_PACKED]
        .into_iter()
        .find(|one| has(*one) && suits(*one, columns))
        .unwrap_or(Encoding::PLAIN)
}

/// Whether values of that type can be written so; a footer may say what cannot be.
fn suits(encoding: Encoding, columns: &[ColumnChunkMetaData]) -> bool {
    use parquet::basic::Type;
    columns.first().is_some_and(|column| match encoding {
        Encoding::DELTA_BINARY_PACKED => matches!(column.column_type(), Type::INT32 | Type::INT64),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => column.column_type() == Type::BYTE_ARRAY,
        _ => matches!(column.column_type(), Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY),
    })
}

/// Whether its pages are of the second version.
fn has_new_pages(column: &ColumnChunkMetaData) -> bool {
    column
        .page_encoding_stats()
        .is_some_and(|pages| pages.iter().any(|page| page.page_type == PageType::DATA_PAGE_V2))
}

/// The codec without its level, which a file does not tell. Of LZ4 the form that everybody reads is written.
fn codec(read: Compression) -> Compression {
    match read {
        Compression::LZ4 => Compression::LZ4_RAW,
        Compression::LZO => Compression::UNCOMPRESSED,
        other => other,
    }
}

/// The notes in the place of those that were read, and how the file's own types are.
fn key_values(
    footer: &ParquetMetaData,
    notes: Vec<String>,
    own: Option<&Schema>,
    added: Option<&FieldRef>,
) -> Option<Vec<KeyValue>> {
    let known = footer.file_metadata().key_value_metadata()?;
    let mut notes = notes.into_iter();
    let mut out = Vec::with_capacity(known.len());
    for one in known {
        let value = if one.key == ARROW_SCHEMA_META_KEY {
            None
        } else {
            one.value.as_ref().and_then(|_| notes.next())
        };
        out.push(KeyValue { key: one.key.clone(), value });
    }
    if let Some(added) = added {
        out.retain_mut(|one| {
            one.key != SPARK || {
                one.value = one.value.as_deref().and_then(|note| in_spark_note(note, added.name()));
                one.value.is_some()
            }
        });
    }
    if let Some(own) = own {
        // Other readers take what is said of the table from here.
        let said = out.iter().filter_map(|one| Some((one.key.clone(), one.value.clone()?)));
        let mut metadata: HashMap<String, String> = said.collect();
        for key in keys_beside(own, known) {
            metadata.insert(key.clone(), notes.next().unwrap_or_default());
        }
        let fields = set_notes_of_fields(own.fields(), &mut notes);
        let encoded = encode_arrow_schema(&with_column(Schema::new_with_metadata(fields, metadata), added));
        for one in out.iter_mut().filter(|one| one.key == ARROW_SCHEMA_META_KEY) {
            one.value = Some(encoded.clone());
        }
    }
    Some(out)
}
