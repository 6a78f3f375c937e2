//! Where does a chunk end?
//!
//! An input is cut where a conversation ends, so that a worker always has whole conversations. A conversation
//! or record longer than its limit is cut or skipped at the same place for any size of chunks.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::archive::read_archive;
use super::{Chunk, Event, Job, Lane, Settings};
use crate::engine::{Engine, FileContext};
use crate::error::{Error, Result};
use crate::format::{FieldOptions, Format, Layout, by_name, detect, open as open_format};
use crate::limits;
use crate::sink::Target;
use crate::source::{Back, Encoding, Input};

/// Reads one input to its end; `false` when the writer is gone.
pub(super) fn read_one(engine: &Engine, job: Job, settings: &Settings, lane: &mut dyn Lane) -> Result<bool> {
    let open = if settings.by_line.is_some() { Input::open_by_line } else { Input::open };
    match open(job.source, settings.encoding, settings.key.as_ref()) {
        Ok(input) if input.archive.is_some() => {
            let place = Place { path: job.path, name: job.name, target: job.target, format: None };
            read_archive(engine, place, input, settings, lane)
        }
        Ok(input) => {
            let place = Place { path: job.path, name: job.name, target: job.target, format: None };
            read_text(engine, place, input, settings, lane)
        }
        Err(error) => broken(
            Place { path: job.path, name: job.name, target: Target::Nowhere, format: None },
            error,
            lane,
        ),
    }
}

/// A text, apart from its bytes: a job, or a file of an archive.
pub(super) struct Place {
    /// For messages.
    pub(super) path: PathBuf,
    /// For findings and audit.
    pub(super) name: String,
    pub(super) target: Target,
    /// The format, where that is known for sure.
    pub(super) format: Option<&'static Format>,
}

/// Tells of an input that cannot be read at all; `false` when the writer is gone.
pub(super) fn broken(place: Place, error: std::io::Error, lane: &mut dyn Lane) -> Result<bool> {
    let layout = (detect(None, b"").open)(b"", &FieldOptions::default())?;
    let file = Arc::new(FileContext { layout, name: place.name, columns: Vec::new() });
    let back = Back::text(Encoding::Utf8);
    let opened = Event::Open { file, path: place.path, target: Target::Nowhere, back };
    Ok(lane.event(opened)? && lane.event(Event::Broken { error })?)
}

/// Reads a text to its end; `false` when the writer is gone.
pub(super) fn read_text(
    engine: &Engine,
    place: Place,
    mut input: Input,
    settings: &Settings,
    lane: &mut dyn Lane,
) -> Result<bool> {
    let format = place.format.or(settings.format);
    let layout = match lay_out(&mut input, &place.name, format, &settings.fields) {
        Ok((_, layout)) => layout,
        Err(Stopped::Run(error)) => return Err(error),
        Err(Stopped::Input(error)) => return broken(place, error, lane),
    };
    if settings.by_line.is_some_and(|waiting| waiting.conversations > 1) && !layout.names_conversations() {
        let why = "--interleaved: records do not say which conversation they belong to; in a table \
                   --conversation-field names the column, and other formats have no such thing";
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, why);
        return broken(place, error, lane);
    }
    let mut back = input.back();
    if let Some(column) = &settings.findings_column
        && let Err(error) = back.add_findings(column)
    {
        return broken(place, error, lane);
    }
    let Place { path, name, target, .. } = place;
    if input.guessed {
        lane.event(Event::Note(format!(
            "{}: read as {}, and written back so; --encoding says otherwise",
            path.display(),
            input.encoding.name()
        )))?;
    }
    let columns = layout.names().iter().map(|name| engine.masked_name(name)).collect();
    let file = Arc::new(FileContext { layout, name, columns });
    let opened = Event::Open { file: Arc::clone(&file), path, target, back };
    if !lane.event(opened)? {
        return Ok(false);
    }
    let mut cutter = Cutter { record: file.layout.first_record(), offset: 0, first: true };
    let ran = if settings.by_line.is_some() {
        cutter.by_line(&file, &mut input, settings, lane)
    } else {
        cutter.run(&file, &mut input, settings, lane)
    };
    match ran {
        Ok(true) => lane.event(Event::Close { digest: Box::new(input.digest()), bytes: cutter.offset }),
        Ok(false) => Ok(false),
        Err(Stopped::Input(error)) => lane.event(Event::Broken { error }),
        Err(Stopped::Run(error)) => Err(error),
    }
}

/// Why reading ended before the end.
pub enum Stopped {
    /// The input cannot be read.
    Input(std::io::Error),
    /// The run ends.
    Run(Error),
}

