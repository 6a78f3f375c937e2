//! How are the bytes of a table read anywhere, and how is what a reader says of them told?
//!
//! Reader and writer look at one file at the same time, so no place in it may be shared. The crates that decode are
//! made for files that mean well: what they do in panic is caught here.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

use crate::limits;

/// The bytes of a whole table.
#[derive(Clone)]
pub(super) enum Whole {
    File(Arc<File>, u64),
    Memory(Bytes),
}

impl Whole {
    /// From a reader, which has to fit in memory.
    pub(super) fn in_memory(reader: &mut dyn Read) -> io::Result<Whole> {
        let mut all = Vec::new();
        reader.take(limits::TABLE_BYTES as u64 + 1).read_to_end(&mut all)?;
        if all.len() > limits::TABLE_BYTES {
            return Err(unsupported(format!(
                "a table that is read from a pipe or a packed file may have {} MiB; give it as a file of its own",
                limits::TABLE_BYTES >> 20
            )));
        }
        Ok(Whole::Memory(all.into()))
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Whole::File(_, length) => *length,
            Whole::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Whole::File(file, length) => {
                let most = length.saturating_sub(at).min(buffer.len() as u64) as usize;
                file.read_at(&mut buffer[..most], at)
            }
            Whole::Memory(bytes) => {
                let rest = bytes.get(at as usize..).unwrap_or_default();
                let most = rest.len().min(buffer.len());
                buffer[..most].copy_from_slice(&rest[..most]);
                Ok(most)
            }
        }
    }
}

/// Fills the buffer from some place on.
pub(super) fn read_exact_at(whole: &Whole, buffer: &mut [u8], at: u64) -> io::Result<()> {
    Onward { whole: whole.clone(), at }.read_exact(buffer)
}

/// Reads on from some place.
pub(super) struct Onward {
    whole: Whole,
    at: u64,
}

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.whole.read_at(buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

impl Length for Whole {
    fn len(&self) -> u64 {
        self.size()
    }
}

impl ChunkReader for Whole {
    type T = io::BufReader<Onward>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::with_capacity(64 << 10, Onward { whole: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // A footer may say anything: nothing is set aside that the file does not have.
        if start.checked_add(length as u64).is_none_or(|end| end > self.size()) {
            return Err(ParquetError::EOF("a part lies behind the end of the file".to_owned()));
        }
        if let Whole::Memory(bytes) = self {
            return Ok(bytes.slice(start as usize..start as usize + length));
        }
        let mut buffer = vec![0; length];
        Onward { whole: self.clone(), at: start }.read_exact(&mut buffer)?;
        Ok(buffer.into())
    }
}

/// What the file has is not supported.
pub(super) fn unsupported(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why)
}

/// What the file says cannot be.
pub(super) fn damaged(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Runs what decodes or encodes. What it complains of is told with the place alone, because the crates quote values.
pub(super) fn guarded<T, E: Complains>(place: &str, run: impl FnOnce() -> Result<T, E>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.told(place)),
        Err(_) => Err(damaged(format!("{place}: damaged"))),
    }
}

/// An error of a crate that decodes.
pub(super) trait Complains {
    /// For people, without values.
    fn told(self, place: &str) -> io::Error;
}

impl Complains for ParquetError {
    fn told(self, place: &str) -> io::Error {
        match self {
            ParquetError::External(error) => match error.downcast::<io::Error>() {
                Ok(error) => *error,
                Err(_) => damaged(format!("{place}: damaged")),
            },
            ParquetError::EOF(_) => damaged(format!("{place}: cut off")),
            ParquetError::NYI(_) => unsupported(format!("{place}: uses what is not supported")),
            ParquetError::General(why) if why.contains("compress") || why.contains("codec") => {
                unsupported(format!("{place}: damaged, or packed in a way that is not supported"))
            }
            _ => damaged(format!("{place}: damaged")),
        }
    }
}

impl Complains for arrow_schema::ArrowError {
    fn told(self, place: &str) -> io::Error {
        match self {
            arrow_schema::ArrowError::IoError(_, error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                error
            }
            arrow_schema::ArrowError::IoError(..) => damaged(format!("{place}: cut off")),
            arrow_schema::ArrowError::NotYetImplemented(_) => {
                unsupported(format!("{place}: uses what is not supported"))
            }
            _ => damaged(format!("{place}: damaged")),
        }
    }
}
