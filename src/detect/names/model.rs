//! How likely is this word part of somebody's name?
//!
//! A linear model over hashed features of the word, its neighbours and their cues, with a weight of eight bits
//! each. It is asked about candidates only. Weights are made by `tools/names/train.sh` and stand in
//! `patterns/dictionaries/names.weights`; `docs/name-model.md` says from what.

use super::cues::Cue;
use super::text::{Case, Word};

/// Number of weights.
pub const WEIGHTS: usize = 1 << 18;
/// A weight of one stands for this much.
pub const STEP: f32 = 1.0 / 32.0;

/// Features of one word.
pub const FEATURES: usize = 28;

/// Numbers of the features that hear the word alone: its writing, itself, its ending, its entry.
const ALONE: [u64; 6] = [10, 11, 13, 14, 15, 16];

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
    weights: &'static [u8; WEIGHTS],
}

impl Model {
    /// The weights that come with the program.
    #[must_use]
    pub fn shipped() -> Model {
        Model { weights: include_bytes!("../../../patterns/dictionaries/names.weights") }
    }

    /// A model of these weights.
    #[must_use]
    pub fn of(weights: &'static [u8; WEIGHTS]) -> Model {
        Model { weights }
    }

    /// Its weights.
    pub(super) fn weights(&self) -> &'static [u8] {
        self.weights
    }

    /// The sum of the features' weights for word `at`: the logarithm of the odds that it is part of a name.
    #[must_use]
    pub fn score(&self, text: &[u8], words: &[Word], at: usize, around: Around, before: [bool; 2]) -> f32 {
        let mut sum = 0;
        each_feature(text, words, at, around, before, |_, place| sum += self.weight(place));
        sum as f32 * STEP
    }

    /// The part of that sum that hears the word alone.
    #[must_use]
    pub(super) fn alone(&self, text: &[u8], words: &[Word], at: usize, around: Around) -> f32 {
        let mut sum = 0;
        each_feature(text, words, at, around, [false; 2], |number, place| {
            sum += if ALONE.contains(&number) { self.weight(place) } else { 0 };
        });
        sum as f32 * STEP
    }

    #[inline]
    fn weight(&self, place: usize) -> i32 {
        i32::from(self.weights[place].cast_signed())
    }
}

/// What stands around the word that is asked about, in the terms of the features: small numbers and hashes.
struct Window<'a> {
    /// Two words before, the word itself, two words behind.
    words: [&'a Word; 5],
    /// The nearest announcement within three words before, and how far it is.
    announced: u64,
}

/// Stands before the first word and behind the last one.
const BEFORE: Word = Word { hash: 0x5c1d_9a37_e0b4_62f9, ..Word::NOTHING };
const BEHIND: Word = Word { hash: 0xa3e8_2b61_4d97_f015, ..Word::NOTHING };

impl<'a> Window<'a> {
    #[inline]
    fn around(words: &'a [Word], at: usize) -> Window<'a> {
        let before = |step: usize| at.checked_sub(step).map_or(&BEFORE, |at| &words[at]);
        let behind = |step: usize| words.get(at + step).unwrap_or(&BEHIND);
        // What joins and what says nothing reaches one word far, the rest three.
        let near = before(1).cue as u64;
        let far = |step: usize| {
            let cue = before(step).cue;
            let reaches = (cue as u8).wrapping_sub(1) < Cue::Relation as u8 && cue != Cue::Joining;
            reaches.then_some((cue as u64) << 2 | step as u64)
        };
        let announced = if near != 0 { near << 2 | 1 } else { far(2).or_else(|| far(3)).unwrap_or(0) };
        Window { words: [before(2), before(1), &words[at], behind(1), behind(2)], announced }
    }
}

/// What the dictionary says, coarse: counts of names and frequency as a word. Nine bits.
#[inline]
fn soft(word: &Word) -> u64 {
    let entry = word.entry;
    u64::from(entry.first().saturating_sub(1))
        | u64::from(entry.last().saturating_sub(1)) << 3
        | u64::from(entry.word().div_ceil(2)) << 6
}

/// The last four bytes of the word, and its first three, in any case: the last of them in the lowest bits.
#[inline]
fn ends(text: &[u8], word: &Word) -> (u64, u64) {
    let (start, end) = (word.start as usize, word.end as usize);
    let length = end - start;
    let four =
        |at: usize| text.get(at..)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four) | 0x2020_2020);
    match (four(start), end.checked_sub(4).and_then(four)) {
        (Some(first), Some(last)) => {
            let inside = !0u32 >> (32 - 8 * length.min(4));
            (u64::from(last & inside), u64::from(first) >> (32 - 8 * length.min(3)))
        }
        // At an end of the text.
        _ => {
            let sum = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(byte | 0x20));
            (sum(&text[start.max(end.saturating_sub(4))..end]), sum(&text[start..end.min(start + 3)]))
        }
    }
}

