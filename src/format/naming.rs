//! What does a header say that its column holds?
//!
//! A header may be a name (`RecipientEmail`, `Téléphone du client`), a question that asks for something with a
//! name (`What is your e-mail address?`), or a question that is answered freely (`Pourquoi cette note ?`). The
//! names stand in `patterns/lexicons/columns.toml`, those of people in `fields.toml`.
//!
//! Nothing here reads a cell.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::fields;
use crate::model::{Entities, Entity, PERSON};

/// What a name says of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Values of that entity, each cell as a whole.
    Masked(Entity),
    /// Names of people.
    Person,
    /// Ids of the survey itself.
    Survey,
    /// Its marks: a status, a score.
    Mark,
    /// What people wrote.
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lexicon {
    owners: Vec<String>,
    owned: Vec<String>,
    asks: Vec<String>,
    closings: Vec<String>,
    survey: Vec<String>,
    marks: Vec<String>,
    respondent: Vec<String>,
    collector: Vec<String>,
    qualtrics: Vec<String>,
    text: Vec<String>,
    open_ends: Vec<String>,
    open_questions: Vec<String>,
    closed: Vec<String>,
    closed_ends: Vec<String>,
    missing: Vec<String>,
    masked: Vec<Masked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Masked {
    entity: String,
    names: Vec<String>,
}

/// The names, folded. Asked, never listed.
pub(super) struct Naming {
    names: HashMap<String, Named>,
    /// Names of people only where somebody owns them or is asked for them: `name`, `nom`.
    owned: Vec<String>,
    owners: Vec<String>,
    /// As words, longest first.
    asks: Vec<String>,
    closings: Vec<String>,
    respondent: Vec<String>,
    collector: Vec<String>,
    qualtrics: Vec<String>,
    open_ends: Vec<String>,
    open_questions: Vec<String>,
    closed: Vec<String>,
    closed_ends: Vec<String>,
    missing: Vec<String>,
}

/// Words of a question beyond which it asks for more than a name.
const ASKED_WORDS: usize = 16;

/// Words of a header from which on it is more than a name.
const QUESTION_WORDS: usize = 3;

impl Naming {
    /// The names that come with the program.
    pub(super) fn shipped() -> &'static Naming {
        static SHIPPED: OnceLock<Naming> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let text = include_str!("../../patterns/lexicons/columns.toml");
            Naming::new(toml::from_str(text).expect("the shipped lexicon is tested"))
        })
    }

    fn new(lexicon: Lexicon) -> Naming {
        let entities = Entities::default();
        let mut names = HashMap::new();
        for masked in &lexicon.masked {
            let entity = entities.find(&masked.entity).expect("the shipped lexicon is tested");
            for name in &masked.names {
                names.entry(squeezed(name)).or_insert(Named::Masked(entity));
            }
        }
        for (list, named) in [
            (fields::people(), Named::Person),
            (lexicon.survey, Named::Survey),
            (lexicon.marks, Named::Mark),
            (lexicon.text, Named::Text),
        ] {
            for name in list {
                names.entry(squeezed(&name)).or_insert(named);
            }
        }
        let all = |list: Vec<String>, fold: fn(&str) -> String| {
            let mut list: Vec<String> = list.iter().map(|name| fold(name)).collect();
            list.sort_by_key(|name| std::cmp::Reverse(name.len()));
            list
        };
        Naming {
            names,
            owned: all(lexicon.owned, squeezed),
            owners: all(lexicon.owners, squeezed),
            asks: all(lexicon.asks, words),
            closings: all(lexicon.closings, words),
            respondent: all(lexicon.respondent, squeezed),
            collector: all(lexicon.collector, squeezed),
            qualtrics: all(lexicon.qualtrics, squeezed),
            open_ends: all(lexicon.open_ends, words),
            open_questions: all(lexicon.open_questions, words),
            closed: all(lexicon.closed, words),
            closed_ends: all(lexicon.closed_ends, words),
            missing: all(lexicon.missing, squeezed),
        }
    }

    /// What a header that is a name says.
    pub(super) fn of_name(&self, header: &str) -> Option<Named> {
        self.known(&squeezed(header))
    }

    fn known(&self, name: &str) -> Option<Named> {
        // `Custom Data 3`, `Adresse 2`.
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = if bare.len() < 2 { name } else { bare };
        let found = |name: &str| self.names.get(name).copied();
        let of_owner = |rest: &str| found(rest).or_else(|| self.of_owned(rest));
        found(name).or_else(|| found(bare)).or_else(|| {
            let rests =
                |owner: &String| [bare.strip_prefix(owner.as_str()), bare.strip_suffix(owner.as_str())];
            self.owners.iter().flat_map(rests).flatten().find_map(of_owner)
        })
    }

    fn of_owned(&self, name: &str) -> Option<Named> {
        self.owned.iter().any(|owned| owned == name).then_some(Named::Person)
    }

    /// What a header that asks for something with a name says, and the part of a form that follows a dash or
    /// colon (`Your details - First name`).
    pub(super) fn of_question(&self, header: &str) -> Option<Named> {
        let part = [" - ", ": ", " – ", " | ", "? "]
            .iter()
            .filter_map(|dash| header.rfind(dash).map(|at| at + dash.len()));
        let label = part.max().map(|at| &header[at..]);
        label.into_iter().chain([header]).find_map(|asked| self.asked_for(asked))
    }

    /// Whether a header asks for something: it begins so (`What is your …`) or ends in a name of two words and more
    /// (`… at which telephone number?`).
    pub(super) fn asks(&self, header: &str) -> bool {
        const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=4;
        let plain = words(header);
        let all: Vec<&str> = plain.split(' ').collect();
        let is_name = |count: usize| {
            let name = all.get(all.len().saturating_sub(count)..).unwrap_or_default().concat();
            matches!(self.names.get(&name), Some(Named::Masked(_)))
        };
        self.asks.iter().any(|ask| strip_start(&plain, ask).is_some()) || NAME_WORDS.into_iter().any(is_name)
    }

    fn asked_for(&self, question: &str) -> Option<Named> {
        let plain = words(question);
        if plain.is_empty() || plain.split(' ').count() > ASKED_WORDS {
            return None;
        }
        let mut rest = plain.as_str();
        while let Some(shorter) = self.closings.iter().find_map(|end| strip_end(rest, end)) {
            rest = shorter;
        }
        let asked = self.asks.iter().find_map(|ask| strip_start(rest, ask)).unwrap_or(rest);
        // `your name and telephone number`: all of them are names, or it asks for something else.
        let mut parts = asked
            .split(" and ")
            .flat_map(|part| part.split(" et "))
            .flat_map(|part| part.split(" or "))
            .flat_map(|part| part.split(" ou "))
            .flat_map(|part| part.split(" und "))
            .map(|part| {
                let part = self.asks.iter().find_map(|ask| strip_start(part, ask)).unwrap_or(part);
                let part = part.replace(' ', "");
                self.known(&part).or_else(|| self.of_owned(&part))
            });
        let first = parts.next()??;
        parts.all(|part| part.is_some()).then_some(first)
    }

    /// Whether a header says that the answer is written freely.
    pub(super) fn is_open(&self, header: &str) -> bool {
        let plain = words(header);
        let is_question = plain.split(' ').count() >= QUESTION_WORDS || header.trim_end().ends_with('?');
        let padded = format!(" {plain} ");
        self.open_ends.iter().any(|end| strip_end(&plain, end).is_some())
            || is_question && self.open_questions.iter().any(|open| padded.contains(&format!(" {open} ")))
    }

    /// Whether a header says that the answer is one of several choices.
    pub(super) fn is_closed(&self, header: &str) -> bool {
        let plain = words(header);
        self.closed.contains(&plain) || self.closed_ends.iter().any(|end| strip_end(&plain, end).is_some())
    }

    /// Whether a cell only says that nothing stands there.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        self.missing.contains(&squeezed(cell))
    }

    /// Whether a header names the ids of the people asked, as SurveyMonkey does.
    pub(super) fn is_respondent(&self, header: &str) -> bool {
        self.respondent.contains(&squeezed(header))
    }

    /// Whether a header names the id of what collected the answers, as SurveyMonkey does.
    pub(super) fn is_collector(&self, header: &str) -> bool {
        self.collector.contains(&squeezed(header))
    }

    /// Whether Qualtrics gives a column this name.
    pub(super) fn is_of_qualtrics(&self, header: &str) -> bool {
        self.qualtrics.contains(&squeezed(header))
    }
}

