//! What may a word mean to somebody who says numbers, letters and addresses?
//!
//! One table holds the words of five languages; a word may mean something else in each of them, and several
//! things in one (`to`: a sign of the infinitive, and a digit that was misheard). The lexicons are data:
//! `patterns/lexicons/spoken/*.toml`.
//!
//! Words are folded: small letters, without accents, `ñ` excepted.

use super::folding::{fold, folded, hash_of, plain};
use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::compounds;

/// A language, by its place in [`LANGUAGES`].
pub type Lang = u8;

/// The languages in which numbers are understood.
pub const LANGUAGES: [&str; 5] = ["en", "fr", "de", "es", "it"];
/// English.
pub const EN: Lang = 0;
pub(super) const FR: Lang = 1;
pub(super) const DE: Lang = 2;
pub(super) const ES: Lang = 3;
pub(super) const IT: Lang = 4;

const FILES: [&str; 5] = [
    include_str!("../../../patterns/lexicons/spoken/en.toml"),
    include_str!("../../../patterns/lexicons/spoken/fr.toml"),
    include_str!("../../../patterns/lexicons/spoken/de.toml"),
    include_str!("../../../patterns/lexicons/spoken/es.toml"),
    include_str!("../../../patterns/lexicons/spoken/it.toml"),
];
const COMMON: &str = include_str!("../../../patterns/lexicons/spoken/common.toml");

/// Longest word that is folded, in bytes; a longer one means nothing.
pub(super) const WORD_BYTES: usize = 40;

/// What a word means in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sense {
    /// The number it is: below 1,000, or a year.
    pub number: Option<u16>,
    /// The number for which it is heard, between numbers.
    pub misheard: Option<u16>,
    /// Power of ten: 2 `hundred`, 3 `thousand`, 6 `million`; 0 for none.
    pub scale: u8,
    /// How often what follows is said: `double`; 0 for none.
    pub times: u8,
    /// The ordinal that it is; 0 for none.
    pub ordinal: u8,
    /// The month that it is; 0 for none.
    pub month: u8,
    /// The letter it names, in Latin-1; 0 for none.
    pub letter: u8,
    /// The letter for which it is heard, among letters.
    pub heard: u8,
    /// The letter it stands for in a spelling alphabet.
    pub alphabet: u8,
    marks: u32,
}

/// What else a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Mark {
    /// `and` between parts of a number.
    And,
    /// It says nothing: `uh`.
    Filler,
    /// It takes back what was said: `sorry`.
    Repair,
    /// It stands for a sign inside a number: `dash`.
    Separator,
    /// `plus` before a country's code.
    Plus,
    /// `for` between a letter and its word.
    For,
    /// `of` in a date.
    Of,
    /// The sign of an e-mail address.
    At,
    /// A dot of an address.
    Dot,
    /// A hyphen of one.
    Dash,
    /// An underscore of one.
    Underscore,
    /// A slash of one.
    Slash,
    /// `www`.
    Www,
    /// A last part of a domain, wherever it is said.
    Ending,
    /// A last part of a domain, in an e-mail address only: it is a word as well.
    MailEnding,
    /// A currency or per cent.
    Money,
    /// What is counted.
    Unit,
    /// A word before an address that is no part of it.
    Carrier,
    /// A word that announces a name, which may be spelled then.
    Naming,
    /// A word that announces spelling.
    Spelling,
    /// A word that tells the language: one of its commonest.
    Common,
    /// A provider of mail.
    Provider,
    /// It begins a phrase of the lexicon.
    Begins,
}

impl Sense {
    /// Whether the word may be that.
    #[must_use]
    pub fn is(&self, mark: Mark) -> bool {
        self.marks >> mark as u8 & 1 == 1
    }

    /// Whether the word is no sign, filler or the like.
    pub(super) fn marks_nothing(&self) -> bool {
        self.marks & !(1 << Mark::Begins as u8 | 1 << Mark::Common as u8) == 0
    }

    /// Whether a number or spelled letters may begin with it.
    pub(super) fn may_begin(&self) -> bool {
        self.counts() || self.letter > 0 || self.heard > 0 || self.alphabet > 0 || self.is(Mark::Plus)
    }

    fn hints(&self) -> u8 {
        let of = |holds: bool, hint: u8| if holds { hint } else { 0 };
        let signs = [Mark::Dot, Mark::At, Mark::Underscore, Mark::Dash, Mark::For];
        let address = [Mark::Dot, Mark::At, Mark::Www].iter().any(|&mark| self.is(mark));
        let says = self.counts() || self.alphabet > 0 || self.letter > 0 || self.month > 0 || address;
        let tells = self.is(Mark::Common) || self.counts() || self.letter > 0;
        of(tells || signs.iter().any(|&mark| self.is(mark)), hints::LANGUAGE)
            | of(says, hints::SPEAKS)
            | of(self.month > 0 || self.ordinal > 0 || self.is(Mark::Of), hints::DAY)
            | of(address || self.letter == b'w', hints::ADDRESS)
            | of(self.is(Mark::For), hints::FOR)
    }

