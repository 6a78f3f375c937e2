//! Is this a password, or a word that stands behind "password"?

use super::{Candidate, Check};
use crate::model::closing;

/// Without a word right before it that announces it.
pub(super) const MIXED: Check = Check {
    name: "password_mixed",
    about: "three letters in a row, in small letters at least two, and a digit; no measure and no ordinal",
    holds: is_mixed,
};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "password",
    about: "behind a colon or an equals sign anything, else digits, signs or capitals inside; no tag, no mask",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let before = candidate.text[..candidate.start].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let before = before.trim_ascii_end();
    // What a field holds that is called so is announced as much as what stands behind a colon.
    let is_given =
        before.ends_with(b":") || before.ends_with(b"=") || candidate.is_field && before.is_empty();
    !is_masked(value) && (is_given || looks_made_up(value))
}

/// Whether letters and digits stand in it as in nothing but a password: not a measure, a day or a model.
fn is_mixed(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let count = |is: fn(&u8) -> bool| value.iter().filter(|b| is(b)).count();
    let run = value.split(|b| !b.is_ascii_alphabetic()).map(<[u8]>::len).max().unwrap_or(0);
    let (small, digits) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    let changes = value.windows(2).filter(|p| p[0].is_ascii_digit() != p[1].is_ascii_digit()).count();
    let is_measure = value[0].is_ascii_digit() && changes == 1;
    !is_masked(value) && small >= 2 && digits >= 1 && !is_measure && (run >= 3 || changes >= 3)
}

/// Whether it has a tag in it, or is a run of one character.
fn is_masked(value: &[u8]) -> bool {
    let is_tag = |at: usize| {
        let Some(closing) = closing(value[at]) else { return false };
        let is_name = |b: &&u8| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_';
        let name = value[at + 1..].iter().take_while(is_name).count();
        // The closing sign may stand behind the match.
        name >= 3 && value.get(at + 1 + name).is_none_or(|b| *b == closing)
    };
    b"[{<".contains(&value[0]) || value.iter().all(|b| *b == value[0]) || (0..value.len()).any(is_tag)
}

/// Whether no word is written like this: with digits, signs, or capitals behind the first letter.
pub(super) fn looks_made_up(value: &[u8]) -> bool {
    let digits = value.iter().any(u8::is_ascii_digit);
    // `(minimum`, `done!!`: what a sentence puts around a word.
    let bare = value.strip_prefix(b"(").unwrap_or(value);
    let bare = bare.strip_suffix(b"!!").unwrap_or(bare).trim_ascii_end();
    let signs = bare.iter().any(|b| b.is_ascii_punctuation() && !b"-'./,".contains(b));
    let lower = value.iter().any(u8::is_ascii_lowercase);
    let inner_capital = lower && value[1..].iter().any(u8::is_ascii_uppercase);
    value.len() >= 4 && (digits || signs || inner_capital)
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::CHECK;

    #[test]
    fn passwords_and_words() {
        let holds = |text: &str, value: &str| {
            let start = text.find(value).expect("the value is there");
            (CHECK.holds)(&Candidate {
                text: text.as_bytes(),
                start,
                end: start + value.len(),
                is_field: false,
            })
        };
        assert!(holds("password: soleil", "soleil"));
        assert!(!holds("a new password (minimum 8 letters)", "(minimum"));
        assert!(!holds("password done!! thanks", "done!!"));
        assert!(holds("password is Soleil24", "Soleil24"));
        assert!(holds("password is soLeil", "soLeil"));
        assert!(!holds("password is wrong", "wrong"));
        assert!(!holds("password: ********", "********"));
        assert!(!holds("password: [PASSWORD_1", "[PASSWORD_1"));
        assert!(!holds("password: )[PHONE_1", ")[PHONE_1"));
        assert!(holds("password: a[B1]c", "a[B1]c"));
    }
}
