//! Bitcoin addresses of the first kinds: Base58Check.

use super::{Candidate, Check};
use sha2::{Digest, Sha256};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "base58",
    about: "Base58Check: the last four bytes begin the double SHA-256 of the rest (Bitcoin developer reference)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes = [0u8; 25];
    for c in candidate.value() {
        let Some(digit) = ALPHABET.iter().position(|known| known == c) else { return false };
        let mut carry = digit as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    let digest = Sha256::digest(Sha256::digest(&bytes[..21]));
    digest[..4] == bytes[21..]
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "1A1zP1eP5QGefi2DMPTfTL5SLmv7"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
