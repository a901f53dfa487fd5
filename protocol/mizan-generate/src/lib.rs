//! The command `mizan-generate`: reads a configuration and an interface, writes clients, says what has changed.
//!
//! Every face of it is this: the binary, `python -m mizan_native generate`, the commands of the adapters, and the npm package,
//! which runs it as WebAssembly. What a face cannot do itself it asks of its [`Host`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod arguments;
mod config;
mod folder;
mod report;
mod run;
mod source;

use std::time::Duration;

pub use run::run;

use mizan_codegen::difference::{Change, difference};
use mizan_core::error::Error;
use mizan_core::ir::Document;

/// What is different between the texts of two interfaces; a value error with line and column where one is none.
pub fn compare(old: &str, new: &str) -> std::result::Result<Vec<Change>, Error> {
    Ok(difference(&Document::parse(old)?, &Document::parse(new)?))
}

/// Where the command runs.
pub trait Host {
    /// Shows a line to the user.
    fn say(&mut self, line: &str);

    /// Shows what is wrong.
    fn complain(&mut self, line: &str);

    /// Waits; false when the user wants no more.
    fn pause(&mut self, time: Duration) -> bool;
}

/// Why the command has failed: a message for the user.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

type Result<T> = std::result::Result<T, Failure>;
