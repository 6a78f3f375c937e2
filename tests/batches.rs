//! What becomes of directories: names of files, runs that go on where the last one ended?

mod shell;

use std::fs;

use shell::*;

#[test]
fn names_of_files_are_masked_in_outputs_and_audit() {
    let place = Place::new();
    for name in [
        "JeanDupont_2026-03-12.txt",
        "agent-Mike.txt",
        "appel_0612345678.txt",
        "call_20260312_101500.txt",
        "german calls.txt",
        "Marie Martin/a.txt",
        "Mary Jones/a.txt",
    ] {
        place.with(&format!("in/{name}"), "hello\n");
    }
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let expected = [
        "[PERSON]-2/a.txt",
        "[PERSON]/a.txt",
        "[PERSON]_2026-03-12.txt",
        "agent-[PERSON].txt",
        "appel_[PHONE].txt",
        "call_20260312_101500.txt",
        "german calls.txt",
    ];
    let written = place.files();
    let outputs: Vec<&str> = written.iter().filter_map(|name| name.strip_prefix("out/")).collect();
    assert_eq!(outputs[..expected.len()], expected);
    let log = fs::read_to_string(place.path("out/sourdine.audit.jsonl")).expect("text");
    for canary in ["Dupont", "Mike", "0612345678", "Marie", "Jones"] {
        assert!(!log.contains(canary), "{canary}");
    }
    for name in expected {
        assert!(log.contains(&format!("{{\"file\":\"{name}\"}}")), "{name}");
    }
}

#[test]
fn masked_names_of_files_stay() {
    let place = Place::new();
    place.with("in/[PERSON]-2_[PHONE].txt", "hello\n");
    place.with("in/[EMAIL].jsonl", "{}\n");
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(place.path("out/[PERSON]-2_[PHONE].txt").exists() && place.path("out/[EMAIL].jsonl").exists());
}

#[test]
fn names_of_files_are_kept_when_asked() {
    let place = Place::new();
    place.with("in/Jean Dupont.txt", "hello\n");
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("out")), "--keep-names"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(place.path("out/Jean Dupont.txt").exists());
    let log = fs::read_to_string(place.path("out/sourdine.audit.jsonl")).expect("text");
    assert!(!log.contains("Dupont"), "the audit keeps no name");
}

/// Files of every format, an ending that lies, a picture.
fn calls(place: &Place, directory: &str) {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats");
    for name in ["deepgram.json", "teams.vtt", "qualtrics.csv"] {
        place.with(&format!("{directory}/{name}"), fs::read(samples.join(name)).expect("a sample"));
    }
    place.with(&format!("{directory}/deep/Jean Dupont.jsonl"), "{\"text\":\"jo@example.com\"}\n");
    place.with(&format!("{directory}/remarks.txt"), "write to jo@example.com\n".repeat(500));
    place.with(&format!("{directory}/picture.json"), b"\x89PNG\r\n\x1A\n  jo@example.com  \n");
}

fn tar_of(place: &Place, names: &[&str]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    tar.mode(tar::HeaderMode::Deterministic);
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    header.set_mode(0o755);
    header.set_username("jdupont").expect("short");
    tar.append_data(&mut header, "calls", std::io::empty()).expect("appends");
    for name in names {
        tar.append_path_with_name(place.path(&format!("calls/{name}")), format!("calls/{name}"))
            .expect("appends");
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    tar.append_link(&mut link, "calls/link.txt", "remarks.txt").expect("appends");
    tar.into_inner().expect("ends")
}

fn zip_of(place: &Place, names: &[&str]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.set_comment("packed by Jean Dupont").expect("short");
    let options = zip::write::SimpleFileOptions::default();
    zip.add_directory("calls", options).expect("appends");
    for name in names {
        zip.start_file(format!("calls/{name}"), options).expect("appends");
        zip.write_all(&fs::read(place.path(&format!("calls/{name}"))).expect("reads")).expect("writes");
    }
    zip.add_symlink("calls/link.txt", "remarks.txt", options).expect("appends");
    zip.finish().expect("ends").into_inner()
}

const CALLS: [&str; 6] =
    ["deepgram.json", "teams.vtt", "qualtrics.csv", "deep/Jean Dupont.jsonl", "remarks.txt", "picture.json"];

/// What lies in an archive: names with their bytes, in order.
fn unpacked(archive: &[u8], is_zip: bool) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let mut out = Vec::new();
    let mut read = |name: String, reader: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).expect("reads");
        out.push((name.trim_end_matches('/').to_owned(), bytes));
    };
    if is_zip {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("a zip");
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).expect("a file");
            read(file.name().expect("UTF-8").into_owned(), &mut file);
        }
    } else {
        for entry in tar::Archive::new(archive).entries().expect("a tar") {
            let mut entry = entry.expect("an entry");
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            read(name, &mut entry.by_ref());
        }
    }
    out
}

