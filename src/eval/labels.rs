//! Which characters did somebody label?
//!
//! Offsets are Unicode code points of the text, the end exclusive, as doccano, Python and spaCy count. A
//! label is `[start, end, "TYPE"]` or an object with `start_offset`, `end_offset` and `label`. What cannot
//! be meant is refused with the reason; no reason quotes the text or a label that is none.

use serde_json::Value;

use super::scheme::{Kind, Scheme};
use crate::limits;

/// A labelled span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// First code point.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Its type; `None` when it is left out.
    pub kind: Option<Kind>,
}

/// Reads the labels of a text that is `length` code points long: in order, those of one type that overlap
/// united.
pub(super) fn labels(value: &Value, length: usize, scheme: &mut Scheme) -> Result<Vec<Label>, String> {
    let mut labels = Vec::new();
    for (number, entry) in entries(value, "label")? {
        let about = |what: String| format!("label {number}: {what}");
        let (start, end, name) = span(entry, length).map_err(about)?;
        let name = name.ok_or_else(|| about(FORM.to_owned()))?;
        let Some(kind) = (name.len() <= limits::GOLD_LABEL_BYTES).then(|| scheme.read(name)).flatten() else {
            return Err(about(
                "its type is longer than 64 bytes, or there are more than 256 types; the third member names the \
                 type, such as \"PERSON\""
                    .to_owned(),
            ));
        };
        labels.push(Label { start, end, kind });
    }
    labels.sort_by_key(|label| (label.start, label.end, label.kind));
    let labels = unite(labels);
    match partly_shared(&labels) {
        Some((start, end)) => Err(format!(
            "labels of different types overlap in part, from {start} to {end}; give these characters to one of \
             them, or --map both types to one entity"
        )),
        None => Ok(labels),
    }
}

/// Reads the spans that are not scored.
pub(super) fn ignored(value: &Value, length: usize) -> Result<Vec<(u32, u32)>, String> {
    entries(value, "ignore")?
        .map(|(number, entry)| {
            let (start, end, _) = span(entry, length).map_err(|what| format!("ignore {number}: {what}"))?;
            Ok((start, end))
        })
        .collect()
}

const FORM: &str =
    "write [start, end, \"TYPE\"], or {\"start_offset\": start, \"end_offset\": end, \"label\": \"TYPE\"}";

fn entries<'a>(value: &'a Value, key: &str) -> Result<impl Iterator<Item = (usize, &'a Value)>, String> {
    let list =
        value.as_array().ok_or_else(|| format!("`{key}` is no list; write [[start, end, \"TYPE\"], …]"))?;
    Ok((1..).zip(list))
}

fn span(entry: &Value, length: usize) -> Result<(u32, u32, Option<&str>), String> {
    let (start, end, name) = match entry {
        Value::Array(parts) if (2..=3).contains(&parts.len()) => (&parts[0], &parts[1], parts.get(2)),
        Value::Object(parts) => match (parts.get("start_offset"), parts.get("end_offset")) {
            (Some(start), Some(end)) => (start, end, parts.get("label")),
            _ => return Err(FORM.to_owned()),
        },
        _ => return Err(FORM.to_owned()),
    };
    let (Some(start), Some(end)) = (start.as_u64(), end.as_u64()) else {
        return Err(format!("start and end are whole numbers from 0; {FORM}"));
    };
    let name = match name {
        None => None,
        Some(Value::String(name)) if !name.is_empty() => Some(name.as_str()),
        Some(_) => return Err(format!("its type is no name; {FORM}")),
    };
    if start >= end {
        return Err(format!(
            "starts at {start} and ends at {end}; the end lies after the start (it is exclusive)"
        ));
    }
    if end > length as u64 {
        return Err(format!(
            "ends at {end}, but the text has {length} characters; count Unicode code points, not bytes"
        ));
    }
    Ok((start as u32, end as u32, name))
}

/// Unites overlapping labels of one type, which mean what they cover together. `labels` are in order.
fn unite(labels: Vec<Label>) -> Vec<Label> {
    let mut united: Vec<Label> = Vec::with_capacity(labels.len());
    for label in labels {
        // Among those that are in order, only the last one of the type can reach into this one.
        match united.iter_mut().rev().find(|known| known.kind == label.kind) {
            Some(known) if label.start < known.end => known.end = known.end.max(label.end),
            _ => united.push(label),
        }
    }
    united
}

/// The characters that two labels share of which neither holds the other. A label may lie in another: a
/// postcode in its address. Labels that are left out may lie anywhere.
fn partly_shared(labels: &[Label]) -> Option<(u32, u32)> {
    let scored: Vec<&Label> = labels.iter().filter(|label| label.kind.is_some()).collect();
    // The labels that reach beyond the start of the one at hand, each within those before it.
    let mut around: Vec<(u32, u32)> = Vec::new();
    for label in scored {
        around.retain(|&(_, end)| end > label.start);
        let cut = around.iter().find(|&&(start, end)| start < label.start && end < label.end);
        if let Some(&(_, end)) = cut {
            return Some((label.start, end));
        }
        around.push((label.start, label.end));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Entities;
    use serde_json::json;

    fn read(value: &Value) -> Result<Vec<(u32, u32)>, String> {
        let mut scheme =
            Scheme::new(&Entities::default(), &["SKIP=".to_owned()], false, &[]).expect("a scheme");
        labels(value, 20, &mut scheme).map(|labels| labels.iter().map(|l| (l.start, l.end)).collect())
    }

    #[test]
    fn one_type_is_united_and_types_may_nest() {
        assert_eq!(read(&json!([[4, 9, "PERSON"], [0, 5, "PERSON"]])), Ok(vec![(0, 9)]));
        assert_eq!(read(&json!([[0, 5, "PERSON"], [5, 9, "PERSON"]])), Ok(vec![(0, 5), (5, 9)]));
        assert_eq!(read(&json!([[0, 9, "ADDRESS"], [4, 9, "POSTCODE"]])), Ok(vec![(0, 9), (4, 9)]));
        assert_eq!(read(&json!([[0, 9, "URL"], [0, 9, "EMAIL"]])), Ok(vec![(0, 9), (0, 9)]));
        // Of one type with another in between.
        assert_eq!(
            read(&json!([[0, 9, "PERSON"], [1, 3, "URL"], [8, 12, "PERSON"]])),
            Ok(vec![(0, 12), (1, 3)])
        );
    }

    #[test]
    fn types_that_overlap_in_part_are_refused_unless_left_out() {
        let cut = read(&json!([[0, 5, "PERSON"], [3, 9, "URL"]]));
        assert!(cut.is_err_and(|what| what.contains("from 3 to 5")));
        let cut = read(&json!([[0, 15, "ADDRESS"], [2, 6, "PERSON"], [4, 9, "URL"]]));
        assert!(cut.is_err_and(|what| what.contains("from 4 to 6")));
        assert_eq!(read(&json!([[0, 5, "PERSON"], [3, 9, "SKIP"]])), Ok(vec![(0, 5), (3, 9)]));
    }
}
