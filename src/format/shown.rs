//! What is read in place of the file's bytes?
//!
//! A transcript holds its words many times: as turns, as one long text, word by word with their times, in second
//! guesses. Where that is so, a conversation is not read from the file's bytes but from a text made for it: what
//! lies in pieces is joined, escapes are decoded, and of all strings that hold the same words one set, the turns,
//! is read; the others are its copies, and each word of a copy knows which word of the turns it is.
//!
//! Nothing here depends on a vendor: what is a list of words shows in its strings, what is a copy in its words.

use std::cmp::Reverse;

use super::align::{self, Index, Run, Token, tokens};
use super::fields::Field;
use super::tree::{Leaf, Node, Says, Tree};
use crate::model::{Escape, Role, Segment, Span};
use crate::scan::{Kernel, Masks, Text, classify};
use crate::view::decode::Chars;

/// A stretch of the shown text and the string of the file that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where it is shown.
    pub shown: Span,
    /// Where its raw bytes stand in the file, without quotes.
    pub raw: Span,
    /// How they are escaped.
    pub escape: Escape,
    /// Whether an escape occurs in them.
    pub escaped: bool,
}

impl Piece {
    /// The raw byte at which what is shown at byte `at` begins; the piece's end for its end.
    #[must_use]
    pub fn raw_at(&self, at: u32, file: &[u8]) -> u32 {
        if !self.escaped {
            return self.raw.start + (at - self.shown.start);
        }
        let mut left = at - self.shown.start;
        let mut chars = Chars::new(self.raw.of(file), self.escape);
        while left > 0 {
            let Some((c, _)) = chars.next() else { break };
            left = left.saturating_sub(c.len_utf8() as u32);
        }
        self.raw.start + chars.position() as u32
    }
}

/// A text that holds words of the turns, or stands beside them and is no turn.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Its segment.
    pub segment: u32,
    /// Its words, in [`Shown::words`].
    pub words: std::ops::Range<u32>,
    /// Which of them are words of the turns, in [`Shown::runs`].
    pub runs: std::ops::Range<u32>,
    /// The words of the turns, in [`Shown::turns`], among which it was looked for.
    pub region: std::ops::Range<u32>,
    /// Whether every word of it is one of the turns', so that there is nothing new in it.
    pub is_exact: bool,
    /// Whether it stands beside the turns of its region as another form of them.
    pub is_form: bool,
}

/// A number of the file, or a list of them, that follows from a text.
#[derive(Clone, Copy, Debug)]
pub struct Dependent {
    /// Where it stands in the file.
    pub raw: Span,
    /// What it says.
    pub says: Says,
    /// The text's piece.
    pub piece: u32,
}

/// The text that a conversation is read from. Reused.
#[derive(Default)]
pub struct Shown {
    text: Vec<u8>,
    masks: Vec<Masks>,
    /// In order of the text.
    pub pieces: Vec<Piece>,
    /// In order of their segments.
    pub asides: Vec<Aside>,
    /// The words of the turns.
    pub turns: Vec<Token>,
    /// The words of the asides.
    pub words: Vec<Token>,
    /// Equal words of both.
    pub runs: Vec<Run>,
    /// In order of the file.
    pub dependents: Vec<Dependent>,
    /// Whether each string that a value lies in keeps the replacement, and not the first one alone.
    pub repeats: bool,
    /// Where counted parts of the file begin.
    marks: Vec<u32>,
    /// Names of fields: where each begins in the file, and its segment. In order.
    names: Vec<(u32, u32)>,
    is_used: bool,
}

/// How the strings of a node are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Each by itself.
    Whole,
    /// Those of one array joined: the innermost one, or the one around it.
    Words { outer: bool },
}

/// Fewer strings hold no list of words worth a walk.
const STRINGS: usize = 4;
/// Equal words in a row that are no chance.
const CHANCE: u32 = 3;
/// Words that two texts must share before one counts as a copy.
const SHARED: usize = 4;

