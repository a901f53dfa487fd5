//! One interpreter a process: the extension's types and cached classes belong to the first.
//!
//! From 3.12 on, `CPython` itself keeps an extension like this one out of interpreters with a GIL of
//! their own. It lets it into those that share one, as under `mod_wsgi`, where an exception raised
//! here would be of the other interpreter's class and pass by every `except`.

use std::sync::OnceLock;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

use crate::imported::once;

/// Refuses every interpreter but the first that asks.
pub fn claim(py: Python<'_>) -> PyResult<()> {
    static OWNER: OnceLock<Py<PyModule>> = OnceLock::new();
    // Each interpreter has a module `sys` of its own; ours is kept alive, so that no other takes its
    // place in memory.
    let sys = py.import("sys")?;
    if once(py, &OWNER, || Ok(sys.clone().unbind()))?.is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "mizan_native._native is in use by another interpreter of this process \
         and does not support subinterpreters",
    ))
}
