#!/usr/bin/env python3
"""Generates spoken identifiers, dialogues and sentences that must stay, labelled, for measuring.

    tools/spoken/generate.py KIND LANG [--seed N] [--count N] [--fillers SHARE] [--errors SHARE] > FILE

KIND is `identifiers`, `dialogues` or `negatives`; LANG is en, fr, de, es or it. Numbers are put into words by the
package num2words (LGPL, only used here), not by the lexicons that are measured. The same seed gives the same file.
"""

import argparse
import json
import random

from num2words import num2words

DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "fr": ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
    "de": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    "it": ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"],
}
FILLERS = {
    "en": ["uh", "um", "er", "okay", "so", "yeah"],
    "fr": ["euh", "alors", "donc", "oui", "voilà", "ben"],
    "de": ["äh", "ähm", "also", "ja", "genau"],
    "es": ["eh", "este", "pues", "vale", "bueno"],
    "it": ["eh", "ehm", "allora", "ok", "sì"],
}
WRONG = {
    "en": ["to", "for", "won", "ate", "the", "hi", "phone", "tree"],
    "fr": ["de", "cette", "sans", "vin", "les", "mais", "hein"],
    "de": ["für", "hier", "den", "mehr"],
    "es": ["todos", "es", "con", "más"],
    "it": ["sai", "con", "del", "ma"],
}
LETTERS = {
    "en": {},
    "fr": {"w": "double v", "y": "i grec"},
    "de": {"y": "ypsilon", "q": "ku"},
    "es": {"h": "hache", "j": "jota", "w": "uve doble", "y": "i griega", "z": "zeta", "q": "cu"},
    "it": {"h": "acca", "k": "kappa", "w": "doppia vu", "x": "ics", "y": "ipsilon", "z": "zeta"},
}
CARRIERS = {
    "phone": {
        "en": ["my phone number is {}", "you can reach me on {}", "it's {} thanks", "call me back on {} please"],
        "fr": ["mon numéro de téléphone c'est le {}", "vous pouvez me joindre au {}", "c'est le {} merci", "rappelez-moi au {}"],
        "de": ["meine telefonnummer ist {}", "sie erreichen mich unter {}", "das ist die {} danke"],
        "es": ["mi teléfono es el {}", "me puede llamar al {}", "es el {} gracias"],
        "it": ["il mio numero di telefono è {}", "mi può chiamare al {}", "è il {} grazie"],
    },
    "card": {
        "en": ["the card number is {}", "it's a visa {}", "the long number is {} okay"],
        "fr": ["le numéro de la carte c'est {}", "ma carte bleue c'est le {}", "alors c'est {} voilà"],
        "de": ["die kartennummer ist {}", "meine karte hat die nummer {}"],
        "es": ["el número de la tarjeta es {}", "mi tarjeta es la {}"],
        "it": ["il numero della carta è {}", "la mia carta è la {}"],
    },
    "account": {
        "en": ["my account number is {}", "the account is {} yes"],
        "fr": ["mon numéro de compte c'est {}", "le compte c'est le {}"],
        "de": ["meine kontonummer ist {}", "das konto ist {}"],
        "es": ["mi número de cuenta es {}", "la cuenta es {}"],
        "it": ["il mio numero di conto è {}", "il conto è {}"],
    },
    "iban": {
        "en": ["my iban is {}", "the iban reads {}"],
        "fr": ["mon iban c'est {}", "l'iban c'est {} voilà"],
        "de": ["meine iban ist {}", "die iban lautet {}"],
        "es": ["mi iban es {}", "el iban es {}"],
        "it": ["il mio iban è {}", "l'iban è {}"],
    },
    "nir": {"fr": ["mon numéro de sécurité sociale c'est le {}", "mon numéro de sécu {}", "alors c'est le {}"]},
}
ENTITY = {"phone": "PHONE", "card": "CREDIT_CARD", "account": "BANK_ACCOUNT", "iban": "IBAN", "nir": "NATIONAL_ID"}


def luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits + "0")):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def some(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def iban(rng, lang):
    country, body = {
        "en": ("GB", "WEST" + some(rng, 14)),
        "fr": ("FR", some(rng, 23)),
        "de": ("DE", some(rng, 18)),
        "es": ("ES", some(rng, 20)),
        "it": ("IT", rng.choice("ABCDEFGHLMNPRS") + some(rng, 22)),
    }[lang]
    as_number = "".join(str(int(c, 36)) for c in body + country + "00")
    return f"{country}{98 - int(as_number) % 97:02d}{body}"


def value_of(kind, lang, rng):
    if kind == "card":
        return luhn(rng.choice(["4", "51", "52", "55", "37"]) .ljust(2, rng.choice("0123456789")) + some(rng, 13))
    if kind == "account":
        return some(rng, rng.choice([8, 10, 11]))
    if kind == "iban":
        return iban(rng, lang)
    if kind == "nir":
        body = f"{rng.choice('12')}{rng.randrange(30, 99):02d}{rng.randrange(1, 13):02d}{rng.randrange(1, 96):02d}{some(rng, 6)}"
        return body + f"{97 - int(body) % 97:02d}"
    return {
        "en": lambda: "07" + rng.choice("45789") + some(rng, 8),
        "fr": lambda: "0" + rng.choice("123456789") + some(rng, 8),
        "de": lambda: rng.choice(["0151", "0160", "0172", "0179", "030", "089"]) + some(rng, 7),
        "es": lambda: rng.choice("679") + some(rng, 8),
        "it": lambda: "3" + rng.choice("234689") + some(rng, 8),
    }[lang]()


def number(value, lang):
    words = num2words(value, lang=lang)
    return words.replace(",", "").replace(" and ", " and ")


def single(digit, lang, rng):
    if digit == "0" and lang == "en" and rng.random() < 0.6:
        return "oh"
    if digit == "2" and lang == "de" and rng.random() < 0.4:
        return "zwo"
    return DIGITS[lang][int(digit)]


def digits_in_words(digits, lang, rng, style):
    """The words for a string of digits, in one way people say it."""
    words, at = [], 0
    hyphens = rng.random() < 0.5
    while at < len(digits):
        rest = digits[at:]
        if lang == "en" and style != "single" and len(rest) > 1 and rest[0] == rest[1] and rng.random() < 0.7:
            three = len(rest) > 2 and rest[2] == rest[0] and rng.random() < 0.5
            words.append(("triple " if three else "double ") + single(rest[0], lang, rng))
            at += 3 if three else 2
            continue
        take = {"single": 1, "pairs": 2, "threes": 3}.get(style) or rng.choice([1, 2, 2, 3 if lang != "en" else 2])
        part = rest[:take]
        if part[0] == "0" or len(part) == 1:
            words.append(single(part[0], lang, rng))
            at += 1
            continue
        spoken = number(int(part), lang)
        words.append(spoken if hyphens else spoken.replace("-", " "))
        at += len(part)
    return " ".join(words).split()


def spoken(kind, value, lang, rng):
    style = rng.choice(["single", "pairs", "mixed"] + (["threes"] if lang in ("fr", "it", "es") and kind != "phone" else []))
    if lang == "en" and style == "pairs":
        style = "mixed" if kind == "card" else "single"
    words = []
    at = 0
    while at < len(value):
        end = at
        if value[at].isdigit():
            while end < len(value) and value[end].isdigit():
                end += 1
            words += digits_in_words(value[at:end], lang, rng, style)
        else:
            end = at + 1
            letter = value[at].lower()
            words += LETTERS[lang].get(letter, letter).split()
        at = end
    return words


def disturbed(words, lang, rng, fillers, errors):
    out = []
    for place, word in enumerate(words):
        inner = 0 < place < len(words) - 1
        if inner and rng.random() < errors:
            if rng.random() < 0.7:
                out.append(rng.choice(WRONG[lang]))
        else:
            out.append(word)
        if place < len(words) - 1 and rng.random() < fillers:
            out.append(rng.choice(FILLERS[lang]))
    return out


def labelled(template, words, entity):
    before, after = template.split("{}")
    text = before + " ".join(words) + after
    start = len(before)
    return text, [[start, start + len(" ".join(words)), entity]]


def identifiers(args, rng):
    kinds = ["phone", "card", "account", "iban"] + (["nir"] if args.lang == "fr" else [])
    for row in range(args.count):
        kind = kinds[row % len(kinds)]
        words = spoken(kind, value_of(kind, args.lang, rng), args.lang, rng)
        words = disturbed(words, args.lang, rng, args.fillers, args.errors)
        text, label = labelled(rng.choice(CARRIERS[kind][args.lang]), words, ENTITY[kind])
        yield {"id": f"{args.lang}-{row}", "call_id": f"{args.lang}-{row}", "turn": 1, "speaker": "customer", "lang": args.lang, "text": text, "label": label}


NEGATIVES = {
    "en": ["that comes to {money}", "i waited {small} minutes and then {small} more", "the appointment is at {small} thirty on the {ordinal} of march",
           "we're open twenty four seven", "i'd give it {small} out of ten", "it went up by {percent} percent since {year}", "i ordered {small} boxes of {small}",
           "the {ordinal} of june works for me", "room {small} on the {ordinal} floor", "it has {big} customers in {small} countries", "one two three testing"],
    "fr": ["ça fait {money}", "j'ai attendu {small} minutes puis encore {small}", "le rendez-vous est à {small} heures trente le {small} mars",
           "je mets {small} sur dix", "ça a augmenté de {percent} pour cent depuis {year}", "j'ai commandé {small} cartons de {small}", "le {small} juin ça me va",
           "chambre {small} au {small} étage", "il y a {big} clients dans {small} pays", "un deux trois test"],
    "de": ["das macht {money}", "ich habe {small} minuten gewartet und dann noch {small}", "der termin ist um {small} uhr dreißig am dritten märz",
           "ich gebe {small} von zehn", "es stieg um {percent} prozent seit {year}", "ich habe {small} kartons mit {small} stück bestellt", "zimmer {small} im {small} stock",
           "es gibt {big} kunden in {small} ländern", "eins zwei drei test"],
    "es": ["son {money}", "esperé {small} minutos y luego {small} más", "la cita es a las {small} y media el {small} de marzo", "le doy un {small} sobre diez",
           "subió un {percent} por ciento desde {year}", "pedí {small} cajas de {small}", "habitación {small} en la planta {small}", "hay {big} clientes en {small} países", "uno dos tres probando"],
    "it": ["fanno {money}", "ho aspettato {small} minuti e poi altri {small}", "l'appuntamento è alle {small} e trenta il {small} marzo", "do {small} su dieci",
           "è salito del {percent} per cento dal {year}", "ho ordinato {small} scatole da {small}", "camera {small} al {small} piano", "ci sono {big} clienti in {small} paesi", "uno due tre prova"],
}
MONEY = {"en": ("pounds", "pence"), "fr": ("euros", "centimes"), "de": ("euro", "cent"), "es": ("euros", "céntimos"), "it": ("euro", "centesimi")}


def amount(lang, rng):
    whole, cents = MONEY[lang]
    text = f"{number(rng.randrange(20, 9999), lang)} {whole}"
    return text + (f" {number(rng.randrange(10, 99), lang)}" + (f" {cents}" if rng.random() < 0.3 else "") if rng.random() < 0.5 else "")


def filled(template, lang, rng):
    while "{" in template:
        name = template[template.index("{") + 1 : template.index("}")]
        value = {
            "money": lambda: amount(lang, rng),
            "small": lambda: number(rng.randrange(2, 60), lang),
            "percent": lambda: number(rng.randrange(2, 99), lang),
            "year": lambda: number(rng.randrange(1990, 2026), lang),
            "big": lambda: number(rng.randrange(1, 90) * 1000, lang),
            "ordinal": lambda: rng.choice(["third", "fifth", "twelfth", "second"]),
        }[name]()
        template = template.replace("{" + name + "}", value.replace("-", " ") if rng.random() < 0.5 else value, 1)
    return template


def negatives(args, rng):
    for row in range(args.count):
        text = filled(rng.choice(NEGATIVES[args.lang]), args.lang, rng)
        yield {"id": f"{args.lang}-{row}", "call_id": f"{args.lang}-{row}", "turn": 1, "speaker": "customer", "lang": args.lang, "text": text, "label": []}


QUESTIONS = {
    "phone": {"en": "what's the best phone number for you", "fr": "quel est votre numéro de téléphone", "de": "wie ist ihre telefonnummer", "es": "me dice su número de teléfono", "it": "mi dice il suo numero di telefono"},
    "card": {"en": "can i take the long card number", "fr": "le numéro de votre carte s'il vous plaît", "de": "bitte die kartennummer", "es": "dígame el número de la tarjeta", "it": "mi dice il numero della carta"},
    "account": {"en": "and your account number please", "fr": "votre numéro de compte s'il vous plaît", "de": "und ihre kontonummer bitte", "es": "y su número de cuenta", "it": "e il suo numero di conto"},
}
AGREES = {
    "en": ["mm-hmm", "okay", "yes", "go ahead", "right", "got it"],
    "fr": ["oui", "d'accord", "mm-hmm", "je vous écoute", "très bien", "je note"],
    "de": ["ja", "mhm", "genau", "weiter", "alles klar", "okay"],
    "es": ["sí", "vale", "ajá", "dígame", "de acuerdo"],
    "it": ["sì", "ok", "va bene", "mi dica", "prego"],
}
AGAIN = {"en": "so that's {}", "fr": "donc c'est le {}", "de": "also {}", "es": "entonces es el {}", "it": "quindi è {}"}
TRAP = {"en": "and the balance is {}", "fr": "et il reste {}", "de": "und es sind noch {}", "es": "y quedan {}", "it": "e restano {}"}


def dialogues(args, rng):
    for call in range(args.count):
        lang, kind = args.lang, rng.choice(["phone", "card", "account"])
        value = value_of(kind, lang, rng)
        turns = [("agent", QUESTIONS[kind][lang], None)]
        sizes, at = [], 0
        while at < len(value):
            size = min(rng.choice([2, 3, 4, 4]), len(value) - at)
            sizes.append(value[at : at + size])
            at += size
        for chunk in sizes:
            words = disturbed(digits_in_words(chunk, lang, rng, rng.choice(["single", "pairs"])), lang, rng, args.fillers, 0)
            turns.append(("customer", " ".join(words), kind))
            if rng.random() < 0.35:
                turns.append(("agent", " ".join(digits_in_words(chunk, lang, rng, "single")), kind))
            else:
                turns.append(("agent", rng.choice(AGREES[lang]), None))
        if rng.random() < 0.5:
            words = digits_in_words(value, lang, rng, "single")
            turns.append(("agent", AGAIN[lang].format(" ".join(words)), (kind, AGAIN[lang].index("{"), len(" ".join(words)))))
        turns.append(("agent", TRAP[lang].format(amount(lang, rng)), None))
        for turn, (speaker, text, what) in enumerate(turns, 1):
            label = []
            if isinstance(what, tuple):
                label = [[what[1], what[1] + what[2], ENTITY[what[0]]]]
            elif what:
                label = [[0, len(text), ENTITY[what]]]
            yield {"id": f"{lang}-{call}-{turn}", "call_id": f"{lang}-{call}", "turn": turn, "speaker": speaker, "lang": lang, "text": text, "label": label}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["identifiers", "dialogues", "negatives"])
    parser.add_argument("lang", choices=sorted(DIGITS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--fillers", type=float, default=0.0)
    parser.add_argument("--errors", type=float, default=0.0)
    args = parser.parse_args()
    rng = random.Random(f"{args.kind}-{args.lang}-{args.seed}")
    for row in {"identifiers": identifiers, "dialogues": dialogues, "negatives": negatives}[args.kind](args, rng):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
