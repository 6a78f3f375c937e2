//! What would have been written for what was said?
//!
//! `oh seven seven double oh nine hundred` is 07700900, `S W one six` is SW16, `jo at example dot com` is
//! jo@example.com. The listener finds what was said in a text and says how it is written; shown in its place,
//! ordinary rules find it. It does not know what is personal.
//!
//! A text is read in each language whose number words stand in it; of overlapping sayings the longest counts.
//! Text without number words, spelled letters or signs said aloud costs nothing here: see [`Lexicon::anchors`].

mod addresses;
mod answers;
mod compounds;
mod dates;
mod folding;
mod letters;
pub mod lexicon;
mod numbers;
mod runs;
mod tokens;

use std::ops::Range;

pub use answers::Asked;
use lexicon::{EN, LANGUAGES, Lang, Lexicon, Mark, hints};
pub use numbers::Reading;
use numbers::{Reader, Unit, What, read};
pub use runs::Nature;
use runs::{Heard, Run};
use tokens::{Kind, Token, cut};

use crate::model::Span;
use crate::scan::Text;

/// What a saying is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number, or letters with or without digits.
    Run(Nature),
    /// A day, written with its month and perhaps its year.
    Date,
    /// An address of mail or of the web.
    Address,
}

/// Digits behind a `plus` from which it is the sign of a country's code, and no sum.
const PLUS_DIGITS: usize = 9;

/// Something that was said, and how it is written.
#[derive(Clone, Debug)]
pub struct Saying {
    /// In bytes of the text.
    pub span: Span,
    /// What it is.
    pub form: Form,
    /// How many letters it spells.
    pub letters: usize,
    /// Whether words, fillers or spelling make it differ from what a reader of digits sees.
    pub said: bool,
    /// Whether it is one number, said as people say how many.
    pub is_cardinal: bool,
    /// Whether it is thousands and nothing more: `mille grazie`.
    pub is_round: bool,
    /// Whether it is said as prices are, without their currency: `seventy nine ninety nine`.
    pub is_price: bool,
    /// Its language.
    pub lang: Lang,
    /// In the listener's `written`.
    written: Range<usize>,
    units: (usize, usize),
    plus: bool,
}

/// What was said in a text. Reused from text to text.
#[derive(Default)]
pub struct Listener {
    /// In order, disjoint.
    pub sayings: Vec<Saying>,
    written: String,
    tokens: Vec<Token>,
    units: Vec<Unit>,
    runs: Vec<Run>,
    dates: Vec<dates::Date>,
    addresses: Vec<addresses::Address>,
    reader: Reader,
    readings: Vec<Reading>,
    found: Vec<Saying>,
}

impl Listener {
    /// How a saying is written: digits and capitals, a date with its month in English, an address.
    #[must_use]
    pub fn written(&self, saying: &Saying) -> &str {
        &self.written[saying.written.clone()]
    }

    /// Forgets the text before.
    pub fn clear(&mut self) {
        self.sayings.clear();
        self.written.clear();
        self.tokens.clear();
        self.units.clear();
    }

    /// Finds what was said in `text[start..end]` and appends it, in order. Linear in the length: about 30 ns a
    /// byte of number words.
    pub fn listen(&mut self, text: Text, (start, end): (usize, usize), lexicon: &Lexicon) {
        let first_token = self.tokens.len();
        cut(text, (start, end), lexicon, &mut self.tokens);
        let tokens = std::mem::take(&mut self.tokens);
        let heard = |lang| Heard { text: text.bytes, tokens: &tokens[first_token..], lexicon, lang };
        let (votes, hinted) = hints_of(&tokens[first_token..], lexicon);
        // `once` is eleven in Spanish, among Spanish words.
        let most = votes.iter().copied().max().unwrap_or(0);
        let mut found = std::mem::take(&mut self.found);
        let mut languages = 0;
        for lang in (0..LANGUAGES.len()).filter(|&lang| hinted[lang] & hints::SPEAKS != 0) {
            if votes[lang] * 3 >= most * 2 {
                self.sayings_of(&heard(lang as Lang), hinted[lang], &mut found);
            }
            languages += 1;
        }
        // Letters and digits alone are the same in all of them.
        if languages == 0 {
            self.sayings_of(&heard(EN), !0, &mut found);
        }
        self.tokens = tokens;
        // Addresses and dates say more than the numbers in them; then the longest counts.
        let rank = |saying: &Saying| {
            (
                saying.form != Form::Address,
                std::cmp::Reverse(saying.span.len()),
                saying.form != Form::Date,
                saying.lang,
            )
        };
        found.sort_by_key(rank);
        let first = self.sayings.len();
        for saying in found.drain(..) {
            let at =
                first + self.sayings[first..].partition_point(|known| known.span.end <= saying.span.start);
            if self.sayings.get(at).is_none_or(|next| next.span.start >= saying.span.end) {
                self.sayings.insert(at, saying);
            }
        }
        self.found = found;
    }

