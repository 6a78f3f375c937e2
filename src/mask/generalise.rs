//! A coarser value: the year of a date, ten years of age, a tenth of a degree, the beginning of a postcode, the
//! network of an address.
//!
//! What is coarse already stays as it is, so that a second run changes nothing. What cannot be read is masked, never
//! passed: a name, an e-mail address (its domain may name a person), a date whose year is not plain.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Operator, Subject};

/// See the module.
pub(super) const OPERATOR: Operator = Operator {
    name: "generalise",
    about: "a coarser value: year, ten years of age, a tenth of a degree, first part of a postcode, network; else a label",
    write,
};

fn write(subject: &Subject, out: &mut String) {
    let value = subject.value.trim();
    let coarse = match subject.entity {
        "DATE" | "DATE_OF_BIRTH" => year(value),
        "AGE" => band(value),
        "COORDINATES" => degrees(value),
        "POSTCODE" => area(value),
        "IP_ADDRESS" => network(value),
        // Of a column that no name explains, what can be nothing else: four digits may be a year or a PIN.
        _ => network(value),
    };
    match coarse {
        Some(coarse) => out.push_str(&coarse),
        None => super::label::write(subject, out),
    }
}

/// The year of a date with a year of four digits: `1980-05-12T10:00`, `12/05/1980 10:00`, `12 mai 1980`, `1980`.
fn year(value: &str) -> Option<String> {
    let groups: Vec<&str> =
        value.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    // Day, month and year; hours, minutes, seconds and their fractions; an offset.
    let is_short = |group: &&str| (1..=2).contains(&group.len());
    let place = groups.iter().take(3).position(|group| group.len() == 4)?;
    let year: u32 = groups[place].parse().ok()?;
    let is_date = (1900..2100).contains(&year)
        && groups[..place].iter().all(is_short)
        && groups[place + 1..].iter().take(2).all(is_short)
        && groups.len() <= 9
        && groups[place + 1..].iter().all(|group| group.len() <= 9)
        && (place != 1 || groups.len() == 2 || value.contains(char::is_alphabetic));
    let words = value.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).count();
    let signs = value.chars().all(|c| c.is_alphanumeric() || " /.-:,+".contains(c));
    (is_date && signs && words <= 4 && value.chars().count() <= 40).then(|| groups[place].to_owned())
}

/// Ten years of age: `30-39`; `90+` from ninety on.
fn band(value: &str) -> Option<String> {
    if value == "90+" {
        return Some(value.to_owned());
    }
    if let Some((from, to)) = value.split_once('-') {
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        return (from % 10 == 0 && to == from + 9 && from < 90).then(|| value.to_owned());
    }
    let digits = value.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
    let age: u32 = digits.parse().ok()?;
    match age {
        0..90 => Some(format!("{}-{}", age / 10 * 10, age / 10 * 10 + 9)),
        90..130 => Some("90+".to_owned()),
        _ => None,
    }
}

/// Degrees to one decimal, rounded, of one number or of a pair; each with the sign and decimal point it had.
fn degrees(value: &str) -> Option<String> {
    let mut out = String::new();
    let mut parts = 0;
    let is_pair = |c: char| c == ';' || c.is_whitespace();
    let plain = !value.contains(is_pair);
    // `48.85,2.35` is a pair, `48,85` is a number.
    let splits_at_comma = plain && value.contains('.') && value.contains(',');
    for part in value.split_inclusive(|c: char| is_pair(c) || splits_at_comma && c == ',') {
        let number = part.trim_end_matches(|c: char| is_pair(c) || c == ',');
        if number.is_empty() {
            out.push_str(part);
            continue;
        }
        parts += 1;
        let comma = number.contains(',');
        let degree: f64 =
            number.replace(',', ".").parse().ok().filter(|degree: &f64| degree.abs() <= 180.0)?;
        if !number.bytes().all(|b| b.is_ascii_digit() || b"+-.,".contains(&b)) {
            return None;
        }
        let coarse = match number.find(['.', ',']) {
            None => number.to_owned(),
            Some(_) => {
                let sign = if number.starts_with('+') { "+" } else { "" };
                let coarse = format!("{sign}{degree:.1}");
                if comma { coarse.replace('.', ",") } else { coarse }
            }
        };
        out.push_str(&coarse);
        out.push_str(&part[number.len()..]);
    }
    (1..=2).contains(&parts).then_some(out)
}

/// The first part of a postcode: that of a British, Irish or Canadian one, else its first two digits.
fn area(value: &str) -> Option<String> {
    let bytes = value.as_bytes();
    if bytes.iter().any(|b| !b.is_ascii_alphanumeric() && !b" -".contains(b)) {
        return None;
    }
    let is_outward = |part: &str| {
        let letters = part.bytes().take_while(u8::is_ascii_alphabetic).count();
        let rest = &part.as_bytes()[letters..];
        (1..=2).contains(&letters)
            && (1..=2).contains(&rest.len())
            && rest[0].is_ascii_digit()
            && rest[1..].iter().all(u8::is_ascii_alphanumeric)
    };
    if value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let first = match value.split_once(' ') {
            Some((first, _)) => first,
            // `SW1A1AA`: the second part has three signs, an Irish one four.
            None if (5..=7).contains(&value.len()) => &value[..value.len() - 3],
            None => value,
        };
        return is_outward(first).then(|| first.to_owned());
    }
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let is_known = match digits {
        2 => digits == value.len(),
        // With four more digits in America, three in Portugal, letters in the Netherlands.
        4 | 5 => value.len() <= 10,
        _ => false,
    };
    is_known.then(|| value[..2].to_owned())
}

