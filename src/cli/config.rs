//! Which options stand in a configuration file?
//!
//! `sourdine.toml` holds what somebody would otherwise type each time: its keys are the long names of
//! options. They become the options' defaults, so the command line wins over them. The file is the one of
//! `--config`, else of `SOURDINE_CONFIG`, else the first `sourdine.toml` from the working directory up to the
//! repository's root or the home directory; outside of both only the working directory is looked at, since
//! anybody may write to what lies above it. Paths are relative to the file. A key of digests never stands
//! in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::{Spanned, Value};

use super::options::read_text;
use crate::error::{Complaint, Error, Result, nearest};

/// The file's name.
const NAME: &str = "sourdine.toml";

/// Options that belong to one invocation.
const OF_THE_MOMENT: &[&str] = &[
    "config",
    "no-config",
    "print-config",
    "field",
    "help",
    "input",
    "json",
    "output",
    "version",
    "why-not",
];

/// The options of a file: values by the option's long name, with the line.
pub(super) struct Config {
    path: PathBuf,
    values: BTreeMap<String, (usize, Vec<String>)>,
}

/// The part of the matches that belongs to the innermost subcommand, and the way there.
pub(super) fn innermost(matches: &ArgMatches) -> (Vec<String>, &ArgMatches) {
    let (mut way, mut at) = (Vec::new(), matches);
    while let Some((name, inner)) = at.subcommand() {
        way.push(name.to_owned());
        at = inner;
    }
    (way, at)
}

impl Config {
    /// The file that the command line, the environment or the place asks for; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Input`] when a named file cannot be read, [`Error::File`] when it holds what is no option.
    pub(super) fn find(named: Option<&Path>, command: &Command) -> Result<Option<Config>> {
        let from_environment = || std::env::var_os("SOURDINE_CONFIG").filter(|path| !path.is_empty());
        let path = named.map(Path::to_owned).or_else(|| from_environment().map(PathBuf::from));
        match path.or_else(discover) {
            Some(path) => Self::read(path, command).map(Some),
            None => Ok(None),
        }
    }

    fn read(path: PathBuf, command: &Command) -> Result<Config> {
        let text = read_text(&path)?;
        let name = path.display().to_string();
        let table: BTreeMap<Spanned<String>, Spanned<Value>> = toml::from_str(&text).map_err(|error| {
            Complaint::new(&name, &text, error.span().unwrap_or(0..0), error.message().to_owned())
        })?;
        let mut known: BTreeMap<String, Arg> = BTreeMap::new();
        options(command, &mut known);
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut values = BTreeMap::new();
        for (key, value) in table {
            let complain = |message: String| Complaint::new(&name, &text, key.span(), message);
            let Some(option) = known.get(key.get_ref()) else {
                return Err(unknown(key.get_ref(), &known, complain));
            };
            let line = text[..key.span().start].matches('\n').count() + 1;
            let given = strings(option, value.get_ref(), &directory)
                .map_err(|message| Complaint::new(&name, &text, value.span(), message))?;
            check(option, &given).map_err(|message| Complaint::new(&name, &text, value.span(), message))?;
            values.insert(key.into_inner(), (line, given));
        }
        Ok(Config { path, values })
    }

    /// The command with the values of the file as defaults of the subcommand's options.
    pub(super) fn apply(&self, command: Command, way: &[String]) -> Command {
        match way {
            // All of them are gone through, or the help would list changed ones last.
            [] => command.mut_args(|arg| {
                let given = arg.get_long().and_then(|name| self.values.get(name));
                match given.map(|(_, given)| given.iter().map(OsString::from).collect::<Vec<_>>()) {
                    Some(given) => arg.default_values(given),
                    None => arg,
                }
            }),
            [first, rest @ ..] => command.mut_subcommand(first, |inner| self.apply(inner, rest)),
        }
    }

    /// Where the options come from, for the user.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The options in force, as a file that could be read again, each with where it comes from.
pub(super) fn shown(
    config: Option<&Config>,
    command: &Command,
    way: &[String],
    matches: &ArgMatches,
) -> String {
    let mut inner = command;
    for name in way {
        inner = inner.find_subcommand(name).unwrap_or(inner);
    }
    let mut out = format!("# sourdine {}\n", way.join(" "));
    let mut lines: Vec<(String, String)> = Vec::new();
    for arg in inner.get_arguments() {
        let Some(name) = arg.get_long().filter(|name| !OF_THE_MOMENT.contains(name) && !arg.is_hide_set())
        else {
            continue;
        };
        let Ok(Some(raw)) = matches.try_get_raw(arg.get_id().as_str()) else { continue };
        let values: Vec<String> = raw.map(|value| value.to_string_lossy().into_owned()).collect();
        let from_file = config.and_then(|config| Some((config, config.values.get(name)?)));
        let origin = match (matches.value_source(arg.get_id().as_str()), from_file) {
            (Some(ValueSource::CommandLine), _) => "command line".to_owned(),
            (_, Some((config, (line, _)))) => format!("{}:{line}", config.path.display()),
            _ => "default".to_owned(),
        };
        if origin == "default" && values == ["false"] {
            continue;
        }
        lines.push((format!("{name} = {}", toml_value(arg, &values)), origin));
    }
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    for (line, origin) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{line:width$}  # {origin}");
    }
    out
}

