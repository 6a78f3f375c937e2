//! Tables to try, and how they are read back.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder, StringDictionaryBuilder, StructBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Float64Array, Int32Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringViewArray, cast::AsArray,
};
use arrow_schema::{DataType, Field, Fields, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

pub(crate) const ROWS: usize = 700;
pub(crate) const GROUP: usize = 300;

/// Every value that may stand nowhere afterwards has this in it.
pub(crate) const CANARY: &str = "canary";

pub(crate) fn address(column: &str, row: usize) -> String {
    format!("{CANARY}.{column}{row}@example.com")
}

pub(crate) fn texts(column: &str) -> Vec<Option<String>> {
    (0..ROWS)
        .map(|row| match row % 5 {
            0 => None,
            1 => Some(String::new()),
            2 => Some(format!("\"{}\",\r\nsaid, \0 twice: {}", address(column, row), address(column, row))),
            3 => Some(format!("order received in {row} days, \u{FDD0}\0 fine")),
            _ => Some(format!("write to {}", address(column, row))),
        })
        .collect()
}

/// A table of plain columns of every kind.
pub(crate) fn flat() -> RecordBatch {
    let numbers = || 0..ROWS as i64;
    let mut keyed = StringDictionaryBuilder::<Int8Type>::new();
    // A value that no row has.
    keyed.append_value(address("unused", 0));
    (0..ROWS).for_each(|row| {
        keyed.append_value(if row % 3 == 0 { "shop".into() } else { address("keyed", row % 9) });
    });
    let keyed = keyed.finish().slice(1, ROWS);
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("id", Arc::new(Int64Array::from_iter_values(numbers())), false),
        ("text", Arc::new(StringArray::from(texts("text"))), true),
        ("long", Arc::new(LargeStringArray::from(texts("long"))), true),
        ("view", Arc::new(StringViewArray::from_iter(texts("view"))), true),
        ("keyed", Arc::new(keyed), true),
        (
            "blob",
            Arc::new(BinaryArray::from_iter(
                texts("blob").into_iter().map(|text| text.map(|text| text.replace('\0', ""))),
            )),
            true,
        ),
        ("Email", Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| address("mail", row)))), false),
        (
            "phone",
            Arc::new(Int64Array::from_iter(
                numbers().map(|row| (row % 4 > 0).then_some(33_639_980_000 + row)),
            )),
            true,
        ),
        (
            "latitude",
            Arc::new(Float64Array::from_iter_values(numbers().map(|row| 48.0 + row as f64 / 1e4))),
            true,
        ),
        ("date_of_birth", Arc::new(Date32Array::from_iter_values(numbers().map(|row| row as i32))), true),
        (
            "score",
            Arc::new(Int32Array::from_iter(numbers().map(|row| (row % 7 > 0).then_some(row as i32)))),
            true,
        ),
        ("nothing", Arc::new(StringArray::new_null(ROWS)), true),
    ];
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column, nullable)| Field::new(*name, column.data_type().clone(), *nullable))
        .collect();
    let note = (0..6).map(|at| (format!("owner {at}"), address("note", at))).collect();
    let schema = Schema::new_with_metadata(fields, note);
    RecordBatch::try_new(Arc::new(schema), columns.into_iter().map(|(_, column, _)| column).collect())
        .expect("a table")
}