/// Calls `take` with the number and the place of each feature of word `at`. `before` tells what was decided about
/// the two words before it.
///
/// A place is the top of a sum: hashes of words, turned so that their order counts, and the feature's number with
/// what is small, spread by one multiplication. Numbers that are missing belonged to features that said nothing
/// new; weights stand where the numbers lead, so a new one needs new weights.
#[inline(always)] // so that nothing is gathered that the caller does not use
pub fn each_feature(
    text: &[u8],
    words: &[Word],
    at: usize,
    around: Around,
    before: [bool; 2],
    mut take: impl FnMut(u64, usize),
) {
    let Window { words: [b2, b1, own, a1, a2], announced } = Window::around(words, at);
    let (ending, beginning) = ends(text, own);
    let mut each = |number: u64, hashes: u64, small: u64| {
        let spread = (small << 6 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        take(number, (hashes.wrapping_add(spread) >> (64 - WEIGHTS.trailing_zeros())) as usize);
    };
    let (w0, p1, p2, n1, n2) = (own.hash, b1.hash, b2.hash, a1.hash, a2.hash);
    let pair = |one: u64, next: u64| one.rotate_left(23).wrapping_add(next);
    let shape = |word: &Word| word.shape as u64;
    let cue = |word: &Word| word.cue as u64;
    let (gap, after) = (own.gap as u64, a1.gap as u64);
    let written = shape(own) << 2 | around.case as u64; // five bits
    let known = soft(own) << 5 | written; // fourteen bits
    let known_behind = soft(a1) << 3 | shape(a1); // twelve bits
    let rest = u64::from(own.entry.lower() / 3) | u64::from(own.entry.brand()) << 3; // four bits
    let decided = u64::from(before[0]) | u64::from(before[1]) << 1;
    let asked = u64::from(around.asked);
    let few = words.len().min(5) as u64;
    // The word alone.
    each(10, w0, 1 << 5 | written);
    each(11, 0, ending & 0xFFFF);
    each(13, 0, ending);
    each(14, 0, beginning);
    each(15, 0, own.entry.code());
    each(16, 0, own.entry.code() << 5 | written);
    // Its neighbours, alone and with it.
    each(2, p1, 0);
    each(4, p2, 0);
    each(8, pair(p2, p1), 0);
    each(9, pair(n1, n2), 0);
    each(17, 0, known << 3 | gap);
    each(19, 0, known_behind << 3 | after);
    each(20, 0, (known << 9 | soft(a1)) << 3 | after);
    each(22, p1, known);
    each(23, n1, known);
    each(24, p1, written << 3 | gap);
    // What was decided, announced and asked.
    each(28, w0, decided);
    each(31, 0, known_behind << 2 | decided);
    each(32, 0, known << 6 | announced);
    each(33, 0, (written << 6 | announced) << 2 | decided);
    each(34, 0, (rest << 6 | announced) << 3 | gap);
    each(35, 0, (written << 3 | gap) << 5 | after << 2 | decided);
    each(36, 0, known << 3 | few);
    each(39, 0, (u64::from(own.entry.place()) << 4 | rest) << 11 | written << 6 | announced);
    each(40, 0, (known << 4 | cue(a1)) << 3 | after);
    each(41, 0, (soft(own) << 3 | few) << 1 | asked);
    each(42, 0, (written << 6 | announced) << 1 | asked);
    each(43, 0, (written << 3 | shape(b1)) << 3 | shape(a1));
}
