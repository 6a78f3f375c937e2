//! The plain data that all rooms share: spans, segments, records, findings, edits, faults.
//!
//! Positions are bytes of the UTF-8 chunk unless a name says otherwise. Nothing here owns text.

/// Half-open byte range in a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span ends after it starts");
        Span { start: start as u32, end: end as u32 }
    }

    /// The bytes of `text` that the span covers.
    ///
    /// # Panics
    /// When the span lies outside `text`.
    #[must_use]
    pub fn of<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start as usize..self.end as usize]
    }

    /// As a range for slicing.
    #[must_use]
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the two spans share a byte.
    #[must_use]
    pub fn overlaps(&self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Sorts spans and unites those that share a byte: then ends grow like starts.
pub fn unite(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, united| {
        let joined = next.start < united.end;
        if joined {
            united.end = united.end.max(next.end);
        }
        joined
    });
}

/// A kind of personal data: an index into [`Entities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity(pub u8);

/// The entities that come with the program, in the order of the documentation. Rules of a user may add
/// others, which are masked like any entity that a policy does not name.
pub const ENTITIES: &[&str] = &[
    "PERSON",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "POSTCODE",
    "LOCATION",
    "ORGANIZATION",
    "DATE_OF_BIRTH",
    "DATE",
    "AGE",
    "CREDIT_CARD",
    "CARD_CVV",
    "CARD_EXPIRY",
    "PIN",
    "PASSWORD",
    "IBAN",
    "BIC",
    "BANK_ACCOUNT",
    "CRYPTO_WALLET",
    "NATIONAL_ID",
    "TAX_ID",
    "HEALTH_ID",
    "PASSPORT",
    "DRIVING_LICENCE",
    "VAT_ID",
    "COMPANY_ID",
    "VEHICLE_PLATE",
    "VIN",
    "DEVICE_ID",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "URL",
    "USERNAME",
    "COORDINATES",
    "SECRET",
    "REFERENCE",
    "NUMBER",
    "SPELLED",
    "HEALTH",
    "RELIGION",
    "POLITICS",
    "UNION",
    "SEXUALITY",
    "ETHNICITY",
    "DENIED",
];

/// The signs that may stand around a label. No pattern of a rule matches through them, and tags in any of
/// them are left alone.
pub const BRACKETS: [[u8; 2]; 3] = [[b'[', b']'], [b'{', b'}'], [b'<', b'>']];

/// What a hash in brackets begins with.
pub const HASH_STAMP: &str = "HASH_";
/// Letters of a hash behind that: four bits each.
pub const HASH_LETTERS: usize = 16;

/// The closing sign of a bracket that may stand around a label.
#[must_use]
pub fn closing(opening: u8) -> Option<u8> {
    BRACKETS.iter().find(|pair| pair[0] == opening).map(|pair| pair[1])
}

/// A speaker label or a field that holds a person's name.
pub const PERSON: Entity = Entity(0);
/// An identifier-like number that nobody can name.
pub const NUMBER: Entity = Entity(36);
/// Letters that were spelled, of what nobody knows.
pub const SPELLED: Entity = Entity(37);
/// A word of the user's own list.
pub const DENIED: Entity = Entity(44);

/// Names of all entities: those of [`ENTITIES`] and those that loaded rules add.
#[derive(Clone, Debug)]
pub struct Entities(Vec<String>);

impl Default for Entities {
    fn default() -> Self {
        Entities(ENTITIES.iter().map(ToString::to_string).collect())
    }
}

