//! Where do bytes go?
//!
//! A regular file is written under a temporary name in its directory and gets its own name only when it is
//! complete. Pipes, devices and standard output are written directly. On the way text takes the input's
//! encoding back and is packed as the file's name says.

mod archive;

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::{NamedTempFile, SpooledTempFile};

use crate::audit::Digest;
use crate::error::{Error, Result};
use crate::limits;
use crate::source::{Back, Encoder, Encoding, Packing};
use crate::tables::Rebuild;
pub use archive::{Entry, Packed};

/// Where to write.
#[derive(Clone, Debug)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, a device or a named pipe.
    Path(PathBuf),
    /// Nowhere: the digest is all that is asked for.
    Nowhere,
    /// A file of the archive that is being written.
    Member(Entry),
    /// Memory, for tests and library users.
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Target {
    /// The name for messages.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match self {
            Target::Path(path) => path.clone(),
            Target::Member(entry) => PathBuf::from(&entry.name),
            Target::Stdout | Target::Nowhere | Target::Memory(_) => PathBuf::from("-"),
        }
    }
}

/// An opened output. Dropped without [`Sink::finish`], a regular file leaves nothing behind.
pub struct Sink {
    writer: Box<dyn Pack>,
    encoder: Encoder,
    target: Target,
}

/// The last steps: pack, digest, write.
trait Pack: Write + Send {
    /// Writes what the packing still holds and its end.
    fn finish(self: Box<Self>) -> io::Result<Digesting>;

    /// Takes what was masked in the text that comes next, as lines of the audit.
    fn found(&mut self, _: &[u8]) {}
}

impl Pack for Digesting {
    fn finish(self: Box<Self>) -> io::Result<Digesting> {
        Ok(*self)
    }
}

impl Pack for flate2::write::GzEncoder<Digesting> {
    fn finish(self: Box<Self>) -> io::Result<Digesting> {
        (*self).finish()
    }
}

impl Pack for zstd::stream::write::Encoder<'static, Digesting> {
    fn finish(self: Box<Self>) -> io::Result<Digesting> {
        (*self).finish()
    }
}

impl Pack for bzip2::write::BzEncoder<Digesting> {
    fn finish(self: Box<Self>) -> io::Result<Digesting> {
        (*self).finish()
    }
}

impl Pack for lzma_rust2::XzWriter<Digesting> {
    fn finish(self: Box<Self>) -> io::Result<Digesting> {
        (*self).finish()
    }
}

/// Makes a file of text, and hands it on.
struct Rebuilding {
    rebuild: Box<dyn Rebuild>,
    inner: Shared,
}

/// The last steps, which who rebuilds a file writes to, and which are taken back to be finished.
#[derive(Clone)]
struct Shared(Arc<Mutex<Option<Box<dyn Pack>>>>);

impl Shared {
    fn with<T>(&self, run: impl FnOnce(&mut Box<dyn Pack>) -> io::Result<T>) -> io::Result<T> {
        let mut inner = self.0.lock().map_err(|_| io::Error::other("the output is lost"))?;
        inner.as_mut().map_or_else(|| Err(io::ErrorKind::BrokenPipe.into()), run)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(Write::flush)
    }
}

