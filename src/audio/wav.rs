//! Where in a WAV file do samples lie, and what else stands there?
//!
//! A WAV file is a row of chunks: a name of four letters, a length, that many bytes. Only their places are read, for
//! the file is copied as it is and samples are replaced where they stand (`edit.rs`). So everything else stays bit by
//! bit, whoever wrote it, and no crate is taken: hound 3.5.1 knows neither A-law nor mu-law, drops the other chunks
//! and writes a header of its own.
//!
//! Lengths that lie are met in practice: a recorder that writes to a pipe cannot come back to fill them in. Those
//! that can be understood in one way only are; for others the file is refused. What is no format and no samples may
//! name people (title, artist, originator, labels of marks, free text), so only chunks that are known to hold numbers
//! are kept; the others become `JUNK`, which players skip, of the same length and of zeros.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::coding::Coding;
use crate::limits;

/// Why a file is not written.
#[derive(Debug)]
pub enum Refusal {
    /// Samples that are coded in a way that is not written here, or no WAV file at all: what it is.
    Other(String),
    /// The file says of itself what cannot be: at which byte, and what.
    Broken(u64, String),
    /// The system's word.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

/// A chunk that is not kept, or what is left of a file behind its chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Where its name stands, which becomes `JUNK`.
    pub(super) name: Option<u64>,
    /// Its bytes, which become zeros.
    pub(super) bytes: Range<u64>,
}

/// What a WAV file consists of. Places are bytes of the file.
#[derive(Clone, Debug)]
pub struct Wav {
    pub(super) coding: Coding,
    pub(super) channels: u16,
    pub(super) rate: u32,
    pub(super) data: Range<u64>,
    /// In order.
    pub(super) hidden: Vec<Hidden>,
    /// How long the file is.
    pub(super) length: u64,
}

/// Chunks of numbers: format, count of samples, places of marks, peaks, loops. None holds words.
const KEPT: [&[u8; 4]; 10] =
    [b"fmt ", b"fact", b"ds64", b"cue ", b"PEAK", b"smpl", b"inst", b"acid", b"plst", b"slnt"];

/// From here on a length is no length: what programs write that do not know it yet.
const UNKNOWN: u64 = 0x7FFF_0000;

impl Wav {
    /// Reads what a file consists of.
    ///
    /// # Errors
    /// [`Refusal::Other`] when it is no WAV file or its samples are of another coding, [`Refusal::Broken`] when what
    /// it says of its parts cannot be, [`Refusal::Io`] with what the system says.
    pub fn read(file: &mut (impl Read + Seek)) -> Result<Wav, Refusal> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut walk = Walk { file, length, format: None, data: None, hidden: Vec::new(), long: None };
        let head = walk.bytes(0, 12)?;
        let is_long = match (head.get(..4), head.get(8..12)) {
            (Some(b"RIFF"), Some(b"WAVE")) => false,
            (Some(b"RF64" | b"BW64"), Some(b"WAVE")) => true,
            _ => return Err(Refusal::Other(kind_of(&head).to_owned())),
        };
        walk.chunks(is_long)?;
        let Walk { format, data, hidden, .. } = walk;
        let Some(format) = format else { return Err(Refusal::Broken(12, "there is no format chunk".into())) };
        let Some(data) = data else {
            return Err(Refusal::Broken(12, "there is no data chunk, so there are no samples".into()));
        };
        let Format { coding, channels, rate } = format;
        Ok(Wav { coding, channels, rate, data, hidden, length })
    }

    /// Bytes of a frame: one sample of each channel.
    pub(super) fn frame_bytes(&self) -> u64 {
        self.coding.bytes() as u64 * u64::from(self.channels)
    }

    /// How many frames there are; a last one that is cut off counts.
    pub(super) fn frames(&self) -> u64 {
        (self.data.end - self.data.start).div_ceil(self.frame_bytes())
    }

    /// How long the recording is in milliseconds, rounded up.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        (u128::from(self.frames()) * 1000).div_ceil(u128::from(self.rate)) as u64
    }

    /// How many chunks are not kept.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.hidden.len()
    }
}

/// The format chunk.
#[derive(Clone, Copy)]
struct Format {
    coding: Coding,
    channels: u16,
    rate: u32,
}

/// The lengths of a file of more than 4 GiB, which stand in a chunk of their own (EBU Tech 3306).
struct Long {
    data: u64,
    others: Vec<([u8; 4], u64)>,
}

