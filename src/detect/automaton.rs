//! Which rules match from here?
//!
//! All rules of one anchor share one lazy automaton. It is run from an anchor, not over the text, and
//! names every rule that matches from there with every end it could have: the caller picks the longest
//! end whose edges and checksum hold. Most anchors die within two bytes, which a small table of
//! possible first pairs settles before the automaton is asked.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};

use crate::limits;

/// A rule's match that starts at the anchor: its end, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Number of the rule in the set.
    pub(super) rule: u16,
    /// One past the last byte.
    pub(super) end: u32,
}

/// The rules of one anchor.
pub(super) struct Automaton {
    dfa: DFA,
    /// Rule number of each pattern.
    rules: Vec<u16>,
    /// Bit `b0 << 8 | b1` is set when a match may begin with these two bytes.
    first_pairs: Box<[u64; 1024]>,
}

/// What a worker has seen of an automaton's states.
pub(super) struct Memory {
    cache: Cache,
    /// The start state, and how often the cache had started over when it was computed.
    start: Option<(LazyStateID, usize)>,
}

impl Automaton {
    /// Compiles the patterns. `None` when there are none.
    ///
    /// # Errors
    /// When the automaton would be too big, with the reason.
    pub(super) fn new(patterns: &[(u16, &str)]) -> Result<Option<Automaton>, String> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let sources: Vec<&str> = patterns.iter().map(|&(_, source)| source).collect();
        let dfa = DFA::builder()
            .configure(
                DFA::config()
                    .match_kind(MatchKind::All)
                    .cache_capacity(limits::AUTOMATON_CACHE_BYTES)
                    .skip_cache_capacity_check(true),
            )
            .thompson(
                thompson::Config::new().nfa_size_limit(Some(limits::RULE_BYTES * patterns.len().max(8))),
            )
            .build_many(&sources)
            .map_err(|error| error.to_string())?;
        let rules = patterns.iter().map(|&(rule, _)| rule).collect();
        let mut automaton = Automaton { dfa, rules, first_pairs: Box::new([0; 1024]) };
        automaton.find_first_pairs()?;
        Ok(Some(automaton))
    }

    fn find_first_pairs(&mut self) -> Result<(), String> {
        let mut cache = self.dfa.create_cache();
        let input = Input::new(&[]).anchored(Anchored::Yes);
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                // From the start each time: the states of a lazy automaton may move when its cache is full.
                let start = self.dfa.start_state_forward(&mut cache, &input).map_err(|e| e.to_string())?;
                let one = self.dfa.next_state(&mut cache, start, first).map_err(|e| e.to_string())?;
                if one.is_dead() {
                    break;
                }
                let two = self.dfa.next_state(&mut cache, one, second).map_err(|e| e.to_string())?;
                if !two.is_dead() {
                    let pair = usize::from(first) << 8 | usize::from(second);
                    self.first_pairs[pair / 64] |= 1 << (pair % 64);
                }
            }
        }
        Ok(())
    }

    pub(super) fn memory(&self) -> Memory {
        Memory { cache: self.dfa.create_cache(), start: None }
    }

    /// Appends every end of every rule that matches from `start`, none beyond `limit`, in growing order.
    #[inline]
    pub(super) fn ends(
        &self,
        memory: &mut Memory,
        bytes: &[u8],
        start: usize,
        limit: usize,
        out: &mut Vec<End>,
    ) {
        if start + 2 > limit {
            return;
        }
        let pair = usize::from(bytes[start]) << 8 | usize::from(bytes[start + 1]);
        if self.first_pairs[pair / 64] >> (pair % 64) & 1 == 1 {
            self.run(memory, bytes, start, limit, out);
        }
    }

    /// The start state, which stays the same until the cache starts over.
    #[inline]
    fn start(&self, memory: &mut Memory) -> Option<LazyStateID> {
        let clears = memory.cache.clear_count();
        match memory.start {
            Some((state, known)) if known == clears => Some(state),
            _ => {
                let input = Input::new(&[]).anchored(Anchored::Yes);
                let state = self.dfa.start_state_forward(&mut memory.cache, &input).ok()?;
                memory.start = Some((state, memory.cache.clear_count()));
                Some(state)
            }
        }
    }

    fn run(&self, memory: &mut Memory, bytes: &[u8], start: usize, limit: usize, out: &mut Vec<End>) {
        let limit = limit.min(start + limits::MATCH_BYTES);
        // Patterns have no look-around, so the start state depends on nothing and no byte makes the
        // automaton give up; a cache that cannot hold three states is the only error, met on loading.
        let Some(mut state) = self.start(memory) else { return };
        let cache = &mut memory.cache;
        // Match states come one byte late: what matched before this byte is known after it.
        for (at, &byte) in bytes[..limit].iter().enumerate().skip(start) {
            let next = if state.is_tagged() {
                self.dfa.next_state(cache, state, byte)
            } else {
                // The quick way; an unknown state is then computed by the other.
                let next = self.dfa.next_state_untagged(cache, state, byte);
                if next.is_unknown() { self.dfa.next_state(cache, state, byte) } else { Ok(next) }
            };
            let Ok(next) = next else { return };
            state = next;
            if state.is_tagged() {
                if state.is_match() {
                    // No rule ends inside a number.
                    if !(byte.is_ascii_digit() && bytes[at - 1].is_ascii_digit()) {
                        self.report(cache, state, at, out);
                    }
                } else if state.is_dead() || state.is_quit() {
                    return;
                }
            }
        }
        if let Ok(last) = self.dfa.next_eoi_state(cache, state)
            && last.is_match()
        {
            self.report(cache, last, limit, out);
        }
    }

    fn report(&self, cache: &Cache, state: LazyStateID, end: usize, out: &mut Vec<End>) {
        for at in 0..self.dfa.match_len(cache, state) {
            let rule = self.rules[self.dfa.match_pattern(cache, state, at).as_usize()];
            out.push(End { rule, end: end as u32 });
        }
    }
}
