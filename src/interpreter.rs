//! One interpreter a process: the extension's types and cached classes belong to the first.
//!
//! From 3.12 on, `CPython` itself keeps an extension like this one out of interpreters with a GIL of
//! their own. It lets it into those that share one, as under `mod_wsgi`, where an exception raised
//! here would be of the other interpreter's class and pass by every `except`.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Refuses every interpreter but the first that asks.
pub fn claim(py: Python<'_>) -> PyResult<()> {
    static OWNER: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    // Each interpreter has a module `sys` of its own; ours is kept alive, so that no other takes its
    // place in memory.
    let sys = py.import("sys")?;
    if OWNER.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "mizan_native._native is in use by another interpreter of this process \
         and does not support subinterpreters",
    ))
}
