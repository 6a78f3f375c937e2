#!/usr/bin/env python3
"""What does the speed benchmark read?

A corpus of invented call transcripts, one JSON record a turn, French and English
about half each. The same options always give the same bytes: one random generator
with a fixed seed, one process, no clock, no file read.

The text is word salad with the statistics that matter to a scanner: word lengths,
letters and accents of the language, a Zipf distribution over tens of thousands of
word forms, sentences with punctuation, one identifier about every 300 bytes with the
phrase a person would put around it. Two names stand in the opening of each call.
It is right for measuring speed and wrong for measuring accuracy.

Every value is drawn at random; none belongs to anyone on purpose. The word lists are
written by hand below, the rest of the vocabulary is built from syllables.

    tools/bench_corpus.py --out target/bench/corpus.jsonl
    tools/bench_corpus.py --megabytes 32 --json-free --out corpus.txt
"""

import argparse
import random
import sys
import unicodedata
from itertools import accumulate

SEED = 20
TAIL_WORDS = 40_000       # built word forms per language, behind the real ones
BYTES_PER_IDENTIFIER = 300
BYTES_PER_AMOUNT = 600    # innocent numbers: "49,90 €", "$120"
ESCAPED_SHARE = 0.01      # texts that carry a JSON escape
TURNS_PER_CALL = (15, 43)  # 29 on average
MEGABYTE = 1_000_000      # as in the MB/s of the tables

# ---------------------------------------------------------------------------
# Vocabulary: real words at the head of the distribution, most frequent first.
# ---------------------------------------------------------------------------

EN_HEAD = """
the I you to and a it that of is in we for on so have your that's was just with be my
it's but this can yeah not I'm no are do at if what okay they me or like as get will up
know don't one our there from yes out about an all right go when would then now been
I'll well here how got they're see he by let you're some has which could had because us
need them think want time were back she any more still only going did very really him
that'll can't who his their her thank please sorry thanks number account call two day
good today check something also week over even phone make after before send look next
down take again first other into money should than give where last way thing done put
same sure email didn't days hold moment online payment card bank order works work three
month card's through name help problem off much we'll isn't address doesn't people new
anything always never every why those being two's little system bill long line won't
another too tell four say said old these come most around another maybe actually though
sent paid pay called five internet customer service delivery contract refund invoice
balance charge charged amount price plan monthly cancel cancelled renewal renew box
router signal network mobile broadband speed engineer appointment technician install
installed installation parcel package tracking delivered shipped warehouse
store shop website app login log password reset code link click page screen button
error message update updated download settings option options menu press details
information confirm confirmed confirmation security question questions answer verify
verified identity policy claim insurance premium cover covered accident damage repair
garage vehicle car house home flat rent landlord boiler heating water gas electricity
meter reading readings supplier tariff energy estimate estimated statement direct debit
transfer transferred deposit withdraw withdrawal cash cheque branch loan mortgage credit
interest rate fee fees limit overdraft fraud suspicious transaction transactions
department team manager supervisor colleague agent advisor desk complaint complaints
feedback survey satisfied unhappy frustrated disappointed waiting waited wait queue
minutes minute hours hour morning afternoon evening night tomorrow yesterday Monday
Tuesday Wednesday Thursday Friday Saturday Sunday weekend January February March April
May June July August September October November December year years months weeks later
soon early late already yet once twice half ten six seven eight nine twenty thirty
hundred thousand 2 3 10 12 24 30 48 2025 2026 broken missing wrong correct damaged
faulty replaced replacement exchange return returned returns receipt warranty guarantee
product item items model size colour black white blue large small medium subscription
subscribed trial free offer discount voucher promotion loyalty points member membership
family wife husband daughter son mother father kids child school hospital doctor travel
flight booking booked ticket tickets hotel room seat luggage passport airport train
station delay delayed London Manchester Chicago Boston Paris British American English
French understand understood appreciate perfect great lovely brilliant absolutely
certainly definitely exactly obviously basically honestly unfortunately apparently
however although while until unless instead between during within without against
under above behind across along since whether both either neither each few many several
enough almost quite rather pretty whole rest part bit lot kind sort case point reason
""".split()

