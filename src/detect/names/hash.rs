//! What is the number of a folded word?
//!
//! Shared with the build script, which lays out the dictionary's table by it.

/// 64-bit FNV-1a with a final mix.
#[must_use]
pub(crate) fn hash_of(word: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for &byte in word {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}
