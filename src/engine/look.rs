//! What is found in one segment, and what does masking it expose?

use super::{Engine, Worker};
use crate::detect::Place;
use crate::limits;
use crate::model::{Finding, Located, Segment, Span, ValueId};
use crate::policy::Action;
use crate::resolve::resolve;
use crate::scan::Text;
use crate::view::{Blank, View};

impl Engine {
    /// Puts what the segment holds into `worker.found`, in raw bytes, resolved. When masking exposes
    /// something new it is looked at again.
    pub(super) fn look(
        &self,
        text: Text,
        segment: &Segment,
        index: u32,
        keys: [&[u8]; 2],
        worker: &mut Worker,
    ) {
        let segment = &Segment { role: self.role(segment), ..*segment };
        let Worker { view, detect, found, kept_here, numbers, judged, .. } = worker;
        found.clear();
        kept_here.clear();
        let in_view = View::is_needed(text, segment);
        if in_view {
            view.build(self.rules.kernel(), text.bytes, segment.span, segment.escape, []);
        }
        let (start, end) = (segment.span.start as usize, segment.span.end as usize);
        let part = Place { text, start, end, role: segment.role, keys };
        let place = if in_view { whole(view, segment, keys) } else { part };
        self.rules.find(&place, detect);
        self.remember(&place, detect);
        self.rules.overhear(&place, index, |span| if in_view { view.raw(span) } else { span }, detect);
        if let Some(judged) = judged {
            judged.collect(&self.rules, &place, in_view.then_some(&*view), index, true, detect);
        }
        for &(entity, number) in &detect.tags {
            numbers.skip(entity, number);
        }
        let cuts_saying = detect.cuts_saying();
        let locate = |view: &View, in_view: bool, finding: &Finding| Located {
            span: if in_view { view.raw(finding.span) } else { finding.span },
            finding: *finding,
            segment: index,
        };
        // What is masked and what is kept must not unite: masking wins byte by byte.
        for finding in &detect.findings {
            let located = locate(view, in_view, finding);
            match self.action(segment.role, finding.entity) {
                Action::Mask(_) => found.push(located),
                Action::Keep => kept_here.push(located),
            }
        }
        resolve(found);
        resolve(kept_here);
        let is_plain = !in_view && kept_here.is_empty() && judged.is_none();
        // What is left of a sentence where something said aloud is masked reads differently.
        let is_cut = found.iter().any(|located| located.finding.value != ValueId::OWN) || cuts_saying;
        self.look_again(text, segment, index, keys, (is_plain, is_cut), worker);
    }

