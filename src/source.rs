//! Where do bytes come from?
//!
//! Files, pipes and memory are read alike, into buffers that are used again: as fast as mapping a file,
//! with bounded memory, and a file that shrinks while it is read is an error and not a crash. On the way
//! gzip and zstd are unpacked and other encodings become UTF-8. The head of a file is read first, to see
//! what it is; then all of it is handed on in order.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use encoding_rs::{Decoder, DecoderResult};

use crate::audit::Digest;
use crate::limits;

/// What to read.
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Anything else: a test's reader.
    Reader(Box<dyn Read + Send>),
}

/// How bytes stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Utf8,
    /// With its byte order mark, low byte first.
    Utf16Le,
    /// With its byte order mark, high byte first.
    Utf16Be,
    /// Windows-1252.
    Windows1252,
    /// ISO-8859-15.
    Latin9,
}

impl Encoding {
    /// The encoding of that name, as `--encoding` takes it.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Encoding> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Encoding::Utf8),
            "utf-16le" | "utf-16" | "utf16" | "utf16le" => Some(Encoding::Utf16Le),
            "utf-16be" | "utf16be" => Some(Encoding::Utf16Be),
            "windows-1252" | "cp1252" | "latin1" | "iso-8859-1" | "latin-1" => Some(Encoding::Windows1252),
            "iso-8859-15" | "latin9" | "latin-9" => Some(Encoding::Latin9),
            _ => None,
        }
    }

    /// The encoding's name, as `--encoding` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.codec().map_or("UTF-8", encoding_rs::Encoding::name)
    }

    /// The codec, where bytes are no UTF-8.
    #[must_use]
    pub fn codec(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE),
            Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
            Encoding::Latin9 => Some(encoding_rs::ISO_8859_15),
        }
    }
}

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// zstd, one frame or several.
    Zstd,
}

impl Packing {
    /// The name of the packing program's format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Packing::Plain => "none",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// By the ending of a file's name.
    #[must_use]
    pub fn by_name(name: &str) -> Packing {
        if name.ends_with(".gz") {
            Packing::Gzip
        } else if name.ends_with(".zst") || name.ends_with(".zstd") {
            Packing::Zstd
        } else {
            Packing::Plain
        }
    }

    fn by_magic(head: &[u8]) -> Packing {
        if head.starts_with(&[0x1F, 0x8B, 0x08]) {
            Packing::Gzip
        } else if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            Packing::Zstd
        } else {
            Packing::Plain
        }
    }
}

/// An opened input: UTF-8 (but for what could not be decoded) to be read in order.
pub struct Input {
    reader: Box<dyn Read + Send>,
    /// What was read to look at it, from `given` on still to be handed out.
    head: Vec<u8>,
    given: usize,
    /// How the input is encoded.
    pub encoding: Encoding,
    /// Whether the encoding was guessed from the bytes.
    pub guessed: bool,
    /// How it is packed.
    pub packing: Packing,
    digest: Arc<Mutex<Digest>>,
}

impl Input {
    /// Opens a source and reads its head. With `encoding` nothing is guessed.
    ///
    /// # Errors
    /// What the system says; a directory is an error.
    pub fn open(source: Source, encoding: Option<Encoding>, key: Option<&[u8; 32]>) -> io::Result<Input> {
        Self::open_with(source, encoding, key, read_up_to)
    }

