//! Is what stands in a column written freely, or chosen?
//!
//! The first rows of data say so, and what survey tools note of their questions. A name is looked for in what is
//! written freely alone; so a column of an export counts as such unless something speaks for choices.

use super::header::Export;
use super::naming::{Naming, squeezed};
use crate::model::closing;

/// The first rows' cells of a column.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) rows: &'a [Vec<String>],
    pub(super) column: usize,
}

impl<'a> Cells<'a> {
    fn filled(self) -> impl Iterator<Item = &'a str> {
        let Cells { rows, column } = self;
        let cells = rows.iter().filter_map(move |row| row.get(column)).map(|cell| cell.trim());
        cells.filter(|cell| !cell.is_empty())
    }

    /// Whether they are sentences: three words a cell on average, or one of them that is long.
    pub(super) fn is_prose(self) -> bool {
        const SENTENCE: usize = 8;
        let (mut cells, mut words, mut longest) = (0, 0, 0);
        for cell in self.filled() {
            // A label stands for a name, mostly: a second run shall count as the first one did.
            let count: usize = cell.split_whitespace().map(|word| 1 + usize::from(is_label(word))).sum();
            (cells, words, longest) = (cells + 1, words + count, longest.max(count));
        }
        cells > 0 && words >= 3 * cells || longest >= SENTENCE
    }

    /// Whether they only say that a choice was made: all alike, and its own text or a mark.
    pub(super) fn are_ticks(self, heads: &[&str]) -> bool {
        let mut filled = self.filled();
        let Some(first) = filled.next() else { return false };
        let is_choice = || {
            let text = squeezed(first);
            !text.is_empty() && heads.iter().any(|head| squeezed(head).ends_with(&text))
        };
        (first.len() <= 2 || is_choice()) && filled.all(|cell| cell == first)
    }

    /// Whether the same few come again: each twice on average.
    fn come_again(self) -> bool {
        let mut all: Vec<&str> = self.filled().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        count >= 4 && all.len() * 2 <= count
    }
}

/// Whether a column of an export holds choices, where its header says nothing of a free answer. `heads` are all its
/// header cells.
pub(super) fn are_choices(export: Export, heads: &[&str], cells: Cells) -> bool {
    let naming = Naming::shipped();
    if let Some(id) = heads.iter().find_map(|head| import_id(head)) {
        // `QID4` is a question with choices, `QID4_TEXT` what was written beside it.
        let number = id.strip_prefix("QID");
        if number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())) {
            return true;
        }
        if id.ends_with("_TEXT") {
            return false;
        }
    }
    heads.iter().any(|head| naming.is_closed(head))
        || export == Export::Qualtrics && heads.iter().any(|head| naming.is_of_qualtrics(head))
        || cells.come_again()
}

/// Whether all of it is a label: `[PHONE_1]`.
pub(super) fn is_label(text: &str) -> bool {
    let inner = text.as_bytes().split_first().and_then(|(&open, rest)| rest.strip_suffix(&[closing(open)?]));
    let is_of_label = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    inner.is_some_and(|inner| {
        inner.first().is_some_and(u8::is_ascii_uppercase) && inner.iter().all(is_of_label)
    })
}

/// The id in a cell of Qualtrics' third row.
pub(super) fn import_id(cell: &str) -> Option<&str> {
    let rest = cell.strip_prefix('{')?.split_once("ImportId")?.1;
    let quoted = rest.split_once(':')?.1.trim_start();
    let quote = quoted.chars().next().filter(|c| "\"'".contains(*c))?;
    quoted[1..].split_once(quote).map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices() {
        let rows: Vec<Vec<String>> =
            ["Good", "Bad", "Good", "Good"].iter().map(|cell| vec![(*cell).to_owned()]).collect();
        let is = |export, heads: &[&str], rows: &[Vec<String>]| {
            are_choices(export, heads, Cells { rows, column: 0 })
        };
        assert!(is(Export::Qualtrics, &["Q4", "Which?", "{\"ImportId\":\"QID4\"}"], &[]));
        assert!(!is(Export::Qualtrics, &["Q4", "Which?", "{\"ImportId\":\"QID4_TEXT\"}"], &rows));
        assert!(!is(Export::Qualtrics, &["Q4_1", "Form", "{'ImportId': 'QID4_1'}"], &[]));
        assert!(is(Export::Qualtrics, &["Q4_1", "Form", "{'ImportId': 'QID4_1'}"], &rows));
        assert!(is(Export::SurveyMonkey, &["How satisfied are you?", "Response"], &[]));
        assert!(!is(Export::SurveyMonkey, &["How satisfied are you?", "Thoughts"], &rows[..3]));
        assert!(!is(Export::SurveyMonkey, &["How satisfied are you?", "Thoughts"], &[]));
    }

    #[test]
    fn ids() {
        assert_eq!(import_id("{\"ImportId\":\"startDate\",\"timeZone\":\"Z\"}"), Some("startDate"));
        assert_eq!(import_id("{'ImportId': 'QID1_TEXT'}"), Some("QID1_TEXT"));
        assert_eq!(import_id("{\"ImportId\":1}"), None);
        assert_eq!(import_id("ImportId"), None);
    }
}
