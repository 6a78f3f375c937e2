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
    /// Something is wrong in a file of the user's own: rules, a configuration. Nothing has been read.
    #[error("{0}")]
    File(Box<Complaint>),
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
    /// Something that must be masked could not be: nothing was completed.
    #[error("{0}")]
    Gate(String),
    /// The user or the system asked to stop.
    #[error("interrupted; no output was completed")]
    Interrupted,
}

impl Error {
    /// The exit code of the command-line contract.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) | Error::File(_) => 2,
            Error::Gate(_) => 4,
            Error::Integrity(_) => 5,
            Error::Output { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => 141,
            Error::Input { .. } | Error::Output { .. } => 6,
            Error::Interrupted => 130,
        }
    }
}

/// What is wrong in a file of the user's own, and where. The line is shown: it is the user's rule or option,
/// never text of an input.
#[derive(Debug)]
pub struct Complaint {
    /// The file, as the user named it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The line itself.
    pub shown: String,
    /// What part of the line is meant, in code points; nothing is marked where it is empty.
    pub marked: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do, if something can be said.
    pub hint: Option<String>,
}

impl Complaint {
    /// A complaint about bytes `span` of `text`.
    #[must_use]
    pub fn new(file: &str, text: &str, span: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        let border =
            |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let (start, end) = (border(span.start), border(span.end.max(span.start)));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let shown = text[line_start..line_end].trim_end();
        let count = |to: usize| text[line_start..to.max(line_start)].chars().count();
        let last = count(end.min(line_end)).min(shown.chars().count());
        let first = count(start).min(last);
        Complaint {
            file: file.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            shown: shown.to_owned(),
            marked: first..last,
            message: message.into(),
            hint: None,
        }
    }

    /// The same with what to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Complaint { hint: Some(hint.into()), ..self }
    }
}

impl From<Complaint> for Error {
    fn from(complaint: Complaint) -> Self {
        Error::File(Box::new(complaint))
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)?;
        let gutter = self.line.to_string().len();
        // A long line is shown around the mark, so that it fits most terminals.
        let from = self.marked.start.saturating_sub(40);
        let shown: String =
            self.shown.chars().skip(from).take(96).map(|c| if c == '\t' { ' ' } else { c }).collect();
        write!(f, "\n{:gutter$} |\n{} | {shown}", "", self.line)?;
        if !self.marked.is_empty() {
            let marks = "^".repeat(self.marked.len().min(96 - (self.marked.start - from)));
            write!(f, "\n{:gutter$} | {:2$}{marks}", "", "", self.marked.start - from)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n{:gutter$} = {hint}", ""),
            None => Ok(()),
        }
    }
}

/// The known name nearest to a misspelled one, if it is near: a letter in three may differ.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&name, &known.to_lowercase());
    known
        .into_iter()
        .map(|known| (distance(known), known))
        .filter(|(distance, known)| *distance * 3 <= known.chars().count().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Result of the library's functions.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_points_into_its_line() {
        let text = "a = 1\nwörd = 'ü' # x\n";
        let at = text.find("'ü'").expect("there");
        let told = Complaint::new("f.toml", text, at..at + 4, "no").hint("yes").to_string();
        assert_eq!(told, "f.toml:2: no\n  |\n2 | wörd = 'ü' # x\n  |        ^^^\n  = yes");
        // Beyond the end, inside a character, over several lines.
        for span in [0..0, 8..9, 0..999, 999..1000, 3..12] {
            let _ = Complaint::new("f", text, span, "no").to_string();
        }
    }

    #[test]
    fn the_nearest_name() {
        let known = ["EMAIL", "PHONE", "IBAN"];
        assert_eq!(nearest("EMIAL", known), Some("EMAIL"));
        assert_eq!(nearest("phone", known), Some("PHONE"));
        assert_eq!(nearest("LICENCE", known), None);
    }
}
