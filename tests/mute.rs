//! Are the windows of a recording those in which something masked is said, and no others?

mod console;

use console::Shell;
use serde_json::Value;

/// When the words of the English samples say what is masked in them, by `tools/formats/samples.py`: each word takes 40
/// ms a letter, 60 ms lie between two words.
const ENGLISH: &[(f64, f64)] = &[
    (2.4, 2.6),     // Nadia
    (4.98, 5.52),   // John Whitlock
    (6.56, 7.42),   // 4111 1111 1111 1111.
    (8.28, 8.48),   // John.
    (10.96, 12.0),  // john.whitlock@example.com,
    (12.78, 13.38), // 020 7946 0123.
];
/// The same of the French ones.
const FRENCH: &[(f64, f64)] = &[
    (0.7, 0.9),   // Nadia
    (4.32, 4.98), // Marlène Quentin,
    (5.84, 6.52), // 06 39 98 12 34.
    (7.64, 7.96), // Quentin.
];
/// Where turns alone have times: the whole of them.
const TURNS: &[(f64, f64)] = &[(0.32, 3.74), (4.3, 7.42), (7.98, 9.92), (10.48, 13.38)];

fn windows(list: &str) -> Vec<(f64, f64)> {
    let list: Value = serde_json::from_str(list).expect("JSON");
    let of = |window: &Value, name: &str| window[name].as_f64().expect("a time");
    let windows = list["windows"].as_array().expect("windows");
    windows.iter().map(|window| (of(window, "start"), of(window, "end"))).collect()
}

fn says(shell: &Shell, command: &str) -> String {
    let (said, code) = shell.run(command);
    assert_eq!(code, 0, "{command}: {said}");
    said
}

#[test]
fn every_maker_tells_the_same_windows() {
    let samples: &[(&str, &[(f64, f64)])] = &[
        ("assemblyai", ENGLISH),
        ("bedrock", ENGLISH),
        ("call_analytics", ENGLISH),
        ("deepgram", ENGLISH),
        ("google", ENGLISH),
        ("insights", ENGLISH),
        ("openai_verbose", ENGLISH),
        ("transcribe", ENGLISH),
        ("twilio", ENGLISH),
        ("vcon", ENGLISH),
        ("whisper", ENGLISH),
        ("whisper_cpp", ENGLISH),
        ("genesys", FRENCH),
        ("whisperx", FRENCH),
        ("openai_diarized", TURNS),
    ];
    let shell = Shell::new();
    for (name, expected) in samples {
        let list = |input: &str, output: &str| {
            says(
                &shell,
                &format!("sourdine redact {input} -q -o {output} --mute-list {output}.mute --mute-padding 0"),
            );
            says(&shell, &format!("cat {output}.mute"))
        };
        let first = list(&format!("{name}.json"), &format!("{name}.1.json"));
        let close = |a: &(f64, f64), b: &(f64, f64)| (a.0 - b.0).abs() < 0.002 && (a.1 - b.1).abs() < 0.002;
        let now = windows(&first);
        // The letters of a word may have times of their own, which go beyond it.
        let holds = |at: &(f64, f64)| now.iter().any(|of| of.0 <= at.0 + 0.002 && of.1 >= at.1 - 0.002);
        assert!(expected.iter().all(holds), "{name}: {now:?}");
        if *name != "whisperx" {
            let same = now.len() == expected.len() && now.iter().zip(*expected).all(|(a, b)| close(a, b));
            assert!(same, "{name}: {now:?}");
        }
        for canary in ["John", "Whitlock", "Nadia", "4111", "Quentin"] {
            assert!(!first.contains(canary), "{name}: {canary}");
        }
        // A masked transcript tells the same ones.
        let second = list(&format!("{name}.1.json"), &format!("{name}.2.json"));
        assert_eq!(windows(&second), now, "{name}");
    }
}

/// Azure's spoken forms have times that were made differently; each turn's windows hold what is said.
#[test]
fn forms_with_other_words_are_muted() {
    let shell = Shell::new();
    says(&shell, "sourdine redact azure.json -q -o a.json --mute-list a.mute --mute-padding 0");
    let now = windows(&says(&shell, "cat a.mute"));
    for at in ENGLISH {
        assert!(now.iter().any(|of| of.0 <= at.0 && of.1 >= at.1), "{at:?} {now:?}");
    }
}

