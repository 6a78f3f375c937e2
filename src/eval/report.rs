//! How is a measurement shown: to a person, to a program?
//!
//! A person gets tables of 79 columns in per cent; a program gets one JSON object with all counts and
//! shares. Both have the same rows: one for each entity of which there is something to tell, and their sum.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::scheme::{Kind, Scheme};
use super::score::{Example, Sheet};
use super::tally::{Ratios, Tally};
use crate::detect::Ruleset;
use crate::engine::Engine;
use crate::policy::Action;

/// A finished measurement.
pub struct Report<'a> {
    /// How labels were read.
    pub scheme: &'a Scheme,
    /// What was measured.
    pub engine: &'a Engine,
    /// Each file by the name the user gave it, in their order.
    pub files: &'a [(String, Sheet)],
    /// The sum of the files.
    pub all: &'a Sheet,
    /// Whether missed spans and false findings were asked for.
    pub examples: (bool, bool),
}

const HEADING: [&str; 2] = [
    "     % of gold that was found  token  preci- false  outside, % of",
    "  gold exact overlap  full chars    F1  sion   /10k   gold    all",
];

impl Report<'_> {
    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (number, (name, sheet)) in self.files.iter().enumerate() {
            out.push_str(if number > 0 { "\n" } else { "" });
            self.table(name, sheet, &mut out);
        }
        if self.files.len() > 1 {
            out.push('\n');
            self.table(&format!("all {} files", self.files.len()), self.all, &mut out);
        }
        let has_kept = self.rows(self.all).iter().any(|&(kind, _)| self.is_kept(kind));
        if has_kept {
            out.push_str("* kept by the policy: counts as found for its own type, masks nothing\n");
        }
        if self.examples.0 {
            out.push_str("\nMissed, as a whole or in part:\n");
            self.list(&self.all.missed, &mut out);
        }
        if self.examples.1 {
            out.push_str("\nFalse: findings that touch no labelled text\n");
            self.list(&self.all.false_found, &mut out);
        }
        out
    }

    fn is_kept(&self, kind: Kind) -> bool {
        let action = |entity| self.engine.policy().action(entity);
        self.scheme.entity(kind).is_some_and(|entity| matches!(action(entity), Action::Keep))
    }

    fn rows<'s>(&self, sheet: &'s Sheet) -> Vec<(Kind, &'s Tally)> {
        self.scheme.kinds().into_iter().filter_map(|kind| Some((kind, sheet.tallies.get(&kind)?))).collect()
    }

    fn table(&self, name: &str, sheet: &Sheet, out: &mut String) {
        let rows = self.rows(sheet);
        let label = |kind| format!("{}{}", self.scheme.name(kind), if self.is_kept(kind) { "*" } else { "" });
        let width = rows.iter().map(|&(kind, _)| label(kind).chars().count()).max().unwrap_or(0).max(14);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{name}: {} in {}, {}",
            counted(sheet.texts, "text"),
            counted(sheet.conversations, "conversation"),
            counted(sheet.words, "word")
        );
        let _ = writeln!(out, "{:width$}{}", "", HEADING[0]);
        let _ = writeln!(
            out,
            "{:width$}{}",
            if self.scheme.strict { "entity, strict" } else { "entity" },
            HEADING[1]
        );
        for (kind, tally) in rows {
            line(&label(kind), width, tally, sheet, out);
        }
        line("total", width, &sheet.total(), sheet, out);
    }

    fn list(&self, examples: &BTreeMap<Kind, Vec<Example>>, out: &mut String) {
        let mut is_empty = true;
        for kind in self.scheme.kinds() {
            for example in examples.get(&kind).into_iter().flatten() {
                is_empty = false;
                let note = match example.rule {
                    Some((rule, score)) => {
                        format!("  {} {}.{:02}", self.rules().rule_id(rule), score / 100, score % 100)
                    }
                    None if example.in_part => "  found in part".to_owned(),
                    None => String::new(),
                };
                let _ = writeln!(
                    out,
                    "  {} {}:{}  {}«{}»{}{note}",
                    self.scheme.name(kind),
                    self.files[example.file].0,
                    example.line,
                    example.before,
                    example.value,
                    example.after
                );
            }
        }
        if is_empty {
            out.push_str("  none\n");
        }
    }

    fn rules(&self) -> &Ruleset {
        self.engine.rules()
    }

    /// For a program: one JSON object, on one line.
    ///
    /// # Panics
    /// Never: counts and names can always be written.
    #[must_use]
    pub fn json(&self) -> String {
        let whole = WholeJson {
            sourdine: env!("CARGO_PKG_VERSION"),
            ruleset: self.rules().digest(),
            policy: self.engine.policy().digest(),
            strict: self.scheme.strict,
            map: self.scheme.map().collect(),
            unmapped: self.scheme.unmapped(),
            files: self.files.iter().map(|(name, sheet)| self.sheet_json(Some(name), sheet)).collect(),
            all: self.sheet_json(None, self.all),
            missed: self.examples.0.then(|| self.examples_json(&self.all.missed)),
            r#false: self.examples.1.then(|| self.examples_json(&self.all.false_found)),
        };
        serde_json::to_string(&whole).expect("counts and names can be written") + "\n"
    }

    fn sheet_json<'s>(&'s self, file: Option<&'s str>, sheet: &'s Sheet) -> SheetJson<'s> {
        let row = |kept, tally: Tally| RowJson {
            kept,
            counts: tally,
            shares: rounded(tally.ratios(sheet.words, sheet.letters)),
        };
        SheetJson {
            file,
            texts: sheet.texts,
            prompts: sheet.prompts,
            conversations: sheet.conversations,
            words: sheet.words,
            letters: sheet.letters,
            entities: self
                .rows(sheet)
                .into_iter()
                .map(|(kind, tally)| (self.scheme.name(kind), row(Some(self.is_kept(kind)), *tally)))
                .collect(),
            total: row(None, sheet.total()),
        }
    }

    fn examples_json<'s>(&'s self, examples: &'s BTreeMap<Kind, Vec<Example>>) -> Vec<ExampleJson<'s>> {
        let all =
            self.scheme.kinds().into_iter().flat_map(|kind| {
                examples.get(&kind).into_iter().flatten().map(move |example| (kind, example))
            });
        all.map(|(kind, example)| ExampleJson {
            entity: self.scheme.name(kind),
            file: &self.files[example.file].0,
            line: example.line,
            start: example.start,
            end: example.end,
            before: &example.before,
            value: &example.value,
            after: &example.after,
            found_in_part: example.rule.is_none().then_some(example.in_part),
            rule: example.rule.map(|(rule, _)| self.rules().rule_id(rule)),
            score: example.rule.map(|(_, score)| f64::from(score) / 100.0),
        })
        .collect()
    }
}

