//! Which parts of the recording, and how are they silenced?
//!
//! What is masked in a transcript is still to be heard. The engine says when each finding was said; here that becomes
//! windows of the recording ([`Mute`]), a list of them for other programs ([`MuteList`], [`ffmpeg`]) and, for WAV
//! files, a copy in which they are silent ([`Wav`], [`Edit`]). No text of a transcript comes here.

mod coding;
mod edit;
mod ffmpeg;
mod list;
mod wav;

pub use edit::{Channels, Cover, Edit};
pub use ffmpeg::ffmpeg;
pub use list::MuteList;
pub use wav::{Refusal, Wav};

use crate::limits;
use crate::model::{Call, Entity, Window};

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

/// A stretch of a recording and the one rule that silences it, for the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Where it begins, in milliseconds.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// The channel on which it is said, from 0, if that is known.
    pub channel: Option<u16>,
    /// What is said.
    pub entity: Entity,
    /// The rule that found it; `None` for a tag that stood in the transcript.
    pub rule: Option<u16>,
    /// How sure the rule is, in hundredths.
    pub score: u8,
}

/// The window with `padding` milliseconds on either side.
fn padded(window: &Window, padding: u64, duration: Option<u64>) -> (u64, u64) {
    let end = window.end.saturating_add(padding);
    // Only the padding ends with the recording: what the document says of that may be wrong.
    let end = duration.map_or(end, |duration| end.min(duration)).max(window.end);
    (window.start.saturating_sub(padding), end)
}

/// The windows of a call with `padding` milliseconds on either side, those of a channel merged where they touch; in
/// order.
#[must_use]
pub fn mutes(call: &Call, padding: u64) -> Vec<Mute> {
    let mut all: Vec<Mute> = Vec::new();
    let mut windows: Vec<_> = call.windows.iter().collect();
    windows.sort_by_key(|window| (window.channel, window.start, window.end, window.entity));
    for window in windows {
        let (start, end) = padded(window, padding, call.duration);
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

/// The same, of each rule by itself.
#[must_use]
pub fn traces(call: &Call, padding: u64) -> Vec<Trace> {
    let mut all: Vec<Trace> = Vec::new();
    let mut windows: Vec<_> = call.windows.iter().collect();
    windows.sort_by_key(|of| (of.channel, of.entity, of.rule, of.start, of.end));
    for of in windows {
        let (start, end) = padded(of, padding, call.duration);
        let is_same = |last: &&mut Trace| {
            (last.channel, last.entity, last.rule) == (of.channel, of.entity, of.rule) && start <= last.end
        };
        match all.last_mut().filter(is_same) {
            Some(last) => (last.end, last.score) = (last.end.max(end), last.score.max(of.score)),
            None => {
                let (channel, entity, rule, score) = (of.channel, of.entity, of.rule, of.score);
                all.push(Trace { start, end, channel, entity, rule, score });
            }
        }
    }
    all.sort_by_key(|trace| (trace.start, trace.end, trace.channel, trace.entity, trace.rule));
    all
}

/// Fits the windows of a call to a recording of so many milliseconds: none goes beyond its end.
///
/// # Errors
/// Why the transcript cannot be that recording's: a window lies behind its end, or all that is said lies in a tiny
/// part of it. Then nothing is muted for certain.
pub fn fit(call: &mut Call, recording: u64) -> Result<(), String> {
    let behind = |of: &&Window| of.start >= recording || of.end > recording + limits::BEHIND_END_MS;
    if let Some(window) = call.windows.iter().filter(behind).max_by_key(|window| window.end) {
        return Err(format!(
            "its transcript says something at {} to {} s that is to be muted, but the recording ends at {} s; is it \
             the transcript of another one, or are its times in another unit?",
            seconds(window.start),
            seconds(window.end),
            seconds(recording)
        ));
    }
    if let Some(last) = call.last.filter(|last| recording / limits::LONGER_THAN_SAID > *last) {
        return Err(format!(
            "its transcript ends at {} s, the recording lasts {} s; is it the transcript of another one, or are its \
             times in another unit?",
            seconds(last),
            seconds(recording)
        ));
    }
    call.duration = Some(recording);
    for window in &mut call.windows {
        window.end = window.end.min(recording);
    }
    Ok(())
}

/// The milliseconds as seconds: `1.25`.
fn seconds(milliseconds: u64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PERSON;
    use proptest::prelude::*;

    fn window(start: u64, end: u64, channel: Option<u16>) -> Window {
        Window { start, end, entity: PERSON, channel, speaker: None, rule: None, score: 100 }
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

    #[test]
    fn a_transcript_of_another_recording_is_refused() {
        let call = |end, last| Call {
            windows: vec![window(end - 500, end, None)],
            last: Some(last),
            ..Call::default()
        };
        let fits = |mut call: Call, recording| fit(&mut call, recording).map(|()| call.windows[0].end);
        assert_eq!(fits(call(10_000, 10_000), 10_000), Ok(10_000));
        assert_eq!(fits(call(10_400, 10_400), 10_000), Ok(10_000));
        assert!(fits(call(10_500, 10_500), 10_000).is_err(), "wholly behind the end");
        assert!(fits(call(500, 500), 0).is_err());
        // Seconds that were taken for milliseconds.
        assert!(fits(call(3_600, 3_600), 3_600_000).is_err());
        assert!(fits(call(3_600, 60_000), 3_600_000).is_ok());
    }

    proptest! {
        /// What is muted is what the windows and their padding cover, up to the recording's end; nothing touches.
        #[test]
        fn windows_cover_what_they_should(
            spans in prop::collection::vec((0u64..300, 0u64..60, prop::option::of(0u16..2)), 1..12),
            padding in 0u64..40,
            recording in 300u64..400,
        ) {
            let windows: Vec<Window> =
                spans.iter().map(|&(start, length, channel)| window(start, start + length, channel)).collect();
            let mut call = Call { windows: windows.clone(), last: Some(1000), ..Call::default() };
            fit(&mut call, recording).expect("it fits");
            let (now, told) = (mutes(&call, padding), traces(&call, padding));
            for channel in [None, Some(0), Some(1)] {
                let own: Vec<&Mute> = now.iter().filter(|mute| mute.channel == channel).collect();
                prop_assert!(own.windows(2).all(|two| two[0].end < two[1].start));
                let of_channel = windows.iter().filter(|of| of.channel == channel).collect::<Vec<_>>();
                for at in 0..500 {
                    let is_in = of_channel.iter().any(|of| {
                        of.start <= at + padding && at < of.end + padding && at < recording
                    });
                    let is_muted = own.iter().any(|mute| mute.start <= at && at < mute.end);
                    let is_told = told
                        .iter()
                        .any(|trace| trace.channel == channel && trace.start <= at && at < trace.end);
                    prop_assert_eq!((is_in, is_in), (is_muted, is_told), "{} on {:?}", at, channel);
                }
            }
        }
    }
}
