//! Where is an address of mail or of the web said aloud?
//!
//! `jean point dupont arobase orange point fr`. Words for the signs are ordinary words, so an address needs
//! what nothing else has: an ending of a domain behind a dot, or a provider's name behind the sign of mail.

use super::lexicon::Mark;
use super::numbers::{Reader, Unit, What, read};
use super::runs::Heard;
use super::tokens::{Gap, Kind};

/// An address, in tokens, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) written: String,
}

/// Most tokens of a domain, and of what stands before the sign.
const DOMAIN: usize = 14;
const LOCAL: usize = 28;
/// Most tokens of one of the four numbers of an address.
const OCTET: usize = 5;

/// Appends the addresses among the tokens.
pub(super) fn addresses(heard: &Heard, reader: &mut Reader, out: &mut Vec<Address>) {
    let mut from = 0;
    for at in 0..heard.tokens.len() {
        if at < from {
            continue;
        }
        let found = if heard.is(at, Mark::At) || is_at_sign(heard, at) {
            mail(heard, at, from, reader)
        } else if heard.is(at, Mark::Www) || heard.is(at, Mark::Dot) || is_three_w(heard, at) {
            numbers(heard, at, from, reader).or_else(|| web(heard, at, from, reader))
        } else {
            None
        };
        if let Some(address) = found {
            from = address.last;
            out.push(address);
        }
    }
}

fn is_at_sign(heard: &Heard, at: usize) -> bool {
    let token = heard.tokens[at];
    let is_glued =
        token.gap == Gap::None || heard.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::None);
    token.kind == Kind::Wall && token.of(heard.text) == b"@" && !is_glued
}

fn is_three_w(heard: &Heard, at: usize) -> bool {
    let is_w = |at: usize| {
        heard.tokens.get(at).is_some_and(|token| token.letter == b'w') || heard.sense(at).letter == b'w'
    };
    is_w(at) && is_w(at + 1) && is_w(at + 2)
}

fn mail(heard: &Heard, at: usize, from: usize, reader: &mut Reader) -> Option<Address> {
    // Who says `at` before a domain that is written names a page of it, unless it is a provider's.
    let is_word = heard.tokens[at].len() <= 4 && !is_at_sign(heard, at);
    let (domain, last) = domain(heard, at + 1, true, reader)?;
    let says_dot = (at + 1..last).any(|at| heard.is(at, Mark::Dot) && heard.tokens[at].kind == Kind::Word);
    if is_word && !says_dot && !heard.is(at + 1, Mark::Provider) {
        return None;
    }
    let (local, first) = local(heard, at, from, reader)?;
    Some(Address { first, last, written: format!("{local}@{domain}") })
}

fn web(heard: &Heard, at: usize, from: usize, reader: &mut Reader) -> Option<Address> {
    if !heard.is(at, Mark::Dot) {
        let begin = at + if heard.is(at, Mark::Www) { 1 } else { 3 };
        let begin = begin + usize::from(heard.is(begin, Mark::Dot));
        let (domain, last) = domain(heard, begin, true, reader)?;
        return Some(with_path(heard, Address { first: at, last, written: format!("www.{domain}") }));
    }
    // `acme dot com`: the name stands before the dot.
    let name = at.checked_sub(1).filter(|&name| name >= from)?;
    let token = heard.tokens[name];
    let is_name = token.kind != Kind::Wall
        && token.kind != Kind::Money
        && !heard.is(name, Mark::Carrier)
        && token.len() > 1
        && heard.tokens[at].gap == Gap::Blank;
    if !is_name {
        return None;
    }
    let (domain, last) = domain(heard, name, false, reader)?;
    let mut first = name;
    // Hyphens and dots tie more words to the name.
    let mut written = domain;
    while first >= from + 2 && (heard.is(first - 1, Mark::Dash) || heard.is(first - 1, Mark::Dot)) {
        let sign = if heard.is(first - 1, Mark::Dash) { '-' } else { '.' };
        let word = heard.tokens[first - 2];
        if !matches!(word.kind, Kind::Word | Kind::Mixed | Kind::Digits) {
            break;
        }
        written = format!("{}{sign}{written}", small(heard, first - 2));
        first -= 2;
    }
    Some(with_path(heard, Address { first, last, written: format!("http://{written}") }))
}