struct Walk<'f, F> {
    file: &'f mut F,
    length: u64,
    format: Option<Format>,
    data: Option<Range<u64>>,
    hidden: Vec<Hidden>,
    long: Option<Long>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    bytes.iter().skip(at).take(N).rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn is_name(name: &[u8]) -> bool {
    name.len() == 4 && name.iter().all(|byte| matches!(byte, 0x20..=0x7E))
}

impl<F: Read + Seek> Walk<'_, F> {
    /// The bytes from `at` on, as many as there are up to `count`.
    fn bytes(&mut self, at: u64, count: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(count.min(self.length.saturating_sub(at))).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn chunks(&mut self, is_long: bool) -> Result<(), Refusal> {
        let mut at = 12;
        for _ in 0..limits::RIFF_CHUNKS {
            if at >= self.length {
                return Ok(());
            }
            let head = self.bytes(at, 8)?;
            if head.len() < 8 || !is_name(&head[..4]) {
                return self.rest(at);
            }
            let (body, said) = (at + 8, number::<4>(&head, 4));
            let size = match &self.long {
                Some(long) if said == u64::from(u32::MAX) => long.of(&head[..4]).unwrap_or(said),
                _ => said,
            };
            let rest = self.length - body;
            if &head[..4] == b"data" {
                at = self.samples(at, body, size, is_long)?;
            } else {
                let is_kept = KEPT.iter().any(|kept| head[..4] == kept[..]);
                match size > rest {
                    true if is_kept => {
                        return Err(Refusal::Broken(
                            at,
                            format!("a chunk says {size} bytes, {rest} are there"),
                        ));
                    }
                    true => return self.rest(at),
                    false if is_kept => self.known(&head[..4], body, size)?,
                    false => self.hidden.push(Hidden { name: Some(at), bytes: body..body + size }),
                }
                at = self.behind(body, size)?;
            }
        }
        Err(Refusal::Broken(at, format!("more than {} chunks", limits::RIFF_CHUNKS)))
    }

    /// Where the next chunk begins: behind an odd length stands a byte that fills it up, which some programs forget.
    fn behind(&mut self, body: u64, size: u64) -> Result<u64, Refusal> {
        let end = body.saturating_add(size);
        if size % 2 == 1 && !self.is_chunk(end.saturating_add(1))? && self.is_chunk(end)? {
            return Ok(end);
        }
        Ok(end.saturating_add(size % 2))
    }

    /// Whether a chunk stands there that ends within the file, or the file ends.
    fn is_chunk(&mut self, at: u64) -> io::Result<bool> {
        let head = self.bytes(at, 8)?;
        Ok(at == self.length
            || head.len() == 8 && is_name(&head[..4]) && number::<4>(&head, 4) <= self.length - at - 8)
    }

    /// Reads a chunk that is kept.
    fn known(&mut self, name: &[u8], body: u64, size: u64) -> Result<(), Refusal> {
        match name {
            b"fmt " if self.format.is_some() => Err(Refusal::Broken(body, "a second format chunk".into())),
            b"fmt " => {
                let bytes = self.bytes(body, size.min(40))?;
                self.format = Some(format(&bytes, body)?);
                Ok(())
            }
            b"ds64" => {
                let bytes = self.bytes(body, size.min(28 + 12 * 64))?;
                let entry = |entry: &[u8]| {
                    let name = entry.first_chunk::<4>()?;
                    Some((*name, number::<8>(entry, 4)))
                };
                let others = bytes.get(28..).unwrap_or_default().chunks_exact(12).filter_map(entry).collect();
                self.long = Some(Long { data: number::<8>(&bytes, 8), others });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes where the samples lie; returns where the next chunk begins.
    fn samples(&mut self, at: u64, body: u64, size: u64, is_long: bool) -> Result<u64, Refusal> {
        if self.data.is_some() {
            return Err(Refusal::Broken(at, "a second data chunk".into()));
        }
        if self.format.is_none() {
            return Err(Refusal::Broken(at, "samples before the chunk that tells their format".into()));
        }
        let rest = self.length - body;
        let is_unknown = match size {
            0 => rest > 0 && !self.is_chunk(body)?,
            _ => {
                size > rest
                    && (size >= UNKNOWN && !is_long || size == u64::from(u32::MAX) || size == u64::MAX)
            }
        };
        if is_unknown {
            self.data = Some(body..self.length);
            return Ok(self.length);
        }
        if size > rest {
            let told = format!(
                "the data chunk says {size} bytes, {rest} are there: the recording was cut off, or is still being written"
            );
            return Err(Refusal::Broken(at, told));
        }
        self.data = Some(body..body + size);
        self.behind(body, size)
    }

    /// Hides what stands behind the chunks.
    fn rest(&mut self, at: u64) -> Result<(), Refusal> {
        let left = self.length - at;
        if left > limits::RIFF_REST_BYTES {
            return Err(Refusal::Broken(at, format!("the {left} bytes from here on are no chunk")));
        }
        self.hidden.push(Hidden { name: None, bytes: at..self.length });
        Ok(())
    }
}

impl Long {
    fn of(&self, name: &[u8]) -> Option<u64> {
        if name == b"data" {
            return Some(self.data);
        }
        self.others.iter().find(|other| other.0 == name).map(|other| other.1)
    }
}

/// What stands behind the coding's number in a `WAVE_FORMAT_EXTENSIBLE` header.
const WAVE_GUID: [u8; 14] =
    [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

fn format(bytes: &[u8], at: u64) -> Result<Format, Refusal> {
    let broken = |what: String| Err(Refusal::Broken(at, what));
    if bytes.len() < 16 {
        return broken(format!("the format chunk has {} bytes, which are too few", bytes.len()));
    }
    let (channels, rate) = (number::<2>(bytes, 2) as u16, number::<4>(bytes, 4) as u32);
    let (frame, bits) = (number::<2>(bytes, 12), number::<2>(bytes, 14));
    let tag = match number::<2>(bytes, 0) {
        0xFFFE if bytes.get(26..40) == Some(&WAVE_GUID) => number::<2>(bytes, 24),
        tag => tag,
    };
    let coding = match (tag, bits) {
        (1, 1..=32) => Coding::Whole(bits.div_ceil(8) as u8),
        (3, 32 | 64) => Coding::Float((bits / 8) as u8),
        (6, 8) => Coding::ALaw,
        (7, 8) => Coding::MuLaw,
        (1 | 3 | 6 | 7, _) => return broken(format!("samples of {bits} bits")),
        _ => return Err(Refusal::Other(format!("a WAV file of {}", coding_name(tag)))),
    };
    if !(1..=limits::CHANNELS).contains(&channels) || rate == 0 {
        return broken(format!("{channels} channels at {rate} samples a second"));
    }
    let expected = coding.bytes() as u64 * u64::from(channels);
    if frame != expected {
        return broken(format!(
            "frames of {frame} bytes; {channels} channels of {bits} bits have frames of {expected}"
        ));
    }
    Ok(Format { coding, channels, rate })
}

/// Codings that are not written here, as Microsoft numbers them.
fn coding_name(tag: u64) -> String {
    let name = match tag {
        0x02 => "ADPCM (Microsoft)",
        0x11 => "ADPCM (IMA)",
        0x31 => "GSM 6.10",
        0x40 | 0x45 | 0x64 => "G.726",
        0x22 => "TrueSpeech",
        0x42 => "G.723.1",
        0x50 => "MPEG audio",
        0x55 => "MP3",
        0x83 => "G.729",
        0x160..=0x163 => "Windows Media audio",
        _ => return format!("the coding 0x{tag:04X}"),
    };
    name.to_owned()
}

/// What a file is that is no WAV, by its first bytes.
fn kind_of(head: &[u8]) -> &'static str {
    let has = |at: usize, sign: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(sign));
    match head {
        _ if has(0, b"ID3") => "MP3",
        [0xFF, second, ..] if second & 0xF6 == 0xF0 => "AAC",
        [0xFF, second, ..] if second & 0xE0 == 0xE0 => "MP3",
        _ if has(0, b"OggS") => "Ogg (Opus or Vorbis)",
        _ if has(0, b"fLaC") => "FLAC",
        _ if has(4, b"ftyp") => "M4A or MP4",
        _ if has(0, b"FORM") => "AIFF",
        _ if has(0, b"caff") => "CAF",
        _ if has(0, b"#!AMR") => "AMR",
        _ if has(0, b".snd") => "AU",
        _ if has(0, b"RIFX") => "a WAV file with its numbers the other way round (RIFX)",
        _ if has(0, b"riff") => "Wave64",
        _ if has(0, &[0x1A, 0x45, 0xDF, 0xA3]) => "WebM or Matroska",
        _ => "no WAV file",
    }
}

#[cfg(test)]
mod tests;
