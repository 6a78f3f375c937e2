//! How does a run over a directory go on where another one ended?
//!
//! Beside the outputs lies a manifest. A file is noted when it is begun and when it is done, with the place of its lines in
//! the audit log. The log of an unfinished run stays, under a name of its own, until a run is complete: the lines of what is
//! done are copied from there, so that the last log is the one that a single run would have written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::audit::Digest;
use crate::audit::manifest::{Done, Line, Manifest, Section, Stamp};
use crate::error::{Error, Result};
use crate::limits;
use crate::sink::{Sink, is_temporary, persist, temporary};

/// The manifest's name in the directory of the outputs.
pub const MANIFEST: &str = "sourdine.manifest.jsonl";

/// What a run over a directory knows of earlier ones.
pub struct Batch {
    manifest: PathBuf,
    known: Manifest,
    /// The complete log.
    log: PathBuf,
    /// The number of the log that this run writes.
    part: u32,
    under: String,
    /// What was done in this run, and what is still done: the lines of the complete manifest.
    lines: Vec<Line>,
    /// The manifest, once something was noted.
    notes: Option<File>,
}

/// What a batch says of an input.
pub struct Ticket {
    /// The input now.
    pub stamp: Stamp,
    /// Whether the output, if there is one, was written by an earlier run.
    pub replaces: bool,
    /// What became of it, if it is done.
    pub done: Option<Done>,
}

