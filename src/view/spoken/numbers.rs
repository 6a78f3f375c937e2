//! Which digits are meant by number words in a row?
//!
//! `soixante dix huit` is 78, 60 18, 70 8 or 60 10 8. Words are parted into groups, each group has a cost,
//! and the cheapest partings are the readings. Long groups are cheap: one group costs as much as another. What
//! people hardly say costs more. The costs were found by trying on generated numbers.

use super::lexicon::{DE, EN, ES, FR, Lang};

/// A part of a run: what a word or a few of them stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) what: What,
    /// Bytes of the text: for [`What::Written`] they are the value.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether a hyphen ties it to the unit before.
    pub(super) glued: bool,
    /// Whether something stands between it and the unit before that parts numbers: a filler, a sign.
    pub(super) parted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    /// A number below 1,000.
    Number(u16),
    /// Ten to that power.
    Scale(u8),
    /// What follows is said that often.
    Times(u8),
    /// Digits or letters as they are written.
    Written,
    /// A letter, in Latin-1.
    Letter(u8),
    /// `and`.
    And,
    /// What stands before it is taken back.
    Repair,
}

/// A group of units that is one number, or one stretch of signs.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// How many units it takes.
    used: u8,
    cost: u16,
    says: Says,
}

#[derive(Clone, Copy, Debug)]
enum Says {
    Nothing,
    Number(u64),
    /// The number so many times.
    Repeated(u64, u8),
    /// What the unit at that place says, so many times.
    Sign(u16, u8),
}

const GROUP: u16 = 10;

/// Buffers for reading.
#[derive(Default)]
pub(super) struct Reader {
    groups: Vec<Group>,
    paths: Vec<Vec<Path>>,
    best: Vec<Option<Path>>,
    way: Vec<Says>,
}

/// A way to read the units up to a place.
#[derive(Clone, Copy, Debug)]
struct Path {
    cost: u16,
    groups: u8,
    from: u16,
    rank: u8,
    says: Says,
}

/// What a run says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Digits and capitals.
    pub text: String,
    /// Where its groups end in `text`.
    pub groups: Vec<u8>,
}

/// Puts up to `most` readings of the units into `out`, the likeliest first, none twice.
pub(super) fn read(
    text: &[u8],
    units: &[Unit],
    lang: Lang,
    most: usize,
    reader: &mut Reader,
    out: &mut Vec<Reading>,
) {
    if most == 1 {
        return read_best(text, units, lang, reader, out);
    }
    out.clear();
    let count = units.len();
    let Reader { groups, paths, .. } = reader;
    paths.iter_mut().for_each(Vec::clear);
    paths.resize_with(paths.len().max(count + 1), Vec::new);
    paths[0].push(Path { cost: 0, groups: 0, from: 0, rank: 0, says: Says::Nothing });
    let grammar = Grammar { units, lang, hyphens: units.iter().any(|unit| unit.glued) };
    for at in 0..count {
        if paths[at].is_empty() {
            continue;
        }
        paths[at].sort_by_key(|path| path.cost);
        paths[at].truncate(most);
        groups.clear();
        grammar.groups(at, groups);
        let (before, after) = paths.split_at_mut(at + 1);
        for (rank, path) in before[at].iter().enumerate() {
            for group in groups.iter() {
                after[usize::from(group.used) - 1].push(Path {
                    cost: path.cost + group.cost,
                    groups: path.groups.saturating_add(1),
                    from: at as u16,
                    rank: rank as u8,
                    says: group.says,
                });
            }
        }
    }
    let mut last = std::mem::take(&mut paths[count]);
    last.sort_by_key(|path| (path.cost, path.groups));
    for path in &last {
        let mut way = vec![path];
        while let Some(step) = way.last().filter(|step| step.from > 0) {
            way.push(&paths[usize::from(step.from)][usize::from(step.rank)]);
        }
        let mut reading = Reading::default();
        for step in way.iter().rev() {
            says(text, units, step.says, &mut reading.text);
            reading.groups.push(reading.text.len().min(255) as u8);
        }
        reading.groups.dedup();
        if !out.iter().any(|other| other.text == reading.text) {
            out.push(reading);
        }
        if out.len() == most {
            break;
        }
    }
    last.clear();
    paths[count] = last;
}

