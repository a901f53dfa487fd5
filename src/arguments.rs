//! What a signature cannot say of a single argument.

use mizan_core::path::Path;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyInt, PyString};

use crate::convert::text;
use crate::error::{Result, unexpected};

/// A secret: bytes, or a `str` that stands for its UTF-8.
pub enum Secret<'py> {
    /// `bytes`
    Bytes(Bound<'py, PyBytes>),
    /// `str`
    Text(Bound<'py, PyString>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Secret<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.to_owned()));
        }
        match object.cast::<PyString>() {
            Ok(string) => Ok(Self::Text(string.to_owned())),
            Err(_) => Err(unexpected(&object, "secret", "str or bytes")),
        }
    }
}

impl Secret<'_> {
    /// The secret's bytes.
    pub fn bytes(&self, path: &Path<'_>) -> Result<&[u8]> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.as_bytes()),
            Self::Text(string) => text(string, path).map(str::as_bytes),
        }
    }
}

/// An `int`; a bool is not an integer here. Beyond 64 bits it is the largest of them, which no range
/// includes.
pub fn integer(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number = value.cast::<PyInt>()?;
    if value.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err("expected int, not bool"));
    }
    Ok(number.extract().unwrap_or(i64::MAX))
}

/// As [`integer`], or None.
pub fn optional_integer(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    integer(value).map(Some)
}
