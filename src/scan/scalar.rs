//! The masks in plain Rust: the reference that the SIMD twin must equal.

use super::{Classes, Masks, letters};

/// Appends the masks of each block.
pub(super) fn blocks(blocks: &[[u8; 64]], carry: &mut u64, out: &mut Vec<Masks>) {
    for block in blocks {
        let mut m = Masks::default();
        let mut classes = Classes { ascii_letter: 0, non_ascii: 0, lead_c2: 0, lead_e2: 0 };
        for (at, &byte) in block.iter().enumerate() {
            let bit = 1u64 << at;
            let set = |mask: &mut u64, when: bool| {
                if when {
                    *mask |= bit;
                }
            };
            set(&mut classes.ascii_letter, byte.is_ascii_alphabetic());
            set(&mut classes.non_ascii, byte >= 0x80);
            set(&mut classes.lead_c2, byte == 0xC2);
            set(&mut classes.lead_e2, byte == 0xE2);
            set(&mut m.digit, byte.is_ascii_digit());
            set(&mut m.at, byte == b'@');
            set(&mut m.colon, byte == b':');
            set(&mut m.quote, byte == b'"');
            set(&mut m.backslash, byte == b'\\');
            set(&mut m.control, byte < 0x20);
            set(&mut m.exotic, byte >= 0xC0 && byte != 0xC3 && byte != 0xC5);
        }
        m.letter = letters(&classes, carry);
        out.push(m);
    }
}
