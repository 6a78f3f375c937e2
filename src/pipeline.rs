//! Many conversations, every core, in order.
//!
//! The caller's thread reads and cuts the inputs into chunks of whole conversations; a pool of workers
//! masks them; one writer takes the results in the order of the inputs. The order is kept by a bounded
//! queue of slots: the reader puts in a slot for each chunk as it hands the chunk out, the writer waits for
//! the first slot. Workers never wait for the writer, the reader waits when the queue is full, so memory is
//! bounded by the queue's length. With one job all three are the caller's thread.

use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use crate::audit::{Digest, End, File, Head, Line, Run};
use crate::engine::{Engine, FileContext, Output, Worker};
use crate::error::{Error, Result};
use crate::format::{FieldOptions, Format, detect};
use crate::limits;
use crate::model::{Entity, FaultKind};
use crate::sink::{Sink, Target};
use crate::source::{Encoding, Input, Source};

/// One input and where its masked form goes.
pub struct Job {
    /// Where bytes come from.
    pub source: Source,
    /// Its name for messages; `-` for standard input.
    pub path: PathBuf,
    /// Its name in findings and audit before masking: without directories of the host.
    pub name: String,
    /// Where bytes go.
    pub target: Target,
}

/// How to run.
pub struct Settings<'a> {
    /// Worker threads.
    pub jobs: usize,
    /// Bytes a chunk aims at.
    pub chunk_bytes: usize,
    /// Chunks in flight beyond one per worker.
    pub chunks_ahead: usize,
    /// The format of all inputs; detected for each when `None`.
    pub format: Option<&'static Format>,
    /// The encoding of all inputs; detected for each when `None`.
    pub encoding: Option<Encoding>,
    /// Which fields hold what.
    pub fields: FieldOptions,
    /// The key of the digests.
    pub key: Option<[u8; 32]>,
    /// Whether outputs may replace files.
    pub force: bool,
    /// Set when the run shall stop.
    pub stop: &'a AtomicBool,
    /// Where quarantined records go, raw.
    pub quarantine: Option<Box<dyn Write + Send>>,
    /// Where the audit goes, with its run line.
    pub audit: Option<(Sink, Run)>,
    /// One output for all inputs, instead of one each.
    pub one_output: Option<Target>,
    /// Whether the audit names the file before its records: a run over several inputs.
    pub many: bool,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Settings {
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            chunk_bytes: limits::CHUNK_BYTES,
            chunks_ahead: limits::CHUNKS_AHEAD,
            format: None,
            encoding: None,
            fields: FieldOptions::default(),
            key: None,
            force: false,
            stop: &NEVER,
            quarantine: None,
            audit: None,
            one_output: None,
            many: false,
        }
    }
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// The audit's end line.
    pub end: End,
    /// Bytes of text read, unpacked and decoded.
    pub bytes: u64,
    /// The first faults: file, record, offset in the decoded text, reason.
    pub faults: Vec<(PathBuf, u64, u64, FaultKind)>,
    /// Inputs that could not be read, with the reason.
    pub unread: Vec<(PathBuf, std::io::Error)>,
    /// What a user should know: a guessed encoding, reopened conversations.
    pub notes: Vec<String>,
}

/// What the reader tells the writer, in order.
enum Event {
    /// An input begins.
    Open { file: Arc<FileContext>, path: PathBuf, target: Target, encoding: Encoding },
    /// A chunk's place in the order; its offset in the text.
    Chunk { slot: Receiver<Output>, offset: u64 },
    /// A piece of a record that is too long: of the first one the marker is written.
    TooLong { piece: Vec<u8>, record: u64, offset: u64, first: bool },
    /// The input ended.
    Close { digest: Digest, bytes: u64 },
    /// The input could not be read to its end: its output must not appear.
    Broken { error: std::io::Error },
    /// Something to tell the user.
    Note(String),
}

