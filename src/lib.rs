#![doc = "sourdine"]
#![allow(missing_docs)]
pub mod detect;
pub mod error;
pub mod limits;
pub mod model;
pub mod scan;
pub mod view;
