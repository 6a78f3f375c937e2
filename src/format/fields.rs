//! What does a field's name say about its value?

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::columns::ColumnOption;
use super::labels::{Headings, Labels};
use crate::model::{Role, TypedTable};
use crate::scan::WordTable;

/// Which fields the user names, beside those that are recognised without options.
#[derive(Clone, Debug, Default)]
pub struct FieldOptions {
    /// `--text-field`: names or JSON pointers of the text fields. When empty, the known names.
    pub text: Vec<String>,
    /// `--conversation-field`.
    pub conversation: Option<String>,
    /// `--speaker-field`.
    pub speaker: Option<String>,
    /// `--only-text-fields`: nothing else is looked at.
    pub only_text: bool,
    /// Words that announce values: before a colon they head a remark and name no speaker.
    pub headings: Headings,
    /// `--column`: what is done with columns of tables.
    pub columns: Vec<ColumnOption>,
    /// `--allow-missing-columns`: an input may lack columns that are named here.
    pub may_lack: bool,
    /// What the input says of its columns, where it is a table that does.
    pub table: Option<TypedTable>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field {
    Text,
    Conversation,
    Speaker,
    Language,
    Time,
    Person,
    PersonAtTop,
    /// One word of what was said, or a list of such.
    Word,
    /// A list of guesses at the same words, the best one first.
    Guesses,
    /// The first or last character of something in a text, or an object that holds both.
    FirstCharacter,
    LastCharacter,
    Characters,
    /// Numbers that stand for words.
    Codes,
    /// What a document says about itself.
    Technical,
    #[default]
    Other,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lexicon {
    text: Vec<String>,
    conversation: Vec<String>,
    speaker: Vec<String>,
    language: Vec<String>,
    time: Vec<String>,
    person: Vec<String>,
    person_at_top: Vec<String>,
    word: Vec<String>,
    guesses: Vec<String>,
    first_character: Vec<String>,
    last_character: Vec<String>,
    characters: Vec<String>,
    codes: Vec<String>,
    technical: Vec<String>,
    times: TimeNames,
}

/// The names of fields that say when something was said, and on which channel.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeNames {
    pub(super) start: Vec<String>,
    pub(super) end: Vec<String>,
    pub(super) length: Vec<String>,
    pub(super) both: Vec<String>,
    pub(super) milliseconds: Vec<String>,
    pub(super) seconds: Vec<String>,
    pub(super) ticks: Vec<String>,
    pub(super) nanoseconds: Vec<String>,
    pub(super) channel: Vec<String>,
    pub(super) channel_from_one: Vec<String>,
    pub(super) channels: Vec<String>,
}

/// The shipped lexicon. Parsed once: a run may open a million files.
fn shipped() -> Lexicon {
    static SHIPPED: OnceLock<Lexicon> = OnceLock::new();
    let parse = || {
        toml::from_str(include_str!("../../patterns/lexicons/fields.toml"))
            .expect("the shipped lexicon is tested")
    };
    SHIPPED.get_or_init(parse).clone()
}

/// The names of fields that hold times.
pub(super) fn times() -> TimeNames {
    shipped().times
}

/// The names of fields that hold a person's name.
pub(super) fn people() -> Vec<String> {
    shipped().person
}

/// The names of fields, compiled.
pub(super) struct Fields {
    table: WordTable,
    kinds: Vec<Field>,
    /// Text fields given as JSON pointers.
    pub(super) pointers: Vec<String>,
    only_text: bool,
    /// Whether strings are text unless their name says otherwise.
    all_text: bool,
    /// Whether several words are read as a text where nobody knows what the field holds.
    reads_prose: bool,
    pub(super) labels: Arc<Labels>,
}

impl Fields {
    pub(super) fn new(options: &FieldOptions) -> Self {
        let lexicon = shipped();
        let (pointers, names): (Vec<String>, Vec<String>) =
            options.text.iter().cloned().partition(|name| name.starts_with('/'));
        let given = |given: &Option<String>, known: Vec<String>| {
            given.as_ref().map_or(known, |name| vec![name.clone()])
        };
        let text = if options.text.is_empty() { lexicon.text } else { names };
        let lists = [
            (Field::Text, text),
            (Field::Conversation, given(&options.conversation, lexicon.conversation)),
            (Field::Speaker, given(&options.speaker, lexicon.speaker)),
            (Field::Language, lexicon.language),
            (Field::Time, lexicon.time),
            (Field::Person, lexicon.person),
            (Field::PersonAtTop, lexicon.person_at_top),
            (Field::Word, lexicon.word),
            (Field::Guesses, lexicon.guesses),
            (Field::FirstCharacter, lexicon.first_character),
            (Field::LastCharacter, lexicon.last_character),
            (Field::Characters, lexicon.characters),
            (Field::Codes, lexicon.codes),
            (Field::Technical, lexicon.technical),
        ];
        let mut words: Vec<Box<[u8]>> = Vec::new();
        let mut kinds = Vec::new();
        for (kind, names) in lists {
            for name in names {
                let mut buffer = [0u8; NAME_BYTES];
                let Some(name) = normalised(name.as_bytes(), &mut buffer) else { continue };
                if !words.iter().any(|known| **known == *name) {
                    words.push(name.into());
                    kinds.push(kind);
                }
            }
        }
        let table = WordTable::new(&words);
        Fields {
            table,
            kinds,
            pointers,
            only_text: options.only_text,
            all_text: false,
            reads_prose: options.text.is_empty(),
            labels: options.headings.labels(),
        }
    }

