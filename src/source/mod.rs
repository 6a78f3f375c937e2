//! Where do bytes come from?
//!
//! Files, pipes and memory are read alike, into buffers that are used again: as fast as mapping a file,
//! with bounded memory, and a file that shrinks while it is read is an error and not a crash. On the way
//! packed streams are unpacked and other encodings become UTF-8. The head of a file is read first, to see
//! what it is; then all of it is handed on in order.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

mod archive;
mod encoding;
mod kind;
mod packing;

use crate::audit::Digest;
use crate::limits;
use crate::model::{ColumnView, TypedTable};
use crate::tables::{self, Rebuild, Table};
pub use archive::{About, Archive, Member, MemberKind};
use archive::{Whole, each_member};
use encoding::{Decoding, guess};
pub use encoding::{Encoder, Encoding};
pub use packing::Packing;

/// What to read.
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Anything else: a test's reader.
    Reader(Box<dyn Read + Send>),
}

/// How masked text becomes what the input was.
pub struct Back {
    /// The encoding of the text.
    pub encoding: Encoding,
    /// What makes a file of the text, where the input was no text.
    pub rebuild: Option<Box<dyn Rebuild>>,
}

impl Back {
    /// Text in an encoding.
    #[must_use]
    pub fn text(encoding: Encoding) -> Back {
        Back { encoding, rebuild: None }
    }

    /// Asks for a column that tells what was masked in each row.
    ///
    /// # Errors
    /// That this is no table, has no place for it, or has a column of that name.
    pub fn add_findings(&mut self, column: &str) -> io::Result<()> {
        let Some(rebuild) = &mut self.rebuild else {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "a column of findings can be added to Parquet and Arrow alone; of other files the audit tells them",
            ));
        };
        rebuild.add_findings(column)
    }
}

/// An opened input: UTF-8 (but for what could not be decoded) to be read in order.
pub struct Input<'r> {
    reader: Box<dyn Read + 'r>,
    /// What was read to look at it, from `given` on still to be handed out.
    head: Vec<u8>,
    given: usize,
    /// How the input is encoded.
    pub encoding: Encoding,
    /// Whether the encoding was guessed from the bytes.
    pub guessed: bool,
    /// How it is packed.
    pub packing: Packing,
    /// What kind of archive it is; then there is no text to be read, but members.
    pub archive: Option<Archive>,
    /// The file once more, where it can be read in any order.
    file: Option<File>,
    /// All of it, once it was settled what it is.
    whole: Option<Whole>,
    /// The table that it is, until it is shown.
    table: Option<Box<dyn Table<'r> + 'r>>,
    /// What is known of the table that it is.
    about: Option<TypedTable>,
    rebuild: Option<Box<dyn Rebuild>>,
    digest: Arc<Mutex<Digest>>,
}

impl Input<'static> {
    /// Opens a source and reads its head. With `encoding` nothing is guessed.
    ///
    /// # Errors
    /// What the system says; a directory is an error.
    pub fn open(source: Source, encoding: Option<Encoding>, key: Option<&[u8; 32]>) -> io::Result<Self> {
        let (raw, file) = source.open()?;
        Self::open_with(raw, file, encoding, key, read_up_to)
    }

    /// The same for a live pipe: of the head no more is waited for, and looked at, than the first line.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_by_line(
        source: Source,
        encoding: Option<Encoding>,
        key: Option<&[u8; 32]>,
    ) -> io::Result<Self> {
        let (raw, _) = source.open()?;
        let mut input = Self::open_with(raw, None, encoding, key, read_line)?;
        if input.table.is_some() {
            return Ok(input);
        }
        let end = memchr::memchr(b'\n', &input.head).map_or(input.head.len(), |at| at + 1);
        // What came with the first line is handed on behind it, and says nothing about the file.
        let rest = input.head.split_off(end);
        input.reader = Box::new(io::Cursor::new(rest).chain(input.reader));
        Ok(input)
    }
}

