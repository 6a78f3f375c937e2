//! Valid values of many countries, made from what authorities publish and not from the patterns.

use super::Random;

/// `value` cut into groups of these sizes.
pub fn grouped(value: &str, sizes: &[usize], separator: &str) -> String {
    let mut rest = value;
    let mut groups = Vec::new();
    for &size in sizes {
        let (group, after) = rest.split_at(size.min(rest.len()));
        groups.push(group);
        rest = after;
    }
    if !rest.is_empty() {
        groups.push(rest);
    }
    groups.retain(|group| !group.is_empty());
    groups.join(separator)
}

/// The digit that makes the Luhn sum of `body` and itself right.
pub fn luhn_digit(body: &str) -> char {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| {
            let digit = u32::from(b - b'0');
            if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).expect("a digit")
}

fn with_luhn(body: &str) -> String {
    format!("{body}{}", luhn_digit(body))
}

/// Sum of digits times weights.
fn weighted(digits: &str, weights: &[u32]) -> u32 {
    digits.bytes().zip(weights).map(|(b, weight)| u32::from(b - b'0') * weight).sum()
}

/// Sum of the digit sums of digits times weights.
fn digit_sums(digits: &str, weights: &[u32]) -> u32 {
    digits
        .bytes()
        .zip(weights.iter().cycle())
        .map(|(b, weight)| u32::from(b - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum()
}

fn number(digits: &str) -> u64 {
    digits.parse().expect("digits")
}

fn letter(r: &mut Random, of: &str) -> char {
    of.chars().nth(r.range(0, of.chars().count() as u64 - 1) as usize).expect("a letter")
}

fn letters(r: &mut Random, of: &str, count: usize) -> String {
    (0..count).map(|_| letter(r, of)).collect()
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NIF: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn nif_letter(number: u64) -> char {
    char::from(NIF.as_bytes()[(number % 23) as usize])
}

fn mod_11_10(body: &str) -> u32 {
    let product = body.bytes().fold(10, |product, b| {
        let sum = (u32::from(b - b'0') + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

fn date(r: &mut Random) -> (u64, u64, u64) {
    (r.range(1, 28), r.range(1, 12), r.range(1930, 2010))
}

/// A value of the named generator with the words that announce it; `None` when there is no such generator.
pub fn value(generator: &str, r: &mut Random) -> Option<(String, &'static str)> {
    Some(match generator {
        "fr_spi" => {
            let body = format!("{}{}", r.range(0, 3), r.digits(9));
            let whole = format!("{body}{:03}", number(&body) % 511);
            let sizes: &[usize] = if r.range(0, 1) == 0 { &[13] } else { &[2, 2, 3, 3, 3] };
            (grouped(&whole, sizes, " "), "numéro fiscal")
        }
        "fr_rib" => {
            let (bank, branch) = (r.digits(5), r.digits(5));
            let account: String = (0..11)
                .map(|_| if r.range(0, 5) == 0 { letter(r, ALPHABET).to_string() } else { r.digits(1) })
                .collect();
            // Letters stand for 1 to 9, 1 to 9, 2 to 9.
            let as_digits: String = account
                .bytes()
                .map(|b| match b {
                    b'A'..=b'I' => b - b'A' + b'1',
                    b'J'..=b'R' => b - b'J' + b'1',
                    b'S'..=b'Z' => b - b'S' + b'2',
                    digit => digit,
                })
                .map(char::from)
                .collect();
            let rest = (89 * number(&bank) + 15 * number(&branch) + 3 * number(&as_digits)) % 97;
            let s = r.pick(&["", " "]);
            (format!("{bank}{s}{branch}{s}{account}{s}{:02}", 97 - rest), "rib")
        }
        "fr_siren" => (
            grouped(&with_luhn(&format!("{}{}", r.range(1, 9), r.digits(7))), &[3, 3, 3], r.pick(&["", " "])),
            "siren",
        ),
        "fr_siret" => {
            let siren = with_luhn(&format!("{}{}", r.range(4, 9), r.digits(7)));
            let siret = with_luhn(&format!("{siren}{}", r.digits(4)));
            (grouped(&siret, &[3, 3, 3, 5], r.pick(&["", " "])), "siret")
        }
        "uk_utr" => {
            let rest = r.digits(9);
            let sum = weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) as usize;
            (format!("{}{rest}", [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][sum % 11]), "utr")
        }
        "uk_licence" => {
            let surname: String = letters(r, ALPHABET, 3) + &letters(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ9", 2);
            let (day, month, year) = date(r);
            let month = month + if r.range(0, 1) == 0 { 50 } else { 0 };
            let digits = format!("{}{month:02}{day:02}{}", year / 10 % 10, year % 10);
            let tail = letters(r, ALPHABET, 1)
                + &letters(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ9", 1)
                + &r.digits(1)
                + &letters(r, ALPHABET, 2);
            (format!("{surname}{digits}{tail}"), "driving licence")
        }
        "uk_mpan" => {
            let body = r.digits(12);
            let check = weighted(&body, &[3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43]) % 11 % 10;
            (format!("{body}{check}"), "mpan")
        }
        "ie_pps" => {
            let body = r.digits(7);
            let second = if r.range(0, 1) == 0 { None } else { Some(letter(r, "ABH")) };
            let extra = second.map_or(0, |c| 9 * (c as u32 - 'A' as u32 + 1));
            let sum = weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) + extra;
            let check = "WABCDEFGHIJKLMNOPQRSTUV".as_bytes()[(sum % 23) as usize] as char;
            (format!("{body}{check}{}", second.map_or_else(String::new, |c| c.to_string())), "pps number")
        }
        "us_npi" => {
            let body = format!("1{}", r.digits(8));
            let check = luhn_digit(&format!("80840{body}"));
            (format!("{body}{check}"), "npi")
        }
        "us_aba" => {
            let body = format!("{:02}{}", r.range(1, 12), r.digits(6));
            let check = (10 - weighted(&body, &[3, 7, 1, 3, 7, 1, 3, 7]) % 10) % 10;
            (format!("{body}{check}"), "routing number")
        }
        "ca_sin" => {
            let body = format!("{}{}", r.pick(&["1", "2", "4", "5", "6", "7", "9"]), r.digits(7));
            (grouped(&with_luhn(&body), &[3, 3, 3], r.pick(&["", " ", "-"])), "social insurance number")
        }
        "postcode_ca" => {
            let later = "ABCEGHJKLMNPRSTVWXYZ";
            let first = format!("{}{}{}", letter(r, "ABCEGHJKLMNPRSTVXY"), r.digits(1), letter(r, later));
            (
                format!("{first}{}{}{}{}", r.pick(&["", " "]), r.digits(1), letter(r, later), r.digits(1)),
                "postal code",
            )
        }
        "de_steuer_id" => {
            // Nine different digits of ten, one of them twice.
            let mut digits: Vec<u64> = (0..10).collect();
            for at in (1..10).rev() {
                digits.swap(at, r.range(0, at as u64) as usize);
            }
            let doubled = digits[r.range(0, 8) as usize];
            digits[9] = doubled;
            let at = r.range(1, 9) as usize;
            digits.swap(9, at);
            if digits[0] == 0 {
                digits.swap(0, 1);
            }
            if digits[0] == 0 {
                digits.swap(0, 2);
            }
            let body: String = digits.iter().map(ToString::to_string).collect();
            (grouped(&format!("{body}{}", mod_11_10(&body)), &[2, 3, 3, 3], r.pick(&["", " "])), "steuer-id")
        }
        "de_rvnr" => {
            let (day, month, year) = date(r);
            let initial = letter(r, ALPHABET);
            let (area, serial) = (r.range(10, 89), r.range(0, 99));
            let head = format!("{area:02}{day:02}{month:02}{:02}", year % 100);
            let digits = format!("{head}{:02}{serial:02}", initial as u32 - 'A' as u32 + 1);
            let check = digit_sums(&digits, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10;
            (format!("{head}{initial}{serial:02}{check}"), "rentenversicherungsnummer")
        }
        "de_kvnr" => {
            let initial = letter(r, ALPHABET);
            let body = r.digits(8);
            let digits = format!("{:02}{body}", initial as u32 - 'A' as u32 + 1);
            (format!("{initial}{body}{}", digit_sums(&digits, &[1, 2]) % 10), "versichertennummer")
        }
        "at_svnr" => loop {
            let (day, month, year) = date(r);
            let serial = r.range(100, 999).to_string();
            let birth = format!("{day:02}{month:02}{:02}", year % 100);
            let sum = weighted(&format!("{serial}{birth}"), &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
            if sum < 10 {
                break (format!("{serial}{sum}{}{birth}", r.pick(&["", " "])), "sozialversicherungsnummer");
            }
        },
        "ch_ahv" => {
            let body = format!("756{}", r.digits(9));
            let sum = weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
            (
                grouped(&format!("{body}{}", (10 - sum % 10) % 10), &[3, 4, 4, 2], r.pick(&["", ".", " "])),
                "ahv-nummer",
            )
        }
        "ch_uid" => loop {
            let body = format!("1{}", r.digits(7));
            let check = (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11;
            if check < 10 {
                break (format!("CHE-{}", grouped(&format!("{body}{check}"), &[3, 3, 3], ".")), "uid");
            }
        },
        "be_nn" => {
            let (day, month, year) = date(r);
            let body = format!("{:02}{month:02}{day:02}{:03}", year % 100, r.range(1, 997));
            let whole = if year >= 2000 { 2_000_000_000 + number(&body) } else { number(&body) };
            let key = 97 - whole % 97;
            let (birth, serial) = body.split_at(6);
            if r.range(0, 1) == 0 {
                (format!("{body}{key:02}"), "numéro national")
            } else {
                (format!("{}-{serial}.{key:02}", grouped(birth, &[2, 2, 2], ".")), "rijksregisternummer")
            }
        }
        "be_kbo" => {
            let body = format!("0{}", r.range(2_000_000, 9_999_999));
            let whole = format!("{body}{:02}", 97 - number(&body) % 97);
            (grouped(&whole, &[4, 3, 3], r.pick(&["", "."])), "numéro d'entreprise")
        }
        "es_dni" => {
            let body = r.digits(8);
            (format!("{body}{}{}", r.pick(&["", "-"]), nif_letter(number(&body))), "dni")
        }
        "es_nie" => {
            let (first, body) = (r.range(0, 2), r.digits(7));
            let check = nif_letter(number(&format!("{first}{body}")));
            (format!("{}{body}{check}", ["X", "Y", "Z"][first as usize]), "nie")
        }
        "es_cif" => {
            let kind = letter(r, "ABCDEFGHJPQRSUVNW");
            let body = r.digits(7);
            let sum: u32 = digit_sums(&body, &[2, 1]);
            let check = (10 - sum % 10) % 10;
            let shown = if "KPQRSNW".contains(kind) {
                char::from(b"JABCDEFGHI"[check as usize])
            } else {
                char::from_digit(check, 10).expect("a digit")
            };
            (format!("{kind}{body}{shown}"), "cif")
        }
        "es_nuss" => {
            let (province, body) = (r.range(1, 52), r.digits(8));
            let whole = if number(&body) < 10_000_000 {
                province * 10_000_000 + number(&body)
            } else {
                province * 100_000_000 + number(&body)
            };
            let s = r.pick(&["", " "]);
            (format!("{province:02}{s}{body}{s}{:02}", whole % 97), "seguridad social")
        }
        "es_ccc" => {
            let check = |ten: &str| match 11 - weighted(ten, &[1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 {
                11 => 0,
                10 => 1,
                other => other,
            };
            let (bank, branch, account) = (r.digits(4), r.digits(4), r.digits(10));
            let keys = format!("{}{}", check(&format!("00{bank}{branch}")), check(&account));
            let s = r.pick(&["", " ", "-"]);
            (format!("{bank}{s}{branch}{s}{keys}{s}{account}"), "cuenta")
        }
        "es_cups" => {
            let body = r.digits(16);
            let rest = (number(&body) % 529) as usize;
            let letters = NIF.as_bytes();
            (format!("ES{body}{}{}", char::from(letters[rest / 23]), char::from(letters[rest % 23])), "cups")
        }
        "it_cf" => {
            const ODD: [u32; 26] = [
                1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
            ];
            let (day, _, year) = date(r);
            let day = day + if r.range(0, 1) == 0 { 40 } else { 0 };
            let body = format!(
                "{}{:02}{}{day:02}{}{}",
                letters(r, "BCDFGLMNPRSTVZ", 6),
                year % 100,
                letter(r, "ABCDEHLMPRST"),
                letter(r, "ABCDEFGHL"),
                r.digits(3)
            );
            let place = |b: u8| u32::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' });
            let sum: u32 = body
                .bytes()
                .enumerate()
                .map(|(at, b)| if at % 2 == 0 { ODD[place(b) as usize] } else { place(b) })
                .sum();
            let code = format!("{body}{}", char::from(b'A' + (sum % 26) as u8));
            (if r.range(0, 2) == 0 { code.to_lowercase() } else { code }, "codice fiscale")
        }
        "it_vat" => {
            (with_luhn(&format!("{:07}{:03}", r.range(1, 9_999_999), r.range(1, 100))), "partita iva")
        }
        "vat" => match r.range(0, 4) {
            0 => {
                let siren = with_luhn(&format!("{}{}", r.range(4, 9), r.digits(7)));
                let key = (12 + 3 * (number(&siren) % 97)) % 97;
                (format!("FR{key:02}{siren}"), "tva")
            }
            1 => {
                let body = format!("{}{}", r.range(1, 9), r.digits(7));
                (format!("DE{body}{}", mod_11_10(&body)), "ust-id")
            }
            2 => {
                let body = r.digits(7);
                let sum = weighted(&body, &[8, 7, 6, 5, 4, 3, 2]);
                (format!("GB{body}{:02}", 97 - (sum + 55 - 1) % 97 - 1), "vat number")
            }
            3 => (format!("ATU{}", r.digits(8)), "uid"),
            _ => (format!("NL{}B{}", r.digits(9), r.digits(2)), "btw"),
        },
        "vin" => {
            let known = "ABCDEFGHJKLMNPRSTUVWXYZ";
            let mut vin: Vec<u8> =
                (letters(r, known, 3) + &letters(r, "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", 8)).into_bytes();
            vin.extend(r.digits(6).bytes());
            let value = |b: u8| {
                u32::from(match b {
                    b'0'..=b'9' => b - b'0',
                    b'A'..=b'H' => b - b'A' + 1,
                    b'J'..=b'N' => b - b'J' + 1,
                    b'P' => 7,
                    b'R' => 9,
                    _ => b - b'S' + 2,
                })
            };
            let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
            let sum: u32 = vin.iter().zip(weights).map(|(&b, weight)| value(b) * weight).sum();
            vin[8] = b"0123456789X"[(sum % 11) as usize];
            (String::from_utf8(vin).expect("ASCII"), "vin")
        }
        "imei" => (with_luhn(&format!("35{}", r.digits(12))), "imei"),
        "parcel" => {
            let body = r.digits(8);
            let check = match 11 - weighted(&body, &[8, 6, 4, 2, 3, 5, 9, 7]) % 11 {
                11 => 5,
                10 => 0,
                other => other,
            };
            (
                format!(
                    "{}{}{body}{check}{}",
                    letter(r, "RLCEV"),
                    letter(r, ALPHABET),
                    r.pick(&["FR", "GB", "DE", "ES", "IT"])
                ),
                "tracking",
            )
        }
        "coordinates" => {
            let latitude = r.range(0, 89);
            (format!("{latitude}.{}, {}.{}", r.digits(5), r.range(0, 179), r.digits(6)), "gps")
        }
        "plate_fr" => {
            let known = "ABCDEFGHJKLMNPQRSTVWXYZ";
            let s = r.pick(&["-", " ", ""]);
            let (first, last) = (letters(r, known, 2), letters(r, known, 2));
            (format!("{first}{s}{}{s}{last}", r.digits(3)), "immatriculation")
        }
        "plate_uk" => {
            let known = "ABCDEFGHJKLMNPRSTUVWXY";
            (
                format!(
                    "{}{}{}{}",
                    letters(r, known, 2),
                    r.digits(2),
                    r.pick(&["", " "]),
                    letters(r, known, 3)
                ),
                "number plate",
            )
        }
        "plate_es" => (
            format!("{}{}{}", r.digits(4), r.pick(&["", " ", "-"]), letters(r, "BCDFGHJKLMNPRSTVWXYZ", 3)),
            "matrícula",
        ),
        "plate_it" => {
            let known = "ABCDEFGHJKLMNPRSTVWXYZ";
            (format!("{}{}{}", letters(r, known, 2), r.digits(3), letters(r, known, 2)), "targa")
        }
        "phone_be" => match r.range(0, 2) {
            0 => (format!("04{} {}", r.digits(2), grouped(&r.digits(6), &[2, 2, 2], " ")), "gsm"),
            1 => (format!("0{}/{}.{}.{}", r.range(2, 4), r.digits(3), r.digits(2), r.digits(2)), "téléphone"),
            _ => (format!("04{}{}", r.digits(2), r.digits(6)), "gsm"),
        },
        "phone_ch" => {
            let code = r.pick(&["021", "022", "031", "044", "061", "076", "078", "079"]);
            (format!("{code} {} {} {}", r.digits(3), r.digits(2), r.digits(2)), "natel")
        }
        "phone_at" => match r.range(0, 1) {
            0 => (
                format!("06{} {} {}", r.pick(&["50", "60", "64", "76", "99"]), r.digits(3), r.digits(4)),
                "handy",
            ),
            _ => (format!("01/{} {} {}", r.digits(3), r.digits(2), r.digits(2)), "telefon"),
        },
        "phone_ie" => match r.range(0, 1) {
            0 => (format!("08{} {} {}", r.range(3, 9), r.digits(3), r.digits(4)), "mobile"),
            _ => (format!("(01) {} {}", r.digits(3), r.digits(4)), "phone"),
        },
        _ => return None,
    })
}
