#!/usr/bin/env bash
# How much of what is said aloud is found? Generates identifiers, dialogues and sentences that must stay, and prints what
# `sourdine eval` says of each: exact spans and values covered, in per cent. Needs python3 with num2words.
#
#   tools/spoken/measure.sh [SEED]
set -euo pipefail
cd "$(dirname "$0")/../.."
seed=${1:-1}
python3 -c 'import num2words' 2>/dev/null || pip install --quiet --user num2words
cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%-4s %-32s %7s %7s %7s\n' lang set gold exact covered
row() {
    local total
    total=$(target/release/sourdine eval "$work/set.jsonl" | grep '^total')
    # shellcheck disable=SC2086 # the columns of the table
    set -- "$1" "$2" $total
    printf '%-4s %-32s %7s %7s %7s\n' "$1" "$2" "$4" "$5" "$7"
}
for lang in en fr de es it; do
    make() { python3 tools/spoken/generate.py "$1" "$lang" --seed "$seed" "${@:2}" >"$work/set.jsonl"; }
    make identifiers && row "$lang" "identifiers"
    make identifiers --fillers 0.15 && row "$lang" "identifiers, 15 % fillers"
    make identifiers --errors 0.03 && row "$lang" "identifiers, 3 % wrong words"
    make dialogues --count 300 && row "$lang" "dialogues"
    make negatives
    masked=$(target/release/sourdine scan "$work/set.jsonl" -q --text-field text |
        grep '"field":"/text"' | grep -vcE '"entity":"(DATE|AGE|LOCATION|ORGANIZATION)"' || true)
    printf '%-4s %-32s %7s  masked %s\n' "$lang" "1,200 amounts, times, counts" 0 "$masked"
done
