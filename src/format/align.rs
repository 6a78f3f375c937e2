//! Which words of a copy are which words of the text that is read?
//!
//! Two strings hold the same words where they differ in case and punctuation only; a recogniser's second guess
//! differs in some of them, a channel's text lacks those of the other channel. What is found in the text that is
//! read lies in a copy between the same neighbours. Short stretches are compared in full (the longest common
//! subsequence), long ones from one run of equal words to the next.

use std::ops::Range;

use crate::model::Span;

/// A word: a run of letters and digits, compared without case.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    hash: u32,
}

/// Equal words, one after the other, in a copy and in the text that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First word in the copy, counted in the copy.
    pub copy: u32,
    /// First word in the text that is read, counted there.
    pub read: u32,
    /// How many words.
    pub len: u32,
}

/// Appends the words of `text[span]`.
pub(super) fn tokens(text: &[u8], span: Span, out: &mut Vec<Token>) {
    let (mut at, end) = (span.start as usize, span.end as usize);
    while at < end {
        let gap = sign(&text[at..end]);
        if gap > 0 {
            at += gap;
            continue;
        }
        let (start, mut hash) = (at, 0x811C_9DC5_u32);
        while at < end && sign(&text[at..end]) == 0 {
            hash = (hash ^ u32::from(folded(text, at))).wrapping_mul(0x0100_0193);
            at += 1;
        }
        out.push(Token { span: Span::new(start, at), hash });
    }
}

/// The byte in lower case: letters of ASCII, and those of Latin-1 behind their lead byte.
fn folded(text: &[u8], at: usize) -> u8 {
    match text[at] {
        b @ b'A'..=b'Z' => b | 0x20,
        b @ 0x80..=0x9E if b != 0x97 && at > 0 && text[at - 1] == 0xC3 => b + 0x20,
        b => b,
    }
}

/// How many bytes at the start of `rest` belong to no word: a sign of ASCII, Latin-1 or general punctuation, a picture.
fn sign(rest: &[u8]) -> usize {
    match rest {
        [b, ..] if b.is_ascii() => usize::from(!b.is_ascii_alphanumeric()),
        [0xC2, ..] => 2.min(rest.len()),
        // Punctuation, arrows to dingbats, marks of East Asia, the byte order mark.
        [0xE2, 0x80..=0x81 | 0x86..=0x9E, ..] | [0xE3, 0x80, ..] | [0xEF, 0xB8 | 0xBB, ..] => {
            3.min(rest.len())
        }
        // Pictures.
        [0xF0, 0x9F, ..] => 4.min(rest.len()),
        _ => 0,
    }
}

/// Where three words in a row stand in the text that is read.
#[derive(Default)]
pub(super) struct Index(Vec<(u64, u32)>);

impl Index {
    pub(super) fn new(read: &[Token]) -> Index {
        let mut places: Vec<(u64, u32)> =
            read.windows(3).enumerate().map(|(at, three)| (trigram(three), at as u32)).collect();
        places.sort_unstable();
        Index(places)
    }

    /// The place of these three words that is nearest to `expected`, one behind it before one ahead.
    fn nearest(&self, three: &[Token], expected: u32) -> Option<u32> {
        let key = trigram(three);
        let after = self.0.partition_point(|&place| place < (key, expected));
        let of_key = |at: usize| self.0.get(at).filter(|place| place.0 == key).map(|place| place.1);
        of_key(after).or_else(|| of_key(after.checked_sub(1)?))
    }
}