FR_HEAD = """
de je vous le la c'est à pas et les que un est en une pour a il ça on oui ne j'ai qui des
du dans non bonjour mais sur d'accord avec me ce votre alors plus si bien au donc y vous
tout là faire être avez mon parce j' même fait très suis merci ou peut ai nous voilà se
comme quand m'a été par quoi c'était moi aussi va numéro ma était elle deux ils ah sont
encore vais qu'il n'ai rien avoir depuis d'un d'une où dit peu toujours jamais ici jour
compte fois aux madame monsieur ces sans peux voir bon leur mes vos hein après avant
maintenant s'il plaît carte chose dire temps problème téléphone mois trois client parce
exactement juste jours cette n'est client service contrat facture commande mail adresse
déjà payer payé reçu envoyé envoyer appeler appelé rappeler rappelle demande demandé
quelque autre autres premier première dernier dernière semaine année heure heures minute
minutes matin midi soir demain hier aujourd'hui lundi mardi mercredi jeudi vendredi
samedi dimanche janvier février mars avril mai juin juillet août septembre octobre
novembre décembre ligne internet box débit fibre réseau mobile forfait abonnement
résilier résiliation résilié changer changement offre prix montant euros euro centimes
prélèvement prélevé virement remboursement remboursé rembourser paiement échéance solde
banque agence conseiller conseillère crédit prêt taux assurance sinistre garantie
dossier déclaration expert constat véhicule voiture accident réparation garage dégâts
eau gaz électricité compteur relevé consommation chaudière chauffage logement maison
appartement propriétaire locataire loyer livraison livré livreur colis suivi retard
entrepôt magasin boutique site application connexion connecter mot passe code lien
cliquer page écran bouton erreur message mise jour télécharger paramètres option
informations renseignements confirmer confirmation sécurité question questions réponse
vérifier vérification identité pièce justificatif justificatifs photo signature signer
espace personnel rendez-vous technicien intervention installation installer panne
coupure équipe responsable collègue réclamation satisfaction attente attendre patienter
instant seconde écoute écouter comprendre compris comprends entendu effectivement
absolument malheureusement normalement apparemment franchement vraiment simplement
également directement rapidement immédiatement actuellement évidemment certainement
peut-être plutôt presque assez trop beaucoup moins mieux pourquoi comment combien
lequel laquelle quel quelle quels quelles leurs notre nos lui eux celui celle ceux
cela entre pendant vers chez contre sous jusqu'à dès lors lorsque puisque tandis
afin pourtant cependant ensuite puis enfin finalement surtout seulement quatre cinq
six sept huit neuf dix vingt trente quarante cinquante cent mille 2 3 10 12 24 30 48
2025 2026 peuvent pouvez pourriez pouvoir voulez vouloir veux voudrais voulais faut
fallait faudrait doit devez devoir devrait sais savoir savez croire crois pense penser
trouve trouver trouvé donne donner donné prendre pris prends prenez mettre mis mets
mettez reste rester resté venir vient venu venez partir parti passer passé passe
arriver arrive arrivé ouvrir ouvert fermer fermé perdu perdre volé cassé abîmé
défectueux remplacé remplacer échange échanger retour retourner produit article modèle
taille couleur noir blanc bleu grand petit nouvelle nouveau ancien ancienne gratuit
gratuite réduction promotion fidélité points avantage famille femme mari fille fils mère
père enfant enfants école hôpital médecin voyage vol réservation réservé billet billets
hôtel chambre train gare aéroport bagage valise passeport Paris Lyon Marseille Toulouse
Nantes Lille Bordeaux France français française l'agence l'adresse l'appareil l'offre
l'heure l'argent l'autre l'ordinateur qu'on qu'elle qu'ils n'a n'avez n'était s'est
l'ai m'avez d'ailleurs d'abord d'habitude aujourd'hui c'est-à-dire ci-dessus
est-ce qu'est-ce y-a-t-il avez-vous pouvez-vous puis-je allez aller allait irait seront
sera serait auront aura aurait avait avaient étaient êtes sommes font faites fera
""".split()

# Syllables: (text, weight). Weights were set by hand so that the letters of the whole
# text come near the published frequencies of each language.
EN_SYLLABLES = dict(
    onset="t:9 s:8 r:7 d:6 l:5 m:4 n:6 c:5 p:4 f:4 b:4 w:4 h:6 g:3 v:2 k:1.5 j:.5 y:.8 st:2.5 tr:2"
          " pr:2 th:4 ch:1.5 sh:1.8 wh:1.3 fr:1 gr:1 cr:1 br:1 dr:.8 cl:1 pl:1 bl:.7 sp:.9 sc:.6 qu:.6 str:.5 z:.2",
    nucleus="e:22 a:15 o:14 i:15 u:5 ea:3 ou:3 ee:2 oo:2 ai:1.5 io:1.5 ie:1 y:1 oi:.4 ue:.4 au:.4",
    coda=":32 n:9 r:9 s:6 t:7 l:5 d:4 m:2 ng:2.5 nd:2 st:1.5 nt:2 ck:1 ll:1 ss:1 rt:.8 c:.8 p:.8 ct:.7 x:.3 w:1 th:1.2 gh:.6 b:.5 f:.6 k:.6",
    ending=":30 e:16 s:12 ed:10 ing:9 er:8 ly:5 es:5 y:5 tion:4 al:2 ment:1.5 ness:1 able:1 ity:1.5",
)
FR_SYLLABLES = dict(
    onset="t:7 s:7 r:6.5 d:6 l:6 m:5 n:5 c:5 p:5 v:2.6 f:2.8 b:2.4 g:3 j:.6 h:1.6 qu:3.2 ch:1.8 tr:2 pr:2 pl:1"
          " br:.7 cr:.8 gr:.7 fr:.6 bl:.4 cl:.6 st:.8 sp:.3 gn:.4 ç:.25 z:.2",
    nucleus="e:13 a:14 i:14 o:8 u:5.5 é:5 ai:4 ou:5 eu:3 oi:2.5 au:2.5 è:.8 ê:1 â:.5 ie:1.5 ui:1.5 eau:.8 î:.4 ô:.5 û:.4 œu:.1 ï:.1",
    coda=":50 n:9 r:9 s:5 l:4 t:3 m:2 c:1.5 x:.8 ss:2 nt:2 rt:.8 ns:1 st:.6 ll:.8 rs:.6 p:.3 f:.3",
    ending=":24 e:16 s:10 es:9 er:5 é:2.5 ée:1 ent:5 tion:3.5 ement:3 ait:3 ant:2 ons:2 ez:2 eur:2 té:1 ique:2 és:.7 ère:.5 euse:.8",
)