impl Write for Rebuilding {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.rebuild.write(text).map(|()| text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Pack for Rebuilding {
    fn found(&mut self, lines: &[u8]) {
        self.rebuild.found(lines);
    }

    fn finish(mut self: Box<Self>) -> io::Result<Digesting> {
        self.rebuild.finish()?;
        let mut inner = self.inner.0.lock().map_err(|_| io::Error::other("the output is lost"))?;
        inner.take().ok_or(io::ErrorKind::BrokenPipe)?.finish()
    }
}

/// Packs with each format's usual level.
fn pack(packing: Packing, digesting: Digesting) -> io::Result<Box<dyn Pack>> {
    Ok(match packing {
        Packing::Plain => Box::new(digesting),
        Packing::Gzip => Box::new(flate2::write::GzEncoder::new(digesting, flate2::Compression::default())),
        Packing::Zstd => Box::new(zstd::stream::write::Encoder::new(digesting, 3)?),
        Packing::Bzip2 => Box::new(bzip2::write::BzEncoder::new(digesting, bzip2::Compression::best())),
        Packing::Xz => Box::new(lzma_rust2::XzWriter::new(digesting, lzma_rust2::XzOptions::with_preset(6))?),
    })
}

struct Digesting {
    inner: Device,
    digest: Digest,
}

enum Device {
    Stdout(io::Stdout),
    Direct(File),
    Temporary(NamedTempFile),
    Spool(SpooledTempFile),
    Nowhere,
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.inner {
            Device::Stdout(stdout) => stdout.write_all(bytes)?,
            Device::Direct(file) => file.write_all(bytes)?,
            Device::Temporary(file) => file.write_all(bytes)?,
            Device::Spool(file) => file.write_all(bytes)?,
            Device::Nowhere => {}
            Device::Memory(memory) => {
                memory.lock().map_err(|_| io::Error::other("the memory is lost"))?.extend_from_slice(bytes);
            }
        }
        self.digest.update(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.inner {
            Device::Stdout(stdout) => stdout.flush(),
            Device::Direct(file) => file.flush(),
            Device::Temporary(file) => file.flush(),
            Device::Nowhere | Device::Memory(_) | Device::Spool(_) => Ok(()),
        }
    }
}

impl Sink {
    /// Opens a target.
    ///
    /// # Errors
    /// [`Error::Usage`] when a regular file exists and `force` is not set; [`Error::Output`] with what the
    /// system says.
    pub fn open(target: &Target, back: Back, force: bool, key: Option<&[u8; 32]>) -> Result<Sink> {
        let failed = |source| Error::Output { path: target.path(), source };
        let (inner, packing) = match target {
            Target::Stdout => (Device::Stdout(io::stdout()), Packing::Plain),
            Target::Nowhere => (Device::Nowhere, Packing::Plain),
            Target::Memory(memory) => (Device::Memory(Arc::clone(memory)), Packing::Plain),
            Target::Member(entry) => {
                (Device::Spool(SpooledTempFile::new(limits::SPOOL_BYTES)), Packing::by_name(&entry.name))
            }
            Target::Path(path) => {
                let packing = Packing::by_name(&path.to_string_lossy());
                match fs::metadata(path) {
                    Ok(known) if known.is_dir() => {
                        return Err(Error::Usage(format!("{}: is a directory", path.display())));
                    }
                    Ok(known) if !known.is_file() => {
                        (Device::Direct(OpenOptions::new().write(true).open(path).map_err(failed)?), packing)
                    }
                    Ok(_) if !force => return Err(exists(path)),
                    _ => (Device::Temporary(temporary(path).map_err(failed)?), packing),
                }
            }
        };
        let digesting = Digesting { inner, digest: Digest::new(key) };
        let mut writer = pack(packing, digesting).map_err(failed)?;
        if let (Some(mut rebuild), false) = (back.rebuild, matches!(target, Target::Nowhere)) {
            if matches!(target, Target::Stdout) && io::stdout().is_terminal() {
                return Err(Error::Usage(
                    "a table is no text and is not written to a terminal; name an output with -o".to_owned(),
                ));
            }
            let inner = Shared(Arc::new(Mutex::new(Some(writer))));
            rebuild.begin(Box::new(inner.clone()));
            writer = Box::new(Rebuilding { rebuild, inner });
        }
        Ok(Sink { writer, encoder: Encoder::new(back.encoding), target: target.clone() })
    }

    /// Opens a new file that is called `part` until it is complete, and stays when it never is.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says.
    pub fn open_part(path: &Path, part: &Path) -> Result<Sink> {
        let failed = |source| Error::Output { path: part.to_owned(), source };
        let directory =
            part.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(part.file_name().unwrap_or_default())
            .rand_bytes(0)
            .disable_cleanup(true)
            .tempfile_in(directory)
            .map_err(failed)?;
        let writer = Box::new(Digesting { inner: Device::Temporary(file), digest: Digest::new(None) });
        Ok(Sink { writer, encoder: Encoder::new(Encoding::Utf8), target: Target::Path(path.to_owned()) })
    }

    /// Takes what was masked in the text that is written next, as lines of the audit, for a table that tells it.
    pub fn found(&mut self, lines: &[u8]) {
        self.writer.found(lines);
    }

    /// Writes text.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says.
    pub fn write(&mut self, text: &[u8]) -> Result<()> {
        let path = || self.target.path();
        let bytes = self.encoder.encode(text).map_err(|source| Error::Output { path: path(), source })?;
        self.writer.write_all(bytes).map_err(|source| Error::Output { path: path(), source })
    }

    /// Hands on what was written so far to whoever reads it.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says.
    pub fn flush(&mut self) -> Result<()> {
        self.writer.flush().map_err(|source| Error::Output { path: self.target.path(), source })
    }

    /// Completes the output, which then appears under its name, and returns its digest.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says; then nothing appears.
    pub fn finish(self) -> Result<Digest> {
        self.complete(None)
    }

    /// Completes a file of an archive, which then stands there, and returns its digest.
    ///
    /// # Errors
    /// As [`Sink::finish`].
    pub fn finish_into(self, archive: &mut Packed) -> Result<Digest> {
        self.complete(Some(archive))
    }

    fn complete(self, archive: Option<&mut Packed>) -> Result<Digest> {
        let failed = |source| Error::Output { path: self.target.path(), source };
        let mut digesting = self.writer.finish().map_err(failed)?;
        digesting.flush().map_err(failed)?;
        if let (Device::Spool(file), Target::Member(entry), Some(archive)) =
            (&mut digesting.inner, &self.target, archive)
        {
            file.rewind().map_err(failed)?;
            archive.file(entry, digesting.digest.bytes(), file)?;
        }
        if let (Device::Temporary(file), Target::Path(path)) = (digesting.inner, &self.target) {
            persist(file, path).map_err(failed)?;
        }
        Ok(digesting.digest)
    }
}

/// The refusal to write over a file.
#[must_use]
pub fn exists(path: &Path) -> Error {
    Error::Usage(format!("{}: exists already; name another output or give --force", path.display()))
}

/// A file that will be called `path` when it is complete.
///
/// # Errors
/// What the system says.
pub fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(directory)
}

/// How the names of files that are not complete begin and end.
const PREFIX: &str = ".sourdine-";
const SUFFIX: &str = ".partial";

/// Whether a file's name is that of one that was never completed.
#[must_use]
pub fn is_temporary(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Gives a complete file its name: on disk first, then renamed.
///
/// # Errors
/// What the system says.
pub fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // Temporary files are 0600. A new output gets what other programs would give it, an old one keeps its mode.
    let mode = fs::metadata(path).map_or(0o644, |known| known.permissions().mode() & 0o777);
    file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
