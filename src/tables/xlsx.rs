//! How is a workbook read as tables, and how does it become a workbook again?
//!
//! Each sheet is shown as a table with tabs. The masked tables make a new workbook: values and dates in their places, and
//! nothing else, for formats, formulas, remarks, names and pictures may tell anything. A cell that was not masked is what it
//! was, a number or a date; a masked one is text, never a formula.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Cursor, Write as _};

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::limits;

/// Longest name of a sheet, in UTF-16 units.
const NAME: usize = 31;

/// A sheet of a workbook.
pub struct Sheet {
    /// Its name.
    pub name: String,
    is_hidden: bool,
    /// Row and column of the first cell.
    origin: (u32, u32),
    rows: u32,
    columns: u32,
    /// Cells that hold something, by row and column.
    cells: Vec<((u32, u32), Data)>,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "a sheet of {} rows", self.rows)
    }
}

/// The sheets of the workbook `bytes`, in order.
///
/// # Errors
/// That it is damaged, or wider than its cells explain.
pub fn sheets(bytes: Vec<u8>) -> io::Result<Vec<Sheet>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let known = book.sheets_metadata().to_vec();
    known
        .into_iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| {
            let cells = cells_of(&mut book, &sheet.name)?;
            Sheet::new(sheet.name, sheet.visible != SheetVisible::Visible, cells)
        })
        .collect()
}

fn cells_of(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> io::Result<Vec<((u32, u32), Data)>> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|error| damaged(&error))? {
        if *cell.get_value() != DataRef::Empty {
            cells.push((cell.get_position(), Data::from(cell.get_value().clone())));
        }
    }
    cells.sort_by_key(|(place, _)| *place);
    // Of two cells in one place the last one counts, as elsewhere.
    cells.reverse();
    cells.dedup_by_key(|(place, _)| *place);
    cells.reverse();
    Ok(cells)
}

/// What is wrong, without text of the file.
fn damaged(_: &calamine::XlsxError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "is a damaged workbook")
}

impl Sheet {
    fn new(name: String, is_hidden: bool, cells: Vec<((u32, u32), Data)>) -> io::Result<Sheet> {
        let bounds = |of: fn(&(u32, u32)) -> u32| {
            let all = cells.iter().map(|(place, _)| of(place));
            let first = all.clone().min().unwrap_or(0);
            (first, all.max().map_or(0, |last| last + 1 - first))
        };
        let ((row, rows), (column, columns)) = (bounds(|place| place.0), bounds(|place| place.1));
        if u64::from(rows) * u64::from(columns) > limits::SHEET_CELLS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("has a sheet of more than {} cells, filled or empty", limits::SHEET_CELLS),
            ));
        }
        Ok(Sheet { name, is_hidden, origin: (row, column), rows, columns, cells })
    }

    /// The sheet as a table with tabs: from its first row and column that hold something to the last ones.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut next = self.cells.iter().peekable();
        for row in 0..self.rows {
            for column in 0..self.columns {
                if column > 0 {
                    out.push(b'\t');
                }
                let place = (self.origin.0 + row, self.origin.1 + column);
                if let Some((_, cell)) = next.next_if(|(at, _)| *at == place) {
                    quote(&shown(cell), &mut out);
                }
            }
            out.push(b'\n');
        }
        out
    }
}

/// A cell as text.
fn shown(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let value = time.as_f64();
            let clock = format!("{hour:02}:{minute:02}:{second:02}");
            match (value < 1.0, value.fract() == 0.0) {
                (true, _) => clock,
                (_, true) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {clock}"),
            }
        }
        Data::DateTime(duration) => duration.as_f64().to_string(),
    }
}

fn quote(text: &str, out: &mut Vec<u8>) {
    let needs = text.contains(['\t', '\n', '\r', '"']) || text.starts_with('\u{feff}');
    if needs {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// The cells of a masked table, row by row.
fn rows_of(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut fresh) = (false, true);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            _ if quoted => cell.push(letter),
            '"' if fresh => quoted = true,
            '\t' => row.push(std::mem::take(&mut cell)),
            '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(letter),
        }
        fresh = !quoted && matches!(letter, '\t' | '\n');
    }
    rows
}

/// A workbook that is made of masked sheets.
pub struct Book {
    workbook: Workbook,
    names: HashSet<String>,
    /// How dates, dates with clock times and clock times look.
    formats: [Format; 3],
}

impl Default for Book {
    fn default() -> Book {
        let mut workbook = Workbook::new();
        // The same input makes the same bytes at any time.
        if let Ok(day) = ExcelDateTime::from_ymd(2000, 1, 1) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&day));
        }
        let formats = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss"];
        Book {
            workbook,
            names: HashSet::new(),
            formats: formats.map(|form| Format::new().set_num_format(form)),
        }
    }
}