impl Entities {
    /// The entity of that name, if it is known.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Entity> {
        self.0.iter().position(|known| known == name).map(|at| Entity(at as u8))
    }

    /// The entity of that name, added when it is new. `None` when 255 are known already or the name is
    /// not of the form `UPPER_CASE`.
    pub fn intern(&mut self, name: &str) -> Option<Entity> {
        if let Some(known) = self.find(name) {
            return Some(known);
        }
        let well_formed = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            && !name.ends_with(|c: char| c.is_ascii_digit());
        if !well_formed || self.0.len() >= usize::from(u8::MAX) {
            return None;
        }
        self.0.push(name.to_owned());
        Some(Entity((self.0.len() - 1) as u8))
    }

    /// The entity's name.
    ///
    /// # Panics
    /// When the entity comes from another table.
    #[must_use]
    pub fn name(&self, entity: Entity) -> &str {
        &self.0[usize::from(entity.0)]
    }

    /// How many entities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: the built-in entities are always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a string of a record is to its reader, which decides what is looked for in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What somebody said or wrote: everything is looked for.
    Text,
    /// Several words in a field that nobody knows: all that is looked for in a text, but nobody said it in turn.
    Prose,
    /// Any other string: structured rules, with its key as context.
    Value,
    /// The name of a field: structured rules.
    Key,
    /// A number outside quotes: only rules that its key names.
    Number,
    /// A label or field that holds a person's name as a whole.
    Person,
    /// The name of a recording: what the name of a file would tell.
    Recording,
    /// A cell of a column that is masked whole, whatever stands in it.
    Whole(Whole),
    /// A conversation's id, a role word, a language, a timestamp: left alone.
    Exempt,
}

impl Role {
    /// Whether it is read, as a text or by the rules alone.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Role::Text | Role::Prose | Role::Value)
    }
}

/// What becomes of a cell that is masked whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What its column holds.
    pub entity: Entity,
    /// How it is written instead.
    pub way: Way,
}

/// How a cell is written that is masked whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As the policy says of the entity: nobody named the column. Where the policy keeps the entity, the cell
    /// is read like any other string.
    ByPolicy,
    /// A label.
    Label,
    /// A keyed pseudonym.
    Hash,
    /// Nothing.
    Drop,
    /// A coarser value.
    Generalise,
}

/// How a segment's raw bytes stand for its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// The bytes are the text.
    None,
    /// A JSON string body: backslash escapes.
    Json,
    /// A quoted CSV field: a doubled quote is one.
    Csv,
    /// A bare JSON number: a replacement must bring its own quotes.
    JsonNumber,
    /// An unquoted CSV field: a replacement must need no quotes.
    CsvBare,
}

/// One string of a record that a person could read.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Where its raw bytes stand, without quotes.
    pub span: Span,
    /// What it is to its reader.
    pub role: Role,
    /// How its bytes are escaped.
    pub escape: Escape,
    /// Whether an escape occurs in it, so that its bytes are not its text.
    pub escaped: bool,
    /// The record it belongs to: an index into the conversation's records.
    pub record: u32,
    /// The segment (JSON) or column (CSV) that names it, or [`Segment::UNNAMED`].
    pub name: u32,
    /// What names the container it lies in, or [`Segment::UNNAMED`].
    pub outer: u32,
    /// How deep it lies: 1 for a member of a record's outermost object.
    pub depth: u8,
}

impl Segment {
    /// The `name` of a segment that has none.
    pub const UNNAMED: u32 = u32::MAX;

    /// A string that stands alone, as it is: a line of text, a name.
    #[must_use]
    pub fn alone(span: Span, role: Role) -> Segment {
        Segment {
            span,
            role,
            escape: Escape::None,
            escaped: true,
            record: 0,
            name: Segment::UNNAMED,
            outer: Segment::UNNAMED,
            depth: 1,
        }
    }
}

/// A line of JSON or text, a row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Where its bytes stand, line end included.
    pub span: Span,
    /// Why it cannot be decoded, if so. Its segments are then empty.
    pub fault: Option<Fault>,
    /// Its number in the file: the line, or the data row, from 1. A header row is 0.
    pub number: u64,
}

/// Why a record was quarantined, and where: never what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Offset in bytes from the start of the record.
    pub at: u32,
}

/// The ways a record can be undecodable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Bytes that are no UTF-8 (or an unpaired UTF-16 surrogate).
    Encoding,
    /// Not JSON.
    Json,
    /// A lone surrogate escape in a JSON string.
    Surrogate,
    /// JSON nested deeper than the limit.
    Depth,
    /// Longer than the limit.
    TooLong,
    /// A CSV quote that is never closed, or text after a closing quote.
    Quote,
    /// No line of time-marked words.
    Marked,
    /// A defect of this program that was met while the record was worked on.
    Internal,
}

