//! Does a log agree with itself, and with the files it speaks of?

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use super::{End, File, Head, Line, Run};
use crate::error::{Error, Result};

/// What a log says, after its own sums were checked.
#[derive(Debug)]
pub struct Summary {
    /// The run line.
    pub run: Run,
    /// The files, masked names.
    pub files: Vec<String>,
    /// Record lines, quarantined ones included.
    pub record_lines: u64,
    /// Findings by entity and rule, counted from the record lines.
    pub by_rule: BTreeMap<(String, String), u64>,
    /// The end line.
    pub end: End,
    /// Whether each file has a line of its own: a run over a directory, an archive or several files.
    pub is_named: bool,
}

#[derive(serde::Deserialize)]
struct RecordLine {
    #[serde(rename = "record")]
    _record: u64,
    #[serde(default)]
    found: Vec<(String, String, String, f64, String, u64, u64)>,
    #[serde(default)]
    quarantined: bool,
}

fn broken(line: u64, what: &str) -> Error {
    Error::Integrity(format!("line {line}: {what}"))
}

/// Reads a log and checks that its lines agree with its end line, and the end line with its seal. The seal
/// of a keyed log is checked when the key is given.
///
/// # Errors
/// [`Error::Integrity`] with the first line that does not agree; [`Error::Input`] when it cannot be read.
pub fn read_summary(path: &Path, key: Option<&[u8; 32]>) -> Result<Summary> {
    let input = |source| Error::Input { path: path.to_owned(), source };
    let mut reader = std::io::BufReader::new(std::fs::File::open(path).map_err(input)?);
    let (mut number, mut bytes) = (0u64, Vec::new());
    let mut run: Option<(Run, String)> = None;
    let mut end: Option<End> = None;
    let mut head = Head::default();
    let (mut files, mut record_lines, mut quarantined) = (Vec::new(), 0, 0);
    let mut by_rule: BTreeMap<(String, String), u64> = BTreeMap::new();
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(input)? == 0 {
            break;
        }
        number += 1;
        if end.is_some() {
            return Err(broken(number, "something follows the end line"));
        }
        if bytes.last() != Some(&b'\n') {
            return Err(broken(number, "the line is cut off"));
        }
        if number == 1 {
            match serde_json::from_slice(&bytes) {
                Ok(Line::Run(line)) => run = Some((line, digest(&bytes))),
                _ => return Err(broken(1, "not a run line of this program")),
            }
        } else if bytes.starts_with(b"{\"end\":") {
            match serde_json::from_slice(&bytes) {
                Ok(Line::End(line)) => end = Some(line),
                _ => return Err(broken(number, "not an end line of this program")),
            }
        } else if bytes.starts_with(b"{\"file\":") {
            let file: File = serde_json::from_slice(&bytes).map_err(|_| broken(number, "not a file line"))?;
            head.update(&bytes);
            files.push(file.file);
        } else {
            let line: RecordLine =
                serde_json::from_slice(&bytes).map_err(|_| broken(number, "not a record line"))?;
            head.update(&bytes);
            record_lines += 1;
            quarantined += u64::from(line.quarantined);
            for (_, entity, rule, ..) in line.found {
                *by_rule.entry((entity, rule)).or_default() += 1;
            }
        }
    }
    let (run, run_digest) = run.ok_or_else(|| broken(1, "the log is empty"))?;
    let end = end.ok_or_else(|| {
        broken(number, "the end line is missing: the run did not finish, or lines were cut off")
    })?;
    if end.run != run_digest {
        return Err(broken(1, "the run line was changed"));
    }
    // A keyed seal can only be checked with the key; without it the unkeyed parts are still compared.
    if (!end.keyed || key.is_some()) && end.seal != end.sealed(key.filter(|_| end.keyed)) {
        return Err(broken(number, "the end line was changed, or the key is another"));
    }
    if end.head != head.hex() {
        return Err(broken(number, "the record lines are not those of the run: its head differs"));
    }
    let mut by_entity: BTreeMap<String, u64> = BTreeMap::new();
    for ((entity, _), count) in &by_rule {
        *by_entity.entry(entity.clone()).or_default() += count;
    }
    if by_entity != end.masked || quarantined != end.quarantined {
        return Err(broken(number, "the sums of the end line are not those of the record lines"));
    }
    let is_named = !files.is_empty();
    if !is_named {
        files.clone_from(&end.files);
    } else if files != end.files {
        return Err(broken(number, "the file lines are not those of the end line"));
    }
    Ok(Summary { run, files, record_lines, by_rule, end, is_named })
}

/// BLAKE3 in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Compares a log with what a second run found: the end lines must agree but for the run line's digest.
///
/// # Errors
/// [`Error::Integrity`] naming the first disagreement.
pub fn verify(log: &Summary, again: &End) -> Result<()> {
    let same = [
        ("the number of records", log.end.records == again.records),
        ("the input's digest", log.end.input == again.input),
        ("the findings", log.end.masked == again.masked && log.end.kept == again.kept),
        ("the record lines", log.end.head == again.head),
        ("the output's digest", log.end.output == again.output),
    ];
    match same.iter().find(|(_, agrees)| !agrees) {
        None => Ok(()),
        Some((what, _)) => Err(Error::Integrity(format!(
            "{what}: not the same when the run is repeated; give the same options, rules and version as the run line names"
        ))),
    }
}
