//! Checks of single arguments, in the words of the pure engine's `checks` module.

use mizan_core::checks::{filled, in_range};
use mizan_core::path::Path;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyList, PyString};

use crate::convert::{checked_text, small_int, text};
use crate::error::{Result, unexpected};

/// An argument with a default, which an explicit None is not; checked when the function reads it,
/// since the order of the checks is part of the contract.
#[derive(Clone, Copy)]
pub enum Argument<'a, 'py, T> {
    /// Not passed.
    Default(T),
    /// What was passed.
    Passed(Borrowed<'a, 'py, PyAny>),
}

impl<'a, 'py, T> FromPyObject<'a, 'py> for Argument<'a, 'py, T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self::Passed(object))
    }
}

impl Argument<'_, '_, i64> {
    /// The integer, in `low..=high`.
    pub fn integer(self, name: &str, low: i64, high: i64) -> Result<i64> {
        match self {
            Self::Default(value) => Ok(value),
            Self::Passed(value) => integer_argument(&value, name, low, high),
        }
    }
}

/// A `str` of valid Unicode.
pub fn text_argument<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> Result<&'a str> {
    match value.cast::<PyString>() {
        Ok(string) => text(string, &Path::root(name)),
        Err(_) => Err(unexpected(value, name, "str").into()),
    }
}

/// As [`text_argument`], and not empty.
pub fn filled_text_argument<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> Result<&'a str> {
    Ok(filled(text_argument(value, name)?, name)?)
}

/// An `int` in `low..=high`; a bool is not an integer here.
pub fn integer_argument(value: &Bound<'_, PyAny>, name: &str, low: i64, high: i64) -> Result<i64> {
    match value.cast::<PyInt>() {
        Ok(number) if !value.is_instance_of::<PyBool>() => {
            Ok(in_range(small_int(number), name, low, high)?)
        }
        _ => Err(unexpected(value, name, "int").into()),
    }
}

/// An `int`, for a signature; the nearest one of 64 bits. A bool is not an integer here.
pub fn integer(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number = value.cast::<PyInt>()?;
    if value.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err("expected int, not bool"));
    }
    match small_int(number) {
        Some(number) => Ok(number),
        None if number.lt(0)? => Ok(i64::MIN),
        None => Ok(i64::MAX),
    }
}

/// As [`integer`], or None.
pub fn optional_integer(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    integer(value).map(Some)
}

/// `bytes`.
pub fn bytes_argument<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> Result<&'a [u8]> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes()),
        Err(_) => Err(unexpected(value, name, "bytes").into()),
    }
}

/// As [`text_argument`], keeping the `str` alive.
pub fn backed_text_argument(
    value: Bound<'_, PyAny>,
    name: &str,
    expected: &str,
) -> Result<PyBackedStr> {
    match value.cast_into::<PyString>() {
        Ok(string) => checked_text(string, &Path::root(name)),
        Err(error) => Err(unexpected(&error.into_inner(), name, expected).into()),
    }
}

/// As [`bytes_argument`], keeping the `bytes` alive.
pub fn backed_bytes_argument(value: Bound<'_, PyAny>, name: &str) -> Result<PyBackedBytes> {
    match value.cast_into::<PyBytes>() {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(unexpected(&error.into_inner(), name, "bytes").into()),
    }
}

/// A dict, whose content is not looked at.
pub fn dict_argument<'a, 'py>(
    value: &'a Bound<'py, PyAny>,
    name: &str,
) -> Result<&'a Bound<'py, PyDict>> {
    Ok(value.cast().map_err(|_| unexpected(value, name, "dict"))?)
}

/// A list, whose content is not looked at.
pub fn list_argument<'a, 'py>(
    value: &'a Bound<'py, PyAny>,
    name: &str,
) -> Result<&'a Bound<'py, PyList>> {
    Ok(value.cast().map_err(|_| unexpected(value, name, "list"))?)
}

/// A secret: bytes, or a `str` as UTF-8.
pub fn secret_bytes<'a>(value: &'a Bound<'_, PyAny>, path: &Path<'_>) -> Result<&'a [u8]> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes());
    }
    match value.cast::<PyString>() {
        Ok(string) => text(string, path).map(str::as_bytes),
        Err(_) => Err(unexpected(value, path, "str or bytes").into()),
    }
}
