//! Do the exports of survey tools come out without the people in them, and otherwise as they were?
//!
//! `UPDATE_GOLDEN=1 cargo test --test surveys` writes the masked samples anew; read the difference before you commit it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use sourdine::engine::Engine;
use sourdine::format::{ColumnOption, FieldOptions, Treatment};
use sourdine::mask::hash_key;
use sourdine::model::Way as As;
use support::{Outcome, PLAIN, Random, Way, engine, redact, redact_fields};

/// What stands in personal fields of the samples, and may stand nowhere afterwards.
const QUALTRICS: &[&str] = &[
    "192.0.2.17",
    "2001:db8",
    "198.51.100.200",
    "203.0.113",
    "Okonkwo",
    "Rosalind",
    "rosalind",
    "KD-2044",
    "51.5085",
    "0.1257",
    "48.85661",
    "2.35222",
    "33.8688",
    "151.2093",
    "40.4168",
    "3.7038",
    "55.9533",
    "3.1883",
    "07700",
    "Bertrand",
    "Lachaume",
    "D-77120",
    "SW1A",
    "Dufresne",
    "Vasseur",
    "Apolline",
    "apolline",
    "Hippolyte",
    "Garance",
    "Marchand",
    "Quintero",
    "Ximena",
    "ximena",
    "Abernathy",
    "abernathy",
    "Thaddeus",
    "D-88001",
    "7946",
    "EH1",
    "example.",
];
const SURVEYMONKEY: &[&str] = &[
    "192.0.2.10",
    "198.51.100.4",
    "2001:db8",
    "ludmila",
    "Ludmila",
    "Brandt,",
    "ACC-5532",
    "Wolfgang",
    "Ottilie",
    "23125",
    "Fergus",
    "Doyle",
    "gaspard",
    "Gaspard",
    "Thibault",
    "06 39",
    "4471-A",
    "example.",
];
const MEDALLIA: &[&str] = &[
    "Perpetua",
    "Willoughby",
    "willoughby",
    "07700",
    "1961",
    "88120034",
    "Cornelius",
    "Faraday",
    "Anselme",
    "Kerguelen",
    "anselme",
    "06 39",
    "02/11/1984",
    "88120035",
    "Séraphine",
    "Bonnel",
    "Isidora",
    "Montcalm",
    "isidora",
    "+33",
    "1990-01",
    "88120036",
    "example.",
];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats").join(name)
}

/// The cells of a table as their bytes stand in it, quotes included.
fn raw_cells(table: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), Vec::new(), false);
    for &b in table {
        match b {
            b'"' => {
                quoted = !quoted;
                cell.push(b);
            }
            b if b == delimiter && !quoted => row.push(std::mem::take(&mut cell)),
            b'\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            b => cell.push(b),
        }
    }
    rows
}

