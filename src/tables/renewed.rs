//! What stands in the place of a leaf's cells?
//!
//! Strings are collected as they come back, all of them, so that nothing of what was looked at is left in a buffer, not
//! under a missing value either. Of other cells only those are noted that came back changed.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryViewArray, BooleanArray, DictionaryArray,
    FixedSizeBinaryArray, FixedSizeListArray, GenericByteArray, GenericListArray, MapArray, OffsetSizeTrait,
    PrimitiveArray, StringViewArray, StructArray, downcast_primitive_array, types::ByteArrayType,
};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType};

use super::plan::{Leaf, Shape};
use super::read_at::{damaged, guarded, unsupported};

/// The cells of one leaf.
pub(super) struct Renewed {
    /// Its column.
    column: String,
    nullable: bool,
    /// Whether a value that may not be missing becomes zero rather than an error: nobody can name it.
    is_nested: bool,
    data: Vec<u8>,
    /// Where each string ends.
    ends: Vec<usize>,
    present: Vec<bool>,
    changed: Vec<(usize, Vec<u8>)>,
    keys: Keys,
}

/// The values of a dictionary so far: later batches only add to it, so that files can be read whose dictionary may
/// not be replaced.
#[derive(Default)]
struct Keys {
    numbers: HashMap<Box<[u8]>, usize>,
    data: Vec<u8>,
    ends: Vec<usize>,
}

impl Renewed {
    pub(super) fn new(column: &str, leaf: Leaf, is_nested: bool) -> Renewed {
        Renewed {
            column: column.to_owned(),
            nullable: leaf.nullable,
            is_nested,
            data: Vec::new(),
            ends: Vec::new(),
            present: Vec::new(),
            changed: Vec::new(),
            keys: Keys::default(),
        }
    }

    /// The next string, at that place; places between are not used by anything.
    pub(super) fn push(&mut self, at: usize, text: Option<&[u8]>) {
        self.fill(at);
        self.data.extend_from_slice(text.unwrap_or_default());
        self.ends.push(self.data.len());
        self.present.push(text.is_some() || !self.nullable);
    }

    fn fill(&mut self, to: usize) {
        if to > self.ends.len() {
            self.ends.resize(to, self.data.len());
            self.present.resize(to, !self.nullable);
        }
    }

    /// What is no string came back as this.
    pub(super) fn change(&mut self, at: usize, text: &[u8]) {
        self.changed.push((at, text.to_vec()));
    }

