//! Where does somebody live?
//!
//! A street line has no form of its own: a number, a word for a street, a name, in the order of the country. Words
//! for streets are the places to look from, in German the ends of words before a number, and words that announce an
//! address or ask for one. Around them the text is cut into tokens; what looks like an address is weighed by its
//! words, by what stands beside it, and by the language of the words around ([`evidence`]).
//!
//! It must cost nothing elsewhere: a word for a street without a number near by, which is nearly all of them,
//! opens nothing. Each attempt looks at a few tokens, so time is linear in the text.

mod answers;
mod english;
mod evidence;
mod german;
mod lexicon;
mod parts;
mod streets;
mod tail;
mod tokens;

pub(super) use lexicon::digest;

use evidence::{ENOUGH, Reason};
use lexicon::{BEFORE_IT, BEHIND_IT, LANGUAGES, Lexicon, RIGHT_BEFORE_IT};
use parts::Heard;
use streets::{Found, Line};
use tokens::{Cutter, Kind, Token};

use super::context::{Cue, Group, WordsBuilder};
use super::evidence::blank_from;
use super::trace::{Attempt, Step, Verdict};
use super::{Place, Ruleset, Scratch};
use crate::error::{Error, Result};
use crate::model::{Entity, Finding, Role, Span, ValueId, unite};
use crate::scan::WordHit;

/// Bytes before and behind a word for a street that are cut.
const BEFORE: usize = 110;
const BEHIND: usize = 170;
/// Bytes within which a number stands before one, right before it, and behind it.
const NUMBER_BEFORE: usize = 48;
const NUMBER_RIGHT_BEFORE: usize = 8;
const NUMBER_BEHIND: usize = 60;
/// Bytes behind an announcement in which a street needs no number.
const CUED: usize = 44;
/// Longest German word that is a street, in bytes.
const WORD: usize = 48;
/// Words between a number and a word for a street, and known words that are looked at for a number.
const NUMBER_WORDS: usize = 8;
const NUMBER_HITS: usize = 10;
/// Bytes behind an announcement within which an address begins.
const ANNOUNCED: usize = 28;
/// Bytes of an answer that may be an address without a word for a street.
const ANSWER: usize = 160;
/// Entities whose values may be a part of an address: a postcode, what is kept.
const OPEN: [&str; 13] = [
    "POSTCODE",
    "LOCATION",
    "ORGANIZATION",
    "DATE",
    "AGE",
    "NUMBER",
    "REFERENCE",
    "HEALTH",
    "RELIGION",
    "POLITICS",
    "UNION",
    "SEXUALITY",
    "ETHNICITY",
];
/// Digits that a rule may take for the end of a card or a telephone, and that are a number or a postcode here.
const SHORT: usize = 6;

/// How many rules find addresses: one a language, and those for post boxes, blocks and answers.
const RULES: u16 = LANGUAGES.len() as u16 + 3;

/// The detector of addresses.
pub(super) struct Addresses {
    lexicon: Lexicon,
    /// The words that announce where somebody lives, that ask for it, and that mean another kind of address.
    lives: Group,
    asks: Group,
    other: Group,
    entity: Entity,
    /// Number of the rule of the first language; those of the others, post boxes, blocks and answers follow.
    first_rule: u16,
    open: Vec<Entity>,
}

/// Addresses that nobody lives at.
const OTHER: [&str; 21] = [
    "email",
    "emails",
    "mail address",
    "mailadresse",
    "email address",
    "ip address",
    "web address",
    "mac address",
    "adresse mail",
    "adresse email",
    "adresse e-mail",
    "adresse électronique",
    "adresse ip",
    "courriel",
    "mail-adresse",
    "emailadresse",
    "correo electrónico",
    "dirección de correo",
    "indirizzo email",
    "indirizzo mail",
    "indirizzo ip",
];

impl Addresses {
    /// The shipped lexicons; their words are added to those that are looked for. `first_rule` is the number of
    /// `address.en`.
    pub(super) fn shipped(
        words: &mut WordsBuilder,
        only: Option<&str>,
        entities: &crate::model::Entities,
        first_rule: u16,
    ) -> Result<Addresses> {
        let lexicon = Lexicon::shipped(only);
        lexicon.anchors.iter().for_each(|(word, sides)| words.locates(word, *sides));
        let lives = words.group(&lexicon.lives).map_err(Error::Usage)?;
        let asks = words.group(&lexicon.asks).map_err(Error::Usage)?;
        let other = words.group(&OTHER.map(str::to_owned)).map_err(Error::Usage)?;
        let open = OPEN.iter().filter_map(|name| entities.find(name)).collect();
        let entity = entities.find("ADDRESS").ok_or_else(|| Error::Usage("there is no ADDRESS".into()))?;
        Ok(Addresses { lexicon, lives, asks, other, entity, first_rule, open })
    }

