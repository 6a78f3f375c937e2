//! What do we do about it?
//!
//! A policy names an action for every entity. Without a policy of the user's everything is masked with a
//! label, but for what analysts need and the law does not call an identifier: places, organisations,
//! dates, ages, and the special categories of article 9 GDPR, which are kept and counted.

use crate::error::{Error, Result, nearest};
use crate::mask::{OPERATORS, Operator};
use crate::model::{Entities, Entity};

/// What becomes of a finding.
#[derive(Clone, Copy)]
pub enum Action {
    /// It stays readable and is counted.
    Keep,
    /// The operator writes something in its place.
    Mask(&'static Operator),
}

/// The action for each entity.
pub struct Policy {
    /// By number of the entity; entities beyond are masked.
    actions: Vec<Action>,
    name: &'static str,
}

/// Entities that are kept when no policy says otherwise.
const KEPT: &[&str] = &[
    "LOCATION",
    "ORGANIZATION",
    "DATE",
    "AGE",
    "HEALTH",
    "RELIGION",
    "POLITICS",
    "UNION",
    "SEXUALITY",
    "ETHNICITY",
];

impl Policy {
    /// What holds without a policy file.
    #[must_use]
    pub fn default_for(entities: &Entities) -> Policy {
        let action = |number| {
            let name = entities.name(Entity(number as u8));
            if KEPT.contains(&name) { Action::Keep } else { Action::Mask(OPERATORS[0]) }
        };
        Policy { actions: (0..entities.len()).map(action).collect(), name: "default" }
    }

    /// The same policy, which keeps every entity that is not in `names`.
    ///
    /// # Errors
    /// [`Error::Usage`] when a name is no entity.
    pub fn only(mut self, entities: &Entities, names: &[String]) -> Result<Policy> {
        let mut listed = Vec::with_capacity(names.len());
        for name in names {
            let entity = entities.find(name).ok_or_else(|| {
                let known = (0..entities.len()).map(|number| entities.name(Entity(number as u8)));
                let near = nearest(name, known).map(|near| format!("did you mean `{near}`? "));
                let near = near.unwrap_or_default();
                Error::Usage(format!("no entity is called `{name}`; {near}`sourdine rules list` shows them"))
            })?;
            listed.push(entity);
        }
        for (number, action) in self.actions.iter_mut().enumerate() {
            *action = if listed.contains(&Entity(number as u8)) {
                Action::Mask(OPERATORS[0])
            } else {
                Action::Keep
            };
        }
        Ok(self)
    }

    /// What becomes of a finding of that entity. An entity that the policy does not name is masked.
    #[must_use]
    pub fn action(&self, entity: Entity) -> Action {
        self.actions.get(usize::from(entity.0)).copied().unwrap_or(Action::Mask(OPERATORS[0]))
    }

    /// 128 bits of BLAKE3, in hexadecimal, over the actions.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for action in &self.actions {
            let name = match action {
                Action::Keep => "keep",
                Action::Mask(operator) => operator.name,
            };
            hasher.update(name.as_bytes()).update(&[0]);
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keeps_what_analysts_need() {
        let mut entities = Entities::default();
        let own = entities.intern("LOYALTY_ID").expect("well-formed");
        let policy = Policy::default_for(&entities);
        let kept = |name| matches!(policy.action(entities.find(name).expect("known")), Action::Keep);
        assert!(kept("DATE") && kept("HEALTH") && !kept("DATE_OF_BIRTH") && !kept("NUMBER"));
        assert!(matches!(policy.action(own), Action::Mask(_)));
        assert!(matches!(policy.action(Entity(250)), Action::Mask(_)));
    }
}
