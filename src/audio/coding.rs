//! How is a sample written that is silent, or part of a tone?
//!
//! Samples are only ever written, never read: what stood there is of no account.

use std::f64::consts::TAU;

/// How a sample is coded; several bytes stand with the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Whole numbers of so many bytes; a single byte is unsigned, around 128.
    Whole(u8),
    /// IEEE floating point of 4 or 8 bytes.
    Float(u8),
    ALaw,
    MuLaw,
}

/// Loudness of the tone, of 1: 18 dB below the loudest there is, near the loudness of speech.
const LEVEL: f64 = 0.125;
/// Its pitch in hertz.
const PITCH: f64 = 1000.0;
/// How long it swells and fades, in seconds, so that it does not click.
const FADE: f64 = 0.005;

impl Coding {
    /// Bytes of the longest sample.
    pub(super) const MOST_BYTES: usize = 8;

    /// Bytes of a sample.
    pub(super) fn bytes(self) -> usize {
        match self {
            Coding::Whole(bytes) | Coding::Float(bytes) => usize::from(bytes),
            Coding::ALaw | Coding::MuLaw => 1,
        }
    }

    /// Writes a sample of that level, from -1 to 1, to `out`, which is as long as a sample; 0 is silence.
    pub(super) fn write(self, level: f64, out: &mut [u8]) {
        let whole = |most: f64| (level * most).round() as i64;
        match self {
            Coding::Whole(1) => out[0] = (128 + whole(127.0)) as u8,
            Coding::Whole(bytes) => {
                let most = ((1_i64 << (8 * u32::from(bytes) - 1)) - 1) as f64;
                let sample = whole(most).to_le_bytes();
                out.copy_from_slice(&sample[..usize::from(bytes)]);
            }
            Coding::Float(4) => out.copy_from_slice(&(level as f32).to_le_bytes()),
            Coding::Float(_) => out.copy_from_slice(&level.to_le_bytes()),
            Coding::ALaw => out[0] = a_law(whole(32767.0) as i32),
            Coding::MuLaw => out[0] = mu_law(whole(32767.0) as i32),
        }
    }
}

/// The level of the tone at frame `at` of a window of `count` frames, at `rate` frames a second.
pub(super) fn tone(at: u64, count: u64, rate: u32) -> f64 {
    let seconds = |frames: u64| frames as f64 / f64::from(rate);
    let swell = (seconds(at.min(count - 1 - at)) / FADE).min(1.0);
    // Four samples a turn at least, or there is no tone.
    let pitch = PITCH.min(f64::from(rate) / 4.0);
    LEVEL * swell * (TAU * pitch * seconds(at)).sin()
}

/// ITU-T G.711: thirteen bits to eight, even bits inverted.
fn a_law(sample: i32) -> u8 {
    let (sign, magnitude) = if sample >= 0 { (0x80, sample >> 3) } else { (0, (-sample - 1).max(0) >> 3) };
    let exponent = (32 - (magnitude as u32 | 0x1F).leading_zeros()).saturating_sub(5);
    let mantissa = if exponent < 2 { magnitude >> 1 } else { magnitude >> exponent };
    let code = sign | (exponent as u8) << 4 | (mantissa as u8 & 0x0F);
    code ^ 0x55
}

/// ITU-T G.711: fourteen bits to eight, all bits inverted.
fn mu_law(sample: i32) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (sample.abs() + 132).min(32767);
    let exponent = (magnitude >> 7).ilog2();
    let mantissa = magnitude >> (exponent + 3) & 0x0F;
    !(sign | (exponent as u8) << 4 | mantissa as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_a_law(code: u8) -> i32 {
        let code = code ^ 0x55;
        let (exponent, mantissa) = (i32::from(code >> 4 & 7), i32::from(code & 15));
        let value = if exponent == 0 { mantissa * 16 + 8 } else { (mantissa * 16 + 264) << (exponent - 1) };
        if code & 0x80 == 0 { -value } else { value }
    }

    fn from_mu_law(code: u8) -> i32 {
        let code = !code;
        let value = ((i32::from(code & 15) * 8 + 132) << (code >> 4 & 7)) - 132;
        if code & 0x80 == 0 { value } else { -value }
    }

    #[test]
    fn telephone_codings_come_back() {
        for sample in (-32000..32000).step_by(7) {
            for back in [from_a_law(a_law(sample)), from_mu_law(mu_law(sample))] {
                assert!((back - sample).abs() <= sample.abs() / 16 + 16, "{sample} {back}");
            }
        }
        let silent = |coding: Coding| {
            let mut out = vec![1; coding.bytes()];
            coding.write(0.0, &mut out);
            out
        };
        assert_eq!(silent(Coding::ALaw), [0xD5]);
        assert_eq!(silent(Coding::MuLaw), [0xFF]);
        assert_eq!(silent(Coding::Whole(1)), [128]);
        assert_eq!(silent(Coding::Whole(3)), [0; 3]);
        assert_eq!(silent(Coding::Float(8)), [0; 8]);
    }

    #[test]
    fn a_tone_swells_and_fades() {
        let level = |at| tone(at, 8000, 8000).abs();
        assert!(level(0) < 1e-9 && level(7999) < 1e-9);
        assert!((0..8000).map(level).fold(0.0, f64::max) > 0.12);
        assert!((0..8000).map(level).fold(0.0, f64::max) <= LEVEL + 1e-9);
    }
}
