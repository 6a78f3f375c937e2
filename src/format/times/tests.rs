//! Are times read as each maker writes them?

use super::super::fields::FieldOptions;
use super::*;

fn said(json: &str, word: &str) -> Option<(u64, u64)> {
    let fields = Fields::new(&FieldOptions::default());
    let times = Times::read(json.as_bytes(), [Span::new(0, json.len())].into_iter(), &fields);
    let raw = json.find(&format!("\"{word}\"")).expect("there") + 1;
    times.string(times.at(raw as u32).expect("a string")).said
}

#[test]
fn units_are_told_by_name_form_or_speed() {
    let word = |times: &str| said(&format!(r#"{{"words":[{{"word":"hello",{times}}}]}}"#), "hello");
    for times in [
        r#""start":1.2,"end":1.6"#,
        r#""start":1200,"end":1600"#,
        r#""start_time":"1.20","end_time":"1.60""#,
        r#""startOffset":"1.200s","endOffset":"1.600s""#,
        r#""offset":"PT1.2S","duration":"PT0.4S""#,
        r#""offset":12000000,"duration":4000000"#,
        r#""offsetInTicks":12000000.0,"durationInTicks":4000000.0"#,
        r#""startTimeMs":1200,"duration":{"milliseconds":400}"#,
        r#""BeginOffsetMillis":1200,"EndOffsetMillis":1600"#,
        r#""start_timestamp_millis":1200,"end_timestamp_millis":1600"#,
        r#""offsets":{"from":1200,"to":1600}"#,
        r#""timestamps":{"from":"00:00:01,200","to":"00:00:01,600"}"#,
        r#""timestamp":[1.2,1.6]"#,
        r#""startTime":{"seconds":"1","nanos":200000000},"endTime":{"seconds":1,"nanos":600000000}"#,
    ] {
        assert_eq!(word(times), Some((1200, 1600)), "{times}");
    }
    assert_eq!(word(r#""start":"2026-03-02T10:00:00Z""#), None);
    assert_eq!(word(r#""startTimeMs":1772445600000,"duration":{"milliseconds":400}"#), None);
    assert_eq!(word(r#""confidence":0.9"#), None);
}

#[test]
fn words_without_times_lie_between_their_neighbours() {
    let json = r#"{"segments":[{"start":1.0,"end":4.0,"text":"call 555 now","words":[
        {"word":"call","start":1.1,"end":1.4},{"word":"555"},{"word":"!"},{"word":"now","start":3.0,"end":3.3},
        {"word":"bye"}]}]}"#;
    assert_eq!(said(json, "555"), Some((1400, 3000)));
    assert_eq!(said(json, "!"), Some((1400, 1400)));
    assert_eq!(said(json, "bye"), Some((3300, 4000)));
    assert_eq!(said(json, "call 555 now"), Some((1000, 4000)));
}

#[test]
fn channels_count_from_zero() {
    let channel = |json: &str| {
        let fields = Fields::new(&FieldOptions::default());
        let times = Times::read(json.as_bytes(), [Span::new(0, json.len())].into_iter(), &fields);
        times.string(times.at(json.find("hello").expect("there") as u32).expect("a string")).channel
    };
    assert_eq!(channel(r#"[{"channel":1,"text":"hello"},{"channel":0}]"#), Some(1));
    assert_eq!(channel(r#"[{"channel":"1","text":"hello"},{"channel":"2"}]"#), Some(0));
    assert_eq!(channel(r#"[{"channel":1,"text":"hello"}]"#), None);
    assert_eq!(channel(r#"[{"channelTag":2,"text":"hello"}]"#), Some(1));
    assert_eq!(
        channel(r#"{"items":[{"alternatives":[{"content":"hello"}],"channel_label":"ch_0"}]}"#),
        Some(0)
    );
    assert_eq!(channel(r#"{"channels":[{"words":["a"]},{"words":[{"word":"hello"}]}]}"#), Some(1));
}
