//! Do tables that are no text come out with their people masked, and otherwise as they were?
#![cfg(feature = "tables")]

mod findings;
mod made;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Int32Array, Int64Array, RecordBatch, StringArray, cast::AsArray,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use made::{CANARY, ROWS, files, flat, holds, nested, notes, parquet, read, strings};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use sourdine::error::Error;
use sourdine::format::{ColumnOption, FieldOptions, Treatment};
use sourdine::model::Way as As;
use support::{PLAIN, Way, engine, redact, redact_fields};

#[test]
fn nothing_is_left_and_nothing_else_changes() {
    let engine = engine();
    let table = flat();
    for (format, kind, bytes) in files(&table) {
        assert!(holds(&bytes, CANARY));
        let out = redact(&engine, format, &bytes, PLAIN);
        assert_eq!(out.report.end.quarantined, 0, "{kind}");
        assert_eq!(out.report.end.records, ROWS as u64, "{kind}");
        assert!(out.report.unread.is_empty(), "{kind}: {:?}", out.report.unread);
        assert!(!holds(&out.output, CANARY), "{kind}: at {:?}", memchr::memmem::find(&out.output, b"canary"));
        assert!(!holds(out.audit.as_bytes(), CANARY), "{kind}");
        let (before, after) = (read(kind, &bytes), read(kind, &out.output));
        assert_eq!(before.len(), after.len(), "{kind}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.schema().fields(), after.schema().fields(), "{kind}");
            // Parquet has it in a form that a search over bytes does not see.
            let notes = notes(kind, &out.output, after);
            let labels = notes.values().filter(|note| note.starts_with("[EMAIL_")).count();
            assert_eq!(labels, if kind == "parquet" { 7 } else { 6 }, "{kind}: {notes:?}");
            assert_eq!(before.num_rows(), after.num_rows(), "{kind}");
            for name in ["id", "score", "nothing"] {
                assert_eq!(before.column_by_name(name), after.column_by_name(name), "{kind}: {name}");
            }
            for name in ["phone", "latitude", "date_of_birth"] {
                let column = after.column_by_name(name).expect("is there");
                assert_eq!(column.null_count(), column.len(), "{kind}: {name}");
            }
            for name in ["text", "long", "view"] {
                let column = |batch: &RecordBatch| strings(batch.column_by_name(name).expect("is there"));
                for (before, after) in column(before).into_iter().zip(column(after)) {
                    match before.as_deref() {
                        Some(text) if text.contains(CANARY) => {
                            let after = after.expect("is there");
                            assert!(after.contains("[EMAIL_"), "{kind}: {name}");
                            assert_eq!(text.contains('\0'), after.contains('\0'), "{kind}: {name}");
                        }
                        before => assert_eq!(before, after.as_deref(), "{kind}: {name}"),
                    }
                }
            }
        }
        let again = redact(&engine, format, &out.output, PLAIN);
        let read_again = read(kind, &again.output);
        assert_eq!(after, read_again, "{kind}");
        assert!(again.output == out.output, "{kind}: masked again is not the same");
    }
}

