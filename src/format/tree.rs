//! How do the strings of a JSON value hang together, and where?
//!
//! The parser says where strings stand; this walk over a value that it has read says which of them are alike: a
//! [`Node`] stands for all values that are reached by the same names, whatever their positions in arrays, so that
//! the words of a `words[]` are one node. Each value knows the arrays and elements it lies in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fields::{Field, Fields};
use super::id_hash;
use crate::model::{Escape, Segment, Span};

/// All values that are reached by the same names.
#[derive(Default)]
pub(super) struct Node {
    /// Strings met.
    pub(super) strings: u32,
    /// Strings with a blank between words.
    pub(super) spaced: u32,
    /// Their bytes.
    pub(super) bytes: u32,
    /// Strings with a letter.
    pub(super) lettered: u32,
    /// Strings that equal one of the last few.
    pub(super) repeated: u32,
    recent: [u64; 8],
    /// Innermost arrays met with such a string in them.
    pub(super) arrays: u32,
    last_array: u32,
    /// What the name says.
    pub(super) field: Field,
    /// Whether such an object holds a number, a time or somebody who speaks.
    pub(super) is_timed: bool,
    pub(super) is_spoken: bool,
    /// Whether it lies in a guess that is not the best one.
    pub(super) is_guess: bool,
    /// The node of the object or array that holds it.
    pub(super) parent: u32,
}

/// A string value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    /// Its segment.
    pub(super) segment: u32,
    /// What it is alike.
    pub(super) node: u32,
    /// The innermost element of an array, or record, that it lies in.
    pub(super) element: u32,
    /// The innermost array, and the one around that; 0 when there is none.
    pub(super) arrays: [u32; 2],
}

/// What something says of a text that it follows from: a number, a list of them, a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Where something in it begins, in code points.
    First,
    /// Where something in it ends.
    Last,
    /// Its words, as the codes of a model: the inside of the list.
    Codes,
    /// One word, as such a code.
    Code,
    /// All of it, once more: the same bytes.
    Same,
}

/// A number that follows from a text beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) raw: Span,
    pub(super) says: Says,
    /// The element it lies in.
    pub(super) element: u32,
}

/// The strings of a conversation's records. Reused.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// The node of a holder's member, by the hash of its name: two names that collide would count as alike.
    names: HashMap<(u32, u64), u32>,
    /// For each element the one around it; the first stands for the conversation.
    pub(super) elements: Vec<u32>,
    pub(super) leaves: Vec<Leaf>,
    /// Numbers that follow from a text.
    pub(super) dependents: Vec<Number>,
    /// Segments that say who speaks.
    pub(super) speakers: Vec<u32>,
    arrays: u32,
    /// Segments before which an object begins or ends, in order.
    pub(super) edges: Vec<u32>,
}

/// Different names that are told apart; values under others are all alike.
const NODES: usize = 4096;
/// The node of a record, and the one that stands for all beyond [`NODES`].
const ROOT: u32 = 0;
const REST: u32 = 1;

#[derive(Clone, Copy)]
struct Frame {
    is_object: bool,
    /// The node of the container.
    node: u32,
    element: u32,
    arrays: [u32; 2],
    /// The node of the current member.
    member: u32,
    index: u32,
    /// Whether the first of the elements is told from the others: they are guesses at the same words.
    is_ranked: bool,
}

