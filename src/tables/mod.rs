//! What is a file that is no text read as, and how does it become such a file again?
//!
//! A binary table is shown as text of a format that sourdine reads, and put together again from the masked text. In between
//! nothing knows that it was no text.

pub mod xlsx;

use std::io::{self, Write};

/// Puts a file together again from its masked text.
pub trait Rebuild: Send {
    /// Takes the next piece of masked text, cut anywhere, and writes what is complete.
    ///
    /// # Errors
    /// What `out` says; that the text is not that of the file.
    fn write(&mut self, text: &[u8], out: &mut dyn Write) -> io::Result<()>;

    /// Writes the rest, when all text was taken.
    ///
    /// # Errors
    /// As [`Rebuild::write`]; that text is missing.
    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()>;
}
