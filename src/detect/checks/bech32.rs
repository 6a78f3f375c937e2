//! Bitcoin addresses since SegWit: Bech32 and Bech32m.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "bech32",
    about: "polynomial checksum of Bech32 or Bech32m, one case throughout (BIP 173, BIP 350)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let value = candidate.value();
    let mixed = value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase);
    let Some(data) = value.get(3..).filter(|data| (11..=87).contains(&data.len()) && !mixed) else {
        return false;
    };
    // The prefix `bc`, expanded.
    let mut sum = [3, 3, 0, 2, 3].into_iter().fold(1, step);
    for c in data {
        let Some(digit) = ALPHABET.iter().position(|known| *known == c.to_ascii_lowercase()) else {
            return false;
        };
        sum = step(sum, digit as u32);
    }
    sum == 1 || sum == 0x2bc8_30a3
}

fn step(sum: u32, value: u32) -> u32 {
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let next = (sum & 0x01ff_ffff) << 5 ^ value;
    GENERATORS.iter().enumerate().fold(
        next,
        |next, (at, generator)| {
            if sum >> (25 + at) & 1 == 1 { next ^ generator } else { next }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in
            ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]
        {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