    fn rule(&self, kind: Line) -> u16 {
        let languages = LANGUAGES.len();
        let step = match kind {
            Line::Street(lang) => lang,
            Line::PostBox => languages,
            Line::Block => languages + 1,
            Line::Answer => languages + 2,
        };
        self.first_rule + step as u16
    }
}

/// Buffers for addresses.
#[derive(Default)]
pub(super) struct Buffers {
    windows: Vec<(usize, usize)>,
    tokens: Vec<Token>,
    walls: Vec<Span>,
    cues: Vec<(u32, u32)>,
    found: Vec<Found>,
}

impl Ruleset {
    /// How sure an address must be, in hundredths; `None` for a rule that finds none.
    #[must_use]
    pub fn asked_of_addresses(&self, rule: u16) -> Option<u8> {
        let first = self.addresses.as_ref()?.first_rule;
        (first..first + RULES).contains(&rule).then(evidence::least)
    }

    /// Adds the addresses of the text to `scratch.findings`, which holds what rules found.
    pub(super) fn addresses(&self, place: &Place, scratch: &mut Scratch) {
        let Some(addresses) = &self.addresses else { return };
        if !place.role.is_read() {
            return;
        }
        let mut buffers = std::mem::take(&mut scratch.addresses);
        let asked = self.asks_for_address(addresses, place, scratch);
        self.address_cues(addresses, scratch, &mut buffers);
        self.address_windows(addresses, place, scratch, asked, &mut buffers);
        if !buffers.windows.is_empty() {
            let is_wall =
                |finding: &&Finding| !addresses.open.contains(&finding.entity) && finding.span.len() > SHORT;
            buffers.walls.clear();
            buffers.walls.extend(scratch.findings.iter().filter(is_wall).map(|finding| finding.span));
            unite(&mut buffers.walls);
            for at in 0..buffers.windows.len() {
                let window = buffers.windows[at];
                self.addresses_in(addresses, place, window, asked, scratch, &mut buffers);
            }
        }
        scratch.addresses = buffers;
    }

    /// Whether the turn before asked for an address, or the field is called so.
    fn asks_for_address(&self, addresses: &Addresses, place: &Place, scratch: &Scratch) -> bool {
        let around = &scratch.surroundings;
        match place.role {
            Role::Text => {
                around.before.contains(&addresses.asks) && !around.before.contains(&addresses.other)
            }
            _ => around.key.contains(&addresses.lives) && !around.key.contains(&addresses.other),
        }
    }

    /// Collects the words that announce an address, less those of mail and the like.
    fn address_cues(&self, addresses: &Addresses, scratch: &Scratch, buffers: &mut Buffers) {
        buffers.cues.clear();
        if !scratch.surroundings.has(addresses.lives) {
            return;
        }
        let own = &scratch.surroundings.own;
        let has_other = scratch.surroundings.has(addresses.other);
        let is_of_mail = |span: Span| {
            has_other
                && own.iter().any(|cue| {
                    let near = cue.span().start <= span.end + 1 && span.start <= cue.span().end + 1;
                    near && self.words.groups(cue).contains(&addresses.other)
                })
        };
        let lives = own.iter().filter(|cue| self.words.groups(cue).contains(&addresses.lives));
        let spans = lives.map(Cue::span).filter(|span| !is_of_mail(*span));
        buffers.cues.extend(spans.map(|span| (span.start, span.end)));
        buffers.cues.sort_unstable();
    }

