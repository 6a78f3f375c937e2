//! How is a stream packed?
//!
//! Told by the first bytes of an input, and by the name of an output. What unpacks to far more than a transcript's text
//! explains is refused.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::limits;

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// zstd, one frame or several.
    Zstd,
    /// bzip2, one stream or several.
    Bzip2,
    /// xz, one stream or several.
    Xz,
}

impl Packing {
    /// The name of the packing program's format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Packing::Plain => "none",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
            Packing::Bzip2 => "bzip2",
            Packing::Xz => "xz",
        }
    }

    /// By the ending of a file's name.
    #[must_use]
    pub fn by_name(name: &str) -> Packing {
        let ends = |endings: &[&str]| endings.iter().any(|end| name.ends_with(end));
        if ends(&[".gz", ".tgz"]) {
            Packing::Gzip
        } else if ends(&[".zst", ".zstd", ".tzst"]) {
            Packing::Zstd
        } else if ends(&[".bz2", ".tbz2", ".tbz"]) {
            Packing::Bzip2
        } else if ends(&[".xz", ".txz"]) {
            Packing::Xz
        } else {
            Packing::Plain
        }
    }

    /// By the first [`Packing::MAGIC`] bytes of a stream.
    pub(super) fn by_magic(head: &[u8]) -> Packing {
        match head {
            [0x1F, 0x8B, 0x08, ..] => Packing::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Zstd,
            // The size of blocks is a digit; what follows opens a block, or ends a stream without any.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Packing::Bzip2,
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
            _ => Packing::Plain,
        }
    }

    /// Bytes that tell the packings apart.
    pub(super) const MAGIC: usize = 6;

    /// The stream unpacked, with a guard against bombs.
    pub(super) fn unpack<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        match self {
            Packing::Plain => Ok(Box::new(packed)),
            Packing::Gzip => Bounded::wrap(packed, |input| Ok(flate2::read::MultiGzDecoder::new(input))),
            Packing::Zstd => Bounded::wrap(packed, zstd::stream::read::Decoder::new),
            Packing::Bzip2 => Bounded::wrap(packed, |input| Ok(bzip2::read::MultiBzDecoder::new(input))),
            Packing::Xz => Bounded::wrap(packed, |input| {
                Ok(lzma_rust2::XzReader::new_mem_limit(input, true, limits::XZ_MEMORY_KIB))
            }),
        }
    }
}

/// Counts what goes into an unpacker.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// An unpacker that stops when far more comes out than a transcript's text explains.
struct Bounded<D> {
    unpacker: D,
    packed: Arc<AtomicU64>,
    unpacked: u64,
}

impl<'r, D: Read + 'r> Bounded<D> {
    fn wrap<R: Read>(
        input: R,
        unpacker: impl FnOnce(Counted<R>) -> io::Result<D>,
    ) -> io::Result<Box<dyn Read + 'r>> {
        let packed = Arc::default();
        let unpacker = unpacker(Counted { inner: input, bytes: Arc::clone(&packed) })?;
        Ok(Box::new(Bounded { unpacker, packed, unpacked: 0 }))
    }
}

impl<D: Read> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.unpacker.read(buffer)?;
        self.unpacked += length as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        if self.unpacked > limits::INFLATE_FREE_BYTES && self.unpacked / limits::INFLATE_RATIO > packed {
            return Err(bomb());
        }
        Ok(length)
    }
}

/// The refusal of what unpacks to far more than a transcript's text explains.
pub(super) fn bomb() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("unpacks to more than {} times its size; refused as a bomb", limits::INFLATE_RATIO),
    )
}
