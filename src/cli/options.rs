//! What do all commands that read text have in common?

use std::fs;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};

use super::columns;
use crate::audit::{Run, digest_key};
use crate::detect::{BALANCED, HIGH, Options, PRECISE, Ruleset, WordLists};
use crate::engine::{Engine, Mode};
use crate::error::{Error, Result, nearest};
use crate::format::{self, ColumnOption, FORMATS, FieldOptions, Format, Treatment};
use crate::limits;
use crate::mask::hash_key;
use crate::model::{BRACKETS, Way};
use crate::pipeline::{Job, Settings, Waiting};
use crate::policy::Policy;
use crate::sink::Target;
use crate::source::{Encoding, Source};

/// How labels look.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Labels {
    /// `[PHONE_1]`: the same value has the same number in its conversation.
    Numbered,
    /// `[PHONE]`.
    Plain,
}

/// The signs around labels: only such that no rule matches through.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LabelStyle {
    /// `[PHONE_1]`.
    Square,
    /// `{PHONE_1}`.
    Curly,
    /// `<PHONE_1>`.
    Angle,
}

/// Kinds of detectors.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Detector {
    /// Rules with patterns.
    Patterns,
    /// Names of people.
    Names,
    /// Numbers, letters and addresses that are said in words.
    Spoken,
    /// Values that are said over several turns.
    Conversation,
}

/// How readily a word is taken for a name.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Recall {
    /// Fewer names are missed, more words are masked for nothing.
    High,
    /// As measured best on conversations.
    Balanced,
    /// Fewer words are masked for nothing, more names are missed.
    Precise,
}

impl Recall {
    fn odds(self) -> f32 {
        match self {
            Recall::High => HIGH,
            Recall::Balanced => BALANCED,
            Recall::Precise => PRECISE,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Recall::High => "high",
            Recall::Balanced => "balanced",
            Recall::Precise => "precise",
        }
    }
}

/// How an input is read.
#[derive(Args)]
pub(super) struct Reading {
    /// Format of the input; detected by name, else by content
    #[arg(
        short,
        long,
        value_name = "NAME",
        default_value = "auto",
        value_parser = PossibleValuesParser::new(format_names()),
        help_heading = "Input"
    )]
    format: String,
    /// Field or column that holds what was said (repeatable); a JSON pointer begins with /
    #[arg(long, value_name = "NAME|/POINTER", help_heading = "Input")]
    text_field: Vec<String>,
    /// Field that says which conversation a record belongs to
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    conversation_field: Option<String>,
    /// Field that says who speaks
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    speaker_field: Option<String>,
    /// What is done with a column of a table, by its header or position (#3); repeatable. HOW is text, mask,
    /// hash (needs --key-file), drop, keep or generalise
    #[arg(long, value_name = "NAME=HOW", value_parser = columns::parse, help_heading = "Input")]
    column: Vec<ColumnOption>,
    /// Let tables lack columns that --column or --text-field name: sheets of a workbook, files of a directory. Without
    /// it they are refused, so that nothing passes by a misspelling
    #[arg(long, help_heading = "Input")]
    allow_missing_columns: bool,
    /// Look at text fields alone; everything else passes as it is
    #[arg(long, help_heading = "Input")]
    only_text_fields: bool,
    /// Encoding of the input; detected when not given
    #[arg(
        long,
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(encoding_names()),
        ignore_case = true,
        help_heading = "Input"
    )]
    encoding: Option<String>,
}

fn format_names() -> impl Iterator<Item = PossibleValue> {
    ["auto"].into_iter().chain(FORMATS.iter().map(|format| format.name)).map(PossibleValue::new)
}

/// The encodings, with the other names that they go by.
fn encoding_names() -> [PossibleValue; 5] {
    [
        PossibleValue::new("utf-8").alias("utf8"),
        PossibleValue::new("utf-16le").aliases(["utf-16", "utf16", "utf16le"]),
        PossibleValue::new("utf-16be").alias("utf16be"),
        PossibleValue::new("windows-1252").aliases(["cp1252", "latin1", "latin-1", "iso-8859-1"]),
        PossibleValue::new("iso-8859-15").aliases(["latin9", "latin-9"]),
    ]
}

