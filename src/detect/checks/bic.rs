//! Bank identifier codes: a known country; in small letters, one whose banks people name in five languages.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "bic", about: "letters 5 and 6 are a country of ISO 3166-1 (ISO 9362)", holds };

/// ISO 3166-1 alpha-2, and XK which banks use.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

/// Countries whose codes are taken in small letters too: `speaking` is no bank of Kiribati.
const NEAR: &[u8] = b"ADATBEBGCACHCYCZDEDKEEESFIFRGBGRHRHUIEITLILTLULVMCMTMXNLNOPLPTROSESISKSMUS";

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    let is_small = value.iter().all(u8::is_ascii_lowercase);
    value.get(4..6).is_some_and(|country| {
        (if is_small { NEAR } else { COUNTRIES })
            .as_chunks::<2>()
            .0
            .iter()
            .any(|known| country.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn countries() {
        assert!(holds(&CHECK, "DEUTDEFF"));
        assert!(holds(&CHECK, "BNPAFRPPXXX"));
        assert!(holds(&CHECK, "deutdeff"));
        assert!(!holds(&CHECK, "speaking"));
        assert!(!holds(&CHECK, "PASSWORD"));
    }
}
