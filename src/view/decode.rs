//! How do raw bytes stand for characters?
//!
//! The one decoder of JSON and CSV escapes: views, code point offsets and compared values all read
//! through it. It works on text that the format has found well-formed and never panics on any other.

use crate::model::Escape;

/// The characters of a segment with the number of raw bytes each one takes.
pub struct Chars<'a> {
    raw: &'a [u8],
    at: usize,
    escape: Escape,
}

impl<'a> Chars<'a> {
    /// Over `raw`, the bytes of a segment.
    #[must_use]
    pub fn new(raw: &'a [u8], escape: Escape) -> Self {
        Chars { raw, at: 0, escape }
    }

    /// Raw bytes consumed so far.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Takes the longest run of bytes that stand for themselves: ASCII that is no escape and no tab.
    pub fn take_plain(&mut self) -> &'a [u8] {
        let rest = &self.raw[self.at..];
        let special = match self.escape {
            Escape::Json => b'\\',
            Escape::Csv => b'"',
            Escape::None | Escape::JsonNumber | Escape::CsvBare => 0x80,
        };
        let length = rest.iter().position(|&b| b >= 0x80 || b == special || b == b'\t').unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

impl Iterator for Chars<'_> {
    type Item = (char, usize);

    fn next(&mut self) -> Option<(char, usize)> {
        let rest = &self.raw[self.at..];
        let first = *rest.first()?;
        let (c, length) = match self.escape {
            Escape::Json if first == b'\\' => json_escape(rest),
            Escape::Csv if first == b'"' && rest.get(1) == Some(&b'"') => ('"', 2),
            _ => char_at(rest),
        };
        self.at += length;
        Some((c, length))
    }
}

/// The first character of UTF-8 `bytes` and its length; U+FFFD of one byte where it is none.
///
/// # Panics
/// When `bytes` is empty.
#[must_use]
pub fn char_at(bytes: &[u8]) -> (char, usize) {
    let first = bytes[0];
    let length = match first {
        0..0x80 => return (first as char, 1),
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    match bytes.get(..length).and_then(|c| std::str::from_utf8(c).ok()).and_then(|s| s.chars().next()) {
        Some(c) => (c, length),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// The character of a JSON escape at the start of `bytes`, and how many bytes it takes.
fn json_escape(bytes: &[u8]) -> (char, usize) {
    let simple = match bytes.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode_escape(bytes),
        Some(&other) if other < 0x80 => other as char,
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (simple, 2)
}

fn unicode_escape(bytes: &[u8]) -> (char, usize) {
    let Some(high) = hex4(bytes, 2) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if (0xD800..0xDC00).contains(&high)
        && bytes.get(6..8) == Some(b"\\u")
        && let Some(low @ 0xDC00..0xE000) = hex4(bytes, 8)
    {
        let c = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// The four hexadecimal digits at `at`, if they are there.
#[must_use]
pub fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits.iter().try_fold(0, |value, &d| Some(value << 4 | (d as char).to_digit(16)?))
}

/// How many code points the raw bytes of a segment stand for: offsets as Python counts them.
#[must_use]
pub fn code_points(raw: &[u8], escape: Escape, escaped: bool) -> usize {
    if escaped {
        Chars::new(raw, escape).count()
    } else {
        raw.iter().filter(|&&b| b.cast_signed() >= -0x40).count()
    }
}
