//! Does a table tell in a column of its own what was masked in each row, and the same as the audit?

use std::sync::Arc;

use arrow_array::types::Float64Type;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, cast::AsArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::made::{CANARY, files, flat, holds, nested, read, strings};
use crate::support::{Outcome, PLAIN, Way, engine, redact_with};

fn run(format: &str, bytes: &[u8], way: Way, column: &str) -> Outcome {
    redact_with(&engine(), format, bytes, way, |settings| settings.findings_column = Some(column.to_owned()))
        .expect("runs")
}

/// The column's cells as the audit would write them; null for a row that could not be read.
fn column(batches: &[RecordBatch], name: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for batch in batches {
        assert_eq!(batch.schema().fields().last().expect("columns").name(), name);
        let lists = batch.column_by_name(name).expect("is there").as_list::<i32>();
        rows.extend((0..lists.len()).map(|row| {
            if lists.is_null(row) {
                return Value::Null;
            }
            let found = lists.value(row);
            let found = found.as_struct();
            let text = |at: usize| found.column(at).as_string::<i32>().clone();
            let number = |at: usize| found.column(at).as_primitive::<Int32Type>().clone();
            let score = found.column(3).as_primitive::<Float64Type>().clone();
            let one = |at: usize| {
                json!([
                    text(0).value(at),
                    text(1).value(at),
                    text(2).value(at),
                    score.value(at),
                    text(4).value(at),
                    number(5).value(at),
                    number(6).value(at)
                ])
            };
            (0..found.len()).map(one).collect()
        }));
    }
    rows
}

/// The same from the audit.
fn audited(audit: &str, rows: usize) -> Vec<Value> {
    let mut out = vec![json!([]); rows];
    for line in audit.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        // What the file says of itself is record 0.
        if let Some(number @ 1..) = line["record"].as_u64() {
            out[number as usize - 1] = line.get("found").cloned().unwrap_or(Value::Null);
        }
    }
    out
}

#[test]
fn rows_tell_what_the_audit_tells() {
    let ways = [PLAIN, Way { jobs: 2, chunk_bytes: 500, chunks_ahead: 1, read_bytes: 77 }];
    for (table, way) in [flat(), nested()].iter().flat_map(|table| ways.map(|way| (table, way))) {
        for (format, kind, bytes) in files(table) {
            let out = run(format, &bytes, way, "findings");
            assert!(out.report.unread.is_empty(), "{kind}: {:?}", out.report.unread);
            assert!(!holds(&out.output, CANARY), "{kind}");
            let (before, after) = (read(kind, &bytes), read(kind, &out.output));
            let told = column(&after, "findings");
            assert_eq!(told, audited(&out.audit, table.num_rows()), "{kind}");
            assert!(told.iter().any(|row| row[0][1] == "EMAIL"), "{kind}");
            // Nothing else is another than without the column.
            let plain = redact_with(&engine(), format, &bytes, way, |_| ()).expect("runs");
            for (with, without) in after.iter().zip(read(kind, &plain.output)) {
                assert_eq!(with.columns()[..without.num_columns()], *without.columns(), "{kind}");
            }
            assert_eq!(before.len(), after.len(), "{kind}");
        }
    }
}

/// Places in the column lead to the replacement in the cell.
#[test]
fn places_are_those_of_the_output() {
    for (format, kind, bytes) in files(&flat()) {
        let out = run(format, &bytes, PLAIN, "findings");
        let after = read(kind, &out.output);
        let (told, mut looked_at) = (column(&after, "findings"), 0);
        let mut row = 0;
        for batch in &after {
            let texts = strings(batch.column_by_name("text").expect("is there"));
            for text in texts {
                for found in told[row].as_array().expect("a list") {
                    if found[0] == "text" {
                        let place = |at: usize| found[at].as_u64().expect("a number") as usize;
                        let text: Vec<char> = text.as_deref().expect("a text").chars().collect();
                        let there: String = text[place(5)..place(6)].iter().collect();
                        assert!(there.starts_with("[EMAIL_") && there.ends_with(']'), "{kind}: {there}");
                        looked_at += 1;
                    }
                }
                row += 1;
            }
        }
        assert!(looked_at > 200, "{kind}: {looked_at}");
    }
}

