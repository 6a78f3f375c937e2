//! What do the rules find in what was said aloud?
//!
//! Where words of numbers, spelled letters or signs said aloud stand together, the stretch is shown as it would
//! be written, and the same rules run on it. A saying is found as a whole: a card with its expiry in one breath
//! is one finding, called after what can be named in it. Whether its checksum holds decides what it is called,
//! never whether it is found.
//!
//! It must cost nothing where nothing is said: only known words that were met anyway, letters that stand alone
//! and digits with words between are evidence.

use super::context::{Cue, WordsBuilder};
use super::evidence::{Evidence, TINY, blank_from};
use super::spelled::is_counting;
use super::trace::Trace;
use super::{Place, Ruleset, Scratch, context};
use crate::error::{Error, Result};
use crate::model::{Finding, NUMBER, PERSON, Role, Span, ValueId};
use crate::scan::Text;
use crate::view::spoken::lexicon::{EN, Lexicon};
use crate::view::spoken::{Asked, Form, Listener, Nature, Reading, Saying};
use crate::view::{Blank, View};

/// What is needed to find what is said.
pub(super) struct Spoken {
    pub(super) lexicon: Lexicon,
    /// The words that announce spelling, a name, a postcode, a date of birth.
    pub(super) spelling: context::Group,
    pub(super) naming: context::Group,
    pub(super) postcode: context::Group,
    pub(super) birth: context::Group,
    /// Number of the rule that finds spelled letters which nothing else names.
    pub(super) spelled_rule: u16,
    /// Number of the rule that finds long numbers which no rule matches.
    pub(super) long_rule: u16,
    /// Number of the rule that takes an answer for what was asked.
    pub(super) answer_rule: u16,
}

impl Spoken {
    /// The shipped lexicons; their words are added to those that are looked for. The rules' numbers are those of
    /// `spoken.spelled` and `spoken.answer`; `asked` are the words that ask for a postcode and a date of birth.
    pub(super) fn shipped(
        words: &mut WordsBuilder,
        rules: (u16, u16),
        asked: [context::Group; 2],
    ) -> Result<Spoken> {
        let lexicon = Lexicon::shipped();
        for (word, weight) in lexicon.anchors() {
            words.speaks(word, *weight);
        }
        let spelling = words.group(lexicon.spelling()).map_err(Error::Usage)?;
        let naming = words.group(lexicon.naming()).map_err(Error::Usage)?;
        let [postcode, birth] = asked;
        Ok(Spoken {
            lexicon,
            spelling,
            naming,
            postcode,
            birth,
            spelled_rule: rules.0,
            long_rule: rules.0 + 1,
            answer_rule: rules.1,
        })
    }
}

/// Buffers for listening.
#[derive(Default)]
pub(super) struct Said {
    pub(super) listener: Listener,
    view: View,
    pub(super) windows: Vec<(usize, usize)>,
    /// Where evidence stands that depends on this text alone. Elsewhere pieces of values are heard, and nothing is
    /// found: turns before may be masked in a second run, and then nothing is heard there.
    pub(super) loud: Vec<(usize, usize)>,
    pub(super) evidence: Vec<(u32, u32, Evidence)>,
    found: Vec<Finding>,
    /// Context words of the text, while those of what is heard stand in their place.
    pub(super) cues: Vec<Cue>,
    readings: Vec<Reading>,
    pub(super) groups: Vec<u8>,
    probe: String,
    probe_masks: Vec<crate::scan::Masks>,
}

/// Bytes around them in which words stand that rules ask for.
pub(super) const BEFORE: usize = 120;
const BEHIND: usize = 160;
/// A saying shorter than this means nothing by itself.
pub(super) const SHORTEST: usize = 3;
/// Words of an answer that is a name.
const WORDS_OF_NAME: usize = 3;
/// Bytes beside a saying in a turn that is an answer to a question.
const ANSWER: usize = 24;
/// The longest word for a thousand, in bytes.
const THOUSAND: usize = "tausend".len();
/// A reference said aloud has this many letters and digits at least.
const SHORTEST_REFERENCE: usize = 4;
/// Digits from which a number is an identifier by itself.
const LONG: usize = 7;
/// The countries in which each language is spoken, as rules know them.
const LANGUAGES_OF: [&[&str]; 5] = [
    &["GB", "IE", "US", "CA"],
    &["FR", "BE", "CH", "LU", "CA"],
    &["DE", "AT", "CH", "BE", "LU"],
    &["ES", "US", "MX", "AR", "CL", "CO", "PE", "UY"],
    &["IT", "CH"],
];
/// Other readings that are tried when the first one names nothing.
const OTHERS: usize = 12;
/// Letters and digits above which no other reading is tried: no identifier is longer, and none of digits alone.
const LONGEST: usize = 36;
const LONGEST_NUMBER: usize = 24;

