//! What is read in place of the file's bytes?
//!
//! A transcript holds its words many times: as turns, as one long text, word by word with their times, in second
//! guesses. Where that is so, a conversation is not read from the file's bytes but from a text made for it: what
//! lies in pieces is joined, escapes are decoded, and of all strings that hold the same words one set, the turns,
//! is read; the others are its copies, and each word of a copy knows which word of the turns it is.
//!
//! Nothing here depends on a vendor: what is a list of words shows in its strings, what is a copy in its words.

use super::align::{Run, Token};
use super::tree::Says;
use crate::model::{Escape, Role, Segment, Span};
use crate::scan::{Kernel, Masks, Text, classify};
use crate::view::decode::Chars;

/// A stretch of the shown text and the string of the file that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where it is shown.
    pub shown: Span,
    /// Where its raw bytes stand in the file, without quotes.
    pub raw: Span,
    /// How they are escaped.
    pub escape: Escape,
    /// Whether an escape occurs in them.
    pub escaped: bool,
}

impl Piece {
    /// The raw byte at which what is shown at byte `at` begins; the piece's end for its end.
    #[must_use]
    pub fn raw_at(&self, at: u32, file: &[u8]) -> u32 {
        if !self.escaped {
            return self.raw.start + (at - self.shown.start);
        }
        let mut left = at - self.shown.start;
        let mut chars = Chars::new(self.raw.of(file), self.escape);
        while left > 0 {
            let Some((c, _)) = chars.next() else { break };
            left = left.saturating_sub(c.len_utf8() as u32);
        }
        self.raw.start + chars.position() as u32
    }
}

/// A text that holds words of the turns, or stands beside them and is no turn.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Its segment.
    pub segment: u32,
    /// Its words, in [`Shown::words`].
    pub words: std::ops::Range<u32>,
    /// Which of them are words of the turns, in [`Shown::runs`].
    pub runs: std::ops::Range<u32>,
    /// The words of the turns, in [`Shown::turns`], among which it was looked for.
    pub region: std::ops::Range<u32>,
    /// Whether every word of it is one of the turns', so that there is nothing new in it.
    pub is_exact: bool,
    /// Whether it stands beside the turns of its region as another form of them.
    pub is_form: bool,
}

/// What in the file follows from a text: a number, a list of them, the same string somewhere else.
#[derive(Clone, Copy, Debug)]
pub struct Dependent {
    /// Where it stands in the file.
    pub raw: Span,
    /// What it says.
    pub says: Says,
    /// The text's piece.
    pub piece: u32,
}

/// The text that a conversation is read from. Reused.
#[derive(Default)]
pub struct Shown {
    pub(super) text: Vec<u8>,
    pub(super) masks: Vec<Masks>,
    /// In order of the text.
    pub pieces: Vec<Piece>,
    /// In order of their segments.
    pub asides: Vec<Aside>,
    /// The words of the turns.
    pub turns: Vec<Token>,
    /// The words of the asides.
    pub words: Vec<Token>,
    /// Equal words of both.
    pub runs: Vec<Run>,
    /// In order of the file.
    pub dependents: Vec<Dependent>,
    /// Whether each string that a value lies in keeps the replacement, and not the first one alone.
    pub repeats: bool,
    /// Where counted parts of the file begin.
    marks: Vec<u32>,
    /// Names of fields: where each begins in the file, and its segment. In order.
    pub(super) names: Vec<(u32, u32)>,
    pub(super) is_used: bool,
}

impl Shown {
    /// The text to read, with its masks; `None` when the file's bytes are read.
    #[must_use]
    pub fn text(&self) -> Option<Text<'_>> {
        self.is_used.then_some(Text { bytes: &self.text, masks: &self.masks })
    }

    /// The aside that the segment is, if it is one.
    #[must_use]
    pub fn aside(&self, segment: u32) -> Option<&Aside> {
        let at = self.asides.binary_search_by_key(&segment, |aside| aside.segment).ok()?;
        Some(&self.asides[at])
    }

    /// Index of the piece in which the shown byte `at` lies.
    #[must_use]
    pub fn piece(&self, at: u32) -> usize {
        self.pieces.partition_point(|piece| piece.shown.end <= at)
    }

    pub(super) fn clear(&mut self) {
        self.is_used = false;
        self.text.clear();
        self.pieces.clear();
        self.asides.clear();
        self.turns.clear();
        self.words.clear();
        self.runs.clear();
        self.names.clear();
        self.dependents.clear();
        self.marks.clear();
        self.repeats = false;
    }

    /// How long the text is.
    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    /// What was shown since byte `start`.
    pub(super) fn since(&self, start: usize) -> &[u8] {
        &self.text[start..]
    }

    /// Parts words by a blank.
    pub(super) fn gap(&mut self) {
        self.text.push(b' ');
    }

    /// Parts what one speaker said from what comes.
    pub(super) fn part(&mut self) {
        self.text.push(b'}');
    }

    /// Begins the next counted part of the file.
    pub(super) fn mark(&mut self, raw: usize) {
        self.marks.push(raw as u32);
    }

    /// The number of the counted part that byte `raw` of the file lies in; 0 before the first.
    pub(super) fn marked(&self, raw: u32) -> usize {
        self.marks.partition_point(|&mark| mark <= raw)
    }

    /// Shows what stands somewhere else in the file and is edited there.
    pub(super) fn say_again(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// Shows once more what is shown there already, and edited there.
    pub(super) fn show_again(&mut self, range: std::ops::Range<usize>) {
        self.text.extend_from_within(range);
    }

    /// Ends a segment of record 0 that began at byte `start`.
    pub(super) fn segment(&mut self, start: usize, role: Role, segments: &mut Vec<Segment>) {
        self.segment_of(0, start, role, segments);
    }

    /// Ends a segment of a record that began at byte `start`.
    pub(super) fn segment_of(&mut self, record: u32, start: usize, role: Role, segments: &mut Vec<Segment>) {
        let (span, name) = (Span::new(start, self.text.len()), Segment::UNNAMED);
        let (escape, escaped, outer, depth) = (Escape::None, false, name, 1);
        segments.push(Segment { span, role, escape, escaped, record, name, outer, depth });
        self.text.push(b'\n');
    }

    /// Ends the text.
    pub(super) fn finish(&mut self, kernel: Kernel, repeats: bool) {
        classify(kernel, &self.text, &mut self.masks);
        (self.is_used, self.repeats) = (true, repeats);
    }

    /// The segment of the field's name that begins at byte `raw` of the file.
    pub(super) fn name_at(&self, raw: u32) -> Option<u32> {
        let at = self.names.binary_search_by_key(&raw, |name| name.0).ok()?;
        Some(self.names[at].1)
    }

    /// Appends a string of the file as it reads.
    pub(super) fn string(&mut self, file: &[u8], raw: Span, escape: Escape, escaped: bool) {
        let start = self.text.len();
        if escaped {
            let mut utf8 = [0u8; 4];
            for (c, _) in Chars::new(raw.of(file), escape) {
                self.text.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        } else {
            self.text.extend_from_slice(raw.of(file));
        }
        self.pieces.push(Piece { shown: Span::new(start, self.text.len()), raw, escape, escaped });
    }
}
