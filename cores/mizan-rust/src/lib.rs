//! The Mizan protocol in Rust: what docs/protocol.md says in sections 1 to 8, 10 and 11, free of
//! Python.
//!
//! One module a section. The pure Python engine is the readable reference: both give the same bytes
//! for the same input, or the same class of error with the same message.
//!
//! | section | module |
//! | --- | --- |
//! | 1 names | [`names`] |
//! | 2 canonical JSON | [`canonical`], [`number`] |
//! | 3 cache keys | [`cache_key`] |
//! | 4 the Mizan Web Token | [`mwt`] |
//! | 5 the graph | [`graph`], [`shape`] |
//! | 6 invalidation | [`invalidation`], [`header`] |
//! | 7 merges | [`merges`] |
//! | 8 the response envelope | [`envelope`] |
//! | 6 to 8 and 10, of one call | [`plan`] |
//! | 10 the origin cache | [`tags`], [`entries`] |
//! | 11 the IR | [`ir`] |
//!
//! Beside them: [`value`] (plain data), [`plain`] (objects in their plain form), [`hs256`] (what
//! signs), [`splice`] (bytes around borrowed ones), [`path`] (where a value stands, for messages),
//! [`checks`] (single arguments) and [`error`].
//!
//! Sections 3 and 10 come with the feature `keys`, section 4 with `tokens`, both by default. Without
//! them there is no cryptography: a generator of clients needs the graph and the IR alone.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "keys")]
pub mod cache_key;
pub mod canonical;
pub mod checks;
pub mod constraints;
#[cfg(feature = "keys")]
pub mod entries;
pub mod envelope;
pub mod error;
mod escape;
pub mod graph;
pub mod header;
#[cfg(any(feature = "keys", feature = "tokens"))]
pub mod hs256;
pub mod invalidation;
pub mod ir;
mod keyword;
mod members;
pub mod merges;
#[cfg(feature = "tokens")]
pub mod mwt;
pub mod names;
pub mod number;
pub mod path;
#[cfg(feature = "keys")]
pub mod plain;
pub mod plan;
mod reader;
pub mod shape;
pub mod splice;
#[cfg(feature = "keys")]
pub mod tags;
pub mod value;

pub use error::{Error, Result};
pub use value::Value;