fn toml_value(arg: &Arg, values: &[String]) -> String {
    let one = |value: &String| {
        let is_bare = value == "true" || value == "false" || value.parse::<f64>().is_ok();
        // A string of JSON is one of TOML.
        if is_bare { value.clone() } else { serde_json::Value::from(value.as_str()).to_string() }
    };
    match (is_list(arg), values) {
        (false, [value]) => one(value),
        _ => format!("[{}]", values.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append) || arg.get_value_delimiter().is_some()
}

/// All options of all subcommands that may stand in a file.
fn options(command: &Command, out: &mut BTreeMap<String, Arg>) {
    for arg in command.get_arguments() {
        if let Some(name) = arg.get_long()
            && !arg.is_hide_set()
            && !OF_THE_MOMENT.contains(&name)
        {
            out.entry(name.to_owned()).or_insert_with(|| arg.clone());
        }
    }
    command.get_subcommands().for_each(|inner| options(inner, out));
}

fn unknown(key: &str, known: &BTreeMap<String, Arg>, complain: impl Fn(String) -> Complaint) -> Error {
    if ["key", "secret", "password"].contains(&key) {
        let mut complaint = complain(format!("`{key}`: a key never stands in a configuration"));
        // Nor on anybody's screen.
        complaint.shown = format!("{key} = …");
        return complaint.hint("name the file that holds it: key-file = \"…\"").into();
    }
    if OF_THE_MOMENT.contains(&key) {
        return complain(format!("`{key}` belongs on the command line")).into();
    }
    let complaint = complain(format!("no option is called `{key}`"));
    let underscored = key.replace('_', "-");
    match nearest(&underscored, known.keys().map(String::as_str)) {
        Some(near) => complaint.hint(format!("did you mean `{near}`?")),
        None => complaint.hint("keys are the long names of options; sourdine redact --help shows them"),
    }
    .into()
}

/// A value as the command line would give it; paths relative to the file's directory.
fn strings(option: &Arg, value: &Value, directory: &Path) -> std::result::Result<Vec<String>, String> {
    let is_flag = matches!(option.get_action(), ArgAction::SetTrue);
    let is_path = option.get_value_names().is_some_and(|names| {
        names.iter().any(|name| name.split('|').any(|name| name == "FILE" || name == "DIR"))
    });
    let one = |value: &Value| match value {
        Value::String(text) if is_path => Ok(directory.join(text).to_string_lossy().into_owned()),
        Value::String(text) if !is_flag => Ok(text.clone()),
        Value::Integer(number) if !is_flag && !is_path => Ok(number.to_string()),
        Value::Float(number) if !is_flag && !is_path => Ok(number.to_string()),
        Value::Boolean(on) if is_flag => Ok(on.to_string()),
        _ if is_flag => Err("this option is true or false".to_owned()),
        _ if is_path => Err("this option takes a path, in quotes".to_owned()),
        _ => Err("this option takes a text or a number".to_owned()),
    };
    match value {
        Value::Array(values) if is_list(option) => values.iter().map(one).collect(),
        Value::Array(_) => Err("this option takes one value, not a list".to_owned()),
        value => Ok(vec![one(value)?]),
    }
}

/// Whether the option takes these values, by the option's own rules.
fn check(option: &Arg, given: &[String]) -> std::result::Result<(), String> {
    if matches!(option.get_action(), ArgAction::SetTrue) {
        return Ok(());
    }
    let long = option.get_long().unwrap_or_default();
    let alone = Command::new("sourdine").arg(option.clone().required(false));
    let arguments = given.iter().map(|value| format!("--{long}={value}"));
    alone.try_get_matches_from(std::iter::once("sourdine".to_owned()).chain(arguments)).map(|_| ()).map_err(
        |error| {
            let told = error.to_string();
            let parts = told.lines().map(str::trim).filter(|line| {
                !line.is_empty() && !line.starts_with("For more") && !line.starts_with("Usage")
            });
            parts.collect::<Vec<_>>().join("; ").trim_start_matches("error: ").to_owned()
        },
    )
}

/// The first file from the working directory upwards.
fn discover() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let is_root = |directory: &Path| directory.join(".git").exists();
    let ends = here.ancestors().find(|at| is_root(at) || home.as_deref() == Some(at)).unwrap_or(&here);
    let within = here.ancestors().take_while(|at| at.starts_with(ends)).enumerate();
    // Named from here, as a person would.
    within.map(|(up, _)| PathBuf::from("../".repeat(up) + NAME)).find(|path| path.is_file())
}
