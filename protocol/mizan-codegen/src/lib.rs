//! Typed clients of a Mizan interface, generated from its IR (docs/protocol.md section 11).
//!
//! [`generate`] gives the files of the targets that are asked for, as text; nothing is read or written. The templates in
//! `templates/` are what the files look like; `docs/clients.md` says what generated code calls.
//!
//! ```
//! use mizan_codegen::{Options, Target, generate};
//! use mizan_core::ir::Document;
//!
//! let interface = Document::parse(
//!     r#"ir version=2
//! type "PingOutput" {
//!     alias {
//!         primitive "string"
//!     }
//! }
//! function "ping" {
//!     camel "ping"
//!     transport "http"
//!     output "PingOutput" nullable=#false
//! }
//! "#,
//! )?;
//! let targets = vec![Target::Typescript];
//! let files = generate(&interface, &Options { targets, ..Options::default() })?;
//! let functions = files.iter().find(|file| file.path == "functions.ts");
//! assert!(functions.is_some_and(|file| file.text.contains("export function callPing(")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Templates write each statement and each member on one line, and `layout` breaks what is too long as prettier would.
//! They are askama's: a name that is misspelt in one does not compile, and nothing of them is read at run time. minijinja
//! would read them there, so that users could replace them; a wrong one would then be an error on their machine, and the
//! reader of templates a large part of the wheel.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod difference;
mod functions;
mod interface;
mod layout;
mod literal;
mod naming;
mod options;
mod parts;
mod python;
mod typescript;

use mizan_core::ir::Document;

pub use options::{Options, Target, Validator};

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the output folder, with `/` between folders.
    pub path: String,
    /// Its content, which ends with a newline.
    pub text: String,
}

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template could not be filled in.
    #[error("a template could not be filled in: {0}")]
    Template(#[from] askama::Error),
}

/// What the generator gives.
pub type Result<T> = std::result::Result<T, Error>;

/// The files that the targets of `options` consist of, sorted by path.
pub fn generate(document: &Document, options: &Options) -> Result<Vec<File>> {
    let interface = interface::Interface::of(document);
    let mut files = typescript::generate(&interface, options)?;
    files.extend(python::generate(&interface, options)?);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
