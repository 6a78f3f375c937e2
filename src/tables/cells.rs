//! What stands in a cell?
//!
//! A tree over the columns of a batch, made once for some rows, that knows the type of each leaf. It only reads.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray, LargeStringArray,
    StringArray, StringViewArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use super::plan::{Leaf, Shape};
use crate::model::ColumnKind;

/// A column or a part of one.
pub(super) enum Node<'a> {
    Hidden,
    Leaf(Values<'a>, Leaf),
    Struct(&'a dyn Array, Vec<(&'a [u8], Node<'a>)>),
    List(&'a dyn Array, Offsets<'a>, Box<Node<'a>>),
    Map(&'a dyn Array, Offsets<'a>, Box<(Node<'a>, Node<'a>)>),
}

/// Where the elements of a list lie.
pub(super) enum Offsets<'a> {
    Short(&'a [i32]),
    Long(&'a [i64]),
    /// So many each.
    Fixed(usize),
}

impl Offsets<'_> {
    pub(super) fn of(&self, at: usize) -> std::ops::Range<usize> {
        match self {
            Offsets::Short(offsets) => offsets[at] as usize..offsets[at + 1] as usize,
            Offsets::Long(offsets) => offsets[at] as usize..offsets[at + 1] as usize,
            Offsets::Fixed(size) => at * size..(at + 1) * size,
        }
    }
}

/// The cells of a leaf.
pub(super) enum Values<'a> {
    Text(&'a StringArray),
    LongText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Bytes(&'a BinaryArray),
    LongBytes(&'a LargeBinaryArray),
    BytesView(&'a BinaryViewArray),
    FixedBytes(&'a FixedSizeBinaryArray),
    Keyed { nulls: Option<&'a NullBuffer>, keys: Vec<usize>, values: Box<Values<'a>> },
    Plain(&'a dyn Array),
}

impl<'a> Node<'a> {
    /// Over an array of that shape.
    pub(super) fn of(array: &'a dyn Array, shape: &'a Shape) -> Node<'a> {
        if !shape.is_shown() {
            return Node::Hidden;
        }
        match shape {
            Shape::Leaf(leaf) => Node::Leaf(Values::of(array), *leaf),
            Shape::Struct(members) => {
                let columns = array.as_struct().columns();
                let member = |((name, shape), column): (&'a (Vec<u8>, Shape), &'a arrow_array::ArrayRef)| {
                    (name.as_slice(), Node::of(column.as_ref(), shape))
                };
                Node::Struct(array, members.iter().zip(columns).map(member).collect())
            }
            Shape::List(item) => {
                let (offsets, values) = match array.data_type() {
                    DataType::LargeList(_) => {
                        let list = array.as_list::<i64>();
                        (Offsets::Long(list.value_offsets()), list.values())
                    }
                    DataType::FixedSizeList(..) => {
                        let list = array.as_fixed_size_list();
                        (Offsets::Fixed(list.value_length() as usize), list.values())
                    }
                    _ => {
                        let list = array.as_list::<i32>();
                        (Offsets::Short(list.value_offsets()), list.values())
                    }
                };
                Node::List(array, offsets, Box::new(Node::of(values.as_ref(), item)))
            }
            Shape::Map(key, value) => {
                let map = array.as_map();
                let nodes = (Node::of(map.keys().as_ref(), key), Node::of(map.values().as_ref(), value));
                Node::Map(array, Offsets::Short(map.value_offsets()), Box::new(nodes))
            }
        }
    }
}

impl<'a> Values<'a> {
    fn of(array: &'a dyn Array) -> Values<'a> {
        match array.data_type() {
            DataType::Utf8 => Values::Text(array.as_string()),
            DataType::LargeUtf8 => Values::LongText(array.as_string()),
            DataType::Utf8View => Values::TextView(array.as_string_view()),
            DataType::Binary => Values::Bytes(array.as_binary()),
            DataType::LargeBinary => Values::LongBytes(array.as_binary()),
            DataType::BinaryView => Values::BytesView(array.as_binary_view()),
            DataType::FixedSizeBinary(_) => Values::FixedBytes(array.as_fixed_size_binary()),
            DataType::Dictionary(..) => {
                let keyed = array.as_any_dictionary();
                // Without values there is nothing but nulls, and no key that could be read.
                let keys = if keyed.values().is_empty() { Vec::new() } else { keyed.normalized_keys() };
                Values::Keyed {
                    nulls: keyed.keys().nulls(),
                    keys,
                    values: Box::new(Values::of(keyed.values())),
                }
            }
            _ => Values::Plain(array),
        }
    }

    pub(super) fn is_null(&self, at: usize) -> bool {
        match self {
            Values::Text(array) => array.is_null(at),
            Values::LongText(array) => array.is_null(at),
            Values::TextView(array) => array.is_null(at),
            Values::Bytes(array) => array.is_null(at),
            Values::LongBytes(array) => array.is_null(at),
            Values::BytesView(array) => array.is_null(at),
            Values::FixedBytes(array) => array.is_null(at),
            Values::Keyed { nulls, keys, values } => {
                nulls.is_some_and(|nulls| nulls.is_null(at)) || keys.is_empty() || values.is_null(keys[at])
            }
            Values::Plain(array) => array.is_null(at) || *array.data_type() == DataType::Null,
        }
    }

    /// Whether all cells have the same length, which a masked one has not.
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Values::FixedBytes(_) => true,
            Values::Keyed { values, .. } => values.is_fixed(),
            _ => false,
        }
    }

    /// The cell as text, where it is one; numbers and the like are written into `buffer`.
    pub(super) fn text<'b>(&'b self, at: usize, buffer: &'b mut Vec<u8>) -> &'b [u8] {
        match self {
            Values::Text(array) => array.value(at).as_bytes(),
            Values::LongText(array) => array.value(at).as_bytes(),
            Values::TextView(array) => array.value(at).as_bytes(),
            Values::Bytes(array) => array.value(at),
            Values::LongBytes(array) => array.value(at),
            Values::BytesView(array) => array.value(at),
            Values::FixedBytes(array) => array.value(at),
            Values::Keyed { keys, values, .. } => values.text(keys[at], buffer),
            Values::Plain(array) => {
                buffer.clear();
                plain(*array, at, buffer);
                buffer
            }
        }
    }
}

/// Whether JSON writes such a cell without quotes.
pub(super) fn is_bare(kind: ColumnKind) -> bool {
    kind == ColumnKind::Number
}

/// Writes what is no string. The same cell is always written the same, and no two that differ alike.
fn plain(array: &dyn Array, at: usize, out: &mut Vec<u8>) {
    macro_rules! displayed {
        ($kind:ty) => {
            write!(out, "{}", array.as_primitive::<$kind>().value(at))
        };
    }
    macro_rules! decimal {
        ($kind:ty) => {
            write!(out, "{}", array.as_primitive::<$kind>().value_as_string(at))
        };
    }
    macro_rules! moment {
        ($kind:ty, $per_second:expr) => {{
            let value = array.as_primitive::<$kind>().value(at);
            date_and_time(value, $per_second, out);
            Ok(())
        }};
    }
    let written = match array.data_type() {
        DataType::Int8 => displayed!(Int8Type),
        DataType::Int16 => displayed!(Int16Type),
        DataType::Int32 => displayed!(Int32Type),
        DataType::Int64 => displayed!(Int64Type),
        DataType::UInt8 => displayed!(UInt8Type),
        DataType::UInt16 => displayed!(UInt16Type),
        DataType::UInt32 => displayed!(UInt32Type),
        DataType::UInt64 => displayed!(UInt64Type),
        DataType::Float16 => displayed!(Float16Type),
        DataType::Float32 => displayed!(Float32Type),
        DataType::Float64 => displayed!(Float64Type),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        DataType::Date32 => {
            date(i64::from(array.as_primitive::<Date32Type>().value(at)), out);
            Ok(())
        }
        DataType::Date64 => moment!(Date64Type, 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => moment!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => moment!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => moment!(TimestampMicrosecondType, 1_000_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => moment!(TimestampNanosecondType, 1_000_000_000),
        DataType::Boolean => write!(out, "{}", array.as_boolean().value(at)),
        // Times of day, durations: that something stands there is all that masking has to know.
        _ => write!(out, "-"),
    };
    // Nothing that is written to memory fails.
    let _ = written;
}

/// A day, counted from 1970, as a calendar writes it: the proleptic Gregorian one.
fn date(days: i64, out: &mut Vec<u8>) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    // Counted from the first of March of the year 0, so that a leap day ends a year.
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted.div_euclid(DAYS_OF_400_YEARS), shifted.rem_euclid(DAYS_OF_400_YEARS));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

fn date_and_time(value: i64, per_second: i64, out: &mut Vec<u8>) {
    const DAY: i64 = 86_400;
    let (seconds, rest) = (value.div_euclid(per_second), value.rem_euclid(per_second));
    date(seconds.div_euclid(DAY), out);
    let second = seconds.rem_euclid(DAY);
    if second == 0 && rest == 0 {
        return;
    }
    let _ = write!(out, " {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    if rest > 0 {
        let digits = per_second.ilog10() as usize;
        let _ = write!(out, ".{rest:0digits$}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments() {
        let written = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            String::from_utf8(out).expect("text")
        };
        for (days, day) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (20_453, "2025-12-31"),
            (-719_528, "0000-01-01"),
        ] {
            assert_eq!(written(&|out| date(days, out)), day);
        }
        assert_eq!(written(&|out| date_and_time(86_400_000, 1_000, out)), "1970-01-02");
        assert_eq!(written(&|out| date_and_time(-1, 1_000_000, out)), "1969-12-31 23:59:59.999999");
        assert!(!written(&|out| date(i64::MAX / 2, out)).is_empty());
    }
}