fn check(name: &str, delimiter: u8, header_rows: usize, canaries: &[&str]) {
    let input = fs::read(sample(&format!("{name}.csv"))).expect("a sample");
    let (golden, audit) = (sample(&format!("{name}.masked.csv")), sample(&format!("{name}.audit")));
    let engine = engine();
    let once = redact(&engine, "csv", &input, PLAIN);
    let lines = once.record_lines().join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &once.output).expect("writes");
        fs::write(&audit, &lines).expect("writes");
    }
    assert_eq!(once.text(), fs::read_to_string(&golden).expect("a golden output"), "{name}");
    assert_eq!(lines, fs::read_to_string(&audit).expect("a golden audit"), "{name}");
    let before = String::from_utf8(input.clone()).expect("UTF-8");
    for canary in canaries {
        assert!(before.contains(canary), "{name} has {canary}");
        assert!(!once.text().contains(canary), "{name}: {canary} is left");
        assert!(!once.audit.contains(canary), "{name}: {canary} is in the audit");
    }
    let (was, is) = (raw_cells(&input, delimiter), raw_cells(&once.output, delimiter));
    assert_eq!(was.len(), is.len());
    assert_eq!(was[..header_rows], is[..header_rows], "{name}: the header");
    let mut masked = 0;
    for (was, is) in was.iter().zip(&is) {
        assert_eq!(was.len(), is.len());
        for (was, is) in was.iter().zip(is) {
            assert!(was == is || is.contains(&b'['), "{name}: {}", String::from_utf8_lossy(was));
            masked += usize::from(was != is);
        }
    }
    assert!(masked > 10);
    assert_eq!(redact(&engine, "csv", &once.output, PLAIN).text(), once.text(), "{name}, a second time");
    for jobs in [1, 2] {
        for chunk_bytes in [1, 7, 64, PLAIN.chunk_bytes] {
            let way = Way { jobs, chunk_bytes, read_bytes: chunk_bytes.max(5), ..PLAIN };
            let other = redact(&engine, "csv", &input, way);
            assert_eq!(other.text(), once.text(), "{name}, {way:?}");
            assert_eq!(other.record_lines(), once.record_lines(), "{name}, {way:?}");
        }
    }
    // With other line ends, likewise.
    let lines: Vec<u8> = before.replace('\n', "\r\n").into_bytes();
    assert_eq!(
        redact(&engine, "csv", &lines, PLAIN).text(),
        once.text().replace('\n', "\r\n"),
        "{name}, CRLF"
    );
}

#[test]
fn qualtrics() {
    check("qualtrics", b',', 3, QUALTRICS);
}

#[test]
fn surveymonkey() {
    check("surveymonkey", b',', 2, SURVEYMONKEY);
}

#[test]
fn medallia() {
    check("medallia", b';', 1, MEDALLIA);
}

fn columns(given: &[(&str, Treatment)]) -> FieldOptions {
    let columns = given
        .iter()
        .map(|(name, treatment)| ColumnOption { name: (*name).to_owned(), treatment: *treatment })
        .collect();
    FieldOptions { columns, ..FieldOptions::default() }
}

fn keyed() -> Engine {
    engine().keyed(Some(hash_key(b"a key of a test, no secret")))
}

fn with(input: &str, given: &[(&str, Treatment)]) -> Outcome {
    redact_fields(&keyed(), "csv", input.as_bytes(), PLAIN, columns(given)).expect("a run")
}

const TABLE: &str = "id,Full Name,comment,Email,Visit date\n1,Marie Dupont,call Paul Martin please,jo@example.com,12/05/1980\n\
                     2,\"Dupont, Marie\",fine,jo@example.com,unknown\n";

#[test]
fn the_users_word() {
    let mask = |name, way| with(TABLE, &[(name, Treatment::Whole(way))]).text();
    let plain = "id,Full Name,comment,Email,Visit date\n1,[PERSON_1],call [PERSON_2] please,[EMAIL_1],12/05/1980\n\
                 2,\"[PERSON_1]\",fine,[EMAIL_1],unknown\n";
    assert_eq!(with(TABLE, &[]).text(), plain);
    assert_eq!(mask("email", As::Drop), plain.replace("[EMAIL_1]", ""));
    assert_eq!(mask("E-Mail", As::Label), plain);
    let masked_note = plain.replace("call [PERSON_2] please", "[DENIED_1]").replace("fine", "[DENIED_1]");
    assert_eq!(mask("#3", As::Label), masked_note);
    assert_eq!(
        mask("VISIT DATE", As::Generalise),
        plain.replace("12/05/1980", "1980").replace("unknown", "[DATE_1]")
    );
    let kept = with(TABLE, &[("Full name", Treatment::Keep), ("email", Treatment::Keep)]);
    assert_eq!(kept.text(), TABLE.replace("Paul Martin", "[PERSON_1]"));
    assert!(!kept.audit.contains("EMAIL"));
    let text = with(TABLE, &[("full-name", Treatment::Text)]).text();
    assert!(text.contains("1,[PERSON_1],call [PERSON_2] please"), "{text}");
    // In a row that may have moved nothing is kept.
    let moved = "id,x,comment\n1,jo@example.com,fine\n2,jo@example.com,fine, fine\n3,jo@example.com,fine,\n";
    let kept = with(moved, &[("x", Treatment::Keep)]).text();
    assert_eq!(kept, moved.replace("2,jo@example.com", "2,[EMAIL_1]"));
    assert_eq!(with("1,x y\n2,y z\n", &[("2", Treatment::Whole(As::Drop))]).text(), "1,\n2,\n");
    // Neither a wrong name nor a position beyond the table is passed over.
    for name in ["mail address", "#6", "#0", "6", "", "?"] {
        let fields = columns(&[(name, Treatment::Whole(As::Drop))]);
        assert!(redact_fields(&engine(), "csv", TABLE.as_bytes(), PLAIN, fields).is_err(), "{name}");
    }
    let fields = columns(&[("text", Treatment::Whole(As::Drop))]);
    assert!(redact_fields(&engine(), "jsonl", b"{\"text\":\"x\"}\n", PLAIN, fields).is_err());
}

