//! What does a record's JSON say of times?
//!
//! One walk over the bytes of a value that is known to be well formed: it notes each string with the object that it
//! lies in, and for each object the times, channels and speakers that stand in it. It judges nothing.

use super::super::fields::{Field, Fields, NAME_BYTES, TimeNames, normalised};
use super::super::id_hash;
use super::super::tree::{number_end, string_end};
use super::written::{MILLISECONDS, NANOSECONDS, SECONDS, TICKS, Time, written};
use crate::model::Span;

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

/// An object or array, or what holds a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Object {
    pub(super) parent: u32,
    pub(super) start: Option<Time>,
    pub(super) end: Option<Time>,
    pub(super) length: Option<Time>,
    /// Sum of its members that are parts of a time, in milliseconds.
    parts: Option<f64>,
    /// The name of the start, without its unit: such times have one unit.
    pub(super) key: u64,
    /// Letters of the strings whose nearest times these are.
    pub(super) letters: u32,
    /// A channel, and whether it counts from 1.
    pub(super) channel: Option<(u16, bool)>,
    pub(super) is_spoken: bool,
    pub(super) speaker: Option<Span>,
}

impl Object {
    pub(super) fn is_timed(&self) -> bool {
        self.start.is_some()
    }

    pub(super) fn extent(&self) -> Option<f64> {
        let length = self.length.map(|length| length.value);
        length.or_else(|| Some(self.end?.value - self.start?.value)).filter(|extent| *extent >= 0.0)
    }
}

/// A string before its times are known.
pub(super) struct Leaf {
    pub(super) raw: Span,
    /// A hash of the names that lead to it.
    pub(super) node: u64,
    pub(super) object: u32,
    pub(super) is_named: bool,
}

pub(super) struct Walk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) fields: &'a Fields,
    pub(super) names: TimeNames,
    pub(super) objects: Vec<Object>,
    pub(super) strings: Vec<Leaf>,
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

impl Walk<'_> {
    pub(super) fn value(&mut self, value: Span) {
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
}

fn is_one_of(names: &[String], name: &[u8]) -> bool {
    names.iter().any(|known| known.as_bytes() == name)
}
