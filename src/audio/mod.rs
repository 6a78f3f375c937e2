//! Which parts of the recording?
//!
//! What is masked in a transcript is still to be heard. The engine says when each finding was said; here that becomes
//! windows of the recording ([`Mute`]) and a list of them for other programs ([`MuteList`]). No text of a transcript
//! comes here.

mod list;

pub use list::MuteList;

use crate::model::{Call, Entity};

/// A stretch of a recording to be silenced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// Where it begins, in milliseconds.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// What is said in it, each once.
    pub entities: Vec<Entity>,
    /// The channel on which it is said, from 0, if that is known.
    pub channel: Option<u16>,
    /// Who says it, if that is known and it is one.
    pub speaker: Option<Box<str>>,
}

/// The windows of a call with `padding` milliseconds on either side, those of a channel merged where they touch; in
/// order.
#[must_use]
pub fn mutes(call: &Call, padding: u64) -> Vec<Mute> {
    let mut all: Vec<Mute> = Vec::new();
    let mut windows: Vec<_> = call.windows.iter().collect();
    windows.sort_by_key(|window| (window.channel, window.start, window.end, window.entity));
    for window in windows {
        let start = window.start.saturating_sub(padding);
        // Only the padding ends with the recording: what the document says of that may be wrong.
        let padded = window.end + padding;
        let end = call.duration.map_or(padded, |duration| padded.min(duration)).max(window.end);
        match all.last_mut().filter(|last| last.channel == window.channel && start <= last.end) {
            Some(last) => {
                last.end = last.end.max(end);
                last.entities.push(window.entity);
                if last.speaker != window.speaker {
                    last.speaker = None;
                }
            }
            None => all.push(Mute {
                start,
                end,
                entities: vec![window.entity],
                channel: window.channel,
                speaker: window.speaker.clone(),
            }),
        }
    }
    for mute in &mut all {
        mute.entities.sort_unstable();
        mute.entities.dedup();
    }
    all.sort_by_key(|mute| (mute.start, mute.end, mute.channel));
    all
}

/// The milliseconds as seconds: `1.25`.
fn seconds(milliseconds: u64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PERSON, Window};

    fn window(start: u64, end: u64, channel: Option<u16>) -> Window {
        Window { start, end, entity: PERSON, channel, speaker: None }
    }

    #[test]
    fn windows_are_padded_merged_and_clamped() {
        let windows = vec![window(100, 300, None), window(700, 900, None), window(1600, 1900, None)];
        let call = Call { windows, duration: Some(2000), ..Call::default() };
        let spans = |padding| mutes(&call, padding).iter().map(|m| (m.start, m.end)).collect::<Vec<_>>();
        assert_eq!(spans(250), [(0, 1150), (1350, 2000)]);
        assert_eq!(spans(0), [(100, 300), (700, 900), (1600, 1900)]);
        // A duration that cannot be cuts no word.
        let short = Call { duration: Some(800), ..call.clone() };
        assert_eq!(mutes(&short, 250).last().map(|mute| mute.end), Some(1900));
    }

    #[test]
    fn channels_are_merged_each_by_itself() {
        let windows = vec![window(0, 500, Some(0)), window(400, 900, Some(1)), window(450, 600, Some(0))];
        let call = Call { windows, ..Call::default() };
        let spans: Vec<_> = mutes(&call, 0).iter().map(|m| (m.start, m.end, m.channel)).collect();
        assert_eq!(spans, [(0, 600, Some(0)), (400, 900, Some(1))]);
    }
}
