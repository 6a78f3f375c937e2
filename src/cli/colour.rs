//! May it be coloured?
//!
//! Colour is for terminals. `NO_COLOR` switches it off, `--color` decides over both.

use std::io::IsTerminal;

use clap::ValueEnum;

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// Whether what goes to `stream` is coloured.
    pub(super) fn is_on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                !is_set("NO_COLOR") && !is_dumb && stream.is_terminal()
            }
        }
    }
}

/// A style of text, as the number that terminals know it by; nothing when colours are off.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// Names and headings.
    Bold,
    /// What is less important.
    Dim,
    /// What is masked.
    Masked,
    /// What is kept.
    Kept,
    /// What went well.
    Good,
    /// What went wrong.
    Bad,
}

/// Writes styles, or leaves them out.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub(super) is_on: bool,
}

impl Paint {
    /// The text in that style.
    pub(super) fn of(self, style: Style, text: &str) -> String {
        if !self.is_on {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Masked => "1;35",
            Style::Kept => "36",
            Style::Good => "32",
            Style::Bad => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The text with control characters shown as signs: what an input says must not steer a terminal.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '↵',
            '\t' => '→',
            // Bidirectional controls make a line read otherwise than it is.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}