impl Ruleset {
    /// The words of what is said aloud.
    ///
    /// # Panics
    /// When it is not looked for.
    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.spoken.as_ref().expect("asked only where it is looked for").lexicon
    }

    /// The words of what is said aloud, if it is looked for over turns.
    #[must_use]
    pub fn heard_words(&self) -> Option<&Lexicon> {
        self.spoken.as_ref().filter(|_| self.stitches).map(|spoken| &spoken.lexicon)
    }

    /// Adds to `scratch.findings` what is said aloud in the text.
    pub(super) fn said(&self, place: &Place, scratch: &mut Scratch) {
        let Some(spoken) = &self.spoken else { return };
        let mut said = std::mem::take(&mut scratch.said);
        said.listener.clear();
        self.windows(place, scratch, &mut said);
        // `un`, `oh`: too short to be evidence, and all that is said.
        let length = place.end - place.start;
        let is_tiny = length <= TINY && place.role == Role::Text && self.expects_a_number(scratch);
        let is_answer = self.is_answer(spoken, place, scratch);
        if is_tiny || is_answer {
            said.windows.clear();
            said.windows.push((place.start, place.end));
        }
        if is_answer {
            said.loud.clear();
            said.loud.push((place.start, place.end));
        }
        if !said.windows.is_empty() {
            self.listen(spoken, place, scratch, &mut said);
            self.answer(spoken, place, scratch, &said);
        }
        scratch.said = said;
    }

    /// Takes a short answer for what was asked, where most of it looks so.
    fn answer(&self, spoken: &Spoken, place: &Place, scratch: &mut Scratch, said: &Said) {
        if !self.is_answer(spoken, place, scratch) {
            return;
        }
        let before = &scratch.surroundings.before;
        let asks = |group: context::Group| before.contains(&group);
        let asked = if asks(spoken.birth) && !asks(spoken.spelling) { Asked::Date } else { Asked::Spelling };
        let Some(span) = said.listener.answer(asked, &spoken.lexicon) else { return };
        let name = match asked {
            Asked::Date => "DATE_OF_BIRTH",
            Asked::Spelling if asks(spoken.postcode) => "POSTCODE",
            Asked::Spelling if scratch.asked_name[0] => "PERSON",
            Asked::Spelling => "SPELLED",
        };
        let Some(entity) = self.entities.find(name) else { return };
        let is_inside = |finding: &Finding| finding.span.start <= span.start && span.end <= finding.span.end;
        if !scratch.findings.iter().any(is_inside) {
            let (rule, value) = (spoken.answer_rule, ValueId::OWN);
            scratch.findings.push(Finding { span, entity, rule, score: 70, value });
        }
    }

    /// Extends a name to the other words of a short answer to the question for it: `Judith page`.
    pub(super) fn answer_name(&self, place: &Place, scratch: &mut Scratch) {
        let Some(spoken) = self.spoken.as_ref().filter(|spoken| self.is_answer(spoken, place, scratch))
        else {
            return;
        };
        if !scratch.asked_name[0] {
            return;
        }
        let Some(span) = scratch.said.listener.words_of_answer(WORDS_OF_NAME, &spoken.lexicon) else {
            return;
        };
        let is_inside = |finding: &&Finding| {
            finding.entity == PERSON && span.start <= finding.span.start && finding.span.end <= span.end
        };
        if let Some(&name) = scratch.findings.iter().find(is_inside) {
            scratch.findings.push(Finding { span, rule: spoken.answer_rule, ..name });
        }
    }

    /// Listens in the windows and finds what rules say of what is heard.
    fn listen(&self, spoken: &Spoken, place: &Place, scratch: &mut Scratch, said: &mut Said) {
        // The rules' own buffers are used once more; what stands in the text itself is put back afterwards.
        said.cues.clear();
        std::mem::swap(&mut scratch.surroundings.own, &mut said.cues);
        let hits = std::mem::take(&mut scratch.hits);
        let findings = std::mem::take(&mut scratch.findings);
        let before = std::mem::take(&mut scratch.surroundings.before);
        for at in 0..said.windows.len() {
            let window = said.windows[at];
            let from = said.listener.sayings.len();
            said.listener.listen(place.text, window, &spoken.lexicon);
            // The turn before asked for what stands at the start.
            if window.0 == place.start {
                scratch.surroundings.before.clone_from(&before);
            }
            self.hear(spoken, place, window, from, scratch, said);
            scratch.surroundings.before.clear();
        }
        scratch.surroundings.before = before;
        std::mem::swap(&mut scratch.surroundings.own, &mut said.cues);
        scratch.hits = hits;
        scratch.findings = findings;
        scratch.surroundings.note_present(&self.words, self.lexicon_of.len());
        scratch.findings.append(&mut said.found);
    }

    /// Finds what the sayings from number `from` on are, which stand in `window`.
    fn hear(
        &self,
        spoken: &Spoken,
        place: &Place,
        window: (usize, usize),
        from: usize,
        scratch: &mut Scratch,
        said: &mut Said,
    ) {
        let Said { listener, view, found, loud, .. } = said;
        let shown: Vec<Saying> = listener.sayings[from..]
            .iter()
            .filter(|saying| {
                let at = loud.partition_point(|(_, end)| *end <= saying.span.start as usize);
                let is_loud = loud.get(at).is_some_and(|(start, _)| *start < saying.span.end as usize);
                is_loud && is_shown(listener, saying, place)
            })
            .cloned()
            .collect();
        if shown.is_empty() {
            return;
        }
        let blanks = shown.iter().map(|saying| Blank { span: saying.span, with: listener.written(saying) });
        let start = blank_from(place, window.0.saturating_sub(BEFORE).max(place.start)).min(window.0);
        let end = blank_from(place, (window.1 + BEHIND).min(place.end));
        view.build(self.kernel, place.text.bytes, Span::new(start, end), crate::model::Escape::None, blanks);
        let text = view.text();
        let attempts = scratch.trace.as_ref().map_or(0, |trace| trace.attempts.len());
        scratch.findings.clear();
        self.match_rules(&Place { text, start: 0, end: text.bytes.len(), ..*place }, scratch);
        let first = found.len();
        let mut refused: Vec<Span> = Vec::new();
        for finding in &scratch.findings {
            let span = view.raw(finding.span);
            let mut of = shown.iter().filter(|saying| saying.span.overlaps(span)).peekable();
            if self.is_catch_all(finding.rule) && is_counting(finding.span.of(text.bytes)) {
                continue;
            }
            if of.peek().is_some() && of.all(|saying| self.may_be(place, saying, finding)) {
                let value = scratch.values.note(finding.span.of(text.bytes));
                found.push(Finding { span, value, ..*finding });
            } else {
                refused.push(span);
            }
        }
        if let Some(trace) = &mut scratch.trace {
            tell(trace, attempts, view, &shown);
        }
        for saying in &shown {
            let named = said.found[first..].iter().any(|finding| {
                finding.span.overlaps(saying.span) && !self.compiled[usize::from(finding.rule)].catch_all
            });
            let is_refused = refused.iter().any(|span| span.overlaps(saying.span));
            if !named
                && let Some(finding) =
                    self.otherwise(spoken, place, saying, scratch, said, (first, is_refused))
            {
                said.found.push(finding);
            }
        }
    }

    /// What a saying is that no rule names as it was read first: by another reading, by its length, because it
    /// is spelled.
    fn otherwise(
        &self,
        spoken: &Spoken,
        place: &Place,
        saying: &Saying,
        scratch: &mut Scratch,
        said: &mut Said,
        (first, is_refused): (usize, bool),
    ) -> Option<Finding> {
        let Form::Run(nature) = saying.form else { return None };
        let length = said.listener.written(saying).len();
        let digits = length - saying.letters.min(length);
        let is_short = length <= if saying.letters > 0 { LONGEST } else { LONGEST_NUMBER };
        if digits >= SHORTEST && is_short && !saying.is_cardinal {
            let mut readings = std::mem::take(&mut said.readings);
            said.listener.others(place.text.bytes, saying, OTHERS, &mut readings);
            // Other readings part the same words otherwise; much longer ones are nobody's meaning.
            readings.retain(|reading| reading.text.len() <= length + 2);
            self.dates_in(place, saying, said, &mut readings);
            let named = readings
                .iter()
                .find_map(|reading| self.try_reading(place, saying, &reading.text, scratch, said));
            said.readings = readings;
            if named.is_some() {
                return named;
            }
        }
        if nature == Nature::Letters {
            return self.spelled(spoken, place, saying, scratch, said);
        }
        let is_found = said.found[first..].iter().any(|finding| finding.span.overlaps(saying.span));
        let is_long = length > LONGEST || is_refused && digits >= LONG && !saying.is_cardinal;
        let is_dictated = nature == Nature::Number && self.is_dictated(place, saying, said);
        ((is_long || is_dictated) && !is_found).then(|| Finding {
            span: saying.span,
            entity: NUMBER,
            rule: spoken.long_rule,
            score: 60,
            value: scratch.values.note(said.listener.written(saying).as_bytes()),
        })
    }

    /// Whether what a rule found may be meant by who said it: numbers of a country are said in its languages, and
    /// who says a number as people say how many means a short code, a postcode or a year.
    fn may_be(&self, place: &Place, saying: &Saying, finding: &Finding) -> bool {
        let entity = self.entities.name(finding.entity);
        let countries = self.rules().get(usize::from(finding.rule)).map_or(&[][..], |rule| &rule.countries);
        let is_spoken_there =
            |country: &String| LANGUAGES_OF[usize::from(saying.lang)].contains(&country.as_str());
        if !countries.is_empty() && saying.letters == 0 && !countries.iter().any(is_spoken_there) {
            return false;
        }
        let length = finding.span.len();
        if saying.form == Form::Date {
            return matches!(entity, "DATE_OF_BIRTH" | "DATE" | "AGE" | "CARD_EXPIRY");
        }
        match entity {
            "CARD_CVV" | "PIN" | "POSTCODE" | "DATE_OF_BIRTH" | "CREDIT_CARD" | "DATE" | "AGE" => true,
            // `numéro d'adhérent ?` – `soixante-quatorze mille deux cent trois`
            "REFERENCE" => {
                length >= SHORTEST_REFERENCE
                    && (!saying.is_cardinal || is_all(saying, place) && !saying.is_round)
            }
            _ => !saying.is_cardinal,
        }
    }

    /// Adds the ways to read a number as a day, a month and a year.
    fn dates_in(&self, place: &Place, saying: &Saying, said: &mut Said, readings: &mut Vec<Reading>) {
        if saying.letters > 0 {
            return;
        }
        said.listener.groups(place.text.bytes, saying, &mut said.groups);
        let written = said.listener.written(saying);
        let (groups, last) = (&said.groups, written.len());
        for (at, &day) in groups.iter().enumerate() {
            for &month in &groups[at + 1..] {
                let (day, month) = (usize::from(day), usize::from(month));
                let fits = |text: &str, most: u8| {
                    text.len() <= 2 && text.parse().is_ok_and(|n| (1..=most).contains(&n))
                };
                if day >= month {
                    continue;
                }
                // `seven nineteen sixty eight`, as Americans say it.
                let is_american = saying.lang == EN && fits(&written[..day], 12);
                let is_day = fits(&written[..day], 31) && fits(&written[day..month], 12)
                    || is_american && fits(&written[day..month], 31);
                if matches!(last - month, 2 | 4) && is_day {
                    let text = format!("{}/{}/{}", &written[..day], &written[day..month], &written[month..]);
                    readings.push(Reading { text, groups: Vec::new() });
                }
            }
        }
    }

    /// What rules find when the saying is written so, with the text around it.
    fn try_reading(
        &self,
        place: &Place,
        saying: &Saying,
        written: &str,
        scratch: &mut Scratch,
        said: &mut Said,
    ) -> Option<Finding> {
        let bytes = place.text.bytes;
        let from = blank_from(place, (saying.span.start as usize).saturating_sub(BEFORE).max(place.start));
        let to = blank_from(place, (saying.span.end as usize + BEHIND / 2).min(place.end));
        said.probe.clear();
        let (start, end) = (saying.span.start as usize, saying.span.end as usize);
        said.probe.push_str(&String::from_utf8_lossy(&bytes[from.min(start)..start]));
        let at = said.probe.len();
        said.probe.push_str(written);
        let until = said.probe.len();
        said.probe.push_str(&String::from_utf8_lossy(&bytes[end..to.max(end)]));
        crate::scan::classify(self.kernel, said.probe.as_bytes(), &mut said.probe_masks);
        let text = Text { bytes: said.probe.as_bytes(), masks: &said.probe_masks };
        let trace = scratch.trace.take();
        scratch.findings.clear();
        let before = (from > place.start).then(|| std::mem::take(&mut scratch.surroundings.before));
        self.match_rules(&Place { text, start: 0, end: text.bytes.len(), ..*place }, scratch);
        if let Some(before) = before {
            scratch.surroundings.before = before;
        }
        scratch.trace = trace;
        let is_date = written.contains('/');
        let date_of_birth = self.entities.find("DATE_OF_BIRTH");
        let covers = |finding: &&Finding| {
            let inside =
                (finding.span.end as usize).min(until).saturating_sub((finding.span.start as usize).max(at));
            inside * 4 >= written.len() * 3
                && !self.compiled[usize::from(finding.rule)].catch_all
                && (!is_date || Some(finding.entity) == date_of_birth)
        };
        let fits = |finding: &&Finding| covers(finding) && self.may_be(place, saying, finding);
        let best = scratch.findings.iter().filter(fits).max_by_key(|finding| finding.score)?;
        let value = scratch.values.note(best.span.of(text.bytes));
        Some(Finding { span: saying.span, value, ..*best })
    }
}