/// Masks all inputs.
///
/// # Errors
/// [`Error::Output`] when an output or the audit cannot be written, [`Error::Usage`] when one exists,
/// [`Error::Usage`] when an input has no such column, [`Error::Interrupted`] when asked to stop. An input
/// that cannot be read is no error of the run: it is listed in the report.
pub fn run(engine: &Engine, jobs: impl IntoIterator<Item = Job>, mut settings: Settings) -> Result<Report> {
    let writer = Writer::new(engine, &mut settings)?;
    if settings.jobs <= 1 {
        let mut lane = Inline { worker: engine.worker(), spare: Output::default(), writer, engine };
        let read = read_all(engine, jobs, &settings, &mut lane);
        return finish(read, &settings, || lane.writer.finish());
    }
    let (events, queue) = sync_channel::<Event>(settings.jobs + settings.chunks_ahead);
    let (give_back, spare) = sync_channel::<Output>(settings.jobs + settings.chunks_ahead + 2);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(settings.jobs)
        .build()
        .map_err(|error| Error::Usage(format!("no threads: {error}")))?;
    let workers: Vec<Mutex<Worker>> = (0..settings.jobs).map(|_| Mutex::new(engine.worker())).collect();
    std::thread::scope(|threads| {
        let writing = threads.spawn(move || write_all(writer, queue, &give_back));
        let read = pool.in_place_scope_fifo(|scope| {
            let mut lane = Pooled { scope, events, spare, ready: None, workers: &workers, engine };
            read_all(engine, jobs, &settings, &mut lane)
        });
        let written = writing.join().map_err(|_| Error::Integrity("the writer failed; nothing was completed".into()))?;
        match written {
            Err(error) => Err(error),
            Ok(writer) => finish(read, &settings, || writer.finish()),
        }
    })
}

fn finish(read: Result<()>, settings: &Settings, close: impl FnOnce() -> Result<Report>) -> Result<Report> {
    read?;
    if settings.stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    close()
}

fn write_all<'a>(mut writer: Writer<'a>, queue: Receiver<Event>, give_back: &SyncSender<Output>) -> Result<Writer<'a>> {
    for event in queue {
        if let Some(output) = writer.take(event)? {
            // A full channel only means that there are buffers enough.
            let _ = give_back.try_send(output);
        }
    }
    Ok(writer)
}

/// Where the reader puts events and chunks. `false` says that the writer is gone.
trait Lane {
    fn event(&mut self, event: Event) -> Result<bool>;
    fn chunk(&mut self, file: &Arc<FileContext>, bytes: Vec<u8>, first: bool, record: u64, offset: u64) -> Result<bool>;
    /// An empty buffer, used before if there is one.
    fn buffer(&mut self) -> Vec<u8>;
}

/// All in one thread.
struct Inline<'e> {
    engine: &'e Engine,
    worker: Worker,
    spare: Output,
    writer: Writer<'e>,
}

impl Lane for Inline<'_> {
    fn event(&mut self, event: Event) -> Result<bool> {
        self.writer.take(event).map(|_| true)
    }

    fn chunk(&mut self, file: &Arc<FileContext>, bytes: Vec<u8>, first: bool, record: u64, offset: u64) -> Result<bool> {
        self.spare.clear();
        self.engine.chunk(file, &bytes, first, record, &mut self.worker, &mut self.spare);
        self.spare.raw = bytes;
        self.writer.chunk(&self.spare, offset).map(|()| true)
    }

    fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = std::mem::take(&mut self.spare.raw);
        buffer.clear();
        buffer
    }
}

/// Over the pool.
struct Pooled<'s, 'scope, 'e> {
    scope: &'s rayon::ScopeFifo<'scope>,
    events: SyncSender<Event>,
    spare: Receiver<Output>,
    /// The next output to hand out.
    ready: Option<Output>,
    workers: &'scope [Mutex<Worker>],
    engine: &'e Engine,
}

impl<'scope, 'e: 'scope> Lane for Pooled<'_, 'scope, 'e> {
    fn event(&mut self, event: Event) -> Result<bool> {
        Ok(self.events.send(event).is_ok())
    }