/// A table with lists, records and maps in its cells.
pub(crate) fn nested() -> RecordBatch {
    let turn = Fields::from(vec![
        Field::new("speaker", DataType::Utf8, true),
        Field::new("text", DataType::Utf8, true),
    ]);
    let mut turns = ListBuilder::new(StructBuilder::from_fields(turn, ROWS));
    let mut tags = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for row in 0..ROWS {
        for turn in 0..row % 4 {
            let record = turns.values();
            record.field_builder::<StringBuilder>(0).expect("a string").append_value(if turn % 2 == 0 {
                "Agent"
            } else {
                "Client"
            });
            let text = record.field_builder::<StringBuilder>(1).expect("a string");
            match turn {
                0 => text.append_null(),
                1 => text.append_value(""),
                _ => text.append_value(format!(
                    "it is {}\0 or \"{}\"",
                    address("turn", row),
                    address("deep", row)
                )),
            }
            record.append(true);
        }
        turns.append(row % 6 != 5);
        tags.keys().append_value("mail");
        tags.values().append_value(address("tag", row));
        tags.append(true).expect("a map");
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "call_id",
            Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| format!("call-{}", row / 2)))),
        ),
        ("turns", Arc::new(turns.finish())),
        ("tags", Arc::new(tags.finish())),
        ("phone", Arc::new(Int64Array::from_iter_values((0..ROWS as i64).map(|row| 33_639_980_000 + row)))),
        ("score", Arc::new(Int32Array::from_iter_values(0..ROWS as i32))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .expect("a table")
}

pub(crate) fn parquet(table: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(GROUP))
        .set_bloom_filter_enabled(true)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(Some(vec![
            KeyValue::new("contact".to_owned(), address("metadata", 0)),
            KeyValue::new("empty".to_owned(), None),
        ]))
        .build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, table.schema(), Some(properties)).expect("opens");
    writer.write(table).expect("writes");
    writer.close().expect("ends");
    out
}

pub(crate) fn ipc(table: &RecordBatch, is_file: bool) -> Vec<u8> {
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    let mut out = Vec::new();
    let batches = (0..ROWS).step_by(GROUP).map(|at| table.slice(at, GROUP.min(ROWS - at)));
    if is_file {
        let mut writer = FileWriter::try_new(&mut out, &table.schema()).expect("opens");
        batches.for_each(|batch| writer.write(&batch).expect("writes"));
        writer.finish().expect("ends");
    } else {
        let mut writer = StreamWriter::try_new(&mut out, &table.schema()).expect("opens");
        batches.for_each(|batch| writer.write(&batch).expect("writes"));
        writer.finish().expect("ends");
    }
    out
}

pub(crate) fn read(format: &str, bytes: &[u8]) -> Vec<RecordBatch> {
    let bytes = Bytes::copy_from_slice(bytes);
    match format {
        "parquet" => ParquetRecordBatchReaderBuilder::try_new(bytes)
            .expect("opens")
            .with_batch_size(ROWS)
            .build()
            .expect("opens")
            .collect::<Result<_, _>>()
            .expect("reads"),
        "file" => arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None)
            .expect("opens")
            .collect::<Result<_, _>>()
            .expect("reads"),
        _ => arrow_ipc::reader::StreamReader::try_new(std::io::Cursor::new(bytes), None)
            .expect("opens")
            .collect::<Result<_, _>>()
            .expect("reads"),
    }
}

/// What the file says of itself.
pub(crate) fn notes(
    kind: &str,
    bytes: &[u8],
    batch: &RecordBatch,
) -> std::collections::HashMap<String, String> {
    if kind != "parquet" {
        return batch.schema().metadata().clone();
    }
    let file = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(bytes)).expect("opens");
    file.schema().metadata().clone()
}

pub(crate) fn holds(bytes: &[u8], wanted: &str) -> bool {
    memchr::memmem::find(bytes, wanted.as_bytes()).is_some()
}

/// The same table as each kind of file, uncompressed, so that a search over its bytes means something.
pub(crate) fn files(table: &RecordBatch) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("parquet", "parquet", parquet(table, Compression::UNCOMPRESSED)),
        ("arrow", "file", ipc(table, true)),
        ("arrow", "stream", ipc(table, false)),
    ]
}

pub(crate) fn strings(column: &dyn Array) -> Vec<Option<String>> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().iter().map(own).collect(),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().map(own).collect(),
        DataType::Utf8View => column.as_string_view().iter().map(own).collect(),
        _ => {
            let keyed = column.as_dictionary::<Int8Type>();
            keyed.downcast_dict::<StringArray>().expect("strings").into_iter().map(own).collect()
        }
    }
}
