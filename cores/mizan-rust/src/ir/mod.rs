//! The interface document (docs/protocol.md section 11): what clients are generated from.
//!
//! [`emit`] writes plain data as KDL v2, [`parse`] reads that text back:
//! `emit(&parse(text)?)? == text` for every text that `parse` takes, properties aside that it does
//! not know. A generator of clients reads a text with [`Document::parse`].

mod document;
mod emit;
mod layout;
mod lines;
mod names;
mod nodes;
mod parse;
mod parts;
mod plain;
mod properties;
mod shapes;
mod source;
#[cfg(test)]
mod tests;
mod words;
mod writer;

use crate::error::Result;
use crate::value::Value;

pub use crate::graph::{Auth, MergeMode, Place};
pub use document::{Cache, Context, Document, Function, Merge, Param, Transport, Type};
pub use parts::{Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View};

/// The version of the grammar that is written and read.
pub const VERSION: i64 = 2;

/// The text of an interface document given as plain data (docs/engine-data.md); a value error with
/// the place when it is not one.
pub fn emit(document: &Value) -> Result<String> {
    Ok(Document::read(document)?.emit())
}

/// The document that a text says, as plain data (docs/engine-data.md); a value error with line and
/// column, and what was expected there, when it is not an interface document as [`emit`] writes it.
pub fn parse(text: &str) -> Result<Value> {
    Ok(Document::parse(text)?.to_value())
}