#[test]
fn lists_and_records_are_masked_where_they_lie() {
    let engine = engine();
    let table = nested();
    for (format, kind, bytes) in files(&table) {
        assert!(holds(&bytes, CANARY));
        let out = redact(&engine, format, &bytes, PLAIN);
        assert_eq!(out.report.end.quarantined, 0, "{kind}");
        assert!(out.report.unread.is_empty(), "{kind}: {:?}", out.report.unread);
        let left = memchr::memmem::find(&out.output, CANARY.as_bytes());
        assert_eq!(
            left.map(|at| String::from_utf8_lossy(&out.output[at..at + 60]).into_owned()),
            None,
            "{kind}"
        );
        let (before, after) = (read(kind, &bytes), read(kind, &out.output));
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.schema(), after.schema(), "{kind}");
            for name in ["call_id", "score"] {
                assert_eq!(before.column_by_name(name), after.column_by_name(name), "{kind}: {name}");
            }
            let turns = |batch: &RecordBatch| {
                batch.column_by_name("turns").expect("is there").as_list::<i32>().clone()
            };
            let (before, after) = (turns(before), turns(after));
            assert_eq!(before.nulls(), after.nulls(), "{kind}");
            for row in 0..before.len() {
                if before.is_null(row) {
                    continue;
                }
                let (before, after) = (before.value(row), after.value(row));
                let (before, after) = (before.as_struct(), after.as_struct());
                assert_eq!(before.column(0), after.column(0), "{kind}");
                let texts = |record: &arrow_array::StructArray| strings(record.column(1));
                for (before, after) in texts(before).into_iter().zip(texts(after)) {
                    match before {
                        Some(text) if text.contains(CANARY) => {
                            let after = after.expect("is there");
                            assert!(after.starts_with("it is [EMAIL_"), "{kind}: {after}");
                            assert!(after.contains("]\0 or \"[EMAIL_"), "{kind}: {after}");
                        }
                        before => assert_eq!(before, after, "{kind}"),
                    }
                }
            }
        }
        assert!(redact(&engine, format, &out.output, PLAIN).output == out.output, "{kind}");
    }
}

#[test]
fn a_file_is_written_as_it_was() {
    let engine = engine();
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for compression in
        [zstd, Compression::SNAPPY, Compression::LZ4_RAW, Compression::GZIP(Default::default())]
    {
        let bytes = parquet(&flat(), compression);
        let out = redact(&engine, "parquet", &bytes, PLAIN).output;
        let open = |bytes: &[u8]| {
            let options = ReadOptionsBuilder::new().with_page_index().build();
            SerializedFileReader::new_with_options(Bytes::copy_from_slice(bytes), options).expect("opens")
        };
        let (before, after) = (open(&bytes), open(&out));
        let (before, after) = (before.metadata(), after.metadata());
        assert_eq!(before.file_metadata().schema(), after.file_metadata().schema());
        assert_eq!(before.num_row_groups(), after.num_row_groups());
        for (group, (before_group, after_group)) in
            before.row_groups().iter().zip(after.row_groups()).enumerate()
        {
            assert_eq!(before_group.num_rows(), after_group.num_rows());
            for (at, (one, other)) in before_group.columns().iter().zip(after_group.columns()).enumerate() {
                assert_eq!(one.compression(), other.compression());
                assert_eq!(one.bloom_filter_offset().is_some(), other.bloom_filter_offset().is_some());
                assert_eq!(one.dictionary_page_offset().is_some(), other.dictionary_page_offset().is_some());
                let name = one.column_path().string();
                if ["id", "score"].contains(&name.as_str()) {
                    assert_eq!(one.statistics(), other.statistics());
                    assert_eq!(one.compressed_size(), other.compressed_size());
                    assert_eq!(
                        before.column_index().map(|index| &index[group][at]),
                        after.column_index().map(|index| &index[group][at]),
                    );
                }
                let least = other.statistics().and_then(|statistics| statistics.min_bytes_opt());
                assert!(!holds(least.unwrap_or_default(), CANARY), "{name}");
            }
        }
    }
}

#[test]
fn any_threads_and_chunks_give_the_same_bytes() {
    let engine = engine();
    for table in [flat(), nested()] {
        for (format, kind, bytes) in files(&table) {
            let plain = redact(&engine, format, &bytes, PLAIN);
            for (jobs, chunk_bytes, read_bytes) in
                [(3, 1 << 18, 1 << 20), (2, 777, 1000), (1, 1, 1 << 20), (4, 1 << 14, 7)]
            {
                let way = Way { jobs, chunk_bytes, chunks_ahead: 1, read_bytes };
                let out = redact(&engine, format, &bytes, way);
                assert!(out.output == plain.output, "{kind}: {way:?}");
                assert_eq!(out.record_lines(), plain.record_lines(), "{kind}: {way:?}");
            }
        }
    }
}

