#!/usr/bin/env bash
# Prints what the detector finds in labelled files: names, at each level of --recall.
#
#   tools/names/evaluate.sh LABELLED.jsonl...
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --release --locked
for file in "$@"; do
  for level in high balanced precise; do
    printf '%-28s %-9s ' "$(basename "$file" .jsonl)" "$level"
    target/release/sourdine eval --recall "$level" --entities PERSON "$file" 2>/dev/null | grep '^PERSON' || echo "no names"
  done
done