impl Reading {
    /// The format; `None` when it is to be detected.
    pub(super) fn format(&self) -> Option<&'static Format> {
        format::by_name(&self.format)
    }

    /// The encoding; `None` when it is to be detected.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.encoding.as_deref().and_then(Encoding::by_name)
    }

    /// What fields hold.
    pub(super) fn fields(&self) -> FieldOptions {
        FieldOptions {
            text: self.text_field.clone(),
            conversation: self.conversation_field.clone(),
            speaker: self.speaker_field.clone(),
            only_text: self.only_text_fields,
            columns: self.column.clone(),
            may_lack: self.allow_missing_columns,
            ..FieldOptions::default()
        }
    }
}

#[derive(Args)]
pub(super) struct TextOptions {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detection: Detection,
    /// Mask these entities alone, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Detection")]
    entities: Vec<String>,
    /// Whether the same value carries the same number
    #[arg(long, value_name = "STYLE", default_value = "numbered", help_heading = "Detection")]
    labels: Labels,
    /// Signs around labels; tags in any of these styles are left alone when text is masked again
    #[arg(long, value_name = "STYLE", default_value = "square", help_heading = "Detection")]
    label_style: LabelStyle,
    /// For live pipes: mask and write each record as soon as it is there, knowing only what its
    /// conversation has said so far; format and encoding follow from the first line
    #[arg(long, help_heading = "Running")]
    line_buffered: bool,
    /// Mask each record when so many more of its conversation are there, or all of them, and write it at once: what
    /// comes after them is not known to it [default: the whole conversation; 0 with --line-buffered]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(..=limits::LOOKAHEAD as u64),
        help_heading = "Running"
    )]
    lookahead: Option<u64>,
    /// Let records of up to N conversations lie among each other; the one that was silent longest is over when there
    /// are more. JSON lines, and tables with a column for the conversation
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=limits::CONVERSATIONS_OPEN as u64),
        help_heading = "Running"
    )]
    interleaved: Option<u64>,
    /// Worker threads [default: one per core]
    #[arg(short, long, value_name = "N", help_heading = "Running")]
    jobs: Option<usize>,
    /// File whose bytes key the digests of inputs and outputs, and hashes of columns (at least 16 bytes)
    #[arg(long, value_name = "FILE", help_heading = "Running")]
    key_file: Option<PathBuf>,
    #[arg(long, hide = true, default_value_t = limits::CHUNK_BYTES)]
    chunk_bytes: usize,
    #[arg(long, hide = true, default_value_t = limits::CHUNKS_AHEAD)]
    chunks_ahead: usize,
}

/// What is looked for: the same for masking and for measuring.
#[derive(Args)]
pub(super) struct Detection {
    /// Leave out rules that are meant for other languages
    #[arg(
        short,
        long,
        value_name = "LANG",
        default_value = "auto",
        value_parser = PossibleValuesParser::new(["auto", "en", "fr", "de", "es", "it"]),
        help_heading = "Detection"
    )]
    lang: String,
    /// File or directory of your own rules, beside the shipped ones (repeatable)
    #[arg(long, value_name = "FILE|DIR", help_heading = "Detection")]
    rules: Vec<PathBuf>,
    /// Words and phrases that are always masked, one a line
    #[arg(long, value_name = "FILE", help_heading = "Detection")]
    deny: Vec<PathBuf>,
    /// Values that are never masked, one a line
    #[arg(long, value_name = "FILE", help_heading = "Detection")]
    allow: Vec<PathBuf>,
    /// Kinds of detectors, separated by commas
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "patterns,names,spoken,conversation",
        help_heading = "Detection"
    )]
    detectors: Vec<Detector>,
    /// How readily a word is taken for a name
    #[arg(long, value_name = "LEVEL", default_value = "balanced", help_heading = "Detection")]
    recall: Recall,
    /// Least score of a finding, from 0 to 1
    #[arg(long, value_name = "F", default_value_t = 0.5, help_heading = "Detection")]
    min_score: f32,
    #[arg(long, hide = true)]
    at_every_byte: bool,
}

