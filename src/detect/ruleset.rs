//! How do many rules become one machine?
//!
//! Rules of all files are checked against each other, sorted by anchor and compiled: one automaton for
//! each kind of anchor, one word table for all context words. The set's digest stands in the audit.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, MatchKind};
use regex_automata::meta;

use super::addresses::{self, Addresses};
use super::anchor::{self, Anchor};
use super::automaton::Automaton;
use super::checks::Check;
use super::context::{Group, Words, WordsBuilder, is_one_word};
use super::names::{Names, Threshold};
use super::rule::{self, Context, Rule};
use super::spoken::Spoken;
use super::starts::Joiners;
use super::{AT, COLON, DIGIT, DIGIT_IN_CONTEXT, KINDS, WORD, examples};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Entities, Entity};
use crate::scan::Kernel;
use crate::view::spoken::lexicon;

/// The rule files that come with the program: name and text, sorted by name.
pub const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The user's own words.
#[derive(Clone, Debug, Default)]
pub struct WordLists {
    /// Words and phrases that are always masked.
    pub deny: Vec<String>,
    /// Values that are never masked.
    pub allow: Vec<String>,
}

/// What a rule set is made of beside its rules.
#[derive(Clone, Debug)]
pub struct Options {
    /// Rules for other languages are left out; all languages when `None`.
    pub lang: Option<String>,
    /// The user's own words.
    pub lists: WordLists,
    /// Least score of a finding, in hundredths.
    pub min_score: u8,
    /// Whether pattern rules run at all.
    pub patterns: bool,
    /// Whether what is said aloud is looked for.
    pub spoken: bool,
    /// Whether values are put together that were said over several turns.
    pub conversation: bool,
    /// How sure the name model must be, as the logarithm of the odds; no names are looked for when `None`.
    pub names: Option<f32>,
    /// Which code looks at the bytes.
    pub kernel: Kernel,
    /// Whether anchored rules are tried at every byte. Slow: it is there to test that anchors miss nothing.
    pub at_every_byte: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            lang: None,
            lists: WordLists::default(),
            min_score: 50,
            patterns: true,
            spoken: true,
            conversation: true,
            names: Some(BALANCED),
            kernel: Kernel::best(),
            at_every_byte: false,
        }
    }
}

/// What of a rule is needed while scanning.
pub(super) struct Compiled {
    pub(super) entity: Entity,
    pub(super) otherwise: Option<Entity>,
    pub(super) check: Option<&'static Check>,
    pub(super) score: u8,
    pub(super) valid: u8,
    pub(super) near: Option<Reach>,
    pub(super) against: Option<Reach>,
    pub(super) glued: bool,
    /// Whether `12.5` and `3/4` belong together: for rules that are tried at digits.
    pub(super) joints: bool,
    pub(super) catch_all: bool,
    /// The group without which the rule stays below the least score.
    pub(super) only_near: Option<Group>,
    /// Whether each of its matches has a digit.
    pub(super) needs_digit: bool,
}

/// A rule's context words, how far they reach and what they do.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    pub(super) group: Group,
    pub(super) within: u32,
    pub(super) score: u8,
}

/// How sure the name model is by default. Below it names are missed less, above it fewer words are taken for
/// names; `docs/name-model.md` has the figures.
pub const BALANCED: f32 = 0.3;
/// How sure it is with `--recall high`.
pub const HIGH: f32 = -1.0;
/// How sure it is with `--recall precise`.
pub const PRECISE: f32 = 1.6;

