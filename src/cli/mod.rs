//! What did the user ask for?
//!
//! One file per subcommand: its arguments, its help, its run. Data goes to standard output, everything
//! else to standard error.

mod audio;
mod audit;
mod colour;
mod columns;
mod config;
mod eval;
mod explain;
mod formats;
mod manual;
mod options;
mod outputs;
mod progress;
mod redact;
mod rules;
mod scan;

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::error::Error;
use config::Config;

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
    after_help = "Exit codes: 0 done, 1 something found (--check), 2 usage, 4 records quarantined\n\
        or a recording that cannot be muted, 5 audit does not verify, 6 input or output\n\
        failed, 130 interrupted, 141 reader gone. No redactor finds everything: measure\n\
        on your own text (sourdine eval) before you rely on it."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Options from this file [default: sourdine.toml here or above]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// No options from a file
    #[arg(long, global = true, conflicts_with = "config", help_heading = "Configuration")]
    no_config: bool,
    /// Print the options in force and where they come from, and do nothing
    #[arg(long, global = true, help_heading = "Configuration")]
    print_config: bool,
}

#[derive(Subcommand)]
enum Command {
    Redact(redact::Redact),
    Scan(scan::Scan),
    Audio(Box<audio::Audio>),
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
    let arguments = match arguments() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => return told(&error),
    };
    // Without a handler Ctrl-C ends the process at once, which leaves a temporary file at worst.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    let outcome = match arguments.command {
        Command::Redact(command) => command.run(),
        Command::Scan(command) => command.run(),
        Command::Audio(command) => command.run(),
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
        Err(error) => told(&error),
    }
}

/// The command line over the configuration file; `None` when showing them was all that was asked for.
fn arguments() -> anyhow::Result<Option<Arguments>> {
    // Which file, and for which subcommand? What is wrong otherwise is told by the second reading.
    let first = Arguments::command().ignore_errors(true).try_get_matches();
    let (way, config) = match &first {
        Ok(matches) => {
            let (way, inner) = config::innermost(matches);
            let named = inner.try_get_one::<PathBuf>("config").ok().flatten();
            let without = inner.try_get_one::<bool>("no_config").ok().flatten() == Some(&true);
            let config = if without {
                None
            } else {
                Config::find(named.map(PathBuf::as_path), &Arguments::command())?
            };
            (way, config)
        }
        // Help or version.
        Err(_) => (Vec::new(), None),
    };
    let mut command = Arguments::command();
    if let Some(config) = &config {
        command = config.apply(command, &way);
    }
    let matches = command.clone().try_get_matches()?;
    let arguments = Arguments::from_arg_matches(&matches)?;
    let (_, inner) = config::innermost(&matches);
    if inner.try_get_one::<bool>("print_config").ok().flatten() == Some(&true) {
        print(&config::shown(config.as_ref(), &command, &way, inner))?;
        return Ok(None);
    }
    if let Some(config) = &config
        && stderr().is_terminal()
        && inner.try_get_one::<bool>("quiet").ok().flatten() != Some(&true)
    {
        say(format_args!("options from {}", config.path().display()));
    }
    Ok(Some(arguments))
}

/// Tells what went wrong, and gives the exit code.
fn told(error: &anyhow::Error) -> ExitCode {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        // Help and version are no errors; nothing can be done when printing them fails.
        let _ = usage.print();
        return ExitCode::from(if usage.use_stderr() { 2 } else { 0 });
    }
    let code = error.downcast_ref::<Error>().map_or(2, Error::exit_code);
    if code != 141 {
        say(error);
    }
    ExitCode::from(code)
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
