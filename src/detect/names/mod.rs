//! Who is meant?
//!
//! A word that the dictionary knows as a name, or that is written like one, is a candidate. A linear model
//! decides about each candidate from the word, its neighbours and what they announce. Accepted words that
//! stand together are one name, particles and initials between them included.
//!
//! It must never look at every word twice: words are cut and looked up once, and only candidates are asked.

mod cues;
pub mod dictionary;
mod hash;
pub mod model;
pub(super) mod spelling;
pub mod text;
pub(super) mod why;

pub(super) use cues::asking;
use cues::{Cue, Cues};
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
/// Words of an answer that says a name and little else, and how much less sure of it the model need be.
const ANSWER: usize = 5;
const ANSWERED: f32 = 2.0;
/// Words within which it says who is paid, and how much less sure of the name the model need be.
const PAYMENT: usize = 6;
const PAID: f32 = 1.25;
/// How much less sure of a name the model need be beside another part of it, when nobody is known to be called so,
/// and on average of a first name and a surname behind it. Larger numbers cost more than they find.
const BESIDE: f32 = 2.5;
const BESIDE_UNKNOWN: f32 = 1.5;
const TOGETHER: f32 = 2.0;
/// Odds of two words that are a name together.
const PAIR: Sure = Sure { odds: 0.3, is_remembered: false };
/// How much less sure it need be where somebody says who he is.
const INTRODUCED: f32 = 1.5;
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
        // Who is asked for a name and says few words says one.
        let is_answer = heard.asked && words.len() <= ANSWER;
        let sure_at = threshold.0 - if is_answer { ANSWERED } else { 0.0 };
        let pays = words.iter().any(|word| self.cues.is_payment(word.hash));
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
                let sure_at = if pays && self.is_payee(words, at) { sure_at - PAID } else { sure_at };
                let sure_at = if is_introduced(words, at) { sure_at - INTRODUCED } else { sure_at };
                all_odds[at] = odds - sure_at;
                sure = (odds >= sure_at).then_some(Sure { odds, is_remembered: false });
                if buffers.traced {
                    let alone = self.model.alone(text.bytes, words, at, around);
                    buffers.weighed.push(Weighed { at, alone, odds });
                }
            }
            let word = &words[at];
            if sure.is_none() && known.may_hold_any(&[word.hash]) && is_called(word, heard.known, case) {
                sure = Some(REMEMBERED);
            }
            if sure.is_none() && is_titled(words, at, case) {
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

    /// Whether the word stands where somebody is paid or has an account: `money to Jasbir`, `the account of Grace`.
    fn is_payee(&self, words: &[Word], at: usize) -> bool {
        let first = at.saturating_sub(PAYMENT);
        let flows = |at: usize| !matches!(words[at].gap, Gap::Start | Gap::Stop | Gap::Break);
        at > 0
            && words[at - 1].cue == Cue::Linking
            && flows(at)
            && (first..at - 1)
                .rev()
                .take_while(|&before| flows(before + 1))
                .any(|before| self.cues.is_payment(words[before].hash))
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
        for word in words.iter() {
            accepted.push(is_called(word, known, case).then_some(REMEMBERED));
        }
        if accepted.iter().any(Option::is_some) {
            self.extend(words, accepted, case);
            spans(words, accepted, out);
        }
    }

    /// Takes in what belongs to an accepted name: particles between two parts, initials, a surname behind a
    /// first name that nobody else is called.
    fn extend(&self, words: &[Word], accepted: &mut [Option<Sure>], case: Case) {
        let count = words.len();
        for at in 1..count {
            if accepted[at].is_some() || accepted[at - 1].is_none() {
                continue;
            }
            let (word, before) = (&words[at], &words[at - 1]);
            let close = matches!(word.gap, Gap::Blank | Gap::Hyphen);
            // `Marie Xylander`: a capitalised word that is none behind a first name.
            if close
                && case == Case::Usual
                && matches!(word.shape, Shape::Capital | Shape::Mixed)
                && word.entry.word() <= 3
                && before.entry.first() >= 2
                && before.shape != Shape::Lower
                && !word.entry.brand()
            {
                accepted[at] = accepted[at - 1];
            }
        }
        // `with Wetzler Kathryn`: a capitalised word that is none, or a surname, before a first name.
        for at in 1..count.saturating_sub(1) {
            let (word, next) = (&words[at], &words[at + 1]);
            if accepted[at].is_none()
                && accepted[at + 1].is_some()
                && case == Case::Usual
                && (word.shape, next.shape) == (Shape::Capital, Shape::Capital)
                && (word.gap, next.gap) == (Gap::Blank, Gap::Blank)
                && word.entry.word() <= 2
                && word.entry.place() == 0
                && !word.entry.brand()
                && word.cue == Cue::None
                && next.entry.first() >= 3
            {
                accepted[at] = accepted[at + 1];
            }
        }
        // `Mario Álvarez Maestro Gil`: what has a capital between two parts is a part.
        for at in 1..count.saturating_sub(1) {
            let (word, next) = (&words[at], &words[at + 1]);
            if accepted[at].is_none()
                && accepted[at - 1].is_some()
                && accepted[at + 1].is_some()
                && case == Case::Usual
                && word.shape == Shape::Capital
                && (word.gap, next.gap) == (Gap::Blank, Gap::Blank)
                && word.cue == Cue::None
            {
                accepted[at] = accepted[at - 1];
            }
        }
        for at in 1..count {
            if accepted[at].is_some() || accepted[at - 1].is_none() {
                continue;
            }
            let joins = |at: usize| self.cues.is_particle(words[at].hash) && words[at].gap != Gap::Break;
            let stands = |at: usize| accepted.get(at).is_some_and(Option::is_some);
            if joins(at) && stands(at + 1) {
                accepted[at] = accepted[at - 1];
            } else if at + 1 < count && joins(at) && joins(at + 1) && stands(at + 2) {
                (accepted[at], accepted[at + 1]) = (accepted[at - 1], accepted[at - 1]);
            } else if words[at].shape == Shape::Initial && stands(at + 1) {
                accepted[at] = accepted[at + 1];
            }
        }
        // `Ignacio de la Torre`, `Walburga von der Heydt`: a surname behind particles, when it is neither a firm's name nor a
        // town's.
        for at in 2..count {
            let word = &words[at];
            let joins = |at: usize| {
                self.cues.is_particle(words[at].hash) && matches!(words[at].gap, Gap::Blank | Gap::Apostrophe)
            };
            if accepted[at].is_some()
                || case != Case::Usual
                || word.shape != Shape::Capital
                || !matches!(word.gap, Gap::Blank | Gap::Apostrophe)
                || !joins(at - 1)
            {
                continue;
            }
            let first = if at >= 3 && joins(at - 2) { at - 2 } else { at - 1 };
            let is_surname = word.entry.last() >= 2 || first + 1 < at && word.entry.word() < 2;
            if let Some(sure) = first.checked_sub(1).and_then(|before| accepted[before])
                && is_surname
                && !word.entry.brand()
                && word.entry.place() < 2
            {
                accepted[first..=at].fill(Some(sure));
            }
        }
        // `la professoressa de santis`, `Mr von Berg`, `… è Lo Monaco`, `M. Le Goff`: a particle before a name, behind a title or
        // with a capital that nothing else gives it.
        for at in (1..count).rev() {
            let word = &words[at - 1];
            if accepted[at].is_none()
                || accepted[at - 1].is_some()
                || !self.cues.is_particle(word.hash)
                || !matches!(words[at].gap, Gap::Blank | Gap::Apostrophe | Gap::Hyphen)
            {
                continue;
            }
            let is_titled = at >= 2 && words[at - 2].cue == Cue::Title && word.gap == Gap::Blank;
            let is_capital = case == Case::Usual
                && word.shape == Shape::Capital
                && (matches!(word.gap, Gap::Blank | Gap::Comma)
                    || word.gap == Gap::Stop && at >= 2 && words[at - 2].shape == Shape::Initial)
                && words[at].shape == Shape::Capital;
            if is_titled || is_capital {
                accepted[at - 1] = accepted[at];
            }
        }
        // In a text with small letters, one capital is an initial, unless it is the English pronoun.
        let pronoun = spelling::fold_hash(b"i");
        // `David A. Flakoll`, `Morvan Claire P`: an initial behind a name, and what follows it.
        for at in 1..count {
            let word = &words[at];
            let ends = words
                .get(at + 1)
                .is_none_or(|next| matches!(next.gap, Gap::Stop | Gap::Comma | Gap::Break | Gap::Blank));
            if accepted[at].is_some()
                || accepted[at - 1].is_none()
                || word.shape != Shape::Initial
                || word.gap != Gap::Blank
                || case != Case::Usual
            {
                continue;
            }
            if ends && words[at].end - words[at].start == 1 && word.hash != pronoun {
                accepted[at] = accepted[at - 1];
                if let Some(next) = words.get(at + 1)
                    && matches!(next.gap, Gap::Stop | Gap::Blank)
                    && next.shape == Shape::Capital
                    && next.entry.word() <= 4
                    && accepted[at + 1].is_none()
                {
                    accepted[at + 1] = accepted[at];
                }
            }
        }
        // `J. Morvan`, `O'Brien`: an initial before a name.
        for at in 0..count.saturating_sub(1) {
            if accepted[at].is_none()
                && accepted[at + 1].is_some()
                && words[at].shape == Shape::Initial
                && matches!(words[at + 1].gap, Gap::Stop | Gap::Apostrophe | Gap::Hyphen)
                && words[at].cue != Cue::Joining
            {
                accepted[at] = accepted[at + 1];
            }
        }
    }
}

