//! What is written, in which order?
//!
//! The one thread that touches outputs, quarantine and audit. It takes events in the order of the inputs and
//! adds up the sums of the run.

use std::collections::{BTreeMap, HashSet};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::batch::Batch;
use super::begun::Begun;
use super::{Event, Meter, Report, Settings, Wanted};
use crate::audio::MuteList;
use crate::audit::{Digest, File, Head, Line};
use crate::engine::{Engine, FileContext, Output};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Call, Entity, FaultKind};
use crate::sink::{Packed, Sink, Target};
use crate::source::{Archive, Back, Encoding};

/// The one thread that touches outputs, quarantine and audit, in that order of need.
pub(super) struct Writer<'e> {
    pub(super) engine: &'e Engine,
    force: bool,
    key: Option<[u8; 32]>,
    quarantine: Option<Box<dyn Write + Send>>,
    audit: Option<Sink>,
    many: bool,
    head: Head,
    open: Option<OpenFile>,
    archive: Option<OpenArchive>,
    pub(super) batch: Option<Batch>,
    /// The input of the batch that is being read.
    pub(super) begun: Option<Begun>,
    /// Bytes of the audit so far.
    pub(super) logged: u64,
    /// The output of all inputs, where there is only one.
    shared: Option<Sink>,
    pub(super) masked: Vec<u64>,
    pub(super) kept: Vec<u64>,
    /// Hashes of conversation ids of the open input; only asked.
    ids: HashSet<u64>,
    last_id: Option<u64>,
    pub(super) report: Report,
    by_line: bool,
    meter: Arc<Meter>,
    mutes: Option<Mutes>,
    /// What is said at no known time: how often, and the first places.
    untimed: (u64, Vec<(u64, String)>),
    whole_turns: u64,
    /// Which call is to be told of.
    wanted: Wanted,
    /// Whether records without an id were passed over on the way to it.
    plain_left: bool,
}

/// The list of windows.
struct Mutes {
    sink: Sink,
    padding: u64,
    list: Option<MuteList>,
}

struct OpenFile {
    file: Arc<FileContext>,
    path: PathBuf,
    sink: Sink,
}

/// The archive whose files are read.
struct OpenArchive {
    path: PathBuf,
    /// Where they go, if anywhere.
    packed: Option<Packed>,
}

impl<'e> Writer<'e> {
    pub(super) fn new(engine: &'e Engine, settings: &mut Settings) -> Result<Self> {
        let mut report = Report::default();
        let (mut audit, mut logged) = (None, 0);
        if let Some((mut writer, run)) = settings.audit.take() {
            let mut line =
                serde_json::to_vec(&Line::Run(run)).map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            writer.write(&line)?;
            report.end.run = blake3::hash(&line).to_hex().to_string();
            logged = line.len() as u64;
            audit = Some(writer);
        }
        let shared = match &settings.one_output {
            Some(target) => {
                Some(Sink::open(target, Back::text(Encoding::Utf8), settings.force, settings.key.as_ref())?)
            }
            None => None,
        };
        let mutes = match settings.mute_list.take() {
            Some((target, padding)) => {
                let sink = Sink::open(&target, Back::text(Encoding::Utf8), settings.force, None)?;
                Some(Mutes { sink, padding, list: None })
            }
            None => None,
        };
        report.end.keyed = settings.key.is_some();
        Ok(Writer {
            engine,
            force: settings.force,
            key: settings.key,
            quarantine: settings.quarantine.take(),
            audit,
            many: settings.many,
            head: Head::default(),
            open: None,
            archive: None,
            batch: settings.batch.take(),
            begun: None,
            logged,
            shared,
            masked: vec![0; engine.rules().entities().len()],
            kept: vec![0; engine.rules().entities().len()],
            ids: HashSet::new(),
            last_id: None,
            report,
            by_line: settings.by_line.is_some(),
            meter: Arc::clone(&settings.meter),
            mutes,
            untimed: (0, Vec::new()),
            whole_turns: 0,
            wanted: settings.call,
            plain_left: false,
        })
    }

