//! What is found in a cell that is masked whole?
//!
//! All of it, whatever it says, but for the blanks around it. What this program wrote there before is left: a label
//! of a known entity, a hash. A cell that is emptied is found with its blanks and labels.

use super::{Place, Ruleset, Scratch};
use crate::model::{Finding, HASH_LETTERS, HASH_STAMP, Span, ValueId, Way, Whole, closing};

impl Ruleset {
    /// A cell of a column that is masked whole.
    pub(super) fn whole(&self, place: &Place, whole: Whole, scratch: &mut Scratch) {
        let value = &place.text.bytes[place.start..place.end];
        let (mut start, mut end) = (place.start, place.end);
        if whole.way != Way::Drop {
            start += value.len() - value.trim_ascii_start().len();
            end = start + value.trim_ascii().len();
            if self.is_own_mark(&place.text.bytes[start..end]) {
                self.note_tag(place.text.bytes, end - 1, scratch);
                return;
            }
        }
        if start < end {
            scratch.findings.push(Finding {
                span: Span::new(start, end),
                entity: whole.entity,
                rule: self.column_rule,
                score: 100,
                value: ValueId::OWN,
            });
        }
    }

    /// Whether all of `value` is a label or a hash.
    fn is_own_mark(&self, value: &[u8]) -> bool {
        let [open, inner @ .., close] = value else { return false };
        if closing(*open) != Some(*close) {
            return false;
        }
        let Ok(inner) = std::str::from_utf8(inner) else { return false };
        if let Some(letters) = inner.strip_prefix(HASH_STAMP) {
            return letters.len() == HASH_LETTERS && letters.bytes().all(|b| b.is_ascii_uppercase());
        }
        let name = inner.trim_end_matches(|c: char| c.is_ascii_digit());
        let name = if name.len() < inner.len() { name.strip_suffix('_').unwrap_or_default() } else { name };
        self.entities().find(name).is_some()
    }
}