impl Book {
    /// Adds `sheet` under a masked name, with the cells of its masked table.
    ///
    /// # Errors
    /// That the table is not that of the sheet, or does not fit a workbook.
    pub fn add(&mut self, name: &str, sheet: &Sheet, masked: &[u8]) -> io::Result<()> {
        let unfit = |_| io::Error::new(io::ErrorKind::InvalidData, "a masked cell does not fit a workbook");
        let text = std::str::from_utf8(masked).map_err(io::Error::other)?;
        let rows = rows_of(text);
        if rows.len() != sheet.rows as usize {
            return Err(io::Error::other("a masked sheet has other rows"));
        }
        let name = self.free(name);
        let page = self.workbook.add_worksheet();
        page.set_name(name).map_err(unfit)?;
        page.set_hidden(sheet.is_hidden && !self.names.is_empty());
        let mut known = sheet.cells.iter().peekable();
        for (row, cells) in (sheet.origin.0..).zip(rows) {
            for column in 0..sheet.columns {
                let place = (row, sheet.origin.1 + column);
                let at = place.1 as u16;
                let before = known.next_if(|(known, _)| *known == place).map(|(_, cell)| cell);
                let Some(text) = cells.get(column as usize).filter(|text| !text.is_empty()) else { continue };
                match before.filter(|cell| shown(cell) == *text) {
                    Some(Data::Int(number)) => page.write_number(row, at, *number as f64),
                    Some(Data::Float(number)) => page.write_number(row, at, *number),
                    Some(Data::Bool(value)) => page.write_boolean(row, at, *value),
                    Some(Data::DateTime(time)) if time.is_datetime() => {
                        let value = time.as_f64();
                        let form = match (value < 1.0, value.fract() == 0.0) {
                            (true, _) => 2,
                            (_, true) => 0,
                            _ => 1,
                        };
                        page.write_number_with_format(row, at, value, &self.formats[form])
                    }
                    Some(Data::DateTime(duration)) => page.write_number(row, at, duration.as_f64()),
                    _ => page.write_string(row, at, text),
                }
                .map_err(unfit)?;
            }
        }
        Ok(())
    }

    /// A name that a sheet may have and no other has.
    fn free(&mut self, name: &str) -> String {
        let fit = |name: &str, room: usize| -> String {
            let mut left = room;
            let fits = |letter: &char| {
                left = left.saturating_sub(letter.len_utf16());
                left > 0 || room == 0
            };
            name.chars().take_while(fits).collect()
        };
        let plain: String = name
            .chars()
            .map(|letter| match letter {
                '[' => '(',
                ']' => ')',
                ':' | '*' | '?' | '/' | '\\' | '\'' => '_',
                other => other,
            })
            .collect();
        let numbered = |number: usize| match number {
            1 => fit(&plain, NAME + 1),
            _ => format!("{}-{number}", fit(&plain, NAME - 4)),
        };
        let free = (1..).map(numbered).find(|name| !self.names.contains(&name.to_lowercase()));
        let free = free.unwrap_or_default();
        self.names.insert(free.to_lowercase());
        free
    }

    /// The workbook's bytes.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let bytes =
            self.workbook.save_to_buffer().map_err(|_| io::Error::other("the workbook cannot be written"))?;
        out.write_all(&bytes)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_as_it_was_written() {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        page.write_string(2, 1, "a \"b\"\tc\nd").expect("writes");
        page.write_number(2, 3, 4_111_111_111_111_111.0).expect("writes");
        page.write_boolean(4, 1, true).expect("writes");
        page.write_number_with_format(4, 3, 46_000.0, &date).expect("writes");
        let bytes = workbook.save_to_buffer().expect("saves");
        let sheet = sheets(bytes).expect("reads").pop().expect("a sheet");
        let text = String::from_utf8(sheet.text()).expect("UTF-8");
        assert_eq!(text, "\"a \"\"b\"\"\tc\nd\"\t\t4111111111111111\n\t\t\nTRUE\t\t2025-12-09\n");
        let mut book = Book::default();
        book.add("Sheet1", &sheet, text.as_bytes()).expect("adds");
        let again = sheets(book.finish().expect("ends")).expect("reads").pop().expect("a sheet");
        assert_eq!((again.origin, &again.cells), (sheet.origin, &sheet.cells));
    }

    #[test]
    fn names_of_sheets_fit() {
        let mut book = Book::default();
        assert_eq!(book.free("[PERSON]/2"), "(PERSON)_2");
        assert_eq!(book.free("(person)_2"), "(person)_2-2");
        assert_eq!(book.free(&"x".repeat(40)).len(), 31);
        assert_eq!(book.free(&"x".repeat(40)), format!("{}-2", "x".repeat(26)));
    }
}
