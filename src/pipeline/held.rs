//! Which records wait for what?
//!
//! Where records are masked as they come, each waits for the next few of its conversation, or for all of them, and
//! its masked form for those of the records before it: the output has the order of the input. Where conversations lie
//! among each other, each is a stream of its own; the one that was silent longest is over when there are too many.
//! What waits is bounded: beyond it the conversation that the others wait for is masked with what is known of it.

use std::collections::{BTreeMap, VecDeque};

use super::writer::Writer;
use super::{Chunk, Waiting};
use crate::engine::{Engine, FileContext, Output, Stream, Wait, Worker};
use crate::error::{Error, Result};
use crate::limits;

/// The records that wait, and their conversations.
pub(super) struct Held<'e> {
    engine: &'e Engine,
    worker: Worker,
    waiting: Waiting,
    /// Open conversations, by the hash of their ids; [`NAMELESS`] where the layout alone tells them apart.
    streams: BTreeMap<u64, Open>,
    /// The same, by the number of their last record.
    by_age: BTreeMap<u64, u64>,
    /// Records of which nothing is written yet, in the order of the input; their numbers go up by one.
    slots: VecDeque<Slot>,
    /// Bytes of these records, and of what became of them.
    bytes: usize,
    /// What became of the records at hand.
    output: Output,
}

struct Open {
    stream: Stream,
    /// The number of its last record.
    last: u64,
}

struct Slot {
    number: u64,
    stream: u64,
    /// Bytes that it was read from.
    length: usize,
    became: Option<Became>,
}

/// What became of a record.
struct Became {
    quarantine: Vec<u8>,
    audit: Vec<u8>,
    bytes: Vec<u8>,
}

impl Slot {
    /// Bytes that it takes.
    fn bytes(&self) -> usize {
        let became = |became: &Became| became.bytes.len() + became.audit.len() + became.quarantine.len();
        size_of::<Slot>() + self.became.as_ref().map_or(self.length, became)
    }
}

/// The stream of records whose layout tells conversations apart, and of those that belong to none.
const NAMELESS: u64 = 0;

impl<'e> Held<'e> {
    pub(super) fn new(engine: &'e Engine, waiting: Waiting) -> Self {
        Held {
            engine,
            worker: engine.worker(),
            waiting,
            streams: BTreeMap::new(),
            by_age: BTreeMap::new(),
            slots: VecDeque::new(),
            bytes: 0,
            output: Output::default(),
        }
    }

    /// Takes in the next record.
    pub(super) fn take(&mut self, file: &FileContext, record: Chunk, writer: &mut Writer) -> Result<()> {
        let Chunk { bytes, first, record: number, offset } = record;
        let is_header = file.layout.record_number(number) == 0;
        let id = if is_header { None } else { file.layout.conversation_of(&bytes) };
        // A record that names no conversation is one, where others name theirs.
        let is_alone = is_header || id.is_none() && file.layout.names_conversations();
        let key = id.unwrap_or(NAMELESS);
        if is_alone && self.waiting.conversations == 1 {
            self.close_all(file, writer)?;
        }
        let known = if is_alone { None } else { self.streams.remove(&key) };
        let mut open = match known {
            Some(open) => {
                self.by_age.remove(&open.last);
                open
            }
            None => {
                while !is_alone && self.streams.len() >= self.waiting.conversations {
                    let Some((_, oldest)) = self.by_age.pop_first() else { break };
                    self.close(file, oldest, writer)?;
                }
                Open { stream: Stream::default(), last: number }
            }
        };
        open.stream.push(&bytes, (number, offset), first);
        open.last = number;
        let slot = Slot { number, stream: key, length: bytes.len(), became: None };
        self.bytes += slot.bytes();
        self.slots.push_back(slot);
        if is_alone {
            return self.settle(file, &mut open.stream, Wait::Over, writer);
        }
        let wait = Wait::For(self.waiting.records.unwrap_or(usize::MAX));
        // Who waits for a whole conversation learns nothing from looking at its beginning; without ids, that tells its end.
        let is_due = self.waiting.records.is_some()
            || !file.layout.names_conversations()
            || open.stream.bytes() >= limits::CONVERSATION_BYTES;
        let settled = if is_due { self.settle(file, &mut open.stream, wait, writer) } else { Ok(()) };
        self.by_age.insert(number, key);
        self.streams.insert(key, open);
        settled?;
        while self.bytes > limits::HELD_BYTES
            && let Some(key) = self.slots.front().map(|slot| slot.stream)
            && let Some(mut open) = self.streams.remove(&key)
        {
            self.output.cut += 1;
            let settled = self.settle(file, &mut open.stream, Wait::For(0), writer);
            self.streams.insert(key, open);
            settled?;
        }
        Ok(())
    }

