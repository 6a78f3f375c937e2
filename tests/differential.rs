//! Is the outcome the same for any number of threads, chunk size, queue, source, kernel, and without anchors?

mod support;

use sourdine::detect::Options;
use sourdine::scan::Kernel;
use support::{Outcome, PLAIN, Random, Way, engine, engine_with, redact};

/// Calls and remarks in which values stand at every distance from each other and from the border.
fn corpus(format: &str, random: &mut Random) -> Vec<u8> {
    let said = [
        "bonjour, je vous appelle pour ma facture de 189,90 €",
        "my email is jo@example.com and card 4111 1111 1111 1111 thanks",
        "le 06 12 34 56 78 ou le +33 6 98 76 54 32",
        "né le 12/03/1980 à Lyon",
        "what is your date of birth please?",
        "it's 04.11.1975",
        "the security code on the back?",
        "123",
        "IBAN FR1420041010050500013M02606, merci",
        "sécu １ 84 12 76 451 089 46",
        "https://example.com/a?b=c and www.example.org/x",
        "on 2026-11-22 at 14:05 we paid 1,234,567.89",
        "voilà\u{a0}: 06\u{a0}12\u{a0}34\u{a0}56\u{a0}78 et [EMAIL_1] ****",
        "ref AB-2024-0815, ni number AB 12 34 56 C",
        "jo@ex.com6789 4111111111111111/1227",
        "",
    ];
    let mut out = String::new();
    match format {
        "jsonl" => {
            for call in 0..400 {
                for turn in 0..random.range(1, 6) {
                    let text = serde_json::to_string(random.pick(&said)).expect("a string");
                    let id =
                        if call % 7 == 0 { String::new() } else { format!("\"call_id\": \"c{call}\", ") };
                    out += &format!(
                        "{{{id}\"turn\":{turn},\"speaker\":\"{}\",\"text\":{text},\"x\":1.10,\"x\":\"\\/\"}}\n",
                        random.pick(&["agent", "Marie Dupont"])
                    );
                }
                if call % 50 == 0 {
                    out += "{\"text\":\"broken\" jo@example.com}\n\n";
                }
            }
        }
        "csv" => {
            out += "id;call_id;verbatim\r\n";
            for row in 0..600 {
                out += &format!(
                    "{row};{};\"{}\"\r\n",
                    row / 3,
                    random.pick(&said).replace("merci", "\"\"merci\"\"\nbien")
                );
                if row % 100 == 0 {
                    out += "7;8;\"x\"y jo@example.com\r\n";
                }
            }
        }
        _ => {
            for line in 0..900 {
                let label = random.pick(&["", "", "Agent: ", "[00:12] Marie: ", "Customer : "]);
                out += &format!("{label}{}\n", random.pick(&said));
                if line % 9 == 0 {
                    out += "\n";
                }
            }
        }
    }
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(b"caf\xE9 jo@example.com");
    bytes
}

fn same(a: &Outcome, b: &Outcome, how: &str) {
    assert_eq!(a.output, b.output, "{how}: other bytes");
    assert_eq!(a.record_lines(), b.record_lines(), "{how}: other record lines");
    let (mut left, mut right) = (a.report.end.clone(), b.report.end.clone());
    // The run line, and with it the seal, tells how many jobs there were.
    (left.run, right.run) = (String::new(), String::new());
    (left.seal, right.seal) = (String::new(), String::new());
    assert_eq!(left, right, "{how}: other sums");
}

fn all_ways(format: &str) {
    let engine = engine();
    let input = corpus(format, &mut Random::new(11));
    let plain = redact(&engine, format, &input, PLAIN);
    assert!(
        plain.report.end.masked.len() > 5 && plain.report.end.quarantined > 0,
        "the corpus holds something"
    );
    for jobs in [1, 2, 3, 8] {
        for chunk_bytes in [1, 7, 64, 4095, 4097, 1 << 16, 1 << 20] {
            for (chunks_ahead, read_bytes) in [(1, 1 << 20), (4, 4096)] {
                let way = Way { jobs, chunk_bytes, chunks_ahead, read_bytes };
                same(&plain, &redact(&engine, format, &input, way), &format!("{format} {way:?}"));
            }
        }
    }
    let trickle = Way { jobs: 2, chunk_bytes: 1000, chunks_ahead: 1, read_bytes: 1 };
    same(&plain, &redact(&engine, format, &input, trickle), "one byte at a time");
    let scalar = engine_with(&Options { kernel: Kernel::Scalar, ..Options::default() });
    same(&plain, &redact(&scalar, format, &input, PLAIN), "scalar kernel");
    let anchorless = engine_with(&Options { at_every_byte: true, ..Options::default() });
    same(&plain, &redact(&anchorless, format, &input, PLAIN), "without anchors");
}

#[test]
fn json_lines() {
    all_ways("jsonl");
}

#[test]
fn tables() {
    all_ways("csv");
}

#[test]
fn plain_text() {
    all_ways("text");
}

#[test]
fn long_conversations_are_cut_alike() {
    // One call of 10 MB: longer than the limit, in any chunking.
    let line = "{\"call_id\":\"one\",\"text\":\"my mail is jo@example.com and nothing else of note was said in this turn of the call\"}\n";
    let input = line.repeat((10 << 20) / line.len());
    let engine = engine();
    let plain = redact(&engine, "jsonl", input.as_bytes(), PLAIN);
    assert_eq!(plain.report.end.cut, 1);
    for chunk_bytes in [1000, 12 << 20] {
        let way = Way { jobs: 2, chunk_bytes, chunks_ahead: 1, read_bytes: 1 << 20 };
        same(&plain, &redact(&engine, "jsonl", input.as_bytes(), way), "cut");
    }
}

#[test]
fn a_record_over_the_limit_is_quarantined_alike() {
    let mut input = b"jo@example.com\n".to_vec();
    input.extend(std::iter::repeat_n(b'x', 9 << 20));
    input.extend_from_slice(b" jo@example.com\r\nend 0612345678\n");
    let engine = engine();
    for chunk_bytes in [1 << 18, 20 << 20] {
        let way = Way { jobs: 2, chunk_bytes, chunks_ahead: 1, read_bytes: 1 << 20 };
        let outcome = redact(&engine, "text", &input, way);
        assert_eq!(outcome.text(), "[EMAIL_1]\n[QUARANTINED]\r\nend [PHONE_1]\n");
        assert_eq!((outcome.report.end.quarantined, outcome.report.end.records), (1, 3));
    }
}