impl Scratch {
    /// Whether a name was found in what is said aloud: masked, the rest of it is heard otherwise.
    #[must_use]
    pub fn cuts_saying(&self) -> bool {
        let sayings = &self.said.listener.sayings;
        !sayings.is_empty()
            && self.findings.iter().filter(|finding| finding.entity == PERSON).any(|name| {
                let at = sayings.partition_point(|saying| saying.span.end <= name.span.start);
                sayings
                    .get(at)
                    .is_some_and(|saying| saying.span.overlaps(name.span) && saying.span != name.span)
            })
    }
}

/// Whether little else is said beside the saying: it is an answer.
fn is_all(saying: &Saying, place: &Place) -> bool {
    place.role == Role::Text && place.end - place.start <= saying.span.len() + ANSWER
}

/// Whether a saying is shown as it is written: not what reads the same, nor amounts, nor a digit or two.
fn is_shown(listener: &Listener, saying: &Saying, place: &Place) -> bool {
    // Who is asked for four digits says nothing else; who names a price does.
    saying.said
        && (is_all(saying, place) || !saying.is_price)
        && match saying.form {
            Form::Run(Nature::Amount) => false,
            // `grazie mille`, `mil gracias`, `tausend Dank`: one word, and no code.
            Form::Run(_) if saying.span.len() <= THOUSAND && listener.written(saying) == "1000" => false,
            Form::Run(_) => listener.written(saying).len() >= SHORTEST,
            Form::Date | Form::Address => true,
        }
}

/// Puts what was judged in the view of what was said where it stands in the text.
fn tell(trace: &mut Trace, from: usize, view: &View, shown: &[Saying]) {
    let judged = trace.attempts.split_off(from);
    for mut attempt in judged {
        let written = String::from_utf8_lossy(attempt.span.of(view.text().bytes)).into_owned();
        attempt.span = view.raw(attempt.span);
        if shown.iter().any(|saying| saying.span.overlaps(attempt.span)) {
            attempt.notes.push(format!("it is said aloud; written it is {written}"));
            trace.attempts.push(attempt);
        }
    }
}
