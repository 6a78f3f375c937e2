//! Are 10,000 valid values of each kind found, whole?
//!
//! A rule names its generator with `generate`; the values are made here, from what authorities publish and
//! not from the patterns. Values are put into a sentence that announces them.

#![allow(clippy::print_stdout)] // the figures are for who runs it

mod support;

use sourdine::detect::{Ruleset, Scratch, checks, examples};
use support::values::{self, grouped, luhn_digit};
use support::{Random, engine};

const VALUES: usize = 10_000;

fn card(r: &mut Random) -> String {
    let (prefix, length): (&str, usize) = match r.range(0, 6) {
        0 => ("4", 16),
        1 => (["51", "52", "53", "54", "55"][r.range(0, 4) as usize], 16),
        2 => ("2221", 16),
        3 => (["34", "37"][r.range(0, 1) as usize], 15),
        4 => ("6011", 16),
        5 => ("36", 14),
        _ => ("3530", 16),
    };
    let body = format!("{prefix}{}", r.digits(length - 1 - prefix.len()));
    let number = format!("{body}{}", luhn_digit(&body));
    let sizes: &[usize] = if length == 15 {
        &[4, 6, 5]
    } else if length == 14 {
        &[4, 6, 4]
    } else {
        &[4, 4, 4, 4]
    };
    grouped(&number, sizes, r.pick(&["", " ", "-", "."]))
}

fn iban(r: &mut Random) -> String {
    // Country, and the shape of the domestic part: n digits, a letters, c either.
    let (country, shape) = [
        ("FR", "n10c11n2"),
        ("DE", "n18"),
        ("GB", "a4n14"),
        ("ES", "n20"),
        ("IT", "a1n10c12"),
        ("BE", "n12"),
        ("CH", "n5c12"),
        ("IE", "a4n14"),
        ("AT", "n16"),
        ("NL", "a4n10"),
    ][r.range(0, 9) as usize];
    let mut body = String::new();
    let mut kinds = shape.chars().peekable();
    while let Some(kind) = kinds.next() {
        let mut count = 0;
        while let Some(digit) = kinds.peek().and_then(|c| c.to_digit(10)) {
            count = count * 10 + digit;
            kinds.next();
        }
        for _ in 0..count {
            let letter = kind == 'a' || kind == 'c' && r.range(0, 3) == 0;
            body.push(if letter {
                (b'A' + r.range(0, 25) as u8) as char
            } else {
                (b'0' + r.range(0, 9) as u8) as char
            });
        }
    }
    let rest = format!("{body}{country}00").bytes().fold(0u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    });
    let number = format!("{country}{:02}{body}", 98 - rest);
    let number = if r.range(0, 1) == 0 { grouped(&number, &[4; 9], " ") } else { number };
    if r.range(0, 4) == 0 { number.to_lowercase() } else { number }
}

fn nir(r: &mut Random) -> String {
    let (sex, year, month) = (r.range(1, 2), r.range(0, 99), r.range(1, 12));
    let (department, as_number) = match r.range(0, 19) {
        0 => ("2A".to_owned(), 19),
        1 => ("2B".to_owned(), 18),
        _ => {
            let number = [r.range(1, 19), r.range(21, 95)][r.range(0, 1) as usize];
            (format!("{number:02}"), number)
        }
    };
    let (town, order) = (r.range(1, 990), r.range(1, 999));
    let number: u64 =
        format!("{sex}{year:02}{month:02}{as_number:02}{town:03}{order:03}").parse().expect("digits");
    let parts = [
        format!("{sex}"),
        format!("{year:02}"),
        format!("{month:02}"),
        department,
        format!("{town:03}"),
        format!("{order:03}"),
        format!("{:02}", 97 - number % 97),
    ];
    parts.join(r.pick(&["", " "]))
}

fn ssn_parts(r: &mut Random) -> [String; 3] {
    let area = loop {
        let area = r.range(1, 899);
        if area != 666 {
            break area;
        }
    };
    [format!("{area:03}"), format!("{:02}", r.range(1, 99)), format!("{:04}", r.range(1, 9999))]
}

