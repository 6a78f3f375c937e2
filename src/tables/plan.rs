//! What of a table is shown, and how?
//!
//! Each leaf of the schema (a column, or what lies in its lists and records) is either shown and written anew, shown
//! beside the others to tell what they are, or left alone. In a table of plain columns the caller chooses; in one with
//! nested columns all that could hold a value is shown, as it would be in JSON.

use std::io;

use arrow_schema::{DataType, Field, Fields, Schema};

use super::read_at::unsupported;
use crate::limits;
use crate::model::{ColumnKind, ColumnView, TypedColumn};

/// Whether a leaf is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Not at all: it stays as it is.
    Hidden,
    /// Beside the others: it stays as it is.
    Context,
    /// And written anew.
    Masked,
    /// And written anew whatever it says: bytes that are no text are shown as hexadecimal digits.
    Whole,
}

impl View {
    /// Whether what comes back stands in the place of what was.
    pub(super) fn is_renewed(self) -> bool {
        matches!(self, View::Masked | View::Whole)
    }
}

/// A plain column or the end of a nested one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    pub(super) kind: ColumnKind,
    pub(super) view: View,
    pub(super) nullable: bool,
    /// Counted over the whole schema.
    pub(super) number: usize,
}

/// What a column, or a part of one, looks like.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Leaf(Leaf),
    /// Members, each with its name as JSON writes it in front of a value.
    Struct(Vec<(Vec<u8>, Shape)>),
    List(Box<Shape>),
    /// Keys and values.
    Map(Box<Shape>, Box<Shape>),
}

/// A column of the file.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// All of them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) roots: Vec<Root>,
    /// Whether all columns are plain, and rows are shown as CSV.
    pub(super) is_flat: bool,
}

impl Shape {
    /// Whether any leaf of it passes the test.
    pub(super) fn any(&self, test: &dyn Fn(View) -> bool) -> bool {
        match self {
            Shape::Leaf(leaf) => test(leaf.view),
            Shape::Struct(members) => members.iter().any(|(_, shape)| shape.any(test)),
            Shape::List(shape) => shape.any(test),
            Shape::Map(key, value) => key.any(test) || value.any(test),
        }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.any(&|view| view != View::Hidden)
    }

    /// Calls `leaf` for each leaf in the order of the schema.
    pub(super) fn each_leaf(&self, leaf: &mut dyn FnMut(Leaf)) {
        match self {
            Shape::Leaf(own) => leaf(*own),
            Shape::Struct(members) => members.iter().for_each(|(_, shape)| shape.each_leaf(leaf)),
            Shape::List(shape) => shape.each_leaf(leaf),
            Shape::Map(key, value) => {
                key.each_leaf(leaf);
                value.each_leaf(leaf);
            }
        }
    }
}

impl Plan {
    /// Of a schema. `is_opaque` says of a leaf by its number that its bytes are no text: a UUID.
    ///
    /// # Errors
    /// A type that cannot be shown.
    pub(super) fn of(schema: &Schema, is_opaque: &dyn Fn(usize) -> bool) -> io::Result<Plan> {
        let mut leaves = 0;
        let mut roots = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let mut shaping = Shaping { leaves: &mut leaves, is_opaque, root: field.name() };
            let shape = shaping.shape(field, 0, false)?;
            roots.push(Root { name: field.name().clone(), shape });
        }
        let is_flat = roots.iter().all(|root| matches!(root.shape, Shape::Leaf(..)));
        Ok(Plan { roots, is_flat })
    }

    /// The columns, if all are plain.
    pub(super) fn columns(&self) -> Option<Vec<TypedColumn>> {
        self.roots
            .iter()
            .map(|root| match root.shape {
                Shape::Leaf(Leaf { kind, nullable, .. }) => {
                    Some(TypedColumn { name: root.name.clone(), kind, nullable })
                }
                _ => None,
            })
            .collect()
    }

    /// Shows columns as they are wanted.
    pub(super) fn choose(&mut self, shown: &[ColumnView]) {
        for (root, shown) in self.roots.iter_mut().zip(shown) {
            if let Shape::Leaf(leaf) = &mut root.shape {
                leaf.view = match shown {
                    ColumnView::Hidden => View::Hidden,
                    ColumnView::Read => View::Masked,
                    ColumnView::Whole => View::Whole,
                };
            }
        }
    }

    /// Every leaf's view, in the order of the schema.
    pub(super) fn views(&self) -> Vec<View> {
        let mut views = Vec::new();
        self.roots.iter().for_each(|root| root.shape.each_leaf(&mut |leaf| views.push(leaf.view)));
        views
    }
}

