//! Who speaks on this line?

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::limits;
use crate::model::Span;
use crate::scan::WordTable;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lexicon {
    roles: Vec<String>,
    channels: Vec<String>,
    headings: Vec<String>,
    agents: Vec<String>,
    customers: Vec<String>,
}

/// Words that say what a speaker is, and words that head a remark.
pub(super) struct Labels {
    table: WordTable,
    kinds: Vec<Kinds>,
}

#[derive(Clone, Copy, Default)]
struct Kinds {
    role: bool,
    channel: bool,
    heading: bool,
    agent: bool,
    customer: bool,
}

/// What stands in the place of a speaker's name that says no side; its number is that of the person.
pub const SPEAKER: &str = "SPEAKER";

/// A speaker's label at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// The label without time stamp and colon.
    pub(super) span: Span,
    /// Whether it only says what the speaker is.
    pub(super) is_role: bool,
    /// Whether a time stamp stands before it, so that it is a label for sure.
    pub(super) is_timed: bool,
    /// Where what was said begins.
    pub(super) text: usize,
}

impl Labels {
    /// The shipped words, and `headings` beside them.
    pub(super) fn new(headings: &[String]) -> Self {
        let lexicon: Lexicon = toml::from_str(include_str!("../../patterns/lexicons/labels.toml"))
            .expect("the shipped lexicon is tested");
        let mut words: BTreeMap<Box<[u8]>, Kinds> = BTreeMap::new();
        let mut add = |list: Vec<String>, set: fn(&mut Kinds)| {
            for word in list {
                set(words.entry(word.bytes().map(|b| b | 0x20).collect()).or_default());
            }
        };
        add(lexicon.roles, |kinds| kinds.role = true);
        add(lexicon.channels, |kinds| kinds.channel = true);
        add(lexicon.headings, |kinds| kinds.heading = true);
        add(lexicon.agents, |kinds| kinds.agent = true);
        add(lexicon.customers, |kinds| kinds.customer = true);
        let is_word = |word: &&String| word.len() > 1 && word.chars().all(char::is_alphabetic);
        add(headings.iter().filter(is_word).cloned().collect(), |kinds| kinds.heading = true);
        let (words, kinds): (Vec<_>, Vec<_>) = words.into_iter().unzip();
        Labels { table: WordTable::new(&words), kinds }
    }

    fn kinds(&self, word: &[u8]) -> Kinds {
        self.table.number(word).map_or(Kinds::default(), |number| self.kinds[number as usize])
    }

    /// Whether the word says what a speaker is, with a number behind it or not.
    fn is_role_word(&self, word: &[u8], or_channel: bool) -> bool {
        let letters = word.iter().take_while(|b| !b.is_ascii_digit()).count();
        let (name, number) = word.split_at(letters);
        let kinds = self.kinds(name);
        number.len() <= 4
            && number.iter().all(u8::is_ascii_digit)
            && (name.len() <= 1 || kinds.role || or_channel && kinds.channel)
    }

