//! Ethereum addresses: mixed-case checksum.

use super::{Candidate, Check};
use sha3::{Digest, Keccak256};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "eth",
    about: "40 hexadecimal digits in one case, or in the case that their Keccak-256 asks for (EIP-55)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    let Some(digits) = candidate.value().get(2..42) else { return false };
    let lower = digits.to_ascii_lowercase();
    if digits == lower.as_slice() || digits == digits.to_ascii_uppercase().as_slice() {
        return true;
    }
    let digest = Keccak256::digest(&lower);
    digits.iter().enumerate().all(|(at, c)| {
        let nibble = digest[at / 2] >> (4 * (1 - at % 2)) & 0xF;
        c.is_ascii_digit() || c.is_ascii_uppercase() == (nibble >= 8)
    })
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in
            ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"]
        {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "0x1234"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
