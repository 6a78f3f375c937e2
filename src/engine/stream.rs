//! One record in, its masked form out, before the next one is there.
//!
//! For live pipes. A record is masked with what its conversation has said so far and nothing of what comes:
//! numbers of labels and the words of the turn before go on from record to record. What a record becomes
//! depends on the records before it, never on when they came.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Engine, FileContext, Output, Worker};
use crate::format;
use crate::limits;
use crate::model::{Fault, FaultKind};
use crate::scan::{Text, classify};

/// The open conversation of a worker that masks record by record.
#[derive(Default)]
pub(super) struct Stream {
    /// Its last records: they tell the layout whether the next one belongs to it.
    before: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// Number of the first of them.
    number: u64,
}

impl Engine {
    /// Works on one record, of which `first` says that it begins the file and `number` counts it. The
    /// records before it are remembered; a defect met on the way quarantines this one.
    pub fn record(
        &self,
        file: &FileContext,
        bytes: &[u8],
        first: bool,
        number: u64,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let entities = self.rules.entities().len();
        out.masked.resize(entities, 0);
        out.kept.resize(entities, 0);
        let mut stream = std::mem::take(&mut worker.stream);
        if first || stream.before.is_empty() {
            stream = Stream { number, ..Stream::default() };
        }
        stream.before.extend_from_slice(bytes);
        let mut masks = std::mem::take(&mut worker.masks);
        let mut conversation = std::mem::take(&mut worker.conversation);
        classify(self.rules.kernel(), &stream.before, &mut masks);
        let text = Text { bytes: &stream.before, masks: &masks };
        let chunk = format::Chunk::new(text, first, stream.number);
        let (mut at, mut start, mut at_number) = (0, 0, stream.number);
        while at < stream.before.len() {
            start = at;
            at = file.layout.conversation(&chunk, at, at_number, &mut conversation);
            at_number += conversation.records.len() as u64;
        }
        let goes_on = start == 0 && !stream.ends.is_empty();
        out.ids.extend(conversation.id);
        out.records += u64::from(conversation.records.last().is_some_and(|record| record.number > 0));
        let from = conversation.records.len().saturating_sub(1);
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.records(file, &chunk, &conversation, (from, goes_on), worker, out);
        }));
        if done.is_err() {
            out.bytes.clear();
            out.audit.clear();
            out.quarantine.clear();
            out.faults.clear();
            *worker = self.worker();
            for record in &conversation.records[from..] {
                let fault = record.fault.unwrap_or(Fault { kind: FaultKind::Internal, at: 0 });
                self.quarantine(file, &chunk, record, fault, out);
            }
        }
        // Positions of faults count from the start of this record.
        let shift = stream.before.len() - bytes.len();
        for fault in &mut out.faults {
            fault.1 = fault.1.saturating_sub(shift);
        }
        let is_header = conversation.records.last().is_some_and(|record| record.number == 0);
        worker.stream = stream.after(bytes.len(), start, is_header);
        worker.conversation = conversation;
        worker.masks = masks;
    }
}

impl Stream {
    /// Forgets what no longer belongs to the conversation that begins at `start`, and what exceeds the bound.
    fn after(mut self, length: usize, start: usize, is_header: bool) -> Stream {
        self.ends.push(self.before.len());
        if is_header {
            return Stream::default();
        }
        let last = self.before.len() - length;
        let too_long = self.before.len().saturating_sub(limits::STREAM_BYTES);
        // The last record always stays.
        let cut = start.max(self.ends.iter().copied().find(|&end| end >= too_long).unwrap_or(0)).min(last);
        let gone = if cut == 0 { 0 } else { self.ends.iter().take_while(|&&end| end <= cut).count() };
        let cut = if gone == 0 { 0 } else { self.ends[gone - 1] };
        self.before.drain(..cut);
        self.ends.drain(..gone);
        self.ends.iter_mut().for_each(|end| *end -= cut);
        self.number += gone as u64;
        self
    }
}
