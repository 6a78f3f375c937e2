//! `sourdine redact`: masks text.

use std::fs::{self, OpenOptions};
use std::io::{IsTerminal, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::colour::{Colour, Paint};
use super::options::{TextOptions, jobs};
use super::outputs::{self, audit_of, is_device};
use super::progress::{self, Progress, Stats};
use super::{say, say_plainly};
use crate::engine::Mode;
use crate::error::{Error, Result};

use crate::pipeline::batch::Batch;
use crate::pipeline::{self, Job, Report};
use crate::sink::{Sink, Target};
use crate::source::{Back, Encoding, Packing, Source};

/// Mask personal data in files, directories or standard input
#[derive(Args)]
#[command(long_about = "Mask personal data in files, directories or standard input.\n\n  \
        sourdine redact calls.jsonl -o masked.jsonl   a file, and its audit log\n  \
        sourdine redact calls/ -o masked/             a directory\n  \
        cat notes.txt | sourdine redact               a pipe\n\n\
        Nothing but the personal data changes. What cannot be decoded is replaced by a marker \
        and never passed through (exit code 4).")]
pub(super) struct Redact {
    /// Files, directories, or - for standard input
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where masked text goes; a directory for several inputs, - for standard output [default: standard output]
    #[arg(short, long, value_name = "FILE|DIR", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Audit log [default: OUTPUT.audit.jsonl, DIR/sourdine.audit.jsonl, none for standard output]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    audit: Option<PathBuf>,
    /// Where records that cannot be decoded are kept, raw (readable by you alone)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    quarantine: Option<PathBuf>,
    /// Add a column to Parquet and Arrow that tells what was masked in each row
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "findings",
        value_parser = clap::builder::NonEmptyStringValueParser::new(),
        help_heading = "Output"
    )]
    findings_column: Option<String>,
    /// Where the windows of the recording go in which something masked is said, as JSON; of one input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["dry_run", "check", "line_buffered", "lookahead", "interleaved"],
        help_heading = "Output"
    )]
    mute_list: Option<PathBuf>,
    /// Milliseconds that are muted on either side of what is said
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(..=10_000), help_heading = "Output")]
    mute_padding: u64,
    /// Name the files of a directory as the inputs are named, whatever the names tell
    #[arg(long, help_heading = "Output")]
    keep_names: bool,
    /// Write over existing outputs
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Read and count, write no text
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Like --dry-run; exit code 1 when anything would be masked
    #[arg(long, help_heading = "Output")]
    check: bool,
    /// Print counts to standard error [text, json]
    #[arg(
        long,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    stats: Option<Stats>,
    /// Show how far the run is; only ever on a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    progress: Progress,
    /// Colour what is said
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Colour,
    /// Say nothing but errors
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    text: TextOptions,
}

