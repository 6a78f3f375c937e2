//! Embeds every `patterns/*.toml`, sorted by name, so that adding a rule file touches one place, and packs the
//! dictionary into the table that `src/detect/names/dictionary.rs` describes.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

#[path = "src/detect/names/hash.rs"]
mod hash;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=patterns");
    println!("cargo::rerun-if-changed=src/detect/names/hash.rs");
    words()?;
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut names: Vec<String> = fs::read_dir(Path::new(&root).join("patterns"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    let mut out = String::from("&[\n");
    for name in names {
        writeln!(out, "    ({name:?}, include_str!({:?})),", format!("{root}/patterns/{name}"))
            .map_err(io::Error::other)?;
    }
    out.push_str("]\n");
    let target = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&target).join("rules.rs"), out)
}

/// Packs `patterns/dictionaries/words.tsv` into `words.bin`: open addressing, four bytes a slot.
fn words() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let text = fs::read_to_string(Path::new(&root).join("patterns/dictionaries/words.tsv"))?;
    let slots = (text.lines().count() * 3 / 2).next_power_of_two();
    let mut table = vec![0u32; slots];
    for line in text.lines() {
        let bad = || io::Error::other(format!("words.tsv: {line}"));
        let (word, digits) = line.split_once('\t').ok_or_else(bad)?;
        let digits: Vec<u32> =
            digits.chars().map(|c| c.to_digit(10)).collect::<Option<_>>().ok_or_else(bad)?;
        let &[first, last, place, word_bin, lower, brand] = digits.as_slice() else { return Err(bad()) };
        let known = first | last << 3 | place << 6 | word_bin << 8 | lower << 11 | brand << 15;
        let hash = hash::hash_of(word.as_bytes());
        let mut at = hash as usize & (slots - 1);
        while table[at] != 0 {
            at = (at + 1) & (slots - 1);
        }
        table[at] = ((hash >> 48) as u32) << 16 | known;
    }
    let bytes: Vec<u8> = table.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    fs::write(Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("words.bin"), bytes)
}
