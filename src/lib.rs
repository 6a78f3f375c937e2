#![doc = "sourdine"]
#![allow(missing_docs)]
pub mod error;
pub mod limits;
pub mod model;
pub mod scan;