impl Redact {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let mut engine = self.text.engine(Mode::Mask)?;
        if self.mute_list.is_some() {
            engine = engine.listening();
        }
        let mut settings = self.text.settings()?;
        settings.findings_column.clone_from(&self.findings_column);
        let writes = !self.dry_run && !self.check;
        let into = self.output().filter(|_| writes);
        let is_tree = self.output_is_directory();
        let mut jobs = jobs(&engine, &self.inputs, |name, masked| match into {
            None if writes => Target::Stdout,
            None => Target::Nowhere,
            Some(directory) if is_tree => {
                let name = if self.keep_names { name } else { masked };
                Target::Path(directory.join(if name == "-" { "stdin" } else { name }))
            }
            Some(file) => Target::Path(file.to_owned()),
        })?;
        if let Some(directory) = self.inputs.iter().find(|input| input.is_dir())
            && writes
            && self.output().is_none()
        {
            return Err(Error::Usage(format!(
                "{0}: a directory needs a place to go; say -o DIR, as in sourdine redact {0} -o masked/",
                directory.display()
            ))
            .into());
        }
        if self.mute_list.is_some() && (jobs.len() > 1 || is_tree) {
            let message = "--mute-list is for one input and one output, which is no directory: it would not say which \
                           recording is meant";
            return Err(Error::Usage(message.into()).into());
        }
        let audit = if writes { self.audit_path(is_tree) } else { self.audit.clone() };
        let mut batch = None;
        if let (Some(directory), true, Some(log)) = (into, is_tree, &audit)
            && !is_device(log)
            && Packing::by_name(&log.to_string_lossy()) == Packing::Plain
        {
            jobs.retain(|job| !matches!(&job.source, Source::File(path) if is_below(path, directory)));
            let under = self.text.configuration(&engine, &settings);
            let opened = Batch::open(directory, log, under)?;
            for job in &mut jobs {
                if let (Source::File(input), Target::Path(output)) = (&job.source, &job.target) {
                    let place = (job.name.as_str(), input.as_path(), output.as_path());
                    job.ticket = Some(opened.ticket(place, settings.key.as_ref(), self.force)?);
                }
            }
            batch = Some(opened);
        }
        let goes_on = batch.as_ref().is_some_and(Batch::goes_on);
        self.check_outputs(&jobs, audit.as_deref(), is_tree, goes_on)?;
        for job in &jobs {
            if let (true, Target::Path(path)) = (is_tree, &job.target)
                && let Some(parent) = path.parent()
            {
                fs::create_dir_all(parent)
                    .map_err(|source| Error::Output { path: parent.to_owned(), source })?;
            }
        }
        settings.force = self.force;
        settings.mute_list = self.mute_list.clone().map(|path| (Target::Path(path), self.mute_padding));
        settings.keep_names = self.keep_names;
        settings.many = jobs.len() > 1 || is_tree;
        if let Some(path) = &audit {
            let run = self.text.run_line(&engine, &settings);
            let sink = match &batch {
                Some(batch) => batch.log()?,
                None => {
                    Sink::open(&Target::Path(path.clone()), Back::text(Encoding::Utf8), self.force, None)?
                }
            };
            settings.audit = Some((sink, run));
        } else if writes && !self.quiet && stderr().is_terminal() {
            say("no audit log is written for standard output; ask for one with --audit FILE");
        }
        if let Some(path) = &self.quarantine {
            settings.quarantine = Some(Box::new(private_file(path, self.force, goes_on)?));
        }
        // Text on the terminal and a bar on the same one would mix.
        let is_shown = jobs.iter().any(|job| matches!(job.target, Target::Stdout)) && stdout().is_terminal();
        let (meter, total, start) = (Arc::clone(&settings.meter), progress::size_of(&jobs), Instant::now());
        let is_batch = batch.is_some();
        settings.batch = batch;
        let ran = self
            .progress
            .around(&meter, total, self.quiet || is_shown, || pipeline::run(&engine, jobs, settings));
        if let (true, Err(Error::Interrupted)) = (is_batch, &ran) {
            say("interrupted; what is complete stays, and the same command goes on from there");
            return Ok(Error::Interrupted.exit_code());
        }
        let report = ran?;
        self.tell(&report, start.elapsed(), is_shown);
        Ok(self.exit_code(&report))
    }

    /// Where outputs go, if not to standard output, which is `-` as well.
    fn output(&self) -> Option<&Path> {
        self.output.as_deref().filter(|output| *output != Path::new("-"))
    }

    fn output_is_directory(&self) -> bool {
        self.output().is_some_and(|output| {
            output.is_dir()
                || output.to_string_lossy().ends_with('/')
                || self.inputs.len() > 1 && !is_device(output)
                || self.inputs.iter().any(|input| input.is_dir()) && !is_device(output)
        })
    }

    fn audit_path(&self, is_tree: bool) -> Option<PathBuf> {
        let beside = |output: &Path| {
            if is_tree { Some(output.join("sourdine.audit.jsonl")) } else { audit_of(output) }
        };
        self.audit.clone().or_else(|| self.output().and_then(beside))
    }

    /// Refuses, before anything is written, outputs that exist, that are inputs, or that are named twice.
    /// An output of an earlier run over the same directory may be there, and its audit when the batch `goes_on`.
    fn check_outputs(&self, jobs: &[Job], audit: Option<&Path>, is_tree: bool, goes_on: bool) -> Result<()> {
        let targets = jobs.iter().filter_map(|job| match &job.target {
            Target::Path(path) => {
                Some((path.as_path(), job.ticket.as_ref().is_some_and(|ticket| ticket.replaces)))
            }
            _ => None,
        });
        let inputs: Vec<&Path> = jobs
            .iter()
            .filter_map(|job| match &job.source {
                Source::File(input) => Some(input.as_path()),
                Source::Stdin | Source::Reader(_) => None,
            })
            .collect();
        let beside = audit.into_iter().chain(self.quarantine.as_deref()).map(|path| (path, goes_on));
        let mute_list = self.mute_list.as_deref().map(|path| (path, false));
        outputs::check(targets.chain(beside).chain(mute_list), &inputs, is_tree, self.force)
    }

    fn tell(&self, report: &Report, elapsed: Duration, is_shown: bool) {
        tell_problems(report, self.quarantine.is_some());
        if !self.quiet {
            report.notes.iter().for_each(say);
            if report.skipped > 0 {
                let (skipped, all) = (report.skipped, report.end.output.len());
                say(format_args!(
                    "{skipped} of {all} files were done by an earlier run; --force does them again"
                ));
            }
        }
        let paint = Paint { is_on: self.color.is_on(&stderr()) };
        match self.stats {
            Some(Stats::Json) => say_plainly(&progress::json(report, elapsed)),
            Some(Stats::Text) => say_plainly(&progress::summary(report, Some(elapsed), paint)),
            None if self.quiet => {}
            None if stderr().is_terminal() && !is_shown => {
                say_plainly(&progress::summary(report, Some(elapsed), paint));
            }
            None if self.dry_run => say_plainly(&progress::summary(report, None, paint)),
            None => {}
        }
    }

    fn exit_code(&self, report: &Report) -> u8 {
        if !report.unread.is_empty() {
            6
        } else if report.end.quarantined > 0 {
            4
        } else {
            u8::from(self.check && !report.end.masked.is_empty())
        }
    }
}

