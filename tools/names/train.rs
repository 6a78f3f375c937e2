//! Trains the name model: `cargo run --release --example train_names -- OUT LABELLED.jsonl...`
//!
//! Learns from labelled JSON lines (doccano's form, label PERSON) and from the texts in `tools/names/text`,
//! in which names are marked. Names are drawn anew from the dictionary in most copies, so that the model
//! learns where names stand and what the dictionary says of them, not who was in the texts. A fifth of every
//! file, by the hash of the text, is never looked at; figures on it are printed at the end.
//!
//! Deterministic: the same inputs give the same weights.

#![allow(clippy::print_stderr)] // its figures are for who runs it

use std::fs;
use std::path::{Path, PathBuf};

use sourdine::detect::names::model::{Around, FEATURES, Model, STEP, WEIGHTS, each_feature};
use sourdine::detect::names::text::{Case, Cut, Word};
use sourdine::detect::names::{Names, is_candidate};
use sourdine::detect::{Options, Place, Ruleset, Scratch};
use sourdine::model::{Role, Span, unite};
use sourdine::scan::{Kernel, Text, classify};

/// A piece of text: as it is, or a name.
#[derive(Clone)]
enum Piece {
    Plain(String),
    /// First name, surname, or several words of both.
    First(String),
    Last(String),
    Whole(String),
}

#[derive(Clone)]
struct Example {
    pieces: Vec<Piece>,
    asked: bool,
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Names by how frequent they are.
struct Drawer {
    first: Vec<Vec<String>>,
    last: Vec<Vec<String>>,
}

impl Drawer {
    fn read(path: &Path) -> Drawer {
        let mut drawer = Drawer { first: vec![Vec::new(); 7], last: vec![Vec::new(); 7] };
        for line in fs::read_to_string(path).expect("the dictionary").lines() {
            let (word, digits) = line.split_once('\t').expect("a tab");
            let digit = |at: usize| usize::from(digits.as_bytes()[at] - b'0');
            drawer.first[digit(0)].push(word.to_owned());
            drawer.last[digit(1)].push(word.to_owned());
        }
        drawer
    }

    fn draw(bins: &[Vec<String>], r: &mut Random) -> String {
        // Callers have names that no dictionary has.
        if r.below(8) == 0 { Drawer::made_up(bins, r) } else { Drawer::known(bins, r) }
    }

    /// A name that no dictionary has: the beginning of one with the end of another.
    fn made_up(bins: &[Vec<String>], r: &mut Random) -> String {
        let halves = [Drawer::known(bins, r), Drawer::known(bins, r)].map(|name| {
            let letters: Vec<char> = name.chars().collect();
            let (one, two) = letters.split_at(letters.len().div_ceil(2));
            (one.iter().collect::<String>(), two.iter().collect::<String>())
        });
        format!("{}{}", halves[0].0, halves[1].1)
    }

