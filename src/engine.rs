//! One conversation in, masked bytes and findings out.
//!
//! The engine is pure: no files, no clock, no randomness, nothing shared between conversations. What
//! becomes of a conversation depends on its bytes, the rules and the policy alone.
//!
//! A conversation is read by its layout, each of its segments is looked at (in a view of its own when
//! something in it folds), findings are united, the policy says what is masked, values get their numbers,
//! and the records are copied with the edits spliced in.

mod again;
mod echo;
pub mod explain;
mod explained;
mod file_name;
mod found;
mod heard;
mod look;
mod project;
mod readback;
mod report;
mod stream;
mod sweep;
mod whole;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::detect::{self, Ruleset};
use crate::format::{self, Conversation, Layout};
use crate::mask::{Numbers, operator_of, splice};
use crate::model::{
    BRACKETS, Call, Entity, Escape, Fault, FaultKind, Located, Role, Segment, Span, Way, Whole,
};
use crate::policy::{Action, Policy};
use crate::scan::{Masks, Text, classify};
use crate::view::View;
pub use file_name::FileNames;
pub use found::Found;
use stream::Part;
pub use stream::{Stream, Wait};

/// Rules and policy: all that decides what becomes of a conversation.
pub struct Engine {
    rules: Ruleset,
    policy: Policy,
    /// Whether labels carry numbers.
    numbered: bool,
    /// The signs around labels.
    brackets: [u8; 2],
    /// The key of pseudonyms.
    key: Option<[u8; 32]>,
    mode: Mode,
    /// Names of the entities whose values differ by punctuation.
    punctuated: Vec<Entity>,
    /// What is asked under [`Mode::Explain`].
    question: explain::Question,
    /// Whether it is asked when what is masked was said.
    listens: bool,
}

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The records, masked.
    Mask,
    /// A JSON line for each finding, kept ones too, and no text.
    Scan {
        /// Whether the found text is shown.
        show_values: bool,
    },
    /// The findings in text fields as data, in `Output::found`, and no bytes.
    Find,
    /// A JSON line for each string that was looked at, with the reasons: see [`explain`].
    Explain,
}

/// A file as the engine sees it.
pub struct FileContext {
    /// How it is laid out.
    pub layout: Box<dyn Layout>,
    /// Its name in findings and audit, masked.
    pub name: String,
    /// The masked names of its columns.
    pub columns: Vec<String>,
}

/// What a chunk became. Reused.
#[derive(Default)]
pub struct Output {
    /// Masked records, or findings.
    pub bytes: Vec<u8>,
    /// Findings in text fields, under [`Mode::Find`].
    pub found: Vec<Found>,
    /// Record lines of the audit.
    pub audit: Vec<u8>,
    /// Raw bytes of quarantined records.
    pub quarantine: Vec<u8>,
    /// Where what became of each record begins, in `bytes`, `audit` and `quarantine`.
    pub starts: Vec<[usize; 3]>,
    /// Why records were quarantined: number, offset in the chunk, reason.
    pub faults: Vec<(u64, usize, FaultKind)>,
    /// Masked findings by number of the entity.
    pub masked: Vec<u64>,
    /// Kept findings likewise.
    pub kept: Vec<u64>,
    /// Hashes of the conversations' ids, in order.
    pub ids: Vec<u64>,
    /// When what is masked was said, by conversation, if that was asked.
    pub calls: Vec<Call>,
    /// Conversations cut at the limit.
    pub cut: u64,
    /// Records read, a header not counted.
    pub records: u64,
    /// The chunk it was made of, given back for its memory.
    pub raw: Vec<u8>,
}

impl Output {
    /// Notes that what became of a record begins here.
    fn begin_record(&mut self) {
        self.starts.push([self.bytes.len(), self.audit.len(), self.quarantine.len()]);
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.found.clear();
        self.audit.clear();
        self.quarantine.clear();
        self.starts.clear();
        self.faults.clear();
        self.masked.clear();
        self.kept.clear();
        self.ids.clear();
        self.calls.clear();
        (self.cut, self.records) = (0, 0);
    }
}

