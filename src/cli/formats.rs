//! `sourdine formats`: which formats there are, and how a file would be read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::colour::{Colour, Paint, Style, harmless};
use super::options::Reading;
use super::print;
use crate::error::{Error, Result};
use crate::format::{Chunk, Conversation, Decision, FORMATS, Layout};
use crate::limits;
use crate::model::{ColumnView, Entities, Role, TypedColumn, Way, Whole};
use crate::pipeline::{Stopped, lay_out};
use crate::policy::{Action, Policy};
use crate::scan::{Kernel, Text, classify};
use crate::source::{Archive, Input, MemberKind, Source};

/// List the formats, or show how a file would be read
#[derive(Args)]
#[command(
    long_about = "List the formats, or show how a file would be read: its format and encoding, and what each \
        field or column is taken for, with counts in its first records.\n\n  \
        sourdine formats                       list the formats\n  \
        sourdine formats calls.jsonl           how would this file be read?\n  \
        sourdine formats a.csv --text-field remarks    and with this option?\n  \
        sourdine formats a.csv --column email=drop     and with this one?"
)]
pub(super) struct Formats {
    /// A file, or - for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Colour what is printed
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Colour,
    #[command(flatten)]
    reading: Reading,
}

/// Fields that are listed; the rest is counted.
const FIELDS: usize = 200;

impl Formats {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let said = match &self.file {
            None => list(self.json)?,
            Some(file) => {
                let paint = Paint { is_on: self.color.is_on(&std::io::stdout()) };
                let failed = |source| Error::Input { path: file.clone(), source };
                let mut input = Input::open(source(file), self.reading.encoding(), None).map_err(failed)?;
                input.settle().map_err(failed)?;
                match input.archive {
                    Some(kind) => {
                        let files = files_of(input, &self.reading).map_err(failed)?;
                        if self.json {
                            archive_json(file, kind, &files)
                        } else {
                            archive_page(file, kind, &files)?
                        }
                    }
                    None => {
                        let seen = Seen::of(file, input, &self.reading)?;
                        if self.json { seen.json() } else { seen.page(paint)? }
                    }
                }
            }
        };
        print(&said)?;
        Ok(0)
    }
}

fn list(json: bool) -> std::result::Result<String, std::fmt::Error> {
    let mut out = String::new();
    for format in FORMATS {
        if json {
            let line = serde_json::json!({"name": format.name, "about": format.about, "extensions": format.extensions});
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{:6} {}", format.name, format.about)?;
            writeln!(out, "{:6} endings: {}", "", format.extensions.join(", "))?;
        }
    }
    if !json {
        out.push_str(
            "\ngzip, zstd, bzip2 and xz are unpacked by content, tar and zip file by file, xlsx sheet by sheet. Encodings: UTF-8, UTF-16, Windows-1252, ISO-8859-15.\n",
        );
    }
    Ok(out)
}

fn source(path: &Path) -> Source {
    if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.to_owned()) }
}

/// The files of an archive: their names, and their formats or why they are not read.
fn files_of(
    mut input: Input,
    reading: &Reading,
) -> std::io::Result<Vec<(String, std::result::Result<&'static str, String>)>> {
    let mut files = Vec::new();
    input.each_member::<std::io::Error>(&mut |member| {
        let format = match member.kind {
            MemberKind::Directory => return Ok(true),
            MemberKind::Other(what) => Err(format!("is {what}, and is not read")),
            MemberKind::File(bytes) => match Input::open_member(bytes, reading.encoding(), None) {
                Ok(input) if input.archive.is_some() => Err("is an archive in an archive".to_owned()),
                Ok(_) if member.sheet.is_some() => Ok("tsv"),
                Ok(mut input) => {
                    match lay_out(&mut input, &member.name, reading.format(), &reading.fields()) {
                        Ok((format, _)) => Ok(format.name),
                        Err(Stopped::Input(error)) => Err(error.to_string()),
                        Err(Stopped::Run(error)) => Err(error.to_string()),
                    }
                }
                Err(error) => Err(error.to_string()),
            },
        };
        files.push((member.name, format));
        Ok(true)
    })?;
    Ok(files)
}

fn archive_json(path: &Path, kind: Archive, files: &[(String, std::result::Result<&str, String>)]) -> String {
    let file = |(name, format): &(String, std::result::Result<&str, String>)| match format {
        Ok(format) => serde_json::json!({"file": name, "format": format}),
        Err(why) => serde_json::json!({"file": name, "format": null, "why": why}),
    };
    let files: Vec<_> = files.iter().map(file).collect();
    let name = path.display().to_string();
    format!("{}\n", serde_json::json!({"file": name, "archive": kind.name(), "files": files}))
}

