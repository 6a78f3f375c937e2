//! Belgian national numbers: the key.

use super::{Candidate, Check, whole};

/// See the file's head.
pub(super) const CHECK: Check = Check {
    name: "be_nn",
    about: "97 - nine digits modulo 97, for births since 2000 with a 2 before; month and day of birth (Rijksregister, KB 8.1.2006)",
    holds,
};

fn holds(candidate: &Candidate) -> bool {
    if !whole::holds(candidate) {
        return false;
    }
    let digits = candidate.digits();
    if digits.len() != 11 {
        return false;
    }
    let part = |from: usize, to: usize| digits[from..to].iter().fold(0u64, |n, &d| n * 10 + u64::from(d));
    let (body, key) = (part(0, 9), part(9, 11));
    // Months are raised by 20 or 40 for numbers of the second register (bis), 0 when unknown.
    let plausible = matches!(part(2, 4), 0..=12 | 20..=32 | 40..=52) && part(4, 6) <= 31;
    plausible && (97 - body % 97 == key || 97 - (2_000_000_000 + body) % 97 == key)
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["85.07.30-033.28", "85073003328", "17 07 30 033 84"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["85.07.30-033.29", "85.13.30-033.28"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