impl<'r> Input<'r> {
    /// Opens a file of an archive, likewise.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_member(
        reader: &'r mut dyn Read,
        encoding: Option<Encoding>,
        key: Option<&[u8; 32]>,
    ) -> io::Result<Self> {
        Self::open_with(Box::new(reader), None, encoding, key, read_up_to)
    }

    fn open_with(
        raw: Box<dyn Read + 'r>,
        file: Option<File>,
        encoding: Option<Encoding>,
        key: Option<&[u8; 32]>,
        read_head: fn(&mut dyn Read, &mut Vec<u8>, usize) -> io::Result<bool>,
    ) -> io::Result<Self> {
        let digest = Arc::new(Mutex::new(Digest::new(key)));
        let mut raw = Digesting { inner: raw, digest: Arc::clone(&digest) };
        let mut magic = Vec::new();
        read_head(&mut raw, &mut magic, Packing::MAGIC)?;
        let packing = Packing::by_magic(&magic);
        let mut unpacked = packing.unpack(io::Cursor::new(magic).chain(raw))?;
        let mut head = Vec::new();
        read_head(&mut unpacked, &mut head, limits::HEAD_BYTES)?;
        let file = file.filter(|_| packing == Packing::Plain);
        if let Some(kind) = tables::Kind::by_head(&head) {
            let reader: Box<dyn Read + 'r> = Box::new(io::Cursor::new(head).chain(unpacked));
            return Self::of_table(tables::open(kind, reader, file)?, packing, digest);
        }
        let archive = Archive::by_head(&head);
        // Who names the encoding says that it is text.
        let is_sure = archive.is_some() || encoding.is_some();
        let (encoding, guessed) = match (encoding, archive) {
            (_, Some(_)) => (Encoding::Utf8, false),
            (Some(encoding), _) => (encoding, false),
            (None, None) => guess(&head),
        };
        let mut reader: Box<dyn Read + 'r> = unpacked;
        if let Some(codec) = encoding.codec() {
            let raw = io::Cursor::new(head).chain(reader);
            let mut decoding = Decoding::new(raw, codec);
            head = Vec::new();
            read_head(&mut decoding, &mut head, limits::HEAD_BYTES)?;
            reader = Box::new(decoding);
        }
        if !is_sure {
            kind::must_be_text(&head)?;
        }
        Ok(Input {
            reader,
            head,
            given: 0,
            encoding,
            guessed,
            packing,
            archive,
            file,
            whole: None,
            table: None,
            about: None,
            rebuild: None,
            digest,
        })
    }

    fn of_table(
        mut table: Box<dyn Table<'r> + 'r>,
        packing: Packing,
        digest: Arc<Mutex<Digest>>,
    ) -> io::Result<Self> {
        Ok(Input {
            reader: Box::new(io::empty()),
            head: table.sample()?,
            given: 0,
            encoding: Encoding::Utf8,
            guessed: false,
            packing,
            archive: None,
            file: None,
            whole: None,
            about: Some(table.about().clone()),
            table: Some(table),
            rebuild: None,
            digest,
        })
    }

    /// What is known of the table that it is; `None` for text. Its head is a sample of its rows with all columns, until
    /// it is shown.
    #[must_use]
    pub fn table(&self) -> Option<&TypedTable> {
        self.about.as_ref()
    }

    /// Shows a table: from here on it is text like any other, of its columns those that are `shown`. Of what is text
    /// already nothing is changed.
    ///
    /// # Errors
    /// What the system says; that the file is damaged or has what cannot be written again.
    pub fn show(&mut self, shown: Option<&[ColumnView]>) -> io::Result<()> {
        let Some(table) = self.table.take() else { return Ok(()) };
        let (mut reader, rebuild) = table.show(shown)?;
        self.head.clear();
        read_up_to(&mut reader, &mut self.head, limits::HEAD_BYTES)?;
        (self.reader, self.rebuild) = (reader, Some(rebuild));
        Ok(())
    }

    /// The beginning of the text: all of it, when it is shorter than the limit for heads.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Appends to `buffer` until it holds `size` bytes or the input ends; `true` says that it ended.
    ///
    /// # Errors
    /// What the system says, or that packed data is corrupt or suspiciously large.
    pub fn fill(&mut self, buffer: &mut Vec<u8>, size: usize) -> io::Result<bool> {
        if self.given < self.head.len() && buffer.len() < size {
            let take = (size - buffer.len()).min(self.head.len() - self.given);
            buffer.extend_from_slice(&self.head[self.given..self.given + take]);
            self.given += take;
            if self.given == self.head.len() {
                (self.head, self.given) = (Vec::new(), 0);
            }
        }
        read_up_to(&mut self.reader, buffer, size)
    }

    /// Appends to `buffer` what is there, and waits only when nothing is; `true` says that the input ended.
    ///
    /// # Errors
    /// As [`Input::fill`].
    pub fn fill_some(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        if self.given < self.head.len() {
            buffer.extend_from_slice(&self.head[self.given..]);
            (self.head, self.given) = (Vec::new(), 0);
            return Ok(false);
        }
        read_some(&mut self.reader, buffer, 64 << 10)
    }

    /// Walks the files of an archive that was settled, in its order; `visit` says whether to go on.
    ///
    /// # Errors
    /// What the system says, or that the archive is corrupt or suspiciously large; what `visit` says.
    pub fn each_member<E: From<io::Error>>(
        &mut self,
        visit: &mut dyn FnMut(Member) -> Result<bool, E>,
    ) -> Result<(), E> {
        each_member(self, visit)
    }

    /// Looks at all of a zip, to see what it is: of a file at the file itself, of a pipe at what was read of it. The
    /// digest is complete then.
    ///
    /// # Errors
    /// What the system says; that it is damaged, too large to be held in memory, or an Office document without tables.
    pub fn settle(&mut self) -> io::Result<()> {
        if self.archive != Some(Archive::Zip) {
            return Ok(());
        }
        let mut whole = match self.file.take() {
            Some(mut file) => {
                io::copy(self, &mut io::sink())?;
                file.rewind()?;
                Whole::File(file)
            }
            None => {
                let mut bytes = Vec::new();
                if !self.fill(&mut bytes, limits::WHOLE_BYTES)? {
                    return Err(archive::too_large());
                }
                Whole::Memory(bytes)
            }
        };
        self.archive = Some(whole.kind()?);
        self.whole = Some(whole);
        Ok(())
    }

    /// How masked text becomes what this input was; to be asked once.
    #[must_use]
    pub fn back(&mut self) -> Back {
        Back { encoding: self.encoding, rebuild: self.rebuild.take() }
    }

    /// Bytes read so far, as they lie on disk.
    ///
    /// # Panics
    /// Never: no reader panics while it holds the digest.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.digest.lock().expect("readers do not panic").bytes()
    }

    /// The digest of what was read so far, as it lies on disk.
    ///
    /// # Panics
    /// Never: no reader panics while it holds the digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest.lock().expect("readers do not panic").clone()
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.head[self.given..];
        if rest.is_empty() {
            return self.reader.read(buffer);
        }
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

