//! Pairs of degrees.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "coordinates", about: "latitude up to 90, longitude up to 180 degrees (ISO 6709)", holds };

fn holds(candidate: &Candidate) -> bool {
    let mut parts =
        candidate.value().split(|b| !(b.is_ascii_digit() || *b == b'.')).filter(|part| !part.is_empty());
    let mut degrees = || parts.next().and_then(|part| std::str::from_utf8(part).ok()?.parse::<f64>().ok());
    match (degrees(), degrees()) {
        (Some(latitude), Some(longitude)) => latitude <= 90.0 && longitude <= 180.0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn right_and_wrong_numbers() {
        for good in ["48.85661, 2.35222", "-33.86880 151.20930"] {
            assert!(holds(&CHECK, good), "{good}");
        }
        for bad in ["95.12345, 2.35222", "48.85661"] {
            assert!(!holds(&CHECK, bad), "{bad}");
        }
    }
}