    /// Acts on an event; gives a chunk's buffers back.
    pub(super) fn take(&mut self, event: Event) -> Result<Option<Output>> {
        match event {
            Event::Pack { path, target, kind } => self.pack(path, &target, kind)?,
            Event::Directory(entry) => {
                if let Some(packed) = self.archive.as_mut().and_then(|archive| archive.packed.as_mut()) {
                    packed.directory(&entry)?;
                }
            }
            Event::Unpacked { digest } => {
                if let Some(archive) = self.archive.take() {
                    let output = archive.packed.map(Packed::finish).transpose()?;
                    self.completed(&digest, output.as_ref());
                }
            }
            Event::Open { file, path, target, back } => self.open(file, path, &target, back)?,
            Event::Chunk { slot, offset } => {
                // A worker that is lost without a word would be a defect; no output may pass for complete.
                let output = slot
                    .recv()
                    .map_err(|_| Error::Integrity("a worker failed; nothing was completed".into()))?;
                self.chunk(&output, offset, output.raw.len())?;
                return Ok(Some(output));
            }
            Event::TooLong { piece, record, offset, first } => {
                self.too_long(&piece, record, offset, first)?;
            }
            Event::Close { digest, bytes } => {
                if let Some(open) = self.open.take() {
                    self.hold(&open)?;
                    self.report.bytes += bytes;
                    match &mut self.archive {
                        Some(OpenArchive { packed: Some(packed), .. }) => {
                            open.sink.finish_into(packed)?;
                        }
                        Some(_) => {}
                        None => {
                            let output = open.sink.finish()?;
                            self.completed(&digest, Some(&output));
                        }
                    }
                }
            }
            Event::Broken { error } => {
                // Of an archive's file the archive goes on without it; a broken archive does not appear.
                if let Some(begun) = &mut self.begun {
                    begun.is_broken = true;
                }
                let (path, is_whole) = match self.open.take() {
                    Some(open) => (Some(open.path), self.archive.is_none()),
                    None => (self.archive.take().map(|archive| archive.path), true),
                };
                if is_whole {
                    self.report.end.input.push(None);
                    self.report.end.output.push(None);
                }
                self.report.unread.extend(path.map(|path| (path, error)));
            }
            Event::Note(note) => self.report.notes.push(note),
            Event::Begin { name, ticket } => self.begin(name, *ticket)?,
            Event::End => self.end()?,
        }
        Ok(None)
    }

    /// Takes down the digests of an input and of its output.
    fn completed(&mut self, input: &Digest, output: Option<&Digest>) {
        self.report.end.input.push(input.publish());
        self.report.end.output.push(output.and_then(Digest::publish));
        if let (Some(begun), Some(output)) = (&mut self.begun, output) {
            begun.written = output.bytes();
        }
    }

    /// Whether outputs may replace files now.
    fn may_replace(&self) -> bool {
        self.force || self.begun.as_ref().is_some_and(Begun::replaces)
    }

    fn pack(&mut self, path: PathBuf, target: &Target, kind: Archive) -> Result<()> {
        if self.engine.listens() {
            let message = "an archive holds transcripts of several recordings; unpack it and name the one that is meant";
            return Err(Error::Usage(format!("{}: {message}", path.display())));
        }
        let packed = match target {
            _ if self.shared.is_some() => None,
            Target::Stdout if std::io::stdout().is_terminal() => {
                let message = "an archive is not shown on a terminal; say -o FILE";
                return Err(Error::Usage(format!("{}: {message}", path.display())));
            }
            _ => {
                let back = Back::text(Encoding::Utf8);
                Some(Packed::new(kind, Sink::open(target, back, self.may_replace(), self.key.as_ref())?))
            }
        };
        self.archive = Some(OpenArchive { path, packed });
        Ok(())
    }

    fn open(&mut self, file: Arc<FileContext>, path: PathBuf, target: &Target, back: Back) -> Result<()> {
        if self.many || self.archive.is_some() {
            let mut line = serde_json::to_vec(&File { file: file.name.clone() })
                .map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            self.audit(&line)?;
        }
        self.report.end.files.push(file.name.clone());
        // Findings go to the one output, and nothing to the file's own.
        let back = if self.shared.is_some() { Back::text(back.encoding) } else { back };
        let sink = Sink::open(target, back, self.may_replace(), self.key.as_ref())?;
        self.ids.clear();
        self.last_id = None;
        if let Some(mutes) = &mut self.mutes {
            mutes.list = Some(MuteList::new(&file.name, mutes.padding));
        }
        self.open = Some(OpenFile { file, path, sink });
        Ok(())
    }

