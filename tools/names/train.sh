#!/usr/bin/env bash
# Makes the weights of the name model anew and prints its figures on what it never saw.
#
#   tools/names/train.sh LABELLED.jsonl...
#
# The labelled files are those that docs/name-model.md names; our own text stands in tools/names/text. The same
# inputs give the same weights.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo run --release --locked --example train_names -- patterns/dictionaries/names.weights "$@"
