//! What did the user ask for?
//!
//! One file per subcommand: its arguments, its help, its run. Data goes to standard output, everything
//! else to standard error.

mod audit;
mod colour;
mod eval;
mod explain;
mod formats;
mod manual;
mod options;
mod progress;
mod redact;
mod rules;
mod scan;

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};

use crate::error::Error;

/// Set by Ctrl-C and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

/// Masks personal data in call transcripts and customer verbatims, and proves what it did.
#[derive(Parser)]
#[command(
    name = "sourdine",
    version,
    propagate_version = true,
    max_term_width = 100,
    help_template = "{about-with-newline}\n\
        Commonest uses:\n  \
        sourdine redact calls.jsonl -o masked.jsonl   mask a file\n  \
        cat notes.txt | sourdine redact               mask a pipe\n  \
        sourdine explain calls.jsonl:12               why is record 12 masked so?\n\n\
        {usage-heading} {usage}\n\n{all-args}{after-help}",
    after_help = "Exit codes: 0 done, 1 something found (--check), 2 usage, 4 records quarantined,\n\
        5 audit does not verify, 6 input or output failed, 130 interrupted, 141 reader\n\
        gone. No redactor finds everything: measure on your own text (sourdine eval)\n\
        before you rely on it."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Redact(redact::Redact),
    Scan(scan::Scan),
    Explain(explain::Explain),
    Eval(eval::Eval),
    Rules(rules::Rules),
    Audit(audit::Audit),
    Formats(formats::Formats),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// Runs the command line of the process and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    // A panic's message may quote the text it stumbled over: say where, never what.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        say(format_args!("internal error at {place}; please report it"));
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors; nothing can be done when printing them fails.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Without a handler Ctrl-C ends the process at once, which leaves a temporary file at worst.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    let outcome = match arguments.command {
        Command::Redact(command) => command.run(),
        Command::Scan(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Eval(command) => command.run(),
        Command::Rules(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Formats(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = error.downcast_ref::<Error>().map_or(2, Error::exit_code);
            if code != 141 {
                say(&error);
            }
            ExitCode::from(code)
        }
    }
}

/// Writes a line to standard error, control characters shown as `?`.
fn say(message: impl Display) {
    let text: String = format!("sourdine: {message}")
        .chars()
        .map(|c| if c.is_control() && c != '\n' { '?' } else { c })
        .collect();
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a line to standard error as it is: counts and names of entities, nothing of an input.
fn say_plainly(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .map_err(|source| Error::Output { path: "-".into(), source })?;
    Ok(())
}
