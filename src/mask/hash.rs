//! A keyed pseudonym: `[HASH_KDNAHEOBGMPCLIFJ]`, the same for the same value in every file under the same key.
//!
//! Keyed BLAKE3 of the value in lower case without blanks, its first 64 bits in sixteen letters of A to P: no digit,
//! so that no rule takes it for a number. Without the key it says nothing of the value. One value in two columns has
//! one hash, so that tables can still be joined.

use super::{Operator, Subject};
use crate::model::{HASH_LETTERS, HASH_STAMP};
use crate::view::fold::{Folded, fold};

/// See the module.
pub(super) const OPERATOR: Operator = Operator {
    name: "hash",
    about: "a keyed pseudonym of 64 bits, the same for the same value under the same key: [HASH_KDNAHEOBGMPCLIFJ]",
    write,
};

/// The key for pseudonyms, derived from the bytes of the user's key file.
#[must_use]
pub fn hash_key(key_file: &[u8]) -> [u8; 32] {
    blake3::derive_key("sourdine 2026-11 pseudonyms of columns", key_file)
}

fn write(subject: &Subject, out: &mut String) {
    let Some(key) = subject.key else {
        // The command line asks for a key beforehand. An unkeyed hash could be guessed.
        return super::label::write(subject, out);
    };
    let mut hasher = blake3::Hasher::new_keyed(key);
    let mut utf8 = [0u8; 4];
    for c in subject.value.chars() {
        let c = match fold(c) {
            Folded::Same => c,
            Folded::To(other) => other,
            Folded::Gone => continue,
        };
        for lower in c.to_lowercase().filter(|c| !c.is_whitespace()) {
            hasher.update(lower.encode_utf8(&mut utf8).as_bytes());
        }
    }
    out.push(char::from(subject.brackets[0]));
    out.push_str(HASH_STAMP);
    let hash = hasher.finalize();
    for byte in &hash.as_bytes()[..HASH_LETTERS / 2] {
        out.push(char::from(b'A' + (byte >> 4)));
        out.push(char::from(b'A' + (byte & 15)));
    }
    out.push(char::from(subject.brackets[1]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(value: &str, key: &[u8]) -> String {
        let key = hash_key(key);
        let mut out = String::new();
        let subject = Subject {
            entity: "EMAIL",
            number: 1,
            numbered: true,
            brackets: [b'[', b']'],
            value,
            key: Some(&key),
        };
        write(&subject, &mut out);
        out
    }

    #[test]
    fn spelling_does_not_count_and_the_key_does() {
        let one = hashed("Jo.Doe@Example.com", b"0123456789abcdef");
        assert_eq!(one, hashed(" jo.doe@example.com ", b"0123456789abcdef"));
        assert_ne!(one, hashed("jodoe@example.com", b"0123456789abcdef"));
        assert_ne!(one, hashed("Jo.Doe@Example.com", b"0123456789abcdeF"));
        assert_eq!(one.len(), "[HASH_]".len() + HASH_LETTERS);
    }

    #[test]
    fn without_a_key_nothing_is_hashed() {
        let mut out = String::new();
        let subject = Subject {
            entity: "EMAIL",
            number: 1,
            numbered: true,
            brackets: [b'[', b']'],
            value: "jo@example.com",
            key: None,
        };
        write(&subject, &mut out);
        assert_eq!(out, "[EMAIL_1]");
    }
}
