//! `sourdine audio`: silences in a recording what is masked in its transcript.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Seek as _, stderr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::options::{TextOptions, jobs, missing};
use super::outputs;
use super::{print, redact, say, say_plainly};
use crate::audio::{self, Cover, Edit, Mute, Refusal, Trace, Wav};
use crate::audit::{self, Digest, Head, Line, Run};
use crate::engine::{Engine, Mode};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::Call;
use crate::pipeline::{self, Report, Wanted};
use crate::sink::{Sink, Target};
use crate::source::{Back, Encoding};

/// Silence in a recording what is masked in its transcript
#[derive(Args)]
#[command(long_about = "Silence in a recording what is masked in its transcript.\n\n  \
        sourdine audio call.wav --transcript call.json -o muted.wav\n  \
        sourdine audio call.wav --transcript call.vtt -o muted.wav --beep\n  \
        sourdine audio call.mp3 -t call.json -o muted.mp3 --print-ffmpeg\n\n\
        WAV files of PCM, floating point, A-law and mu-law are written; samples outside the windows stay as they \
        are, bit by bit. Parts of the file that may name people, such as titles and notes, become zeros. For other \
        codings --print-ffmpeg prints the command that silences the same windows. What is masked and has no times \
        is refused (exit code 4), and nothing is written.")]
pub(super) struct Audio {
    /// The recording
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// Its transcript, with times: JSON of any maker, JSON lines, WebVTT, SubRip
    #[arg(short, long, value_name = "FILE")]
    transcript: PathBuf,
    /// Where the muted recording goes
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
    /// A record of the call, where the transcript holds several calls
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Input")]
    record: Option<u64>,
    /// A tone instead of silence
    #[arg(long, help_heading = "Output")]
    beep: bool,
    /// Which channels are muted: all, or the one of who speaks where the transcript tells it
    #[arg(long, value_name = "WHICH", default_value = "all", help_heading = "Output")]
    channels: Channels,
    /// Milliseconds that are muted on either side of what is said
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(..=10_000), help_heading = "Output")]
    padding: u64,
    /// Print the command of ffmpeg that silences the windows, on all channels; write nothing
    #[arg(long, conflicts_with_all = ["beep", "channels", "audit"], help_heading = "Output")]
    print_ffmpeg: bool,
    /// Audit log [default: OUTPUT.audit.jsonl]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    audit: Option<PathBuf>,
    /// Write over existing outputs
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Say nothing but errors
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    text: TextOptions,
}

/// Which channels are muted.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Channels {
    /// All of them.
    All,
    /// That of who speaks.
    Speaker,
}

impl Channels {
    fn name(self) -> &'static str {
        match self {
            Channels::All => "all",
            Channels::Speaker => "speaker",
        }
    }
}