def weighted(table):
    """'a:2 b:1' -> (['a', 'b'], [2.0, 3.0]), the shape random.choices wants."""
    pairs = [item.rsplit(":", 1) for item in table.split(" ")]
    return [text for text, _ in pairs], list(accumulate(float(weight) for _, weight in pairs))


def build_tail(rng, syllables, known, elisions):
    """Word forms that look like the language, shorter ones first as in real text."""
    tables = {part: weighted(table) for part, table in syllables.items()}

    def draw(part, count=1):
        texts, cum_weights = tables[part]
        return rng.choices(texts, cum_weights=cum_weights, k=count)

    words = {}
    while len(words) < TAIL_WORDS:
        count = rng.choices((1, 2, 3), (35, 50, 15))[0]
        onsets, nuclei, codas = draw("onset", count), draw("nucleus", count), draw("coda", count)
        if rng.random() < 0.22:
            onsets[0] = ""      # a word may open with its vowel
        word = "".join(o + n + c for o, n, c in zip(onsets, nuclei, codas))
        ending = draw("ending")[0]
        if ending[:1] and word[-1] in "eéèêa" and ending[0] in "eéaio":
            word = word[:-1]
        word += ending
        if len(word) < 3 or word in known:
            continue
        if elisions and word[0] in "aeiouéêh" and rng.random() < 0.25:
            word = rng.choice(elisions) + word
        elif rng.random() < 0.03:
            word = word.capitalize()    # brands, towns, products
        words[word] = len(word) + rng.random() * 8
    return sorted(words, key=words.get)


def zipf(words):
    """Cumulative Zipf-Mandelbrot weights for words in order of frequency."""
    return list(accumulate(1.0 / (rank + 2.7) ** 1.02 for rank in range(1, len(words) + 1)))


# ---------------------------------------------------------------------------
# Values: one function a kind. Each takes the generator and the language.
# ---------------------------------------------------------------------------

FIRST = {
    "en": "James Mary John Patricia Robert Linda Michael Barbara William Susan David Jessica Richard Sarah "
          "Joseph Karen Thomas Nancy Charles Lisa Daniel Emily Matthew Sophie Oliver Amelia Harry Chloe "
          "George Grace Jack Lily Priya Ahmed Fatima Wei Olga Carlos".split(),
    "fr": "Marie Jean Nathalie Pierre Isabelle Michel Sylvie Philippe Catherine Alain Martine Nicolas "
          "Christine Christophe Françoise Patrick Valérie Laurent Sandrine Frédéric Stéphanie Sébastien "
          "Véronique Julien Camille Thomas Léa Hugo Manon Lucas Chloé Théo Inès Zoé Mohamed Fatima "
          "Jérôme Hélène".split(),
}
LAST = {
    "en": "Smith Jones Williams Brown Taylor Davies Wilson Evans Johnson Roberts Walker Wright Thompson "
          "Robinson White Hughes Edwards Green Hall Wood Harris Lewis Clarke Patel Jackson Turner Hill "
          "Cooper Ward Morris Garcia Miller Martinez Anderson O'Brien Nguyen Khan Carter".split(),
    "fr": "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre "
          "Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert "
          "Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller Benali Nguyen".split(),
}
TOWNS_FR = [("75", "Paris"), ("69", "Lyon"), ("13", "Marseille"), ("31", "Toulouse"), ("44", "Nantes"),
            ("59", "Lille"), ("33", "Bordeaux"), ("67", "Strasbourg"), ("35", "Rennes"), ("38", "Grenoble"),
            ("76", "Rouen"), ("63", "Clermont-Ferrand"), ("42", "Saint-Étienne"), ("25", "Besançon")]
