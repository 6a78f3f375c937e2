//! Which town belongs to a postcode?
//!
//! `49100 Angers`, `null vier zwo zwo neun leipzig`: who says a postcode says its town next. A known town does, and
//! anything that is no usual word; written with capitals, all of its parts. It must end the sentence or a part of it.
//!
//! It costs a look at the bytes behind each postcode.

use super::{Place, Ruleset, Scratch, names};

/// Digits at the end of postcodes that stand before their town.
const DIGITS: usize = 4;
/// Parts of a town's name: `Aire-sur-la-Lys`, `Castellón de la Plana`.
const PARTS: usize = 5;
/// Bytes of it.
const NAME: usize = 120;
/// Small words between them.
const BETWEEN: [&str; 22] = [
    "sur", "sous", "la", "le", "les", "de", "del", "du", "des", "di", "in", "am", "an", "der", "bei", "im",
    "ob", "lès", "en", "aux", "el", "los",
];

impl Ruleset {
    /// Takes the towns behind postcodes in.
    pub(super) fn towns(&self, place: &Place, scratch: &mut Scratch) {
        let Scratch { findings, values, .. } = scratch;
        for finding in findings.iter_mut().filter(|finding| Some(finding.entity) == self.postcode) {
            let written = values.get(finding.value).unwrap_or_else(|| finding.span.of(place.text.bytes));
            // Behind `SW1A 1AA` nothing follows.
            if !written.iter().rev().take(DIGITS).all(u8::is_ascii_digit) {
                continue;
            }
            let behind = &place.text.bytes[finding.span.end as usize..place.end];
            finding.span.end += town(behind) as u32;
        }
    }
}

/// The bytes of the town that the text begins with, with the blank before it; none where it begins with something else.
fn town(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b" ").or_else(|| text.strip_prefix(b", ")) else { return 0 };
    let blank = text.len() - rest.len();
    // No more than that is looked at, however many postcodes stand before.
    let near = &rest[..rest.len().min(NAME)];
    let valid = std::str::from_utf8(near).map_or_else(|error| error.valid_up_to(), str::len);
    let text = std::str::from_utf8(&near[..valid]).unwrap_or_default();
    let (mut end, mut at) = (0, 0);
    for part in 0..PARTS {
        let word = word_at(&text[at..]);
        let is_capital =
            word.starts_with(char::is_uppercase) && word.chars().nth(1).is_some_and(char::is_lowercase);
        let is_town = match part {
            0 => {
                let is_known = names::is_town(word.as_bytes()) || is_capital && names::is_place(word);
                is_known || names::is_unheard_of(word)
            }
            // `Getafe pues el lunes`: in small letters a town is one word.
            _ => is_capital && text.starts_with(char::is_uppercase),
        };
        if is_town {
            end = at + word.len();
        } else if part == 0 || !BETWEEN.contains(&word) {
            break;
        }
        at += word.len();
        match text[at..].chars().next() {
            Some(' ' | '-') => at += 1,
            _ => break,
        }
    }
    // A word that goes on is no more than that: `29200 brest c'est ça` is let be, `29200 brest` is not.
    let is_all = !text[end..].trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if end == 0 || !is_all { 0 } else { blank + end }
}

/// The letters that the text begins with.
fn word_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::town;

    #[test]
    fn towns_and_other_words() {
        let of = |text: &str| text[..town(text.as_bytes())].to_owned();
        assert_eq!(of(" Angers, merci"), " Angers");
        assert_eq!(of(" leipzig"), " leipzig");
        assert_eq!(of(" leipzig das ist"), "");
        assert_eq!(of(" Brest-sur-Mer."), " Brest-sur-Mer");
        assert_eq!(of(", Frankfurt am Main"), ", Frankfurt am Main");
        assert_eq!(of(" gembloux, c'est ça"), " gembloux");
        for text in [" euros", " c'est bon", "", " et", " Please call", " 12", "-a"] {
            assert_eq!(of(text), "", "{text}");
        }
    }
}