impl Source {
    /// The bytes, and the file once more where there is one that can be read in any order.
    fn open(self) -> io::Result<(Box<dyn Read>, Option<File>)> {
        match self {
            Source::Stdin => Ok((Box::new(io::stdin()), None)),
            Source::Reader(reader) => Ok((reader, None)),
            Source::File(path) => {
                let file = File::open(path)?;
                let about = file.metadata()?;
                if about.is_dir() {
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
                }
                // Both read from one place in the file, so one is done before the other begins.
                let again = if about.is_file() { Some(file.try_clone()?) } else { None };
                Ok((Box::new(file), again))
            }
        }
    }
}

/// Reads until `buffer` holds `size` bytes; `true` when the reader ended before.
fn read_up_to(reader: &mut dyn Read, buffer: &mut Vec<u8>, size: usize) -> io::Result<bool> {
    let mut filled = buffer.len();
    if filled >= size {
        return Ok(false);
    }
    buffer.resize(size, 0);
    let outcome = loop {
        if filled == size {
            break Ok(false);
        }
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break Ok(true),
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(filled);
    outcome
}

/// Reads once, up to `size` bytes more; `true` when the reader has ended.
fn read_some(reader: &mut (impl Read + ?Sized), buffer: &mut Vec<u8>, size: usize) -> io::Result<bool> {
    let filled = buffer.len();
    buffer.resize(filled + size, 0);
    let outcome = loop {
        match reader.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other,
        }
    };
    buffer.truncate(filled + *outcome.as_ref().unwrap_or(&0));
    outcome.map(|length| length == 0)
}