fn columns(chosen: &[(&str, Treatment)]) -> FieldOptions {
    let column = |(name, treatment): &(&str, Treatment)| ColumnOption {
        name: (*name).to_owned(),
        treatment: *treatment,
    };
    FieldOptions { columns: chosen.iter().map(column).collect(), ..FieldOptions::default() }
}

#[test]
fn the_user_has_the_last_word_on_columns() {
    let engine = engine();
    let fields = columns(&[
        ("text", Treatment::Keep),
        ("#7", Treatment::Keep),
        ("phone", Treatment::Keep),
        ("score", Treatment::Whole(As::Drop)),
        ("long", Treatment::Whole(As::Drop)),
        ("latitude", Treatment::Whole(As::Generalise)),
    ]);
    for (format, kind, bytes) in files(&flat()) {
        let out = redact_fields(&engine, format, &bytes, PLAIN, fields.clone()).expect("runs").output;
        for (before, after) in read(kind, &bytes).iter().zip(&read(kind, &out)) {
            for name in ["text", "Email", "phone", "id"] {
                assert_eq!(before.column_by_name(name), after.column_by_name(name), "{kind}: {name}");
            }
            let score = after.column_by_name("score").expect("is there");
            assert_eq!(score.null_count(), score.len(), "{kind}");
            assert!(
                strings(after.column_by_name("long").expect("is there"))
                    .iter()
                    .flatten()
                    .all(String::is_empty)
            );
            let latitude = after.column_by_name("latitude").expect("is there");
            assert!(
                latitude
                    .as_primitive::<arrow_array::types::Float64Type>()
                    .iter()
                    .all(|at| at == Some(48.0) || at == Some(48.1)),
                "{kind}"
            );
        }
    }
    let bytes = parquet(&flat(), Compression::UNCOMPRESSED);
    for chosen in [("no such column", Treatment::Keep), ("id", Treatment::Whole(As::Drop))] {
        let refused = redact_fields(&engine, "parquet", &bytes, PLAIN, columns(&[chosen]));
        assert!(matches!(refused, Err(Error::Usage(_))), "{}", chosen.0);
    }
    let bytes = parquet(&nested(), Compression::UNCOMPRESSED);
    let refused = redact_fields(&engine, "parquet", &bytes, PLAIN, columns(&[("score", Treatment::Keep)]));
    assert!(matches!(refused, Err(Error::Usage(_))));
}

#[test]
fn bytes_that_are_no_text_are_quarantined_or_dropped() {
    let cells: Vec<&[u8]> = vec![b"jo@example.com", b"\xFF\xFE\x00", b"fine"];
    let table = RecordBatch::try_from_iter([
        ("blob", Arc::new(BinaryArray::from(cells)) as ArrayRef),
        ("text", Arc::new(StringArray::from(vec!["one", "canary Marie Dupont", "three"])) as ArrayRef),
    ])
    .expect("a table");
    let bytes = parquet(&table, Compression::UNCOMPRESSED);
    let engine = engine();
    let out = redact(&engine, "parquet", &bytes, PLAIN);
    assert_eq!(out.report.end.quarantined, 1);
    assert!(!holds(&out.output, CANARY));
    let after = read("parquet", &out.output);
    assert_eq!(
        strings(after[0].column(1)),
        [Some("one".into()), Some("[QUARANTINED]".into()), Some("three".into())]
    );
    let dropped = columns(&[("blob", Treatment::Whole(As::Drop))]);
    let out = redact_fields(&engine, "parquet", &bytes, PLAIN, dropped).expect("runs");
    assert_eq!(out.report.end.quarantined, 0);
    let after = read("parquet", &out.output);
    assert!(after[0].column(0).as_binary::<i32>().iter().all(|cell| cell == Some(b"")));
}