    /// The same for a live pipe: of the head no more is waited for, and looked at, than the first line.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_by_line(
        source: Source,
        encoding: Option<Encoding>,
        key: Option<&[u8; 32]>,
    ) -> io::Result<Input> {
        let mut input = Self::open_with(source, encoding, key, read_line)?;
        let end = memchr::memchr(b'\n', &input.head).map_or(input.head.len(), |at| at + 1);
        // What came with the first line is handed on behind it, and says nothing about the file.
        let rest = input.head.split_off(end);
        input.reader = Box::new(io::Cursor::new(rest).chain(input.reader));
        Ok(input)
    }

    fn open_with(
        source: Source,
        encoding: Option<Encoding>,
        key: Option<&[u8; 32]>,
        read_head: fn(&mut dyn Read, &mut Vec<u8>, usize) -> io::Result<bool>,
    ) -> io::Result<Input> {
        let raw: Box<dyn Read + Send> = match source {
            Source::Stdin => Box::new(io::stdin()),
            Source::File(path) => {
                let file = File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
                }
                Box::new(file)
            }
            Source::Reader(reader) => reader,
        };
        let digest = Arc::new(Mutex::new(Digest::new(key)));
        let mut raw = Digesting { inner: raw, digest: Arc::clone(&digest) };
        let mut magic = Vec::new();
        read_head(&mut raw, &mut magic, 4)?;
        let packing = Packing::by_magic(&magic);
        let whole = io::Cursor::new(magic).chain(raw);
        let mut unpacked: Box<dyn Read + Send> = match packing {
            Packing::Plain => Box::new(whole),
            Packing::Gzip => Bounded::wrap(whole, |input| Ok(flate2::read::MultiGzDecoder::new(input)))?,
            Packing::Zstd => Bounded::wrap(whole, zstd::stream::read::Decoder::new)?,
        };
        let mut head = Vec::new();
        read_head(&mut unpacked, &mut head, limits::HEAD_BYTES)?;
        let (encoding, guessed) = encoding.map_or_else(|| guess(&head), |encoding| (encoding, false));
        let mut reader: Box<dyn Read + Send> = unpacked;
        if let Some(codec) = encoding.codec() {
            let raw = io::Cursor::new(head).chain(reader);
            let mut decoding = Decoding::new(raw, codec);
            head = Vec::new();
            read_head(&mut decoding, &mut head, limits::HEAD_BYTES)?;
            reader = Box::new(decoding);
        }
        Ok(Input { reader, head, given: 0, encoding, guessed, packing, digest })
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

/// Counts what goes into an unpacker.
struct Counted<R> {
    inner: R,
    bytes: Arc<std::sync::atomic::AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes.fetch_add(length as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(length)
    }
}

/// An unpacker that stops when far more comes out than a transcript's text explains.
struct Bounded<D> {
    unpacker: D,
    packed: Arc<std::sync::atomic::AtomicU64>,
    unpacked: u64,
}

impl<D: Read + Send + 'static> Bounded<D> {
    fn wrap<R: Read>(
        input: R,
        unpacker: impl FnOnce(Counted<R>) -> io::Result<D>,
    ) -> io::Result<Box<dyn Read + Send>> {
        let packed = Arc::default();
        let unpacker = unpacker(Counted { inner: input, bytes: Arc::clone(&packed) })?;
        Ok(Box::new(Bounded { unpacker, packed, unpacked: 0 }))
    }
}

impl<D: Read> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.unpacker.read(buffer)?;
        self.unpacked += length as u64;
        let packed = self.packed.load(std::sync::atomic::Ordering::Relaxed);
        if self.unpacked > limits::INFLATE_FREE_BYTES && self.unpacked / limits::INFLATE_RATIO > packed {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("unpacks to more than {} times its size; refused as a bomb", limits::INFLATE_RATIO),
            ));
        }
        Ok(length)
    }
}

