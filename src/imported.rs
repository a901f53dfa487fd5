//! Cells for what comes from Python modules, filled without a lock held.
//!
//! An import may let other threads run; a process that is forked meanwhile would inherit a lock that nobody releases.
//! `PyOnceLock` lets them run too, while it is locked: it detaches before it locks and attaches again inside. So these
//! are cells of the standard library, which are filled without a look at the interpreter.

use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyType;

/// The content of `cell`; made before the cell is locked when it is empty.
pub fn once<'py, 'cell, T>(
    py: Python<'py>,
    cell: &'cell OnceLock<Py<T>>,
    make: impl FnOnce() -> PyResult<Py<T>>,
) -> PyResult<&'cell Bound<'py, T>> {
    if let Some(found) = cell.get() {
        return Ok(found.bind(py));
    }
    let content = make()?;
    Ok(cell.get_or_init(|| content).bind(py))
}

/// The class `module.name`.
pub fn class<'py, 'cell>(
    py: Python<'py>,
    cell: &'cell OnceLock<Py<PyType>>,
    module: &str,
    name: &str,
) -> PyResult<&'cell Bound<'py, PyType>> {
    once(py, cell, || {
        Ok(py
            .import(module)?
            .getattr(name)?
            .cast_into::<PyType>()?
            .unbind())
    })
}