    fn chunk(&mut self, file: &Arc<FileContext>, bytes: Vec<u8>, first: bool, record: u64, offset: u64) -> Result<bool> {
        let (done, slot) = sync_channel(1);
        if self.events.send(Event::Chunk { slot, offset }).is_err() {
            return Ok(false);
        }
        let mut output = self.ready.take().or_else(|| self.spare.try_recv().ok()).unwrap_or_default();
        let (file, engine, workers) = (Arc::clone(file), self.engine, self.workers);
        self.scope.spawn_fifo(move |_| {
            output.clear();
            // Each thread of the pool has a worker of its own, so the lock is never waited for; after a
            // panic, which the engine catches, its content is sound.
            let index = rayon::current_thread_index().unwrap_or(0);
            let mut worker = workers[index].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            engine.chunk(&file, &bytes, first, record, &mut worker, &mut output);
            output.raw = bytes;
            // The writer may be gone after an error; then nobody waits for this.
            let _ = done.send(output);
        });
        Ok(true)
    }

    fn buffer(&mut self) -> Vec<u8> {
        let mut output = self.ready.take().or_else(|| self.spare.try_recv().ok()).unwrap_or_default();
        let mut buffer = std::mem::take(&mut output.raw);
        self.ready = Some(output);
        buffer.clear();
        buffer
    }
}

fn read_all(
    engine: &Engine,
    jobs: impl IntoIterator<Item = Job>,
    settings: &Settings,
    lane: &mut dyn Lane,
) -> Result<()> {
    for job in jobs {
        if settings.stop.load(Ordering::Relaxed) {
            break;
        }
        if !read_one(engine, job, settings, lane)? {
            break;
        }
    }
    Ok(())
}

/// Reads one input to its end; `false` when the writer is gone.
fn read_one(engine: &Engine, job: Job, settings: &Settings, lane: &mut dyn Lane) -> Result<bool> {
    let mut input = match Input::open(job.source, settings.encoding, settings.key.as_ref()) {
        Ok(input) => input,
        Err(error) => {
            let file = Arc::new(FileContext {
                layout: (detect(None, b"").open)(b"", &settings.fields)?,
                name: engine.masked_name(&job.name),
                columns: Vec::new(),
            });
            let opened = Event::Open { file, path: job.path, target: Target::Nowhere, encoding: Encoding::Utf8 };
            return Ok(lane.event(opened)? && lane.event(Event::Broken { error })?);
        }
    };
    if input.guessed {
        let name = job.path.display();
        lane.event(Event::Note(format!("{name}: read as Windows-1252, and written back so; --encoding says otherwise")))?;
    }
    let format = settings.format.unwrap_or_else(|| detect(Some(&job.name), input.head()));
    let layout = (format.open)(input.head(), &settings.fields)?;
    let columns = layout.names().iter().map(|name| engine.masked_name(name)).collect();
    let file = Arc::new(FileContext { layout, name: engine.masked_name(&job.name), columns });
    let opened = Event::Open { file: Arc::clone(&file), path: job.path, target: job.target, encoding: input.encoding };
    if !lane.event(opened)? {
        return Ok(false);
    }
    let mut cutter = Cutter { record: file.layout.first_record(), offset: 0, first: true };
    match cutter.run(&file, &mut input, settings, lane) {
        Ok(true) => lane.event(Event::Close { digest: input.digest(), bytes: cutter.offset }),
        Ok(false) => Ok(false),
        Err(Stopped::Input(error)) => lane.event(Event::Broken { error }),
        Err(Stopped::Run(error)) => Err(error),
    }
}

enum Stopped {
    Input(std::io::Error),
    Run(Error),
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Stopped::Input(error)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Stopped::Run(error)
    }
}

/// Cuts an input into chunks of whole conversations.
struct Cutter {
    /// Number of the next record.
    record: u64,
    /// Where the next chunk begins in the text.
    offset: u64,
    first: bool,
}

