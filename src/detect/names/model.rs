//! How likely is this word part of somebody's name?
//!
//! A linear model over hashed features of the word, its neighbours and their cues, with a weight of eight bits
//! each. It is asked about candidates only. Weights are made by `tools/names/train.sh` and stand in
//! `patterns/dictionaries/names.weights`; `docs/name-model.md` says from what.

use super::cues::Cue;
use super::text::{Case, Gap, Shape, Word};

/// Number of weights.
pub const WEIGHTS: usize = 1 << 18;
/// A weight of one stands for this much.
pub const STEP: f32 = 1.0 / 32.0;

/// Most features of one word.
pub const FEATURES: usize = 48;

/// Places among the features of those that hear the word alone: its writing, itself, its ending, its entry.
pub const ALONE: [usize; 9] = [0, 1, 10, 11, 12, 13, 14, 15, 16];

/// What is known beside the words of a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// How the text is written.
    pub case: Case,
    /// Whether the turn before asked for a name.
    pub asked: bool,
}

/// The trained weights.
pub struct Model {
    weights: &'static [u8],
}

impl Model {
    /// The weights that come with the program.
    #[must_use]
    pub fn shipped() -> Model {
        Model { weights: include_bytes!("../../../patterns/dictionaries/names.weights") }
    }

    /// A model of these weights.
    #[must_use]
    pub fn of(weights: &'static [u8]) -> Model {
        Model { weights }
    }

    /// Its weights.
    pub(super) fn weights(&self) -> &'static [u8] {
        self.weights
    }

    /// The sum of the features' weights: the logarithm of the odds.
    #[must_use]
    pub fn score(&self, features: &[u32]) -> f32 {
        let sum: i32 = features
            .iter()
            .map(|&feature| {
                self.weights.get(feature as usize).map_or(0, |weight| i32::from(weight.cast_signed()))
            })
            .sum();
        sum as f32 * STEP
    }
}

/// Mixes two numbers.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let x = (a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ x >> 32
}

/// What the dictionary says, coarse: counts of names and frequency as a word.
fn soft(word: &Word) -> u64 {
    let entry = word.entry;
    u64::from(entry.first().saturating_sub(1))
        | u64::from(entry.last().saturating_sub(1)) << 3
        | u64::from(entry.word().div_ceil(2)) << 6
}

/// Puts the features of word `at` into `out`. `before` tells what was decided about the two words before it.
pub fn features(
    text: &[u8],
    words: &[Word],
    at: usize,
    around: Around,
    before: [bool; 2],
    out: &mut Vec<u32>,
) {
    out.clear();
    let word = &words[at];
    let case = around.case as u64;
    let neighbour = |step: isize| at.checked_add_signed(step).and_then(|at| words.get(at));
    let hash = |step: isize| match neighbour(step) {
        None => 11 + u64::from(step > 0),
        Some(other) if other.shape == Shape::Number => 13,
        Some(other) => other.hash,
    };
    let known = |step: isize| neighbour(step).map_or(9_999, soft);
    let shape = |step: isize| neighbour(step).map_or(20 + u64::from(step > 0), |other| other.shape as u64);
    let cue = |step: isize| neighbour(step).map_or(Cue::None, |other| other.cue) as u64;
    // How the word begins: alone, after a sentence, inside one.
    let gap = word.gap as u64;
    let after = neighbour(1).map_or(Gap::Start, |other| other.gap) as u64;
    let (own, soft_own) = (word.entry.code(), soft(word));
    let written = shape(0) * 4 + case;
    let place = u64::from(word.entry.place());
    let rest = u64::from(word.entry.lower() / 3) | u64::from(word.entry.brand()) << 2;
    let decided = u64::from(before[0]) | u64::from(before[1]) << 1;
    // The nearest announcement within three words, and how far it is.
    let announced = (1..=3)
        .filter_map(|step| neighbour(-step).map(|other| (other.cue as u64, step as u64)))
        .find(|&(cue, step)| cue != 0 && (step == 1 || (1..=8).contains(&cue) && cue != 3))
        .map_or(0, |(cue, step)| cue * 4 + step);
    let bytes = &text[word.start as usize..word.end as usize];
    let ending = |length: usize| {
        bytes[bytes.len().saturating_sub(length)..].iter().fold(0u64, |sum, b| sum << 8 | u64::from(b | 0x20))
    };
    let beginning = bytes.iter().take(3).fold(0u64, |sum, b| sum << 8 | u64::from(b | 0x20));
    let few = words.len().min(5) as u64;
    let mut number = 0u64;
    let mut push = |value: u64| {
        number += 1;
        out.push((mix(number, value) >> 7) as u32 & (WEIGHTS as u32 - 1));
    };
    let (w0, w1, w2, p1, p2) = (hash(0), hash(1), hash(2), hash(-1), hash(-2));
    push(written);
    push(w0);
    push(p1);
    push(w1);
    push(p2);
    push(w2);
    push(mix(p1, w0));
    push(mix(w0, w1));
    push(mix(p2, p1));
    push(mix(w1, w2));
    push(mix(w0, written));
    push(ending(2));
    push(ending(3));
    push(ending(4));
    push(beginning);
    push(own);
    push(mix(own, written));
    push(mix(soft_own, written * 8 + gap));
    push(mix(known(-1), shape(-1) * 8 + gap));
    push(mix(known(1), shape(1) * 8 + after));
    push(mix(mix(soft_own, known(1)), written * 8 + after));
    push(mix(mix(soft_own, known(-1)), written * 8 + gap));
    push(mix(p1, mix(soft_own, written)));
    push(mix(w1, mix(soft_own, written)));
    push(mix(p1, written * 8 + gap));
    push(mix(w1, written * 8 + after));
    push(mix(mix(p2, p1), written));
    push(mix(decided, shape(-1)));
    push(mix(decided, w0));
    push(mix(decided, mix(soft_own, written * 8 + gap)));
    push(mix(decided, mix(p1, written)));
    push(mix(decided, mix(shape(1), known(1))));
    push(mix(announced, mix(soft_own, written)));
    push(mix(announced, decided * 64 + written));
    push(mix(announced, mix(gap, rest)));
    push(mix(mix(gap, after), written * 4 + decided));
    push(mix(few, mix(soft_own, written)));
    push(mix(mix(cue(-1), cue(1)), written));
    push(mix(mix(cue(-2), cue(-1)), mix(soft_own, written)));
    push(mix(place * 16 + rest, written * 16 + announced));
    push(mix(cue(1), mix(soft_own, written * 8 + after)));
    push(mix(u64::from(around.asked), mix(few, soft_own)));
    push(mix(u64::from(around.asked), mix(written, announced)));
    push(mix(shape(-1) * 32 + shape(1), written));
}