/// All rules, compiled once, shared by every worker.
pub struct Ruleset {
    rules: Vec<Rule>,
    /// How many of them came with the program; they stand first.
    shipped: usize,
    /// Longest word that may begin a value of digits, a blank between. In the shipped rules it is a month; rules
    /// of a user may begin with any word.
    pub(super) before_blank: usize,
    pub(super) compiled: Vec<Compiled>,
    pub(super) entities: Entities,
    pub(super) words: Words,
    pub(super) automata: [Option<Automaton>; KINDS],
    /// A bit for each group of context words: whether a rule of [`DIGIT_IN_CONTEXT`] asks for it.
    pub(super) digit_groups: Vec<u64>,
    /// The same for rules of numbers and codes that people are asked for.
    pub(super) code_groups: Vec<u64>,
    /// For each group of words, the rule that finds them as they are.
    pub(super) lexicon_of: Vec<Option<u16>>,
    /// For each group of context words, the rules that are tried right behind one of them.
    pub(super) followers: Vec<Vec<(u16, meta::Regex)>>,
    /// Rules searched for around their context: rule, group, pattern.
    pub(super) around_context: Vec<(u16, Group, meta::Regex)>,
    /// Rules without an anchor, and the rule of each pattern.
    pub(super) anywhere: Option<(meta::Regex, Vec<u16>)>,
    pub(super) phrases: Option<AhoCorasick>,
    pub(super) denies: bool,
    /// Lower-case values; only asked, never listed.
    pub(super) allowed: HashSet<String>,
    /// Words between an announcement and its value.
    pub(super) joiners: Joiners,
    /// The detector of addresses.
    pub(super) addresses: Option<Addresses>,
    /// What is needed to find what is said aloud.
    pub(super) spoken: Option<Spoken>,
    /// Whether values are put together over turns, and the number of the rule that does.
    pub(super) stitches: bool,
    pub(super) stitched_rule: u16,
    /// The name detector and how sure it must be.
    pub(super) names: Option<(Names, Threshold)>,
    /// Entities whose values have no form of their own.
    pub(super) formless: Vec<Entity>,
    /// Codes behind which a town stands.
    pub(super) postcode: Option<Entity>,
    /// The questions for a name.
    pub(super) asks_name: Option<Group>,
    /// Number of the rule that finds names in text.
    pub(super) name_rule: u16,
    /// Number of the rule that finds names again elsewhere in the conversation.
    pub(super) memory_rule: u16,
    pub(super) min_score: u8,
    /// The language that rules without it were left out for.
    pub(super) lang: Option<String>,
    pub(super) kernel: Kernel,
    pub(super) at_every_byte: bool,
    /// Number of the rule that masks names of speakers and name fields.
    pub(super) person_rule: u16,
    /// Number of the rule that masks cells as a whole.
    pub(super) column_rule: u16,
    /// Number of the rule that masks the user's words.
    pub(super) denied_rule: u16,
    digest: String,
}

/// A complaint about a rule, shown in the file that it stands in.
fn in_its_file(files: &[(String, String)], place: &str, key: &str, message: &str) -> Error {
    let found = files.iter().find_map(|(name, text)| {
        let line: usize = place.strip_prefix(name)?.strip_prefix(':')?.parse().ok()?;
        let start = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        Some(rule::complaint(name, text, start, key, message.to_owned()))
    });
    found.map_or_else(|| Error::Usage(format!("{place}: {message}")), Error::from)
}

/// The same for what rules are told when they are compiled together: `file:line: rule …`.
fn shown_in(files: &[(String, String)], error: Error) -> Error {
    match &error {
        Error::Usage(told) => match told.split_once(": rule ") {
            Some((place, rest)) => {
                let key = if rest.contains("entity name") { "entity" } else { "id" };
                in_its_file(files, place, key, &format!("rule {rest}"))
            }
            None => error,
        },
        _ => error,
    }
}

/// Rules without a pattern: what they find follows from the layout or the user's list.
const BUILT_IN: [(&str, &str, &str); 17] = [
    (
        "speaker.name",
        "PERSON",
        "a speaker label that is no role word, or a field whose name says it holds a person's name",
    ),
    ("list.deny", "DENIED", "a word or phrase of the user's --deny list"),
    ("name.model", "PERSON", "a name in text, found by dictionary and model (docs/name-model.md)"),
    ("name.memory", "PERSON", "a name that was found elsewhere in the conversation"),
    (
        "spoken.spelled",
        "SPELLED",
        "letters that are spelled; PERSON where they spell a name that was asked for or stands near",
    ),
    ("spoken.long", "NUMBER", "a number said aloud that is longer than any identifier"),
    (
        "conversation.stitched",
        "NUMBER",
        "a value said over several turns that no rule names; SPELLED or PERSON when it is letters",
    ),
    (
        "spoken.answer",
        "SPELLED",
        "a short answer that mostly looks like what was asked: letters, a POSTCODE, a DATE_OF_BIRTH, a PERSON",
    ),
    (
        "column.whole",
        "DENIED",
        "a cell of a column that is masked whole: its header says what it holds, or --column does",
    ),
    ("address.en", "ADDRESS", "street line as written or said in English (GB, IE, US, CA)"),
    ("address.fr", "ADDRESS", "street line as written or said in French (FR, BE, CH, CA)"),
    ("address.de", "ADDRESS", "street line as written or said in German (DE, AT, CH)"),
    ("address.es", "ADDRESS", "street line as written or said in Spanish (ES)"),
    ("address.it", "ADDRESS", "street line as written or said in Italian (IT, CH)"),
    ("address.box", "ADDRESS", "post box: PO Box, BP, Postfach, apartado, casella postale"),
    ("address.block", "ADDRESS", "parts with commas between, up to a postcode and its town"),
    ("address.answer", "ADDRESS", "what was asked for or announced as an address, and looks like one"),
];

