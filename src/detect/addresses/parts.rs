//! What are the parts of an address: its number, the name of its street?

use super::lexicon::{DE, EN, FR, Lang, Lexicon, Mark};
use super::tokens::{Gap, Kind, Token};

/// Most words of a number that is said, and of a street's name.
const NUMBER_WORDS: usize = 12;
const NAME_WORDS: usize = 9;
/// Words of a name that tell something: the rest ties them.
const TELLING: usize = 5;
/// The same in a text without capitals.
const TELLING_LOWER: usize = 3;

/// A stretch of text, cut, and what is known of its surroundings.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    /// For each language how many of its commonest words stand here.
    pub(super) votes: [u32; 5],
    /// Words that announce where somebody lives: start and end.
    pub(super) cues: &'a [(u32, u32)],
    /// Whether the turn before asked for an address, or the field is called so.
    pub(super) asked: bool,
    /// Whether nothing but these tokens stands in the text.
    pub(super) is_all: bool,
}

/// A house number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) end: usize,
    /// Whether it may be an article: `un`, `one`.
    pub(super) is_article: bool,
    /// Whether it has what only house numbers have: `bis`, a letter.
    pub(super) is_house: bool,
}

/// The name of a street.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name {
    pub(super) end: usize,
    pub(super) telling: usize,
    pub(super) capitals: bool,
    pub(super) named: bool,
    pub(super) linked: bool,
}

impl<'a> Heard<'a> {
    pub(super) fn at(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    pub(super) fn is(&self, at: usize, lang: Lang, marks: &[Mark]) -> bool {
        self.at(at).is_some_and(|token| token.is(self.lexicon, lang, marks))
    }

    /// The gap before a token; what is not there is behind a break.
    pub(super) fn gap(&self, at: usize) -> Gap {
        self.at(at).map_or(Gap::Break, |token| token.gap)
    }

    pub(super) fn of(&self, at: usize) -> &'a [u8] {
        self.at(at).map_or(&[], |token| token.of(self.bytes))
    }

    /// Whether the word is in no name.
    pub(super) fn stops(&self, at: usize, lang: Lang) -> bool {
        let Some(token) = self.at(at) else { return true };
        let tells =
            token.is(self.lexicon, lang, &[Mark::Link, Mark::Name]) || token.capital && token.len() > 3;
        let stops = token.is(self.lexicon, lang, &[Mark::Stop, Mark::Measure]);
        stops && !token.is(self.lexicon, lang, &[Mark::Name]) || token.is_common(lang) && !tells
    }

    /// Whether the word may be the name of a street, a town or a person.
    pub(super) fn is_named(&self, at: usize, lang: Lang) -> bool {
        let Some(token) = self.at(at).filter(|token| token.is_word() && token.len() > 2) else {
            return false;
        };
        let entry = token.entry;
        token.is(self.lexicon, lang, &[Mark::Name])
            || !entry.brand() && entry.word() <= 4 && (entry.place() > 0 || entry.is_name())
            // Few forms of Romance verbs are known.
            || entry.is_unknown() && (token.capital || matches!(lang, EN | DE))
    }

    /// Whether a word that may be a number says how many of something: it is followed by what is counted.
    pub(super) fn is_measured(&self, at: usize, lang: Lang) -> bool {
        let next = self.at(at);
        let sign = self.at(at.wrapping_sub(1)).map_or(0, |token| token.end as usize);
        let rest = self.bytes.get(sign..).unwrap_or_default();
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let is_money =
            [&b"%"[..], b"$", "€".as_bytes(), "£".as_bytes()].iter().any(|sign| rest.starts_with(sign));
        let is_fraction = next.is_some_and(|next| {
            next.kind == Kind::Digits
                && next.len() <= 2
                && next.start as usize == sign + 1
                && matches!(next.gap, Gap::Comma | Gap::Stop)
        });
        let is_time = rest.starts_with(b":") && rest.get(1).is_some_and(u8::is_ascii_digit);
        let is_counted =
            next.is_some_and(|next| next.gap == Gap::Blank && next.is(self.lexicon, lang, &[Mark::Measure]));
        is_money || is_fraction || is_time || is_counted
    }

    /// Whether the digits at `at` are a part of an amount or a decimal: `$5`, `4.5`.
    pub(super) fn is_amount(&self, at: usize) -> bool {
        let Some(token) = self.at(at) else { return true };
        let before = &self.bytes[..token.start as usize];
        let trimmed = before.strip_suffix(b" ").unwrap_or(before);
        let is_money = [&b"$"[..], "€".as_bytes(), "£".as_bytes()].iter().any(|sign| trimmed.ends_with(sign));
        let is_fraction = matches!(before, [.., b'0'..=b'9', b'.' | b',' | b':'] | [.., b'-' | b'+']);
        is_money || is_fraction
    }