    /// The names of fields of documents of any make: unless the user names the text fields, every string is text
    /// whose name does not say otherwise.
    pub(super) fn of_documents(options: &FieldOptions) -> Self {
        Fields { all_text: options.text.is_empty(), ..Fields::new(options) }
    }

    /// What the field of that name holds.
    pub(super) fn of(&self, name: &[u8]) -> Field {
        let mut buffer = [0u8; NAME_BYTES];
        normalised(name, &mut buffer)
            .and_then(|name| self.table.number(name))
            .map_or(Field::Other, |number| self.kinds[number as usize])
    }

    /// The role of strings that say nothing about themselves.
    pub(super) fn otherwise(&self) -> Role {
        match (self.only_text, self.all_text) {
            (true, _) => Role::Exempt,
            (false, true) => Role::Text,
            (false, false) => Role::Value,
        }
    }

    /// The role of a string in a field of that kind. `inherited` is the role that the containers around
    /// it give to what they hold; `top` says that it is a member of the record itself; `speakers` remembers
    /// which speakers are roles.
    pub(super) fn role(
        &self,
        field: Field,
        value: &[u8],
        inherited: Role,
        top: bool,
        speakers: &mut Memo<bool>,
    ) -> Role {
        let otherwise = if self.only_text && inherited != Role::Text { Role::Exempt } else { inherited };
        match field {
            Field::Text => Role::Text,
            Field::Conversation if top => Role::Exempt,
            Field::Speaker if speakers.of(value, || self.labels.is_role(value)) => Role::Exempt,
            Field::Speaker => Role::Person,
            Field::Language if is_language(value) => Role::Exempt,
            Field::Time if is_time(value) => Role::Exempt,
            Field::Technical if otherwise == Role::Text && !value.contains(&b' ') => Role::Value,
            Field::Person => Role::Person,
            Field::PersonAtTop if top && !value.iter().any(u8::is_ascii_digit) => Role::Person,
            _ if otherwise == Role::Value && self.reads_prose && is_prose(value) => Role::Prose,
            _ => otherwise,
        }
    }
}

/// Whether a string is a sentence rather than a name of something: three words or more.
fn is_prose(value: &[u8]) -> bool {
    memchr::memchr_iter(b' ', value.trim_ascii()).nth(1).is_some()
}

/// What the last names and values were found to be: records of a file repeat them. Nothing depends on it
/// but speed.
pub(super) struct Memo<T> {
    slots: Vec<(u64, u64, u8, T)>,
}

impl<T: Copy + Default> Default for Memo<T> {
    fn default() -> Self {
        Memo { slots: vec![(0, 0, 0, T::default()); 64] }
    }
}

impl<T: Copy> Memo<T> {
    /// What `text` is: as remembered, else as `find` says. Texts of 1 to 16 bytes are remembered.
    #[inline]
    pub(super) fn of(&mut self, text: &[u8], find: impl FnOnce() -> T) -> T {
        let length = text.len();
        let (head, tail) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(head), Some(tail)) if length <= 16 => {
                (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
            }
            (None, _) if length > 0 => (text.iter().fold(0, |value, &b| value << 8 | u64::from(b)), 0),
            _ => return find(),
        };
        let hash = (head ^ tail.rotate_left(31)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
        let slot = &mut self.slots[hash as usize];
        if (slot.0, slot.1, slot.2) != (head, tail, length as u8) {
            *slot = (head, tail, length as u8, find());
        }
        slot.3
    }
}

pub(super) const NAME_BYTES: usize = 64;

/// The name without `_`, `-`, spaces and dots, lower case; `None` when it is empty or too long to be known.
pub(super) fn normalised<'a>(name: &[u8], buffer: &'a mut [u8; NAME_BYTES]) -> Option<&'a [u8]> {
    let mut length = 0;
    for byte in name {
        if !matches!(byte, b'_' | b'-' | b' ' | b'.') {
            *buffer.get_mut(length)? = byte | 0x20;
            length += 1;
        }
    }
    (length > 0).then_some(&buffer[..length])
}

