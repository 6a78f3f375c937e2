//! Is a recording silent where something masked is said, and bit by bit as it was elsewhere?
//!
//! The recordings are made here: noise of every coding, under headers that tell the truth and others.

mod console;

use std::ops::Range;

use console::Shell;
use serde_json::Value;

const RATE: u32 = 8000;

/// How samples are coded: the number that WAV gives it, bits, and the bytes of silence.
const CODINGS: &[(&str, u16, u16, &[u8])] = &[
    ("8-bit", 1, 8, &[0x80]),
    ("16-bit", 1, 16, &[0; 2]),
    ("24-bit", 1, 24, &[0; 3]),
    ("32-bit", 1, 32, &[0; 4]),
    ("float", 3, 32, &[0; 4]),
    ("double", 3, 64, &[0; 8]),
    ("A-law", 6, 8, &[0xD5]),
    ("mu-law", 7, 8, &[0xFF]),
];

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = [&name[..], &(body.len() as u32).to_le_bytes(), body].concat();
    out.resize(out.len() + body.len() % 2, 0);
    out
}

fn format(tag: u16, channels: u16, bits: u16, is_extensible: bool) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut out = Vec::new();
    out.extend((if is_extensible { 0xFFFE } else { tag }).to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * u32::from(frame)).to_le_bytes());
    out.extend(frame.to_le_bytes());
    out.extend(bits.to_le_bytes());
    if is_extensible {
        out.extend(22u16.to_le_bytes());
        out.extend(bits.to_le_bytes());
        out.extend([0; 4]);
        out.extend(tag.to_le_bytes());
        out.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    }
    chunk(b"fmt ", &out)
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &(body.len() as u32 + 4).to_le_bytes()[..], b"WAVE", &body].concat()
}

/// Bytes that are neither silence nor alike.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 | 1
    };
    (0..count)
        .map(next)
        .filter(|byte| !matches!(byte, 0x00 | 0x80 | 0xD5 | 0xFF))
        .chain(std::iter::repeat(3))
        .take(count)
        .collect()
}

fn number(sample: &[u8], tag: u16) -> f64 {
    match (tag, sample.len()) {
        (1, 1) => (f64::from(sample[0]) - 128.0) / 128.0,
        (1, bytes) => {
            let mut wide = [0; 8];
            wide[8 - bytes..].copy_from_slice(sample);
            i64::from_le_bytes(wide) as f64 / i64::MAX as f64
        }
        (3, 4) => f64::from(f32::from_le_bytes(sample.try_into().expect("four"))),
        (3, 8) => f64::from_le_bytes(sample.try_into().expect("eight")),
        (6, _) => {
            let code = sample[0] ^ 0x55;
            let (exponent, mantissa) = (i32::from(code >> 4 & 7), i32::from(code & 15));
            let value =
                if exponent == 0 { mantissa * 16 + 8 } else { (mantissa * 16 + 264) << (exponent - 1) };
            f64::from(if code & 0x80 == 0 { -value } else { value }) / 32768.0
        }
        _ => {
            let code = !sample[0];
            let value = ((i32::from(code & 15) * 8 + 132) << (code >> 4 & 7)) - 132;
            f64::from(if code & 0x80 == 0 { value } else { -value }) / 32768.0
        }
    }
}

/// The transcript of three seconds in which an address is said from 1 to 1.5, on channel 1.
const TRANSCRIPT: &str = "{\"call_id\":\"c\",\"text\":\"please write to\",\"start\":0.2,\"end\":0.9,\"channel\":0}\n\
    {\"call_id\":\"c\",\"text\":\"jo@example.com\",\"start\":1.0,\"end\":1.5,\"channel\":1}\n\
    {\"call_id\":\"c\",\"text\":\"and thank you\",\"start\":2.0,\"end\":2.7,\"channel\":0}\n";
/// What of it is muted, with 250 milliseconds on either side.
const MUTED: Range<usize> = 6000..14000;

fn place() -> Shell {
    let shell = Shell::new();
    shell.write("call.jsonl", TRANSCRIPT);
    shell
}

fn done(shell: &Shell, options: &str) -> Vec<u8> {
    let (said, code) =
        shell.run(&format!("sourdine audio call.wav -t call.jsonl -o out.wav --force {options}"));
    assert_eq!(code, 0, "{said}");
    shell.get("out.wav")
}

fn refused(shell: &Shell, options: &str) -> (String, i32) {
    let (said, code) = shell.run(&format!("sourdine audio call.wav -t call.jsonl -o out.wav {options}"));
    assert_ne!(code, 0, "{said}");
    assert_eq!(shell.run("ls -A | grep -E 'out|sourdine-'").0, "", "{said}");
    (said, code)
}

