//! What does each column of a table hold, and what is done with it?
//!
//! Decided once, when a table is opened: from the user's word, else from the header rows, else from the first
//! rows of data. A reader of any kind of table hands over its rows as text and gets the role of each cell back.
//!
//! The user's word always counts. Without one, a column whose header names personal data is masked whole; ids of
//! the survey stay; answers that are written freely are text; in the export of a survey tool every other
//! column is text too, for nobody knows what people wrote there.

use super::answers::{Cells, are_choices, import_id};
use super::fields::{Field, FieldOptions, Fields, Memo};
use super::header::{Export, Header, recognise};
use super::naming::{Named, Naming, count_words, entity_of, squeezed, words};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{ColumnKind, ColumnView, DENIED, Entities, Entity, PERSON, Role, TypedColumn, Way, Whole};

/// What `--column` says of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOption {
    /// A header's name, or `#` and a position from 1.
    pub name: String,
    /// What is done with its cells.
    pub treatment: Treatment,
}

/// What is done with the cells of a column that the user names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Everything is looked for.
    Text,
    /// They stay as they are.
    Keep,
    /// They are written anew as a whole.
    Whole(Way),
}

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As a field of that kind.
    Field(Field),
    /// As ids of the survey: what looks the part stays.
    Survey,
    /// Not at all: masked whole.
    Whole(Whole),
    /// Not at all: the user keeps it.
    Keep,
    /// As a number that its name announces.
    Number,
}

/// A column.
struct Column {
    /// What it is called in findings and audit.
    name: String,
    /// Its header in the rows below the first, where the rules know a word of it.
    question: String,
    /// What its cells answer where they are text.
    asked: String,
    /// The choice that it stands for: a cell that repeats it says nothing of anybody.
    choice: String,
    /// Whether its cells say who speaks.
    is_speaker: bool,
    /// Whether the user names it.
    is_chosen: bool,
    reading: Reading,
}

/// The columns of a table.
pub(super) struct Columns {
    /// Its header.
    pub(super) header: Header,
    columns: Vec<Column>,
    fields: Fields,
    /// `--only-text-fields`.
    only_text: bool,
    names: Vec<String>,
    conversation: Option<usize>,
}

impl Columns {
    /// Of a table that begins with `rows`.
    ///
    /// # Errors
    /// [`Error::Usage`] when the user names a column that is not there.
    pub(super) fn new(rows: &[Vec<String>], options: &FieldOptions) -> Result<Columns> {
        let fields = Fields::new(options);
        let header = recognise(rows, &fields);
        Columns::under(header, rows, options)
    }

    /// Of a table of which the header is known.
    ///
    /// # Errors
    /// As [`Columns::new`].
    pub(super) fn under(header: Header, rows: &[Vec<String>], options: &FieldOptions) -> Result<Columns> {
        let fields = Fields::new(options);
        let (heads, body) = rows.split_at(header.rows);
        let width = rows.first().map_or(0, Vec::len);
        let mut columns: Vec<Column> = (0..width).map(|at| column(heads, header, at)).collect();
        for name in &options.text {
            if !options.may_lack && !columns.iter().any(|column| column.name == *name) {
                return Err(missing(name, &columns));
            }
        }
        let announcing = Announcing::new(&options.headings);
        for (at, column) in columns.iter_mut().enumerate() {
            let heads = heads_of(heads, header, at);
            let cells = Cells { rows: body, column: at };
            column.reading = if options.text.contains(&column.name) {
                column.is_chosen = true;
                Reading::Field(Field::Text)
            } else {
                // The name of a choice may be anything: it does not count as the column's own.
                let own = own_name(&rows[..header.rows.min(1)], at).unwrap_or_default();
                decide((own, &heads), cells, header, &fields, options)
            };
            let is_named = fields.of(column.name.as_bytes()) == Field::Text;
            column.ask(&heads, header, &announcing, is_named);
        }
        // A column that tells rows apart does so whatever becomes of its cells.
        let is = |column: &Column, field| column.reading == Reading::Field(field);
        let conversation = columns.iter().position(|column| is(column, Field::Conversation));
        columns.iter_mut().for_each(|column| column.is_speaker = is(column, Field::Speaker));
        if width > 0 {
            apply(&mut columns, heads, header, options)?;
        }
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok(Columns { header, columns, fields, only_text: options.only_text, names, conversation })
    }

