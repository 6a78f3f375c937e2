//! Where are numbers said, and words spelled?
//!
//! A run is a stretch of number words, digits and letters, with what people put between them: fillers,
//! repairs, signs said aloud, a word that a recogniser misheard. It begins and ends with a number or letter.

use super::lexicon::{ES, IT, Lang, Lexicon, Mark, Sense};
use super::numbers::{Unit, What};
use super::tokens::{Gap, Kind, Token};
use crate::limits;

/// What a run is to its hearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Digits that could identify somebody.
    Number,
    /// Letters, perhaps with digits among them.
    Letters,
    /// Money, a quantity, a duration, a share: no identifier.
    Amount,
}

/// A run, in tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) first: usize,
    /// One past the last token.
    pub(super) last: usize,
    /// Its units, in the list that was built with it.
    pub(super) units: (usize, usize),
    pub(super) nature: Nature,
    /// Whether it begins with `plus`.
    pub(super) plus: bool,
    /// Whether something in it was said in words, spelled or interrupted: digits alone are read by anybody.
    pub(super) said: bool,
    /// How many letters it spells.
    pub(super) letters: usize,
}

/// Most words between two numbers of a run.
const BETWEEN: usize = 3;

/// Tokens with what they mean in one language.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    pub(super) text: &'a [u8],
    pub(super) tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    pub(super) lang: Lang,
}

/// A unit of a run, and how many tokens it takes.
pub(super) struct Core {
    pub(super) what: What,
    pub(super) used: usize,
    /// Whether it is letters that are sure to be spelled.
    pub(super) letters: usize,
}

