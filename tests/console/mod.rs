//! Runs the commands of a transcript and puts what they say beside them.
//!
//! A transcript is what a person would see: lines that begin with `$ ` are commands of a shell, the lines
//! under one are what it prints to standard output and standard error, `? 2` its exit code where that is not
//! zero. A last line of the output that does not end shows as one that does.
#![allow(dead_code, unreachable_pub)] // each test uses a part

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A directory with the demo and the files of the documentation, in which commands run.
pub struct Shell {
    directory: tempfile::TempDir,
}

impl Shell {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
        for from in ["demo", "docs", "formats"] {
            for entry in fs::read_dir(testdata.join(from)).expect("a directory") {
                let path = entry.expect("an entry").path();
                fs::copy(&path, directory.path().join(path.file_name().expect("a name"))).expect("copies");
            }
        }
        let shell = Shell { directory };
        shell.put("transcribe.wav", &recording(14));
        shell
    }

    /// Puts a file into the directory.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("writes");
    }

    /// Puts bytes into the directory.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.directory.path().join(name), bytes).expect("writes");
    }

    /// The bytes of a file in the directory.
    pub fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.directory.path().join(name)).expect("reads")
    }

    /// What the command prints, and its exit code.
    pub fn run(&self, command: &str) -> (String, i32) {
        let binary = Path::new(env!("CARGO_BIN_EXE_sourdine")).parent().expect("a directory");
        let path = std::env::var("PATH").unwrap_or_default();
        let done = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .env("PATH", format!("{}:{path}", binary.display()))
            .env("HOME", self.directory.path())
            .env_remove("SOURDINE_CONFIG")
            .env_remove("NO_COLOR")
            .env_remove("RUST_BACKTRACE")
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .output()
            .expect("runs");
        (String::from_utf8_lossy(&done.stdout).into_owned(), done.status.code().unwrap_or(-1))
    }

    /// The transcript as it is today.
    pub fn replay(&self, transcript: &str) -> String {
        let mut out = String::new();
        for command in transcript.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let (said, code) = self.run(command);
            out += &format!("$ {command}\n{said}");
            if !out.ends_with('\n') {
                out.push('\n');
            }
            if code != 0 {
                out += &format!("? {code}\n");
            }
        }
        out
    }
}

/// A recording of so many seconds of a hum, as telephones code it: mu-law, 8,000 samples a second.
fn recording(seconds: u32) -> Vec<u8> {
    let count = seconds * 8000;
    let mut out = [&b"RIFF"[..], &(36 + count).to_le_bytes(), b"WAVEfmt ", &16u32.to_le_bytes()].concat();
    for pair in [[7u16, 1], [8000, 0], [8000, 0], [1, 8]] {
        out.extend(pair.iter().flat_map(|number| number.to_le_bytes()));
    }
    out.extend(b"data");
    out.extend(count.to_le_bytes());
    out.extend((0..count).map(|at| if at / 40 % 2 == 0 { 0xA0 } else { 0x20 }));
    out
}

/// Holds the transcript at `path` against what its commands say; `UPDATE_GOLDEN=1` writes it anew.
pub fn check(path: &PathBuf) {
    let known = fs::read_to_string(path).expect("a transcript");
    let now = Shell::new().replay(&known);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, &now).expect("writes");
    } else {
        assert_eq!(now, known, "{} (UPDATE_GOLDEN=1 writes it anew)", path.display());
    }
}
