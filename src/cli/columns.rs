//! What does `--column NAME=HOW` say?
//!
//! The name of a header may hold `=`, so the last one parts it from what is done.

use crate::format::{ColumnOption, Treatment};
use crate::model::Way;

/// What can be done with a column, by name.
const TREATMENTS: &[(&str, Treatment)] = &[
    ("text", Treatment::Text),
    ("mask", Treatment::Whole(Way::Label)),
    ("hash", Treatment::Whole(Way::Hash)),
    ("drop", Treatment::Whole(Way::Drop)),
    ("keep", Treatment::Keep),
    ("generalise", Treatment::Whole(Way::Generalise)),
];

/// Reads the option's value.
pub(super) fn parse(given: &str) -> Result<ColumnOption, String> {
    let names: Vec<&str> = TREATMENTS.iter().map(|(name, _)| *name).collect();
    let how = || format!("say NAME=HOW, where HOW is one of {}", names.join(", "));
    let (name, wanted) = given.rsplit_once('=').ok_or_else(how)?;
    let wanted = if wanted == "generalize" { "generalise" } else { wanted };
    let treatment = TREATMENTS.iter().find(|(known, _)| *known == wanted).map(|(_, treatment)| *treatment);
    match treatment {
        Some(treatment) if !name.trim().is_empty() => Ok(ColumnOption { name: name.to_owned(), treatment }),
        _ => Err(how()),
    }
}

/// What the user calls it.
pub(super) fn name_of(treatment: Treatment) -> &'static str {
    TREATMENTS.iter().find(|(_, known)| *known == treatment).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_treatments() {
        let given = parse("a=b=hash").expect("an option");
        assert_eq!((given.name.as_str(), name_of(given.treatment)), ("a=b", "hash"));
        assert_eq!(parse("#3=generalize").expect("an option").treatment, Treatment::Whole(Way::Generalise));
        for wrong in ["a", "a=", "=drop", "a=masks", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
