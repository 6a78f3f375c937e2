//! Which day is meant?
//!
//! `the twenty first of uh august nineteen eighty six` is 21 august 1986; `27th of the 9th 84` is 27/9/84. A
//! date is told by a month's name or by an ordinal of a month; what it is the date of, rules find out.

use super::lexicon::Mark;
use super::numbers::{Reader, Reading, What, read};
use super::runs::Heard;
use super::tokens::{Gap, Kind};

/// A date that was said, in tokens, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Date {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) written: String,
    /// Whether a word stands in it where a writer puts digits, or one that is left out.
    pub(super) said: bool,
}

/// A number that stands in a date.
struct Part {
    value: u32,
    first: usize,
    last: usize,
    said: bool,
}

/// Names of the months as rules know them.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Appends the dates among the tokens.
pub(super) fn dates(heard: &Heard, reader: &mut Reader, out: &mut Vec<Date>) {
    let mut from = 0;
    for at in 0..heard.tokens.len() {
        if at < from {
            continue;
        }
        let found = match heard.sense(at).month {
            0 => by_ordinals(heard, at, reader).or_else(|| by_numbers(heard, at, reader)),
            month => by_month(heard, at, usize::from(month), from, reader),
        };
        if let Some(date) = found {
            from = date.last;
            out.push(date);
        }
    }
}

fn by_month(heard: &Heard, at: usize, month: usize, from: usize, reader: &mut Reader) -> Option<Date> {
    let (day, mut last) = match day_before(heard, at, from, reader) {
        Some(day) => (day, at + 1),
        None => {
            let next = skipped(heard, at + 1);
            if let Some(expiry) = month_and_year(heard, at, month, next, reader) {
                return Some(expiry);
            }
            let mut day = day_from(heard, next, reader)?;
            // `february the 6th` is more than a digit away from its month.
            day.said |= next > at + 1;
            let last = day.last;
            (day, last)
        }
    };
    let first = day.first.min(at);
    let mut written = format!("{} {}", day.value, MONTHS[month - 1]);
    let (mut said, mut end) = (day.said, last);
    let next = skipped(heard, last);
    if let Some(year) = year_from(heard, next, reader) {
        written = format!("{written} {}", padded(&year));
        said |= year.said || next > last && heard.is(last, Mark::Filler);
        end = year.last;
    }
    last = end;
    Some(Date { first, last, written, said })
}

/// `november twenty seven`, `juin deux mille vingt-neuf`: until when a card is valid. No day follows a month in
/// other languages than English, where `march third` has an ordinal and `march twenty first` as well.
fn month_and_year(heard: &Heard, at: usize, month: usize, next: usize, reader: &mut Reader) -> Option<Date> {
    let year = year_from(heard, next, reader)?;
    let is_year = (20..50).contains(&year.value) || (2020..2050).contains(&year.value);
    let is_day = ordinal_from(heard, next).is_some()
        || year_from(heard, year.last, reader).is_some_and(|more| more.value > 31);
    if !is_year || is_day {
        return None;
    }
    let written = format!("{month:02}/{:02}", year.value % 100);
    Some(Date { first: at, last: year.last, written, said: true })
}

/// `27th of the 9th 84`, `the fifth of the second two thousand and eleven`.
fn by_ordinals(heard: &Heard, at: usize, reader: &mut Reader) -> Option<Date> {
    let day = ordinal_from(heard, at)?;
    let next = skipped(heard, day.last);
    let month = ordinal_from(heard, next)?;
    if !(1..=31).contains(&day.value) || !(1..=12).contains(&month.value) {
        return None;
    }
    let next = skipped(heard, month.last);
    let (year, last) = match year_from(heard, next, reader) {
        Some(year) => (format!("/{}", padded(&year)), year.last),
        None => (String::new(), month.last),
    };
    let written = format!("{}/{}{year}", day.value, month.value);
    Some(Date { first: at, last, written, said: true })
}

