//! What do the counts say?

use serde::Serialize;

/// What was counted for one entity, or for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Labelled spans.
    pub gold: u64,
    /// Of these, found with the same start and end.
    pub exact: u64,
    /// Found in part or as a whole.
    pub overlap: u64,
    /// Found as a whole.
    pub full: u64,
    /// Labelled characters, white space not counted.
    pub characters: u64,
    /// Of these, found.
    pub characters_found: u64,
    /// Labelled tokens.
    pub tokens: u64,
    /// Of these, found.
    pub tokens_found: u64,
    /// Tokens that findings touch and that touch labelled text.
    pub tokens_right: u64,
    /// Tokens that findings touch and that do not.
    pub tokens_false: u64,
    /// Findings that touch labelled text.
    pub findings_right: u64,
    /// Findings that touch none.
    pub findings_false: u64,
    /// Findings that touch nothing but text that is not scored.
    pub findings_unscored: u64,
    /// Letters and digits of the labelled spans.
    pub letters: u64,
    /// Letters and digits outside all labels that were masked.
    pub letters_outside: u64,
}

/// Shares of a [`Tally`], from 0 to 1; `None` where there is nothing to take a share of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratios {
    /// Spans found with the same start and end, of all labelled spans.
    pub exact_recall: Option<f64>,
    /// Spans found at least in part.
    pub overlap_recall: Option<f64>,
    /// Spans found as a whole.
    pub full_recall: Option<f64>,
    /// Labelled characters found.
    pub character_recall: Option<f64>,
    /// Labelled tokens found.
    pub token_recall: Option<f64>,
    /// Tokens of findings that are labelled.
    pub token_precision: Option<f64>,
    /// Harmonic mean of the two.
    pub token_f1: Option<f64>,
    /// Findings that touch labelled text.
    pub precision: Option<f64>,
    /// False findings in 10,000 words.
    pub false_per_10000_words: Option<f64>,
    /// Letters masked outside the gold, by letters of the gold. May exceed 1.
    pub outside_by_gold: Option<f64>,
    /// Letters masked outside the gold, of all letters.
    pub outside_of_all: Option<f64>,
}

impl Tally {
    /// Adds another one.
    pub fn add(&mut self, other: &Tally) {
        self.gold += other.gold;
        self.exact += other.exact;
        self.overlap += other.overlap;
        self.full += other.full;
        self.characters += other.characters;
        self.characters_found += other.characters_found;
        self.tokens += other.tokens;
        self.tokens_found += other.tokens_found;
        self.tokens_right += other.tokens_right;
        self.tokens_false += other.tokens_false;
        self.findings_right += other.findings_right;
        self.findings_false += other.findings_false;
        self.findings_unscored += other.findings_unscored;
        self.letters += other.letters;
        self.letters_outside += other.letters_outside;
    }

    /// The shares, in a text of so many words and letters.
    #[must_use]
    pub fn ratios(&self, words: u64, letters: u64) -> Ratios {
        let token_recall = share(self.tokens_found, self.tokens);
        let token_precision = share(self.tokens_right, self.tokens_right + self.tokens_false);
        Ratios {
            exact_recall: share(self.exact, self.gold),
            overlap_recall: share(self.overlap, self.gold),
            full_recall: share(self.full, self.gold),
            character_recall: share(self.characters_found, self.characters),
            token_recall,
            token_precision,
            token_f1: f1(token_recall, token_precision),
            precision: share(self.findings_right, self.findings_right + self.findings_false),
            false_per_10000_words: share(self.findings_false * 10_000, words),
            outside_by_gold: share(self.letters_outside, self.letters),
            outside_of_all: share(self.letters_outside, letters),
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The harmonic mean. Nothing found is 0; nothing labelled has none, and neither has what was found under
/// other names alone.
fn f1(recall: Option<f64>, precision: Option<f64>) -> Option<f64> {
    let recall = recall?;
    let precision = if recall == 0.0 { precision.unwrap_or(0.0) } else { precision? };
    Some(if recall + precision > 0.0 { 2.0 * recall * precision / (recall + precision) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_are_none() {
        let none = Tally::default().ratios(0, 0);
        assert_eq!((none.full_recall, none.token_f1, none.false_per_10000_words), (None, None, None));
        let missed = Tally { gold: 2, tokens: 3, ..Tally::default() }.ratios(10, 40);
        assert_eq!((missed.full_recall, missed.token_f1, missed.precision), (Some(0.0), Some(0.0), None));
    }

    #[test]
    fn f1_is_the_harmonic_mean() {
        let tally =
            Tally { tokens: 4, tokens_found: 2, tokens_right: 3, tokens_false: 1, ..Tally::default() };
        // Recall 1/2, precision 3/4: 2 * 3/8 / (5/4) = 0.6.
        assert!((tally.ratios(1, 1).token_f1.expect("both there") - 0.6).abs() < 1e-12);
    }
}
