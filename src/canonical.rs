//! Canonical JSON (docs/protocol.md section 2).

use mizan_core::canonical::{Form, Writer};
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::convert;
use crate::error::Result;

/// The one byte form of a value.
#[pyfunction]
pub fn canonical_json<'py>(value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyBytes>> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, Form::Canonical);
    convert::write(&mut writer, value, &Path::root("value"), 1)?;
    Ok(PyBytes::new(value.py(), &out))
}
