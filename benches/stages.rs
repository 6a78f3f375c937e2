//! What does each stage cost per byte?
//!
//! `cargo bench` prints the throughput of each stage on text that this file makes: turns of a call, every
//! third with a value in it. CPU seconds of the whole program are measured by `tools/bench.sh`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use sourdine::detect::{Options, Place, Ruleset};
use sourdine::engine::{Engine, FileContext, Mode, Output};
use sourdine::format::{self, FieldOptions};
use sourdine::model::Role;
use sourdine::policy::Policy;
use sourdine::scan::{Kernel, Text, classify};

fn main() {
    divan::main();
}

/// About a megabyte of JSON lines.
fn lines() -> Vec<u8> {
    let said = [
        "bonjour, je vous appelle parce que ma facture du mois dernier est trop élevée par rapport à d'habitude",
        "I understand, let me have a look at your account, could you give me a moment please",
        "oui bien sûr, mon numéro c'est le 06 12 34 56 78 et mon mail jo.martin@example.com",
        "thank you, and the amount was 189.90 for the whole of March, is that right",
        "voilà, c'est ça, et j'avais déjà appelé la semaine dernière sans obtenir de réponse claire",
        "my card is 4111 1111 1111 1111 and it expires 12/27",
    ];
    let mut out = Vec::new();
    for turn in 0..6000 {
        let line = format!(
            "{{\"call_id\":\"c{:06}\",\"turn\":{},\"speaker\":\"agent\",\"start\":{}.5,\"lang\":\"fr\",\"text\":\"{}\"}}\n",
            turn / 30,
            turn % 30,
            turn,
            said[turn % said.len()]
        );
        out.extend_from_slice(line.as_bytes());
    }
    out
}

fn kernel(bencher: Bencher, kernel: Kernel) {
    let (text, mut masks) = (lines(), Vec::new());
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| classify(kernel, black_box(&text), &mut masks));
}

#[divan::bench]
fn classify_simd(bencher: Bencher) {
    kernel(bencher, Kernel::best());
}

#[divan::bench]
fn classify_scalar(bencher: Bencher) {
    kernel(bencher, Kernel::Scalar);
}

/// Rules over the whole text as if it were one remark: no framing, no output.
#[divan::bench]
fn find(bencher: Bencher) {
    let (text, mut masks) = (lines(), Vec::new());
    classify(Kernel::best(), &text, &mut masks);
    let rules = Ruleset::shipped();
    let mut scratch = rules.scratch();
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let text = Text { bytes: &text, masks: &masks };
        rules.find(
            &Place { text, start: 0, end: text.bytes.len(), role: Role::Text, keys: [&[]; 2] },
            &mut scratch,
        );
        scratch.findings.len()
    });
}

fn engine(bencher: Bencher, patterns: bool) {
    let text = lines();
    let rules = Ruleset::load(&[], &Options { patterns, ..Options::default() }).expect("loads");
    let policy = Policy::default_for(rules.entities());
    let engine = Engine::new(rules, policy, Mode::Mask, true);
    let open = format::by_name("jsonl").expect("known").open;
    let file = FileContext {
        layout: open(&text, &FieldOptions::default()).expect("opens"),
        name: "-".into(),
        columns: Vec::new(),
    };
    let (mut worker, mut out) = (engine.worker(), Output::default());
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        out.clear();
        engine.chunk(&file, black_box(&text), true, 1, &mut worker, &mut out);
        out.bytes.len()
    });
}

/// JSON lines in, masked lines and audit out, in memory.
#[divan::bench]
fn redact(bencher: Bencher) {
    engine(bencher, true);
}

/// The same without a rule: framing, copying, speakers.
#[divan::bench]
fn redact_without_rules(bencher: Bencher) {
    engine(bencher, false);
}

#[divan::bench]
fn load_rules() -> Ruleset {
    Ruleset::shipped()
}
