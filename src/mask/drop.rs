//! Nothing: the cell is empty afterwards.

use super::{Operator, Subject};

/// See the module.
pub(super) const OPERATOR: Operator =
    Operator { name: "drop", about: "nothing: the cell is empty afterwards", write };

fn write(_: &Subject, _: &mut String) {}
