//! How big may anything be?
//!
//! Every bound of the program stands here with its reason, so that memory is set by this page and by
//! options, never by an input.

/// Bytes a chunk aims at: large enough that the hand-over between threads costs nothing, small enough
/// that the text and its masks (as large again) stay in a second-level cache of 1 MiB.
pub const CHUNK_BYTES: usize = 256 << 10;

/// Longest record in bytes (a line of JSON, a row of a table). A longer one is quarantined. Real
/// transcripts of an hour are near 200 KB.
pub const RECORD_BYTES: usize = 8 << 20;

/// Longest JSON document in bytes, or element of a document that is an array of calls. A longer one is quarantined.
/// An hour of speech with word times, five guesses and four spellings of each is near 15 MB.
pub const DOCUMENT_BYTES: usize = 32 << 20;

/// Longest conversation in bytes that is looked at as a whole. Beyond it the rest is treated as a
/// conversation of its own and the audit counts the cut.
pub const CONVERSATION_BYTES: usize = 8 << 20;

/// Deepest nesting of JSON. The same figure as the reference parser's default.
pub const JSON_DEPTH: usize = 128;

/// Longest question of a survey in bytes whose words are context for the answers below it. A longer one is a page of
/// explanations.
pub const QUESTION_BYTES: usize = 512;

/// Longest speaker label of a dialogue in bytes.
pub const LABEL_BYTES: usize = 64;

/// Chunks in flight beyond one per worker: enough to keep workers busy while the writer waits for a
/// slow one, few enough that giant records stay within 256 MiB.
pub const CHUNKS_AHEAD: usize = 2;

/// Bytes of an input that are read to detect its format and encoding.
pub const HEAD_BYTES: usize = 256 << 10;

/// Smallest input in bytes whose digest may be published without a key: below this an attacker could
/// guess the text and compare.
pub const DIGEST_BYTES_MIN: u64 = 4 << 10;

/// Bytes of earlier records of an open conversation that are kept when records are masked one by one: they
/// are laid out again with each new one, which must stay within a fraction of a millisecond.
pub const STREAM_BYTES: usize = 32 << 10;

/// Bytes of records, and of what became of them, that wait for others when records are masked as they come: some
/// three hundred calls of an hour.
pub const HELD_BYTES: usize = 64 << 20;

/// Conversations that may be open at a time. Each remembers up to some 100 KB of names and values.
pub const CONVERSATIONS_OPEN: usize = 10_000;

/// Records that may be waited for: each is looked at again with every one that it waits for.
pub const LOOKAHEAD: usize = 1_000;

/// Looks at a segment: the first and those after masking exposed something. What is still found after
/// the last one is masked too, then the search stops.
pub const PASSES: usize = 4;

/// Compiled size in bytes of one rule's pattern. A rule that needs more is refused when it is loaded.
pub const RULE_BYTES: usize = 1 << 20;

/// Rules in one set: rule numbers are 16 bits wide.
pub const RULES: usize = 4096;

/// Bytes of lazy automaton states a worker keeps before it starts over.
pub const AUTOMATON_CACHE_BYTES: usize = 8 << 20;

/// Bytes an anchored rule may consume from its start. No identifier is longer; a URL is cut here and its
/// rest found by the next look.
pub const MATCH_BYTES: usize = 2048;

/// Bytes of local part or sub-domain that are walked to the left of an `@`.
pub const TOKEN_BYTES: usize = 320;

/// Context words of a turn, counted from its end, that bear upon the turn after it.
pub const TURN_CUES: usize = 6;

/// Distinct conversation ids that are remembered to warn of ids that re-open (8 bytes each).
pub const IDS_REMEMBERED: usize = 4 << 20;

/// Output bytes per input byte that a compressed stream may have once it has produced more than
/// `INFLATE_FREE_BYTES`. Transcripts compress 5 to 30 times; zlib's own ceiling is 1,032.
pub const INFLATE_RATIO: u64 = 400;

/// Bytes a compressed stream may produce before its ratio is looked at.
pub const INFLATE_FREE_BYTES: u64 = 64 << 20;

/// Faults that are printed one by one; the rest is only counted.
pub const FAULTS_SHOWN: usize = 10;

/// Bytes of a word list or rule file that a user hands over.
pub const USER_FILE_BYTES: u64 = 64 << 20;