/// The likeliest reading alone: nothing is kept of a place but the cheapest way to it.
fn read_best(text: &[u8], units: &[Unit], lang: Lang, reader: &mut Reader, out: &mut Vec<Reading>) {
    let count = units.len();
    let Reader { groups, best, way, .. } = reader;
    best.clear();
    best.resize(count + 1, None);
    let start = Path { cost: 0, groups: 0, from: 0, rank: 0, says: Says::Nothing };
    best[0] = Some(start);
    let grammar = Grammar { units, lang, hyphens: units.iter().any(|unit| unit.glued) };
    for at in 0..count {
        let Some(path) = best[at] else { continue };
        groups.clear();
        grammar.groups(at, groups);
        for group in groups.iter() {
            let cost = path.cost + group.cost;
            let known = &mut best[at + usize::from(group.used)];
            if known.is_none_or(|known| (cost, path.groups.saturating_add(1)) < (known.cost, known.groups)) {
                let groups = path.groups.saturating_add(1);
                *known = Some(Path { cost, groups, from: at as u16, rank: 0, says: group.says });
            }
        }
    }
    way.clear();
    let mut at = count;
    while let Some(step) = best[at].filter(|_| at > 0) {
        way.push(step.says);
        at = usize::from(step.from);
    }
    out.truncate(1);
    if out.is_empty() {
        out.push(Reading::default());
    }
    let reading = &mut out[0];
    reading.text.clear();
    reading.groups.clear();
    for &step in way.iter().rev() {
        says(text, units, step, &mut reading.text);
        reading.groups.push(reading.text.len().min(255) as u8);
    }
    reading.groups.dedup();
}

fn says(text: &[u8], units: &[Unit], what: Says, out: &mut String) {
    match what {
        Says::Nothing => {}
        Says::Number(value) => push(value, out),
        Says::Repeated(value, times) => (0..times).for_each(|_| push(value, out)),
        Says::Sign(at, times) => {
            for _ in 0..times {
                match units[usize::from(at)] {
                    Unit { what: What::Letter(letter), .. } => {
                        out.extend(char::from(letter).to_uppercase());
                    }
                    unit => {
                        let written = &text[unit.start as usize..unit.end as usize];
                        out.push_str(&String::from_utf8_lossy(written).to_uppercase());
                    }
                }
            }
        }
    }
}

/// Appends a number in digits.
fn push(value: u64, out: &mut String) {
    let (mut digits, mut at, mut rest) = ([0u8; 20], 20, value);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// A few numbers with how many units each takes and what it costs.
#[derive(Default)]
struct Few {
    items: [(u8, u16, u32); 16],
    count: usize,
}

impl Few {
    fn push(&mut self, used: usize, value: u64, cost: u16) {
        if self.count < self.items.len() {
            self.items[self.count] = (used as u8, cost, value as u32);
            self.count += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, u64, u16)> + '_ {
        self.items[..self.count]
            .iter()
            .map(|&(used, cost, value)| (usize::from(used), u64::from(value), cost))
    }
}

/// How a language puts numbers together.
struct Grammar<'a> {
    units: &'a [Unit],
    lang: Lang,
    /// Whether the speaker's writer ties numbers with hyphens: then those tell.
    hyphens: bool,
}

