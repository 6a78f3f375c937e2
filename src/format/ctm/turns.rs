//! What is said in a stretch of time-marked words?
//!
//! The words of a channel follow one another until there is a pause, and both channels take turns: what one says up to
//! there is read together, in the order in which it was said, whatever the order of the file. Of alternatives the
//! first is read there; each other one is laid beside it with the words around, as a second guess.

use std::collections::HashMap;
use std::ops::Range;

use super::line::{Line, Marked, Says, columns, seconds};
use crate::format::align::tokens;
use crate::format::labels::Labels;
use crate::format::shown::{Aside, Dependent};
use crate::format::tree::Says as Follows;
use crate::format::{Conversation, align};
use crate::model::{Escape, Role, Span};

/// Seconds without a word after which somebody else may have spoken before.
const PAUSE: f64 = 0.6;
/// Seconds without a word after which something new is said, even if nobody else spoke.
const SILENCE: f64 = 3.0;
/// Words that are read together: a speech.
const TOGETHER: usize = 600;
/// Words on either side of an alternative that are read with it.
const AROUND: usize = 12;
/// What tokens of a model begin with that begin a word.
const WORD_MARK: &[u8] = "\u{2581}".as_bytes();
/// What stands for a blank in a line that holds a whole sentence.
const BLANK: &[u8] = b"<space>";

/// A word and when it was said, in seconds.
#[derive(Clone, Copy)]
struct Heard {
    word: Span,
    start: f64,
    end: f64,
    /// Who said it, if a column says so.
    speaker: Option<Span>,
    /// Whether it stands behind another one in a block of alternatives, from which it is not parted.
    is_joined: bool,
}

/// Another guess for some words of a channel.
struct Guess {
    /// Those words.
    instead: Range<usize>,
    words: Vec<Heard>,
}

/// What was said on a channel.
struct Channel {
    name: Span,
    words: Vec<Heard>,
    guesses: Vec<Guess>,
    /// The open block: where it began, and how many other guesses it has.
    open: Option<(usize, usize)>,
}

/// A string that stands in many lines and is shown once.
struct Repeated {
    first: Span,
    role: Role,
    again: Vec<Span>,
}

/// The stretch that is being read.
pub(super) struct Stretch<'a> {
    bytes: &'a [u8],
    labels: &'a Labels,
    record: u32,
    channels: Vec<Channel>,
    by_name: HashMap<&'a [u8], usize>,
    repeated: Vec<Repeated>,
    by_text: HashMap<&'a [u8], Option<usize>>,
    /// Comments, and columns of which nobody knows what they hold.
    others: Vec<(Span, Role)>,
    /// Whether words are cut into tokens.
    has_tokens: bool,
}