#[test]
fn channels_and_padding_are_told() {
    let shell = Shell::new();
    says(&shell, "sourdine redact transcribe.json -q -o t.json --mute-list t.mute");
    let list: Value = serde_json::from_str(&says(&shell, "cat t.mute")).expect("JSON");
    assert_eq!((list["unit"].as_str(), list["padding"].as_f64()), (Some("seconds"), Some(0.25)));
    let first = &list["windows"][0];
    assert_eq!((first["start"].as_f64(), first["end"].as_f64()), (Some(2.15), Some(2.85)));
    assert_eq!((first["channel"].as_u64(), &first["entities"][0]), (Some(0), &Value::from("PERSON")));
    assert_eq!(list["windows"][1]["channel"].as_u64(), Some(1));
}

#[test]
fn what_has_no_times_is_refused_and_leaves_nothing() {
    let shell = Shell::new();
    shell.write("a.jsonl", "{\"call_id\":\"c\",\"text\":\"write to jo@example.com\"}\n");
    let (said, code) = shell.run("sourdine redact a.jsonl -o out.jsonl --mute-list out.mute");
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("record 1, /text") && !said.contains("jo@"), "{said}");
    assert_eq!(shell.run("ls -A | grep -E 'out|sourdine-'").0, "");
    // A record that cannot be read may say anything.
    shell.write("b.jsonl", "{\"text\":\"hello\",\"start\":0,\"end\":1}\n{\"text\": oops}\n");
    let (said, code) = shell.run("sourdine redact b.jsonl -o out.jsonl --mute-list out.mute");
    assert_eq!((code, shell.run("ls -A | grep -E 'out|sourdine-'").0.as_str()), (4, ""), "{said}");
}

#[test]
fn calls_of_one_file_are_told_apart() {
    let shell = Shell::new();
    let turn = |call: &str, start: f64| {
        format!(
            "{{\"call_id\":\"{call}\",\"text\":\"write to jo@example.com\",\"start\":{start},\"end\":{}}}\n",
            start + 2.5
        )
    };
    shell.write("two.jsonl", &[turn("a", 0.0), turn("a", 6.0), turn("b", 1.5)].concat());
    says(&shell, "sourdine redact two.jsonl -q -o out.jsonl --mute-list out.mute");
    let list: Value = serde_json::from_str(&says(&shell, "cat out.mute")).expect("JSON");
    let calls = list["calls"].as_array().expect("calls");
    let told: Vec<_> =
        calls.iter().map(|c| (c["record"].as_u64(), c["windows"].as_array().map(Vec::len))).collect();
    assert_eq!(told, [(Some(1), Some(2)), (Some(3), Some(1))]);
    assert_eq!(calls[0]["windows"][1]["start"].as_f64(), Some(5.75));
    let (said, code) = shell.run("sourdine redact two.jsonl two.jsonl -o many/ --mute-list m.mute");
    assert_eq!(code, 2, "{said}");
}

/// Words beside times are said, whatever their field is called; a value alone may be anything.
#[test]
fn words_of_unknown_fields_are_muted() {
    let shell = Shell::new();
    shell.write(
        "a.jsonl",
        "{\"start\":1.5,\"end\":4,\"phrase\":\"write to jo@example.com, please\"}\n\
         {\"start\":5,\"end\":7.5,\"text\":\"thank you, that is all\",\"customer\":\"jo@example.com\"}\n",
    );
    says(&shell, "sourdine redact a.jsonl -q -o out.jsonl --conversation-field none --mute-list out.mute");
    let list: Value = serde_json::from_str(&says(&shell, "cat out.mute")).expect("JSON");
    let counts: Vec<_> = list["calls"]
        .as_array()
        .expect("calls")
        .iter()
        .map(|c| c["windows"].as_array().map(Vec::len))
        .collect();
    assert_eq!(counts, [Some(1), Some(0)]);
    assert_eq!(list["calls"][0]["windows"][0]["start"], 1.25);
}