impl Grammar<'_> {
    fn what(&self, at: usize) -> Option<What> {
        self.units.get(at).map(|unit| unit.what)
    }

    fn number(&self, at: usize) -> Option<u64> {
        match self.what(at)? {
            What::Number(value) => Some(u64::from(value)),
            _ => None,
        }
    }

    fn is_digit(&self, at: usize) -> bool {
        self.number(at).is_some_and(|value| value < 10)
    }

    fn scale(&self, at: usize) -> u64 {
        match self.what(at) {
            Some(What::Scale(power)) if power > 2 => 10u64.pow(u32::from(power)),
            _ => 0,
        }
    }

    fn is_hundred(&self, at: usize) -> bool {
        self.what(at) == Some(What::Scale(2))
    }

    /// Whether nothing parts the unit from the one before.
    fn follows(&self, at: usize) -> bool {
        self.units.get(at).is_some_and(|unit| !unit.parted)
    }

    /// Whether it may be a part of the ten before it.
    fn joins(&self, at: usize) -> bool {
        self.follows(at) && (!self.hyphens || self.units[at].glued)
    }

    /// Every group that may begin at `at`.
    fn groups(&self, at: usize, out: &mut Vec<Group>) {
        let group = |used: usize, cost: u16, says| Group { used: used as u8, cost, says };
        match self.units[at].what {
            What::And => out.push(group(1, 2, Says::Nothing)),
            What::Repair => out.push(group(1, 5, Says::Nothing)),
            What::Written | What::Letter(_) => out.push(group(1, GROUP, Says::Sign(at as u16, 1))),
            What::Times(times) => self.repeated(at, times, out),
            What::Number(_) | What::Scale(_) => {
                // A hyphen ties this number to the one before: nothing begins here.
                let tied = if self.hyphens && at > 0 && self.units[at].glued { 20 } else { 0 };
                let mut numbers = Few::default();
                self.numbers(at, &mut numbers);
                for (used, value, cost) in numbers.iter() {
                    out.push(group(used, GROUP + cost + tied, Says::Number(value)));
                }
                if numbers.count == 0 {
                    out.push(group(1, 3 * GROUP, Says::Nothing));
                }
            }
        }
        for index in 0..out.len() {
            let taken = out[index];
            if self.what(at + usize::from(taken.used)) == Some(What::Repair) {
                out.push(group(usize::from(taken.used) + 1, 3, Says::Nothing));
            }
        }
    }

    /// `double five`, `triple oh`, `double t`.
    fn repeated(&self, at: usize, times: u8, out: &mut Vec<Group>) {
        let next = if self.what(at + 1) == Some(What::And) { at + 2 } else { at + 1 };
        let used = next + 1 - at;
        let cost = GROUP;
        match self.what(next) {
            Some(What::Letter(_)) => {
                out.push(Group { used: used as u8, cost, says: Says::Sign(next as u16, times) });
            }
            Some(What::Written) if self.units[next].end - self.units[next].start <= 2 => {
                out.push(Group { used: used as u8, cost, says: Says::Sign(next as u16, times) });
            }
            Some(What::Number(_)) => {
                let mut few = Few::default();
                self.below_hundred(next, &mut few);
                for (more, value, _) in few.iter() {
                    let cost = if value < 10 { cost } else { cost + 5 };
                    let used = (next + more - at) as u8;
                    out.push(Group { used, cost, says: Says::Repeated(value, times) });
                    // `double seven hundred`
                    if value < 10 && times == 2 && self.is_hundred(next + more) && self.follows(next + more) {
                        out.push(Group { used: used + 1, cost, says: Says::Number(value * 1100) });
                    }
                }
            }
            _ => {}
        }
        if out.is_empty() {
            out.push(Group { used: 1, cost, says: Says::Nothing });
        }
    }

    /// Numbers below 10^9 that begin at `at`.
    fn numbers(&self, at: usize, out: &mut Few) {
        let mut heads = Few::default();
        self.below_thousand(at, &mut heads);
        heads.iter().for_each(|(used, value, cost)| out.push(used, value, cost));
        let mut open = Few::default();
        if self.scale(at) == 1000 {
            open.push(1, 1000, if self.lang == EN { 9 } else { 4 });
        }
        for (used, value, cost) in heads.iter() {
            let scale = self.scale(at + used);
            if scale > 0 && value > 0 && self.follows(at + used) {
                open.push(used + 1, value * scale, cost);
            }
        }
        // What follows a thousand or a million; a million is followed by thousands.
        let mut next = 0;
        while next < open.count {
            let (used, cost, value) = open.items[next];
            let (used, value) = (usize::from(used), u64::from(value));
            next += 1;
            out.push(used, value, cost);
            let and = self.lang == EN && self.what(at + used) == Some(What::And);
            let from = at + used + usize::from(and);
            if !self.follows(from) {
                continue;
            }
            let mut rest = Few::default();
            self.below_thousand(from, &mut rest);
            for (more, small, extra) in rest.iter().filter(|(_, small, _)| *small > 0) {
                let scale = self.scale(from + more);
                if scale > 0 && scale < 1_000_000 && value % 1_000_000 == 0 && self.follows(from + more) {
                    open.push(from + more + 1 - at, value + small * scale, cost + extra);
                }
                let cost = cost + extra + self.digit_behind(from, more, and);
                out.push(from + more - at, value + small, cost);
            }
        }
    }

    /// What it costs to take a bare digit into a number although others follow: `eight hundred five five
    /// five` is 800 555.
    fn digit_behind(&self, at: usize, used: usize, and: bool) -> u16 {
        let more_follow = self.is_digit(at + 1)
            || matches!(self.what(at + 1), Some(What::Times(_)))
            || self.lang == EN && self.number(at + 1).is_some();
        match used == 1 && !and && self.is_digit(at) && more_follow {
            true if self.lang == EN => 12,
            true => 3,
            false => 0,
        }
    }

    fn below_thousand(&self, at: usize, out: &mut Few) {
        let mut small = Few::default();
        self.below_hundred(at, &mut small);
        let mut heads = Few::default();
        if self.is_hundred(at) {
            heads.push(1, 100, if self.lang == EN { 9 } else { 4 });
        }
        if let Some(value @ 100..) = self.number(at) {
            // `doscientos`, `vierhundert`; with tens in the word nothing may follow.
            heads.push(1, value, 0);
        }
        for (used, value, cost) in small.iter() {
            out.push(used, value, cost);
            // `sixty eight hundred` is English alone; `cinquante-neuf cent dix` is 59 110.
            let counts = value > 0 && (value < 20 || self.lang == EN);
            if counts && self.is_hundred(at + used) && self.follows(at + used) {
                heads.push(used + 1, value * 100, if value < 20 { 0 } else { 3 });
            }
        }
        for (used, value, cost) in heads.iter() {
            out.push(used, value, cost);
            if value % 100 != 0 {
                continue;
            }
            let and = (self.lang == EN || self.lang == DE) && self.what(at + used) == Some(What::And);
            let from = at + used + usize::from(and);
            if !self.follows(from) {
                continue;
            }
            let mut rest = Few::default();
            self.below_hundred(from, &mut rest);
            for (more, small, extra) in rest.iter().filter(|(_, small, _)| *small > 0) {
                let cost = cost + extra + self.digit_behind(from, more, and);
                out.push(from + more - at, value + small, cost);
            }
        }
    }

    fn below_hundred(&self, at: usize, out: &mut Few) {
        let Some(value) = self.number(at) else { return };
        if value >= 100 {
            return;
        }
        if self.lang == FR {
            return self.french(at, value, out);
        }
        out.push(1, value, 0);
        let is_ten = value >= 20 && value % 10 == 0;
        let unit = |at: usize| self.number(at).filter(|unit| (1..10).contains(unit));
        if is_ten && self.lang != DE {
            if let Some(unit) = unit(at + 1).filter(|_| self.joins(at + 1)) {
                // Who says `treinta cinco` without the `y` may as well mean 30 5.
                out.push(2, value + unit, if self.lang == ES { 4 } else { 0 });
            }
            if self.lang == ES
                && self.what(at + 1) == Some(What::And)
                && let Some(unit) = unit(at + 2).filter(|_| self.follows(at + 2))
            {
                out.push(3, value + unit, 0);
            }
        }
        if self.lang == DE
            && (1..10).contains(&value)
            && self.what(at + 1) == Some(What::And)
            && let Some(ten @ 20..100) = self.number(at + 2).filter(|ten| ten % 10 == 0)
            && self.follows(at + 2)
        {
            out.push(3, ten + value, 0);
        }
    }

    /// French numbers below a hundred: `soixante-dix-huit`, `quatre-vingt-onze`, `vingt et un`.
    fn french(&self, at: usize, value: u64, out: &mut Few) {
        match value {
            4 => {
                if self.number(at + 1) == Some(20) && self.joins(at + 1) {
                    self.french_rest(at + 2, true, |used, rest| out.push(2 + used, 80 + rest, 0));
                    out.push(2, 80, 0);
                }
                out.push(1, 4, 0);
            }
            10 => {
                if let Some(unit @ 7..10) = self.number(at + 1).filter(|_| self.joins(at + 1)) {
                    out.push(2, 10 + unit, 0);
                }
                out.push(1, 10, 0);
            }
            20.. => {
                self.french_rest(at + 1, value == 60, |used, rest| out.push(1 + used, value + rest, 0));
                out.push(1, value, 0);
            }
            _ => out.push(1, value, 0),
        }
    }

    /// What may follow a ten: 1 to 9, and 10 to 19 where `teens` may.
    fn french_rest(&self, at: usize, teens: bool, mut take: impl FnMut(usize, u64)) {
        let and = self.what(at) == Some(What::And);
        let from = at + usize::from(and);
        if and && !self.follows(from) || !and && !self.joins(from) {
            return;
        }
        let used = from + 1 - at;
        match self.number(from) {
            Some(unit @ 1..10) if !and || unit == 1 => take(used, unit),
            Some(10) if teens && !and => {
                if let Some(unit @ 7..10) = self.number(from + 1).filter(|_| self.joins(from + 1)) {
                    take(used + 1, 10 + unit);
                }
                take(used, 10);
            }
            Some(teen @ 11..17) if teens && (!and || teen == 11) => take(used, teen),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(whats: &[What]) -> Vec<Unit> {
        whats.iter().map(|&what| Unit { what, start: 0, end: 0, glued: false, parted: false }).collect()
    }

    fn best(lang: Lang, whats: &[What]) -> String {
        readings(lang, whats, 1).remove(0)
    }

    fn readings(lang: Lang, whats: &[What], most: usize) -> Vec<String> {
        let mut out = Vec::new();
        read(&[], &units(whats), lang, most, &mut Reader::default(), &mut out);
        out.into_iter().map(|reading| reading.text).collect()
    }

    use What::{And, Number as N, Scale as S, Times as T};

    #[test]
    fn english_numbers() {
        assert_eq!(best(EN, &[N(0), N(7), N(7), T(2), N(0), N(9), S(2), N(1), N(2), N(3)]), "07700900123");
        assert_eq!(best(EN, &[N(20), N(1), N(12)]), "2112");
        assert_eq!(best(EN, &[N(1), S(2), And, N(20), N(3)]), "123");
        assert_eq!(best(EN, &[N(8), S(2), N(5), N(5), N(5)]), "800555");
        assert_eq!(best(EN, &[N(2), S(3), And, N(5)]), "2005");
        assert_eq!(best(EN, &[N(19), S(2), N(84)]), "1984");
    }

    #[test]
    fn french_numbers_have_several_readings() {
        assert_eq!(best(FR, &[N(0), N(6), N(12), N(30), N(4)]), "061234");
        assert_eq!(best(FR, &[N(4), N(20), N(10), N(7)]), "97");
        let all = readings(FR, &[N(60), N(10), N(8)], 8);
        assert!(["78", "6018", "708", "60108"].iter().all(|reading| all.contains(&(*reading).to_owned())));
        assert_eq!(best(FR, &[N(20), And, N(1)]), "21");
        assert_eq!(best(FR, &[S(3), N(9), S(2), N(4), N(20)]), "1980");
    }

    #[test]
    fn german_and_spanish_numbers() {
        assert_eq!(best(DE, &[N(4), And, N(30), N(5)]), "345");
        assert_eq!(best(DE, &[N(412)]), "412");
        assert_eq!(best(ES, &[N(600), N(30), And, N(2)]), "632");
        assert_eq!(best(ES, &[S(3), N(900), N(80), And, N(4)]), "1984");
    }

    #[test]
    fn what_is_taken_back_is_not_read() {
        assert_eq!(best(EN, &[N(7), N(5), What::Repair, N(6)]), "76");
    }
}
