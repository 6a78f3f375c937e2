//! How sure is a match?
//!
//! Its edges must hold; its check refines what it is called; words near it raise or lower its score.

use super::context::Near;
use super::ruleset::Compiled;
use super::trace::Refusal;
use super::{Place, Ruleset, Scratch};
use crate::model::{Finding, Role, Span, ValueId};

impl Ruleset {
    /// The finding of `rule` among its possible ends `scratch.ends[ends]`, if edges, check and context
    /// let it stand.
    pub(super) fn weigh(
        &self,
        place: &Place,
        number: u16,
        start: usize,
        ends: std::ops::Range<usize>,
        scratch: &mut Scratch,
    ) -> Result<Finding, Refusal> {
        let rule = &self.compiled[usize::from(number)];
        let mut longest = None;
        let mut checked = None;
        for at in ends.rev() {
            let end = scratch.ends[at].end as usize;
            if !self.edges_hold(place, (start, end), rule.glued, rule.joints) {
                continue;
            }
            longest = longest.or(Some(end));
            let Some(check) = rule.check else { break };
            let candidate = place.candidate(start, end);
            if (check.holds)(&candidate) {
                checked = Some(end);
                break;
            }
        }
        let (end, entity, score) = match (rule.check, checked, longest) {
            (Some(_), Some(end), _) => (end, rule.entity, rule.valid),
            (Some(_), None, Some(end)) => (end, rule.otherwise.ok_or(Refusal::Check(end))?, rule.score),
            (None, _, Some(end)) => (end, rule.entity, rule.score),
            (_, _, None) => return Err(Refusal::Edges),
        };
        let score = self.in_context(place, rule, (start, end), score, scratch)?;
        Ok(Finding { span: Span::new(start, end), entity, rule: number, score, value: ValueId::OWN })
    }

    /// The score of a match after its context was looked at, refused below the least score.
    pub(super) fn in_context(
        &self,
        place: &Place,
        rule: &Compiled,
        span: (usize, usize),
        mut score: u8,
        scratch: &mut Scratch,
    ) -> Result<u8, Refusal> {
        let surroundings = &scratch.surroundings;
        let ask = |group, within| surroundings.near(&self.words, group, within, span, place.start);
        let near = rule.near.map_or(Near::No, |near| ask(near.group, near.within));
        if let (Near::Yes, Some(near)) = (near, rule.near) {
            score = score.max(near.score);
        }
        // What stands against a value stands right beside it, so it outweighs what is merely near.
        if let Some(against) = rule.against
            && ask(against.group, against.within) == Near::Yes
        {
            score = score.min(against.score);
        }
        if place.role == Role::Number {
            // A bare number is only touched when its key names what the rule looks for.
            let named = rule.near.is_some_and(|near| surroundings.key.contains(&near.group));
            if !named {
                return Err(Refusal::Unnamed(span.1));
            }
        }
        if score < self.min_score {
            scratch.far |= near == Near::Far;
            return Err(Refusal::Score(span.1, score));
        }
        Ok(score)
    }

    /// Whether a match may end and begin here: not inside a word, not inside a longer number.
    pub(super) fn edges_hold(
        &self,
        place: &Place,
        (start, end): (usize, usize),
        glued: bool,
        joints: bool,
    ) -> bool {
        let (text, bytes) = (place.text, place.text.bytes);
        let touches = |at: usize| {
            if glued { bytes[at].is_ascii_digit() || bytes[at] == b'_' } else { text.is_word(at) }
        };
        let first_word = text.is_word(start);
        let last_word = text.is_word(end - 1);
        if first_word && start > place.start && touches(start - 1)
            || last_word && end < place.end && touches(end)
        {
            return false;
        }
        if !joints {
            return true;
        }
        // `12.5` or `3/4`: a digit, a joint, a digit belong together. Long numbers are listed with
        // commas and slashes, so there the joint separates.
        let is_long = || bytes[start..end].iter().filter(|b| b.is_ascii_digit()).count() >= 9;
        let joins = |joint: u8| match joint {
            b'.' | b'-' => true,
            b',' | b'/' | b':' => !is_long(),
            _ => false,
        };
        let joined_before = start >= place.start + 2
            && bytes[start].is_ascii_digit()
            && bytes[start - 2].is_ascii_digit()
            && joins(bytes[start - 1]);
        let joined_after = end + 1 < place.end
            && bytes[end - 1].is_ascii_digit()
            && bytes[end + 1].is_ascii_digit()
            && joins(bytes[end]);
        !joined_before && !joined_after
    }
}
