//! The interface document (docs/protocol.md section 11). Writing and reading one takes long enough to
//! let other threads run meanwhile.

use mizan_core::ir;
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::convert::{self, to_python, value};
use crate::error::Result;

/// The text of an interface document.
#[pyfunction]
pub fn emit_ir(document: &Bound<'_, PyAny>) -> Result<String> {
    let document_value = value(document, &Path::root("document"), 1)?;
    Ok(document.py().detach(|| ir::emit(&document_value))?)
}

/// The document that a text says.
#[pyfunction]
pub fn parse_ir<'py>(text: &Bound<'py, PyString>) -> Result<Bound<'py, PyAny>> {
    let source = convert::text(text, &Path::root("text"))?;
    let document = text.py().detach(|| ir::parse(source))?;
    Ok(to_python(text.py(), &document)?)
}
