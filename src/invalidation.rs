//! What a mutation makes stale (docs/protocol.md section 6): the entries and their header.

use mizan_core::header;
use mizan_core::invalidation::{self, InvalidationEntry};
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::convert::{self, to_python};
use crate::error::Result;
use crate::graph::{Call, Graph};

/// The entries to refresh after a call, in declaration order; None when the function affects nothing.
#[pyfunction]
pub fn compute_invalidation<'py>(
    graph: &Bound<'py, Graph>,
    function: &Bound<'py, PyString>,
    args: &Bound<'py, PyDict>,
) -> Result<Option<Bound<'py, PyList>>> {
    let call = Call::new(graph.get(), function, args)?;
    let entries = invalidation::compute_invalidation(call.function, &call.args)?;
    Ok(some_entries(graph.py(), &entries)?)
}

/// The value of `X-Mizan-Invalidate`.
#[pyfunction]
pub fn format_invalidate_header(entries: &Bound<'_, PyAny>) -> Result<String> {
    let entries = convert::value(entries, &Path::root("entries"), 1)?;
    Ok(header::format_invalidate_header(&entries)?)
}

/// Entries as plain data.
pub fn entry_list<'py>(
    py: Python<'py>,
    entries: &[InvalidationEntry],
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for entry in entries {
        list.append(to_python(py, &entry.to_value())?)?;
    }
    Ok(list)
}

/// As [`entry_list`]; None when there are none.
pub fn some_entries<'py>(
    py: Python<'py>,
    entries: &[InvalidationEntry],
) -> PyResult<Option<Bound<'py, PyList>>> {
    (!entries.is_empty())
        .then(|| entry_list(py, entries))
        .transpose()
}