TOWNS_UK = [("M", "Manchester"), ("B", "Birmingham"), ("LS", "Leeds"), ("SW", "London"), ("BS", "Bristol"),
            ("G", "Glasgow"), ("EH", "Edinburgh"), ("CF", "Cardiff"), ("NE", "Newcastle"), ("S", "Sheffield")]
TOWNS_US = [("787", "Austin, TX"), ("606", "Chicago, IL"), ("021", "Boston, MA"), ("981", "Seattle, WA"),
            ("802", "Denver, CO"), ("331", "Miami, FL"), ("850", "Phoenix, AZ"), ("100", "New York, NY")]
STREETS_FR = ["rue des Lilas", "avenue de la République", "boulevard Voltaire", "place du Marché",
              "impasse des Érables", "chemin du Moulin", "allée des Tilleuls", "rue Jean Jaurès", "cours Gambetta"]
STREETS_EN = ["High Street", "Station Road", "Church Lane", "Maple Avenue", "Victoria Road", "Oak Drive",
              "Mill Lane", "Park Avenue", "Washington Street", "Kings Court"]
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}


def digits(rng, count):
    return "%0*d" % (count, int(rng.random() * 10 ** count))


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def pairs(text, separator):
    return separator.join(text[at:at + 2] for at in range(0, len(text), 2))


def plain_letters(name):
    decomposed = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in decomposed if c.isascii() and c.isalpha())


# Folding accents for each address would cost more than drawing it.
MAIL_FIRST = {lang: [plain_letters(name) for name in names] for lang, names in FIRST.items()}
MAIL_LAST = {lang: [plain_letters(name) for name in names] for lang, names in LAST.items()}
DOMAINS = []   # filled by build_domains: invented names under common endings


def build_domains(rng, words):
    endings = "com fr co.uk net org eu".split()
    stems = [plain_letters(word) for word in words[1000:3000]]
    for stem in stems:
        if 4 <= len(stem) <= 12:
            DOMAINS.append(stem + "." + rng.choice(endings))
    DOMAINS.extend(["example.com", "example.fr", "example.org"] * 20)


def email(rng, lang):
    first, last = pick(rng, MAIL_FIRST[lang]), pick(rng, MAIL_LAST[lang])
    shape = int(rng.random() * 6)
    local = (first + "." + last, first[0] + last, first + "_" + last + digits(rng, 2),
             first + "-" + last, first + digits(rng, 3), last + "." + first + "+shop")[shape]
    return local + "@" + pick(rng, DOMAINS)


def phone_fr(rng):
    number = "0" + pick(rng, "1234566677779") + digits(rng, 8)
    shape = int(rng.random() * 7)
    if shape <= 2:
        return pairs(number, " ")
    if shape == 3:
        return number
    if shape == 4:
        return pairs(number, pick(rng, ".-"))
    if shape == 5:
        return "+33 " + number[1] + " " + pairs(number[2:], " ")
    return pick(rng, ("+33", "0033", "+33 (0)")) + number[1:]


def phone_uk(rng):
    if rng.random() < 0.6:
        number = "07" + pick(rng, "345789") + digits(rng, 8)
        return pick(rng, (number, number[:5] + " " + number[5:], number[:5] + " " + number[5:8] + " " + number[8:],
                          "+44 " + number[1:5] + " " + number[5:], "+44" + number[1:]))
    number = digits(rng, 7)
    return pick(rng, ("020 7", "0161 ", "0121 ", "+44 20 8")) + number[:3] + " " + number[3:]


def phone_us(rng):
    area, exchange, line = pick(rng, "2345678") + digits(rng, 2), pick(rng, "2345678") + digits(rng, 2), digits(rng, 4)
    shape = int(rng.random() * 5)
    return (f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}",
            f"+1 {area} {exchange} {line}", f"1-{area}-{exchange}-{line}")[shape]


def phone_de(rng):
    shape = int(rng.random() * 4)
    mobile = "15" + digits(rng, 1)
    return (f"0{mobile} {digits(rng, 8)}", f"+49 {mobile} {digits(rng, 8)}", f"030 {digits(rng, 4)} {digits(rng, 4)}",
            f"+49 89 {digits(rng, 7)}")[shape]


def phone(rng, lang):
    roll = rng.random()
    if roll < 0.04:
        return phone_de(rng)
    if lang == "fr":
        return phone_fr(rng) if roll < 0.92 else phone_uk(rng)
    if roll < 0.10:
        return phone_fr(rng)
    return phone_uk(rng) if roll < 0.55 else phone_us(rng)