    /// The sayings of one language, also overlapping ones.
    fn sayings_of(&mut self, heard: &Heard, hinted: u8, out: &mut Vec<Saying>) {
        let Listener { written, units, runs, dates, addresses, reader, readings, .. } = self;
        let span = |first: usize, last: usize| Span {
            start: heard.tokens[first].start,
            end: heard.tokens[last - 1].end,
        };
        let note = |text: &str, written: &mut String| {
            let start = written.len();
            written.push_str(text);
            start..written.len()
        };
        addresses.clear();
        let has_sign = heard.tokens.iter().any(|token| token.kind == Kind::Wall || token.letter == b'w');
        if hinted & hints::ADDRESS != 0 || has_sign {
            addresses::addresses(heard, reader, addresses);
        }
        out.extend(addresses.iter().map(|address| Saying {
            span: span(address.first, address.last),
            form: Form::Address,
            letters: 0,
            said: true,
            is_cardinal: false,
            is_round: false,
            is_price: false,
            lang: heard.lang,
            written: note(&address.written, written),
            units: (0, 0),
            plus: false,
        }));
        dates.clear();
        if hinted & hints::DAY != 0 || heard.tokens.iter().any(|token| token.kind == Kind::Ordinal) {
            dates::dates(heard, reader, dates);
        }
        out.extend(dates.iter().filter(|date| date.said).map(|date| Saying {
            span: span(date.first, date.last),
            form: Form::Date,
            letters: 0,
            said: true,
            is_cardinal: false,
            is_round: false,
            is_price: false,
            lang: heard.lang,
            written: note(&date.written, written),
            units: (0, 0),
            plus: false,
        }));
        // Numbers and letters are what no address and no day has taken.
        let mut rest = Vec::new();
        if !addresses.is_empty() || !dates.is_empty() {
            rest.extend_from_slice(heard.tokens);
        }
        let taken = addresses.iter().map(|address| address.first..address.last);
        let days = dates.iter().filter(|date| date.said).map(|date| date.first..date.last);
        for token in taken.chain(days).flatten() {
            rest[token] = Token { kind: Kind::Wall, word: 0, letter: 0, ..rest[token] };
        }
        let heard = &Heard { tokens: if rest.is_empty() { heard.tokens } else { &rest }, ..*heard };
        runs.clear();
        heard.runs(units, runs);
        for run in runs.iter() {
            read(heard.text, &units[run.units.0..run.units.1], heard.lang, 1, reader, readings);
            let Some(reading) = readings.first() else { continue };
            let is_code = run.plus && reading.text.len() < PLUS_DIGITS;
            if reading.text.is_empty() || is_code {
                continue;
            }
            let is_cardinal = is_cardinal(&units[run.units.0..run.units.1], reading);
            let is_price = is_price(reading);
            let start = written.len();
            if run.plus {
                written.push('+');
            }
            written.push_str(&reading.text);
            out.push(Saying {
                span: span(run.first, run.last),
                form: Form::Run(run.nature),
                letters: run.letters,
                said: run.said,
                is_cardinal,
                is_round: reading.text.ends_with("000"),
                is_price,
                lang: heard.lang,
                written: start..written.len(),
                units: run.units,
                plus: run.plus,
            });
        }
    }

    /// Other ways to write a saying of numbers, the likeliest first; the first reading is not among them.
    pub fn others(&mut self, text: &[u8], saying: &Saying, most: usize, out: &mut Vec<Reading>) {
        out.clear();
        if !matches!(saying.form, Form::Run(_)) {
            return;
        }
        let units = &self.units[saying.units.0..saying.units.1];
        read(text, units, saying.lang, most + 1, &mut self.reader, out);
        if !out.is_empty() {
            out.remove(0);
        }
        if saying.plus {
            out.iter_mut().for_each(|reading| reading.text.insert(0, '+'));
        }
    }

    /// The answer in the text that was read, if most of it looks like what was asked for.
    #[must_use]
    pub fn answer(&self, asked: Asked, lexicon: &Lexicon) -> Option<Span> {
        answers::answer(&self.tokens, lexicon, asked)
    }