    pub(super) fn audit(&mut self, lines: &[u8]) -> Result<()> {
        self.head.update(lines);
        self.logged += lines.len() as u64;
        if let Some(begun) = &mut self.begun {
            begun.lines.update(lines);
        }
        match &mut self.audit {
            Some(audit) => audit.write(lines),
            None => Ok(()),
        }
    }

    /// Writes and counts what became of `length` bytes of text. Its faults are placed from `offset` on.
    pub(super) fn chunk(&mut self, output: &Output, offset: u64, length: usize) -> Result<()> {
        self.write(&output.quarantine, &output.audit, &output.bytes)?;
        self.hear(&output.calls)?;
        self.count(output, offset, length);
        Ok(())
    }

    /// Writes what became of some text.
    pub(super) fn write(&mut self, quarantine: &[u8], audit: &[u8], bytes: &[u8]) -> Result<()> {
        self.set_aside(quarantine)?;
        self.audit(audit)?;
        let Some(open) = &mut self.open else { return Ok(()) };
        let sink = self.shared.as_mut().unwrap_or(&mut open.sink);
        sink.found(audit);
        sink.write(bytes)?;
        if self.by_line {
            sink.flush()?;
        }
        Ok(())
    }

    /// Counts what became of `length` bytes of text.
    pub(super) fn count(&mut self, output: &Output, offset: u64, length: usize) {
        for &(record, at, kind) in &output.faults {
            self.report.end.quarantined += 1;
            if self.report.faults.len() < limits::FAULTS_SHOWN
                && let Some(open) = &self.open
            {
                self.report.faults.push((open.path.clone(), record, offset + at as u64, kind));
            }
        }
        for (sum, count) in self.masked.iter_mut().zip(&output.masked) {
            *sum += count;
        }
        for (sum, count) in self.kept.iter_mut().zip(&output.kept) {
            *sum += count;
        }
        self.report.end.records += output.records;
        self.meter.wrote(length as u64, output.records, output.masked.iter().sum());
        self.report.end.cut += output.cut;
        for &id in &output.ids {
            if self.last_id != Some(id) {
                let room = self.ids.len() < limits::IDS_REMEMBERED;
                let known = if room { !self.ids.insert(id) } else { self.ids.contains(&id) };
                self.report.end.reopened += u64::from(known);
            }
            self.last_id = Some(id);
        }
    }

    /// Takes what was said when.
    fn hear(&mut self, calls: &[Call]) -> Result<()> {
        for call in calls {
            if let Some(Mutes { sink, list: Some(list), .. }) = &mut self.mutes {
                sink.write(list.call(call, self.engine.rules().entities()).as_bytes())?;
            }
            if self.wanted != Wanted::Nothing && !self.choose(call)? {
                continue;
            }
            self.whole_turns += call.whole_turns;
            self.untimed.0 += call.untimed.len() as u64;
            let room = limits::FAULTS_SHOWN - self.untimed.1.len();
            self.untimed.1.extend(call.untimed.iter().take(room).cloned());
        }
        Ok(())
    }

    /// Whether the call, or part of one, is of the recording that is asked about; if so it becomes part of the report.
    fn choose(&mut self, call: &Call) -> Result<bool> {
        let chosen = &mut self.report.call;
        if let Some(chosen) = chosen.as_mut().filter(|chosen| chosen.id == call.id) {
            chosen.windows.extend_from_slice(&call.windows);
            chosen.last = chosen.last.max(call.last);
            // What one part says of its length is nothing to the whole.
            chosen.duration = None;
            return if chosen.windows.len() <= limits::WINDOWS {
                Ok(true)
            } else {
                Err(Error::Gate(format!("more than {} windows in one recording", limits::WINDOWS)))
            };
        }
        if self.report.calls.len() < limits::FAULTS_SHOWN {
            self.report.calls.push(call.record);
        }
        let is_it = match self.wanted {
            Wanted::OfRecord(record) => call.record <= record,
            Wanted::TheOnly | Wanted::Nothing => chosen.is_none(),
        };
        if is_it {
            // Ids that come back are counted elsewhere; what has none does not count.
            self.plain_left |= chosen.as_ref().is_some_and(|chosen| chosen.id.is_none());
            self.report.is_parted = self.plain_left && call.id.is_none();
            (self.untimed, self.whole_turns) = ((0, Vec::new()), 0);
            *chosen = Some(call.clone());
        }
        Ok(is_it)
    }