#[test]
fn tables_without_rows_columns_or_text() {
    let engine = engine();
    let text = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8, true)]));
    let numbers =
        RecordBatch::try_from_iter([("n", Arc::new(Int32Array::from_iter_values(0..5)) as ArrayRef)]);
    let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
    for table in [RecordBatch::new_empty(text), numbers.expect("a table"), nothing] {
        let mut parquet = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut parquet, table.schema(), None).expect("opens");
        writer.write(&table).expect("writes");
        writer.close().expect("ends");
        let mut stream = Vec::new();
        let mut writer =
            arrow_ipc::writer::StreamWriter::try_new(&mut stream, &table.schema()).expect("opens");
        writer.write(&table).expect("writes");
        writer.finish().expect("ends");
        for (format, bytes) in [("parquet", parquet), ("arrow", stream)] {
            let out = redact(&engine, format, &bytes, PLAIN);
            assert!(out.report.unread.is_empty(), "{:?}", out.report.unread);
            assert_eq!(out.report.end.records, table.num_rows() as u64);
            let kind = if format == "arrow" { "stream" } else { format };
            let rows = |bytes: &[u8]| read(kind, bytes).iter().map(RecordBatch::num_rows).sum::<usize>();
            assert_eq!(rows(&out.output), table.num_rows());
        }
    }
}

/// Where nothing can be written but a value, nothing is.
#[test]
fn a_number_that_must_stand_is_refused_by_name() {
    let schema = Schema::new(vec![Field::new("phone", DataType::Int64, false)]);
    let table =
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Int64Array::from(vec![33_639_980_678]))]);
    let bytes = parquet(&table.expect("a table"), Compression::UNCOMPRESSED);
    match redact_fields(&engine(), "parquet", &bytes, PLAIN, FieldOptions::default()) {
        Err(error) => assert!(error.to_string().contains("--column phone=keep"), "{error}"),
        Ok(_) => panic!("it must be refused"),
    }
}

#[test]
fn damaged_files_are_told_and_nothing_comes_out() {
    let engine = engine();
    let mut random = support::Random::new(7);
    let files: Vec<_> = [flat(), nested()].iter().flat_map(files).collect();
    for (format, kind, bytes) in &files {
        for _ in 0..60 {
            let mut bad = bytes.clone();
            if random.range(0, 3) == 0 {
                bad.truncate(random.range(9, bytes.len() as u64 - 1) as usize);
            } else {
                // Most of the harm is done in what describes the rest: the end of Parquet, the beginning of Arrow.
                let tail = random.range(0, 1) == 0;
                let last = bytes.len() as u64 - 9;
                let from = if tail { last.saturating_sub(6000) } else { 16 };
                for _ in 0..random.range(1, 4) {
                    let at = random.range(from, last) as usize;
                    bad[at] = random.range(0, 255) as u8;
                }
            }
            // Whatever comes of it: no panic, no end of memory. A file that is only cut never passes.
            let outcome = redact_fields(&engine, format, &bad, PLAIN, FieldOptions::default());
            if let (Ok(outcome), true) = (outcome, bad.len() < bytes.len() && *kind != "stream") {
                assert!(!outcome.report.unread.is_empty(), "{kind} cut at {}", bad.len());
            }
        }
    }
}

#[test]
fn dictionaries_that_cannot_hold_what_is_masked_are_refused() {
    let mut keyed = StringDictionaryBuilder::<Int8Type>::new();
    let mut calls = StringDictionaryBuilder::<Int32Type>::new();
    for row in 0..1000 {
        keyed.append_value(format!("{}@example.com", row % 100));
        calls.append_value("one call");
    }
    let table = RecordBatch::try_from_iter([
        ("call_id", Arc::new(calls.finish()) as ArrayRef),
        ("text", Arc::new(keyed.finish()) as ArrayRef),
    ])
    .expect("a table");
    let mut bytes = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut bytes, &table.schema()).expect("opens");
    writer.write(&table).expect("writes");
    writer.finish().expect("ends");
    // A hundred addresses get a hundred labels: those fit.
    let out = redact(&engine(), "arrow", &bytes, PLAIN);
    let after = read("stream", &out.output);
    assert_eq!(strings(after[0].column(1))[99].as_deref(), Some("[EMAIL_100]"));
}