impl Batch {
    /// The batch whose outputs lie in `directory` and whose audit goes to `log`. Under another digest `under` of options,
    /// rules and version nothing is done.
    ///
    /// # Errors
    /// [`Error::Usage`] when a manifest is none, [`Error::Input`] with what the system says.
    pub fn open(directory: &Path, log: &Path, under: String) -> Result<Batch> {
        let manifest = directory.join(MANIFEST);
        let known = match fs::read(&manifest) {
            Ok(text) => Manifest::read(&text).map_err(|line| {
                let name = manifest.display();
                Error::Usage(format!(
                    "{name}: line {line} is not one of a manifest; remove the file to begin anew"
                ))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Manifest::default(),
            Err(source) => return Err(Error::Input { path: manifest, source }),
        };
        let mut batch =
            Batch { manifest, known, log: log.to_owned(), part: 1, under, lines: Vec::new(), notes: None };
        while batch.part_of(batch.part).exists() {
            batch.part += 1;
        }
        if batch.part > 1 {
            remove_unfinished(directory);
        }
        Ok(batch)
    }

    /// Whether earlier runs wrote here.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.known.files().next().is_some()
    }

    /// What is known of an input: `name` is its masked name, `output` where its masked form goes. With `anew` nothing is done.
    ///
    /// # Errors
    /// [`Error::Input`] with what the system says.
    pub fn ticket(
        &self,
        (name, input, output): (&str, &Path, &Path),
        key: Option<&[u8; 32]>,
        anew: bool,
    ) -> Result<Ticket> {
        let failed = |source| Error::Input { path: input.to_owned(), source };
        let stamp = stamp(&fs::metadata(input).map_err(failed)?);
        let is_output = |done: &&Done| fs::metadata(output).is_ok_and(|file| file.len() == done.written);
        let known = self.known.done(name).filter(|done| !anew && done.under == self.under).filter(is_output);
        let mut done = known.filter(|done| done.stamp.size == stamp.size);
        // A file that was copied or touched is known by its digest.
        if let Some(candidate) = done.filter(|done| done.stamp.changed != stamp.changed) {
            let expected = candidate.sums.input.as_ref();
            let same = match expected {
                Some(expected) => digest_of(input, key).map_err(failed)?.publish().as_ref() == Some(expected),
                None => false,
            };
            done = done.filter(|_| same);
        }
        let done = done.filter(|done| self.find(&done.log).is_some());
        let done = done.map(|done| Done { stamp, ..done.clone() });
        Ok(Ticket { stamp, replaces: self.known.knows(name), done })
    }

    /// The audit log of this run, which stays when the run does not end.
    ///
    /// # Errors
    /// [`Error::Output`] with what the system says.
    pub fn log(&self) -> Result<Sink> {
        Sink::open_part(&self.log, &self.part_of(self.part))
    }

    fn part_of(&self, part: u32) -> PathBuf {
        let mut name = self.log.clone().into_os_string();
        name.push(format!(".{part}.part"));
        PathBuf::from(name)
    }

    /// The log in which the section stands. What was a part may have become the complete log since.
    fn find(&self, section: &Section) -> Option<File> {
        let part = (section.part > 0).then(|| self.part_of(section.part));
        part.into_iter().chain([self.log.clone()]).find_map(|path| {
            let mut file = File::open(path).ok()?;
            let mut hasher = blake3::Hasher::new();
            each_piece(&mut file, section, &mut |piece| {
                hasher.update(piece);
                Ok(())
            })
            .ok()?;
            (hasher.finalize().to_hex().as_str() == section.digest).then_some(file)
        })
    }

    /// Hands on the lines of a file that is done, in pieces.
    pub(super) fn copy(&self, section: &Section, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let gone = || Error::Integrity(format!("{}: was changed during the run", self.log.display()));
        let mut file = self.find(section).ok_or_else(gone)?;
        each_piece(&mut file, section, take)
    }

    /// The digest of all that decides what becomes of an input.
    pub(super) fn under(&self) -> &str {
        &self.under
    }

    /// Notes that an output is about to be written, so that a later run may replace it.
    pub(super) fn begin(&mut self, file: &str) -> Result<()> {
        if self.known.knows(file) { Ok(()) } else { self.note(&Line { file: file.to_owned(), done: None }) }
    }

    /// Notes that an input is done, in this run or still: in both cases its lines stand in this run's log.
    pub(super) fn done(&mut self, file: String, done: Done) -> Result<()> {
        let log = Section { part: self.part, ..done.log.clone() };
        let line = Line { file, done: Some(Done { log, ..done }) };
        self.note(&line)?;
        self.lines.push(line);
        Ok(())
    }

    /// Notes that an input could not be read: what an earlier run made of it stays ours.
    pub(super) fn undone(&mut self, file: String) {
        self.lines.push(Line { file, done: None });
    }

    fn note(&mut self, line: &Line) -> Result<()> {
        let failed = |source| Error::Output { path: self.manifest.clone(), source };
        let notes = match &mut self.notes {
            Some(notes) => notes,
            None => {
                let mut file = OpenOptions::new()
                    .create(true)
                    .read(true)
                    .append(true)
                    .open(&self.manifest)
                    .map_err(failed)?;
                // A line that was cut off when a run was killed gets its end.
                let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
                let mut last = [b'\n'];
                if length > 0 {
                    file.seek(SeekFrom::Start(length - 1)).map_err(failed)?;
                    file.read_exact(&mut last).map_err(failed)?;
                }
                if last != *b"\n" {
                    let whole = whole_lines(&mut file, length).map_err(failed)?;
                    file.set_len(whole).map_err(failed)?;
                }
                self.notes.insert(file)
            }
        };
        notes.write_all(&bytes_of(line)?).map_err(failed)
    }

    /// Makes the manifest that of a complete run, whose log is in place: each input once, in order, and then what has no
    /// input any more. Returns how many of the latter there are.
    pub(super) fn finish(mut self) -> Result<usize> {
        let failed = |source| Error::Output { path: self.manifest.clone(), source };
        let mut file = temporary(&self.manifest).map_err(failed)?;
        let mut named = std::collections::HashSet::new();
        for line in &mut self.lines {
            if let Some(done) = &mut line.done {
                done.log.part = 0;
            }
            named.insert(line.file.clone());
            file.write_all(&bytes_of(line)?).map_err(failed)?;
        }
        let mut gone = 0;
        for name in self.known.files().filter(|name| !named.contains(*name)) {
            gone += 1;
            file.write_all(&bytes_of(&Line { file: name.to_owned(), done: None })?).map_err(failed)?;
        }
        persist(file, &self.manifest).map_err(failed)?;
        for part in 1..self.part {
            // What is left of one costs room and nothing else.
            let _ = fs::remove_file(self.part_of(part));
        }
        Ok(gone)
    }
}

/// Removes the outputs that a run which was killed left half-written, as far as that is possible: they only cost room.
fn remove_unfinished(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_unfinished(&entry.path());
        } else if is_temporary(&name.to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What tells that a file is what it was.
fn stamp(about: &fs::Metadata) -> Stamp {
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Stamp {
        size: about.len(),
        changed: since.map_or((0, 0), |since| (since.as_secs() as i64, since.subsec_nanos())),
    }
}

fn digest_of(path: &Path, key: Option<&[u8; 32]>) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut digest = Digest::new(key);
    let mut buffer = vec![0; limits::CHUNK_BYTES];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest),
            length => digest.update(&buffer[..length]),
        }
    }
}

/// Reads a section of a log in pieces.
fn each_piece(file: &mut File, section: &Section, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let failed = |source| Error::Input { path: "audit log".into(), source };
    file.seek(SeekFrom::Start(section.at)).map_err(failed)?;
    let mut left = section.length;
    let mut buffer = vec![0; limits::CHUNK_BYTES.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)];
    while left > 0 {
        let piece = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.read_exact(&mut buffer[..piece]).map_err(failed)?;
        take(&buffer[..piece])?;
        left -= piece as u64;
    }
    Ok(())
}

/// Where the last whole line of a file ends.
fn whole_lines(file: &mut File, length: u64) -> io::Result<u64> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(length).read_to_end(&mut text)?;
    Ok(memchr::memrchr(b'\n', &text).map_or(0, |at| at as u64 + 1))
}

fn bytes_of(line: &Line) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line).map_err(|error| Error::Usage(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
