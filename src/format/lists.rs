//! Which strings of a document are words of a list, and which are its turns?
//!
//! No maker's layout is known: a list of words is an array whose strings are single words, with times beside them or
//! called so; the turns are those of the texts that hold most of what is said.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::fields::Field;
use super::tree::{Node, Tree};
use crate::model::{Role, Segment};

/// How the strings of a node are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each by itself.
    Whole,
    /// Those of one array joined: the innermost one, or the one around it.
    Words { outer: bool },
}

/// How the strings of a node are read.
pub(super) fn kind(node: &Node, tree: &Tree) -> Kind {
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
pub(super) fn turns(tree: &Tree, kinds: &[Kind], segments: &[Segment]) -> Option<u32> {
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
pub(super) struct Lists {
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
    pub(super) fn parts(&self, leaf: u32) -> Option<&[u32]> {
        let list = *self.of.get(leaf as usize).filter(|list| **list != u32::MAX)?;
        Some(self.range(list))
    }

    /// Whether the leaf is in a list and not its first word.
    pub(super) fn is_later(&self, leaf: u32) -> bool {
        self.parts(leaf).is_some_and(|parts| parts[0] != leaf)
    }
}

pub(super) fn lists(tree: &Tree, kinds: &[Kind]) -> Lists {
    let mut numbers = HashMap::new();
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