    /// Leaves the columns of a typed table alone that cannot hold what is looked for, and forgets them. Returns what
    /// becomes of each.
    ///
    /// Numbers and dates are looked at where their column's name announces something, strings always.
    ///
    /// # Errors
    /// [`Error::Usage`] when cells are to be masked that may not be empty and can hold nothing else.
    pub(super) fn narrow(
        &mut self,
        typed: &[TypedColumn],
        options: &FieldOptions,
    ) -> Result<Vec<ColumnView>> {
        let announcing = Announcing::new(&options.headings);
        let mut shown = Vec::with_capacity(typed.len());
        for (column, typed) in self.columns.iter_mut().zip(typed) {
            let is_string = matches!(typed.kind, ColumnKind::Text | ColumnKind::Bytes);
            if let (false, false, true, Reading::Whole(whole)) =
                (is_string, typed.nullable, column.is_chosen, column.reading)
                && whole.way != Way::Generalise
            {
                return Err(Error::Usage(format!(
                    "the column `{}` has a value in each row that is no string, and cannot be masked; keep it, or \
                     write the file anew with a column that may be empty",
                    typed.name
                )));
            }
            shown.push(column.shown(typed.kind, &announcing));
        }
        let mut is_shown = shown.iter().map(|shown| *shown != ColumnView::Hidden);
        self.columns.retain(|_| is_shown.next().unwrap_or(true));
        self.names = self.columns.iter().map(|column| column.name.clone()).collect();
        let is_id = |column: &Column| column.reading == Reading::Field(Field::Conversation);
        self.conversation = self.columns.iter().position(is_id);
        Ok(shown)
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The column whose cells are the conversation's id.
    pub(super) fn conversation(&self) -> Option<usize> {
        self.conversation
    }

    /// Whether the cells of a column say who speaks.
    pub(super) fn is_speaker(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| column.is_speaker)
    }

    /// The role of a cell. What stands beyond the last column may be the rest of any of them: text.
    pub(super) fn role(&self, column: usize, value: &[u8], speakers: &mut Memo<bool>) -> Role {
        let Some(column) = self.columns.get(column) else {
            return if self.only_text { Role::Exempt } else { Role::Text };
        };
        let otherwise = self.fields.otherwise();
        let is_choice = !column.choice.is_empty() && value == column.choice.as_bytes();
        match column.reading {
            Reading::Field(Field::Text) if is_choice => otherwise,
            Reading::Field(field) => self.fields.role(field, value, otherwise, true, speakers),
            Reading::Survey if looks_like_id(value) => Role::Exempt,
            Reading::Survey => otherwise,
            Reading::Keep => Role::Exempt,
            Reading::Number if self.only_text => Role::Exempt,
            Reading::Number => Role::Number,
            Reading::Whole(whole) if whole.way == Way::ByPolicy => {
                if self.only_text || is_choice {
                    otherwise
                } else {
                    Role::Whole(whole)
                }
            }
            Reading::Whole(whole) => Role::Whole(whole),
        }
    }

    /// The role of a cell in a row with more cells than there are columns: they may have moved, so all that is
    /// not masked as a whole is read as text.
    pub(super) fn role_if_moved(&self, column: usize, role: Role) -> Role {
        match role {
            Role::Value | Role::Exempt if !self.only_text && self.conversation != Some(column) => Role::Text,
            role => role,
        }
    }

    /// What context words may stand on: the name of a cell's column and its question.
    pub(super) fn keys(&self, column: usize) -> [&[u8]; 2] {
        match self.columns.get(column).filter(|_| self.header.rows > 0) {
            Some(column) => [column.name.as_bytes(), column.question.as_bytes()],
            None => [&[]; 2],
        }
    }

    /// The question that a text cell answers, if the rules know a word of it.
    pub(super) fn asked(&self, column: usize) -> &[u8] {
        self.columns
            .get(column)
            .filter(|_| self.header.rows > 0)
            .map_or(&[], |column| column.asked.as_bytes())
    }

