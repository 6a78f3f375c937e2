//! How is a recording copied with its windows silent?
//!
//! Piece by piece, in a buffer that stays the same however long it is. Samples in a window become silence or a tone,
//! chunks that are not kept become filler, every other byte is copied.

use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::coding::{Coding, tone};
use super::{Mute, Wav};
use crate::error::{Error, Result};
use crate::limits;

/// On which channels a window is muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// On all: who speaks is also heard on the other's.
    All,
    /// On the one where it is said, if the transcript tells and the recording has it; else on all.
    Speaker,
}

/// What stands in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    Silence,
    /// A tone.
    Beep,
}

/// What becomes of a recording.
#[derive(Debug)]
pub struct Edit<'w> {
    wav: &'w Wav,
    cover: Cover,
    /// Frames that are muted, of each channel: in order, none touching another.
    muted: Vec<Vec<Range<u64>>>,
}

impl<'w> Edit<'w> {
    /// Of that recording, with the windows muted that lie in it.
    #[must_use]
    pub fn new(wav: &'w Wav, mutes: &[Mute], channels: Channels, cover: Cover) -> Self {
        let frame = |milliseconds: u64| u128::from(milliseconds) * u128::from(wav.rate);
        let frames = |mute: &Mute| {
            let end = (frame(mute.end).div_ceil(1000) as u64).min(wav.frames());
            ((frame(mute.start) / 1000) as u64).min(end)..end
        };
        let of_channel = |channel: u16| {
            let is_here = |mute: &&Mute| match (channels, mute.channel) {
                (Channels::Speaker, Some(own)) if own < wav.channels => own == channel,
                _ => true,
            };
            united(mutes.iter().filter(is_here).map(frames).collect())
        };
        Edit { wav, cover, muted: (0..wav.channels).map(of_channel).collect() }
    }

    /// Frames that are muted on one channel or more.
    fn frames(&self) -> u64 {
        let all = united(self.muted.iter().flatten().cloned().collect());
        all.iter().map(|frames| frames.end - frames.start).sum()
    }

    /// How long the recording is muted, in milliseconds.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        (u128::from(self.frames()) * 1000 / u128::from(self.wav.rate)) as u64
    }

    /// Copies the recording from `input`, which stands at its beginning, to `write`. `path` is its name for messages.
    ///
    /// # Errors
    /// [`Error::Input`] when it cannot be read or is shorter than it was, [`Error::Interrupted`] when `stop` is set,
    /// and what `write` says.
    pub fn copy(
        &self,
        path: &Path,
        input: &mut impl Read,
        stop: &AtomicBool,
        mut write: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let Wav { data, length, .. } = self.wav;
        let frame = self.wav.frame_bytes();
        let mut buffer = vec![0; limits::AUDIO_BYTES];
        let mut at = 0;
        while at < *length {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            // A piece holds samples alone, in whole frames, or none.
            let most = buffer.len() as u64;
            let (until, most) = match at {
                _ if at < data.start => (data.start, most),
                _ if at < data.end => (data.end, most - most % frame),
                _ => (*length, most),
            };
            let piece = &mut buffer[..(until - at).min(most) as usize];
            input.read_exact(piece).map_err(|source| Error::Input { path: path.to_owned(), source })?;
            if data.contains(&at) {
                self.mute((at - data.start) / frame, piece);
            } else {
                self.hide(at, piece);
            }
            write(piece)?;
            at += piece.len() as u64;
        }
        Ok(())
    }

    /// Mutes what is to be muted of samples that begin with frame `first`.
    fn mute(&self, first: u64, samples: &mut [u8]) {
        let Wav { coding, rate, .. } = *self.wav;
        let (width, frame) = (coding.bytes(), self.wav.frame_bytes() as usize);
        let last = first + samples.len().div_ceil(frame) as u64;
        let mut sample = [0; Coding::MOST_BYTES];
        for (channel, muted) in self.muted.iter().enumerate() {
            let next = muted.partition_point(|window| window.end <= first);
            for window in muted[next..].iter().take_while(|window| window.start < last) {
                for at in window.start.max(first)..window.end.min(last) {
                    let level = match self.cover {
                        Cover::Silence => 0.0,
                        Cover::Beep => tone(at - window.start, window.end - window.start, rate),
                    };
                    coding.write(level, &mut sample[..width]);
                    // The last frame may be cut off.
                    let from = ((at - first) as usize * frame + channel * width).min(samples.len());
                    let room = width.min(samples.len() - from);
                    samples[from..from + room].copy_from_slice(&sample[..room]);
                }
            }
        }
    }

    /// Turns what is not kept into filler, in bytes that begin at byte `at` of the file.
    fn hide(&self, at: u64, bytes: &mut [u8]) {
        let range = at..at + bytes.len() as u64;
        let next = self.wav.hidden.partition_point(|hidden| hidden.bytes.end <= range.start);
        for hidden in self.wav.hidden[next..].iter() {
            let name = hidden.name.unwrap_or(hidden.bytes.start);
            if name >= range.end {
                break;
            }
            for (place, letter) in (name..).zip(b"JUNK").filter(|_| hidden.name.is_some()) {
                if range.contains(&place) {
                    bytes[(place - at) as usize] = *letter;
                }
            }
            let (start, end) = (hidden.bytes.start.max(range.start), hidden.bytes.end.min(range.end));
            if start < end {
                bytes[(start - at) as usize..(end - at) as usize].fill(0);
            }
        }
    }
}