/// `catorce del siete del ochenta y tres`; `cero cinco del veintinueve`, until when a card is valid.
fn by_numbers(heard: &Heard, at: usize, reader: &mut Reader) -> Option<Date> {
    // Only a few dates in a thousand numbers: the cheap question first.
    let has_of = (at + 1..at + 5).any(|at| at < heard.tokens.len() && heard.is(at, Mark::Of));
    if heard.sense(at).number.is_none() || !has_of {
        return None;
    }
    let of = |at: usize| heard.is(at, Mark::Of) && heard.tokens[at].gap == Gap::Blank;
    let zero = usize::from(heard.sense(at).number == Some(0));
    let first = (1..=3).rev().find_map(|length| {
        let part = number_of(heard, at + zero, at + zero + length, reader)?;
        of(part.last).then_some(part)
    })?;
    let next = first.last + 1;
    let month = (1..=2).rev().find_map(|length| {
        let part = number_of(heard, next, next + length, reader)?;
        (1..=12).contains(&part.value).then_some(part)
    });
    if let Some(month) = month.filter(|_| (1..=31).contains(&first.value)) {
        let from = month.last + usize::from(of(month.last));
        let filled = from + usize::from(heard.is(from, Mark::Filler));
        // Without a word before it a year must be none of the numbers of a month.
        let is_year = |year: &Part| from > month.last || year.value > 31;
        if let Some(year) = year_from(heard, filled, reader).filter(is_year) {
            let written = format!("{}/{}/{}", first.value, month.value, padded(&year));
            return Some(Date { first: at, last: year.last, written, said: true });
        }
    }
    let year = year_from(heard, next, reader)?;
    let is_expiry = (1..=12).contains(&first.value)
        && ((20..50).contains(&year.value) || (2020..2050).contains(&year.value));
    let written = format!("{:02}/{:02}", first.value, year.value % 100);
    is_expiry.then_some(Date { first: at, last: year.last, written, said: true })
}

fn padded(year: &Part) -> String {
    if year.value < 100 { format!("{:02}", year.value) } else { year.value.to_string() }
}

/// The first token from `at` on that is no filler and no `of`; at most three are passed over.
fn skipped(heard: &Heard, mut at: usize) -> usize {
    let end = at + 3;
    while at < end && at < heard.tokens.len() {
        let passes = heard.is(at, Mark::Of) || heard.is(at, Mark::Filler) || heard.is(at, Mark::Dash);
        if !passes || heard.tokens[at].gap == Gap::Break {
            break;
        }
        at += 1;
    }
    at
}

fn written_number(heard: &Heard, at: usize) -> Option<u32> {
    let token = heard.tokens.get(at)?;
    let digits: Vec<u8> = token.of(heard.text).iter().copied().filter(u8::is_ascii_digit).collect();
    let fits = matches!(token.kind, Kind::Digits | Kind::Ordinal) && (1..=4).contains(&digits.len());
    fits.then(|| String::from_utf8_lossy(&digits).parse().ok())?
}

fn ordinal_from(heard: &Heard, at: usize) -> Option<Part> {
    let token = heard.tokens.get(at)?;
    if token.kind == Kind::Ordinal {
        return Some(Part { value: written_number(heard, at)?, first: at, last: at + 1, said: false });
    }
    let sense = heard.sense(at);
    if sense.ordinal > 0 {
        return Some(Part { value: u32::from(sense.ordinal), first: at, last: at + 1, said: true });
    }
    // `twenty first`
    if let Some(ten @ (20 | 30)) = sense.number
        && (1..10).contains(&heard.sense(at + 1).ordinal)
    {
        let value = u32::from(ten) + u32::from(heard.sense(at + 1).ordinal);
        return Some(Part { value, first: at, last: at + 2, said: true });
    }
    None
}

/// The day that begins at `at`.
fn day_from(heard: &Heard, at: usize, reader: &mut Reader) -> Option<Part> {
    let part = match ordinal_from(heard, at) {
        Some(part) => part,
        None if heard.tokens.get(at)?.kind == Kind::Digits => {
            Part { value: written_number(heard, at)?, first: at, last: at + 1, said: false }
        }
        None => (1..=3).rev().find_map(|length| number_of(heard, at, at + length, reader))?,
    };
    ((1..=31).contains(&part.value) && heard.tokens[at].gap != Gap::Break).then_some(part)
}

