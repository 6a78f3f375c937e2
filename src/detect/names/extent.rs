//! How far does a name reach?
//!
//! Words that were accepted are parts of names. What stands between two parts, before or behind them may be one as well:
//! particles, initials, a surname that nobody else has.

use super::cues::Cue;
use super::spelling;
use super::text::{Case, Gap, Shape, Word};
use super::{Name, Names, Sure};
use crate::model::Span;

/// Words of a turn that says a name and little else.
const SHORT: usize = 4;

impl Names {
    /// Takes in what belongs to an accepted name: particles between two parts, initials, a surname behind a
    /// first name that nobody else is called.
    pub(super) fn extend(&self, words: &[Word], accepted: &mut [Option<Sure>], case: Case) {
        let count = words.len();
        for at in 1..count {
            if accepted[at].is_some() || accepted[at - 1].is_none() {
                continue;
            }
            let (word, before) = (&words[at], &words[at - 1]);
            let close = matches!(word.gap, Gap::Blank | Gap::Hyphen);
            // `Marie Xylander`: a capitalised word that is none behind a first name.
            if close
                && case == Case::Usual
                && matches!(word.shape, Shape::Capital | Shape::Mixed)
                && word.entry.word() <= 3
                && before.entry.first() >= 2
                && before.shape != Shape::Lower
                && !word.entry.brand()
            {
                accepted[at] = accepted[at - 1];
            }
        }
        // `with Wetzler Kathryn`: a capitalised word that is none, or a surname, before a first name.
        for at in 1..count.saturating_sub(1) {
            let (word, next) = (&words[at], &words[at + 1]);
            if accepted[at].is_none()
                && accepted[at + 1].is_some()
                && case == Case::Usual
                && (word.shape, next.shape) == (Shape::Capital, Shape::Capital)
                && (word.gap, next.gap) == (Gap::Blank, Gap::Blank)
                && word.entry.word() <= 2
                && word.entry.place() == 0
                && !word.entry.brand()
                && word.cue == Cue::None
                && next.entry.first() >= 3
            {
                accepted[at] = accepted[at + 1];
            }
        }
        // `Mario Álvarez Maestro Gil`: what has a capital between two parts is a part.
        for at in 1..count.saturating_sub(1) {
            let (word, next) = (&words[at], &words[at + 1]);
            if accepted[at].is_none()
                && accepted[at - 1].is_some()
                && accepted[at + 1].is_some()
                && case == Case::Usual
                && (word.shape == Shape::Capital && (word.gap, next.gap) == (Gap::Blank, Gap::Blank)
                    // `Hye-jin Park`
                    || (word.gap, next.gap) == (Gap::Hyphen, Gap::Blank))
                && word.cue == Cue::None
            {
                accepted[at] = accepted[at - 1];
            }
        }
        for at in 1..count {
            if accepted[at].is_some() || accepted[at - 1].is_none() {
                continue;
            }
            let joins = |at: usize| self.cues.is_particle(words[at].hash) && words[at].gap != Gap::Break;
            let stands = |at: usize| accepted.get(at).is_some_and(Option::is_some);
            if joins(at) && stands(at + 1) {
                accepted[at] = accepted[at - 1];
            } else if at + 1 < count && joins(at) && joins(at + 1) && stands(at + 2) {
                (accepted[at], accepted[at + 1]) = (accepted[at - 1], accepted[at - 1]);
            } else if words[at].shape == Shape::Initial && stands(at + 1) {
                accepted[at] = accepted[at + 1];
            }
        }
        // `Ignacio de la Torre`, `Walburga von der Heydt`: a surname behind particles, when it is neither a firm's name nor a
        // town's.
        for at in 2..count {
            let word = &words[at];
            let joins = |at: usize| {
                self.cues.is_particle(words[at].hash) && matches!(words[at].gap, Gap::Blank | Gap::Apostrophe)
            };
            if accepted[at].is_some()
                || case != Case::Usual
                || word.shape != Shape::Capital
                || !matches!(word.gap, Gap::Blank | Gap::Apostrophe)
                || !joins(at - 1)
            {
                continue;
            }
            let first = if at >= 3 && joins(at - 2) { at - 2 } else { at - 1 };
            let is_surname = word.entry.last() >= 2 || first + 1 < at && word.entry.word() < 2;
            if let Some(sure) = first.checked_sub(1).and_then(|before| accepted[before])
                && is_surname
                && !word.entry.brand()
                && word.entry.place() < 2
            {
                accepted[first..=at].fill(Some(sure));
            }
        }
        // `la professoressa de santis`, `Mr von Berg`, `… è Lo Monaco`, `M. Le Goff`: a particle before a name, behind a title or
        // with a capital that nothing else gives it.
        for at in (1..count).rev() {
            let word = &words[at - 1];
            if accepted[at].is_none()
                || accepted[at - 1].is_some()
                || !self.cues.is_particle(word.hash)
                || !matches!(words[at].gap, Gap::Blank | Gap::Apostrophe | Gap::Hyphen)
            {
                continue;
            }
            // `Mrs van der Westhuizen`, and `de rosa` where it is all that is said.
            let is_joined = |at: usize| self.cues.is_particle(words[at].hash) && words[at].gap == Gap::Blank;
            let first =
                (0..at - 1).rev().take_while(|&before| is_joined(before + 1)).last().unwrap_or(at - 1);
            let is_titled = word.gap == Gap::Blank && words[first].cue == Cue::Title;
            let is_answer = word.gap == Gap::Start
                && words[at].entry.last() > words[at].entry.first()
                && words.len() <= SHORT;
            let is_capital = case == Case::Usual
                && word.shape == Shape::Capital
                && (matches!(word.gap, Gap::Blank | Gap::Comma)
                    || word.gap == Gap::Stop && at >= 2 && words[at - 2].shape == Shape::Initial)
                && words[at].shape == Shape::Capital;
            if is_titled || is_answer || is_capital {
                accepted[at - 1] = accepted[at];
            }
        }
        // In a text with small letters, one capital is an initial, unless it is the English pronoun.
        let (pronoun, article) = (spelling::fold_hash(b"i"), spelling::fold_hash(b"a"));
        // `David A. Flakoll`, `Morvan Claire P`: an initial behind a name, and what follows it.
        for at in 1..count {
            let word = &words[at];
            let ends = words
                .get(at + 1)
                .is_none_or(|next| matches!(next.gap, Gap::Stop | Gap::Comma | Gap::Break | Gap::Blank));
            // `Pham V. T.`
            let is_second = word.gap == Gap::Stop && words[at - 1].shape == Shape::Initial;
            if accepted[at].is_some()
                || accepted[at - 1].is_none()
                || word.shape != Shape::Initial
                || word.gap != Gap::Blank && !is_second
                || case != Case::Usual
            {
                continue;
            }
            if ends && words[at].end - words[at].start == 1 && word.hash != pronoun {
                accepted[at] = accepted[at - 1];
                if let Some(next) = words.get(at + 1)
                    && matches!(next.gap, Gap::Stop | Gap::Blank)
                    && next.shape == Shape::Capital
                    && next.entry.word() <= 4
                    && accepted[at + 1].is_none()
                {
                    accepted[at + 1] = accepted[at];
                }
            }
        }
        // `J. Morvan`, `O'Brien`: an initial before a name.
        for at in 0..count.saturating_sub(1) {
            if accepted[at].is_none()
                && accepted[at + 1].is_some()
                && words[at].shape == Shape::Initial
                && (matches!(words[at + 1].gap, Gap::Stop | Gap::Apostrophe | Gap::Hyphen)
                    || words[at + 1].gap == Gap::Blank
                        && words[at].hash != pronoun
                        && words[at].hash != article
                        && words[at + 1].shape == Shape::Capital)
                && words[at].cue != Cue::Joining
            {
                accepted[at] = accepted[at + 1];
            }
        }
    }
}

/// Unites accepted words that stand together.
pub(super) fn spans(words: &[Word], accepted: &[Option<Sure>], out: &mut Vec<Name>) {
    let mut last: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        let Some(sure) = accepted[at] else { continue };
        let joined = last.is_some_and(|last| {
            last + 1 == at
                && matches!(word.gap, Gap::Blank | Gap::Hyphen | Gap::Apostrophe | Gap::Stop)
                && !(word.gap == Gap::Stop && words[last].shape != Shape::Initial)
        });
        match out.last_mut() {
            Some(name) if joined => {
                name.span.end = word.end;
                name.odds = name.odds.max(sure.odds);
                name.is_remembered &= sure.is_remembered;
                name.is_known |= word.entry.is_name();
            }
            _ => {
                let span = Span { start: word.start, end: word.end };
                let Sure { odds, is_remembered } = sure;
                out.push(Name { span, odds, is_known: word.entry.is_name(), is_remembered });
            }
        }
        last = Some(at);
    }
}