fn archive_page(
    path: &Path,
    kind: Archive,
    files: &[(String, std::result::Result<&str, String>)],
) -> std::result::Result<String, std::fmt::Error> {
    let mut out = String::new();
    let name = path.display().to_string();
    writeln!(out, "{}: {} archive, {}", harmless(&name), kind.name(), counted(files.len(), "file"))?;
    for (name, format) in files {
        match format {
            Ok(format) => writeln!(out, "  {:8} {}", format, harmless(name))?,
            Err(why) => writeln!(out, "  {:8} {}: {why}", "-", harmless(name))?,
        }
    }
    Ok(out)
}

/// What a file's head shows.
struct Seen {
    name: String,
    format: &'static str,
    about: String,
    encoding: &'static str,
    guessed: bool,
    packing: &'static str,
    records: usize,
    conversations: usize,
    faults: usize,
    /// By field, how often it was taken for what; columns in their order, other fields in that of the alphabet.
    fields: Vec<(String, BTreeMap<String, usize>)>,
    /// Whether the file goes on behind what was looked at.
    more: bool,
}

impl Seen {
    fn of(path: &Path, mut input: Input, reading: &Reading) -> Result<Seen> {
        let failed = |source| Error::Input { path: path.to_owned(), source };
        let name = path.file_name().map_or("-".to_owned(), |name| name.to_string_lossy().into_owned());
        let (format, layout) = match lay_out(&mut input, &name, reading.format(), &reading.fields()) {
            Ok(opened) => opened,
            Err(Stopped::Input(error)) => return Err(failed(error)),
            Err(Stopped::Run(error)) => return Err(error),
        };
        let more = input.head().len() >= limits::HEAD_BYTES;
        let mut seen = Seen {
            name: path.display().to_string(),
            format: format.name,
            about: layout.about(),
            encoding: input.encoding.name(),
            guessed: input.guessed,
            packing: input.packing.name(),
            records: 0,
            conversations: 0,
            faults: 0,
            fields: Vec::new(),
            more,
        };
        // Whole conversations; of one that is longer than the head, whole records.
        let mut end = layout.border(input.head(), true, !more);
        if end == 0 {
            while let Some(next) = layout.record_end(input.head(), end, true, false) {
                end = next;
            }
        }
        let bytes = &input.head()[..end];
        let mut masks = Vec::new();
        classify(Kernel::best(), bytes, &mut masks);
        let text = Text { bytes, masks: &masks };
        let chunk = Chunk::new(text, true, layout.first_record());
        let (mut at, mut number) = (0, layout.first_record());
        let mut conversation = Conversation::default();
        let columns = Columns::of(layout.as_ref());
        let is_lines = format.name == "jsonl" || format.is_binary() && layout.shown().is_none();
        let mut fields: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        let mut by_column = columns.empty();
        while at < bytes.len() {
            at = layout.conversation(&chunk, at, number, &mut conversation);
            number += conversation.records.len() as u64;
            seen.conversations += usize::from(conversation.records.iter().any(|record| record.number > 0));
            seen.records += conversation.records.iter().filter(|record| record.number > 0).count();
            seen.faults += conversation.records.iter().filter(|record| record.fault.is_some()).count();
            let mut index = 0;
            for of_record in conversation.segments.chunk_by(|one, other| one.record == other.record) {
                let wanted: Vec<u32> = (index..index + of_record.len() as u32).collect();
                index += of_record.len() as u32;
                let mut pointers = Vec::new();
                layout.pointers(&chunk, &conversation, &wanted, &|_| None, &mut pointers);
                // A field's name has the pointer of its value.
                let names: Vec<u32> = of_record.iter().map(|segment| segment.name).collect();
                for ((number, segment), mut pointer) in wanted.iter().zip(of_record).zip(pointers) {
                    if is_lines && names.contains(number) {
                        continue;
                    }
                    if format.name == "text" && segment.role == Role::Exempt {
                        pointer = "speaker".to_owned();
                    }
                    if segment.role == Role::Key {
                        continue;
                    }
                    let column = segment.name as usize;
                    let role = columns.read_as(column, segment.role);
                    let roles = match by_column.get_mut(column) {
                        Some((_, roles)) => roles,
                        None => fields.entry(general(&pointer)).or_default(),
                    };
                    *roles.entry(role).or_default() += 1;
                }
            }
        }
        seen.fields = among_all(&input, layout.as_ref(), by_column, seen.records);
        seen.fields.extend(fields);
        Ok(seen)
    }

    fn json(&self) -> String {
        let fields: Vec<_> = self
            .fields
            .iter()
            .take(FIELDS)
            .map(|(field, roles)| serde_json::json!({"field": field, "read_as": roles}))
            .collect();
        let value = serde_json::json!({
            "file": self.name, "format": self.format, "about": self.about, "encoding": self.encoding,
            "encoding_guessed": self.guessed, "packing": self.packing, "records": self.records,
            "conversations": self.conversations, "undecodable": self.faults, "complete": !self.more,
            "fields": fields, "more_fields": self.fields.len().saturating_sub(FIELDS),
        });
        format!("{value}\n")
    }