/// A word that the list lacks was said between its neighbours.
#[test]
fn words_that_are_missing_are_muted() {
    let shell = Shell::new();
    let words = [
        ("please", 1.0),
        ("call", 1.5),
        ("me", 2.0),
        ("at", 2.5),
        ("020", 3.0),
        ("7946", 4.0),
        ("0123", 5.0),
        ("now", 6.0),
    ];
    let told = |lacks: &[&str], text: &str| {
        let listed: Vec<String> = words
            .iter()
            .filter(|word| !lacks.contains(&word.0))
            .map(|(word, at)| format!("{{\"word\":\"{word}\",\"start\":{at:.1},\"end\":{:.1}}}", at + 0.4))
            .collect();
        let list = listed.join(",");
        let turn = format!("{{\"start\":0.5,\"end\":7.0,\"text\":\"{text}\",\"words\":[{list}]}}");
        shell.write("a.json", &format!("{{\"segments\":[\n{turn}]}}"));
        says(&shell, "sourdine redact a.json -q --force -o out.json --mute-list out.mute --mute-padding 0");
        windows(&says(&shell, "cat out.mute"))
    };
    let text = "please call me at 020 7946 0123 now";
    assert_eq!(told(&[], text), [(3.0, 5.4)]);
    assert_eq!(told(&["0123"], text), [(2.9, 6.0)]);
    assert_eq!(told(&["020"], text), [(2.9, 6.0)]);
    assert_eq!(told(&["7946"], text), [(2.9, 6.0)]);
    // Nothing is known of what comes behind the last word: the whole turn.
    assert_eq!(told(&["0123", "now"], "please call me at 020 7946 0123"), [(0.5, 7.0)]);
}

#[test]
fn captions_tell_their_cues() {
    let shell = Shell::new();
    let cues = "WEBVTT for Ana Silva\n\nNOTE ask ana@example.com\n\n1\n00:01.000 --> 00:03.500 align:start\n<v Agent>Is that \
                Mary\nJones?</v>\n\n2\n00:04.000 --> 00:06.250\n<v Caller>Yes, my e-mail is mary at\n\n00:06.250 --> \
                00:08.000\n<v Caller>example dot com.</v>\n\n01:00:09.000 --> 01:00:10.000\nThanks.\n";
    shell.write("call.vtt", cues);
    let told = |name: &str| {
        says(
            &shell,
            &format!(
                "sourdine redact {name} -q -o m.{name} --force --mute-list {name}.mute --mute-padding 0"
            ),
        );
        windows(&says(&shell, &format!("cat {name}.mute")))
    };
    // The e-mail goes on in the cue behind, which touches its own.
    let expected = [(1.0, 3.5), (4.0, 8.0)];
    assert_eq!(told("call.vtt"), expected);
    // A masked one tells the same.
    assert_eq!(told("m.call.vtt"), expected);
    // Cues that no empty line parts have each their own times.
    shell.write(
        "a.srt",
        "1\n00:00:00,000 --> 00:00:02,000\nHello.\n2\n01:00:05,500 --> 01:00:09,000\nI am jo@example.com.\n",
    );
    assert_eq!(told("a.srt"), [(3605.5, 3609.0)]);
    // A cue whose times nobody can read is refused.
    shell.write("b.srt", "1\n00:00:05,000 --> 00:00:02,000\nI am jo@example.com.\n");
    let (said, code) = shell.run("sourdine redact b.srt -o out.srt --mute-list out.mute");
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("record 1, /1/text"), "{said}");
}

/// Each word has its times; a guess says the same; comments are said by nobody.
#[test]
fn time_marked_words_tell_their_own() {
    let shell = Shell::new();
    let text = ";; ask ana@example.com\nc A 1.00 0.30 i'm\nc A 1.30 0.20 mary\nc A * * <ALT_BEGIN>\nc A 1.50 0.50 jones\n\
                c A * * <ALT>\nc A 1.45 0.60 johns\nc A * * <ALT_END>\nc A 2.10 0.30 okay\nc B 3.00 0.50 yes\n";
    shell.write("call.ctm", text);
    says(&shell, "sourdine redact call.ctm -q -o m.ctm --mute-list a.mute --mute-padding 0");
    assert_eq!(windows(&says(&shell, "cat a.mute")), [(1.3, 2.05)]);
    says(&shell, "sourdine redact m.ctm -q -o mm.ctm --mute-list b.mute --mute-padding 0");
    assert_eq!(windows(&says(&shell, "cat b.mute")), [(1.3, 2.05)]);
}
