//! What do the labels of the gold mean, and which of them are scored?
//!
//! Gold comes with names of its own. A name is that of an entity, is mapped to one, is mapped to nothing
//! (then its spans are not scored), or stays what it is: scored by coverage, with no findings of its own.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Entities, Entity};

/// A row of the table: an entity, or a label that names none. An index into the scheme's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

impl From<Entity> for Kind {
    fn from(entity: Entity) -> Kind {
        Kind(u16::from(entity.0))
    }
}

/// How labels are read and compared.
pub struct Scheme {
    /// Names of the entities, then those of labels that name none, as they are met.
    names: Vec<String>,
    entities: usize,
    map: BTreeMap<String, Option<Kind>>,
    /// Labels of the map that were met.
    met: BTreeMap<String, u64>,
    /// Whether a finding counts for labels of its own type alone.
    pub strict: bool,
    /// The entities that are scored; all when `None`.
    scope: Option<Vec<Kind>>,
}

/// What other tools and corpora call our entities, for hints.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "PERSON",
        &[
            "per",
            "pers",
            "name",
            "names",
            "person_name",
            "personname",
            "full_name",
            "firstname",
            "first_name",
        ],
    ),
    ("PERSON", &["lastname", "last_name", "surname", "givenname", "given_name", "nom", "prenom", "patient"]),
    ("LOCATION", &["loc", "gpe", "place", "city", "country", "state", "lieu", "ville"]),
    ("ORGANIZATION", &["org", "organisation", "company", "organisme"]),
    ("EMAIL", &["mail", "email_address", "emailaddress", "e-mail"]),
    ("PHONE", &["tel", "telephone", "phone_number", "phonenumber", "telephonenum", "mobile", "fax"]),
    ("ADDRESS", &["street", "street_address", "adresse", "addr"]),
    ("POSTCODE", &["zip", "zipcode", "zip_code", "postal_code", "postalcode", "code_postal"]),
    ("DATE_OF_BIRTH", &["dob", "birthdate", "birth_date", "date_of_birth", "dateofbirth", "birthday"]),
    ("CREDIT_CARD", &["card", "card_number", "credit_card_number", "creditcard", "creditcardnumber"]),
    ("IBAN", &["iban_code"]),
    ("BANK_ACCOUNT", &["account", "account_number", "accountnumber", "us_bank_number"]),
    ("NATIONAL_ID", &["ssn", "us_ssn", "nir", "nino", "id_card", "idcardnum", "id_number"]),
    ("IP_ADDRESS", &["ip", "ipaddress", "ip_address"]),
    ("REFERENCE", &["ref", "customer_id", "order_id", "order_number", "ticket"]),
];

impl Scheme {
    /// `map` holds the user's `GOLD=ENTITY` and `GOLD=`; `scope` the entities to score, all when empty.
    ///
    /// # Errors
    /// [`Error::Usage`] when a mapping has no `=`, names no entity or contradicts another.
    pub fn new(entities: &Entities, map: &[String], strict: bool, scope: &[String]) -> Result<Scheme> {
        let find = |name: &str| {
            entities.find(name).map(Kind::from).ok_or_else(|| {
                Error::Usage(format!("no entity is called `{name}`; `sourdine rules list` shows them"))
            })
        };
        let mut known = BTreeMap::new();
        for entry in map {
            let (gold, entity) =
                entry.rsplit_once('=').filter(|(gold, _)| !gold.is_empty()).ok_or_else(|| {
                    Error::Usage(format!("--map {entry}: write GOLD=ENTITY, or GOLD= to leave a label out"))
                })?;
            let kind = if entity.is_empty() { None } else { Some(find(entity)?) };
            if known.insert(gold.to_owned(), kind).is_some_and(|old| old != kind) {
                return Err(Error::Usage(format!("--map {entry}: `{gold}` is mapped to something else too")));
            }
        }
        let scope = scope.iter().map(|name| find(name)).collect::<Result<Vec<Kind>>>()?;
        let names: Vec<String> =
            (0..entities.len()).map(|number| entities.name(Entity(number as u8)).to_owned()).collect();
        Ok(Scheme {
            entities: names.len(),
            names,
            map: known,
            met: BTreeMap::new(),
            strict,
            scope: (!scope.is_empty()).then_some(scope),
        })
    }