impl Shown {
    /// The text to read, with its masks; `None` when the file's bytes are read.
    #[must_use]
    pub fn text(&self) -> Option<Text<'_>> {
        self.is_used.then_some(Text { bytes: &self.text, masks: &self.masks })
    }

    /// The aside that the segment is, if it is one.
    #[must_use]
    pub fn aside(&self, segment: u32) -> Option<&Aside> {
        let at = self.asides.binary_search_by_key(&segment, |aside| aside.segment).ok()?;
        Some(&self.asides[at])
    }

    /// Index of the piece in which the shown byte `at` lies.
    #[must_use]
    pub fn piece(&self, at: u32) -> usize {
        self.pieces.partition_point(|piece| piece.shown.end <= at)
    }

    pub(super) fn clear(&mut self) {
        self.is_used = false;
        self.text.clear();
        self.pieces.clear();
        self.asides.clear();
        self.turns.clear();
        self.words.clear();
        self.runs.clear();
        self.names.clear();
        self.dependents.clear();
        self.marks.clear();
        self.repeats = false;
    }

    /// How long the text is.
    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    /// What was shown since byte `start`.
    pub(super) fn since(&self, start: usize) -> &[u8] {
        &self.text[start..]
    }

    /// Parts words by a blank.
    pub(super) fn gap(&mut self) {
        self.text.push(b' ');
    }

    /// Parts what one speaker said from what comes.
    pub(super) fn part(&mut self) {
        self.text.push(b'}');
    }

    /// Begins the next counted part of the file.
    pub(super) fn mark(&mut self, raw: usize) {
        self.marks.push(raw as u32);
    }

    /// The number of the counted part that byte `raw` of the file lies in; 0 before the first.
    pub(super) fn marked(&self, raw: u32) -> usize {
        self.marks.partition_point(|&mark| mark <= raw)
    }

    /// Ends a segment of record 0 that began at byte `start`.
    pub(super) fn segment(&mut self, start: usize, role: Role, segments: &mut Vec<Segment>) {
        let (span, name) = (Span::new(start, self.text.len()), Segment::UNNAMED);
        let (escape, escaped, record, outer, depth) = (Escape::None, false, 0, name, 1);
        segments.push(Segment { span, role, escape, escaped, record, name, outer, depth });
        self.text.push(b'\n');
    }

    /// Ends the text.
    pub(super) fn finish(&mut self, kernel: Kernel, repeats: bool) {
        classify(kernel, &self.text, &mut self.masks);
        (self.is_used, self.repeats) = (true, repeats);
    }

    /// The segment of the field's name that begins at byte `raw` of the file.
    pub(super) fn name_at(&self, raw: u32) -> Option<u32> {
        let at = self.names.binary_search_by_key(&raw, |name| name.0).ok()?;
        Some(self.names[at].1)
    }

    /// Whether a record with these segments may hold lists of words: strings inside what it holds. Most records
    /// of a file have none, and no walk is made for them.
    pub(super) fn is_worth_it(segments: &[Segment]) -> bool {
        let is_inside = |s: &&Segment| {
            matches!(s.role, Role::Text | Role::Value) && (s.depth > 1 || s.name == Segment::UNNAMED)
        };
        segments
            .chunk_by(|one, other| one.record == other.record)
            .any(|record| record.iter().filter(is_inside).take(STRINGS).count() == STRINGS)
    }

    /// Shows the records that `tree` walked over, if they hold copies of their words; then `segments` are those of
    /// the shown text, else they are left as they are.
    pub(super) fn show(&mut self, kernel: Kernel, file: &[u8], tree: &Tree, segments: &mut Vec<Segment>) {
        let kinds: Vec<Kind> = tree.nodes.iter().map(|node| kind(node, tree)).collect();
        let spoken = turns(tree, &kinds, segments);
        let has_words = kinds.iter().any(|kind| *kind != Kind::Whole);
        let others = |node: &Node| node.spaced > 0 && node.bytes as usize >= SHARED * 8;
        if !has_words && tree.nodes.iter().filter(|node| others(node)).count() < 2 {
            return;
        }
        let before = std::mem::take(segments);
        let units = self.lay_out(file, tree, &kinds, &before, segments);
        self.compare(tree, &units, spoken, segments);
        if !has_words && !self.asides.iter().any(|aside| !aside.runs.is_empty()) {
            *segments = before;
            self.clear();
            return;
        }
        if !tree.dependents.is_empty() {
            self.depend(tree, spoken, &before);
        }
        classify(kernel, &self.text, &mut self.masks);
        self.is_used = true;
    }

    /// Writes the text; returns for each text its segment and a leaf of it.
    fn lay_out(
        &mut self,
        file: &[u8],
        tree: &Tree,
        kinds: &[Kind],
        before: &[Segment],
        segments: &mut Vec<Segment>,
    ) -> Vec<(u32, Leaf)> {
        let lists = lists(tree, kinds);
        let mut wanted = vec![false; before.len()];
        let mut leaf_of = vec![u32::MAX; before.len()];
        for (index, leaf) in tree.leaves.iter().enumerate() {
            leaf_of[leaf.segment as usize] = index as u32;
        }
        for &speaker in &tree.speakers {
            wanted[speaker as usize] = true;
        }
        for (index, segment) in before.iter().enumerate() {
            let is_later_word = leaf_of[index] != u32::MAX && lists.is_later(leaf_of[index]);
            wanted[index] |= match segment.role {
                Role::Exempt => false,
                Role::Text | Role::Value => !is_later_word,
                Role::Key | Role::Number | Role::Person | Role::Whole(_) => true,
            };
            if wanted[index] && segment.role != Role::Key {
                for name in [segment.name, segment.outer] {
                    if let Some(wanted) = wanted.get_mut(name as usize) {
                        *wanted = true;
                    }
                }
            }
        }
        let mut places = vec![Segment::UNNAMED; before.len()];
        let mut units = Vec::new();
        let mut edges = tree.edges.iter().peekable();
        for (index, segment) in before.iter().enumerate() {
            let mut at_edge = false;
            while edges.next_if(|&&edge| edge as usize <= index).is_some() {
                at_edge = true;
            }
            if at_edge && self.text.last() != Some(&b'}') {
                self.text.push(b'}');
            }
            if !wanted[index] {
                continue;
            }
            let start = self.text.len();
            let mut role = segment.role;
            match lists.parts(leaf_of[index]) {
                Some(parts) => {
                    role = Role::Text;
                    self.join(
                        file,
                        parts.iter().map(|&leaf| &before[tree.leaves[leaf as usize].segment as usize]),
                    );
                }
                None => self.append(file, segment),
            }
            // Beside so many copies any string may be one more: a summary, the name of a recording.
            let is_technical = || {
                let leaf = tree.leaves.get(leaf_of[index] as usize);
                leaf.is_none_or(|leaf| tree.nodes[leaf.node as usize].field == Field::Technical)
            };
            if role == Role::Value && (self.text[start..].contains(&b' ') || !is_technical()) {
                role = Role::Text;
            }
            places[index] = segments.len() as u32;
            if leaf_of[index] == u32::MAX {
                self.names.push((segment.span.start, segments.len() as u32));
            }
            let span = Span::new(start, self.text.len());
            if role == Role::Text && leaf_of[index] != u32::MAX {
                units.push((segments.len() as u32, tree.leaves[leaf_of[index] as usize]));
            }
            segments.push(Segment { span, role, escape: Escape::None, escaped: false, ..*segment });
            self.text.push(b'\n');
        }
        let placed = |name: u32| places.get(name as usize).copied().unwrap_or(Segment::UNNAMED);
        for segment in segments.iter_mut() {
            (segment.name, segment.outer) = (placed(segment.name), placed(segment.outer));
        }
        units
    }

    /// Appends a segment as it reads.
    fn append(&mut self, file: &[u8], segment: &Segment) {
        self.string(file, segment.span, segment.escape, segment.escaped);
    }

    /// Appends a string of the file as it reads.
    pub(super) fn string(&mut self, file: &[u8], raw: Span, escape: Escape, escaped: bool) {
        let start = self.text.len();
        if escaped {
            let mut utf8 = [0u8; 4];
            for (c, _) in Chars::new(raw.of(file), escape) {
                self.text.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        } else {
            self.text.extend_from_slice(raw.of(file));
        }
        self.pieces.push(Piece { shown: Span::new(start, self.text.len()), raw, escape, escaped });
    }

    /// Appends words, with blanks between them unless they bring their own.
    fn join<'s>(&mut self, file: &[u8], words: impl Iterator<Item = &'s Segment> + Clone) {
        let share = |of: fn(&[u8]) -> bool| words.clone().filter(|word| of(word.span.of(file))).count();
        let count = share(|word| !word.is_empty());
        let with_blank = share(|word| word.starts_with(b" "));
        // Single letters, the blanks between words among them.
        let letters = share(|word| !word.is_empty() && word.len() <= 2);
        let brings_blanks = with_blank * 3 > count || with_blank > 0 && letters * 5 >= count * 4;
        for word in words {
            if word.span.is_empty() {
                continue;
            }
            let stop = word.span.of(file).iter().all(|b| b".,;:!?)".contains(b));
            if !brings_blanks && !stop && self.text.last().is_some_and(|&last| last != b'\n' && last != b'}')
            {
                self.text.push(b' ');
            }
            self.append(file, word);
        }
    }

    /// Says which numbers follow from which texts.
    fn depend(&mut self, tree: &Tree, spoken: Option<u32>, before: &[Segment]) {
        let mut pieces: Vec<(u32, u32)> =
            self.pieces.iter().enumerate().map(|(at, piece)| (piece.raw.start, at as u32)).collect();
        pieces.sort_unstable();
        let mut leaves: Vec<(u32, usize)> =
            tree.leaves.iter().enumerate().map(|(at, leaf)| (leaf.element, at)).collect();
        leaves.sort_unstable();
        for number in &tree.dependents {
            let is_offset = matches!(number.says, Says::First | Says::Last);
            // Codes follow from the words beside them, positions from the turn they stand by.
            let is_text = |leaf: &&Leaf| {
                let field = tree.nodes[leaf.node as usize].field;
                if is_offset { Some(leaf.node) == spoken } else { matches!(field, Field::Text | Field::Word) }
            };
            let mut element = number.element;
            let text = loop {
                let first = leaves.partition_point(|leaf| leaf.0 < element);
                let of_element = leaves[first..].iter().take_while(|leaf| leaf.0 == element);
                let mut here = of_element.map(|leaf| &tree.leaves[leaf.1]).filter(is_text);
                match (here.next(), here.next()) {
                    (None, _) if is_offset && element != 0 => element = tree.elements[element as usize],
                    (Some(_), Some(_)) if is_offset => break None,
                    (found, _) => break found,
                }
            };
            let start = text.map(|leaf| before[leaf.segment as usize].span.start);
            let piece = start.and_then(|start| pieces.binary_search_by_key(&start, |piece| piece.0).ok());
            if let Some(piece) = piece.map(|at| pieces[at].1) {
                self.dependents.push(Dependent { raw: number.raw, says: number.says, piece });
            }
        }
    }

    /// Parts the texts into turns and asides, and says which words of the asides are words of the turns.
    fn compare(&mut self, tree: &Tree, units: &[(u32, Leaf)], spoken: Option<u32>, segments: &[Segment]) {
        let Some(spoken) = spoken else { return };
        let turn_count = units.iter().filter(|(_, leaf)| leaf.node == spoken).count();
        // For each element the words of the turns in it.
        let mut held = vec![(u32::MAX, 0u32); tree.elements.len()];
        for (segment, leaf) in units.iter().filter(|(_, leaf)| leaf.node == spoken) {
            let first = self.turns.len() as u32;
            tokens(&self.text, segments[*segment as usize].span, &mut self.turns);
            let last = self.turns.len() as u32;
            let mut element = leaf.element;
            loop {
                let (from, to) = &mut held[element as usize];
                (*from, *to) = ((*from).min(first), (*to).max(last));
                if element == 0 {
                    break;
                }
                element = tree.elements[element as usize];
            }
        }
        let index = Index::new(&self.turns);
        let mut expected = vec![0u32; tree.nodes.len()];
        for (segment, leaf) in units.iter().filter(|(_, leaf)| leaf.node != spoken) {
            let mut element = leaf.element;
            while element != 0 && held[element as usize].0 == u32::MAX {
                element = tree.elements[element as usize];
            }
            let region = held[element as usize];
            let region = if region.0 == u32::MAX { 0..0 } else { region.0..region.1 };
            let first = self.words.len();
            tokens(&self.text, segments[*segment as usize].span, &mut self.words);
            let copy = &self.words[first..];
            // Another form of the turns beside it is about as long as they are.
            let field = |node: u32| tree.nodes[node as usize].field;
            let is_beside = tree.elements[element as usize] != 0 || turn_count == 1;
            let is_speech = matches!(field(leaf.node), Field::Text | Field::Word)
                || field(tree.nodes[leaf.node as usize].parent) == Field::Word;
            let is_alike = copy.len() * 3 >= region.len() && region.len() * 3 >= copy.len();
            let is_form = is_beside && is_speech && is_alike;
            let known = self.runs.len();
            let within = region.start as usize..region.end as usize;
            if is_form {
                align::beside(copy, &self.turns, within, &index, &mut self.runs);
            } else {
                let guess = expected[leaf.node as usize].max(region.start) as usize;
                align::anywhere(copy, &self.turns, within, guess, &index, &mut self.runs);
                forget_chance(&mut self.runs, known, copy.len() as u32);
            }
            let runs = &self.runs[known..];
            if let Some(last) = runs.last() {
                expected[leaf.node as usize] = last.read + last.len;
            }
            let shared: usize = runs.iter().map(|run| run.len as usize).sum();
            let is_long = runs.iter().all(|run| run.len as usize >= SHARED);
            let is_exact = shared == copy.len() && (is_form || is_long);
            self.asides.push(Aside {
                segment: *segment,
                words: first as u32..self.words.len() as u32,
                runs: known as u32..self.runs.len() as u32,
                region,
                is_exact,
                is_form,
            });
        }
    }
}