/// How many words a header has.
pub(super) fn count_words(header: &str) -> usize {
    words(header).split(' ').filter(|word| !word.is_empty()).count()
}

/// The rest of `text` in front of the words `end`, if it ends in them and there is a rest.
fn strip_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    text.strip_suffix(end)?.strip_suffix(' ')
}

/// The rest of `text` behind the words `start`, likewise.
fn strip_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_prefix(' ')
}

/// Letters and digits alone, in lower case, without accents.
pub(super) fn squeezed(text: &str) -> String {
    words(text).replace(' ', "")
}

/// Words in lower case, without accents, one blank between two; marks of HTML left out.
pub(super) fn words(text: &str) -> String {
    let (mut out, mut in_mark) = (String::with_capacity(text.len()), false);
    for (at, c) in text.char_indices() {
        match c {
            '<' if text[at..].contains('>') => in_mark = true,
            '>' if in_mark => in_mark = false,
            _ if in_mark => continue,
            // An ordinal sign is no letter here.
            'º' | 'ª' => {}
            c if c.is_alphanumeric() => {
                for lower in c.to_lowercase() {
                    match plain(lower) {
                        "" => out.push(lower),
                        letters => out.push_str(letters),
                    }
                }
                continue;
            }
            _ => {}
        }
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A letter without its accent; empty where it has none.
fn plain(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => "",
    }
}

/// The entity of a column, as its name says it.
pub(super) fn entity_of(named: Named) -> Option<Entity> {
    match named {
        Named::Masked(entity) => Some(entity),
        Named::Person => Some(PERSON),
        Named::Survey | Named::Mark | Named::Text => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(header: &str) -> String {
        let naming = Naming::shipped();
        match naming.of_name(header).or_else(|| naming.of_question(header)) {
            Some(Named::Masked(entity)) => Entities::default().name(entity).to_owned(),
            Some(named) => format!("{named:?}"),
            None if naming.is_open(header) => "open".to_owned(),
            None => String::new(),
        }
    }

    #[test]
    fn headers_in_many_spellings() {
        for (header, meant) in [
            ("RecipientEmail", "EMAIL"),
            ("Customer E-mail", "EMAIL"),
            ("Adresse e-mail du client", "EMAIL"),
            ("IPAddress", "IP_ADDRESS"),
            ("IP Address", "IP_ADDRESS"),
            ("LocationLatitude", "COORDINATES"),
            ("ExternalDataReference", "REFERENCE"),
            ("Custom Data 1", "REFERENCE"),
            ("N° de téléphone", "PHONE"),
            ("Telefonnummer (privat)", "PHONE"),
            ("Teléfono móvil", "PHONE"),
            ("Address 2", "ADDRESS"),
            ("Straße", "ADDRESS"),
            ("data di nascita", "DATE_OF_BIRTH"),
            ("RecipientFirstName", "Person"),
            ("Respondent name", "Person"),
            ("ResponseId", "Survey"),
            ("Duration (in seconds)", "Mark"),
            ("Open-Ended Response", "Text"),
            ("Q7_3_TEXT", "open"),
            ("Q7", ""),
            ("Channel", ""),
            ("Name of the product", ""),
            ("message", ""),
        ] {
            assert_eq!(said(header), meant, "{header}");
        }
    }

    #[test]
    fn questions() {
        for (header, meant) in [
            ("What is your phone number?", "PHONE"),
            ("Please enter your e-mail address (optional):", "EMAIL"),
            ("Quel est votre numéro de dossier ?", "REFERENCE"),
            ("What is your name and phone number?", "Person"),
            ("<b>Wie lautet Ihre E-Mail-Adresse?</b>", "EMAIL"),
            ("Please give us your details: - First Name", "Person"),
            ("Contact - Name", "Person"),
            ("How can we reach you? Telephone number:", "PHONE"),
            ("Why did you give this score?", "open"),
            ("Pourquoi avez-vous donné cette note ?", "open"),
            ("Other (please specify)", "open"),
            ("Did you leave your phone number?", ""),
            ("How satisfied are you with our phone line?", ""),
        ] {
            assert_eq!(said(header), meant, "{header}");
        }
    }
}