    fn known(bins: &[Vec<String>], r: &mut Random) -> String {
        // Frequent names more often, as among customers, but rare ones too.
        let bin = [6, 6, 5, 5, 5, 4, 4, 4, 3, 3, 2][r.below(11)];
        let bin = if bins[bin].is_empty() { 4 } else { bin };
        let word = &bins[bin][r.below(bins[bin].len())];
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str())
    }
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A line of our own text: `genre<TAB>text` with marks.
fn marked(line: &str) -> Option<Example> {
    let (_, mut rest) = line.split_once('\t')?;
    let mut pieces = Vec::new();
    while let Some(open) = rest.find('{') {
        pieces.push(Piece::Plain(rest[..open].to_owned()));
        let close = open + rest[open..].find('}')?;
        let value = rest[open + 3..close].to_owned();
        pieces.push(match &rest[open + 1..open + 2] {
            "F" => Piece::First(value),
            "L" => Piece::Last(value),
            _ => Piece::Plain(value),
        });
        rest = &rest[close + 1..];
    }
    pieces.push(Piece::Plain(rest.to_owned()));
    Some(Example { pieces, asked: false })
}

/// The same text as the answer to a question for a name, if it may be one.
fn answer(example: &Example) -> Option<Example> {
    let (mut plain, mut named) = (0, 0);
    for piece in &example.pieces {
        match piece {
            Piece::Plain(text) => plain += text.split_whitespace().count(),
            Piece::First(name) | Piece::Last(name) | Piece::Whole(name) => {
                named += name.split_whitespace().count();
            }
        }
    }
    let is_answer = named > 0 && plain <= 4 || named == 0 && plain <= 5;
    is_answer.then(|| Example { asked: true, ..example.clone() })
}

/// A row of labelled JSON lines.
fn labelled(line: &str) -> Option<Example> {
    let row: serde_json::Value = serde_json::from_str(line).ok()?;
    let text: Vec<char> = row["text"].as_str()?.chars().collect();
    let mut spans: Vec<(usize, usize)> = row["label"]
        .as_array()?
        .iter()
        .filter(|label| label[2] == "PERSON")
        .filter_map(|label| Some((label[0].as_u64()? as usize, label[1].as_u64()? as usize)))
        .collect();
    spans.sort_unstable();
    let cut = |from: usize, to: usize| text[from..to].iter().collect::<String>();
    let (mut pieces, mut at) = (Vec::new(), 0);
    for (from, to) in spans {
        if from < at || to > text.len() {
            return None;
        }
        pieces.push(Piece::Plain(cut(at, from)));
        pieces.push(Piece::Whole(cut(from, to)));
        at = to;
    }
    pieces.push(Piece::Plain(cut(at, text.len())));
    Some(Example { pieces, asked: false })
}

/// The text and, for each byte, whether it is part of a name.
fn written(example: &Example, swap: Option<&Drawer>, r: &mut Random) -> (String, Vec<bool>) {
    let (mut text, mut gold) = (String::new(), Vec::new());
    for piece in &example.pieces {
        let (value, is_name) = match (piece, swap) {
            (Piece::Plain(text), _) => (text.clone(), false),
            (Piece::First(name) | Piece::Last(name) | Piece::Whole(name), None) => (name.clone(), true),
            (Piece::First(_), Some(drawer)) => (Drawer::draw(&drawer.first, r), true),
            (Piece::Last(_), Some(drawer)) => (Drawer::draw(&drawer.last, r), true),
            (Piece::Whole(name), Some(drawer)) => {
                let words = name.split_whitespace().count();
                let mut drawn =
                    Drawer::draw(if words == 1 && r.below(3) == 0 { &drawer.last } else { &drawer.first }, r);
                if words > 1 {
                    drawn = format!("{drawn} {}", Drawer::draw(&drawer.last, r));
                }
                let small = !name.chars().any(char::is_uppercase);
                (if small { drawn.to_lowercase() } else { drawn }, true)
            }
        };
        let value = match piece {
            Piece::First(name) | Piece::Last(name) if !name.chars().any(char::is_uppercase) => {
                value.to_lowercase()
            }
            Piece::First(name) | Piece::Last(name)
                if name.chars().count() > 2 && !name.chars().any(char::is_lowercase) =>
            {
                value.to_uppercase()
            }
            _ => value,
        };
        gold.resize(gold.len() + value.len(), is_name);
        text.push_str(&value);
    }
    (text, gold)
}

/// As a recogniser writes: lower case, no punctuation but apostrophes and hyphens.
fn lowered(text: &str, gold: &[bool]) -> (String, Vec<bool>) {
    let (mut out, mut marks) = (String::new(), Vec::new());
    for (at, c) in text.char_indices() {
        let kept = c.is_alphanumeric() || "'’- ".contains(c);
        for c in if kept { c } else { ' ' }.to_lowercase() {
            out.push(c);
            marks.resize(out.len(), gold[at]);
        }
    }
    (out, marks)
}

/// A text ready to learn from.
struct Sample {
    text: Vec<u8>,
    words: Vec<Word>,
    gold: Vec<bool>,
    case: Case,
    asked: bool,
}

/// Makes samples of texts as the model will see them: what the other rules find is hidden from it.
struct Maker {
    names: Names,
    rules: Ruleset,
    scratch: Scratch,
    cut: Cut,
}

impl Maker {
    fn new() -> Maker {
        let rules = Ruleset::load(&[], &Options { names: None, ..Options::default() }).expect("loads");
        Maker { names: Names::shipped(), scratch: rules.scratch(), rules, cut: Cut::default() }
    }