/// The day that ends before `at`, words such as `of` between.
fn day_before(heard: &Heard, at: usize, from: usize, reader: &mut Reader) -> Option<Part> {
    let mut end = at;
    while end > from && at - end < 3 {
        if heard.tokens[end].gap == Gap::Break {
            return None;
        }
        if !heard.is(end - 1, Mark::Of) && !heard.is(end - 1, Mark::Filler) {
            break;
        }
        end -= 1;
    }
    if end == from || heard.tokens[end].gap == Gap::Break {
        return None;
    }
    (1..=3).rev().filter(|length| end >= from + length).find_map(|length| {
        let part = day_from(heard, end - length, reader)?;
        (part.last == end).then_some(part)
    })
}

/// The number that exactly these tokens are.
fn number_of(heard: &Heard, first: usize, last: usize, reader: &mut Reader) -> Option<Part> {
    if last > heard.tokens.len() {
        return None;
    }
    let mut units = Vec::with_capacity(last - first);
    for at in first..last {
        let (token, sense) = (heard.tokens[at], heard.sense(at));
        let what = match (sense.number, sense.scale) {
            (Some(value), _) => What::Number(value),
            (None, scale @ 1..) => What::Scale(scale),
            _ if sense.is(Mark::And) && at > first && at + 1 < last => What::And,
            _ => return None,
        };
        if at > first && token.gap == Gap::Break {
            return None;
        }
        let glued = token.gap == Gap::Hyphen && at > first;
        units.push(super::numbers::Unit { what, start: token.start, end: token.end, glued, parted: false });
    }
    let mut readings = Vec::new();
    read(heard.text, &units, heard.lang, 1, reader, &mut readings);
    let Reading { text, groups } = readings.into_iter().next()?;
    (groups.len() == 1 && text.len() <= 4)
        .then(|| Some(Part { value: text.parse().ok()?, first, last, said: true }))?
}

/// The year that begins at `at`: four digits from 1900 on, or the last two.
fn year_from(heard: &Heard, at: usize, reader: &mut Reader) -> Option<Part> {
    let token = heard.tokens.get(at)?;
    if token.gap == Gap::Break {
        return None;
    }
    if token.kind == Kind::Digits {
        let value = written_number(heard, at)?;
        if token.len() == 4 {
            return (1900..=2035).contains(&value).then_some(Part {
                value,
                first: at,
                last: at + 1,
                said: false,
            });
        }
        // `19 86` as a recogniser may write it.
        if token.len() == 2
            && matches!(value, 19 | 20)
            && heard.tokens.get(at + 1).is_some_and(|next| next.len() == 2)
        {
            let rest = written_number(heard, at + 1)?;
            return Some(Part { value: value * 100 + rest, first: at, last: at + 2, said: true });
        }
        return (token.len() == 2).then_some(Part { value, first: at, last: at + 1, said: false });
    }
    // A number of its own: `two thousand and five`, `mille neuf cent quatre-vingt`, `ninety nine`.
    let whole = (1..=7).rev().filter_map(|length| number_of(heard, at, at + length, reader));
    let mut best = None;
    for part in whole {
        if (1900..=2035).contains(&part.value) {
            return Some(part);
        }
        if best.is_none() && (1..100).contains(&part.value) {
            best = Some(part);
        }
    }
    // `nineteen eighty six`, `twenty oh five`, a filler between.
    if let Some(century) = (1..=2).rev().find_map(|length| {
        number_of(heard, at, at + length, reader).filter(|part| matches!(part.value, 19 | 20))
    }) {
        let mut next = century.last;
        while next < heard.tokens.len() && next < century.last + 2 && heard.is(next, Mark::Filler) {
            next += 1;
        }
        let zero = heard.sense(next).number == Some(0);
        let from = next + usize::from(zero);
        let lengths = if zero { 1..=1 } else { 1..=4 };
        let rest = lengths
            .rev()
            .find_map(|length| number_of(heard, from, from + length, reader).filter(|part| part.value < 100));
        if let Some(rest) = rest
            && (zero || rest.value >= 10)
        {
            let value = century.value * 100 + rest.value;
            return Some(Part { value, first: at, last: rest.last, said: true });
        }
    }
    best
}