fn line(name: &str, width: usize, tally: &Tally, sheet: &Sheet, out: &mut String) {
    let shares = tally.ratios(sheet.words, sheet.letters);
    let _ = writeln!(
        out,
        "{name:width$}{:>6}{:>6}{:>8}{:>6}{:>6}{:>6}{:>6}{:>7}{:>7}{:>7}",
        tally.gold,
        per_cent(shares.exact_recall),
        per_cent(shares.overlap_recall),
        per_cent(shares.full_recall),
        per_cent(shares.character_recall),
        per_cent(shares.token_f1),
        per_cent(shares.precision),
        rate(shares.false_per_10000_words),
        per_cent(shares.outside_by_gold),
        per_cent(shares.outside_of_all),
    );
}

fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// With one decimal. 100.0 and 0.0 are said of all and nothing alone.
fn per_cent(share: Option<f64>) -> String {
    match share {
        None => "-".to_owned(),
        Some(share) if share > 0.0 && share < 0.0005 => "<0.1".to_owned(),
        Some(share) if (0.9995..1.0).contains(&share) => "99.9".to_owned(),
        Some(share) => format!("{:.1}", share * 100.0),
    }
}

/// With one decimal; 0.0 is said of none alone.
fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "-".to_owned(),
        Some(rate) if rate > 0.0 && rate < 0.05 => "<0.1".to_owned(),
        Some(rate) => format!("{rate:.1}"),
    }
}

/// To six decimals, which any count of texts supports and every reader can compare.
fn rounded(mut ratios: Ratios) -> Ratios {
    for share in [
        &mut ratios.exact_recall,
        &mut ratios.overlap_recall,
        &mut ratios.full_recall,
        &mut ratios.character_recall,
        &mut ratios.token_recall,
        &mut ratios.token_precision,
        &mut ratios.token_f1,
        &mut ratios.precision,
        &mut ratios.false_per_10000_words,
        &mut ratios.outside_by_gold,
        &mut ratios.outside_of_all,
    ] {
        *share = share.map(|share| (share * 1e6).round() / 1e6);
    }
    ratios
}

#[derive(Serialize)]
struct WholeJson<'a> {
    sourdine: &'static str,
    ruleset: &'a str,
    policy: String,
    strict: bool,
    map: BTreeMap<&'a str, Option<&'a str>>,
    unmapped: Vec<&'a str>,
    files: Vec<SheetJson<'a>>,
    all: SheetJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<Vec<ExampleJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#false: Option<Vec<ExampleJson<'a>>>,
}

#[derive(Serialize)]
struct SheetJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    texts: u64,
    prompts: u64,
    conversations: u64,
    words: u64,
    letters: u64,
    entities: BTreeMap<&'a str, RowJson>,
    total: RowJson,
}

#[derive(Serialize)]
struct RowJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
    #[serde(flatten)]
    counts: Tally,
    #[serde(flatten)]
    shares: Ratios,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    entity: &'a str,
    file: &'a str,
    line: usize,
    start: u32,
    end: u32,
    before: &'a str,
    value: &'a str,
    after: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found_in_part: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_nothing_are_not_rounded_to() {
        let shown: Vec<String> =
            [None, Some(0.0), Some(0.0001), Some(2.0 / 3.0), Some(0.9999), Some(1.0), Some(1.5)]
                .into_iter()
                .map(per_cent)
                .collect();
        assert_eq!(shown, ["-", "0.0", "<0.1", "66.7", "99.9", "100.0", "150.0"]);
        assert_eq!([None, Some(0.0), Some(0.02), Some(1.25)].map(rate), ["-", "0.0", "<0.1", "1.2"]);
    }
}
