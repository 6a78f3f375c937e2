//! What would a person read?
//!
//! Rules run on a view: the text of a segment with escapes decoded and look-alikes folded. Most segments
//! are their own view (identity): the chunk's bytes, with the masks that the scan made. Only a segment
//! in which something folds gets a [`View`] of its own, which remembers for each of its bytes which raw
//! bytes it stands for. A view never reaches the output: edits are made on raw bytes.

pub mod decode;
pub mod fold;
pub mod spoken;

use crate::model::{Escape, Segment, Span};
use crate::scan::{Kernel, Masks, Text, classify};
use decode::Chars;
use fold::Folded;

/// The folded text of one segment and its map to raw bytes. Reused from segment to segment.
#[derive(Default)]
pub struct View {
    text: Vec<u8>,
    masks: Vec<Masks>,
    /// `(view, raw, blank)`: from view byte `view` on, raw = `raw` + distance, until the next entry; inside a
    /// blank, all of it. Sorted.
    map: Vec<(u32, u32, bool)>,
}

/// A stretch of a segment that is shown as a replacement, not as its text.
pub struct Blank<'a> {
    /// In raw bytes.
    pub span: Span,
    /// What stands there instead.
    pub with: &'a str,
}

impl View {
    /// Whether the segment's text differs from its raw bytes, so that it needs a view of its own.
    #[must_use]
    pub fn is_needed(chunk: Text<'_>, segment: &Segment) -> bool {
        if segment.escaped {
            return true;
        }
        let (mut from, end) = (segment.span.start as usize, segment.span.end as usize);
        // A tab is a blank to a reader.
        if chunk.any(from, end, |m| m.control) && chunk.bytes[from..end].contains(&b'\t') {
            return true;
        }
        while let Some(at) = chunk.next(from, end, |m| m.exotic) {
            let (c, length) = decode::char_at(&chunk.bytes[at..end]);
            if fold::fold(c) != Folded::Same {
                return true;
            }
            from = at + length;
        }
        false
    }

