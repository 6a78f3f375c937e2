//! What is the answer, when somebody was asked to spell, or for a day?
//!
//! A recogniser makes `d e re k` of a name and `a4 O four` of a date. Where a question announced what comes, and
//! most of a short answer looks like it, the answer is taken as it stands, less the words that only carry it.

use super::lexicon::{LANGUAGES, Lang, Lexicon, Mark};
use super::tokens::{Gap, Kind, Token};
use crate::model::Span;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Letters, one by one.
    Spelling,
    /// A day.
    Date,
}

/// Most words of an answer, and most signs of its tokens with digits where it is a day: `22nd of the 3rd 2016`.
const WORDS: usize = 40;
/// Tokens from which more of them must be what was asked for.
const LONG_ANSWER: usize = 8;
/// Most short words at an edge of spelled letters that are letters themselves.
const SHORT_WORDS: usize = 2;
/// Words of a day without any digits: `november neunundfünfzig`.
const WORDS_OF_DAY: usize = 5;
const DIGITS_OF_DAY: usize = 12;

/// The answer among the tokens, if most of them are what was asked for.
pub(super) fn answer(tokens: &[Token], lexicon: &Lexicon, asked: Asked) -> Option<Span> {
    let any =
        |token: &Token, is: &dyn Fn(Lang) -> bool| token.word != 0 && (0..LANGUAGES.len() as Lang).any(is);
    let marked = |token: &Token, marks: &[Mark]| {
        any(token, &|lang| marks.iter().any(|&mark| lexicon.sense(token.word, lang).is(mark)))
    };
    let carries = |token: &Token| {
        token.letter == 0
            && marked(token, &[Mark::Filler, Mark::Carrier, Mark::Repair, Mark::Common, Mark::Spelling])
    };
    let is_letter = |token: &Token| {
        token.letter != 0
            || any(token, &|lang| {
                let sense = lexicon.sense(token.word, lang);
                sense.letter > 0 || sense.alphabet > 0
            })
    };
    let counts = |token: &Token| any(token, &|lang| lexicon.sense(token.word, lang).counts());
    let names_a_day = |token: &Token| {
        token.kind == Kind::Ordinal
            || any(token, &|lang| {
                let sense = lexicon.sense(token.word, lang);
                sense.month > 0 || sense.ordinal > 0
            }) && !counts(token)
    };
    let is_sign = |token: &Token| match asked {
        Asked::Spelling => matches!(token.kind, Kind::Digits | Kind::Mixed) || is_letter(token),
        Asked::Date => matches!(token.kind, Kind::Digits | Kind::Mixed) || names_a_day(token),
    };
    // Letters that were written together; in a day, what ties its parts.
    let may_be = |token: &Token| match asked {
        Asked::Spelling => token.kind == Kind::Word && token.len() <= 3 && !counts(token),
        Asked::Date => marked(token, &[Mark::Of, Mark::And]) || counts(token),
    };
    let mut first = tokens.iter().position(|token| is_sign(token) || !carries(token))?;
    let mut last = tokens.iter().rposition(|token| is_sign(token) || !carries(token))?;
    if asked == Asked::Spelling {
        // At the end `you` and `and` are letters, and before a digit.
        let is_heard =
            |token: &Token| token.len() <= 3 && any(token, &|lang| lexicon.sense(token.word, lang).heard > 0);
        if tokens.get(last + 1).is_some_and(is_heard) {
            last += 1;
        }
        if first > 0 && tokens[first].kind == Kind::Digits && is_heard(&tokens[first - 1]) {
            first -= 1;
        }
        // Letters that were taken for short words, at the edges of others: `je a n`, `l e w is`.
        let is_short = |token: &Token, but: &[Mark]| {
            token.kind == Kind::Word
                && (2..=3).contains(&token.len())
                && marked(token, &[Mark::Common, Mark::Carrier])
                && !marked(token, but)
        };
        let are_letters = |at: usize| tokens.get(at).is_some_and(|token| token.letter != 0);
        let tail = &tokens[last + 1..];
        let says = [Mark::Filler, Mark::Repair, Mark::Spelling];
        if are_letters(last) && tail.len() <= SHORT_WORDS && tail.iter().all(|token| is_short(token, &says)) {
            last = tokens.len() - 1;
        }
        let says = [Mark::Filler, Mark::Repair, Mark::Spelling, Mark::Carrier];
        let head = tokens[..first].iter().rev().take_while(|token| is_short(token, &says)).count();
        if are_letters(first) && are_letters(first + 1) && head <= SHORT_WORDS {
            first -= head;
        }
    }
    let inside = &tokens[first..=last];
    if inside.len() > WORDS || inside.iter().any(|token| matches!(token.kind, Kind::Wall | Kind::Money)) {
        return None;
    }
    // Another thought is no part of the answer; a stop behind a single letter is none.
    let ends = |pair: &[Token]| matches!(pair[1].gap, Gap::Stop | Gap::Break) && pair[0].letter == 0;
    if inside.windows(2).any(ends) {
        return None;
    }
    let signs = inside.iter().filter(|token| is_sign(token)).count();
    let rest = inside.iter().filter(|token| !is_sign(token) && may_be(token)).count();
    let holds = match asked {
        Asked::Spelling => {
            let letters = inside.iter().filter(|token| token.kind == Kind::Mixed || is_letter(token)).count();
            // One mixed word is enough: `w76`.
            let spelled = signs >= 2 || signs == 1 && inside[0].kind == Kind::Mixed && inside[0].len() >= 3;
            // Who says much else asks something himself: `y el taller cuál es el de siempre`.
            let is_mostly = match inside.len() {
                0..LONG_ANSWER => (signs + rest) * 5 >= inside.len() * 3,
                many => (signs + rest) * 4 >= many * 3 && signs * 3 >= many,
            };
            let asks = inside.iter().any(|token| token.len() > 3 && marked(token, &[Mark::Carrier]));
            spelled && letters > 0 && is_mostly && !asks
        }
        Asked::Date => {
            let digits: usize = inside.iter().filter(|token| token.kind != Kind::Word).map(Token::len).sum();
            let named = inside.iter().any(names_a_day);
            signs > 0
                && (named && (digits > 0 || inside.len() <= WORDS_OF_DAY && inside.iter().any(counts))
                    || digits >= 4)
                && digits <= DIGITS_OF_DAY
                && (signs + rest) * 2 >= inside.len()
        }
    };
    holds.then(|| Span { start: inside[0].start, end: inside[inside.len() - 1].end })
}

/// The words of a short answer, less those that carry it; none when there are many.
pub(super) fn words_of_answer(tokens: &[Token], lexicon: &Lexicon, most: usize) -> Option<Span> {
    let carries = |token: &Token| {
        token.letter == 0
            && token.word != 0
            && (0..LANGUAGES.len() as Lang).any(|lang| {
                let sense = lexicon.sense(token.word, lang);
                [Mark::Filler, Mark::Carrier, Mark::Repair, Mark::Common].iter().any(|&mark| sense.is(mark))
            })
    };
    let first = tokens.iter().position(|token| !carries(token))?;
    let last = tokens.iter().rposition(|token| !carries(token))?;
    let inside = &tokens[first..=last];
    let is_plain = inside.iter().all(|token| token.kind == Kind::Word && !carries(token));
    // Another sentence is no part of the name.
    let is_one = inside.windows(2).all(|pair| !matches!(pair[1].gap, Gap::Stop | Gap::Break));
    (inside.len() <= most && is_plain && is_one)
        .then(|| Span { start: inside[0].start, end: inside[inside.len() - 1].end })
}
