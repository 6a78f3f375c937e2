//! How are Arrow files and streams read?
//!
//! Message by message, as they come: a file holds a stream between its magic and its footer, and the footer tells
//! nothing that the stream does not. What a message says of its length is not believed before the bytes are there.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::channel;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{CompressionType, Message, MessageHeader, root_as_message};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use super::ipc_write::{Container, Writing};
use super::masked::Masked;
use super::parts::{Batches, Notes, Part, shown_roots};
use super::plan::Plan;
use super::read_at::{damaged, guarded, unsupported};
use super::shown::{Showing, show};
use super::{Shown, Table};
use crate::limits;
use crate::model::{ColumnView, TypedTable};

/// What a file begins with, filled up to eight bytes.
const MAGIC: &[u8; 8] = b"ARROW1\0\0";

/// An Arrow file or stream, its schema and first batch read.
struct Opened<'r> {
    messages: Messages<'r>,
    container: Container,
    plan: Plan,
    notes: Notes,
    about: TypedTable,
}

/// Opens a file.
pub(super) fn open_file<'r>(bytes: Box<dyn Read + 'r>) -> io::Result<Box<dyn Table<'r> + 'r>> {
    let mut raw = buffered(bytes);
    let mut magic = [0; 8];
    raw.read_exact(&mut magic)?;
    if &magic != MAGIC {
        return Err(damaged("the beginning: damaged".to_owned()));
    }
    // Some writers fill up to where a message may begin, at a multiple of 64.
    let mut word = [0; 4];
    for _ in 0..64 / word.len() {
        if read_some(&mut raw, &mut word)? == word.len() && word != [0; 4] {
            break;
        }
    }
    open(Box::new(io::Cursor::new(word).chain(raw)), Container::File)
}

/// Opens a stream.
pub(super) fn open_stream<'r>(bytes: Box<dyn Read + 'r>) -> io::Result<Box<dyn Table<'r> + 'r>> {
    open(buffered(bytes), Container::Stream)
}

fn buffered<'r>(bytes: Box<dyn Read + 'r>) -> Box<dyn Read + 'r> {
    Box::new(io::BufReader::with_capacity(64 << 10, bytes))
}

fn open<'r>(raw: Box<dyn Read + 'r>, container: Container) -> io::Result<Box<dyn Table<'r> + 'r>> {
    let messages = Messages::open(raw, container)?;
    let plan = Plan::of(&messages.schema, &|_| false)?;
    let mut notes = Notes::new();
    notes_of(messages.schema.metadata(), &mut notes);
    notes_of_fields(messages.schema.fields(), &mut notes);
    let about = TypedTable { format: "arrow", columns: plan.columns(), has_notes: !notes.is_empty() };
    Ok(Box::new(Opened { messages, container, plan, notes, about }))
}

/// What of its metadata says something, in a fixed order.
fn notes_of(metadata: &HashMap<String, String>, notes: &mut Notes) {
    let mut keys: Vec<&String> = metadata.keys().filter(|key| is_note(key)).collect();
    keys.sort_unstable();
    notes.extend(keys.into_iter().map(|key| (key.clone(), metadata[key].clone())));
}

/// The number of a field and the name of a type are no notes.
fn is_note(key: &str) -> bool {
    key != "PARQUET:field_id" && key != "ARROW:extension:name"
}

/// The same for fields and what lies in them.
pub(super) fn notes_of_fields(fields: &Fields, notes: &mut Notes) {
    for field in fields {
        notes_of(field.metadata(), notes);
        inner(field.data_type()).iter().for_each(|field| notes_of_fields(field, notes));
    }
}

fn inner(kind: &DataType) -> Vec<Fields> {
    match kind {
        DataType::Struct(fields) => vec![fields.clone()],
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => vec![Fields::from(vec![Arc::clone(field)])],
        _ => Vec::new(),
    }
}

fn set_notes(
    metadata: &HashMap<String, String>,
    notes: &mut dyn Iterator<Item = String>,
) -> HashMap<String, String> {
    let mut keys: Vec<&String> = metadata.keys().collect();
    keys.sort_unstable();
    let set = |key: &String| {
        let note = if is_note(key) { notes.next() } else { Some(metadata[key].clone()) };
        (key.clone(), note.unwrap_or_default())
    };
    keys.into_iter().map(set).collect()
}