    fn mark(&mut self, mark: Mark) {
        self.marks |= 1 << mark as u8;
    }

    /// Whether it is said in numbers and hardly ever otherwise.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.number.is_some() || self.scale > 0 || self.times > 0
    }
}

/// What a word may hint at, so that a text is only read for what may be in it.
pub(super) mod hints {
    /// It tells the language.
    pub(in super::super) const LANGUAGE: u8 = 1;
    /// Something is said.
    pub(in super::super) const SPEAKS: u8 = 2;
    /// A day.
    pub(in super::super) const DAY: u8 = 4;
    /// An address.
    pub(in super::super) const ADDRESS: u8 = 8;
    /// A letter and its word, if a letter stands before it.
    pub(in super::super) const FOR: u8 = 16;
}

/// A file of one language. Words are separated by blanks, `_` joins the words of a phrase.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lang: String,
    numbers: BTreeMap<String, String>,
    scales: BTreeMap<String, String>,
    multipliers: BTreeMap<String, String>,
    misheard: BTreeMap<String, String>,
    ordinals: BTreeMap<String, String>,
    months: BTreeMap<String, String>,
    letters: BTreeMap<String, String>,
    misheard_letters: BTreeMap<String, String>,
    alphabet: BTreeMap<String, String>,
    words: BTreeMap<Mark, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    providers: Vec<String>,
    acronyms: Vec<String>,
}

/// A word of the table: where its senses stand. 0 is no word.
pub(super) type WordId = u16;

/// The words of all languages.
pub struct Lexicon {
    /// Open addressing: hash of the folded word and its number; the number 0 marks a free slot.
    slots: Box<[(u64, WordId)]>,
    /// For each word and language its sense.
    senses: Vec<[u16; 5]>,
    known: Vec<Sense>,
    /// For each word and language what it hints at, of [`hints`].
    hints: Vec<[u8; 5]>,
    /// For each word what [`Lexicon::hints_of`] says.
    told: Vec<(u8, u8, u8)>,
    /// Words that make a text worth reading, in every spelling, with the weight of their evidence.
    anchors: Vec<(String, u8)>,
    acronyms: HashSet<u64>,
    spelling: Vec<String>,
    naming: Vec<String>,
}