/// Buffers of one worker.
pub struct Worker {
    masks: Vec<Masks>,
    conversation: Conversation,
    view: View,
    detect: detect::Scratch,
    numbers: Numbers,
    /// What is masked, resolved, in order of segments.
    masked: Vec<Located>,
    /// What is kept, resolved, in order of segments.
    kept: Vec<Located>,
    /// What is masked in the segment at hand.
    found: Vec<Located>,
    /// What is kept in it.
    kept_here: Vec<Located>,
    value: Vec<u8>,
    /// Values of the conversation that stand again elsewhere as they are.
    told: echo::Told,
    /// Replacements of all `masked`, one after the other, and where each ends.
    replacements: String,
    ends: Vec<u32>,
    blanks: Vec<String>,
    /// Edits of the record at hand, where a conversation is shown in place of its bytes.
    edits: project::Edits,
    /// What was judged, when somebody asks why.
    judged: Option<Box<explain::Judged>>,
    /// For what is looked at apart from its conversation.
    apart: Option<Box<Worker>>,
}

impl Engine {
    /// An engine that masks.
    #[must_use]
    pub fn new(rules: Ruleset, policy: Policy, mode: Mode, numbered: bool) -> Engine {
        let names =
            ["EMAIL", "URL", "IP_ADDRESS", "MAC_ADDRESS", "USERNAME", "PASSWORD", "SECRET", "COORDINATES"];
        let punctuated = names.iter().filter_map(|name| rules.entities().find(name)).collect();
        Engine {
            rules,
            policy,
            numbered,
            brackets: BRACKETS[0],
            key: None,
            mode,
            punctuated,
            question: explain::Question::default(),
            listens: false,
        }
    }

    /// The same engine, which also tells when what is masked was said, in `Output::calls`.
    #[must_use]
    pub fn listening(self) -> Engine {
        Engine { listens: true, ..self }
    }

    /// The same engine, with other signs around labels: one pair of [`BRACKETS`].
    #[must_use]
    pub fn bracketed(self, brackets: [u8; 2]) -> Engine {
        Engine { brackets, ..self }
    }

