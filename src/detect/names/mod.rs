//! Who is meant?
//!
//! A word that the dictionary knows as a name, or that is written like one, is a candidate. A linear model
//! decides about each candidate from the word, its neighbours and what they announce. Accepted words that
//! stand together are one name, particles and initials between them included.
//!
//! It must never look at every word twice: words are cut and looked up once, and only candidates are asked.

mod beside;
mod cues;
pub mod dictionary;
mod extent;
mod hash;
pub mod model;
pub(super) mod spelling;
pub mod text;
pub(super) mod why;

use beside::{Said, join_neighbours};
pub(super) use cues::asking;
use cues::{Cue, Cues};
use extent::spans;
use model::{Around, Model};
use text::{Case, Cut, Gap, Shape, Word, is_announced};

use crate::model::Span;
use crate::scan::Text;

/// How sure the model must be, as the logarithm of the odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold(pub f32);

impl Name {
    /// The odds as a score in hundredths, 50 to 99.
    #[must_use]
    pub fn score(&self) -> u8 {
        chance(self.odds).max(50)
    }
}

/// A word that was a name elsewhere in the conversation.
const REMEMBERED: Sure = Sure { odds: 2.0, is_remembered: true };
/// Odds of what stands behind a title.
const TITLED: Sure = Sure { odds: 1.7, is_remembered: false };

/// The name detector: dictionary, cues and model.
pub struct Names {
    cues: Cues,
    model: Model,
}

/// Buffers of one worker.
#[derive(Default)]
pub struct Buffers {
    cut: Cut,
    accepted: Vec<Option<Sure>>,
    /// What the model said of each word.
    odds: Vec<f32>,
    /// How the text at hand is written.
    case: Case,
    /// Whether what is weighed is written down, for who asks why.
    pub traced: bool,
    weighed: Vec<Weighed>,
}

impl Buffers {
    /// The numbers of the words of the text that was looked at last.
    pub fn said(&self) -> impl Iterator<Item = u64> {
        self.cut.words.iter().map(|word| word.hash)
    }
}

/// A filter of words: nearly all that are not in it are turned away.
#[derive(Clone, Copy, Default)]
pub struct Words([u64; 16]);

impl Words {
    /// Takes words in, by their numbers.
    pub fn add(&mut self, numbers: impl Iterator<Item = u64>) {
        for number in numbers {
            self.0[(number >> 60) as usize] |= 1 << (number >> 54 & 63);
        }
    }

    /// Whether one of the words may be in it.
    #[must_use]
    pub fn may_hold_any(&self, numbers: &[u64]) -> bool {
        numbers.iter().any(|number| self.0[(number >> 60) as usize] >> (number >> 54 & 63) & 1 == 1)
    }
}

/// What was heard in the conversation so far.
#[derive(Clone, Copy)]
pub struct Heard<'a> {
    /// Whether the turn before asked for a name.
    pub asked: bool,
    /// Hashes of words that are names in it.
    pub known: &'a [u64],
    /// What is hidden in the text at hand, sorted and disjoint: rules found something else there.
    pub blanks: &'a [Span],
}

/// A name that was found: where, and how sure the model is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name {
    /// In bytes of the text.
    pub span: Span,
    /// Odds of its surest word, as a logarithm.
    pub odds: f32,
    /// Whether the dictionary knows one of its words as a name.
    pub is_known: bool,
    /// Whether it is a name only because it was one elsewhere in the conversation.
    pub is_remembered: bool,
}

/// How sure it is that a word is part of a name.
#[derive(Clone, Copy)]
struct Sure {
    odds: f32,
    /// Whether that comes from elsewhere in the conversation.
    is_remembered: bool,
}

/// What the model said of a candidate: an index of a word, and its odds alone and with its neighbours.
struct Weighed {
    at: usize,
    alone: f32,
    odds: f32,
}

/// Odds as a chance in hundredths.
fn chance(odds: f32) -> u8 {
    (100.0 / (1.0 + (-odds).exp())).clamp(0.0, 99.0) as u8
}

