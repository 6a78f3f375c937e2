//! Many conversations, every core, in order.
//!
//! The caller's thread reads and cuts the inputs into chunks of whole conversations; a pool of workers
//! masks them; one writer takes the results in the order of the inputs. The order is kept by a bounded
//! queue of slots: the reader puts in a slot for each chunk as it hands the chunk out, the writer waits for
//! the first slot. Workers never wait for the writer, the reader waits when the queue is full, so memory is
//! bounded by the queue's length. With one job all three are the caller's thread.

mod archive;
pub mod batch;
mod begun;
mod cutter;
mod held;
mod meter;
mod writer;

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use crate::audit::{Digest, End, Run};
use crate::engine::{Engine, FileContext, Output, Worker};
use crate::error::{Error, Result};
use crate::format::{FieldOptions, Format, Headings};
use crate::limits;
use crate::model::{Call, FaultKind};
use crate::sink::{Entry, Sink, Target};
use crate::source::{Archive, Back, Encoding, Source};
use batch::{Batch, Ticket};
use cutter::read_one;
pub use cutter::{Stopped, lay_out};
use held::Held;
pub use meter::Meter;
use writer::Writer;

/// One input and where its masked form goes.
pub struct Job {
    /// Where bytes come from.
    pub source: Source,
    /// Its name for messages; `-` for standard input.
    pub path: PathBuf,
    /// Its name in findings and audit: masked, and without directories of the host. Its ending helps to tell the format.
    pub name: String,
    /// Where bytes go.
    pub target: Target,
    /// What the batch says of it, if it belongs to one.
    pub ticket: Option<Ticket>,
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
    /// The column that tells what was masked in each row of a table.
    pub findings_column: Option<String>,
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
    /// What is known of earlier runs over the same directory.
    pub batch: Option<Batch>,
    /// Whether files of archives keep their names, whatever they tell.
    pub keep_names: bool,
    /// Whether records are masked and written as they come, in one thread, and how long each waits.
    pub by_line: Option<Waiting>,
    /// Where the run says how far it is.
    pub meter: Arc<Meter>,
    /// Where the windows of the recording go, with so many milliseconds around each. The engine must listen, and
    /// there is one input.
    pub mute_list: Option<(Target, u64)>,
    /// Whether the report tells the windows of one call. The engine must listen, and there is one input.
    pub call: Wanted,
}

/// How long a record waits that is masked as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For how many records of its conversation; for all of them when `None`.
    pub records: Option<usize>,
    /// How many conversations may be open at a time, at least one: records of one need not stand together then.
    pub conversations: usize,
}

/// Which call's windows are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// None is asked for.
    #[default]
    Nothing,
    /// There is only one; records without a conversation id belong to one call.
    TheOnly,
    /// The one that the record of this number belongs to.
    OfRecord(u64),
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
            findings_column: None,
            key: None,
            force: false,
            stop: &NEVER,
            quarantine: None,
            audit: None,
            one_output: None,
            many: false,
            batch: None,
            keep_names: false,
            by_line: None,
            meter: Arc::default(),
            mute_list: None,
            call: Wanted::Nothing,
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
    /// Inputs that an earlier run had done.
    pub skipped: u64,
    /// What a user should know: a guessed encoding, reopened conversations.
    pub notes: Vec<String>,
    /// The call that was asked for; the first if [`Wanted::TheOnly`] was.
    pub call: Option<Call>,
    /// Where calls begin that are not part of one before: numbers of records, as many as are shown.
    pub calls: Vec<u64>,
    /// Whether records of the call may stand apart from it, so that `call` may lack their windows.
    pub is_parted: bool,
}

/// What the reader tells the writer, in order.
enum Event {
    /// An archive begins: the inputs up to its end are its files.
    Pack { path: PathBuf, target: Target, kind: Archive },
    /// A directory of the archive.
    Directory(Entry),
    /// The archive ended.
    Unpacked { digest: Box<Digest> },
    /// An input begins.
    Open { file: Arc<FileContext>, path: PathBuf, target: Target, back: Back },
    /// A chunk's place in the order; its offset in the text.
    Chunk { slot: Receiver<Output>, offset: u64 },
    /// A piece of a record that is too long: of the first one the marker is written.
    TooLong { piece: Vec<u8>, record: u64, offset: u64, first: bool },
    /// The input ended.
    Close { digest: Box<Digest>, bytes: u64 },
    /// The input could not be read to its end: its output must not appear.
    Broken { error: std::io::Error },
    /// Something to tell the user.
    Note(String),
    /// An input of a batch begins: its masked name, and what is known of it.
    Begin { name: String, ticket: Box<Ticket> },
    /// An input of a batch is done with.
    End,
}

