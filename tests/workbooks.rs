//! Is a workbook masked sheet by sheet, and is nothing left of what is not written again?

mod shell;

use std::fs;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{DocProperties, Format, Note, Workbook};
use shell::*;

/// An export with everything that a workbook may hide something in.
fn export() -> Vec<u8> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_author("Jean Dupont"));
    let answers = book.add_worksheet();
    answers.set_name("Answers of Jean Dupont").expect("a name");
    let rows = [
        ["ResponseId", "Email Address", "How can we do better?", "Score"],
        ["R_1aB2cD3eF4", "marie.martin@example.com", "Call me on 06 12 34 56 78, I am Marie Martin", "9"],
        [
            "R_2aB2cD3eF4",
            "jo@example.com",
            "It said \"no\",\tand then\nnothing happened at all for days",
            "3",
        ],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            answers.write_string(row, column, cell).expect("fits");
        }
    }
    answers.insert_note(1, 2, &Note::new("ask Marie Martin")).expect("fits");
    answers.write_formula(3, 2, "=\"Marie \"&\"Martin\"").expect("fits");
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let calls = book.add_worksheet().set_name("calls").expect("a name").set_hidden(true);
    for (column, name) in (2..).zip(["phone", "called at", "minutes"]) {
        calls.write_string(4, column, name).expect("fits");
    }
    calls.write_number(5, 2, 33_612_345_678.0).expect("fits");
    calls.write_number_with_format(5, 3, 46_000.0, &date).expect("fits");
    calls.write_number(5, 4, 9.5).expect("fits");
    book.save_to_buffer().expect("saves")
}

fn cells(bytes: &[u8], sheet: &str) -> Vec<(usize, usize, Data)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("a sheet");
    let (row, column) = range.start().expect("cells");
    range.used_cells().map(|(r, c, cell)| (r + row as usize, c + column as usize, cell.clone())).collect()
}

/// Said once, not sheet by sheet, and no empty workbook stands there for it.
#[test]
fn a_workbook_has_no_place_for_a_column_of_findings() {
    let place = Place::new();
    let input = place.with("export.xlsx", export());
    let output = place.path("masked.xlsx");
    let done = run(&["redact", text(&input), "-o", text(&output), "--findings-column"]);
    assert_eq!(done.status.code(), Some(6));
    assert_eq!(err(&done).lines().count(), 1, "{}", err(&done));
    assert!(!output.exists());
}

#[test]
fn a_workbook_is_masked_sheet_by_sheet() {
    let place = Place::new();
    let input = place.with("export.xlsx", export());
    let output = place.path("masked.xlsx");
    let done = run(&["redact", text(&input), "-o", text(&output)]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let masked = fs::read(&output).expect("a workbook");
    let words = |text: &str| Data::String(text.to_owned());
    let answers = cells(&masked, "Answers of (PERSON)");
    assert!(answers.contains(&(1, 0, words("R_1aB2cD3eF4"))));
    assert!(answers.contains(&(1, 1, words("[EMAIL_1]"))));
    assert!(answers.contains(&(1, 2, words("Call me on [PHONE_1], I am [PERSON_1]"))));
    assert!(answers.contains(&(2, 2, words("It said \"no\",\tand then\nnothing happened at all for days"))));
    let calls = cells(&masked, "calls");
    assert_eq!(calls[3], (5, 2, words("[PHONE_1]")));
    assert!(matches!(&calls[4], (5, 3, Data::DateTime(time)) if time.as_f64() == 46_000.0));
    assert_eq!(calls[5], (5, 4, Data::Float(9.5)));
    // No part of it holds what was there: notes, authors, formulas, names.
    let mut parts = zip::ZipArchive::new(Cursor::new(&masked[..])).expect("a zip");
    for at in 0..parts.len() {
        let mut bytes = Vec::new();
        parts.by_index(at).expect("a part").read_to_end(&mut bytes).expect("reads");
        for canary in ["upont", "artin", "612345678", "jo@"] {
            assert!(!String::from_utf8_lossy(&bytes).contains(canary), "{canary} in part {at}");
        }
    }
    // The same through a pipe and by one thread; once more it stays as it is.
    assert_eq!(pipe(&["redact", "-j", "1"], export()).stdout, masked);
    assert_eq!(pipe(&["redact"], &masked).stdout, masked);
    let audit = place.path("masked.xlsx.audit.jsonl");
    let verified =
        run(&["audit", "verify", text(&audit), "--input", text(&input), "--output", text(&output)]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
}

#[test]
fn a_column_that_one_sheet_has_can_be_chosen() {
    let place = Place::new();
    let input = place.with("export.xlsx", export());
    let output = place.path("masked.xlsx");
    let chosen = ["redact", text(&input), "-o", text(&output), "--column", "minutes=drop"];
    let refused = run(&chosen);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(err(&refused).contains("--allow-missing-columns") && !output.exists(), "{}", err(&refused));
    let done = run(&[&chosen[..], &["--allow-missing-columns"]].concat());
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let masked = fs::read(&output).expect("a workbook");
    let of = |bytes: &[u8]| cells(bytes, "calls");
    let minutes =
        |cells: &[(usize, usize, Data)]| cells.iter().filter(|cell| cell.1 == 4 && cell.0 > 4).count();
    assert!(minutes(&of(&export())) > 0);
    assert_eq!(minutes(&of(&masked)), 0);
}

#[test]
fn workbooks_that_cannot_be_read_are_refused() {
    let place = Place::new();
    let whole = export();
    let wide = {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        page.write_string(0, 0, "a").expect("fits");
        page.write_string(1_048_575, 16_383, "b").expect("fits");
        book.save_to_buffer().expect("saves")
    };
    let letter = {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["[Content_Types].xml", "word/document.xml"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("appends");
        }
        zip.finish().expect("ends").into_inner()
    };
    for (name, bytes, expected) in [
        ("cut.xlsx", &whole[..whole.len() / 2], "is a corrupt zip"),
        ("wide.xlsx", &wide[..], "has a sheet of more than"),
        ("letter.docx", &letter[..], "is an Office document other than .xlsx"),
        (
            "locked.xlsx",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 EncryptedPackage",
            "is an old or encrypted Office document",
        ),
    ] {
        let input = place.with(name, bytes);
        let done = run(&["redact", text(&input), "-o", text(&place.path("out.xlsx"))]);
        assert_eq!(done.status.code(), Some(6), "{name}: {}", err(&done));
        assert!(err(&done).contains(expected), "{name}: {}", err(&done));
        assert!(!place.path("out.xlsx").exists());
        fs::remove_file(place.path("out.xlsx.audit.jsonl")).expect("the log of a run that read nothing");
    }
}

#[test]
fn a_workbook_can_be_looked_at_and_scanned() {
    let place = Place::new();
    let input = place.with("export.xlsx", export());
    let shown = out(&run(&["formats", text(&input)]));
    assert!(
        shown.ends_with("xlsx archive, 2 files\n  tsv      Answers of Jean Dupont\n  tsv      calls\n"),
        "{shown}"
    );
    let found = out(&run(&["scan", text(&input)]));
    assert!(found.contains("\"file\":\"export.xlsx/calls\",\"record\":1,\"field\":\"phone\""), "{found}");
}