    /// The same engine, with a key for pseudonyms: that of [`crate::mask::hash_key`].
    #[must_use]
    pub fn keyed(self, key: Option<[u8; 32]>) -> Engine {
        Engine { key, ..self }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Ruleset {
        &self.rules
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether records come out, masked, and not only findings.
    #[must_use]
    pub fn masks(&self) -> bool {
        self.mode == Mode::Mask
    }

    /// Whether it tells when what is masked was said.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.listens
    }

    /// Buffers for one worker.
    #[must_use]
    pub fn worker(&self) -> Worker {
        let mut detect = self.rules.scratch();
        let explains = self.mode == Mode::Explain;
        detect.trace = explains.then(Box::default);
        Worker {
            masks: Vec::new(),
            conversation: Conversation::default(),
            view: View::default(),
            judged: explains.then(Box::default),
            detect,
            numbers: Numbers::default(),
            masked: Vec::new(),
            kept: Vec::new(),
            found: Vec::new(),
            kept_here: Vec::new(),
            value: Vec::new(),
            told: echo::Told::default(),
            replacements: String::new(),
            ends: Vec::new(),
            blanks: Vec::new(),
            edits: project::Edits::default(),
            apart: None,
        }
    }

    /// The masked form of a name (of a field or a column): what rules find in it becomes a plain label.
    #[must_use]
    pub fn masked_name(&self, name: &str) -> String {
        let mut worker = self.worker();
        let segment = Segment::alone(Span::new(0, name.len()), Role::Value);
        classify(self.rules.kernel(), name.as_bytes(), &mut worker.masks);
        let masks = std::mem::take(&mut worker.masks);
        let text = Text { bytes: name.as_bytes(), masks: &masks };
        self.look(text, &segment, 0, [&[]; 2], &mut worker);
        let mut out = Vec::new();
        let labels: Vec<(Span, String)> = worker
            .found
            .iter()
            .map(|found| (found.span, format!("[{}]", self.rules.entities().name(found.finding.entity))))
            .collect();
        splice(
            name.as_bytes(),
            0,
            labels.iter().map(|(span, label)| (*span, Escape::None, label.as_str())),
            &mut out,
        );
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Works on a chunk of whole conversations, of which `first` says that it begins the file and `record`
    /// is the number of its first record. A defect met on the way quarantines the conversation.
    pub fn chunk(
        &self,
        file: &FileContext,
        bytes: &[u8],
        first: bool,
        record: u64,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let entities = self.rules.entities().len();
        out.masked.resize(entities, 0);
        out.kept.resize(entities, 0);
        let mut masks = std::mem::take(&mut worker.masks);
        classify(self.rules.kernel(), bytes, &mut masks);
        let chunk = format::Chunk::new(Text { bytes, masks: &masks }, first, record);
        let (mut at, mut number) = (0, record);
        let mut conversation = std::mem::take(&mut worker.conversation);
        while at < bytes.len() {
            let end = file.layout.conversation(&chunk, at, number, &mut conversation);
            number += conversation.records.len() as u64;
            out.records += conversation.records.iter().filter(|record| record.number > 0).count() as u64;
            out.ids.extend(conversation.id);
            out.cut += u64::from(conversation.cut);
            let before =
                (out.bytes.len(), out.audit.len(), out.quarantine.len(), out.faults.len(), out.found.len());
            let calls = out.calls.len();
            let done = catch_unwind(AssertUnwindSafe(|| {
                self.conversation(file, &chunk, &conversation, worker, out);
            }));
            if done.is_err() {
                // Nothing half-done stays: the conversation's records become markers.
                out.bytes.truncate(before.0);
                out.audit.truncate(before.1);
                out.quarantine.truncate(before.2);
                out.faults.truncate(before.3);
                out.found.truncate(before.4);
                out.calls.truncate(calls);
                *worker = self.worker();
                for record in &conversation.records {
                    let fault = record.fault.unwrap_or(Fault { kind: FaultKind::Internal, at: 0 });
                    self.quarantine(file, &chunk, record, fault, out);
                }
            }
            at = end;
        }
        worker.conversation = conversation;
        worker.masks = masks;
    }

    fn conversation(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        if self.mode == Mode::Explain && !self.asks_for(conversation) {
            return;
        }
        self.records(file, chunk, conversation, Part::whole(conversation), worker, out);
    }

    /// Works on part of a conversation's records.
    fn records(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        Part { from, until, goes_on }: Part,
        worker: &mut Worker,
        out: &mut Output,
    ) {
        let chunk = &chunk.as_read(conversation);
        worker.masked.clear();
        worker.kept.clear();
        worker.judged.iter_mut().for_each(|judged| judged.clear());
        worker.detect.forget_turns();
        if !goes_on {
            worker.numbers.clear();
            worker.detect.next_conversation();
            worker.told.clear();
        }
        let mut mark = None;
        for (index, segment) in conversation.segments.iter().enumerate() {
            if (segment.record as usize) < from {
                continue;
            }
            if segment.record as usize >= until && mark.is_none() {
                mark = Some(worker.detect.mark());
            }
            if worker.judged.is_some() {
                self.ask(file, chunk, conversation, index as u32, worker);
            }
            if segment.role == Role::Exempt || segment.span.is_empty() {
                continue;
            }
            // What repeats the turns comes after them.
            if conversation.shown.aside(index as u32).is_some() {
                continue;
            }
            if segment.role == Role::Recording {
                self.look_at_recording(chunk.text, segment, index as u32, worker);
                self.sort_out(worker);
                continue;
            }
            let keys = match segment.role {
                Role::Text => [file.layout.asked(segment), &[]],
                _ => file.layout.keys(chunk, conversation, segment),
            };
            if segment.role == Role::Text {
                worker.detect.note_turn();
            }
            self.look(chunk.text, segment, index as u32, keys, worker);
            self.sort_out(worker);
            if segment.role == Role::Text {
                if worker.detect.wants_speaker() {
                    let speaker = speaker_of(file, chunk, conversation, index);
                    worker.detect.set_speaker(speaker);
                }
                let found = &worker.found;
                worker.detect.weigh_turn(|word| {
                    let at = found.partition_point(|located| located.span.end <= word.start);
                    found.get(at).is_some_and(|located| located.span.start <= word.start)
                });
                self.rules.turn_over(&mut worker.detect);
            }
        }
        self.sweep(file, chunk, conversation, from, worker);
        self.stitch(file, chunk, conversation, from, worker);
        let told = worker.detect.names_known();
        self.project(chunk, conversation, from, worker);
        self.sweep_fields(file, chunk, conversation, (from, told), worker);
        if let Some(mark) = mark {
            // What the records behind the part became is found again when their time comes.
            for found in [&mut worker.masked, &mut worker.kept] {
                found.retain(|located| {
                    (conversation.segments[located.segment as usize].record as usize) < until
                });
            }
            worker.detect.rewind(mark);
        }
        self.replacements(file, chunk, conversation, worker);
        if self.listens {
            self.listen(file, chunk, conversation, worker, out);
        }
        let count = |found: &[Located], counts: &mut [u64]| {
            for located in found {
                counts[usize::from(located.finding.entity.0)] += 1;
            }
        };
        count(&worker.masked, &mut out.masked);
        count(&worker.kept, &mut out.kept);
        match self.mode {
            Mode::Mask => self.write(file, chunk, conversation, from..until, worker, out),
            Mode::Scan { show_values } => {
                self.report(file, chunk, conversation, (from..until, show_values), worker, out);
            }
            Mode::Find => self.gather(chunk, conversation, worker, out),
            Mode::Explain => self.explain(file, chunk, conversation, worker, out),
        }
    }

    /// What becomes of a finding in a segment of that role: the user's word on a column comes before the policy.
    fn action(&self, role: Role, entity: Entity) -> Action {
        let by_column = match role {
            Role::Whole(Whole { way, .. }) => operator_of(way),
            _ => None,
        };
        by_column.map_or_else(|| self.policy.action(entity), Action::Mask)
    }

    /// The role that a segment is read in: a cell whose entity the policy keeps is read like any other.
    fn role(&self, segment: &Segment) -> Role {
        match segment.role {
            Role::Whole(Whole { entity, way: Way::ByPolicy })
                if matches!(self.policy.action(entity), Action::Keep) =>
            {
                Role::Value
            }
            role => role,
        }
    }
}

/// Who speaks in a segment: a number for the label or field that says so, 0 when nothing does. It is looked for
/// among what stands beside the segment in its object, then at the record's beginning.
fn speaker_of(file: &FileContext, chunk: &format::Chunk, conversation: &Conversation, index: usize) -> u64 {
    /// Fields that are looked at on either side.
    const REACH: usize = 24;
    let segments = &conversation.segments;
    let record = segments[index].record;
    let is_speaker = |at: &usize| file.layout.is_speaker(chunk, conversation, &segments[*at]);
    // Nothing but an end or a beginning of an object parts fields of two.
    let together = |a: usize, b: usize| {
        let between = &chunk.text.bytes[segments[a].span.end as usize..segments[b].span.start as usize];
        !between.iter().any(|b| b"{}".contains(b))
    };
    let of_record = |at: &usize| segments[*at].record == record;
    let first = segments.partition_point(|segment| segment.record < record);
    let before = (first..index).rev().take(REACH).take_while(|&at| together(at, at + 1));
    let after =
        (index + 1..segments.len()).take(REACH).take_while(of_record).take_while(|&at| together(at - 1, at));
    let start = (first..segments.len()).take(REACH).take_while(of_record);
    let speaker = before.chain(after).find(is_speaker).or_else(|| start.into_iter().find(is_speaker));
    speaker.map_or(0, |at| {
        let name = segments[at].span.of(chunk.text.bytes);
        let step =
            |hash: u64, &b: &u8| (hash.rotate_left(7) ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        name.iter().fold(1, step) | 1
    })
}