/// What was masked is masked again to itself, with a list of what was found beside it.
#[test]
fn a_table_with_the_column_is_left_as_it_is() {
    for (format, kind, bytes) in files(&flat()).into_iter().chain(files(&nested())) {
        let out = run(format, &bytes, PLAIN, "found in it");
        let again = redact_with(&engine(), format, &out.output, PLAIN, |_| ()).expect("runs");
        assert!(again.report.end.masked.is_empty(), "{kind}: {:?}", again.report.end.masked);
        assert_eq!(read(kind, &out.output), read(kind, &again.output), "{kind}");
    }
}

#[test]
fn a_row_that_cannot_be_read_has_no_list() {
    let texts: Vec<Option<&[u8]>> = vec![Some(b"fine"), Some(b"\xFF\xFE bad"), Some(b"call 06 39 98 06 78")];
    let table = RecordBatch::try_from_iter([
        ("n", Arc::new(Int64Array::from_iter_values(0..3)) as ArrayRef),
        ("blob", Arc::new(arrow_array::BinaryArray::from(texts)) as ArrayRef),
        ("text", Arc::new(StringArray::from(vec!["one", "two", "three"])) as ArrayRef),
    ])
    .expect("a table");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).expect("opens");
    writer.write(&table).expect("writes");
    writer.close().expect("ends");
    let out = run("parquet", &bytes, PLAIN, "findings");
    assert_eq!(out.report.end.quarantined, 1);
    let told = column(&read("parquet", &out.output), "findings");
    assert_eq!((&told[0], &told[1]), (&json!([]), &Value::Null));
    assert_eq!(told[2][0][1], "PHONE");
}

#[test]
fn a_name_that_is_taken_and_a_file_without_columns_are_refused() {
    for (format, kind, bytes) in files(&flat()) {
        let out = run(format, &bytes, PLAIN, "TEXT");
        let (_, error) = out.report.unread.first().expect("an error");
        assert!(error.to_string().contains("--findings-column"), "{kind}: {error}");
        assert!(out.output.is_empty(), "{kind}");
    }
    let out = run("csv", b"id,text\n1,call 06 39 98 06 78\n", PLAIN, "findings");
    let (_, error) = out.report.unread.first().expect("an error");
    assert!(error.to_string().contains("audit"), "{error}");
    assert!(out.output.is_empty());
}

/// Tables without rows, without strings and without columns have room for it too.
#[test]
fn tables_without_anything_get_the_column() {
    let text = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8, true)]));
    let numbers =
        RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from_iter_values(0..5)) as ArrayRef)]);
    for table in [RecordBatch::new_empty(text), numbers.expect("a table")] {
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).expect("opens");
        writer.write(&table).expect("writes");
        writer.close().expect("ends");
        let out = run("parquet", &bytes, PLAIN, "findings");
        assert!(out.report.unread.is_empty(), "{:?}", out.report.unread);
        let after = read("parquet", &out.output);
        assert_eq!(after.iter().map(RecordBatch::num_rows).sum::<usize>(), table.num_rows());
        let file = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(out.output)).expect("opens");
        assert_eq!(file.schema().fields().last().map(|field| field.name().as_str()), Some("findings"));
    }
}

/// Spark reads of a file what its own note names.
#[test]
fn spark_is_told_of_the_column() {
    let key = "org.apache.spark.sql.parquet.row.metadata";
    let note =
        r#"{"type":"struct","fields":[{"name":"text","type":"string","nullable":true,"metadata":{}}]}"#;
    let table = RecordBatch::try_from_iter([(
        "text",
        Arc::new(StringArray::from(vec!["call 06 39 98 06 78"])) as ArrayRef,
    )])
    .expect("a table");
    for (note, expected) in [(note, Some("findings")), ("no schema", None)] {
        let notes = vec![KeyValue::new(key.to_owned(), note.to_owned())];
        let properties = WriterProperties::builder()
            .set_key_value_metadata(Some(notes))
            .set_compression(Compression::SNAPPY)
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), Some(properties)).expect("opens");
        writer.write(&table).expect("writes");
        writer.close().expect("ends");
        let out = run("parquet", &bytes, PLAIN, "findings");
        let file = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(out.output)).expect("opens");
        let told = file.metadata().file_metadata().key_value_metadata().expect("notes");
        let told = told.iter().find(|one| one.key == key).and_then(|one| one.value.as_deref());
        let name = told.map(|note| {
            let note: Value = serde_json::from_str(note).expect("JSON");
            note["fields"][1]["name"].as_str().map(str::to_owned).expect("a name")
        });
        assert_eq!(name.as_deref(), expected);
    }
}
