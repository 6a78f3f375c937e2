//! `sourdine eval`: measures what is found in labelled text.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use clap::Args;
use rayon::prelude::*;

use super::options::{Detection, threads};
use super::{STOP, print, say};
use crate::engine::{Mode, Worker};
use crate::error::{Error, Result};
use crate::eval::{Batch, Gold, Problem, Report, Scheme, Sheet, Trial, Wanted};
use crate::limits;
use crate::source::{Encoding, Input, Source};

/// Measure how much of labelled text is found
#[derive(Args)]
#[command(
    long_about = "Measure how much of labelled text is found, and what else is masked.\n\n  \
        sourdine eval gold.jsonl                       a table of every entity\n  \
        sourdine eval gold.jsonl --misses 5 --false 5  show what went wrong\n  \
        sourdine eval gold.jsonl --map NAME=PERSON     NAME is our PERSON\n  \
        sourdine eval gold.jsonl --map MONEY=          MONEY is not scored\n  \
        sourdine eval gold.jsonl --strict              found under its own type\n  \
        sourdine eval *.jsonl --entities PERSON --json\n\n\
        Gold is JSON lines as doccano writes them, offsets in Unicode code points:\n\n  \
        {\"text\": \"I am Jo\", \"label\": [[5, 7, \"PERSON\"]]}\n\n\
        `labels`, `entities` and {\"start_offset\", \"end_offset\", \"label\"} are read too. \
        Optional: `call_id`, `turn`, `speaker` and `lang` (texts of one call are one conversation, \
        wherever they stand, in order of `turn`), `ignore` (spans that are not scored), \
        `synthetic_prompt` (true: context alone).",
    after_long_help = "What the columns say:\n  \
        gold       labelled spans. One is found where something masked covers it,\n             \
                   or a kept finding of its own type; with --strict, its own type\n  \
        exact      found with the same start and end, in per cent of gold\n  \
        overlap    found at least in part\n  \
        full       found as a whole: every character but white space\n  \
        chars      labelled characters that are covered, white space not counted\n  \
        token F1   of words (runs of letters and digits): those labelled and\n             \
                   found, those in findings of this entity and labelled\n  \
        precision  findings of this entity that touch labelled text of any type;\n             \
                   with --strict, of its own type\n  \
        false/10k  its other findings, in 10,000 words\n  \
        outside    letters and digits that it masks outside all labels, in per\n             \
                   cent of the labelled ones and of all\n\n\
        What touches nothing but `ignore` or labels left out is neither right nor false.\n\
        Examples quote your text: mind where they go."
)]
pub(super) struct Eval {
    /// Labelled files, or - for standard input
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<PathBuf>,
    /// Read a label as an entity; GOLD= leaves it out (repeatable)
    #[arg(long, value_name = "GOLD=ENTITY", help_heading = "Scoring")]
    map: Vec<String>,
    /// Count a span as found under its own type alone
    #[arg(long, help_heading = "Scoring")]
    strict: bool,
    /// Mask and score these entities alone, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Scoring")]
    entities: Vec<String>,
    /// Show up to N spans of each entity that were not found as a whole
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Output")]
    misses: usize,
    /// Show up to N false findings of each entity
    #[arg(
        long = "false",
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        help_heading = "Output"
    )]
    false_found: usize,
    /// Print one JSON object
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Say nothing but errors and the figures
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    detection: Detection,
    /// Threads [default: one per core]
    #[arg(short, long, value_name = "N", help_heading = "Running")]
    jobs: Option<usize>,
}

