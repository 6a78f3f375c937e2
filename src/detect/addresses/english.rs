//! Where is a street line in English?
//!
//! Number, name, word for a street: `42 Elm Grove Road`.

use super::evidence::{Evidence, Reason};
use super::lexicon::{EN, Lang, Mark};
use super::parts::{Heard, Name, Number};
use super::streets::Core;
use super::tokens::{Gap, Kind};

/// Words of a name between number and street.
const WORDS_BETWEEN: usize = 5;

impl Heard<'_> {
    /// `42 Elm Grove Road`: the word for a street stands behind.
    pub(super) fn english(&self, at: usize) -> Option<Core> {
        let is_street = |at: usize| self.is(at, EN, &[Mark::Street, Mark::StreetWeak]);
        let mut start = at;
        let mut name = Name { capitals: true, ..Name::default() };
        let has_the = at > 0 && self.of(at - 1).eq_ignore_ascii_case(b"the");
        let number = loop {
            if start == 0 || at - start > WORDS_BETWEEN {
                return None;
            }
            // A comma may stand behind the number alone.
            let gap = self.gap(start);
            let is_tied = matches!(gap, Gap::Blank | Gap::Hyphen | Gap::Apostrophe | Gap::None)
                || gap == Gap::Stop && self.tokens[start - 1].len() <= 3;
            // `thirty one a beechwood drive`.
            let letter = usize::from(start < at && start > 1 && self.of(start - 1) == b"a");
            if start < at
                && (is_tied || gap == Gap::Comma && !self.tokens[start - 1].is_word())
                && let Some(number) =
                    self.number_before(start, EN).or_else(|| self.number_before(start - letter, EN))
            {
                break number;
            }
            start -= 1;
            let token = &self.tokens[start];
            let is_ordinal = token.kind == Kind::Lettered;
            let is_the = has_the && start + 1 == at;
            if !is_tied || !(token.is_word() || is_ordinal) || self.stops_english(start) && !is_the {
                return None;
            }
            name.capitals &= token.capital || is_ordinal || token.is(self.lexicon, EN, &[Mark::Link]);
            name.named |= self.is_named(start, EN) || is_ordinal;
            name.telling += 1;
        };
        if self.is(at - 1, EN, &[Mark::NoStreet])
            || name.telling == 1 && has_the && !self.tokens[at].capital && !self.is_personal(number.0)
        {
            return None;
        }
        let mut end = at + 1;
        while end < at + 3
            && self.gap(end) == Gap::Blank
            && (is_street(end) && !self.stops(end, EN)
                || self.is(end, EN, &[Mark::Direction]) && self.is_direction(end))
        {
            end += 1;
        }
        // `county road 12`.
        let is_numbered = self.is(at - 1, EN, &[Mark::Region])
            || [&b"county"[..], b"state", b"farm"]
                .iter()
                .any(|word| self.of(at - 1).eq_ignore_ascii_case(word));
        if is_numbered
            && self.gap(end) == Gap::Blank
            && self.at(end).is_some_and(|token| token.kind == Kind::Digits && token.len() <= 4)
        {
            end += 1;
        }
        let evidence = self.english_evidence(number.0, number.1, end, name);
        Some(Core { start: number.0, end, evidence, name: Some(name) })
    }

    /// What the number of an English street line speaks for.
    fn english_evidence(&self, start: usize, number: Number, end: usize, name: Name) -> Evidence {
        let mut evidence = Evidence::default();
        evidence.add(Reason::Article, number.is_article);
        // Few things are counted in hundreds, and roads are long.
        let digits = if self.tokens[start].kind == Kind::Digits { self.tokens[start].len() } else { 0 };
        let is_year = self.is_year(start);
        let is_long = !is_year && (digits >= 3 && name.named || digits >= 4 && name.capitals);
        let is_said = self.tokens[start].is_word() && number.end >= start + 2 && name.named;
        evidence.add(Reason::HouseNumber, number.is_house || is_long || is_said);
        // `in 2019 Oxford Street was closed`.
        let is_dated = is_year
            && start > 0
            && [
                &b"in"[..],
                b"since",
                b"by",
                b"until",
                b"till",
                b"of",
                b"from",
                b"during",
                b"before",
                b"after",
            ]
            .iter()
            .any(|word| self.of(start - 1).eq_ignore_ascii_case(word));
        evidence.add(Reason::Counted, is_dated || self.counts_things(start, end, EN));
        evidence
    }

    /// Whether the word stands in no English name between number and street.
    fn stops_english(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let is_letter = token.len() == 1 && token.capital;
        let is_tie = token.gap == Gap::Apostrophe;
        !is_letter
            && !is_tie
            && !token.is(self.lexicon, EN, &[Mark::Direction])
            && (self.stops(at, EN) && !token.capital || token.is(self.lexicon, EN, &[Mark::Measure]))
    }

    /// A point of the compass behind a street: a word, or a capital letter.
    fn is_direction(&self, at: usize) -> bool {
        self.at(at).is_some_and(|token| token.len() > 2 || token.capital)
    }

    /// Whether a number counts things: `my 2 Central Park tickets`.
    pub(super) fn counts_things(&self, start: usize, end: usize, lang: Lang) -> bool {
        let is_before = |marks: &[Mark]| start > 0 && self.is(start - 1, lang, marks);
        let determines = start > 0
            && self.gap(start) == Gap::Blank
            && [
                &b"the"[..],
                b"my",
                b"your",
                b"these",
                b"those",
                b"our",
                b"their",
                b"his",
                b"her",
                b"all",
                b"another",
                b"les",
                b"mes",
                b"vos",
                b"ces",
                b"nos",
            ]
            .iter()
            .any(|word| self.of(start - 1).eq_ignore_ascii_case(word));
        let is_followed = self.at(end).is_some_and(|token| {
            token.gap == Gap::Blank
                && token.is_word()
                && !token.capital
                && token.len() > 3
                && self.tokens[end - 1].capital
                && token.of(self.bytes).ends_with(b"s")
                && !self.stops(end, lang)
                && !token.is_quiet()
        });
        determines || is_followed && lang == EN && !is_before(&[Mark::Preposition])
    }
}