/// Bytes of a labelled file. People label by hand: this is a million texts.
pub const GOLD_BYTES: usize = 256 << 20;

/// Distinct labels of gold that name no entity. More are not labels but text in the wrong place.
pub const GOLD_LABELS: usize = 256;

/// Bytes of a label's name in gold, for the same reason.
pub const GOLD_LABEL_BYTES: usize = 64;

/// Words of names that a conversation remembers. A call of an hour has some twenty.
pub const NAMES_REMEMBERED: usize = 256;

/// Addresses said aloud that a conversation remembers, to know parts of them again. A call has two or three.
pub const ADDRESSES_REMEMBERED: usize = 64;

/// Values with digits that a conversation remembers, to know them again where no rule would name them. A call of an
/// hour has some fifty.
pub const VALUES_REMEMBERED: usize = 4096;

/// Turns of an open conversation that are remembered when records are masked one by one.
pub const TURNS_REMEMBERED: usize = 256;

/// Turns that say next to nothing (`mm-hmm`, a piece of a number) after which a question still stands.
pub const TURNS_ASKED: usize = 4;

/// Letters and digits of a value that is said over several turns; no identifier is longer.
pub const PIECE_CHARACTERS: usize = 48;

/// Numbers and spellings of an open conversation that are remembered when records are masked one by one.
pub const PIECES_REMEMBERED: usize = 64;

/// Bytes of text that are listened to at once: what is found in them is compared with itself.
pub const SPOKEN_BYTES: usize = 4 << 10;

/// Numbers and spellings of one turn that may go on in another.
pub const PIECES_TURN: usize = 256;

/// Words of one number or spelling that somebody says; a longer one is cut there. An IBAN said digit by digit
/// with fillers has under 80.
pub const SPOKEN_TOKENS: usize = 128;

/// Windows of one recording. An hour in which every second word is personal has some 5,000.
pub const WINDOWS: usize = 1 << 20;

/// Milliseconds that a window may reach beyond the end of a recording: recognisers round up to whole frames and
/// seconds. A transcript that says more is of another recording.
pub const BEHIND_END_MS: u64 = 2_000;

/// How often a recording may be as long as all that its transcript says. Times in a wrong unit are off by 1,000; an
/// hour on hold before a word is said is not.
pub const LONGER_THAN_SAID: u64 = 500;

/// Channels of a recording. Calls have one for each who speaks.
pub const CHANNELS: u16 = 256;

/// Chunks of a WAV file. Recorders write a dozen.
pub const RIFF_CHUNKS: usize = 1 << 16;

/// Bytes behind the last chunk of a WAV file that are no chunk. Old tags have 128; more are samples whose length was
/// written down wrongly, as in a file of more than 4 GiB.
pub const RIFF_REST_BYTES: u64 = 4 << 10;

/// Bytes of a recording that are worked on at once.
pub const AUDIO_BYTES: usize = 256 << 10;

/// Bytes that an input may have that must be read in any order and is no file: a zip through a pipe.
pub const WHOLE_BYTES: usize = 256 << 20;

/// Bytes of a masked file that wait in memory until it is complete and goes into its archive; beyond, in a temporary file.
pub const SPOOL_BYTES: usize = 8 << 20;

/// Cells of a sheet of a workbook, filled or empty, that it may span: 1,048,576 rows of 60 columns.
pub const SHEET_CELLS: u64 = 64 << 20;

/// KiB that an xz stream's dictionary may take: `xz -9` asks for 64 MiB.
pub const XZ_MEMORY_KIB: u32 = 128 << 10;

/// Bytes of a Parquet or Arrow file that does not come from a file of its own, and lies in memory while it is read.
pub const TABLE_BYTES: usize = 256 << 20;

/// Deepest nesting of a column of a table. Documents have under 10.
pub const TABLE_DEPTH: usize = 64;

/// Bytes of text that a piece of a table aims at: a piece is decoded, shown and written as a whole.
pub const TABLE_PIECE_BYTES: usize = 1 << 20;

/// Rows of such a piece.
pub const TABLE_PIECE_ROWS: usize = 8 << 10;

/// Rows of a table whose cells help to tell what its columns hold.
pub const TABLE_SAMPLE_ROWS: usize = 256;

/// Bytes of the head of an Arrow message: the schema of a hundred thousand columns.
pub const TABLE_HEAD_BYTES: usize = 32 << 20;