impl Names {
    /// Whether the word stands behind a title and has a capital of its own: `Dr. Dorn`, `Frau Sauer`, `Mrs van der Merwe`,
    /// whatever else it means; not `Madame la Directrice`, `Herr Doktor`.
    fn is_titled(&self, words: &[Word], at: usize, case: Case) -> bool {
        let word = &words[at];
        let joins = |at: usize| self.cues.is_particle(words[at].hash) && words[at].gap == Gap::Blank;
        let particles = (0..at).rev().take_while(|&before| joins(before)).count();
        let Some(title) = at.checked_sub(1 + particles).map(|before| &words[before]) else { return false };
        // One is an article as well: `Madame la Directrice`.
        let is_name = word.entry.word() <= 3 || word.entry.first() >= 3 || word.entry.last() >= 3;
        title.cue == Cue::Title
            && word.cue != Cue::Title
            && word.gap == Gap::Blank
            && case != Case::Lower
            && matches!(word.shape, Shape::Capital | Shape::Mixed)
            && match particles {
                0 => is_name,
                _ => word.entry.word() <= 1 || word.entry.last() >= 3 && word.entry.word() <= 3,
            }
    }

    /// The detector that comes with the program.
    #[must_use]
    pub fn shipped() -> Names {
        Names { cues: Cues::shipped(), model: Model::shipped() }
    }

    /// A digest of dictionary and weights.
    #[must_use]
    pub fn digest() -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(dictionary::table()).update(Model::shipped().weights());
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// Cuts the text into words, each of `blanks` (sorted, disjoint) a hidden one: for training.
    #[must_use]
    pub fn cut(&self, text: Text<'_>, blanks: &[Span], cut: &mut Cut) -> Case {
        text::cut(text, (0, text.bytes.len()), blanks, &self.cues, cut)
    }

    /// Appends the names in that range of the text to `out`, in order. Returns whether this text asks for a
    /// name.
    pub fn find(
        &self,
        text: Text<'_>,
        range: (usize, usize),
        heard: Heard,
        threshold: Threshold,
        buffers: &mut Buffers,
        out: &mut Vec<Name>,
    ) -> bool {
        let Buffers { cut, accepted, odds: all_odds, .. } = buffers;
        let case = text::cut(text, range, heard.blanks, &self.cues, cut);
        let words = &cut.words[..];
        buffers.case = case;
        buffers.weighed.clear();
        let around = Around { case, asked: heard.asked };
        // Who asks back answers nothing.
        let answers = heard.asked && !text.bytes[range.0..range.1].contains(&b'?');
        let said = Said::of(words, case, answers, &self.cues);
        let mut known = Words::default();
        known.add(heard.known.iter().copied());
        accepted.clear();
        accepted.resize(words.len(), None);
        all_odds.clear();
        all_odds.resize(words.len(), f32::NEG_INFINITY);
        let mut none = true;
        for at in 0..words.len() {
            let mut sure = None;
            if is_candidate(words, at, case) {
                let before = [1, 2].map(|step| at >= step && accepted[at - step].is_some());
                let odds = self.model.score(text.bytes, words, at, around, before);
                let sure_at = threshold.0 - said.beside(at);
                all_odds[at] = odds - sure_at;
                sure = (odds >= sure_at).then_some(Sure { odds, is_remembered: false });
                if buffers.traced {
                    let alone = self.model.alone(text.bytes, words, at, around);
                    let odds = odds + said.beside(at);
                    buffers.weighed.push(Weighed { at, alone, odds });
                }
            }
            let word = &words[at];
            if sure.is_none() && known.may_hold_any(&[word.hash]) && is_called(words, at, heard.known, case) {
                sure = Some(REMEMBERED);
            }
            if sure.is_none() && (self.is_titled(words, at, case) || said.is_addressed(at)) {
                sure = Some(TITLED);
            }
            if sure.is_some() {
                accepted[at] = sure;
                none = false;
            }
        }
        none &= !join_neighbours(words, all_odds, case, accepted);
        if !none {
            self.extend(words, accepted, case);
            spans(words, accepted, out);
        }
        words.iter().any(|word| word.cue == Cue::Naming)
    }

    /// Notes the words of a found name by which its bearer may be called again: no particles, no words that are
    /// more often words; words that nobody is known to be called by only when it is `sure`.
    pub fn remember(
        &self,
        text: Text<'_>,
        span: Span,
        sure: bool,
        known: &mut Vec<u64>,
        buffers: &mut Buffers,
    ) {
        let range = (span.start as usize, span.end as usize);
        text::cut(text, range, &[], &self.cues, &mut buffers.cut);
        for word in &buffers.cut.words {
            let telling = word.end - word.start >= 3
                && word.shape != Shape::Number
                && word.cue == Cue::None
                && (word.entry.word() <= 4 || word.entry.first() >= 4)
                // `Fox Plaza Apartments`: everybody's flats are called so.
                && (word.entry.is_name() || sure && (word.entry.word() < 3 || word.entry.lower() < 8))
                && !self.cues.is_particle(word.hash);
            if telling && !known.contains(&word.hash) && known.len() < crate::limits::NAMES_REMEMBERED {
                known.push(word.hash);
            }
        }
    }

