//! What do the words beside say, that the model does not hear?
//!
//! The model adds up what it knows of a word and its neighbours; it was trained where few people introduce themselves.
//! Where the words around leave little doubt – an answer to a question for a name, `X speaking`, `my wife X`, money
//! to X, another part of the name – it need be less sure. The numbers were chosen on text that the model was not
//! trained on: from these on more is lost than found.

use super::Sure;
use super::cues::{Cue, Cues};
use super::text::{Case, Gap, Shape, Word};

/// Words of an answer that says a name and little else, and how much less sure of it the model need be.
const ANSWER: usize = 5;
const ANSWERED: f32 = 2.0;
/// Words within which it says who is paid, and how much less sure of the name the model need be.
const PAYMENT: usize = 6;
const PAID: f32 = 1.25;
/// How much less sure of a name the model need be beside another part of it, when nobody is known to be called so,
/// and on average of a first name and a surname behind it. Larger numbers cost more than they find.
const BESIDE: f32 = 2.5;
const BESIDE_UNKNOWN: f32 = 1.5;
const TOGETHER: f32 = 2.0;
/// Odds of two words that are a name together.
const PAIR: Sure = Sure { odds: 0.3, is_remembered: false };
/// How much less sure it need be where somebody says who he is, before `here` or `speaking`, and beside a relation.
const INTRODUCED: f32 = 1.5;
const PRESENTED: f32 = 3.0;
const RELATED: f32 = 2.0;
/// How much less sure it need be behind `je suis`.
const OWN: f32 = 1.5;

/// A text, cut, and what is known of it as a whole.
pub(super) struct Said<'a> {
    words: &'a [Word],
    case: Case,
    cues: &'a Cues,
    /// How much less sure the model need be anywhere in it.
    anywhere: f32,
    /// Whether it tells of a payment or an account.
    pays: bool,
}

impl<'a> Said<'a> {
    /// A text that answers a question for a name when it was `asked`.
    pub(super) fn of(words: &'a [Word], case: Case, asked: bool, cues: &'a Cues) -> Said<'a> {
        // Who is asked for a name and says few words says one.
        let anywhere = if asked && words.len() <= ANSWER { ANSWERED } else { 0.0 };
        let pays = words.iter().any(|word| cues.is_payment(word.hash));
        Said { words, case, cues, anywhere, pays }
    }

    /// How much less sure the model need be of word `at`.
    pub(super) fn beside(&self, at: usize) -> f32 {
        let of = |holds: bool, less: f32| if holds { less } else { 0.0 };
        self.anywhere
            + of(self.pays && self.is_payee(at), PAID)
            + of(is_introduced(self.words, at), INTRODUCED)
            + of(self.is_presented(at), PRESENTED)
            + of(self.is_own(at), OWN)
            + of(is_related(self.words, at, self.case), RELATED)
    }

    /// Whether the word stands where somebody is paid or has an account: `money to Jasbir`, `the account of Grace`.
    fn is_payee(&self, at: usize) -> bool {
        let first = at.saturating_sub(PAYMENT);
        let flows = |at: usize| !matches!(self.words[at].gap, Gap::Start | Gap::Stop | Gap::Break);
        at > 0
            && self.words[at - 1].cue == Cue::Linking
            && flows(at)
            && (first..at - 1)
                .rev()
                .take_while(|&before| flows(before + 1))
                .any(|before| self.cues.is_payment(self.words[before].hash))
    }

    /// Whether who speaks names himself: a first name before `here` or `am apparat`.
    fn is_presented(&self, at: usize) -> bool {
        let presents = |step: usize| {
            self.words.get(at + step).is_some_and(|word| self.cues.is_presenting(word.hash))
                && (1..=step).all(|step| matches!(self.words[at + step].gap, Gap::Blank | Gap::Apostrophe))
        };
        let is_small = |step: usize| self.words.get(at + step).is_some_and(|word| word.end - word.start <= 2);
        self.words[at].entry.first() >= 3 && (presents(1) || is_small(1) && presents(2))
    }

    /// Whether somebody says who he is, and people are called so: `je suis Clara`.
    fn is_own(&self, at: usize) -> bool {
        self.case == Case::Usual
            && self.words[at].shape == Shape::Capital
            && self.words[at].entry.first() >= 3
            && self.words[at].gap == Gap::Blank
            && at.checked_sub(1).is_some_and(|before| self.cues.is_being(self.words[before].hash))
    }

    /// Whether a surname stands behind everybody's title, in a text without capitals: `monsieur petit`.
    pub(super) fn is_addressed(&self, at: usize) -> bool {
        self.case != Case::Usual
            && self.words[at].gap == Gap::Blank
            && self.words[at].cue == Cue::None
            && self.words[at].entry.last() >= 3
            && self.words[at].shape == Shape::Lower
            && self.words[at].end - self.words[at].start >= 3
            && at.checked_sub(1).is_some_and(|title| self.cues.is_addressing(self.words[title].hash))
    }
}

