//! Which words announce a name?

use std::collections::BTreeMap;

use super::spelling::fold_hash;

/// What a word says about a name beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cue {
    /// Nothing.
    #[default]
    None = 0,
    /// Mr, Madame, Herr.
    Title = 1,
    /// Name, called, m'appelle.
    Naming = 2,
    /// Is, c'est, here: words between an announcement and a name.
    Joining = 3,
    /// Speaking, à l'appareil.
    Speaking = 4,
    /// Hello, cher.
    Greeting = 5,
    /// Regards, cordialement.
    Signing = 6,
    /// Thanks, yes.
    Thanking = 7,
    /// Husband, conseillère.
    Relation = 8,
    /// With, par, von.
    Linking = 9,
    /// In, à, habite.
    Place = 10,
    /// Ltd, Street.
    Company = 11,
}

/// What else a word may be beside a name; the model knows nothing of it.
#[derive(Clone, Copy, Debug, Default)]
struct Beside {
    /// It may stand inside a surname.
    particle: bool,
    /// It says that somebody is paid, or has an account.
    payment: bool,
    /// Who speaks names himself before it.
    presenting: bool,
    /// It is everybody's title.
    addressing: bool,
    /// Somebody says behind it who he is: `je suis`.
    being: bool,
    /// It is no abbreviation, so that a stop behind it ends the sentence: `sir.`
    salute: bool,
}

/// The words around names.
pub(super) struct Cues {
    /// Open addressing by hash: small enough for the first cache.
    slots: Box<[(u64, Cue, Beside)]>,
    /// A bit for some of the hash: turns away nearly all words without a look at the table.
    filter: Box<[u64; FILTER]>,
}

fn lists() -> BTreeMap<String, Vec<String>> {
    toml::from_str(include_str!("../../../patterns/lexicons/names.toml"))
        .expect("the shipped lexicon is tested")
}

/// Questions for a name that have no word for it: `mit wem spreche ich`.
pub(in crate::detect) fn asking() -> Vec<String> {
    lists().remove("asking").unwrap_or_default()
}

/// Words of the filter: 8,192 bits, of which one in twenty is set.
const FILTER: usize = 128;

/// Word and bit of the filter.
#[inline]
fn bit(hash: u64) -> (usize, u64) {
    ((hash >> 32) as usize % FILTER, 1 << (hash >> 40 & 63))
}

/// Slots of the table: some 450 words.
const SLOTS: usize = 2048;

impl Cues {
    /// The shipped words.
    pub(super) fn shipped() -> Cues {
        let lists = lists();
        let kinds = [
            ("titles", Cue::Title),
            ("naming", Cue::Naming),
            ("speaking", Cue::Speaking),
            ("signing", Cue::Signing),
            ("greetings", Cue::Greeting),
            ("relations", Cue::Relation),
            ("company_after", Cue::Company),
            ("joining", Cue::Joining),
            ("thanking", Cue::Thanking),
            ("linking", Cue::Linking),
            ("places_before", Cue::Place),
        ];
        let hashes =
            |name: &str| lists.get(name).into_iter().flatten().map(|word| fold_hash(word.as_bytes()));
        let mut cues: BTreeMap<u64, Cue> = BTreeMap::new();
        for (name, cue) in kinds {
            // The first list that has a word counts.
            hashes(name).for_each(|hash| {
                cues.entry(hash).or_insert(cue);
            });
        }
        let particles: Vec<u64> = hashes("particles").collect();
        let payments: Vec<u64> = hashes("payments").collect();
        let presenting: Vec<u64> = hashes("presenting").collect();
        let addressing: Vec<u64> = hashes("addressing").collect();
        let being: Vec<u64> = hashes("being").collect();
        let salutes: Vec<u64> = hashes("salutes").collect();
        let others = [&particles, &payments, &presenting, &addressing, &being, &salutes];
        for &hash in others.into_iter().flatten() {
            cues.entry(hash).or_default();
        }
        let mut slots = vec![(0, Cue::None, Beside::default()); SLOTS].into_boxed_slice();
        let mut filter = Box::new([0; FILTER]);
        for (hash, cue) in cues {
            let (word, mask) = bit(hash);
            filter[word] |= mask;
            let mut at = hash as usize & (SLOTS - 1);
            while slots[at].0 != 0 {
                at = (at + 1) & (SLOTS - 1);
            }
            let beside = Beside {
                particle: particles.contains(&hash),
                payment: payments.contains(&hash),
                presenting: presenting.contains(&hash),
                addressing: addressing.contains(&hash),
                being: being.contains(&hash),
                salute: salutes.contains(&hash),
            };
            slots[at] = (hash, cue, beside);
        }
        Cues { slots, filter }
    }

    #[inline]
    fn slot(&self, hash: u64) -> Option<&(u64, Cue, Beside)> {
        let (word, mask) = bit(hash);
        if self.filter[word] & mask == 0 {
            return None;
        }
        let mut at = hash as usize & (SLOTS - 1);
        while self.slots[at].0 != 0 {
            if self.slots[at].0 == hash {
                return Some(&self.slots[at]);
            }
            at = (at + 1) & (SLOTS - 1);
        }
        None
    }

    /// What the word announces.
    #[inline]
    pub(super) fn of(&self, hash: u64) -> Cue {
        self.slot(hash).map_or(Cue::None, |slot| slot.1)
    }

    /// Whether the word may stand inside a surname: de, van, O'.
    pub(super) fn is_particle(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.particle)
    }

    /// Whether who speaks names himself before it: `dean here`, `malte am apparat`.
    pub(super) fn is_presenting(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.presenting)
    }

    /// Whether it is everybody's title: Mrs, monsieur.
    pub(super) fn is_addressing(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.addressing)
    }

    /// Whether somebody says behind it who he is.
    pub(super) fn is_being(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.being)
    }

    /// Whether it is a title and no abbreviation.
    pub(super) fn is_salute(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.salute)
    }

    /// Whether the word says that somebody is paid, or has an account: transfer, bénéficiaire, Konto.
    pub(super) fn is_payment(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.2.payment)
    }
}