/// Drops from `runs[from..]` of a copy of `all` words those that are equal by chance.
fn forget_chance(runs: &mut Vec<Run>, from: usize, all: u32) {
    let mut kept = from;
    for at in from..runs.len() {
        if runs[at].len >= CHANCE || runs[at].len == all && all > 1 {
            runs.swap(kept, at);
            kept += 1;
        }
    }
    runs.truncate(kept);
}

/// How the strings of a node are read.
fn kind(node: &Node, tree: &Tree) -> Kind {
    if node.arrays == 0 || node.strings < 2 || node.spaced * 8 > node.strings {
        return Kind::Whole;
    }
    let mut around = [node.parent; 4];
    for level in 1..around.len() {
        around[level] = tree.nodes[around[level - 1] as usize].parent;
    }
    let is_named = node.field == Field::Word
        || node.field == Field::Text
        || tree.nodes[node.parent as usize].field == Field::Word;
    let is_timed = around
        .iter()
        .any(|&at| tree.nodes[at as usize].is_timed || tree.nodes[at as usize].field == Field::Word);
    let is_varied = node.strings < 8 || node.repeated * 4 < node.strings * 3;
    let has_letters = node.lettered * 4 >= node.strings;
    if !(is_timed && is_named
        || is_timed && is_varied && has_letters && node.field == Field::Other && !has_better(node, tree))
    {
        return Kind::Whole;
    }
    Kind::Words { outer: node.arrays * 5 > node.strings * 4 }
}

