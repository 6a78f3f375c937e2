//! What is an address although no word for a street stands in it?
//!
//! Who is asked for an address says `eleven larkspur`, and in the next turn `à villeurbanne 69100`. Who writes one
//! down puts commas between its parts and a postcode at its end. There less evidence is enough.

use super::evidence::{Evidence, Reason};
use super::lexicon::{DE, EN, ES, FR, IT, LANGUAGES, Lang, Mark};
use super::parts::Heard;
use super::streets::{Found, Line};
use super::tokens::{Gap, Kind};

/// Tokens of an answer, and of a written block.
const ANSWER: usize = 16;
const BLOCK: usize = 22;
/// Thoughts of a turn among which the answer is looked for: `oui. alors c'est le. onze larkspur`.
const THOUGHTS: usize = 3;
/// Tokens of an answer that says a street or a number and nothing else.
const STREET: usize = 5;
/// Words of a house's name behind an announcement and a number.
const HOUSE: usize = 4;

impl Heard<'_> {
    /// The parts with commas between that end at the postcode at `at` and its town, or at the town and its postcode.
    pub(super) fn block(&self, at: usize) -> Option<Found> {
        let (end, lang, is_sure) = self.block_end(at)?;
        let mut start = at;
        let (mut words, mut numbers, mut commas) = (0, 0, 0);
        while start > 0 && at - start < BLOCK {
            let gap = self.gap(start);
            let token = &self.tokens[start - 1];
            let is_tied = match gap {
                Gap::Break => false,
                Gap::Stop => token.len() <= 4,
                _ => true,
            };
            let is_tie = token.is_any(
                self.lexicon,
                &[
                    Mark::Link,
                    Mark::NumberSign,
                    Mark::UnitAlone,
                    Mark::Side,
                    Mark::UnitBefore,
                    Mark::UnitAfter,
                ],
            );
            let is_part = match token.kind {
                Kind::Word => token.capital || token.len() == 1 || is_tie || self.is_street_word(start - 1),
                Kind::Digits => token.len() <= 4,
                Kind::Lettered | Kind::Code => token.len() <= 6,
                Kind::Hash => true,
                Kind::Wall => false,
            };
            if token.is_any(self.lexicon, &[Mark::Month]) && self.is_year(at) {
                return None;
            }
            if !is_tied || !is_part {
                break;
            }
            words += usize::from(token.is_word() && token.capital && token.len() > 2);
            numbers += usize::from(token.kind != Kind::Word);
            commas += usize::from(gap == Gap::Comma);
            start -= 1;
        }
        // Small words in front belong to the sentence, and so does a capital that only begins it.
        while start < at && self.begins_sentence(start, lang) {
            words -= usize::from(self.tokens[start].capital && self.tokens[start].len() > 2 && words > 0);
            start += 1;
        }
        let is_home = self
            .cues
            .iter()
            .any(|cue| cue.1 <= self.tokens[start].start && self.tokens[start].start - cue.1 <= 24);
        let holds = commas > 0
            && words > 0
            && (numbers > 0 && is_sure || is_home || self.asked && (words > 1 || numbers > 0));
        if start >= at || !holds {
            return None;
        }
        let mut evidence = Evidence::default();
        evidence.add(Reason::Form, true);
        evidence.add(Reason::Postcode, true);
        evidence.add(Reason::Announced, is_home || self.asked);
        Some(Found { start, end, kind: Line::Block, evidence })
    }

    fn is_street_word(&self, at: usize) -> bool {
        let marks = [Mark::Street, Mark::StreetWeak, Mark::Building];
        self.tokens[at].is_any(self.lexicon, &marks)
    }

    /// Whether the token at the start of a block is a part of the sentence around.
    fn begins_sentence(&self, at: usize, lang: Lang) -> bool {
        let token = &self.tokens[at];
        let is_lead = token.is(self.lexicon, lang, &[Mark::Lead]);
        let is_small = token.is_word() && !token.capital && !self.is_street_word(at);
        is_small && !is_lead && !token.is(self.lexicon, lang, &[Mark::UnitBefore])
            || token.is_word() && (token.is_common(lang) || token.is_quiet()) && !is_lead && token.len() <= 5
    }

    /// Where a block ends whose postcode begins at `at`, its language, and whether the dictionary knows the town.
    fn block_end(&self, at: usize) -> Option<(usize, Lang, bool)> {
        let token = self.at(at)?;
        if !matches!(token.gap, Gap::Comma | Gap::Blank | Gap::Hyphen | Gap::None) {
            return None;
        }
        if token.kind == Kind::Code {
            let mut evidence = Evidence::default();
            let end = self.tail(at, EN, &mut evidence);
            return (evidence.has(Reason::Postcode) && end >= at + 2).then_some((end, EN, true));
        }
        if token.kind != Kind::Digits
            && !(token.is_word() && token.len() <= 2 && self.gap(at + 1) == Gap::Hyphen)
        {
            return None;
        }
        let votes = |lang: &Lang| self.votes[*lang];
        let order = [FR, DE, ES, IT];
        let lang = order.into_iter().rev().max_by_key(votes).unwrap_or(FR);
        let postcode = self.postcode(at, if lang == ES { FR } else { lang })?;
        let town = self.at(postcode).filter(|town| town.is_word() && town.gap == Gap::Blank)?;
        let end = self.town_words(postcode, lang)?;
        let is_place = town.entry.place() > 0 && town.entry.word() <= 5;
        let is_town = town.capital && (is_place || self.tokens[end - 1].entry.place() > 0);
        let mut evidence = Evidence::default();
        let end = self.tail(end, lang, &mut evidence).max(end);
        (is_town || self.asked || !self.cues.is_empty() && town.capital).then_some((end, lang, is_town))
    }

    /// What stands right behind an announcement: a number and the name of a house or street, a German street
    /// that has no word for one, a house or hamlet that has a name.
    pub(super) fn announced(&self, at: usize) -> Option<Found> {
        let from = self.tokens[at].start;
        let cue = self.cues.iter().rfind(|cue| cue.1 <= from && from - cue.1 <= 14)?;
        let begins = |at: usize| at == 0 || self.tokens[at - 1].start < cue.1 || self.says_little(at - 1);
        if !begins(at) || self.tokens[at].gap == Gap::Break && from > cue.1 + 3 {
            return None;
        }
        let found = self.numbered_house(at).or_else(|| self.german_lead(at));
        found.or_else(|| self.named_house(at))
    }

    /// Whether a word between an announcement and its address says next to nothing.
    fn says_little(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.is_word()
            && (token.is_quiet()
                || (0..LANGUAGES.len()).any(|lang| token.is_common(lang))
                || token.is_any(self.lexicon, &[Mark::Preposition]))
    }

    /// `11 Larkspur`, in a text with capitals.
    fn numbered_house(&self, at: usize) -> Option<Found> {
        let number = self.number(at, EN).filter(|number| self.votes[EN] > 0 && !number.is_article)?;
        let mut end = number.end;
        while end < number.end + HOUSE {
            let Some(token) = self.at(end).filter(|token| token.is_word() && token.capital) else { break };
            if token.gap != Gap::Blank || self.stops(end, EN) {
                break;
            }
            end += 1;
        }
        if end == number.end || self.is_measured(number.end, EN) || self.is(number.end, EN, &[Mark::Month]) {
            return None;
        }
        self.found(at, end, EN)
    }

    /// `am anger drei`, `Auf dem Hügel 5`, `unter den eichen 77`.
    fn german_lead(&self, at: usize) -> Option<Found> {
        if !self.is(at, DE, &[Mark::Lead]) {
            return None;
        }
        let mut name = at + 1 + usize::from(self.is(at + 1, DE, &[Mark::LeadArticle]));
        let first = name;
        while name < first + 3 {
            let token = self
                .at(name)
                .filter(|token| token.is_word() && matches!(token.gap, Gap::Blank | Gap::Hyphen))?;
            if token.is_number_word(DE)
                || token.is(self.lexicon, DE, &[Mark::Stop, Mark::Month])
                || token.is_quiet()
            {
                return None;
            }
            name += 1;
            let is_close = self.gap(name) == Gap::Blank;
            if let Some(number) = self.number(name, DE).filter(|number| is_close && !number.is_article) {
                return (!self.is_measured(number.end, DE)).then(|| self.found(at, number.end, DE)).flatten();
            }
        }
        None
    }

    /// `lieu-dit Le Petit Bois`, `Urbanización Los Olivos 56`: a word for an estate, and its name.
    fn named_house(&self, at: usize) -> Option<Found> {
        let lang = [FR, ES, IT]
            .into_iter()
            .find(|&lang| self.is(at, lang, &[Mark::Building]) && self.votes[lang] > 0)?;
        let is_place =
            self.of(at).eq_ignore_ascii_case(b"lieu") && self.of(at + 1).eq_ignore_ascii_case(b"dit");
        let name =
            self.name(at + 1 + usize::from(is_place), lang).filter(|name| name.capitals || is_place)?;
        let number = self.number(name.end, lang).filter(|number| !self.is_measured(number.end, lang));
        self.found(at, number.map_or(name.end, |number| number.end), lang)
    }

    fn found(&self, start: usize, end: usize, lang: Lang) -> Option<Found> {
        let mut evidence = Evidence::default();
        evidence.add(Reason::Announced, true);
        evidence.add(Reason::Form, true);
        let end = self.tail(end, lang, &mut evidence);
        Some(Found { start, end, kind: Line::Answer, evidence })
    }

    /// The answer to the question for an address, if it looks like one: a number and a few words, or a town and
    /// its postcode.
    pub(super) fn answer(&self) -> Option<Found> {
        let count = self.tokens.len();
        let (mut from, mut thoughts) = (0, 0);
        // What comes after other thoughts is no answer.
        while from < count && thoughts < THOUGHTS {
            thoughts += 1;
            let to = (from + 1..count).find(|&at| self.gap(at) == Gap::Break).unwrap_or(count);
            if let Some(found) = self.answer_between(from, to) {
                return Some(found);
            }
            from = to;
        }
        None
    }

    fn answer_between(&self, from: usize, to: usize) -> Option<Found> {
        let carries = |at: usize| {
            self.says_little(at)
                && !self.is_numeric(at)
                && !self.tokens[at].is(self.lexicon, DE, &[Mark::Lead])
        };
        let start = (from..to).find(|&at| !carries(at))?;
        let end = (start..to).rfind(|&at| !carries(at))? + 1;
        // `los Almendros veinte`.
        let is_tie = |at: usize| {
            let token = &self.tokens[at];
            token.is_any(self.lexicon, &[Mark::Link]) && !token.is_any(self.lexicon, &[Mark::Preposition])
        };
        let start = start - usize::from(start > from && is_tie(start - 1));
        let is_all = start == 0 || (0..start).all(carries);
        if !self.is_unit_alone(start, end)
            && !(is_all && (self.is_street_alone(start, end) || self.is_number_alone(start, end)))
            && !self.looks_like_answer(start, end)
        {
            return None;
        }
        let mut evidence = Evidence::default();
        evidence.add(Reason::Form, true);
        evidence.add(Reason::Announced, true);
        Some(Found { start, end, kind: Line::Answer, evidence })
    }

    /// Whether the token is a number in a language that the text may be of.
    fn is_numeric(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        !token.is_word() || (0..LANGUAGES.len()).any(|lang| token.is_number_word(lang) && self.may_be(lang))
    }

    /// Whether all of it is parts of a building: `interno sette scala b`, `tercero b`.
    fn is_unit_alone(&self, start: usize, end: usize) -> bool {
        let parts = [Mark::UnitBefore, Mark::UnitAfter, Mark::UnitAlone, Mark::Ordinal, Mark::Side];
        let named = |at: usize| self.tokens[at].is_any(self.lexicon, &parts);
        let valued = |at: usize| {
            let token = &self.tokens[at];
            // The letter of a door may be said by its name: `tercero be`.
            let is_letter =
                token.len() == 1 || token.len() == 2 && token.is_word() && at > start && named(at - 1);
            is_letter || self.is_numeric(at) && token.len() <= 20 && token.kind != Kind::Wall
        };
        (2..=6).contains(&(end - start))
            && (start..end).all(|at| named(at) || valued(at))
            && (start..end).any(named)
            && (start..end).any(|at| valued(at) || self.tokens[at].is_any(self.lexicon, &[Mark::Side]))
    }

    /// Whether all of it is the name of a street: `corso lodi`, `st brigid's close`, `wacholderweg`.
    fn is_street_alone(&self, start: usize, end: usize) -> bool {
        let street = [Mark::Street, Mark::StreetWeak];
        let is_street = |at: usize, lang| self.may_be(lang) && self.is(at, lang, &street);
        let is_compound = |at: usize| self.may_be(DE) && self.tokens[at].street_end == Some(true);
        let tells = |at: usize| self.tokens[at].len() > 2 && !self.says_little(at);
        let refused = |at: usize| {
            let token = &self.tokens[at];
            !token.is_word()
                || self.is_numeric(at)
                || token.is_any(self.lexicon, &[Mark::Measure, Mark::Month])
        };
        let (first, last) = (start, end - 1);
        let is_line = [FR, ES, IT]
            .into_iter()
            .any(|lang| is_street(first, lang) && !self.is(first + 1, lang, &[Mark::Stop]))
            || is_street(last, EN) && !self.is(first, EN, &[Mark::Stop]);
        end - start <= STREET
            && !(start..end).any(refused)
            && (is_compound(last)
                || end - start >= 2 && is_line && (start..end).filter(|&at| tells(at)).count() >= 2)
    }

    /// Whether all of it is the number of a house: `centotrentadue`, `siebzehn b`, `cent trois bis`.
    fn is_number_alone(&self, start: usize, end: usize) -> bool {
        let is_number = |at: usize| {
            self.is_numeric(at) && self.tokens[at].kind != Kind::Wall && self.tokens[at].len() <= 20
        };
        let hangs = |at: usize| {
            let token = &self.tokens[at];
            token.len() == 1
                || [&b"bis"[..], b"ter"].iter().any(|word| self.of(at).eq_ignore_ascii_case(word))
        };
        let is_short = |at: usize| self.tokens[at].kind != Kind::Digits || self.tokens[at].len() <= 4;
        end - start <= STREET
            && is_number(start)
            && !self.is_article(start)
            && (start..end).all(|at| (is_number(at) || hangs(at)) && is_short(at))
            && !self.is_amount(end - 1)
    }

    /// Whether an answer has a number at an end and a word that may be a name, few small words, and nothing that is
    /// counted.
    fn looks_like_answer(&self, start: usize, end: usize) -> bool {
        let inside = start..end;
        let some = |holds: &dyn Fn(usize) -> bool| inside.clone().any(holds);
        let count = |holds: &dyn Fn(usize) -> bool| inside.clone().filter(|&at| holds(at)).count();
        let token = |at: usize| &self.tokens[at];
        let numbers = count(&|at| self.is_numeric(at) && !self.is_article(at));
        let telling = count(&|at| !self.is_numeric(at) && token(at).len() > 2 && !self.says_little(at));
        let small = count(&|at| !self.is_numeric(at) && self.says_little(at));
        let is_refused = some(&|at| {
            let is_counted =
                token(at).is_any(self.lexicon, &[Mark::Measure]) && at > start && self.is_numeric(at - 1);
            let is_long = token(at).kind == Kind::Digits && token(at).len() > 5;
            let is_money = token(at).kind == Kind::Digits && self.is_amount(at);
            let most = self.votes.iter().copied().max().unwrap_or(0);
            let is_stop = (0..LANGUAGES.len())
                .any(|lang| most > 0 && self.votes[lang] == most && self.is(at, lang, &[Mark::Stop]));
            is_counted || is_long || is_money || is_stop || token(at).kind == Kind::Wall
        });
        if is_refused
            || end - start > ANSWER
            || numbers == 0
            || telling == 0
            || telling > 8
            || small > 2
            || small > telling
        {
            return false;
        }
        // The number stands at an end, or something is a part of addresses alone.
        let is_signed = |at: usize| self.is_numeric(at) && !self.is_article(at) || token(at).len() == 1;
        let marks =
            [Mark::Street, Mark::StreetWeak, Mark::Building, Mark::UnitBefore, Mark::Lead, Mark::Region];
        let is_street =
            some(&|at| (0..LANGUAGES.len()).any(|lang| self.may_be(lang) && self.is(at, lang, &marks)));
        let is_named = some(&|at| {
            let entry = token(at).entry;
            let is_rare = entry.word() <= 4 || entry.place() > 0 && token(at).capital;
            let is_usual =
                (0..LANGUAGES.len()).any(|lang| self.may_be(lang) && self.is(at, lang, &[Mark::Name]));
            !self.is_numeric(at) && token(at).len() > 2 && (is_rare || is_usual)
        });
        let is_code = some(&|at| {
            token(at).kind == Kind::Code || token(at).kind == Kind::Digits && matches!(token(at).len(), 4 | 5)
        });
        let stands = is_signed(start) || is_signed(end - 1);
        is_named && (stands || is_code) || is_street && stands
    }

    /// Whether the number may be an article: `one`, `un`.
    fn is_article(&self, at: usize) -> bool {
        self.tokens[at].is_any(self.lexicon, &[Mark::Article])
    }

    /// Whether the text may be of that language.
    fn may_be(&self, lang: Lang) -> bool {
        let most = self.votes.iter().copied().max().unwrap_or(0);
        self.votes[lang] * 2 >= most
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::{ES, LANGUAGES};

    #[test]
    fn languages_stand_in_the_order_of_speech() {
        assert_eq!(LANGUAGES, crate::view::spoken::lexicon::LANGUAGES);
        assert_eq!(LANGUAGES[ES], "es");
    }
}