impl Detection {
    /// The engine that the options describe; with `entities`, all others are kept.
    pub(super) fn engine(&self, mode: Mode, numbered: bool, entities: &[String]) -> Result<Engine> {
        if !(0.0..=1.0).contains(&self.min_score) {
            return Err(Error::Usage("--min-score lies between 0 and 1".into()));
        }
        let lang = (self.lang != "auto").then(|| self.lang.clone());
        let mut files = Vec::new();
        for path in &self.rules {
            for file in rule_files(path)? {
                files.push((file.display().to_string(), read_text(&file)?));
            }
        }
        let options = Options {
            lang,
            lists: WordLists { deny: word_list(&self.deny)?, allow: word_list(&self.allow)? },
            min_score: (self.min_score * 100.0).round() as u8,
            patterns: self.detectors.contains(&Detector::Patterns),
            spoken: self.detectors.contains(&Detector::Spoken),
            conversation: self.detectors.contains(&Detector::Conversation)
                && self.detectors.contains(&Detector::Spoken),
            names: self.detectors.contains(&Detector::Names).then_some(self.recall.odds()),
            at_every_byte: self.at_every_byte,
            ..Options::default()
        };
        let rules = Ruleset::load(&files, &options)?;
        let mut policy = Policy::default_for(rules.entities());
        if !entities.is_empty() {
            policy = policy.only(rules.entities(), entities)?;
        }
        Ok(Engine::new(rules, policy, mode, numbered))
    }
}

impl TextOptions {
    /// The engine that the options describe.
    pub(super) fn engine(&self, mode: Mode) -> Result<Engine> {
        let key = self.key_bytes()?.map(|bytes| hash_key(&bytes));
        let hashes = |column: &&ColumnOption| column.treatment == Treatment::Whole(Way::Hash);
        if let (None, Some(column)) = (&key, self.reading.column.iter().find(hashes)) {
            return Err(Error::Usage(format!(
                "--column {}=hash needs a key: without one a hash can be guessed; `head -c 32 /dev/urandom > KEYFILE` \
                 makes one, --key-file KEYFILE names it",
                column.name
            )));
        }
        let engine = self.detection.engine(mode, self.labels == Labels::Numbered, &self.entities)?;
        Ok(engine.bracketed(BRACKETS[self.label_style as usize]).keyed(key))
    }