/// Whether beside the node stands one that is named as words.
fn has_better(node: &Node, tree: &Tree) -> bool {
    tree.nodes.iter().any(|other| {
        other.parent == node.parent && other.strings > 0 && matches!(other.field, Field::Word | Field::Text)
    })
}

/// The node whose strings are read as turns: of those that hold the most text one that is called so, with speakers,
/// else the one with the longest strings.
fn turns(tree: &Tree, kinds: &[Kind], segments: &[Segment]) -> Option<u32> {
    let is_text = |at: usize| {
        let leaf = tree.leaves.iter().find(|leaf| leaf.node as usize == at);
        leaf.is_some_and(|leaf| segments[leaf.segment as usize].role == Role::Text)
    };
    let best = |at: &usize| !tree.nodes[*at].is_guess;
    let whole =
        |at: &usize| best(at) && kinds[*at] == Kind::Whole && tree.nodes[*at].spaced > 0 && is_text(*at);
    let words = |at: &usize| best(at) && kinds[*at] != Kind::Whole;
    let mut nodes: Vec<usize> = (0..tree.nodes.len()).filter(whole).collect();
    if nodes.is_empty() {
        nodes = (0..tree.nodes.len()).filter(words).collect();
    }
    let most = nodes.iter().map(|&at| tree.nodes[at].bytes).max()?;
    nodes.retain(|&at| tree.nodes[at].bytes * 5 >= most * 3);
    let is_spoken = |at: usize| {
        let around =
            std::iter::successors(Some(tree.nodes[at].parent), |&at| Some(tree.nodes[at as usize].parent));
        around.take(3).any(|at| tree.nodes[at as usize].is_spoken)
    };
    // The earliest wins among equals.
    let rank = |&at: &usize| {
        let node = &tree.nodes[at];
        (node.field == Field::Text, is_spoken(at), Reverse(node.strings), Reverse(at))
    };
    nodes.into_iter().max_by_key(rank).map(|at| at as u32)
}

