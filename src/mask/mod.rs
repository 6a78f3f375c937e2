//! How is it written instead?
//!
//! An [`Operator`] writes what stands in a value's place; [`splice`] puts it there and copies all other
//! bytes as they are. One file per operator, one line in [`OPERATORS`].

mod drop;
mod generalise;
mod hash;
mod label;
mod numbers;
mod persons;

pub use hash::hash_key;
pub use numbers::{Numbers, folded_value};

use crate::model::{Escape, Span, Way};

/// What an operator knows of a value.
pub struct Subject<'a> {
    /// Name of the entity.
    pub entity: &'a str,
    /// The value's number in its conversation, from 1.
    pub number: u32,
    /// Whether replacements carry the number.
    pub numbered: bool,
    /// The signs around it: one pair of [`crate::model::BRACKETS`].
    pub brackets: [u8; 2],
    /// What stands there, where the operator needs it; empty else.
    pub value: &'a str,
    /// The key of pseudonyms, if there is one.
    pub key: Option<&'a [u8; 32]>,
}

/// A way to write a found value.
pub struct Operator {
    /// The name in policies and audit.
    pub name: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// Appends the replacement: inert text that needs no escaping in any format.
    pub write: fn(&Subject, &mut String),
}

/// All operators.
pub const OPERATORS: &[&Operator] =
    &[&label::OPERATOR, &hash::OPERATOR, &drop::OPERATOR, &generalise::OPERATOR];

/// The operator that the user's word on a column means; `None` where the policy decides.
#[must_use]
pub fn operator_of(way: Way) -> Option<&'static Operator> {
    match way {
        Way::ByPolicy => None,
        Way::Label => Some(&label::OPERATOR),
        Way::Hash => Some(&hash::OPERATOR),
        Way::Drop => Some(&drop::OPERATOR),
        Way::Generalise => Some(&generalise::OPERATOR),
    }
}

/// Appends `raw` to `out` with each edit's span (in bytes of `raw` plus `base`, sorted, disjoint) replaced.
pub fn splice<'a>(
    raw: &[u8],
    base: usize,
    edits: impl IntoIterator<Item = (Span, Escape, &'a str)>,
    out: &mut Vec<u8>,
) {
    let mut at = 0;
    for (span, escape, with) in edits {
        let range = span.start as usize - base..span.end as usize - base;
        out.extend_from_slice(&raw[at..range.start]);
        // A bare number of JSON becomes a string.
        let quoted = escape == Escape::JsonNumber;
        if quoted {
            out.push(b'"');
        }
        out.extend_from_slice(with.as_bytes());
        if quoted {
            out.push(b'"');
        }
        at = range.end;
    }
    out.extend_from_slice(&raw[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_copied() {
        let mut out = Vec::new();
        let raw = b"{\"a\": 12345678, \"b\":1.10}\r\n";
        splice(raw, 100, [(Span::new(106, 114), Escape::JsonNumber, "[PHONE_1]")], &mut out);
        assert_eq!(out, b"{\"a\": \"[PHONE_1]\", \"b\":1.10}\r\n");
    }

    #[test]
    fn operators_are_inert() {
        for operator in OPERATORS {
            for brackets in crate::model::BRACKETS {
                let mut out = String::new();
                let key = hash_key(b"of a test, no secret");
                let (value, key) = ("06 39 98 12 34", Some(&key));
                (operator.write)(
                    &Subject { entity: "PHONE", number: 12, numbered: true, brackets, value, key },
                    &mut out,
                );
                if operator.name == "drop" {
                    assert_eq!(out, "");
                    continue;
                }
                let inner = out.strip_prefix(char::from(brackets[0]));
                let inner = inner.and_then(|rest| rest.strip_suffix(char::from(brackets[1])));
                let inner = inner.expect(operator.name);
                assert!(inner.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
            }
        }
    }
}