    /// Ends all conversations.
    pub(super) fn close_all(&mut self, file: &FileContext, writer: &mut Writer) -> Result<()> {
        while let Some((_, key)) = self.by_age.pop_first() {
            self.close(file, key, writer)?;
        }
        // A record that is lost would be a defect; no output may pass for complete.
        if self.slots.is_empty() {
            Ok(())
        } else {
            Err(Error::Integrity("a record was lost; nothing was completed".into()))
        }
    }

    fn close(&mut self, file: &FileContext, key: u64, writer: &mut Writer) -> Result<()> {
        match self.streams.remove(&key) {
            Some(mut open) => self.settle(file, &mut open.stream, Wait::Over, writer),
            None => Ok(()),
        }
    }

    /// Masks what need not wait longer, and writes what waits for nothing.
    fn settle(
        &mut self,
        file: &FileContext,
        stream: &mut Stream,
        wait: Wait,
        writer: &mut Writer,
    ) -> Result<()> {
        let before: Vec<u64> = stream.waiting().collect();
        self.engine.follow(file, stream, wait, &mut self.worker, &mut self.output);
        let done = &before[..before.len() - stream.waiting().count()];
        let Some(&first) = done.first() else { return Ok(()) };
        let front = self.slots.front().map(|slot| slot.number);
        if Some(first) == front && done.last().is_some_and(|last| last - first + 1 == done.len() as u64) {
            // Nothing before them waits, and nothing lies between them.
            let mut length = 0;
            for slot in self.slots.drain(..done.len()) {
                self.bytes -= slot.bytes();
                length += slot.length;
            }
            writer.chunk(&self.output, 0, length)?;
        } else {
            let length = self.part(done);
            writer.count(&self.output, 0, length);
        }
        self.output.clear();
        self.write(writer)
    }

    /// Gives each of the records what became of it. Returns how many bytes they were read from.
    fn part(&mut self, done: &[u64]) -> usize {
        let Held { slots, output, bytes, .. } = self;
        let begins = slots.front().map_or(0, |slot| slot.number);
        let last = [output.bytes.len(), output.audit.len(), output.quarantine.len()];
        let ends = output.starts.iter().skip(1).chain([&last]);
        let mut length = 0;
        for (number, (start, end)) in done.iter().zip(output.starts.iter().zip(ends)) {
            let Some(slot) = slots.get_mut((number - begins) as usize) else { continue };
            length += slot.length;
            *bytes -= slot.bytes();
            slot.became = Some(Became {
                bytes: output.bytes[start[0]..end[0]].to_vec(),
                audit: output.audit[start[1]..end[1]].to_vec(),
                quarantine: output.quarantine[start[2]..end[2]].to_vec(),
            });
            *bytes += slot.bytes();
        }
        length
    }

    /// Writes what became of the first records, as far as it is known.
    fn write(&mut self, writer: &mut Writer) -> Result<()> {
        while self.slots.front().is_some_and(|slot| slot.became.is_some()) {
            let Some(slot) = self.slots.pop_front() else { break };
            self.bytes -= slot.bytes();
            if let Some(Became { quarantine, audit, bytes }) = slot.became {
                writer.write(&quarantine, &audit, &bytes)?;
            }
        }
        Ok(())
    }
}
