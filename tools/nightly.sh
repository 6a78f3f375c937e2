#!/usr/bin/env bash
# Does it hold for hours? Fuzzing, every way to run over a large corpus, and kills at random moments.
#
#   tools/nightly.sh [fuzz|ways|kills]...      all three when none is named
#
# SCALE          how long, 1 by default; 0.05 is good for a first look
# FUZZ_SECONDS   of fuzzing            (3600 * SCALE)
# MEGABYTES      of corpus             (1000 * SCALE)
# KILLS          SIGKILLs              (400 * SCALE)
# SEED           of the random moments (the time; it is printed)
# SOURDINE       the binary to try     (built when not given)
#
# cargo-fuzz is built once, into target/ci-tools, where it is missing. A nightly Rust is not needed.
# The last line is `N passed, M failed`, counted in checks.
set -euo pipefail
cd "$(dirname "$0")/.."

scaled() { awk -v n="$1" -v s="${SCALE:-1}" 'BEGIN { v = int(n * s); print v < 1 ? 1 : v }'; }
fuzz_seconds=${FUZZ_SECONDS:-$(scaled 3600)}
megabytes=${MEGABYTES:-$(scaled 1000)}
kills=${KILLS:-$(scaled 400)}
RANDOM=${SEED:=$(date +%s)}
target=${CARGO_TARGET_DIR:-target}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

good() { passed=$((passed + 1)); }
bad() {
  failed=$((failed + 1))
  echo "FAILED: $*" >&2
}
# same WHAT ONE OTHER
same() { if [ "$2" = "$3" ]; then good; else bad "$1: $3 and not $2"; fi; }
digest() { sha256sum | cut -c1-64; }
# The record lines of an audit log: all but the run line and the end line.
record_lines() { sed '1d;$d' "$1" | digest; }

fuzz() {
  echo "== fuzz: $fuzz_seconds seconds"
  PATH=$PATH:$target/ci-tools/bin
  command -v cargo-fuzz >/dev/null || cargo install --locked --debug --root "$target/ci-tools" cargo-fuzz
  local seeds=$scratch/seeds
  mkdir -p "$seeds"
  { printf '\000'; head -c 3000 testdata/demo/appel_fr.jsonl; } > "$seeds/jsonl"
  { printf '\001'; head -c 3000 testdata/demo/verbatims.csv; } > "$seeds/csv"
  { printf '\002'; head -c 3000 testdata/demo/verbatims.csv | tr ';' '\t'; } > "$seeds/tsv"
  { printf '\003'; head -c 3000 testdata/demo/call_en.txt; } > "$seeds/text"
  mkdir -p fuzz/corpus/record
  if cargo fuzz run --sanitizer none record fuzz/corpus/record "$seeds" -- \
    -max_len=4096 -max_total_time="$fuzz_seconds" -print_final_stats=1 > "$scratch/fuzz.log" 2>&1; then
    grep -E 'number_of_executed_units|average_exec' "$scratch/fuzz.log" || true
    good
  else
    tail -n 40 "$scratch/fuzz.log" >&2
    bad "the fuzzer found something, or did not start"
  fi
}

# once DIRECTORY INPUT FORMAT: the reference run; sets `output` and `records`.
once() {
  "$sourdine" redact -q "$2" --format "$3" -j 1 -o "$1/reference.out"
  output=$(digest < "$1/reference.out")
  records=$(record_lines "$1/reference.out.audit.jsonl")
}