impl FaultKind {
    /// The sentence a user reads, with what to do.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            FaultKind::Encoding => "not valid UTF-8; if the file is not UTF-8 say so with --encoding",
            FaultKind::Json => "not valid JSON",
            FaultKind::Surrogate => "a \\u escape of half a surrogate pair",
            FaultKind::Depth => "nested deeper than 128 levels",
            FaultKind::TooLong => "longer than the limit of 8 MiB for a record",
            FaultKind::Quote => "an unbalanced quote",
            FaultKind::Marked => "no word with file, channel, start and duration before it",
            FaultKind::Internal => "an internal error; please report it",
        }
    }
}

/// Something personal that was found, in view bytes of one segment. Never the text itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// Where, in bytes of the segment's view (the chunk itself for an identity view).
    pub span: Span,
    /// What it is.
    pub entity: Entity,
    /// The rule that found it: an index into the rule set.
    pub rule: u16,
    /// How sure the rule is, in hundredths.
    pub score: u8,
    /// Its value in [`Values`] where that differs from its bytes: it was said aloud, or is one piece of several.
    pub value: ValueId,
}

/// A value of a conversation, by its number; [`ValueId::OWN`] is that of the bytes themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// What the finding covers is its value.
    pub const OWN: ValueId = ValueId(0);
}

/// How values of a conversation are written that do not stand so in the text.
#[derive(Debug, Default)]
pub struct Values {
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl Values {
    /// Forgets the conversation before.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// The number of a value that is written so.
    pub fn note(&mut self, written: &[u8]) -> ValueId {
        self.text.extend_from_slice(written);
        self.ends.push(self.text.len() as u32);
        ValueId(self.ends.len() as u32)
    }

    /// How the value is written; `None` for [`ValueId::OWN`].
    ///
    /// # Panics
    /// When the value is of another conversation.
    #[must_use]
    pub fn get(&self, value: ValueId) -> Option<&[u8]> {
        let at = value.0.checked_sub(1)? as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        Some(&self.text[start..self.ends[at] as usize])
    }
}

/// A finding in raw bytes of the chunk, tied to its segment: what resolving and masking work on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Where, in raw bytes of the chunk.
    pub span: Span,
    /// What, and who found it.
    pub finding: Finding,
    /// The segment it lies in: an index into the conversation's segments.
    pub segment: u32,
}

/// A stretch of a recording in which something personal is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Where it begins, in milliseconds.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// What is said.
    pub entity: Entity,
    /// The channel on which it is said, from 0, if the document tells.
    pub channel: Option<u16>,
    /// Who says it, if the document has a label that names nobody.
    pub speaker: Option<Box<str>>,
    /// The rule that found it: an index into the rule set; `None` for a tag that stood there already.
    pub rule: Option<u16>,
    /// How sure the rule is, in hundredths.
    pub score: u8,
}

/// When a call says what is masked in it.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Number of its first record in the file.
    pub record: u64,
    /// Hash of the conversation's id, when it has one.
    pub id: Option<u64>,
    /// How long it is in milliseconds, if the document tells.
    pub duration: Option<u64>,
    /// When the last of what has times ends, in milliseconds.
    pub last: Option<u64>,
    /// In no order; they may overlap.
    pub windows: Vec<Window>,
    /// Turns in which words have no times, so that the whole of them is a window.
    pub whole_turns: u64,
    /// What is masked and said at no known time: record and field in its masked form.
    pub untimed: Vec<(u64, String)>,
}

/// What the cells of a column are, where the file says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Strings.
    Text,
    /// Bytes, which may be text.
    Bytes,
    /// Numbers.
    Number,
    /// Dates and times.
    Time,
    /// What holds nothing that somebody could read: truth values, durations.
    Other,
}

/// A column of a table that says what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedColumn {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub kind: ColumnKind,
    /// Whether a cell may be missing.
    pub nullable: bool,
}

/// Whether a column of a typed table is shown as text, so that it can be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnView {
    /// No: it stays as it is.
    Hidden,
    /// Yes, to be read.
    Read,
    /// Yes, to be written anew whatever it says.
    Whole,
}

/// A table whose file says what its columns hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedTable {
    /// The name of its format.
    pub format: &'static str,
    /// Its columns; `None` where they hold lists or records, and rows are shown as JSON.
    pub columns: Option<Vec<TypedColumn>>,
    /// Whether what the file says of itself is shown in front of its rows, as record 0.
    pub has_notes: bool,
}
