//! Which rows of a table are headers?
//!
//! One row of names, as a rule. Survey tools write more: Qualtrics the names, the questions and a row of
//! `{"ImportId":…}`; SurveyMonkey the questions and the choices. They are told by what stands in the rows, never
//! by the file's name.
//!
//! A row of data that passes for a header is read by the structured rules alone, so a row is only taken for one
//! when no answer could look like it.

use super::answers::is_label;
use super::fields::{Field, Fields};
use super::naming::{Naming, squeezed};

/// The header of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// How many of the first rows belong to it.
    pub(super) rows: usize,
    /// The survey tool that wrote it, if one did.
    pub(super) export: Option<Export>,
}

/// The survey tools whose exports have a form of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Export {
    Qualtrics,
    SurveyMonkey,
}

impl Export {
    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Export::Qualtrics => "Qualtrics",
            Export::SurveyMonkey => "SurveyMonkey",
        }
    }
}

/// Names of Qualtrics that make an export of its.
const MARKS: usize = 4;

/// The header of a table that begins with `rows`.
pub(super) fn recognise(rows: &[Vec<String>], fields: &Fields) -> Header {
    let Some((first, rest)) = rows.split_first() else { return Header::default() };
    if let Some(header) = of_survey(rows) {
        return header;
    }
    let is_header = looks_like_names(first, rest) || is_known(first, rest, fields) || contrasts(first, rest);
    Header { rows: usize::from(is_header), export: None }
}

/// The header of a survey tool's export.
pub(super) fn of_survey(rows: &[Vec<String>]) -> Option<Header> {
    let naming = Naming::shipped();
    let first = rows.first()?;
    // The row of ids is the last one of the header.
    if let Some(ids) = (1..rows.len().min(3)).find(|&at| is_import_ids(&rows[at])) {
        return Some(Header { rows: ids + 1, export: Some(Export::Qualtrics) });
    }
    let respondent = first.iter().position(|name| naming.is_respondent(name));
    if let Some(respondent) = respondent
        && first.iter().any(|name| naming.is_collector(name))
    {
        // Who answered has a number: a row without one holds the choices.
        let is_choices = |row: &Vec<String>| {
            row.get(respondent).is_none_or(|cell| cell.trim().is_empty())
                && row.iter().any(|cell| !cell.trim().is_empty())
        };
        let rows = 1 + usize::from(rows.get(1).is_some_and(is_choices));
        return Some(Header { rows, export: Some(Export::SurveyMonkey) });
    }
    let marks = |row: &Vec<String>| row.iter().filter(|name| naming.is_of_qualtrics(name)).count();
    if marks(first) >= MARKS {
        // The questions under the columns of the survey itself are their names once more.
        let echoes = |row: &Vec<String>| {
            let pairs = first.iter().zip(row).filter(|(name, _)| naming.is_of_qualtrics(name));
            pairs.filter(|(name, below)| squeezed(name) == squeezed(below)).count() >= 2
        };
        let rows = 1 + usize::from(rows.get(1).is_some_and(echoes));
        return Some(Header { rows, export: Some(Export::Qualtrics) });
    }
    // Of old: V1, V2, … over the names.
    let is_numbered = |name: &String| {
        name.strip_prefix(['V', 'Q']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_old = is_numbered(first.first()?) && rows.get(1).is_some_and(|row| marks(row) >= MARKS);
    is_old.then_some(Header { rows: 2, export: Some(Export::Qualtrics) })
}

/// Whether at least three columns have names that are known, and nothing in the row is data: a table, though
/// questions stand beside them.
pub(super) fn has_known_names(first: &[String]) -> bool {
    let naming = Naming::shipped();
    first.iter().filter(|name| naming.of_name(name).is_some()).count() >= 3
        && !first.iter().any(|cell| is_data(cell))
}

fn is_import_ids(row: &[String]) -> bool {
    let is_id = |cell: &str| cell.starts_with('{') && cell.contains("ImportId");
    let mut filled = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(is_id)
}

/// Short distinct names without digits at their start, over at least one row that looks otherwise.
fn looks_like_names(first: &[String], rest: &[Vec<String>]) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let named = first.iter().all(|name| {
        let name = name.trim();
        let fresh = !seen.contains(&name);
        seen.push(name);
        fresh
            && (1..=60).contains(&name.len())
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '#')
            && !name.contains('@')
    });
    let prose = |text: &String| text.split_whitespace().count() > 8;
    // A row that stands alone is data unless it is names throughout.
    let sentence = |text: &String| text.split_whitespace().count() > 3;
    let differs = match rest.first() {
        Some(second) => first.iter().zip(second).any(|(a, b)| a != b),
        None => !first.iter().any(sentence),
    };
    named && !first.iter().any(prose) && differs
}

/// Whether at least two columns have names that are known, over cells that are none, and nothing in the row is
/// data. Questions, names that come twice and empty ones may stand beside them.
fn is_known(first: &[String], rest: &[Vec<String>], fields: &Fields) -> bool {
    let naming = Naming::shipped();
    let is_name =
        |cell: &String| fields.of(cell.as_bytes()) != Field::Other || naming.of_name(cell).is_some();
    let below = |at: usize| rest.first().and_then(|row| row.get(at));
    let known = first
        .iter()
        .enumerate()
        .filter(|(at, cell)| is_name(cell) && below(*at).is_none_or(|below| !is_name(below)))
        .count();
    known >= 2 && !first.iter().any(|cell| is_data(cell))
}