    /// Whether a speaker's name only says what the speaker is (`Agent`, `spk_0`, `Customer 2`), or is an
    /// opaque id without a name in it.
    pub(super) fn is_role(&self, name: &[u8]) -> bool {
        let has = |class: fn(&u8) -> bool| name.iter().any(class);
        let opaque = name.len() >= 8
            && name.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic);
        opaque || words(name).all(|word| self.is_role_word(word, true))
    }

    /// What a speaker's name is replaced by: the side that it says beside the name, else that somebody speaks.
    pub(super) fn side(&self, name: &[u8]) -> &'static str {
        let says = |of: fn(&Kinds) -> bool| words(name).any(|word| of(&self.kinds(word)));
        match (says(|kinds| kinds.agent), says(|kinds| kinds.customer)) {
            (true, false) => "AGENT",
            (false, true) => "CUSTOMER",
            _ => SPEAKER,
        }
    }

    /// The label of a line, if it has one: `Agent: …`, `[00:12] Customer: …`, `Marie Dupont : …`.
    pub(super) fn of(&self, line: &[u8], base: usize) -> Option<Label> {
        // Most lines have no colon near their start, and so no label.
        memchr::memchr(b':', &line[..line.len().min(2 * limits::LABEL_BYTES)])?;
        let (from, is_timed) = time_stamp(line);
        let rest = &line[from..];
        let colon = rest.iter().take(limits::LABEL_BYTES).position(|&b| b == b':')?;
        if rest.get(colon + 1).is_some_and(|b| !b" \t\xC2\r".contains(b)) {
            return None;
        }
        let label = rest[..colon].trim_ascii();
        let label = label.strip_suffix("\u{a0}".as_bytes()).unwrap_or(label);
        let start = from + rest[..colon].len() - rest[..colon].trim_ascii_start().len();
        // A name that is masked already is a name.
        let is_tag = label.split_first().is_some_and(|(&first, rest)| {
            let known: [&[u8]; 4] = [b"PERSON", b"SPEAKER", b"AGENT", b"CUSTOMER"];
            known.iter().any(|known| rest.starts_with(known))
                && rest.last().copied() == crate::model::closing(first)
        });
        let has_tag = label.iter().any(|b| b"[{<".contains(b));
        let is_role = !has_tag && words(label).all(|word| self.is_role_word(word, false));
        let is_label =
            is_tag || is_role && label.iter().any(u8::is_ascii_alphabetic) || self.is_name(label, is_timed);
        if label.is_empty() || !is_label {
            return None;
        }
        let text = colon + 1 + rest[colon + 1..].iter().take_while(|b| b" \t".contains(b)).count();
        let span = Span::new(base + start, base + start + label.len());
        Some(Label { span, is_role, is_timed, text: base + from + text })
    }

    /// Whether it may name a person: up to five words that begin with capitals (any, after a time stamp),
    /// and no heading among them.
    fn is_name(&self, label: &[u8], is_timed: bool) -> bool {
        const JOINTS: &[&[u8]] = &[
            b"de", b"du", b"des", b"la", b"le", b"von", b"van", b"der", b"den", b"di", b"da", b"del", b"el",
            b"y",
        ];
        let fits =
            label.iter().all(|&b| b.is_ascii_alphanumeric() || b >= 0x80 || b" .'-_()/&#\t".contains(&b));
        let mut count = 0;
        let named = words(label).all(|word| {
            count += 1;
            let capital = word[0].is_ascii_uppercase() || word[0] >= 0x80 || word[0].is_ascii_digit();
            !self.kinds(word).heading
                && (is_timed || capital || JOINTS.contains(&word) || self.is_role_word(word, false))
        });
        fits && named && (1..=5).contains(&count) && label.iter().any(u8::is_ascii_alphabetic)
    }
}

/// The words of a label: letters, digits and apostrophes, without what stands between.
fn words(label: &[u8]) -> impl Iterator<Item = &[u8]> {
    label.split(|b| b.is_ascii() && !b.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// Where the line goes on after blanks and a time stamp, and whether there was one: `[00:12]`,
/// `(00:12:33)`, `00:12.5 -`, `[00:12 - 00:15]`.
fn time_stamp(line: &[u8]) -> (usize, bool) {
    let blank = line.iter().take_while(|b| b" \t".contains(b)).count();
    let rest = &line[blank..];
    let bracketed = matches!(rest.first(), Some(b'[' | b'('));
    let body = &rest[usize::from(bracketed)..];
    let part = |b: &&u8| b.is_ascii_digit() || b":.,-> /".contains(b);
    let length = body.iter().take(48).take_while(part).count();
    let digits = body[..length].iter().filter(|b| b.is_ascii_digit()).count();
    if digits < 2 || !body[..length].contains(&b':') {
        return (blank, false);
    }
    let mut at = blank + usize::from(bracketed) + length;
    if bracketed {
        if !matches!(line.get(at), Some(b']' | b')')) {
            return (blank, false);
        }
        at += 1;
    }
    at += line[at..].iter().take_while(|b| b" \t-".contains(b)).count();
    (at, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(line: &str) -> Option<(String, bool, String)> {
        Labels::new(&[])
            .of(line.as_bytes(), 0)
            .map(|label| (line[label.span.range()].to_owned(), label.is_role, line[label.text..].to_owned()))
    }

    #[test]
    fn labels_and_roles() {
        let yes = |line, name: &str, role, text: &str| {
            assert_eq!(label(line), Some((name.into(), role, text.into())), "{line}");
        };
        yes("Agent: hello", "Agent", true, "hello");
        yes("[00:12] Customer: hi", "Customer", true, "hi");
        yes("(00:01:02.5) Speaker 1 : yes", "Speaker 1", true, "yes");
        yes("00:12 - marie: oui", "marie", false, "oui");
        yes("Marie Dupont : bonjour", "Marie Dupont", false, "bonjour");
        yes("Conseillère\u{a0}: bonjour", "Conseillère", true, "bonjour");
        yes("Agent (Nadia): hi", "Agent (Nadia)", false, "hi");
        yes("Jean de La Tour:", "Jean de La Tour", false, "");
        yes("Q: why?", "Q", true, "why?");
    }

    #[test]
    fn no_labels() {
        for line in [
            "hello: world",
            "https://example.com",
            "Note: too slow",
            "at 12:30: gone",
            "i said: no",
            "12:30",
            "Livraison: en retard",
            "Email: jo@example.com",
            ": x",
            "A sentence that goes on and on before it has: a colon",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }
}
