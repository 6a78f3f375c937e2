//! Why was it masked, kept, or not found?
//!
//! The engine runs as it does for masking, with the detectors' trace switched on, and tells for every string
//! of the asked records which rule won, what its score is made of, what it beat and what the policy did. What
//! was asked about and not found is tried against every rule, and judged by the code that judges always.
//!
//! What comes out quotes the text: it is for the person who holds it, and goes nowhere but where that
//! person sends it.

use std::cmp::Reverse;

pub use super::explained::{Answer, Beaten, Candidate, Checked, Cue, Explained, Found, Reasons};
use super::{Engine, FileContext, Output, Worker};
use crate::detect::{self, Attempt, Place, Ruleset, Side, Step, Verdict, Word};
use crate::format::{self, Conversation};
use crate::model::{Located, Role, Segment, Span};
use crate::policy::Action;
use crate::view::View;
use crate::view::decode::{Chars, code_points};

/// What somebody wants to know.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The record; all when `None`. The earlier records of its conversation serve as context.
    pub record: Option<u64>,
    /// A place where nothing was found.
    pub why_not: Option<WhyNot>,
}

/// A place in the asked record.
#[derive(Clone, Debug)]
pub enum WhyNot {
    /// In code points of a field: of that pointer, else of the first text field.
    Field(Option<String>, u32, u32),
    /// In bytes of the input, where that is one chunk of plain text.
    Bytes(u32, u32),
}

/// An attempt in raw bytes, in its segment.
struct Raw {
    segment: u32,
    span: Span,
    attempt: Attempt,
}

/// What was judged in a conversation. Reused.
#[derive(Default)]
pub(super) struct Judged {
    attempts: Vec<Raw>,
    probes: Vec<Raw>,
    /// The place that was asked about, in raw bytes, and its segment.
    asked: Option<(u32, Span)>,
}

impl Judged {
    pub(super) fn clear(&mut self) {
        self.attempts.clear();
        self.probes.clear();
        self.asked = None;
    }

    /// Takes what a look at `place` judged; the first look answers the question too.
    pub(super) fn collect(
        &mut self,
        rules: &Ruleset,
        place: &Place,
        view: Option<&View>,
        segment: u32,
        first: bool,
        detect: &mut detect::Scratch,
    ) {
        let raw = |span: Span| view.map_or(span, |view| view.raw(span));
        if first {
            // A turn is looked at anew when a name is learnt after it: that look counts.
            self.attempts.retain(|raw| raw.segment != segment);
            self.probes.retain(|raw| raw.segment != segment);
        }
        let attempts = detect.trace.as_mut().map(|trace| std::mem::take(&mut trace.attempts));
        for mut attempt in attempts.unwrap_or_default() {
            let is_found = detect
                .findings
                .iter()
                .any(|finding| finding.rule == attempt.rule && finding.span == attempt.span);
            if let (Verdict::Found(_), false) = (attempt.verdict, is_found) {
                attempt.verdict = Verdict::Allowed;
            }
            // Later looks show labels where values stood: only what they add is of interest.
            let span = raw(attempt.span);
            let is_same = |known: &Raw| {
                known.segment == segment && known.span == span && known.attempt.rule == attempt.rule
            };
            if first || is_found && !self.attempts.iter().any(is_same) {
                self.attempts.push(Raw { segment, span, attempt });
            }
        }
        // What is found without a pattern was not judged: it has a rule and a score, and no steps.
        for finding in &detect.findings {
            let span = raw(finding.span);
            let is_known = |known: &Raw| {
                known.segment == segment && known.span == span && known.attempt.rule == finding.rule
            };
            if !self.attempts.iter().any(is_known) {
                let attempt = Attempt {
                    rule: finding.rule,
                    span: finding.span,
                    verdict: Verdict::Found(finding.entity),
                    check: None,
                    words: Vec::new(),
                    steps: vec![(Step::Base, finding.score)],
                    notes: Vec::new(),
                };
                self.attempts.push(Raw { segment, span, attempt });
            }
        }
        if let Some((_, asked)) = self.asked.filter(|&(of, _)| first && of == segment) {
            let wanted = match view {
                None => asked,
                Some(view) => {
                    let end = view.text().bytes.len();
                    let at = |to: u32| {
                        (0..end).find(|&at| view.raw(Span::new(at, at + 1)).end > to).unwrap_or(end)
                    };
                    Span::new(at(asked.start), at(asked.end.saturating_sub(1)) + 1)
                }
            };
            let wanted = Span { start: wanted.start, end: wanted.end.min(place.end as u32) };
            for attempt in rules.probe(place, wanted, detect) {
                self.probes.push(Raw { segment, span: raw(attempt.span), attempt });
            }
        }
    }
}