ways() {
  echo "== ways: $megabytes MB in each of three formats"
  local dir=$scratch/ways format input jobs chunk
  mkdir -p "$dir"
  tools/bench_corpus.py --megabytes "$megabytes" --out "$dir/corpus.jsonl" 2>/dev/null
  tools/bench_corpus.py --megabytes "$megabytes" --json-free --out "$dir/corpus.text" 2>/dev/null
  python3 - "$dir/corpus.jsonl" "$dir/corpus.csv" <<'PYTHON'
import csv, json, sys
with open(sys.argv[1], encoding="utf-8") as calls, open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
    table = csv.writer(out)
    table.writerow(["call_id", "turn", "speaker", "text"])
    for line in calls:
        turn = json.loads(line)
        table.writerow([turn["call_id"], turn["turn"], turn["speaker"], turn["text"]])
PYTHON
  for format in jsonl text csv; do
    input=$dir/corpus.$format
    rm -f "$dir"/*.out*
    once "$dir" "$input" "$format"
    if "$sourdine" audit verify "$dir/reference.out.audit.jsonl" --output "$dir/reference.out" >/dev/null; then
      good
    else
      bad "$format: the audit does not verify"
    fi
    "$sourdine" redact -q --format "$format" -o "$dir/again.out" "$dir/reference.out"
    same "$format: masked twice" "$output" "$(digest < "$dir/again.out")"
    for jobs in 1 2 3 8; do
      for chunk in 4096 65537 262144 4194304; do
        rm -f "$dir"/way.*
        "$sourdine" redact -q --format "$format" -j "$jobs" --chunk-bytes "$chunk" "$input" -o "$dir/way.out"
        same "$format, $jobs threads, $chunk bytes, file" "$output" "$(digest < "$dir/way.out")"
        same "$format, $jobs threads, $chunk bytes, file, audit" "$records" "$(record_lines "$dir/way.out.audit.jsonl")"
        rm -f "$dir"/way.*
        "$sourdine" redact -q --format "$format" -j "$jobs" --chunk-bytes "$chunk" --audit "$dir/way.audit" \
          < "$input" | cat > "$dir/way.out"
        same "$format, $jobs threads, $chunk bytes, pipe" "$output" "$(digest < "$dir/way.out")"
        same "$format, $jobs threads, $chunk bytes, pipe, audit" "$records" "$(record_lines "$dir/way.audit")"
      done
    done
    rm -f "$dir"/way.* "$dir"/again.*
    SOURDINE_SCALAR=1 "$sourdine" redact -q --format "$format" "$input" -o "$dir/way.out"
    same "$format, without AVX2" "$output" "$(digest < "$dir/way.out")"
  done
  rm -rf "$dir"
}

kills() {
  echo "== kills: $kills, seed $SEED"
  local dir=$scratch/kills began micros span wait pid nth cut=0
  mkdir -p "$dir/out"
  tools/bench_corpus.py --megabytes 20 --out "$dir/corpus.jsonl" 2>/dev/null
  began=$(date +%s%N)
  once "$dir" "$dir/corpus.jsonl" jsonl
  micros=$((($(date +%s%N) - began) / 1000))
  # A little longer than one run, so that some runs end by themselves.
  span=$((micros + micros / 5))
  for ((nth = 1; nth <= kills; nth++)); do
    find "$dir/out" -mindepth 1 -delete
    "$sourdine" redact -q "$dir/corpus.jsonl" -o "$dir/out/calls.jsonl" 2>/dev/null &
    pid=$!
    wait=$(((RANDOM * 32768 + RANDOM) % span))
    sleep "$(awk -v m="$wait" 'BEGIN { printf "%.6f", m / 1000000 }')"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    if [ ! -e "$dir/out/calls.jsonl" ]; then
      cut=$((cut + 1))
      if [ -e "$dir/out/calls.jsonl.audit.jsonl" ]; then bad "kill $nth: an audit without its output"; else good; fi
    elif [ "$(digest < "$dir/out/calls.jsonl")" != "$output" ]; then
      bad "kill $nth after $wait µs: the output is not complete"
    elif [ -e "$dir/out/calls.jsonl.audit.jsonl" ] \
      && ! "$sourdine" audit verify "$dir/out/calls.jsonl.audit.jsonl" >/dev/null; then
      bad "kill $nth after $wait µs: the audit is not complete"
    else
      good
    fi
  done
  echo "$cut of $kills runs were cut before their output had its name"
  rm -rf "$dir"
}

if [ -n "${SOURDINE:-}" ]; then
  sourdine=$SOURDINE
else
  cargo build --release --locked
  sourdine=$target/release/sourdine
fi

for part in "${@:-fuzz ways kills}"; do
  for name in $part; do
    case $name in
      fuzz | ways | kills) "$name" ;;
      *) echo "usage: tools/nightly.sh [fuzz|ways|kills]..." >&2; exit 2 ;;
    esac
  done
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
