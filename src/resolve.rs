//! Which finding wins?
//!
//! Overlapping findings are united: no byte that any of them covers stays visible. The united span is
//! called after the surest of them; equal scores fall to the longer, then the earlier, then the rule with
//! the lower number, so that the outcome depends on nothing else.

use crate::model::{Located, Span};

/// Sorts `found` and unites what overlaps. Afterwards spans are disjoint and in order.
pub fn resolve(found: &mut Vec<Located>) {
    if found.len() < 2 {
        return;
    }
    found.sort_unstable_by_key(|f| (f.span.start, std::cmp::Reverse(f.span.end), f.finding.rule));
    let rank =
        |f: &Located| (f.finding.score, f.span.len(), std::cmp::Reverse((f.span.start, f.finding.rule)));
    let mut kept = 0;
    let mut best = rank(&found[0]);
    for at in 1..found.len() {
        let next = found[at];
        let current = &mut found[kept];
        if next.span.start < current.span.end {
            let union = Span { start: current.span.start, end: current.span.end.max(next.span.end) };
            if rank(&next) > best {
                best = rank(&next);
                *current = next;
            }
            current.span = union;
        } else {
            kept += 1;
            found[kept] = next;
            best = rank(&next);
        }
    }
    found.truncate(kept + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, Finding};
    use proptest::prelude::*;

    fn located(start: usize, end: usize, score: u8, rule: u16) -> Located {
        let span = Span::new(start, end);
        Located {
            span,
            finding: Finding {
                span,
                entity: Entity(rule as u8),
                rule,
                score,
                value: crate::model::ValueId::OWN,
            },
            segment: 0,
        }
    }

    #[test]
    fn the_surest_names_the_union() {
        let mut found = vec![located(5, 9, 50, 1), located(0, 6, 90, 2), located(20, 22, 60, 3)];
        resolve(&mut found);
        assert_eq!(
            found.iter().map(|f| (f.span.start, f.span.end, f.finding.rule)).collect::<Vec<_>>(),
            [(0, 9, 2), (20, 22, 3)]
        );
    }

    proptest! {
        #[test]
        fn no_covered_byte_stays_visible_and_order_does_not_matter(
            spans in proptest::collection::vec((0usize..60, 1usize..12, 0u8..100, 0u16..8), 0..20)
        ) {
            let mut found: Vec<Located> = spans.iter().map(|&(s, l, score, rule)| located(s, s + l, score, rule)).collect();
            let mut reversed: Vec<Located> = found.iter().rev().copied().collect();
            let covered = |found: &[Located]| (0..80u32).filter(|b| found.iter().any(|f| f.span.start <= *b && *b < f.span.end)).collect::<Vec<_>>();
            let before = covered(&found);
            resolve(&mut found);
            resolve(&mut reversed);
            prop_assert_eq!(covered(&found), before);
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            prop_assert_eq!(found, reversed);
        }
    }
}
