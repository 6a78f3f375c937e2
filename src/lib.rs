//! sourdine masks personal data in call transcripts and customer verbatims, and proves what it did.
//!
//! ```text
//! source -> conversations -> segments -> view -> findings -> resolved -> edits -> bytes -> sink
//! bytes     whole calls      strings     folded  what,where  disjoint    policy   spliced  in order
//! ```
//!
//! The tour, from a byte to its masked form:
//!
//! - [`source::Input`] reads a file or pipe as UTF-8; [`pipeline::run`] cuts it into chunks of whole
//!   conversations and keeps their order.
//! - A [`format::Layout`] reads a chunk into a [`format::Conversation`]: [`model::Record`]s and their
//!   [`model::Segment`]s.
//! - [`scan::classify`] has looked at every byte once; [`view::View`] folds a segment where folding changes it.
//! - A [`detect::Ruleset`] finds [`model::Finding`]s; [`resolve::resolve`] makes them disjoint.
//! - A [`policy::Policy`] decides, a [`mask::Operator`] writes what stands instead, [`mask::splice`] copies
//!   all other bytes.
//! - [`engine::Engine`] does this for one conversation and is pure; [`sink::Sink`] writes; [`audit`] tells
//!   what was done without telling what was there.
//!
//! Parquet and Arrow are read and written under the feature `tables`, which is on by default because the program has it;
//! who needs text alone says `default-features = false`.
//!
//! ```
//! use sourdine::detect::{Ruleset, examples};
//!
//! let rules = Ruleset::shipped();
//! let found = examples::findings(&rules, &mut rules.scratch(), "write to jo@example.com please");
//! assert_eq!(found[0].1, 9..23);
//! ```

pub mod audio;
pub mod audit;
pub mod cli;
pub mod detect;
pub mod engine;
pub mod error;
pub mod eval;
pub mod format;
pub mod limits;
pub mod mask;
pub mod model;
pub mod pipeline;
pub mod policy;
pub mod resolve;
pub mod scan;
pub mod sink;
pub mod source;
pub mod tables;
pub mod view;
