//! What belongs to an address beside its street: flat and floor, postcode and town?

use super::evidence::{Evidence, Reason};
use super::lexicon::{DE, EN, ES, FR, IT, Lang, Mark};
use super::parts::Heard;
use super::tokens::{Gap, Kind};

/// Parts behind a street: units, postcode, town, region.
const PARTS: usize = 8;
/// Words of a town's name.
const TOWN_WORDS: usize = 5;
/// Tokens behind a street within which a postcode is looked for.
const POSTCODE_WITHIN: usize = 9;

impl Heard<'_> {
    /// Where what belongs to the street that ends at `end` ends itself.
    pub(super) fn tail(&self, mut end: usize, lang: Lang, evidence: &mut Evidence) -> usize {
        for _ in 0..PARTS {
            let next = self
                .unit(end, lang)
                .inspect(|_| evidence.add(Reason::Unit, true))
                .or_else(|| {
                    self.postcode_and_town(end, lang).inspect(|_| evidence.add(Reason::Postcode, true))
                })
                .or_else(|| {
                    self.town_and_postcode(end, lang).inspect(|_| evidence.add(Reason::Postcode, true))
                })
                .or_else(|| self.said_postcode(end, lang).inspect(|_| evidence.add(Reason::Postcode, true)))
                .or_else(|| self.town(end, lang).inspect(|_| evidence.add(Reason::Town, true)));
            match next {
                Some(next) if next > end => end = next,
                _ => break,
            }
        }
        end
    }

    /// Whether a part may stand behind another one with that gap.
    fn is_beside(&self, at: usize) -> bool {
        matches!(self.gap(at), Gap::None | Gap::Blank | Gap::Comma | Gap::Stop | Gap::Slash)
    }

    /// A part of a building: `apt 4B`, `3e étage`, `Hinterhaus`, `2º izquierda`, `#12`.
    pub(super) fn unit(&self, at: usize, lang: Lang) -> Option<usize> {
        if !self.is_beside(at) {
            return None;
        }
        let token = self.at(at)?;
        let marked = |at: usize, marks: &[Mark]| self.is(at, lang, marks);
        if token.kind == Kind::Hash {
            let tied = usize::from(self.gap(at + 2) == Gap::Hyphen);
            return self.at(at + 1).filter(|value| value.kind != Kind::Wall).map(|_| at + 2 + tied);
        }
        let is_near = |at: usize| matches!(self.gap(at), Gap::None | Gap::Blank | Gap::Stop);
        if lang == ES
            && let Some(end) = self.floor_and_door(at)
        {
            return Some(end);
        }
        if marked(at, &[Mark::UnitBefore]) && self.is_value(at + 1, lang) {
            return Some(self.side(self.value_end(at + 1, lang), lang));
        }
        // `3e étage`, `3. OG links`, `2nd floor`, `tercero b`.
        let is_ordinal = token.kind == Kind::Lettered || marked(at, &[Mark::Ordinal]) && lang != DE;
        let is_number = token.kind == Kind::Digits && token.len() <= 2 || marked(at, &[Mark::Ordinal]);
        if (is_ordinal || is_number) && is_near(at + 1) && marked(at + 1, &[Mark::UnitAfter]) {
            return Some(self.side(at + 2, lang));
        }
        if is_ordinal && lang == ES && token.len() <= 4 | 12 {
            let is_sided = is_near(at + 1)
                && (marked(at + 1, &[Mark::Side])
                    || self.at(at + 1).is_some_and(|next| next.is_word() && next.len() == 1));
            if is_sided {
                return Some(at + 2);
            }
            let is_sign = token.kind == Kind::Lettered;
            return is_sign.then_some(at + 1);
        }
        if is_ordinal && lang == FR && is_near(at + 1) && marked(at + 1, &[Mark::Side]) {
            return Some(at + 2);
        }
        marked(at, &[Mark::UnitAlone]).then(|| self.side(at + 1, lang))
    }

    /// `23, 1 C`, `16, 2, 1`, `26, 7E`, `24, 3, izq`: floor and door behind a Spanish number.
    fn floor_and_door(&self, at: usize) -> Option<usize> {
        let floor = self.at(at).filter(|_| at > 0 && self.gap(at) == Gap::Comma)?;
        if floor.kind == Kind::Lettered && floor.len() <= 3 && !self.tokens[at - 1].is_word() {
            return Some(at + 1);
        }
        let is_floor = floor.kind == Kind::Digits && floor.len() <= 2 && !self.tokens[at - 1].is_word();
        let door =
            self.at(at + 1).filter(|_| is_floor && matches!(self.gap(at + 1), Gap::Blank | Gap::Comma))?;
        let is_letter = door.is_word() && door.len() == 1 && (door.capital || !door.is_common(ES));
        let is_digit = door.kind == Kind::Digits && door.len() <= 2 && door.gap == Gap::Comma;
        let is_side = door.is(self.lexicon, ES, &[Mark::Side]);
        (is_letter || is_digit || is_side).then_some(at + 2)
    }

    /// Where the value of a part of a building ends.
    fn value_end(&self, at: usize, lang: Lang) -> usize {
        let mut end = at + 1;
        if self.at(at).is_some_and(|token| token.kind == Kind::Hash) || self.is(at, lang, &[Mark::NumberSign])
        {
            end += 1;
        }
        if let Some(number) = self.number(end - 1, lang).filter(|number| !number.is_article) {
            end = end.max(number.end);
        }
        // `4-B`, `2 C` in capitals.
        let is_letter = |at: usize| self.at(at).is_some_and(|token| token.is_word() && token.len() == 1);
        if matches!(self.gap(end), Gap::Hyphen | Gap::Slash | Gap::Blank)
            && is_letter(end)
            && (self.at(end).is_some_and(|token| token.capital || !token.is_common(lang)))
        {
            end += 1;
        }
        end
    }

    /// `links`, `izquierda` behind a floor.
    fn side(&self, at: usize, lang: Lang) -> usize {
        let is_primera = lang == ES && self.is(at, lang, &[Mark::Ordinal]);
        let is_side = (is_primera || self.is(at, lang, &[Mark::Side]))
            && matches!(self.gap(at), Gap::Blank | Gap::Comma);
        let is_letter = lang == ES
            && self.gap(at) == Gap::Blank
            && self.at(at).is_some_and(|token| token.is_word() && token.len() == 1 && !token.is_common(lang));
        at + usize::from(is_side || is_letter)
    }

    /// Where the postcode of digits that begins at `at` ends.
    pub(super) fn postcode(&self, at: usize, lang: Lang) -> Option<usize> {
        let token = self.at(at)?;
        let digits = |at: usize, counts: &[usize]| {
            self.at(at).is_some_and(|token| token.kind == Kind::Digits && counts.contains(&token.len()))
        };
        // `CH-3011`, `D 10115`.
        let is_country = token.is_word() && token.len() <= 2 && token.capital;
        if is_country && matches!(self.gap(at + 1), Gap::Hyphen) && digits(at + 1, &[4, 5]) {
            return Some(at + 2);
        }
        match lang {
            EN => digits(at, &[5])
                .then(|| at + 1 + usize::from(self.gap(at + 1) == Gap::Hyphen && digits(at + 1, &[4]))),
            ES => digits(at, &[5]).then_some(at + 1),
            _ => digits(at, &[4, 5]).then_some(at + 1),
        }
        .filter(|&end| !self.is_measured(end, lang))
    }

    /// Where a British, Irish or Canadian postcode that begins at `at` ends: `BS6 6AB`, `M5V 3X1`.
    fn lettered_postcode(&self, at: usize) -> Option<usize> {
        let (first, second) = (self.at(at)?, self.at(at + 1)?);
        let is_outward = first.kind == Kind::Code && first.len() <= 4;
        let is_inward = second.kind == Kind::Lettered && second.len() == 3;
        (is_outward && is_inward && second.gap == Gap::Blank).then_some(at + 2)
    }

    /// `75002 Paris Cedex 2`, `in 70565 stuttgart`.
    fn postcode_and_town(&self, at: usize, lang: Lang) -> Option<usize> {
        let before = usize::from(self.is(at, lang, &[Mark::Preposition]) && self.gap(at) == Gap::Blank);
        if !self.is_beside(at) {
            return None;
        }
        if let Some(end) = self.lettered_postcode(at + before) {
            return Some(end);
        }
        let end = self.postcode(at + before, lang)?;
        let is_long = self.at(end - 1)?.len() == 5;
        match self.town_words(end, lang) {
            Some(town) => Some(self.behind_town(town, lang)),
            // Five digits behind a street are its postcode.
            None => (is_long && before == 0).then_some(end),
        }
    }

    /// `trente-huit mille cent grenoble`: a postcode in words and its town.
    fn said_postcode(&self, at: usize, lang: Lang) -> Option<usize> {
        let is_said = self.at(at).is_some_and(|token| token.is_word() && token.is_number_word(lang));
        let number = self.number(at, lang).filter(|number| is_said && number.end >= at + 2)?;
        let town = self.at(number.end)?;
        let is_town = town.gap == Gap::Blank && town.is_word() && town.entry.place() > 0;
        if is_town && self.gap(at) == Gap::Blank { self.town_words(number.end, lang) } else { None }
    }

    /// The words of a town that begin at `at`.
    pub(super) fn town_words(&self, at: usize, lang: Lang) -> Option<usize> {
        let first = self.at(at).filter(|token| token.is_word() && token.len() > 1)?;
        if !matches!(first.gap, Gap::None | Gap::Blank | Gap::Comma) || self.stops(at, lang) && !first.capital
        {
            return None;
        }
        let mut end = at + 1;
        let mut last = end;
        while end < at + TOWN_WORDS {
            let Some(token) = self.at(end).filter(|token| token.is_word()) else { break };
            let ties = token.is(self.lexicon, lang, &[Mark::Link, Mark::LeadArticle])
                || matches!(
                    token.of(self.bytes),
                    b"am" | b"im" | b"ob" | b"upon" | b"lez" | b"sous" | b"sur"
                );
            match token.gap {
                Gap::Hyphen | Gap::Apostrophe => {}
                Gap::Stop if self.tokens[end - 1].len() <= 3 => {}
                Gap::Blank if ties => {
                    end += 1;
                    continue;
                }
                Gap::Blank if first.capital && token.capital && !self.stops(end, lang) => {}
                // `la courneuve`, `san sebastián`, behind a small word.
                Gap::Blank if end > last || last == at + 1 && self.is(at, lang, &[Mark::Link]) => {
                    if self.stops(end, lang) || first.capital && !token.capital {
                        break;
                    }
                }
                _ => break,
            }
            end += 1;
            last = end;
        }
        Some(last)
    }

    /// What stands behind a town: `Cedex 2`, `(NA)`, `SP`, a state.
    fn behind_town(&self, mut at: usize, lang: Lang) -> usize {
        for _ in 0..3 {
            let Some(token) = self.at(at) else { break };
            let is_beside = matches!(token.gap, Gap::Blank | Gap::Comma);
            let is_region =
                token.is(self.lexicon, lang, &[Mark::Region]) && (token.capital || token.len() > 2);
            let is_province = lang == IT
                && token.is_word()
                && token.len() == 2
                && token.of(self.bytes).iter().all(u8::is_ascii_uppercase);
            let is_district = token.kind == Kind::Digits
                && token.len() <= 2
                && token.gap == Gap::Blank
                && self.of(at - 1).eq_ignore_ascii_case(b"cedex");
            if self.is_county(at)
                || !is_beside
                || !token.is_word() && !is_district
                || !(is_region || is_province || is_district)
            {
                break;
            }
            at += 1;
        }
        at
    }

    /// `Bristol BS6 6AB`, `Springfield, IL 62704`, `Montréal (Québec) H3G 1H7`: words up to a postcode.
    fn town_and_postcode(&self, at: usize, lang: Lang) -> Option<usize> {
        if !matches!(lang, EN | FR) || !self.is_beside(at) {
            return None;
        }
        for end in at..at + POSTCODE_WITHIN {
            let token = self.at(end)?;
            if end > at {
                let is_zip = lang == EN && self.is(end - 1, EN, &[Mark::Region]);
                let found = self.lettered_postcode(end).or_else(|| self.postcode(end, EN).filter(|_| is_zip));
                if found.is_some() && matches!(token.gap, Gap::Blank | Gap::Comma) {
                    return found;
                }
            }
            let goes_on = end == at || !matches!(token.gap, Gap::Break | Gap::Slash);
            let is_part =
                token.is_word() && (!self.stops(end, lang) || token.is(self.lexicon, lang, &[Mark::Region]));
            if !goes_on || !is_part {
                return None;
            }
        }
        None
    }

    /// A town that the dictionary knows, right behind: `Leeds`, `Co. Kerry`, `Dublin 14`.
    fn town(&self, at: usize, lang: Lang) -> Option<usize> {
        let token = self.at(at).filter(|token| token.is_word())?;
        let is_beside = matches!(token.gap, Gap::Blank | Gap::Comma);
        if !is_beside
            || token.len() < 3 && !self.is_county(at) && !self.is_state(at, lang)
            || self.is(at, lang, &[Mark::Link]) && !token.capital
        {
            return None;
        }
        if self.is_county(at) {
            return Some(at + 2);
        }
        if self.is_state(at, lang) {
            return Some(at + 1);
        }
        let place = token.entry.place();
        // Behind a comma a capital is enough for a small place; without one it must be known as a place alone.
        let is_sure = if token.capital {
            place > 0 && token.entry.word() <= 5
        } else {
            place >= 2 && token.entry.word() <= 4
        };
        // A postcode that is said has run into the number.
        let is_behind_postcode =
            place > 0 && at >= 4 && (at - 4..at).all(|at| self.tokens[at].is_number_word(lang));
        if !is_sure && !is_behind_postcode || self.stops(at, lang) {
            return None;
        }
        let end = self.behind_town(self.town_words(at, lang)?, lang);
        let is_dublin = token.of(self.bytes).eq_ignore_ascii_case(b"dublin");
        let has_district =
            is_dublin && self.at(end).is_some_and(|next| next.kind == Kind::Digits && next.len() <= 2);
        Some(end + usize::from(has_district))
    }

    /// `Co. Kerry`.
    fn is_county(&self, at: usize) -> bool {
        let is_word = [&b"co"[..], b"county"].iter().any(|word| self.of(at).eq_ignore_ascii_case(word));
        is_word && self.at(at + 1).is_some_and(|next| next.is_word() && next.capital)
    }

    /// A state or country behind a town.
    fn is_state(&self, at: usize, lang: Lang) -> bool {
        let is_upper = self.of(at).iter().all(u8::is_ascii_uppercase);
        self.is(at, lang, &[Mark::Region]) && (is_upper || self.at(at).is_some_and(|token| token.len() > 3))
    }

    /// Where what stands before the street that begins at `start` begins: `Flat 12, Beech House,`, `flat two`.
    pub(super) fn head(&self, mut start: usize, lang: Lang, evidence: &mut Evidence) -> usize {
        for _ in 0..4 {
            let Some(before) = self.unit_before(start, lang).or_else(|| self.building_before(start, lang))
            else {
                break;
            };
            evidence.add(Reason::Unit, true);
            start = before;
        }
        start
    }

    /// The part of a building that ends right before `end`.
    fn unit_before(&self, end: usize, lang: Lang) -> Option<usize> {
        if !matches!(self.gap(end), Gap::Blank | Gap::Comma | Gap::Hyphen) {
            return None;
        }
        (end.saturating_sub(5)..end)
            .find(|&start| {
                let is_unit = self.is(start, lang, &[Mark::UnitBefore]) && self.is_value(start + 1, lang);
                is_unit && (self.value_end(start + 1, lang) == end || start + 2 == end)
            })
            // `flat two fourteen albert street`: the number took the flat's.
            .or_else(|| {
                let before = end.checked_sub(1)?;
                let is_number = self.number(end, lang).is_some() && self.gap(end) == Gap::Blank;
                (is_number && self.is(before, lang, &[Mark::UnitBefore])).then_some(before)
            })
    }

    /// The building with a name that ends right before `end`, a comma behind it: `Résidence Les Tilleuls,`.
    fn building_before(&self, end: usize, lang: Lang) -> Option<usize> {
        if self.gap(end) != Gap::Comma {
            return None;
        }
        let mut start = end;
        let mut is_building = false;
        while start > 0 && end - start < 6 {
            let token = self.at(start - 1).filter(|token| token.is_word())?;
            let is_part = token.capital || token.is(self.lexicon, lang, &[Mark::Link]) && start < end;
            if !is_part || self.stops(start - 1, lang) && !token.capital {
                break;
            }
            start -= 1;
            is_building |= token.is(self.lexicon, lang, &[Mark::Building]);
            if !matches!(token.gap, Gap::Blank | Gap::Hyphen | Gap::Apostrophe | Gap::Stop) {
                break;
            }
        }
        let is_alone = start + 1 == end;
        (is_building && !is_alone).then_some(start)
    }
}