#[test]
fn every_coding_is_silent_in_the_windows_and_the_same_elsewhere() {
    let shell = place();
    for &(name, tag, bits, silence) in CODINGS {
        for (channels, is_extensible) in [(1, false), (2, false), (2, true)] {
            let frame = usize::from(bits / 8 * channels);
            let header =
                [format(tag, channels, bits, is_extensible), chunk(b"fact", &24000u32.to_le_bytes())];
            let samples = noise(24000 * frame);
            let call = riff(&[&header[..], &[chunk(b"data", &samples), chunk(b"cue ", &[0; 4])]].concat());
            shell.put("call.wav", &call);
            let data = call.len() - samples.len() - 12;
            let (start, end) = (data + MUTED.start * frame, data + MUTED.end * frame);
            let now = done(&shell, "");
            assert_eq!(now.len(), call.len(), "{name}");
            assert!(now[..start] == call[..start] && now[end..] == call[end..], "{name}: changed elsewhere");
            assert!(
                now[start..end].chunks(silence.len()).all(|sample| sample == silence),
                "{name}: not silent"
            );

            let now = done(&shell, "--beep");
            assert!(now[..start] == call[..start] && now[end..] == call[end..], "{name}: changed elsewhere");
            let levels: Vec<f64> = now[start..end]
                .chunks(silence.len())
                .step_by(usize::from(channels))
                .map(|sample| number(sample, tag))
                .collect();
            let peak = levels.iter().fold(0.0f64, |peak, level| peak.max(level.abs()));
            assert!((0.1..0.14).contains(&peak), "{name}: {peak}");
            // A thousand turns a second: the level goes from below to above that often.
            let turns = levels.windows(2).filter(|two| two[0] < 0.0 && two[1] >= 0.0).count();
            assert!((990..=1010).contains(&turns), "{name}: {turns}");
            // It swells and fades.
            assert!(levels[0].abs() < 0.01 && levels[levels.len() - 1].abs() < 0.01, "{name}");
        }
    }
}

#[test]
fn the_channel_of_who_speaks() {
    let shell = place();
    let samples = noise(24000 * 4);
    shell.put("call.wav", &riff(&[format(1, 2, 16, false), chunk(b"data", &samples)]));
    let now = done(&shell, "--channels speaker");
    for (at, (was, is)) in samples.chunks(2).zip(now[44..].chunks(2)).enumerate() {
        let is_muted = at % 2 == 1 && MUTED.contains(&(at / 2));
        assert_eq!(is == [0, 0], is_muted, "{at}");
        assert!(is_muted || was == is);
    }
    // A recording that has no such channel is muted on all.
    shell.put("call.wav", &riff(&[format(1, 1, 16, false), chunk(b"data", &samples[..48000])]));
    let now = done(&shell, "--channels speaker");
    assert!(now[44 + 2 * MUTED.start..44 + 2 * MUTED.end].iter().all(|&byte| byte == 0));
}

/// Titles, notes and labels of marks leave nothing behind; places and sizes stay.
#[test]
fn what_may_name_people_becomes_zeros() {
    let shell = place();
    let text = b"Jo Miller, jo@example.com";
    let mut chunks = vec![format(1, 1, 16, false)];
    let names: &[&[u8; 4]] = &[b"LIST", b"bext", b"iXML", b"id3 ", b"_PMX", b"axml", b"wxyz", b"JUNK"];
    chunks.extend(names.iter().map(|name| chunk(name, text)));
    chunks.push(chunk(b"data", &noise(48000)));
    chunks.extend(names.iter().map(|name| chunk(name, text)));
    let call = [riff(&chunks), b"TAGJo Miller".to_vec()].concat();
    shell.put("call.wav", &call);
    let (said, code) = shell.run("sourdine audio call.wav -t call.jsonl -o out.wav");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("17 parts of the file may name people"), "{said}");
    let now = shell.get("out.wav");
    assert_eq!(now.len(), call.len());
    assert!(!now.windows(6).any(|six| six == b"Miller" || six == b"TAGJo "));
    assert_eq!(now.windows(4).filter(|four| four == b"JUNK").count(), 2 * names.len());
    let data = 12 + 24 + names.len() * 34 + 8;
    assert_eq!(now[data..data + 2 * MUTED.start], call[data..data + 2 * MUTED.start]);
    assert_eq!(now[data - 8..data], call[data - 8..data]);
    // Done again there is nothing left to do.
    shell.put("call.wav", &now);
    assert_eq!(done(&shell, ""), now);
}