fn nino(r: &mut Random) -> String {
    let (first, second) = loop {
        let first = r.pick(&[
            "A", "B", "C", "E", "G", "H", "J", "K", "L", "M", "N", "O", "P", "R", "S", "T", "W", "X", "Y",
            "Z",
        ]);
        let second = r.pick(&[
            "A", "B", "C", "E", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "W", "X", "Y", "Z",
        ]);
        if first != "O"
            && !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&format!("{first}{second}").as_str())
        {
            break (first, second);
        }
    };
    let s = r.pick(&["", " "]);
    let number = format!(
        "{first}{second}{s}{}{s}{}{s}{}{s}{}",
        r.digits(2),
        r.digits(2),
        r.digits(2),
        r.pick(&["A", "B", "C", "D"])
    );
    if r.range(0, 2) == 0 { number.to_lowercase() } else { number }
}

fn nhs(r: &mut Random) -> String {
    loop {
        let body = r.digits(9);
        let sum: u32 = body.bytes().zip((2..=10).rev()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
        let check = (11 - sum % 11) % 11;
        if check < 10 && body.bytes().any(|b| b != body.as_bytes()[0]) {
            return grouped(&format!("{body}{check}"), &[3, 3, 4], r.pick(&["", " ", "-"]));
        }
    }
}

fn phone(country: &str, r: &mut Random) -> String {
    match country {
        "fr" => {
            let rest = format!("{}{}", r.range(1, 9), r.digits(8));
            match r.range(0, 4) {
                0 => format!("0{rest}"),
                1 => grouped(&format!("0{rest}"), &[2; 5], r.pick(&[" ", ".", "-"])),
                2 => format!("+33 {}", grouped(&rest, &[1, 2, 2, 2, 2], " ")),
                3 => format!("0033{rest}"),
                _ => format!("+33 (0){}", grouped(&rest, &[1, 2, 2, 2, 2], " ")),
            }
        }
        "uk" => match r.range(0, 4) {
            0 => format!("07{} {}", r.digits(3), r.digits(6)),
            1 => format!("020 {} {}", r.range(3000, 8999), r.digits(4)),
            2 => format!("(0{}) {} {}", r.range(113, 191), r.range(200, 999), r.digits(4)),
            3 => format!("+44 7{} {}", r.digits(3), r.digits(6)),
            _ => format!("0044 (0)20 {} {}", r.range(3000, 8999), r.digits(4)),
        },
        "us" => {
            let (area, exchange, line) = (r.range(201, 989), r.range(200, 999), r.digits(4));
            match r.range(0, 4) {
                0 => format!("({area}) {exchange}-{line}"),
                1 => format!("{area}-{exchange}-{line}"),
                2 => format!("+1 {area} {exchange} {line}"),
                3 => format!("1-{area}-{exchange}-{line}"),
                _ => format!("{area}.{exchange}.{line}"),
            }
        }
        "de" => {
            let tail = r.range(6, 8) as usize;
            match r.range(0, 3) {
                0 => format!("0{} {}", r.range(30, 89), r.digits(tail)),
                1 => format!("01{} {}", r.range(51, 79), r.digits(8)),
                2 => format!("+49 (0){} {}", r.range(201, 989), r.digits(tail)),
                _ => format!("0049 1{} {}", r.range(51, 79), r.digits(7)),
            }
        }
        "es" => {
            let number = format!("{}{}", r.pick(&["6", "7", "8", "9"]), r.digits(8));
            match r.range(0, 3) {
                0 => grouped(&number, &[3, 3, 3], " "),
                1 => grouped(&number, &[3, 2, 2, 2], " "),
                2 => format!("+34 {}", grouped(&number, &[3, 3, 3], " ")),
                _ => format!("0034{number}"),
            }
        }
        "it" => match r.range(0, 2) {
            0 => format!("3{} {}", r.digits(2), r.digits(7)),
            1 => format!("+39 3{} {} {}", r.digits(2), r.digits(3), r.digits(4)),
            _ => format!("0{} {} {}", r.range(2, 9), r.digits(4), r.digits(4)),
        },
        _ => {
            let code = r.pick(&["32", "41", "351", "353", "352", "31", "45", "48", "212", "213"]);
            format!("+{code} {} {} {}", r.digits(1), r.digits(3), r.digits(4))
        }
    }
}

fn birth(words: bool, r: &mut Random) -> String {
    let (day, month, year) = (r.range(1, 28), r.range(1, 12), r.range(1925, 2012));
    if !words {
        return match r.range(0, 4) {
            0 => format!("{day:02}/{month:02}/{year}"),
            1 => format!("{day}.{month}.{year}"),
            2 => format!("{year}-{month:02}-{day:02}"),
            3 => format!("{day:02} {month:02} {year}"),
            _ => format!("{day:02}/{month:02}/{:02}", year % 100),
        };
    }
    let months: [[&str; 12]; 5] = [
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
    ];
    let language = r.range(0, 4) as usize;
    let month = months[language][month as usize - 1];
    match language {
        0 if r.range(0, 1) == 0 => format!("{month} {day}, {year}"),
        2 => format!("{day}. {month} {year}"),
        3 => format!("{day} de {month} de {year}"),
        _ => format!("{day} {month} {year}"),
    }
}

fn postcode_uk(r: &mut Random) -> String {
    let inward = format!(
        "{}{}{}",
        r.digits(1),
        r.pick(&["A", "B", "D", "E", "H", "J", "L", "N", "P", "Q", "R", "S", "T", "U", "W", "X", "Y", "Z"]),
        r.pick(&[
            "A", "B", "D", "E", "G", "H", "J", "L", "N", "P", "Q", "R", "S", "T", "U", "W", "X", "Y", "Z"
        ])
    );
    let area = r.pick(&["AB", "B", "BN", "CF", "E", "EH", "G", "LS", "M", "N", "NE", "S", "SW", "W", "YO"]);
    format!("{area}{}{}{inward}", r.range(1, 29), r.pick(&["", " "]))
}

/// A value of the generator, and the words that announce it.
fn value(generator: &str, r: &mut Random) -> (String, &'static str) {
    if let Some(made) = values::value(generator, r) {
        return made;
    }
    match generator {
        "card" => (card(r), "card number"),
        "iban" => (iban(r), "iban"),
        "fr_nir" => (nir(r), "sécu"),
        "us_ssn" => (ssn_parts(r).join(r.pick(&["-", " ", "."])), "ssn"),
        "us_ssn_bare" => (ssn_parts(r).concat(), "social security number"),
        "uk_nino" => (nino(r), "ni number"),
        "uk_nhs" => (nhs(r), "nhs number"),
        "birth_numeric" => (birth(false, r), "date of birth"),
        "birth_words" => (birth(true, r), "né le"),
        "ipv4" => {
            (format!("{}.{}.{}.{}", r.range(1, 255), r.range(0, 255), r.range(0, 255), r.range(0, 255)), "ip")
        }
        "postcode_uk" => (postcode_uk(r), "postcode"),
        "postcode_digits" => (r.digits(5), "code postal"),
        _ => (phone(generator.strip_prefix("phone_").expect("a known generator"), r), "phone"),
    }
}

/// What a rule set makes of a value: whether the rule itself speaks, and whether all of it is covered.
fn heard(set: &Ruleset, scratch: &mut Scratch, rule: &str, text: &str, value: &str) -> (bool, bool) {
    let start = text.find(value).expect("it was put there");
    let found = examples::findings(set, scratch, text);
    let covered = (start..start + value.len()).all(|byte| found.iter().any(|(_, span)| span.contains(&byte)));
    // A rule speaks when it spans the whole value; with `otherwise` it speaks of something else.
    let spoken = scratch.findings.iter().any(|finding| {
        let of_rule = set
            .rules()
            .get(usize::from(finding.rule))
            .is_some_and(|known| known.id == rule && set.entities().name(finding.entity) == known.entity);
        of_rule && finding.span.start as usize <= start && finding.span.end as usize >= start + value.len()
    });
    (spoken, covered)
}

#[test]
fn ten_thousand_values_of_each_kind_are_found() {
    let engine = engine();
    let set = engine.rules();
    let mut scratch = set.scratch();
    let mut unnamed = Vec::new();
    for rule in set.rules() {
        let Some(generator) = &rule.generate else { continue };
        let mut r = Random::new(7);
        let (mut missed, mut named) = (Vec::new(), 0);
        for _ in 0..VALUES {
            let (value, cue) = value(generator, &mut r);
            let text = format!("so the {cue} is {value} , thank you");
            // The value may be covered by a rule of another name (a number can be two things), but wholly.
            let (spoken, covered) = heard(set, &mut scratch, &rule.id, &text, &value);
            named += usize::from(spoken);
            if !covered {
                missed.push(text);
            }
        }
        assert!(
            missed.is_empty(),
            "{}: {} of {VALUES} missed, such as {:?}",
            rule.id,
            missed.len(),
            &missed[..missed.len().min(5)]
        );
        if named < VALUES {
            unnamed.push(format!("{}: {named} of {VALUES} by the rule itself", rule.id));
        }
        assert!(named * 1000 >= VALUES * 999, "{}: {named} of {VALUES} by the rule itself", rule.id);
    }
    println!("{}", unnamed.join("\n"));
}

/// One digit off: the rule that checks says nothing, or what its `otherwise` says, and a run of seven digits
/// or more is masked all the same.
#[test]
fn near_misses_are_masked_under_another_name() {
    let engine = engine();
    let set = engine.rules();
    let mut scratch = set.scratch();
    for rule in set.rules() {
        let (Some(generator), Some(check)) = (&rule.generate, rule.check) else { continue };
        let sums = [
            "birth_date",
            "code",
            "coordinates",
            "identifier",
            "no_year",
            "uk_licence",
            "reference",
            "whole",
            "phone",
            "us_ssn",
            "uk_nino",
        ];
        if sums.contains(&check.name) {
            continue; // there the digits have no sum that one of them could break
        }
        let keeps_its_name = rule.otherwise.as_ref() == Some(&rule.entity);
        let mut r = Random::new(11);
        let (mut spoke, mut open) = (Vec::new(), Vec::new());
        let mut tried = 0;
        for _ in 0..VALUES / 10 {
            let (value, cue) = value(generator, &mut r);
            let Some(last) = value.rfind(|c: char| c.is_ascii_digit()) else { continue };
            let digit = value.as_bytes()[last] - b'0';
            let wrong = format!("{}{}{}", &value[..last], (digit + 1) % 10, &value[last + 1..]);
            let alone =
                checks::Candidate { text: wrong.as_bytes(), start: 0, end: wrong.len(), is_field: false };
            if (check.holds)(&alone) {
                continue; // some keys allow two neighbours
            }
            tried += 1;
            let text = format!("so the {cue} is {wrong} , thank you");
            let (spoken, covered) = heard(set, &mut scratch, &rule.id, &text, &wrong);
            if spoken && !keeps_its_name {
                spoke.push(wrong.clone());
            }
            let digits = wrong.bytes().filter(u8::is_ascii_digit).count();
            if digits >= 7 && !covered {
                open.push(text);
            }
        }
        assert!(tried > 0, "{}: no near miss was made", rule.id);
        assert!(spoke.is_empty(), "{}: speaks of {:?}", rule.id, &spoke[..spoke.len().min(3)]);
        assert!(
            open.is_empty(),
            "{}: {} near misses stay readable, such as {:?}",
            rule.id,
            open.len(),
            &open[..open.len().min(3)]
        );
    }
}

#[test]
fn every_rule_with_a_checksum_has_a_generator() {
    let engine = engine();
    // Checks of shape, not of sums: what passes them is not worth making.
    let shapes = [
        "birth_date",
        "code",
        "iban_shape",
        "expiry",
        "before_town",
        "behind_card",
        "behind_expiry",
        "password_mixed",
        "whole",
        "phone",
        "bic",
        "handle",
        "identifier",
        "ipv6",
        "mac",
        "password",
        "no_year",
        "reference",
        "token",
        "base58",
        "bech32",
        "whole",
        "phone",
        "eth",
    ];
    for rule in engine.rules().rules() {
        if rule.check.is_some_and(|check| !shapes.contains(&check.name)) {
            assert!(rule.generate.is_some(), "{}", rule.id);
        }
    }
}
