//! What would the name of a file tell?
//!
//! Files of calls are named after callers: `Dupont_Marie_0612345678.json`. A name is read as people read it: `_`, `-` and
//! dots between words are spaces, `JeanDupont` is two words, the ending says nothing. Dates, clock times and the
//! ids of systems are what tells files apart, and stay. Labels carry no numbers: each name is looked at by itself. Files that
//! would then be called alike are numbered in the order of the inputs.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Engine, Worker};
use crate::detect::{is_common_word, is_nobodys};
use crate::mask::splice;
use crate::model::{Escape, Located, Role, Segment, Span, ValueId};
use crate::scan::{Text, classify};

/// Longest ending, in bytes without its dot, as in `.parquet`.
const ENDING: usize = 8;

/// The masked names of a run's files, no two alike.
pub struct FileNames<'e> {
    engine: &'e Engine,
    worker: Worker,
    /// By path, what its last part became; never walked, only asked.
    known: HashMap<String, String>,
    /// What was given away.
    given: HashSet<String>,
}

impl Engine {
    /// The masked names of the files of a run.
    #[must_use]
    pub fn file_names(&self) -> FileNames<'_> {
        FileNames { engine: self, worker: self.worker(), known: HashMap::new(), given: HashSet::new() }
    }
}

impl FileNames<'_> {
    /// The masked form of a file's name, or of a path with `/` between directories: what is found in it becomes a plain
    /// label. Asked for one path again, it says the same; of other paths that would be masked alike the second gets
    /// `-2` before its ending. A masked name stays as it is.
    pub fn of(&mut self, path: &str) -> String {
        let mut masked = String::with_capacity(path.len());
        let mut end = 0;
        for part in path.split('/') {
            end += part.len();
            if let Some(known) = self.known.get(&path[..end]) {
                masked.clone_from(known);
            } else {
                let plain = masked.clone() + &self.engine.masked_part(part, &mut self.worker);
                masked = self.free(&plain, masked.len());
                self.known.insert(path[..end].to_owned(), masked.clone());
            }
            if end < path.len() {
                masked.push('/');
            }
            end += 1;
        }
        masked
    }

    /// `name`, with a number if it was given away; its last part begins at `part`.
    fn free(&mut self, name: &str, part: usize) -> String {
        let (stem, ending) = name.split_at(part + ending_of(&name[part..]));
        let numbered =
            |number: u32| if number == 1 { name.to_owned() } else { format!("{stem}-{number}{ending}") };
        let free =
            (1..).map(numbered).find(|name| !self.given.contains(name)).unwrap_or_else(|| name.to_owned());
        self.given.insert(free.clone());
        free
    }
}

/// How sure the model has to be that a word is somebody's name, in hundredths: there is no sentence around it.
const SURE: u8 = 70;

impl Engine {
    fn masked_part(&self, part: &str, worker: &mut Worker) -> String {
        let (stem, ending) = part.split_at(ending_of(part));
        let masked = self.found_in_name(stem, worker);
        let name = |located: &Located| self.rules().entities().name(located.finding.entity);
        let labels: Vec<String> = masked.iter().map(|located| format!("[{}]", name(located))).collect();
        let edits =
            masked.iter().zip(&labels).map(|(located, label)| (located.span, Escape::None, label.as_str()));
        let mut out = Vec::new();
        splice(stem.as_bytes(), 0, edits, &mut out);
        String::from_utf8_lossy(&out).into_owned() + ending
    }

    /// What is masked in a name without its ending, in order.
    fn found_in_name(&self, stem: &str, worker: &mut Worker) -> Vec<Located> {
        let mut masked: Vec<Located> = Vec::new();
        // As it is written, for e-mails and numbers; then as words, for names.
        for shown in [Shown::of(stem, |b| b == b'_'), Shown::of(stem, |b| b"_-.+".contains(&b))] {
            for located in self.found_in_line(&shown.text, worker) {
                let span = shown.span(located.span);
                let text = &shown.text[located.span.start as usize..located.span.end as usize];
                let told = match self.rules().entities().name(located.finding.entity) {
                    "NUMBER" => is_number(stem, span.start as usize..span.end as usize),
                    "PERSON" => located.finding.score >= SURE && !is_plain_word(text, &shown.text),
                    _ => true,
                };
                let is_free = |other: &Located| span.end <= other.span.start || other.span.end <= span.start;
                if told && !span.is_empty() && masked.iter().all(is_free) {
                    masked.push(Located { span, ..located });
                }
            }
        }
        masked.sort_unstable_by_key(|located| located.span.start);
        masked
    }

    /// Puts what the name of a recording tells into `worker.found`. It is looked at by itself, as names of files are.
    pub(super) fn look_at_recording(&self, text: Text, segment: &Segment, index: u32, worker: &mut Worker) {
        worker.found.clear();
        worker.kept_here.clear();
        let mut apart = worker.apart.take().unwrap_or_else(|| Box::new(self.worker()));
        apart.numbers.clear();
        apart.detect.forget_turns();
        apart.detect.next_conversation();
        if let Ok(name) = std::str::from_utf8(segment.span.of(text.bytes)) {
            for mut located in self.found_in_name(&name[..ending_of(name)], &mut apart) {
                located.span.start += segment.span.start;
                located.span.end += segment.span.start;
                located.segment = index;
                located.finding.value = ValueId::OWN;
                worker.found.push(located);
            }
            for &(entity, number) in &apart.detect.tags {
                worker.numbers.skip(entity, number);
            }
        }
        worker.apart = Some(apart);
    }

