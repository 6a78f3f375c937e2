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

/// A directory of some size, a run over it from beginning to end.
fn batch(place: &Place) {
    for number in 0..12 {
        let line = format!("{{\"text\":\"call {number}: jo{number}@example.com\"}}\n");
        place.with(&format!("in/call_{number:02}.jsonl"), line.repeat(200 + number));
    }
    place.with("in/Jean Dupont.txt", "write to jo@example.com\n");
    place.with("in/calls.tar", {
        calls(place, "calls");
        let mut tar = tar::Builder::new(Vec::new());
        tar.mode(tar::HeaderMode::Deterministic);
        tar.append_path_with_name(place.path("calls/teams.vtt"), "a.vtt").expect("appends");
        tar.append_path_with_name(place.path("calls/remarks.txt"), "b.txt").expect("appends");
        tar.into_inner().expect("ends")
    });
    let done = run(&["redact", text(&place.path("in")), "-o", text(&place.path("whole"))]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
}

/// All but what differs from run to run: the manifest's times, the log's run line and what follows from it.
fn outputs(place: &Place, directory: &str) -> Vec<(String, String)> {
    let below = |name: String| name.strip_prefix(&format!("{directory}/")).map(str::to_owned);
    place
        .files()
        .into_iter()
        .filter_map(below)
        .filter(|name| name != "sourdine.manifest.jsonl")
        .map(|name| {
            let bytes = fs::read(place.path(&format!("{directory}/{name}"))).expect("reads");
            let mut content = String::from_utf8_lossy(&bytes).into_owned();
            if name == "sourdine.audit.jsonl" {
                let lines: Vec<&str> = content.lines().collect();
                let (last, records) = lines[1..].split_last().expect("an end line");
                let (sums, _) = last.split_once(",\"run\":").expect("an end line");
                content = records.join("\n") + sums;
            }
            (name, content)
        })
        .collect()
}

fn redact_again(place: &Place) -> std::process::Output {
    run(&["redact", text(&place.path("in")), "-o", text(&place.path("out"))])
}

#[test]
fn a_second_run_does_what_is_new_or_changed() {
    let place = Place::new();
    batch(&place);
    for name in ["call_00.jsonl", "call_05.jsonl", "calls.tar", "Jean Dupont.txt"] {
        let bytes = fs::read(place.path(&format!("in/{name}"))).expect("reads");
        place.with(&format!("part/{name}"), bytes);
    }
    fs::rename(place.path("in"), place.path("all")).expect("renames");
    fs::rename(place.path("part"), place.path("in")).expect("renames");
    place.with("in/call_05.jsonl", "{\"text\":\"it was otherwise\"}\n");
    assert_eq!(redact_again(&place).status.code(), Some(0));
    let before = |name: &str| {
        fs::metadata(place.path(&format!("out/{name}"))).expect("a file").modified().expect("a time")
    };
    let (first, changed) = (before("call_00.jsonl"), before("call_05.jsonl"));
    // Now all of it: three files are done, though their copies are younger; one is changed; the others are new.
    fs::remove_dir_all(place.path("in")).expect("removes");
    fs::rename(place.path("all"), place.path("in")).expect("renames");
    let done = redact_again(&place);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(err(&done), "sourdine: 2 of 14 files were done by an earlier run; --force does them again\n");
    assert_eq!(before("call_00.jsonl"), first);
    assert_ne!(before("call_05.jsonl"), changed);
    assert_eq!(outputs(&place, "out"), outputs(&place, "whole"));
    let log = place.path("out/sourdine.audit.jsonl");
    let verified = run(&["audit", "verify", text(&log), "--input", text(&place.path("in"))]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
    // Under other options nothing is done.
    let other =
        run(&["redact", text(&place.path("in")), "-o", text(&place.path("out")), "--labels", "plain"]);
    assert_eq!((other.status.code(), err(&other).as_str()), (Some(0), ""));
    let masked = fs::read_to_string(place.path("out/call_00.jsonl")).expect("reads");
    assert!(masked.starts_with("{\"text\":\"call 0: [EMAIL]\"}\n"));
}

#[test]
fn a_killed_run_is_gone_on_with() {
    let place = Place::new();
    batch(&place);
    for attempt in 0..6 {
        let mut child =
            sourdine(&["redact", text(&place.path("in")), "-o", text(&place.path("out")), "-j", "1"])
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("starts");
        // Killed when so many files are done, or a little later.
        let manifest = place.path("out/sourdine.manifest.jsonl");
        for _ in 0..500 {
            let lines = fs::read_to_string(&manifest).unwrap_or_default().matches("\"under\"").count();
            if lines > attempt * 2 || child.try_wait().expect("waits").is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        child.kill().expect("kills");
        child.wait().expect("ends");
    }
    let done = redact_again(&place);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(outputs(&place, "out"), outputs(&place, "whole"));
    let manifest = fs::read_to_string(place.path("out/sourdine.manifest.jsonl")).expect("reads");
    assert_eq!(manifest.lines().count(), 14);
    assert!(!manifest.contains("upont") && !manifest.contains("jo@"));
}

#[test]
fn files_that_are_no_outputs_of_ours_are_never_replaced() {
    let place = Place::new();
    place.with("in/a.txt", "jo@example.com\n");
    assert_eq!(redact_again(&place).status.code(), Some(0));
    place.with("in/b.txt", "jo@example.com\n");
    place.with("out/b.txt", "mine\n");
    let refused = redact_again(&place);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert_eq!(fs::read_to_string(place.path("out/b.txt")).expect("reads"), "mine\n");
}

#[test]
fn an_output_that_was_changed_or_lost_is_made_again() {
    let place = Place::new();
    batch(&place);
    assert_eq!(redact_again(&place).status.code(), Some(0));
    fs::remove_file(place.path("out/call_03.jsonl")).expect("removes");
    place.with("out/call_04.jsonl", "cut");
    let done = redact_again(&place);
    assert_eq!(err(&done), "sourdine: 12 of 14 files were done by an earlier run; --force does them again\n");
    assert_eq!(outputs(&place, "out"), outputs(&place, "whole"));
    // Without its log nothing can be proven, so all is done again.
    place.with("out/sourdine.audit.jsonl", "{}\n");
    assert_eq!(err(&redact_again(&place)), "");
    assert_eq!(outputs(&place, "out"), outputs(&place, "whole"));
}

#[test]
fn a_file_that_cannot_be_read_stops_no_other_and_is_tried_again() {
    let place = Place::new();
    place.with("in/a.txt", "jo@example.com\n");
    place.with("in/b.jsonl.gz", b"\x1F\x8B\x08 this is no gzip");
    place.with("in/c.txt", "jo@example.com\n");
    for again in [false, true] {
        let done = redact_again(&place);
        assert_eq!(done.status.code(), Some(6));
        assert!(err(&done).contains("in/b.jsonl.gz: "), "{}", err(&done));
        assert_eq!(err(&done).contains("2 of 3 files were done"), again, "{}", err(&done));
        assert!(place.path("out/a.txt").exists() && place.path("out/c.txt").exists());
        assert!(!place.path("out/b.jsonl.gz").exists());
    }
    fs::remove_file(place.path("in/b.jsonl.gz")).expect("removes");
    assert_eq!(redact_again(&place).status.code(), Some(0));
}

#[test]
fn outputs_inside_the_input_are_no_inputs() {
    let place = Place::new();
    place.with("in/a.txt", "jo@example.com\n");
    let redact = || run(&["redact", text(&place.path("in")), "-o", text(&place.path("in/masked"))]);
    for _ in 0..2 {
        assert_eq!(redact().status.code(), Some(0));
    }
    assert_eq!(
        place.files(),
        [
            "in/a.txt",
            "in/masked/a.txt",
            "in/masked/sourdine.audit.jsonl",
            "in/masked/sourdine.manifest.jsonl"
        ]
    );
}