/// An address of four numbers whose first dot stands at `at`: `ten dot eight dot zero dot one forty five`.
fn numbers(heard: &Heard, at: usize, from: usize, reader: &mut Reader) -> Option<Address> {
    if !heard.is(at, Mark::Dot) {
        return None;
    }
    let is_number = |at: usize| {
        let token = heard.tokens[at];
        token.kind == Kind::Digits || token.letter == 0 && heard.sense(at).counts() || heard.is(at, Mark::And)
    };
    let least = at.saturating_sub(OCTET).max(from);
    let mut first = at;
    while first > least && is_number(first - 1) {
        first -= 1;
    }
    // What is said right before may be a number too.
    let (mut written, first) = (first..at).find_map(|first| {
        let (octet, next) = octet(heard, first, reader)?;
        (next == at).then_some((octet, first))
    })?;
    let mut next = at;
    for _ in 1..4 {
        let (octet, end) = octet(heard, dot(heard, next)?, reader)?;
        written = format!("{written}.{octet}");
        next = end;
    }
    Some(Address { first, last: next, written })
}

/// A number up to 255 that begins at `at`, and where it ends.
fn octet(heard: &Heard, at: usize, reader: &mut Reader) -> Option<(String, usize)> {
    let (mut written, mut next) = (String::new(), at);
    while let Some(token) = heard.tokens.get(next).filter(|token| next == at || token.gap == Gap::Blank) {
        let is_word = token.letter == 0 && heard.sense(next).counts();
        if token.kind != Kind::Digits && !is_word {
            break;
        }
        let (part, used) = piece(heard, next, reader);
        written.push_str(&part);
        next += used;
    }
    written.parse::<u8>().ok().filter(|_| written.len() <= 3).map(|_| (written, next))
}

/// Adds what follows a slash.
fn with_path(heard: &Heard, mut address: Address) -> Address {
    let is_part = |at: usize| {
        let token = heard.tokens.get(at);
        token.is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Mixed | Kind::Digits))
    };
    while heard.is(address.last, Mark::Slash) && is_part(address.last + 1) {
        address.written = format!("{}/{}", address.written, small(heard, address.last + 1));
        address.last += 2;
    }
    address
}

/// The domain that begins at `at`, and where it ends. In an address that is `sure` a provider's name is enough,
/// and endings may be words of the language.
fn domain(heard: &Heard, at: usize, sure: bool, reader: &mut Reader) -> Option<(String, usize)> {
    let (mut written, mut next) = label(heard, at, reader)?;
    let mut best = (sure && is_provider(heard, at, next, &written)).then(|| (written.clone(), next));
    while let Some(part) = dot(heard, next).filter(|part| part - at < DOMAIN) {
        if let Some((ending, after)) = ending(heard, part, sure) {
            best = Some((format!("{written}.{ending}"), after));
        }
        let Some((label, after)) = label(heard, part, reader) else { break };
        written = format!("{written}.{label}");
        next = after;
    }
    best
}

/// Where the part behind a dot begins, if one stands at `at`.
fn dot(heard: &Heard, at: usize) -> Option<usize> {
    let token = heard.tokens.get(at)?;
    match token.gap {
        Gap::Point => Some(at),
        Gap::Break | Gap::Stop => None,
        _ => heard.is(at, Mark::Dot).then_some(at + 1),
    }
}

/// A part of a domain between dots.
fn label(heard: &Heard, at: usize, reader: &mut Reader) -> Option<(String, usize)> {
    let is_part = |at: usize| {
        let token = heard.tokens.get(at)?;
        matches!(token.kind, Kind::Word | Kind::Digits | Kind::Mixed).then_some(token)
    };
    is_part(at).filter(|token| token.gap != Gap::Break)?;
    let (mut written, used) = piece(heard, at, reader);
    let mut next = at + used;
    while let Some(token) = is_part(next).filter(|_| next - at < DOMAIN && dot(heard, next).is_none()) {
        if heard.is(next, Mark::Dash) && token.gap == Gap::Blank {
            written.push('-');
            next += 1;
            continue;
        }
        if token.gap == Gap::Hyphen {
            written.push('-');
        } else if token.gap != Gap::Blank || !written.ends_with('-') && !may_glue(heard, next, &written) {
            break;
        }
        let (part, used) = piece(heard, next, reader);
        written.push_str(&part);
        next += used;
    }
    Some((written, next))
}

