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

use std::collections::HashMap;

use super::fields::{Field, Fields, NAME_BYTES, TimeNames, normalised, times};
use super::id_hash;
use super::tree::{number_end, string_end};
use crate::model::Span;

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
}

/// When the strings of a conversation were said.
#[derive(Debug, Default)]
pub struct Times {
    /// In order of the file.
    strings: Vec<Spoken>,
    /// How long the recording is, in milliseconds, as the document says.
    pub duration: Option<u64>,
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

    /// Reads the JSON `values` of `bytes`.
    pub(super) fn read(bytes: &[u8], values: impl Iterator<Item = Span>, fields: &Fields) -> Times {
        let mut walk = Walk { bytes, fields, names: times(), objects: Vec::new(), strings: Vec::new() };
        for value in values {
            walk.value(value);
        }
        walk.settle()
    }
}

/// What a member's name says of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mark {
    Start,
    End,
    Length,
    Both,
    Channel,
    ChannelFromOne,
    Speaker,
    /// A member of a time that is written in parts.
    Part,
    #[default]
    None,
}

/// Units of time, as milliseconds.
const SECONDS: f64 = 1000.0;
const MILLISECONDS: f64 = 1.0;
const TICKS: f64 = 1e-4;
const NANOSECONDS: f64 = 1e-6;

/// A time as it is written.
#[derive(Clone, Copy, Debug)]
struct Time {
    value: f64,
    /// Milliseconds in one of it, if name or form tell.
    unit: Option<f64>,
}

/// An object or array, or what holds a record.
#[derive(Clone, Copy, Debug, Default)]
struct Object {
    parent: u32,
    start: Option<Time>,
    end: Option<Time>,
    length: Option<Time>,
    /// Sum of its members that are parts of a time, in milliseconds.
    parts: Option<f64>,
    /// The name of the start, without its unit: such times have one unit.
    key: u64,
    /// Letters of the strings whose nearest times these are.
    letters: u32,
    /// A channel, and whether it counts from 1.
    channel: Option<(u16, bool)>,
    is_spoken: bool,
    speaker: Option<Span>,
}

impl Object {
    fn is_timed(&self) -> bool {
        self.start.is_some()
    }

    fn extent(&self) -> Option<f64> {
        let length = self.length.map(|length| length.value);
        length.or_else(|| Some(self.end?.value - self.start?.value)).filter(|extent| *extent >= 0.0)
    }
}

/// A string before its times are known.
struct Leaf {
    raw: Span,
    /// A hash of the names that lead to it.
    node: u64,
    object: u32,
    is_named: bool,
}

struct Walk<'a> {
    bytes: &'a [u8],
    fields: &'a Fields,
    names: TimeNames,
    objects: Vec<Object>,
    strings: Vec<Leaf>,
}

/// A container on the way.
#[derive(Clone, Copy)]
struct Frame {
    is_object: bool,
    object: u32,
    node: u64,
    /// The current member's name, and what it says.
    member: u64,
    mark: Mark,
    unit: Option<f64>,
    field: Field,
    /// What the container itself is called.
    own: Mark,
    own_field: Field,
    is_channels: bool,
    index: u16,
}

/// Longer than any call: a date, not a time of the recording.
const LONGEST: f64 = 48.0 * 3600.0 * 1000.0;