impl Tree {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.nodes.extend([Node::default(), Node::default()]);
        self.names.clear();
        self.elements.clear();
        self.elements.push(0);
        self.leaves.clear();
        self.edges.clear();
        self.speakers.clear();
        self.dependents.clear();
        self.arrays = 0;
    }

    /// The node of the member or element `name` of `parent`.
    fn child(&mut self, parent: u32, name: &[u8], field: impl FnOnce() -> Field) -> u32 {
        if parent == REST {
            return REST;
        }
        let node = self.nodes.len() as u32;
        match self.names.entry((parent, id_hash(name))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(_) if node as usize >= NODES => REST,
            Entry::Vacant(new) => {
                new.insert(node);
                let is_guess = self.nodes[parent as usize].is_guess;
                self.nodes.push(Node { parent, field: field(), is_guess, ..Node::default() });
                node
            }
        }
    }

    /// Walks over a record that was read: `value` is where its JSON stands in `bytes`, `segments[from..]` are its
    /// strings and numbers as the parser left them.
    pub(super) fn walk(
        &mut self,
        bytes: &[u8],
        value: Span,
        segments: &[Segment],
        from: usize,
        fields: &Fields,
    ) {
        let (mut at, end, mut next) = (value.start as usize, value.end as usize, from);
        let element = self.elements.len() as u32;
        self.elements.push(0);
        let mut frames: Vec<Frame> = Vec::new();
        let root = Frame {
            is_object: false,
            node: ROOT,
            element,
            arrays: [0; 2],
            member: ROOT,
            index: 0,
            is_ranked: false,
        };
        let mut here = root;
        let mut is_key = false;
        while at < end {
            match bytes[at] {
                b'"' => {
                    while segments.get(next).is_some_and(|s| s.escape != Escape::Json) {
                        next += 1;
                    }
                    let Some(segment) = segments.get(next) else { return };
                    debug_assert_eq!(
                        segment.span.start as usize,
                        at + 1,
                        "the walk meets what the parser met"
                    );
                    if is_key {
                        let name = segment.span.of(bytes);
                        here.member = self.child(here.node, name, || fields.of(name));
                        is_key = false;
                    } else {
                        self.string(bytes, segment, next as u32, &here);
                    }
                    next += 1;
                    at = segment.span.end as usize + 1;
                    continue;
                }
                open @ (b'{' | b'[') => {
                    let is_object = open == b'{';
                    self.edges.push(next as u32);
                    if !is_object && self.nodes[here.member as usize].field == Field::Codes {
                        self.codes(bytes, at + 1, here.element);
                    }
                    frames.push(here);
                    here = self.enter(&here, is_object, frames.len() == 1);
                    is_key = is_object;
                }
                b'}' | b']' => {
                    self.edges.push(next as u32);
                    here = frames.pop().unwrap_or(root);
                    is_key = false;
                }
                b',' => {
                    here.index += 1;
                    is_key = here.is_object;
                    if !here.is_object {
                        here.member = self.item(&here);
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let number = Span::new(at, number_end(bytes, at, end));
                    if here.is_object {
                        self.number(number, &here, bytes);
                    }
                    at = number.end as usize;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// The node of the current element of an array.
    fn item(&mut self, array: &Frame) -> u32 {
        let name: &[u8] = if array.is_ranked && array.index == 0 { b"[0]" } else { b"[]" };
        let node = self.child(array.node, name, || Field::Other);
        self.nodes[node as usize].is_guess |= array.is_ranked && array.index > 0;
        node
    }

    fn enter(&mut self, around: &Frame, is_object: bool, is_record: bool) -> Frame {
        let node = around.member;
        let mut inner = Frame { is_object, node, index: 0, is_ranked: false, ..*around };
        // What lies in an array is an element of its own.
        if !around.is_object && !is_record {
            inner.element = self.elements.len() as u32;
            self.elements.push(around.element);
        }
        if !is_object {
            self.arrays += 1;
            inner.arrays = [self.arrays, around.arrays[0]];
            inner.is_ranked = self.nodes[node as usize].field == Field::Guesses;
            inner.member = self.item(&inner);
        }
        inner
    }

    /// Notes the codes of a list whose inside begins at `at`, if it is one of numbers.
    fn codes(&mut self, bytes: &[u8], at: usize, element: u32) {
        let inside = &bytes[at..];
        let length = inside.iter().take_while(|b| b"0123456789-+.eE, \t\r\n".contains(b)).count();
        if inside.get(length) == Some(&b']') && inside[..length].iter().any(u8::is_ascii_digit) {
            self.dependents.push(Number { raw: Span::new(at, at + length), says: Says::Codes, element });
        }
    }

    fn number(&mut self, raw: Span, here: &Frame, bytes: &[u8]) {
        let field = |node: u32| self.nodes[node as usize].field;
        let of_name = field(here.member);
        // An object of a list lies two nodes below the list's name.
        let list = self.nodes[here.node as usize].parent;
        let name_starts = |letters: &[u8]| {
            let before = &bytes[..raw.start as usize];
            let name =
                before.iter().rev().skip_while(|b| **b != b'"').skip(1).take_while(|b| **b != b'"').last();
            name.is_some_and(|first| letters.contains(first))
        };
        let says = match of_name {
            Field::FirstCharacter => Some(Says::First),
            Field::LastCharacter => Some(Says::Last),
            _ if field(here.node) == Field::Characters => {
                Some(if name_starts(b"bBsSfF") { Says::First } else { Says::Last })
            }
            _ if field(list) == Field::Codes && name_starts(b"iI") => Some(Says::Code),
            _ => None,
        };
        if let Some(says) = says {
            self.dependents.push(Number { raw, says, element: here.element });
        }
        let holder = &mut self.nodes[here.node as usize];
        holder.is_timed = true;
        holder.is_spoken |= of_name == Field::Speaker;
    }

    fn string(&mut self, bytes: &[u8], segment: &Segment, index: u32, here: &Frame) {
        let value = segment.span.of(bytes);
        let of_name = self.nodes[here.member as usize].field;
        if here.is_object {
            let holder = &mut self.nodes[here.node as usize];
            holder.is_timed |= of_name == Field::Time;
            holder.is_spoken |= of_name == Field::Speaker;
        }
        if of_name == Field::Speaker {
            self.speakers.push(index);
        }
        if !segment.role.is_read() {
            return;
        }
        let node = &mut self.nodes[here.member as usize];
        node.strings += 1;
        node.bytes += value.len() as u32;
        node.spaced += u32::from(value.trim_ascii().contains(&b' '));
        node.lettered += u32::from(value.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80));
        let hash = id_hash(value);
        node.repeated += u32::from(node.recent.contains(&hash));
        node.recent[node.strings as usize % node.recent.len()] = hash;
        if here.arrays[0] != 0 && node.last_array != here.arrays[0] {
            (node.last_array, node.arrays) = (here.arrays[0], node.arrays + 1);
        }
        self.leaves.push(Leaf {
            segment: index,
            node: here.member,
            element: here.element,
            arrays: here.arrays,
        });
    }
}

/// Appends the JSON pointers (RFC 6901) to the strings and numbers that begin at the bytes `wanted` (ascending), in
/// the JSON `value` of `bytes`; to a name, that of its member with `#key` behind it. `name_of` gives the text of the
/// name that stands at a place.
pub(super) fn pointers(
    bytes: &[u8],
    value: Span,
    wanted: &[u32],
    name_of: &dyn Fn(Span) -> String,
    out: &mut Vec<String>,
) {
    /// A container: the current name of an object, or the current position in an array.
    enum Level {
        Name(Option<Span>),
        Position(usize),
    }
    let write = |levels: &[Level]| {
        levels.iter().fold(String::new(), |mut pointer, level| {
            pointer.push('/');
            match level {
                Level::Name(Some(name)) => {
                    pointer.push_str(&name_of(*name).replace('~', "~0").replace('/', "~1"));
                }
                Level::Name(None) => {}
                Level::Position(at) => pointer.push_str(&at.to_string()),
            }
            pointer
        })
    };
    let mut wanted = wanted.iter().peekable();
    let (mut levels, mut is_key) = (Vec::new(), false);
    let (mut at, end) = (value.start as usize, value.end as usize);
    while at < end {
        let Some(&&next) = wanted.peek() else { return };
        let start = at;
        match bytes[at] {
            b'"' => {
                let string = Span::new(at + 1, string_end(bytes, at + 1).min(end));
                at = string.end as usize;
                let named = is_key;
                if let (true, Some(Level::Name(name))) = (is_key, levels.last_mut()) {
                    (*name, is_key) = (Some(string), false);
                }
                if string.start >= next {
                    wanted.next();
                    out.push(write(&levels) + if named { "#key" } else { "" });
                }
            }
            b'{' => {
                levels.push(Level::Name(None));
                is_key = true;
            }
            b'[' => levels.push(Level::Position(0)),
            b'}' | b']' => {
                levels.pop();
                is_key = false;
            }
            b',' => match levels.last_mut() {
                Some(Level::Position(position)) => *position += 1,
                _ => is_key = true,
            },
            b'-' | b'0'..=b'9' => {
                at = number_end(bytes, at, end) - 1;
                if start as u32 >= next {
                    wanted.next();
                    out.push(write(&levels));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where the number ends that begins at `at`.
pub(super) fn number_end(bytes: &[u8], at: usize, end: usize) -> usize {
    at + bytes[at..end].iter().take_while(|b| b"0123456789-+.eE".contains(b)).count()
}

/// Where the string ends whose body begins at `at`: its closing quote, or the end of the bytes.
pub(super) fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        if bytes[at + next] == b'"' {
            return at + next;
        }
        at = (at + next + 2).min(bytes.len());
    }
    bytes.len()
}

/// Where the JSON value ends that begins at `at`, taken to be one; `None` when it is not complete.
pub(super) fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut here) = (0usize, at);
    while let Some(&byte) = bytes.get(here) {
        match byte {
            b'"' => {
                here = string_end(bytes, here + 1);
                if here == bytes.len() {
                    return None;
                }
                if depth == 0 {
                    return Some(here + 1);
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(here + 1),
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Some(here),
            _ => {}
        }
        here += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_strings_numbers_and_names() {
        let json = r#"{"a/b": ["x", {"c~": 12345, "d": "\"y"}], "e": [[true, "z"]]}"#;
        let starts =
            ["x\"", "12345", "d\"", "\\\"y", "z\""].map(|text| json.find(text).expect("there") as u32);
        let mut out = Vec::new();
        let name = |span: Span| json[span.range()].to_owned();
        pointers(json.as_bytes(), Span::new(0, json.len()), &starts, &name, &mut out);
        assert_eq!(out, ["/a~1b/0", "/a~1b/1/c~0", "/a~1b/1/d#key", "/a~1b/1/d", "/e/0/1"]);
    }

    #[test]
    fn values_end_where_their_brackets_close() {
        let end = |text: &str| value_end(text.as_bytes(), 0);
        assert_eq!(end(r#"{"a":"}"} {"#), Some(9));
        assert_eq!(end(r#"["\"]", 1]"#), Some(10));
        assert_eq!(end(r#""a\"b" "#), Some(6));
        assert_eq!(end("12,"), Some(2));
        assert_eq!(end(r#"{"a":["#), None);
    }
}
