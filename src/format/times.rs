//! When was it said?
//!
//! Makers write the times of a word beside it, in seconds or milliseconds, as numbers or strings, by start and end or
//! by start and duration, in an object of their own or not. A walk over a record's JSON notes for each string the
//! objects it lies in, and for each object the times that stand in it. A string was said in the times of the nearest
//! object that has some. One whose neighbours have times of their own and that has none (a stop, a number that an
//! aligner could not place) was said between them.
//!
//! A unit is told by the name (`startTimeMs`), else by the form (`"1.2s"`, `"PT1.2S"`, `"00:01.2"`), else by how fast
//! people talk: nobody says a letter in three seconds, or thousands in one. What cannot be told is no time; nothing
//! here guesses where a word might lie in its turn.

mod walk;
mod written;

use std::collections::HashMap;

use super::fields::{Fields, times};
use crate::model::Span;
use walk::{Leaf, Object, Walk};
use written::{MILLISECONDS, SECONDS, TICKS, Time, written};

/// A string of the file, and when it was said.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// Where it stands in the file, without quotes.
    pub raw: Span,
    /// From when to when, in milliseconds of the recording, rounded outwards; `None` where nothing tells.
    pub said: Option<(u64, u64)>,
    /// The channel, from 0.
    pub channel: Option<u16>,
    /// Where the label or number of who speaks stands in the file, if it names nobody.
    pub speaker: Option<Span>,
    /// Whether its name says that it is a text or word.
    pub is_named: bool,
    /// Whether somebody is named who speaks, in the object that it lies in.
    pub is_spoken: bool,
    /// The string of the same kind behind it, if there is one.
    pub next: Option<u32>,
    /// When the last one before it ends that has times, in milliseconds.
    pub end_before: Option<u64>,
    /// When the next one behind it begins that has times.
    pub start_behind: Option<u64>,
}

/// When the strings of a conversation were said.
#[derive(Debug, Default)]
pub struct Times {
    /// In order of the file.
    strings: Vec<Spoken>,
    /// How long the recording is, in milliseconds, as the document says.
    pub duration: Option<u64>,
    /// Whether they are those of captions, which have none for words.
    pub are_cues: bool,
}

impl Times {
    /// The string that begins at byte `raw` of the file, by its index.
    #[must_use]
    pub fn at(&self, raw: u32) -> Option<u32> {
        self.strings.binary_search_by_key(&raw, |string| string.raw.start).ok().map(|at| at as u32)
    }

    /// The string of that index.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn string(&self, index: u32) -> &Spoken {
        &self.strings[index as usize]
    }

    /// When the last string that has times ends, in milliseconds.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.strings.iter().filter_map(|string| Some(string.said?.1)).max()
    }

    /// Reads the JSON `values` of `bytes`.
    pub(super) fn read(bytes: &[u8], values: impl Iterator<Item = Span>, fields: &Fields) -> Times {
        let mut walk = Walk { bytes, fields, names: times(), objects: Vec::new(), strings: Vec::new() };
        for value in values {
            walk.value(value);
        }
        walk.settle()
    }

    /// Strings of captions, in order of the file.
    pub(super) fn of_cues(strings: Vec<Spoken>) -> Times {
        Times { strings, duration: None, are_cues: true }
    }
}

/// The window of a cue by its timing, `00:01.000 --> 00:04.000`, with settings behind it.
pub(super) fn of_timing(line: &[u8]) -> Option<(u64, u64)> {
    let arrow = line.windows(3).position(|three| three == b"-->")?;
    let behind = line[arrow + 3..].trim_ascii_start();
    let until = behind.split(u8::is_ascii_whitespace).next()?;
    let clock = |text: &[u8]| {
        let time = written(text, None).filter(|_| text.contains(&b':'))?;
        Some(time.value * time.unit.unwrap_or(SECONDS))
    };
    let (start, end) = (clock(line[..arrow].trim_ascii())?, clock(until)?);
    in_milliseconds((start, end)).filter(|_| start <= end)
}

/// A window in seconds.
pub(super) fn of_seconds(start: f64, end: f64) -> Option<(u64, u64)> {
    in_milliseconds((start * 1000.0, end * 1000.0)).filter(|_| start >= 0.0 && start <= end)
}

/// Longer than any call: a date, not a time of the recording.
const LONGEST: f64 = 48.0 * 3600.0 * 1000.0;

/// Start and end in milliseconds, as far as they are known.
type Extent = Option<(f64, Option<f64>)>;

/// What stands around a string, of those of its kind.
#[derive(Clone, Copy, Debug, Default)]
struct Neighbours {
    /// When the last one before it ends that has times.
    end_before: Option<f64>,
    /// When the next one behind it begins that has times.
    start_behind: Option<f64>,
    /// The next one, with times or without.
    next: Option<u32>,
}

