//! `sourdine explain`: tells why something was masked, kept, or not found.
//!
//! The engine gives its reasons as JSON lines; `--json` hands them on, a person gets the same as text.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;

use super::colour::{Colour, Paint, Style, harmless};
use super::options::TextOptions;
use super::{print, redact, say};
use crate::engine::Mode;
use crate::engine::explain::{Answer, Candidate, Explained, Found, Question, Reasons, WhyNot};
use crate::error::{Error, Result};
use crate::pipeline::{self, Job};
use crate::sink::Target;
use crate::source::Source;

/// Tell why each span was masked or kept, or why not
#[derive(Args)]
#[command(
    long_about = "Tell why each span was masked or kept: the rule, its check, the words around it, how the \
        score came about, what it beat.\n\n  \
        sourdine explain \"my card is 4111 1111 1111 1111\"\n  \
        sourdine explain calls.jsonl:12                  record 12 of a file\n  \
        sourdine explain calls.jsonl:12 --why-not 11:17  why nothing was found there\n\n\
        A record of a file is read with the earlier records of its conversation, as redact reads it. \
        Positions count code points from 0, as scan prints them.\n\n\
        What is printed quotes the text: mind where it goes."
)]
pub(super) struct Explain {
    /// A text; FILE:RECORD for a record of a file; - or nothing for text on standard input
    #[arg(value_name = "TEXT|FILE:RECORD")]
    subject: Option<String>,
    /// Say what came closest to being found at these code points
    #[arg(long, value_name = "START:END", help_heading = "Output")]
    why_not: Option<String>,
    /// The field that --why-not counts in, as scan names it [default: the first text field]
    #[arg(long, value_name = "FIELD", help_heading = "Output")]
    field: Option<String>,
    /// Print JSON lines, one for each string
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Colour what is printed
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Colour,
    #[command(flatten)]
    text: TextOptions,
}

