//! `sourdine scan`: lists findings.

use std::path::PathBuf;

use clap::Args;

use super::options::{TextOptions, jobs};
use super::{redact, say};
use crate::engine::Mode;
use crate::pipeline;
use crate::sink::Target;

/// List what is personal as JSON lines, without the text
#[derive(Args)]
#[command(long_about = "List what is personal as JSON lines, without the text.\n\n  \
        sourdine scan calls.jsonl                     every finding, kept ones too\n  \
        sourdine scan calls.jsonl --show-values       with the found text: mind where it goes\n  \
        sourdine scan calls.jsonl | jq -r .entity | sort | uniq -c\n\n\
        Records count from 1, positions count Unicode code points of the field.")]
pub(super) struct Scan {
    /// Files, directories, or - for standard input
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where findings go [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Show the found text too
    #[arg(long, help_heading = "Output")]
    show_values: bool,
    /// Write over an existing output
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Say nothing but errors
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    text: TextOptions,
}

impl Scan {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let engine = self.text.engine(Mode::Scan { show_values: self.show_values })?;
        let mut settings = self.text.settings()?;
        let target = self.output.clone().map_or(Target::Stdout, Target::Path);
        // All findings of all inputs go to one place, line by line.
        settings.one_output = Some(target);
        settings.force = self.force;
        let report = pipeline::run(&engine, jobs(&engine, &self.inputs, |_, _| Target::Nowhere)?, settings)?;
        redact::tell_problems(&report, true);
        if !self.quiet {
            report.notes.iter().for_each(say);
        }
        Ok(if !report.unread.is_empty() {
            6
        } else if report.end.quarantined > 0 {
            4
        } else {
            0
        })
    }
}