#[test]
fn files_of_an_archive_are_masked_like_those_of_a_directory() {
    let place = Place::new();
    calls(&place, "calls");
    let done = run(&["redact", text(&place.path("calls")), "-o", text(&place.path("mirrored"))]);
    assert_eq!(done.status.code(), Some(6), "{}", err(&done));
    for (name, bytes, is_zip) in
        [("calls.tar", tar_of(&place, &CALLS), false), ("calls.zip", zip_of(&place, &CALLS), true)]
    {
        let input = place.with(name, &bytes);
        let output = place.path(&format!("masked.{name}"));
        let done = run(&["redact", text(&input), "-o", text(&output)]);
        assert_eq!(done.status.code(), Some(6), "{}", err(&done));
        let said = err(&done);
        assert_eq!(said.lines().count(), 2, "{said}");
        assert!(said.contains("calls/picture.json: is a picture, no text, and is not read"), "{said}");
        assert!(said.contains("calls/link.txt: is a link, and is not read"), "{said}");
        let masked = fs::read(&output).expect("an archive");
        let files = unpacked(&masked, is_zip);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "calls",
                "calls/deepgram.json",
                "calls/teams.vtt",
                "calls/qualtrics.csv",
                "calls/deep/[PERSON].jsonl",
                "calls/remarks.txt"
            ]
        );
        for (name, bytes) in &files[1..] {
            let mirrored = place.path(&format!("mirrored/{}", name.strip_prefix("calls/").expect("below")));
            assert_eq!(*bytes, fs::read(mirrored).expect("a file"), "{name}");
        }
        for canary in [&b"upont"[..], b"jo@example.com", b"jdupont"] {
            assert!(!masked.windows(canary.len()).any(|at| at == canary));
        }
        let audit = place.path(&format!("masked.{name}.audit.jsonl"));
        let (input, output, audit) = (text(&input), text(&output), text(&audit));
        let verified = run(&["audit", "verify", audit, "--input", input, "--output", output]);
        assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
        // The same through a pipe, by any number of threads, and once more.
        for jobs in ["1", "3"] {
            assert_eq!(pipe(&["redact", "-q", "-j", jobs], &bytes).stdout, masked, "{name}");
        }
        assert_eq!(pipe(&["redact"], &masked).stdout, masked, "{name} a second time");
    }
}

#[test]
fn packed_archives_are_packed_again() {
    let place = Place::new();
    calls(&place, "calls");
    let tar = tar_of(&place, &CALLS[..2]);
    place.with("calls.tar.zst", zstd::encode_all(&tar[..], 1).expect("packs"));
    let done = run(&["redact", text(&place.path("calls.tar.zst")), "-o", text(&place.path("out.tar.zst"))]);
    assert_eq!(done.status.code(), Some(6), "a link is left out: {}", err(&done));
    let tar = zstd::decode_all(&fs::read(place.path("out.tar.zst")).expect("reads")[..]).expect("unpacks");
    assert_eq!(unpacked(&tar, false).len(), 3);
}

#[test]
fn archives_that_lie_are_refused() {
    let place = Place::new();
    calls(&place, "calls");
    let tar = tar_of(&place, &CALLS[..2]);
    let zip = zip_of(&place, &CALLS[..2]);
    // Two bombs: one file of zeros, and many files that share one place.
    let zeros = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("zeros.txt", zip::write::SimpleFileOptions::default()).expect("appends");
        std::io::copy(&mut std::io::Read::take(std::io::repeat(b'a'), 200 << 20), &mut zip).expect("writes");
        zip.finish().expect("ends").into_inner()
    };
    for (name, bytes, expected) in [
        ("cut.tar", &tar[..tar.len() / 2], "cut.tar"),
        ("cut.zip", &zip[..zip.len() / 2], "is a corrupt zip"),
        ("bomb.zip", &zeros[..], "refused as a bomb"),
    ] {
        let input = place.with(name, bytes);
        let output = place.path(&format!("out.{name}"));
        let done = run(&["redact", text(&input), "-o", text(&output), "-q"]);
        assert_eq!(done.status.code(), Some(6), "{name}: {}", err(&done));
        assert!(err(&done).contains(expected), "{name}: {}", err(&done));
        assert!(name == "bomb.zip" || !output.exists(), "{name}");
    }
    let nested = {
        place.with("calls/inner.zip", &zip);
        zip_of(&place, &["remarks.txt", "inner.zip"])
    };
    place.with("nested.zip", nested);
    let done = run(&["redact", text(&place.path("nested.zip")), "-o", text(&place.path("out.zip"))]);
    assert_eq!(done.status.code(), Some(6));
    assert!(err(&done).contains("inner.zip: is an archive in an archive"), "{}", err(&done));
    assert_eq!(unpacked(&fs::read(place.path("out.zip")).expect("reads"), true).len(), 2);
}

#[test]
fn paths_that_lead_out_of_an_archive_lead_nowhere() {
    let place = Place::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["../../up.txt", "/root.txt", "a/./b.txt"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("appends");
        std::io::Write::write_all(&mut zip, b"hello\n").expect("writes");
    }
    place.with("in.zip", zip.finish().expect("ends").into_inner());
    let done = run(&["redact", text(&place.path("in.zip")), "-o", text(&place.path("out.zip"))]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let files = unpacked(&fs::read(place.path("out.zip")).expect("reads"), true);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["up.txt", "root.txt", "a/b.txt"]);
}

#[test]
fn logs_of_every_format_agree_with_themselves() {
    let place = Place::new();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/formats");
    run(&["redact", samples, "-o", text(&place.path("out"))]);
    let verified = run(&["audit", "verify", text(&place.path("out/sourdine.audit.jsonl"))]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
}
