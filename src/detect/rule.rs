//! What does a rule say, and is it sound?
//!
//! A rule is one `[[rule]]` of a TOML file: a pattern, how sure a match is, what makes it surer, and
//! examples that prove it. This module reads and checks rules; [`super::Ruleset`] compiles them together.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::anchor::Anchor;
use super::checks::{self, Check};
use crate::error::{Complaint, Result, nearest};
use crate::limits;

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Word lists that the file's rules refer to as `@name`.
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    rule: Vec<toml::Spanned<Source>>,
}

/// A rule as it is written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    id: String,
    entity: String,
    about: String,
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    words: Vec<String>,
    check: Option<String>,
    score: f32,
    valid: Option<f32>,
    otherwise: Option<String>,
    near: Option<Near>,
    against: Option<Near>,
    #[serde(default)]
    langs: Vec<String>,
    #[serde(default)]
    countries: Vec<String>,
    anchor: Option<Anchor>,
    #[serde(default)]
    glued: bool,
    #[serde(default)]
    catch_all: bool,
    generate: Option<String>,
    #[serde(default)]
    finds: Vec<String>,
    #[serde(default)]
    ignores: Vec<String>,
}

/// Context words and what they do.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Near {
    words: Vec<String>,
    within: u32,
    score: f32,
}

/// Context words of a rule.
#[derive(Clone, Debug)]
pub struct Context {
    /// Words and phrases, in any case, with or without accents.
    pub words: Vec<String>,
    /// Farthest distance in bytes of the folded text, before or after the value.
    pub within: u32,
    /// Score of a match beside one of them, in hundredths.
    pub score: u8,
}

/// One declared way to recognise one entity.
#[derive(Clone)]
pub struct Rule {
    /// Unique and stable: it stands in audit logs.
    pub id: String,
    /// Name of the entity it finds.
    pub entity: String,
    /// What it recognises, and where its format is described.
    pub about: String,
    /// The pattern, on folded text; empty when the rule has words.
    pub pattern: String,
    /// Words and phrases it finds as they are, in any case, with or without accents; empty when it has a
    /// pattern.
    pub words: Vec<String>,
    /// Checksum or other test of a match.
    pub check: Option<&'static Check>,
    /// Score without context or check, in hundredths.
    pub score: u8,
    /// Score when the check holds, in hundredths.
    pub valid: u8,
    /// Entity of a match whose check fails; without it such a match is no finding of this rule.
    pub otherwise: Option<String>,
    /// Words that make a match surer.
    pub near: Option<Context>,
    /// Words that make a match less sure.
    pub against: Option<Context>,
    /// Languages it is meant for; all when empty.
    pub langs: Vec<String>,
    /// Countries whose numbers it finds, as ISO 3166 codes; all when empty.
    pub countries: Vec<String>,
    /// Where it is tried.
    pub anchor: Anchor,
    /// Whether letters may touch a match. Digits never may.
    pub glued: bool,
    /// Whether it only speaks where no other rule does.
    pub catch_all: bool,
    /// Name of the test generator of valid values.
    pub generate: Option<String>,
    /// Texts in which it finds exactly what stands between `{{` and `}}`.
    pub finds: Vec<String>,
    /// Texts in which it finds nothing.
    pub ignores: Vec<String>,
    /// File and line, for messages.
    pub place: String,
}

/// Reads the rules of one file.
///
/// # Errors
/// [`crate::error::Error::File`] with file, line and rule when the file is no rule file or a rule is unsound.
pub fn read(name: &str, text: &str) -> Result<Vec<Rule>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let complaint = Complaint::new(name, text, error.span().unwrap_or(0..0), error.message());
        match misspelled(error.message()) {
            Some(near) => complaint.hint(format!("did you mean `{near}`?")),
            None => complaint,
        }
    })?;
    file.rule
        .into_iter()
        .map(|spanned| {
            let start = spanned.span().start;
            let place = format!("{name}:{}", line_of(text, start));
            let source = spanned.into_inner();
            let id = source.id.clone();
            check(source, &file.words, place).map_err(|unsound| {
                let message = format!("rule `{id}`: {}", unsound.reason);
                let complaint = complaint(name, text, start, unsound.key, message);
                match unsound.near {
                    Some(near) => complaint.hint(format!("did you mean `{near}`?")).into(),
                    None => complaint.into(),
                }
            })
        })
        .collect()
}