/// Opens the layout of an input: that of `format`, else of what its name and head say. What it is counts before what it is
/// called: a table is read as one.
///
/// # Errors
/// That it cannot be read; [`Error::Usage`] as [`crate::format::open`] says.
pub fn lay_out(
    input: &mut Input,
    name: &str,
    format: Option<&'static Format>,
    fields: &FieldOptions,
) -> std::result::Result<(&'static Format, Box<dyn Layout>), Stopped> {
    let fields = FieldOptions { table: input.table().cloned(), ..fields.clone() };
    let known = fields.table.as_ref().and_then(|table| by_name(table.format));
    let format = known.or(format).unwrap_or_else(|| detect(Some(name), input.head()));
    if format.is_binary() && known.is_none() {
        let why = format!("this is no {}; --format says what it is", format.name);
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, why).into());
    }
    let layout = open_format(format, input.head(), &fields)?;
    input.show(layout.shown())?;
    Ok((format, layout))
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

/// Tells the meter what was read since `read`, and stops when asked to.
fn go_on(input: &Input, read: &mut u64, settings: &Settings) -> std::result::Result<(), Stopped> {
    settings.meter.read(input.bytes() - *read);
    *read = input.bytes();
    if settings.stop.load(Ordering::Relaxed) { Err(Stopped::Run(Error::Interrupted)) } else { Ok(()) }
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
        input: &mut Input<'_>,
        settings: &Settings,
        lane: &mut dyn Lane,
    ) -> std::result::Result<bool, Stopped> {
        let (mut buffer, mut rest) = (lane.buffer(), Vec::new());
        let mut size = settings.chunk_bytes.max(1);
        let mut read = 0;
        loop {
            let complete = input.fill(&mut buffer, size)?;
            go_on(input, &mut read, settings)?;
            let mut border = file.layout.border(&buffer, self.first, complete);
            if border == 0 && !complete {
                if buffer.len() <= limits::CONVERSATION_BYTES + file.layout.record_bytes() {
                    size = (buffer.len() * 2).max(size);
                    continue;
                }
                border = self.cut_conversation(file, &buffer);
                if border == 0 {
                    if !self.skip_record(file, input, &mut buffer, lane)? {
                        return Ok(false);
                    }
                    continue;
                }
            }
            rest.clear();
            rest.extend_from_slice(&buffer[border..]);
            buffer.truncate(border);
            if !buffer.is_empty() {
                let records = file.layout.count(&buffer, self.first);
                if !self.hand_out(file, buffer, records, settings, lane)? {
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

    /// Hands out each record as soon as it is there.
    fn by_line(
        &mut self,
        file: &Arc<FileContext>,
        input: &mut Input<'_>,
        settings: &Settings,
        lane: &mut dyn Lane,
    ) -> std::result::Result<bool, Stopped> {
        let (mut buffer, mut complete, mut read) = (Vec::new(), false, 0);
        loop {
            while let Some(end) =
                file.layout.record_end(&buffer, 0, self.first, complete).filter(|&end| end > 0)
            {
                let rest = buffer.split_off(end);
                let record = std::mem::replace(&mut buffer, rest);
                if !self.hand_out(file, record, 1, settings, lane)? {
                    return Ok(false);
                }
            }
            if complete {
                return Ok(true);
            }
            if buffer.len() > file.layout.record_bytes() {
                if !self.skip_record(file, input, &mut buffer, lane)? {
                    return Ok(false);
                }
                continue;
            }
            complete = input.fill_some(&mut buffer)?;
            go_on(input, &mut read, settings)?;
        }
    }

    /// Hands out `bytes`, which are the next `records` records.
    fn hand_out(
        &mut self,
        file: &Arc<FileContext>,
        bytes: Vec<u8>,
        records: u64,
        settings: &Settings,
        lane: &mut dyn Lane,
    ) -> Result<bool> {
        let length = bytes.len() as u64;
        let chunk = Chunk { bytes, first: self.first, record: self.record, offset: self.offset };
        self.first = false;
        self.record += records;
        self.offset += length;
        settings.meter.cut(length);
        lane.chunk(file, chunk)
    }

    /// Where a conversation longer than the limit is cut: at the end of the record that reaches it, as the
    /// layouts do; before a record that is too long.
    fn cut_conversation(&self, file: &FileContext, buffer: &[u8]) -> usize {
        let mut at = 0;
        while at < limits::CONVERSATION_BYTES {
            match file.layout.record_end(buffer, at, self.first, false) {
                Some(end) => at = end,
                None => break,
            }
        }
        at
    }

    /// Hands a record that is too long to quarantine, piece by piece up to the next one.
    fn skip_record(
        &mut self,
        file: &FileContext,
        input: &mut Input<'_>,
        buffer: &mut Vec<u8>,
        lane: &mut dyn Lane,
    ) -> std::result::Result<bool, Stopped> {
        let (record, offset) = (file.layout.record_number(self.record), self.offset);
        let mut first = true;
        loop {
            let end = file.layout.next_record(buffer);
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