/// Whether somebody says that it is he: `mein Name ist Reto`, `malte am apparat`.
fn is_introduced(words: &[Word], at: usize) -> bool {
    let cue = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or(Cue::None, |word| word.cue);
    let flows = |at: usize| words.get(at).is_some_and(|word| matches!(word.gap, Gap::Blank | Gap::Apostrophe));
    let says_name = flows(at)
        && match cue(at.checked_sub(1)) {
            Cue::Naming => true,
            Cue::Joining => flows(at - 1) && cue(at.checked_sub(2)) == Cue::Naming,
            _ => false,
        };
    let is_first = words[at].entry.first() >= 2;
    let speaks = |step: usize| (1..=step).all(|step| flows(at + step)) && cue(Some(at + step)) == Cue::Speaking;
    says_name || is_first && (1..=3).any(speaks)
}

/// Accepts what the model alone is not sure of, because of what stands beside it: another part of the name, or two
/// together that are a first name and a surname. `odds` are those of each word above what is asked for. Returns
/// whether anything was accepted.
fn join_neighbours(words: &[Word], odds: &[f32], case: Case, accepted: &mut [Option<Sure>]) -> bool {
    let is_close = |at: usize| matches!(words[at].gap, Gap::Blank | Gap::Hyphen);
    let may_be = |at: usize| {
        odds[at] > f32::NEG_INFINITY
            && (case != Case::Usual || matches!(words[at].shape, Shape::Capital | Shape::Mixed))
    };
    let is_nobodys = |at: usize| case == Case::Usual && words[at].entry.word() < 2;
    let mut any = false;
    for at in 0..words.len() {
        if accepted[at].is_some() || !may_be(at) {
            continue;
        }
        let before = at.checked_sub(1).filter(|_| is_close(at)).and_then(|before| accepted[before]);
        let next = Some(at + 1).filter(|&next| next < words.len() && is_close(next));
        let neighbour = before.or_else(|| next.filter(|&next| may_be(next)).and_then(|next| accepted[next]));
        let least = match neighbour {
            Some(_) if words[at].entry.is_name() => -BESIDE,
            Some(_) if is_nobodys(at) => -BESIDE_UNKNOWN,
            _ => f32::INFINITY,
        };
        if odds[at] >= least {
            accepted[at] = neighbour;
            any = true;
        } else if let Some(next) = next.filter(|&next| may_be(next) && accepted[next].is_none())
            && words[at].entry.first() >= 2
            && (words[next].entry.last() >= 2 || case == Case::Usual && words[next].entry.is_unknown())
            && (odds[at] + odds[next]) / 2.0 >= -TOGETHER
        {
            accepted[at] = Some(PAIR);
            accepted[next] = Some(PAIR);
            any = true;
        }
    }
    any
}