def luhn_digit(number):
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(rng, lang):
    if rng.random() < 0.08:
        number = pick(rng, ("34", "37")) + digits(rng, 12)
        number += luhn_digit(number)
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    number = pick(rng, ("4", "4", "51", "53", "55", "2221")) + digits(rng, 14)
    number = number[:15]
    number += luhn_digit(number)
    separator = pick(rng, ("", " ", " ", " ", "-"))
    return separator.join(number[at:at + 4] for at in (0, 4, 8, 12))


def card_cvv(rng, lang):
    return digits(rng, 3)


def card_expiry(rng, lang):
    return "%02d%s%d" % (1 + rng.random() * 12, pick(rng, ("/", "/", " / ")), pick(rng, (26, 27, 28, 29, 2027, 2030)))


def iban(rng, lang):
    country = pick(rng, ("FR", "FR", "FR", "DE") if lang == "fr" else ("GB", "GB", "GB", "DE"))
    if country == "FR":
        bank, branch, account = digits(rng, 5), digits(rng, 5), digits(rng, 11)
        key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
        body = f"{bank}{branch}{account}{key:02}"
    elif country == "GB":
        body = "".join(rng.choices("ABCDEGHKLMNPRSTW", k=4)) + digits(rng, 14)
    else:
        body = digits(rng, 18)
    as_number = "".join(str(int(char, 36)) for char in body + country + "00")
    number = f"{country}{98 - int(as_number) % 97:02}{body}"
    if rng.random() < 0.35:
        return number
    return " ".join(number[at:at + 4] for at in range(0, len(number), 4))


def nir(rng, lang):
    sex, year, month = pick(rng, "12"), digits(rng, 2), "%02d" % (1 + rng.random() * 12)
    place = "%02d" % (1 + rng.random() * 95)
    town, order = "%03d" % (1 + rng.random() * 989), "%03d" % (1 + rng.random() * 998)
    parts = (sex, year, month, place, town, order)
    key = "%02d" % (97 - int("".join(parts)) % 97)
    shape = int(rng.random() * 3)
    if shape == 0:
        return "".join(parts) + key
    if shape == 1:
        return "".join(parts) + " " + key
    return " ".join(parts) + " " + key


def ssn(rng, lang):
    area = 1 + int(rng.random() * 898)
    area = 665 if area == 666 else area
    return "%03d-%02d-%04d" % (area, 1 + rng.random() * 98, 1 + rng.random() * 9998)


def nino(rng, lang):
    letters = pick(rng, ("AB", "CE", "HJ", "JK", "LM", "NR", "PW", "RS", "SX", "TY", "WL", "YZ"))
    number = digits(rng, 6)
    return letters + pick(rng, (number, " " + pairs(number, " ") + " ")) + pick(rng, "ABCD")


def ipv4(rng, lang):
    return ".".join(str(1 + int(rng.random() * 254)) for _ in range(4))


def url(rng, lang):
    domain = pick(rng, DOMAINS)
    path = pick(rng, ("/account", "/orders/%s" % digits(rng, 6), "/suivi?id=%s" % digits(rng, 8), "/help/faq.html", ""))
    return pick(rng, ("https://www.", "https://", "http://", "www.")) + domain + path


def date(rng, lang, years=(2019, 2026)):
    day, month = 1 + int(rng.random() * 28), 1 + int(rng.random() * 12)
    year = rng.randint(*years)
    shape = int(rng.random() * 5)
    name = MONTHS[lang][month - 1]
    if shape == 0:
        return f"{year}-{month:02}-{day:02}"
    if lang == "fr":
        if shape == 1:
            return f"{day:02}-{month:02}-{year}"
        return f"{day:02}/{month:02}/{year}" if shape <= 3 else f"{'1er' if day == 1 else day} {name} {year}"
    if shape == 1:
        return f"{month}/{day}/{year}"
    return f"{day:02}/{month:02}/{year}" if shape == 2 else f"{name} {day}, {year}" if shape == 3 else f"{day} {name} {year}"


def birth_date(rng, lang):
    return date(rng, lang, (1940, 2006))


def reference(rng, lang):
    shape = int(rng.random() * 5)
    if shape == 0:
        return pick(rng, ("CMD", "ORD", "REF", "TCK", "CLI")) + "-" + pick(rng, ("2025", "2026")) + "-" + digits(rng, 6)
    if shape == 1:
        return "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=6)) + digits(rng, 2)
    if shape == 2:
        return pick(rng, "ABCDHKLPRSTX") + pick(rng, "ABCDHKLPRSTX") + digits(rng, 8)
    return digits(rng, 8 if shape == 3 else 10)


