//! Records of one conversation as they come, masked before the last one is there.
//!
//! For live pipes, and for conversations whose records stand among those of others. A record is masked with what its
//! conversation has said so far and what the few records after it say, as many as are waited for. Numbers of labels,
//! names, values and the words of the turn before go on from record to record. What a record becomes depends on the
//! records of its conversation, never on when they came.
//!
//! With the record that something becomes of, those behind it are looked at too, and looked at anew when their time
//! comes: waiting for `n` records costs `n + 1` looks at each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Engine, FileContext, Output, Worker, echo};
use crate::detect::Memory;
use crate::format;
use crate::limits;
use crate::mask::Numbers;
use crate::model::{Fault, FaultKind};
use crate::scan::{Text, classify};

/// An open conversation.
#[derive(Default)]
pub struct Stream {
    /// Its last records.
    bytes: Vec<u8>,
    records: Vec<Kept>,
    /// How many of them are done; they tell the layout whether the next one belongs to the conversation.
    done: usize,
    /// Whether they begin the file.
    first: bool,
    /// Whether something of the conversation is done.
    goes_on: bool,
    memory: Memory,
    values: Numbers,
    told: echo::Told,
}

/// A record of an open conversation.
struct Kept {
    /// Where it ends in [`Stream::bytes`].
    end: usize,
    /// Its number, as it was counted, and where it begins in the text of the file.
    number: u64,
    offset: u64,
}

/// Which records of a conversation become something.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// The first of them: with `goes_on` those before it were worked on before, and what they said is remembered.
    pub(super) from: usize,
    /// One past the last: those behind it are only listened to.
    pub(super) until: usize,
    pub(super) goes_on: bool,
}

impl Part {
    /// All of them.
    pub(super) fn whole(conversation: &format::Conversation) -> Part {
        Part { from: 0, until: conversation.records.len(), goes_on: false }
    }
}

/// How long records wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For so many records of their conversation.
    For(usize),
    /// No longer: their conversation is over.
    Over,
}

impl Stream {
    /// Takes in a record that begins at `offset` of the file's text and was counted as `number`; `first` says that it
    /// begins the file.
    pub fn push(&mut self, record: &[u8], (number, offset): (u64, u64), first: bool) {
        self.first |= first;
        self.bytes.extend_from_slice(record);
        self.records.push(Kept { end: self.bytes.len(), number, offset });
    }

    /// The numbers of the records that wait.
    pub fn waiting(&self) -> impl Iterator<Item = u64> {
        self.records[self.done..].iter().map(|record| record.number)
    }

    /// Bytes of the records that are kept, waiting or not.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets the conversation, which was its first `records` records: another one begins.
    fn next(&mut self, records: usize) {
        self.drop(records);
        self.goes_on = false;
    }

    fn drop(&mut self, records: usize) {
        let Some(cut) = records.checked_sub(1).map(|last| self.records[last].end) else { return };
        self.bytes.drain(..cut);
        self.records.drain(..records);
        self.records.iter_mut().for_each(|record| record.end -= cut);
        self.done = self.done.saturating_sub(records);
        self.first = false;
    }

    /// Drops what is done and too far back to matter; the last record always stays.
    fn forget(&mut self, is_named: bool) {
        if is_named {
            return self.drop(self.done);
        }
        let too_long = self.bytes.len().saturating_sub(limits::STREAM_BYTES);
        let far = self.records.partition_point(|record| record.end < too_long);
        let spare = self.done.min(self.records.len() - 1);
        self.drop(if too_long == 0 { 0 } else { (far + 1).min(spare) });
    }
}

impl Engine {
    /// Masks the records of a conversation that need not wait longer, and appends what they become, in order. Faults
    /// are placed in the file's text. A defect met on the way quarantines the records.
    pub fn follow(
        &self,
        file: &FileContext,
        stream: &mut Stream,
        wait: Wait,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let entities = self.rules.entities().len();
        out.masked.resize(entities, 0);
        out.kept.resize(entities, 0);
        let layout = &file.layout;
        let is_named = layout.names_conversations();
        let mut masks = std::mem::take(&mut worker.masks);
        let mut conversation = std::mem::take(&mut worker.conversation);
        while stream.done < stream.records.len() {
            let bytes = std::mem::take(&mut stream.bytes);
            let number = stream.records[0].number;
            classify(self.rules.kernel(), &bytes, &mut masks);
            let chunk = format::Chunk::new(Text { bytes: &bytes, masks: &masks }, stream.first, number);
            let end = layout.conversation(&chunk, 0, number, &mut conversation);
            let records = conversation.records.len();
            // Between records of one conversation there may be others.
            for (record, kept) in conversation.records.iter_mut().zip(&stream.records) {
                record.number = layout.record_number(kept.number);
            }
            // What names its conversations says nothing of their ends; what does not, tells when one is over.
            let is_over = wait == Wait::Over
                || end < bytes.len()
                || conversation.cut
                || wait != Wait::For(0) && !is_named && layout.border(&bytes, stream.first, false) == end;
            let until = match wait {
                Wait::For(count) if !is_over => records.saturating_sub(count),
                _ => records,
            };
            if until > stream.done {
                if !stream.goes_on {
                    out.ids.extend(conversation.id);
                }
                self.go_on(file, (&chunk, &conversation), until, stream, worker, out);
                (stream.done, stream.goes_on) = (until, true);
            }
            stream.bytes = bytes;
            if !is_over {
                break;
            }
            out.cut += u64::from(conversation.cut);
            stream.next(records);
        }
        if !stream.records.is_empty() {
            stream.forget(is_named);
        }
        worker.conversation = conversation;
        worker.masks = masks;
    }

    /// Works on the records of the stream that are not done, before record `until` of the conversation.
    fn go_on(
        &self,
        file: &FileContext,
        (chunk, conversation): (&format::Chunk, &format::Conversation),
        until: usize,
        stream: &mut Stream,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let part = Part { from: stream.done, until, goes_on: stream.goes_on };
        let before =
            (out.bytes.len(), out.audit.len(), out.quarantine.len(), out.faults.len(), out.starts.len());
        stream.change(worker);
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.records(file, chunk, conversation, part, worker, out);
        }));
        stream.change(worker);
        let records = &conversation.records[part.from..part.until];
        if done.is_err() {
            // Nothing half-done stays: the records become markers.
            out.bytes.truncate(before.0);
            out.audit.truncate(before.1);
            out.quarantine.truncate(before.2);
            out.faults.truncate(before.3);
            out.starts.truncate(before.4);
            *worker = self.worker();
            (stream.memory, stream.values, stream.told) = Default::default();
            for record in records {
                out.begin_record();
                let fault = record.fault.unwrap_or(Fault { kind: FaultKind::Internal, at: 0 });
                self.quarantine(file, chunk, record, fault, out);
            }
        }
        out.records += records.iter().filter(|record| record.number > 0).count() as u64;
        let faulty = records
            .iter()
            .zip(&stream.records[part.from..])
            .filter(|(record, _)| record.fault.is_some() || done.is_err());
        for ((record, kept), fault) in faulty.zip(&mut out.faults[before.3..]) {
            fault.1 = kept.offset as usize + fault.1 - record.span.start as usize;
        }
    }
}

impl Stream {
    /// Puts what is known of this conversation in the place of what the worker knows, or takes it back.
    fn change(&mut self, worker: &mut Worker) {
        worker.detect.change_conversation(&mut self.memory);
        std::mem::swap(&mut worker.numbers, &mut self.values);
        std::mem::swap(&mut worker.told, &mut self.told);
    }
}
