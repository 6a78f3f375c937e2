//! Which pieces of a conversation are one value?
//!
//! A piece repeats a value, goes on with one, or begins one. Only the last few values may go on.

use super::conversation::{KNOWN_BY, LONG, OPEN, Piece, TURNS_BETWEEN, Talk, Turn};
use crate::limits;

/// Digits of a group of digits that is said as one number.
const GROUP: usize = 3;

/// Pieces that are one value, and what repeats them.
pub(super) struct Fragment {
    pub(super) speaker: u64,
    pub(super) text: String,
    pub(super) pieces: Vec<usize>,
    pub(super) echoes: Vec<usize>,
    pub(super) last_turn: usize,
    /// Whether more of it may follow.
    pub(super) is_open: bool,
}

pub(super) fn readings(piece: &Piece) -> impl Iterator<Item = &str> {
    std::iter::once(piece.written.as_str()).chain(piece.others.iter().map(String::as_str))
}

/// Puts pieces together, in the order of the conversation.
pub(super) fn fragments(talk: &Talk) -> Vec<Fragment> {
    let mut all: Vec<Fragment> = Vec::new();
    let mut next = 0;
    for (number, turn) in talk.turns.iter().enumerate() {
        let first = next;
        while talk.pieces.get(next).is_some_and(|piece| piece.turn == number) {
            next += 1;
        }
        let recent = all.len().saturating_sub(OPEN);
        if turn.has_tag || first == next && !turn.is_thin {
            // Something else is talked about.
            all[recent..].iter_mut().for_each(|fragment| fragment.is_open = false);
        }
        let known = all.len();
        let mut is_placed = false;
        for at in first..next {
            is_placed |= place_piece(talk, at, turn, &mut all);
        }
        // A question, or talk of other numbers, ends what was open.
        if turn.asks && first == next || !turn.is_thin && !is_placed {
            all[recent..known].iter_mut().for_each(|fragment| fragment.is_open = false);
        }
        if turn.has_tag {
            all[recent..].iter_mut().for_each(|fragment| fragment.is_open = false);
        }
    }
    all
}

/// Finds the place of a piece: it repeats a value, goes on with one, or begins one. Returns whether it belongs
/// to one that was there before.
fn place_piece(talk: &Talk, at: usize, turn: &Turn, all: &mut Vec<Fragment>) -> bool {
    let piece = &talk.pieces[at];
    if piece.is_amount {
        return false;
    }
    let recent = all.len().saturating_sub(OPEN);
    let near = |fragment: &Fragment| piece.turn - fragment.last_turn <= TURNS_BETWEEN;
    let unknown = turn.speaker == 0;
    let is_quiet = piece.head && piece.tail;
    let repeats = |fragment: &&mut Fragment| {
        // Four digits written among other words may be a year.
        let is_enough = is_quiet || piece.written.len() >= KNOWN_BY + usize::from(!piece.is_said);
        // A digit alone repeats the one right before it.
        let last = &talk.pieces[*fragment.pieces.last().unwrap_or(&at)];
        if piece.is_count {
            let follows = piece.turn == last.turn + 1 && last.written.contains(&piece.written);
            return is_quiet && follows;
        }
        if piece.written.len() == 1 {
            let follows = piece.turn == last.turn + 1 && fragment.speaker != turn.speaker;
            return is_quiet && follows && last.written.ends_with(&piece.written);
        }
        is_enough
            && near(fragment)
            && piece.turn > fragment.last_turn
            && readings(piece).any(|text| is_echo(text, &fragment.text))
    };
    if let Some(fragment) = all[recent..].iter_mut().rev().find(repeats) {
        let same = fragment.speaker == turn.speaker && !unknown;
        // Somebody may say the same digits twice in a number: short pieces of the same speaker go on with it.
        if !same || piece.written.len() >= 3 {
            fragment.echoes.push(at);
            fragment.last_turn = piece.turn;
            return true;
        }
    }
    // Many dictate digits as numbers of three: `six cent trente-huit`, and nothing else.
    let is_group = piece.is_count && is_quiet && piece.written.len() <= GROUP;
    if piece.is_count && !(piece.is_announced && is_quiet) && !is_group {
        return false;
    }
    let is_whole = |at: usize| {
        let piece = &talk.pieces[at];
        piece.named.is_some() && piece.written.len() >= LONG + 2
    };
    let goes_on = |fragment: &&mut Fragment| {
        near(fragment)
            && fragment.is_open
            && piece.head
            && (piece.tail || piece.written.len() >= 3)
            && (unknown || fragment.speaker == turn.speaker)
            && fragment.text.len() + piece.written.len() <= limits::PIECE_CHARACTERS
            && !is_whole(at)
            && piece.turn > fragment.last_turn
    };
    if let Some(fragment) = all[recent..].iter_mut().rev().find(goes_on) {
        fragment.text.push_str(&piece.written);
        fragment.pieces.push(at);
        fragment.last_turn = piece.turn;
        fragment.is_open = piece.tail;
        return true;
    }
    if piece.is_count && !(is_group && piece.is_announced) {
        return false;
    }
    all.push(Fragment {
        speaker: turn.speaker,
        text: piece.written.clone(),
        pieces: vec![at],
        echoes: Vec::new(),
        last_turn: piece.turn,
        is_open: piece.tail && !is_whole(at),
    });
    false
}

/// Whether `text` repeats the value, or a part of it, perhaps with a digit wrong.
fn is_echo(text: &str, value: &str) -> bool {
    text.len() >= 2 && value.contains(text)
        || value.len() >= KNOWN_BY && text.contains(value)
        || text.len() >= 6
            && text.len().abs_diff(value.len()) <= 1
            && distance_is_one(text.as_bytes(), value.as_bytes())
}

/// Whether `text` names a value by its first or last digits. Four digits that are written among other words may
/// be a year.
pub(super) fn is_mention(text: &str, value: &str, is_sure: bool) -> bool {
    let least = if is_sure { KNOWN_BY } else { KNOWN_BY + 1 };
    text.len() >= least
        && value.len() >= LONG
        && (value.ends_with(text) || value.starts_with(text) && text.len() > KNOWN_BY || text.contains(value))
}

/// Whether one sign must be changed, added or left out to make one of the other.
fn distance_is_one(a: &[u8], b: &[u8]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    same + rest + 1 >= a.len().max(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_and_mentions() {
        assert!(is_echo("4111", "41111111") && is_echo("0639980121", "0639980121"));
        assert!(is_echo("063998012", "063998013") && is_echo("0639980", "06399801"));
        assert!(!is_echo("5", "555") && !is_echo("250", "0639980121"));
        assert!(
            is_mention("1111", "4111111111111111", true) && !is_mention("1111", "4111111111111111", false)
        );
        assert!(!is_mention("2024", "4111111111111111", true));
    }
}
