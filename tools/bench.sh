#!/usr/bin/env bash
# How fast is sourdine beside tools everybody has, on this machine?
#
#   tools/bench.sh [--rounds N] [--quick] [--memory] [--no-build] [--json FILE]
#
# Interleaved rounds (each tool once a round, so a busy minute hits all of them) over one
# generated corpus; prints a Markdown table with medians and ratios. Trust the ratios
# of CPU seconds: absolute times belong to the machine, so nothing here fails on one.
#
#   --quick    32 MB and 3 rounds instead of 256 MB and 7
#              (a smoke test: rg spends about 0.1 s on building its automaton as it reads, which
#              weighs half of 32 MB and little of 256, so a quick ratio to rg flatters sourdine)
#   --memory   also: peak memory over 4 GB, as a file and through a pipe (needs ~10 GB of disk)
#   --no-build use the binary that is there
#   --json F   write the figures to F too
#
# SOURDINE_BENCH_DIR holds corpus and results (default target/bench);
# CARGO_TARGET_DIR is honoured (default target).
#
# benches/patterns30.txt, the yardstick, cannot hold comments. Its lines, in order: e-mail, URL,
# IPv4, IPv6, MAC · cards in fours, glued, 4-6-5, CVV, expiry · IBAN, BIC · phones FR, UK, US,
# DE, ES and IT, international · NIR, SSN, NI number, NHS number · dates in digits, in words,
# of birth · streets FR, streets US/UK, postcodes UK and FR · references, 7 digits and more.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds='' megabytes=256 memory='' build=yes json=''
usage() { echo "usage: tools/bench.sh [--rounds N] [--quick] [--memory] [--no-build] [--json FILE]" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) [ $# -ge 2 ] || usage; rounds=$2; shift ;;
    --json) [ $# -ge 2 ] || usage; json=$2; shift ;;
    --quick) megabytes=32; rounds=${rounds:-3} ;;
    --memory) memory=yes ;;
    --no-build) build='' ;;
    *) usage ;;
  esac
  shift
done
rounds=${rounds:-7}
case $rounds in ''|*[!0-9]*|0) usage ;; esac

say() { echo "bench: $*" >&2; }

if ! command -v rg >/dev/null; then
  say "installing ripgrep"
  as_root=''
  [ "$(id -u)" = 0 ] || as_root=sudo
  { $as_root apt-get update -qq && $as_root apt-get install -y -qq ripgrep; } >&2
fi

target=${CARGO_TARGET_DIR:-target}
sourdine=$target/release/sourdine
[ -z "$build" ] || cargo build --release >&2
[ -x "$sourdine" ] || { say "no $sourdine: its rows are left out"; sourdine=''; }

dir=${SOURDINE_BENCH_DIR:-target/bench}
mkdir -p "$dir"
# The full corpus and the quick one live side by side.
corpus=$dir/corpus.jsonl
[ "$megabytes" = 256 ] || corpus=$dir/corpus-$megabytes.jsonl
if [ ! -f "$corpus" ]; then
  say "writing $megabytes MB of corpus, once"
  # Under another name first: an interrupted run must not leave half a corpus.
  python3 tools/bench_corpus.py --megabytes "$megabytes" --out "$corpus.part"
  mv "$corpus.part" "$corpus"
fi

results=$dir/results.jsonl
big=$dir/memory.jsonl
: >"$results"
# The large file and the outputs go whatever happens; corpus and results stay.
trap 'rm -f "$big" "$dir/audit.jsonl" "$dir/out.jsonl"' EXIT

measure() { python3 -S tools/bench_measure.py run "$results" "$@"; }
redact() {  # row, round, workers, output
  measure "$1" "$2" -- "$sourdine" redact "$corpus" -o "$4" --audit "$dir/audit.jsonl" --force -q -j"$3"
}

# The first pattern is the e-mail one: both rg rows spell it the same way.
email=$(head -n 1 benches/patterns30.txt)
cat "$corpus" >/dev/null   # every tool reads from the page cache
for round in $(seq "$rounds"); do
  say "round $round of $rounds"
  measure cat "$round" -- cat "$corpus"
  measure wc "$round" -- wc -l "$corpus"
  measure rg_email "$round" -- rg -c -j1 -e "$email" "$corpus"
  measure rg_patterns30 "$round" -- rg -c -j1 -f benches/patterns30.txt "$corpus"
  [ -n "$sourdine" ] || continue
  redact sourdine_j1 "$round" 1 /dev/null
  redact sourdine_j2 "$round" 2 /dev/null
done

big_bytes=0
if [ -n "$sourdine" ]; then
  redact sourdine_file 1 2 "$dir/out.jsonl"
  for run in $(seq 20); do
    measure startup "$run" --text 'hello\n' -- "$sourdine" redact
  done
  if [ -n "$memory" ]; then
    rm -f "$dir/out.jsonl"
    copies=$((4000000000 / $(stat -c %s "$corpus") + 1))
    say "writing the corpus $copies times for the memory rows"
    # Each copy gets call ids of its own: a re-opened call would be another test.
    for copy in $(seq "$copies"); do
      sed "s/^{\"call_id\":\"c/&$copy-/" "$corpus"
    done >"$big"
    big_bytes=$(stat -c %s "$big")
    measure memory_file 1 -- "$sourdine" redact "$big" -o /dev/null --audit "$dir/audit.jsonl" --force -q -j2
    measure memory_pipe 1 --feed "$big" -- "$sourdine" redact - -o /dev/null --audit "$dir/audit.jsonl" --force -q -j2
  fi
fi

facts=(
  --fact "date=$(date -u +%F)"
  --fact "machine=$(sed -n "/^model name/{s/[^:]*: //p;q}" /proc/cpuinfo), $(nproc) cores, Linux $(uname -r)"
  --fact "corpus=$(stat -c %s "$corpus") bytes, $(wc -l <"$corpus") turns; $rounds rounds"
  --fact "ripgrep=$(rg --version | sed -n 1p)"
)
if [ -n "$sourdine" ]; then
  revision=$(git rev-parse --short HEAD 2>/dev/null || echo 'no commit')
  facts+=(--fact "sourdine=$("$sourdine" --version 2>/dev/null | sed -n 1p || true), $revision")
fi
if [ -n "$json" ]; then
  facts+=(--json "$json")
fi
python3 tools/bench_measure.py table "$results" --bytes "$(stat -c %s "$corpus")" --memory-bytes "$big_bytes" "${facts[@]}"