impl<'a> Stretch<'a> {
    pub(super) fn new(bytes: &'a [u8], labels: &'a Labels, record: u32) -> Stretch<'a> {
        Stretch {
            bytes,
            labels,
            record,
            channels: Vec::new(),
            by_name: HashMap::new(),
            repeated: Vec::new(),
            by_text: HashMap::new(),
            others: Vec::new(),
            has_tokens: false,
        }
    }

    pub(super) fn line(&mut self, line: Line) {
        match line {
            Line::Comment(text) => self.others.push((text, Role::Text)),
            Line::Marked(marked) => self.marked(&marked),
            Line::Blank | Line::Bad(..) => {}
        }
    }

    fn marked(&mut self, marked: &Marked) {
        self.repeat(marked.file, Role::Recording);
        self.repeat(marked.channel, Role::Person);
        let mut speaker = None;
        for (at, column) in columns(self.bytes, marked.more).enumerate() {
            if at == 2 {
                self.repeat(column, Role::Person);
                speaker = Some(column);
            } else if !is_known(column.of(self.bytes)) {
                self.others.push((column, Role::Value));
            }
        }
        let name = marked.channel.of(self.bytes);
        let at = *self.by_name.entry(name).or_insert(self.channels.len());
        if at == self.channels.len() {
            let (words, guesses, open) = (Vec::new(), Vec::new(), None);
            self.channels.push(Channel { name: marked.channel, words, guesses, open });
        }
        let channel = &mut self.channels[at];
        match marked.says {
            Says::Begin => channel.open = Some((channel.words.len(), 0)),
            Says::End => channel.open = None,
            Says::Other => {
                if let Some((from, guesses)) = &mut channel.open {
                    *guesses += 1;
                    let instead = *from..channel.words.len();
                    channel.guesses.push(Guess { instead, words: Vec::new() });
                }
            }
            Says::Word(word, start, end) => {
                let text = word.of(self.bytes);
                if is_silence(text) {
                    return;
                }
                self.has_tokens |= text.starts_with(WORD_MARK);
                let is_joined = channel.open.is_some_and(|(from, _)| from < channel.words.len());
                let heard = Heard { word, start, end, speaker, is_joined };
                match (channel.open, channel.guesses.last_mut()) {
                    (Some((_, 1..)), Some(guess)) => guess.words.push(heard),
                    _ => channel.words.push(heard),
                }
            }
        }
    }

    /// Notes a string that stands in many lines.
    fn repeat(&mut self, text: Span, role: Role) {
        let name = text.of(self.bytes);
        let is_nobody = |name: &[u8]| is_known(name) || self.labels.is_role(name);
        let known = *self.by_text.entry(name).or_insert_with(|| {
            let is_looked_at = role == Role::Recording || !is_nobody(name);
            is_looked_at.then_some(self.repeated.len())
        });
        // The name of the recording may be that of a speaker, too: it is looked at as the first of them.
        match known.map(|at| (at, self.repeated.get_mut(at))) {
            Some((_, Some(repeated))) => repeated.again.push(text),
            Some(_) => self.repeated.push(Repeated { first: text, role, again: Vec::new() }),
            None => {}
        }
    }

    /// Shows what was read.
    pub(super) fn show(mut self, out: &mut Conversation) {
        for (channel, words) in self.turns() {
            self.turn(&self.channels[channel], words, out);
        }
        for channel in self.channels.iter().filter(|channel| channel.words.is_empty()) {
            for guess in &channel.guesses {
                self.text(&guess.words, true, &mut Vec::new(), out);
                self.close(out.shown.end(), Role::Text, out);
            }
        }
        for (text, role) in std::mem::take(&mut self.others) {
            let start = out.shown.end();
            out.shown.string(self.bytes, text, Escape::None, false);
            self.close(start, role, out);
        }
        for Repeated { first, role, again } in std::mem::take(&mut self.repeated) {
            let start = out.shown.end();
            let piece = out.shown.pieces.len() as u32;
            out.shown.string(self.bytes, first, Escape::None, false);
            self.close(start, role, out);
            let same = again.into_iter().map(|raw| Dependent { raw, says: Follows::Same, piece });
            out.shown.dependents.extend(same);
        }
    }

    fn close(&self, start: usize, role: Role, out: &mut Conversation) {
        let Conversation { shown, segments, .. } = out;
        shown.segment_of(self.record, start, role, segments);
        shown.part();
    }

    /// The turns in the order in which they were said: the channel, and which of its words.
    fn turns(&self) -> Vec<(usize, Range<usize>)> {
        let mut runs: Vec<(f64, usize, Range<usize>)> = Vec::new();
        for (at, channel) in self.channels.iter().enumerate() {
            let mut from = 0;
            for word in 1..=channel.words.len() {
                let is_cut = channel.words.get(word).is_none_or(|next| {
                    let last = &channel.words[word - 1];
                    let is_other = self.speaks(next) != self.speaks(last);
                    !next.is_joined && (is_other || parted(last, next, PAUSE) || word - from >= TOGETHER)
                });
                if is_cut {
                    runs.push((channel.words[from].start, at, from..word));
                    from = word;
                }
            }
        }
        runs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut turns: Vec<(usize, Range<usize>)> = Vec::new();
        for (_, at, words) in runs {
            let goes_on = turns.last_mut().filter(|(channel, last)| {
                let of = &self.channels[at].words;
                *channel == at && last.end == words.start && last.len() + words.len() <= TOGETHER && {
                    let (last, next) = (&of[words.start - 1], &of[words.start]);
                    self.speaks(next) == self.speaks(last) && !parted(last, next, SILENCE)
                }
            });
            match goes_on {
                Some((_, last)) => last.end = words.end,
                None => turns.push((at, words)),
            }
        }
        turns
    }

    fn speaks(&self, heard: &Heard) -> Option<&[u8]> {
        heard.speaker.map(|speaker| speaker.of(self.bytes))
    }

    /// Shows a turn, and the guesses beside it.
    fn turn(&self, channel: &Channel, range: Range<usize>, out: &mut Conversation) {
        let words = &channel.words[range.clone()];
        // Who speaks, so that turns can be told apart.
        let start = out.shown.end();
        out.shown.say_again(words[0].speaker.unwrap_or(channel.name).of(self.bytes));
        let Conversation { shown, segments, .. } = &mut *out;
        shown.segment_of(self.record, start, Role::Exempt, segments);
        let mut starts = Vec::with_capacity(words.len() + 1);
        let start = self.text(words, true, &mut starts, out);
        starts.push(out.shown.end());
        let known = out.shown.turns.len();
        let end = out.shown.end();
        let is_last = range.end == channel.words.len();
        self.close(start, Role::Text, out);
        let first = channel.guesses.partition_point(|guess| guess.instead.start < range.start);
        let within =
            |guess: &&Guess| guess.instead.start < range.end || is_last && guess.instead.start == range.end;
        let mut guesses = channel.guesses[first..].iter().take_while(within).peekable();
        if guesses.peek().is_some() {
            let shown = &mut out.shown;
            tokens(&shown.text, Span::new(start, end), &mut shown.turns);
        }
        for guess in guesses.filter(|guess| !guess.words.is_empty()) {
            let from = guess.instead.start - range.start;
            let until = (guess.instead.end.min(range.end) - range.start).max(from);
            let (first, last) = (from.saturating_sub(AROUND), (until + AROUND).min(words.len()));
            let before = starts[first]..starts[from];
            let after = starts[until]..starts[last];
            self.guess(guess, known, (before, after), out);
        }
    }

    /// Shows a guess between the words before and after it, which stand in the turn.
    fn guess(
        &self,
        guess: &Guess,
        known: usize,
        (before, after): (Range<usize>, Range<usize>),
        out: &mut Conversation,
    ) {
        let start = out.shown.end();
        out.shown.show_again(before.clone());
        self.text(&guess.words, before.is_empty(), &mut Vec::new(), out);
        out.shown.gap();
        out.shown.show_again(after.clone());
        let end = out.shown.end();
        let segment = out.segments.len() as u32;
        self.close(start, Role::Text, out);
        let shown = &mut out.shown;
        let (word, run) = (shown.words.len(), shown.runs.len());
        tokens(&shown.text, Span::new(start, end), &mut shown.words);
        let turn = &shown.turns[known..];
        let first = known + turn.partition_point(|word| (word.span.end as usize) <= before.start);
        let last = known + turn.partition_point(|word| (word.span.start as usize) < after.end);
        let region = first..last.max(first);
        align::beside(
            &shown.words[word..],
            &shown.turns,
            region.clone(),
            &align::Index::default(),
            &mut shown.runs,
        );
        shown.asides.push(Aside {
            segment,
            words: word as u32..shown.words.len() as u32,
            runs: run as u32..shown.runs.len() as u32,
            region: region.start as u32..region.end as u32,
            is_exact: false,
            is_form: true,
        });
    }

    /// Shows words one after the other, notes where each begins, and returns where the first does. `is_first` says
    /// that nothing stands before them.
    fn text(
        &self,
        words: &[Heard],
        mut is_first: bool,
        starts: &mut Vec<usize>,
        out: &mut Conversation,
    ) -> usize {
        let begin = out.shown.end();
        for heard in words {
            let mut word = heard.word;
            let mut is_glued = self.has_tokens;
            if word.of(self.bytes).starts_with(WORD_MARK) {
                (word.start, is_glued) = (word.start + WORD_MARK.len() as u32, false);
            }
            if !is_first && !is_glued && out.shown.text.last() != Some(&b' ') {
                out.shown.gap();
            }
            is_first = false;
            starts.push(out.shown.end());
            self.word(word, out);
        }
        begin
    }

    /// Shows a word, or the words of a sentence.
    fn word(&self, word: Span, out: &mut Conversation) {
        let (mut at, end) = (word.start as usize, word.end as usize);
        loop {
            let blank = memchr::memmem::find(&self.bytes[at..end], BLANK).map(|length| at + length);
            let part = Span::new(at, blank.unwrap_or(end));
            if !part.is_empty() {
                out.shown.string(self.bytes, part, Escape::None, false);
            }
            let Some(blank) = blank else { break };
            out.shown.gap();
            at = blank + BLANK.len();
        }
    }
}

/// Whether nothing was said for so many seconds between two words.
fn parted(last: &Heard, next: &Heard, seconds: f64) -> bool {
    let pause = next.start - last.end;
    // Times that go back begin something else.
    pause >= seconds || next.start < last.start
}

/// Whether what a column behind the word says is known: a confidence, or a kind of word.
fn is_known(column: &[u8]) -> bool {
    const KINDS: [&[u8]; 14] = [
        b"lex", b"non-lex", b"for-lex", b"un-lex", b"fp", b"frag", b"misc", b"noscore", b"noise", b"other",
        b"na", b"<na>", b"unknown", b"unk",
    ];
    seconds(column).is_some() || KINDS.iter().any(|kind| column.eq_ignore_ascii_case(kind))
}

/// Whether a word stands for none.
fn is_silence(word: &[u8]) -> bool {
    const SILENCES: [&[u8]; 11] = [
        b"@",
        b"<eps>",
        b"<sil>",
        b"<b>",
        b"<blk>",
        b"<unk>",
        b"[noise]",
        b"[laughter]",
        b"[silence]",
        b"[vocalized-noise]",
        b"<noise>",
    ];
    SILENCES.iter().any(|silence| word.eq_ignore_ascii_case(silence))
}
