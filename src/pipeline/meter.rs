//! How far is the run?
//!
//! Sums that the reader and the writer add to and that anybody may look at while the run goes on. They only
//! serve to show progress: nothing is decided by them.

use std::sync::atomic::{AtomicU64, Ordering};

/// The sums of a run so far.
#[derive(Debug, Default)]
pub struct Meter {
    /// Bytes of the inputs read, as they lie on disk.
    read: AtomicU64,
    /// Bytes of text cut into chunks.
    cut: AtomicU64,
    /// Bytes of text whose masked form was written.
    written: AtomicU64,
    records: AtomicU64,
    found: AtomicU64,
}

impl Meter {
    /// Bytes of the inputs that are done with, as they lie on disk. Of packed and re-coded inputs only the
    /// text's share is known, so there it is near enough.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let (read, cut) = (self.read.load(Ordering::Relaxed), self.cut.load(Ordering::Relaxed));
        let written = self.written.load(Ordering::Relaxed).min(cut);
        (u128::from(read) * u128::from(written) / u128::from(cut.max(1))) as u64
    }

    /// Records written.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Findings masked.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Adds bytes read.
    pub(super) fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds bytes handed out.
    pub(super) fn cut(&self, bytes: u64) {
        self.cut.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds what was written.
    pub(super) fn wrote(&self, bytes: u64, records: u64, found: u64) {
        self.written.fetch_add(bytes, Ordering::Relaxed);
        self.records.fetch_add(records, Ordering::Relaxed);
        self.found.fetch_add(found, Ordering::Relaxed);
    }
}
