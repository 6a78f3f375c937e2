//! Where could anything be?
//!
//! The only code that sees every byte. One pass over a block of raw bytes classifies each byte into bit
//! masks, 64 bytes a step ([`classify`]). Everything else asks the masks: where does a digit run begin,
//! where is the next quote, which words stand here ([`WordTable`]). Nothing in this room knows what is
//! personal.
//!
//! Two twins compute the masks: AVX2 where the processor has it, plain Rust elsewhere. They are tested
//! equal. Setting the environment variable `SOURDINE_SCALAR` forces the plain one.

mod scalar;
mod simd;
mod words;

pub use words::{WordHit, WordTable};

/// Which of 64 consecutive bytes belong to each class; bit *i* is byte *i*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Masks {
    /// ASCII letters and the bytes of non-ASCII letters (all of non-ASCII but U+0080..U+00BF and
    /// U+2000..U+2FFF, where the punctuation and the blanks are).
    pub letter: u64,
    /// `0` to `9`.
    pub digit: u64,
    /// `@`.
    pub at: u64,
    /// `:`.
    pub colon: u64,
    /// `"`.
    pub quote: u64,
    /// `\`.
    pub backslash: u64,
    /// Bytes below 0x20.
    pub control: u64,
    /// First bytes of characters that folding may change: all of non-ASCII but U+00C0..U+00FF and
    /// U+0140..U+017F (the accented letters of western Europe).
    pub exotic: u64,
}

/// How the masks are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Plain Rust.
    Scalar,
    /// AVX2 instructions.
    Avx2,
}

impl Kernel {
    /// The fastest kernel this processor can run.
    #[must_use]
    pub fn best() -> Self {
        if std::env::var_os("SOURDINE_SCALAR").is_none() && simd::available() {
            Kernel::Avx2
        } else {
            Kernel::Scalar
        }
    }
}

/// Computes the masks of `bytes`, one [`Masks`] per 64 bytes; the last one is padded with zeros. Costs
/// about 0.1 ns a byte with AVX2.
pub fn classify(kernel: Kernel, bytes: &[u8], masks: &mut Vec<Masks>) {
    masks.clear();
    masks.reserve(bytes.len() / 64 + 1);
    // Punctuation of two and three bytes reaches over a block's end: the carry says how many bytes of
    // the next block are still no letters.
    let mut carry = 0u64;
    let (blocks, tail) = bytes.as_chunks::<64>();
    match kernel {
        Kernel::Scalar => scalar::blocks(blocks, &mut carry, masks),
        Kernel::Avx2 => simd::blocks(blocks, &mut carry, masks),
    }
    if !tail.is_empty() {
        let mut last = [0u8; 64];
        last[..tail.len()].copy_from_slice(tail);
        let mut mask = Vec::with_capacity(1);
        match kernel {
            Kernel::Scalar => scalar::blocks(&[last], &mut carry, &mut mask),
            Kernel::Avx2 => simd::blocks(&[last], &mut carry, &mut mask),
        }
        // The padding is neither text nor control characters of it.
        let inside = (1u64 << tail.len()) - 1;
        mask[0].control &= inside;
        mask[0].letter &= inside;
        masks.append(&mut mask);
    }
}

/// Raw class bits of a block before multi-byte punctuation is taken out of the letters.
struct Classes {
    ascii_letter: u64,
    non_ascii: u64,
    /// First bytes 0xC2 (U+0080..U+00BF).
    lead_c2: u64,
    /// First bytes 0xE2 (U+2000..U+2FFF).
    lead_e2: u64,
}

/// The letter mask of a block, and through `carry` what of its last character lies in the next one.
#[inline]
fn letters(classes: &Classes, carry: &mut u64) -> u64 {
    let Classes { ascii_letter, non_ascii, lead_c2, lead_e2 } = *classes;
    let leads = lead_c2 | lead_e2;
    let punctuation = leads | (leads << 1) | (lead_e2 << 2) | *carry;
    *carry = (leads >> 63) | (lead_e2 >> 62);
    ascii_letter | (non_ascii & !punctuation)
}

/// Text with its masks: what rules look at. Either a chunk as it was read (the identity view) or the
/// folded view of one segment.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// UTF-8.
    pub bytes: &'a [u8],
    /// Masks of `bytes`.
    pub masks: &'a [Masks],
}