impl Audio {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let engine = self.text.engine(Mode::Mask)?.listening();
        let mut recording = self.open()?;
        if self.print_ffmpeg {
            return self.print_command(&engine, recording);
        }
        let audit = self.audit.clone().or_else(|| outputs::audit_of(&self.output));
        let inputs = [self.recording.as_path(), self.transcript.as_path()];
        let written = [Some(self.output.as_path()), audit.as_deref()].into_iter().flatten();
        outputs::check(written.map(|path| (path, false)), &inputs, false, self.force)?;
        let wav = Wav::read(&mut recording).map_err(|refusal| self.refused(refusal))?;
        let Some((report, mut call, run)) = self.listen(&engine)? else { return Ok(6) };
        audio::fit(&mut call, wav.milliseconds())
            .map_err(|why| Error::Gate(format!("{}: {why} Nothing was written", self.recording.display())))?;
        let mutes = audio::mutes(&call, self.padding);
        let edit = Edit::new(&wav, &mutes, self.channels(), self.cover());
        let (input, output) = self.write(&edit, recording, audit.as_deref(), |audit, digests| {
            let traces = audio::traces(&call, self.padding);
            self.note(&engine, &report, (call.record, &traces), run, digests, audit)
        })?;
        debug_assert_eq!(input.bytes(), output.bytes(), "a recording stays as long as it is");
        self.tell(&report, &wav, &edit, &mutes);
        Ok(0)
    }

    fn channels(&self) -> audio::Channels {
        match self.channels {
            Channels::All => audio::Channels::All,
            Channels::Speaker => audio::Channels::Speaker,
        }
    }

    fn cover(&self) -> Cover {
        if self.beep { Cover::Beep } else { Cover::Silence }
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Input { path: self.recording.clone(), source }
    }

    fn open(&self) -> Result<File> {
        let file =
            File::open(&self.recording).map_err(|source| self.failed(missing(&self.recording, source)))?;
        if !file.metadata().map_err(|source| self.failed(source))?.is_file() {
            let path = self.recording.display();
            return Err(Error::Usage(format!(
                "{path}: a recording is a file; this is none, so it has no end"
            )));
        }
        Ok(file)
    }

    fn refused(&self, refusal: Refusal) -> Error {
        let path = self.recording.display();
        match refusal {
            Refusal::Other(what) => Error::Usage(format!(
                "{path}: is {what}; only WAV files of PCM, floating point, A-law and mu-law are written. Add \
                 --print-ffmpeg for the command that silences the same windows of this one"
            )),
            Refusal::Broken(at, what) => {
                self.failed(io::Error::new(io::ErrorKind::InvalidData, format!("byte {at}: {what}")))
            }
            Refusal::Io(source) => self.failed(source),
        }
    }

    /// Finds in the transcript what is to be muted; `None` when it could not be read, which was told.
    fn listen(&self, engine: &Engine) -> Result<Option<(Report, Call, Run)>> {
        let mut settings = self.text.settings()?;
        if settings.by_line.is_some() {
            let message = "--line-buffered is for live pipes; a recording's transcript is read as a whole";
            return Err(Error::Usage(message.into()));
        }
        settings.call = self.record.map_or(Wanted::TheOnly, Wanted::OfRecord);
        let path = self.transcript.display();
        let jobs = jobs(engine, std::slice::from_ref(&self.transcript), |_, _| Target::Nowhere)?;
        if jobs.len() > 1 {
            return Err(Error::Usage(format!("{path}: a recording has one transcript; name the file")));
        }
        let run = self.text.run_line(engine, &settings);
        let mut report = pipeline::run(engine, jobs, settings)?;
        redact::tell_problems(&report, true);
        if !report.unread.is_empty() {
            return Ok(None);
        }
        if let Some(record) = self.record.filter(|&record| record > report.end.records) {
            let count = report.end.records;
            return Err(Error::Usage(format!(
                "{path}: there is no record {record}; the last one is {count}"
            )));
        }
        if self.record.is_none() && report.calls.len() > 1 {
            return Err(Error::Usage(several(&self.transcript, &report.calls)));
        }
        if report.is_parted {
            return Err(Error::Gate(format!(
                "{path}: records of one call stand apart, with another call between them; sort the transcript by call. \
                 Nothing was written"
            )));
        }
        let Some(call) = report.call.take() else {
            return Err(Error::Gate(format!("{path}: there is no call in it; nothing was written")));
        };
        Ok(Some((report, call, run)))
    }

    fn print_command(&self, engine: &Engine, recording: File) -> anyhow::Result<u8> {
        let inputs = [self.recording.as_path(), self.transcript.as_path()];
        outputs::check([(self.output.as_path(), false)], &inputs, false, self.force)?;
        let Some((report, mut call, _)) = self.listen(engine)? else { return Ok(6) };
        // How long other recordings are nobody here can tell.
        let mut recording = recording;
        if let Ok(wav) = Wav::read(&mut recording) {
            audio::fit(&mut call, wav.milliseconds())
                .map_err(|why| Error::Gate(format!("{}: {why}", self.recording.display())))?;
        }
        if !self.quiet {
            report.notes.iter().for_each(say);
        }
        let name = |path: &Path| path.to_string_lossy().into_owned();
        let mutes = audio::mutes(&call, self.padding);
        print(&format!("{}\n", audio::ffmpeg(&name(&self.recording), &name(&self.output), &mutes)))?;
        Ok(0)
    }

    /// Writes the recording and its audit, whose lines `note` writes; gives the digests of input and output.
    fn write(
        &self,
        edit: &Edit,
        mut recording: File,
        audit: Option<&Path>,
        note: impl FnOnce(&mut Sink, [&Digest; 2]) -> Result<()>,
    ) -> Result<(Digest, Digest)> {
        let key = self.text.key()?;
        let open = |path: &Path, key: Option<&[u8; 32]>| {
            Sink::open(&Target::Path(path.to_owned()), Back::text(Encoding::Utf8), self.force, key)
        };
        let mut output = open(&self.output, key.as_ref())?;
        let audit = audit.map(|path| open(path, None)).transpose()?;
        recording.rewind().map_err(|source| self.failed(source))?;
        let mut input = Digesting { file: recording, digest: Digest::new(key.as_ref()) };
        edit.copy(&self.recording, &mut input, &super::STOP, |bytes| output.write(bytes))?;
        let output = output.finish()?;
        if let Some(mut audit) = audit {
            note(&mut audit, [&input.digest, &output])?;
            audit.finish()?;
        }
        Ok((input.digest, output))
    }

    /// Writes down which rules silenced which stretches, in the form of any audit log.
    fn note(
        &self,
        engine: &Engine,
        report: &Report,
        (record, traces): (u64, &[Trace]),
        mut run: Run,
        [input, output]: [&Digest; 2],
        audit: &mut Sink,
    ) -> Result<()> {
        let operator = if self.beep { "beep" } else { "silence" };
        run.options.push(format!("recording={operator}"));
        run.options.push(format!("channels={}", self.channels.name()));
        run.options.push(format!("padding={}", self.padding));
        let mut line = line(&Line::Run(run))?;
        audit.write(&line)?;
        let mut end = report.end.clone();
        end.run = blake3::hash(&line).to_hex().to_string();
        line.clear();
        let mut masked: BTreeMap<String, u64> = BTreeMap::new();
        if !traces.is_empty() {
            audit::record::begin(record, &mut line);
        }
        for (at, trace) in traces.iter().enumerate() {
            let entity = engine.rules().entities().name(trace.entity);
            *masked.entry(entity.to_owned()).or_default() += 1;
            let field = trace.channel.map_or("recording".to_owned(), |channel| format!("channel {channel}"));
            let entry = audit::record::Entry {
                field: &field,
                entity,
                rule: trace.rule.map_or("tag", |rule| engine.rules().rule_id(rule)),
                score: trace.score,
                operator,
                start: trace.start as usize,
                end: trace.end as usize,
            };
            audit::record::entry(&entry, at == 0, &mut line);
        }
        if !traces.is_empty() {
            audit::record::end(&mut line);
        }
        let mut head = Head::default();
        head.update(&line);
        audit.write(&line)?;
        let name = self.recording.file_name().unwrap_or_default().to_string_lossy();
        end.files.push(engine.file_names().of(&name));
        end.input.push(input.publish());
        end.output = vec![output.publish()];
        (end.masked, end.head) = (masked, head.hex());
        end.seal = end.sealed(self.text.key()?.as_ref());
        audit.write(&self::line(&Line::End(end))?)
    }

    fn tell(&self, report: &Report, wav: &Wav, edit: &Edit, mutes: &[Mute]) {
        if self.quiet {
            return;
        }
        report.notes.iter().for_each(say);
        if wav.hidden() > 0 {
            say(format_args!(
                "{} parts of the file may name people (titles, notes, marks) and became zeros",
                wav.hidden()
            ));
        }
        if stderr().is_terminal() {
            let seconds = |milliseconds: u64| milliseconds as f64 / 1000.0;
            say_plainly(&format!(
                "{} windows, {:.1} of {:.1} s muted",
                mutes.len(),
                seconds(edit.milliseconds()),
                seconds(wav.milliseconds())
            ));
        }
    }
}

/// The refusal of a transcript of several calls, which begin at these records.
fn several(path: &Path, calls: &[u64]) -> String {
    let firsts: Vec<String> = calls.iter().map(u64::to_string).collect();
    let more = if calls.len() < limits::FAULTS_SHOWN { "" } else { " and so on" };
    format!(
        "{}: several calls, which begin at records {}{more}; say with --record N which one was recorded",
        path.display(),
        firsts.join(", ")
    )
}

fn line(line: &Line) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line).map_err(|error| Error::Usage(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Digests what is read.
struct Digesting {
    file: File,
    digest: Digest,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.digest.update(&buffer[..length]);
        Ok(length)
    }
}