/// Most candidates that are told about a place.
const CLOSEST: usize = 20;

fn fraction(hundredths: u8) -> f64 {
    f64::from(hundredths) / 100.0
}

impl Engine {
    /// The same engine, which answers a question: for [`super::Mode::Explain`].
    #[must_use]
    pub fn asked(self, question: Question) -> Engine {
        Engine { question, ..self }
    }

    /// Whether the conversation has the record that is asked about.
    pub(super) fn asks_for(&self, conversation: &Conversation) -> bool {
        conversation.records.iter().any(|record| self.is_asked(record.number))
    }

    fn is_asked(&self, number: u64) -> bool {
        self.question.record.is_none_or(|asked| asked == number)
    }

    /// Notes where in this segment the place lies that is asked about, if it does.
    pub(super) fn ask(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        index: u32,
        worker: &mut Worker,
    ) {
        let (Some(judged), Some(why_not)) = (&mut worker.judged, &self.question.why_not) else { return };
        let segment = &conversation.segments[index as usize];
        if judged.asked.is_some() || !self.is_asked(conversation.records[segment.record as usize].number) {
            return;
        }
        let place = match why_not {
            WhyNot::Bytes(start, end) => (segment.span.start <= *start && *end <= segment.span.end)
                .then_some(Span { start: *start, end: *end }),
            // The name of a field has the pointer of its value.
            WhyNot::Field(Some(_), ..) if segment.role == Role::Key => None,
            WhyNot::Field(None, ..) if segment.role != Role::Text => None,
            WhyNot::Field(field, start, end) => {
                let is_it = field.as_ref().is_none_or(|wanted| {
                    let mut pointers = Vec::new();
                    file.layout.pointers(chunk, conversation, &[index], &|_| None, &mut pointers);
                    pointers.first() == Some(wanted)
                });
                is_it.then(|| raw_place(chunk, segment, *start as usize, *end as usize)).flatten()
            }
        };
        judged.asked = place.filter(|span| !span.is_empty()).map(|span| (index, span));
    }

    /// Writes a JSON line for each string of the asked records that is a text, holds a finding or was
    /// asked about.
    pub(super) fn explain(
        &self,
        file: &FileContext,
        chunk: &format::Chunk,
        conversation: &Conversation,
        worker: &Worker,
        out: &mut Output,
    ) {
        let Some(judged) = &worker.judged else { return };
        for record in conversation.records.iter().filter(|record| self.is_asked(record.number)) {
            if let Some(fault) = record.fault {
                out.faults.push((record.number, (record.span.start + fault.at) as usize, fault.kind));
            }
        }
        for (index, segment) in conversation.segments.iter().enumerate() {
            let (index, record) = (index as u32, conversation.records[segment.record as usize].number);
            if !self.is_asked(record) {
                continue;
            }
            let spans = self.found_in(chunk, segment, index, worker, judged);
            let asked = judged.asked.filter(|&(of, _)| of == index).map(|(_, span)| span);
            if spans.is_empty() && asked.is_none() && segment.role != Role::Text {
                continue;
            }
            let mut pointers = Vec::new();
            file.layout.pointers(chunk, conversation, &[index], &|_| None, &mut pointers);
            let text = Chars::new(segment.span.of(chunk.text.bytes), segment.escape).map(|(c, _)| c);
            let why_not = asked.map(|asked| self.answer(chunk, segment, index, asked, worker, judged));
            let explained = Explained {
                record,
                field: pointers.pop().unwrap_or_default(),
                text: text.collect(),
                spans,
                why_not,
            };
            // Writing to memory cannot fail.
            if serde_json::to_writer(&mut out.bytes, &explained).is_ok() {
                out.bytes.push(b'\n');
            }
        }
    }