/// Whether a token goes on with a label without a sign: single letters and digits, and `g mail`.
fn may_glue(heard: &Heard, at: usize, label: &str) -> bool {
    let token = heard.tokens[at];
    let is_short = token.letter != 0 || token.kind == Kind::Digits || heard.sense(at).number.is_some();
    is_short || label.chars().count() == 1 || dot(heard, at + 1).is_some()
}

/// The last part of a domain: `com`, `co dot uk`, spelled `f r`.
fn ending(heard: &Heard, at: usize, sure: bool) -> Option<(String, usize)> {
    let is = |at: usize| heard.is(at, Mark::Ending) || sure && heard.is(at, Mark::MailEnding);
    let letter = |at: usize| heard.tokens.get(at).map_or(0, |token| token.letter);
    let token = heard.tokens.get(at)?;
    if is(at) && token.letter == 0 {
        let written = small(heard, at).replace(' ', ".");
        let dot = heard.is(at + 1, Mark::Dot)
            || heard.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::Point);
        if dot {
            let second = at + 1 + usize::from(heard.is(at + 1, Mark::Dot));
            if is(second) && heard.tokens[second].letter == 0 {
                return Some((format!("{written}.{}", small(heard, second)), second + 1));
            }
        }
        return Some((written, at + 1));
    }
    // `co dot uk`, of which `co` alone is no ending.
    if matches!(small(heard, at).as_str(), "co" | "ac" | "org" | "gov" | "com" | "gouv") {
        let second = at + 1 + usize::from(heard.is(at + 1, Mark::Dot));
        if second > at + 1 && is(second) {
            return Some((format!("{}.{}", small(heard, at), small(heard, second)), second + 1));
        }
    }
    for (spelled, length) in
        [("com", 3), ("net", 3), ("org", 3), ("fr", 2), ("uk", 2), ("de", 2), ("it", 2), ("es", 2)]
    {
        if (0..length).all(|step| letter(at + step) == spelled.as_bytes()[step]) {
            return Some((spelled.to_owned(), at + length));
        }
    }
    None
}

fn is_provider(heard: &Heard, first: usize, last: usize, label: &str) -> bool {
    last == first + 1 && heard.is(first, Mark::Provider)
        || ["gmail", "hotmail", "icloud", "geemail", "gmx", "aol", "msn", "sfr"].contains(&label)
}

/// The token in small letters.
fn small(heard: &Heard, at: usize) -> String {
    heard
        .tokens
        .get(at)
        .map_or_else(String::new, |token| String::from_utf8_lossy(token.of(heard.text)).to_lowercase())
}

/// What a token adds to an address: letters and digits as they are written, number words as digits. Returns
/// how many tokens it took.
fn piece(heard: &Heard, at: usize, reader: &mut Reader) -> (String, usize) {
    let mut units = Vec::new();
    let mut next = at;
    while next < heard.tokens.len() && units.len() < 12 {
        let sense = heard.sense(next);
        let what = match (sense.number, sense.scale, sense.times) {
            (Some(value), ..) if heard.tokens[next].letter == 0 => What::Number(value),
            (_, scale @ 2..=3, _) => What::Scale(scale),
            (_, _, times @ 1..) => What::Times(times),
            _ if next > at && sense.is(Mark::And) && heard.sense(next + 1).number.is_some() => What::And,
            _ => break,
        };
        if next > at && heard.tokens[next].gap == Gap::Break {
            break;
        }
        let token = heard.tokens[next];
        let glued = token.gap == Gap::Hyphen && next > at;
        units.push(Unit { what, start: token.start, end: token.end, glued, parted: false });
        next += 1;
    }
    if units.is_empty() || units.iter().all(|unit| matches!(unit.what, What::Times(_))) {
        let name = heard.sense(at).letter;
        if name > 0 && heard.tokens[at].letter == 0 && heard.sense(at).marks_nothing() {
            return (char::from(name).to_string(), 1);
        }
        return (small(heard, at).replace([' ', '\'', '’'], ""), 1);
    }
    let mut readings = Vec::new();
    read(heard.text, &units, heard.lang, 1, reader, &mut readings);
    (readings.into_iter().next().map_or_else(String::new, |reading| reading.text), next - at)
}