impl<'a> Heard<'a> {
    pub(super) fn sense(&self, at: usize) -> &'a Sense {
        let is_known = |token: &&Token| self.lang != ES || !token.is_grave;
        let word = self.tokens.get(at).filter(is_known).map_or(0, |token| token.word);
        self.lexicon.sense(word, self.lang)
    }

    pub(super) fn is(&self, at: usize, mark: Mark) -> bool {
        self.sense(at).is(mark)
    }

    /// Finds the runs of the tokens; their units are appended to `units`.
    pub(super) fn runs(&self, units: &mut Vec<Unit>, out: &mut Vec<Run>) {
        let mut at = 0;
        while at < self.tokens.len() {
            match self.may_begin(at).then(|| self.run(at, units)).flatten() {
                Some(run) => {
                    at = run.last;
                    out.push(run);
                }
                None => at += 1,
            }
        }
        self.bridge(units, out);
    }

    /// Whether a run may begin there: most words are nothing of the kind.
    fn may_begin(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        match token.kind {
            Kind::Word => token.letter != 0 || token.word != 0 && self.sense(at).may_begin(),
            Kind::Digits | Kind::Mixed | Kind::Plus => true,
            Kind::Ordinal | Kind::Measure | Kind::Money | Kind::Wall => false,
        }
    }

    fn run(&self, first: usize, units: &mut Vec<Unit>) -> Option<Run> {
        let plus = self.is(first, Mark::Plus) || self.tokens[first].kind == Kind::Plus;
        let begin = first + usize::from(plus);
        let start = units.len();
        let mut core = self.core(begin, None, false, false)?;
        let (mut letters, mut said) = (0, plus && self.tokens[first].kind == Kind::Word);
        let (mut at, mut last);
        at = begin;
        // Words since the last unit: how many, and whether they part numbers or take one back.
        let (mut between, mut fillers, mut parted, mut and, mut repair);
        (between, parted, and, repair) = (0, false, None, None);
        loop {
            let token = self.tokens[at];
            if let Some(at) = repair.take() {
                units.push(self.unit(at, What::Repair, true, false));
            } else if let Some(at) = and.take()
                && !parted
            {
                units.push(self.unit(at, What::And, false, false));
            }
            let glued = token.gap == Gap::Hyphen && between == 0;
            units.push(self.unit(at, core.what, parted, glued));
            if core.what == What::Written {
                said |= at > begin && self.interrupts(at);
            } else {
                said = true;
            }
            letters += core.letters;
            if core.used > 1 {
                let end = self.tokens[at + core.used - 1].end;
                units.last_mut().expect("just pushed").end = end;
            }
            at += core.used;
            last = at;
            (between, fillers, parted) = (0, 0, false);
            // What may stand between two units.
            core = loop {
                if at >= self.tokens.len() || at - first >= limits::SPOKEN_TOKENS {
                    return self.finish(first, last, (start, units.len()), (plus, said, letters), units);
                }
                if matches!(self.tokens[at].gap, Gap::Break) || self.is_decimal(at) {
                    return self.finish(first, last, (start, units.len()), (plus, said, letters), units);
                }
                let previous = &units[units.len() - 1];
                if let Some(core) = self.core(at, Some(previous.what), fillers == between, letters > 0) {
                    break core;
                }
                let sense = self.sense(at);
                let may_stand = sense.is(Mark::Filler) || sense.is(Mark::Repair) || sense.is(Mark::Separator);
                // In Italian `e` parts: `sedici e cinquanta` is a price, `e` in a code a letter.
                let after_word = matches!(previous.what, What::Number(_) | What::Scale(_) | What::Times(_));
                let before_word = self.sense(self.past_filler(self.past_filler(at + 1))).counts();
                let links = sense.is(Mark::And) && self.lang != IT && after_word && before_word;
                if between < BETWEEN && (may_stand || links) {
                    if sense.is(Mark::Repair) {
                        repair = Some(at);
                    } else if sense.is(Mark::And) && between == fillers {
                        and = Some(at);
                    }
                    // Who says `uh` may be in the middle of a number.
                    parted |= may_stand && !sense.is(Mark::Filler);
                    fillers += usize::from(sense.is(Mark::Filler));
                    between += 1;
                    at += 1;
                    continue;
                }
                return self.finish(first, last, (start, units.len()), (plus, said, letters), units);
            };
        }
    }

    fn unit(&self, at: usize, what: What, parted: bool, glued: bool) -> Unit {
        let token = self.tokens[at];
        Unit { what, start: token.start, end: token.end, glued, parted }
    }

    /// Whether a word stands between the written digits at `at` and what is before: a filler, a sign.
    fn interrupts(&self, at: usize) -> bool {
        at > 0 && self.tokens[at - 1].kind == Kind::Word
    }

    /// Whether the token is the part of a decimal behind its point, or of a version: `12.50`.
    fn is_decimal(&self, at: usize) -> bool {
        self.tokens[at].gap == Gap::Point
            && self.tokens[at].kind == Kind::Digits
            && at > 0
            && self.tokens[at - 1].kind == Kind::Digits
    }

    /// The unit that begins at token `at`, behind `before`, which it touches when `near`, in a run that `spells` if
    /// letters stand in it.
    fn core(&self, at: usize, before: Option<What>, near: bool, spells: bool) -> Option<Core> {
        let token = self.tokens.get(at)?;
        let core = |what, used, letters| Some(Core { what, used, letters });
        match token.kind {
            Kind::Digits => {
                let joined = self
                    .tokens
                    .get(at + 1)
                    .is_some_and(|next| next.gap == Gap::Point && next.kind == Kind::Digits);
                return if joined { None } else { core(What::Written, 1, 0) };
            }
            Kind::Mixed if token.len() <= 8 => {
                let letters = token.of(self.text).iter().filter(|b| b.is_ascii_alphabetic()).count();
                return if token.of(self.text).is_ascii() { core(What::Written, 1, letters) } else { None };
            }
            Kind::Word if !token.elided => {}
            _ => return None,
        }
        if let Some(letter) = self.letter(at, before, near, spells) {
            return Some(letter);
        }
        let sense = self.sense(at);
        if let Some(value) = sense.number {
            // A word that is mostly another one counts among numbers only: `oh`.
            let is_weak = token.letter != 0 || value == 0 && token.len() == 2;
            if is_weak && !self.counts(self.past_filler(at + 1)) && !before.is_some_and(is_number) {
                return None;
            }
            return core(What::Number(value), 1, 0);
        }
        if sense.scale > 0 {
            return core(What::Scale(sense.scale), 1, 0);
        }
        let ahead = self.past_filler(at + 1);
        if sense.times > 0 && (self.counts(ahead) || self.strength(ahead) == 2) {
            return core(What::Times(sense.times), 1, 0);
        }
        if sense.ordinal > 0
            && matches!(before, Some(What::Number(ten)) if near && ten >= 20 && ten % 10 == 0)
        {
            return core(What::Number(u16::from(sense.ordinal)), 1, 0);
        }
        // Misheard, and only between two numbers.
        let among_words = matches!(before, Some(What::Number(_))) || self.sense(at + 1).counts();
        if let Some(value) = sense.misheard
            && near
            && among_words
            && before.is_some_and(is_number)
            && (self.counts(at + 1)
                || self.is(at + 1, Mark::Filler) && self.counts(at + 2)
                || self.ends(at + 1))
        {
            return core(What::Number(value), 1, 0);
        }
        None
    }

    /// The token itself, or the one behind it when it is a filler and nothing else.
    pub(super) fn past_filler(&self, at: usize) -> usize {
        let is_filler = self.tokens.get(at).is_some_and(|token| token.letter == 0 && token.gap != Gap::Break)
            && self.is(at, Mark::Filler);
        at + usize::from(is_filler)
    }

    /// Whether the token is a number or may begin one.
    pub(super) fn counts(&self, at: usize) -> bool {
        match self.tokens.get(at) {
            Some(token) if token.gap == Gap::Break || token.elided => false,
            Some(token) => match token.kind {
                Kind::Digits => true,
                Kind::Word => {
                    self.sense(at).counts() || self.sense(at).misheard.is_some() && self.is_sure(at + 1)
                }
                _ => false,
            },
            None => false,
        }
    }

    /// Whether the turn or its thought ends before the token.
    pub(super) fn ends(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| matches!(token.gap, Gap::Break | Gap::Stop))
    }

    fn is_sure(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Digits) || self.sense(at).counts()
    }

    /// Makes one run of two that are parted by one short word that means nothing there: a slip of the recogniser.
    fn bridge(&self, units: &mut [Unit], runs: &mut Vec<Run>) {
        let mut at = 0;
        while at + 1 < runs.len() {
            let (a, b) = (runs[at], runs[at + 1]);
            if a.units.1 == b.units.0 && self.is_slip(&a, &b, units) {
                units[b.units.0].parted = true;
                let nature = if a.nature == Nature::Letters { a.nature } else { b.nature };
                let letters = a.letters + b.letters;
                runs[at] =
                    Run { last: b.last, units: (a.units.0, b.units.1), said: true, nature, letters, ..a };
                runs.remove(at + 1);
            } else {
                at += 1;
            }
        }
    }

    /// Whether one word between two runs is a slip. The more is said around it, the stranger it may be.
    fn is_slip(&self, a: &Run, b: &Run, units: &[Unit]) -> bool {
        if b.first != a.last + 1 || a.nature == Nature::Amount || b.nature == Nature::Amount || b.plus {
            return false;
        }
        let (word, next) = (self.tokens[a.last], self.tokens[b.first]);
        let flows = |gap: Gap| !matches!(gap, Gap::Break | Gap::Apostrophe);
        let is_word = word.kind == Kind::Word
            && word.len() <= 8
            && !word.elided
            && flows(word.gap)
            && flows(next.gap)
            && !self.names_a_quantity(a.last)
            && self.sense(a.last).month == 0;
        let counts = |run: &Run| run.units.1 - run.units.0;
        let (few, many) = (counts(a).min(counts(b)), counts(a).max(counts(b)));
        let has_letters = a.letters + b.letters > 0;
        let is_common = self.is(a.last, Mark::Of) || self.is(a.last, Mark::Carrier);
        let is_long = if has_letters || is_common { few + many >= 8 } else { few + many >= 5 && many >= 3 };
        is_word
            && is_long
            && (few >= 2 || word.len() <= 4 || many >= 7)
            && b.last - a.first <= limits::SPOKEN_TOKENS
            && (self.has_words(&units[a.units.0..a.units.1]) || self.has_words(&units[b.units.0..b.units.1]))
    }

    /// Whether a number is said in words among the units.
    fn has_words(&self, units: &[Unit]) -> bool {
        units.iter().any(|unit| matches!(unit.what, What::Number(_) | What::Times(_)))
    }

    fn names_a_quantity(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Money))
            || self.is(at, Mark::Money)
            || self.is(at, Mark::Unit)
    }

    /// The run, if it is one: judged by what stands before and behind it.
    fn finish(
        &self,
        first: usize,
        last: usize,
        units: (usize, usize),
        (plus, said, letters): (bool, bool, usize),
        all: &[Unit],
    ) -> Option<Run> {
        let mut behind = last;
        while behind < last + 2 && self.is(behind, Mark::Filler) && !self.names_a_quantity(behind) {
            behind += 1;
        }
        let touches =
            |at: usize| self.tokens.get(at).is_some_and(|token| !matches!(token.gap, Gap::Break | Gap::Stop));
        let counted = touches(last) && self.names_a_quantity(behind);
        let priced = first > 0
            && !matches!(self.tokens[first].gap, Gap::Break | Gap::Stop)
            && (self.tokens[first - 1].kind == Kind::Money || self.is(first - 1, Mark::Money));
        let few = units.1 - units.0 <= 7;
        // `150 million`, `two million u.s`
        let scaled = all[units.0..units.1].windows(2).any(|pair| match pair[1].what {
            What::Scale(scale @ 3..) => pair[0].what == What::Written || scale >= 6 && letters > 0,
            _ => false,
        });
        let nature = if scaled {
            Nature::Amount
        } else if letters >= 1 {
            Nature::Letters
        } else if (counted || priced) && few {
            Nature::Amount
        } else {
            Nature::Number
        };
        Some(Run { first, last, units, nature, plus, said, letters })
    }
}

pub(super) fn is_number(what: What) -> bool {
    matches!(what, What::Number(_) | What::Scale(_) | What::Written | What::Times(_))
}

pub(super) fn is_letter(what: What) -> bool {
    matches!(what, What::Letter(_) | What::Times(_))
}
