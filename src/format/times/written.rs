//! How are times written?
//!
//! As numbers, or in strings of many forms. What unit they have shows in the form, or the name tells.

/// Units of time, as milliseconds.
pub(super) const SECONDS: f64 = 1000.0;
pub(super) const MILLISECONDS: f64 = 1.0;
pub(super) const TICKS: f64 = 1e-4;
pub(super) const NANOSECONDS: f64 = 1e-6;

/// A time as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub(super) value: f64,
    /// Milliseconds in one of it, if name or form tell.
    pub(super) unit: Option<f64>,
}

/// A time that is written in a string: `4.87`, `1.2s`, `PT1M0.5S`, `00:00:01,230`.
pub(super) fn written(text: &[u8], unit: Option<f64>) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let number = |text: &str| -> Option<f64> {
        let formed = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if formed { text.parse().ok() } else { None }
    };
    if let Some(value) = number(text) {
        return Some(Time { value, unit });
    }
    let seconds = |value: f64| Some(Time { value, unit: Some(SECONDS) });
    if let Some(value) = text.strip_suffix('s').and_then(number) {
        return seconds(value);
    }
    if let Some(parts) = text.strip_prefix("PT") {
        let (mut total, mut from) = (0.0, 0);
        for (at, letter) in parts.match_indices(['H', 'M', 'S']) {
            let step = match letter {
                "H" => 3600.0,
                "M" => 60.0,
                _ => 1.0,
            };
            total += number(&parts[from..at])? * step;
            from = at + 1;
        }
        return if from > 0 && from == parts.len() { seconds(total) } else { None };
    }
    let parts: Vec<f64> = text.replace(',', ".").split(':').map(number).collect::<Option<_>>()?;
    if !matches!(parts.len(), 2 | 3) {
        return None;
    }
    seconds(parts.iter().fold(0.0, |total, part| total * 60.0 + part))
}