    fn page(&self, paint: Paint) -> std::result::Result<String, std::fmt::Error> {
        let mut out = String::new();
        let bold = |text: &str| paint.of(Style::Bold, text);
        writeln!(out, "{}: {}, {}", harmless(&self.name), bold(self.format), harmless(&self.about))?;
        let guessed = if self.guessed { " (guessed; --encoding says otherwise)" } else { "" };
        writeln!(out, "encoding {}{guessed}, packing {}", bold(self.encoding), self.packing)?;
        let first = if self.more { "the first " } else { "" };
        writeln!(
            out,
            "{first}{} in {}{}",
            counted(self.records, "record"),
            counted(self.conversations, "conversation"),
            if self.fields.is_empty() { "" } else { ":" }
        )?;
        let width = self.fields.iter().map(|(field, _)| field.chars().count()).max().unwrap_or(0).min(40);
        for (field, roles) in self.fields.iter().take(FIELDS) {
            let roles: Vec<String> = roles.iter().map(|(role, count)| format!("{role} {count}")).collect();
            writeln!(out, "  {:width$}  {}", harmless(field), roles.join(", "))?;
        }
        if self.fields.len() > FIELDS {
            writeln!(out, "  {} more fields", self.fields.len() - FIELDS)?;
        }
        if self.faults > 0 {
            let word = paint.of(Style::Bad, "cannot be decoded");
            writeln!(out, "{} {word}, and would be quarantined", counted(self.faults, "record"))?;
        }
        Ok(out)
    }
}

/// The columns that are looked at among those of their table: the others are copied.
fn among_all(
    input: &Input,
    layout: &dyn Layout,
    looked_at: Vec<(String, BTreeMap<String, usize>)>,
    records: usize,
) -> Vec<(String, BTreeMap<String, usize>)> {
    let all = input.table().and_then(|table| table.columns.as_ref());
    let (Some(all), Some(views)) = (all, layout.shown()) else { return looked_at };
    let mut looked_at = looked_at.into_iter();
    let of_column = |(column, view): (&TypedColumn, &ColumnView)| match view {
        ColumnView::Hidden => Some((column.name.clone(), [("copied as it is".to_owned(), records)].into())),
        ColumnView::Read | ColumnView::Whole => looked_at.next(),
    };
    all.iter().zip(views).filter_map(of_column).collect()
}

/// What is done with the columns of a table.
struct Columns {
    names: Vec<String>,
    decisions: Vec<Option<Decision>>,
    entities: Entities,
    policy: Policy,
}

impl Columns {
    fn of(layout: &dyn Layout) -> Columns {
        let entities = Entities::default();
        let policy = Policy::default_for(&entities);
        Columns { names: layout.names().to_vec(), decisions: layout.decisions(), entities, policy }
    }

    /// The columns with what is known of them before their cells are seen, each counted as never.
    fn empty(&self) -> Vec<(String, BTreeMap<String, usize>)> {
        let known = |decision: &Option<Decision>| {
            let role = match (*decision)? {
                Decision::Text => Role::Text,
                Decision::Kept => Role::Exempt,
                Decision::Whole(whole) => Role::Whole(whole),
            };
            Some(self.role(role, *decision))
        };
        let of_column = |(name, decision): (&String, &Option<Decision>)| {
            (name.clone(), known(decision).map(|role| (role, 0)).into_iter().collect())
        };
        self.names.iter().zip(&self.decisions).map(of_column).collect()
    }

    /// What a cell, or a field without a column, is read as.
    fn read_as(&self, column: usize, role: Role) -> String {
        self.role(role, self.decisions.get(column).copied().flatten())
    }

    fn role(&self, role: Role, decision: Option<Decision>) -> String {
        match role {
            Role::Text | Role::Prose => "text",
            Role::Value | Role::Key => "other string",
            Role::Number => "number",
            Role::Person => "name of a person",
            Role::Recording => "name of a recording",
            Role::Exempt if decision == Some(Decision::Kept) => "kept",
            Role::Exempt => "left alone",
            Role::Whole(Whole { entity, way }) => {
                let name = self.entities.name(entity);
                return match way {
                    Way::ByPolicy if matches!(self.policy.action(entity), Action::Keep) => {
                        "other string".to_owned()
                    }
                    Way::ByPolicy | Way::Label => format!("masked as {name}"),
                    Way::Generalise => format!("generalised as {name}"),
                    Way::Hash => "hashed".to_owned(),
                    Way::Drop => "dropped".to_owned(),
                };
            }
        }
        .to_owned()
    }
}

/// `1 record`, `2 records`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A pointer with `*` for positions in arrays: all elements are read alike.
fn general(pointer: &str) -> String {
    let part = |part: &str| match part {
        "" => String::new(),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => "*".to_owned(),
        name => name.to_owned(),
    };
    if !pointer.starts_with('/') {
        return pointer.to_owned();
    }
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn positions_are_generalised() {
        assert_eq!(general("/words/12/text"), "/words/*/text");
        assert_eq!(general("remark 1"), "remark 1");
        assert_eq!(general("/a1/2b"), "/a1/2b");
    }
}