impl Walk<'_> {
    fn value(&mut self, value: Span) {
        let (mut at, end) = (value.start as usize, value.end as usize);
        let root = self.objects.len() as u32;
        self.objects.push(Object { parent: root, ..Object::default() });
        let mut here = Frame {
            is_object: false,
            object: root,
            node: 0,
            member: 0,
            mark: Mark::None,
            unit: None,
            field: Field::Other,
            own: Mark::None,
            own_field: Field::Other,
            is_channels: false,
            index: 0,
        };
        let mut frames: Vec<Frame> = Vec::new();
        let mut is_key = false;
        while at < end {
            match self.bytes[at] {
                b'"' => {
                    let string = Span::new(at + 1, string_end(self.bytes, at + 1).min(end));
                    if is_key {
                        self.name(string, &mut here);
                        is_key = false;
                    } else {
                        self.string(string, &here);
                    }
                    at = string.end as usize;
                }
                open @ (b'{' | b'[') => {
                    frames.push(here);
                    here = self.enter(&here, open == b'{');
                    is_key = here.is_object;
                }
                b'}' | b']' => {
                    let inner = here;
                    here = frames.pop().unwrap_or(here);
                    self.leave(&inner, &here);
                    is_key = false;
                }
                b',' => {
                    here.index = here.index.saturating_add(1);
                    is_key = here.is_object;
                }
                b'-' | b'0'..=b'9' => {
                    let number = Span::new(at, number_end(self.bytes, at, end));
                    self.number(number, &here);
                    at = number.end as usize - 1;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn name(&self, name: Span, here: &mut Frame) {
        let name = name.of(self.bytes);
        here.field = self.fields.of(name);
        here.is_channels = false;
        let mut buffer = [0u8; NAME_BYTES];
        let name = normalised(name, &mut buffer).unwrap_or_default();
        (here.mark, here.unit, here.member) = self.mark(name);
        here.is_channels = is_one_of(&self.names.channels, name);
        if here.mark == Mark::None && here.field == Field::Speaker {
            here.mark = Mark::Speaker;
        }
    }

    /// What a name says, the unit that stands behind it, and a hash of the rest.
    fn mark(&self, name: &[u8]) -> (Mark, Option<f64>, u64) {
        let names = &self.names;
        let kinds = [
            (&names.start, Mark::Start),
            (&names.end, Mark::End),
            (&names.length, Mark::Length),
            (&names.both, Mark::Both),
            (&names.channel, Mark::Channel),
            (&names.channel_from_one, Mark::ChannelFromOne),
        ];
        let of = |name: &[u8]| kinds.iter().find(|(names, _)| is_one_of(names, name)).map(|kind| kind.1);
        if let Some(mark) = of(name) {
            return (mark, None, id_hash(name));
        }
        let units = [
            (&names.milliseconds, MILLISECONDS),
            (&names.seconds, SECONDS),
            (&names.ticks, TICKS),
            (&names.nanoseconds, NANOSECONDS),
        ];
        for (endings, unit) in units {
            for ending in endings {
                if name == ending.as_bytes() {
                    return (Mark::Part, Some(unit), id_hash(name));
                }
                let mark = name.strip_suffix(ending.as_bytes()).and_then(|stem| Some((of(stem)?, stem)));
                if let Some((mark, stem)) = mark {
                    return (mark, Some(unit), id_hash(stem));
                }
            }
        }
        (Mark::None, None, id_hash(name))
    }

    fn enter(&mut self, around: &Frame, is_object: bool) -> Frame {
        let object = self.objects.len() as u32;
        let channel = (around.is_channels && !around.is_object).then_some((around.index, false));
        self.objects.push(Object { parent: around.object, channel, ..Object::default() });
        // The first of several guesses is told from the others.
        let is_best = around.own_field == Field::Guesses && around.index == 0;
        let step = if around.is_object { around.member } else { 1 + u64::from(is_best) };
        Frame {
            is_object,
            object,
            node: (around.node.rotate_left(9) ^ step).wrapping_mul(0x9E37_79B9_7F4A_7C15),
            member: 0,
            mark: if is_object { Mark::None } else { around.mark },
            unit: if is_object { None } else { around.unit },
            field: if is_object { Field::Other } else { around.field },
            own: if around.is_object { around.mark } else { Mark::None },
            own_field: if around.is_object { around.field } else { around.own_field },
            is_channels: !is_object && around.is_object && around.is_channels,
            index: 0,
        }
    }

    /// What an inner container says of the one around it.
    fn leave(&mut self, inner: &Frame, around: &Frame) {
        let of = self.objects[inner.object as usize];
        let outer = &mut self.objects[around.object as usize];
        let parts = of.parts.map(|value| Time { value, unit: Some(MILLISECONDS) });
        match inner.own {
            Mark::Start if parts.is_some() => outer.start = parts,
            Mark::End if parts.is_some() => outer.end = parts,
            Mark::Length if parts.is_some() => outer.length = parts,
            Mark::Both if !outer.is_timed() => {
                (outer.start, outer.end, outer.key) = (of.start, of.end, of.key);
            }
            Mark::Channel | Mark::ChannelFromOne => outer.channel = outer.channel.or(of.channel),
            Mark::Speaker => {
                outer.is_spoken = true;
                outer.speaker = outer.speaker.or(of.speaker);
            }
            _ => {}
        }
    }

    fn note(&mut self, time: Time, here: &Frame) {
        let object = &mut self.objects[here.object as usize];
        match here.mark {
            // A list of two holds start and end.
            Mark::Both if !here.is_object => {
                if here.index == 0 {
                    (object.start, object.key) = (Some(time), here.node);
                } else {
                    object.end = Some(time);
                }
            }
            Mark::Start if object.start.is_none_or(|known| known.unit.is_none()) => {
                (object.start, object.key) = (Some(time), here.member);
            }
            Mark::End if object.end.is_none_or(|known| known.unit.is_none()) => object.end = Some(time),
            Mark::Length if object.length.is_none_or(|known| known.unit.is_none()) => {
                object.length = Some(time);
            }
            Mark::Part => {
                let unit = time.unit.unwrap_or(MILLISECONDS);
                object.parts = Some(object.parts.unwrap_or(0.0) + time.value * unit);
            }
            _ => {}
        }
    }

    fn number(&mut self, number: Span, here: &Frame) {
        let text = std::str::from_utf8(number.of(self.bytes)).unwrap_or_default();
        match here.mark {
            Mark::Channel | Mark::ChannelFromOne => self.channel(text, here),
            Mark::Speaker => self.speaker(number, here),
            Mark::None => {}
            _ => {
                if let Ok(value) = text.parse() {
                    self.note(Time { value, unit: here.unit }, here);
                }
            }
        }
    }

    fn channel(&mut self, label: &str, here: &Frame) {
        let digits = label.len() - label.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let number = match label.to_ascii_lowercase().as_str() {
            "left" => Some(0),
            "right" => Some(1),
            _ => label[label.len() - digits..].parse().ok(),
        };
        let object = &mut self.objects[here.object as usize];
        object.channel = number.map(|number| (number, here.mark == Mark::ChannelFromOne)).or(object.channel);
        // Who speaks is told apart by it, too.
        object.is_spoken = true;
    }

    fn speaker(&mut self, label: Span, here: &Frame) {
        let object = &mut self.objects[here.object as usize];
        object.is_spoken = true;
        let is_tag = label.of(self.bytes).iter().any(|b| b"[{<".contains(b));
        if !label.is_empty() && !is_tag && self.fields.labels.is_role(label.of(self.bytes)) {
            object.speaker = Some(label);
        }
    }

    fn string(&mut self, string: Span, here: &Frame) {
        let text = string.of(self.bytes);
        match here.mark {
            Mark::Channel | Mark::ChannelFromOne => {
                self.channel(&String::from_utf8_lossy(text), here);
            }
            Mark::Speaker => self.speaker(string, here),
            Mark::None => {}
            _ => {
                if let Some(time) = written(text, here.unit) {
                    self.note(time, here);
                }
            }
        }
        let step = if here.is_object { here.member } else { 0 };
        let field = if here.is_object { here.field } else { here.own_field };
        self.strings.push(Leaf {
            raw: string,
            node: (here.node.rotate_left(9) ^ step).wrapping_mul(0x9E37_79B9_7F4A_7C15),
            object: here.object,
            is_named: matches!(field, Field::Text | Field::Word),
        });
    }

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
        let owners: Vec<Option<(u32, u32)>> =
            self.strings.iter().map(|leaf| self.owner(leaf.object)).collect();
        // How far the times of such strings are, where they have their own.
        let mut nearest: HashMap<u64, u32> = HashMap::new();
        for (leaf, owner) in self.strings.iter().zip(&owners) {
            let steps = owner.map_or(u32::MAX, |owner| owner.1);
            let known = nearest.entry(leaf.node).or_insert(steps);
            *known = (*known).min(steps);
            if let Some((object, _)) = owner {
                let letters = leaf.raw.of(self.bytes).iter().filter(|b| b.is_ascii_alphanumeric()).count();
                self.objects[*object as usize].letters += letters as u32;
            }
        }
        let units = self.units();
        let extents: Vec<Option<(f64, Option<f64>)>> =
            self.objects.iter().map(|object| extent(object, &units)).collect();
        let is_own = |at: usize| owners[at].is_some_and(|owner| nearest[&self.strings[at].node] == owner.1);
        let of_owner = |at: usize| owners[at].and_then(|owner| extents[owner.0 as usize]);
        // Forwards: where the string before it ends; backwards: where the one behind it begins.
        let count = self.strings.len();
        let (mut ends, mut starts, mut next) = (vec![None; count], vec![None; count], vec![None; count]);
        let mut last: HashMap<u64, f64> = HashMap::new();
        for (at, leaf) in self.strings.iter().enumerate() {
            ends[at] = last.get(&leaf.node).copied();
            if let Some((start, end)) = of_owner(at).filter(|_| is_own(at)) {
                last.insert(leaf.node, end.unwrap_or(start));
            }
        }
        let mut first: HashMap<u64, f64> = HashMap::new();
        let mut follows: HashMap<u64, u32> = HashMap::new();
        for at in (0..count).rev() {
            let node = self.strings[at].node;
            starts[at] = first.get(&node).copied();
            next[at] = follows.insert(node, at as u32);
            if let Some((start, _)) = of_owner(at).filter(|_| is_own(at)) {
                first.insert(node, start);
            }
        }
        let from_one = self.counts_from_one();
        let channel = |object: &Object| {
            let (number, is_tag) = object.channel?;
            Some(if is_tag { number.checked_sub(1) } else { number.checked_sub(u16::from(from_one?)) })
        };
        let strings = (0..count).map(|at| {
            let leaf = &self.strings[at];
            let within = of_owner(at);
            let said = if is_own(at) {
                within
                    .and_then(|(start, end)| Some((start, end.or(starts[at].filter(|next| *next >= start))?)))
            } else {
                between(leaf.raw.of(self.bytes), ends[at], starts[at], within)
            };
            Spoken {
                raw: leaf.raw,
                said: said.and_then(in_milliseconds),
                channel: self.around(leaf.object, channel).flatten(),
                speaker: self.around(leaf.object, |object| object.speaker),
                is_named: leaf.is_named,
                is_spoken: self.objects[leaf.object as usize].is_spoken,
                next: next[at],
            }
        });
        Times { strings: strings.collect(), duration: self.duration(&extents) }
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
    fn duration(&self, extents: &[Option<(f64, Option<f64>)>]) -> Option<u64> {
        let last = extents.iter().flatten().filter_map(|extent| extent.1).fold(0.0, f64::max);
        let lengths =
            self.objects.iter().filter(|object| !object.is_timed()).filter_map(|object| object.length);
        let longest = lengths.map(|length| length.value * length.unit.unwrap_or(SECONDS)).fold(0.0, f64::max);
        (longest >= last && longest > 0.0 && longest < LONGEST).then_some(longest as u64)
    }
}

fn is_one_of(names: &[String], name: &[u8]) -> bool {
    names.iter().any(|known| known.as_bytes() == name)
}

/// Start and end of an object in milliseconds.
fn extent(object: &Object, units: &HashMap<u64, f64>) -> Option<(f64, Option<f64>)> {
    let by_key = units.get(&object.key).copied();
    let own = object.start?.unit.or(by_key).unwrap_or(SECONDS);
    let in_own = |time: Time| time.value * time.unit.unwrap_or(own);
    let start = in_own(object.start?);
    let end = object.end.map(in_own).or_else(|| Some(start + in_own(object.length?)));
    ((0.0..=LONGEST).contains(&start) && end.is_none_or(|end| end >= start && end <= LONGEST))
        .then_some((start, end))
}

/// When a string without times was said whose neighbours have some; `within` are the times of what it lies in.
fn between(
    text: &[u8],
    end_before: Option<f64>,
    start_behind: Option<f64>,
    within: Option<(f64, Option<f64>)>,
) -> Option<(f64, f64)> {
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

/// A time that is written in a string: `4.87`, `1.2s`, `PT1M0.5S`, `00:00:01,230`.
fn written(text: &[u8], unit: Option<f64>) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let number = |text: &str| -> Option<f64> {
        let formed = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if formed { text.parse().ok() } else { None }
    };
    if let Some(value) = number(text) {
        return Some(Time { value, unit });
    }
    let seconds = |value: f64| Some(Time { value, unit: Some(SECONDS) });
    if let Some(value) = text.strip_suffix('s').and_then(number) {
        return seconds(value);
    }
    if let Some(parts) = text.strip_prefix("PT") {
        let (mut total, mut from) = (0.0, 0);
        for (at, letter) in parts.match_indices(['H', 'M', 'S']) {
            let step = match letter {
                "H" => 3600.0,
                "M" => 60.0,
                _ => 1.0,
            };
            total += number(&parts[from..at])? * step;
            from = at + 1;
        }
        return if from > 0 && from == parts.len() { seconds(total) } else { None };
    }
    let parts: Vec<f64> = text.replace(',', ".").split(':').map(number).collect::<Option<_>>()?;
    if !matches!(parts.len(), 2 | 3) {
        return None;
    }
    seconds(parts.iter().fold(0.0, |total, part| total * 60.0 + part))
}

#[cfg(test)]
mod tests;