/// Masks all inputs.
///
/// # Errors
/// [`Error::Output`] when an output or the audit cannot be written, [`Error::Usage`] when one exists,
/// [`Error::Usage`] when an input has no such column, [`Error::Interrupted`] when asked to stop. An input
/// that cannot be read is no error of the run: it is listed in the report.
pub fn run(engine: &Engine, jobs: impl IntoIterator<Item = Job>, mut settings: Settings) -> Result<Report> {
    settings.fields.headings = Headings::new(engine.rules().headings());
    let writer = Writer::new(engine, &mut settings)?;
    if let Some(waiting) = settings.by_line {
        let mut lane = ByLine { held: Held::new(engine, waiting), file: None, writer };
        let read = read_all(engine, jobs, &settings, &mut lane);
        return finish(read, &settings, || lane.writer.finish());
    }
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
        let written = writing
            .join()
            .map_err(|_| Error::Integrity("the writer failed; nothing was completed".into()))?;
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

fn write_all<'a>(
    mut writer: Writer<'a>,
    queue: Receiver<Event>,
    give_back: &SyncSender<Output>,
) -> Result<Writer<'a>> {
    for event in queue {
        if let Some(output) = writer.take(event)? {
            // A full channel only means that there are buffers enough.
            let _ = give_back.try_send(output);
        }
    }
    Ok(writer)
}

/// Whole conversations of an input.
struct Chunk {
    bytes: Vec<u8>,
    /// Whether it begins the input.
    first: bool,
    /// Number of its first record.
    record: u64,
    /// Where it begins in the text.
    offset: u64,
}

/// Where the reader puts events and chunks. `false` says that the writer is gone.
trait Lane {
    fn event(&mut self, event: Event) -> Result<bool>;
    fn chunk(&mut self, file: &Arc<FileContext>, chunk: Chunk) -> Result<bool>;
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

    fn chunk(&mut self, file: &Arc<FileContext>, chunk: Chunk) -> Result<bool> {
        let Chunk { bytes, first, record, offset } = chunk;
        self.spare.clear();
        self.engine.chunk(file, &bytes, first, record, &mut self.worker, &mut self.spare);
        self.spare.raw = bytes;
        self.writer.chunk(&self.spare, offset, self.spare.raw.len()).map(|()| true)
    }

    fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = std::mem::take(&mut self.spare.raw);
        buffer.clear();
        buffer
    }
}

/// All in one thread, record by record.
struct ByLine<'e> {
    held: Held<'e>,
    /// The input that is being read.
    file: Option<Arc<FileContext>>,
    writer: Writer<'e>,
}

impl Lane for ByLine<'_> {
    fn event(&mut self, event: Event) -> Result<bool> {
        if let Event::Open { file, .. } = &event {
            self.file = Some(Arc::clone(file));
        }
        // What comes next stands behind all that waits.
        if let (Event::TooLong { .. } | Event::Close { .. } | Event::Broken { .. }, Some(file)) =
            (&event, &self.file)
        {
            self.held.close_all(file, &mut self.writer)?;
        }
        self.writer.take(event).map(|_| true)
    }

    fn chunk(&mut self, file: &Arc<FileContext>, chunk: Chunk) -> Result<bool> {
        self.held.take(file, chunk, &mut self.writer).map(|()| true)
    }

    fn buffer(&mut self) -> Vec<u8> {
        Vec::new()
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

    fn chunk(&mut self, file: &Arc<FileContext>, chunk: Chunk) -> Result<bool> {
        let Chunk { bytes, first, record, offset } = chunk;
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
    for mut job in jobs {
        if settings.stop.load(Ordering::Relaxed) {
            break;
        }
        let goes_on = match job.ticket.take() {
            None => read_one(engine, job, settings, lane)?,
            Some(ticket) => {
                let is_done = ticket.done.is_some();
                lane.event(Event::Begin { name: job.name.clone(), ticket: Box::new(ticket) })?
                    && (is_done || read_one(engine, job, settings, lane)?)
                    && lane.event(Event::End)?
            }
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}
