//! Which words are letters that are spelled?
//!
//! A letter alone is one, when others stand beside it; so are its name and a word for it. Most of them are other words as
//! well, so what stands around decides.

use super::lexicon::{IT, Mark};
use super::numbers::What;
use super::runs::{Core, Heard, is_letter, is_number};
use super::tokens::{Gap, Kind, Token};

impl Heard<'_> {
    /// The letter that a token is, if it is nothing else.
    fn single_letter(&self, at: usize) -> u8 {
        let Some(token) = self.tokens.get(at) else { return 0 };
        if token.elided || token.gap == Gap::Apostrophe { 0 } else { token.letter }
    }

    /// How surely the token is a letter that is spelled: 2 when it is hardly anything else, 1 when it is a word as
    /// well, 0 when it is none.
    pub(super) fn strength(&self, at: usize) -> u8 {
        let Some(token) = self.tokens.get(at).filter(|token| token.gap != Gap::Break && !token.elided) else {
            return 0;
        };
        let (single, sense) = (self.single_letter(at), self.sense(at));
        if single > 0 {
            if self.is_euphonic(at) {
                return 0;
            }
            let is_word = b"aeiouy\xe0\xe8\xe9\xf2".contains(&single) || sense.is(Mark::Unit);
            return if is_word && !self.is_chained(at) { 1 } else { 2 };
        }
        match (sense.letter, sense.heard, sense.alphabet) {
            (1.., ..) => 2,
            (_, 1.., _) => u8::from(token.gap != Gap::Stop),
            (.., 1..) => 1,
            _ => 0,
        }
    }

    /// Whether it is the letter of `a-t-il`.
    fn is_euphonic(&self, at: usize) -> bool {
        let follows = |next: &Token| {
            let word = next.of(self.text);
            let is_one = |one: &&[u8]| word.eq_ignore_ascii_case(one);
            next.gap == Gap::Hyphen && [&b"il"[..], b"elle", b"on", b"ils", b"elles"].iter().any(is_one)
        };
        self.tokens[at].letter == b't' && self.tokens.get(at + 1).is_some_and(follows)
    }

    /// Whether the country of an IBAN may be spelled there by what are words otherwise: `i e eight two`, `e ese cincuenta y
    /// dos`, `i ti settantacinque`. No sentence has them so.
    fn spells_a_country(&self, at: usize) -> bool {
        const SPELLED: [(&[u8], &[u8]); 3] = [(b"i", b"e"), (b"e", b"ese"), (b"i", b"ti")];
        let is = |at: usize, word: &[u8]| {
            self.tokens.get(at).is_some_and(|token| {
                matches!(token.gap, Gap::Blank | Gap::None) && token.of(self.text).eq_ignore_ascii_case(word)
            })
        };
        SPELLED.iter().any(|(first, second)| is(at, first) && is(at + 1, second)) && self.counts(at + 2)
    }

    /// Whether the letter is one of three at least that hyphens join: `O-Y-E`.
    fn is_chained(&self, at: usize) -> bool {
        let joined = |at: usize| {
            at > 0
                && self.tokens.get(at).is_some_and(|token| token.gap == Gap::Hyphen && token.letter != 0)
                && self.tokens[at - 1].letter != 0
        };
        let (own, next) = (joined(at), joined(at + 1));
        // The first, the middle or the last of three.
        if next { own || joined(at + 2) } else { own && joined(at - 1) }
    }

    /// A letter that is spelled at token `at`: alone, by name, or by a word for it.
    pub(super) fn letter(&self, at: usize, before: Option<What>, near: bool, spells: bool) -> Option<Core> {
        let (single, sense) = (self.single_letter(at), self.sense(at));
        let letter = if single > 0 { single } else { sense.letter };
        let core = |letter, used| Some(Core { what: What::Letter(letter), used, letters: 1 });
        let links = sense.is(Mark::And) && before.is_some_and(is_number) && self.counts(at + 1);
        if links {
            return None;
        }
        if letter > 0
            && let Some(used) = self.word_for(at, letter)
        {
            return core(letter, used);
        }
        let behind_letter = before.is_some_and(is_letter) && near;
        let is_large = matches!(before, Some(What::Scale(3..)));
        let behind_number = before.is_some_and(is_number) && near && !is_large;
        let ahead = self.past_filler(at + 1);
        let (own, next) = (self.strength(at), self.strength(ahead));
        // `o` is a zero among digits.
        let behind_spelled = near && matches!(before, Some(What::Letter(_)));
        let is_zero = sense.number == Some(0) && !behind_spelled && (behind_number || self.counts(ahead));
        let after = self.strength(self.past_filler(ahead + 1));
        let spells_on = next == 2 || next == 1 && after == 2 || next > 0 && after > 0 && behind_letter;
        let holds = match own {
            2 if sense.alphabet > 0 && letter == 0 => false,
            2 => behind_letter || behind_number || next > 0 || self.counts(ahead),
            1 if single >= 0xE0 => behind_spelled && next > 0,
            1 if single > 0 => {
                let inside = behind_letter || behind_number && spells;
                inside && (next > 0 || self.counts(ahead) || self.ends(at + 1))
                    || spells_on
                    || self.spells_a_country(at)
            }
            1 if sense.heard > 0 => {
                let counts_on = self.counts(self.past_filler(ahead + 1));
                // `ci ci ti sessantuno`: no Italian sentence has two of them before a number, or three.
                let is_row = self.lang == IT && next > 0 && (after > 0 || counts_on);
                behind_spelled && (next > 0 || self.counts(ahead))
                    || spells_on && next == 2 && after > 0
                    || is_row
            }
            _ => false,
        };
        if holds && !is_zero {
            return core(if letter > 0 { letter } else { sense.heard }, 1);
        }
        if sense.alphabet > 0 && single == 0 {
            let goes_on = next > 0 && !self.is(at + 1, Mark::Of) || self.counts(ahead) && after > 0;
            // Most such words are names of people and towns: one alone behind `204417,` is called so.
            let is_counted =
                || matches!(before, Some(What::Number(_) | What::Times(_))) || self.tokens[at - 1].len() <= 2;
            let ends_number = behind_number && self.tokens[at].gap == Gap::Blank && is_counted();
            if behind_letter || ends_number || goes_on {
                return core(sense.alphabet, 1);
            }
        }
        self.clump(at, before, near)
    }

    /// How many tokens a letter and its word take: `D for David`, `m comme marie`, `d delta`.
    fn word_for(&self, at: usize, letter: u8) -> Option<usize> {
        let begins = |at: usize| {
            let token = self.tokens.get(at)?;
            let word = token.of(self.text);
            let first = crate::view::decode::char_at(word).0.to_lowercase().next()?;
            (token.kind == Kind::Word && token.len() > 1 && first as u32 == u32::from(letter)).then_some(())
        };
        if self.is(at + 1, Mark::For) && begins(at + 2).is_some() {
            return Some(3);
        }
        (begins(at + 1).is_some()
            && self.sense(at + 1).alphabet == letter
            && self.tokens[at + 1].gap != Gap::Break)
            .then_some(2)
    }

    /// Two or three letters that a recogniser wrote together between letters: `SL`, `RR`, `tra`.
    fn clump(&self, at: usize, before: Option<What>, near: bool) -> Option<Core> {
        let token = self.tokens[at];
        let word = token.of(self.text);
        if token.kind != Kind::Word || !(2..=3).contains(&word.len()) || !word.is_ascii() || !near {
            return None;
        }
        let has_vowel = word.iter().any(|b| b"aeiouy".contains(&b.to_ascii_lowercase()));
        let is_upper = word.iter().all(u8::is_ascii_uppercase);
        let is_known = token.word != 0;
        let among = before.is_some_and(|what| is_letter(what) || is_number(what));
        let strange = !has_vowel || is_upper && !is_known;
        (among && strange).then_some(Core { what: What::Written, used: 1, letters: word.len() })
    }
}