impl Cutter {
    fn run(
        &mut self,
        file: &Arc<FileContext>,
        input: &mut Input,
        settings: &Settings,
        lane: &mut dyn Lane,
    ) -> std::result::Result<bool, Stopped> {
        let (mut buffer, mut rest) = (lane.buffer(), Vec::new());
        let mut size = settings.chunk_bytes.max(1);
        loop {
            let complete = input.fill(&mut buffer, size)?;
            if settings.stop.load(Ordering::Relaxed) {
                return Err(Stopped::Run(Error::Interrupted));
            }
            let mut border = file.layout.border(&buffer, self.first, complete);
            if border == 0 && !complete {
                if buffer.len() <= limits::CONVERSATION_BYTES + limits::RECORD_BYTES {
                    size = (buffer.len() * 2).max(size);
                    continue;
                }
                border = self.cut_conversation(file, &buffer);
                if border == 0 {
                    if !self.skip_record(input, &mut buffer, lane)? {
                        return Ok(false);
                    }
                    continue;
                }
            }
            rest.clear();
            rest.extend_from_slice(&buffer[border..]);
            buffer.truncate(border);
            if !buffer.is_empty() {
                let records = file.layout.count(&buffer);
                let (first, record, offset) = (self.first, self.record, self.offset);
                self.first = false;
                self.record += records;
                self.offset += border as u64;
                if !lane.chunk(file, buffer, first, record, offset)? {
                    return Ok(false);
                }
            }
            if complete {
                return Ok(true);
            }
            buffer = lane.buffer();
            buffer.extend_from_slice(&rest);
            size = settings.chunk_bytes.max(rest.len() + 1);
        }
    }

    /// Where a conversation longer than the limit is cut: at the end of the record that reaches it, as the
    /// layouts do; before a record that is too long.
    fn cut_conversation(&self, file: &FileContext, buffer: &[u8]) -> usize {
        let mut at = 0;
        while at < limits::CONVERSATION_BYTES {
            match file.layout.record_end(buffer, at, false) {
                Some(end) => at = end,
                None => break,
            }
        }
        at
    }

    /// Hands a record that is too long to quarantine, piece by piece up to its line's end.
    fn skip_record(
        &mut self,
        input: &mut Input,
        buffer: &mut Vec<u8>,
        lane: &mut dyn Lane,
    ) -> std::result::Result<bool, Stopped> {
        let (record, offset) = (self.record, self.offset);
        let mut first = true;
        loop {
            let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
            let rest = buffer.split_off(end.unwrap_or(buffer.len()));
            self.offset += buffer.len() as u64;
            let piece = std::mem::replace(buffer, rest);
            if !lane.event(Event::TooLong { piece, record, offset, first })? {
                return Ok(false);
            }
            first = false;
            if end.is_some() {
                break;
            }
            let complete = input.fill(buffer, limits::CHUNK_BYTES)?;
            if complete && buffer.is_empty() {
                break;
            }
        }
        self.record += 1;
        self.first = false;
        Ok(true)
    }
}

/// The one thread that touches outputs, quarantine and audit, in that order of need.
struct Writer<'e> {
    engine: &'e Engine,
    force: bool,
    key: Option<[u8; 32]>,
    quarantine: Option<Box<dyn Write + Send>>,
    audit: Option<Sink>,
    many: bool,
    head: Head,
    open: Option<OpenFile>,
    /// The output of all inputs, where there is only one.
    shared: Option<Sink>,
    masked: Vec<u64>,
    kept: Vec<u64>,
    /// Hashes of conversation ids of the open input; only asked.
    ids: HashSet<u64>,
    last_id: Option<u64>,
    report: Report,
}

struct OpenFile {
    file: Arc<FileContext>,
    path: PathBuf,
    sink: Sink,
}