/// `fr`, `en-GB`, `zh_Hans`, `français`.
fn is_language(value: &[u8]) -> bool {
    (2..=16).contains(&value.len())
        && value.iter().all(|&b| b.is_ascii_alphabetic() || b == b'-' || b == b'_' || b >= 0x80)
        && value.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 2
}

/// Only what time stamps and durations are made of: `2026-11-22T14:05:33.1Z`, `00:12`, `PT4.2S`, epoch
/// seconds to nanoseconds.
fn is_time(value: &[u8]) -> bool {
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let epoch = digits == value.len() && matches!(digits, 1..=6 | 10 | 13 | 16 | 19);
    let formed = value.iter().any(|b| b":-/.TPS".contains(b)) && letters <= 9 && digits <= 24;
    digits > 0
        && value.iter().all(|b| b.is_ascii_digit() || b":-/.+ TZPTHMSWDApmUCGfromts".contains(b))
        && (epoch || formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_spellings() {
        let fields = Fields::new(&FieldOptions::default());
        assert_eq!(fields.of(b"call_id"), Field::Conversation);
        assert_eq!(fields.of(b"CallId"), Field::Conversation);
        assert_eq!(fields.of(b"Text"), Field::Text);
        assert_eq!(fields.of("Prénom".as_bytes()), Field::Person);
        assert_eq!(fields.of(b"texts"), Field::Other);
        assert_eq!(fields.of(b""), Field::Other);
    }

    #[test]
    fn exempt_values_must_look_the_part() {
        let fields = Fields::new(&FieldOptions::default());
        let role = |field, value: &str| {
            fields.role(field, value.as_bytes(), Role::Value, true, &mut Memo::default())
        };
        assert_eq!(role(Field::Time, "2026-11-22T14:05:33.123Z"), Role::Exempt);
        assert_eq!(role(Field::Time, "1763850000123"), Role::Exempt);
        assert_eq!(role(Field::Time, "0612345678 call"), Role::Value);
        assert_eq!(role(Field::Language, "fr-FR"), Role::Exempt);
        assert_eq!(role(Field::Language, "jo@example.com"), Role::Value);
        assert_eq!(role(Field::Speaker, "Agent 2"), Role::Exempt);
        assert_eq!(role(Field::Speaker, "Marie Dupont"), Role::Person);
        assert_eq!(role(Field::PersonAtTop, "cus_0012"), Role::Value);
    }
}
