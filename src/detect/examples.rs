//! Does a rule do what its examples say?
//!
//! The same answer serves the tests of the shipped rules, `sourdine rules test` and the loading of a
//! user's rules: in each `finds` the rule finds exactly the marked span, in each `ignores` nothing.

use super::rule::{Rule, marked};
use super::{Place, Ruleset, Scratch};
use crate::model::{Escape, Role, Span};
use crate::view::View;

/// What the set finds in a text that stands alone: rule number and span in bytes, resolved by nobody.
#[must_use]
pub fn findings(set: &Ruleset, scratch: &mut Scratch, text: &str) -> Vec<(u16, std::ops::Range<usize>)> {
    let mut view = View::default();
    view.build(set.kernel(), text.as_bytes(), Span::new(0, text.len()), Escape::None, []);
    let place =
        Place { text: view.text(), start: 0, end: view.text().bytes.len(), role: Role::Text, keys: [&[]; 2] };
    scratch.next_conversation();
    set.find(&place, scratch);
    scratch.findings.iter().map(|finding| (finding.rule, view.raw(finding.span).range())).collect()
}

/// What is wrong with the rule's examples, a sentence each. Empty when all hold.
#[must_use]
pub fn failures(set: &Ruleset, rule: &Rule) -> Vec<String> {
    let mut scratch = set.scratch();
    let mut out = Vec::new();
    let mut found = |text: &str| -> Vec<std::ops::Range<usize>> {
        let mut spans: Vec<_> = findings(set, &mut scratch, text)
            .into_iter()
            .filter(|&(number, _)| set.rule_id(number) == rule.id)
            .map(|(_, span)| span)
            .collect();
        spans.sort_by_key(|span| (span.start, span.end));
        spans.dedup();
        spans
    };
    for (at, example) in rule.finds.iter().enumerate() {
        let Some((text, expected)) = marked(example) else { continue };
        let spans = found(&text);
        if spans != [expected.clone()] {
            let got = if spans.is_empty() { "nothing".to_owned() } else { format!("{spans:?}") };
            out.push(format!("`finds` {}: expected {expected:?} (bytes), found {got}", at + 1));
        }
    }
    for (at, example) in rule.ignores.iter().enumerate() {
        let spans = found(example);
        if !spans.is_empty() {
            out.push(format!("`ignores` {}: found {spans:?} (bytes)", at + 1));
        }
    }
    out
}
