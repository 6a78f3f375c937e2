//! `sourdine audit`: checks and shows audit logs.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::options::{TextOptions, jobs};
use super::print;
use crate::audit::{Digest, Summary, read_summary, verify};
use crate::engine::Mode;
use crate::error::{Error, Result};
use crate::pipeline;
use crate::sink::Target;

/// Check an audit log, or show what it says
#[derive(Args)]
#[command(long_about = "Check an audit log, or show what it says.\n\n  \
        sourdine audit summary masked.jsonl.audit.jsonl\n  \
        sourdine audit verify masked.jsonl.audit.jsonl\n  \
        sourdine audit verify masked.jsonl.audit.jsonl --input calls.jsonl")]
pub(super) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Recompute a log's sums and head; with its files, their digests and the whole run
    Verify(Box<Verify>),
    /// Print what was masked, by entity and rule
    Summary {
        /// The audit log
        log: PathBuf,
    },
}

#[derive(Args)]
struct Verify {
    /// The audit log
    log: PathBuf,
    /// The run's inputs: the run is repeated, with the options you give, and must find the same
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,
    /// The run's outputs: their digests must be those of the log
    #[arg(long, value_name = "FILE")]
    output: Vec<PathBuf>,
    #[command(flatten)]
    text: TextOptions,
}

impl Audit {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        match &self.command {
            AuditCommand::Verify(command) => command.run(),
            AuditCommand::Summary { log } => summary(log),
        }
    }
}

impl Verify {
    fn run(&self) -> anyhow::Result<u8> {
        let log = read_summary(&self.log, self.text.key()?.as_ref())?;
        let mut said = String::new();
        writeln!(
            said,
            "{}: {} records, {} record lines, head {}",
            self.log.display(),
            log.end.records,
            log.record_lines,
            &log.end.head[..16]
        )?;
        if !self.output.is_empty() {
            self.check_outputs(&log)?;
            writeln!(said, "the outputs are those of the run")?;
        }
        if !self.input.is_empty() {
            let engine = self.text.engine(Mode::Mask)?;
            let mut settings = self.text.settings()?;
            let jobs = jobs(&engine, &self.input, |_, _| Target::Nowhere)?;
            settings.many = log.is_named;
            let again = pipeline::run(&engine, jobs, settings)?;
            verify(&log, &again.end)?;
            writeln!(said, "the run repeated finds the same")?;
        }
        print(&said)?;
        Ok(0)
    }

    fn check_outputs(&self, log: &Summary) -> Result<()> {
        let key = self.text.key()?;
        if log.end.keyed != key.is_some() {
            let which =
                if log.end.keyed { "keyed; give its --key-file" } else { "not keyed; leave --key-file out" };
            return Err(Error::Usage(format!("the digests of this log are {which}")));
        }
        if self.output.len() != log.end.output.len() {
            return Err(Error::Integrity(format!(
                "the run wrote {} outputs, {} were given",
                log.end.output.len(),
                self.output.len()
            )));
        }
        for (path, expected) in self.output.iter().zip(&log.end.output) {
            let found = digest_file(path, key.as_ref())?.publish();
            match (expected, found) {
                (Some(expected), Some(found)) if *expected == found => {}
                (None, None) => {
                    return Err(Error::Usage(format!(
                        "{}: too short for an unkeyed digest; repeat the run with --key-file to have one",
                        path.display()
                    )));
                }
                _ => return Err(Error::Integrity(format!("{}: is not what the run wrote", path.display()))),
            }
        }
        Ok(())
    }
}

fn digest_file(path: &Path, key: Option<&[u8; 32]>) -> Result<Digest> {
    let failed = |source| Error::Input { path: path.to_owned(), source };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut digest = Digest::new(key);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(digest),
            length => digest.update(&buffer[..length]),
        }
    }
}

fn summary(path: &Path) -> anyhow::Result<u8> {
    let log = read_summary(path, None)?;
    let mut out = String::new();
    writeln!(out, "sourdine {} on {} ({} threads)", log.run.sourdine, log.run.start, log.run.jobs)?;
    writeln!(out, "ruleset {}  policy {}", log.run.ruleset, log.run.policy)?;
    writeln!(out, "options {}", log.run.options.join(" "))?;
    writeln!(out, "files   {}", log.files.join(", "))?;
    writeln!(
        out,
        "records {}  quarantined {}  cut {}  reopened {}\n",
        log.end.records, log.end.quarantined, log.end.cut, log.end.reopened
    )?;
    writeln!(out, "{:18} {:22} {:>10}", "entity", "rule", "masked")?;
    for ((entity, rule), count) in &log.by_rule {
        writeln!(out, "{entity:18} {rule:22} {count:>10}")?;
    }
    for (entity, count) in &log.end.kept {
        writeln!(out, "{entity:18} {:22} {count:>10} kept", "")?;
    }
    print(&out)?;
    Ok(0)
}
