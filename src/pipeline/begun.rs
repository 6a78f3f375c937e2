//! What did one input of a batch add to the run?
//!
//! The writer adds up sums over all inputs. Of a batch each input's share is noted: the difference between the sums before
//! and after it. A later run adds the share of what is done, and copies its lines of the audit log.

use std::collections::BTreeMap;

use super::batch::Ticket;
use super::writer::Writer;
use crate::audit::manifest::{Done, Section, Sums};
use crate::error::Result;
use crate::model::Entity;

/// The input of a batch that is being read.
pub(super) struct Begun {
    name: String,
    ticket: Ticket,
    /// The sums before it.
    before: Before,
    masked: Vec<u64>,
    kept: Vec<u64>,
    /// Where its lines of the audit begin, and the digest of those so far.
    at: u64,
    pub(super) lines: blake3::Hasher,
    /// Bytes of its output.
    pub(super) written: u64,
    /// Whether some of it could not be read.
    pub(super) is_broken: bool,
}

/// The sums, of lists how long they were.
struct Before {
    files: usize,
    records: u64,
    quarantined: u64,
    cut: u64,
    reopened: u64,
}

impl Begun {
    /// Whether the output was written by an earlier run.
    pub(super) fn replaces(&self) -> bool {
        self.ticket.replaces
    }
}

impl Writer<'_> {
    pub(super) fn begin(&mut self, name: String, mut ticket: Ticket) -> Result<()> {
        let done = ticket.done.take();
        if let (None, Some(batch)) = (&done, &mut self.batch) {
            batch.begin(&name)?;
        }
        let end = &self.report.end;
        self.begun = Some(Begun {
            name,
            ticket,
            before: Before {
                files: end.files.len(),
                records: end.records,
                quarantined: end.quarantined,
                cut: end.cut,
                reopened: end.reopened,
            },
            masked: self.masked.clone(),
            kept: self.kept.clone(),
            at: self.logged,
            lines: blake3::Hasher::new(),
            written: 0,
            is_broken: false,
        });
        match done {
            Some(done) => self.skip(done),
            None => Ok(()),
        }
    }

    /// Adds the share of an input that is done.
    fn skip(&mut self, done: Done) -> Result<()> {
        let Some(batch) = self.batch.take() else { return Ok(()) };
        let copied = batch.copy(&done.log, &mut |lines| self.audit(lines));
        self.batch = Some(batch);
        copied?;
        let Sums { files, records, masked, kept, quarantined, cut, reopened, input, output } = done.sums;
        let entities = self.engine.rules().entities();
        for (shares, sums) in [(masked, &mut self.masked), (kept, &mut self.kept)] {
            for (entity, count) in shares {
                if let Some(Entity(number)) = entities.find(&entity) {
                    sums[usize::from(number)] += count;
                }
            }
        }
        let end = &mut self.report.end;
        end.files.extend(files);
        end.records += records;
        end.quarantined += quarantined;
        end.cut += cut;
        end.reopened += reopened;
        end.input.push(input);
        end.output.push(output);
        self.report.skipped += 1;
        if let Some(begun) = &mut self.begun {
            begun.written = done.written;
        }
        Ok(())
    }

    /// Notes what the input added, unless some of it could not be read: that is tried again.
    pub(super) fn end(&mut self) -> Result<()> {
        let (Some(begun), Some(mut batch)) = (self.begun.take(), self.batch.take()) else { return Ok(()) };
        if begun.is_broken {
            batch.undone(begun.name);
            self.batch = Some(batch);
            return Ok(());
        }
        let named = |sums: &[u64], before: &[u64]| -> BTreeMap<String, u64> {
            let share = |(number, (sum, before)): (usize, (&u64, &u64))| {
                let entity = self.engine.rules().entities().name(Entity(number as u8));
                (sum > before).then(|| (entity.to_owned(), sum - before))
            };
            sums.iter().zip(before).enumerate().filter_map(share).collect()
        };
        let (end, before) = (&self.report.end, &begun.before);
        let done = Done {
            stamp: begun.ticket.stamp,
            under: batch.under().to_owned(),
            written: begun.written,
            sums: Sums {
                files: end.files[before.files..].to_vec(),
                records: end.records - before.records,
                masked: named(&self.masked, &begun.masked),
                kept: named(&self.kept, &begun.kept),
                quarantined: end.quarantined - before.quarantined,
                cut: end.cut - before.cut,
                reopened: end.reopened - before.reopened,
                input: end.input.last().cloned().flatten(),
                output: end.output.last().cloned().flatten(),
            },
            log: Section {
                part: 0,
                at: begun.at,
                length: self.logged - begun.at,
                digest: begun.lines.finalize().to_hex().to_string(),
            },
        };
        let noted = batch.done(begun.name, done);
        self.batch = Some(batch);
        noted
    }
}