/// Why a rule is unsound, and which of its keys says so.
struct Unsound {
    key: &'static str,
    reason: String,
    near: Option<&'static str>,
}

/// Names the key that a reason is about.
fn at(key: &'static str) -> impl Fn(String) -> Unsound {
    move |reason| Unsound { key, reason, near: None }
}

/// A complaint about a key of the rule that begins at byte `start` of its file, shown with the key's line.
pub(super) fn complaint(name: &str, text: &str, start: usize, key: &str, message: String) -> Complaint {
    let mut line_start = start;
    for line in text[start..].split_inclusive('\n') {
        let is_next = line_start > start && line.trim_start().starts_with("[[");
        let name_of = line.split('=').next().unwrap_or_default().trim();
        if is_next {
            break;
        }
        if line.contains('=') && name_of == key {
            let end = line_start + line.trim_end().len();
            return Complaint::new(name, text, line_start..end, message);
        }
        line_start += line.len();
    }
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    Complaint::new(name, text, start..end, message)
}

/// The known key nearest to the one that a reader of TOML did not know.
fn misspelled(message: &str) -> Option<&str> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    nearest(wrong, quoted)
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

fn check(
    source: Source,
    lists: &BTreeMap<String, Vec<String>>,
    place: String,
) -> std::result::Result<Rule, Unsound> {
    let well_named = !source.id.is_empty()
        && source.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'_');
    if !well_named {
        return Err(at("id")("an id is lower case, digits, `.` and `_`".into()));
    }
    if source.finds.len() < 2 || source.ignores.len() < 2 {
        let key = if source.finds.len() < 2 { "finds" } else { "ignores" };
        return Err(at(key)("a rule brings at least two `finds` and two `ignores`".into()));
    }
    if let Some(bad) = source.finds.iter().find(|text| marked(text).is_none()) {
        return Err(at("finds")(format!(
            "the `finds` number {} marks no span with {{{{ }}}}",
            position(&source.finds, bad)
        )));
    }
    if source.words.is_empty() == source.pattern.is_empty() {
        return Err(at("pattern")("a rule has either a `pattern` or `words`".into()));
    }
    let near = source.near.map(|near| context(near, lists)).transpose().map_err(at("near"))?;
    let against = source.against.map(|against| context(against, lists)).transpose().map_err(at("against"))?;
    let named = source.check.as_deref();
    let test = match named {
        None => None,
        Some(name) => Some(checks::find(name).ok_or_else(|| {
            let names = checks::names();
            let reason = format!("no check is called `{name}`; known are: {}", names.join(", "));
            Unsound { near: nearest(name, names), ..at("check")(reason) }
        })?),
    };
    let score = hundredths(source.score).map_err(at("score"))?;
    let needs_context = near.is_some() && test.is_none() && score < 50;
    let words = with_lists(source.words, lists).map_err(at("words"))?;
    let anchor = if words.is_empty() {
        let pattern = parse(&source.pattern).map_err(at("pattern"))?;
        source.anchor.unwrap_or_else(|| Anchor::derive(&pattern, needs_context))
    } else if source.anchor.is_some() || test.is_some() {
        return Err(at("words")("a rule with `words` has no anchor and no check".into()));
    } else {
        Anchor::Words(Vec::new())
    };
    if matches!(anchor, Anchor::Context | Anchor::After) && near.is_none() {
        return Err(at("anchor")("the anchors `context` and `after` need `near`".into()));
    }
    if source.countries.iter().any(|c| c.len() != 2 || !c.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err(at("countries")("a country is given by its two capital letters (ISO 3166)".into()));
    }
    Ok(Rule {
        id: source.id,
        entity: source.entity,
        about: source.about,
        pattern: source.pattern,
        words,
        check: test,
        score,
        valid: source.valid.map_or(Ok(95), hundredths).map_err(at("valid"))?,
        otherwise: source.otherwise,
        near,
        against,
        langs: source.langs,
        countries: source.countries,
        anchor,
        glued: source.glued,
        catch_all: source.catch_all,
        generate: source.generate,
        finds: source.finds,
        ignores: source.ignores,
        place,
    })
}