impl Explain {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let (mut job, record) = self.subject()?;
        let is_text = matches!(job.source, Source::Reader(_));
        let why_not = self.why_not.as_deref().map(|range| self.why_not(range, is_text)).transpose()?;
        let question = Question { record, why_not };
        let engine = self.text.engine(Mode::Explain)?.asked(question);
        job.name = engine.file_names().of(&job.name);
        let mut settings = self.text.settings()?;
        let memory = Arc::new(Mutex::new(Vec::new()));
        settings.one_output = Some(Target::Memory(Arc::clone(&memory)));
        // Look-back is the same; an explanation has the whole conversation at hand.
        (settings.jobs, settings.by_line) = (1, None);
        if is_text && settings.format.is_none() {
            settings.format = crate::format::by_name("text");
        }
        let report = pipeline::run(&engine, [job], settings)?;
        redact::tell_problems(&report, true);
        report.notes.iter().for_each(say);
        let lines = memory.lock().unwrap_or_else(PoisonError::into_inner);
        let explained: Vec<Explained> = serde_json::Deserializer::from_slice(&lines)
            .into_iter()
            .collect::<std::result::Result<_, _>>()
            .map_err(|error| Error::Integrity(format!("the explanation cannot be read: {error}")))?;
        let answers = explained.iter().any(|one| one.why_not.is_some());
        if report.unread.is_empty() && report.end.quarantined == 0 {
            if let Some(record) = record.filter(|&record| record > report.end.records) {
                let count = report.end.records;
                return Err(
                    Error::Usage(format!("there is no record {record}; the last one is {count}")).into()
                );
            }
            if self.why_not.is_some() && !answers {
                return Err(Error::Usage(self.nowhere()).into());
            }
        }
        if self.json {
            print(&String::from_utf8_lossy(&lines))?;
        } else {
            let paint = Paint { is_on: self.color.is_on(&std::io::stdout()) };
            print(&page(&explained, record.is_some() || explained.len() > 1, paint))?;
        }
        Ok(if !report.unread.is_empty() {
            6
        } else if report.end.quarantined > 0 {
            4
        } else {
            0
        })
    }

    fn nowhere(&self) -> String {
        let field = match &self.field {
            Some(field) => format!("a field `{field}` with these code points"),
            None => "a text field with these code points; name another with --field".to_owned(),
        };
        format!("--why-not {}: the record has not {field}", self.why_not.as_deref().unwrap_or_default())
    }

    /// What is to be explained, and the record of it that is asked about.
    fn subject(&self) -> Result<(Job, Option<u64>)> {
        let job = |source, path: &Path| {
            let name = path.file_name().map_or("-".to_owned(), |name| name.to_string_lossy().into_owned());
            Job { source, path: path.to_owned(), name, target: Target::Nowhere, ticket: None }
        };
        let subject = match self.subject.as_deref() {
            None | Some("-") => return Ok((job(Source::Stdin, Path::new("-")), None)),
            Some(subject) => subject,
        };
        if let Some((path, record)) = subject.rsplit_once(':')
            && let Ok(record) = record.parse::<u64>()
        {
            let path = PathBuf::from(path);
            if path.as_os_str() == "-" {
                return Ok((job(Source::Stdin, &path), Some(record)));
            }
            if path.is_file() {
                return Ok((job(Source::File(path.clone()), &path), Some(record)));
            }
            // A text that looks like a place in a file is more often a misspelled one.
            let looks_like_file =
                path.extension().is_some_and(|end| end.len() <= 5) && !subject.contains(' ');
            if looks_like_file {
                return Err(Error::Usage(format!(
                    "{}: no such file; a text that looks like a place in a file goes through standard input",
                    path.display()
                )));
            }
        }
        if Path::new(subject).is_file() {
            return Err(Error::Usage(format!("{subject}: which record? say {subject}:1 for the first")));
        }
        let text = Box::new(Cursor::new(subject.as_bytes().to_vec()));
        Ok((job(Source::Reader(text), Path::new("-")), None))
    }

    /// The place that `START:END` means.
    fn why_not(&self, range: &str, is_text: bool) -> Result<WhyNot> {
        let parsed = range.split_once(':').and_then(|(start, end)| {
            let (start, end): (u32, u32) = (start.parse().ok()?, end.parse().ok()?);
            (start < end).then_some((start, end))
        });
        let (start, end) = parsed.ok_or_else(|| {
            Error::Usage(format!("--why-not {range}: give two growing numbers, as in --why-not 11:17"))
        })?;
        match self.subject.as_deref().filter(|_| is_text && self.field.is_none()) {
            None => Ok(WhyNot::Field(self.field.clone(), start, end)),
            Some(text) => {
                let byte = |position: u32| {
                    let mut borders = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                    borders.nth(position as usize).ok_or_else(|| {
                        Error::Usage(format!(
                            "--why-not {range}: the text has {} code points",
                            text.chars().count()
                        ))
                    })
                };
                Ok(WhyNot::Bytes(byte(start)? as u32, byte(end)? as u32))
            }
        }
    }
}

/// Everything, for people.
fn page(explained: &[Explained], named: bool, paint: Paint) -> String {
    let mut out = String::new();
    for one in explained {
        if !out.is_empty() {
            out.push('\n');
        }
        // Writing to a string cannot fail.
        if named {
            let _ =
                writeln!(out, "{}", paint.of(Style::Bold, &format!("record {} {}", one.record, one.field)));
        }
        let _ = writeln!(out, "  {}", in_place(one, paint));
        for (number, found) in one.spans.iter().enumerate() {
            span(number + 1, found, paint, &mut out);
        }
        if one.spans.is_empty() && one.why_not.is_none() {
            out.push_str("\nNothing was found.\n");
        }
        if let Some(answer) = &one.why_not {
            why_not(one, answer, paint, &mut out);
        }
    }
    if explained.is_empty() {
        out.push_str("Nothing was found.\n");
    }
    out
}

/// The text with its spans marked and numbered.
fn in_place(one: &Explained, paint: Paint) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (number, found) in one.spans.iter().enumerate() {
        out.push_str(&harmless(&cut(&one.text, at, found.start)));
        let value = harmless(&cut(&one.text, found.start, found.end));
        let style = if found.action == "masked" { Style::Masked } else { Style::Kept };
        if paint.is_on {
            out.push_str(&paint.of(style, &value));
            out.push_str(&paint.of(Style::Dim, &format!("({})", number + 1)));
        } else {
            let _ = write!(out, "«{value}»({})", number + 1);
        }
        at = found.end;
    }
    out.push_str(&harmless(&cut(&one.text, at, usize::MAX)));
    out
}

