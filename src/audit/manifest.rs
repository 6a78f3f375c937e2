//! Which files of a batch are done, and what became of them?
//!
//! A manifest lies beside the outputs of a directory: a line for each file when it is begun, another one when it is done.
//! Files stand there by their masked names, and what is told of one is what the audit's last line tells of all. The
//! file's lines of the audit log are found again by their place and digest, so that a run that goes on where another one
//! ended writes the log that one run would have written.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// What tells that a file is what it was, without reading it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Stamp {
    /// Its bytes.
    pub size: u64,
    /// When it was changed: seconds since 1970, and nanoseconds.
    pub changed: (i64, u32),
}

/// Lines of an audit log.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Section {
    /// Which log: 0 the complete one, else the part that an unfinished run left.
    pub part: u32,
    /// Where the lines begin, in bytes.
    pub at: u64,
    /// How many bytes they are.
    pub length: u64,
    /// Their BLAKE3. The log holds no text, so it may be published.
    pub digest: String,
}

/// What is added to the sums of a run by one of its inputs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Sums {
    /// Masked names: one, or those of an archive's files.
    pub files: Vec<String>,
    /// Records read.
    pub records: u64,
    /// Masked findings by entity.
    pub masked: BTreeMap<String, u64>,
    /// Findings that the policy keeps, by entity.
    pub kept: BTreeMap<String, u64>,
    /// Records that could not be decoded.
    pub quarantined: u64,
    /// Conversations longer than the limit.
    pub cut: u64,
    /// Conversation ids that came back.
    pub reopened: u64,
    /// Digest of the input as it was read.
    pub input: Option<String>,
    /// Digest of the output.
    pub output: Option<String>,
}

/// A file that is done.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Done {
    /// The input, before it was read.
    pub stamp: Stamp,
    /// Digest of all that decides what becomes of an input: version, rules, policy, options, key.
    pub under: String,
    /// Bytes of the output.
    pub written: u64,
    /// What it adds to the run's sums.
    pub sums: Sums,
    /// Its lines of the log.
    pub log: Section,
}

/// A line of the manifest.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Line {
    /// The file's masked name, which no other file of the batch has.
    pub file: String,
    /// What became of it; nothing while its output is being written.
    pub done: Option<Done>,
}

/// A manifest that was read: the last line of each file.
#[derive(Debug, Default)]
pub struct Manifest {
    files: HashMap<String, Option<Done>>,
    /// Names in the order in which they first appeared.
    order: Vec<String>,
}

impl Manifest {
    /// Reads a manifest. A last line that was cut off was never said.
    ///
    /// # Errors
    /// The number of the first line that is none.
    pub fn read(text: &[u8]) -> Result<Manifest, usize> {
        let mut manifest = Manifest::default();
        for (at, line) in text.split_inclusive(|&b| b == b'\n').enumerate() {
            match serde_json::from_slice::<Line>(line) {
                Ok(line) => manifest.take(line),
                Err(_) if !line.ends_with(b"\n") => break,
                Err(_) => return Err(at + 1),
            }
        }
        Ok(manifest)
    }

    fn take(&mut self, Line { file, done }: Line) {
        match self.files.get_mut(&file) {
            // A file that is begun anew is still known to be ours.
            Some(known) => *known = done,
            None => {
                self.order.push(file.clone());
                self.files.insert(file, done);
            }
        }
    }

    /// Whether the file's output was written, or begun, by an earlier run.
    #[must_use]
    pub fn knows(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// What became of the file, if it is done.
    #[must_use]
    pub fn done(&self, file: &str) -> Option<&Done> {
        self.files.get(file)?.as_ref()
    }

    /// The names of all files, in the order in which they first appeared.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_file_counts_and_a_cut_one_does_not() {
        let done = Done {
            stamp: Stamp { size: 3, changed: (1, 2) },
            under: "u".into(),
            written: 4,
            sums: Sums::default(),
            log: Section { part: 0, at: 5, length: 6, digest: "d".into() },
        };
        let line = |file: &str, done: Option<&Done>| {
            serde_json::to_string(&Line { file: file.into(), done: done.cloned() }).expect("serialises")
                + "\n"
        };
        let text = line("a", None) + &line("a", Some(&done)) + &line("b", None);
        let cut = text.clone() + &line("b", Some(&done));
        for text in [&text, &cut[..cut.len() - 3]] {
            let manifest = Manifest::read(text.as_bytes()).expect("reads");
            assert_eq!(manifest.done("a"), Some(&done));
            assert!(manifest.knows("b") && manifest.done("b").is_none() && !manifest.knows("c"));
            assert_eq!(manifest.files().collect::<Vec<_>>(), ["a", "b"]);
        }
        assert_eq!(Manifest::read(b"{}\n").err(), Some(1));
    }
}
