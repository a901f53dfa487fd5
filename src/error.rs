//! The one place where an error of the protocol crate becomes a Python exception.
//!
//! The classes are those of `mizan_core.errors`, so that one `except` serves both engines.

use std::fmt::Display;
use std::sync::OnceLock;

use mizan_core::Error;
use mizan_core::error::TokenError;
use pyo3::exceptions::{PyLookupError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// What a binding answers.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// Why a binding fails: by the protocol's rules, or by an exception of Python itself.
pub enum Fault {
    /// The crate refuses the input.
    Protocol(Error),
    /// A Python exception that goes on its way unchanged.
    Python(PyErr),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Protocol(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Protocol(error) => Python::attach(|py| exception(py, error)),
            Fault::Python(error) => error,
        }
    }
}

fn exception(py: Python<'_>, error: Error) -> PyErr {
    let class = match error {
        Error::Invalid { .. } | Error::Document { .. } => {
            return PyValueError::new_err(error.to_string());
        }
        Error::UnknownFunction(_) => return PyLookupError::new_err(error.to_string()),
        Error::Contradictions(problems) => {
            let sentences: Vec<_> = problems.iter().map(ToString::to_string).collect();
            return project(py, "GraphError", sentences);
        }
        Error::Call(_) => "BadRequest",
        Error::Secret { .. } => "ConfigurationError",
        Error::ForgedEntry => "ForgedEntry",
        Error::Token(ref error) => token_class(error),
        _ => "MizanError",
    };
    project(py, class, error.to_string())
}

fn token_class(error: &TokenError) -> &'static str {
    match error {
        TokenError::Malformed(_) => "MalformedToken",
        TokenError::UnsupportedAlgorithm => "UnsupportedAlgorithm",
        TokenError::UnknownKey => "UnknownKey",
        TokenError::InvalidSignature => "InvalidSignature",
        TokenError::InvalidClaims(_) => "InvalidClaims",
        TokenError::Expired => "ExpiredToken",
        TokenError::Immature => "ImmatureToken",
        TokenError::InvalidAudience => "InvalidAudience",
        _ => "MWTError",
    }
}

/// A Python object of another type than the one that is asked for.
pub fn unexpected(value: &Bound<'_, PyAny>, place: impl Display, expected: &str) -> PyErr {
    match type_name(value) {
        Ok(found) => PyTypeError::new_err(format!("{place}: expected {expected}, not {found}")),
        Err(error) => error,
    }
}

/// A member of a dict whose key is no `str`.
pub fn wrong_key(key: &Bound<'_, PyAny>, place: impl Display) -> PyErr {
    match type_name(key) {
        Ok(found) => PyTypeError::new_err(format!("{place}: keys must be str, not {found}")),
        Err(error) => error,
    }
}

/// A string that is not valid Unicode.
pub fn lone_surrogate(place: impl Display) -> PyErr {
    PyValueError::new_err(format!("{place}: the string holds a lone surrogate"))
}

/// `type(value).__name__`
fn type_name(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(value.get_type().name()?.to_string_lossy().into_owned())
}

/// An exception of `mizan_core.errors`; its class is looked up by name when it is first raised.
fn project<A>(py: Python<'_>, name: &str, argument: A) -> PyErr
where
    A: for<'py> IntoPyObject<'py> + Send + Sync + 'static,
{
    match class(py, name) {
        Ok(class) => PyErr::from_type(class, (argument,)),
        Err(error) => error,
    }
}

fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    static ERRORS: OnceLock<Py<PyModule>> = OnceLock::new();
    let errors =
        crate::imported::once(py, &ERRORS, || Ok(py.import("mizan_core.errors")?.unbind()))?;
    Ok(errors.getattr(name)?.cast_into()?)
}