    /// Refuses to complete an input of which a recording could not be muted.
    fn hold(&self, open: &OpenFile) -> Result<()> {
        if !self.engine.listens() {
            return Ok(());
        }
        let path = open.path.display();
        if self.report.end.quarantined > 0 {
            let (record, about) =
                self.report.faults.first().map_or((0, ""), |&(_, record, _, kind)| (record, kind.about()));
            return Err(Error::Gate(format!(
                "{path}: record {record} could not be read ({about}), so nobody knows what is said in it; nothing was written"
            )));
        }
        let (count, places) = &self.untimed;
        if *count == 0 {
            return Ok(());
        }
        let mut told: Vec<String> =
            places.iter().map(|(record, field)| format!("\n  record {record}, {field}")).collect();
        if *count > places.len() as u64 {
            told.push(format!("\n  and {} more", count - places.len() as u64));
        }
        Err(Error::Gate(format!(
            "{path}: what is masked there has no times, neither its words nor its turn, so it cannot be muted; nothing \
             was written:{}",
            told.concat()
        )))
    }

    fn too_long(&mut self, piece: &[u8], record: u64, offset: u64, first: bool) -> Result<()> {
        self.set_aside(piece)?;
        let Some(open) = &mut self.open else { return Ok(()) };
        let mut out = Vec::new();
        if first {
            // Where only findings come out there is no record to stand in for.
            if self.engine.masks() {
                open.file.layout.marker(b"", &mut out);
            }
            self.report.end.quarantined += 1;
            self.report.end.records += 1;
            if self.report.faults.len() < limits::FAULTS_SHOWN {
                self.report.faults.push((open.path.clone(), record, offset, FaultKind::TooLong));
            }
        }
        if self.engine.masks() && piece.ends_with(b"\n") {
            out.extend_from_slice(if piece.ends_with(b"\r\n") { b"\r\n" } else { b"\n" });
        }
        open.sink.write(&out)?;
        if first && self.engine.masks() {
            let mut line = Vec::new();
            crate::audit::record::quarantined(record, &mut line);
            self.audit(&line)?;
        }
        Ok(())
    }

    fn set_aside(&mut self, raw: &[u8]) -> Result<()> {
        match &mut self.quarantine {
            Some(quarantine) if !raw.is_empty() => quarantine
                .write_all(raw)
                .map_err(|source| Error::Output { path: PathBuf::from("quarantine"), source }),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> Result<Report> {
        let names = |counts: &[u64]| -> BTreeMap<String, u64> {
            let named = |(number, &count): (usize, &u64)| {
                (count > 0)
                    .then(|| (self.engine.rules().entities().name(Entity(number as u8)).to_owned(), count))
            };
            counts.iter().enumerate().filter_map(named).collect()
        };
        self.report.end.masked = names(&self.masked);
        self.report.end.kept = names(&self.kept);
        self.report.end.head = self.head.hex();
        if self.report.end.reopened > 0 {
            self.report.is_parted = true;
            let count = self.report.end.reopened;
            self.report.notes.push(format!(
                "{count} conversation ids came back after another conversation; their records were masked apart \
                 (--interleaved N keeps N conversations open)"
            ));
        }
        if let Some(quarantine) = &mut self.quarantine {
            quarantine
                .flush()
                .map_err(|source| Error::Output { path: PathBuf::from("quarantine"), source })?;
        }
        if self.whole_turns > 0 {
            let count = self.whole_turns;
            self.report.notes.push(format!(
                "{count} findings lie in turns whose words have no times; these turns are muted as a whole"
            ));
        }
        // An input that could not be read has no list.
        if let Some(Mutes { mut sink, list: Some(mut list), .. }) = self.mutes.take()
            && self.report.unread.is_empty()
        {
            sink.write(list.end().as_bytes())?;
            sink.finish()?;
        }
        if let Some(shared) = self.shared.take() {
            shared.finish()?;
        }
        if let Some(mut audit) = self.audit.take() {
            self.report.end.seal = self.report.end.sealed(self.key.as_ref());
            let mut line = serde_json::to_vec(&Line::End(self.report.end.clone()))
                .map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            audit.write(&line)?;
            audit.finish()?;
        }
        if let Some(batch) = self.batch.take() {
            let gone = batch.finish()?;
            if gone > 0 {
                let what =
                    if gone == 1 { "output of earlier runs has" } else { "outputs of earlier runs have" };
                self.report.notes.push(format!("{gone} {what} no input any more: left as they are"));
            }
        }
        Ok(self.report)
    }
}