    /// The leaf, in the place of `array`.
    fn take(&mut self, array: &ArrayRef) -> io::Result<ArrayRef> {
        match array.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => self.strings(array),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => self.strings(array),
            DataType::Dictionary(_, values) if !self.is_changed_alone(values) => self.dictionary(array),
            _ => {
                let changed = std::mem::take(&mut self.changed);
                if changed.is_empty() { Ok(Arc::clone(array)) } else { self.others(array, &changed) }
            }
        }
    }

    fn is_changed_alone(&self, values: &DataType) -> bool {
        !matches!(
            values,
            DataType::Utf8
                | DataType::LargeUtf8
                | DataType::Utf8View
                | DataType::Binary
                | DataType::LargeBinary
                | DataType::BinaryView
        )
    }

    fn strings(&mut self, array: &ArrayRef) -> io::Result<ArrayRef> {
        self.fill(array.len());
        let (data, ends) = (std::mem::take(&mut self.data), std::mem::take(&mut self.ends));
        let present = std::mem::take(&mut self.present);
        self.data.reserve(data.len());
        let is_missing = present.iter().any(|present| !present);
        let nulls = is_missing.then(|| NullBuffer::from(present));
        self.built(array.data_type(), data, &ends, nulls)
    }

    fn built(
        &self,
        wanted: &DataType,
        data: Vec<u8>,
        ends: &[usize],
        nulls: Option<NullBuffer>,
    ) -> io::Result<ArrayRef> {
        use arrow_array::types::{BinaryType, LargeBinaryType, LargeUtf8Type, Utf8Type};
        let place = || format!("the column `{}`", self.column);
        Ok(match wanted {
            DataType::Utf8 => of_bytes::<Utf8Type>(data, ends, nulls, &place())?,
            DataType::LargeUtf8 => of_bytes::<LargeUtf8Type>(data, ends, nulls, &place())?,
            DataType::Binary => of_bytes::<BinaryType>(data, ends, nulls, &place())?,
            DataType::LargeBinary => of_bytes::<LargeBinaryType>(data, ends, nulls, &place())?,
            DataType::Utf8View => {
                let long = of_bytes::<LargeUtf8Type>(data, ends, nulls, &place())?;
                Arc::new(StringViewArray::from_iter(long.as_string::<i64>().iter()))
            }
            _ => {
                let long = of_bytes::<LargeBinaryType>(data, ends, nulls, &place())?;
                Arc::new(BinaryViewArray::from_iter(long.as_binary::<i64>().iter()))
            }
        })
    }

    fn dictionary(&mut self, array: &ArrayRef) -> io::Result<ArrayRef> {
        self.fill(array.len());
        let (data, ends) = (std::mem::take(&mut self.data), std::mem::take(&mut self.ends));
        let present = std::mem::take(&mut self.present);
        let mut keys = Vec::with_capacity(ends.len());
        let mut start = 0;
        for (&end, &present) in ends.iter().zip(&present) {
            keys.push(present.then(|| self.keys.number(&data[start..end])));
            start = end;
        }
        let DataType::Dictionary(key, value) = array.data_type() else {
            return Err(damaged(format!("the column `{}` has changed its type", self.column)));
        };
        let values = self.built(value, self.keys.data.clone(), &self.keys.ends, None)?;
        let column = &self.column;
        match key.as_ref() {
            DataType::Int8 => keyed::<Int8Type>(&keys, values, column),
            DataType::Int16 => keyed::<Int16Type>(&keys, values, column),
            DataType::Int32 => keyed::<Int32Type>(&keys, values, column),
            DataType::Int64 => keyed::<Int64Type>(&keys, values, column),
            DataType::UInt8 => keyed::<UInt8Type>(&keys, values, column),
            DataType::UInt16 => keyed::<UInt16Type>(&keys, values, column),
            DataType::UInt32 => keyed::<UInt32Type>(&keys, values, column),
            _ => keyed::<UInt64Type>(&keys, values, column),
        }
    }

    /// Numbers, dates and the like, of which those `changed` are read again, or missing where that cannot be.
    fn others(&self, array: &ArrayRef, changed: &[(usize, Vec<u8>)]) -> io::Result<ArrayRef> {
        let array = array.as_ref();
        let missing = || {
            if self.nullable || self.is_nested {
                return Ok(());
            }
            Err(unsupported(format!(
                "the column `{0}` may not be without a value, and a masked one is no value of its type; \
                 --column {0}=keep leaves the column as it is",
                self.column
            )))
        };
        let cannot =
            || Err(unsupported(format!("the column `{}` is of a type that cannot be masked", self.column)));
        downcast_primitive_array!(
            array => Ok(Arc::new(renew_numbers(array, changed, self.nullable, &missing)?)),
            DataType::Boolean => {
                missing()?;
                let gone = gone(changed, array.len());
                let cells = array.as_boolean().iter().zip(&gone).map(|(cell, gone)| cell.filter(|_| !gone));
                Ok(Arc::new(cells.collect::<BooleanArray>()))
            },
            DataType::FixedSizeBinary(size) => {
                let old = array.as_fixed_size_binary();
                let mut cells: Vec<Option<&[u8]>> = (0..old.len()).map(|at| old.is_valid(at).then(|| old.value(at))).collect();
                for (at, text) in changed {
                    cells[*at] = Some(text.as_slice()).filter(|text| text.len() == *size as usize);
                    if cells[*at].is_none() {
                        missing()?;
                    }
                }
                let built = FixedSizeBinaryArray::try_from_sparse_iter_with_size(cells.into_iter(), *size);
                guarded(&self.column, || built).map(|array| Arc::new(array) as ArrayRef)
            },
            _ => cannot(),
        )
    }
}

impl Keys {
    fn number(&mut self, text: &[u8]) -> usize {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.ends.len();
        self.data.extend_from_slice(text);
        self.ends.push(self.data.len());
        self.numbers.insert(text.into(), number);
        number
    }
}

/// Which cells are gone.
fn gone(changed: &[(usize, Vec<u8>)], length: usize) -> Vec<bool> {
    let mut gone = vec![false; length];
    changed.iter().for_each(|(at, _)| gone[*at] = true);
    gone
}

fn of_bytes<T: ByteArrayType>(
    data: Vec<u8>,
    ends: &[usize],
    nulls: Option<NullBuffer>,
    place: &str,
) -> io::Result<ArrayRef> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(T::Offset::usize_as(0));
    for &end in ends {
        offsets.push(
            T::Offset::from_usize(end)
                .ok_or_else(|| unsupported(format!("{place}: its masked text is too long for its type")))?,
        );
    }
    guarded(place, || {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        GenericByteArray::<T>::try_new(offsets, Buffer::from_vec(data), nulls)
    })
    .map(|array| Arc::new(array) as ArrayRef)
}

fn keyed<K: ArrowDictionaryKeyType>(
    keys: &[Option<usize>],
    values: ArrayRef,
    column: &str,
) -> io::Result<ArrayRef> {
    let key = |key: &Option<usize>| match key {
        None => Ok(None),
        Some(key) => K::Native::from_usize(*key).map(Some).ok_or_else(|| {
            unsupported(format!(
                "the column `{column}` has more values when it is masked than its dictionary can hold"
            ))
        }),
    };
    let keys = keys.iter().map(key).collect::<io::Result<Vec<Option<K::Native>>>>()?;
    let keys = PrimitiveArray::<K>::from_iter(keys);
    guarded(column, || DictionaryArray::<K>::try_new(keys, values)).map(|array| Arc::new(array) as ArrayRef)
}

