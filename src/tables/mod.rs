//! What is a file that is no text read as, and how does it become such a file again?
//!
//! A binary table is shown as text of a format that sourdine reads, and put together again from the masked text. In between
//! nothing knows that it was no text. A table of plain columns is shown as CSV without a header, of which only the
//! columns that matter; one with lists or records in its cells as a JSON object a row. What the file says of itself
//! (its key-value metadata) stands in front as a record of its own, so that it is masked too.
//!
//! Strings are written anew from the masked text alone, all of them: no byte of a column that was looked at comes from
//! the original, nor does anything that was derived from it (dictionaries, statistics, filters).

use std::fs::File;
use std::io::{self, Read, Write};

use crate::model::{ColumnView, TypedTable};

#[cfg(feature = "tables")]
mod cells;
#[cfg(feature = "tables")]
mod findings;
#[cfg(feature = "tables")]
mod footer;
#[cfg(feature = "tables")]
mod ipc;
#[cfg(feature = "tables")]
mod ipc_write;
#[cfg(feature = "tables")]
mod masked;
#[cfg(feature = "tables")]
mod parquet;
#[cfg(feature = "tables")]
mod parquet_write;
#[cfg(feature = "tables")]
mod parts;
#[cfg(feature = "tables")]
mod plan;
#[cfg(feature = "tables")]
mod read_at;
#[cfg(feature = "tables")]
mod renewed;
#[cfg(feature = "tables")]
mod rows;
#[cfg(feature = "tables")]
mod shown;
pub mod xlsx;

/// Puts a file together again from its masked text.
pub trait Rebuild: Send {
    /// Asks for a column behind the others that tells what was masked in each row; called before [`Rebuild::begin`], if
    /// at all.
    ///
    /// # Errors
    /// That the file has no place for it, or has a column of that name.
    fn add_findings(&mut self, column: &str) -> io::Result<()>;

    /// Takes what was masked in the rows that come next, as lines of the audit; of no use where no column was asked for.
    fn found(&mut self, lines: &[u8]);

    /// Says where the file goes; called once, before all else.
    fn begin(&mut self, out: Box<dyn Write + Send>);

    /// Takes the next piece of masked text, cut anywhere, and writes what is complete.
    ///
    /// # Errors
    /// What `out` says; that the text is not that of the file.
    fn write(&mut self, text: &[u8]) -> io::Result<()>;

    /// Writes the rest, when all text was taken, and lets go of `out`.
    ///
    /// # Errors
    /// As [`Rebuild::write`]; that text is missing.
    fn finish(&mut self) -> io::Result<()>;
}

/// The text of a table, and what makes a file of the masked text.
pub type Shown<'r> = (Box<dyn Read + 'r>, Box<dyn Rebuild>);

/// A table that was opened.
pub trait Table<'r> {
    /// What is known of it.
    fn about(&self) -> &TypedTable;

    /// Its first rows as text, every column shown.
    ///
    /// # Errors
    /// What the system says; that the file is damaged.
    fn sample(&mut self) -> io::Result<Vec<u8>>;

    /// All of it as text, of which columns those that are `shown` (all, if it has no plain columns), and what makes a
    /// file of the masked text.
    ///
    /// # Errors
    /// What the system says; that the file is damaged or cannot be written again.
    fn show(self: Box<Self>, shown: Option<&[ColumnView]>) -> io::Result<Shown<'r>>;
}

/// A kind of file that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Parquet.
    Parquet,
    /// An Arrow IPC file, as Feather of version 2 is.
    ArrowFile,
    /// An Arrow IPC stream.
    ArrowStream,
    /// What is known, and cannot be read: encrypted Parquet, Feather of version 1.
    Refused(&'static str),
}

impl Kind {
    /// The kind of a file that begins so.
    #[must_use]
    pub fn by_head(head: &[u8]) -> Option<Kind> {
        let magic = &head[..head.len().min(8)];
        // A text may begin with these letters; what follows them in a file is no text.
        let goes_on_binary = |from: usize| {
            let text = |&b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
            !magic.get(from..).unwrap_or_default().iter().all(text)
        };
        match magic {
            [b'P', b'A', b'R', b'1', ..] if goes_on_binary(4) => Some(Kind::Parquet),
            [b'P', b'A', b'R', b'E', ..] if goes_on_binary(4) => Some(Kind::Refused(
                "this Parquet file is encrypted; decrypt it first, its text cannot be read",
            )),
            b"ARROW1\0\0" => Some(Kind::ArrowFile),
            [0xFF, 0xFF, 0xFF, 0xFF, _, ..] => Some(Kind::ArrowStream),
            [b'F', b'E', b'A', b'1', ..] if goes_on_binary(4) => {
                Some(Kind::Refused("this is Feather of version 1; write it anew as version 2 or Parquet"))
            }
            _ => None,
        }
    }
}

/// Opens a table: its bytes from the beginning on, and its file, where they are one that can be read anywhere. The bytes
/// are read to their end as the table is, for who digests what passes.
///
/// # Errors
/// What the system says; that the file is damaged, has what is not supported, or is too large to be read from a pipe.
#[cfg(feature = "tables")]
pub fn open<'r>(
    kind: Kind,
    bytes: Box<dyn Read + 'r>,
    file: Option<File>,
) -> io::Result<Box<dyn Table<'r> + 'r>> {
    match kind {
        Kind::Parquet => parquet::open(bytes, file),
        Kind::ArrowFile => ipc::open_file(bytes),
        Kind::ArrowStream => ipc::open_stream(bytes),
        Kind::Refused(why) => Err(io::Error::new(io::ErrorKind::Unsupported, why)),
    }
}

/// Refuses: this build reads text alone.
///
/// # Errors
/// Always.
#[cfg(not(feature = "tables"))]
pub fn open<'r>(kind: Kind, _: Box<dyn Read + 'r>, _: Option<File>) -> io::Result<Box<dyn Table<'r> + 'r>> {
    let why = match kind {
        Kind::Refused(why) => why,
        _ => "Parquet and Arrow are not part of this build; its feature `tables` is off",
    };
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}
