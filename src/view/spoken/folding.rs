//! When are two words the same?
//!
//! Without capitals and accents: recognisers and people leave them out.

use crate::view::fold::base_letter;

/// A word without accents.
pub(super) fn plain(word: &str) -> String {
    word.chars().map(|c| base(c).unwrap_or(c)).collect()
}

pub(super) fn folded(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    fold(word.as_bytes(), &mut out);
    out
}

/// Appends the folded form of a UTF-8 word.
pub(super) fn fold(word: &[u8], out: &mut Vec<u8>) {
    if word.is_ascii() {
        out.extend(word.iter().map(u8::to_ascii_lowercase));
        return;
    }
    for c in String::from_utf8_lossy(word).chars() {
        match c {
            'ß' => out.extend_from_slice(b"ss"),
            'œ' | 'Œ' => out.extend_from_slice(b"oe"),
            'ñ' | 'Ñ' => out.push(0xF1),
            c => match base(c) {
                Some(base) => out.push(base as u8),
                None => {
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(c.to_ascii_lowercase().encode_utf8(&mut utf8).as_bytes());
                }
            },
        }
    }
}

/// The hash of a folded word; the words of a phrase are joined by `_`.
pub(super) fn hash_of(folded: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &b in folded {
        hash = (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3);
    }
    hash
}

/// The letter under an accent, small; `ñ` is a letter of its own.
fn base(c: char) -> Option<char> {
    base_letter(c).filter(|_| !matches!(c, 'ñ' | 'Ñ'))
}