impl Walk<'_> {
    /// The nearest object with times around, and how far that is.
    fn owner(&self, mut object: u32) -> Option<(u32, u32)> {
        for steps in 0.. {
            let of = &self.objects[object as usize];
            if of.is_timed() {
                return Some((object, steps));
            }
            if of.parent == object {
                return None;
            }
            object = of.parent;
        }
        None
    }

    /// The first that `what` finds in the object or those around it.
    fn around<T>(&self, mut object: u32, what: impl Fn(&Object) -> Option<T>) -> Option<T> {
        loop {
            let of = &self.objects[object as usize];
            if let found @ Some(_) = what(of) {
                return found;
            }
            if of.parent == object {
                return None;
            }
            object = of.parent;
        }
    }

    fn settle(mut self) -> Times {
        let owners = self.owners();
        let units = self.units();
        let extents: Vec<Extent> = self.objects.iter().map(|object| extent(object, &units)).collect();
        let within: Vec<Extent> =
            owners.iter().map(|owner| owner.and_then(|(object, _)| extents[object as usize])).collect();
        let is_own = self.own(&owners);
        let neighbours = self.neighbours(&within, &is_own);
        let from_one = self.counts_from_one();
        let channel = |object: &Object| {
            let (number, is_tag) = object.channel?;
            Some(if is_tag { number.checked_sub(1) } else { number.checked_sub(u16::from(from_one?)) })
        };
        let spoken = |at: usize| {
            let (leaf, around) = (&self.strings[at], neighbours[at]);
            let said = match within[at].filter(|_| is_own[at]) {
                Some((start, end)) => {
                    let end = end.or(around.start_behind.filter(|next| *next >= start));
                    end.map(|end| (start, end))
                }
                None if is_own[at] => None,
                None => between(leaf.raw.of(self.bytes), around, within[at]),
            };
            Spoken {
                raw: leaf.raw,
                said: said.and_then(in_milliseconds),
                channel: self.around(leaf.object, channel).flatten(),
                speaker: self.around(leaf.object, |object| object.speaker),
                is_named: leaf.is_named,
                is_spoken: self.objects[leaf.object as usize].is_spoken,
                next: around.next,
                end_before: around.end_before.map(|end| end.max(0.0) as u64),
                start_behind: around.start_behind.map(|start| start.max(0.0).ceil() as u64),
            }
        };
        Times {
            strings: (0..self.strings.len()).map(spoken).collect(),
            duration: self.duration(&extents),
            are_cues: false,
        }
    }

    /// The nearest object with times around each string, and how far that is. Objects are told how many letters are
    /// theirs.
    fn owners(&mut self) -> Vec<Option<(u32, u32)>> {
        let owners: Vec<_> = self.strings.iter().map(|leaf| self.owner(leaf.object)).collect();
        for (leaf, owner) in self.strings.iter().zip(&owners) {
            if let Some((object, _)) = owner {
                let letters = leaf.raw.of(self.bytes).iter().filter(|b| b.is_ascii_alphanumeric()).count();
                self.objects[*object as usize].letters += letters as u32;
            }
        }
        owners
    }

    /// Whether the times around a string are its own: no string of its kind has nearer ones.
    fn own(&self, owners: &[Option<(u32, u32)>]) -> Vec<bool> {
        let steps = |owner: &Option<(u32, u32)>| owner.map_or(u32::MAX, |owner| owner.1);
        let mut nearest: HashMap<u64, u32> = HashMap::new();
        for (leaf, owner) in self.strings.iter().zip(owners) {
            let known = nearest.entry(leaf.node).or_insert(u32::MAX);
            *known = (*known).min(steps(owner));
        }
        let is_own = |(leaf, owner): (&Leaf, &Option<(u32, u32)>)| {
            owner.is_some() && nearest[&leaf.node] == steps(owner)
        };
        self.strings.iter().zip(owners).map(is_own).collect()
    }

    /// What stands around each string, of those of its kind.
    fn neighbours(&self, within: &[Extent], is_own: &[bool]) -> Vec<Neighbours> {
        let mut all = vec![Neighbours::default(); self.strings.len()];
        let own = |at: usize| within[at].filter(|_| is_own[at]);
        let mut last: HashMap<u64, f64> = HashMap::new();
        for (at, leaf) in self.strings.iter().enumerate() {
            all[at].end_before = last.get(&leaf.node).copied();
            if let Some((start, end)) = own(at) {
                last.insert(leaf.node, end.unwrap_or(start));
            }
        }
        let mut first: HashMap<u64, f64> = HashMap::new();
        let mut follows: HashMap<u64, u32> = HashMap::new();
        for (at, leaf) in self.strings.iter().enumerate().rev() {
            all[at].start_behind = first.get(&leaf.node).copied();
            all[at].next = follows.insert(leaf.node, at as u32);
            if let Some((start, _)) = own(at) {
                first.insert(leaf.node, start);
            }
        }
        all
    }

    /// Milliseconds in a time without a unit, by the name of its start.
    fn units(&self) -> HashMap<u64, f64> {
        let mut rates: HashMap<u64, Vec<f64>> = HashMap::new();
        let mut keys = Vec::new();
        for object in &self.objects {
            let Some(start) = object.start.filter(|start| start.unit.is_none()) else { continue };
            let of_key = rates.entry(object.key).or_default();
            if of_key.is_empty() {
                keys.push(object.key);
            }
            if let (Some(extent), 1..) = (object.extent(), object.letters) {
                of_key.push(extent / f64::from(object.letters));
            } else if start.value > LONGEST {
                of_key.push(f64::NAN);
            }
        }
        let has_fraction = |key: u64| {
            let times = self.objects.iter().filter(|object| object.key == key);
            let mut values = times.flat_map(|object| [object.start, object.end, object.length]).flatten();
            values.any(|time| time.unit.is_none() && time.value.fract() != 0.0)
        };
        keys.sort_unstable();
        keys.dedup();
        let unit = |key: u64| {
            let mut of_key = rates[&key].clone();
            of_key.retain(|rate| !rate.is_nan());
            of_key.sort_by(f64::total_cmp);
            let median = of_key.get(of_key.len() / 2).copied().unwrap_or(0.0);
            match median {
                _ if median < 3.0 || median < 20.0 && has_fraction(key) => SECONDS,
                _ if median < 20_000.0 => MILLISECONDS,
                _ => TICKS,
            }
        };
        keys.into_iter().map(|key| (key, unit(key))).collect()
    }

    /// Whether channels without a counting of their own are counted from 1; `None` when that cannot be told.
    fn counts_from_one(&self) -> Option<bool> {
        let channels =
            || self.objects.iter().filter_map(|object| object.channel).filter(|channel| !channel.1);
        if channels().any(|(number, _)| number == 0) {
            return Some(false);
        }
        (channels().any(|(number, _)| number == 1) && channels().any(|(number, _)| number == 2))
            .then_some(true)
    }

    /// How long the recording is: the longest length that stands by itself, if all that is said lies in it.
    fn duration(&self, extents: &[Extent]) -> Option<u64> {
        let last = extents.iter().flatten().filter_map(|extent| extent.1).fold(0.0, f64::max);
        let lengths =
            self.objects.iter().filter(|object| !object.is_timed()).filter_map(|object| object.length);
        let longest = lengths.map(|length| length.value * length.unit.unwrap_or(SECONDS)).fold(0.0, f64::max);
        (longest >= last && longest > 0.0 && longest < LONGEST).then_some(longest as u64)
    }
}

