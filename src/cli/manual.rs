//! `sourdine completions` and `sourdine man`: what shells and manual readers need.
//!
//! Both follow from the description of the command line, so that they are never out of date.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Arguments, print};
use crate::error::{Error, Result};

/// Print completions for a shell
#[derive(Args)]
#[command(long_about = "Print completions for a shell.\n\n  \
        sourdine completions bash > ~/.local/share/bash-completion/completions/sourdine\n  \
        sourdine completions zsh > ~/.zfunc/_sourdine\n  \
        sourdine completions fish > ~/.config/fish/completions/sourdine.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let mut out = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "sourdine", &mut out);
        print(&String::from_utf8_lossy(&out))?;
        Ok(0)
    }
}

/// Print the manual page, or write all of them into a directory
#[derive(Args)]
#[command(long_about = "Print the manual page, or write all of them into a directory.\n\n  \
        sourdine man | man -l -                      read it\n  \
        sourdine man ~/.local/share/man/man1         install it: sourdine(1), sourdine-redact(1), …")]
pub(super) struct Man {
    /// A directory, made when it is not there
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let Some(directory) = &self.directory else {
            let mut out = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
            print(&String::from_utf8_lossy(&out))?;
            return Ok(0);
        };
        write(directory)?;
        Ok(0)
    }
}

fn write(directory: &Path) -> Result<()> {
    let failed = |source| Error::Output { path: directory.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), directory).map_err(failed)
}