/// Whether columns hold figures throughout, but not here, and nothing in the row is data: two of them, or one that
/// has a name of one word over several rows. A first answer may lack a figure, so a word for that is no name.
fn contrasts(first: &[String], rest: &[Vec<String>]) -> bool {
    const SEVERAL: usize = 3;
    let figures = |column: usize| {
        let mut cells =
            rest.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.trim().is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| is_data(cell))
    };
    if rest.len() < 2 || first.iter().any(|cell| is_data(cell)) {
        return false;
    }
    let (mut columns, mut named) = (0, false);
    for (column, name) in first.iter().enumerate().filter(|(_, name)| !name.trim().is_empty()) {
        if figures(column) {
            columns += 1;
            named |= name.trim().chars().all(char::is_alphanumeric) && !Naming::shipped().is_missing(name);
        }
    }
    columns >= 2 || columns == 1 && named && rest.len() >= SEVERAL
}

/// A number, a date, an address: what no header is. A label is what one of them became, or a second run would see
/// another header.
fn is_data(cell: &str) -> bool {
    let figure = |c: char| c.is_ascii_digit() || " .,:/-+%TZ".contains(c);
    cell.contains('@')
        || is_label(cell.trim())
        || cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().all(figure)
}

#[cfg(test)]
mod tests {
    use super::super::FieldOptions;
    use super::*;

    fn header(rows: &[&[&str]]) -> Header {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        recognise(&rows, &Fields::new(&FieldOptions::default()))
    }

    const NAMES: &[&str] = &["StartDate", "EndDate", "Status", "IPAddress", "Progress", "ResponseId", "Q1"];
    const QUESTIONS: &[&str] =
        &["Start Date", "End Date", "Response Type", "IP Address", "Progress", "Response ID", "Why?"];
    const IDS: &[&str] = &[
        "{\"ImportId\":\"startDate\",\"timeZone\":\"Europe/Paris\"}",
        "{\"ImportId\":\"endDate\"}",
        "{\"ImportId\":\"status\"}",
        "{\"ImportId\":\"ipAddress\"}",
        "{\"ImportId\":\"progress\"}",
        "{\"ImportId\":\"_recordId\"}",
        "{\"ImportId\":\"QID1_TEXT\"}",
    ];
    const DATA: &[&str] = &["2026-03-02 10:00", "2026-03-02 10:05", "0", "192.0.2.1", "100", "R_1", "Fine"];

    #[test]
    fn qualtrics() {
        let is = |rows| Header { rows, export: Some(Export::Qualtrics) };
        assert_eq!(header(&[NAMES, QUESTIONS, IDS, DATA]), is(3));
        assert_eq!(header(&[NAMES, QUESTIONS, IDS]), is(3));
        assert_eq!(header(&[&["A", "B"], &["a?", "b?"], &IDS[..2], &["x", "y"]]), is(3));
        assert_eq!(header(&[NAMES, QUESTIONS, DATA]), is(2));
        assert_eq!(header(&[NAMES, DATA, DATA]), is(1));
        assert_eq!(header(&[NAMES]), is(1));
        assert_eq!(header(&[&["V1", "V2", "V3", "V4", "V5", "V6", "Q1"], NAMES, DATA]), is(2));
    }

    #[test]
    fn surveymonkey() {
        let is = |rows| Header { rows, export: Some(Export::SurveyMonkey) };
        let first: &[&str] =
            &["Respondent ID", "Collector ID", "Why did you call us today, and what for?", ""];
        let data: &[&str] = &["114000000001", "4000001", "x", ""];
        assert_eq!(header(&[first, &["", "", "Response", "Other (please specify)"], data]), is(2));
        assert_eq!(header(&[first, &["", "", "Response", ""]]), is(2));
        // The choices were taken out.
        assert_eq!(header(&[first, data]), is(1));
        assert_eq!(header(&[first]), is(1));
    }

    #[test]
    fn one_row_or_none() {
        let is = |rows| Header { rows, export: None };
        let question =
            "Pourquoi avez-vous donné cette note, et que pourrions-nous faire de mieux pour vous ?";
        assert_eq!(header(&[&["id", "note"], &["1", "ok"]]), is(1));
        assert_eq!(header(&[&["Email", "Score", question, ""], &["a@example.com", "9", "x", ""]]), is(1));
        assert_eq!(header(&[&["Email", "Email", "Score"], &["a@example.com", "", "9"]]), is(1));
        assert_eq!(header(&[&["A?", "A?", question], &["1", "2", "x"], &["3", "4", "y"]]), is(1));
        let figures: &[&[&str]] = &[&["1", "x"], &["2", "y"], &["3", "z"]];
        let over = |first: &[&str]| header(&[&[first], figures].concat());
        assert_eq!(over(&["id", question]), is(1));
        assert_eq!(over(&["n/a", question]), is(0));
        assert_eq!(over(&["unknown", question]), is(0));
        assert_eq!(header(&[&["1", "fine"], &["2", "not"]]), is(0));
        assert_eq!(
            header(&[&["n/a", "my name is Marie Dupont and I am not happy with it"], &["2", "x"]]),
            is(0)
        );
        assert_eq!(header(&[]), is(0));
    }
}