/// Whether the word is one of the known names. One that is also a common word counts where it is written as
/// a name.
fn is_called(word: &Word, known: &[u64], case: Case) -> bool {
    if word.shape == Shape::Number || !known.contains(&word.hash) {
        return false;
    }
    let entry = word.entry;
    match (case, word.shape) {
        // Who writes with capitals elsewhere means a name only when it can be little else.
        (Case::Usual, Shape::Lower) => entry.is_name() && entry.word() <= 2,
        (Case::Usual, _) => entry.word() <= 5 || entry.first() >= 5,
        // `apartments` of the Fox Plaza Apartments are no name.
        (_, Shape::Lower) => entry.word() <= if entry.is_name() { 3 } else { 2 },
        _ => entry.word() <= 3,
    }
}

/// Whether the word stands behind a title and has a capital of its own: `Dr. Dorn`, `Frau Sauer`, whatever else it
/// means; not `Madame la Directrice`, `Herr Doktor`.
fn is_titled(words: &[Word], at: usize, case: Case) -> bool {
    let word = &words[at];
    let Some(title) = at.checked_sub(1).map(|before| &words[before]) else { return false };
    title.cue == Cue::Title
        && word.cue != Cue::Title
        && word.gap == Gap::Blank
        && case != Case::Lower
        && matches!(word.shape, Shape::Capital | Shape::Mixed)
        && (word.entry.word() <= 3 || word.entry.first() >= 3 || word.entry.last() >= 3)
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

/// Whether nobody is known to be called so.
#[must_use]
pub fn is_nobodys(word: &str) -> bool {
    !dictionary::known(spelling::fold_hash(word.as_bytes())).is_name()
}

/// Unites accepted words that stand together.
fn spans(words: &[Word], accepted: &[Option<Sure>], out: &mut Vec<Name>) {
    let mut last: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        let Some(sure) = accepted[at] else { continue };
        let joined = last.is_some_and(|last| {
            last + 1 == at
                && matches!(word.gap, Gap::Blank | Gap::Hyphen | Gap::Apostrophe | Gap::Stop)
                && !(word.gap == Gap::Stop && words[last].shape != Shape::Initial)
        });
        match out.last_mut() {
            Some(name) if joined => {
                name.span.end = word.end;
                name.odds = name.odds.max(sure.odds);
                name.is_remembered &= sure.is_remembered;
                name.is_known |= word.entry.is_name();
            }
            _ => {
                let span = Span { start: word.start, end: word.end };
                let Sure { odds, is_remembered } = sure;
                out.push(Name { span, odds, is_known: word.entry.is_name(), is_remembered });
            }
        }
        last = Some(at);
    }
}