fn position(list: &[String], of: &str) -> usize {
    list.iter().position(|text| text == of).map_or(0, |at| at + 1)
}

fn hundredths(score: f32) -> std::result::Result<u8, String> {
    if (0.0..=1.0).contains(&score) {
        Ok((score * 100.0).round() as u8)
    } else {
        Err("a score lies between 0 and 1".into())
    }
}

/// The words in lower case, lists that are named `@name` put in.
fn with_lists(
    words: Vec<String>,
    lists: &BTreeMap<String, Vec<String>>,
) -> std::result::Result<Vec<String>, String> {
    let mut out = Vec::new();
    for word in words {
        match word.strip_prefix('@') {
            None => out.push(word.to_lowercase()),
            Some(list) => {
                let known = lists.get(list).ok_or_else(|| format!("the file has no word list `{list}`"))?;
                out.extend(known.iter().map(|word| word.to_lowercase()));
            }
        }
    }
    Ok(out)
}

fn context(near: Near, lists: &BTreeMap<String, Vec<String>>) -> std::result::Result<Context, String> {
    let words = with_lists(near.words, lists)?;
    if words.is_empty() {
        return Err("a context has at least one word".into());
    }
    Ok(Context { words, within: near.within, score: hundredths(near.score)? })
}

/// Parses a pattern and refuses what would be slow, unbounded or empty.
fn parse(pattern: &str) -> std::result::Result<regex_syntax::hir::Hir, String> {
    for (class, instead) in [
        (r"\d", "[0-9]: the text is folded, other digits are ASCII here"),
        (r"\w", "[A-Za-z0-9_]"),
        (r"\b", "nothing: the edges of a match are checked anyway"),
        (r"\B", "nothing: the edges of a match are checked anyway"),
    ] {
        if pattern.contains(class) {
            return Err(format!("write {instead}, not {class}"));
        }
    }
    let hir = regex_syntax::parse(pattern).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => {
            format!("the pattern is no regular expression: {}", error.kind())
        }
        regex_syntax::Error::Translate(error) => format!("the pattern cannot be compiled: {}", error.kind()),
        _ => "the pattern cannot be compiled".to_owned(),
    })?;
    let properties = hir.properties();
    if !properties.look_set().is_empty() {
        return Err("anchors such as ^ and $ have no meaning here".into());
    }
    if properties.minimum_len().is_none_or(|length| length < 2) {
        return Err("the pattern matches the empty string or a single byte".into());
    }
    let size = regex_automata::nfa::thompson::Compiler::new()
        .configure(regex_automata::nfa::thompson::Config::new().nfa_size_limit(Some(limits::RULE_BYTES)))
        .build_from_hir(&hir);
    size.map_err(|_| "the pattern compiles to more than 1 MiB; bound its repetitions".to_owned())?;
    Ok(hir)
}

/// The text of an example without its marks, and the marked span in bytes.
#[must_use]
pub fn marked(example: &str) -> Option<(String, std::ops::Range<usize>)> {
    let (before, rest) = example.split_once("{{")?;
    let (value, after) = rest.split_once("}}")?;
    if value.is_empty() {
        return None;
    }
    Some((format!("{before}{value}{after}"), before.len()..before.len() + value.len()))
}
