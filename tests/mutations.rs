//! Does a sample that was cut, swapped, doubled and mixed break the program, its format, or the law that masking twice
//! is masking once?
//!
//! A small fuzzer that runs with the other tests; `MUTATIONS=100000 SEED=7` lets it run longer and elsewhere. A finding
//! names its seed; what was fixed has a test of its own below.

mod support;

use std::fs;
use std::path::Path;

use sourdine::engine::Engine;
use sourdine::model::FaultKind;
use support::{PLAIN, engine, redact};

/// Samples that are small enough to be masked thousands of times.
const BYTES: u64 = 40 << 10;

/// Numbers that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }
}

/// What a document may be cut into: strings of JSON with their quotes, else lines with their ends.
fn parts(format: &str, text: &[u8]) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if format == "json" {
            let Some(open) = text[at..].iter().position(|&b| b == b'"').map(|next| at + next) else { break };
            let mut end = open + 1;
            while end < text.len() && text[end] != b'"' {
                end += 1 + usize::from(text[end] == b'\\');
            }
            at = (end + 1).min(text.len());
            parts.push((open, at));
        } else {
            let end = text[at..].iter().position(|&b| b == b'\n').map_or(text.len(), |next| at + next + 1);
            parts.push((at, end));
            at = end;
        }
    }
    parts
}

/// Strings that documents hold seldom.
const ODD: [&str; 14] = [
    "",
    " ",
    "John",
    "john.whitlock@example.com",
    "[PERSON_1]",
    "\u{1F600}John Whitlock\u{1F600}",
    "4111 1111 1111 1111",
    "four one one one one one one one",
    "\u{2581}jo",
    "<v John Whitlock>",
    "my name is",
    "a\u{301}\u{200B}",
    "it's john whitlock, jo@example.com, 020 7946 0123",
    "020",
];

/// Changes a few things.
fn mutate(format: &str, text: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.roll(4) {
        let parts = parts(format, text);
        let (Some(&one), Some(&two)) = (parts.get(dice.roll(parts.len())), parts.get(dice.roll(parts.len())))
        else {
            return;
        };
        let of = |(start, end): (usize, usize)| text[start..end].to_vec();
        let quoted = |string: &str| {
            let string = if format == "json" { format!("\"{string}\"") } else { format!("{string}\n") };
            string.into_bytes()
        };
        let with = match dice.roll(8) {
            0 | 1 => of(two),
            2 | 3 => quoted(dice.pick(&ODD)),
            4 => {
                let from = dice.roll(other.len());
                let rest = self::parts(format, &other[from..]);
                rest.get(1).map_or_else(Vec::new, |&(start, end)| other[from + start..from + end].to_vec())
            }
            // Into the middle of a string or line.
            5 | 6 => {
                let mut whole = of(one);
                let text = String::from_utf8_lossy(&whole).into_owned();
                let inside = 1.min(text.len())..text.len().max(2) - 1;
                let at = inside.start + dice.roll(inside.len());
                if text.is_char_boundary(at) && !text[..at.min(text.len())].ends_with('\\') {
                    whole.splice(at..at, dice.pick(&ODD).bytes());
                }
                whole
            }
            _ => [of(two), if format == "json" { b",".to_vec() } else { Vec::new() }, of(one)].concat(),
        };
        text.splice(one.0..one.1, with);
        if dice.roll(40) == 0 {
            text.truncate(dice.roll(text.len()));
        }
    }
}

/// What is wrong with the masked form of a text, if anything.
fn wrong(engine: &Engine, format: &str, text: &[u8]) -> Option<String> {
    let once = redact(engine, format, text, PLAIN);
    let faults = &once.report.faults;
    if faults.iter().any(|(.., kind)| *kind == FaultKind::Internal) {
        return Some("a panic was caught".to_owned());
    }
    let is_json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    if format == "json" && is_json(text) && !is_json(&once.output) {
        return Some("JSON is none any more".to_owned());
    }
    if once.report.end.quarantined > 0 {
        return None;
    }
    let lines = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
    if format != "json" && lines(text) != lines(&once.output) {
        return Some("lines are lost".to_owned());
    }
    let twice = redact(engine, format, &once.output, PLAIN);
    if twice.output != once.output {
        let (now, then) = (String::from_utf8_lossy(&twice.output), String::from_utf8_lossy(&once.output));
        let part = now.lines().zip(then.lines()).find(|(now, then)| now != then);
        return Some(format!("masked twice is other than once: {part:?}"));
    }
    None
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats");
    let mut samples: Vec<_> = fs::read_dir(directory)
        .expect("the samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| fs::metadata(path).expect("a file").len() < BYTES)
        .filter(|path| !path.to_string_lossy().contains(".masked."))
        .filter_map(|path| {
            let format = path.extension()?.to_str()?.to_owned();
            ["json", "vtt", "srt", "ctm"].contains(&&*format).then_some((format, path))
        })
        .map(|(format, path)| (format, path.clone(), fs::read(path).expect("a sample")))
        .collect();
    samples.sort();
    samples.into_iter().map(|(format, _, text)| (format, text)).collect()
}

#[test]
fn samples_that_are_mixed_keep_the_laws() {
    let number = |name: &str, unless: u64| {
        std::env::var(name).map_or(unless, |value| value.parse().expect("a number"))
    };
    let (count, seed) = (number("MUTATIONS", 1_000), number("SEED", 1));
    let (engine, samples) = (engine(), samples());
    let mut found = Vec::new();
    for case in 0..count {
        let seed = seed.wrapping_mul(1_000_000) + case;
        let mut dice = Dice(seed);
        let (format, text) = &samples[dice.roll(samples.len())];
        let others: Vec<&[u8]> =
            samples.iter().filter(|other| other.0 == *format).map(|other| &other.1[..]).collect();
        let other = dice.pick(&others);
        let mut text = text.clone();
        mutate(format, &mut text, other, &mut dice);
        if let Some(what) = wrong(&engine, format, &text) {
            if let Some(directory) = std::env::var_os("FOUND") {
                fs::write(Path::new(&directory).join(format!("{seed}.{format}")), &text).expect("writes");
            }
            found.push(format!("case {seed}, {format}: {what}"));
        }
    }
    assert!(found.is_empty(), "{} of {count}:\n{}", found.len(), found.join("\n"));
}
