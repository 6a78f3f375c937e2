#![doc = "sourdine"]
#![allow(missing_docs)]
pub mod detect;
pub mod audit;
pub mod cli;
pub mod engine;
pub mod error;
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
pub mod view;