    /// Looks again while masking `worker.found` exposes something new, at least once when it is `forced`.
    /// `is_plain` says that nothing was looked at yet but the place itself, that all of it is masked, and that
    /// nobody asks why.
    pub(super) fn look_again(
        &self,
        text: Text,
        segment: &Segment,
        index: u32,
        keys: [&[u8]; 2],
        (mut is_plain, mut forced): (bool, bool),
        worker: &mut Worker,
    ) {
        let Worker { view, detect, found, blanks, judged, .. } = worker;
        let (start, end) = (segment.span.start as usize, segment.span.end as usize);
        let part = Place { text, start, end, role: segment.role, keys };
        let locate = |view: &View, in_view: bool, finding: &Finding| Located {
            span: if in_view { view.raw(finding.span) } else { finding.span },
            finding: *finding,
            segment: index,
        };
        for _ in 1..limits::PASSES {
            // The model hears a name's neighbours: masking one may change what it says of another.
            let of_name = |located: &&Located| self.rules.is_name_rule(located.finding.rule);
            let named = found.iter().any(|located| of_name(&located));
            let may_expose = !found.is_empty()
                && (std::mem::take(&mut forced)
                    || detect.far
                    || self.leaves_edges(text.bytes, segment, found));
            if !named && !may_expose {
                break;
            }
            // In order and disjoint: each word of context is looked up.
            let is_masked = |word: Span| {
                let first = found.partition_point(|located| located.span.end <= word.start);
                found[first..]
                    .iter()
                    .take_while(|located| located.span.start < word.end)
                    .any(|it| of_name(&it))
            };
            is_plain &= !may_expose && !self.rules.hears_in(is_masked, detect);
            if is_plain {
                // Rules would say what they said before: names alone are looked for again.
                self.rules.people_again(&part, found.iter().map(|located| located.span), detect);
            } else {
                self.show_masked(text, segment, found, blanks, view);
                let place = whole(view, segment, keys);
                self.rules.find(&place, detect);
                if let Some(judged) = judged {
                    judged.collect(&self.rules, &place, Some(view), index, false, detect);
                }
            }
            let known = found.len();
            // `known` is in order and disjoint, so only the last one that begins before can hold it.
            let is_new = |located: &Located, known: &[Located]| {
                let after = known.partition_point(|old| old.span.start <= located.span.start);
                after == 0 || known[after - 1].span.end < located.span.end
            };
            let masked =
                |finding: &&Finding| matches!(self.action(segment.role, finding.entity), Action::Mask(_));
            for finding in detect.findings.iter().filter(masked) {
                let located = locate(view, !is_plain, finding);
                if is_new(&located, &found[..known]) {
                    found.push(located);
                }
            }
            if found.len() == known {
                break;
            }
            resolve(found);
        }
    }

    /// Builds the view in which labels stand where `found` is.
    fn show_masked(
        &self,
        text: Text,
        segment: &Segment,
        found: &[Located],
        labels: &mut Vec<String>,
        view: &mut View,
    ) {
        labels.clear();
        let [open, close] = self.brackets.map(char::from);
        let name = |located: &Located| self.rules.entities().name(located.finding.entity);
        labels.extend(found.iter().map(|located| format!("{open}{}_1{close}", name(located))));
        let shown = found.iter().zip(labels.iter()).map(|(located, with)| Blank { span: located.span, with });
        view.build(self.rules.kernel(), text.bytes, segment.span, segment.escape, shown);
    }

    /// Whether an edit changes what its neighbours' edges look like: a letter or digit touches it, a sign
    /// that joins values does, or a digit stands close.
    fn leaves_edges(&self, bytes: &[u8], segment: &Segment, found: &[Located]) -> bool {
        let touches = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || b == b'_' || b == b'@';
        let joins = |b: u8| touches(b) || b":./-+(=".contains(&b);
        let is_digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
        found.iter().any(|located| {
            let before = &bytes[segment.span.start as usize..located.span.start as usize];
            let after = &bytes[located.span.end as usize..segment.span.end as usize];
            before.last().copied().is_some_and(joins)
                || after.first().copied().is_some_and(touches)
                || after.first() == Some(&b':')
                || after.first().is_some_and(|b| b"./-=(".contains(b))
                    && after.get(1).copied().is_some_and(touches)
                || is_digit(before.iter().rev().nth(1))
                || is_digit(after.get(1))
                || is_digit(after.get(2))
        })
    }

    /// Adds the segment's findings to those of the conversation.
    pub(super) fn sort_out(&self, worker: &mut Worker) {
        debug_assert!(worker.found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        worker.masked.extend_from_slice(&worker.found);
        for kept in &worker.kept_here {
            let next = worker.found.partition_point(|masked| masked.span.end <= kept.span.start);
            if !worker.found.get(next).is_some_and(|masked| masked.span.overlaps(kept.span)) {
                worker.kept.push(*kept);
            }
        }
    }
}

/// All of the view's text.
fn whole<'a>(view: &'a View, segment: &Segment, keys: [&'a [u8]; 2]) -> Place<'a> {
    let text = view.text();
    Place { text, start: 0, end: text.bytes.len(), role: segment.role, keys }
}
