//! Where is a street line?
//!
//! Each language has its order: `12 rue de la Paix`, `12 Oak Street`, `Hauptstraße 12`, `calle Mayor 12`. A word
//! for a street is the place to look from; its number stands beside it, its name between or behind.

use super::evidence::{ENOUGH, Evidence, Reason};
use super::lexicon::{DE, EN, ES, FR, IT, LANGUAGES, Lang, Mark};
use super::parts::{Heard, Name};
use super::tokens::{Gap, Kind, Token};

/// Bytes behind an announcement within which it counts.
const ANNOUNCED_WITHIN: u32 = 90;
/// Common words of another language from which a text is of that one.
const OTHER_VOTES: u32 = 2;

/// An address among tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Line,
    pub(super) evidence: Evidence,
}

/// What kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A street line of a language.
    Street(Lang),
    /// A post box.
    PostBox,
    /// Parts with commas between, up to a postcode and its town.
    Block,
    /// What was asked for, or announced.
    Answer,
}

/// A street with its number.
#[derive(Clone, Copy)]
pub(super) struct Core {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) evidence: Evidence,
    pub(super) name: Option<Name>,
}

impl Heard<'_> {
    /// The surest street line around the word for a street at `at`.
    pub(super) fn street(&self, at: usize) -> Option<Found> {
        let token = self.at(at)?;
        let mut best: Option<Found> = None;
        for lang in 0..LANGUAGES.len() {
            let is_rest = self.gap(at) == Gap::Stop
                && token.is(self.lexicon, lang, &[Mark::StreetRest])
                && self.tokens[at - 1].len() == 1;
            let is_street = is_rest
                || token.is(self.lexicon, lang, &[Mark::Street, Mark::StreetWeak])
                || lang == DE && token.street_end.is_some();
            if !is_street {
                continue;
            }
            let core = match lang {
                EN => self.english(at),
                FR => self.french(at).or_else(|| self.name_and_number(at, FR)),
                DE => self.german(at),
                ES | IT => self.name_and_number(at, lang),
                _ => None,
            };
            let Some(core) = core.or_else(|| self.without_number(at, lang)) else { continue };
            let found = self.weighed(at, lang, core);
            let rank = |found: &Found| (found.evidence.points(), found.end - found.start);
            if best.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
                best = Some(found);
            }
        }
        best
    }

    /// A street line with what stands beside it, and what speaks for it.
    fn weighed(&self, at: usize, lang: Lang, core: Core) -> Found {
        let Core { start, end, mut evidence, name } = core;
        let token = &self.tokens[at];
        let is_sure = token.is(self.lexicon, lang, &[Mark::Street, Mark::StreetRest])
            || token.street_end == Some(true) && lang == DE;
        evidence.add(Reason::Street, is_sure);
        if let Some(name) = name {
            evidence.add(Reason::Capitals, name.capitals);
            evidence.add(Reason::Named, name.named);
            evidence.add(Reason::Linked, name.linked && matches!(lang, FR | ES | IT));
        }
        let end = self.tail(end, lang, &mut evidence);
        let start = self.head(start, lang, &mut evidence);
        self.around(start, end, lang, &mut evidence);
        Found { start, end, kind: Line::Street(lang), evidence }
    }

    /// What the words around speak for.
    pub(super) fn around(&self, start: usize, end: usize, lang: Lang, evidence: &mut Evidence) {
        let from = self.tokens[start].start;
        let is_announced = self.cues.iter().any(|cue| cue.1 <= from && from - cue.1 <= ANNOUNCED_WITHIN);
        evidence.add(Reason::Announced, self.asked || is_announced);
        let is_before = |at: usize| self.is(at, lang, &[Mark::Preposition]) && self.gap(at + 1) != Gap::Break;
        evidence.add(Reason::Preposition, start > 0 && is_before(start - 1));
        // The words of the address itself tell no language: `tres` may be French.
        let inside =
            |lang: Lang| self.tokens[start..end].iter().filter(|token| token.votes_for(lang)).count() as u32;
        let votes = |lang: Lang| self.votes[lang] - inside(lang);
        let own = self.votes[lang];
        let other = (0..LANGUAGES.len()).filter(|&other| other != lang).map(votes).max().unwrap_or(0);
        evidence.add(Reason::Language, own > 0 && own >= other);
        evidence.add(Reason::OtherLanguage, other >= OTHER_VOTES && other > own + own / 2);
        let says_little = |at: usize| {
            let token = &self.tokens[at];
            let is_small = token.is(self.lexicon, lang, &[Mark::Preposition, Mark::Link]);
            let is_tied = token.len() == 1 && token.gap == Gap::Apostrophe;
            token.is_quiet() || token.is_common(lang) || is_small || is_tied || token.entry.place() >= 2
        };
        // `place Carnot à Dijon`.
        let is_town =
            |at: usize| self.at(at).is_some_and(|token| token.entry.place() >= 2 && token.gap == Gap::Blank);
        let in_town =
            self.is(end, lang, &[Mark::Preposition]) && self.gap(end) == Gap::Blank && is_town(end + 1);
        evidence.add(Reason::Town, in_town);
        let rest = (0..start).chain(end..self.tokens.len());
        let is_alone = self.is_all && rest.clone().count() <= 8 && rest.clone().all(says_little);
        evidence.add(Reason::Alone, is_alone);
    }

    /// Whether a word right before announces where somebody lives.
    pub(super) fn is_personal(&self, at: usize) -> bool {
        let from = self.at(at).map_or(0, |token| token.start);
        self.asked || self.cues.iter().any(|cue| cue.1 <= from && from - cue.1 <= ANNOUNCED_WITHIN / 2)
    }

    /// `12 bis rue de la Paix`: the number stands right before the word for a street.
    fn french(&self, at: usize) -> Option<Core> {
        if !matches!(self.gap(at), Gap::Blank | Gap::Comma | Gap::None) {
            return None;
        }
        let (start, number) = self.number_before(at, FR)?;
        let name = self.name(at + 1, FR)?;
        if self.is(at + 1, FR, &[Mark::NoStreet]) {
            return None;
        }
        let mut evidence = Evidence::default();
        evidence.add(Reason::Article, number.is_article);
        evidence.add(Reason::HouseNumber, number.is_house);
        evidence.add(Reason::Counted, self.counts_things(start, name.end, FR));
        Some(Core { start, end: name.end, evidence, name: Some(name) })
    }

    /// `calle Mayor, nº 15`, `Via Roma 12`, `Rue des Bouchers 18`.
    fn name_and_number(&self, at: usize, lang: Lang) -> Option<Core> {
        let gran = lang == ES
            && at > 0
            && self.of(at - 1).eq_ignore_ascii_case(b"gran")
            && self.gap(at) == Gap::Blank;
        let is_rest = self.is(at, lang, &[Mark::StreetRest]);
        let start = at - usize::from(gran || is_rest);
        let name = match self.name(at + 1, lang) {
            Some(name) => name,
            None if gran => Name {
                end: at + 1,
                telling: 1,
                capitals: self.tokens[start].capital,
                named: true,
                linked: false,
            },
            None => return None,
        };
        if self.is(at + 1, lang, &[Mark::NoStreet]) {
            return None;
        }
        let mut from = name.end;
        let mut signed = false;
        if self.is(from, lang, &[Mark::NumberSign])
            && !self.at(from)?.is_number_word(lang)
            && self.gap(from) <= Gap::Comma
        {
            (from, signed) = (from + 1, true);
        }
        let is_close = self.is_number_close(from, lang);
        let mut evidence = Evidence::default();
        let end = match self.number(from, lang) {
            Some(number) if is_close && !self.is_measured(number.end, lang) => {
                evidence.add(Reason::Article, number.is_article && !signed);
                evidence.add(Reason::Counted, !signed && self.is_year(from));
                evidence.add(Reason::HouseNumber, number.is_house || signed);
                number.end
            }
            Some(_) => return None,
            None => {
                let end = self.no_number(from)?;
                evidence.add(Reason::HouseNumber, true);
                end
            }
        };
        // In French the number stands behind in Belgium and Switzerland: a name has capitals there, or is announced.
        let is_usual = lang != FR || name.capitals || signed || self.is_personal(start);
        is_usual.then_some(Core { start, end, evidence, name: Some(name) })
    }

    /// Whether a number at `at` stands close enough to the street before it.
    pub(super) fn is_number_close(&self, at: usize, lang: Lang) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|before| self.at(before)) else { return false };
        match self.gap(at) {
            Gap::None | Gap::Blank => true,
            Gap::Stop => {
                let is_tied = self.at(at).is_some_and(|token| token.start == before.end + 1);
                is_tied || before.len() <= 3 || before.of(self.bytes).to_ascii_lowercase().ends_with(b"str")
            }
            // Behind a comma other things are counted: `in der Hauptstraße, 3 Autos`.
            Gap::Comma => {
                let Some(number) = self.number(at, lang) else { return true };
                let is_counted = self.gap(number.end) == Gap::Blank
                    && self.at(number.end).is_some_and(Token::is_word)
                    && !self.stops(number.end, lang);
                !is_counted || self.tail(number.end, lang, &mut Evidence::default()) > number.end
            }
            _ => false,
        }
    }

    /// `s/n`, `snc`: a house without number.
    fn no_number(&self, at: usize) -> Option<usize> {
        if self.of(at).eq_ignore_ascii_case(b"snc") {
            return Some(at + 1);
        }
        let is_sign = self.of(at).eq_ignore_ascii_case(b"s") && self.of(at + 1).eq_ignore_ascii_case(b"n");
        (is_sign && self.gap(at + 1) == Gap::Slash).then_some(at + 2)
    }

    /// A street where somebody is said to live, without its number: `I live in Church Lane`.
    fn without_number(&self, at: usize, lang: Lang) -> Option<Core> {
        let mut evidence = Evidence::default();
        let (start, end, name) = match lang {
            EN => {
                let mut start = at;
                while start > 0
                    && at - start < 3
                    && self.gap(start) == Gap::Blank
                    && self.tokens[start - 1].capital
                    && !self.stops(start - 1, EN)
                {
                    start -= 1;
                }
                let name = Name {
                    end: at,
                    telling: at - start,
                    capitals: self.tokens[at].capital,
                    named: true,
                    linked: false,
                };
                (start, at + 1, (start < at && self.tokens[at].capital).then_some(name)?)
            }
            DE => {
                let (start, named, _) = self.german_name(at);
                let token = &self.tokens[at];
                let is_name = token.street_end == Some(true) || start < at && token.capital;
                let is_none = token.is(self.lexicon, DE, &[Mark::NoStreet]) || !is_name;
                (
                    start,
                    at + 1,
                    Name { end: at, telling: 1, capitals: false, named: named && !is_none, linked: false },
                )
            }
            _ => {
                let name = self.name(at + 1, lang)?;
                (at, name.end, name)
            }
        };
        let is_named = name.named || name.capitals;
        let own = self.votes[lang];
        if self.votes.iter().any(|&other| other > own) {
            return None;
        }
        if !is_named || !self.is_home(start, lang) {
            return None;
        }
        evidence.add(Reason::Form, true);
        Some(Core { start, end, evidence, name: Some(name) })
    }

    /// Whether an announcement stands before `start` with next to nothing between.
    fn is_home(&self, start: usize, lang: Lang) -> bool {
        let mut at = start;
        for _ in 0..4 {
            let from = self.tokens[at].start;
            if self.cues.iter().any(|cue| cue.1 <= from && from - cue.1 <= 3) {
                let cue = self.cues.iter().rfind(|cue| cue.1 <= from);
                return self.lives(cue) && cue.is_some_and(|cue| self.is_tied(cue, self.tokens[start].start));
            }
            let is_small = |at: usize| {
                self.is(at, lang, &[Mark::Preposition, Mark::Link, Mark::LeadArticle])
                    || self.tokens[at].is_common(lang)
            };
            if at == 0 || !is_small(at - 1) || self.gap(at) == Gap::Break {
                return false;
            }
            at -= 1;
        }
        false
    }

    /// Whether the announcement says that somebody lives there, and not that something is sent.
    fn lives(&self, cue: Option<&(u32, u32)>) -> bool {
        let Some(cue) = cue else { return false };
        let said = String::from_utf8_lossy(&self.bytes[cue.0 as usize..cue.1 as usize]).to_lowercase();
        [
            "liv",
            "resid",
            "habit",
            "wohn",
            "viv",
            "abit",
            "adress",
            "address",
            "domicil",
            "anschrift",
            "direcc",
            "indirizz",
            "risied",
            "sto in",
        ]
        .iter()
        .any(|part| said.contains(part))
    }

    /// Whether an announcement that is a noun is tied to what follows: `address is`, `Adresse:`.
    fn is_tied(&self, cue: &(u32, u32), from: u32) -> bool {
        let said = String::from_utf8_lossy(&self.bytes[cue.0 as usize..cue.1 as usize]).to_lowercase();
        let is_noun = ["adress", "address", "domicil", "anschrift", "direcc", "indirizz", "residen"]
            .iter()
            .any(|part| said.contains(part));
        let between = &self.bytes[cue.1 as usize..from as usize];
        let ties = [
            &b":"[..],
            b" is ",
            b" was ",
            b" est ",
            b" ist ",
            b" lautet ",
            b" es ",
            b" era ",
            " è ".as_bytes(),
        ];
        !is_noun || ties.iter().any(|tie| between.windows(tie.len()).any(|part| part == *tie))
    }

    /// A post box: `PO Box 55`, `Postfach 10 12 44`, `boîte postale deux cent douze`.
    pub(super) fn post_box(&self, at: usize) -> Option<Found> {
        for kind in &self.lexicon.boxes {
            let is_here = kind.words.iter().enumerate().all(|(step, &word)| {
                self.at(at + step).is_some_and(|token| {
                    token.hash == word
                        && (step == 0 || matches!(token.gap, Gap::Blank | Gap::Stop | Gap::Hyphen))
                })
            });
            if !is_here {
                continue;
            }
            let mut from = at + kind.words.len();
            if self.is(from, kind.lang, &[Mark::NumberSign]) {
                from += 1;
            }
            let is_close = matches!(self.gap(from), Gap::None | Gap::Blank | Gap::Stop | Gap::Comma);
            let is_long = self
                .at(from)
                .is_some_and(|token| matches!(token.kind, Kind::Digits | Kind::Lettered) && token.len() <= 7);
            let number =
                self.number(from, kind.lang).filter(|number| !number.is_article).map(|number| number.end);
            let Some(mut end) = number.or(is_long.then_some(from + 1)).filter(|_| is_close) else { continue };
            // `10 12 44`.
            while self.gap(end) == Gap::Blank
                && self.at(end).is_some_and(|token| token.kind == Kind::Digits && token.len() <= 3)
                && end < from + 4
            {
                end += 1;
            }
            if self.is_measured(end, kind.lang) {
                continue;
            }
            let mut evidence = Evidence::default();
            evidence.add(if kind.is_sure { Reason::Form } else { Reason::Named }, true);
            let end = self.tail(end, kind.lang, &mut evidence);
            self.around(at, end, kind.lang, &mut evidence);
            if evidence.points() >= ENOUGH {
                return Some(Found { start: at, end, kind: Line::PostBox, evidence });
            }
        }
        None
    }
}