/// The ranges in order, those that touch made one.
fn united(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, range| {
        let touches = next.start <= range.end;
        if touches {
            range.end = range.end.max(next.end);
        }
        touches
    });
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wav(channels: u16, coding: Coding, bytes: u64) -> Wav {
        Wav { coding, channels, rate: 8000, data: 44..44 + bytes, hidden: Vec::new(), length: 44 + bytes }
    }

    fn mute(start: u64, end: u64, channel: Option<u16>) -> Mute {
        Mute { start, end, entities: Vec::new(), channel, speaker: None }
    }

    proptest! {
        /// Frames in a window are muted on its channel, no others, whatever the windows and the pieces.
        #[test]
        fn windows_are_muted_and_nothing_else(
            windows in prop::collection::vec((0u64..1500, 0u64..400, prop::option::of(0u16..3)), 0..8),
            channels in 1u16..3,
            cut in 0u64..4,
            by_channel: bool,
            piece in 1usize..700,
        ) {
            let wav = wav(channels, Coding::Whole(2), 8000 * 2 * u64::from(channels) - cut);
            let mutes: Vec<Mute> =
                windows.iter().map(|&(start, length, channel)| mute(start, start + length, channel)).collect();
            let which = if by_channel { Channels::Speaker } else { Channels::All };
            let edit = Edit::new(&wav, &mutes, which, Cover::Silence);
            let mut samples = vec![0xAA; (wav.data.end - wav.data.start) as usize];
            let frame = wav.frame_bytes() as usize;
            for (number, part) in samples.chunks_mut(piece * frame).enumerate() {
                edit.mute((number * piece) as u64, part);
            }
            for (at, byte) in samples.iter().enumerate() {
                let (number, channel) = ((at / frame) as u64, (at % frame / 2) as u16);
                let is_in = |mute: &&Mute| {
                    let is_here = !by_channel || mute.channel.is_none_or(|own| own >= channels || own == channel);
                    is_here && mute.start * 8 <= number && number < mute.end * 8
                };
                prop_assert_eq!(*byte == 0, mutes.iter().any(|mute| is_in(&mute)), "frame {}", number);
            }
        }

        #[test]
        fn united_ranges_lie_apart(ranges in prop::collection::vec((0u64..60, 0u64..9), 0..20)) {
            let all: Vec<Range<u64>> = ranges.iter().map(|&(start, length)| start..start + length).collect();
            let now = united(all.clone());
            prop_assert!(now.windows(2).all(|two| two[0].end < two[1].start));
            for at in 0..80 {
                let is_in = |ranges: &[Range<u64>]| ranges.iter().any(|range| range.contains(&at));
                prop_assert_eq!(is_in(&all), is_in(&now));
            }
        }
    }

    #[test]
    fn filler_over_the_borders_of_pieces() {
        let hidden = vec![
            crate::audio::wav::Hidden { name: Some(3), bytes: 11..15 },
            crate::audio::wav::Hidden { name: None, bytes: 20..22 },
        ];
        let wav = Wav { hidden, length: 24, data: 24..24, ..wav(1, Coding::ALaw, 0) };
        let edit = Edit::new(&wav, &[], Channels::All, Cover::Silence);
        for piece in 1..24 {
            let mut bytes = *b"abcLISTsizetextefghijklm";
            for (number, part) in bytes.chunks_mut(piece).enumerate() {
                edit.hide((number * piece) as u64, part);
            }
            assert_eq!(&bytes, b"abcJUNKsize\0\0\0\0efghi\0\0lm");
        }
    }
}