/// Reads until `buffer` holds a line's end or `size` bytes; `true` when the reader ended before.
fn read_line(reader: &mut (dyn Read + '_), buffer: &mut Vec<u8>, size: usize) -> io::Result<bool> {
    while buffer.len() < size && !buffer.contains(&b'\n') {
        let room = size - buffer.len();
        if read_some(reader, buffer, room.min(8 << 10))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Digests what passes.
struct Digesting<R> {
    inner: R,
    digest: Arc<Mutex<Digest>>,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.lock().map_err(|_| io::Error::other("the digest is lost"))?.update(&buffer[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(raw: &[u8], encoding: Option<Encoding>) -> (Vec<u8>, Encoding) {
        let mut input = Input::open(Source::Reader(Box::new(io::Cursor::new(raw.to_vec()))), encoding, None)
            .expect("opens");
        let mut out = Vec::new();
        loop {
            let size = out.len() + 4096;
            if input.fill(&mut out, size).expect("reads") {
                break;
            }
        }
        (out, input.encoding)
    }

    fn round_trip(raw: &[u8], encoding: Option<Encoding>) -> Encoding {
        let (text, encoding) = read_all(raw, encoding);
        assert_eq!(Encoder::new(encoding).encode(&text).expect("fits"), raw);
        encoding
    }

    #[test]
    fn every_byte_of_western_encodings_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        round_trip(&all, Some(Encoding::Windows1252));
        round_trip(&all, Some(Encoding::Latin9));
    }

    #[test]
    fn encodings_are_recognised() {
        assert_eq!(round_trip("né à Nîmes, 12 €\r\n".as_bytes(), None), Encoding::Utf8);
        assert_eq!(round_trip(b"n\xE9 \xE0 N\xEEmes, 12 \x80\r\n", None), Encoding::Windows1252);
        assert_eq!(round_trip(b"\xFF\xFEn\x00\xE9\x00", None), Encoding::Utf16Le);
        assert_eq!(round_trip(b"\xFE\xFF\x00n\x00\xE9", None), Encoding::Utf16Be);
        assert_eq!(read_all(b"hello \xFF\n", None).1, Encoding::Utf8);
        assert_eq!(read_all(b"{\"text\":\"caf\xE9\"}\n", None).1, Encoding::Utf8);
        assert_eq!(read_all(b"[PERSON_1]: un caf\xE9\n", None).1, Encoding::Windows1252);
    }

    #[test]
    fn every_packing_is_unpacked_over_its_parts() {
        use std::io::Write;
        let text = b"jo@example.com\n".repeat(1000);
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        bzip2.write_all(&text).expect("packs");
        let mut xz =
            lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).expect("opens");
        xz.write_all(&text).expect("packs");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&text).expect("packs");
        let packed = [
            bzip2.finish().expect("ends"),
            xz.finish().expect("ends"),
            gzip.finish().expect("ends"),
            zstd::encode_all(&text[..], 1).expect("packs"),
        ];
        for one in packed {
            assert!(read_all(&one.repeat(2), None).0 == text.repeat(2), "{:?}", &one[..4]);
        }
    }

    #[test]
    fn text_that_begins_like_bzip2_is_text() {
        assert_eq!(read_all(b"BZh9 wrote: hello\n", None).0, b"BZh9 wrote: hello\n");
    }

    #[test]
    fn half_a_surrogate_pair_is_no_utf8() {
        let (text, _) = read_all(b"\xFF\xFEa\x00\x3D\xD8b\x00", None);
        assert!(std::str::from_utf8(&text).is_err());
    }

    #[test]
    fn packed_streams_are_unpacked_and_bombs_refused() {
        let text = b"jo@example.com\n".repeat(1000);
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(&text[..], flate2::Compression::fast())
            .read_to_end(&mut packed)
            .expect("packs");
        assert_eq!(read_all(&packed, None).0[..20], text[..20]);
        let packed = zstd::encode_all(&text[..], 1).expect("packs");
        assert_eq!(read_all(&packed, None).0[..20], text[..20]);
        let bomb = zstd::encode_all(io::repeat(b'a').take(200 << 20), 1).expect("packs");
        let mut input =
            Input::open(Source::Reader(Box::new(io::Cursor::new(bomb))), None, None).expect("opens");
        let mut out = Vec::new();
        let refused = loop {
            out.clear();
            match input.fill(&mut out, 1 << 20) {
                Ok(true) => break false,
                Ok(false) => {}
                Err(_) => break true,
            }
        };
        assert!(refused);
    }
}
