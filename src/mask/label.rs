//! The entity's name in brackets: `[PHONE_2]`, the second phone number of the conversation.

use std::fmt::Write as _;

use super::{Operator, Subject};

/// See the module.
pub(super) const OPERATOR: Operator = Operator {
    name: "label",
    about: "the entity and a number that is stable inside the conversation: [PHONE_2]",
    write,
};

pub(super) fn write(subject: &Subject, out: &mut String) {
    out.push(char::from(subject.brackets[0]));
    out.push_str(subject.entity);
    if subject.numbered {
        // Writing to a string cannot fail.
        let _ = write!(out, "_{}", subject.number);
    }
    out.push(char::from(subject.brackets[1]));
}
