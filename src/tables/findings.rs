//! How does a table tell what was masked in each of its rows?
//!
//! By a column of its own behind the others, for those who count and join: a list of findings a row, empty where nothing
//! was masked, missing where the row could not be read. It tells what the audit tells, so it holds no text of the
//! table: names of fields are masked, and places are those of the replacements.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, Float64Builder, Int32Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, SchemaBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::read_at::{guarded, unsupported};
use super::rows::mismatch;

/// The findings of rows that are not written yet.
pub(super) struct Findings {
    field: FieldRef,
    /// Lines of the audit, of which those up to `at` were used.
    lines: Vec<u8>,
    at: usize,
    /// Rows so far, the audit's numbers.
    row: u64,
    ends: Vec<i32>,
    present: Vec<bool>,
    columns: Columns,
}

/// What is told of each finding, under the names that `scan` gives it.
#[derive(Default)]
struct Columns {
    field: StringBuilder,
    entity: StringBuilder,
    rule: StringBuilder,
    score: Float64Builder,
    operator: StringBuilder,
    start: Int32Builder,
    end: Int32Builder,
}

/// A line of the audit.
#[derive(Deserialize)]
struct Line<'a> {
    record: u64,
    #[serde(borrow, default)]
    found: Vec<Found<'a>>,
}

/// Field, entity, rule, score, operator, start and end.
#[derive(Deserialize)]
struct Found<'a>(#[serde(borrow)] Cow<'a, str>, &'a str, &'a str, f64, &'a str, i32, i32);

/// How many columns lie in the list.
pub(super) const MEMBERS: usize = 7;

fn members() -> Fields {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let place = |name| Field::new(name, DataType::Int32, false);
    let members: [Field; MEMBERS] = [
        text("field"),
        text("entity"),
        text("rule"),
        Field::new("score", DataType::Float64, false),
        text("operator"),
        place("start"),
        place("end"),
    ];
    Fields::from(members.to_vec())
}

impl Findings {
    /// The column of that name.
    ///
    /// # Errors
    /// That one of the `others` has it.
    pub(super) fn new<'a>(name: &str, mut others: impl Iterator<Item = &'a String>) -> io::Result<Findings> {
        if others.any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(unsupported(format!(
                "there is a column `{name}` already; --findings-column names another"
            )));
        }
        let item = Field::new("element", DataType::Struct(members()), false);
        Ok(Findings {
            field: Arc::new(Field::new(name, DataType::List(Arc::new(item)), true)),
            lines: Vec::new(),
            at: 0,
            row: 0,
            ends: vec![0],
            present: Vec::new(),
            columns: Columns::default(),
        })
    }

    /// What the schema says of it.
    pub(super) fn field(&self) -> &FieldRef {
        &self.field
    }

    /// Takes lines of the audit, of rows that come next.
    pub(super) fn told(&mut self, lines: &[u8]) {
        self.lines.drain(..self.at);
        self.at = 0;
        self.lines.extend_from_slice(lines);
    }

    /// The next row; one that `is_lost` was replaced by a marker.
    pub(super) fn row(&mut self, is_lost: bool) -> io::Result<()> {
        self.row += 1;
        while let Some(length) = memchr::memchr(b'\n', &self.lines[self.at..]) {
            // The lines are our own.
            let line: Line =
                serde_json::from_slice(&self.lines[self.at..self.at + length]).map_err(|_| mismatch())?;
            if line.record > self.row {
                break;
            }
            // What the file says of itself is no row; its line comes before the first.
            if line.record == self.row {
                line.found.iter().for_each(|found| self.columns.push(found));
            }
            self.at += length + 1;
        }
        self.ends.push(i32::try_from(self.columns.len()).map_err(|_| mismatch())?);
        self.present.push(!is_lost);
        Ok(())
    }

    /// The column of the rows since the last call.
    pub(super) fn take(&mut self) -> io::Result<ArrayRef> {
        let ends = std::mem::replace(&mut self.ends, vec![0]);
        let present = std::mem::take(&mut self.present);
        let DataType::List(item) = self.field.data_type() else { return Err(mismatch()) };
        let columns = std::mem::take(&mut self.columns).finish();
        guarded("the column of findings", || {
            let found = StructArray::try_new(members(), columns, None)?;
            let nulls = present.contains(&false).then(|| NullBuffer::from(present));
            let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
            ListArray::try_new(Arc::clone(item), offsets, Arc::new(found), nulls)
        })
        .map(|list| Arc::new(list) as ArrayRef)
    }
}

impl Columns {
    fn len(&self) -> usize {
        self.start.len()
    }

    fn push(&mut self, Found(field, entity, rule, score, operator, start, end): &Found) {
        self.field.append_value(field);
        self.entity.append_value(entity);
        self.rule.append_value(rule);
        self.score.append_value(*score);
        self.operator.append_value(operator);
        self.start.append_value(*start);
        self.end.append_value(*end);
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.field.finish()),
            Arc::new(self.entity.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.score.finish()),
            Arc::new(self.operator.finish()),
            Arc::new(self.start.finish()),
            Arc::new(self.end.finish()),
        ]
    }
}

/// The schema with the column behind its own.
pub(super) fn with_column(schema: Schema, added: Option<&FieldRef>) -> Schema {
    let Some(added) = added else { return schema };
    let mut fields = SchemaBuilder::from(&schema);
    fields.push(Arc::clone(added));
    fields.finish()
}

/// Under this key Spark notes its own schema, and reads no column that is missing there.
pub(super) const SPARK: &str = "org.apache.spark.sql.parquet.row.metadata";

/// Spark's note with the column added; `None` where the note is none that is known, so that Spark reads the file's schema.
pub(super) fn in_spark_note(note: &str, column: &str) -> Option<String> {
    let mut schema: Value = serde_json::from_str(note).ok()?;
    let member = |field: &FieldRef| {
        let kind = match field.data_type() {
            DataType::Float64 => "double",
            DataType::Int32 => "integer",
            _ => "string",
        };
        json!({"name": field.name(), "type": kind, "nullable": false, "metadata": {}})
    };
    let members: Vec<Value> = members().iter().map(member).collect();
    schema.get_mut("fields")?.as_array_mut()?.push(json!({
        "name": column,
        "type": {
            "type": "array",
            "elementType": {"type": "struct", "fields": members},
            "containsNull": false,
        },
        "nullable": true,
        "metadata": {},
    }));
    Some(schema.to_string())
}
