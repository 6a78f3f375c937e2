//! What may a word mean in an address?
//!
//! A word may mean something else in each language (`place`, `via`, `cours`). The lexicons are data:
//! `patterns/lexicons/addresses/*.toml`. Words are folded as those of the name dictionary.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::super::names::spelling::fold_hash;

/// A language, by its place in [`FILES`]; the order is that of the spoken lexicons.
pub(super) type Lang = usize;
pub(super) const EN: Lang = 0;
pub(super) const FR: Lang = 1;
pub(super) const DE: Lang = 2;
pub(super) const ES: Lang = 3;
pub(super) const IT: Lang = 4;
/// How many languages there are, and their names.
pub(super) const LANGUAGES: [&str; 5] = ["en", "fr", "de", "es", "it"];

const FILES: [&str; 5] = [
    include_str!("../../../patterns/lexicons/addresses/en.toml"),
    include_str!("../../../patterns/lexicons/addresses/fr.toml"),
    include_str!("../../../patterns/lexicons/addresses/de.toml"),
    include_str!("../../../patterns/lexicons/addresses/es.toml"),
    include_str!("../../../patterns/lexicons/addresses/it.toml"),
];

/// Where the number stands by a word for a street: before its name, right before it, behind its name.
pub(super) const BEFORE_IT: u8 = 1;
pub(super) const RIGHT_BEFORE_IT: u8 = 2;
pub(super) const BEHIND_IT: u8 = 4;

/// The same for each language.
const SIDES: [u8; LANGUAGES.len()] =
    [BEFORE_IT, RIGHT_BEFORE_IT | BEHIND_IT, RIGHT_BEFORE_IT | BEHIND_IT, BEHIND_IT, BEHIND_IT];

/// What a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub(super) enum Mark {
    /// A kind of street, hardly ever anything else.
    Street,
    /// A kind of street, and an ordinary word.
    StreetWeak,
    /// What is left of a word for a street behind its first letter: `v.le`.
    StreetRest,
    /// A usual word in the name of a street.
    Name,
    /// It ties the words of a name: `de la`.
    Link,
    /// A point of the compass.
    Direction,
    /// It stands before a number: `numéro`.
    NumberSign,
    /// It stands behind one: `bis`.
    NumberTail,
    /// A part of a building, its number or letter behind it.
    UnitBefore,
    /// The same, behind its number.
    UnitAfter,
    /// The same, alone.
    UnitAlone,
    /// Left, right.
    Side,
    /// A number of a floor or a street in words.
    Ordinal,
    /// A building or an estate that has a name.
    Building,
    /// A state, a country, or what else stands behind a town.
    Region,
    /// It stands before an address.
    Preposition,
    /// It is in no name of a street.
    Stop,
    /// What is counted or measured.
    Measure,
    /// It ends or begins like a street and is none.
    NoStreet,
    /// A month.
    Month,
    /// A number that is mostly an article.
    Article,
    /// It begins a name such as `Am Anger`.
    Lead,
    /// An article behind that.
    LeadArticle,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lang: String,
    lives: Vec<String>,
    asks: Vec<String>,
    boxes: Vec<String>,
    #[serde(default)]
    suffixes: Vec<String>,
    #[serde(default)]
    suffixes_weak: Vec<String>,
    words: BTreeMap<Mark, String>,
}

/// The marks of a word in each language.
pub(super) type Sense = [u32; LANGUAGES.len()];

/// A kind of post box: its words.
pub(super) struct PostBox {
    pub(super) lang: Lang,
    pub(super) words: Vec<u64>,
    /// Whether it is hardly ever anything else.
    pub(super) is_sure: bool,
}

/// The words of all languages.
pub(super) struct Lexicon {
    /// Only asked, never listed.
    numbers: HashMap<u64, u16>,
    senses: Vec<Sense>,
    /// Ends of German streets, folded, with whether they are sure.
    suffixes: Vec<(String, bool)>,
    pub(super) boxes: Vec<PostBox>,
    /// Phrases that announce where somebody lives, and that ask for it.
    pub(super) lives: Vec<String>,
    pub(super) asks: Vec<String>,
    /// Words at which an address may stand: kinds of streets and of post boxes.
    pub(super) anchors: Vec<(String, u8)>,
}