/// The network of an address: /16, and /32 of IPv6.
fn network(value: &str) -> Option<String> {
    let mut out = String::new();
    let bare = |suffix: &str| value.strip_suffix(suffix);
    // Writing to a string cannot fail.
    if let Ok(address) = bare("/16").unwrap_or(value).parse::<Ipv4Addr>() {
        let [a, b, ..] = address.octets();
        let _ = write!(out, "{a}.{b}.0.0/16");
    } else {
        let address: Ipv6Addr = bare("/32").unwrap_or(value).parse().ok()?;
        let [a, b, ..] = address.segments();
        let _ = write!(out, "{}/32", Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarse(entity: &str, value: &str) -> String {
        let mut out = String::new();
        let brackets = [b'[', b']'];
        write(&Subject { entity, number: 1, numbered: true, brackets, value, key: None }, &mut out);
        out
    }

    #[test]
    fn coarser_values_and_what_cannot_be_read() {
        for (entity, value, becomes) in [
            ("DATE_OF_BIRTH", "1980-05-12", "1980"),
            ("DATE_OF_BIRTH", "12/05/1980", "1980"),
            ("DATE", "2026-03-02 10:15:01", "2026"),
            ("DATE", "2026-03-02T10:15:01.250Z", "2026"),
            ("DATE", "12 mai 1980", "1980"),
            ("DATE", "May 12, 1980", "1980"),
            ("DATE", "05/1980", "1980"),
            ("DATE", "1980", "1980"),
            ("DATE_OF_BIRTH", "12/05/80", "[DATE_OF_BIRTH_1]"),
            ("DATE_OF_BIRTH", "0612 34 56 78", "[DATE_OF_BIRTH_1]"),
            ("DATE_OF_BIRTH", "jo@example.com 1980", "[DATE_OF_BIRTH_1]"),
            ("DATE_OF_BIRTH", "37", "[DATE_OF_BIRTH_1]"),
            ("AGE", "37", "30-39"),
            ("AGE", "37 ans", "30-39"),
            ("AGE", "8", "0-9"),
            ("AGE", "97", "90+"),
            ("AGE", "30-39", "30-39"),
            ("AGE", "90+", "90+"),
            ("AGE", "18-24", "[AGE_1]"),
            ("AGE", "old", "[AGE_1]"),
            ("COORDINATES", "48.85661", "48.9"),
            ("COORDINATES", "-33.8688", "-33.9"),
            ("COORDINATES", "48,8566", "48,9"),
            ("COORDINATES", "48.8566, 2.3522", "48.9, 2.4"),
            ("COORDINATES", "48.8566,2.3522", "48.9,2.4"),
            ("COORDINATES", "48.9, 2.4", "48.9, 2.4"),
            ("COORDINATES", "48", "48"),
            ("COORDINATES", "555.0142", "[COORDINATES_1]"),
            ("COORDINATES", "NaN", "[COORDINATES_1]"),
            ("POSTCODE", "75011", "75"),
            ("POSTCODE", "75", "75"),
            ("POSTCODE", "94107-1234", "94"),
            ("POSTCODE", "1012 AB", "10"),
            ("POSTCODE", "SW1A 1AA", "SW1A"),
            ("POSTCODE", "SW1A1AA", "SW1A"),
            ("POSTCODE", "SW1A", "SW1A"),
            ("POSTCODE", "K1A 0B1", "K1A"),
            ("POSTCODE", "Paris", "[POSTCODE_1]"),
            ("IP_ADDRESS", "192.0.2.17", "192.0.0.0/16"),
            ("IP_ADDRESS", "192.0.0.0/16", "192.0.0.0/16"),
            ("IP_ADDRESS", "2001:db8:1::5", "2001:db8::/32"),
            ("IP_ADDRESS", "2001:db8::/32", "2001:db8::/32"),
            ("IP_ADDRESS", "localhost", "[IP_ADDRESS_1]"),
            ("EMAIL", "jo@example.com", "[EMAIL_1]"),
            ("PERSON", "Marie Dupont", "[PERSON_1]"),
            ("REFERENCE", "1234", "[REFERENCE_1]"),
            ("REFERENCE", "1980", "[REFERENCE_1]"),
            ("DENIED", "2026-03-02", "[DENIED_1]"),
            ("DENIED", "192.0.2.17", "192.0.0.0/16"),
        ] {
            let once = coarse(entity, value);
            assert_eq!(once, becomes, "{entity} {value}");
            let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!formula(&once) || formula(value), "{value}");
            if !once.starts_with('[') {
                assert_eq!(coarse(entity, &once), once, "{entity} {value}, a second time");
            }
        }
    }
}