impl Text<'_> {
    /// The first position in `from..end` whose bit is set in the class that `of` selects.
    #[inline]
    pub fn next(&self, from: usize, end: usize, of: impl Fn(&Masks) -> u64) -> Option<usize> {
        if from >= end {
            return None;
        }
        let mut block = from / 64;
        let mut bits = of(&self.masks[block]) & (!0 << (from % 64));
        loop {
            if bits != 0 {
                let at = block * 64 + bits.trailing_zeros() as usize;
                return (at < end).then_some(at);
            }
            block += 1;
            if block * 64 >= end {
                return None;
            }
            bits = of(&self.masks[block]);
        }
    }

    /// Whether any bit of the selected class is set in `start..end`.
    #[inline]
    pub fn any(&self, start: usize, end: usize, of: impl Fn(&Masks) -> u64) -> bool {
        self.next(start, end, of).is_some()
    }

    /// Calls `found` for each position in `start..end` that is set in the class `of` selects and where
    /// no bit of that class stands right before it (`runs`), or for every position (`!runs`), in order.
    #[inline]
    pub fn each_anchor(
        &self,
        start: usize,
        end: usize,
        runs: impl Fn(&Masks) -> u64,
        points: impl Fn(&Masks) -> u64,
        mut found: impl FnMut(usize),
    ) {
        if start >= end {
            return;
        }
        let (first, last) = (start / 64, (end - 1) / 64);
        let mut before = 0u64; // bit 0: whether the byte before this block belongs to a run
        for block in first..=last {
            let masks = &self.masks[block];
            let mut inside = !0u64;
            if block == first {
                inside &= !0 << (start % 64);
            }
            if block == last && !end.is_multiple_of(64) {
                inside &= (1 << (end % 64)) - 1;
            }
            let run = runs(masks) & inside;
            let mut bits = (run & !(run << 1 | before)) | (points(masks) & inside);
            before = run >> 63;
            while bits != 0 {
                found(block * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    /// Calls `found` with start and end of each run of letters and of each run of digits in `start..end`, in
    /// order.
    #[inline(always)] // its closure is the body of a hot loop
    pub fn each_run(&self, start: usize, end: usize, mut found: impl FnMut(usize, usize)) {
        if start >= end {
            return;
        }
        let (first, last) = (start / 64, end / 64);
        let mut open: Option<usize> = None; // where a run began that the block before did not end
        let (mut in_letters, mut in_digits) = (0u64, 0u64); // bit 0: whether it is one of letters, of digits
        for block in first..=last {
            let mut inside = !0u64;
            if block == first {
                inside &= !0 << (start % 64);
            }
            if block == last {
                inside &= (1 << (end % 64)) - 1; // so that the last run ends, here or at the first bit
            }
            let (letters, digits) = match self.masks.get(block) {
                Some(masks) => (masks.letter & inside, masks.digit & inside),
                None => (0, 0),
            };
            let (after_letter, after_digit) = (letters << 1 | in_letters, digits << 1 | in_digits);
            let mut starts = letters & !after_letter | digits & !after_digit;
            let mut ends = after_letter & !letters | after_digit & !digits;
            (in_letters, in_digits) = (letters >> 63, digits >> 63);
            let base = block * 64;
            while ends != 0 {
                let from = open.take().unwrap_or_else(|| {
                    let from = base + starts.trailing_zeros() as usize;
                    starts &= starts - 1;
                    from
                });
                found(from, base + ends.trailing_zeros() as usize);
                ends &= ends - 1;
            }
            if starts != 0 {
                open = Some(base + starts.trailing_zeros() as usize);
            }
        }
    }

    /// Whether the byte is part of a word: a letter, a digit or `_`.
    #[inline]
    #[must_use]
    pub fn is_word(&self, at: usize) -> bool {
        self.is_letter(at) || self.bytes[at].is_ascii_digit() || self.bytes[at] == b'_'
    }

    /// Whether the byte is (part of) a letter.
    #[inline]
    #[must_use]
    pub fn is_letter(&self, at: usize) -> bool {
        self.masks[at / 64].letter >> (at % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masks(kernel: Kernel, bytes: &[u8]) -> Vec<Masks> {
        let mut out = Vec::new();
        classify(kernel, bytes, &mut out);
        out
    }

    #[test]
    fn letters_of_five_languages_are_letters_and_their_punctuation_is_not() {
        let text = "L’été «Ça va» – naïve œuvre, Straße; ¿qué? 12 €\u{a0}!";
        let all = masks(Kernel::Scalar, text.as_bytes());
        let text_view = Text { bytes: text.as_bytes(), masks: &all };
        for (at, c) in text.char_indices() {
            for byte in at..at + c.len_utf8() {
                assert_eq!(text_view.is_letter(byte), c.is_alphabetic(), "{c:?} at {at}");
            }
        }
    }

    #[test]
    fn punctuation_over_a_block_border_is_no_letter() {
        for pad in 60..66 {
            let text = format!("{}’€ après", "x".repeat(pad));
            let all = masks(Kernel::Scalar, text.as_bytes());
            let view = Text { bytes: text.as_bytes(), masks: &all };
            let letters: Vec<usize> = (0..text.len()).filter(|&at| view.is_letter(at)).collect();
            let expected: Vec<usize> = text
                .char_indices()
                .filter(|(_, c)| c.is_alphabetic())
                .flat_map(|(at, c)| at..at + c.len_utf8())
                .collect();
            assert_eq!(letters, expected, "pad {pad}");
        }
    }

    proptest! {
        #[test]
        fn the_twins_agree(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if simd::available() {
                prop_assert_eq!(masks(Kernel::Scalar, &bytes), masks(Kernel::Avx2, &bytes));
            }
        }

        #[test]
        fn runs_are_what_stands_between_borders(text in "[ab1é .]{0,200}", from in 0usize..80, to in 0usize..300) {
            let all = masks(Kernel::Scalar, text.as_bytes());
            let view = Text { bytes: text.as_bytes(), masks: &all };
            let end = to.min(text.len());
            let mut found = Vec::new();
            view.each_run(from, end, |from, to| found.push((from, to)));
            let class = |at: usize| (view.is_letter(at), view.bytes[at].is_ascii_digit());
            let mut expected: Vec<(usize, usize)> = Vec::new();
            for at in (from..end).filter(|&at| class(at) != (false, false)) {
                match expected.last_mut() {
                    Some(run) if run.1 == at && class(at - 1) == class(at) => run.1 = at + 1,
                    _ => expected.push((at, at + 1)),
                }
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn anchors_are_the_starts_of_runs_and_every_point(text in "[a1@ ]{0,200}", cut in 0usize..200) {
            let all = masks(Kernel::Scalar, text.as_bytes());
            let view = Text { bytes: text.as_bytes(), masks: &all };
            let start = cut.min(text.len());
            let mut found = Vec::new();
            view.each_anchor(start, text.len(), |m| m.digit, |m| m.at, |at| found.push(at));
            let b = text.as_bytes();
            let expected: Vec<usize> = (start..b.len())
                .filter(|&i| b[i] == b'@' || b[i] == b'1' && (i == start || b[i - 1] != b'1'))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
