//! How are the windows told to other programs?
//!
//! A JSON object: `windows` of the one call of an input, or `calls`, each with the number of its first record. It is
//! written as calls come, and holds times, names of entities, channels and labels of speakers, never text.

use std::fmt::Write as _;

use super::{mutes, seconds};
use crate::model::{Call, Entities};

/// Writes a list of windows, piece by piece.
#[derive(Debug)]
pub struct MuteList {
    padding: u64,
    head: String,
    first: Option<(u64, String)>,
    calls: u64,
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl MuteList {
    /// A list for the input of that masked name, with `padding` milliseconds around each window.
    #[must_use]
    pub fn new(file: &str, padding: u64) -> MuteList {
        let head =
            format!("{{\"file\":{},\"unit\":\"seconds\",\"padding\":{}", quoted(file), seconds(padding));
        MuteList { padding, head, first: None, calls: 0 }
    }

    fn windows(&self, call: &Call, entities: &Entities) -> String {
        let mut out = String::from("\"windows\":[");
        for (at, mute) in mutes(call, self.padding).iter().enumerate() {
            let names: Vec<String> =
                mute.entities.iter().map(|entity| quoted(entities.name(*entity))).collect();
            let sign = if at == 0 { "\n" } else { ",\n" };
            let (start, end) = (seconds(mute.start), seconds(mute.end));
            // Nothing can fail: the line is written to memory.
            let _ = write!(out, "{sign}{{\"start\":{start},\"end\":{end},\"entities\":[{}]", names.join(","));
            if let Some(channel) = mute.channel {
                let _ = write!(out, ",\"channel\":{channel}");
            }
            if let Some(speaker) = &mute.speaker {
                let _ = write!(out, ",\"speaker\":{}", quoted(speaker));
            }
            out.push('}');
        }
        out.push(']');
        out
    }

    /// What is written for a call, as far as it is known what comes.
    #[must_use]
    pub fn call(&mut self, call: &Call, entities: &Entities) -> String {
        let windows = self.windows(call, entities);
        self.calls += 1;
        match (self.calls, self.first.take()) {
            (1, _) => {
                self.first = Some((call.record, windows));
                String::new()
            }
            (_, Some((record, first))) => format!(
                "{},\"calls\":[\n{{\"record\":{record},{first}}},\n{{\"record\":{},{windows}}}",
                self.head, call.record
            ),
            _ => format!(",\n{{\"record\":{},{windows}}}", call.record),
        }
    }

    /// What is written behind the last call.
    #[must_use]
    pub fn end(&mut self) -> String {
        match (self.calls, self.first.take()) {
            (0, _) => format!("{},\"windows\":[]}}\n", self.head),
            (_, Some((_, windows))) => format!("{},{windows}}}\n", self.head),
            _ => "]}\n".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PERSON, Window};

    #[test]
    fn one_call_and_several() {
        let entities = Entities::default();
        let window = Window {
            start: 1000,
            end: 1500,
            entity: PERSON,
            channel: Some(1),
            speaker: None,
            rule: None,
            score: 100,
        };
        let call = |record| Call { record, windows: vec![window.clone()], ..Call::default() };
        for count in [0, 1, 2, 3] {
            let mut list = MuteList::new("a\"b", 250);
            let mut text: String = (1..=count).map(|record| list.call(&call(record), &entities)).collect();
            text += &list.end();
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(value["file"], "a\"b");
            assert_eq!(value["padding"], 0.25);
            let windows = if count < 2 { &value["windows"] } else { &value["calls"][1]["windows"] };
            assert_eq!(windows.as_array().map(Vec::len), Some(usize::from(count > 0)), "{text}");
            if count > 0 {
                assert_eq!(windows[0]["start"], 0.75);
                assert_eq!(windows[0]["channel"], 1);
                assert_eq!(windows[0]["entities"][0], "PERSON");
            }
        }
    }
}