/// Puts notes where [`notes_of_fields`] found them.
pub(super) fn set_notes_of_fields(fields: &Fields, notes: &mut dyn Iterator<Item = String>) -> Fields {
    let set = |field: &Arc<Field>| {
        let metadata = set_notes(field.metadata(), notes);
        let one = |field: &Arc<Field>, notes: &mut dyn Iterator<Item = String>| {
            set_notes_of_fields(&Fields::from(vec![Arc::clone(field)]), notes)[0].clone()
        };
        let kind = match field.data_type() {
            DataType::Struct(fields) => DataType::Struct(set_notes_of_fields(fields, notes)),
            DataType::List(item) => DataType::List(one(item, notes)),
            DataType::LargeList(item) => DataType::LargeList(one(item, notes)),
            DataType::FixedSizeList(item, size) => DataType::FixedSizeList(one(item, notes), *size),
            DataType::Map(entries, is_sorted) => DataType::Map(one(entries, notes), *is_sorted),
            plain => plain.clone(),
        };
        Arc::new(field.as_ref().clone().with_data_type(kind).with_metadata(metadata))
    };
    fields.iter().map(set).collect()
}

/// The schema with notes in the place of its own.
pub(super) fn set_notes_of_schema(schema: &Schema, notes: Vec<String>) -> Schema {
    let mut notes = notes.into_iter();
    let metadata = set_notes(schema.metadata(), &mut notes);
    Schema::new_with_metadata(set_notes_of_fields(schema.fields(), &mut notes), metadata)
}

impl<'r> Table<'r> for Opened<'r> {
    fn about(&self) -> &TypedTable {
        &self.about
    }

    fn sample(&mut self) -> io::Result<Vec<u8>> {
        let mut plan = self.plan.clone();
        plan.choose_all(&self.messages.schema);
        let mut text = Vec::new();
        if let Some(batch) = self.messages.peek()? {
            let rows = limits::TABLE_SAMPLE_ROWS.min(batch.num_rows());
            let shown = columns(&batch.slice(0, rows), &shown_roots(&plan))?;
            show(&plan, &shown, 0, &mut text);
        }
        Ok(text)
    }

    fn show(mut self: Box<Self>, shown: Option<&[ColumnView]>) -> io::Result<Shown<'r>> {
        match shown {
            Some(shown) if self.plan.is_flat => self.plan.choose(shown),
            _ => self.plan.choose_nested(&self.messages.schema),
        }
        let Opened { messages, container, plan, notes, .. } = *self;
        let build = Writing::new(Arc::clone(&messages.schema), &plan, container, messages.compression);
        let (sent, parts) = channel();
        let masked = Masked::new(plan.clone(), notes.clone(), parts, Box::new(build));
        let batches = Box::new(Stream { roots: shown_roots(&plan), messages });
        Ok((Box::new(Showing::new(batches, plan, &notes, sent)), Box::new(masked)))
    }
}

fn columns(batch: &RecordBatch, roots: &[usize]) -> io::Result<RecordBatch> {
    guarded("a batch", || batch.project(roots))
}

/// The batches of a stream.
struct Stream<'r> {
    roots: Vec<usize>,
    messages: Messages<'r>,
}

impl Batches for Stream<'_> {
    fn next(&mut self) -> io::Result<Part> {
        Ok(match self.messages.next()? {
            Some(whole) => Part::Rows { batch: columns(&whole, &self.roots)?, whole, ends_group: true },
            None => Part::End,
        })
    }
}

/// Reads messages.
struct Messages<'r> {
    raw: Box<dyn Read + 'r>,
    container: Container,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    compression: Option<CompressionType>,
    /// The first batch, read ahead.
    held: Option<RecordBatch>,
    /// How many batches were read.
    batches: usize,
    is_over: bool,
}

