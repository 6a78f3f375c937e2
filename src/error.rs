//! What went wrong, without saying whose data it was?
//!
//! No variant carries text of an input: a file, a place, a reason and what to do, never a value.

use std::path::PathBuf;

/// An error of the library. Its kind decides the exit code.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A wrong option, rule, word list or policy: nothing has been read or written.
    #[error("{0}")]
    Usage(String),
    /// The input could not be opened or read.
    #[error("{}: {source}", path.display())]
    Input {
        /// The file as the user named it; `-` for standard input.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The output could not be written.
    #[error("{}: {source}", path.display())]
    Output {
        /// The file as the user named it; `-` for standard output.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An audit log does not agree with itself or with the files it speaks of.
    #[error("{0}")]
    Integrity(String),
    /// The user or the system asked to stop.
    #[error("interrupted; no output was completed")]
    Interrupted,
}

impl Error {
    /// The exit code of the command-line contract.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            Error::Integrity(_) => 5,
            Error::Output { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => 141,
            Error::Input { .. } | Error::Output { .. } => 6,
            Error::Interrupted => 130,
        }
    }
}

/// Result of the library's functions.
pub type Result<T> = std::result::Result<T, Error>;
