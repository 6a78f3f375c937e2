//! Which words are numbers that other numbers were glued to?
//!
//! German and Italian write a number below a thousand as one word, and years. There are few enough to list them
//! all.

/// Years in which people were born whose calls are heard, or cards expire.
const YEARS: std::ops::Range<u16> = 1900..2040;

/// The numbers below 1,000 and the years that are written as one word of several parts, with that word.
pub(super) fn of(lang: &str) -> Vec<(u16, String)> {
    let mut all: Vec<(u16, String)> = match lang {
        "de" => numbers(german).chain(YEARS.map(|n| (n, german_year(n)))).collect(),
        "it" => numbers(italian).chain(YEARS.map(|n| (n, italian_year(n)))).collect(),
        _ => return Vec::new(),
    };
    // `hundertzwei` as well as `einhundertzwei`.
    let bare: Vec<(u16, String)> = all
        .iter()
        .filter(|(n, _)| (101..200).contains(n))
        .filter_map(|(n, word)| Some((*n, word.strip_prefix("ein").filter(|_| lang == "de")?.to_owned())))
        .collect();
    all.extend(bare);
    // `trecentottanta` as well as `trecentoottanta`.
    let elided: Vec<(u16, String)> = all
        .iter()
        .filter(|(_, word)| word.contains("centoott"))
        .map(|(n, word)| (*n, word.replace("centoott", "centott")))
        .collect();
    all.extend(elided);
    let accented: Vec<(u16, String)> =
        all.iter().filter_map(|(n, word)| Some((*n, format!("{}tré", word.strip_suffix("tre")?)))).collect();
    all.extend(accented);
    all
}

/// Round thousands that are one word: evidence, whatever follows in it is cut when it is read.
pub(super) fn thousands(lang: &str) -> Vec<String> {
    let (units, scale) = match lang {
        "de" => (&GERMAN, "tausend"),
        "it" => (&ITALIAN, "mila"),
        _ => return Vec::new(),
    };
    units[2..].iter().map(|unit| format!("{unit}{scale}")).collect()
}

fn numbers(word: fn(u16) -> Option<String>) -> impl Iterator<Item = (u16, String)> {
    (21..1000).filter_map(move |n| Some((n, word(n)?)))
}

fn german_year(n: u16) -> String {
    let rest = match n % 100 {
        0 => String::new(),
        rest => german(rest).unwrap_or_else(|| part(&GERMAN, &GERMAN_TENS, rest)),
    };
    if n < 2000 { format!("neunzehnhundert{rest}") } else { format!("zweitausend{rest}") }
}

fn italian_year(n: u16) -> String {
    let rest = match n % 100 {
        0 => String::new(),
        rest => italian(rest).unwrap_or_else(|| part(&ITALIAN, &ITALIAN_TENS, rest)),
    };
    if n < 2000 { format!("millenovecento{rest}") } else { format!("duemila{rest}") }
}

/// A number below 100 that is a single word.
fn part(small: &[&str; 20], tens: &[&str; 10], n: u16) -> String {
    if n < 20 { small[usize::from(n)] } else { tens[usize::from(n / 10)] }.to_owned()
}

const GERMAN: [&str; 20] = [
    "",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const GERMAN_TENS: [&str; 10] =
    ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

/// `None` where the word is a single part.
fn german(n: u16) -> Option<String> {
    let below_hundred = |n: usize| match (n / 10, n % 10) {
        (_, 1) if n == 1 => "eins".to_owned(),
        (0 | 1, _) => GERMAN[n].to_owned(),
        (ten, 0) => GERMAN_TENS[ten].to_owned(),
        (ten, unit) => format!("{}und{}", GERMAN[unit], GERMAN_TENS[ten]),
    };
    let (hundreds, rest) = (usize::from(n / 100), usize::from(n % 100));
    match (hundreds, rest) {
        (0, rest) if rest % 10 == 0 => None,
        (0, rest) => Some(below_hundred(rest)),
        (hundreds, 0) => Some(format!("{}hundert", GERMAN[hundreds])),
        (hundreds, rest) => Some(format!("{}hundert{}", GERMAN[hundreds], below_hundred(rest))),
    }
}

const ITALIAN: [&str; 20] = [
    "",
    "uno",
    "due",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "nove",
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
];
const ITALIAN_TENS: [&str; 10] =
    ["", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"];

/// `None` where the word is a single part. The ten loses its vowel before `uno` and `otto`.
fn italian(n: u16) -> Option<String> {
    let below_hundred = |n: usize| match (n / 10, n % 10) {
        (0 | 1, _) => ITALIAN[n].to_owned(),
        (ten, 0) => ITALIAN_TENS[ten].to_owned(),
        (ten, unit @ (1 | 8)) => {
            format!("{}{}", &ITALIAN_TENS[ten][..ITALIAN_TENS[ten].len() - 1], ITALIAN[unit])
        }
        (ten, unit) => format!("{}{}", ITALIAN_TENS[ten], ITALIAN[unit]),
    };
    let (hundreds, rest) = (usize::from(n / 100), usize::from(n % 100));
    let head = if hundreds == 1 { "" } else { ITALIAN[hundreds] };
    match (hundreds, rest) {
        (0, rest) if rest % 10 == 0 => None,
        (0, rest) => Some(below_hundred(rest)),
        (1, 0) => None,
        (_, rest) => Some(format!("{head}cento{}", below_hundred(rest))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_do() {
        let word = |lang, n| of(lang).into_iter().find(|(value, _)| *value == n).map(|(_, word)| word);
        assert_eq!(word("de", 34).as_deref(), Some("vierunddreißig"));
        assert_eq!(word("de", 412).as_deref(), Some("vierhundertzwölf"));
        assert_eq!(word("de", 101).as_deref(), Some("einhunderteins"));
        assert!(of("de").contains(&(122, "hundertzweiundzwanzig".to_owned())));
        assert_eq!(word("de", 40), None);
        assert_eq!(word("it", 28).as_deref(), Some("ventotto"));
        assert_eq!(word("it", 116).as_deref(), Some("centosedici"));
        assert_eq!(word("it", 761).as_deref(), Some("settecentosessantuno"));
        assert_eq!(word("de", 1990).as_deref(), Some("neunzehnhundertneunzig"));
        assert_eq!(word("de", 2005).as_deref(), Some("zweitausendfünf"));
        assert_eq!(word("it", 1970).as_deref(), Some("millenovecentosettanta"));
        assert_eq!(word("en", 34), None);
        assert!(thousands("it").contains(&"settemila".to_owned()) && thousands("en").is_empty());
    }
}
