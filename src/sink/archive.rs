//! How are files put into an archive?
//!
//! One after the other, in the order of the input. A file goes in when it is complete, so that what could not be read
//! leaves no half of a file. Owners, remarks and whatever else names people are not written.

use std::io::{self, Read, Write};

use tempfile::SpooledTempFile;

use super::Sink;
use crate::audit::Digest;
use crate::error::{Error, Result};
use crate::source::{About, Archive};

/// A file's place in an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path in the archive.
    pub name: String,
    /// What is kept of it besides its bytes.
    pub about: About,
}

/// An opened archive. Dropped without [`Packed::finish`] it leaves nothing behind.
pub struct Packed(Writer);

enum Writer {
    Tar(tar::Builder<Sink>),
    Zip(Box<zip::ZipWriter<zip::write::StreamWriter<Sink>>>),
}

impl Packed {
    /// An archive that goes to `sink`.
    #[must_use]
    pub fn new(kind: Archive, sink: Sink) -> Packed {
        Packed(match kind {
            Archive::Tar => Writer::Tar(tar::Builder::new(sink)),
            Archive::Zip => Writer::Zip(Box::new(zip::ZipWriter::new_stream(sink))),
        })
    }

    /// Puts in a directory.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says.
    pub fn directory(&mut self, entry: &Entry) -> Result<()> {
        let added = match &mut self.0 {
            Writer::Tar(tar) => {
                let mut header = header(entry, 0, tar::EntryType::Directory);
                tar.append_data(&mut header, &entry.name, io::empty())
            }
            Writer::Zip(zip) => {
                zip.add_directory(entry.name.as_str(), options(entry)).map_err(io::Error::other)
            }
        };
        added.map_err(|source| failed(entry, source))
    }

    /// Puts in a file of `size` bytes.
    ///
    /// # Errors
    /// As [`Packed::directory`].
    pub(super) fn file(&mut self, entry: &Entry, size: u64, bytes: &mut SpooledTempFile) -> Result<()> {
        let added = match &mut self.0 {
            Writer::Tar(tar) => {
                let mut header = header(entry, size, tar::EntryType::Regular);
                tar.append_data(&mut header, &entry.name, bytes)
            }
            Writer::Zip(zip) => zip_file(zip, entry, size, bytes),
        };
        added.map_err(|source| failed(entry, source))
    }

    /// Completes the archive, which then appears under its name, and returns its digest.
    ///
    /// # Errors
    /// As [`Packed::directory`]; then nothing appears.
    pub fn finish(self) -> Result<Digest> {
        let sink = match self.0 {
            Writer::Tar(tar) => tar.into_inner(),
            Writer::Zip(zip) => {
                zip.finish().map(zip::write::StreamWriter::into_inner).map_err(io::Error::other)
            }
        };
        sink.map_err(|source| Error::Output { path: "-".into(), source })?.finish()
    }
}

fn zip_file(
    zip: &mut zip::ZipWriter<zip::write::StreamWriter<Sink>>,
    entry: &Entry,
    size: u64,
    bytes: &mut impl Read,
) -> io::Result<()> {
    // Sizes stand behind a streamed file, as wide as they may have to be.
    let options = options(entry).large_file(size >= u64::from(u32::MAX) / 2);
    zip.start_file(entry.name.as_str(), options).map_err(io::Error::other)?;
    io::copy(bytes, zip).map(|_| ())
}

fn header(entry: &Entry, size: u64, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(entry.about.mode);
    header.set_mtime(entry.about.changed);
    header.set_size(size);
    header
}

fn options(entry: &Entry) -> zip::write::SimpleFileOptions {
    let changed = entry.about.changed;
    let changed = zip::DateTime::try_from_msdos((changed >> 16) as u16, changed as u16).unwrap_or_default();
    zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .unix_permissions(entry.about.mode)
        .last_modified_time(changed)
}

fn failed(entry: &Entry, source: io::Error) -> Error {
    Error::Output { path: entry.name.clone().into(), source }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