/// Start and end of an object in milliseconds.
fn extent(object: &Object, units: &HashMap<u64, f64>) -> Extent {
    let by_key = units.get(&object.key).copied();
    let own = object.start?.unit.or(by_key).unwrap_or(SECONDS);
    let in_own = |time: Time| time.value * time.unit.unwrap_or(own);
    let start = in_own(object.start?);
    let end = object.end.map(in_own).or_else(|| Some(start + in_own(object.length?)));
    ((0.0..=LONGEST).contains(&start) && end.is_none_or(|end| end >= start && end <= LONGEST))
        .then_some((start, end))
}

/// When a string without times was said whose neighbours have some; `within` are the times of what it lies in.
fn between(text: &[u8], around: Neighbours, within: Extent) -> Option<(f64, f64)> {
    let Neighbours { end_before, start_behind, .. } = around;
    let (low, high) = (within.map(|within| within.0), within.and_then(|within| within.1));
    let is_in = |time: &f64| low.is_none_or(|low| *time >= low) && high.is_none_or(|high| *time <= high);
    let before = end_before.filter(is_in);
    let silent = !text.is_empty() && text.iter().all(|b| b".,;:!?)".contains(b));
    if let (true, Some(end)) = (silent, before) {
        return Some((end, end));
    }
    // Nothing tells where the words around it are: it may be anywhere in what it lies in.
    let start = before.or(low).or(start_behind.map(|_| 0.0))?;
    let end = start_behind.filter(is_in).or(high)?;
    Some((start.min(end), start.max(end)))
}

fn in_milliseconds((start, end): (f64, f64)) -> Option<(u64, u64)> {
    // A hair off is what binary fractions are: 0.29 s is no part of millisecond 289.
    const HAIR: f64 = 1e-3;
    (end <= LONGEST).then_some(((start + HAIR).floor().max(0.0) as u64, (end - HAIR).ceil().max(0.0) as u64))
}

#[cfg(test)]
mod tests;
