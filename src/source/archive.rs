//! What lies in an archive?
//!
//! tar as a stream, zip by its directory. Files come one by one, in the order of the archive, each to be read before the
//! next; nothing is unpacked to disk. What is no plain file is named and left out: a link may point anywhere, and of an
//! encrypted file nothing can be said.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use super::Input;
use crate::limits;
use crate::tables::xlsx::{self, Sheet};

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// tar, as a stream.
    Tar,
    /// zip.
    Zip,
    /// A workbook (.xlsx): a zip whose tables are its files.
    Workbook,
}

impl Archive {
    /// The kind's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Archive::Tar => "tar",
            Archive::Zip => "zip",
            Archive::Workbook => "xlsx",
        }
    }

    /// The kind of archive that begins so.
    pub(super) fn by_head(head: &[u8]) -> Option<Archive> {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(Archive::Zip)
        } else if head.get(..512).is_some_and(is_tar) {
            Some(Archive::Tar)
        } else {
            None
        }
    }
}

/// Whether a block is the first of a tar: its checksum is the sum of its bytes, with blanks where it stands itself.
fn is_tar(block: &[u8]) -> bool {
    let header = tar::Header::from_byte_slice(block);
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, &b)| if (148..156).contains(&at) { 32 } else { u32::from(b) })
        .sum();
    block[0] != 0 && header.cksum().is_ok_and(|said| said == sum)
}

/// A file of an archive, or what stands for one.
pub struct Member<'a> {
    /// Its path in the archive, with `/` between directories.
    pub name: String,
    /// What it is.
    pub kind: MemberKind<'a>,
    /// What is known of it besides its bytes.
    pub about: About,
    /// The sheet that is shown as text.
    pub sheet: Option<Arc<Sheet>>,
}

/// What a member is.
pub enum MemberKind<'a> {
    /// A file with its bytes.
    File(&'a mut dyn Read),
    /// A directory.
    Directory,
    /// Something that is not read, and why.
    Other(&'static str),
}

/// What an archive keeps of a file besides name and bytes. Owners and remarks are not kept: they name people.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The permissions.
    pub mode: u32,
    /// When it was changed: seconds since 1970 in tar, the DOS date and time in zip.
    pub changed: u64,
}

/// Walks the archive that an input is.
///
/// # Errors
/// What the system says, or that the archive is corrupt; what `visit` says.
pub(super) fn each_member<E: From<io::Error>>(
    input: &mut Input,
    visit: &mut dyn FnMut(Member) -> Result<bool, E>,
) -> Result<(), E> {
    match (input.archive, input.whole.take()) {
        (Some(Archive::Tar), _) => tar_members(input, visit),
        (Some(Archive::Zip), Some(Whole::File(file))) => zip_members(file, visit),
        (Some(Archive::Zip), Some(Whole::Memory(bytes))) => zip_members(Cursor::new(bytes), visit),
        (Some(Archive::Workbook), Some(whole)) => sheets_of(whole.bytes()?, visit),
        _ => Ok(()),
    }
}

/// All of an input, to be read in any order.
pub(super) enum Whole {
    File(File),
    Memory(Vec<u8>),
}

impl Whole {
    /// What kind of zip it is.
    pub(super) fn kind(&mut self) -> io::Result<Archive> {
        match self {
            Whole::File(file) => {
                let kind = kind_of(&mut *file)?;
                file.rewind()?;
                Ok(kind)
            }
            Whole::Memory(bytes) => kind_of(Cursor::new(&bytes[..])),
        }
    }