    /// The words of a short answer of at most `most` words, less those that carry it.
    #[must_use]
    pub fn words_of_answer(&self, most: usize, lexicon: &Lexicon) -> Option<Span> {
        answers::words_of_answer(&self.tokens, lexicon, most)
    }

    /// Whether next to nothing stands before the saying in the text, and behind it: fillers, and words that
    /// carry an answer. What was not read counts as something.
    #[must_use]
    pub fn edges(&self, saying: &Saying, (start, end): (usize, usize), lexicon: &Lexicon) -> (bool, bool) {
        let first = self.tokens.partition_point(|token| token.start < saying.span.start);
        let last = self.tokens.partition_point(|token| token.start < saying.span.end);
        let is_quiet = |token: &Token| {
            let says_little = |lang: usize| {
                let sense = lexicon.sense(token.word, lang as Lang);
                [Mark::Filler, Mark::Carrier, Mark::Repair, Mark::And, Mark::Of]
                    .iter()
                    .any(|mark| sense.is(*mark))
            };
            token.kind == Kind::Word && token.word != 0 && (0..LANGUAGES.len()).any(says_little)
        };
        let read_from = self.tokens.first().is_some_and(|token| token.start as usize <= start + 2);
        let read_to = self.tokens.last().is_some_and(|token| token.end as usize + 2 >= end);
        let head = read_from && first <= 6 && self.tokens[..first].iter().all(is_quiet);
        let tail = read_to && self.tokens.len() - last <= 6 && self.tokens[last..].iter().all(is_quiet);
        (head, tail)
    }

    /// Whether a word that ties two numbers stands in the saying.
    #[must_use]
    pub fn holds_and(&self, saying: &Saying, lexicon: &Lexicon) -> bool {
        let first = self.tokens.partition_point(|token| token.start < saying.span.start);
        let own = self.tokens[first..].iter().take_while(|token| token.start < saying.span.end);
        own.filter(|token| token.letter == 0)
            .any(|token| lexicon.sense(token.word, saying.lang).is(Mark::And))
    }

    /// Where the groups of a saying's first reading end in it.
    pub fn groups(&mut self, text: &[u8], saying: &Saying, out: &mut Vec<u8>) {
        out.clear();
        let units = &self.units[saying.units.0..saying.units.1];
        read(text, units, saying.lang, 1, &mut self.reader, &mut self.readings);
        if let Some(reading) = self.readings.first() {
            out.extend(reading.groups.iter().map(|end| end + u8::from(saying.plus)));
        }
    }
}

/// For each language how many words of the text are of it, its commonest and its numbers, and what they hint at.
fn hints_of(tokens: &[Token], lexicon: &Lexicon) -> ([usize; LANGUAGES.len()], [u8; LANGUAGES.len()]) {
    let (mut votes, mut all) = ([0; LANGUAGES.len()], [0; LANGUAGES.len()]);
    let mut is_letter = false;
    for token in tokens.iter().filter(|token| token.word != 0 || token.letter != 0) {
        for (lang, &hint) in lexicon.hints(token.word).iter().enumerate() {
            votes[lang] += usize::from(hint & hints::LANGUAGE != 0 && token.len() > 1);
            let of_letter = if is_letter && hint & hints::FOR != 0 { hints::SPEAKS } else { 0 };
            all[lang] |= of_letter | if token.letter == 0 { hint } else { hint & !hints::SPEAKS };
        }
        is_letter = token.letter != 0;
    }
    (votes, all)
}

/// Whether it is a number and then the hundredths that prices end in.
fn is_price(reading: &Reading) -> bool {
    let &[first, last] = reading.groups.as_slice() else { return false };
    let (whole, cents) = reading.text.split_at(usize::from(first));
    let usual = ["99", "95", "90", "50", "49", "20", "40", "80"].contains(&cents);
    usize::from(last) == reading.text.len()
        && whole.len() <= 4
        && !whole.starts_with('0')
        && cents.len() == 2
        && usual
}

/// Whether it is one number, said as people say how many: `three hundred and eighty-one`, or a year.
fn is_cardinal(units: &[Unit], reading: &Reading) -> bool {
    let has_scale = units
        .iter()
        .any(|unit| matches!(unit.what, What::Scale(_)) || matches!(unit.what, What::Number(100..)));
    // Two thousands, or years: no code is said so.
    let mut from = 0;
    let all_large = reading
        .groups
        .iter()
        .all(|&end| usize::from(end) - std::mem::replace(&mut from, usize::from(end)) >= 4);
    has_scale && (reading.groups.len() == 1 || all_large)
}

#[cfg(test)]
mod tests;