impl Eval {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        for path in self.gold.iter().filter(|path| path.as_os_str() != "-") {
            // A missing file is known before anything is measured.
            fs::metadata(path).map_err(|source| Error::Input { path: path.clone(), source })?;
        }
        let engine = self.detection.engine(Mode::Find, true, &self.entities)?;
        let mut scheme = Scheme::new(engine.rules().entities(), &self.map, self.strict, &self.entities)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads(self.jobs)?)
            .build()
            .map_err(|error| Error::Usage(format!("no threads: {error}")))?;
        let workers: Vec<Mutex<Worker>> =
            (0..pool.current_num_threads()).map(|_| Mutex::new(engine.worker())).collect();
        let (mut files, mut all) = (Vec::new(), Sheet::default());
        let (mut wrong, mut cut) = (Vec::new(), 0);
        for (number, path) in self.gold.iter().enumerate() {
            let bytes = read(path)?;
            let most = limits::FAULTS_SHOWN - wrong.len();
            let done = match Gold::read(&bytes, &mut scheme, most) {
                // After a problem the rest is only looked through for more.
                Ok(_) if !wrong.is_empty() => continue,
                Ok(gold) => {
                    let trial = Trial::new(&engine, &scheme, &gold, number, self.wanted())?;
                    pool.install(|| self.measure(&trial, &workers))?
                }
                Err(problems) => Batch { problems, ..Batch::default() },
            };
            wrong.extend(done.problems.iter().map(|problem| told(path, problem)));
            if wrong.len() >= limits::FAULTS_SHOWN {
                break;
            }
            cut += done.cut;
            all.add(done.sheet.clone(), self.wanted());
            files.push((path.display().to_string(), done.sheet));
        }
        if !wrong.is_empty() {
            return Err(unusable(&wrong).into());
        }
        self.check_types(&scheme)?;
        let examples = (self.misses > 0, self.false_found > 0);
        let report = Report { scheme: &scheme, engine: &engine, files: &files, all: &all, examples };
        print(&if self.json { report.json() } else { report.text() })?;
        if !self.quiet {
            self.tell(&scheme, cut);
        }
        Ok(0)
    }

    fn wanted(&self) -> Wanted {
        Wanted { missed: self.misses, false_found: self.false_found }
    }

    /// Runs a file's batches on the pool; the sums and examples come in the order of the file.
    fn measure(&self, trial: &Trial, workers: &[Mutex<Worker>]) -> Result<Batch> {
        let run = |batch| {
            if STOP.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            // Each thread of the pool has a worker of its own, so the lock is never waited for.
            let index = rayon::current_thread_index().unwrap_or(0);
            let mut worker = workers[index].lock().unwrap_or_else(PoisonError::into_inner);
            Ok(trial.run(batch, &mut worker))
        };
        let batches: Vec<Batch> = trial.batches().into_par_iter().map(run).collect::<Result<_>>()?;
        let mut all = Batch::default();
        for batch in batches {
            all.sheet.add(batch.sheet, self.wanted());
            all.problems.extend(batch.problems);
            all.cut += batch.cut;
        }
        Ok(all)
    }

    /// With --strict a label that names no entity could never be found.
    fn check_types(&self, scheme: &Scheme) -> Result<()> {
        let unmapped = scheme.unmapped();
        if !self.strict || unmapped.is_empty() {
            return Ok(());
        }
        Err(Error::Usage(format!(
            "--strict compares types, and no entity is called {}\n{}",
            unmapped.join(", "),
            advice(scheme, &unmapped)
        )))
    }

    fn tell(&self, scheme: &Scheme, cut: u64) {
        let unmapped = scheme.unmapped();
        if !unmapped.is_empty() {
            let what = if self.entities.is_empty() {
                "such text counts as found where anything masked covers it"
            } else {
                "such text was not scored"
            };
            say(format_args!(
                "no entity is called {}\n{what}\n{}",
                unmapped.join(", "),
                advice(scheme, &unmapped)
            ));
        }
        let unmet = scheme.unmet();
        if !unmet.is_empty() {
            say(format_args!("no label is called {}, which --map names", unmet.join(", ")));
        }
        if cut > 0 {
            say(format_args!("{cut} conversations were longer than 8 MiB and were cut there"));
        }
    }
}

/// Reads a labelled file, unpacked if it is packed.
fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |source| Error::Input { path: path.to_owned(), source };
    let source = if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.to_owned()) };
    // Nothing is guessed: gold in another encoding is refused, line by line.
    let mut input = Input::open(source, Some(Encoding::Utf8), None).map_err(failed)?;
    let mut bytes = Vec::new();
    loop {
        let step = bytes.len() + limits::CHUNK_BYTES;
        if input.fill(&mut bytes, step).map_err(failed)? {
            return Ok(bytes);
        }
        if bytes.len() > limits::GOLD_BYTES {
            return Err(Error::Usage(format!("{}: larger than 256 MiB; split it", path.display())));
        }
    }
}

fn told(path: &Path, problem: &Problem) -> String {
    match problem.line {
        Some(line) => format!("{}:{line}: {}", path.display(), problem.what),
        None => format!("{}: {}", path.display(), problem.what),
    }
}

fn unusable(wrong: &[String]) -> Error {
    let shown = &wrong[..wrong.len().min(limits::FAULTS_SHOWN)];
    let stopped = if wrong.len() >= limits::FAULTS_SHOWN { "\nthere may be more" } else { "" };
    Error::Usage(format!("the gold cannot be used; nothing was measured\n{}{stopped}", shown.join("\n")))
}

/// What to do about labels that name no entity: options to be copied.
fn advice(scheme: &Scheme, unmapped: &[&str]) -> String {
    let maps = unmapped.iter().map(|label| {
        let entity = scheme.suggestion(label).unwrap_or_default();
        format!("\n  --map '{label}={entity}'")
    });
    let how = "say what it is with --map LABEL=ENTITY, or leave it out with --map LABEL=";
    maps.fold(how.to_owned(), |lines, line| lines + &line)
}
