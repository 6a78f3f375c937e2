//! How far is the run, and how did it go?
//!
//! A bar while the run goes on and a summary after it, on a terminal alone: sums of bytes, records and
//! findings, never a name or a text.

use std::fmt::Write as _;
use std::fs::{File, Metadata};
use std::io::{IsTerminal, stderr, stdin};
use std::os::fd::AsFd;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::colour::{Paint, Style};
use crate::pipeline::{Job, Meter, Report};
use crate::source::Source;

/// When a bar is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Progress {
    /// On a terminal, when the run takes longer than half a second and no text goes to that terminal.
    Auto,
    /// On a terminal, from the start.
    Always,
    /// Never.
    Never,
}

/// What `--stats` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Stats {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

/// Between two looks at the meter.
const TICK: Duration = Duration::from_millis(100);
/// Shorter runs need no bar.
const PATIENCE: Duration = Duration::from_millis(500);

impl Progress {
    /// Runs, with a bar if there shall be one. `total` is the size of the inputs, where it is known.
    pub(super) fn around<T>(
        self,
        meter: &Meter,
        total: Option<u64>,
        quietly: bool,
        run: impl FnOnce() -> T,
    ) -> T {
        let is_shown = match self {
            Progress::Never => false,
            Progress::Always => stderr().is_terminal(),
            Progress::Auto => !quietly && stderr().is_terminal(),
        };
        if !is_shown {
            return run();
        }
        let patience = if self == Progress::Always { TICK } else { PATIENCE };
        std::thread::scope(|threads| {
            let (over, wait) = channel::<()>();
            threads.spawn(move || {
                let start = Instant::now();
                let mut bar = None;
                // The run has ended when its end of the channel is gone.
                while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    if start.elapsed() >= patience {
                        tick(bar.get_or_insert_with(|| self::bar(total)), meter, start.elapsed());
                    }
                }
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                }
            });
            let outcome = run();
            drop(over);
            outcome
        })
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    // Cut at the terminal's edge, however near that is.
    match ProgressStyle::with_template("{wide_msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn tick(bar: &ProgressBar, meter: &Meter, elapsed: Duration) {
    let done = meter.bytes();
    bar.set_position(done);
    let mut line = String::new();
    // Writing to a string cannot fail.
    if let Some(total) = bar.length() {
        let share = (done as f64 / total.max(1) as f64).min(1.0);
        let filled = (share * WIDTH as f64) as usize;
        let _ = write!(line, "{:3.0}% {}{} ", share * 100.0, "#".repeat(filled), "-".repeat(WIDTH - filled));
    }
    let _ = write!(
        line,
        "{}, {} records, {} masked",
        speed(done, elapsed),
        grouped(meter.records()),
        grouped(meter.found())
    );
    match bar.length() {
        Some(_) if done > 0 => {
            let _ = write!(line, ", {} left", clock(bar.eta()));
        }
        Some(_) => {}
        None => {
            let _ = write!(line, ", {}", clock(elapsed));
        }
    }
    bar.set_message(line);
    bar.tick();
}

/// Signs of the bar.
const WIDTH: usize = 16;

/// `0:07`, `1:02:03`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// The size of all inputs, if each of them is a file of a known one.
pub(super) fn size_of(jobs: &[Job]) -> Option<u64> {
    let size = |file: &File| file.metadata().ok().filter(Metadata::is_file).map(|known| known.len());
    jobs.iter()
        .filter(|job| job.ticket.as_ref().is_none_or(|ticket| ticket.done.is_none()))
        .map(|job| match &job.source {
            Source::File(path) => path.metadata().ok().filter(Metadata::is_file).map(|known| known.len()),
            // Standard input may be a file too.
            Source::Stdin => stdin().as_fd().try_clone_to_owned().ok().and_then(|input| size(&input.into())),
            Source::Reader(_) => None,
        })
        .sum()
}

/// Million bytes per second.
fn speed(bytes: u64, elapsed: Duration) -> String {
    format!("{:.1} MB/s", bytes as f64 / 1e6 / elapsed.as_secs_f64().max(1e-3))
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Counts of a run, as lines for people. With `elapsed`, how fast it was.
pub(super) fn summary(report: &Report, elapsed: Option<Duration>, paint: Paint) -> String {
    let end = &report.end;
    let mut out = format!(
        "{} records, {:.1} MB",
        paint.of(Style::Bold, &grouped(end.records)),
        report.bytes as f64 / 1e6
    );
    // Writing to a string cannot fail.
    if let Some(elapsed) = elapsed {
        let _ = write!(out, " in {:.1} s, {}", elapsed.as_secs_f64(), speed(report.bytes, elapsed));
    }
    for (title, style, counts) in [("masked", Style::Masked, &end.masked), ("kept", Style::Kept, &end.kept)] {
        for (entity, count) in counts {
            let title = paint.of(style, &format!("{title:7}"));
            let _ = write!(out, "\n  {title} {entity:16} {:>9}", grouped(*count));
        }
    }
    if end.quarantined > 0 {
        let title = paint.of(Style::Bad, "quarantined");
        let _ = write!(out, "\n  {title} records      {:>9}", grouped(end.quarantined));
    }
    out
}

/// The same for programs: one JSON object.
pub(super) fn json(report: &Report, elapsed: Duration) -> String {
    let end = &report.end;
    serde_json::json!({
        "records": end.records, "bytes": report.bytes, "seconds": elapsed.as_secs_f64(),
        "masked": end.masked, "kept": end.kept, "quarantined": end.quarantined, "cut": end.cut,
        "reopened": end.reopened, "unread": report.unread.len(),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