#[test]
fn headers_that_lie_are_refused_with_file_and_place() {
    let shell = place();
    let samples = noise(48000);
    let plain = || format(1, 1, 16, false);
    let data = |size: u32| [b"data", &size.to_le_bytes()[..], &samples].concat();
    let broken = |call: Vec<u8>, what: &str| {
        shell.put("call.wav", &call);
        let (said, code) = refused(&shell, "");
        assert_eq!(code, 6, "{said}");
        assert!(said.contains("call.wav: byte ") && said.contains(what), "{said}");
    };
    broken(riff(&[plain(), data(1_000_000)]), "byte 36: the data chunk says 1000000 bytes, 48000 are there");
    broken(riff(&[plain(), data(100)]), "are no chunk");
    broken(riff(&[plain()]), "there is no data chunk");
    broken(riff(&[data(48000)]), "samples before");
    broken(riff(&[plain(), data(48000), data(48000)]), "a second data chunk");
    let mut odd = plain();
    odd[20] = 3;
    broken(riff(&[odd, data(48000)]), "frames of 3 bytes");
    // Lengths that were never filled in are understood: all that follows is samples.
    let whole = riff(&[plain(), data(48000)]);
    shell.put("call.wav", &whole);
    let expected = done(&shell, "");
    for size in [0u32, 0x7FFF_F000, u32::MAX] {
        let mut streamed = riff(&[plain(), data(size)]);
        streamed[4..8].copy_from_slice(&size.to_le_bytes());
        shell.put("call.wav", &streamed);
        assert_eq!(done(&shell, "")[44..], expected[44..], "{size:x}");
    }
}

#[test]
fn other_codings_are_pointed_to_ffmpeg() {
    let shell = place();
    let adpcm = riff(&[format(0x11, 1, 8, false), chunk(b"data", &noise(4000))]);
    for (bytes, what) in [(&adpcm[..], "ADPCM (IMA)"), (b"ID3\x03 and so on", "MP3"), (b"OggS", "Ogg")] {
        shell.put("call.wav", bytes);
        let (said, code) = refused(&shell, "");
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(what) && said.contains("--print-ffmpeg"), "{said}");
        let (said, code) = shell.run("sourdine audio call.wav -t call.jsonl -o out.wav --print-ffmpeg");
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("-i 'call.wav'") && said.contains("between(t,0.686,1.75)"), "{said}");
        assert_eq!(shell.run("ls -A | grep out").0, "");
    }
    let (said, code) = refused(&shell, "--print-ffmpeg --beep");
    assert_eq!(code, 2, "{said}");
}

#[test]
fn transcripts_that_do_not_fit_are_refused() {
    let shell = place();
    let wav = |seconds: usize| riff(&[format(1, 1, 16, false), chunk(b"data", &noise(seconds * 16000))]);
    let gate = |transcript: &str, options: &str, expected: i32, what: &str| {
        shell.write("call.jsonl", transcript);
        let (said, code) = refused(&shell, options);
        assert_eq!(code, expected, "{said}");
        assert!(said.contains(what) && !said.contains("jo@"), "{said}");
    };
    shell.put("call.wav", &wav(1));
    gate(TRANSCRIPT, "", 4, "the recording ends at 1 s");
    shell.put("call.wav", &wav(3));
    gate("{\"text\":\"I am jo@example.com\"}\n", "", 4, "has no times");
    gate("{\"text\":\"hello\",\"start\":0,\"end\":1}\n{\"text\": oops}\n", "", 4, "could not be read");
    gate("", "", 4, "there is no call");
    // Seconds are not to be told from milliseconds by name, form or speed here.
    shell.put("call.wav", &wav(600));
    gate(
        "{\"call_id\":1,\"text\":\"I am jo@example.com\",\"start_ms\":1,\"end_ms\":500}\n",
        "",
        4,
        "lasts 600 s",
    );
    shell.put("call.wav", &wav(3));
    let two = format!("{TRANSCRIPT}{}", TRANSCRIPT.replace("\"c\"", "\"d\"").replace("1.0", "0.4"));
    gate(&two, "", 2, "begin at records 1, 4; say with --record N");
    gate(&two, "--record 9", 2, "no record 9; the last one is 6");
    gate(&format!("{two}{TRANSCRIPT}"), "--record 2", 4, "stand apart");
    gate(TRANSCRIPT, "--line-buffered", 2, "live pipes");
    let (said, code) =
        shell.run("tar cf call.tar call.jsonl; sourdine audio call.wav -t call.tar -o out.wav");
    assert!(code == 2 && said.contains("an archive holds transcripts of several"), "{said}");
    // The call that a record belongs to.
    shell.write("call.jsonl", &two);
    let first = done(&shell, "--record 3");
    let second = done(&shell, "--record 5");
    let begin = |bytes: &[u8]| bytes[44..].iter().position(|&byte| byte == 0).map(|at| at / 2);
    assert_eq!((begin(&first), begin(&second)), (Some(6000), Some(1200)));
    // Lines without an id are one call.
    shell.write("call.jsonl", &TRANSCRIPT.replace("\"call_id\":\"c\",", ""));
    assert_eq!(done(&shell, ""), first);
}