    fn found_in(
        &self,
        chunk: &format::Chunk,
        segment: &Segment,
        index: u32,
        worker: &Worker,
        judged: &Judged,
    ) -> Vec<Found> {
        let masked = worker.masked.iter().enumerate().filter(|(_, located)| located.segment == index);
        let kept = worker.kept.iter().filter(|located| located.segment == index);
        let mut all: Vec<(&Located, Option<&str>)> = masked
            .map(|(at, located)| {
                let start = if at == 0 { 0 } else { worker.ends[at - 1] as usize };
                (located, Some(&worker.replacements[start..worker.ends[at] as usize]))
            })
            .chain(kept.map(|located| (located, None)))
            .collect();
        all.sort_unstable_by_key(|(located, _)| located.span);
        all.into_iter()
            .map(|(located, replacement)| {
                let (start, end) = positions(chunk, segment, located.span);
                let over = |raw: &&Raw| raw.segment == index && raw.span.overlaps(located.span);
                let found = |raw: &&Raw| matches!(raw.attempt.verdict, Verdict::Found(_));
                let mut over: Vec<&Raw> = judged.attempts.iter().filter(over).filter(found).collect();
                over.sort_by_key(|raw| {
                    (Reverse(score_of(&raw.attempt)), Reverse(raw.span.len()), raw.span.start)
                });
                let wins = |raw: &Raw| {
                    raw.attempt.rule == located.finding.rule
                        && score_of(&raw.attempt) == located.finding.score
                };
                let winner = over.iter().position(|raw| wins(raw)).map(|at| over.remove(at));
                let beaten = over.into_iter().map(|raw| {
                    let (start, end) = positions(chunk, segment, raw.span);
                    Beaten {
                        rule: self.rules.rule_id(raw.attempt.rule).to_owned(),
                        entity: self.entity_of(&raw.attempt),
                        start,
                        end,
                        score: fraction(score_of(&raw.attempt)),
                    }
                });
                let beaten = beaten.collect();
                let reasons = match winner {
                    Some(raw) => self.reasons(&raw.attempt),
                    None => self.bare_reasons(located.finding.rule, located.finding.score),
                };
                Found {
                    start,
                    end,
                    entity: self.rules.entities().name(located.finding.entity).to_owned(),
                    action: if replacement.is_some() { "masked" } else { "kept" }.to_owned(),
                    replacement: replacement.map(str::to_owned),
                    reasons,
                    beaten,
                }
            })
            .collect()
    }

    fn answer(
        &self,
        chunk: &format::Chunk,
        segment: &Segment,
        index: u32,
        asked: Span,
        worker: &Worker,
        judged: &Judged,
    ) -> Answer {
        let (start, end) = positions(chunk, segment, asked);
        let is_over = |located: &Located| located.segment == index && located.span.overlaps(asked);
        let real = judged.attempts.iter().filter(|raw| raw.segment == index && raw.span.overlaps(asked));
        let not_found = |raw: &&Raw| !matches!(raw.attempt.verdict, Verdict::Found(_));
        // A rule that spoke here, on another span, is no near miss.
        let spoke = |rule: u16| {
            let found = |raw: &Raw| {
                matches!(raw.attempt.verdict, Verdict::Found(_) | Verdict::Allowed)
                    && raw.attempt.rule == rule
                    && raw.segment == index
                    && raw.span.overlaps(asked)
            };
            judged.attempts.iter().any(found)
        };
        let probed = judged.probes.iter().filter(|raw| !spoke(raw.attempt.rule));
        let mut all: Vec<&Raw> = real.filter(not_found).chain(probed).collect();
        // Inside words every short pattern matches something.
        all.retain(|raw| self.lacks(&raw.attempt) < 4);
        all.sort_by_key(|raw| {
            let shared = raw.span.end.min(asked.end) - raw.span.start.max(asked.start);
            // In quarters: that a match covers a little more says less than what it lacks.
            let covers = u64::from(shared) * 4 / u64::from(raw.span.len().max(asked.len()) as u32);
            let lacks = self.lacks(&raw.attempt);
            let best = self.rules.rules().get(usize::from(raw.attempt.rule)).map_or(0, |rule| {
                rule.near.as_ref().map_or(0, |near| near.score).max(rule.valid).max(rule.score)
            });
            (lacks, Reverse(covers), Reverse(best), raw.attempt.rule, raw.span)
        });
        let mut closest: Vec<Candidate> = Vec::new();
        let mut rules: Vec<u16> = Vec::new();
        for raw in all {
            if rules.contains(&raw.attempt.rule) || closest.len() == CLOSEST {
                continue;
            }
            rules.push(raw.attempt.rule);
            let (start, end) = positions(chunk, segment, raw.span);
            closest.push(Candidate {
                entity: self.entity_of(&raw.attempt),
                start,
                end,
                missing: self.missing(&raw.attempt),
                reasons: self.reasons(&raw.attempt),
            });
        }
        Answer {
            start,
            end,
            found: worker.masked.iter().chain(&worker.kept).any(is_over),
            exempt: segment.role == Role::Exempt,
            closest,
        }
    }

