//! How can we prove what we did?
//!
//! An audit log is JSON lines: a `run` line, which alone holds time and options of the host; a line for
//! each record with findings, after a `file` line where a run has several inputs; an `end` line with the
//! sums, the digests of output and input, the head over all lines between, and a seal. Record lines and their head
//! are the same for any number of threads, chunk size and kind of source. No function of this room takes text of an input.

pub mod manifest;
pub mod record;
pub mod verify;

pub use verify::{Summary, read_summary, verify};

use serde::{Deserialize, Serialize};

use crate::limits;

/// The first line: what ran, with what, when.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Run {
    /// Version of the program.
    pub sourdine: String,
    /// Digest of the rules, lists and thresholds.
    pub ruleset: String,
    /// Digest of the policy's actions.
    pub policy: String,
    /// Options that decide what is masked, as the user gave them; no paths.
    pub options: Vec<String>,
    /// Look-ahead: the whole conversation, up to the limit.
    pub lookahead: String,
    /// Start, RFC 3339 in UTC, to the second.
    pub start: String,
    /// Worker threads.
    pub jobs: usize,
}

/// The last line: sums and digests.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct End {
    /// Names of the inputs, masked; `-` for standard input. Of an archive those of its files.
    pub files: Vec<String>,
    /// Records read.
    pub records: u64,
    /// Masked findings by entity, sorted by name.
    pub masked: std::collections::BTreeMap<String, u64>,
    /// Findings that the policy keeps, by entity.
    pub kept: std::collections::BTreeMap<String, u64>,
    /// Records that could not be decoded.
    pub quarantined: u64,
    /// Conversations longer than the limit, cut there.
    pub cut: u64,
    /// Conversation ids that came back after another conversation.
    pub reopened: u64,
    /// BLAKE3 of each output, in order, of an archive as a whole; `null` where it is too small to publish without a key.
    pub output: Vec<Option<String>>,
    /// BLAKE3 of each input as it was read, likewise.
    pub input: Vec<Option<String>>,
    /// Whether the digests are keyed.
    pub keyed: bool,
    /// BLAKE3 of the run line.
    pub run: String,
    /// BLAKE3 of all record and file lines.
    pub head: String,
    /// BLAKE3 of this line without its seal, keyed when there is a key: only then can nobody forge it.
    #[serde(default)]
    pub seal: String,
}

impl End {
    /// What the seal of this line has to be.
    #[must_use]
    pub fn sealed(&self, key: Option<&[u8; 32]>) -> String {
        let bare = End { seal: String::new(), ..self.clone() };
        let mut hasher = key.map_or_else(blake3::Hasher::new, blake3::Hasher::new_keyed);
        // A map of strings and numbers always serialises; if it did not, no seal would fit.
        hasher.update(&serde_json::to_vec(&bare).unwrap_or_default());
        hasher.finalize().to_hex().to_string()
    }
}

/// A line that says which file the records after it come from.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct File {
    /// The file's name without its directory, or path under the input directory, masked; `-` for a pipe.
    pub file: String,
}

/// A digest of a whole input or output, keyed when there is a key.
#[derive(Clone)]
pub struct Digest {
    hasher: blake3::Hasher,
    length: u64,
    keyed: bool,
}

impl Digest {
    /// An empty digest.
    #[must_use]
    pub fn new(key: Option<&[u8; 32]>) -> Self {
        let hasher = key.map_or_else(blake3::Hasher::new, blake3::Hasher::new_keyed);
        Digest { hasher, length: 0, keyed: key.is_some() }
    }

    /// How many bytes were added.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.length
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.hasher.update(bytes);
    }

    /// The digest in hexadecimal; `None` when the text is so short that an unkeyed digest could be guessed.
    #[must_use]
    pub fn publish(&self) -> Option<String> {
        let guessable = !self.keyed && self.length < limits::DIGEST_BYTES_MIN;
        (!guessable).then(|| self.hasher.finalize().to_hex().to_string())
    }
}

/// The head over record and file lines: BLAKE3 of all so far.
#[derive(Clone, Default)]
pub struct Head(blake3::Hasher);

impl Head {
    /// Adds whole lines, line ends included.
    pub fn update(&mut self, lines: &[u8]) {
        self.0.update(lines);
    }

    /// In hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// The key for digests, derived from the bytes of the user's key file.
#[must_use]
pub fn digest_key(key_file: &[u8]) -> [u8; 32] {
    blake3::derive_key("sourdine 2026-11 digests of inputs and outputs", key_file)
}

/// A line of the log.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The first.
    Run(Run),
    /// The last.
    End(End),
}
