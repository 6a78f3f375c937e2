//! How much of what people labelled is found, and what else is masked?
//!
//! A measurement reads texts with labels ([`Gold`]), runs each conversation through the engine as
//! redaction does ([`Trial`]), compares ([`Sheet`]) and shows ([`Report`]). What its figures mean:
//!
//! - A labelled span is *found* where a masked finding of any entity covers it, or a finding that the
//!   policy keeps and that has the label's own type: a name that is taken for a place and stays readable
//!   is not found. With `strict`, only findings of the label's type count, masked or kept.
//! - *Exact*: one finding has the same start and end. *Overlap*: a character is covered. *Full*: every
//!   character but white space is covered. *Characters*: the share of such characters that is covered.
//! - A *token* or word is a longest run of letters and digits. It belongs to a span when it shares a
//!   character with it; a labelled token is found when all its labelled characters are covered.
//! - A *finding* of an entity is right when it touches labelled text of any type (`strict`: of its own
//!   type); false when it touches none; neither when all it touches is not scored. Precision and the
//!   precision in token F1 count the findings of the row's entity alone.
//! - *Not scored* are `ignore` spans, labels that the user leaves out, and labels of entities that were
//!   not asked for (`strict`: these are text of another type).
//! - *Outside* are the letters and digits that masked findings cover and no label or `ignore` does.
//!
//! Nothing here reads files or prints; texts stay in memory and only an example shows any of them.

mod gold;
mod labels;
mod report;
mod scheme;
mod score;
mod tally;
mod trial;

pub use gold::{Gold, Problem, Text};
pub use labels::Label;
pub use report::Report;
pub use scheme::{Kind, Scheme};
pub use score::{Example, Sheet, Wanted};
pub use tally::{Ratios, Tally};
pub use trial::{Batch, Trial};