/// What a column holds is known in the answers of its row, whatever was done with the cell.
#[test]
fn cells_that_are_written_again() {
    let table = "Account Number,Why?,Shop\n\
                 QZ77-1,it was QZ77-1 I said,\"not QZ77-12, QZ77-1\"\n\
                 none,not QZ77-1 here none,\n\
                 12,12 of them,QZ77-1\n";
    let labels = |cell: &str| {
        format!(
            "Account Number,Why?,Shop\n\
             {cell},it was [REFERENCE_1] I said,\"not QZ77-12, [REFERENCE_1]\"\n"
        )
    };
    let plain = with(table, &[]).text();
    assert!(plain.starts_with(&labels("[REFERENCE_1]")), "{plain}");
    assert!(plain.contains(",not QZ77-1 here none,\n") && plain.ends_with(",12 of them,QZ77-1\n"), "{plain}");
    assert_eq!(with(&plain, &[]).text(), plain);
    let dropped = with(table, &[("account number", Treatment::Whole(As::Drop))]).text();
    assert!(dropped.starts_with(&labels("")), "{dropped}");
    let kept = with(table, &[("account number", Treatment::Keep)]).text();
    assert_eq!(kept, table);
}

#[test]
fn hashes() {
    let hash = &[("email", Treatment::Whole(As::Hash)), ("id", Treatment::Whole(As::Hash))];
    let once = with(TABLE, hash);
    let of_row = |row: usize, column: usize| {
        String::from_utf8(raw_cells(&once.output, b',')[row][column].clone()).expect("ASCII")
    };
    assert_eq!(of_row(1, 3), of_row(2, 3));
    assert_ne!(of_row(1, 0), of_row(2, 0));
    assert!(of_row(1, 3).starts_with("[HASH_") && of_row(1, 3).len() == 23);
    assert_eq!(with(&once.text(), hash).text(), once.text(), "a hash is not hashed again");
    // Whoever reads it next, as whatever, leaves it.
    assert_eq!(redact(&engine(), "csv", &once.output, PLAIN).text(), once.text());
    for format in ["text", "csv"] {
        let line = format!("my reference is {} and {}\n", of_row(1, 3), of_row(1, 0));
        assert_eq!(redact(&engine(), format, line.as_bytes(), PLAIN).text(), line);
    }
    // Another key, another hash; no key, a label.
    let fields = || columns(hash);
    let other = engine().keyed(Some(hash_key(b"another key of a test, no secret")));
    let other = redact_fields(&other, "csv", TABLE.as_bytes(), PLAIN, fields()).expect("a run").text();
    assert!(!other.contains(&of_row(1, 3)));
    let none = redact_fields(&engine(), "csv", TABLE.as_bytes(), PLAIN, fields()).expect("a run").text();
    assert!(!none.contains("HASH") && none.contains("[EMAIL_1]"), "{none}");
}

