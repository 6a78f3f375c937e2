//! What does a line of a time-marked conversation say?

use crate::limits;
use crate::model::{FaultKind, Span};

/// A line, without its end. Positions are bytes of the chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Line {
    /// Nothing.
    Blank,
    /// What stands behind `;;`.
    Comment(Span),
    /// A word, or a mark of a block of alternatives.
    Marked(Marked),
    /// What is none of these, and where in the line.
    Bad(FaultKind, usize),
}

/// A line with its columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marked {
    /// The name of the recording.
    pub(super) file: Span,
    /// Who or what was recorded.
    pub(super) channel: Span,
    pub(super) says: Says,
    /// The columns behind the word.
    pub(super) more: Span,
}

/// What is said at that time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Says {
    /// A word, from when to when in seconds.
    Word(Span, f64, f64),
    /// A first guess begins.
    Begin,
    /// Another guess begins.
    Other,
    /// The guesses end.
    End,
}

/// Reads the line `bytes[start..end]`, which has no line end.
pub(super) fn read(bytes: &[u8], start: usize, end: usize) -> Line {
    let line = &bytes[start..end];
    if line.len() > limits::RECORD_BYTES {
        return Line::Bad(FaultKind::TooLong, 0);
    }
    let not_text = || std::str::from_utf8(line).err().map(|error| error.valid_up_to());
    if let Some(bad) = memchr::memchr(0, line).or_else(not_text) {
        return Line::Bad(FaultKind::Encoding, bad);
    }
    let bom = if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut columns = columns(bytes, Span::new(start + bom, end));
    let Some(file) = columns.next() else { return Line::Blank };
    if let Some(at) = file.of(bytes).starts_with(b";;").then_some(file.start as usize + 2) {
        return Line::Comment(Span::new(at, end));
    }
    if let Some(at) = line.iter().position(|b| b.is_ascii_control() && *b != b'\t') {
        return Line::Bad(FaultKind::Marked, at);
    }
    let (Some(channel), Some(from), Some(length), Some(word)) =
        (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Line::Bad(FaultKind::Marked, line.len());
    };
    let more = Span { start: word.end, end: end as u32 };
    let says = match (word.of(bytes), seconds(from.of(bytes)), seconds(length.of(bytes))) {
        (b"<ALT_BEGIN>", ..) => Says::Begin,
        (b"<ALT>", ..) => Says::Other,
        (b"<ALT_END>", ..) => Says::End,
        (_, Some(from), Some(length)) => Says::Word(word, from, from + length),
        (_, None, _) => return Line::Bad(FaultKind::Marked, from.start as usize - start),
        _ => return Line::Bad(FaultKind::Marked, length.start as usize - start),
    };
    Line::Marked(Marked { file, channel, says, more })
}

/// The columns in `span`, parted by blanks and tabs.
pub(super) fn columns(bytes: &[u8], span: Span) -> impl Iterator<Item = Span> {
    let (mut at, end) = (span.start as usize, span.end as usize);
    let is_gap = |b: &u8| matches!(b, b' ' | b'\t');
    std::iter::from_fn(move || {
        let from = at + bytes[at..end].iter().take_while(|b| is_gap(b)).count();
        at = from + bytes[from..end].iter().take_while(|b| !is_gap(b)).count();
        (from < at).then(|| Span::new(from, at))
    })
}

/// A time or length in seconds.
pub(super) fn seconds(column: &[u8]) -> Option<f64> {
    let is_plain = column.iter().all(|b| b.is_ascii_digit() || b".+-eE".contains(b));
    let value = std::str::from_utf8(column).ok().filter(|_| is_plain)?.parse::<f64>().ok()?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Line {
        read(line.as_bytes(), 0, line.len())
    }

    #[test]
    fn columns_may_stand_anywhere() {
        let Line::Marked(marked) = of("\u{feff}call\t1   0.5 \t 1e-1 word 0.9 lex") else { panic!("a word") };
        let text = |span: Span| span.of("\u{feff}call\t1   0.5 \t 1e-1 word 0.9 lex".as_bytes()).to_vec();
        assert_eq!((text(marked.file), text(marked.channel)), (b"call".to_vec(), b"1".to_vec()));
        let Says::Word(word, from, until) = marked.says else { panic!("a word") };
        assert_eq!((text(word), from, until), (b"word".to_vec(), 0.5, 0.6));
        assert_eq!(text(marked.more), b" 0.9 lex");
    }

    #[test]
    fn lines_of_other_kinds() {
        assert_eq!(of(" \t"), Line::Blank);
        assert_eq!(of(";; made by hand"), Line::Comment(Span::new(2, 15)));
        assert!(matches!(of("call 1 * * <ALT_BEGIN>"), Line::Marked(Marked { says: Says::Begin, .. })));
        assert_eq!(of("call 1 0.5 0.1"), Line::Bad(FaultKind::Marked, 14));
        assert_eq!(of("call 1 0.5 x word"), Line::Bad(FaultKind::Marked, 11));
        assert_eq!(of("call 1 inf 0.1 word"), Line::Bad(FaultKind::Marked, 7));
        assert_eq!(of("call 1 * * word"), Line::Bad(FaultKind::Marked, 7));
        assert_eq!(of("call 1 0 1 a\rcall 1 0 1 b"), Line::Bad(FaultKind::Marked, 12));
        assert_eq!(of("a\0b"), Line::Bad(FaultKind::Encoding, 1));
    }
}