    /// How far an attempt is from a finding: what it lacks, counted by weight.
    fn lacks(&self, attempt: &Attempt) -> u8 {
        let Some(rule) = self.rules.rules().get(usize::from(attempt.rule)) else {
            // Of a word the model finds unlikely there is little to tell.
            return if score_of(attempt) >= 20 { 1 } else { 3 };
        };
        let alone = if rule.check.is_some() { rule.valid } else { rule.score };
        let has_word = attempt.words.iter().any(|word| !word.against && word.counts);
        // A rule that says nothing by itself matches nearly anything.
        let words = if has_word || alone >= self.rules.min_score() { 0 } else { 2 - u8::from(alone > 0) };
        match attempt.verdict {
            Verdict::Found(_) | Verdict::Allowed => 0,
            Verdict::Apart | Verdict::Unnamed => 1,
            Verdict::Score => words.max(1),
            Verdict::Language | Verdict::Check => 1 + words,
            Verdict::Edges => 1 + 2 * words,
        }
    }

    fn entity_of(&self, attempt: &Attempt) -> String {
        let number = usize::from(attempt.rule);
        match attempt.verdict {
            Verdict::Found(entity) => self.rules.entities().name(entity).to_owned(),
            _ => self.rules.entity_of(number).to_owned(),
        }
    }

    fn bare_reasons(&self, rule: u16, score: u8) -> Reasons {
        let id = self.rules.rule_id(rule);
        let own = self.rules.rules().get(usize::from(rule)).map(|rule| rule.about.clone());
        let built_in =
            || Ruleset::built_in().iter().find(|known| known.0 == id).map(|known| known.2.to_owned());
        Reasons {
            rule: id.to_owned(),
            about: own.or_else(built_in).unwrap_or_default(),
            score: fraction(score),
            check: None,
            context: Vec::new(),
            steps: vec![("base".to_owned(), fraction(score))],
            notes: Vec::new(),
        }
    }

    fn reasons(&self, attempt: &Attempt) -> Reasons {
        let rule = self.rules.rules().get(usize::from(attempt.rule));
        let check = rule.and_then(|rule| rule.check).zip(attempt.check);
        Reasons {
            check: check.map(|(check, holds)| Checked {
                name: check.name.to_owned(),
                about: check.about.to_owned(),
                holds,
            }),
            context: attempt.words.iter().map(cue).collect(),
            steps: attempt
                .steps
                .iter()
                .map(|(step, score)| (step_name(*step).to_owned(), fraction(*score)))
                .collect(),
            notes: attempt.notes.clone(),
            ..self.bare_reasons(attempt.rule, score_of(attempt))
        }
    }