def postcode(rng, lang):
    number = 1 + int(rng.random() * 180)
    if lang == "fr":
        area, town = pick(rng, TOWNS_FR)
        code = area + "0" + digits(rng, 2)
        place = f"{code} {town}"
        return place if rng.random() < 0.5 else f"{number} {pick(rng, STREETS_FR)}, {place}"
    street = f"{number} {pick(rng, STREETS_EN)}, "
    if rng.random() < 0.5:
        area, town = pick(rng, TOWNS_UK)
        letters = "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
        place = f"{town} {area}{1 + int(rng.random() * 28)} {digits(rng, 1)}{letters}"
    else:
        area, town = pick(rng, TOWNS_US)
        place = f"{town} {area}{digits(rng, 2)}"
    return place if rng.random() < 0.5 else street + place


def amount(rng, lang):
    """Money: looks like a number to hide and is none."""
    value = 5 + rng.random() ** 3 * 3000
    cents = pick(rng, (0, 0, 50, 90, 99))
    if lang == "fr":
        # Typeset French separates thousands and the sign with a no-break space.
        space = "\u00a0" if rng.random() < 0.25 else " "
        whole = f"{int(value):,}".replace(",", space)
        return f"{whole},{cents:02}{space}€" if cents else f"{whole}{space}{pick(rng, ('€', 'euros'))}"
    whole = pick(rng, "£$") + f"{int(value):,}"
    return f"{whole}.{cents:02}" if cents else whole


# kind: (function, weight, carrier phrases); {} is where the value goes.
CARRIERS = {
    "fr": {
        "email": (email, 17, ["Mon adresse mail c'est {}.", "Vous pouvez m'écrire à {} s'il vous plaît.",
                              "J'ai envoyé le justificatif depuis {} hier.", "Je vous confirme l'envoi sur {}."]),
        "phone": (phone, 27, ["Mon numéro c'est le {}.", "Vous pouvez me rappeler au {} après 18 heures.",
                              "Je vous appelle depuis le {}.", "Le portable de ma femme, c'est {}, notez-le.",
                              "On vous joint toujours au {} ?"]),
        "card": (card, 7, ["Le numéro de ma carte est le {}.", "Alors la carte bleue, c'est {}.",
                           "J'ai payé avec la carte {} le mois dernier."]),
        "card_expiry": (card_expiry, 2, ["Elle expire en {}.", "Date d'expiration {}."]),
        "card_cvv": (card_cvv, 2, ["Le cryptogramme au dos, c'est {}.", "Code CVV {}, voilà."]),
        "iban": (iban, 7, ["Mon IBAN est {}.", "Le prélèvement se fait sur le {}, c'est bien ça ?",
                           "Je change de banque, le nouveau RIB c'est {}."]),
        "nir": (nir, 6, ["Mon numéro de sécurité sociale est le {}.", "Numéro de sécu {}.",
                         "Sur la carte Vitale je lis {}."]),
        "ipv4": (ipv4, 2, ["L'adresse IP affichée est {}.", "Je vois une connexion depuis {} cette nuit."]),
        "url": (url, 3, ["Vous trouverez le formulaire sur {} dans la rubrique contact.", "Le lien est {} je crois."]),
        "date": (date, 13, ["J'ai passé la commande le {}.", "Le rendez-vous était prévu le {} au matin.",
                            "Le contrat a démarré le {}."]),
        "birth_date": (birth_date, 3, ["Je suis né le {}.", "Ma date de naissance, c'est le {}."]),
        "reference": (reference, 9, ["La référence du dossier est {}.", "Numéro de commande {}.",
                                     "Mon numéro client, c'est {} sur la facture."]),
        "postcode": (postcode, 9, ["J'habite {}.", "L'adresse de livraison est {}.", "Nous avons déménagé à {} en mai."]),
    },
    "en": {
        "email": (email, 17, ["My email address is {}.", "You can write to me at {} please.",
                              "I sent the form from {} yesterday.", "So that's {}, all lower case."]),
        "phone": (phone, 27, ["My number is {}.", "You can call me back on {} after six.",
                              "I'm calling from {}.", "My wife's mobile is {}, if you need it.",
                              "Can we still reach you on {}?"]),
        "card": (card, 7, ["The card number is {}.", "Okay, the long number is {}.",
                           "I paid with the card {} last month."]),
        "card_expiry": (card_expiry, 2, ["It expires {}.", "Expiry date {}."]),
        "card_cvv": (card_cvv, 2, ["The security code on the back is {}.", "CVV {}, there you go."]),
        "iban": (iban, 7, ["My IBAN is {}.", "The direct debit comes out of {}, is that right?",
                           "I changed banks, the new account is {}."]),
        "ssn": (ssn, 3, ["My social security number is {}.", "Social is {}."]),
        "nino": (nino, 3, ["My National Insurance number is {}.", "NI number {}."]),
        "ipv4": (ipv4, 2, ["The IP address on the screen is {}.", "I can see a login from {} last night."]),
        "url": (url, 3, ["You will find the form at {} under contact us.", "The link is {} I think."]),
        "date": (date, 13, ["I placed the order on {}.", "The appointment was booked for {} in the morning.",
                            "The contract started on {}."]),
        "birth_date": (birth_date, 3, ["I was born on {}.", "My date of birth is {}."]),
        "reference": (reference, 9, ["The case reference is {}.", "Order number {}.",
                                     "My customer number is {} on the bill."]),
        "postcode": (postcode, 9, ["I live at {}.", "The delivery address is {}.", "We moved to {} in May."]),
    },
}
AMOUNTS = {
    "fr": ["On m'a prélevé {} au lieu du tarif normal.", "La facture s'élève à {}.", "Je dois encore {} ?"],
    "en": ["I was charged {} instead of the usual price.", "The bill comes to {}.", "Do I still owe {}?"],
}
GREETINGS = {
    "fr": ["Bonjour, service client, {} à votre écoute.", "Bonjour, vous êtes en ligne avec {}, que puis-je faire pour vous ?"],
    "en": ["Hello, customer service, {} speaking.", "Good morning, you're through to {}, how can I help?"],
}
REPLIES = {
    "fr": ["Bonjour, je suis {}.", "Oui bonjour, madame {} à l'appareil.", "Bonjour, {}, j'appelle pour mon contrat."],
    "en": ["Hi, this is {}.", "Hello, my name is {}.", "Yes hello, {} here, I'm calling about my bill."],
}
SHORT_TURNS = {
    "fr": ["D'accord.", "Oui, tout à fait.", "Très bien, merci.", "Euh, attendez.", "Non.", "Ah oui, d'accord.",
           "Je vérifie, un instant.", "C'est noté."],
    "en": ["Okay.", "Yes, that's right.", "Great, thank you.", "Um, hang on.", "No.", "Oh, I see.",
           "Let me check that.", "Got it."],
}
ENDINGS = {"fr": ([".", " ?", " !", "..."], [82, 13, 4, 1]), "en": ([".", "?", "!", "..."], [82, 13, 4, 1])}