#[test]
fn headers_of_every_shape() {
    let plain = |input: &str| redact(&engine(), "csv", input.as_bytes(), PLAIN);
    for (name, input, output) in [
        (
            "the same name twice, and an empty one",
            "Email;Email;;Score\na@example.com;b@example.com;x;9\n",
            "Email;Email;;Score\n[EMAIL_1];[EMAIL_2];x;9\n",
        ),
        (
            "more cells than headers: the rest of something",
            "id,first name,comment\n1,Marie,good service, says Paul Martin\n",
            "id,first name,comment\n1,[PERSON_1],good service, says [PERSON_2]\n",
        ),
        (
            "fewer cells",
            "id,first name,comment\n1,Marie\n2\n\n",
            "id,first name,comment\n1,[PERSON_1]\n2\n\n",
        ),
        (
            "a byte order mark, a quoted header with a line break, carriage returns",
            "\u{feff}\"First\nName\"|\"Why, then?\"\r\nMarie|it broke\r\n",
            "\u{feff}\"First\nName\"|\"Why, then?\"\r\n[PERSON_1]|it broke\r\n",
        ),
        ("a header alone", "id,first name,Email\n", "id,first name,Email\n"),
        (
            "a header alone, of a survey",
            "Respondent ID,Collector ID,Email Address,Why?\n,,,Open-Ended Response\n",
            "Respondent ID,Collector ID,Email Address,Why?\n,,,Open-Ended Response\n",
        ),
        (
            "a blank line before the header",
            "\nid,Email,first name\n1,x,Marie\n",
            "\nid,Email,first name\n1,[EMAIL_1],[PERSON_1]\n",
        ),
        (
            "personal data in a header",
            "id,Email,call 06 39 98 12 34\n1,x,y\n2,x,y\n",
            "id,Email,call [PHONE_1]\n1,[EMAIL_1],y\n2,[EMAIL_1],y\n",
        ),
        (
            "a question as a key",
            "id,What is the number of your case file?\n1,AB-4471\n2,none\n",
            "id,What is the number of your case file?\n1,[REFERENCE_1]\n2,none\n",
        ),
        (
            "a question as a key of a text",
            "id,What is the number of your case file?\n1,I think it is 20447\n2,well I do not know\n3,\n",
            "id,What is the number of your case file?\n1,I think it is [REFERENCE_1]\n2,well I do not know\n3,\n",
        ),
        (
            "a question that ends in what it asks for",
            "id,\"May we call? If so, at which phone number?\"\n1,yes do it 555 0142 then\n2,no do not call\n3,\n",
            "id,\"May we call? If so, at which phone number?\"\n1,yes do it [PHONE_1] then\n2,no do not call\n3,\n",
        ),
        (
            "a word in a header makes no references of all numbers",
            "id,ticket description\n1,broke in 2024 after 1500 uses\n2,error 50012 it said\n",
            "id,ticket description\n1,broke in 2024 after 1500 uses\n2,error 50012 it said\n",
        ),
        (
            "figures that are masked tell a header no less",
            "nr,Was it Marie Dupont?\n+33 6 39 98 12 34,yes\n+33 6 39 98 12 35,no\n+33 6 39 98 12 36,no\n",
            "nr,Was it Marie Dupont?\n[PHONE_1],yes\n[PHONE_1],no\n[PHONE_1],no\n",
        ),
        (
            "names in short answers",
            "id,order info\n1,Marie Dupont 20447\n2,Paul Martin 20448\n",
            "id,order info\n1,[PERSON_1] 20447\n2,[PERSON_1] 20448\n",
        ),
        ("a policy's own word", "id,City,Age\n1,Lyon,37\n", "id,City,Age\n1,Lyon,37\n"),
        (
            "a number in place of a score",
            "Respondent ID,score,note\n114800000001,0639981234,06 39 98 12 34\n114800000002,9,\n",
            "Respondent ID,score,note\n114800000001,[PHONE_1],[PHONE_1]\n114800000002,9,\n",
        ),
        ("nothing", "", ""),
    ] {
        assert_eq!(plain(input).text(), output, "{name}");
        assert_eq!(plain(output).text(), output, "{name}, a second time");
        let delimiter = if input.contains('|') {
            '|'
        } else if input.contains(';') {
            ';'
        } else {
            ','
        };
        if delimiter == ',' && !input.contains('"') {
            let tabs = |text: &str| text.replace(',', "\t");
            let masked = redact(&engine(), "tsv", tabs(input).as_bytes(), PLAIN).text();
            assert_eq!(masked, tabs(output), "{name}, with tabs");
        }
    }
    // Records count from the first row of data, whatever the header has.
    let outcome = plain("\nid,Email,first name\n1,x,Marie\n");
    assert_eq!(outcome.report.end.records, 1);
    assert!(outcome.record_lines()[0].starts_with("{\"record\":1,"), "{:?}", outcome.record_lines());
}