/// Decodes to UTF-8. What cannot be decoded becomes the byte FF, which is no UTF-8, so that the record
/// around it is quarantined.
struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoding<R> {
    fn new(inner: R, codec: &'static encoding_rs::Encoding) -> Self {
        // The byte order mark stays as U+FEFF, so that it is written back.
        let decoder = codec.new_decoder_without_bom_handling();
        Decoding { inner, decoder, raw: Vec::new(), at: 0, text: Vec::new(), given: 0, ended: false }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        if self.at == self.raw.len() && !self.ended {
            self.raw.clear();
            self.at = 0;
            // What is there: a live pipe may have no more for a while.
            self.ended = read_some(&mut self.inner, &mut self.raw, 64 << 10)?;
        }
        self.text.resize(self.decoder.max_utf8_buffer_length(self.raw.len() - self.at).unwrap_or(1 << 20), 0);
        let mut written = 0;
        loop {
            let last = self.ended;
            let (result, read, wrote) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.at..],
                &mut self.text[written..],
                last,
            );
            self.at += read;
            written += wrote;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => self.text.resize(self.text.len() * 2 + 16, 0),
                DecoderResult::Malformed(..) => {
                    if written == self.text.len() {
                        self.text.push(0);
                    }
                    self.text[written] = 0xFF;
                    written += 1;
                }
            }
        }
        self.text.truncate(written);
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended && self.at == self.raw.len() {
                return Ok(0);
            }
            self.decode_more()?;
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// The encoding of a text by its head, and whether it was guessed: UTF-16 by its byte order mark or zeros;
/// Windows-1252 when the head is no UTF-8 at all and each byte above 0x7F is a letter or sign that western
/// European text has; else UTF-8.
fn guess(head: &[u8]) -> (Encoding, bool) {
    if head.starts_with(&[0xFF, 0xFE]) {
        return (Encoding::Utf16Le, false);
    }
    if head.starts_with(&[0xFE, 0xFF]) {
        return (Encoding::Utf16Be, false);
    }
    // Text of western languages in UTF-16 has a zero in every other byte.
    let pairs = head.len().min(4096) / 2;
    let zeros = |from: usize| head.iter().skip(from).step_by(2).take(pairs).filter(|&&b| b == 0).count();
    if pairs > 2 && zeros(1) * 10 > pairs * 7 && zeros(0) * 10 < pairs {
        return (Encoding::Utf16Le, true);
    }
    if pairs > 2 && zeros(0) * 10 > pairs * 7 && zeros(1) * 10 < pairs {
        return (Encoding::Utf16Be, true);
    }
    // JSON is UTF-8 by definition (RFC 8259); a stray byte there is damage.
    // A label such as `[PERSON_1]` at the beginning makes no JSON of a text.
    let is_json = match head.trim_ascii_start() {
        [b'{', next, ..] => b"\"} \t\r\n".contains(next),
        [b'[', next, ..] => b"{[\"]-0123456789 \t\r\n".contains(next),
        _ => false,
    };
    let broken = match std::str::from_utf8(head) {
        Ok(_) => false,
        // A head may end inside a character.
        Err(error) => {
            error.error_len().is_some()
                || error.valid_up_to() + 4 < head.len()
                || head.len() < limits::HEAD_BYTES
        }
    };
    let western = |b: &u8| {
        matches!(b, 0x00..=0x7F | 0x80 | 0x85 | 0x8C | 0x91..=0x97 | 0x9C | 0x9F | 0xA0 | 0xA1 | 0xA3 | 0xA4 | 0xA7 | 0xA9..=0xAB
            | 0xAE | 0xB0 | 0xB2 | 0xB3 | 0xB7 | 0xBA..=0xBB | 0xBF..=0xC4 | 0xC6..=0xCF | 0xD1..=0xD6 | 0xD9..=0xDC
            | 0xDF..=0xE2 | 0xE4 | 0xE6..=0xEF | 0xF1..=0xF6 | 0xF9..=0xFC)
    };
    let has_utf8 = head.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if broken && !is_json && !has_utf8 && head.iter().all(western) {
        (Encoding::Windows1252, true)
    } else {
        (Encoding::Utf8, false)
    }
}

/// Writes UTF-8 back in another encoding.
pub struct Encoder {
    encoding: Encoding,
    buffer: Vec<u8>,
}

impl Encoder {
    /// An encoder to the input's encoding.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Encoder { encoding, buffer: Vec::new() }
    }

    /// The bytes of `text` in the encoding. Text that came from it, with ASCII replacements, always fits.
    ///
    /// # Errors
    /// When a character does not exist in the encoding, or `text` is no UTF-8.
    pub fn encode<'a>(&'a mut self, text: &'a [u8]) -> io::Result<&'a [u8]> {
        let Some(codec) = self.encoding.codec() else { return Ok(text) };
        let unfit = || {
            io::Error::new(io::ErrorKind::InvalidData, "a character does not exist in the input's encoding")
        };
        let text = std::str::from_utf8(text).map_err(|_| unfit())?;
        self.buffer.clear();
        match self.encoding {
            Encoding::Utf16Le => self.buffer.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Encoding::Utf16Be => self.buffer.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            _ => {
                let mut encoder = codec.new_encoder();
                let room =
                    encoder.max_buffer_length_from_utf8_without_replacement(text.len()).ok_or_else(unfit)?;
                self.buffer.resize(room, 0);
                let (result, read, written) =
                    encoder.encode_from_utf8_without_replacement(text, &mut self.buffer, true);
                if read != text.len() || result != encoding_rs::EncoderResult::InputEmpty {
                    return Err(unfit());
                }
                self.buffer.truncate(written);
            }
        }
        Ok(&self.buffer)
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
