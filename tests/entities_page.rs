//! Is the page of entities what the rules say, and is no cell of its table empty without a reason?
//!
//! `UPDATE_DOCS=1 cargo test --test entities_page` writes the page anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use sourdine::detect::Ruleset;
use sourdine::detect::rule::Rule;

const COUNTRIES: [&str; 11] = ["FR", "GB", "IE", "US", "CA", "DE", "AT", "CH", "BE", "ES", "IT"];

#[derive(Deserialize)]
struct Coverage {
    reasons: BTreeMap<String, BTreeMap<String, String>>,
}

#[test]
fn the_page_of_entities_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let coverage: Coverage =
        toml::from_str(&std::fs::read_to_string(root.join("docs/coverage.toml")).expect("the reasons"))
            .expect("TOML");
    let set = Ruleset::shipped();
    let page = page(&set, &coverage);
    let path = root.join("docs/entities.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("writes");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/entities.md is not current; UPDATE_DOCS=1 cargo test --test entities_page"
    );
}

fn page(set: &Ruleset, coverage: &Coverage) -> String {
    let mut by_entity: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in set.rules() {
        by_entity.entry(&rule.entity).or_default().push(rule);
    }
    let mut out = String::from(
        "# Entities and the rules that find them\n\n\
         Written by a test from `patterns/` and `docs/coverage.toml`; do not edit.\n\n",
    );
    let _ = writeln!(
        out,
        "{} rules find {} entities. Scores are those without help, when the check holds (✓), and beside a context\n\
         word (near); what stays below 0.5 is no finding. A rule without a country holds for all.\n",
        set.rules().len(),
        by_entity.len()
    );
    table(&by_entity, coverage, &mut out);
    for (entity, rules) in &by_entity {
        let _ = writeln!(
            out,
            "\n## {entity}\n\n| rule | countries | what it finds, and the source of its form | check | score | examples |\n|---|---|---|---|---|--:|"
        );
        for rule in rules {
            let countries =
                if rule.countries.is_empty() { "all".to_owned() } else { rule.countries.join(" ") };
            let mut score = format!("{:.2}", f32::from(rule.score) / 100.0);
            if rule.check.is_some() {
                let _ = write!(score, ", ✓ {:.2}", f32::from(rule.valid) / 100.0);
            }
            if let Some(near) = &rule.near {
                let _ = write!(score, ", near {:.2}", f32::from(near.score) / 100.0);
            }
            let check = rule.check.map_or_else(String::new, |check| format!("`{}`", check.name));
            let _ = writeln!(
                out,
                "| `{}` | {countries} | {} | {check} | {score} | {} |",
                rule.id,
                rule.about.replace('|', "\\|"),
                rule.finds.len() + rule.ignores.len()
            );
        }
    }
    out.push_str("\n## Without a pattern\n\n| rule | entity | what it finds |\n|---|---|---|\n");
    for (id, entity, about) in Ruleset::built_in() {
        let _ = writeln!(out, "| `{id}` | {entity} | {about} |");
    }
    out.push_str("\n## Checks\n\n| check | what is computed, and where that is laid down |\n|---|---|\n");
    let checks: BTreeMap<&str, &str> =
        set.rules().iter().filter_map(|rule| rule.check).map(|check| (check.name, check.about)).collect();
    for (name, about) in checks {
        let _ = writeln!(out, "| `{name}` | {about} |");
    }
    out
}

/// Entity by country; under it the reasons of what is empty.
fn table(by_entity: &BTreeMap<&str, Vec<&Rule>>, coverage: &Coverage, out: &mut String) {
    let _ = writeln!(
        out,
        "## By country\n\n| entity | all | {} |\n|---|{}",
        COUNTRIES.join(" | "),
        "--:|".repeat(12)
    );
    let mut empty: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (entity, rules) in by_entity {
        let general = rules.iter().filter(|rule| rule.countries.is_empty()).count();
        let _ =
            write!(out, "| {entity} | {} ", if general == 0 { String::new() } else { general.to_string() });
        for country in COUNTRIES {
            let own = rules.iter().filter(|rule| rule.countries.iter().any(|known| known == country)).count();
            if own == 0 && general == 0 {
                let reasons = coverage.reasons.get(*entity);
                let reason = reasons.and_then(|reasons| reasons.get(country).or_else(|| reasons.get("*")));
                let reason = reason.unwrap_or_else(|| {
                    panic!("{entity} {country}: no rule, and no reason in docs/coverage.toml")
                });
                empty.entry((entity, reason)).or_default().push(country);
            }
            let _ = write!(out, "| {} ", if own == 0 { String::new() } else { own.to_string() });
        }
        out.push_str("|\n");
    }
    out.push_str("\nEmpty where no rule is general:\n\n");
    for ((entity, reason), countries) in &empty {
        let _ = writeln!(out, "- {entity}, {}: {reason}.", countries.join(" "));
    }
    let known: BTreeSet<&str> = by_entity.keys().copied().collect();
    assert!(
        coverage.reasons.keys().all(|entity| known.contains(entity.as_str())),
        "a reason for an unknown entity"
    );
}