/// A table is known by what stands in it, also from a pipe.
#[test]
fn exports_are_known_without_a_name() {
    for (name, format) in [("qualtrics", "csv"), ("surveymonkey", "csv"), ("medallia", "csv")] {
        let head = fs::read(sample(&format!("{name}.csv"))).expect("a sample");
        assert_eq!(sourdine::format::detect(None, &head).name, format, "{name}");
    }
}

/// No cell begins with a sign that makes a spreadsheet run it, unless it did before.
#[test]
fn no_formula_comes_up() {
    const PARTS: &[&str] = &[
        "Marie Dupont",
        "jo@example.com",
        "06 39 98 12 34",
        "=1+1",
        "+1",
        "-2",
        "@SUM(1)",
        " ",
        "\t",
        "=HYPERLINK(A1)",
        "12/05/1980",
        "48.8566",
        "-33.8688",
        "'",
        "le ",
        "call ",
        "192.0.2.1",
        "-",
        "=",
        "+33 6 39 98 12 34",
        "[EMAIL_1]",
    ];
    let ways = [
        Treatment::Text,
        Treatment::Keep,
        Treatment::Whole(As::Label),
        Treatment::Whole(As::Hash),
        Treatment::Whole(As::Drop),
        Treatment::Whole(As::Generalise),
    ];
    let mut random = Random::new(23);
    let mut table = "first name;Email;comment;born on;latitude;ip address;phone;postcode;other\n".to_owned();
    for row in 0..600 {
        let cells: Vec<String> = (0..9)
            .map(|_| {
                let cell: String = (0..random.range(0, 3)).map(|_| random.pick(PARTS)).collect();
                if row % 2 == 0 { format!("\"{cell}\"") } else { cell }
            })
            .collect();
        table += &(cells.join(";") + "\n");
    }
    let runs = |cell: &[u8]| {
        let cell = cell.strip_prefix(b"\"").unwrap_or(cell);
        cell.first().is_some_and(|b| b"=+-@\t\r".contains(b))
    };
    for way in ways {
        let given: Vec<(String, Treatment)> = (1..=9).map(|at| (format!("#{at}"), way)).collect();
        let given: Vec<(&str, Treatment)> = given.iter().map(|(name, way)| (name.as_str(), *way)).collect();
        for fields in [columns(&given), FieldOptions::default()] {
            let once =
                redact_fields(&keyed(), "csv", table.as_bytes(), PLAIN, fields.clone()).expect("a run");
            let cells = raw_cells(table.as_bytes(), b';').concat();
            for (was, is) in cells.iter().zip(raw_cells(&once.output, b';').concat()) {
                let shown =
                    || (String::from_utf8_lossy(was).into_owned(), String::from_utf8_lossy(&is).into_owned());
                assert!(!runs(&is) || runs(was), "{:?} under {way:?}", shown());
            }
            let twice = redact_fields(&keyed(), "csv", &once.output, PLAIN, fields).expect("a run");
            let (once, twice) = (once.text(), twice.text());
            for ((was, one), two) in table.lines().zip(once.lines()).zip(twice.lines()) {
                assert_eq!(one, two, "{was:?} under {way:?}, a second time");
            }
        }
    }
}
