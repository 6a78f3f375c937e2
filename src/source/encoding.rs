//! How do bytes stand for characters?
//!
//! Inside all text is UTF-8. Other encodings are recognised by their bytes, decoded on the way in, and written
//! back as they came.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::read_some;
use crate::limits;

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

/// Decodes to UTF-8. What cannot be decoded becomes the byte FF, which is no UTF-8, so that the record
/// around it is quarantined.
pub(super) struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(inner: R, codec: &'static encoding_rs::Encoding) -> Self {
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
pub(super) fn guess(head: &[u8]) -> (Encoding, bool) {
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
