//! What does an explanation say?
//!
//! The data of `sourdine explain --json`, a line for each string. Positions are code points of that string,
//! distances bytes of the folded text, scores fractions.

use serde::{Deserialize, Serialize};

/// A string of a record and what was found in it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Explained {
    /// Number of the record.
    pub record: u64,
    /// JSON pointer or column.
    pub field: String,
    /// The string, decoded.
    pub text: String,
    /// What was found, in order.
    pub spans: Vec<Found>,
    /// The answer, if this is the string that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<Answer>,
}

/// A finding and its reasons.
#[derive(Debug, Serialize, Deserialize)]
pub struct Found {
    /// First code point of the string.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What it is.
    pub entity: String,
    /// `masked` or `kept`.
    pub action: String,
    /// What stands there instead, if it is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// The rule and its reasons.
    #[serde(flatten)]
    pub reasons: Reasons,
    /// Findings that lie over it and were less sure, or shorter.
    pub beaten: Vec<Beaten>,
}

/// What led a rule to its score.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reasons {
    /// Id of the rule.
    pub rule: String,
    /// What it recognises.
    pub about: String,
    /// From 0 to 1.
    pub score: f64,
    /// The rule's check, if it has one that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Checked>,
    /// Words of the rule around the value.
    pub context: Vec<Cue>,
    /// The score after each step; the last one is the score.
    pub steps: Vec<(String, f64)>,
    /// What else bore upon it, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A check and its outcome.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checked {
    /// The name rules use.
    pub name: String,
    /// What it computes.
    pub about: String,
    /// Whether it holds.
    pub holds: bool,
}

/// A context word.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cue {
    /// The word, or the field's name.
    pub word: String,
    /// `before`, `after`, `inside`, `field name` or `turn before`.
    pub place: String,
    /// Bytes between it and the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
    /// Whether it speaks against the value.
    pub against: bool,
    /// Whether it stands near enough to count.
    pub counts: bool,
}

/// A finding that lost.
#[derive(Debug, Serialize, Deserialize)]
pub struct Beaten {
    /// Id of the rule.
    pub rule: String,
    /// What it took the value for.
    pub entity: String,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// From 0 to 1.
    pub score: f64,
}

/// What came closest at a place.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// First code point of the place.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Whether something was found there after all.
    pub found: bool,
    /// Whether the string is one that nothing is looked for in.
    pub exempt: bool,
    /// The closest first.
    pub closest: Vec<Candidate>,
}

/// A match of a pattern that is no finding.
#[derive(Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// What it would have been.
    pub entity: String,
    /// First code point of the match.
    pub start: usize,
    /// One past its last code point.
    pub end: usize,
    /// What was missing, a sentence each.
    pub missing: Vec<String>,
    /// The rule and what it has got.
    #[serde(flatten)]
    pub reasons: Reasons,
}