impl<'e> Writer<'e> {
    fn new(engine: &'e Engine, settings: &mut Settings) -> Result<Self> {
        let mut report = Report::default();
        let mut audit = None;
        if let Some((mut writer, run)) = settings.audit.take() {
            let mut line = serde_json::to_vec(&Line::Run(run)).map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            writer.write(&line)?;
            report.end.run = blake3::hash(&line).to_hex().to_string();
            audit = Some(writer);
        }
        let shared = match &settings.one_output {
            Some(target) => Some(Sink::open(target, Encoding::Utf8, settings.force, settings.key.as_ref())?),
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
            shared,
            masked: vec![0; engine.rules().entities().len()],
            kept: vec![0; engine.rules().entities().len()],
            ids: HashSet::new(),
            last_id: None,
            report,
        })
    }

    /// Acts on an event; gives a chunk's buffers back.
    fn take(&mut self, event: Event) -> Result<Option<Output>> {
        match event {
            Event::Open { file, path, target, encoding } => self.open(file, path, &target, encoding)?,
            Event::Chunk { slot, offset } => {
                // A worker that is lost without a word would be a defect; no output may pass for complete.
                let output = slot.recv().map_err(|_| Error::Integrity("a worker failed; nothing was completed".into()))?;
                self.chunk(&output, offset)?;
                return Ok(Some(output));
            }
            Event::TooLong { piece, record, offset, first } => self.too_long(&piece, record, offset, first)?,
            Event::Close { digest, bytes } => {
                if let Some(open) = self.open.take() {
                    self.report.bytes += bytes;
                    self.report.end.input.push(digest.publish());
                    self.report.end.output.push(open.sink.finish()?.publish());
                }
            }
            Event::Broken { error } => {
                if let Some(open) = self.open.take() {
                    self.report.end.input.push(None);
                    self.report.end.output.push(None);
                    self.report.unread.push((open.path, error));
                }
            }
            Event::Note(note) => self.report.notes.push(note),
        }
        Ok(None)
    }

    fn open(&mut self, file: Arc<FileContext>, path: PathBuf, target: &Target, encoding: Encoding) -> Result<()> {
        if self.many && let Some(audit) = &mut self.audit {
            let mut line = serde_json::to_vec(&File { file: file.name.clone() }).map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            audit.write(&line)?;
        }
        self.report.end.files.push(file.name.clone());
        let sink = Sink::open(target, encoding, self.force, self.key.as_ref())?;
        self.ids.clear();
        self.last_id = None;
        self.open = Some(OpenFile { file, path, sink });
        Ok(())
    }

    fn audit(&mut self, lines: &[u8]) -> Result<()> {
        self.head.update(lines);
        match &mut self.audit {
            Some(audit) => audit.write(lines),
            None => Ok(()),
        }
    }

    fn chunk(&mut self, output: &Output, offset: u64) -> Result<()> {
        self.set_aside(&output.quarantine)?;
        self.audit(&output.audit)?;
        let Some(open) = &mut self.open else { return Ok(()) };
        self.shared.as_mut().unwrap_or(&mut open.sink).write(&output.bytes)?;
        for &(record, at, kind) in &output.faults {
            self.report.end.quarantined += 1;
            if self.report.faults.len() < limits::FAULTS_SHOWN {
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
        self.report.end.cut += output.cut;
        for &id in &output.ids {
            if self.last_id != Some(id) {
                let room = self.ids.len() < limits::IDS_REMEMBERED;
                let known = if room { !self.ids.insert(id) } else { self.ids.contains(&id) };
                self.report.end.reopened += u64::from(known);
            }
            self.last_id = Some(id);
        }
        Ok(())
    }

    fn too_long(&mut self, piece: &[u8], record: u64, offset: u64, first: bool) -> Result<()> {
        self.set_aside(piece)?;
        let Some(open) = &mut self.open else { return Ok(()) };
        let mut out = Vec::new();
        if first {
            // Where only findings come out there is no record to stand in for.
            if self.engine.masks() {
                open.file.layout.marker(&mut out);
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
            Some(quarantine) if !raw.is_empty() => {
                quarantine.write_all(raw).map_err(|source| Error::Output { path: PathBuf::from("quarantine"), source })
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Report> {
        let names = |counts: &[u64]| -> BTreeMap<String, u64> {
            let named = |(number, &count): (usize, &u64)| {
                (count > 0).then(|| (self.engine.rules().entities().name(Entity(number as u8)).to_owned(), count))
            };
            counts.iter().enumerate().filter_map(named).collect()
        };
        self.report.end.masked = names(&self.masked);
        self.report.end.kept = names(&self.kept);
        self.report.end.head = self.head.hex();
        if self.report.end.reopened > 0 {
            let count = self.report.end.reopened;
            self.report.notes.push(format!(
                "{count} conversation ids came back after another conversation; their records were masked apart"
            ));
        }
        if let Some(quarantine) = &mut self.quarantine {
            quarantine.flush().map_err(|source| Error::Output { path: PathBuf::from("quarantine"), source })?;
        }
        if let Some(shared) = self.shared.take() {
            shared.finish()?;
        }
        if let Some(mut audit) = self.audit.take() {
            let mut line = serde_json::to_vec(&Line::End(self.report.end.clone())).map_err(|error| Error::Usage(error.to_string()))?;
            line.push(b'\n');
            audit.write(&line)?;
            audit.finish()?;
        }
        Ok(self.report)
    }
}