/// A digest of all lexicons, in hexadecimal.
pub(in crate::detect) fn digest() -> String {
    let mut hasher = blake3::Hasher::new();
    FILES.iter().for_each(|text| {
        hasher.update(text.as_bytes());
    });
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Lexicon {
    /// The shipped lexicons, those of one language where it is named.
    pub(super) fn shipped(only: Option<&str>) -> Lexicon {
        let mut words: BTreeMap<u64, Sense> = BTreeMap::new();
        let mut lexicon = Lexicon {
            numbers: HashMap::new(),
            senses: vec![[0; LANGUAGES.len()]],
            suffixes: Vec::new(),
            boxes: Vec::new(),
            lives: Vec::new(),
            asks: Vec::new(),
            anchors: Vec::new(),
        };
        for (lang, text) in FILES.iter().enumerate() {
            let file: File = toml::from_str(text).expect("the shipped lexicons are tested");
            assert_eq!(file.lang, LANGUAGES[lang], "files stand in the order of the languages");
            if only.is_none_or(|only| only == file.lang) {
                lexicon.file(lang, file, &mut words);
            }
        }
        for (hash, sense) in words {
            let known = lexicon.senses.iter().position(|other| *other == sense);
            let number = known.unwrap_or_else(|| {
                lexicon.senses.push(sense);
                lexicon.senses.len() - 1
            });
            lexicon.numbers.insert(hash, number as u16);
        }
        lexicon
    }

    fn file(&mut self, lang: Lang, file: File, words: &mut BTreeMap<u64, Sense>) {
        for (&mark, list) in &file.words {
            for word in list.split_ascii_whitespace() {
                for spelling in spellings(word) {
                    words.entry(fold_hash(spelling.as_bytes())).or_default()[lang] |= 1 << mark as u8;
                    // What is left of an abbreviation is often another word.
                    let is_rest = mark == Mark::StreetRest && word.len() > 2;
                    if is_rest || matches!(mark, Mark::Street | Mark::StreetWeak) {
                        self.anchor(&spelling, SIDES[lang]);
                    }
                }
            }
        }
        for phrase in &file.boxes {
            let parts: Vec<&str> = phrase.split(' ').collect();
            // The longest word is looked for; the first ones are often single letters.
            if let Some(longest) = parts.iter().max_by_key(|part| part.len()) {
                spellings(longest).iter().for_each(|spelling| self.anchor(spelling, BEHIND_IT));
            }
            let words = parts.iter().map(|part| fold_hash(part.as_bytes())).collect();
            self.boxes.push(PostBox { lang, words, is_sure: phrase != "apartado" && phrase != "bp" });
        }
        let folded = |suffix: &String| suffix.replace('ß', "ss");
        self.suffixes.extend(file.suffixes.iter().map(|suffix| (folded(suffix), true)));
        self.suffixes.extend(file.suffixes_weak.iter().map(|suffix| (folded(suffix), false)));
        self.lives.extend(file.lives);
        self.asks.extend(file.asks);
    }

    fn anchor(&mut self, word: &str, sides: u8) {
        if word.len() > 1 && word.chars().all(char::is_alphabetic) {
            self.anchors.push((word.to_owned(), sides));
        }
    }

    /// The number of a word's sense; 0 for a word without.
    pub(super) fn number(&self, hash: u64) -> u16 {
        self.numbers.get(&hash).copied().unwrap_or(0)
    }

    /// The sense of that number.
    pub(super) fn sense(&self, number: u16) -> &Sense {
        &self.senses[usize::from(number)]
    }

    /// Whether a word, in small letters, is a German one that ends as streets do, and whether that is sure.
    pub(super) fn street_end(&self, word: &str) -> Option<bool> {
        let word = word.replace('ß', "ss");
        let ends = |suffix: &String| word.len() >= suffix.len() + 2 && word.ends_with(suffix.as_str());
        self.suffixes.iter().find(|(suffix, _)| ends(suffix)).map(|(_, is_sure)| *is_sure)
    }
}

/// A word as it is, without accents, and with `ss` or two vowels for German letters.
fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    if word.contains(['ä', 'ö', 'ü', 'ß']) {
        all.push(word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss"));
        all.push(word.replace('ß', "ss"));
    }
    let plain: String = word.chars().map(plain).collect();
    if plain != word {
        all.push(plain);
    }
    all
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

/// Whether one of the marks is among those of a sense.
pub(super) fn has(marks: u32, of: &[Mark]) -> bool {
    of.iter().any(|&mark| marks >> mark as u8 & 1 == 1)
}