    /// The header, for people.
    pub(super) fn about_header(&self) -> String {
        let rows = format!("{} header row{}", self.header.rows, if self.header.rows == 1 { "" } else { "s" });
        match self.header.export {
            Some(export) => format!("{} export, {rows}, ", export.name()),
            None if self.header.rows == 0 => "no header, ".to_owned(),
            None => String::new(),
        }
    }

    /// The columns with whether each is text.
    pub(super) fn about(&self) -> String {
        const SHOWN: usize = 12;
        if self.columns.len() > SHOWN {
            return format!("{} columns", self.columns.len());
        }
        let of_column = |column: &Column| match column.reading {
            Reading::Field(Field::Text) => format!("{} (text)", column.name),
            _ => column.name.clone(),
        };
        format!("columns {}", self.columns.iter().map(of_column).collect::<Vec<_>>().join(", "))
    }

    /// What is done with each column, where that is known before its cells are seen.
    pub(super) fn decisions(&self) -> Vec<Option<Decision>> {
        let of_column = |column: &Column| match column.reading {
            Reading::Keep => Some(Decision::Kept),
            Reading::Whole(whole) if !self.only_text || whole.way != Way::ByPolicy => {
                Some(Decision::Whole(whole))
            }
            Reading::Field(Field::Text) => Some(Decision::Text),
            _ => None,
        };
        self.columns.iter().map(of_column).collect()
    }
}

impl Column {
    /// Whether cells of that kind are looked at.
    fn shown(&mut self, kind: ColumnKind, announcing: &Announcing) -> ColumnView {
        let announces = announcing.is_in(&self.name, usize::MAX);
        match (self.reading, kind) {
            (Reading::Keep, _) => ColumnView::Hidden,
            (Reading::Whole(_), ColumnKind::Other) if !self.is_chosen => ColumnView::Hidden,
            (Reading::Whole(_), _) => ColumnView::Whole,
            (_, ColumnKind::Text | ColumnKind::Bytes) => ColumnView::Read,
            (_, ColumnKind::Other) => ColumnView::Hidden,
            _ if self.is_chosen => ColumnView::Read,
            // Which rows belong together may be told by numbers, and who speaks.
            (Reading::Field(Field::Conversation | Field::Speaker), ColumnKind::Number) => ColumnView::Read,
            (_, ColumnKind::Number) if announces => {
                self.reading = Reading::Number;
                ColumnView::Read
            }
            (Reading::Field(Field::Time) | Reading::Survey, _) => ColumnView::Hidden,
            (_, ColumnKind::Time) if announces => {
                self.reading = Reading::Field(Field::Other);
                ColumnView::Read
            }
            _ => ColumnView::Hidden,
        }
    }

    /// Notes what its cells answer, where the rules know a word of it.
    fn ask(&mut self, heads: &[&str], header: Header, announcing: &Announcing, is_named: bool) {
        let below: Vec<&str> =
            heads.iter().copied().filter(|head| *head != self.name && import_id(head).is_none()).collect();
        let question = below.join(" ");
        // The name of a question at Qualtrics is `Q7`.
        let asked = if header.export == Some(Export::Qualtrics) && !question.is_empty() {
            question.clone()
        } else {
            format!("{} {question}", if header.rows == 0 { "" } else { &self.name })
        };
        // `Ticket description` is over what somebody tells; its words would make references of all numbers there.
        let naming = Naming::shipped();
        let asks = naming.asks(&asked) && !naming.is_open(&asked);
        if !is_named && asks && announcing.is_in(&asked, ASKED_WORDS) {
            self.asked = asked;
        }
        if announcing.is_in(&question, usize::MAX) {
            self.question = question;
        }
    }
}

/// What is done with a column, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Everything is looked for.
    Text,
    /// The user keeps it.
    Kept,
    /// Each cell is written anew.
    Whole(Whole),
}

/// Words of a question beyond which its words are no context for an answer.
const ASKED_WORDS: usize = 16;