    /// The settings of the run, without outputs.
    pub(super) fn settings(&self) -> Result<Settings<'static>> {
        let defaults = Settings::default();
        Ok(Settings {
            jobs: threads(self.jobs)?,
            chunk_bytes: self.chunk_bytes,
            chunks_ahead: self.chunks_ahead,
            format: self.reading.format(),
            encoding: self.reading.encoding(),
            fields: self.reading.fields(),
            key: self.key()?,
            by_line: self.waiting(),
            stop: &super::STOP,
            ..defaults
        })
    }

    /// How long records wait, if they are masked as they come.
    fn waiting(&self) -> Option<Waiting> {
        let is_asked = self.line_buffered || self.lookahead.is_some() || self.interleaved.is_some();
        let records = self.lookahead.or(self.line_buffered.then_some(0)).map(|count| count as usize);
        let conversations = self.interleaved.map_or(1, |count| count as usize);
        is_asked.then_some(Waiting { records, conversations })
    }

    /// The key of the digests, if there is a key file.
    pub(super) fn key(&self) -> Result<Option<[u8; 32]>> {
        Ok(self.key_bytes()?.map(|bytes| digest_key(&bytes)))
    }

    fn key_bytes(&self) -> Result<Option<Vec<u8>>> {
        let Some(path) = &self.key_file else { return Ok(None) };
        let bytes = read_bounded(path)?;
        if bytes.len() < 16 {
            return Err(Error::Usage(format!(
                "{}: a key has at least 16 bytes; `head -c 32 /dev/urandom > KEYFILE` makes one",
                path.display()
            )));
        }
        Ok(Some(bytes))
    }

    /// The digest of all that decides what becomes of an input, and of nothing else.
    pub(super) fn configuration(&self, engine: &Engine, settings: &Settings) -> String {
        let run = Run { start: String::new(), jobs: 0, ..self.run_line(engine, settings) };
        let mut hasher = settings.key.as_ref().map_or_else(blake3::Hasher::new, blake3::Hasher::new_keyed);
        // A structure of strings always serialises; if it did not, nothing would be taken for done.
        hasher.update(&serde_json::to_vec(&run).unwrap_or_else(|_| now().into_bytes()));
        hasher.finalize().to_hex().to_string()
    }

    /// The run line of the audit.
    pub(super) fn run_line(&self, engine: &Engine, settings: &Settings) -> Run {
        let mut options = Vec::new();
        let mut note = |name: &str, value: &str| options.push(format!("{name}={value}"));
        note("format", &self.reading.format);
        note("lang", &self.detection.lang);
        note("min-score", &format!("{:.2}", self.detection.min_score));
        note("recall", self.detection.recall.name());
        for field in &self.reading.text_field {
            note("text-field", &engine.masked_name(field));
        }
        for column in &self.reading.column {
            let name = engine.masked_name(&column.name);
            note("column", &format!("{name}={}", columns::name_of(column.treatment)));
        }
        for (name, value) in [
            ("conversation-field", &self.reading.conversation_field),
            ("speaker-field", &self.reading.speaker_field),
            ("encoding", &self.reading.encoding),
            ("findings-column", &settings.findings_column),
        ] {
            if let Some(value) = value {
                note(name, &engine.masked_name(value));
            }
        }
        for (name, set) in [
            ("only-text-fields", self.reading.only_text_fields),
            ("allow-missing-columns", self.reading.allow_missing_columns),
            ("rules", !self.detection.rules.is_empty()),
            ("deny", !self.detection.deny.is_empty()),
            ("allow", !self.detection.allow.is_empty()),
        ] {
            if set {
                note(name, "yes");
            }
        }
        if !self.entities.is_empty() {
            note("entities", &self.entities.join(","));
        }
        note("labels", if self.labels == Labels::Numbered { "numbered" } else { "plain" });
        if self.label_style != LabelStyle::Square {
            note("label-style", if self.label_style == LabelStyle::Curly { "curly" } else { "angle" });
        }
        if let Some(count) = self.interleaved {
            note("interleaved", &count.to_string());
        }
        Run {
            sourdine: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset: engine.rules().digest().to_owned(),
            policy: engine.policy().digest(),
            options,
            lookahead: self
                .waiting()
                .and_then(|waiting| waiting.records)
                .map_or_else(|| "conversation".to_owned(), |count| count.to_string()),
            start: now(),
            jobs: settings.jobs,
        }
    }
}

/// Worker threads: those of `--jobs`, else one per core.
pub(super) fn threads(jobs: Option<usize>) -> Result<usize> {
    let threads = jobs.unwrap_or_else(|| Settings::default().jobs);
    if threads == 0 || threads > 1024 {
        return Err(Error::Usage("--jobs lies between 1 and 1024".into()));
    }
    Ok(threads)
}