/// Prints what went wrong with inputs and records: places and reasons, no text.
pub(super) fn tell_problems(report: &Report, is_kept: bool) {
    for (path, error) in &report.unread {
        say(format_args!("{}: {error}; nothing of it was written", path.display()));
    }
    for (path, record, offset, kind) in &report.faults {
        say(format_args!(
            "{}: record {record}, byte {offset}: {}; quarantined",
            path.display(),
            kind.about()
        ));
    }
    let quarantined = report.end.quarantined;
    let untold = quarantined.saturating_sub(report.faults.len() as u64);
    if untold > 0 {
        let more = if report.faults.is_empty() { "" } else { "more " };
        say(format_args!("{untold} {more}records were quarantined"));
    }
    if quarantined > 0 && !is_kept {
        say(format_args!(
            "{quarantined} of {} records could not be decoded and were replaced by markers; --quarantine FILE keeps them",
            report.end.records
        ));
    }
    if report.end.cut > 0 {
        say(format_args!(
            "conversations too long to be looked at, or held back, as a whole were cut: {} (docs/limits.md says where)",
            report.end.cut
        ));
    }
}

/// Whether a file lies in the directory that outputs go to: what an earlier run wrote is no input.
fn is_below(path: &Path, directory: &Path) -> bool {
    match (path.canonicalize(), directory.canonicalize()) {
        (Ok(path), Ok(directory)) => path.starts_with(directory),
        _ => false,
    }
}

/// A new file that only its owner may read; that of the batch's earlier runs, when it `goes_on`.
fn private_file(path: &Path, force: bool, goes_on: bool) -> Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |source| Error::Output { path: path.to_owned(), source };
    if force && path.exists() {
        fs::remove_file(path).map_err(failed)?;
    }
    if goes_on && path.exists() {
        return OpenOptions::new().append(true).open(path).map_err(failed);
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)
}
