//! How does ffmpeg mute what is not written here?
//!
//! By its filter `volume`, switched on in the windows. Only the command is made; nothing runs it.

use std::fmt::Write as _;

use super::{Mute, seconds};

/// Samples of the frames that recordings are cut into, for filters are switched only where a frame begins.
const FRAME: u64 = 256;
/// How much earlier a window begins for that, in milliseconds: such a frame of the slowest recordings, 4,000 samples a
/// second.
const EARLIER_MS: u64 = 64;
/// Bytes of windows that one command takes. Linux takes 128 KiB in one argument.
const COMMAND_BYTES: usize = 64 << 10;
/// Windows of one filter: an expression is a chain that is walked for every frame.
const WINDOWS: usize = 100;

/// The command of a shell that silences the windows of `input`, on all channels, and writes `output` without titles,
/// tags, chapters and pictures. Where there are too many windows for one command they are several, joined by pipes.
#[must_use]
pub fn ffmpeg(input: &str, output: &str, mutes: &[Mute]) -> String {
    let filters: Vec<String> = mutes.chunks(WINDOWS).map(filter).collect();
    let mut parts: Vec<String> = Vec::new();
    for filter in filters {
        match parts.last_mut().filter(|part| part.len() + filter.len() < COMMAND_BYTES) {
            Some(part) => {
                part.push(',');
                part.push_str(&filter);
            }
            None => parts.push(filter),
        }
    }
    if parts.is_empty() {
        parts.push(String::from("anull"));
    }
    let mut command = String::new();
    for (at, part) in parts.iter().enumerate() {
        let from = if at == 0 { quoted(input) } else { "-".to_owned() };
        let filter = format!("-map 0:a -af \"asetnsamples=n={FRAME}:p=0,{part}\"");
        let to = if at + 1 == parts.len() {
            format!("-map_metadata -1 -map_chapters -1 {}", quoted(output))
        } else {
            "-c:a pcm_f32le -f wav - |\n".to_owned()
        };
        // Nothing can fail: the command is written to memory.
        let _ = write!(command, "ffmpeg -nostdin -i {from} {filter} {to}");
    }
    // Reading from a pipe is reading standard input.
    command.replace("-nostdin -i - ", "-i - ")
}

/// A filter that is silent in the windows.
fn filter(mutes: &[Mute]) -> String {
    let mut between = String::new();
    for mute in mutes {
        let sign = if between.is_empty() { "" } else { "+" };
        let start = seconds(mute.start.saturating_sub(EARLIER_MS));
        let _ = write!(between, "{sign}between(t,{start},{})", seconds(mute.end));
    }
    format!("volume=enable='{between}':volume=0")
}

/// A name as a shell takes it; one that begins with a sign is no option.
fn quoted(name: &str) -> String {
    let name = if name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    format!("'{}'", name.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mute(start: u64, end: u64) -> Mute {
        Mute { start, end, entities: Vec::new(), channel: None, speaker: None }
    }

    #[test]
    fn a_command() {
        assert_eq!(
            ffmpeg("it's.mp3", "-out.mp3", &[mute(1000, 1500), mute(4000, 4010)]),
            "ffmpeg -nostdin -i 'it'\\''s.mp3' -map 0:a -af \"asetnsamples=n=256:p=0,\
             volume=enable='between(t,0.936,1.5)+between(t,3.936,4.01)':volume=0\" \
             -map_metadata -1 -map_chapters -1 './-out.mp3'"
        );
        assert!(ffmpeg("a", "b", &[]).contains("p=0,anull\""));
    }

    #[test]
    fn many_windows_are_several_commands() {
        let mutes: Vec<Mute> = (0..9000).map(|at| mute(at * 2000, at * 2000 + 1000)).collect();
        let command = ffmpeg("a.mp3", "b.mp3", &mutes);
        assert!(command.lines().count() > 3 && command.lines().all(|line| line.len() < COMMAND_BYTES + 4096));
        assert_eq!(command.matches("between(").count(), mutes.len());
        assert!(command.matches("-i - ").count() + 1 == command.lines().count());
    }
}