    /// Where in the text an address may stand: in order, disjoint.
    fn address_windows(
        &self,
        addresses: &Addresses,
        place: &Place,
        scratch: &Scratch,
        asked: bool,
        buffers: &mut Buffers,
    ) {
        let Buffers { windows, cues, .. } = buffers;
        windows.clear();
        if asked && place.end - place.start <= ANSWER {
            windows.push((place.start, place.end));
            return;
        }
        let text = place.text;
        let bytes = &text.bytes[..place.end];
        let mut places: Vec<(usize, usize)> = Vec::new();
        let hits = &scratch.hits;
        for (at, hit) in hits.iter().enumerate() {
            let sides = self.words.located(*hit);
            if sides == 0 {
                continue;
            }
            let (from, to) = (hit.start as usize, hit.end as usize);
            let is_cued = cues.iter().any(|cue| cue.1 as usize <= from && from - cue.1 as usize <= CUED);
            let is_near = sides & BEFORE_IT != 0 && self.has_number_before(place, hits, at, NUMBER_BEFORE)
                || sides & RIGHT_BEFORE_IT != 0
                    && self.has_number_before(place, hits, at, NUMBER_RIGHT_BEFORE)
                || sides & BEHIND_IT != 0 && self.has_number_behind(place, hits, at);
            if is_cued || is_near {
                places.push((from, to));
            }
        }
        for &at in &scratch.anchors {
            let at = at as usize;
            // In a group of digits, or in a word: no house number begins here.
            let before = &bytes[place.start..at];
            if matches!(before, [.., b'0'..=b'9', _]) || before.last().is_some_and(|b| !b" ,./\n".contains(b))
            {
                continue;
            }
            let is_german = || self.is_street_before(addresses, place, at, !cues.is_empty());
            if bytes[at].is_ascii_digit() && (is_street_number(place, at) || is_german()) {
                places.push((at, at));
            }
        }
        self.places_without_word(addresses, place, scratch, cues, &mut places);
        places.sort_unstable();
        for (from, to) in places {
            let start = blank_from(place, char_start(bytes, from.saturating_sub(BEFORE).max(place.start)));
            let end = blank_from(place, (to + BEHIND).min(place.end)).max(to);
            match windows.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => windows.push((start.min(from), end)),
            }
        }
    }

    /// Where an address may stand that no word of the table tells: behind `c/`, by a number that is said behind a
    /// German street, behind an announcement.
    fn places_without_word(
        &self,
        addresses: &Addresses,
        place: &Place,
        scratch: &Scratch,
        cues: &[(u32, u32)],
        places: &mut Vec<(usize, usize)>,
    ) {
        let bytes = &place.text.bytes[..place.end];
        let hits = &scratch.hits;
        // `C/ Lope de Vega 3`, `c/ Mayor s/n`.
        for sign in memchr::memchr_iter(b'/', &bytes[place.start..]) {
            let at = place.start + sign;
            let behind = &bytes[at + 1..(at + NUMBER_BEHIND).min(bytes.len())];
            let has_number = || {
                behind.iter().any(u8::is_ascii_digit)
                    || behind.windows(3).any(|part| matches!(part, b"s/n" | b"S/N"))
            };
            if is_letter_before(&bytes[place.start..], sign) && has_number() {
                places.push((at, at));
            }
        }
        for hit in hits.iter().filter(|hit| self.words.spoken(**hit) > 0) {
            let at = hit.start as usize;
            if self.is_street_before(addresses, place, at, !cues.is_empty()) {
                places.push((at, at));
            }
        }
        for &(_, end) in cues.iter() {
            let (from, high) = (end as usize, (end as usize + ANNOUNCED).min(place.end));
            let digit = bytes[from..high].iter().position(u8::is_ascii_digit).map(|digit| from + digit);
            let first = hits.partition_point(|hit| hit.start < end);
            let near = hits[first..].iter().take(NUMBER_HITS).take_while(|hit| (hit.start as usize) < high);
            let said = near.filter(|hit| self.words.spoken(**hit) > 0).map(|hit| hit.start as usize).next();
            let number = [digit, said].into_iter().flatten().min();
            if number.is_some_and(|number| is_one_thought(&bytes[from..number])) {
                places.push((from, from));
            }
        }
    }

    /// Whether the word before `at` is a German street, or may be one where an address is announced.
    fn is_street_before(&self, addresses: &Addresses, place: &Place, at: usize, is_announced: bool) -> bool {
        let before = place.text.bytes[place.start..at].trim_ascii_end();
        let before = before.strip_suffix(b".").or_else(|| before.strip_suffix(b",")).unwrap_or(before);
        if !tokens::ends_like_street(before) {
            return false;
        }
        let letters =
            before.iter().rev().take(WORD).take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
        let word = String::from_utf8_lossy(&before[before.len() - letters..]).to_lowercase();
        addresses.lexicon.street_end(&word).is_some_and(|is_sure| is_sure || is_announced)
    }

    /// Whether a number stands at most `within` bytes before the hit at `at`, in the same sentence.
    fn has_number_before(&self, place: &Place, hits: &[WordHit], at: usize, within: usize) -> bool {
        let from = hits[at].start as usize;
        let low = from.saturating_sub(within).max(place.start);
        let before = &place.text.bytes[low..from];
        let digit = before.iter().rposition(u8::is_ascii_digit).map(|digit| low + digit + 1);
        let said = hits[..at].iter().rev().take(NUMBER_HITS).take_while(|hit| hit.end as usize >= low);
        let said = said.filter(|hit| self.words.spoken(**hit) > 0).map(|hit| hit.end as usize).next();
        digit.max(said).is_some_and(|end| is_one_thought(&place.text.bytes[end.min(from)..from]))
    }

    /// Whether a number, or what says that there is none, stands behind the hit at `at`, in the same sentence.
    fn has_number_behind(&self, place: &Place, hits: &[WordHit], at: usize) -> bool {
        let to = hits[at].end as usize;
        let high = (to + NUMBER_BEHIND).min(place.end);
        let behind = &place.text.bytes[to..high];
        let digit = behind.iter().position(u8::is_ascii_digit).map(|digit| to + digit);
        let said = hits[at + 1..].iter().take(NUMBER_HITS).take_while(|hit| (hit.start as usize) < high);
        let said = said.filter(|hit| self.words.spoken(**hit) > 0).map(|hit| hit.start as usize).next();
        let first = [digit, said].into_iter().flatten().min();
        let is_without = || behind.windows(3).any(|part| matches!(part, b"s/n" | b"S/N" | b"snc"));
        first.is_some_and(|start| is_one_thought(&place.text.bytes[to..start.max(to)])) || is_without()
    }

    /// Finds the addresses of a window.
    fn addresses_in(
        &self,
        addresses: &Addresses,
        place: &Place,
        window: (usize, usize),
        asked: bool,
        scratch: &mut Scratch,
        buffers: &mut Buffers,
    ) {
        let Buffers { tokens, walls, cues, found, .. } = buffers;
        tokens.clear();
        found.clear();
        let speech = self.spoken.as_ref().map(|spoken| &spoken.lexicon);
        let cutter = Cutter { text: place.text, lexicon: &addresses.lexicon, speech, walls };
        cutter.cut(window, tokens);
        let first = cues.partition_point(|cue| (cue.0 as usize) < window.0);
        let last = cues.partition_point(|cue| (cue.0 as usize) < window.1);
        let heard = Heard {
            bytes: place.text.bytes,
            tokens,
            lexicon: &addresses.lexicon,
            votes: votes(tokens),
            cues: &cues[first..last],
            asked,
            is_all: window == (place.start, place.end),
        };
        let refused = search(&heard, found);
        if asked && found.is_empty() && place.end - place.start <= ANSWER {
            found.extend(heard.answer());
        }
        // What is masked here or beside tells nothing in a second run: what was nearly an address may be one then.
        scratch.far |= !found.is_empty() || !refused.is_empty() || asked;
        for one in found.iter() {
            let span = span_of(place, tokens, one);
            let (rule, score) = (addresses.rule(one.kind), one.evidence.score());
            let entity = addresses.entity;
            scratch.findings.push(Finding { span, entity, rule, score, value: ValueId::OWN });
        }
        if let Some(trace) = &mut scratch.trace {
            let told = |one: &Found, verdict: Verdict| Attempt {
                rule: addresses.rule(one.kind),
                span: span_of(place, tokens, one),
                verdict,
                check: None,
                words: Vec::new(),
                steps: vec![(Step::Base, one.evidence.score())],
                notes: one.evidence.notes(),
            };
            trace.attempts.extend(found.iter().map(|one| told(one, Verdict::Found(addresses.entity))));
            trace.attempts.extend(refused.iter().map(|one| told(one, Verdict::Score)));
        }
    }
}

