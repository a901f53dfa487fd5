//! The Mizan protocol in Rust: what docs/protocol.md says in sections 1 to 8, 10 and 11, and of 9 the
//! body of a call. No I/O, no clock, no Python.
//!
//! # Example: a token, and what a mutation makes stale
//!
//! ```
//! use mizan_core::mwt::{Keys, NewToken, Verifier, create, signing_key};
//! use mizan_core::path::Path;
//!
//! let now = 1_760_000_000; // seconds since the epoch
//! let key = signing_key(b"a secret of at least 32 bytes, say", &Path::root("secret"))?;
//! let token = create(&key, &NewToken::new("42", "permissions", now))?;
//!
//! let verifier = Verifier::new(Keys::One(key), None, 0)?;
//! assert_eq!(verifier.decode(&token, now + 60)?.sub, "42");
//! assert!(verifier.decode(&token, now + 3600).is_err());
//! # Ok::<(), mizan_core::Error>(())
//! ```
//!
//! ```
//! use mizan_core::header::format_invalidate_header;
//! use mizan_core::Value;
//!
//! let params = Value::object([("user_id", Value::from(5))]);
//! let entry = Value::object([("context", Value::from("user")), ("params", params)]);
//! let header = format_invalidate_header(&Value::List(vec![entry]))?;
//! assert_eq!(header, "user;user_id=5");
//! # Ok::<(), mizan_core::Error>(())
//! ```
//!
//! # One module a section
//!
//! | section | module |
//! | --- | --- |
//! | 1 names | [`names`] |
//! | 2 canonical JSON | [`canonical`] |
//! | 3 cache keys | [`cache_key`] |
//! | 4 the Mizan Web Token | [`mwt`] |
//! | 5 the graph | [`graph`], [`shape`] |
//! | 6 invalidation | [`invalidation`], [`header`] |
//! | 7 merges | [`merges`] |
//! | 8 the response envelope | [`envelope`] |
//! | 6 to 8 and 10, of one call | [`plan`] |
//! | 9 the body of a call | [`call`] |
//! | 10 the origin cache | [`tags`], [`entries`] |
//! | 11 the IR | [`ir`] |
//!
//! Beside them: [`value`] (plain data), [`members`] (of its objects), [`plain`] (objects in their plain form), [`constraints`]
//! (limits of values), [`hs256`] (what signs), [`splice`] (bytes around borrowed ones), [`path`] (where a value stands, for
//! messages), [`checks`] (single arguments), [`keyword`] (closed sets of words), [`error`], and [`contradiction`] (what of
//! registered functions does not compile). The modules of the pure Python engine have these names, too; it is the readable
//! reference: both give the same bytes, or the same error.
//!
//! # Features
//!
//! Sections 3 and 10 come with `keys`, section 4 with `tokens`, section 9 with `calls`, all by default.
//! Without the first two there is no cryptography: a generator of clients needs the graph and the IR alone.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "keys")]
pub mod cache_key;
#[cfg(feature = "calls")]
pub mod call;
pub mod canonical;
pub mod checks;
pub mod constraints;
pub mod contradiction;
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
#[cfg(feature = "calls")]
mod json_text;
pub mod keyword;
pub mod members;
pub mod merges;
#[cfg(feature = "tokens")]
pub mod mwt;
pub mod names;
mod number;
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