/// The column number `at`, not decided yet.
fn column(heads: &[Vec<String>], header: Header, at: usize) -> Column {
    let own =
        |row: usize| heads.get(row).and_then(|row| row.get(at)).map(|cell| cell.trim()).unwrap_or_default();
    let number = || if header.rows == 0 { (at + 1).to_string() } else { format!("#{}", at + 1) };
    let name = own_name(heads, at);
    let below = || Some(own(1)).filter(|name| !name.is_empty()).map(str::to_owned);
    let choice = match header.export {
        Some(Export::SurveyMonkey) => own(1),
        Some(Export::Qualtrics) => own(1).rsplit_once(" - ").map_or("", |(_, choice)| choice),
        None => "",
    };
    Column {
        name: name.map(str::to_owned).or_else(below).unwrap_or_else(number),
        question: String::new(),
        asked: String::new(),
        choice: choice.to_owned(),
        is_speaker: false,
        is_chosen: false,
        reading: Reading::Field(Field::Other),
    }
}

/// What the first header row calls a column.
fn own_name(heads: &[Vec<String>], at: usize) -> Option<&str> {
    heads.first()?.get(at).map(String::as_str).filter(|name| !name.trim().is_empty())
}

/// The header cells of a column that hold something. Where SurveyMonkey writes a question once over the columns
/// of its choices, each of them has it.
fn heads_of<'a>(heads: &'a [Vec<String>], header: Header, at: usize) -> Vec<&'a str> {
    let cell = |row: &'a Vec<String>, at: usize| row.get(at).map(|cell| cell.trim()).unwrap_or_default();
    let mut out = Vec::with_capacity(3);
    for (number, row) in heads.iter().enumerate() {
        let mut own = cell(row, at);
        let is_shared = header.export == Some(Export::SurveyMonkey) && number == 0 && header.rows == 2;
        if is_shared && own.is_empty() {
            own = (0..at).rev().map(|at| cell(row, at)).find(|cell| !cell.is_empty()).unwrap_or_default();
        }
        if !own.is_empty() {
            out.push(own);
        }
    }
    out
}

/// How a column is read that the user does not name.
fn decide(
    (name, heads): (&str, &[&str]),
    cells: Cells,
    header: Header,
    fields: &Fields,
    options: &FieldOptions,
) -> Reading {
    let naming = Naming::shipped();
    let by_name = fields.of(name.as_bytes());
    let whole = |entity| Reading::Whole(Whole { entity, way: Way::ByPolicy });
    match by_name {
        Field::Other => {}
        Field::Person => return whole(PERSON),
        field => return Reading::Field(field),
    }
    let is_masked = |named: &Named| entity_of(*named).is_some();
    let below = || heads.iter().filter(|head| **head != name);
    let masked = naming.of_name(name).filter(is_masked).or_else(|| {
        let one_of_many = |head: &str| words(head).contains("selected choice");
        let asked = below()
            .find_map(|head| naming.of_name(head).filter(is_masked))
            .or_else(|| heads.iter().find_map(|head| naming.of_question(head)).filter(is_masked));
        asked.filter(|_| !cells.are_ticks(heads) && !heads.iter().any(|head| one_of_many(head)))
    });
    if let Some(entity) = masked.and_then(entity_of) {
        return whole(entity);
    }
    let named = naming.of_name(name);
    match named {
        Some(Named::Survey) if !cells.is_prose() => return Reading::Survey,
        Some(Named::Mark) if !cells.is_prose() => return Reading::Field(Field::Other),
        _ => {}
    }
    let is_text = options.text.is_empty()
        && (named == Some(Named::Text)
            || below().any(|head| naming.of_name(head) == Some(Named::Text))
            || heads.iter().any(|head| naming.is_open(head))
            || cells.is_prose()
            || header.export.is_some_and(|export| !are_choices(export, heads, cells)));
    Reading::Field(if is_text { Field::Text } else { Field::Other })
}