/// A digest of all lexicons, in hexadecimal.
#[must_use]
pub fn digest() -> String {
    let mut hasher = blake3::Hasher::new();
    FILES.iter().chain([&COMMON]).for_each(|text| {
        hasher.update(text.as_bytes());
    });
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Lexicon {
    /// The shipped lexicons.
    ///
    /// # Panics
    /// When a shipped lexicon is unsound, which the tests exclude.
    #[must_use]
    pub fn shipped() -> Lexicon {
        let mut builder = Builder::default();
        for (lang, text) in FILES.iter().enumerate() {
            let file: File = toml::from_str(text).expect("the shipped lexicons are tested");
            assert_eq!(file.lang, LANGUAGES[lang], "files stand in the order of the languages");
            builder.file(lang as Lang, &file);
        }
        let common: Common = toml::from_str(COMMON).expect("the shipped lexicons are tested");
        for lang in 0..LANGUAGES.len() as Lang {
            for provider in &common.providers {
                builder.sense(lang, provider).mark(Mark::Provider);
            }
        }
        builder.build(&common.acronyms)
    }

    /// The word with that hash, 0 when there is none.
    pub(super) fn word(&self, hash: u64) -> WordId {
        let mut at = slot_of(hash, self.slots.len());
        loop {
            let (known, word) = self.slots[at];
            if word == 0 || known == hash {
                return word;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// What a word means in a language.
    pub(super) fn sense(&self, word: WordId, lang: Lang) -> &Sense {
        &self.known[usize::from(self.senses[usize::from(word)][usize::from(lang)])]
    }

    /// What a word hints at in each language, of [`hints`].
    pub(super) fn hints(&self, word: WordId) -> &[u8; 5] {
        &self.hints[usize::from(word)]
    }

    /// A hash of the word, in UTF-8, that is the same however it is written, and what it is in an address that is said.
    #[must_use]
    pub fn part(&self, word: &[u8]) -> (u64, Part) {
        const SIGNS: [Mark; 6] = [Mark::At, Mark::Dot, Mark::Dash, Mark::Underscore, Mark::Slash, Mark::Www];
        const ENDINGS: [Mark; 2] = [Mark::Ending, Mark::MailEnding];
        let mut folded = Vec::with_capacity(word.len());
        fold(word, &mut folded);
        let hash = hash_of(&folded);
        let known = self.word(hash);
        let any = |marks: &[Mark]| {
            (0..LANGUAGES.len() as Lang)
                .any(|lang| marks.iter().any(|&mark| self.sense(known, lang).is(mark)))
        };
        let part = match known {
            0 => Part::Own,
            _ if any(&SIGNS) => Part::Sign,
            _ if any(&ENDINGS) => Part::Ending,
            _ => Part::Own,
        };
        (hash, part)
    }

    /// Words that make a text worth reading, in small letters, with and without accents, and the weight of
    /// their evidence.
    #[must_use]
    pub fn anchors(&self) -> &[(String, u8)] {
        &self.anchors
    }

    /// Whether the word, in UTF-8, stands between a letter and a word for it: `for`, `comme`.
    #[must_use]
    pub fn is_for(&self, word: &[u8]) -> bool {
        let mut folded = Vec::new();
        fold(word, &mut folded);
        self.hints(self.word(hash_of(&folded))).iter().any(|hint| hint & hints::FOR != 0)
    }

    /// The languages in which the word, in UTF-8, is a number, in which it is one of the commonest, and in which it says
    /// next to nothing: a bit each. `folded` is a buffer.
    #[must_use]
    pub fn hints_of(&self, word: &[u8], folded: &mut Vec<u8>) -> (u8, u8, u8) {
        if word.len() > WORD_BYTES {
            return (0, 0, 0);
        }
        folded.clear();
        fold(word, folded);
        self.told[usize::from(self.word(hash_of(folded)))]
    }

    /// Words that announce a name.
    #[must_use]
    pub fn naming(&self) -> &[String] {
        &self.naming
    }

    /// Words that announce spelling.
    #[must_use]
    pub fn spelling(&self) -> &[String] {
        &self.spelling
    }

    /// Whether the letters, in small ASCII, are an abbreviation that everybody knows.
    #[must_use]
    pub fn is_acronym(&self, letters: &str) -> bool {
        self.acronyms.contains(&hash_of(letters.as_bytes()))
    }
}

/// What a word is in an address that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A sign: `dot`, `arobase`.
    Sign,
    /// A last part that many addresses share: `com`.
    Ending,
    /// Anything else.
    Own,
}

/// The weight of evidence that a month is.
pub const MONTH: u8 = 3;

#[derive(Default)]
struct Builder {
    /// Folded words with a sense for each language.
    words: BTreeMap<Vec<u8>, [Sense; 5]>,
    anchors: BTreeMap<String, u8>,
    spelling: Vec<String>,
    naming: Vec<String>,
}

impl Builder {
    fn sense(&mut self, lang: Lang, word: &str) -> &mut Sense {
        let word = &word.replace(['\'', '-'], "_");
        if let Some((first, _)) = word.split_once('_') {
            for languages in &mut self.words.entry(folded(first)).or_default().iter_mut() {
                languages.mark(Mark::Begins);
            }
        }
        &mut self.words.entry(folded(word)).or_default()[usize::from(lang)]
    }

    /// Calls `set` with the sense of each word of a table.
    fn table(&mut self, lang: Lang, table: &BTreeMap<String, String>, set: impl Fn(&mut Sense, &str)) {
        for (value, words) in table {
            for word in words.split_ascii_whitespace() {
                for spelling in spellings(lang, word) {
                    set(self.sense(lang, &spelling), value);
                }
            }
        }
    }

    fn anchor(&mut self, lang: Lang, words: &str, weight: u8) {
        for word in words.split_ascii_whitespace() {
            let word = word.split(['_', '\'', '-']).next().unwrap_or_default();
            for spelling in spellings(lang, word).into_iter().flat_map(|word| [plain(&word), word]) {
                // A word of one or two letters is mostly another.
                if spelling.chars().all(char::is_alphabetic) && (spelling.len() > 2 || weight > 1) {
                    let known = self.anchors.entry(spelling).or_default();
                    *known = weight.max(*known);
                }
            }
        }
    }

    fn file(&mut self, lang: Lang, file: &File) {
        let number = |text: &str| -> u32 { text.parse().expect("a lexicon's keys are numbers") };
        let letter = |text: &str| text.chars().next().map_or(0, |c| c as u32 as u8);
        self.table(lang, &file.numbers, |sense, value| sense.number = Some(number(value) as u16));
        self.table(lang, &file.misheard, |sense, value| sense.misheard = Some(number(value) as u16));
        self.table(lang, &file.scales, |sense, value| sense.scale = number(value).ilog10() as u8);
        self.table(lang, &file.multipliers, |sense, value| sense.times = number(value) as u8);
        self.table(lang, &file.ordinals, |sense, value| sense.ordinal = number(value) as u8);
        self.table(lang, &file.months, |sense, value| sense.month = number(value) as u8);
        self.table(lang, &file.letters, |sense, value| sense.letter = letter(value));
        self.table(lang, &file.misheard_letters, |sense, value| sense.heard = letter(value));
        self.table(lang, &file.alphabet, |sense, value| sense.alphabet = letter(value));
        for (&mark, words) in &file.words {
            for word in words.split_ascii_whitespace() {
                for spelling in spellings(lang, word) {
                    self.sense(lang, &spelling).mark(mark);
                }
            }
        }
        for (value, word) in compounds::of(LANGUAGES[usize::from(lang)]) {
            for spelling in spellings(lang, &word) {
                self.sense(lang, &spelling).number = Some(value);
                self.anchor(lang, &spelling, if value >= 100 { 2 } else { 1 });
            }
        }
        for word in compounds::thousands(LANGUAGES[usize::from(lang)]) {
            spellings(lang, &word).iter().for_each(|spelling| self.anchor(lang, spelling, 1));
        }
        for table in [&file.numbers, &file.scales, &file.multipliers, &file.alphabet] {
            table.values().for_each(|words| self.anchor(lang, words, 1));
        }
        // A month beside a number is a day: `vierzehnten juli dreiundachtzig`. The short ones are mostly other words.
        let months = file.months.values().flat_map(|words| words.split_ascii_whitespace());
        let months: Vec<&str> = months.filter(|word| word.len() > 3 || *word == "mai").collect();
        self.anchor(lang, &months.join(" "), MONTH);
        let of = |mark: Mark| file.words.get(&mark).map_or("", String::as_str);
        let mut signs: Vec<&str> = of(Mark::At).split_ascii_whitespace().collect();
        // `at` and `chez` stand in every other sentence.
        signs.retain(|word| word.len() > 4);
        self.naming.extend(of(Mark::Naming).split_ascii_whitespace().map(ToOwned::to_owned));
        self.spelling.extend(of(Mark::Spelling).split_ascii_whitespace().map(ToOwned::to_owned));
        self.anchor(lang, &signs.join(" "), 2);
        self.anchor(lang, of(Mark::Dot), 1);
        self.anchor(lang, "www", 2);
    }

    fn build(self, acronyms: &[String]) -> Lexicon {
        let size = (self.words.len() * 2).next_power_of_two();
        let mut slots = vec![(0u64, 0 as WordId); size].into_boxed_slice();
        let mut senses = vec![[0u16; 5]];
        let mut known = vec![Sense::default()];
        for (word, of_languages) in &self.words {
            let hash = hash_of(word);
            let mut at = slot_of(hash, size);
            while slots[at].1 != 0 {
                assert_ne!(slots[at].0, hash, "no two words of the lexicons have one hash");
                at = (at + 1) & (size - 1);
            }
            slots[at] = (hash, senses.len() as WordId);
            senses.push(of_languages.map(|sense| {
                let at = known.iter().position(|other| *other == sense).unwrap_or_else(|| {
                    known.push(sense);
                    known.len() - 1
                });
                at as u16
            }));
        }
        let acronyms = acronyms.iter().map(|letters| hash_of(letters.as_bytes())).collect();
        let anchors = self.anchors.into_iter().collect();
        let hints = senses.iter().map(|of| of.map(|at| known[usize::from(at)].hints())).collect();
        let told = |of: &[u16; 5]| {
            let bits = |holds: &dyn Fn(&Sense) -> bool| {
                (0..of.len())
                    .fold(0, |bits, lang| bits | u8::from(holds(&known[usize::from(of[lang])])) << lang)
            };
            let quiet = |sense: &Sense| sense.is(Mark::Filler) || sense.is(Mark::Repair);
            (bits(&Sense::counts), bits(&|sense| sense.is(Mark::Common)), bits(&quiet))
        };
        let told = senses.iter().map(told).collect();
        Lexicon {
            slots,
            senses,
            known,
            hints,
            told,
            anchors,
            acronyms,
            spelling: self.spelling,
            naming: self.naming,
        }
    }
}

/// How a word may be written: in German also without umlauts.
fn spellings(lang: Lang, word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    if lang == DE && word.contains(['ä', 'ö', 'ü', 'ß']) {
        all.push(word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss"));
    }
    all
}

fn slot_of(hash: u64, slots: usize) -> usize {
    ((hash ^ hash >> 29) as usize) & (slots - 1)
}
