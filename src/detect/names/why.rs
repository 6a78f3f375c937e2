//! Why was a word taken for a name, or not?
//!
//! What the model weighed is told in its own terms: how sure the word alone makes it and how sure with its
//! neighbours, which announcements stand near, what the dictionary knows.

use super::cues::Cue;
use super::text::{Case, Shape, Word};
use super::{Buffers, Name, Threshold, Weighed, chance};
use crate::detect::trace::{Attempt, Side, Step, Verdict, Word as Context};
use crate::model::PERSON;
use crate::scan::Text;

/// Words before a candidate whose announcements the model hears, and after it.
const BEFORE: usize = 3;
const AFTER: usize = 1;

/// What was weighed in the text that was looked at last: the names that were found, by the rule `of` gives
/// them, and the candidates that were none, by `rule`.
pub(in crate::detect) fn attempts(
    text: Text<'_>,
    buffers: &Buffers,
    named: &[Name],
    of: impl Fn(&Name) -> u16,
    rule: u16,
) -> Vec<Attempt> {
    let words = &buffers.cut.words;
    let inside = |word: &Word, name: &Name| name.span.start <= word.start && word.end <= name.span.end;
    let mut out = Vec::new();
    for name in named {
        let weighed = buffers.weighed.iter().filter(|weighed| inside(&words[weighed.at], name));
        let surest = weighed.max_by(|one, other| one.odds.total_cmp(&other.odds));
        let Some(first) = words.iter().position(|word| inside(word, name)) else { continue };
        let last = words.iter().rposition(|word| inside(word, name)).unwrap_or(first);
        let mut notes: Vec<String> = (first..=last).map(|at| known(text, &words[at])).collect();
        notes.dedup();
        if name.is_remembered {
            notes.push("it is a name elsewhere in the conversation".to_owned());
        }
        let base = surest.filter(|_| !name.is_remembered).map(|weighed| (Step::Base, chance(weighed.alone)));
        let steps: Vec<(Step, u8)> = base.into_iter().chain([(Step::Context, name.score())]).collect();
        let context = announcements(text, words, first, last);
        let verdict = Verdict::Found(PERSON);
        out.push(Attempt {
            rule: of(name),
            span: name.span,
            verdict,
            check: None,
            words: context,
            steps,
            notes,
        });
    }
    let unnamed = |weighed: &&Weighed| !named.iter().any(|name| inside(&words[weighed.at], name));
    for weighed in buffers.weighed.iter().filter(unnamed) {
        let word = &words[weighed.at];
        let steps = vec![(Step::Base, chance(weighed.alone)), (Step::Context, chance(weighed.odds))];
        let span = crate::model::Span { start: word.start, end: word.end };
        let mut notes = vec![known(text, word)];
        if buffers.case == Case::Usual && word.shape == Shape::Lower {
            notes.push("it is in lower case, in a text that has capitals".to_owned());
        }
        let context = announcements(text, words, weighed.at, weighed.at);
        let verdict = Verdict::Score;
        out.push(Attempt { rule, span, verdict, check: None, words: context, steps, notes });
    }
    out
}

/// How sure the model must be, in hundredths.
#[must_use]
pub(in crate::detect) fn asked_for(threshold: Threshold) -> u8 {
    chance(threshold.0)
}

/// The announcements around words `first..=last`.
fn announcements(text: Text<'_>, words: &[Word], first: usize, last: usize) -> Vec<Context> {
    let shown = |at: usize, side: Side| {
        let word = &words[at];
        let said = &text.bytes[word.start as usize..word.end as usize];
        let text = String::from_utf8_lossy(said).into_owned();
        (word.cue != Cue::None).then_some(Context { text, side, against: false, counts: true })
    };
    let before = (first.saturating_sub(BEFORE)..first)
        .filter_map(|at| shown(at, Side::Before(words[first].start - words[at].end)));
    let after = (last + 1..words.len().min(last + 1 + AFTER))
        .filter_map(|at| shown(at, Side::After(words[at].start - words[last].end)));
    before.chain(after).collect()
}

/// What the dictionary knows of a word, as a sentence.
fn known(text: Text<'_>, word: &Word) -> String {
    let said = String::from_utf8_lossy(&text.bytes[word.start as usize..word.end as usize]).into_owned();
    let entry = word.entry;
    let many = |bin: u8| match bin {
        0 | 1 => None,
        2 | 3 => Some("some people's"),
        _ => Some("many people's"),
    };
    let mut knows: Vec<String> = Vec::new();
    knows.extend(many(entry.first()).map(|many| format!("{many} first name")));
    knows.extend(many(entry.last()).map(|many| format!("{many} surname")));
    knows.extend((entry.place() > 0).then(|| "a place".to_owned()));
    knows.extend(entry.brand().then(|| "a firm or brand".to_owned()));
    knows.extend(match entry.word() {
        0 => None,
        1..=3 => Some("a rare word".to_owned()),
        _ => Some("a frequent word".to_owned()),
    });
    if knows.is_empty() {
        format!("the dictionary does not know “{said}”")
    } else {
        format!("“{said}” is {}", knows.join(", "))
    }
}
