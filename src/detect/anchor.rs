//! Where must a rule be tried?
//!
//! A rule is never searched for over the text. It is tried at anchors that the scan finds for all rules
//! at once: a digit run, an `@`, a `:`, a word. The anchor follows from the pattern: a byte that every
//! match contains. Only a pattern without one is searched for, together with all others of its kind.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde::Deserialize;

/// The kind of place at which a rule is tried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// At the start of digit runs, of the word around them, of a sign or short word before them.
    Digit,
    /// At the start of the token to the left of an `@`, and at the `@`.
    At,
    /// At the start of the token to the left of a `:`, and at the `:`.
    Colon,
    /// At each occurrence of one of these words.
    Words(Vec<String>),
    /// At the start of the token before a bracket that opens before one of these words: `jo (at) example`.
    Bracketed(Vec<String>),
    /// Around the rule's own context words.
    Context,
    /// Right behind the rule's own context words, or at the start of an answer to them, past words such as
    /// `is` and `c'est`.
    After,
    /// Anywhere: all such rules share one automaton that runs over the text.
    Anywhere,
}

impl Anchor {
    /// The anchor of a pattern: the first of `@`, `:` and a digit that each of its matches contains, else
    /// the context words when the rule says nothing without them, else none.
    #[must_use]
    pub fn derive(pattern: &Hir, needs_context: bool) -> Anchor {
        if always_has(pattern, |b| b == b'@') {
            Anchor::At
        } else if always_has(pattern, |b| b == b':') {
            Anchor::Colon
        } else if always_has(pattern, |b| b.is_ascii_digit()) {
            Anchor::Digit
        } else if needs_context {
            Anchor::Context
        } else {
            Anchor::Anywhere
        }
    }
}

/// Whether each match of the pattern has a digit.
pub(super) fn needs_digit(pattern: &str) -> bool {
    regex_syntax::parse(pattern).is_ok_and(|hir| always_has(&hir, |b| b.is_ascii_digit()))
}

/// Whether every match of `hir` contains a byte of the set.
fn always_has(hir: &Hir, set: fn(u8) -> bool) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(|&b| set(b)),
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .all(|range| range.end().is_ascii() && (range.start() as u8..=range.end() as u8).all(set)),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().all(|range| (range.start()..=range.end()).all(set))
        }
        HirKind::Repetition(repetition) => repetition.min > 0 && always_has(&repetition.sub, set),
        HirKind::Capture(capture) => always_has(&capture.sub, set),
        HirKind::Concat(parts) => parts.iter().any(|part| always_has(part, set)),
        HirKind::Alternation(parts) => parts.iter().all(|part| always_has(part, set)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Anchor {
        Anchor::derive(&regex_syntax::parse(pattern).expect("a valid pattern"), false)
    }

    #[test]
    fn no_shipped_rule_is_searched_for_everywhere() {
        let set = crate::detect::Ruleset::shipped();
        let anywhere: Vec<&str> =
            set.rules().iter().filter(|rule| rule.anchor == Anchor::Anywhere).map(|rule| &*rule.id).collect();
        assert!(anywhere.is_empty(), "{anywhere:?}");
    }

    #[test]
    fn anchors_follow_from_the_pattern() {
        assert_eq!(of("[a-z]+@[a-z]+"), Anchor::At);
        assert_eq!(of("https?://[a-z]+"), Anchor::Colon);
        assert_eq!(of("(?:[A-Z]{2})?[0-9]{6}"), Anchor::Digit);
        assert_eq!(of("a[0-9]|b[0-9]"), Anchor::Digit);
        assert_eq!(of("a[0-9]|b"), Anchor::Anywhere);
        assert_eq!(of("[0-9]*"), Anchor::Anywhere);
    }
}