    /// What would have made a finding of it.
    fn missing(&self, attempt: &Attempt) -> Vec<String> {
        let Some(rule) = self.rules.rules().get(usize::from(attempt.rule)) else {
            if let Some(asked) = self.rules.asked_of_addresses(attempt.rule) {
                return vec![format!("{:.2} is asked for: more must speak for an address", fraction(asked))];
            }
            let asked = self.rules.asked_of_names().filter(|_| attempt.verdict == Verdict::Score);
            let sure = fraction(score_of(attempt));
            let missing = asked.map(|asked| {
                format!("{:.2} is asked for (--recall), the model is {sure:.2} sure", fraction(asked))
            });
            return missing.into_iter().collect();
        };
        let words = |near: &detect::rule::Context| {
            let shown: Vec<&str> = near.words.iter().take(WORDS_SHOWN).map(String::as_str).collect();
            let more = if near.words.len() > WORDS_SHOWN { "…" } else { "" };
            format!("{}{more}", shown.join(", "))
        };
        let mut out = Vec::new();
        match attempt.verdict {
            Verdict::Found(_) => {}
            Verdict::Allowed => out.push("your --allow list names it".to_owned()),
            Verdict::Edges => {
                out.push("it is a part of a longer word or number, which the rule does not cut".to_owned());
            }
            Verdict::Check => {
                let about = rule.check.map_or("", |check| check.about);
                out.push(format!("the check does not hold: {about}"));
            }
            Verdict::Unnamed => {
                let of = rule.near.as_ref().map_or_else(String::new, &words);
                out.push(format!("a bare number needs a key that names it, one of: {of}"));
            }
            Verdict::Language => out.push(format!("the rule is for {} (--lang)", rule.langs.join(", "))),
            Verdict::Apart => {
                out.push(format!("the rule was not tried here: {}", self.rules.anchor_about(attempt.rule)));
            }
            Verdict::Score => {}
        }
        let least = self.rules.min_score();
        let lacks_words = !matches!(
            attempt.verdict,
            Verdict::Found(_) | Verdict::Allowed | Verdict::Apart | Verdict::Unnamed | Verdict::Language
        ) && !attempt.words.iter().any(|word| !word.against && word.counts);
        // What its score would be if nothing but the words were missing.
        let alone = if rule.check.is_some() { rule.valid } else { rule.score };
        let is_low = attempt.verdict == Verdict::Score || alone < least;
        if let Some(near) = rule.near.as_ref().filter(|near| lacks_words && is_low && near.score >= least) {
            out.push(format!("needs one of: {} within {} bytes", words(near), near.within));
        }
        if attempt.verdict == Verdict::Score {
            for word in attempt.words.iter().filter(|word| word.against && word.counts) {
                out.push(format!("“{}” speaks against it", word.text));
            }
            if attempt.check == Some(false) && rule.valid >= least {
                let about = rule.check.map_or("", |check| check.about);
                out.push(format!("the check does not hold: {about}"));
            }
            if out.is_empty() {
                out.push(format!(
                    "its score {:.2} stays below the least one, {:.2}",
                    fraction(score_of(attempt)),
                    fraction(least)
                ));
            }
        }
        if !matches!(attempt.verdict, Verdict::Found(_) | Verdict::Allowed)
            && matches!(
                self.rules.entities().find(&rule.entity).map(|entity| self.policy.action(entity)),
                Some(Action::Keep)
            )
        {
            out.push(format!("{} is kept by the policy in any case", rule.entity));
        }
        out
    }
}

/// Context words that a sentence names.
const WORDS_SHOWN: usize = 8;

fn score_of(attempt: &Attempt) -> u8 {
    attempt.steps.last().map_or(0, |step| step.1)
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Base => "base",
        Step::Check => "check",
        Step::Context => "context",
        Step::Against => "against",
    }
}

fn cue(word: &Word) -> Cue {
    let (place, distance) = match word.side {
        Side::Before(distance) => ("before", Some(distance)),
        Side::After(distance) => ("after", Some(distance)),
        Side::Inside => ("inside", None),
        Side::Field => ("field name", None),
        Side::TurnBefore => ("turn before", None),
    };
    Cue {
        word: word.text.clone(),
        place: place.to_owned(),
        distance,
        against: word.against,
        counts: word.counts,
    }
}

/// A span of a segment in code points from the segment's start.
fn positions(chunk: &format::Chunk, segment: &Segment, span: Span) -> (usize, usize) {
    let count = |from: u32, to: u32| {
        let bytes = &chunk.text.bytes[from as usize..to as usize];
        code_points(bytes, segment.escape, segment.escaped)
    };
    let start = count(segment.span.start, span.start);
    (start, start + count(span.start, span.end))
}

/// The raw bytes of code points `start..end` of a segment, if it has as many.
fn raw_place(chunk: &format::Chunk, segment: &Segment, start: usize, end: usize) -> Option<Span> {
    let raw = segment.span.of(chunk.text.bytes);
    let mut borders = vec![0];
    borders.extend(Chars::new(raw, segment.escape).scan(0, |at, (_, length)| {
        *at += length;
        Some(*at)
    }));
    let from = segment.span.start as usize;
    Some(Span::new(from + borders.get(start)?, from + borders.get(end).filter(|_| start < end)?))
}