    /// What is masked in a line of text.
    fn found_in_line(&self, line: &str, worker: &mut Worker) -> Vec<Located> {
        let segment = Segment::alone(Span::new(0, line.len()), Role::Text);
        classify(self.rules.kernel(), line.as_bytes(), &mut worker.masks);
        let masks = std::mem::take(&mut worker.masks);
        self.look(Text { bytes: line.as_bytes(), masks: &masks }, &segment, 0, [&[]; 2], worker);
        worker.masks = masks;
        std::mem::take(&mut worker.found)
    }
}

/// Whether a single word in a name's text is rather a word than a name: the usual ones and those that nobody is called
/// by (`deepgram`), in lower case or alone.
fn is_plain_word(word: &str, text: &str) -> bool {
    let may_be = !word.contains(' ') && (word == text || !word.starts_with(char::is_uppercase));
    may_be && (is_common_word(word) || is_nobodys(word) && !word.starts_with(char::is_uppercase))
}

/// Where the endings of a file's name begin: `.json`, `.jsonl.gz`.
fn ending_of(name: &str) -> usize {
    let is_ending = |end: &str| {
        (1..=ENDING).contains(&end.len())
            && end.bytes().all(|b| b.is_ascii_alphanumeric())
            && end.bytes().any(|b| b.is_ascii_lowercase())
            && !end.bytes().all(|b| b.is_ascii_digit())
    };
    let mut at = name.len();
    // Behind `.gz` another one may stand; a third would be a word of the name.
    for packed in [true, false] {
        match name[..at].rfind('.') {
            Some(dot) if dot > 0 && is_ending(&name[dot + 1..at]) => at = dot,
            _ => break,
        }
        let is_packing = [".gz", ".zst", ".bz2", ".xz"].contains(&&name[at..]);
        if packed && !is_packing {
            break;
        }
    }
    at
}

/// Whether the digits at `at` are a number that somebody has: no part of a word of letters and digits, which systems make,
/// and no dates and times.
fn is_number(name: &str, at: Range<usize>) -> bool {
    let is_joined = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphabetic);
    let bytes = name.as_bytes();
    if is_joined(bytes.get(at.end)) || is_joined(at.start.checked_sub(1).and_then(|before| bytes.get(before)))
    {
        return false;
    }
    !name[at].split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).all(is_moment)
}

/// Whether digits read as a date or a clock time: `20261123`, `23112026`, `101500`, `20261123101500`, `2026`, `11`.
fn is_moment(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_in = |value: Option<u32>, range: Range<u32>| value.is_some_and(|value| range.contains(&value));
    let is_clock = |at: usize| {
        is_in(part(at, at + 2), 0..24)
            && is_in(part(at + 2, at + 4), 0..60)
            && is_in(part(at + 4, at + 6), 0..61)
    };
    let (year, month, day) = (1990..2100, 1..13, 1..32);
    let begins_with_date =
        is_in(part(0, 4), year.clone()) && is_in(part(4, 6), month.clone()) && is_in(part(6, 8), day.clone());
    match digits.len() {
        1 | 2 => true,
        4 => is_in(part(0, 4), year) || is_in(part(0, 2), 0..24) && is_in(part(2, 4), 0..60),
        6 => is_clock(0) || is_in(part(2, 4), month) && is_in(part(4, 6), day),
        8 => {
            begins_with_date
                || is_in(part(4, 8), year) && is_in(part(2, 4), 1..13) && is_in(part(0, 2), 1..32)
                || is_in(part(4, 8), 1990..2100) && is_in(part(0, 2), 1..13) && is_in(part(2, 4), 1..32)
        }
        14 => begins_with_date && is_clock(8),
        // Of a fraction of a second.
        17 => begins_with_date && is_clock(8),
        _ => false,
    }
}

/// A file's name as words, and where each byte of it stands in the name.
struct Shown {
    text: String,
    /// Where each byte of `text` begins in the name; one more for the end.
    places: Vec<u32>,
}

impl Shown {
    /// Shows a name with spaces for separators between letters and digits, and between `n` and `D` of `JeanDupont`.
    fn of(name: &str, is_separator: fn(u8) -> bool) -> Shown {
        let mut shown = Shown { text: String::with_capacity(name.len() + 8), places: Vec::new() };
        let mut before = ' ';
        for (at, letter) in name.char_indices() {
            let opens_word = before.is_lowercase() && letter.is_uppercase();
            if opens_word {
                shown.push(' ', at);
            }
            let is_space = letter.is_ascii() && is_separator(letter as u8);
            shown.push(if is_space { ' ' } else { letter }, at);
            before = letter;
        }
        shown.places.push(name.len() as u32);
        shown
    }

    fn push(&mut self, letter: char, at: usize) {
        let length = letter.len_utf8();
        self.places.extend((0..length).map(|more| (at + more) as u32));
        // A space that stands for no byte ends where it begins.
        self.text.push(letter);
    }

    /// A span of the text in the name.
    fn span(&self, span: Span) -> Span {
        let place = |at: u32| self.places[at as usize] as usize;
        Span::new(place(span.start), place(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings() {
        for (name, stem) in [
            ("a.json", "a"),
            ("a.b.jsonl.gz", "a.b"),
            ("jean.dupont@example.com.txt", "jean.dupont@example.com"),
            ("call.0612345678", "call.0612345678"),
            (".hidden", ".hidden"),
            ("Mr. Smith", "Mr. Smith"),
            ("a.", "a."),
        ] {
            assert_eq!(&name[..ending_of(name)], stem, "{name}");
        }
    }

    #[test]
    fn moments_are_no_numbers() {
        for digits in ["20261123", "23112026", "101500", "20261123101500", "2026", "11", "0915"] {
            assert!(is_moment(digits), "{digits}");
        }
        for digits in ["0612345678", "4111111111111111", "99999999", "447700900123", "20269999"] {
            assert!(!is_moment(digits), "{digits}");
        }
    }
}