    fn bytes(self) -> io::Result<Vec<u8>> {
        let Whole::File(mut file) = self else {
            return Ok(if let Whole::Memory(bytes) = self { bytes } else { Vec::new() });
        };
        let mut bytes = Vec::new();
        file.by_ref().take(limits::WHOLE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limits::WHOLE_BYTES {
            return Err(too_large());
        }
        Ok(bytes)
    }
}

/// The refusal of what does not fit in memory and must.
pub(super) fn too_large() -> io::Error {
    let message =
        format!("is larger than {} MiB, which is the most that is held in memory", limits::WHOLE_BYTES >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

fn kind_of(reader: impl Read + Seek) -> io::Result<Archive> {
    let archive = zip::ZipArchive::new(reader).map_err(|error| corrupt(&error))?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        Ok(Archive::Workbook)
    } else if has("[Content_Types].xml") || has("mimetype") {
        let what = "is an Office document other than .xlsx, no text, and is not read";
        Err(io::Error::new(io::ErrorKind::InvalidData, what))
    } else {
        Ok(Archive::Zip)
    }
}

/// Shows each sheet of a workbook as a table.
fn sheets_of<E: From<io::Error>>(
    bytes: Vec<u8>,
    visit: &mut dyn FnMut(Member) -> Result<bool, E>,
) -> Result<(), E> {
    // What the parts unpack to is known before they are held in memory.
    zip_members::<E>(Cursor::new(&bytes[..]), &mut |member| {
        if let MemberKind::File(part) = member.kind {
            io::copy(part, &mut io::sink())?;
        }
        Ok(true)
    })?;
    for sheet in xlsx::sheets(bytes)? {
        let sheet = Arc::new(sheet);
        let text = sheet.text();
        let kind = MemberKind::File(&mut &text[..]);
        let about = About { mode: 0o644, changed: 0 };
        if !visit(Member { name: sheet.name.clone(), kind, about, sheet: Some(Arc::clone(&sheet)) })? {
            break;
        }
    }
    Ok(())
}

fn tar_members<E: From<io::Error>>(
    input: &mut Input,
    visit: &mut dyn FnMut(Member) -> Result<bool, E>,
) -> Result<(), E> {
    let mut archive = tar::Archive::new(input);
    // One archive may follow another: `cat a.tar b.tar`.
    archive.set_ignore_zeros(true);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let header = entry.header();
        let about =
            About { mode: header.mode().unwrap_or(0o644) & 0o777, changed: header.mtime().unwrap_or(0) };
        let kind = header.entry_type();
        let kind = match kind {
            _ if kind.is_file() || kind.is_contiguous() => MemberKind::File(&mut entry),
            _ if kind.is_dir() => MemberKind::Directory,
            _ if kind.is_symlink() || kind.is_hard_link() => MemberKind::Other("a link"),
            _ if kind.is_gnu_sparse() => MemberKind::Other("a sparse file"),
            // Headers for all files of the archive: remarks, nothing that files need.
            _ if kind.is_pax_global_extensions() => continue,
            _ => MemberKind::Other("no file"),
        };
        if !visit(Member { name, kind, about, sheet: None })? {
            return Ok(());
        }
    }
    Ok(())
}

fn zip_members<E: From<io::Error>>(
    mut reader: impl Read + Seek,
    visit: &mut dyn FnMut(Member) -> Result<bool, E>,
) -> Result<(), E> {
    let packed = reader.seek(io::SeekFrom::End(0))?;
    let mut archive = zip::ZipArchive::new(reader).map_err(|error| corrupt(&error))?;
    let mut left = limits::INFLATE_FREE_BYTES.max(packed.saturating_mul(limits::INFLATE_RATIO));
    for at in 0..archive.len() {
        let (name, encrypted) = {
            let raw = archive.by_index_raw(at).map_err(|error| corrupt(&error))?;
            (String::from_utf8_lossy(raw.name_raw()).replace('\\', "/"), raw.encrypted())
        };
        if encrypted {
            let about = About { mode: 0o644, changed: 0 };
            if !visit(Member { name, kind: MemberKind::Other("encrypted"), about, sheet: None })? {
                return Ok(());
            }
            continue;
        }
        let file = archive.by_index(at).map_err(|error| corrupt(&error))?;
        let changed =
            file.last_modified().map_or(0, |at| u64::from(at.datepart()) << 16 | u64::from(at.timepart()));
        let about = About { mode: file.unix_mode().unwrap_or(0o644) & 0o777, changed };
        let (is_dir, is_link) = (file.is_dir(), file.is_symlink());
        let mut bytes = Limited { inner: file, left: &mut left };
        let kind = match (is_dir, is_link) {
            (true, _) => MemberKind::Directory,
            (_, true) => MemberKind::Other("a link"),
            _ => MemberKind::File(&mut bytes),
        };
        if !visit(Member { name, kind, about, sheet: None })? {
            return Ok(());
        }
    }
    Ok(())
}

fn corrupt(error: &zip::result::ZipError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, plain(error))
}

/// What is wrong with a zip, without text of it.
fn plain(error: &zip::result::ZipError) -> String {
    match error {
        zip::result::ZipError::Io(error) => error.to_string(),
        zip::result::ZipError::UnsupportedArchive(what) => format!("zip: {what}"),
        _ => "is a corrupt zip".to_owned(),
    }
}

/// A reader that stops when the files of an archive hold far more than the archive explains.
struct Limited<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        *self.left = self.left.checked_sub(length as u64).ok_or_else(super::packing::bomb)?;
        Ok(length)
    }
}
