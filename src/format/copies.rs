//! Which strings of a document repeat its turns, and which of their words?
//!
//! The strings of a conversation's records are laid out as one text: lists of words joined, everything else as it
//! is. Then each text that is no turn is held against the turns.

use super::align::{self, Index, Run, tokens};
use super::fields::Field;
use super::lists::{Kind, kind, lists, turns};
use super::shown::{Aside, Dependent, Shown};
use super::tree::{Leaf, Node, Says, Tree};
use crate::model::{Escape, Role, Segment, Span};
use crate::scan::{Kernel, classify};

/// Fewer strings hold no list of words worth a walk.
const STRINGS: usize = 4;
/// Equal words in a row that are no chance.
const CHANCE: u32 = 3;
/// Words that two texts must share before one counts as a copy.
const SHARED: usize = 4;

impl Shown {
    /// Whether a record with these segments may hold lists of words: strings inside what it holds. Most records
    /// of a file have none, and no walk is made for them.
    pub(super) fn is_worth_it(segments: &[Segment]) -> bool {
        let is_inside = |s: &&Segment| s.role.is_read() && (s.depth > 1 || s.name == Segment::UNNAMED);
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
                Role::Text | Role::Prose | Role::Value => !is_later_word,
                Role::Key | Role::Number | Role::Person | Role::Recording | Role::Whole(_) => true,
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
            if matches!(role, Role::Prose | Role::Value)
                && (self.text[start..].contains(&b' ') || !is_technical())
            {
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
        // For each element the words of the turns in it, and how many turns.
        let mut held = vec![(u32::MAX, 0u32, 0u32); tree.elements.len()];
        for (segment, leaf) in units.iter().filter(|(_, leaf)| leaf.node == spoken) {
            let first = self.turns.len() as u32;
            tokens(&self.text, segments[*segment as usize].span, &mut self.turns);
            let last = self.turns.len() as u32;
            let mut element = leaf.element;
            loop {
                let (from, to, count) = &mut held[element as usize];
                (*from, *to, *count) = ((*from).min(first), (*to).max(last), *count + 1);
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
            let (first, last, region_turns) = held[element as usize];
            let region = if first == u32::MAX { 0..0 } else { first..last };
            let first = self.words.len();
            tokens(&self.text, segments[*segment as usize].span, &mut self.words);
            let copy = &self.words[first..];
            // Another form of the turns beside it is about as long as they are.
            let field = |node: u32| tree.nodes[node as usize].field;
            let is_beside = tree.elements[element as usize] != 0 || region_turns == 1;
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