/// Whether somebody says that it is he: `mein Name ist Reto`, `malte am apparat`.
fn is_introduced(words: &[Word], at: usize) -> bool {
    let cue = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or(Cue::None, |word| word.cue);
    let flows =
        |at: usize| words.get(at).is_some_and(|word| matches!(word.gap, Gap::Blank | Gap::Apostrophe));
    let says_name = flows(at)
        && match cue(at.checked_sub(1)) {
            Cue::Naming => true,
            Cue::Joining => flows(at - 1) && cue(at.checked_sub(2)) == Cue::Naming,
            _ => false,
        };
    let is_first = words[at].entry.first() >= 2;
    let speaks =
        |step: usize| (1..=step).all(|step| flows(at + step)) && cue(Some(at + step)) == Cue::Speaking;
    says_name || is_first && (1..=3).any(speaks)
}

/// Whether it stands beside a relation: `my wife sunita`, `my wife, Efua,`, `Bill, my husband`.
fn is_related(words: &[Word], at: usize, case: Case) -> bool {
    let cue = |at: usize| words.get(at).map_or(Cue::None, |word| word.cue);
    let word = &words[at];
    let is_capital = case == Case::Usual && word.shape == Shape::Capital;
    let behind = at > 0
        && cue(at - 1) == Cue::Relation
        && match word.gap {
            Gap::Blank => word.entry.first() >= 3 || is_capital,
            Gap::Comma => is_capital,
            _ => false,
        };
    let before = is_capital
        && words.get(at + 1).is_some_and(|next| next.gap == Gap::Comma && next.end - next.start <= 5)
        && words.get(at + 2).is_some_and(|next| next.gap == Gap::Blank)
        && cue(at + 2) == Cue::Relation;
    behind || before && word.entry.first() >= 3
}

/// Accepts what the model alone is not sure of, because of what stands beside it: another part of the name, or two
/// together that are a first name and a surname. `odds` are those of each word above what is asked for. Returns
/// whether anything was accepted.
pub(super) fn join_neighbours(
    words: &[Word],
    odds: &[f32],
    case: Case,
    accepted: &mut [Option<Sure>],
) -> bool {
    let is_close = |at: usize| matches!(words[at].gap, Gap::Blank | Gap::Hyphen);
    let may_be = |at: usize| {
        odds[at] > f32::NEG_INFINITY
            && (case != Case::Usual || matches!(words[at].shape, Shape::Capital | Shape::Mixed))
    };
    let is_nobodys = |at: usize| case == Case::Usual && words[at].entry.word() < 2;
    let mut any = false;
    for at in 0..words.len() {
        if accepted[at].is_some() || !may_be(at) {
            continue;
        }
        let before = at.checked_sub(1).filter(|_| is_close(at)).and_then(|before| accepted[before]);
        let next = Some(at + 1).filter(|&next| next < words.len() && is_close(next));
        let neighbour = before.or_else(|| next.filter(|&next| may_be(next)).and_then(|next| accepted[next]));
        let least = match neighbour {
            Some(_) if words[at].entry.is_name() => -BESIDE,
            Some(_) if is_nobodys(at) => -BESIDE_UNKNOWN,
            _ => f32::INFINITY,
        };
        if odds[at] >= least {
            accepted[at] = neighbour;
            any = true;
        } else if let Some(next) = next.filter(|&next| may_be(next) && accepted[next].is_none())
            && words[at].entry.first() >= 2
            && (words[next].entry.last() >= 2 || case == Case::Usual && words[next].entry.is_unknown())
            && (odds[at] + odds[next]) / 2.0 >= -TOGETHER
        {
            accepted[at] = Some(PAIR);
            accepted[next] = Some(PAIR);
            any = true;
        }
    }
    any
}
