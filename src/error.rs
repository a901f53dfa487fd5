//! The one place where an error of the protocol crate becomes a Python exception.
//!
//! The classes are those of `mizan_core.errors`, so that one `except` serves both engines.

use mizan_core::Error;
use pyo3::exceptions::{PyLookupError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
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
        Error::Type(message) => return PyTypeError::new_err(message),
        Error::Value(message) => return PyValueError::new_err(message),
        Error::Lookup(message) => return PyLookupError::new_err(message),
        Error::Graph(problems) => return project(py, "GraphError", problems),
        Error::ForgedEntry => "ForgedEntry",
        Error::Configuration(_) => "ConfigurationError",
        Error::MalformedToken(_) => "MalformedToken",
        Error::UnsupportedAlgorithm => "UnsupportedAlgorithm",
        Error::UnknownKey => "UnknownKey",
        Error::InvalidSignature => "InvalidSignature",
        Error::InvalidClaims(_) => "InvalidClaims",
        Error::ExpiredToken => "ExpiredToken",
        Error::ImmatureToken => "ImmatureToken",
        Error::InvalidAudience => "InvalidAudience",
        _ => "MizanError",
    };
    project(py, class, error.to_string())
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
    static ERRORS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let errors =
        crate::imported::once(py, &ERRORS, || Ok(py.import("mizan_core.errors")?.unbind()))?;
    Ok(errors.getattr(name)?.cast_into()?)
}