fn trigram(three: &[Token]) -> u64 {
    three.iter().fold(0, |key, token| {
        (key.rotate_left(21) ^ u64::from(token.hash)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

/// Most comparisons of a full comparison.
const FULL: usize = 1 << 16;
/// Words on either side that are looked at where runs of equal words break off.
const WINDOW: usize = 24;

/// Appends the runs in which words of `copy` are words of `read[region]`, which it stands beside: another form of
/// the same speech. The runs are in order of the copy.
pub(super) fn beside(
    copy: &[Token],
    read: &[Token],
    region: Range<usize>,
    index: &Index,
    out: &mut Vec<Run>,
) {
    if copy.len() * region.len() <= FULL {
        full(copy, &read[region.clone()], region.start, out);
    } else {
        anywhere(copy, read, region.clone(), region.start, index, out);
    }
}

/// By the longest common subsequence.
fn full(copy: &[Token], read: &[Token], base: usize, out: &mut Vec<Run>) {
    let same = |c: usize, r: usize| copy[c].hash == read[r].hash;
    let (rows, columns) = (copy.len(), read.len());
    // longest[c][r]: length of the longest common subsequence of copy[c..] and read[r..].
    let width = columns + 1;
    let mut longest = vec![0u16; (rows + 1) * width];
    for c in (0..rows).rev() {
        for r in (0..columns).rev() {
            longest[c * width + r] = if same(c, r) {
                longest[(c + 1) * width + r + 1] + 1
            } else {
                longest[(c + 1) * width + r].max(longest[c * width + r + 1])
            };
        }
    }
    let (mut c, mut r) = (0, 0);
    while c < rows && r < columns {
        if same(c, r) {
            push(out, c, base + r, 1);
            (c, r) = (c + 1, r + 1);
        } else if longest[(c + 1) * width + r] >= longest[c * width + r + 1] {
            c += 1;
        } else {
            r += 1;
        }
    }
}

/// Appends the runs in which words of `copy` are words of `read[region]`, from one run of equal words to the next.
/// `expected` says where in `read` the copy is likely to begin.
pub(super) fn anywhere(
    copy: &[Token],
    read: &[Token],
    region: Range<usize>,
    expected: usize,
    index: &Index,
    out: &mut Vec<Run>,
) {
    let (mut c, mut r) = (0, expected.clamp(region.start, region.end));
    while c < copy.len() {
        let equal = copy[c..].iter().zip(&read[r..region.end]).take_while(|(a, b)| a.hash == b.hash).count();
        if equal > 0 {
            push(out, c, r, equal);
            (c, r) = (c + equal, r + equal);
            continue;
        }
        match resume(&copy[c..], &read[r..region.end]) {
            Some((skip_copy, skip_read)) => (c, r) = (c + skip_copy, r + skip_read),
            None => {
                // Far away, or never: each word is tried once.
                let found = copy[c..].windows(3).enumerate().find_map(|(skip, three)| {
                    let at = index.nearest(three, r as u32)? as usize;
                    region.contains(&at).then_some((skip, at))
                });
                let Some((skip, at)) = found else { return };
                (c, r) = (c + skip, at);
            }
        }
    }
}

/// The fewest words to leave out on both sides until two words in a row are equal again.
fn resume(copy: &[Token], read: &[Token]) -> Option<(usize, usize)> {
    let equal = |c: usize, r: usize| match (copy.get(c), read.get(r)) {
        (Some(a), Some(b)) => a.hash == b.hash,
        (None, None) => true,
        _ => false,
    };
    (1..WINDOW).find_map(|skipped| {
        let either = (0..=skipped).map(|skip_copy| (skip_copy, skipped - skip_copy));
        either
            .filter(|&(c, r)| c < copy.len() && r < read.len())
            .find(|&(c, r)| equal(c, r) && (equal(c + 1, r + 1) || c + 1 == copy.len()))
    })
}

fn push(out: &mut Vec<Run>, copy: usize, read: usize, len: usize) {
    let (copy, read, len) = (copy as u32, read as u32, len as u32);
    match out.last_mut() {
        Some(run) if run.copy + run.len == copy && run.read + run.len == read => run.len += len,
        _ => out.push(Run { copy, read, len }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Token> {
        let mut out = Vec::new();
        tokens(text.as_bytes(), Span::new(0, text.len()), &mut out);
        out
    }

    fn runs(copy: &str, read: &str) -> Vec<(u32, u32, u32)> {
        let (copy, read) = (words(copy), words(read));
        let index = Index::new(&read);
        let (mut small, mut large) = (Vec::new(), Vec::new());
        beside(&copy, &read, 0..read.len(), &index, &mut small);
        anywhere(&copy, &read, 0..read.len(), 0, &index, &mut large);
        assert_eq!(small, large, "both ways agree");
        small.iter().map(|run| (run.copy, run.read, run.len)).collect()
    }

    #[test]
    fn words_are_compared_without_case_and_signs() {
        assert_eq!(runs("my name is élise o brien", "My name is Élise O’Brien."), [(0, 0, 6)]);
        assert_eq!(runs("«Non», dit-il…", "non dit il"), [(0, 0, 3)]);
        assert_eq!(runs("\u{1F600}Marie\u{2764}\u{FE0F} Dupont", "marie dupont"), [(0, 0, 2)]);
    }

    #[test]
    fn a_second_guess_is_the_same_around_what_differs() {
        assert_eq!(
            runs("hi this is jon smyth calling you", "Hi, this is John Smith calling you."),
            [(0, 0, 3), (5, 5, 2)]
        );
        assert_eq!(runs("it is four one five okay then", "It is 415, okay then"), [(0, 0, 2), (5, 3, 2)]);
    }

    #[test]
    fn a_channel_lacks_the_words_of_the_other() {
        let read = "hello how can i help you today yes i lost my card oh dear when was that it was on monday";
        assert_eq!(
            runs("hello how can i help you today oh dear when was that", read),
            [(0, 0, 7), (7, 12, 5)]
        );
    }

    #[test]
    fn a_long_copy_that_comes_in_another_order_is_found() {
        let read: Vec<String> = (0..900).map(|n| format!("w{n}")).collect();
        let copy: Vec<String> = (600..900).chain(100..400).map(|n| format!("w{n}")).collect();
        let (copy, read) = (words(&copy.join(" ")), words(&read.join(" ")));
        let mut out = Vec::new();
        anywhere(&copy, &read, 0..read.len(), 0, &Index::new(&read), &mut out);
        assert_eq!(out, [Run { copy: 0, read: 600, len: 300 }, Run { copy: 300, read: 100, len: 300 }]);
    }
}
