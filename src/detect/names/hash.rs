//! What is the number of a folded word?
//!
//! Shared with the build script, which lays out the dictionary's table by it.

/// Takes in the next eight bytes of a word, zeros behind its end.
#[inline]
pub(crate) fn step(hash: u64, eight: u64) -> u64 {
    let mixed = (hash ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

/// The number of a whole word after its last step.
#[inline]
pub(crate) fn finish(hash: u64, length: usize) -> u64 {
    let mixed = (hash ^ length as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 29
}

/// The number of a folded word. The program itself folds on the way: this is for the build script and tests.
#[cfg_attr(not(test), allow(dead_code))]
#[must_use]
pub(crate) fn hash_of(word: &[u8]) -> u64 {
    let hash = word.chunks(8).fold(0, |hash, part| {
        let mut eight = [0u8; 8];
        eight[..part.len()].copy_from_slice(part);
        step(hash, u64::from_le_bytes(eight))
    });
    finish(hash, word.len())
}
