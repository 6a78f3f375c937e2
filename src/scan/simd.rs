//! The masks with AVX2: two 32-byte loads a block, one comparison and one `movemask` a class. Words with the
//! bit instructions that came with it (BMI1, BMI2).
//!
//! The only `unsafe` code of the program.
#![allow(unsafe_code)]

use super::{Masks, Text, WordHit, WordTable};

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{available, blocks, find_all};

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn available() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn blocks(blocks: &[[u8; 64]], carry: &mut u64, out: &mut Vec<Masks>) {
    super::scalar::blocks(blocks, carry, out);
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn find_all(table: &WordTable, text: Text<'_>, start: usize, end: usize, hits: &mut Vec<WordHit>) {
    table.find_all_with(text, start, end, hits);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Masks, Text, WordHit, WordTable};
    use crate::scan::{Classes, letters, scalar};
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };

    pub(crate) fn available() -> bool {
        std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
    }

    /// The known words of `text[start..end]`; see [`WordTable::find_all`].
    pub(crate) fn find_all(
        table: &WordTable,
        text: Text<'_>,
        start: usize,
        end: usize,
        hits: &mut Vec<WordHit>,
    ) {
        if available() {
            // SAFETY: the processor was just asked for both.
            unsafe { find_all_bmi(table, text, start, end, hits) }
        } else {
            table.find_all_with(text, start, end, hits);
        }
    }

    #[target_feature(enable = "bmi1,bmi2")]
    fn find_all_bmi(table: &WordTable, text: Text<'_>, start: usize, end: usize, hits: &mut Vec<WordHit>) {
        table.find_all_with(text, start, end, hits);
    }

    /// Appends the masks of each block; falls back to the scalar twin without AVX2.
    pub(crate) fn blocks(blocks: &[[u8; 64]], carry: &mut u64, out: &mut Vec<Masks>) {
        if available() {
            // SAFETY: the processor was just asked for AVX2.
            unsafe { blocks_avx2(blocks, carry, out) }
        } else {
            scalar::blocks(blocks, carry, out);
        }
    }

    #[target_feature(enable = "avx2")]
    fn blocks_avx2(blocks: &[[u8; 64]], carry: &mut u64, out: &mut Vec<Masks>) {
        for block in blocks {
            // SAFETY: `block` is 64 readable bytes; the load needs no alignment.
            let (low, high) = unsafe {
                let p = block.as_ptr();
                (_mm256_loadu_si256(p.cast::<__m256i>()), _mm256_loadu_si256(p.add(32).cast::<__m256i>()))
            };
            let both = |class: fn(__m256i) -> u32| u64::from(class(low)) | u64::from(class(high)) << 32;
            let equal = |byte: u8| {
                let b = _mm256_set1_epi8(byte.cast_signed());
                let mask = |v| u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, b)).cast_unsigned());
                mask(low) | mask(high) << 32
            };
            // `lo <= byte <= hi` as one signed comparison: shift the range so that it ends at 127.
            let within = |v: __m256i, lo: u8, hi: u8| {
                let shifted = _mm256_add_epi8(v, _mm256_set1_epi8(127u8.wrapping_sub(hi).cast_signed()));
                let floor = _mm256_set1_epi8(127u8.wrapping_sub(hi - lo).wrapping_sub(1).cast_signed());
                _mm256_movemask_epi8(_mm256_cmpgt_epi8(shifted, floor)).cast_unsigned()
            };
            let range =
                |lo: u8, hi: u8| u64::from(within(low, lo, hi)) | u64::from(within(high, lo, hi)) << 32;
            let fold = _mm256_set1_epi8(0x20);
            let (low_folded, high_folded) = (_mm256_or_si256(low, fold), _mm256_or_si256(high, fold));
            let ascii_letter =
                u64::from(within(low_folded, b'a', b'z')) | u64::from(within(high_folded, b'a', b'z')) << 32;
            let non_ascii = both(|v| _mm256_movemask_epi8(v).cast_unsigned());
            let classes = Classes { ascii_letter, non_ascii, lead_c2: equal(0xC2), lead_e2: equal(0xE2) };
            out.push(Masks {
                letter: letters(&classes, carry),
                digit: range(b'0', b'9'),
                at: equal(b'@'),
                colon: equal(b':'),
                quote: equal(b'"'),
                backslash: equal(b'\\'),
                control: range(0, 0x1F),
                exotic: range(0xC0, 0xFF) & !(equal(0xC3) | equal(0xC5)),
            });
        }
    }
}
