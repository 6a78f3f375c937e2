//! Who speaks on this line?

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

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

/// Words that announce values, from the rules: before a colon they head a remark and name no speaker. Compiled once for
/// all files of a run.
#[derive(Clone)]
pub struct Headings {
    words: Arc<[String]>,
    labels: Arc<Labels>,
}

impl Headings {
    /// These words.
    #[must_use]
    pub fn new(words: Vec<String>) -> Headings {
        Headings { labels: Arc::new(Labels::new(&words)), words: words.into() }
    }

    /// The labels of dialogues in which they head remarks.
    pub(super) fn labels(&self) -> Arc<Labels> {
        Arc::clone(&self.labels)
    }
}

impl Default for Headings {
    fn default() -> Headings {
        static NONE: OnceLock<Headings> = OnceLock::new();
        NONE.get_or_init(|| Headings::new(Vec::new())).clone()
    }
}

impl Deref for Headings {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.words
    }
}

impl fmt::Debug for Headings {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.words.fmt(formatter)
    }
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

    /// The label of a line, if it has one: `Agent: …`, `[00:12] Customer: …`, `Marie Dupont : …`, `**Agent:** …`,
    /// `[Agent] …`, `AGENT> …`, `Agent - …`, `Marie Dupont (00:12): …`, `Marie Dupont  00:12` above what she says.
    pub(super) fn of(&self, line: &[u8], base: usize) -> Option<Label> {
        let head = &line[..line.len().min(2 * limits::LABEL_BYTES)];
        let opens = head.trim_ascii_start().first().is_some_and(|b| b"[(<".contains(b));
        // Most lines have none of these near their start, and so no label.
        let has_colon = memchr::memchr(b':', head).is_some();
        if !has_colon
            && !opens
            && !head.windows(2).any(|two| two == b"> " || b"-|\x93\x94".contains(&two[0]) && two[1] == b' ')
        {
            return None;
        }
        let (from, is_timed) = time_stamp(line);
        let line = Line { bytes: line, from, is_timed, base };
        let plain =
            if has_colon { self.before_colon(&line).or_else(|| self.before_time(&line)) } else { None };
        plain.or_else(|| self.in_brackets(&line)).or_else(|| self.before_sign(&line))
    }

    /// `Agent: …`.
    fn before_colon(&self, line: &Line) -> Option<Label> {
        let rest = line.rest();
        let colon = rest.iter().take(limits::LABEL_BYTES).position(|&b| b == b':')?;
        let is_marked = rest.starts_with(b"*") || rest.starts_with(b"_");
        if rest.get(colon + 1).is_some_and(|b| !(b" \t\xC2\r".contains(b) || is_marked && b"*_".contains(b)))
        {
            return None;
        }
        let label = rest[..colon].trim_ascii();
        let label = label.strip_suffix("\u{a0}".as_bytes()).unwrap_or(label);
        let marks = label.iter().take_while(|b| b"*_".contains(b)).count();
        let unmarked = label.iter().rev().take_while(|b| marks > 0 && b"*_".contains(b)).count();
        let label = label[marks..(label.len() - unmarked).max(marks)].trim_ascii();
        // A name that is masked already is a name.
        let is_tag = label.split_first().is_some_and(|(&first, rest)| {
            let known: [&[u8]; 4] = [b"PERSON", b"SPEAKER", b"AGENT", b"CUSTOMER"];
            known.iter().any(|known| rest.starts_with(known))
                && rest.last().copied() == crate::model::closing(first)
        });
        let has_tag = label.iter().any(|b| b"[{<".contains(b));
        let is_role = !has_tag && self.is_side(label);
        if label.is_empty() || !(is_tag || is_role || self.is_name(label, line.is_timed)) {
            return None;
        }
        Some(line.label(label, is_role, colon + 1))
    }

    /// `[Agent] …`: a name in brackets may be anything, a role is one.
    fn in_brackets(&self, line: &Line) -> Option<Label> {
        let rest = line.rest();
        let close = match rest.first()? {
            b'[' => b']',
            b'(' => b')',
            b'<' => b'>',
            _ => return None,
        };
        let end = rest.iter().take(limits::LABEL_BYTES).position(|&b| b == close)?;
        let label = rest[1..end].trim_ascii();
        let next = rest.get(end + 1);
        // `[PERSON_1] wrote`: a masked name in the text is no label.
        if label.starts_with(b"PERSON") {
            return None;
        }
        let stands = next.is_none_or(|b| b" \t:\r".contains(b)) && self.is_side(label) && self.is_told(label);
        stands.then(|| line.label(label, true, end + 1 + usize::from(next == Some(&b':'))))
    }

    /// `AGENT> …`, `Agent | …`, `Agent - …`; behind a time stamp a name too.
    fn before_sign(&self, line: &Line) -> Option<Label> {
        const SIGNS: [&[u8]; 5] = [b">", b"|", b" - ", " \u{2013} ".as_bytes(), " \u{2014} ".as_bytes()];
        let rest = line.rest();
        let near = &rest[..rest.len().min(limits::LABEL_BYTES)];
        let (at, sign) = SIGNS
            .iter()
            .filter_map(|sign| Some((near.windows(sign.len()).position(|part| part == *sign)?, sign)))
            .min_by_key(|(at, _)| *at)?;
        let label = near[..at].trim_ascii();
        // `<PERSON_1> 4817`: what begins with a bracket is judged as such.
        if label.first().is_some_and(|b| b"<[(".contains(b)) {
            return None;
        }
        let after = at + sign.len();
        let is_side = self.is_side(label) && self.is_told(label);
        let stands = rest.get(after).is_none_or(|b| b" \t\r".contains(b)) || sign.len() > 1;
        (stands && (is_side || line.is_timed && self.is_name(label, false)))
            .then(|| line.label(label, is_side, after))
    }

    /// `Marie Dupont (00:12): …`, `Marie Dupont [00:00:12] …`, and `Marie Dupont  00:12` on a line of its own.
    fn before_time(&self, line: &Line) -> Option<Label> {
        let rest = line.rest();
        let near = &rest[..rest.len().min(limits::LABEL_BYTES)];
        let at = near.iter().position(|b| b.is_ascii_digit() || b"[(".contains(b)).filter(|&at| at > 0)?;
        // `Speaker 1  00:12`
        let number = near[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let at = if near.get(at + number) == Some(&b' ') { at + number } else { at };
        let label = near[..at].trim_ascii();
        let (length, is_time) = time_stamp(&rest[at..]);
        if !is_time || label.is_empty() || !near[..at].ends_with(b" ") && !near[at..].starts_with(b" ") {
            return None;
        }
        let behind = &rest[at + length..];
        let is_bracketed = rest[at..at + length].trim_ascii().first().is_some_and(|b| b"[(".contains(b));
        let colon = usize::from(behind.first() == Some(&b':'));
        let has_colon = colon == 1 || rest[at..at + length].trim_ascii_end().ends_with(b":");
        if !(is_bracketed || has_colon || behind.trim_ascii().is_empty()) {
            return None;
        }
        let is_role = self.is_side(label);
        (is_role || self.is_name(label, false)).then(|| line.label(label, is_role, at + length + colon))
    }

    /// Whether all words of a label say what a speaker is.
    fn is_side(&self, label: &[u8]) -> bool {
        label.iter().any(u8::is_ascii_alphabetic) && words(label).all(|word| self.is_role_word(word, false))
    }

    /// Whether more than a letter says so: `A - B` is a list.
    fn is_told(&self, label: &[u8]) -> bool {
        words(label).any(|word| word.len() > 1)
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

/// A line and what stands before its label.
struct Line<'a> {
    bytes: &'a [u8],
    /// Where it goes on after a time stamp.
    from: usize,
    is_timed: bool,
    /// Where the line begins in the text.
    base: usize,
}

impl Line<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.from..]
    }

    /// The label `part` of the rest, behind which the text begins at `after`, or after blanks and marks there.
    fn label(&self, part: &[u8], is_role: bool, after: usize) -> Label {
        let rest = self.rest();
        // `part` was cut out of `rest`, so its address says where.
        let start = part.as_ptr() as usize - rest.as_ptr() as usize;
        let marks = if rest.first().is_some_and(|b| b"*_".contains(b)) { &b" \t*_"[..] } else { b" \t" };
        let text = after + rest[after..].iter().take_while(|b| marks.contains(b)).count();
        let start = self.base + self.from + start;
        let span = Span::new(start, start + part.len());
        Label { span, is_role, is_timed: self.is_timed, text: self.base + self.from + text }
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
        yes("[Agent] hello", "Agent", true, "hello");
        yes("(Speaker 2) hello", "Speaker 2", true, "hello");
        yes("<Client> bonjour", "Client", true, "bonjour");
        yes("AGENT> hello", "AGENT", true, "hello");
        yes("Agent | hello", "Agent", true, "hello");
        yes("Conseiller – bonjour", "Conseiller", true, "bonjour");
        yes("10:15:09 Marie Dupont - oui", "Marie Dupont", false, "oui");
        yes("**Agent:** hello", "Agent", true, "hello");
        yes("*Marie Dupont*: hello", "Marie Dupont", false, "hello");
        yes("Marie Dupont (00:12): oui", "Marie Dupont", false, "oui");
        yes("Marie Dupont [00:00:12] oui", "Marie Dupont", false, "oui");
        yes("Marie Dupont  00:12", "Marie Dupont", false, "");
        yes("Speaker 1  00:12", "Speaker 1", true, "");
        yes("Agent 00:00:12: oui", "Agent", true, "oui");
        yes("12/03/2026, 10:15 - Marie Dupont: oui", "Marie Dupont", false, "oui");
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
            "[laughs] yes",
            "[PERSON_1] wrote",
            "[PERSON] wrote",
            "[Music] hello",
            "(sigh) oh well",
            "A - Paris",
            "Great phone - love it",
            "I paid 20 (12:30) at noon",
            "we met at 10:15",
            "Paris -> Lyon",
            "<b>hello",
            "A sentence that goes on and on before it has: a colon",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }
}
