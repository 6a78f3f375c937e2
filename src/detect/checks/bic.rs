//! Bank identifier codes: a known country and upper case.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check =
    Check { name: "bic", about: "letters 5 and 6 are a country of ISO 3166-1 (ISO 9362)", holds };

/// ISO 3166-1 alpha-2, and XK which banks use.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

fn holds(candidate: &Candidate) -> bool {
    let value = candidate.value();
    value.get(4..6).is_some_and(|country| {
        COUNTRIES.as_chunks::<2>().0.iter().any(|known| country.eq_ignore_ascii_case(known))
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
        assert!(!holds(&CHECK, "PASSWORD"));
    }
}