/// The bytes of an address, with the bracket or the full stop of an abbreviation that ends it.
fn span_of(place: &Place, tokens: &[Token], one: &Found) -> Span {
    let (start, mut end) = (tokens[one.start].start, tokens[one.end - 1].end);
    let bytes = &place.text.bytes[..place.end];
    let inside = &bytes[start as usize..end as usize];
    let is_open = inside.contains(&b'(') && !inside.contains(&b')');
    let last = &tokens[one.end - 1];
    let is_short = last.is_word() && last.len() <= 4 && last.capital && one.kind == Line::Street(lexicon::EN);
    let next = bytes.get(end as usize);
    let parted = bytes.get(end as usize + 1).is_none_or(|b| b" ,".contains(b));
    if is_open && next == Some(&b')') || is_short && next == Some(&b'.') && parted {
        end += 1;
    }
    Span { start, end }
}

/// Puts the addresses among the tokens into `found`, in order and disjoint. Returns what was nearly one.
fn search(heard: &Heard, found: &mut Vec<Found>) -> Vec<Found> {
    let mut refused = Vec::new();
    let mut done = 0;
    for at in 0..heard.tokens.len() {
        if at < done {
            continue;
        }
        let token = &heard.tokens[at];
        let here = match token.kind {
            Kind::Word => heard
                .post_box(at)
                .or_else(|| heard.street(at))
                .or_else(|| heard.announced(at))
                .or_else(|| heard.block(at)),
            Kind::Digits | Kind::Code => heard.announced(at).or_else(|| heard.block(at)),
            Kind::Lettered => heard.announced(at),
            Kind::Hash | Kind::Wall => None,
        };
        let Some(mut one) = here else { continue };
        if one.evidence.points() < ENOUGH {
            refused.push(one);
            continue;
        }
        // A block may begin before a street that was found in it.
        while found.last().is_some_and(|last| last.end > one.start) {
            if let Some(last) = found.pop() {
                one.start = one.start.min(last.start);
                one.end = one.end.max(last.end);
            }
        }
        done = one.end.max(at + 1);
        found.push(one);
    }
    // Where one is sure, another one needs less.
    if found.is_empty() {
        return refused;
    }
    refused.retain(|one| {
        let mut one = *one;
        let has_name =
            [Reason::Street, Reason::Capitals, Reason::Named].iter().any(|&reason| one.evidence.has(reason));
        one.evidence.add(Reason::Another, has_name);
        let at = found.partition_point(|other| other.end <= one.start);
        let is_free = found.get(at).is_none_or(|other| one.end <= other.start);
        let is_enough = one.evidence.points() >= ENOUGH;
        if is_enough && is_free {
            found.insert(at, one);
        }
        !is_enough
    });
    refused
}