impl Ruleset {
    /// The rules that come with the program.
    ///
    /// # Panics
    /// When a shipped rule is unsound, which the tests exclude.
    #[must_use]
    pub fn shipped() -> Ruleset {
        Ruleset::load(&[], &Options::default()).expect("the shipped rules are tested")
    }

    /// The shipped rules and those of `files` (name and text), whose examples are checked.
    ///
    /// # Errors
    /// [`Error::File`] with file, line, rule and reason when a rule is unsound, named twice, too big, or
    /// fails one of its own examples.
    pub fn load(files: &[(String, String)], options: &Options) -> Result<Ruleset> {
        let set = Self::load_untested(files, options)?;
        for rule in &set.rules[set.shipped..] {
            if let Some(failure) = examples::failures(&set, rule).first() {
                let message = format!("rule `{}`: {failure}", rule.id);
                let key = if failure.starts_with("`finds`") { "finds" } else { "ignores" };
                return Err(in_its_file(files, &rule.place, key, &message));
            }
        }
        Ok(set)
    }

    /// The same without running the examples of `files`.
    ///
    /// # Errors
    /// As [`Ruleset::load`], but for failing examples.
    pub fn load_untested(files: &[(String, String)], options: &Options) -> Result<Ruleset> {
        let mut rules = Vec::new();
        if options.patterns {
            for (name, text) in SHIPPED {
                rules.extend(rule::read(name, text)?);
            }
        }
        let shipped = rules.len();
        let mut digest = blake3::Hasher::new();
        for (name, text) in files {
            rules.extend(rule::read(name, text)?);
        }
        for text in SHIPPED.iter().map(|(_, text)| *text).chain(files.iter().map(|(_, text)| text.as_str())) {
            digest.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        for word in options.lists.deny.iter().chain([&String::new()]).chain(&options.lists.allow) {
            digest.update(word.as_bytes()).update(&[0]);
        }
        digest.update(&[
            options.min_score,
            u8::from(options.patterns),
            u8::from(options.spoken),
            u8::from(options.conversation),
        ]);
        if options.patterns {
            digest.update(addresses::digest().as_bytes());
        }
        if options.spoken {
            digest.update(lexicon::digest().as_bytes());
        }
        if let Some(odds) = options.names {
            digest.update(&odds.to_le_bytes()).update(Names::digest().as_bytes());
        }
        digest.update(options.lang.as_deref().unwrap_or("auto").as_bytes());
        let digest = digest.finalize().to_hex()[..32].to_owned();
        let set = Self::compile(rules, options, digest).map_err(|error| shown_in(files, error))?;
        let before_blank = if files.is_empty() { 9 } else { 12 };
        Ok(Ruleset { shipped, before_blank, ..set })
    }

    fn compile(rules: Vec<Rule>, options: &Options, digest: String) -> Result<Ruleset> {
        let refuse =
            |rule: &Rule, reason: &str| Error::Usage(format!("{}: rule `{}`: {reason}", rule.place, rule.id));
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for rule in &rules {
            if let Some(place) = seen.insert(&rule.id, &rule.place) {
                return Err(refuse(rule, &format!("the id is taken by {place}")));
            }
        }
        if rules.len() + BUILT_IN.len() > limits::RULES {
            return Err(Error::Usage(format!("more than {} rules", limits::RULES)));
        }
        let mut entities = Entities::default();
        let mut words = WordsBuilder::default();
        let mut compiled = Vec::with_capacity(rules.len());
        for rule in &rules {
            let mut entity = |name: &str| {
                let bad = format!("`{name}` is no entity name (upper case and `_`, no digit at the end)");
                entities.intern(name).ok_or_else(|| refuse(rule, &bad))
            };
            let found = entity(&rule.entity)?;
            let otherwise = rule.otherwise.as_deref().map(&mut entity).transpose()?;
            let mut reach = |context: &Option<Context>| match context {
                None => Ok(None),
                Some(context) => words
                    .group(&context.words)
                    .map(|group| Some(Reach { group, within: context.within, score: context.score }))
                    .map_err(|reason| refuse(rule, &reason)),
            };
            let near = reach(&rule.near)?;
            let best = if rule.check.is_some() { rule.valid.max(rule.score) } else { rule.score };
            compiled.push(Compiled {
                only_near: near
                    .filter(|_| best < options.min_score && !rule.catch_all)
                    .map(|near| near.group),
                needs_digit: anchor::needs_digit(&rule.pattern),
                entity: found,
                otherwise,
                check: rule.check,
                score: rule.score,
                valid: rule.valid,
                near,
                against: reach(&rule.against)?,
                glued: rule.glued,
                joints: rule.anchor == Anchor::Digit,
                catch_all: rule.catch_all,
            });
        }
        let mut kinds: [Vec<(u16, &str)>; KINDS] = Default::default();
        let mut anywhere: Vec<u16> = Vec::new();
        let mut digit_groups = Vec::new();
        let mut code_groups = Vec::new();
        let mut around_context = Vec::new();
        let mut lexicons = Vec::new();
        let mut after = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let pattern = (number as u16, rule.pattern.as_str());
            if options.lang.as_ref().is_some_and(|lang| !rule.langs.is_empty() && !rule.langs.contains(lang))
            {
                continue;
            }
            if !rule.words.is_empty() {
                let group = words.group(&rule.words).map_err(|reason| refuse(rule, &reason))?;
                lexicons.push((group, pattern.0));
                continue;
            }
            if super::evidence::CODES.contains(&rule.entity.as_str()) {
                code_groups.extend(compiled[number].near.map(|near| near.group));
            }
            match &rule.anchor {
                Anchor::Digit => match compiled[number].only_near {
                    Some(group) => {
                        digit_groups.push(group);
                        kinds[DIGIT_IN_CONTEXT].push(pattern);
                    }
                    None => kinds[DIGIT].push(pattern),
                },
                Anchor::At => kinds[AT].push(pattern),
                Anchor::Colon => kinds[COLON].push(pattern),
                Anchor::Words(list) => {
                    kinds[WORD].push(pattern);
                    for word in list {
                        words.anchor(word, pattern.0);
                    }
                }
                Anchor::Bracketed(list) => {
                    kinds[AT].push(pattern);
                    list.iter().for_each(|word| words.bracketed(word));
                }
                Anchor::After => {
                    let regex = meta::Regex::new(&rule.pattern).map_err(|e| refuse(rule, &e.to_string()))?;
                    let group = compiled[number].near.map(|near| near.group);
                    after.extend(group.map(|group| (group, pattern.0, regex)));
                }
                Anchor::Context => {
                    let regex = meta::Regex::new(&rule.pattern).map_err(|e| refuse(rule, &e.to_string()))?;
                    let group = compiled[number].near.map(|near| near.group);
                    around_context.extend(group.map(|group| (pattern.0, group, regex)));
                }
                Anchor::Anywhere => anywhere.push(pattern.0),
            }
        }
        let build = |patterns: &[(u16, &str)]| {
            Automaton::new(patterns)
                .map_err(|reason| Error::Usage(format!("the rules are too big together: {reason}")))
        };
        let mut automata = [const { None }; KINDS];
        for (automaton, patterns) in automata.iter_mut().zip(&kinds) {
            *automaton = build(patterns)?;
        }
        let anywhere = match anywhere.as_slice() {
            [] => None,
            numbers => {
                let patterns: Vec<&str> =
                    numbers.iter().map(|&n| rules[usize::from(n)].pattern.as_str()).collect();
                let regex = meta::Regex::new_many(&patterns).map_err(|error| {
                    Error::Usage(format!("the rules without an anchor are too big together: {error}"))
                })?;
                Some((regex, anywhere))
            }
        };
        let lists = &options.lists;
        let (single, phrases): (Vec<&String>, Vec<&String>) = lists
            .deny
            .iter()
            .filter(|word| !word.trim().is_empty())
            .partition(|word| is_one_word(word.trim()));
        for word in single {
            words.deny(word.trim());
        }
        let phrases = if phrases.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(phrases.iter().map(|phrase| phrase.trim()));
            Some(built.map_err(|error| Error::Usage(format!("the --deny list is too big: {error}")))?)
        };
        let mut lexicon_of = vec![None; words.groups()];
        for (group, rule) in lexicons {
            lexicon_of[usize::from(group)] = Some(rule);
        }
        let mut code_bits = vec![0u64; words.groups().div_ceil(64)];
        for &group in code_groups.iter().chain(&digit_groups) {
            code_bits[usize::from(group) / 64] |= 1 << (group % 64);
        }
        let mut bits = vec![0u64; words.groups().div_ceil(64)];
        for group in digit_groups {
            bits[usize::from(group) / 64] |= 1 << (group % 64);
        }
        let mut followers: Vec<Vec<(u16, meta::Regex)>> = Vec::new();
        followers.resize_with(words.groups(), Vec::new);
        for (group, rule, regex) in after {
            followers[usize::from(group)].push((rule, regex));
        }
        let built_in = |id: &str| {
            let at = BUILT_IN.iter().position(|rule| rule.0 == id).expect("a built-in rule of that name");
            (rules.len() + at) as u16
        };
        let spoken = match options.spoken {
            false => None,
            true => {
                let asked = ["postcode.digits", "birth.numeric"].map(|id| {
                    let at = rules.iter().position(|rule| rule.id == id);
                    at.and_then(|at| compiled[at].near).map_or(Group::MAX, |near| near.group)
                });
                Some(Spoken::shipped(
                    &mut words,
                    (built_in("spoken.spelled"), built_in("spoken.answer")),
                    asked,
                )?)
            }
        };
        let addresses = match options.patterns {
            false => None,
            true => {
                let only = options.lang.as_deref();
                Some(Addresses::shipped(&mut words, only, &entities, built_in("address.en"))?)
            }
        };
        let asks_name = match options.names {
            None => None,
            Some(_) => Some(words.group(&super::names::asking()).map_err(Error::Usage)?),
        };
        let postcode = entities.find("POSTCODE");
        let formless = super::widen::FORMLESS.iter().filter_map(|name| entities.find(name)).collect();
        // Groups were added.
        lexicon_of.resize(words.groups(), None);
        bits.resize(words.groups().div_ceil(64), 0);
        followers.resize_with(words.groups(), Vec::new);
        Ok(Ruleset {
            shipped: rules.len(),
            before_blank: 12,
            compiled,
            entities,
            words: words.build(),
            automata,
            digit_groups: bits,
            code_groups: code_bits,
            lexicon_of,
            followers,
            around_context,
            anywhere,
            phrases,
            denies: !lists.deny.is_empty(),
            allowed: lists
                .allow
                .iter()
                .map(|value| value.trim().to_lowercase())
                .filter(|v| !v.is_empty())
                .collect(),
            joiners: Joiners::shipped(),
            addresses,
            spoken,
            stitches: options.conversation,
            stitched_rule: built_in("conversation.stitched"),
            names: options.names.map(|odds| (Names::shipped(), Threshold(odds))),
            formless,
            postcode,
            asks_name,
            name_rule: built_in("name.model"),
            memory_rule: built_in("name.memory"),
            min_score: options.min_score,
            lang: options.lang.clone(),
            kernel: options.kernel,
            at_every_byte: options.at_every_byte,
            person_rule: built_in("speaker.name"),
            column_rule: built_in("column.whole"),
            denied_rule: built_in("list.deny"),
            digest,
            rules,
        })
    }

    /// The rules, in the order of their numbers.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The id of a rule by its number, built-in ones included.
    ///
    /// # Panics
    /// When the number is none of this set.
    #[must_use]
    pub fn rule_id(&self, number: u16) -> &str {
        let number = usize::from(number);
        self.rules.get(number).map_or_else(|| BUILT_IN[number - self.rules.len()].0, |rule| &rule.id)
    }

    /// Whether the rule of that number finds names in text, by the model or from memory.
    #[must_use]
    pub fn is_name_rule(&self, number: u16) -> bool {
        number == self.name_rule || number == self.memory_rule
    }

    /// The words that announce values or are looked for as they are. Before a colon they head a remark.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        let near = self.rules.iter().flat_map(|rule| rule.near.iter().flat_map(|near| &near.words));
        let mut words: Vec<String> =
            near.chain(self.rules.iter().flat_map(|rule| &rule.words)).cloned().collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The name of the entity that a rule finds, by the rule's number, built-in ones included.
    ///
    /// # Panics
    /// When the number is none of this set.
    #[must_use]
    pub fn entity_of(&self, number: usize) -> &str {
        self.rules.get(number).map_or_else(|| BUILT_IN[number - self.rules.len()].1, |rule| &rule.entity)
    }

    /// Rules without a pattern: id, entity, what they find.
    #[must_use]
    pub fn built_in() -> &'static [(&'static str, &'static str, &'static str)] {
        &BUILT_IN
    }

    /// The entities that rules of this set may find.
    #[must_use]
    pub fn entities(&self) -> &Entities {
        &self.entities
    }

    /// The least score of a finding, in hundredths.
    #[must_use]
    pub fn min_score(&self) -> u8 {
        self.min_score
    }

    /// Which code looks at the bytes.
    #[must_use]
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// 128 bits of BLAKE3, in hexadecimal, over all that decides what is found.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