    /// What a label of the gold stands for: `Some(None)` is a label that is left out, `None` one name too
    /// many.
    pub fn read(&mut self, label: &str) -> Option<Option<Kind>> {
        if let Some(&kind) = self.map.get(label) {
            *self.met.entry(label.to_owned()).or_default() += 1;
            return Some(kind);
        }
        let known = self.names.iter().position(|name| name == label);
        if known.is_none() {
            if self.names.len() - self.entities >= limits::GOLD_LABELS {
                return None;
            }
            self.names.push(label.to_owned());
        }
        Some(Some(Kind(known.unwrap_or(self.names.len() - 1) as u16)))
    }

    /// The name of a row.
    ///
    /// # Panics
    /// When the kind comes from another scheme.
    #[must_use]
    pub fn name(&self, kind: Kind) -> &str {
        &self.names[usize::from(kind.0)]
    }

    /// The entity that a kind is, if it is one.
    #[must_use]
    pub fn entity(&self, kind: Kind) -> Option<Entity> {
        (usize::from(kind.0) < self.entities).then_some(Entity(kind.0 as u8))
    }

    /// Whether labels and findings of that kind are scored.
    #[must_use]
    pub fn scores(&self, kind: Kind) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.contains(&kind))
    }

    /// All kinds: entities in their order, then other labels by name.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = (0..self.names.len()).map(|at| Kind(at as u16)).collect();
        kinds[self.entities..].sort_by_key(|&kind| self.name(kind));
        kinds
    }

    /// Labels that were met and name no entity, by name.
    #[must_use]
    pub fn unmapped(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names[self.entities..].iter().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Labels of the map that no text bears.
    #[must_use]
    pub fn unmet(&self) -> Vec<&str> {
        self.map.keys().map(String::as_str).filter(|label| !self.met.contains_key(*label)).collect()
    }

    /// The map, as it was given.
    pub fn map(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.map.iter().map(|(gold, kind)| (gold.as_str(), kind.map(|kind| self.name(kind))))
    }

    /// The entity that a label's name brings to mind.
    #[must_use]
    pub fn suggestion(&self, label: &str) -> Option<&str> {
        let folded = label.to_lowercase();
        let alias =
            ALIASES.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(entity, _)| *entity);
        alias.or_else(|| {
            let known = &self.names[..self.entities];
            known
                .iter()
                .map(String::as_str)
                .find(|name| name.to_lowercase() == folded.replace([' ', '-'], "_"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(map: &[&str]) -> Result<Scheme> {
        let map: Vec<String> = map.iter().map(ToString::to_string).collect();
        Scheme::new(&Entities::default(), &map, false, &[])
    }

    #[test]
    fn labels_are_entities_mapped_or_left_out() {
        let mut scheme = scheme(&["NAME=PERSON", "A=B=", "ADDRESS=POSTCODE"]).expect("a map");
        let person = scheme.read("PERSON").expect("known");
        assert_eq!(scheme.read("NAME"), Some(person));
        assert_eq!(scheme.read("A=B"), Some(None));
        let money = scheme.read("MONEY").flatten().expect("a kind of its own");
        assert_eq!((scheme.name(money), scheme.entity(money)), ("MONEY", None));
        assert_eq!((scheme.unmapped(), scheme.unmet()), (vec!["MONEY"], vec!["ADDRESS"]));
    }

    #[test]
    fn wrong_maps_are_refused() {
        for map in [&["PERSON"][..], &["=PERSON"], &["NAME=PERSN"], &["NAME=PERSON", "NAME=EMAIL"]] {
            assert!(scheme(map).is_err(), "{map:?}");
        }
        assert!(scheme(&["NAME=PERSON", "NAME=PERSON"]).is_ok());
    }

    #[test]
    fn foreign_names_bring_ours_to_mind() {
        let scheme = scheme(&[]).expect("a map");
        for (label, entity) in [
            ("PER", Some("PERSON")),
            ("person", Some("PERSON")),
            ("Date of birth", Some("DATE_OF_BIRTH")),
            ("ORG", Some("ORGANIZATION")),
            ("MONEY", None),
        ] {
            assert_eq!(scheme.suggestion(label), entity, "{label}");
        }
    }

    #[test]
    fn every_alias_leads_to_an_entity() {
        for (entity, names) in ALIASES {
            assert!(Entities::default().find(entity).is_some());
            assert!(names.iter().all(|name| *name == name.to_lowercase()));
        }
    }
}