/// What stands before the sign at `at`, and where it begins.
fn local(heard: &Heard, at: usize, from: usize, reader: &mut Reader) -> Option<(String, usize)> {
    let least = at.saturating_sub(LOCAL).max(from);
    let mut first = at;
    // Words that no sign ties to what follows them.
    let mut loose = 0;
    let mut is_tied = true;
    while first > least {
        let token = heard.tokens[first - 1];
        if first < at && heard.tokens[first].gap == Gap::Break
            || matches!(token.kind, Kind::Wall | Kind::Money)
        {
            break;
        }
        if first == at && heard.tokens[at].gap == Gap::Break {
            break;
        }
        let links = heard.is(first - 1, Mark::And)
            && first - 1 > least
            && heard.sense(first).number.is_some()
            && heard.sense(first - 2).number.is_some();
        if links {
            first -= 1;
            continue;
        }
        let sign = sign_of(heard, first - 1);
        if sign.is_some() {
            is_tied = true;
            first -= 1;
            continue;
        }
        let written_sign =
            first < at && matches!(heard.tokens[first].gap, Gap::Point | Gap::Hyphen | Gap::Underscore);
        let is_short = token.letter != 0 || token.kind == Kind::Digits || heard.sense(first - 1).counts();
        if heard.is(first - 1, Mark::Filler) && !is_tied && first < at {
            break;
        }
        if !is_tied && !written_sign && !is_short {
            if heard.is(first - 1, Mark::Carrier) || heard.is(first - 1, Mark::Filler) || loose >= 1 {
                break;
            }
            loose += 1;
        }
        // A letter among letters is no word.
        let is_letter = token.letter != 0
            && (first - 1 > least && heard.tokens[first - 2].letter != 0
                || first < at && heard.tokens[first].letter != 0);
        let is_carrier = heard.is(first - 1, Mark::Carrier) && !written_sign && !is_letter;
        if is_carrier && (first < at || token.len() <= 3) && !is_tied_before(heard, first - 1, least) {
            break;
        }
        is_tied = false;
        first -= 1;
    }
    // A sign or filler does not begin an address.
    while first < at && (sign_of(heard, first).is_some() || heard.is(first, Mark::Filler)) {
        first += 1;
    }
    if first == at {
        return None;
    }
    let mut written = String::new();
    let mut next = first;
    while next < at {
        if let Some(sign) = sign_of(heard, next) {
            written.push(sign);
            next += 1;
            continue;
        }
        if next > first {
            match heard.tokens[next].gap {
                Gap::Point => written.push('.'),
                Gap::Hyphen => written.push('-'),
                Gap::Underscore => written.push('_'),
                _ => {}
            }
        }
        if heard.is(next, Mark::Filler) && next > first {
            next += 1;
            continue;
        }
        let (part, used) = piece(heard, next, reader);
        written.push_str(&part);
        next += used;
    }
    let is_plain = written.chars().all(|c| c.is_alphanumeric() || "._-+".contains(c));
    (is_plain && written.starts_with(char::is_alphanumeric)).then_some((written, first))
}

/// Whether a sign said aloud stands right before the token: then it is a part of the address whatever it is.
fn is_tied_before(heard: &Heard, at: usize, least: usize) -> bool {
    at > least && sign_of(heard, at - 1).is_some()
}

/// The sign that a token stands for in an address.
fn sign_of(heard: &Heard, at: usize) -> Option<char> {
    if heard.tokens[at].kind == Kind::Plus {
        return Some('+');
    }
    let signs = [(Mark::Dot, '.'), (Mark::Underscore, '_'), (Mark::Dash, '-'), (Mark::Plus, '+')];
    signs.into_iter().find(|&(mark, _)| heard.is(at, mark)).map(|(_, sign)| sign)
}