/// Code points `start..end` of the text.
fn cut(text: &str, start: usize, end: usize) -> String {
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

fn span(number: usize, found: &Found, paint: Paint, out: &mut String) {
    let style = if found.action == "masked" { Style::Masked } else { Style::Kept };
    let done = match &found.replacement {
        Some(replacement) => format!("masked as {replacement}"),
        None => "kept by the policy".to_owned(),
    };
    let _ = writeln!(
        out,
        "\n({number}) {} {}:{}  {done}",
        paint.of(style, &found.entity),
        found.start,
        found.end
    );
    reasons(&found.reasons, paint, out);
    for beaten in &found.beaten {
        line(
            "beat",
            &format!(
                "{} {} {}:{} ({:.2})",
                beaten.entity, beaten.rule, beaten.start, beaten.end, beaten.score
            ),
            paint,
            out,
        );
    }
}

fn line(title: &str, text: &str, paint: Paint, out: &mut String) {
    let _ = writeln!(out, "    {} {text}", paint.of(Style::Dim, &format!("{title:8}")));
}

fn reasons(reasons: &Reasons, paint: Paint, out: &mut String) {
    line("rule", &format!("{}: {}", paint.of(Style::Bold, &reasons.rule), reasons.about), paint, out);
    if let Some(check) = &reasons.check {
        let (style, verdict) =
            if check.holds { (Style::Good, "holds") } else { (Style::Bad, "does not hold") };
        line("check", &format!("{} {}: {}", check.name, paint.of(style, verdict), check.about), paint, out);
    }
    for cue in &reasons.context {
        let place = match cue.distance {
            Some(1) => format!("1 byte {}", cue.place),
            Some(distance) => format!("{distance} bytes {}", cue.place),
            None => match cue.place.as_str() {
                "inside" => "inside the value".to_owned(),
                other => format!("in the {other}"),
            },
        };
        let far = if cue.counts { "" } else { ", too far" };
        let against = if cue.against { ", speaks against it" } else { "" };
        line("context", &format!("“{}” {place}{far}{against}", harmless(&cue.word)), paint, out);
    }
    for note in &reasons.notes {
        line("known", &harmless(note), paint, out);
    }
    let steps: Vec<String> = reasons.steps.iter().map(|(step, score)| format!("{step} {score:.2}")).collect();
    line("score", &steps.join(" → "), paint, out);
}

fn why_not(one: &Explained, answer: &Answer, paint: Paint, out: &mut String) {
    let place = harmless(&cut(&one.text, answer.start, answer.end));
    let _ = writeln!(out, "\nWhy not {}:{} «{place}»?", answer.start, answer.end);
    if answer.found {
        out.push_str("It was found, see above.\n");
    }
    if answer.exempt {
        out.push_str(
            "Nothing is looked for in this field: conversation ids, speaker roles, languages and time stamps\n\
             are left alone, and with --only-text-fields all but text.\n",
        );
    } else if answer.closest.is_empty() && !answer.found {
        out.push_str(
            "No rule's pattern matches a whole word or number there, and no word there may be a name.\n",
        );
    }
    for candidate in answer.closest.iter().take(SHOWN) {
        closest(one, candidate, paint, out);
    }
    if answer.closest.len() > SHOWN {
        let _ = writeln!(out, "\n{} more rules match; --json shows them.", answer.closest.len() - SHOWN);
    }
}

/// Candidates that are shown to people.
const SHOWN: usize = 5;

fn closest(one: &Explained, candidate: &Candidate, paint: Paint, out: &mut String) {
    let value = harmless(&cut(&one.text, candidate.start, candidate.end));
    let _ = writeln!(
        out,
        "\n  - {} {}:{} «{value}»",
        paint.of(Style::Bold, &candidate.entity),
        candidate.start,
        candidate.end
    );
    for missing in &candidate.missing {
        line("missing", &paint.of(Style::Bad, missing), paint, out);
    }
    reasons(&candidate.reasons, paint, out);
}
