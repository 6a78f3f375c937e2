//! `sourdine rules`: shows and tests rules.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::options::{read_text, rule_files};
use super::print;
use crate::detect::{Options, Ruleset, examples, rule};
use crate::error::Error;

/// Show the rules, or test your own
#[derive(Args)]
#[command(long_about = "Show the rules, or test your own.\n\n  \
        sourdine rules list                           what is looked for\n  \
        sourdine rules list --json | jq -r .id\n  \
        sourdine rules test acme.toml                 run the examples of your rules")]
pub(super) struct Rules {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// Show every rule: id, entity, check, countries, examples, what it recognises
    List {
        /// As JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Run the examples of rule files; of the shipped rules when no file is named
    Test {
        /// Rule files or directories
        #[arg(value_name = "FILE|DIR")]
        files: Vec<PathBuf>,
    },
}

impl Rules {
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        match &self.command {
            RulesCommand::List { json } => list(*json),
            RulesCommand::Test { files } => test(files),
        }
    }
}

fn list(json: bool) -> anyhow::Result<u8> {
    let set = Ruleset::load(&[], &Options::default())?;
    let mut out = String::new();
    for rule in set.rules() {
        let check = rule.check.map_or("-", |check| check.name);
        if json {
            let line = serde_json::json!({
                "id": rule.id, "entity": rule.entity, "about": rule.about, "check": rule.check.map(|check| check.name),
                "langs": rule.langs, "countries": rule.countries, "finds": rule.finds.len(), "ignores": rule.ignores.len(),
            });
            writeln!(out, "{line}")?;
        } else {
            let countries = if rule.countries.len() > 3 { "many".into() } else { rule.countries.join(",") };
            let examples = rule.finds.len() + rule.ignores.len();
            writeln!(
                out,
                "{:22} {:15} {:12} {countries:8} {examples:>2} examples  {}",
                rule.id, rule.entity, check, rule.about
            )?;
        }
    }
    for (id, entity, about) in Ruleset::built_in() {
        if json {
            writeln!(out, "{}", serde_json::json!({"id": id, "entity": entity, "about": about}))?;
        } else {
            writeln!(out, "{id:22} {entity:15} {:12} {:8} {:11}  {about}", "-", "", "")?;
        }
    }
    print(&out)?;
    Ok(0)
}

/// Reads the files without refusing failing examples, so that all of them are shown.
fn test(paths: &[PathBuf]) -> anyhow::Result<u8> {
    let mut files = Vec::new();
    for path in paths {
        for file in rule_files(path)? {
            files.push((file.display().to_string(), read_text(&file)?));
        }
    }
    let own: Vec<String> = files
        .iter()
        .map(|(name, text)| rule::read(name, text))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .map(|rule| rule.id)
        .collect();
    let set = Ruleset::load_untested(&files, &Options::default())?;
    let (mut out, mut examples_run, mut failed) = (String::new(), 0, 0);
    for rule in set.rules().iter().filter(|rule| paths.is_empty() || own.contains(&rule.id)) {
        examples_run += rule.finds.len() + rule.ignores.len();
        for failure in examples::failures(&set, rule) {
            failed += 1;
            writeln!(out, "{}: rule `{}`: {failure}", rule.place, rule.id)?;
        }
    }
    writeln!(out, "{} examples passed, {failed} failed", examples_run - failed)?;
    print(&out)?;
    if failed > 0 {
        return Err(Error::Usage(format!("{failed} examples failed")).into());
    }
    Ok(0)
}