    /// Builds the view of `raw[span]`, in which each blank (sorted, disjoint) is replaced by its text.
    pub fn build<'a>(
        &mut self,
        kernel: Kernel,
        raw: &[u8],
        span: Span,
        escape: Escape,
        blanks: impl IntoIterator<Item = Blank<'a>>,
    ) {
        self.text.clear();
        self.map.clear();
        self.map.push((0, span.start, false));
        let mut at = span.start as usize;
        for blank in blanks {
            self.append(raw, at, blank.span.start as usize, escape);
            self.map.push((self.text.len() as u32, blank.span.start, true));
            self.text.extend_from_slice(blank.with.as_bytes());
            at = blank.span.end as usize;
            self.map.push((self.text.len() as u32, at as u32, false));
        }
        self.append(raw, at, span.end as usize, escape);
        self.mark(span.end as usize);
        classify(kernel, &self.text, &mut self.masks);
    }

    /// Notes that the next view byte stands for raw byte `raw`, if the map does not say so already.
    fn mark(&mut self, raw: usize) {
        let here = self.text.len() as u32;
        let expected = self.map.last().map(|&(view, from, _)| from + (here - view));
        if expected != Some(raw as u32) {
            self.map.push((here, raw as u32, false));
        }
    }

    fn append(&mut self, raw: &[u8], start: usize, end: usize, escape: Escape) {
        let mut chars = Chars::new(&raw[start..end], escape);
        loop {
            let plain = chars.take_plain();
            if !plain.is_empty() {
                let from = start + chars.position() - plain.len();
                self.mark(from);
                self.text.extend_from_slice(plain);
            }
            let at = start + chars.position();
            let Some((c, _)) = chars.next() else { break };
            let shown = match fold::fold(c) {
                Folded::Same => c,
                Folded::To(other) => other,
                Folded::Gone => continue,
            };
            self.mark(at);
            let mut utf8 = [0u8; 4];
            self.text.extend_from_slice(shown.encode_utf8(&mut utf8).as_bytes());
        }
    }

    /// The view's text and masks.
    #[must_use]
    pub fn text(&self) -> Text<'_> {
        Text { bytes: &self.text, masks: &self.masks }
    }

    /// The raw bytes that the view bytes of `span` stand for, with what was dropped behind the last one.
    ///
    /// # Panics
    /// When `span` is empty or lies outside the view.
    #[must_use]
    pub fn raw(&self, span: Span) -> Span {
        assert!(!span.is_empty() && span.end as usize <= self.text.len(), "a finding lies in its view");
        // What lies in a blank in part covers all of it.
        let (start, end) = (self.entry(span.start), self.entry(span.end));
        let distance = |entry: usize, at: u32| if self.map[entry].2 { 0 } else { at - self.map[entry].0 };
        let inside = self.map[end].2 && self.map[end].0 < span.end;
        Span {
            start: self.map[start].1 + distance(start, span.start),
            end: if inside { self.map[end + 1].1 } else { self.map[end].1 + distance(end, span.end) },
        }
    }

    /// The entry of the map that holds for a view byte.
    fn entry(&self, view: u32) -> usize {
        self.map.partition_point(|&(from, ..)| from <= view) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(raw: &str, escape: Escape) -> View {
        let mut view = View::default();
        view.build(Kernel::best(), raw.as_bytes(), Span::new(0, raw.len()), escape, []);
        view
    }

    fn text(view: &View) -> &str {
        std::str::from_utf8(view.text().bytes).expect("views are UTF-8")
    }

    #[test]
    fn folds_and_maps_back() {
        let raw = "né le １２\u{200b}/٠٣\u{a0}/1980, tél\u{ad}éphone";
        let v = view(raw, Escape::None);
        assert_eq!(text(&v), "né le 12/03 /1980, téléphone");
        let at = text(&v).find("12/03").expect("folded");
        let span = v.raw(Span::new(at, at + 5));
        assert_eq!(&raw[span.range()], "１２\u{200b}/٠٣");
    }

    #[test]
    fn decodes_json_escapes_and_maps_back() {
        let raw = r#"carte \u0034\u00311 \"caf\u00e9\"\n\ud83d\ude00 fin"#;
        let v = view(raw, Escape::Json);
        assert_eq!(text(&v), "carte 411 \"café\"\n😀 fin");
        let at = text(&v).find("411").expect("decoded");
        assert_eq!(&raw[v.raw(Span::new(at, at + 3)).range()], r"\u0034\u00311");
        let at = text(&v).find("fin").expect("decoded");
        assert_eq!(&raw[v.raw(Span::new(at, at + 3)).range()], "fin");
    }

    #[test]
    fn part_of_a_blank_is_all_of_it() {
        let raw = "https://ex.com/4111111111111111 x";
        let mut v = View::default();
        let blank = Blank { span: Span::new(15, 31), with: "[CREDIT_CARD_1]" };
        v.build(Kernel::best(), raw.as_bytes(), Span::new(0, raw.len()), Escape::None, [blank]);
        assert_eq!(text(&v), "https://ex.com/[CREDIT_CARD_1] x");
        assert_eq!(v.raw(Span::new(0, 29)), Span::new(0, 31));
        assert_eq!(v.raw(Span::new(18, 32)), Span::new(15, 33));
        assert_eq!(v.raw(Span::new(0, 15)), Span::new(0, 15));
    }

    #[test]
    fn blanks_stand_for_their_bytes() {
        let raw = r#"a "" b jo@example.com6789"#;
        let mut v = View::default();
        let blank = Blank { span: Span::new(7, 21), with: "[EMAIL_1]" };
        v.build(Kernel::best(), raw.as_bytes(), Span::new(0, raw.len()), Escape::Csv, [blank]);
        assert_eq!(text(&v), "a \" b [EMAIL_1]6789");
        let at = text(&v).find("6789").expect("kept");
        assert_eq!(v.raw(Span::new(at, at + 4)), Span::new(21, 25));
    }
}