    /// Whether four digits may be a year of our time.
    pub(super) fn is_year(&self, at: usize) -> bool {
        let digits = self.of(at);
        let year = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u16>().ok());
        digits.len() == 4 && year.is_some_and(|year| (1900..2040).contains(&year))
    }

    /// The house number that begins at `at`.
    pub(super) fn number(&self, at: usize, lang: Lang) -> Option<Number> {
        let token = self.at(at)?;
        let most = if lang == EN { 6 } else { 4 };
        match token.kind {
            Kind::Digits if token.len() <= most && !self.is_amount(at) => {
                Some(self.range(at + 1, false, lang))
            }
            Kind::Lettered if self.is_lettered(token) && !self.is_amount(at) => {
                Some(self.range(at + 1, true, lang))
            }
            Kind::Word if token.is_number_word(lang) => self.said(at, lang),
            _ => None,
        }
    }

    /// Whether digits with letters are a house number, and no ordinal or measure: `12a`, `9ter`.
    fn is_lettered(&self, token: &Token) -> bool {
        let word = token.of(self.bytes);
        let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
        let rest = word[digits..].to_ascii_lowercase();
        let is_letter = rest.len() == 1 && (b'a'..=b'g').contains(&rest[0]);
        (1..=5).contains(&digits) && (is_letter || rest == b"bis" || rest == b"ter" || rest == b"t")
    }

    /// What belongs to a number in digits: `12-14`, `88/2/14`, `12 bis`, `7 a`.
    fn range(&self, mut end: usize, mut is_house: bool, lang: Lang) -> Number {
        for _ in 0..3 {
            let Some(next) = self.at(end) else { break };
            let is_dash =
                next.gap == Gap::Comma && self.bytes[..next.start as usize].trim_ascii_end().ends_with(b"-");
            let is_tied = matches!(next.gap, Gap::Hyphen | Gap::Slash) || is_dash;
            let is_part = match next.kind {
                Kind::Digits => next.len() <= 5,
                Kind::Lettered | Kind::Code => next.len() <= 5,
                Kind::Word => next.gap == Gap::Slash && next.len() <= 3,
                _ => false,
            };
            if !is_tied || !is_part {
                break;
            }
            is_house |= next.gap == Gap::Slash;
            end += 1;
            // `9/Top 4`.
            if next.is_word() && self.at(end).is_some_and(|value| value.kind == Kind::Digits) {
                end += 1;
            }
        }
        self.letter(Number { end, is_article: false, is_house }, lang)
    }

    /// `bis` or a letter behind a number.
    fn letter(&self, number: Number, lang: Lang) -> Number {
        let Some(next) = self.at(number.end).filter(|next| next.is_word()) else { return number };
        let after = Number { end: number.end + 1, is_house: true, ..number };
        if matches!(next.gap, Gap::Blank | Gap::None | Gap::Comma)
            && next.is(self.lexicon, lang, &[Mark::NumberTail])
        {
            return after;
        }
        let word = next.of(self.bytes);
        // `quarantuno barra b`.
        let is_slash = [&b"barra"[..], b"sbarra", b"slash"].contains(&word) && next.gap == Gap::Blank;
        if is_slash
            && self.at(number.end + 1).is_some_and(|value| value.len() == 1 || value.is_number_word(lang))
        {
            return Number { end: number.end + 2, is_house: true, ..number };
        }
        let is_letter = word.len() == 1 && (b'a'..=b'h').contains(&word[0].to_ascii_lowercase());
        // `a`, `e`, `d` are words in most languages; a word in front of a name is none of its letters.
        let is_word = next.is_common(lang) || self.gap(number.end + 1) == Gap::Apostrophe;
        // `1100 H street`.
        let is_name =
            lang == EN && self.is(number.end + 1, EN, &[Mark::Street, Mark::StreetWeak]) && next.capital;
        if is_letter
            && !is_name
            && matches!(next.gap, Gap::Blank | Gap::Slash)
            && (!is_word || lang == EN && number.is_house)
        {
            return after;
        }
        number
    }

    /// A number in words.
    fn said(&self, at: usize, lang: Lang) -> Option<Number> {
        let mut end = at + 1;
        while end < at + NUMBER_WORDS {
            let Some(token) = self.at(end) else { break };
            let is_tied = matches!(token.gap, Gap::Blank | Gap::Hyphen);
            let joins = matches!(token.of(self.bytes), b"and" | b"et" | b"und" | b"y" | b"e");
            let goes_on = |at: usize| self.at(at).is_some_and(|next| next.is_number_word(lang));
            if is_tied && (goes_on(end) || joins && goes_on(end + 1)) {
                end += 1;
            } else {
                break;
            }
        }
        let is_article = end == at + 1 && self.is(at, lang, &[Mark::Article]);
        Some(self.letter(Number { end, is_article, is_house: false }, lang))
    }

    /// The house number that ends right before `end`, and where it begins.
    pub(super) fn number_before(&self, end: usize, lang: Lang) -> Option<(usize, Number)> {
        (end.saturating_sub(NUMBER_WORDS)..end).find_map(|start| {
            let number = self.number(start, lang).filter(|number| number.end == end)?;
            Some((start, number))
        })
    }

    /// The name of a street that begins at `at`, behind the word for the street.
    pub(super) fn name(&self, at: usize, lang: Lang) -> Option<Name> {
        let mut name = Name { end: at, ..Name::default() };
        let mut end = at;
        let mut is_lower = false;
        while end < at + NAME_WORDS {
            let Some(token) = self.at(end) else { break };
            if !self.goes_on(at, end) {
                break;
            }
            if token.kind == Kind::Digits {
                // `rue du 8 mai 1945`, `via 25 aprile`.
                let Some(after) = self.day(end, lang) else { break };
                (end, name.end, name.telling, name.named) = (after, after, name.telling + 1, true);
                continue;
            }
            if !token.is_word() {
                break;
            }
            // `place Carnot à Dijon`.
            let is_town = lang == FR
                && name.telling > 0
                && [&b"au"[..], "à".as_bytes()].contains(&token.of(self.bytes));
            if is_town {
                break;
            }
            let is_tie = token.gap == Gap::Apostrophe && token.len() == 1;
            if token.is(self.lexicon, lang, &[Mark::Link]) && !(token.capital && name.telling == 0) || is_tie
            {
                name.linked |= name.telling == 0;
                end += 1;
                continue;
            }
            // `via dei Mille`, `rue des quatre vents`.
            let is_named_so = name.telling == 0
                && name.linked
                && (token.is(self.lexicon, lang, &[Mark::Name])
                    || lang == FR
                        && self.at(end + 1).is_some_and(|next| next.is_word() && !next.is_number_word(lang)));
            let is_number = token.is_number_word(lang) && !is_named_so && !(token.capital && lang != DE);
            if is_number || self.stops(end, lang) || token.is(self.lexicon, lang, &[Mark::NumberSign]) {
                break;
            }
            if name.telling > 0 && (self.begins_unit(end, lang) || name.capitals && !token.capital) {
                break;
            }
            let most = if is_lower { TELLING_LOWER } else { TELLING };
            // In a text without capitals a name ends before an ordinary word.
            let is_ordinary = is_lower && token.entry.word() >= 5 && !self.is_named(end, lang);
            if name.telling >= most || name.telling > 0 && is_ordinary && token.gap == Gap::Blank {
                break;
            }
            if name.telling == 0 {
                name.capitals = token.capital;
                is_lower = !token.capital;
            }
            name.telling += 1;
            name.named |= self.is_named(end, lang);
            // `rue du général Leclerc`.
            name.capitals |= token.capital && name.telling == 2;
            end += 1;
            name.end = end;
        }
        (name.telling > 0).then_some(name)
    }

    /// Whether a name that began at `first` may go on with the token at `at`.
    fn goes_on(&self, first: usize, at: usize) -> bool {
        match self.gap(at) {
            Gap::None | Gap::Blank | Gap::Apostrophe | Gap::Hyphen => true,
            // `c/ Alcalá`.
            Gap::Slash => at == first,
            // `S. Francesco`, `av. Foch`.
            Gap::Stop => {
                at == first || self.at(at - 1).is_some_and(|before| before.is_word() && before.len() <= 4)
            }
            _ => false,
        }
    }

    /// Where a day that names a street ends: `8 mai 1945`.
    fn day(&self, at: usize, lang: Lang) -> Option<usize> {
        let of = usize::from(self.is(at + 1, lang, &[Mark::Link]));
        let is_month = self.is(at + 1 + of, lang, &[Mark::Month]);
        let is_day = self.at(at)?.len() <= 2;
        let is_year = self
            .at(at + 2)
            .is_some_and(|year| year.kind == Kind::Digits && year.len() == 4 && year.gap == Gap::Blank);
        (is_day && is_month).then_some(at + 2 + of + usize::from(is_year && of == 0))
    }

    /// Whether a part of a building begins at `at`: a word for it and its number or letter.
    pub(super) fn begins_unit(&self, at: usize, lang: Lang) -> bool {
        self.is(at, lang, &[Mark::UnitAlone])
            || self.is(at, lang, &[Mark::UnitBefore]) && self.is_value(at + 1, lang)
    }

    /// Whether the token is what numbers a part of a building: digits, a letter, a number word.
    pub(super) fn is_value(&self, at: usize, lang: Lang) -> bool {
        let Some(token) = self.at(at) else { return false };
        let is_near = matches!(token.gap, Gap::None | Gap::Blank | Gap::Stop);
        let is_value = match token.kind {
            Kind::Digits => token.len() <= 4,
            Kind::Lettered | Kind::Code => token.len() <= 6,
            Kind::Hash => return is_near && self.is_value(at + 1, lang),
            Kind::Word => {
                let sign = token.is(self.lexicon, lang, &[Mark::NumberSign]) && self.is_value(at + 1, lang);
                let ends = matches!(self.gap(at + 1), Gap::Break | Gap::Comma);
                let is_letter = token.len() == 1 && (token.capital || !token.is_common(lang) || ends);
                sign || is_letter
                    || token.is_number_word(lang)
                    || token.is(self.lexicon, lang, &[Mark::Side, Mark::Ordinal])
            }
            Kind::Wall => false,
        };
        is_near && is_value
    }
}
