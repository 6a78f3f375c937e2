//! Where may be written?
//!
//! Asked before anything is: outputs that exist, that are inputs or that are named twice are refused.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::sink::exists;

/// Refuses outputs that are inputs, that are named twice, that have no directory (unless it will be `made`), and those
/// that exist unless `force` is set or an earlier run of the same batch wrote them, as is said beside each.
///
/// # Errors
/// [`Error::Usage`] and [`Error::Output`] with the reason.
pub(super) fn check<'a>(
    outputs: impl IntoIterator<Item = (&'a Path, bool)>,
    inputs: &[&Path],
    made: bool,
    force: bool,
) -> Result<()> {
    let inputs: HashSet<(u64, u64)> = inputs.iter().filter_map(|input| identity(input)).collect();
    let mut named: HashSet<&Path> = HashSet::new();
    for (path, is_ours) in outputs {
        if is_device(path) {
            continue;
        }
        if identity(path).is_some_and(|known| inputs.contains(&known)) {
            return Err(Error::Usage(format!("{}: is an input; name another output", path.display())));
        }
        if !named.insert(path) {
            return Err(Error::Usage(format!("{}: two outputs would have this name", path.display())));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent.filter(|parent| !made && !parent.is_dir()) {
            let source = io::Error::new(io::ErrorKind::NotFound, "no such directory; make it first");
            return Err(Error::Output { path: parent.to_owned(), source });
        }
        if !force && !is_ours && path.exists() {
            return Err(exists(path));
        }
    }
    Ok(())
}

/// The audit log of a file; none of what is no regular file.
pub(super) fn audit_of(output: &Path) -> Option<PathBuf> {
    let mut name = output.to_owned().into_os_string();
    name.push(".audit.jsonl");
    (!is_device(output)).then(|| PathBuf::from(name))
}

/// Whether the path is there and no regular file or directory: written to directly, without an audit.
pub(super) fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir())
}

/// What tells a file from all others, under whatever name.
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|known| (known.dev(), known.ino()))
}