/// The time in UTC, to the second, RFC 3339.
fn now() -> String {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil date from days since 1970-01-01, after H. Hinnant, "chrono-compatible low-level date algorithms".
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Reads a file of the user's, up to the limit.
fn read_bounded(path: &Path) -> Result<Vec<u8>> {
    let failed = |source| Error::Input { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > limits::USER_FILE_BYTES {
        return Err(Error::Usage(format!("{}: larger than 64 MiB", path.display())));
    }
    fs::read(path).map_err(failed)
}

/// Reads a text file of the user's.
pub(super) fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read_bounded(path)?).map_err(|_| Error::Usage(format!("{}: not UTF-8", path.display())))
}

fn word_list(paths: &[PathBuf]) -> Result<Vec<String>> {
    let mut words = Vec::new();
    for path in paths {
        let text = read_text(path)?;
        words.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(words)
}

/// A rule file, or the rule files of a directory in order of their names.
pub(super) fn rule_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| Error::Input { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|end| end == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::Usage(format!("{}: no rule file (*.toml) in this directory", path.display())));
    }
    Ok(files)
}

/// The system's complaint about a file that is not there, with one of nearly the same name beside it.
pub(super) fn missing(path: &Path, source: std::io::Error) -> std::io::Error {
    let (Some(name), std::io::ErrorKind::NotFound) = (path.file_name(), source.kind()) else { return source };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(directory) else { return source };
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).take(10_000).collect();
    names.sort();
    match nearest(&name.to_string_lossy(), names.iter().map(String::as_str)) {
        Some(near) => std::io::Error::new(
            source.kind(),
            format!("{source}; did you mean `{}`?", path.with_file_name(near).display()),
        ),
        None => source,
    }
}

/// An input of a run.
pub(super) struct Named {
    source: Source,
    /// For messages; `-` for standard input.
    pub(super) path: PathBuf,
    /// Its name, or path below the directory that was given.
    pub(super) name: String,
}

/// The jobs of a run: every input in order, under its masked name. `target` says where an input goes, by its
/// own and its masked name.
pub(super) fn jobs(
    engine: &Engine,
    inputs: &[PathBuf],
    mut target: impl FnMut(&str, &str) -> Target,
) -> Result<Vec<Job>> {
    let mut names = engine.file_names();
    let job = |Named { source, path, name }| {
        let masked = names.of(&name);
        let target = target(&name, &masked);
        Job { source, path, name: masked, target, ticket: None }
    };
    Ok(named(inputs)?.into_iter().map(job).collect())
}

/// Every input with its name, in order; files of directories sorted by path.
fn named(inputs: &[PathBuf]) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    let stdin = [PathBuf::from("-")];
    let inputs = if inputs.is_empty() { &stdin[..] } else { inputs };
    for input in inputs {
        if input.as_os_str() == "-" {
            all.push(Named { source: Source::Stdin, path: input.clone(), name: "-".to_owned() });
        } else if input.is_dir() {
            let known = all.len();
            let walk = ignore::WalkBuilder::new(input)
                .standard_filters(false)
                .hidden(true)
                .sort_by_file_path(Ord::cmp)
                .build();
            for entry in walk {
                let entry = entry.map_err(|error| Error::Input {
                    path: input.clone(),
                    source: std::io::Error::other(error.to_string()),
                })?;
                if entry.file_type().is_some_and(|kind| kind.is_file()) {
                    let path = entry.into_path();
                    let name = path.strip_prefix(input).unwrap_or(&path).to_string_lossy().into_owned();
                    all.push(Named { source: Source::File(path.clone()), path, name });
                }
            }
            if all.len() == known {
                return Err(Error::Input {
                    path: input.clone(),
                    source: std::io::Error::new(std::io::ErrorKind::NotFound, "no files in this directory"),
                });
            }
        } else {
            // A missing file is known before anything is written.
            fs::metadata(input)
                .map_err(|source| Error::Input { path: input.clone(), source: missing(input, source) })?;
            let name =
                input.file_name().map_or_else(|| "-".to_owned(), |name| name.to_string_lossy().into_owned());
            all.push(Named { source: Source::File(input.clone()), path: input.clone(), name });
        }
    }
    Ok(all)
}