fn renew_numbers<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    changed: &[(usize, Vec<u8>)],
    nullable: bool,
    missing: &dyn Fn() -> io::Result<()>,
) -> io::Result<PrimitiveArray<T>> {
    let mut values = array.values().to_vec();
    let mut present: Vec<bool> = (0..array.len()).map(|at| array.is_valid(at)).collect();
    for (at, text) in changed {
        match read_number::<T>(text) {
            Some(number) => values[*at] = number,
            None => {
                missing()?;
                values[*at] = T::default_value();
                present[*at] = !nullable;
            }
        }
    }
    let nulls = present.iter().any(|present| !present).then(|| NullBuffer::from(present));
    Ok(PrimitiveArray::<T>::new(values.into(), nulls).with_data_type(array.data_type().clone()))
}

/// A number that came back as one: a coarser coordinate, the first part of a postcode.
fn read_number<T: ArrowPrimitiveType>(text: &[u8]) -> Option<T::Native> {
    let text = std::str::from_utf8(text).ok()?;
    let whole = || text.parse::<i128>().ok();
    let number: Box<dyn std::any::Any> = match T::DATA_TYPE {
        DataType::Int8 => Box::new(i8::try_from(whole()?).ok()?),
        DataType::Int16 => Box::new(i16::try_from(whole()?).ok()?),
        DataType::Int32 => Box::new(i32::try_from(whole()?).ok()?),
        DataType::Int64 => Box::new(i64::try_from(whole()?).ok()?),
        DataType::UInt8 => Box::new(u8::try_from(whole()?).ok()?),
        DataType::UInt16 => Box::new(u16::try_from(whole()?).ok()?),
        DataType::UInt32 => Box::new(u32::try_from(whole()?).ok()?),
        DataType::UInt64 => Box::new(u64::try_from(whole()?).ok()?),
        DataType::Float32 => Box::new(text.parse::<f32>().ok()?),
        DataType::Float64 => Box::new(text.parse::<f64>().ok()?),
        _ => return None,
    };
    number.downcast::<T::Native>().ok().map(|number| *number)
}

/// An array of that shape with its renewed leaves; what holds them stays as it is.
pub(super) fn renew(array: &ArrayRef, shape: &Shape, leaves: &mut [Option<Renewed>]) -> io::Result<ArrayRef> {
    if !shape.any(&|view| view.is_renewed()) {
        return Ok(Arc::clone(array));
    }
    match shape {
        Shape::Leaf(leaf) => {
            let renewed = leaves[leaf.number].as_mut();
            renewed.map_or_else(|| Ok(Arc::clone(array)), |renewed| renewed.take(array))
        }
        Shape::Struct(members) => {
            let (fields, columns, nulls) = array.as_struct().clone().into_parts();
            let columns = members
                .iter()
                .zip(&columns)
                .map(|((_, shape), column)| renew(column, shape, leaves))
                .collect::<io::Result<Vec<ArrayRef>>>()?;
            let length = array.len();
            guarded("a record", || StructArray::try_new_with_length(fields, columns, nulls, length))
                .map(|array| Arc::new(array) as ArrayRef)
        }
        Shape::List(item) => match array.data_type() {
            DataType::LargeList(_) => renew_list::<i64>(array, item, leaves),
            DataType::FixedSizeList(field, size) => {
                let list = array.as_fixed_size_list();
                let values = renew(list.values(), item, leaves)?;
                let (field, nulls) = (Arc::clone(field), list.nulls().cloned());
                guarded("a list", || FixedSizeListArray::try_new(field, *size, values, nulls))
                    .map(|array| Arc::new(array) as ArrayRef)
            }
            _ => renew_list::<i32>(array, item, leaves),
        },
        Shape::Map(key, value) => {
            let (field, offsets, entries, nulls, is_sorted) = array.as_map().clone().into_parts();
            let (fields, columns, entry_nulls) = entries.into_parts();
            let columns = vec![renew(&columns[0], key, leaves)?, renew(&columns[1], value, leaves)?];
            guarded("a map", || {
                let entries = StructArray::try_new(fields, columns, entry_nulls)?;
                MapArray::try_new(field, offsets, entries, nulls, is_sorted)
            })
            .map(|array| Arc::new(array) as ArrayRef)
        }
    }
}

fn renew_list<O: OffsetSizeTrait>(
    array: &ArrayRef,
    item: &Shape,
    leaves: &mut [Option<Renewed>],
) -> io::Result<ArrayRef> {
    let (field, offsets, values, nulls) = array.as_list::<O>().clone().into_parts();
    let values = renew(&values, item, leaves)?;
    guarded("a list", || {
        Ok::<_, ArrowError>(
            Arc::new(GenericListArray::<O>::try_new(field, offsets, values, nulls)?) as ArrayRef
        )
    })
}