impl<'r> Messages<'r> {
    fn open(mut raw: Box<dyn Read + 'r>, container: Container) -> io::Result<Messages<'r>> {
        let first = read_message(&mut raw, "the schema")?;
        let Some((head, _)) = first else { return Err(damaged("the schema: missing".to_owned())) };
        let schema = guarded("the schema", || {
            let message = parsed(&head)?;
            let schema = message.header_as_schema().ok_or_else(no_message)?;
            if !schema.endianness().equals_to_target_endianness() {
                return Err(arrow_schema::ArrowError::NotYetImplemented("byte order".to_owned()));
            }
            Ok(fb_to_schema(schema))
        })?;
        let mut messages = Messages {
            raw,
            container,
            schema: Arc::new(schema),
            dictionaries: HashMap::new(),
            compression: None,
            held: None,
            batches: 0,
            is_over: false,
        };
        messages.held = messages.read()?;
        Ok(messages)
    }

    fn peek(&mut self) -> io::Result<Option<RecordBatch>> {
        Ok(self.held.clone())
    }

    fn next(&mut self) -> io::Result<Option<RecordBatch>> {
        match self.held.take() {
            Some(batch) => Ok(Some(batch)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> io::Result<Option<RecordBatch>> {
        while !self.is_over {
            let place = format!("batch {}", self.batches + 1);
            let Some((head, body)) = read_message(&mut self.raw, &place)? else {
                self.is_over = true;
                return self.end().map(|()| None);
            };
            let batch = guarded(&place, || self.decode(&head, body))?;
            if batch.is_some() {
                self.batches += 1;
                return Ok(batch);
            }
        }
        Ok(None)
    }

    fn decode(
        &mut self,
        head: &[u8],
        body: Vec<u8>,
    ) -> Result<Option<RecordBatch>, arrow_schema::ArrowError> {
        let message = parsed(head)?;
        let version = message.version();
        match message.header_type() {
            MessageHeader::RecordBatch => {
                let batch = message.header_as_record_batch().ok_or_else(no_message)?;
                self.compression = batch.compression().map(|compression| compression.codec());
                check_unpacked(&batch, &body)?;
                let (schema, body) = (Arc::clone(&self.schema), Buffer::from_vec(body));
                read_record_batch(&body, batch, schema, &self.dictionaries, None, &version).map(Some)
            }
            MessageHeader::DictionaryBatch => {
                let dictionary = message.header_as_dictionary_batch().ok_or_else(no_message)?;
                check_unpacked(&dictionary.data().ok_or_else(no_message)?, &body)?;
                let body = Buffer::from_vec(body);
                read_dictionary(&body, dictionary, &self.schema, &mut self.dictionaries, &version)?;
                Ok(None)
            }
            MessageHeader::NONE => Ok(None),
            _ => Err(no_message()),
        }
    }

    /// Behind the stream of a file stands its footer; behind a stream nothing.
    fn end(&mut self) -> io::Result<()> {
        let mut rest = Vec::new();
        (&mut self.raw).take(limits::TABLE_BYTES as u64).read_to_end(&mut rest)?;
        match self.container {
            Container::File if !rest.ends_with(&MAGIC[..6]) => Err(damaged("the footer: cut off".to_owned())),
            _ => Ok(()),
        }
    }
}

fn no_message() -> arrow_schema::ArrowError {
    arrow_schema::ArrowError::ParseError("not the message that has to be here".to_owned())
}

fn parsed(head: &[u8]) -> Result<Message<'_>, arrow_schema::ArrowError> {
    root_as_message(head).map_err(|_| no_message())
}

/// A message's head and body; `None` where the stream says that it ends. One that stops without a word is cut off.
fn read_message(raw: &mut dyn Read, place: &str) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let cut = || damaged(format!("{place}: cut off"));
    let mut word = [0; 4];
    let first = read_some(raw, &mut word)?;
    // Some writers end a stream by closing it.
    if first == 0 {
        return Ok(None);
    }
    if first == 4 && word == [0xFF; 4] && read_some(raw, &mut word)? != 4 {
        return Err(cut());
    }
    let length = u32::from_le_bytes(word) as usize;
    if length == 0 {
        return Ok(None);
    }
    if length > limits::TABLE_HEAD_BYTES {
        return Err(damaged(format!("{place}: damaged")));
    }
    let head = read_bytes(raw, length)?.ok_or_else(cut)?;
    let body = guarded(place, || parsed(&head).map(|message| message.bodyLength()))?;
    let body = usize::try_from(body).map_err(|_| damaged(format!("{place}: damaged")))?;
    if body > limits::TABLE_BYTES {
        return Err(unsupported(format!("{place}: has more than {} MiB", limits::TABLE_BYTES >> 20)));
    }
    let body = read_bytes(raw, body)?.ok_or_else(cut)?;
    Ok(Some((head, body)))
}

fn read_some(raw: &mut dyn Read, word: &mut [u8; 4]) -> io::Result<usize> {
    let mut read = 0;
    while read < word.len() {
        match raw.read(&mut word[read..]) {
            Ok(0) => break,
            Ok(length) => read += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// So many bytes, if they are there.
fn read_bytes(raw: &mut dyn Read, length: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    raw.take(length as u64).read_to_end(&mut bytes)?;
    Ok((bytes.len() == length).then_some(bytes))
}

/// Refuses a packed batch that says it unpacks to more than there may be.
fn check_unpacked(batch: &arrow_ipc::RecordBatch, body: &[u8]) -> Result<(), arrow_schema::ArrowError> {
    if batch.compression().is_none() {
        return Ok(());
    }
    let mut sum = 0u64;
    for buffer in batch.buffers().iter().flatten() {
        let start = usize::try_from(buffer.offset()).map_err(|_| no_message())?;
        let Some(said) = body.get(start..).and_then(|rest| rest.first_chunk::<8>()) else { continue };
        sum = sum.saturating_add(u64::try_from(i64::from_le_bytes(*said)).unwrap_or(0));
    }
    if buffer_is_too_long(sum) { Err(no_message()) } else { Ok(()) }
}

fn buffer_is_too_long(sum: u64) -> bool {
    sum > limits::TABLE_BYTES as u64
}