    /// `hides` says of some names that they are masked already.
    fn sample(
        &mut self,
        (text, gold): (String, Vec<bool>),
        asked: bool,
        mut hides: impl FnMut() -> bool,
    ) -> Sample {
        let Maker { names, rules, scratch, cut } = self;
        let mut masks = Vec::new();
        classify(Kernel::best(), text.as_bytes(), &mut masks);
        let shown = Text { bytes: text.as_bytes(), masks: &masks };
        let place = Place { text: shown, start: 0, end: text.len(), role: Role::Text, keys: [&[]; 2] };
        scratch.next_conversation();
        rules.find(&place, scratch);
        let mut blanks: Vec<Span> = scratch.findings.iter().map(|finding| finding.span).collect();
        blanks.retain(|blank| !gold[blank.range()].contains(&true));
        let mut at = 0;
        for name in gold.chunk_by(|one, next| one == next) {
            if name[0] && hides() {
                blanks.push(Span::new(at, at + name.len()));
            }
            at += name.len();
        }
        unite(&mut blanks);
        let case = names.cut(shown, &blanks, cut);
        finish(text, &gold, case, asked, cut)
    }
}

fn finish(text: String, gold: &[bool], case: Case, asked: bool, cut: &Cut) -> Sample {
    let words = cut.words.clone();
    // `d'Hervé's`: what follows an apostrophe inside a span without being long is no name.
    let gold = words.iter().map(|word| gold[word.start as usize] && word.end - word.start > 1).collect();
    Sample { text: text.into_bytes(), words, gold, case, asked }
}

fn logistic(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Follow-the-regularised-leader (McMahan and others, 2013): a weight is zero until it has earned its place, so that
/// the many features of words that were never met add nothing when they fall upon the places of others.
struct Leader {
    sums: Vec<f32>,
    squares: Vec<f32>,
}

/// Its rates, and the penalties on the size of weights and their squares.
const RATE: f32 = 0.1;
const DAMPING: f32 = 1.0;
const PENALTY: f32 = 4.0;
const PENALTY_OF_SQUARE: f32 = 1.0;
/// How often each text is looked at.
const EPOCHS: usize = 10;

impl Leader {
    fn weight(&self, at: usize) -> f32 {
        let sum = self.sums[at];
        if sum.abs() <= PENALTY {
            return 0.0;
        }
        (sum.signum() * PENALTY - sum) / ((DAMPING + self.squares[at].sqrt()) / RATE + PENALTY_OF_SQUARE)
    }

    fn learn(&mut self, at: usize, slope: f32, weight: f32) {
        let square = slope * slope;
        let step = ((self.squares[at] + square).sqrt() - self.squares[at].sqrt()) / RATE;
        self.sums[at] += slope - step * weight;
        self.squares[at] += square;
    }
}

fn train(samples: &[Sample]) -> Vec<i8> {
    let mut leader = Leader { sums: vec![0.0; WEIGHTS], squares: vec![0.0; WEIGHTS] };
    let mut r = Random(88_172_645_463_325_252);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut found: Vec<(usize, f32)> = Vec::with_capacity(FEATURES);
    for epoch in 0..EPOCHS {
        for at in (1..order.len()).rev() {
            order.swap(at, r.below(at + 1));
        }
        for &index in &order {
            let sample = &samples[index];
            let around = Around { case: sample.case, asked: sample.asked };
            let mut before = [false; 2];
            for at in 0..sample.words.len() {
                let mut decided = false;
                if is_candidate(&sample.words, at, sample.case) {
                    found.clear();
                    let take = |_, place| found.push((place, leader.weight(place)));
                    each_feature(&sample.text, &sample.words, at, around, before, take);
                    let score: f32 = found.iter().map(|feature| feature.1).sum();
                    let gold = sample.gold[at];
                    let slope = logistic(score) - if gold { 1.0 } else { 0.0 };
                    for &(place, weight) in &found {
                        leader.learn(place, slope, weight);
                    }
                    // The truth at first, later what would have been decided, half the time.
                    decided = if epoch == 0 || r.below(2) == 0 { gold } else { score > 0.0 };
                }
                before = [decided, before[0]];
            }
        }
    }
    (0..WEIGHTS).map(|at| (leader.weight(at) / STEP).round().clamp(-127.0, 127.0) as i8).collect()
}

/// Token precision, recall and F1 of the weights.
fn figures(weights: &[i8], samples: &[Sample], threshold: f32) -> (f32, f32, f32, f32) {
    let bytes: Vec<u8> = weights.iter().map(|weight| weight.cast_unsigned()).collect();
    let model = Model::of(Box::leak(bytes.try_into().expect("as many as the model has")));
    let (mut right, mut wrong, mut missed, mut words) = (0f32, 0f32, 0f32, 0f32);
    for sample in samples {
        let around = Around { case: sample.case, asked: sample.asked };
        let mut before = [false; 2];
        for at in 0..sample.words.len() {
            words += 1.0;
            let mut decided = false;
            if is_candidate(&sample.words, at, sample.case) {
                decided = model.score(&sample.text, &sample.words, at, around, before) > threshold;
            }
            match (decided, sample.gold[at]) {
                (true, true) => right += 1.0,
                (true, false) => wrong += 1.0,
                (false, true) => missed += 1.0,
                (false, false) => {}
            }
            before = [decided, before[0]];
        }
    }
    let precision = 100.0 * right / (right + wrong).max(1.0);
    let recall = 100.0 * right / (right + missed).max(1.0);
    (
        precision,
        recall,
        200.0 * right / (2.0 * right + wrong + missed).max(1.0),
        1000.0 * wrong / words.max(1.0),
    )
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().expect("where the weights go"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let drawer = Drawer::read(&root.join("patterns/dictionaries/words.tsv"));
    let mut maker = Maker::new();
    let mut sources: Vec<(String, Vec<Example>)> = Vec::new();
    for path in arguments.map(PathBuf::from) {
        let text = fs::read_to_string(&path).expect("a labelled file");
        sources.push((
            path.file_stem().expect("a name").to_string_lossy().into_owned(),
            text.lines().filter_map(labelled).collect(),
        ));
    }
    for language in ["en", "fr", "de", "es", "it"] {
        let mut files: Vec<PathBuf> = fs::read_dir(root.join("tools/names/text").join(language))
            .expect("own text")
            .map(|entry| entry.expect("a file").path())
            .collect();
        files.sort();
        let lines = files.iter().flat_map(|file| {
            fs::read_to_string(file).expect("text").lines().filter_map(marked).collect::<Vec<_>>()
        });
        let mut examples: Vec<Example> = lines.collect();
        // Answers: what is hardly more than a name, and short remarks without one, as when a name was asked for.
        let answers: Vec<Example> = examples.iter().filter_map(answer).collect();
        examples.extend(answers);
        sources.push((format!("own {language}"), examples));
    }
    let mut r = Random(0x5eed);
    let mut samples = Vec::new();
    let mut aside: Vec<(String, Vec<Sample>)> = Vec::new();
    for (name, examples) in &sources {
        let own = name.starts_with("own ");
        let few = own && examples.len() < 1500;
        let (mut usual, mut lower) = (Vec::new(), Vec::new());
        for example in examples {
            let plain = written(example, None, &mut r);
            if hash(&plain.0).is_multiple_of(5) {
                lower.push(maker.sample(lowered(&plain.0, &plain.1), example.asked, || false));
                usual.push(maker.sample(plain, example.asked, || false));
                continue;
            }
            let has_name = example.pieces.iter().any(|piece| !matches!(piece, Piece::Plain(_)));
            let mut copies = vec![plain];
            if has_name {
                let count = match (own, few) {
                    (true, true) => 24,
                    (true, false) => 6,
                    (false, _) => 2,
                };
                for _ in 0..count {
                    copies.push(written(example, Some(&drawer), &mut r));
                }
            } else if own {
                copies.extend(std::iter::repeat_n(copies[0].clone(), 3));
            }
            for copy in copies {
                // Now and then a name beside others is masked already.
                let seed = r.next();
                let hides = |salt: u64| {
                    let mut r = Random(seed ^ salt | 1);
                    move || r.below(8) == 0
                };
                samples.push(maker.sample(lowered(&copy.0, &copy.1), example.asked, hides(1)));
                if r.below(25) == 0 && copy.0.is_ascii() {
                    let upper = (copy.0.to_uppercase(), copy.1.clone());
                    samples.push(maker.sample(upper, example.asked, hides(2)));
                }
                samples.push(maker.sample(copy, example.asked, hides(3)));
            }
        }
        aside.push((format!("{name}, as written"), usual));
        aside.push((format!("{name}, lower case"), lower));
    }
    eprintln!("{} samples", samples.len());
    let weights = train(&samples);
    fs::write(&out, weights.iter().map(|weight| weight.cast_unsigned()).collect::<Vec<u8>>())
        .expect("writes");
    eprintln!("{} of {WEIGHTS} weights are not zero", weights.iter().filter(|weight| **weight != 0).count());
    for (name, samples) in &aside {
        for threshold in [0.0, 1.4] {
            let (precision, recall, f1, false_per_1000) = figures(&weights, samples, threshold);
            eprintln!(
                "{name:42} {threshold:3.1} P {precision:5.1} R {recall:5.1} F1 {f1:5.1} false/1,000 {false_per_1000:5.2} ({} texts)",
                samples.len()
            );
        }
    }
}
