//! Does each command print what it printed before?
//!
//! The transcripts in `testdata/golden/terminal` are what a person sees; a change shows up as a difference
//! in one of them.

mod console;

use std::path::{Path, PathBuf};

fn transcript(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/terminal").join(name)
}

#[test]
fn explain() {
    console::check(&transcript("explain.console"));
}
