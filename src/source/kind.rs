//! Is it text at all?
//!
//! What is no text has lines too, and some of them would pass as text: a picture's remarks, the strings of a document.
//! So such files are told by their first bytes and refused.

use std::io;

/// What files that are no text begin with: where, with what, and what they are.
const KINDS: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "a PDF document"),
    (0, b"{\\rtf", "a rich text document"),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old or encrypted Office document; save it as .csv or as .xlsx without a password",
    ),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it first"),
    (0, b"Rar!\x1A\x07", "a RAR archive; unpack it first"),
    (0, b"RIFF", "a recording or picture"),
    (0, b"OggS", "a recording"),
    (0, b"fLaC", "a recording"),
    (0, b"ID3", "a recording"),
    (4, b"ftyp", "a recording or film"),
    (0, b"\x1A\x45\xDF\xA3", "a recording or film"),
    (0, b"\x89PNG\r\n\x1A\n", "a picture"),
    (0, b"\xFF\xD8\xFF", "a picture"),
    (0, b"GIF8", "a picture"),
    (0, b"\x7FELF", "a program"),
    (0, b"Obj\x01", "an Avro table"),
];

/// One byte of so many may be a control character in text.
const CONTROLS: usize = 32;

/// Says what a file is whose head is no text, as the reason why it is not read.
///
/// # Errors
/// When it is no text.
pub(super) fn must_be_text(head: &[u8]) -> io::Result<()> {
    let refused = |what: &str| {
        Err(io::Error::new(io::ErrorKind::InvalidData, format!("is {what}, no text, and is not read")))
    };
    let known =
        |&&(at, magic, _): &&(usize, &[u8], &str)| head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if let Some((_, _, what)) = KINDS.iter().find(known) {
        return refused(what);
    }
    // A form feed, an escape of a terminal, a stray zero happen; what is packed or measured is full of them.
    let controls = head.iter().filter(|b| matches!(b, 0x00..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F)).count();
    if controls > 8 && controls * CONTROLS > head.len() { refused("binary data") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text() {
        for text in
            [&b""[..], b"hello\n", b"a\0b\n", b"RIF", "\u{1b}[31mrouge\u{1b}[0m".as_bytes(), b"BM 12 km"]
        {
            assert!(must_be_text(text).is_ok());
        }
        assert!(must_be_text(b"%PDF-1.7\n").is_err());
        assert!(must_be_text(&(0..=255).cycle().take(4096).collect::<Vec<u8>>()).is_err());
    }
}