/// Whether the sign stands behind a letter that is short for a street: `c/`, `c.`, `v.`.
fn is_letter_before(bytes: &[u8], sign: usize) -> bool {
    let is_letter = sign > 0 && matches!(bytes[sign - 1], b'c' | b'C' | b'v' | b'V');
    is_letter && (sign == 1 || matches!(bytes[sign - 2], b' ' | b'\n'))
}

/// Whether nothing in the text ends a thought, and only a few words stand in it.
fn is_one_thought(between: &[u8]) -> bool {
    let blanks = between.iter().filter(|b| **b == b' ').count();
    blanks <= NUMBER_WORDS && !between.iter().any(|b| b"?!;:\"[]".contains(b))
}

/// For each language how many of its commonest words stand among the tokens.
fn votes(tokens: &[Token]) -> [u32; LANGUAGES.len()] {
    std::array::from_fn(|lang| tokens.iter().filter(|token| token.votes_for(lang)).count() as u32)
}

/// The start of the character at `at`.
fn char_start(bytes: &[u8], mut at: usize) -> usize {
    while at > 0 && at < bytes.len() && bytes[at] & 0xC0 == 0x80 {
        at -= 1;
    }
    at
}

/// Whether the digits at `at` may stand beside a street that no word of the table tells: before `r de la`, behind
/// `c/ Alcalá`, before the town of a written block.
fn is_street_number(place: &Place, at: usize) -> bool {
    let bytes = &place.text.bytes[..place.end];
    let digits = bytes[at..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let rest = &bytes[at + digits..];
    let is_short = digits <= 4 && (rest.starts_with(b" r ") || rest.starts_with(b" r. "));
    let before = &bytes[at.saturating_sub(40).max(place.start)..at];
    let is_town = matches!(digits, 4 | 5)
        && rest.first() == Some(&b' ')
        && rest.get(1).is_some_and(|b| b.is_ascii_uppercase() || *b == 0xC3)
        && before.trim_ascii_end().ends_with(b",");
    // `c. Doctor Fleming, 5`, `v.le Trastevere 209`.
    let is_abbreviated =
        digits <= 4 && memchr::memchr_iter(b'.', before).any(|sign| is_letter_before(before, sign));
    is_short || is_town || is_abbreviated
}