# ---------------------------------------------------------------------------
# Sentences, turns, calls
# ---------------------------------------------------------------------------


def sentences(rng, lang, words):
    """Sentences of 6 to 25 words, for ever. Words are drawn in bulk: one call of
    random.choices for 60,000 words costs a third of 60,000 calls."""
    cum_weights = zipf(words)
    sizes = list(range(6, 26))
    sizes_cum = list(accumulate(0.90 ** size for size in sizes))
    texts, weights = ENDINGS[lang]
    while True:
        drawn = rng.choices(words, cum_weights=cum_weights, k=60_000)
        lengths = rng.choices(sizes, cum_weights=sizes_cum, k=2_400)
        commas = rng.choices((3, 4, 5, 7, 99), k=2_400)
        ends = rng.choices(texts, weights, k=2_400)
        at = 0
        for length, comma, end in zip(lengths, commas, ends):
            part = drawn[at:at + length]
            if len(part) < length:
                break
            at += length
            if comma < length - 2:
                part[comma] += ","
            text = " ".join(part)
            yield text[0].upper() + text[1:] + end


class Corpus:
    """Writes calls until the size is reached, and counts what it planted."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        words = {
            "fr": FR_HEAD + build_tail(rng, FR_SYLLABLES, set(FR_HEAD), ["l'", "d'", "qu'", "s'", "l’", "d’"]),
            "en": EN_HEAD + build_tail(rng, EN_SYLLABLES, set(EN_HEAD), []),
        }
        build_domains(rng, words["en"])
        self.sentences = {lang: sentences(rng, lang, list(dict.fromkeys(words[lang]))) for lang in words}
        self.kinds = {lang: (list(table), list(accumulate(row[1] for row in table.values())))
                      for lang, table in CARRIERS.items()}
        self.planted = {}
        self.texts = self.text_bytes = self.escaped = 0
        self.lang_bytes = {"fr": 0, "en": 0}
        self.next_identifier = rng.expovariate(1 / BYTES_PER_IDENTIFIER)
        self.next_amount = rng.expovariate(1 / BYTES_PER_AMOUNT)

    def count(self, kind):
        self.planted[kind] = self.planted.get(kind, 0) + 1

    def identifier(self, lang):
        kinds, cum_weights = self.kinds[lang]
        kind = self.rng.choices(kinds, cum_weights=cum_weights)[0]
        function, _, carriers = CARRIERS[lang][kind]
        self.count(kind)
        return pick(self.rng, carriers).replace("{}", function(self.rng, lang))

    def name(self, lang):
        self.count("person")
        return pick(self.rng, FIRST[lang]) + " " + pick(self.rng, LAST[lang])

    def turn(self, lang, number):
        """The text of one turn, as a list of sentences."""
        rng = self.rng
        if number == 0:
            parts = [pick(rng, GREETINGS[lang]).replace("{}", self.name(lang))]
        elif number == 1:
            parts = [pick(rng, REPLIES[lang]).replace("{}", self.name(lang)), next(self.sentences[lang])]
        elif rng.random() < 0.18:
            parts = [pick(rng, SHORT_TURNS[lang])]
        else:
            source = self.sentences[lang]
            parts = [next(source) for _ in range(rng.choices((1, 2, 3, 4), (38, 34, 20, 8))[0])]
        # Both clocks run on text bytes, so the density holds whatever the turns are.
        while self.next_identifier < self.text_bytes:
            self.next_identifier += rng.expovariate(1 / BYTES_PER_IDENTIFIER)
            parts.insert(int(rng.random() * (len(parts) + 1)), self.identifier(lang))
        while self.next_amount < self.text_bytes:
            self.next_amount += rng.expovariate(1 / BYTES_PER_AMOUNT)
            self.count("amount")
            phrase = pick(rng, AMOUNTS[lang]).replace("{}", amount(rng, lang))
            parts.insert(int(rng.random() * (len(parts) + 1)), phrase)
        return parts

    def escape(self, parts):
        """One text in a hundred as another JSON writer would have written it."""
        self.escaped += 1
        text = " ".join(parts)
        choice = int(self.rng.random() * 3)
        if choice == 0 and "é" in text:
            return text.replace("é", "\\u00e9")
        if choice == 1 and len(parts) > 1:
            return parts[0] + "\\n" + " ".join(parts[1:])
        word, _, rest = text.partition(" ")
        return '\\"' + word + '\\" ' + rest

    def call(self, number, json_free):
        """The lines of one call."""
        rng = self.rng
        lang = "fr" if rng.random() < 0.5 else "en"
        start = 0.0
        lines = []
        for turn in range(rng.randint(*TURNS_PER_CALL)):
            parts = self.turn(lang, turn)
            text = " ".join(parts)
            size = len(text.encode())
            self.texts += 1
            self.text_bytes += size
            self.lang_bytes[lang] += size
            if json_free:
                lines.append(text + "\n")
                continue
            if rng.random() < ESCAPED_SHARE:
                text = self.escape(parts)
            # No other text holds a quote, a backslash or a control character, so
            # the record can be written as it is: json.dumps would cost as much again.
            speaker = "customer" if turn % 2 else "agent"
            lines.append(f'{{"call_id":"c{number:07}","turn":{turn},"speaker":"{speaker}",'
                         f'"start":{start:.2f},"lang":"{lang}","text":"{text}"}}\n')
            start += 0.4 + size / 15.0
        return "".join(lines)


ASCII = bytes(range(128))


def write(corpus, out, wanted, json_free):
    """Whole calls until `wanted` bytes; returns (calls, bytes, non-ASCII bytes)."""
    calls = written = beyond_ascii = 0
    while written < wanted:
        raw = corpus.call(calls, json_free).encode()
        out.write(raw)
        calls += 1
        written += len(raw)
        beyond_ascii += len(raw.translate(None, ASCII))
    return calls, written, beyond_ascii


def main():
    parser = argparse.ArgumentParser(description="Write a deterministic corpus of invented call transcripts.")
    parser.add_argument("--megabytes", type=int, default=256, help="size in millions of bytes (default 256)")
    parser.add_argument("--out", default="-", metavar="FILE", help="default: standard output")
    parser.add_argument("--json-free", action="store_true", help="the text of the turns only, one a line")
    options = parser.parse_args()

    corpus = Corpus(SEED)
    out = sys.stdout.buffer if options.out == "-" else open(options.out, "wb", buffering=1 << 20)
    with out:
        calls, written, beyond_ascii = write(corpus, out, options.megabytes * MEGABYTE, options.json_free)

    innocent = corpus.planted.pop("amount", 0)
    names = corpus.planted.pop("person", 0)
    identifiers = sum(corpus.planted.values())
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(corpus.planted.items(), key=lambda k: -k[1]))
    print(f"{written:,} bytes, {corpus.texts:,} lines, {calls:,} calls, {corpus.text_bytes:,} bytes of text\n"
          f"French {corpus.lang_bytes['fr'] / corpus.text_bytes:.1%} of the text; "
          f"non-ASCII bytes {beyond_ascii / written:.2%} of the file; texts with an escape {corpus.escaped:,}\n"
          f"{identifiers:,} identifiers, one per {corpus.text_bytes / identifiers:.0f} bytes of text: {kinds}\n"
          f"besides: {names:,} names in the openings, {innocent:,} innocent amounts", file=sys.stderr)


if __name__ == "__main__":
    main()