    /// Appends the words in that range of the text that are known names to `out`. In a field, which is no sentence, a
    /// capital stands for what it is.
    pub fn sweep(
        &self,
        text: Text<'_>,
        range: (usize, usize),
        in_field: bool,
        known: &[u64],
        buffers: &mut Buffers,
        out: &mut Vec<Name>,
    ) {
        if !text::holds(text, range, known) {
            return;
        }
        let Buffers { cut, accepted, .. } = buffers;
        let case = match text::cut(text, range, &[], &self.cues, cut) {
            Case::Sentence if in_field => Case::Usual,
            case => case,
        };
        let words = &cut.words[..];
        accepted.clear();
        for at in 0..words.len() {
            accepted.push(is_called(words, at, known, case).then_some(REMEMBERED));
        }
        if accepted.iter().any(Option::is_some) {
            self.extend(words, accepted, case);
            spans(words, accepted, out);
        }
    }
}

/// Whether the word is one of the known names. One that is also a common word counts where it is written as
/// a name.
fn is_called(words: &[Word], at: usize, known: &[u64], case: Case) -> bool {
    let word = &words[at];
    if word.shape == Shape::Number || !known.contains(&word.hash) {
        return false;
    }
    let entry = word.entry;
    let greeted = at > 0 && matches!(words[at - 1].cue, Cue::Greeting | Cue::Thanking | Cue::Title);
    match (case, word.shape) {
        // `Thank you, Will.`: a capital that no sentence gives it.
        (Case::Usual, Shape::Capital)
            if matches!(word.gap, Gap::Blank | Gap::Comma) && entry.first() >= 3 =>
        {
            true
        }
        // `okay joy`
        (Case::Lower | Case::Sentence, _) if greeted && word.gap != Gap::Break && entry.first() >= 3 => {
            entry.word() <= 5
        }
        // Who writes with capitals elsewhere means a name only when it can be little else.
        (Case::Usual, Shape::Lower) => entry.is_name() && entry.word() <= 2,
        (Case::Usual, _) => entry.word() <= 5 || entry.first() >= 5,
        // `apartments` of the Fox Plaza Apartments are no name.
        (_, Shape::Lower) => entry.word() <= if entry.is_name() { 3 } else { 2 },
        _ => entry.word() <= 3,
    }
}

/// Whether the model is asked about the word.
#[must_use]
#[inline]
pub fn is_candidate(words: &[Word], at: usize, case: Case) -> bool {
    let word = &words[at];
    if word.shape == Shape::Number || word.end - word.start < 2 {
        return false;
    }
    let entry = word.entry;
    let announced = |most: u8| entry.word() <= most && is_announced(words, at);
    match (case, word.shape) {
        // Somebody who writes with capitals elsewhere may still write a name without.
        (Case::Usual, Shape::Lower) => entry.is_name() && entry.word() <= 3 || announced(4),
        (Case::Usual, _) => {
            let begins = matches!(word.gap, Gap::Start | Gap::Stop | Gap::Break);
            entry.is_name() || entry.word() <= if begins { 2 } else { 4 }
        }
        _ => {
            entry.word() <= 2 || entry.is_name() && (entry.word() <= 5 || entry.first() >= 3) || announced(5)
        }
    }
}

/// Whether a word that stands alone is rather a word than somebody's name: `french`, `august`, `will`, and neither
/// `kelly` nor `claire`. For places without sentences, such as names of files.
#[must_use]
pub fn is_common_word(word: &str) -> bool {
    let entry = dictionary::known(spelling::fold_hash(word.as_bytes()));
    entry.word() >= 4 && entry.first() < 5 && entry.last() < 5
}

/// Whether it is one word, and a town of 20,000 or more is called so: `Milano`, whoever else is.
pub(super) fn is_town(word: &[u8]) -> bool {
    !word.contains(&b' ') && dictionary::known(spelling::fold_hash(word)).place() >= 2
}

/// Whether some place is called so.
pub(super) fn is_place(word: &str) -> bool {
    dictionary::known(spelling::fold_hash(word.as_bytes())).place() >= 1
}

/// Whether it is a word that no dictionary has.
pub(super) fn is_unheard_of(word: &str) -> bool {
    word.len() >= 4 && dictionary::known(spelling::fold_hash(word.as_bytes())).is_unknown()
}

/// Whether nobody is known to be called so.
#[must_use]
pub fn is_nobodys(word: &str) -> bool {
    !dictionary::known(spelling::fold_hash(word.as_bytes())).is_name()
}
