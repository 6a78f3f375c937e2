//! Which characters look like which others?
//!
//! Digits of every script and style become ASCII digits, blanks of every width a space, dashes a hyphen;
//! what has no width of its own (zero-width and direction marks, soft hyphens, combining marks, variation
//! selectors, tags) is dropped. Letters stay as they are. Code points are those of Unicode 16,
//! general categories Nd, Zs, Pd, Cf and Mn where listed.

/// What becomes of a character in a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It stays.
    Same,
    /// It is shown as another character.
    To(char),
    /// It is not shown.
    Gone,
}

/// The zeros of the decimal digits (category Nd) outside ASCII; nine digits follow each.
const ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50,
    0x11DA0, 0x16A60, 0x16B50, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
    0x1D7F6,
];

/// The letter under an accent or with a stroke, small, of the alphabets of Europe; none for letters without.
#[must_use]
pub fn base_letter(c: char) -> Option<char> {
    Some(match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => 'a',
        'Ç' | 'ç' | 'Ć'..='č' => 'c',
        'Ď'..='đ' => 'd',
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => 'e',
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => 'g',
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => 'i',
        'Ĺ'..='ł' => 'l',
        'Ñ' | 'ñ' | 'Ń'..='ň' => 'n',
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => 'o',
        'Ŕ'..='ř' => 'r',
        'Ś'..='š' | 'Ș' | 'ș' => 's',
        'Ţ'..='ŧ' | 'Ț' | 'ț' => 't',
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => 'u',
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => 'y',
        'Ź'..='ž' => 'z',
        _ => return None,
    })
}

/// How `c` appears in a view.
#[must_use]
pub fn fold(c: char) -> Folded {
    let u = c as u32;
    match u {
        0x09 => Folded::To(' '),
        0..0xA0 => Folded::Same,
        // Blanks.
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Folded::To(' '),
        // Nothing to see.
        0xAD
        | 0x34F
        | 0x61C
        | 0x180B..=0x180F
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x206F
        | 0x300..=0x36F
        | 0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20F0
        | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F
        | 0xFEFF
        | 0x1BCA0..=0x1BCA3
        | 0xE0000..=0xE0FFF => Folded::Gone,
        // Dashes.
        0x2010..=0x2015 | 0x2043 | 0x207B | 0x208B | 0x2212 | 0xFE58 | 0xFE63 => Folded::To('-'),
        // Superscripts, subscripts, circled digits.
        0xB2 | 0xB3 => digit(u - 0xB0),
        0xB9 => digit(1),
        0x2070 => digit(0),
        0x2074..=0x2079 => digit(u - 0x2070),
        0x2080..=0x2089 => digit(u - 0x2080),
        0x2460..=0x2468 => digit(u - 0x245F),
        0x24EA => digit(0),
        0x2776..=0x277E => digit(u - 0x2775),
        // Full-width ASCII.
        0xFF01..=0xFF5E => char::from_u32(u - 0xFEE0).map_or(Folded::Same, Folded::To),
        0x660.. => ZEROS
            .iter()
            .find(|&&zero| (zero..zero + 10).contains(&u))
            .map_or(Folded::Same, |zero| digit(u - zero)),
        _ => Folded::Same,
    }
}

fn digit(value: u32) -> Folded {
    char::from_digit(value, 10).map_or(Folded::Same, Folded::To)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_blanks_dashes_and_marks() {
        for (from, to) in
            [('４', '4'), ('٤', '4'), ('४', '4'), ('𝟒', '4'), ('𝟺', '4'), ('⁴', '4'), ('④', '4'), ('²', '2')]
        {
            assert_eq!(fold(from), Folded::To(to), "{from:?}");
        }
        for blank in ['\u{a0}', '\u{202f}', '\u{2009}', '\u{3000}'] {
            assert_eq!(fold(blank), Folded::To(' '));
        }
        for gone in ['\u{ad}', '\u{200b}', '\u{200d}', '\u{feff}', '\u{301}', '\u{20e3}', '\u{fe0f}'] {
            assert_eq!(fold(gone), Folded::Gone, "{gone:?}");
        }
        for dash in ['‑', '–', '−'] {
            assert_eq!(fold(dash), Folded::To('-'));
        }
        for same in ['é', 'ß', 'ñ', 'Œ', 'я', '’', '€', '日'] {
            assert_eq!(fold(same), Folded::Same, "{same:?}");
        }
    }
}
