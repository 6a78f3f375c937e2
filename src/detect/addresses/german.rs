//! Where is a street line in German?
//!
//! Name and number: `Hauptstraße 12`. The name mostly ends in the word for a street.

use super::evidence::{Evidence, Reason};
use super::lexicon::{DE, Mark};
use super::parts::{Heard, Name};
use super::streets::Core;
use super::tokens::Gap;

impl Heard<'_> {
    /// `Hauptstraße 12`, `Breite Gasse 31`, `Straße des 17. Juni 110`.
    pub(super) fn german(&self, at: usize) -> Option<Core> {
        let token = &self.tokens[at];
        if token.is(self.lexicon, DE, &[Mark::NoStreet]) {
            return None;
        }
        let is_whole = token.street_end.is_none();
        let (start, mut named, mut ties) = self.german_name(at);
        let mut name_end = at + 1;
        let mut evidence = Evidence::default();
        if is_whole && start == at {
            // `Platz der Einheit 3`.
            let tie = [&b"der"[..], b"des", b"am", b"zur", b"zum"].iter().any(|tie| self.of(at + 1) == *tie);
            let name = self.name(at + 1, DE).filter(|_| tie && token.capital)?;
            (name_end, named, ties) = (name.end, true, true);
        }
        let from = name_end + usize::from(self.is(name_end, DE, &[Mark::NumberSign]));
        let is_close = self.is_number_close(from, DE);
        let number = self.number(from, DE).filter(|number| is_close && !self.is_measured(number.end, DE));
        // `Berliner Ufer 19`: two capitals inside a sentence.
        let is_adjective = self.of(start).ends_with(b"er");
        let capitals = is_whole
            && start < at
            && start > 0
            && self.tokens[start].capital
            && token.capital
            && is_adjective;
        let name = Name { end: at, telling: 1, capitals, named, linked: false };
        let start = self.german_lead_before(start);
        if let Some(number) = number {
            evidence.add(Reason::Article, number.is_article);
            evidence.add(Reason::Counted, self.is_year(from));
            evidence.add(
                Reason::HouseNumber,
                number.is_house
                    || from > name_end
                    || ties
                    || self.gap(from) != Gap::Comma && token.street_end == Some(true),
            );
            return Some(Core { start, end: number.end, evidence, name: Some(name) });
        }
        // `vierundzwanzig hauptstraße`: said so, and announced.
        let (first, number) = self.number_before(start, DE)?;
        evidence.add(Reason::Article, number.is_article);
        let is_said =
            self.tokens[first].is_word() && self.gap(start) == Gap::Blank && self.is_personal(first);
        is_said.then_some(Core { start: first, end: at + 1, evidence, name: Some(name) })
    }

    /// `Im Wiesengrund 18`: the word before belongs to the name where a capital inside a sentence says so.
    fn german_lead_before(&self, start: usize) -> usize {
        let is_article = start > 0 && self.is(start - 1, DE, &[Mark::LeadArticle]);
        let Some(lead) = start.checked_sub(1 + usize::from(is_article)) else { return start };
        let is_lead =
            self.is(lead, DE, &[Mark::Lead]) && self.tokens[lead].capital && self.gap(start) == Gap::Blank;
        let is_inside = self.asked && lead == 0
            || lead > 0 && self.gap(lead) != Gap::Break && self.gap(lead) != Gap::Stop;
        if is_lead && is_inside { lead } else { start }
    }

    /// Where the name of a German street begins that ends at `at`, whether it is one that streets have, and
    /// whether hyphens tie it.
    pub(super) fn german_name(&self, at: usize) -> (usize, bool, bool) {
        let mut start = at;
        let (mut named, mut ties) = (false, false);
        while start > 0 && at - start < 4 {
            let token = &self.tokens[start - 1];
            let gap = self.gap(start);
            let is_hyphen = gap == Gap::Hyphen;
            let is_whole = self.tokens[at].street_end.is_none();
            let is_adjective =
                [&b"er"[..], b"e", b"en"].iter().any(|end| token.of(self.bytes).ends_with(end));
            let is_part = is_hyphen
                || gap == Gap::Blank
                    && !self.stops(start - 1, DE)
                    && !token.is(
                        self.lexicon,
                        DE,
                        &[Mark::Link, Mark::Preposition, Mark::Lead, Mark::LeadArticle],
                    )
                    && (is_whole && (start == at || token.entry.first() >= 3 && at - start < 3)
                        || token.is(self.lexicon, DE, &[Mark::Name])
                        || token.capital && is_adjective && start > 1);
            if !token.is_word() || token.is_number_word(DE) || !is_part || token.is_quiet() && !is_hyphen {
                break;
            }
            start -= 1;
            ties |= is_hyphen;
            named |= self.is_named(start, DE) || is_adjective;
        }
        (start, named || self.is_named(at, DE), ties)
    }
}