#[test]
fn outputs_are_safe() {
    let shell = place();
    shell.put("call.wav", &riff(&[format(1, 1, 16, false), chunk(b"data", &noise(48000))]));
    shell.write("there.wav", "x");
    for (options, code, what) in [
        ("call.wav -t call.jsonl -o call.wav --force", 2, "is an input"),
        ("call.wav -t call.jsonl -o call.jsonl --force", 2, "is an input"),
        ("call.wav -t call.jsonl -o there.wav", 2, "exists already"),
        ("call.wav -t call.jsonl -o none/out.wav", 6, "no such directory"),
        ("call.wav -t none.jsonl -o out.wav", 6, "none.jsonl"),
        ("none.wav -t call.jsonl -o out.wav", 6, "none.wav"),
        (". -t call.jsonl -o out.wav", 2, "a recording is a file"),
    ] {
        let (said, now) = shell.run(&format!("sourdine audio {options}"));
        assert_eq!(now, code, "{said}");
        assert!(said.contains(what), "{said}");
    }
    assert_eq!(
        (shell.get("there.wav"), shell.run("ls -A | grep -E 'out|sourdine-'").0.as_str()),
        (b"x".to_vec(), "")
    );
}

#[test]
fn the_audit_tells_windows_and_verifies() {
    let shell = place();
    shell.put("call.wav", &riff(&[format(1, 2, 16, false), chunk(b"data", &noise(96000))]));
    done(&shell, "--beep");
    let log = String::from_utf8(shell.get("out.wav.audit.jsonl")).expect("text");
    assert!(!log.contains("jo@"), "{log}");
    let line: Value = serde_json::from_str(log.lines().nth(1).expect("a record line")).expect("JSON");
    let found = &line["found"][0];
    assert_eq!((found[0].as_str(), found[1].as_str()), (Some("channel 1"), Some("EMAIL")), "{line}");
    assert_eq!(
        (found[4].as_str(), found[5].as_u64(), found[6].as_u64()),
        (Some("beep"), Some(750), Some(1750))
    );
    let (said, code) = shell.run("sourdine audit verify out.wav.audit.jsonl --output out.wav");
    assert!(code == 0 && said.contains("the outputs are those of the run"), "{said}");
    let (said, code) = shell.run("sourdine audit verify out.wav.audit.jsonl --input call.jsonl");
    assert!(code == 2 && said.contains("repeat `sourdine audio`"), "{said}");
    assert_eq!(shell.run("sourdine audit summary out.wav.audit.jsonl").1, 0);
    shell.put("out.wav", b"other");
    assert_eq!(shell.run("sourdine audit verify out.wav.audit.jsonl --output out.wav").1, 2 + 3);
}

/// A word masked in captions is silent for its cue, in a file whose length takes 64 bits.
#[test]
fn captions_and_long_files() {
    let shell = Shell::new();
    shell.write("call.jsonl", "WEBVTT\n\n00:01.000 --> 00:01.500\n<v Ana>I am jo@example.com\n");
    let samples = noise(48000);
    let mut lengths = vec![0; 8];
    lengths.extend(48000u64.to_le_bytes());
    lengths.extend([0; 12]);
    let data = [b"data", &[0xFF; 4], &samples[..]].concat();
    let mut call = riff(&[chunk(b"ds64", &lengths), format(1, 1, 16, false), data]);
    call[..4].copy_from_slice(b"RF64");
    shell.put("call.wav", &call);
    let now = done(&shell, "-f vtt");
    let at = call.len() - 48000;
    assert_eq!(now[..at], call[..at]);
    for (number, (was, is)) in call[at..].chunks(2).zip(now[at..].chunks(2)).enumerate() {
        assert_eq!(is, if MUTED.contains(&number) { &[0, 0] } else { was }, "{number}");
    }
}