/// Puts the user's word in force.
fn apply(
    columns: &mut [Column],
    heads: &[Vec<String>],
    header: Header,
    options: &FieldOptions,
) -> Result<()> {
    for option in &options.columns {
        let at = option.name.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        let chosen: Vec<usize> = match at {
            Some(number) => (number.wrapping_sub(1)..number).filter(|&at| at < columns.len()).collect(),
            // Called 1, 2, … where there is no header.
            None if heads.is_empty() => {
                (0..columns.len()).filter(|&at| columns[at].name == option.name).collect()
            }
            None => {
                // The first header row that has the name decides; in it, every column of that name.
                let wanted = squeezed(&option.name);
                // `?` is a header too, and not the same as an empty one.
                let is_same = |name: &String| {
                    if wanted.is_empty() { *name == option.name } else { squeezed(name) == wanted }
                };
                let of_row = |row: &Vec<String>| -> Vec<usize> {
                    let is_it = |&at: &usize| row.get(at).is_some_and(is_same);
                    (0..columns.len()).filter(is_it).collect()
                };
                heads.iter().map(of_row).find(|found| !found.is_empty()).unwrap_or_default()
            }
        };
        if chosen.is_empty() && !options.may_lack {
            return Err(missing(&option.name, columns));
        }
        for at in chosen {
            columns[at].choice.clear();
            columns[at].is_chosen = true;
            columns[at].reading = match option.treatment {
                Treatment::Text => Reading::Field(Field::Text),
                Treatment::Keep => Reading::Keep,
                Treatment::Whole(way) => {
                    let heads = heads_of(heads, header, at);
                    Reading::Whole(Whole { entity: entity_for(&heads, columns[at].reading), way })
                }
            };
        }
    }
    Ok(())
}

/// What a column holds that the user has masked whole.
fn entity_for(heads: &[&str], reading: Reading) -> Entity {
    let of = |name: &str| Entities::default().find(name).unwrap_or(DENIED);
    match reading {
        Reading::Whole(whole) => return whole.entity,
        Reading::Field(Field::PersonAtTop | Field::Speaker) => return PERSON,
        Reading::Field(Field::Time) => return of("DATE"),
        Reading::Field(Field::Conversation) | Reading::Survey => return of("REFERENCE"),
        _ => {}
    }
    let naming = Naming::shipped();
    let named = heads.iter().find_map(|head| naming.of_name(head).and_then(entity_of));
    let asked = || heads.iter().find_map(|head| naming.of_question(head).and_then(entity_of));
    let parts = |word: &str| heads.iter().any(|head| words(head).split(' ').any(|part| part == word));
    let is_date = || ["date", "datum", "fecha", "data", "day", "jour"].into_iter().any(parts);
    let is_id = || ["id", "ref", "reference", "number", "numero", "nummer", "code"].into_iter().any(parts);
    named.or_else(asked).unwrap_or_else(|| {
        if is_date() {
            of("DATE")
        } else if is_id() {
            of("REFERENCE")
        } else {
            DENIED
        }
    })
}

fn missing(name: &str, columns: &[Column]) -> Error {
    // What the columns are called stays in the table: a header may hold anything.
    Error::Usage(format!(
        "the table has no column `{name}`; it has {}, which are called 1, 2, … where no header names them \
         (sourdine formats FILE shows them); --allow-missing-columns reads the tables that lack it as if nobody had \
         named it",
        columns.len()
    ))
}

/// One word without an address in it.
fn looks_like_id(value: &[u8]) -> bool {
    value.len() <= 40 && value.iter().all(|&b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// Words that announce values.
struct Announcing(Vec<String>);

impl Announcing {
    fn new(headings: &[String]) -> Self {
        let mut first: Vec<String> = headings
            .iter()
            .filter_map(|heading| words(heading).split(' ').next().map(str::to_owned))
            .collect();
        first.sort_unstable();
        first.dedup();
        Announcing(first)
    }

    /// Whether a header holds one of them and is no longer than `most` words.
    fn is_in(&self, header: &str, most: usize) -> bool {
        let count = count_words(header);
        (1..=most).contains(&count)
            && header.len() <= limits::QUESTION_BYTES
            && words(header)
                .split(' ')
                .any(|word| self.0.binary_search_by(|known| known.as_str().cmp(word)).is_ok())
    }
}