/// The lists of words, as leaves.
struct Lists {
    /// For each leaf its list, or `u32::MAX`.
    of: Vec<u32>,
    /// The leaves of all lists, list by list.
    parts: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn range(&self, list: u32) -> &[u32] {
        let start = if list == 0 { 0 } else { self.ends[list as usize - 1] };
        &self.parts[start as usize..self.ends[list as usize] as usize]
    }

    /// The words of the list that the leaf begins; `None` when it is in none.
    fn parts(&self, leaf: u32) -> Option<&[u32]> {
        let list = *self.of.get(leaf as usize).filter(|list| **list != u32::MAX)?;
        Some(self.range(list))
    }

    /// Whether the leaf is in a list and not its first word.
    fn is_later(&self, leaf: u32) -> bool {
        self.parts(leaf).is_some_and(|parts| parts[0] != leaf)
    }
}

fn lists(tree: &Tree, kinds: &[Kind]) -> Lists {
    let mut numbers = std::collections::HashMap::new();
    let mut of = vec![u32::MAX; tree.leaves.len()];
    let mut counts: Vec<u32> = Vec::new();
    for (index, leaf) in tree.leaves.iter().enumerate() {
        if let Kind::Words { outer } = kinds[leaf.node as usize] {
            let list = *numbers.entry((leaf.node, leaf.arrays[usize::from(outer)])).or_insert_with(|| {
                counts.push(0);
                counts.len() as u32 - 1
            });
            counts[list as usize] += 1;
            of[index] = list;
        }
    }
    let mut ends = Vec::with_capacity(counts.len());
    let mut total = 0;
    for count in counts {
        total += count;
        ends.push(total);
    }
    // Filled from the back of the leaves, so that each list's leaves come out in order.
    let mut next = ends.clone();
    let mut parts = vec![0; total as usize];
    for (index, &list) in of.iter().enumerate().rev() {
        if list != u32::MAX {
            next[list as usize] -= 1;
            parts[next[list as usize] as usize] = index as u32;
        }
    }
    Lists { of, parts, ends }
}
