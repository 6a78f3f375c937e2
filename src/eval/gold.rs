//! What did people label, and which texts are one conversation?
//!
//! Gold is JSON lines: `text` and `label` (or `labels`, `entities`), and optionally `ignore`, `call_id`,
//! `turn`, `speaker`, `lang`, `synthetic_prompt`. All other keys are passed over: none of them reaches the
//! engine, since a reference or an n-best list would give the answers away. The texts of one `call_id` are
//! one conversation wherever they stand in the file, in order of `turn` when each of them has one, else in
//! the order of the file. A text without `call_id` is a conversation of its own.
//!
//! A line that cannot be meant is a [`Problem`], told by its place and never by its content.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::labels::{Label, ignored, labels};
use super::scheme::Scheme;

/// A line of the gold that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; `None` for the file as a whole.
    pub line: Option<usize>,
    /// What is wrong and what to do, without a value of the line.
    pub what: String,
}

/// A text and what is labelled in it.
#[derive(Debug)]
pub struct Text {
    /// The line it stands on, from 1.
    pub line: usize,
    /// What was said.
    pub text: String,
    /// In order; labels of one type are disjoint.
    pub labels: Vec<Label>,
    /// Spans that are neither hits nor false, in code points.
    pub ignored: Vec<(u32, u32)>,
    /// Whether it is there for its context alone.
    pub is_prompt: bool,
    /// Speaker and language as JSON, as they stand.
    pub(super) speaker: Option<String>,
    pub(super) lang: Option<String>,
    turn: Option<f64>,
}

/// The texts of one file.
#[derive(Debug, Default)]
pub struct Gold {
    /// In the order of the file.
    pub texts: Vec<Text>,
    /// Conversations in the order in which they begin: indexes into `texts`, in order of the turns.
    pub conversations: Vec<Vec<usize>>,
    /// Whether each conversation has an id (others are one text).
    pub(super) named: Vec<bool>,
}

const ROW: &str = "a row is {\"text\": \"…\", \"label\": [[start, end, \"TYPE\"], …]} on one line";

impl Gold {
    /// Reads a file's bytes. `scheme` learns the labels that it meets.
    ///
    /// # Errors
    /// Up to `most` problems, the first of each line.
    pub fn read(bytes: &[u8], scheme: &mut Scheme, most: usize) -> Result<Gold, Vec<Problem>> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut gold = Gold::default();
        let mut problems = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (number, line) in (1..).zip(bytes.split(|&b| b == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match row(line, number, scheme) {
                Ok((text, call)) => {
                    let at = gold.texts.len();
                    let next = gold.conversations.len();
                    let named = call.is_some();
                    let conversation = call.map_or(next, |call| *known.entry(call).or_insert(next));
                    if conversation == next {
                        gold.conversations.push(Vec::new());
                        gold.named.push(named);
                    }
                    gold.conversations[conversation].push(at);
                    gold.texts.push(text);
                }
                Err(what) => problems.push(Problem { line: Some(number), what }),
            }
            if problems.len() >= most {
                break;
            }
        }
        if problems.is_empty() && !gold.texts.iter().any(|text| !text.is_prompt) {
            problems.push(Problem { line: None, what: format!("holds no labelled text; {ROW}") });
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for conversation in &mut gold.conversations {
            if conversation.iter().all(|&at| gold.texts[at].turn.is_some()) {
                conversation.sort_by(|&a, &b| {
                    let turn = |at: usize| gold.texts[at].turn.unwrap_or_default();
                    turn(a).total_cmp(&turn(b))
                });
            }
        }
        Ok(gold)
    }
}

/// Reads a line: the text, and the conversation it belongs to.
fn row(line: &[u8], number: usize, scheme: &mut Scheme) -> Result<(Text, Option<String>), String> {
    let line = std::str::from_utf8(line).map_err(|error| {
        format!("not UTF-8 from byte {} on; save the file as UTF-8", error.valid_up_to() + 1)
    })?;
    // The parser's own message may quote what it stumbled over.
    let value: Value = serde_json::from_str(line)
        .map_err(|error| format!("not valid JSON at column {}; {ROW}", error.column()))?;
    let Value::Object(mut row) = value else { return Err(format!("not a JSON object; {ROW}")) };
    // Some versions of doccano write `data`.
    let text = match row.remove("text").or_else(|| row.remove("data")) {
        Some(Value::String(text)) => text,
        Some(_) => return Err("`text` is no string".to_owned()),
        None => return Err(format!("has no `text`; {ROW}")),
    };
    let length = text.chars().count();
    let is_prompt = match given(&row, "synthetic_prompt") {
        None => false,
        Some(Value::Bool(is_prompt)) => *is_prompt,
        Some(_) => return Err("`synthetic_prompt` is neither true nor false".to_owned()),
    };
    let labels = match labels_of(&row)? {
        Some(value) => labels(value, length, scheme)?,
        None if is_prompt => Vec::new(),
        None => {
            return Err("has no `label` (nor `labels` or `entities`); a text without anything personal has \
                        \"label\": []"
                .to_owned());
        }
    };
    let ignored = given(&row, "ignore").map_or(Ok(Vec::new()), |value| ignored(value, length))?;
    let turn = match given(&row, "turn") {
        None => None,
        Some(turn) => Some(turn.as_f64().ok_or("`turn` is no number")?),
    };
    let plain = |key: &str| match given(&row, key) {
        None => Ok(None),
        Some(value @ (Value::String(_) | Value::Number(_))) => Ok(Some(value.to_string())),
        Some(_) => Err(format!("`{key}` is neither a string nor a number")),
    };
    let (call, speaker, lang) = (plain("call_id")?, plain("speaker")?, plain("lang")?);
    Ok((Text { line: number, text, labels, ignored, is_prompt, speaker, lang, turn }, call))
}

/// The row's labels, under whichever name they stand.
fn labels_of(row: &Map<String, Value>) -> Result<Option<&Value>, String> {
    let mut found = ["label", "labels", "entities"].iter().filter_map(|key| given(row, key));
    let first = found.next();
    if found.next().is_some() {
        return Err("has more than one of `label`, `labels` and `entities`; keep one".to_owned());
    }
    Ok(first)
}

/// A member that is there and not null.
fn given<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    row.get(key).filter(|value| !value.is_null())
}