struct Shaping<'a> {
    leaves: &'a mut usize,
    is_opaque: &'a dyn Fn(usize) -> bool,
    root: &'a str,
}

impl Shaping<'_> {
    fn shape(&mut self, field: &Field, depth: usize, in_list: bool) -> io::Result<Shape> {
        if depth > limits::TABLE_DEPTH {
            return Err(unsupported(format!("the column `{}` is nested too deeply", self.root)));
        }
        Ok(match field.data_type() {
            DataType::Struct(fields) => Shape::Struct(self.members(fields, depth)?),
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                Shape::List(Box::new(self.shape(item, depth + 1, true)?))
            }
            DataType::Map(entries, _) => {
                let DataType::Struct(fields) = entries.data_type() else {
                    return Err(unsupported(format!("the column `{}` is a map without entries", self.root)));
                };
                let mut members = self.members(fields, depth)?.into_iter().map(|(_, shape)| shape);
                match (members.next(), members.next()) {
                    (Some(key), Some(value)) => Shape::Map(Box::new(key), Box::new(value)),
                    _ => return Err(unsupported(format!("the column `{}` is half a map", self.root))),
                }
            }
            DataType::Union(..)
            | DataType::RunEndEncoded(..)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => {
                return Err(unsupported(format!(
                    "the column `{}` is of a type that cannot be read yet (a union, a run-end encoding or a list view)",
                    self.root
                )));
            }
            plain => {
                let is_opaque = (self.is_opaque)(*self.leaves) || is_uuid(field);
                let kind = if is_opaque { ColumnKind::Other } else { kind_of(plain) };
                let number = *self.leaves;
                *self.leaves += 1;
                let view = if depth == 0 { View::Masked } else { view_of(plain, kind, in_list) };
                Shape::Leaf(Leaf { kind, view, nullable: field.is_nullable(), number })
            }
        })
    }

    fn members(&mut self, fields: &Fields, depth: usize) -> io::Result<Vec<(Vec<u8>, Shape)>> {
        let member = |field: &std::sync::Arc<Field>| {
            let mut name = Vec::new();
            super::shown::json_string(field.name().as_bytes(), &mut name);
            name.push(b':');
            Ok((name, self.shape(field, depth + 1, false)?))
        };
        fields.iter().map(member).collect()
    }
}

/// What is shown where rows are JSON: strings, whole numbers and dates are masked as those of a record are; other
/// numbers stand beside them, because a word with times is told by them. Truth values say nothing of anybody.
fn view_of(plain: &DataType, kind: ColumnKind, in_list: bool) -> View {
    match kind {
        ColumnKind::Text | ColumnKind::Bytes | ColumnKind::Time => View::Masked,
        ColumnKind::Number if plain.is_integer() => View::Masked,
        // A list of them is a vector that stands for a text.
        ColumnKind::Number if in_list => View::Hidden,
        ColumnKind::Number => View::Context,
        ColumnKind::Other => View::Hidden,
    }
}

impl Plan {
    /// Shows every column.
    pub(super) fn choose_all(&mut self, schema: &Schema) {
        if self.is_flat {
            self.choose(&vec![ColumnView::Whole; self.roots.len()]);
        } else {
            self.choose_nested(schema);
        }
    }

    /// For rows that are JSON: plain columns are shown as members of records are.
    pub(super) fn choose_nested(&mut self, schema: &Schema) {
        for (root, field) in self.roots.iter_mut().zip(schema.fields()) {
            if let Shape::Leaf(leaf) = &mut root.shape {
                leaf.view = view_of(field.data_type(), leaf.kind, false);
            }
        }
    }
}

fn is_uuid(field: &Field) -> bool {
    field.metadata().get("ARROW:extension:name").is_some_and(|name| name == "arrow.uuid")
}

fn kind_of(plain: &DataType) -> ColumnKind {
    match plain {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::Text,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            ColumnKind::Bytes
        }
        DataType::Dictionary(_, values) => match kind_of(values) {
            kind @ (ColumnKind::Text | ColumnKind::Bytes) => kind,
            _ => ColumnKind::Other,
        },
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => ColumnKind::Time,
        number if number.is_numeric() => ColumnKind::Number,
        _ => ColumnKind::Other,
    }
}
